//! How much there is to encode in a picture.

use serde::{Deserialize, Serialize};

/// How many bits a picture takes at a given quality, in thousandths of what a busy film of its size takes.
/// A talking head beside slides has some tens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Complexity(pub u32);

impl Complexity {
    /// A busy film: what everything is taken for that nobody measured.
    pub const FILM: Complexity = Complexity(1000);

    /// Nothing takes more than this many times what a film takes and is still worth it: noise.
    const MOST: f64 = 4.0;

    /// From a sample, encoded at a quality at which a film takes `film` bits for a pixel of a frame.
    pub fn measured(bits: f64, pixels: f64, film: f64) -> Complexity {
        let share = bits / pixels / film;
        // As nonsense compares with nothing, it is a film.
        if share.is_finite() && share >= 0.0 {
            Complexity((share.min(Self::MOST) * 1000.0).round() as u32)
        } else {
            Self::FILM
        }
    }

    /// Of a busy film's bits.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl Default for Complexity {
    fn default() -> Self {
        Self::FILM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_picture_takes_a_fraction_and_noise_is_limited() {
        assert_eq!(Complexity::measured(50.0, 1000.0, 1.0), Complexity(50));
        assert_eq!(Complexity::measured(1e9, 1.0, 1.0), Complexity(4000));
        assert_eq!(Complexity::measured(0.0, 0.0, 1.0), Complexity::FILM);
    }
}
