//! What ffmpeg makes of many kinds of files.

#![allow(clippy::unwrap_used, reason = "a test")]

mod media;

use services::contract::transcoder::job_for;
use services::ports::{BlobKey, CopyJob, TranscodeError, Transcoded, Transcoder, Work};
use services::videos::packaging::multivariant_playlist;
use std::path::{Path, PathBuf};
use stoa_embedded::{Ffmpeg, FfmpegSettings};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A folder of blobs with one upload in it.
struct Upload {
    folder: TempDir,
    ffmpeg: Ffmpeg,
}

impl Upload {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("uploads")).unwrap();
        Self { ffmpeg: Ffmpeg::open(folder.path(), FfmpegSettings::default()).unwrap(), folder }
    }

    fn film(size: &str, rate: &str, seconds: u32, channels: u32) -> Self {
        let upload = Self::new();
        media::film(&upload.source(), size, rate, seconds, channels);
        upload
    }

    fn holding(bytes: &[u8]) -> Self {
        let upload = Self::new();
        std::fs::write(upload.source(), bytes).unwrap();
        upload
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("uploads/source")
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("media/version")
    }

    async fn transcode(&self) -> Result<Transcoded, TranscodeError> {
        let source = BlobKey::new("uploads/source").unwrap();
        let probe = self.ffmpeg.probe(&source).await?;
        let job = job_for(&source, &BlobKey::new("media/version").unwrap(), probe);
        match self.ffmpeg.transcode(&job, &|_| (), CancellationToken::new()).await? {
            Work::Made(made) => Ok(made),
            Work::Elsewhere(_) => panic!("ffmpeg works here"),
        }
    }

    /// The copy for keeping, of a rendition.
    async fn copy(&self, rendition: &str) -> Result<String, TranscodeError> {
        let key = |text: &str| BlobKey::new(text).unwrap();
        let (renditions, target) = (key("media/version"), key("files/asset/version/lesson.mp4"));
        let job = CopyJob { renditions, rendition: rendition.into(), target };
        let size = self.ffmpeg.copy(&job, CancellationToken::new()).await?;
        let file = self.folder.path().join(job.target.as_str());
        assert_eq!(std::fs::metadata(&file).unwrap().len(), size);
        Ok(file.to_str().unwrap().to_owned())
    }

    /// One segment of a rendition, as a file that can be played.
    fn segment(&self, rendition: &str, which: usize) -> String {
        let folder = self.output().join(rendition);
        let playlist = std::fs::read_to_string(folder.join("index.m3u8")).unwrap();
        let init = playlist.split('"').nth(1).expect("the playlist names its initialisation section");
        let mut bytes = std::fs::read(folder.join(init)).unwrap();
        bytes.extend(std::fs::read(folder.join(format!("{which}.m4s"))).unwrap());
        let file = self.folder.path().join(format!("{rendition}-{which}.mp4"));
        std::fs::write(&file, bytes).unwrap();
        file.to_str().unwrap().to_owned()
    }

    fn playlist(&self, rendition: &str) -> String {
        self.output().join(rendition).join("index.m3u8").to_str().unwrap().to_owned()
    }

    fn nothing_is_published_or_left(&self) -> bool {
        let is_empty =
            |path: &Path| std::fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
        !self.output().exists() && is_empty(&self.folder.path().join("~transcoding"))
    }
}

fn names(made: &Transcoded) -> Vec<&str> {
    made.video.iter().map(|rendition| rendition.name.as_str()).collect()
}

#[tokio::test]
async fn what_playlists_declare_is_what_segments_hold() {
    let upload = Upload::film("1280x720", "30000/1001", 6, 6);
    let made = upload.transcode().await.unwrap();
    assert_eq!(names(&made), ["720p", "480p", "360p"]);
    let playlist = multivariant_playlist(&made);
    for rendition in &made.video {
        let segment = upload.segment(&rendition.name, 1);
        let fields = "-select_streams v -show_entries stream=profile,width,height,pix_fmt,level";
        let level = u8::from_str_radix(&rendition.codec[9..], 16).unwrap();
        let size = format!("{},{}", rendition.width, rendition.height);
        assert_eq!(media::probe(&segment, fields), [format!("High,{size},yuv420p,{level}")]);
        assert!(
            playlist
                .contains(&format!("RESOLUTION={}x{},FRAME-RATE=29.970", rendition.width, rendition.height))
        );
        let rate = media::probe(&segment, "-select_streams v -show_entries stream=r_frame_rate");
        assert_eq!(rate, ["30000/1001"]);
    }
    let fields = "-show_entries stream=codec_name,profile,sample_rate,channels";
    assert_eq!(media::probe(&upload.segment("audio", 0), fields), ["aac,LC,48000,2"], "5.1 becomes stereo");
}

#[tokio::test]
async fn segments_start_with_a_key_frame_at_the_same_moment_in_every_rung() {
    let upload = Upload::film("854x480", "24000/1001", 13, 2);
    let made = upload.transcode().await.unwrap();
    let key_frames = |name: &str| {
        let options = "-select_streams v -skip_frame nokey -show_entries frame=pts_time";
        media::probe(&upload.playlist(name), options)
    };
    let first = key_frames("480p");
    let moments: Vec<f64> = first.iter().map(|moment| moment.parse().unwrap()).collect();
    assert_eq!(moments.len(), 4);
    assert!(moments.windows(2).all(|pair| (pair[1] - pair[0] - 4.004).abs() < 1e-6), "{moments:?}");
    for rendition in &made.video {
        assert_eq!(key_frames(&rendition.name), first, "{}", rendition.name);
        let playlist = std::fs::read_to_string(upload.playlist(&rendition.name)).unwrap();
        assert_eq!(playlist.matches("#EXTINF:4.004000,").count(), 3, "{playlist}");
        assert_eq!(playlist.matches("#EXTINF:").count(), 4, "{playlist}");
    }
}

#[tokio::test]
async fn sound_and_picture_start_together() {
    let upload = Upload::film("640x360", "24", 5, 2);
    upload.transcode().await.unwrap();
    let start = |name: &str| -> f64 {
        let options = "-select_streams 0 -show_entries stream=start_time";
        media::probe(&upload.segment(name, 0), options)[0].parse().unwrap()
    };
    // One AAC frame, 21 ms, comes before the first that is heard.
    let priming = 1024.0 / 48_000.0;
    let apart = start("360p") - (start("audio") + priming);
    assert!(apart.abs() < 0.005, "{apart}");
}

/// The names of the boxes that a file consists of (ISO/IEC 14496-12 §4.2).
fn boxes(file: &str) -> Vec<String> {
    let bytes = std::fs::read(file).unwrap();
    let (mut names, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let size = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        names.push(String::from_utf8(bytes[at + 4..at + 8].to_vec()).unwrap());
        at += size;
    }
    names
}

#[tokio::test]
async fn a_copy_plays_while_it_arrives_and_holds_what_the_rendition_holds() {
    let upload = Upload::film("854x480", "24000/1001", 13, 6);
    upload.transcode().await.unwrap();
    let copy = upload.copy("480p").await.unwrap();
    assert_eq!(
        boxes(&copy),
        ["ftyp", "moov", "free", "mdat"],
        "the index is in front, and nothing is in fragments"
    );
    let streams = media::probe(&copy, "-show_entries stream=codec_name,width,height,channels,nb_frames");
    assert_eq!(streams, ["h264,854,480,312", "aac,2,611"]);
    let frames = |file: &str, streams: &str| {
        media::probe(file, &format!("-select_streams {streams} -show_entries packet=size"))
    };
    assert_eq!(frames(&copy, "v"), frames(&upload.playlist("480p"), "v"), "nothing was encoded again");
    assert_eq!(frames(&copy, "a").len(), frames(&upload.playlist("audio"), "a").len());
    assert!(upload.folder.path().join("~transcoding").read_dir().unwrap().next().is_none());
}

#[tokio::test]
async fn in_a_copy_sound_and_picture_start_together() {
    let upload = Upload::new();
    // A white flash and a click, both at second two.
    let picture =
        "-f lavfi -i color=black:s=640x360:r=24:d=5,drawbox=t=fill:color=white:enable='between(t,2,3)'";
    let sound = "-f lavfi -i aevalsrc='if(between(t,2,3),sin(2*PI*1000*t),0)':d=5";
    media::make(&upload.source(), &format!("{picture} {sound} -c:v libx264 -c:a aac -f mp4"));
    upload.transcode().await.unwrap();
    let copy = upload.copy("360p").await.unwrap();
    let moment = |lines: Vec<String>| -> f64 { lines[0].parse().unwrap() };
    let flash = "-f lavfi -show_entries frame=pts_time -i";
    let bright = format!(
        "movie={copy},signalstats,metadata=select:key=lavfi.signalstats.YAVG:value=200:function=greater"
    );
    let loud = format!("amovie={copy},silencedetect=n=0.05:d=0.5,ametadata=select:key=lavfi.silence_end");
    let apart = moment(media::probe(&bright, flash)) - moment(media::probe(&loud, flash));
    assert!(apart.abs() < 0.025, "{apart}");
}

#[tokio::test]
async fn a_copy_of_a_video_without_sound_has_none() {
    let upload = Upload::film("640x360", "25", 5, 0);
    upload.transcode().await.unwrap();
    let copy = upload.copy("360p").await.unwrap();
    assert_eq!(media::probe(&copy, "-show_entries stream=codec_name"), ["h264"]);
}

#[tokio::test]
async fn a_video_without_sound_has_no_sound() {
    let upload = Upload::film("640x360", "25", 5, 0);
    let made = upload.transcode().await.unwrap();
    assert_eq!(made.audio, None);
    assert_eq!(names(&made), ["360p"]);
    assert!(!upload.output().join("audio").exists());
}

#[tokio::test]
async fn a_phone_held_upright_gives_an_upright_video() {
    let upload = Upload::new();
    let lying = upload.folder.path().join("lying.mp4");
    media::film(&lying, "640x360", "30", 2, 1);
    // As phones do: the picture lies on its side and a matrix turns it.
    let turn = format!("-i {} -c copy -metadata:s:v rotate=90 -f mp4", lying.display());
    media::make(&upload.source(), &turn);
    let made = upload.transcode().await.unwrap();
    assert_eq!((made.video[0].width, made.video[0].height), (360, 640));
    let size =
        media::probe(&upload.segment("360p", 0), "-select_streams v -show_entries stream=width,height");
    assert_eq!(size, ["360,640"]);
}

#[tokio::test]
async fn odd_sizes_and_oblong_pixels_are_shown_in_shape() {
    let upload = Upload::new();
    let odd = "-f lavfi -i testsrc2=s=321x241:r=25:d=2 -vf setsar=4/3 -c:v libx264 -pix_fmt yuv444p -f mp4";
    media::make(&upload.source(), odd);
    let made = upload.transcode().await.unwrap();
    assert_eq!((made.video[0].width, made.video[0].height), (426, 240));
    let fields = "-select_streams v -show_entries stream=width,height,sample_aspect_ratio,pix_fmt";
    assert_eq!(media::probe(&upload.segment("240p", 0), fields), ["426,240,1:1,yuv420p"]);
}

#[tokio::test]
async fn a_recording_that_does_not_say_how_long_it_is_plays_to_its_end() {
    let upload = Upload::new();
    let live = "-f lavfi -i testsrc2=s=320x240:r=30:d=3 -c:v libvpx -deadline realtime -f webm -live 1";
    media::make(&upload.source(), live);
    let made = upload.transcode().await.unwrap();
    assert!((2.9..3.2).contains(&made.duration.as_secs_f64()), "{made:?}");
}

#[tokio::test]
async fn an_upload_cannot_make_ffmpeg_read_other_files() {
    let secret = Upload::film("640x360", "24", 2, 0);
    let other = secret.source();
    let other = other.display();
    let lures = [
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{other}\n#EXT-X-ENDLIST\n"),
        format!("ffconcat version 1.0\nfile '{other}'\n"),
        format!(
            "<?xml version=\"1.0\"?><MPD><Period><AdaptationSet><BaseURL>{other}</BaseURL></AdaptationSet></Period></MPD>"
        ),
    ];
    for lure in lures {
        let upload = Upload::holding(lure.as_bytes());
        let found = upload.transcode().await;
        assert!(matches!(found, Err(TranscodeError::NotAVideo)), "{lure} {found:?}");
        assert!(upload.nothing_is_published_or_left());
    }
}

#[tokio::test]
async fn pictures_are_not_videos() {
    let upload = Upload::new();
    media::make(&upload.source(), "-f lavfi -i testsrc2=s=320x240 -frames:v 1 -c:v mjpeg -f image2pipe");
    let found = upload.transcode().await;
    assert!(matches!(found, Err(TranscodeError::NotAVideo)), "{found:?}");
}

#[test]
fn what_a_killed_server_left_is_gone_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("~transcoding/01J-0/720p");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("0.m4s"), "half").unwrap();
    Ffmpeg::open(folder.path(), FfmpegSettings::default()).unwrap();
    assert!(!left.exists());
}
