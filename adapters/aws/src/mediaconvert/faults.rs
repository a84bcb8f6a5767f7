//! What MediaConvert's error codes mean (user guide, "MediaConvert error codes").

use services::ports::TranscodeError;

/// Why a job failed. Its code says whose fault it is: up to 1399 that of the input or of the settings; 1400 to 1499, and
/// 3400 to 3499, that of reading and writing files, after the HTTP status; the rest the service's. Of the input's, the
/// message tells more than the code.
pub(super) fn of_job(code: i32, message: &str) -> TranscodeError {
    let told = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| told.contains(word));
    let why = format!("{code}: {message}");
    match code {
        1404 | 3404 => TranscodeError::SourceGone,
        1408 | 1429 | 3408 | 3429 => TranscodeError::Interrupted(why),
        1400..=1499 | 3400..=3499 => TranscodeError::Internal(why.into()),
        1000..=1399 if says(&["no video", "missing video"]) => TranscodeError::NoVideoTrack,
        1000..=1399 if says(&["truncated", "end of file", "corrupt", "damaged", "decod"]) => {
            TranscodeError::Damaged(why)
        }
        1010 | 1030 | 1040 => TranscodeError::Unsupported(why),
        1000..=1399 if says(&["unsupported", "not supported", "not a supported", "codec"]) => {
            TranscodeError::Unsupported(why)
        }
        1000..=1399 => TranscodeError::Internal(why.into()),
        _ => TranscodeError::Interrupted(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_fault_a_failure_is_decides_whether_to_try_again() {
        let of = |code, message| of_job(code, message);
        assert!(matches!(of(1404, "Not Found"), TranscodeError::SourceGone));
        assert!(matches!(of(1401, "Forbidden"), TranscodeError::Internal(_)));
        assert!(matches!(
            of(1030, "Video codec [indeo4] is not a supported input video codec"),
            TranscodeError::Unsupported(_)
        ));
        assert!(matches!(
            of(1076, "Demuxer: end of file hit. Is file truncated?"),
            TranscodeError::Damaged(_)
        ));
        assert!(matches!(of(1056, "Invalid settings"), TranscodeError::Internal(_)));
        assert!(matches!(of(1999, "internal"), TranscodeError::Interrupted(_)));
        assert!(matches!(of(0, ""), TranscodeError::Interrupted(_)), "a code that nobody knows");
    }
}
