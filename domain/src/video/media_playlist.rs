//! What a transcoder wrote of one rendition.

use std::time::Duration;

/// What matters of a media playlist of ours (RFC 8216 §4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaPlaylist {
    /// No segment is longer, to the nearest second.
    pub target: Duration,
    /// The initialisation section, relative to the playlist.
    pub init: String,
    /// Each segment, relative to the playlist, and how long it is.
    pub segments: Vec<(String, Duration)>,
}

impl MediaPlaylist {
    /// Reads one, also while it grows; `None` where something of it is missing or makes no sense.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut target, mut init, mut pending, mut segments) = (None, None, None, Vec::new());
        for line in text.lines().map(str::trim) {
            if let Some(seconds) = line.strip_prefix("#EXT-X-TARGETDURATION:") {
                target = Some(duration(seconds)?);
            } else if let Some(attributes) = line.strip_prefix("#EXT-X-MAP:") {
                init = Some(attributes.split_once("URI=\"")?.1.split_once('"')?.0.to_owned());
            } else if let Some(info) = line.strip_prefix("#EXTINF:") {
                pending = Some(duration(info.split(',').next()?)?);
            } else if !line.is_empty() && !line.starts_with('#') {
                segments.push((line.to_owned(), pending.take()?));
            }
        }
        Some(Self { target: target?, init: init?, segments })
    }

    /// Of all its segments.
    pub fn duration(&self) -> Duration {
        self.segments.iter().map(|(_, duration)| *duration).sum()
    }
}

fn duration(seconds: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.trim().parse().ok()?).ok()
}

/// What playlists call the codec of an initialisation section that holds H.264: profile, constraints and level from
/// its `avcC` box (ISO/IEC 14496-15 §5.3.3.1), the three bytes after its version, in hexadecimal (RFC 6381 §3.3).
pub fn avc_codec(init: &[u8]) -> Option<String> {
    let at = init.windows(4).position(|name| name == b"avcC")?;
    let [profile, constraints, level] = *init.get(at + 5..at + 8)? else { return None };
    Some(format!("avc1.{profile:02x}{constraints:02x}{level:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"init.mp4\"\n\
                        #EXTINF:4.004000,\n0.m4s\r\n#EXTINF:1.5,a title\n1.m4s\n#EXT-X-ENDLIST\n";

    #[test]
    fn segments_are_read_with_their_lengths() {
        let found = MediaPlaylist::parse(TEXT).unwrap();
        assert_eq!((found.target, found.init.as_str()), (Duration::from_secs(4), "init.mp4"));
        let segment = |name: &str, millis| (name.to_owned(), Duration::from_millis(millis));
        assert_eq!(found.segments, [segment("0.m4s", 4004), segment("1.m4s", 1500)]);
        assert_eq!(found.duration(), Duration::from_millis(5504));
    }

    #[test]
    fn what_lacks_a_part_or_makes_no_sense_is_none() {
        for (part, other) in [
            ("#EXT-X-TARGETDURATION:4\n", ""),
            ("#EXT-X-MAP:URI=\"init.mp4\"\n", ""),
            ("#EXTINF:1.5,a title\n", ""),
            ("4.004000", "soon"),
            ("4.004000", "-1"),
        ] {
            assert_eq!(MediaPlaylist::parse(&TEXT.replace(part, other)), None, "{part} {other}");
        }
    }

    #[test]
    fn a_codec_is_named_by_its_profile_and_level() {
        assert_eq!(avc_codec(b"....avcC\x01\x64\x00\x28...").as_deref(), Some("avc1.640028"));
        assert_eq!(avc_codec(b"....avcC\x01\x64"), None);
        assert_eq!(avc_codec(b"mp4a"), None);
    }
}
