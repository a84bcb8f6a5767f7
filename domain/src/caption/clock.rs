//! When a text is shown: `00:01:02,500 --> 00:01:04,000`.

/// The arrow between the two times. Only a line of times may hold it (WebVTT §4.1).
pub(super) const ARROW: &str = "-->";

/// Beginning and end in milliseconds, and what follows them on the line. Takes what SRT and WebVTT write, and what
/// people write: hours or none, a comma or a dot, fewer digits.
pub(super) fn range(line: &str) -> Option<(u64, u64, &str)> {
    let (start, rest) = line.split_once(ARROW)?;
    let rest = rest.trim_start();
    let (end, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Some((time(start.trim())?, time(end)?, rest))
}

/// Milliseconds.
pub(super) fn time(text: &str) -> Option<u64> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, thousandths(fraction)?),
        None => (text, 0),
    };
    let mut parts = clock.rsplit(':');
    let (seconds, minutes) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let hours = parts.next().map_or(Some(0), |hours| number(hours, 4))?;
    let is_clock = seconds < 60 && minutes < 60 && parts.next().is_none();
    is_clock.then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction)
}

/// As WebVTT §4.1 has it, with hours.
pub(super) fn write(millis: u64) -> String {
    let (seconds, fraction) = (millis / 1000, millis % 1000);
    format!("{:02}:{:02}:{:02}.{fraction:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn thousandths(digits: &str) -> Option<u64> {
    let scale = [100, 10, 1].get(digits.len().checked_sub(1)?)?;
    Some(number(digits, 3)? * scale)
}

fn number(digits: &str, most: usize) -> Option<u64> {
    let is_number = (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_as_both_formats_write_them() {
        for (text, millis) in [
            ("00:00:01,500", 1_500),
            ("00:01.500", 1_500),
            ("1:02:03.004", 3_723_004),
            ("0:1,5", 1_500),
            ("100:00:00", 360_000_000),
        ] {
            assert_eq!(time(text), Some(millis), "{text}");
        }
        for text in [
            "",
            ":",
            "1",
            "00:60.000",
            "00:00:00:00",
            "00:00,",
            "00:00,1234",
            "-1:00",
            "+1:00",
            "٠٠:٠١",
            "00000:00:00",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(range("00:01.0-->00:02,5  X1:7"), Some((1_000, 2_500, " X1:7")));
        assert_eq!(range("00:01 -> 00:02"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(millis in 0u64..36_000_000_000) {
            prop_assert_eq!(time(&write(millis)), Some(millis));
        }
    }
}
