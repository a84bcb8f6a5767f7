//! How many bits a second a rendition takes, measured on its segments.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A segment as it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its size.
    pub bytes: u64,
    /// Its duration, as its playlist says.
    pub duration: Duration,
}

/// What a rendition takes, in bits a second (RFC 8216 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bandwidth {
    /// The "average segment bit rate".
    pub average: u64,
    /// The "peak segment bit rate": the highest of any run of segments that lasts between half and one and a
    /// half target durations. It is never below the average.
    pub peak: u64,
}

impl Bandwidth {
    /// Measures a rendition; `None` where it lasts no time.
    pub fn measure(segments: &[Segment], target: Duration) -> Option<Bandwidth> {
        let average = rate(segments)?;
        let (shortest, longest) = (target.mul_f64(0.5), target.mul_f64(1.5));
        let runs = (0..segments.len()).flat_map(|from| {
            (from + 1..=segments.len())
                .map(move |to| &segments[from..to])
                .take_while(|run| duration(run) <= longest)
        });
        let peak = runs.filter(|run| duration(run) >= shortest).filter_map(rate).max();
        Some(Bandwidth { average, peak: peak.unwrap_or(average).max(average) })
    }
}

/// Of what is played together: a variant's picture and its sound.
impl std::ops::Add for Bandwidth {
    type Output = Bandwidth;
    fn add(self, other: Bandwidth) -> Bandwidth {
        Bandwidth { average: self.average + other.average, peak: self.peak + other.peak }
    }
}

fn duration(segments: &[Segment]) -> Duration {
    segments.iter().map(|segment| segment.duration).sum()
}

/// Rounded up: a player must be able to rely on it.
fn rate(segments: &[Segment]) -> Option<u64> {
    let micros = u64::try_from(duration(segments).as_micros()).ok().filter(|micros| *micros > 0)?;
    let bits: u64 = segments.iter().map(|segment| segment.bytes * 8).sum();
    u64::try_from((u128::from(bits) * 1_000_000).div_ceil(u128::from(micros))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TARGET: Duration = Duration::from_secs(4);

    fn segment(bytes: u64, millis: u64) -> Segment {
        Segment { bytes, duration: Duration::from_millis(millis) }
    }

    #[test]
    fn the_peak_is_the_busiest_segment() {
        let found =
            Bandwidth::measure(&[segment(1000, 4000), segment(4000, 4000), segment(1000, 4000)], TARGET);
        assert_eq!(found, Some(Bandwidth { average: 4000, peak: 8000 }));
    }

    #[test]
    fn a_short_last_segment_counts_with_its_neighbour_alone() {
        let found = Bandwidth::measure(&[segment(4000, 4000), segment(4000, 1000)], TARGET).unwrap();
        assert_eq!(found.peak, 12_800, "8,000 bytes in 5 s, not 4,000 bytes in 1 s");
    }

    #[test]
    fn nothing_has_no_bandwidth() {
        assert_eq!(Bandwidth::measure(&[], TARGET), None);
        assert_eq!(Bandwidth::measure(&[segment(100, 0)], TARGET), None);
    }

    proptest! {
        #[test]
        fn the_peak_is_never_below_the_average(segments in proptest::collection::vec((0u64..10_000_000, 1u64..6_000), 1..40)) {
            let segments: Vec<_> = segments.into_iter().map(|(bytes, millis)| segment(bytes, millis)).collect();
            let found = Bandwidth::measure(&segments, TARGET).unwrap();
            prop_assert!(found.peak >= found.average);
        }
    }
}
