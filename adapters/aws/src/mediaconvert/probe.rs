//! What MediaConvert's Probe tells of a file.

use super::Fault;
use aws_sdk_mediaconvert::config::http::HttpResponse;
use aws_sdk_mediaconvert::error::SdkError;
use aws_sdk_mediaconvert::operation::probe::ProbeError;
use aws_sdk_mediaconvert::types::{ProbeResult, Track, TrackType, TransferCharacteristics, VideoProperties};
use domain::video::{Colour, FrameRate, Hdr, Probe};
use services::ports::TranscodeError;
use std::time::Duration;

/// Why a file could not be probed: one that is there, and that MediaConvert refuses to read.
pub(super) fn failure(error: SdkError<ProbeError, HttpResponse>) -> TranscodeError {
    match error.as_service_error() {
        Some(told) if told.is_bad_request_exception() => TranscodeError::NotAVideo,
        Some(told) if told.is_not_found_exception() => TranscodeError::SourceGone,
        _ => Fault::of(error).into(),
    }
}

/// What a file holds.
pub(super) fn read(results: &[ProbeResult]) -> Result<Probe, TranscodeError> {
    let container = results.first().and_then(ProbeResult::container).ok_or(TranscodeError::NotAVideo)?;
    let of_type =
        |wanted: TrackType| container.tracks().iter().find(move |track| track.track_type() == Some(&wanted));
    if container.tracks().is_empty() {
        return Err(TranscodeError::NotAVideo);
    }
    let Some(track) = of_type(TrackType::Video) else {
        // There would be no poster.
        let sound = of_type(TrackType::Audio).map(|_| unreadable("it is sound alone"));
        return Err(sound.unwrap_or(TranscodeError::NoVideoTrack));
    };
    let video = track.video_properties().ok_or(TranscodeError::NoVideoTrack)?;
    let (width, height) = size(video).ok_or_else(|| unreadable("no picture size"))?;
    let duration = container.duration().or(track.duration()).unwrap_or_default();
    let duration = Duration::try_from_secs_f64(duration).unwrap_or_default();
    if duration.is_zero() {
        return Err(TranscodeError::Damaged("it has no length".into()));
    }
    let sound = of_type(TrackType::Audio).map(|track: &Track| {
        track.audio_properties().and_then(|sound| sound.channels()).and_then(positive).unwrap_or(2)
    });
    let frame_rate = frame_rate(video).ok_or_else(|| unreadable("no frame rate"))?;
    Ok(Probe {
        audio_channels: sound,
        turned: video.rotation().unwrap_or_default() != 0,
        colour: Colour { hdr: hdr(video), ..Colour::default() },
        ..Probe::picture(width, height, frame_rate, duration)
    })
}

fn hdr(video: &VideoProperties) -> Option<Hdr> {
    match video.transfer_characteristics()? {
        TransferCharacteristics::Smpte2084 => Some(Hdr::Pq),
        TransferCharacteristics::AribB67 => Some(Hdr::Hlg),
        _ => None,
    }
}

/// As it is shown: with square pixels, and turned.
fn size(video: &VideoProperties) -> Option<(u32, u32)> {
    let (width, height) = (positive(video.width()?)?, positive(video.height()?)?);
    let aspect = video.sample_aspect_ratio().and_then(|aspect| {
        Some(f64::from(positive(aspect.numerator()?)?) / f64::from(positive(aspect.denominator()?)?))
    });
    let width = ((f64::from(width) * aspect.unwrap_or(1.0)).round() as u32).max(1);
    match video.rotation().unwrap_or_default().rem_euclid(180) {
        90 => Some((height, width)),
        _ => Some((width, height)),
    }
}

fn frame_rate(video: &VideoProperties) -> Option<FrameRate> {
    let rate = video.frame_rate()?;
    FrameRate::new(positive(rate.numerator()?)?, positive(rate.denominator().unwrap_or(1))?)
}

fn positive(number: i32) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}

fn unreadable(what: &str) -> TranscodeError {
    TranscodeError::Unsupported(what.into())
}
