//! How loud a sound is (EBU R 128), and what brings it to where everybody else's is.

use super::input::{input, talking, words};
use super::process::{Launcher, Limits, Stopped};
use super::sound;
use domain::video::Probe;
use std::path::Path;
use std::time::Duration;

/// What the web has agreed on for speech and music, LUFS.
const TARGET: f64 = -16.0;

/// Nobody speaks as quietly as this, LUFS: it is silence, or the hiss of it.
const SILENCE: f64 = -60.0;

/// More would lift the hiss above the voice, dB.
const MOST_GAIN: f64 = 20.0;

/// The highest sample, dBFS. What lies between the samples stays below -1 dBTP then.
const CEILING: f64 = -2.0;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Loudness {
    /// Of the whole, LUFS.
    integrated: f64,
    /// The highest sample, dBFS.
    peak: f64,
}

impl Loudness {
    /// Listens to the whole sound, as it will be encoded. `None` where there is nothing that can be decoded.
    pub(super) async fn measure(
        launcher: &Launcher,
        source: &Path,
        folder: &Path,
        probe: &Probe,
        time: Duration,
    ) -> Result<Option<Loudness>, Stopped> {
        let mut arguments = talking();
        arguments.extend(words("-vn -sn -dn"));
        arguments.extend(input(source));
        let heard = sound::layout(probe);
        arguments.extend(words(&format!(
            "-map 0:a:{} -af aresample=48000,{heard},ebur128=framelog=verbose:peak=sample -f null -",
            probe.audio_track
        )));
        let run = launcher.ffmpeg(&arguments, folder, Limits { time, file: 0 }).await;
        match run {
            Ok(log) => Ok(Self::read(&log)),
            Err(Stopped::Failed { .. }) => Ok(None),
            Err(stopped) => Err(stopped),
        }
    }

    /// The summary that the filter writes when it ends.
    fn read(log: &str) -> Option<Loudness> {
        let (_, summary) = log.rsplit_once("Summary:")?;
        // Said before the summary or after it.
        if log.contains("audio:0kB") {
            return None;
        }
        let number = |name: &str, unit: &str| {
            let rest = summary.lines().find_map(|line| line.trim().strip_prefix(name))?;
            // Of silence it says "-inf".
            rest.trim().strip_suffix(unit)?.trim().parse::<f64>().ok()
        };
        Some(Loudness { integrated: number("I:", "LUFS")?, peak: number("Peak:", "dBFS")? })
    }

    /// Filters that bring it to the target: one gain for all of it, so that quiet stays quieter than loud, and
    /// a limiter where that leads too high.
    pub(super) fn filters(self) -> Vec<String> {
        if self.integrated.is_nan() || self.integrated < SILENCE {
            return Vec::new();
        }
        let gain = (TARGET - self.integrated).min(MOST_GAIN);
        let mut filters = vec![format!("volume={gain:.2}dB")];
        if self.peak + gain > CEILING {
            let limit = 10f64.powf(CEILING / 20.0);
            filters.push(format!("alimiter=limit={limit:.4}:attack=5:release=100:level=false:latency=true"));
        }
        filters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "[Parsed_ebur128_2 @ 0x5] Summary:\n\n  Integrated loudness:\n    I:         -21.4 LUFS\n    \
        Threshold: -34.7 LUFS\n\n  Sample peak:\n    Peak:       -1.3 dBFS\nvideo:0kB audio:5625kB";

    #[test]
    fn the_summary_is_read() {
        assert_eq!(Loudness::read(LOG), Some(Loudness { integrated: -21.4, peak: -1.3 }));
        assert_eq!(Loudness::read(&LOG.replace("audio:5625kB", "audio:0kB")), None);
        let silent = Loudness::read(&LOG.replace("-21.4", "-70.0").replace("-1.3", "-inf"));
        assert_eq!(silent.unwrap().filters(), Vec::<String>::new());
    }

    #[test]
    fn loud_is_turned_down_quiet_is_turned_up_and_peaks_are_held() {
        let filters = |integrated, peak| Loudness { integrated, peak }.filters();
        assert_eq!(filters(-10.0, -1.0), ["volume=-6.00dB"]);
        assert_eq!(filters(-30.0, -20.0), ["volume=14.00dB"]);
        let held = filters(-30.0, -10.0);
        assert!(held.len() == 2 && held[1].starts_with("alimiter=limit=0.7943:"), "{held:?}");
        assert_eq!(filters(-50.0, -40.0), ["volume=20.00dB"], "no more, for the sake of the hiss");
    }
}
