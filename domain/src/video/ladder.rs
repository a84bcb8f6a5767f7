//! Which renditions a source gets.

use super::{FrameRate, Probe};
use serde::{Deserialize, Serialize};

/// The renditions of a video: all show the same frames, and start their segments on the same ones, so that a
/// player can change between them at any segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// H.264 renditions, largest first; at least one.
    pub rungs: Vec<Rung>,
    /// The constant frame rate of all of them.
    pub frame_rate: FrameRate,
    /// Bits a second of the one stereo AAC rendition; `None` for a source without sound.
    pub audio: Option<u32>,
}

/// One H.264 rendition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// As people call it, and the last part of its key: `720p`.
    pub name: String,
    /// Pixels, even.
    pub width: u32,
    /// Pixels, even.
    pub height: u32,
    /// Average bits a second.
    pub bitrate: u32,
}

impl Ladder {
    /// Roughly how long a segment is, seconds. Between seeking quickly (short) and few requests (long).
    pub const SEGMENT_SECONDS: u32 = 4;

    /// Bits a second of stereo AAC-LC at which nobody hears the difference.
    const AUDIO_BITRATE: u32 = 128_000;

    /// Short side and bits a second at up to 30 frames a second, for talks and drawings as well as films.
    const RUNGS: [(u32, u32); 4] = [(1080, 4_200_000), (720, 2_000_000), (480, 800_000), (360, 500_000)];

    /// The ladder of a source. It never upscales: a source smaller than the lowest rung gets one of its own
    /// size.
    pub fn for_source(probe: &Probe) -> Ladder {
        let frame_rate = probe.frame_rate.for_renditions();
        let mut rungs: Vec<Rung> = Self::RUNGS
            .into_iter()
            .filter(|(short, _)| *short <= probe.short_side())
            .map(|(short, bitrate)| rung(probe, short, bitrate))
            .collect();
        if rungs.is_empty() {
            let (lowest, bitrate) = Self::RUNGS[Self::RUNGS.len() - 1];
            let short = probe.short_side();
            let share = u64::from(bitrate) * u64::from(short).pow(2) / u64::from(lowest).pow(2);
            rungs.push(rung(probe, short, (share as u32).max(100_000)));
        }
        if frame_rate.per_second() > 30.0 {
            // Twice the frames differ less from each other: half as much again keeps the quality.
            rungs.iter_mut().for_each(|rung| rung.bitrate += rung.bitrate / 2);
        }
        Ladder { rungs, frame_rate, audio: probe.audio_channels.map(|_| Self::AUDIO_BITRATE) }
    }

    /// How many frames a segment has: the distance between key frames.
    pub fn frames_per_segment(&self) -> u32 {
        self.frame_rate.frames_in(Self::SEGMENT_SECONDS)
    }
}

fn rung(probe: &Probe, short: u32, bitrate: u32) -> Rung {
    let scaled = |side: u32| even(f64::from(side) * f64::from(short) / f64::from(probe.short_side()), side);
    let (width, height) = (scaled(probe.width), scaled(probe.height));
    Rung { name: format!("{}p", width.min(height)), width, height, bitrate }
}

/// The nearest even number that is not above the source's side: 4:2:0 halves the colour planes.
fn even(side: f64, source: u32) -> u32 {
    let nearest = (side / 2.0).round() as u32 * 2;
    nearest.min(source / 2 * 2).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn probe(width: u32, height: u32) -> Probe {
        Probe {
            width,
            height,
            frame_rate: FrameRate::new(24, 1).unwrap(),
            interlaced: false,
            duration: Duration::from_secs(30),
            audio_channels: Some(6),
        }
    }

    fn sizes(width: u32, height: u32) -> Vec<(u32, u32)> {
        let ladder = Ladder::for_source(&probe(width, height));
        ladder.rungs.iter().map(|rung| (rung.width, rung.height)).collect()
    }

    #[test]
    fn full_hd_gets_four_rungs_and_stereo_sound() {
        let ladder = Ladder::for_source(&probe(1920, 1080));
        assert_eq!(sizes(1920, 1080), [(1920, 1080), (1280, 720), (854, 480), (640, 360)]);
        assert_eq!(ladder.rungs[0].name, "1080p");
        assert_eq!(ladder.frames_per_segment(), 96);
        assert_eq!(ladder.audio, Some(128_000));
    }

    #[test]
    fn portrait_odd_and_small_sources_keep_their_shape() {
        assert_eq!(sizes(1080, 1920), [(1080, 1920), (720, 1280), (480, 854), (360, 640)]);
        assert_eq!(sizes(853, 481), [(852, 480), (638, 360)]);
        assert_eq!(sizes(321, 241), [(320, 240)]);
        assert_eq!(sizes(1, 1), [(2, 2)], "the one exception: H.264 has no smaller picture");
    }

    #[test]
    fn a_source_without_sound_gets_none() {
        let ladder = Ladder::for_source(&Probe { audio_channels: None, ..probe(640, 360) });
        assert_eq!(ladder.audio, None);
    }

    proptest! {
        #[test]
        fn a_ladder_never_upscales_is_even_descends_and_keeps_the_aspect(width in 2u32..8000, height in 2u32..8000) {
            let ladder = Ladder::for_source(&probe(width, height));
            prop_assert!(!ladder.rungs.is_empty());
            for rung in &ladder.rungs {
                prop_assert!(rung.width <= width && rung.height <= height, "{rung:?}");
                prop_assert!(rung.width % 2 == 0 && rung.height % 2 == 0, "{rung:?}");
                if width.min(height) >= 200 {
                    let off = f64::from(rung.width) / f64::from(rung.height) * f64::from(height) / f64::from(width);
                    prop_assert!((off - 1.0).abs() <= 0.01, "{rung:?} {off}");
                }
            }
            for pair in ladder.rungs.windows(2) {
                prop_assert!(pair[0].width > pair[1].width && pair[0].height > pair[1].height);
                prop_assert!(pair[0].bitrate > pair[1].bitrate && pair[0].name != pair[1].name);
            }
        }
    }
}
