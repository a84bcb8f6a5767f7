//! How fast an upload is, and how long it will take.

/// Over how many milliseconds the speed is averaged: long enough to be calm, short enough to follow the network.
const MEMORY: f64 = 4_000.0;

/// The speed of a transfer, smoothed: progress comes in bursts, and a number that jumps cannot be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    at: f64,
    sent: f64,
    /// Bytes per millisecond; `None` until there were two reports.
    speed: Option<f64>,
}

impl Pace {
    /// A transfer that starts now. Moments are in milliseconds of any clock.
    pub(crate) fn new(now: f64) -> Self {
        Self { at: now, sent: 0.0, speed: None }
    }

    /// Takes note that `sent` bytes are through in total.
    pub(crate) fn report(&mut self, now: f64, sent: f64) {
        let passed = now - self.at;
        if passed <= 0.0 {
            return;
        }
        let current = (sent - self.sent).max(0.0) / passed;
        // An exponential average whose weights do not depend on how often reports come.
        let weight = 1.0 - (-passed / MEMORY).exp();
        self.speed = Some(self.speed.map_or(current, |speed| speed + weight * (current - speed)));
        (self.at, self.sent) = (now, sent);
    }

    /// How many bytes are through.
    pub(crate) fn sent(&self) -> f64 {
        self.sent
    }

    /// Bytes per second.
    pub(crate) fn speed(&self) -> Option<f64> {
        self.speed.map(|speed| speed * 1_000.0)
    }

    /// Seconds until `total` bytes are through; `None` while it stands still.
    pub(crate) fn left(&self, total: f64) -> Option<f64> {
        let speed = self.speed().filter(|&speed| speed > 1.0)?;
        Some((total - self.sent).max(0.0) / speed)
    }
}

/// `about 3 minutes left`, no more exact than it can be.
pub(crate) fn time_left(seconds: f64) -> String {
    let plural = |n: f64, unit| {
        if n == 1.0 { format!("about 1 {unit} left") } else { format!("about {n:.0} {unit}s left") }
    };
    match seconds {
        s if s < 10.0 => "a few seconds left".into(),
        s if s < 55.0 => plural((s / 10.0).ceil() * 10.0, "second"),
        s if s < 55.0 * 60.0 => plural((s / 60.0).round().max(1.0), "minute"),
        s => plural((s / 3600.0).round().max(1.0), "hour"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_transfer_is_told_exactly() {
        let mut pace = Pace::new(0.0);
        (1..=20).for_each(|i| pace.report(f64::from(i) * 250.0, f64::from(i) * 500_000.0));
        assert_eq!(pace.speed().map(f64::round), Some(2_000_000.0));
        assert_eq!(pace.left(20_000_000.0).map(f64::round), Some(5.0));
    }

    #[test]
    fn a_burst_does_not_make_the_speed_jump() {
        let mut pace = Pace::new(0.0);
        (1..=20).for_each(|i| pace.report(f64::from(i) * 250.0, f64::from(i) * 250_000.0));
        pace.report(5_050.0, 6_000_000.0);
        assert!(pace.speed().is_some_and(|speed| speed < 1_400_000.0), "{pace:?}");
    }

    #[test]
    fn nothing_is_promised_while_nothing_moves() {
        let mut pace = Pace::new(0.0);
        assert_eq!(pace.left(1e6), None);
        pace.report(0.0, 500.0);
        assert_eq!(pace.speed(), None);
        pace.report(1_000.0, 0.0);
        assert_eq!(pace.left(1e6), None);
    }

    #[test]
    fn numbers_read_as_people_say_them() {
        let spoken = [3.0, 21.0, 60.0, 190.0, 3_600.0, 9_000.0].map(time_left);
        assert_eq!(
            spoken,
            [
                "a few seconds left",
                "about 30 seconds left",
                "about 1 minute left",
                "about 3 minutes left",
                "about 1 hour left",
                "about 3 hours left"
            ]
        );
    }
}
