//! Which renditions a source gets.

use super::{FrameRate, Probe};
use serde::{Deserialize, Serialize};

/// The renditions of a video: all show the same frames, and start their segments on the same ones, so that a
/// player can change between them at any segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// H.264 renditions, largest first; none where there is sound alone.
    pub rungs: Vec<Rung>,
    /// The constant frame rate of all of them.
    pub frame_rate: FrameRate,
    /// Bits a second of the one AAC rendition, mono or stereo; `None` for a source without sound.
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
    /// The most bits a second that it may take over some seconds. It is encoded to a constant quality, so that
    /// it takes far fewer wherever the picture allows.
    pub bitrate: u32,
}

/// A size that people have a name for.
struct Class {
    /// The box that the picture fits in, lying or upright: the longer side, the shorter side, and the name.
    long: u32,
    short: u32,
    /// Bits a second of a busy film that fills the box, at up to 30 frames a second.
    film: u32,
}

impl Ladder {
    /// Roughly how long a segment is, seconds. Between seeking quickly (short) and few requests (long).
    pub const SEGMENT_SECONDS: u32 = 4;

    /// Bits a second of AAC-LC at which nobody hears the difference.
    const STEREO_BITRATE: u32 = 128_000;
    const MONO_BITRATE: u32 = 96_000;

    const CLASSES: [Class; 4] = [
        Class { long: 1920, short: 1080, film: 4_200_000 },
        Class { long: 1280, short: 720, film: 2_000_000 },
        Class { long: 854, short: 480, film: 800_000 },
        Class { long: 640, short: 360, film: 500_000 },
    ];

    /// How far a rung may go beyond what its content is expected to take: a film within a talk is not measured.
    const HEADROOM: f64 = 1.6;
    /// The least and the most of a film's bits that a rung may take.
    const LIMITS: (f64, f64) = (0.4, 1.3);
    /// No picture is worth looking at with fewer bits a second.
    const LEAST_BITRATE: f64 = 100_000.0;
    /// What every rendition takes that has nothing to do with its picture: sound, and the boxes around it.
    const BESIDES: f64 = 150_000.0;
    /// A rung that takes this much of the next higher one, all told, spares a learner nothing.
    const NEARLY_AS_MUCH: f64 = 0.75;
    /// A source that misses a box by so little is of that class, in its own size: 1912x796 is 1080p.
    const NEAR_MISS: f64 = 1.03;

    /// The ladder of a source. It never upscales: a source smaller than the lowest class gets one rung of its
    /// own size. How many rungs there are between the largest and the lowest depends on the content: those of
    /// still slides differ too little to be worth a place.
    pub fn for_source(probe: &Probe) -> Ladder {
        let audio = probe.audio_channels.map(|channels| match channels {
            1 => Self::MONO_BITRATE,
            _ => Self::STEREO_BITRATE,
        });
        if !probe.has_picture() {
            return Ladder { rungs: Vec::new(), frame_rate: FrameRate::default(), audio };
        }
        let frame_rate = probe.frame_rate.for_renditions();
        let source = Source { probe, frame_rate };
        let mut all: Vec<Planned> = Self::CLASSES.iter().filter_map(|class| source.fitted(class)).collect();
        if all.is_empty() {
            all.push(source.as_it_is());
        }
        let lowest = all.len() - 1;
        let mut kept: Vec<Planned> = Vec::with_capacity(all.len());
        for (at, planned) in all.into_iter().enumerate() {
            let pays = kept.last().is_none_or(|above| {
                planned.expected + Self::BESIDES <= (above.expected + Self::BESIDES) * Self::NEARLY_AS_MUCH
            });
            if pays || at == lowest {
                kept.push(planned);
            }
        }
        Ladder { rungs: kept.into_iter().map(|planned| planned.rung).collect(), frame_rate, audio }
    }

    /// How many frames a segment has: the distance between key frames.
    pub fn frames_per_segment(&self) -> u32 {
        self.frame_rate.frames_in(Self::SEGMENT_SECONDS)
    }
}

/// A rung, and how many bits a second it will take on average.
struct Planned {
    rung: Rung,
    expected: f64,
}

struct Source<'a> {
    probe: &'a Probe,
    frame_rate: FrameRate,
}

impl Source<'_> {
    /// In the box of a class; `None` where that would be upscaling.
    fn fitted(&self, class: &Class) -> Option<Planned> {
        let (long, short) =
            (self.probe.width.max(self.probe.height), self.probe.width.min(self.probe.height));
        let scale = (f64::from(class.long) / f64::from(long)).min(f64::from(class.short) / f64::from(short));
        let scaled = |side| even(f64::from(side) * scale.min(1.0), side);
        let size = (scaled(self.probe.width), scaled(self.probe.height));
        (scale <= Ladder::NEAR_MISS).then(|| self.planned(class, class.short, size))
    }

    /// In its own size.
    fn as_it_is(&self) -> Planned {
        let size @ (width, height) = (even_below(self.probe.width), even_below(self.probe.height));
        let lowest = &Ladder::CLASSES[Ladder::CLASSES.len() - 1];
        self.planned(lowest, width.min(height), size)
    }

    fn planned(&self, class: &Class, name: u32, (width, height): (u32, u32)) -> Planned {
        let filled = f64::from(width) * f64::from(height) / (f64::from(class.long) * f64::from(class.short));
        // Twice the frames differ less from each other: half as much again keeps the quality.
        let faster = if self.frame_rate.per_second() > 30.0 { 1.5 } else { 1.0 };
        let film = f64::from(class.film) * filled * faster;
        let expected = film * self.probe.complexity.share();
        let (least, most) = Ladder::LIMITS;
        let bitrate = (expected * Ladder::HEADROOM).clamp(film * least, film * most);
        let bitrate = bitrate.max(Ladder::LEAST_BITRATE).round() as u32;
        Planned { rung: Rung { name: format!("{name}p"), width, height, bitrate }, expected }
    }
}

/// The nearest even number that is not above the source's side: 4:2:0 halves the colour planes.
fn even(side: f64, source: u32) -> u32 {
    let nearest = (side / 2.0).round() as u32 * 2;
    nearest.clamp(2, even_below(source))
}

/// H.264 has no picture smaller than two pixels.
fn even_below(side: u32) -> u32 {
    (side / 2 * 2).max(2)
}

#[cfg(test)]
mod tests {
    use super::super::Complexity;
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn probe(width: u32, height: u32) -> Probe {
        let rate = FrameRate::new(24, 1).unwrap();
        Probe { audio_channels: Some(6), ..Probe::picture(width, height, rate, Duration::from_secs(30)) }
    }

    fn sizes(width: u32, height: u32) -> Vec<(u32, u32)> {
        let ladder = Ladder::for_source(&probe(width, height));
        ladder.rungs.iter().map(|rung| (rung.width, rung.height)).collect()
    }

    fn names(probe: &Probe) -> Vec<String> {
        Ladder::for_source(probe).rungs.into_iter().map(|rung| rung.name).collect()
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
    fn a_class_is_a_box_that_the_picture_fits_in() {
        assert_eq!(sizes(1920, 800), [(1920, 800), (1280, 534), (854, 356), (640, 266)]);
        assert_eq!(names(&probe(1920, 800)), ["1080p", "720p", "480p", "360p"]);
        assert_eq!(sizes(800, 1920)[0], (800, 1920));
        assert_eq!(sizes(1440, 1080)[0], (1440, 1080));
        assert_eq!(sizes(1912, 796)[0], (1912, 796), "a near miss keeps its size");
        assert_eq!(sizes(1600, 900)[0], (1280, 720));
        assert_eq!(sizes(3840, 2160)[0], (1920, 1080));
    }

    #[test]
    fn portrait_odd_and_small_sources_keep_their_shape() {
        assert_eq!(sizes(1080, 1920), [(1080, 1920), (720, 1280), (480, 854), (360, 640)]);
        assert_eq!(sizes(853, 481), [(852, 480), (638, 360)]);
        assert_eq!(sizes(321, 241), [(320, 240)]);
        assert_eq!(sizes(1, 1), [(2, 2)], "the one exception: H.264 has no smaller picture");
    }

    #[test]
    fn slides_get_fewer_rungs_and_lower_limits_than_a_film() {
        let slides = Probe { complexity: Complexity(30), ..probe(1920, 1080) };
        assert_eq!(names(&slides), ["1080p", "480p", "360p"]);
        let still = Probe { complexity: Complexity(0), ..probe(1920, 1080) };
        assert_eq!(names(&still), ["1080p", "360p"]);
        let limit = |probe: &Probe| Ladder::for_source(probe).rungs[0].bitrate;
        assert_eq!((limit(&slides), limit(&probe(1920, 1080))), (1_680_000, 5_460_000));
    }

    #[test]
    fn a_source_without_sound_gets_none_and_mono_takes_less() {
        let ladder = |audio_channels| Ladder::for_source(&Probe { audio_channels, ..probe(640, 360) });
        assert_eq!(ladder(None).audio, None);
        assert_eq!(ladder(Some(1)).audio, Some(96_000));
    }

    #[test]
    fn sound_alone_has_no_rungs() {
        let ladder = Ladder::for_source(&Probe::sound(2, Duration::from_secs(60)));
        assert_eq!((ladder.rungs.len(), ladder.audio), (0, Some(128_000)));
        assert_eq!(ladder.frames_per_segment(), 100);
    }

    proptest! {
        #[test]
        fn a_ladder_never_upscales_is_even_descends_and_keeps_the_aspect(width in 2u32..8000, height in 2u32..8000, complexity in 0u32..5000) {
            let probe = Probe { complexity: Complexity(complexity), ..probe(width, height) };
            let ladder = Ladder::for_source(&probe);
            prop_assert!(!ladder.rungs.is_empty());
            for rung in &ladder.rungs {
                prop_assert!(rung.width <= width && rung.height <= height, "{rung:?}");
                prop_assert!(rung.width % 2 == 0 && rung.height % 2 == 0, "{rung:?}");
                if rung.width.min(rung.height) >= 100 {
                    let off = f64::from(rung.width) / f64::from(rung.height) * f64::from(height) / f64::from(width);
                    prop_assert!((off - 1.0).abs() <= 0.02, "{rung:?} {off}");
                }
            }
            for pair in ladder.rungs.windows(2) {
                prop_assert!(u64::from(pair[0].width) * u64::from(pair[0].height) > u64::from(pair[1].width) * u64::from(pair[1].height));
                prop_assert!(pair[0].bitrate >= pair[1].bitrate && pair[0].name != pair[1].name);
            }
        }

        #[test]
        fn the_largest_and_the_lowest_rung_are_there_however_simple_the_picture(width in 640u32..8000, height in 640u32..8000, complexity in 0u32..5000) {
            let of = |complexity| names(&Probe { complexity, ..probe(width, height) });
            let (these, all) = (of(Complexity(complexity)), of(Complexity::FILM));
            prop_assert_eq!((these.first(), these.last()), (all.first(), all.last()));
            prop_assert_eq!(these.last().map(String::as_str), Some("360p"));
        }

        #[test]
        fn more_to_encode_never_means_fewer_bits_and_none_exceeds_its_limit(complexity in 0u32..5000, more in 0u32..5000) {
            let limit = |complexity| Ladder::for_source(&Probe { complexity: Complexity(complexity), ..probe(1920, 1080) }).rungs[0].bitrate;
            prop_assert!(limit(complexity) <= limit(complexity + more));
            prop_assert!((1_680_000..=5_460_000).contains(&limit(complexity)));
        }
    }
}
