//! What it means when ffmpeg does not, or not quite, do what it was told.

use super::process::Stopped;
use services::ports::TranscodeError;

/// What it means that ffmpeg did not transcode a source that ffprobe could read.
pub(super) fn judge(stopped: Stopped) -> TranscodeError {
    let Stopped::Failed { stderr } = &stopped else { return stopped.into() };
    let says = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
    if says(&["No space left on device"]) {
        TranscodeError::Full
    } else if says(&[
        "Decoder (codec",
        "not implemented",
        "Could not find codec parameters",
        "Decoder not found",
    ]) {
        TranscodeError::Unsupported(stderr.clone())
    } else if says(&[
        "Invalid data found",
        "moov atom not found",
        "Output file is empty",
        "Cannot determine format",
        "matches no streams",
    ]) {
        TranscodeError::Damaged(stderr.clone())
    } else {
        stopped.into()
    }
}

/// Whether the log of a run that ended well tells of parts that could not be decoded.
pub(super) fn tells_of_damage(log: &str) -> bool {
    const WORDS: [&str; 12] = [
        "Error while decoding stream",
        "error while decoding",
        "Invalid data found when processing input",
        "Error submitting packet to decoder",
        "partial file",
        "concealing",
        "corrupt",
        "Truncat",
        "truncat",
        "Invalid NAL unit",
        "invalid as first byte of an EBML number",
        "Packet mismatch",
    ];
    WORDS.iter().any(|words| log.contains(words))
}

impl From<Stopped> for TranscodeError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Killed | Stopped::TimedOut => TranscodeError::Interrupted(stopped.to_string()),
            Stopped::TooLarge => TranscodeError::Unsupported(stopped.to_string()),
            Stopped::Failed { .. } | Stopped::Io(_) => internal(stopped),
        }
    }
}

pub(super) fn storage(error: std::io::Error) -> TranscodeError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => TranscodeError::Full,
        _ => internal(error),
    }
}

pub(super) fn internal(error: impl std::error::Error + Send + Sync + 'static) -> TranscodeError {
    TranscodeError::Internal(Box::new(error))
}
