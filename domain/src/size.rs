//! Sizes as people say them.

/// `3.2 MB`, in powers of ten as storage is sold.
pub fn size(bytes: f64) -> String {
    let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) if bytes / unit < 100.0 => format!("{:.1} {name}", bytes / unit),
        Some((unit, name)) => format!("{:.0} {name}", bytes / unit),
        None => format!("{bytes:.0} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_say_them() {
        assert_eq!(
            [size(0.0), size(3_240_000.0), size(512e6), size(5e9)],
            ["0 bytes", "3.2 MB", "512 MB", "5.0 GB"]
        );
    }
}
