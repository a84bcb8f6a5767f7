//! The multivariant playlist: the renditions of a video and what each takes (RFC 8216 §4.3.4).

use crate::ports::{AudioRendition, Transcoded, VideoRendition};
use domain::time::Seconds;
use domain::video::{Bandwidth, Ladder, Package};
use std::fmt::Write as _;
use std::time::Duration;

/// The last part of the playlist's key. It is stored last: where it is, everything it names is.
pub const PLAYLIST: &str = "master.m3u8";

/// Writes the multivariant playlist of what a transcoder measured.
///
/// A variant's bandwidth is that of all it plays: its own and the sound's (§4.3.4.2). The sound alone is a
/// variant too, for links that carry no picture; of a song it is the only one.
pub fn multivariant_playlist(made: &Transcoded) -> String {
    // As the media playlists: EXT-X-MAP outside of I-frame playlists needs 6 (§7), ffmpeg declares 7.
    let mut playlist = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\n");
    if let Some(AudioRendition { channels, .. }) = &made.audio
        && !made.video.is_empty()
    {
        let _ = writeln!(
            playlist,
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Sound\",DEFAULT=YES,AUTOSELECT=YES,\
             CHANNELS=\"{channels}\",URI=\"audio/index.m3u8\"\n"
        );
    }
    for rendition in &made.video {
        video_variant(&mut playlist, rendition, made.audio.as_ref());
    }
    if let Some(audio) = &made.audio {
        // A group of its own would name the same playlist twice.
        let group = if made.video.is_empty() { "" } else { ",AUDIO=\"audio\"" };
        let bandwidth = bandwidth(audio.bandwidth);
        let codec = &audio.codec;
        let _ = writeln!(playlist, "#EXT-X-STREAM-INF:{bandwidth},CODECS=\"{codec}\"{group}");
        playlist.push_str("audio/index.m3u8\n");
    }
    playlist
}

/// Writes the playlist of what a running job has made so far: its lowest rung, which is the first that a player
/// can follow, and the sound. Nothing is measured yet: the limits of the ladder are declared.
pub fn preview_playlist(ladder: &Ladder, channels: u32) -> String {
    let limit = |bitrate: u32| Bandwidth { average: bitrate.into(), peak: bitrate.into() };
    let video = ladder.rungs.last().map(|rung| VideoRendition {
        name: rung.name.clone(),
        width: rung.width,
        height: rung.height,
        // High profile at the lowest level that fits every picture of ours.
        codec: "avc1.640028".to_owned(),
        frame_rate: ladder.frame_rate,
        bandwidth: limit(rung.bitrate),
    });
    let audio = ladder.audio.map(|bitrate| AudioRendition {
        codec: "mp4a.40.2".to_owned(),
        channels: channels.clamp(1, 2),
        bandwidth: limit(bitrate),
    });
    multivariant_playlist(&Transcoded {
        duration: Duration::ZERO,
        video: video.into_iter().collect(),
        audio,
        warnings: Vec::new(),
        captions: Vec::new(),
        posters: 0,
        storyboard: false,
    })
}

/// What pages show of it.
pub(crate) fn package(made: &Transcoded) -> Package {
    let seconds = made.duration.as_secs_f64().round().max(1.0) as u32;
    Package {
        length: Seconds(seconds),
        heights: made.video.iter().map(lines).collect(),
        warnings: made.warnings.clone(),
        captions: made.captions.clone(),
        posters: made.posters,
        storyboard: made.storyboard,
    }
}

/// What a rendition is called, as a number: a film of 1920x800 is 1080p.
fn lines(rendition: &VideoRendition) -> u32 {
    let named = rendition.name.strip_suffix('p').and_then(|lines| lines.parse().ok());
    named.unwrap_or(rendition.width.min(rendition.height))
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
    use domain::video::{FrameRate, Probe};

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
                channels: 1,
                bandwidth: Bandwidth { average: 129_000, peak: 131_000 },
            }),
            warnings: Vec::new(),
            captions: Vec::new(),
            posters: 0,
            storyboard: false,
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
        assert_eq!(package(&made(true)), Package::plain(Seconds(30), vec![720]));
    }

    #[test]
    fn mono_is_declared_as_mono() {
        assert!(multivariant_playlist(&made(true)).contains(",CHANNELS=\"1\",URI="));
    }

    #[test]
    fn sound_alone_is_one_variant_without_a_group() {
        let song = Transcoded { video: Vec::new(), ..made(true) };
        assert_eq!(
            multivariant_playlist(&song),
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\n\
             #EXT-X-STREAM-INF:BANDWIDTH=131000,AVERAGE-BANDWIDTH=129000,CODECS=\"mp4a.40.2\"\n\
             audio/index.m3u8\n"
        );
        assert_eq!(package(&song), Package::plain(Seconds(30), Vec::new()));
    }

    #[test]
    fn a_wide_film_is_named_by_its_class() {
        let mut film = made(false);
        (film.video[0].name, film.video[0].height) = ("1080p".into(), 800);
        assert_eq!(package(&film).heights, [1080]);
    }

    #[test]
    fn a_preview_names_the_lowest_rung_and_the_sound() {
        let rate = FrameRate::new(24, 1).unwrap();
        let probe = Probe::picture(1280, 720, rate, Duration::from_secs(30));
        let ladder = Ladder::for_source(&Probe { audio_channels: Some(6), ..probe });
        let playlist = preview_playlist(&ladder, 6);
        assert!(playlist.contains("360p/index.m3u8") && !playlist.contains("720p/"), "{playlist}");
        assert!(playlist.contains("CHANNELS=\"2\""), "{playlist}");
    }
}
