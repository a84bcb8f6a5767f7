//! Small pictures for the seek bar: many on a sheet, and a WebVTT list that says which is where
//! (<https://www.w3.org/TR/webvtt1/>, addresses with a media fragment: <https://www.w3.org/TR/media-frags/> §4.2.2).

use std::fmt;
use std::time::Duration;

/// The pictures of a video, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Storyboard(pub Vec<Scene>);

/// A picture, and what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scene {
    /// From when; whole milliseconds.
    pub from: Duration,
    /// Until when.
    pub to: Duration,
    /// Where its picture is.
    pub tile: Tile,
}

/// A place on a sheet, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Which sheet, from 1 on.
    pub sheet: u32,
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

impl Storyboard {
    /// Where it lies within a version's output; the sheets lie beside it.
    pub const FOLDER: &str = "storyboard";
    /// The list, in the folder.
    pub const LIST: &str = "storyboard.vtt";

    /// Reads a list. What is none has no pictures.
    pub fn parse(list: &str) -> Self {
        let mut lines = list.lines();
        let mut scenes = Vec::new();
        while let Some(line) = lines.next() {
            let Some((from, to)) = line.split_once(" --> ") else { continue };
            let tile = lines.next().and_then(Tile::parse);
            if let (Some(from), Some(to), Some(tile)) = (moment(from), moment(to), tile) {
                scenes.push(Scene { from, to, tile });
            }
        }
        Self(scenes)
    }

    /// When the last picture ends.
    pub fn length(&self) -> Duration {
        self.0.last().map(|scene| scene.to).unwrap_or_default()
    }

    /// The picture for a moment; the last one for what comes after.
    pub fn at(&self, moment: Duration) -> Option<Tile> {
        let after = self.0.partition_point(|scene| scene.from <= moment);
        self.0.get(after.saturating_sub(1)).map(|scene| scene.tile)
    }
}

impl fmt::Display for Storyboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WEBVTT\n")?;
        for Scene { from, to, tile } in &self.0 {
            let Tile { sheet, x, y, width, height } = tile;
            let (from, to) = (Timestamp(*from), Timestamp(*to));
            write!(f, "\n{from} --> {to}\n{sheet}.jpg#xywh={x},{y},{width},{height}\n")?;
        }
        Ok(())
    }
}

impl Tile {
    /// On a sheet, side by side: a player fetches it whole.
    pub const ACROSS: u32 = 10;
    /// Rows of a sheet.
    pub const DOWN: u32 = 5;

    /// Where the picture of a number is, from 0 on, where all have this size.
    pub fn nth(number: u32, width: u32, height: u32) -> Self {
        let (sheet, place) = (number / (Self::ACROSS * Self::DOWN) + 1, number % (Self::ACROSS * Self::DOWN));
        Self { sheet, x: place % Self::ACROSS * width, y: place / Self::ACROSS * height, width, height }
    }

    /// Width and height of its sheet.
    pub fn sheet_size(&self) -> (u32, u32) {
        (self.width * Self::ACROSS, self.height * Self::DOWN)
    }

    fn parse(text: &str) -> Option<Self> {
        let (sheet, place) = text.split_once(".jpg#xywh=")?;
        let mut numbers = place.split(',').map(|number| number.parse::<u16>().ok().map(u32::from));
        let mut next = || numbers.next().flatten();
        Some(Self { sheet: sheet.parse().ok()?, x: next()?, y: next()?, width: next()?, height: next()? })
    }
}

/// As WebVTT wants it (§4.5): `00:01:02.500`.
struct Timestamp(Duration);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0.as_secs(), self.0.subsec_millis());
        write!(f, "{:02}:{:02}:{:02}.{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

fn moment(text: &str) -> Option<Duration> {
    let (clock, millis) = text.split_once('.')?;
    let mut parts = clock.split(':').map(|part| part.parse::<u32>().ok().map(u64::from));
    let mut next = || parts.next().flatten();
    let seconds = next()? * 3600 + next()? * 60 + next()?;
    Some(Duration::from_secs(seconds) + Duration::from_millis(millis.parse::<u32>().ok()?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(count in 0u32..300, step in 1u64..100_000, width in 2u32..400, height in 2u32..400) {
            let millis = |n: u32| Duration::from_millis(u64::from(n) * step);
            let scene = |n| Scene { from: millis(n), to: millis(n + 1), tile: Tile::nth(n, width, height) };
            let board = Storyboard((0..count).map(scene).collect());
            prop_assert_eq!(Storyboard::parse(&board.to_string()), board.clone());
            prop_assert_eq!(board.length(), millis(count));
            for n in 0..count {
                prop_assert_eq!(board.at(millis(n)), Some(Tile::nth(n, width, height)));
                prop_assert_eq!(board.at(millis(n + 1) - Duration::from_millis(1)), Some(Tile::nth(n, width, height)));
            }
        }

        #[test]
        fn anything_is_read_without_a_panic(text in "(WEBVTT\n)?([0-9:. >-]{0,20}\n[0-9.jpg#xywh=,]{0,30}\n){0,4}") {
            let _ = Storyboard::parse(&text);
        }
    }

    #[test]
    fn a_place_on_a_sheet_and_the_sheet() {
        let tile = Tile::nth(61, 160, 90);
        assert_eq!(tile, Tile { sheet: 2, x: 160, y: 90, width: 160, height: 90 });
        assert_eq!(tile.sheet_size(), (1600, 450));
    }

    #[test]
    fn the_last_picture_stands_for_what_comes_after() {
        let (from, to) = (Duration::ZERO, Duration::from_secs(1));
        let board = Storyboard(vec![Scene { from, to, tile: Tile::nth(0, 160, 90) }]);
        assert_eq!(board.at(Duration::from_secs(9)), Some(Tile::nth(0, 160, 90)));
        assert_eq!(Storyboard::default().at(from), None);
    }
}
