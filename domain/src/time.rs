//! Moments and spans, with their unit in the type. All moments are UTC.

use serde::{Deserialize, Serialize};

/// A day, in UTC, which has no leap seconds here.
pub const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// The beginnings of the days in UTC that a span touches: from a moment (inclusive) to another (exclusive).
pub fn days(from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
    std::iter::successors(Some(from.day()), |day| Some(day.plus(DAY))).take_while(move |day| *day < until)
}

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down: the `AWS:EpochTime` of a policy.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The beginning of its day in UTC.
    pub const fn day(self) -> Self {
        Self::from_seconds(self.seconds().div_euclid(86_400) * 86_400)
    }

    /// Its day in UTC, as ISO 8601 writes it: `2026-11-22`.
    pub fn date(self) -> String {
        // Days since 1 March of the year 0, in eras of 400 years, which all have as many days: Howard Hinnant,
        // "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
        let days = self.seconds().div_euclid(86_400) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march_based = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march_based + 2) / 5 + 1;
        let month = if march_based < 10 { march_based + 3 } else { march_based - 9 };
        format!("{:04}-{month:02}-{day:02}", era * 400 + year + i64::from(month <= 2))
    }

    /// The beginning of a day in UTC, from what [`Timestamp::date`] writes; `None` for what is no day of the calendar.
    pub fn from_date(date: &str) -> Option<Self> {
        let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
        let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        // The other way round: days_from_civil of the same source.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let of_year = (153 * month + 2) / 5 + day - 1;
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        // A day that is none, like 30 February, is another one when it is written.
        Some(Self::from_seconds(days * 86_400)).filter(|found| found.date() == date)
    }

    /// Date and time of day, UTC: `2026-11-22 09:05:00`.
    pub fn clock(self) -> String {
        let of_day = self.seconds().rem_euclid(86_400);
        format!("{} {:02}:{:02}:{:02}", self.date(), of_day / 3600, of_day / 60 % 60, of_day % 60)
    }

    /// The moment this much later. Saturates.
    pub const fn plus(self, span: std::time::Duration) -> Self {
        let millis = span.as_millis();
        Self(self.0.saturating_add(if millis > i64::MAX as u128 { i64::MAX } else { millis as i64 }))
    }

    /// The moment this much earlier. Saturates.
    pub const fn minus(self, span: std::time::Duration) -> Self {
        let millis = span.as_millis();
        Self(self.0.saturating_sub(if millis > i64::MAX as u128 { i64::MAX } else { millis as i64 }))
    }

    /// How much later this is than `earlier`; zero if it is not.
    pub fn since(self, earlier: Timestamp) -> std::time::Duration {
        std::time::Duration::from_millis(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

/// A length in whole seconds, as of a lesson or of a position in a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Seconds(pub u32);

impl std::fmt::Display for Seconds {
    /// `1:02:03`, `2:03`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (h, m, s) = (self.0 / 3600, self.0 / 60 % 60, self.0 % 60);
        if h > 0 { write!(f, "{h}:{m:02}:{s:02}") } else { write!(f, "{m}:{s:02}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_touches_every_day_that_it_has_a_moment_of() {
        let moment = |text: &str, hours| Timestamp::from_date(text).unwrap().plus(DAY * hours / 24);
        let touched = |from, until| days(from, until).map(Timestamp::date).collect::<Vec<_>>();
        let (noon, midnight) = (moment("2026-02-27", 12), moment("2026-03-01", 0));
        assert_eq!(touched(noon, midnight), ["2026-02-27", "2026-02-28"]);
        assert_eq!(touched(noon, midnight.plus(std::time::Duration::from_millis(1))).len(), 3);
        assert!(touched(midnight, noon).is_empty());
        assert_eq!(noon.day(), moment("2026-02-27", 0));
    }

    #[test]
    fn seconds_read_as_on_a_player() {
        assert_eq!(Seconds(0).to_string(), "0:00");
        assert_eq!(Seconds(75).to_string(), "1:15");
        assert_eq!(Seconds(3723).to_string(), "1:02:03");
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let cases = [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_709_251_199, "2024-02-29"),
            (1_795_305_600, "2026-11-22"),
            (4_107_542_400, "2100-03-01"),
            (-1, "1969-12-31"),
        ];
        for (seconds, date) in cases {
            assert_eq!(Timestamp::from_seconds(seconds).date(), date);
        }
    }

    #[test]
    fn a_day_that_was_written_is_read_as_the_same_day() {
        for day in -300_000..300_000 {
            let day = Timestamp::from_seconds(day * 86_400);
            let date = day.date();
            assert_eq!(Timestamp::from_date(&date), Some(day), "{date}");
        }
        let none = [
            "",
            "2026",
            "2026-11",
            "2026-11-31",
            "2025-02-29",
            "2026-1-2",
            "2026-11-22-1",
            "+026-11-22",
            "99999999999999999999-01-01",
            "2026-13-01",
            "2026-00-10",
            "heute",
        ];
        for text in none {
            assert_eq!(Timestamp::from_date(text), None, "{text}");
        }
    }

    #[test]
    fn moments_before_the_epoch_round_down() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }
}
