//! EventBridge keeps the contract of the event bus, and what AWS's services tell by it is read.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod stand_in;

use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target};
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use domain::video::RemoteJob;
use services::contract::events::{Bench, rules};
use services::ports::{Fate, Heard, Queue};
use stand_in::{StandIn, SystemClock, ministack, moto, now, unique};
use std::sync::Arc;
use std::time::Duration;
use stoa_aws::{BucketSettings, EventBridge, SqsQueue, hear, pattern};

/// A queue that may receive from everybody.
async fn queue(stand_in: &StandIn, name: &str) -> String {
    let client = aws_sdk_sqs::Client::new(&stand_in.infrastructure());
    client.create_queue().queue_name(name).send().await.unwrap().queue_url.unwrap()
}

/// What queues of that stand-in are called by others, and where they are.
fn names(url: &str) -> (String, String) {
    let (rest, name) = url.rsplit_once('/').unwrap();
    let account = rest.rsplit_once('/').unwrap().1;
    (format!("arn:aws:sqs:us-east-1:{account}:{name}"), account.to_owned())
}

async fn rule(stand_in: &StandIn, bus: &str, pattern: &str, queue_arn: &str) {
    let client = aws_sdk_eventbridge::Client::new(&stand_in.infrastructure());
    let name = unique("rule");
    client.put_rule().name(&name).event_bus_name(bus).event_pattern(pattern).send().await.unwrap();
    let target = Target::builder().id("queue").arn(queue_arn).build().unwrap();
    client.put_targets().rule(&name).event_bus_name(bus).targets(target).send().await.unwrap();
}

async fn bench(stand_in: &'static StandIn) -> Bench {
    let client = aws_sdk_eventbridge::Client::new(&stand_in.infrastructure());
    let (bus, prefix) = (unique("bus"), unique("stoa"));
    client.create_event_bus().name(&bus).send().await.unwrap();
    let mut account = String::new();
    for wanted in rules() {
        let (arn, of) = names(&queue(stand_in, &format!("{prefix}-{}", wanted.queue)).await);
        rule(stand_in, &bus, &pattern(&wanted), &arn).await;
        account = of;
    }
    let connection = stand_in.connect().await;
    let prefix = format!("{}/{account}/{prefix}-", stand_in.endpoint());
    let queue = Arc::new(SqsQueue::new(&connection, prefix, Arc::new(SystemClock)));
    Bench { bus: Arc::new(EventBridge::new(&connection, bus)), queue, keep: Box::new(()) }
}

mod against_ministack {
    use super::*;
    fn fresh() -> Bench {
        now(bench(ministack()))
    }
    services::events_contract!(fresh);
}

mod against_moto {
    use super::*;
    fn fresh() -> Bench {
        now(bench(moto()))
    }
    services::events_contract!(fresh);
}

/// The next message of a queue of that stand-in.
async fn next(stand_in: &StandIn, url: &str) -> String {
    let (_, account) = names(url);
    let prefix = format!("{}/{account}/", stand_in.endpoint());
    let queue = SqsQueue::new(&stand_in.connect().await, prefix, Arc::new(SystemClock));
    let name = url.rsplit_once('/').unwrap().1;
    for _ in 0..5 {
        queue.ready(name).await;
        if let Some(delivery) = queue.receive(name, 1, Duration::from_secs(60)).await.unwrap().pop() {
            queue.acknowledge(&delivery.receipt).await.unwrap();
            return delivery.body;
        }
    }
    panic!("nothing came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_is_heard_by_way_of_eventbridge() {
    let stand_in = ministack();
    let url = queue(stand_in, &unique("uploads")).await;
    let uploads = BucketSettings { bucket: unique("uploads"), prefix: "test/".into(), path_style: true };
    let rule_pattern =
        format!(r#"{{"source":["aws.s3"],"detail":{{"bucket":{{"name":["{}"]}}}}}}"#, uploads.bucket);
    rule(stand_in, "default", &rule_pattern, &names(&url).0).await;
    let config = aws_sdk_s3::config::Builder::from(&stand_in.infrastructure()).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(config);
    s3.create_bucket().bucket(&uploads.bucket).send().await.unwrap();
    let notify = aws_sdk_s3::types::NotificationConfiguration::builder()
        .event_bridge_configuration(aws_sdk_s3::types::EventBridgeConfiguration::builder().build())
        .build();
    let request = s3.put_bucket_notification_configuration().bucket(&uploads.bucket);
    request.notification_configuration(notify).send().await.unwrap();
    for name in ["test/a b+ä", "test/uploads/A/V/source"] {
        let body = aws_sdk_s3::primitives::ByteStream::from_static(b"film!");
        s3.put_object().bucket(&uploads.bucket).key(name).body(body).send().await.unwrap();
    }
    let mut heard =
        [next(stand_in, &url).await, next(stand_in, &url).await].map(|message| hear(&message, &uploads));
    heard.sort_by_key(|heard| heard[0] != Heard::Other);
    let key = services::contract::blob::key("uploads/A/V/source");
    assert_eq!(heard, [vec![Heard::Other], vec![Heard::Stored { key, size: 5 }]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_heard_by_way_of_eventbridge() {
    // Unlike AWS and ministack, moto lets anybody say what AWS's services say.
    let stand_in = moto();
    let url = queue(stand_in, &unique("jobs")).await;
    let bus = unique("bus");
    let client = aws_sdk_eventbridge::Client::new(&stand_in.infrastructure());
    client.create_event_bus().name(&bus).send().await.unwrap();
    rule(stand_in, &bus, r#"{"source":["aws.mediaconvert"]}"#, &names(&url).0).await;
    let (asset, version) =
        (AssetId::new(Timestamp::from_millis(1), 2), VersionId::new(Timestamp::from_millis(3), 4));
    let detail = serde_json::json!({
        "jobId": "1515368087458-qnoxtd", "status": "COMPLETE",
        "userMetadata": {"asset": asset, "version": version, "attempt": "1"},
    });
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(&bus)
        .source("aws.mediaconvert")
        .detail_type("MediaConvert Job State Change")
        .detail(detail.to_string())
        .build();
    client.put_events().entries(entry).send().await.unwrap();
    let uploads = BucketSettings { bucket: "uploads".into(), prefix: String::new(), path_style: false };
    let job = RemoteJob("1515368087458-qnoxtd".into());
    let expected = Heard::Job { asset, version, attempt: 1, job, what: Fate::Complete };
    assert_eq!(hear(&next(stand_in, &url).await, &uploads), [expected]);
}
