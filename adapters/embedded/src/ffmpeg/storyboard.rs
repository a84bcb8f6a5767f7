//! Small pictures for the seek bar: some on a sheet, and a WebVTT file that says which is where.

use domain::video::{FrameRate, Ladder, Probe, Scene, Storyboard, Tile};
use std::io;
use std::path::Path;
use std::time::Duration;

/// The most pictures that a video gets.
const MOST: u32 = 120;

/// How large a picture is, and how many frames lie between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    width: u32,
    height: u32,
    /// Frames that a picture stands for.
    frames: u32,
    rate: FrameRate,
}

impl Plan {
    /// Of a video with this ladder.
    pub(super) fn new(probe: &Probe, ladder: &Ladder) -> Plan {
        let seconds = probe.duration.as_secs_f64() / f64::from(MOST);
        let frames = (seconds.ceil().max(1.0) * ladder.frame_rate.per_second()).round() as u32;
        let (width, height) = ladder.rungs.last().map_or((16, 9), |rung| (rung.width, rung.height));
        // 160 wide, or what an upright 9:16 is high.
        let scale = (160.0 / f64::from(width)).min(284.0 / f64::from(height));
        let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32 * 2).max(2);
        Plan { width: even(width), height: even(height), frames: frames.max(1), rate: ladder.frame_rate }
    }

    /// From a rung to sheets.
    pub(super) fn filters(self) -> String {
        let Plan { width, height, frames, .. } = self;
        let (across, down) = (Tile::ACROSS, Tile::DOWN);
        format!(
            "framestep={frames},scale={width}:{height}:flags=area:out_color_matrix=bt601:out_range=full,\
             format=yuvj420p,tile={across}x{down}"
        )
    }

    /// Writes the list for sheets that are there. `false` where there are none.
    pub(super) fn write_list(self, folder: &Path, duration: Duration) -> io::Result<bool> {
        let mut sheets = 0;
        while folder.join(format!("{}.jpg", sheets + 1)).is_file() {
            sheets += 1;
        }
        if sheets == 0 {
            return Ok(false);
        }
        let list = self.list(sheets, duration).to_string();
        std::fs::write(folder.join(Storyboard::LIST), list)?;
        Ok(true)
    }

    fn list(self, sheets: u32, duration: Duration) -> Storyboard {
        let (per, seconds) = self.rate.fraction();
        // Exact, however many there are.
        let begin = |at: u32| {
            let millis =
                u128::from(at) * u128::from(self.frames) * u128::from(seconds) * 1_000 / u128::from(per);
            Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
        };
        let scene = |at: u32| Scene {
            from: begin(at),
            to: begin(at + 1).min(duration),
            tile: Tile::nth(at, self.width, self.height),
        };
        let all = (0..sheets * Tile::ACROSS * Tile::DOWN).map(scene);
        Storyboard(all.take_while(|scene| scene.from < duration).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::video::FrameRate;

    fn plan(width: u32, height: u32, seconds: u64) -> Plan {
        let rate = FrameRate::new(25, 1).unwrap();
        let probe = Probe::picture(width, height, rate, Duration::from_secs(seconds));
        Plan::new(&probe, &Ladder::for_source(&probe))
    }

    #[test]
    fn a_clip_gets_one_a_second_and_a_film_as_many_as_are_worth_fetching() {
        assert_eq!(
            plan(1920, 1080, 30),
            Plan { width: 160, height: 90, frames: 25, rate: FrameRate::new(25, 1).unwrap() }
        );
        assert_eq!(plan(1920, 1080, 7200).frames, 60 * 25);
        assert_eq!((plan(1080, 1920, 30).width, plan(1080, 1920, 30).height), (160, 284));
    }

    #[test]
    fn the_list_says_where_each_picture_is() {
        let list = plan(1920, 1080, 60).list(2, Duration::from_millis(51_500)).to_string();
        assert!(
            list.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n1.jpg#xywh=0,0,160,90\n"),
            "{list}"
        );
        assert!(list.contains("\n00:00:11.000 --> 00:00:12.000\n1.jpg#xywh=160,90,160,90\n"), "{list}");
        assert!(list.ends_with("\n00:00:51.000 --> 00:00:51.500\n2.jpg#xywh=160,0,160,90\n"), "{list}");
    }
}
