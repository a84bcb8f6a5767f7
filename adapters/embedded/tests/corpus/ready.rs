//! What becomes of a file that can be watched.

use super::media::studio::{AAC_FRAME, Made, Studio};

/// What becomes of a file.
pub(crate) struct Ready {
    size: (u32, u32),
    rungs: &'static [&'static str],
    channels: Option<u32>,
    seconds: f64,
    rate: Option<(u32, u32)>,
    captions: &'static [(Option<&'static str>, &'static str)],
    warned: bool,
    /// Whether there is a flash in it, and a click with it.
    flashes: bool,
}

/// Something to watch of five seconds, with a flash and a click in stereo.
pub(crate) fn ready(width: u32, height: u32, rungs: &'static [&'static str]) -> Ready {
    Ready {
        size: (width, height),
        rungs,
        channels: Some(2),
        seconds: 5.0,
        rate: None,
        captions: &[],
        warned: false,
        flashes: true,
    }
}

impl Ready {
    pub(crate) fn silent(self) -> Self {
        Self { channels: None, flashes: false, ..self }
    }
    pub(crate) fn mono(self) -> Self {
        Self { channels: Some(1), ..self }
    }
    pub(crate) fn lasts(self, seconds: f64) -> Self {
        Self { seconds, ..self }
    }
    pub(crate) fn at(self, frames: u32, seconds: u32) -> Self {
        Self { rate: Some((frames, seconds)), ..self }
    }
    pub(crate) fn with(self, captions: &'static [(Option<&'static str>, &'static str)]) -> Self {
        Self { captions, ..self }
    }
    pub(crate) fn warned(self) -> Self {
        Self { warned: true, ..self }
    }
    pub(crate) fn without_a_flash(self) -> Self {
        Self { flashes: false, ..self }
    }

    /// Converts, and holds what comes of it against this and against what holds of everything. Keeps it under a name for
    /// whoever plays it.
    pub(crate) async fn from(self, name: &str, studio: &Studio) -> Made {
        let made = studio.transcode().await.unwrap();
        let output = &made.output;
        let sizes: Vec<_> =
            output.video.iter().map(|rendition| (rendition.width, rendition.height)).collect();
        assert_eq!(sizes.first().copied().unwrap_or_default(), self.size, "{output:?}");
        let names: Vec<_> = output.video.iter().map(|rendition| rendition.name.as_str()).collect();
        assert_eq!(names, self.rungs, "{:?}", made.probe);
        assert_eq!(output.audio.as_ref().map(|audio| audio.channels), self.channels);
        // Of a song, one frame comes before the first that is heard.
        let unheard = if output.video.is_empty() { AAC_FRAME } else { 0.0 };
        let (found, seconds) = (output.duration.as_secs_f64() - unheard, self.seconds);
        assert!(
            (found - seconds).abs() <= made.frame() + 0.0005,
            "{found} s and not {seconds}: {:?}",
            made.probe
        );
        if let Some(rate) = self.rate {
            assert_eq!(made.ladder.frame_rate.fraction(), rate, "{:?}", made.probe);
        }
        let captions: Vec<_> =
            output.captions.iter().map(|track| (track.language.as_deref(), track.label.as_str())).collect();
        assert_eq!(captions, self.captions);
        assert_eq!(!output.warnings.is_empty(), self.warned, "{:?}", output.warnings);
        studio.check(&made);
        if self.flashes && !names.is_empty() {
            let apart = studio.click_after_flash(names[0]);
            // Frames move by up to half of one to a constant rate.
            assert!(apart.abs() < made.frame() / 2.0 + 0.005, "the click comes {apart} s after the flash");
        }
        studio.keep(name, &made);
        made
    }
}
