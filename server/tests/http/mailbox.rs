//! `/dev/mail`: there for developers, and nowhere else.

use crate::test_app::TestApp;
use domain::text::Email;
use services::mail::{self, Code, Mail};
use services::worker::{Job, Task};
use services::{jobs, outbox};
use tokio_util::sync::CancellationToken;

/// Sends a mail, as the worker does.
async fn send(app: &TestApp, email: &str, mail: Mail) {
    let email: Email = email.parse().unwrap();
    app.stoa.table.write(mail::post(&app.stoa, &email, &mail).unwrap()).await.unwrap();
    let entries = app.stoa.table.query(services::ports::Query::partition(outbox::OUTBOX, 1)).await.unwrap();
    let entry: serde_json::Value = serde_json::from_str(&entries.items[0].document).unwrap();
    let job: Job = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
    let task = Task { job, last_attempt: true, cancelled: CancellationToken::new() };
    jobs::handle(app.stoa.clone(), task).await;
}

#[tokio::test]
async fn a_developer_reads_what_was_sent_and_a_sample_of_everything() {
    let app = TestApp::start().await;
    let reset = Mail::ResetPassword { code: Code::from("a-code".to_owned()) };
    send(&app, "ada@example.com", reset).await;
    let list = app.get("/dev/mail", &[]).await;
    assert_eq!((list.status, list.header("cache-control")), (200, "no-store"));
    let sent = list.text().split("href=\"").find(|part| part.starts_with("/dev/mail/sent/")).unwrap();
    let sent = sent.split('"').next().unwrap();
    let page = app.get(sent, &[]).await;
    let link = format!("<a href=\"{}/reset?email=ada%40example.com&#38;code=a-code\">", app.stoa.origin);
    assert!(page.text().contains(&link), "{}", page.text());
    assert!(page.text().contains("sandbox=\"\""), "{}", page.text());

    let html = app.get(&format!("{sent}/html"), &[]).await;
    assert!(html.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    assert!(html.text().contains("<h1") && html.text().contains("Set a new password"), "{}", html.text());
    let samples: Vec<_> =
        list.text().split("href=\"").filter(|part| part.starts_with("/dev/mail/samples/")).collect();
    assert!(samples.len() > 15, "{samples:?}");
    for sample in samples {
        let page = app.get(sample.split('"').next().unwrap(), &[]).await;
        assert_eq!(page.status, 200);
    }
}

#[tokio::test]
async fn nobody_reads_mail_where_the_site_is_published_or_mail_leaves() {
    let published =
        TestApp::configured(|config| config.public_url = Some("https://stoa.example".into())).await;
    let leaves = TestApp::configured(|config| {
        config.mail.from = Some("mail@stoa.example".into());
        config.mail.smtp.host = Some("mail.stoa.example".into());
    })
    .await;
    for app in [published, leaves] {
        for path in ["/dev/mail", "/dev/mail/samples/deleted", "/dev/mail/samples/deleted/html"] {
            assert_eq!(app.get(path, &[]).await.status, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn an_address_that_names_no_mail_finds_no_other_file() {
    let app = TestApp::start().await;
    for path in [
        "/dev/mail/sent/..%2f..%2fstoa.db",
        "/dev/mail/sent/01JD0000000000000000000000",
        "/dev/mail/samples/x",
    ] {
        let status = app.get(path, &[]).await.status;
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}
