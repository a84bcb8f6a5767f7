//! Frame rates are fractions: 29.97 is 30000/1001, and rounding it shows after an hour.

use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// Frames a second, as an exact fraction; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32)", into = "(u32, u32)")]
pub struct FrameRate {
    frames: NonZeroU32,
    seconds: NonZeroU32,
}

impl FrameRate {
    /// The rates that renditions have, slowest first. For each of them a whole number of frames lasts four
    /// seconds or up to 4 ms more, so that segments can be equal and start on the same frame in every rung.
    pub const STANDARD: [(u32, u32); 14] = [
        (5, 1),
        (10, 1),
        (12, 1),
        (15, 1),
        (20, 1),
        (24_000, 1001),
        (24, 1),
        (25, 1),
        (30_000, 1001),
        (30, 1),
        (48, 1),
        (50, 1),
        (60_000, 1001),
        (60, 1),
    ];

    /// `frames` in `seconds`; `None` for zero or nonsense above 1,000 a second.
    pub fn new(frames: u32, seconds: u32) -> Option<Self> {
        let rate = Self { frames: NonZeroU32::new(frames)?, seconds: NonZeroU32::new(seconds)? };
        (rate.per_second() <= 1000.0).then_some(rate)
    }

    /// Numerator and denominator.
    pub fn fraction(self) -> (u32, u32) {
        (self.frames.get(), self.seconds.get())
    }

    /// As a decimal number.
    pub fn per_second(self) -> f64 {
        f64::from(self.frames.get()) / f64::from(self.seconds.get())
    }

    /// How many frames last about this many seconds.
    pub fn frames_in(self, seconds: u32) -> u32 {
        (f64::from(seconds) * self.per_second()).round() as u32
    }

    /// The constant rate of the renditions of a source with this average rate: a [standard](Self::STANDARD)
    /// one, at most 60. A source faster than that is shown every second (third, …) frame; one between the
    /// standard rates is irregular, and gets the next faster one so that no frame is lost.
    pub fn for_renditions(self) -> FrameRate {
        let fps = self.per_second();
        let fps = fps / (fps / 60.5).ceil();
        let standard =
            || Self::STANDARD.into_iter().filter_map(|(frames, seconds)| Self::new(frames, seconds));
        let distance = |rate: &FrameRate| (rate.per_second() / fps - 1.0).abs();
        standard()
            .filter(|rate| distance(rate) < 0.005)
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .or_else(|| standard().find(|rate| rate.per_second() >= fps))
            .or_else(|| standard().next_back())
            .unwrap_or(self)
    }
}

/// 25 a second: what something has that has no pictures at all, such as a song.
impl Default for FrameRate {
    fn default() -> Self {
        const FRAMES: NonZeroU32 = NonZeroU32::new(25).unwrap();
        Self { frames: FRAMES, seconds: NonZeroU32::MIN }
    }
}

impl std::fmt::Display for FrameRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.frames, self.seconds)
    }
}

impl TryFrom<(u32, u32)> for FrameRate {
    type Error = &'static str;
    fn try_from((frames, seconds): (u32, u32)) -> Result<Self, Self::Error> {
        Self::new(frames, seconds).ok_or("not a frame rate")
    }
}

impl From<FrameRate> for (u32, u32) {
    fn from(rate: FrameRate) -> Self {
        rate.fraction()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn renditions(frames: u32, seconds: u32) -> (u32, u32) {
        FrameRate::new(frames, seconds).unwrap().for_renditions().fraction()
    }

    #[test]
    fn standard_rates_are_kept_exactly() {
        for (frames, seconds) in FrameRate::STANDARD {
            assert_eq!(renditions(frames, seconds), (frames, seconds));
        }
    }

    #[test]
    fn fast_rates_are_divided_and_irregular_ones_rounded_up() {
        assert_eq!(renditions(120, 1), (60, 1));
        assert_eq!(renditions(120_000, 1001), (60_000, 1001));
        assert_eq!(renditions(240, 1), (60, 1));
        assert_eq!(renditions(100, 1), (50, 1));
        assert_eq!(renditions(29_700, 1000), (30_000, 1001), "a phone's variable rate");
        assert_eq!(renditions(2_215, 100), (24_000, 1001));
        assert_eq!(renditions(1, 2), (5, 1));
    }

    proptest! {
        #[test]
        fn every_segment_holds_whole_frames_and_lasts_four_seconds(frames in 1u32..1_000_000, seconds in 1u32..5_000) {
            if let Some(rate) = FrameRate::new(frames, seconds) {
                let out = rate.for_renditions();
                prop_assert!(FrameRate::STANDARD.contains(&out.fraction()));
                let segment = f64::from(out.frames_in(4)) / out.per_second();
                prop_assert!((4.0..=4.0041).contains(&segment), "{segment}");
            }
        }
    }
}
