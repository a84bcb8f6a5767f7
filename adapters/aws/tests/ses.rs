//! What SES is asked, and what its answers mean.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod service;

use serde_json::json;
use service::Service;
use services::ports::{Letter, Mailer, NotifyError};
use stoa_aws::Ses;

fn letter() -> Letter {
    Letter {
        to: "ada@example.com".into(),
        subject: "Übung\r\nBcc: eve@example.com".into(),
        text: "Grüße".into(),
        html: Some("<p>Grüße</p>".into()),
        unsubscribe: Some("https://stoa.example/unsubscribe?proof=x".into()),
    }
}

async fn sent(service: &Service, letter: &Letter) -> Result<(), NotifyError> {
    Ses::new(&service.connect().await, "Stoa <mail@stoa.example>").mail(letter).await
}

#[tokio::test]
async fn a_letter_is_sent_in_both_its_forms_to_one_address() {
    let service = Service::answering([(200, json!({ "MessageId": "1" }))]).await;
    sent(&service, &letter()).await.unwrap();
    let [asked] = &service.asked()[..] else { panic!("{:?}", service.asked()) };
    assert_eq!(asked.what, "POST /v2/email/outbound-emails");
    let utf8 = |data: &str| json!({ "Data": data, "Charset": "UTF-8" });
    let expected = json!({
        "FromEmailAddress": "Stoa <mail@stoa.example>",
        "Destination": { "ToAddresses": ["ada@example.com"] },
        "Content": { "Simple": {
            "Subject": utf8("Übung Bcc: eve@example.com"),
            "Body": { "Text": utf8("Grüße"), "Html": utf8("<p>Grüße</p>") },
            "Headers": [
                { "Name": "List-Unsubscribe", "Value": "<https://stoa.example/unsubscribe?proof=x>" },
                { "Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click" },
            ],
        } },
    });
    assert_eq!(asked.body, expected);
}

#[tokio::test]
async fn what_is_no_address_is_not_sent() {
    let service = Service::answering([]).await;
    for to in ["", "ada", "ada@example.com, eve@example.com", "Ada <ada@example.com>"] {
        let found = sent(&service, &Letter { to: to.into(), ..letter() }).await;
        assert!(matches!(found, Err(NotifyError::Address)), "{to:?}: {found:?}");
    }
    assert!(service.asked().is_empty());
}

#[tokio::test]
async fn what_passes_is_told_from_what_never_works() {
    let passing = (429, json!({ "type": "TooManyRequestsException" }));
    // The SDK asks three times itself.
    let service = Service::answering([passing.clone(), passing.clone(), passing]).await;
    let found = sent(&service, &letter()).await;
    assert!(matches!(found, Err(NotifyError::Unavailable(_))), "{found:?}");
    let service = Service::answering([(400, json!({ "type": "MessageRejected" }))]).await;
    let found = sent(&service, &letter()).await;
    assert!(matches!(found, Err(NotifyError::Internal(_))), "{found:?}");
}
