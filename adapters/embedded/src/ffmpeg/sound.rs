//! The sound's way from the source to the encoder.

use super::loudness::Loudness;
use domain::video::Probe;

/// How many channels come out.
pub(super) fn channels(probe: &Probe) -> u32 {
    if probe.audio_channels == Some(1) { 1 } else { 2 }
}

/// Brings whatever there is to what comes out: mono stays mono, all else is mixed to stereo.
pub(super) fn layout(probe: &Probe) -> &'static str {
    match channels(probe) {
        1 => "aformat=channel_layouts=mono",
        _ => "aformat=channel_layouts=stereo",
    }
}

/// The filters for the source's main sound: at a constant rate from zero on, gaps filled with silence, so that it
/// stays with the picture to the end; as loud as everybody else's; and no shorter than the picture.
pub(super) fn filters(probe: &Probe, loudness: Loudness) -> String {
    let mut chain = vec!["aresample=48000:async=1:first_pts=0".to_owned(), layout(probe).to_owned()];
    chain.extend(loudness.filters());
    if probe.picture_outlasts_sound > 0 {
        // To the end and not by the difference: of a stream's sound no file says exactly where it ends.
        chain.push(format!("apad=whole_dur={}ms", probe.duration.as_millis()));
    }
    chain.join(",")
}
