//! A folder with one upload in it, and everything that must hold of whatever is made of one.

use super::make;
use domain::video::{Ladder, Probe};
use services::contract::transcoder::job_for;
use services::ports::{BlobKey, TranscodeError, Transcoded, Transcoder as _, Work};
use services::videos::packaging::multivariant_playlist;
use std::path::{Path, PathBuf};
use std::process::Command;
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

impl Made {
    /// How long a frame lasts, seconds; of sound alone, one of AAC.
    pub(crate) fn frame(&self) -> f64 {
        if self.output.video.is_empty() { AAC_FRAME } else { 1.0 / self.ladder.frame_rate.per_second() }
    }
}

/// 1,024 samples, seconds.
pub(crate) const AAC_FRAME: f64 = 1024.0 / 48_000.0;

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
        let job = job_for(&source, &BlobKey::new("media/version").unwrap(), probe);
        match self.ffmpeg.transcode(&job, &|_| (), CancellationToken::new()).await? {
            Work::Made(output) => Ok(Made { probe: job.probe, ladder: job.ladder, output }),
            Work::Elsewhere(_) => panic!("ffmpeg works here"),
        }
    }

    /// Puts what was made, and what is expected of it, into a folder of this name in `STOA_CORPUS`, where that is set:
    /// for `end2end/corpus.spec.ts`, which plays it.
    pub(crate) fn keep(&self, name: &str, made: &Made) {
        let Some(corpus) = std::env::var_os("STOA_CORPUS") else { return };
        let folder = Path::new(&corpus).join(name);
        std::fs::create_dir_all(&corpus).unwrap();
        let _ = std::fs::remove_dir_all(&folder);
        let copied = Command::new("cp").arg("-r").arg(self.file("")).arg(&folder).status().unwrap();
        assert!(copied.success());
        std::fs::write(folder.join("master.m3u8"), multivariant_playlist(&made.output)).unwrap();
        let Transcoded { duration, video, audio, captions, .. } = &made.output;
        let expected = serde_json::json!({
            "seconds": duration.as_secs_f64(),
            "frame": made.frame(),
            "sizes": video.iter().map(|rendition| [rendition.width, rendition.height]).collect::<Vec<_>>(),
            "sound": audio.is_some(),
            "captions": captions.iter().map(|track| &track.file).collect::<Vec<_>>(),
        });
        std::fs::write(folder.join("expected.json"), expected.to_string()).unwrap();
    }

    /// Nothing of what was half done is there.
    pub(crate) fn nothing_is_left(&self) -> bool {
        let is_empty =
            |path: &Path| std::fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
        is_empty(&self.folder.path().join("~transcoding"))
    }
}
