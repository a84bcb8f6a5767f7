//! A folder with one upload in it, and everything that must hold of whatever is made of one.

use super::{make, probe};
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use domain::video::{Ladder, Probe};
use services::ports::{BlobKey, TranscodeError, TranscodeJob, Transcoded, Transcoder as _, Work};
use services::videos::packaging::multivariant_playlist;
use std::path::{Path, PathBuf};
use stoa_embedded::{Ffmpeg, FfmpegSettings};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A folder of blobs with one upload in it.
pub(crate) struct Studio {
    folder: TempDir,
    ffmpeg: Ffmpeg,
}

/// What was made of an upload.
pub(crate) struct Made {
    pub probe: Probe,
    pub ladder: Ladder,
    pub output: Transcoded,
}

impl Studio {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("uploads")).unwrap();
        let texts = [
            ("subs.srt", "1\n00:00:00,200 --> 00:00:01,000\nHello\n"),
            (
                "subs.ass",
                "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n\
                 Style: Default,Fancy,20\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
                 Dialogue: 0,0:00:00.20,0:00:01.00,Default,,0,0,0,,{\\an8}{\\b1}Hello{\\b0} there\n",
            ),
            (
                "chapters.txt",
                ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n\
                 [CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n",
            ),
            ("font.ttf", "no font at all"),
        ];
        for (name, text) in texts {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let ffmpeg = Ffmpeg::open(folder.path(), FfmpegSettings::default()).unwrap();
        Self { folder, ffmpeg }
    }

    /// Makes the upload, in steps that are separated by `;;`. `{before}` is what the step before made, `{here}`
    /// a folder with some texts.
    pub(crate) fn make(&self, steps: &str) {
        let here = self.folder.path().to_str().unwrap();
        let mut before = String::new();
        for (at, step) in steps.split(";;").enumerate() {
            let file = self.folder.path().join(format!("step-{at}"));
            make(&file, &step.replace("{before}", &before).replace("{here}", here));
            before = file.to_str().unwrap().to_owned();
        }
        std::fs::rename(before, self.source()).unwrap();
    }

    pub(crate) fn source(&self) -> PathBuf {
        self.folder.path().join("uploads/source")
    }

    pub(crate) fn file(&self, part: &str) -> PathBuf {
        self.folder.path().join("media/version").join(part)
    }

    pub(crate) fn text(&self, part: &str) -> String {
        std::fs::read_to_string(self.file(part)).unwrap()
    }

    pub(crate) fn playlist(&self, rendition: &str) -> String {
        self.file(rendition).join("index.m3u8").to_str().unwrap().to_owned()
    }

    pub(crate) async fn transcode(&self) -> Result<Made, TranscodeError> {
        let source = BlobKey::new("uploads/source").unwrap();
        let probe = self.ffmpeg.probe(&source).await?;
        let ladder = Ladder::for_source(&probe);
        let now = Timestamp::from_millis(0);
        let job = TranscodeJob {
            asset: AssetId::new(now, 1),
            version: VersionId::new(now, 2),
            attempt: 1,
            source,
            target: BlobKey::new("media/version").unwrap(),
            probe: probe.clone(),
            ladder: ladder.clone(),
        };
        match self.ffmpeg.transcode(&job, &|_| (), CancellationToken::new()).await? {
            Work::Made(output) => Ok(Made { probe, ladder, output }),
            Work::Elsewhere(_) => panic!("ffmpeg works here"),
        }
    }

    /// What holds of whatever was made, of what kind of file ever.
    pub(crate) fn check(&self, made: &Made) {
        let Made { ladder, output, .. } = made;
        let master = multivariant_playlist(output);
        assert!(master.starts_with("#EXTM3U\n"), "{master}");
        let named = |rendition: &str| master.contains(&format!("\n{rendition}/index.m3u8\n"));
        let names: Vec<&str> = output.video.iter().map(|rendition| rendition.name.as_str()).collect();
        assert!(names.iter().all(|name| named(name)), "{master}");
        assert_eq!(named("audio"), output.audio.is_some(), "{master}");
        for name in names.iter().copied().chain(output.audio.as_ref().map(|_| "audio")) {
            self.check_playlist(name, if name == "audio" { 4.0 } else { segment(ladder) });
        }
        let key_frames = |name: &str| {
            let options = "-select_streams v -skip_frame nokey -show_entries frame=pts_time";
            probe(&self.playlist(name), options)
        };
        if let Some((first, others)) = names.split_first() {
            let moments = key_frames(first);
            assert!(others.iter().all(|name| key_frames(name) == moments), "{moments:?}");
            let tags = "-select_streams v -show_entries stream=pix_fmt,color_range,profile,r_frame_rate";
            let (frames, seconds) = ladder.frame_rate.fraction();
            let shown = format!("High,yuv420p,tv,{frames}/{seconds}");
            assert_eq!(probe(&self.playlist(first), tags)[0], shown);
            if output.audio.is_some() {
                // One AAC frame, 21 ms, comes before the first that is heard.
                let apart = self.starts("audio") + 1024.0 / 48_000.0 - self.starts(first);
                assert!(apart.abs() < 0.03, "sound starts {apart} s after the picture");
            }
            self.check_storyboard(output);
        }
        assert!((1..=5).contains(&output.posters), "{output:?}");
        for at in 0..output.posters {
            let name = if at == 0 { "poster.jpg".to_owned() } else { format!("poster-{at}.jpg") };
            assert!(std::fs::read(self.file(&name)).unwrap().starts_with(&[0xff, 0xd8]), "{name}");
        }
        for caption in &output.captions {
            assert!(self.text(&caption.file).starts_with("WEBVTT"), "{caption:?}");
        }
        assert!(self.nothing_is_left());
    }

    /// Every segment but the last is as long as it should be, and there.
    fn check_playlist(&self, name: &str, seconds: f64) {
        let text = self.text(&format!("{name}/index.m3u8"));
        assert!(text.contains("#EXT-X-PLAYLIST-TYPE:VOD") && text.ends_with("#EXT-X-ENDLIST\n"), "{text}");
        let durations: Vec<f64> = text
            .lines()
            .filter_map(|line| line.strip_prefix("#EXTINF:")?.strip_suffix(',')?.parse().ok())
            .collect();
        let (last, others) = durations.split_last().expect("a segment");
        // Sound is cut at its own frames.
        let near = if name == "audio" { 0.03 } else { 0.001 };
        assert!(others.iter().all(|found| (found - seconds).abs() < near), "{name}: {text}");
        assert!(*last <= seconds + near, "{name}: {text}");
        let files: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(files.len(), durations.len(), "{text}");
        assert!(files.iter().all(|file| self.file(name).join(file).is_file()), "{text}");
    }

    fn check_storyboard(&self, output: &Transcoded) {
        assert!(output.storyboard);
        let list = self.text("storyboard/storyboard.vtt");
        let cues = list.matches(" --> ").count();
        assert!((1..=150).contains(&cues), "{list}");
        assert_eq!(list.matches("00:00:00.000 --> ").count(), 1, "{list}");
        let size =
            probe(self.file("storyboard/1.jpg").to_str().unwrap(), "-show_entries stream=width,height");
        let (width, height) = size[0].split_once(',').unwrap();
        let first = list.lines().find(|line| line.starts_with("1.jpg#xywh=0,0,")).unwrap();
        let sides: Vec<u32> =
            first["1.jpg#xywh=0,0,".len()..].split(',').map(|n| n.parse().unwrap()).collect();
        assert_eq!((width.parse(), height.parse()), (Ok(sides[0] * 10), Ok(sides[1] * 5)));
    }

    /// When a rendition starts, seconds.
    pub(crate) fn starts(&self, rendition: &str) -> f64 {
        let moment = probe(&self.playlist(rendition), "-select_streams 0 -show_entries stream=start_time");
        moment[0].parse().unwrap()
    }

    /// Loudness of the sound as it was made, LUFS, and its highest true peak, dBTP.
    pub(crate) fn loudness(&self) -> (f64, f64) {
        let graph = format!("amovie={},ebur128=metadata=1:peak=true", self.playlist("audio"));
        let options = "-f lavfi -show_entries frame_tags=lavfi.r128.I,lavfi.r128.true_peaks_ch0 -i";
        let lines = probe(&graph, options);
        let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
        let (loud, _) = lines.last().unwrap().split_once(',').unwrap();
        let peak = lines.iter().filter_map(|line| Some(number(line.split_once(',')?.1))).fold(0.0, f64::max);
        (number(loud), 20.0 * peak.log10())
    }

    /// Nothing of what was half done is there.
    pub(crate) fn nothing_is_left(&self) -> bool {
        let is_empty =
            |path: &Path| std::fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
        is_empty(&self.folder.path().join("~transcoding"))
    }
}

fn segment(ladder: &Ladder) -> f64 {
    f64::from(ladder.frames_per_segment()) / ladder.frame_rate.per_second()
}
