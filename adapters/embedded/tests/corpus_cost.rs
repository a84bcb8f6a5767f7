//! What a transcoding costs beside the plainest command that makes the same, and beside one command for each
//! rendition. Part of `make bench`; by hand:
//! `FILM=video.mp4 cargo test -p stoa-embedded --test corpus_cost -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "a measurement")]

mod media;

use media::studio::Studio;
use std::process::Command;
use std::time::Instant;

/// Decoded once, the same renditions, one sheet and one poster: what somebody would write who knows the film.
const BARE: &str = "-map_metadata -1 -c:v libx264 -preset veryfast -crf 23 -profile:v high -sc_threshold 0 -g 96 \
    -keyint_min 96 -c:a aac -b:a 128k -ac 2 -f hls -hls_time 4 -hls_playlist_type vod -hls_segment_type fmp4 \
    -hls_flags independent_segments -hls_segment_filename %v/%d.m4s -var_stream_map";
const GRAPH: &str = "[0:V]scale=1920:1080,split=2[v0][a];[a]scale=1280:720,split=3[v1][b][p];[b]scale=854:480,\
    split=2[v2][c];[c]scale=640:360,split=2[v3][s];[s]fps=1,scale=160:90,tile=10x5[sheet];[p]thumbnail=100[poster]";

#[tokio::test]
#[ignore = "a measurement, and of a machine that does nothing else"]
async fn a_transcoding_costs_little_more_than_its_encoding() {
    let film = std::env::var("FILM").expect("FILM names a film of 1080p at 24 frames a second, with sound");
    for round in 0..2 {
        let studio = Studio::new();
        std::fs::copy(&film, studio.source()).unwrap();
        let begun = Moment::now();
        let made = studio.transcode().await.unwrap();
        let ours = begun.elapsed();
        let folder = tempfile::tempdir().unwrap();
        let rungs = &made.ladder.rungs;
        let mut bare = Command::new("nice");
        bare.args(["-n", "10", "ffmpeg", "-nostdin", "-v", "error", "-i"]).arg(&film).current_dir(&folder);
        bare.args([
            "-filter_complex",
            GRAPH,
            "-map",
            "[v0]",
            "-map",
            "[v1]",
            "-map",
            "[v2]",
            "-map",
            "[v3]",
            "-map",
            "0:a",
        ]);
        for (at, rung) in rungs.iter().enumerate() {
            bare.args([format!("-maxrate:v:{at}"), rung.bitrate.to_string()]);
            bare.args([format!("-bufsize:v:{at}"), (rung.bitrate * 2).to_string()]);
        }
        bare.args(BARE.split_whitespace()).arg(
            "v:0,agroup:a,name:1080p v:1,agroup:a,name:720p v:2,agroup:a,name:480p v:3,agroup:a,name:360p a:0,agroup:a,name:audio",
        );
        bare.args([
            "%v/index.m3u8",
            "-map",
            "[sheet]",
            "-q:v",
            "5",
            "%d.jpg",
            "-map",
            "[poster]",
            "-frames:v",
            "1",
            "p.jpg",
        ]);
        let begun = Moment::now();
        assert!(bare.status().unwrap().success());
        let plain = begun.elapsed();
        let begun = Moment::now();
        for rung in rungs {
            one_by_one(&film, rung);
        }
        let one_by_one = begun.elapsed();
        let rates: Vec<u64> = made.output.video.iter().map(|found| found.bandwidth.average / 1000).collect();
        let size = |rung: &str| {
            std::fs::read_dir(folder.path().join(rung))
                .unwrap()
                .map(|file| file.unwrap().metadata().unwrap().len())
                .sum::<u64>()
        };
        let bytes = size("1080p") * 8 / 30_000;
        eprintln!(
            "{round}: ours {:.2} s ({:.2} s of processors), bare {:.2} s ({:.2} s): {:.3} ({:.3})",
            ours.0,
            ours.1,
            plain.0,
            plain.1,
            ours.0 / plain.0,
            ours.1 / plain.1
        );
        eprintln!("{round}: one by one {:.2} s: {:.3}", one_by_one.0, ours.0 / one_by_one.0);
        eprintln!("{:?}, {rates:?} kbit/s, bare 1080p {bytes}", made.probe.complexity);
    }
}

/// Makes one rendition and the sound, as somebody would write it who makes each by itself.
fn one_by_one(film: &str, rung: &domain::video::Rung) {
    let folder = tempfile::tempdir().unwrap();
    let (width, height, rate) = (rung.width, rung.height, rung.bitrate);
    let options = format!(
        "-vf scale={width}:{height} -maxrate:v {rate} -bufsize:v {} {BARE} v:0,agroup:a,name:v a:0,agroup:a,name:a %v/index.m3u8",
        rate * 2
    );
    let mut command = Command::new("nice");
    command.args(["-n", "10", "ffmpeg", "-nostdin", "-v", "error", "-i", film, "-map", "0:V", "-map", "0:a"]);
    // The one option that holds a space.
    let (before, after) = options.split_once("-var_stream_map ").unwrap();
    let (streams, output) = after.rsplit_once(' ').unwrap();
    command.args(before.split_whitespace()).args(["-var_stream_map", streams, output]);
    assert!(command.current_dir(&folder).status().unwrap().success());
}

/// A moment, and what children have taken of the processors by then.
struct Moment(Instant, f64);

impl Moment {
    fn now() -> Self {
        Self(Instant::now(), processors())
    }

    /// Seconds by the clock and of processors.
    fn elapsed(&self) -> (f64, f64) {
        (self.0.elapsed().as_secs_f64(), processors() - self.1)
    }
}

/// `cutime` and `cstime` (proc(5)), in hundredths of a second.
fn processors() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1.split(' ').skip(13).take(2);
    fields.map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}
