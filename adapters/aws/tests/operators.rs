//! SNS keeps the contract of telling operators: they read it in a queue that subscribed.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod stand_in;

use services::contract::notifier::{Arrived, Bench};
use services::ports::Operators;
use stand_in::{StandIn, ministack, moto, now, unique};
use std::sync::Arc;
use stoa_aws::SnsOperators;

async fn bench(stand_in: &'static StandIn) -> Bench<dyn Operators> {
    let config = stand_in.infrastructure();
    let (sns, sqs) = (aws_sdk_sns::Client::new(&config), aws_sdk_sqs::Client::new(&config));
    let topic = sns.create_topic().name(unique("operators")).send().await.unwrap().topic_arn.unwrap();
    let url = sqs.create_queue().queue_name(unique("inbox")).send().await.unwrap().queue_url.unwrap();
    let (rest, name) = url.rsplit_once('/').unwrap();
    let account = rest.rsplit_once('/').unwrap().1;
    let arn = format!("arn:aws:sqs:us-east-1:{account}:{name}");
    sns.subscribe().topic_arn(&topic).protocol("sqs").endpoint(arn).send().await.unwrap();
    let url = format!("{}/{account}/{name}", stand_in.endpoint());
    let arrived = move || {
        let (sqs, url) = (sqs.clone(), url.clone());
        Box::pin(async move { next(&sqs, &url).await }) as _
    };
    let port = Arc::new(SnsOperators::new(&stand_in.connect().await, topic));
    Bench { port, arrived: Box::new(arrived), keep: Box::new(()) }
}

async fn next(sqs: &aws_sdk_sqs::Client, url: &str) -> Arrived {
    let received = sqs.receive_message().queue_url(url).wait_time_seconds(10).send().await.unwrap();
    let message = received.messages.unwrap().remove(0);
    sqs.delete_message().queue_url(url).receipt_handle(message.receipt_handle.unwrap()).send().await.unwrap();
    let told: serde_json::Value = serde_json::from_str(&message.body.unwrap()).unwrap();
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    Arrived::text("", text("Subject"), text("Message"))
}

mod against_ministack {
    use super::*;
    fn fresh() -> Bench<dyn Operators> {
        now(bench(ministack()))
    }
    services::operators_contract!(fresh);
}

mod against_moto {
    use super::*;
    fn fresh() -> Bench<dyn Operators> {
        now(bench(moto()))
    }
    services::operators_contract!(fresh);
}
