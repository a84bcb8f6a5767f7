//! Pictures that stand for a video before it plays.

/// The file of a poster by its number, below the prefix of the output: the first is the one that was chosen for the video.
pub fn poster_file(number: u32) -> String {
    match number {
        0 => "poster.jpg".to_owned(),
        number => format!("poster-{number}.jpg"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_one_has_no_number() {
        assert_eq!([0, 1, 4].map(poster_file), ["poster.jpg", "poster-1.jpg", "poster-4.jpg"]);
    }
}
