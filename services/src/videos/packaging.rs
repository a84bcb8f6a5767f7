//! The multivariant playlist: the renditions of a video and what each takes (RFC 8216 §4.3.4).

use crate::ports::{AudioRendition, Transcoded, VideoRendition};
use domain::time::Seconds;
use domain::video::{Bandwidth, Package};
use std::fmt::Write as _;

/// The last part of the playlist's key. It is stored last: where it is, everything it names is.
pub const PLAYLIST: &str = "master.m3u8";

/// Writes the multivariant playlist of what a transcoder measured.
///
/// A variant's bandwidth is that of all it plays: its own and the sound's (§4.3.4.2). The sound alone is a
/// variant too, for links that carry no picture.
pub fn multivariant_playlist(made: &Transcoded) -> String {
    // As the media playlists: EXT-X-MAP outside of I-frame playlists needs 6 (§7), ffmpeg declares 7.
    let mut playlist = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\n");
    if made.audio.is_some() {
        playlist.push_str(
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Sound\",DEFAULT=YES,AUTOSELECT=YES,\
             CHANNELS=\"2\",URI=\"audio/index.m3u8\"\n\n",
        );
    }
    for rendition in &made.video {
        video_variant(&mut playlist, rendition, made.audio.as_ref());
    }
    if let Some(audio) = &made.audio {
        let bandwidth = bandwidth(audio.bandwidth);
        let codec = &audio.codec;
        let _ = writeln!(playlist, "#EXT-X-STREAM-INF:{bandwidth},CODECS=\"{codec}\",AUDIO=\"audio\"");
        playlist.push_str("audio/index.m3u8\n");
    }
    playlist
}

/// What pages show of it.
pub(crate) fn package(made: &Transcoded) -> Package {
    let seconds = made.duration.as_secs_f64().round().max(1.0) as u32;
    Package {
        length: Seconds(seconds),
        heights: made.video.iter().map(|rendition| rendition.width.min(rendition.height)).collect(),
    }
}

fn video_variant(playlist: &mut String, rendition: &VideoRendition, audio: Option<&AudioRendition>) {
    let VideoRendition { name, width, height, codec, frame_rate, .. } = rendition;
    let (bandwidth, codecs, group) = match audio {
        Some(audio) => (
            bandwidth(rendition.bandwidth + audio.bandwidth),
            format!("{codec},{}", audio.codec),
            ",AUDIO=\"audio\"",
        ),
        None => (bandwidth(rendition.bandwidth), codec.clone(), ""),
    };
    let rate = frame_rate.per_second();
    let _ = writeln!(
        playlist,
        "#EXT-X-STREAM-INF:{bandwidth},CODECS=\"{codecs}\",RESOLUTION={width}x{height},FRAME-RATE={rate:.3}{group}"
    );
    let _ = writeln!(playlist, "{name}/index.m3u8");
}

fn bandwidth(Bandwidth { average, peak }: Bandwidth) -> String {
    format!("BANDWIDTH={peak},AVERAGE-BANDWIDTH={average}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::video::FrameRate;
    use std::time::Duration;

    fn made(audio: bool) -> Transcoded {
        Transcoded {
            duration: Duration::from_millis(30_042),
            video: vec![VideoRendition {
                name: "720p".into(),
                width: 1280,
                height: 720,
                codec: "avc1.64001f".into(),
                frame_rate: FrameRate::new(24_000, 1001).unwrap(),
                bandwidth: Bandwidth { average: 1_900_000, peak: 2_200_000 },
            }],
            audio: audio.then(|| AudioRendition {
                codec: "mp4a.40.2".into(),
                bandwidth: Bandwidth { average: 129_000, peak: 131_000 },
            }),
        }
    }

    #[test]
    fn a_variant_declares_picture_and_sound_together() {
        let playlist = multivariant_playlist(&made(true));
        assert!(playlist.contains(
            "#EXT-X-STREAM-INF:BANDWIDTH=2331000,AVERAGE-BANDWIDTH=2029000,CODECS=\"avc1.64001f,mp4a.40.2\",\
             RESOLUTION=1280x720,FRAME-RATE=23.976,AUDIO=\"audio\"\n720p/index.m3u8\n"
        ));
        assert!(playlist.ends_with("CODECS=\"mp4a.40.2\",AUDIO=\"audio\"\naudio/index.m3u8\n"));
    }

    #[test]
    fn a_silent_video_names_no_audio_group() {
        let playlist = multivariant_playlist(&made(false));
        assert!(!playlist.contains("AUDIO") && !playlist.contains("mp4a"), "{playlist}");
    }

    #[test]
    fn the_length_is_to_the_nearest_second() {
        assert_eq!(package(&made(true)), Package { length: Seconds(30), heights: vec![720] });
    }
}
