use super::*;
use domain::time::Timestamp;
use proptest::prelude::*;
use serde_json::json;

fn uploads() -> BucketSettings {
    BucketSettings { bucket: "stoa-uploads".into(), prefix: "test/".into(), path_style: false }
}

fn heard(message: &Value) -> Vec<Heard> {
    hear(&message.to_string(), &uploads())
}

fn key(key: &str) -> BlobKey {
    BlobKey::new(key).unwrap()
}

/// As the S3 user guide shows it.
fn object_created(bucket: &str, key: &str) -> Value {
    json!({
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Object Created",
        "source": "aws.s3", "account": "111122223333", "time": "2021-11-12T00:00:00Z", "region": "ca-central-1",
        "resources": ["arn:aws:s3:::stoa-uploads"],
        "detail": {
            "version": "0", "bucket": {"name": bucket},
            "object": {"key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184", "sequencer": "00617F08299329D189"},
            "request-id": "N4N7GDK58NMKJ12R", "requester": "123456789012", "reason": "PutObject",
        },
    })
}

fn record(key: &str) -> Value {
    json!({
        "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:CompleteMultipartUpload",
        "s3": {"bucket": {"name": "stoa-uploads"}, "object": {"key": key, "size": 1024, "sequencer": "0A1B2C3D4E5F678901"}},
    })
}

/// As the MediaConvert user guide shows it.
fn job_changed(status: &str, more: Value) -> Value {
    let (asset, version) = ids();
    let mut detail = json!({
        "timestamp": 1_515_368_120_764_i64, "accountId": "111122223333", "jobId": "1515368087458-qnoxtd",
        "queue": "arn:aws:mediaconvert:us-west-2:111122223333:queues/Default", "status": status,
        "userMetadata": {"asset": asset, "version": version, "attempt": "3"},
    });
    for (name, value) in more.as_object().unwrap() {
        detail[name] = value.clone();
    }
    json!({
        "version": "0", "detail-type": "MediaConvert Job State Change", "source": "aws.mediaconvert", "detail": detail,
    })
}

fn ids() -> (AssetId, VersionId) {
    (AssetId::new(Timestamp::from_millis(1), 2), VersionId::new(Timestamp::from_millis(3), 4))
}

#[test]
fn an_upload_is_heard_from_eventbridge_and_from_s3() {
    let expected = Heard::Stored { key: key("uploads/A/V/source"), size: 5 };
    assert_eq!(heard(&object_created("stoa-uploads", "test/uploads/A/V/source")), [expected]);
    let records = json!({"Records": [record("test/uploads/A/V/source"), record("test/a%2Db/c%2Ed"), record("other/a")]});
    let stored = |name| Heard::Stored { key: key(name), size: 1024 };
    assert_eq!(heard(&records), [stored("uploads/A/V/source"), stored("a-b/c.d"), Heard::Other]);
}

#[test]
fn objects_that_are_no_blobs_of_ours_are_nothing() {
    for name in
        ["uploads/A", "test", "test/", "test/a b", "test/a+b", "test/a%2Bb", "test/Ä", "test/../x", "test//a"]
    {
        assert_eq!(heard(&object_created("stoa-uploads", name)), [Heard::Other], "{name}");
    }
    // What the keys above are called in a form, and text that is no form.
    for name in ["test/a+b", "test/n/1+a%2Bb.txt", "test/%C3%84", "test/%", "test/%4", "test/%zz", "test/%ff"]
    {
        assert_eq!(heard(&json!({"Records": [record(name)]})), [Heard::Other], "{name}");
    }
    assert_eq!(heard(&object_created("another", "test/uploads/A/V/source")), [Heard::Other]);
    let test_event = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "stoa-uploads"});
    assert_eq!(heard(&test_event), [Heard::Other]);
}

#[test]
fn a_form_is_decoded() {
    assert_eq!(form_decoded("n/1+a%2Bb%20%C3%84.txt").as_deref(), Some("n/1 a+b Ä.txt"));
}

#[test]
fn jobs_tell_how_they_stand() {
    let (asset, version) = ids();
    let job = RemoteJob("1515368087458-qnoxtd".into());
    let told = |what| [Heard::Job { asset, version, attempt: 3, job: job.clone(), what }];
    let percent = json!({"jobProgress": {"phaseProgress": {}, "jobPercentComplete": 42, "currentPhase": "TRANSCODING"}});
    assert_eq!(heard(&job_changed("PROGRESSING", json!({}))), told(Fate::Progress(0)));
    assert_eq!(heard(&job_changed("STATUS_UPDATE", percent)), told(Fate::Progress(42)));
    assert_eq!(heard(&job_changed("COMPLETE", json!({"outputGroupDetails": []}))), told(Fate::Complete));
    assert_eq!(heard(&job_changed("CANCELED", json!({}))), told(Fate::Cancelled));
    let error = json!({"errorCode": 1040, "errorMessage": "Example error message"});
    assert_eq!(heard(&job_changed("ERROR", error)), told(Fate::Failed("1040: Example error message".into())));
}

#[test]
fn jobs_of_others_and_news_that_change_nothing_are_nothing() {
    assert_eq!(heard(&job_changed("INPUT_INFORMATION", json!({}))), [Heard::Other]);
    assert_eq!(heard(&job_changed("NEW_WARNING", json!({}))), [Heard::Other]);
    for metadata in [json!({}), json!(null), json!({"asset": "x", "version": "y", "attempt": "1"})] {
        assert_eq!(heard(&job_changed("COMPLETE", json!({"userMetadata": metadata}))), [Heard::Other]);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "Records",
        "source",
        "detail-type",
        "detail",
        "bucket",
        "object",
        "key",
        "name",
        "size",
        "s3",
        "eventSource",
        "eventName",
        "userMetadata",
        "asset",
        "version",
        "attempt",
        "jobId",
        "status",
        "jobProgress",
    ]);
    let text = prop::sample::select(vec![
        "aws.s3",
        "Object Created",
        "aws.mediaconvert",
        "MediaConvert Job State Change",
        "stoa-uploads",
        "test/a",
        "aws:s3",
        "ObjectCreated:Put",
        "COMPLETE",
        "%",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_message_is_heard_without_harm(message in any_json(), text: String) {
        prop_assert!(!heard(&message).is_empty());
        prop_assert_eq!(hear(&text, &uploads()), [Heard::Other]);
    }

    #[test]
    fn any_job_detail_is_heard_without_harm(detail in any_json()) {
        let message = json!({"source": "aws.mediaconvert", "detail-type": "MediaConvert Job State Change", "detail": detail});
        prop_assert_eq!(heard(&message).len(), 1);
    }

    #[test]
    fn every_key_of_ours_is_heard(name in "[A-Za-z0-9_-]{1,9}(/[A-Za-z0-9._-]{0,9}[a-z]){0,3}") {
        let expected = Heard::Stored { key: key(&name), size: 5 };
        prop_assert_eq!(heard(&object_created("stoa-uploads", &format!("test/{name}"))), [expected]);
    }
}
