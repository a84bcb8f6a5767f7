//! What AWS tells by itself, read from the messages that EventBridge, or S3, delivers to a queue. Pure: whatever
//! arrives is either one of those or nothing that concerns us.

use crate::s3::BucketSettings;
use domain::id::{AssetId, VersionId};
use domain::video::RemoteJob;
use serde_json::Value;
use services::ports::{BlobKey, Fate, Heard};

/// What a message tells about the blobs of that bucket and about jobs. At least one thing; several where S3
/// itself put several into one message.
///
/// Two shapes of the same news are read: EventBridge's, where an object's key is as it is (S3 user guide, "EventBridge
/// event message structure"), and S3's own notifications, where it is encoded as in a form ("Event message structure").
pub fn hear(message: &str, uploads: &BucketSettings) -> Vec<Heard> {
    let Ok(message) = serde_json::from_str::<Value>(message) else { return vec![Heard::Other] };
    let records = message["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !records.is_empty() {
        return records.iter().map(|record| stored_record(record, uploads).unwrap_or(Heard::Other)).collect();
    }
    let heard = match (message["source"].as_str(), message["detail-type"].as_str()) {
        (Some("aws.s3"), Some("Object Created")) => {
            let detail = &message["detail"];
            stored(&detail["bucket"], &detail["object"], detail["object"]["key"].as_str(), uploads)
        }
        (Some("aws.mediaconvert"), Some("MediaConvert Job State Change")) => job(&message["detail"]),
        _ => None,
    };
    vec![heard.unwrap_or(Heard::Other)]
}

fn stored_record(record: &Value, uploads: &BucketSettings) -> Option<Heard> {
    if record["eventSource"] != "aws:s3" || !record["eventName"].as_str()?.starts_with("ObjectCreated:") {
        return None;
    }
    let object = &record["s3"]["object"];
    let key = form_decoded(object["key"].as_str()?)?;
    stored(&record["s3"]["bucket"], object, Some(&key), uploads)
}

fn stored(bucket: &Value, object: &Value, key: Option<&str>, uploads: &BucketSettings) -> Option<Heard> {
    if bucket["name"].as_str()? != uploads.bucket {
        return None;
    }
    let key = BlobKey::new(key?.strip_prefix(&uploads.prefix)?)?;
    Some(Heard::Stored { key, size: object["size"].as_u64()? })
}

/// Decodes `application/x-www-form-urlencoded` text; `None` where it is none.
fn form_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// MediaConvert user guide, "EventBridge events". Jobs of others have none of our metadata.
fn job(detail: &Value) -> Option<Heard> {
    let ours = &detail["userMetadata"];
    let asset: AssetId = ours["asset"].as_str()?.parse().ok()?;
    let version: VersionId = ours["version"].as_str()?.parse().ok()?;
    let attempt = ours["attempt"].as_str()?.parse().ok()?;
    let job = RemoteJob(detail["jobId"].as_str()?.to_owned());
    let what = match detail["status"].as_str()? {
        // The first of these has no percents.
        "PROGRESSING" | "STATUS_UPDATE" => {
            let percent = detail["jobProgress"]["jobPercentComplete"].as_f64().unwrap_or_default();
            Fate::Progress(percent.clamp(0.0, 100.0) as u8)
        }
        "COMPLETE" => Fate::Complete,
        "CANCELED" => Fate::Cancelled,
        "ERROR" => {
            let message = detail["errorMessage"].as_str().unwrap_or("no message");
            Fate::Failed(format!("{}: {message}", detail["errorCode"]))
        }
        // INPUT_INFORMATION, NEW_WARNING, QUEUE_HOP: they change nothing.
        _ => return None,
    };
    Some(Heard::Job { asset, version, attempt, job, what })
}

#[cfg(test)]
mod tests;
