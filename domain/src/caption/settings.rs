//! Where and how a cue stands on the picture (WebVTT §4.4).

/// The settings that browsers know, as they were; of others, and of regions, nothing stays.
pub(super) fn known(text: &str) -> String {
    let settings: Vec<_> = text.split_whitespace().filter(|setting| is_known(setting)).collect();
    settings.join(" ")
}

fn is_known(setting: &str) -> bool {
    let Some((name, value)) = setting.split_once(':') else { return false };
    let (value, place) = value.split_once(',').map_or((value, None), |(value, place)| (value, Some(place)));
    let place_is = |places: &[&str]| place.is_none_or(|place| places.contains(&place));
    match name {
        "vertical" => place.is_none() && matches!(value, "rl" | "lr"),
        "line" => (is_percentage(value) || is_line(value)) && place_is(&["start", "center", "end"]),
        "position" => is_percentage(value) && place_is(&["line-left", "center", "line-right"]),
        "size" => place.is_none() && is_percentage(value),
        "align" => place.is_none() && matches!(value, "start" | "center" | "end" | "left" | "right"),
        _ => false,
    }
}

fn is_line(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_percentage(value: &str) -> bool {
    let Some(number) = value.strip_suffix('%') else { return false };
    let plain = number.len() <= 16 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain && number.parse::<f64>().is_ok_and(|number| (0.0..=100.0).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_browsers_know_stays() {
        assert_eq!(
            known(" line:0  align:start\tposition:10%,line-left"),
            "line:0 align:start position:10%,line-left"
        );
        assert_eq!(
            known("size:50.5% vertical:rl line:-1 line:80%,end"),
            "size:50.5% vertical:rl line:-1 line:80%,end"
        );
        assert_eq!(known("X1:40 X2:600 Y1:20 Y2:50 region:a size:101% size:1e1% line: align:top :%"), "");
    }
}
