use crate::support::{Playground, encoded, session_fields};
use http::Method;

#[tokio::test]
async fn what_people_wrote_is_shown_as_text() {
    let playground = Playground::start().await;
    let mut sent = session_fields();
    sent.push((
        "line_items[0][price_data][product_data][description]",
        r#"</style><script>alert("1")</script>"#,
    ));
    sent.retain(|(name, _)| *name != "customer_email");
    let session = playground.post("checkout/sessions", &sent).await.json();
    let url = session["url"].as_str().unwrap();
    let typed = [("card", r#"" autofocus onfocus="alert(1)"#), ("email", r#"<b>"'@x"#)];
    let page = playground.form(url, &typed).await;
    assert_eq!(page.status, 422);
    for raw in ["<script>", "<b>", r#"" autofocus onfocus"#, r#"<b>"'@x"#] {
        assert!(!page.text.contains(raw), "{raw}");
    }
    assert!(page.text.contains("Logic &#60;b&#62;&#38;&#60;/b&#62;"), "{}", page.text);
}

#[tokio::test]
async fn a_card_that_is_no_test_card_is_not_tried_and_what_was_typed_stays() {
    let playground = Playground::start().await;
    let mut sent = session_fields();
    sent.retain(|(name, _)| *name != "customer_email");
    let session = playground.post("checkout/sessions", &sent).await.json();
    let url = session["url"].as_str().unwrap();
    for (card, email, fine) in [
        ("", "ada@example.com", false),
        ("5555555555554444", "ada@example.com", false),
        ("4242424242424242", "", false),
        ("4242424242424242", "ada@", false),
        ("4242-4242-4242-4242", "ada@example.com", true),
    ] {
        let page = playground.form(url, &[("card", card), ("email", email)]).await;
        assert_eq!(page.status.as_u16(), if fine { 303 } else { 422 }, "{card} {email}");
        if !fine {
            assert!(page.text.contains(r#"aria-invalid="true""#));
            assert!(page.text.contains(&format!(r#"value="{card}""#)));
        }
    }
    let charges = playground.get("charges").await.json();
    assert_eq!(charges["data"].as_array().unwrap().len(), 1);
    assert_eq!(charges["data"][0]["billing_details"]["email"], "ada@example.com");
}

#[tokio::test]
async fn no_other_site_can_pay_or_make_faults_for_somebody() {
    let playground = Playground::start().await;
    let session = playground.session().await;
    let faults = format!("{}/faults/rules/outage", playground.address);
    let form = "application/x-www-form-urlencoded";
    for url in [session["url"].as_str().unwrap(), &faults] {
        for headers in [
            &[("content-type", form), ("origin", "http://evil.example")][..],
            &[("content-type", form), ("origin", "null")],
            &[("content-type", form), ("sec-fetch-site", "cross-site")],
            &[("content-type", form), ("sec-fetch-site", "same-site")],
        ] {
            let body = encoded(&[("card", "4242424242424242")]);
            let answer = playground.send(Method::POST, url, headers, body).await.unwrap();
            assert_eq!(answer.status, 403, "{url} {headers:?}");
        }
    }
    let ours =
        [("content-type", form), ("origin", playground.address.as_str()), ("sec-fetch-site", "same-origin")];
    let body = encoded(&[("chance", "0.5"), ("times", ""), ("seed", "1")]);
    let answer = playground.send(Method::POST, &faults, &ours, body).await.unwrap();
    assert_eq!(answer.header("location"), format!("{}/faults#rules", playground.address));
    let body = encoded(&[("card", "4242424242424242")]);
    let paid = playground.send(Method::POST, session["url"].as_str().unwrap(), &ours, body).await.unwrap();
    assert!(paid.header("location").contains("/return"));
}

#[tokio::test]
async fn pages_load_nothing_run_nothing_and_are_not_kept() {
    let playground = Playground::start().await;
    let session = playground.session().await;
    for url in [session["url"].as_str().unwrap(), &format!("{}/faults", playground.address)] {
        let page = playground.page(url).await;
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(!page.text.contains("<script"));
    }
    let missing = playground.page(&format!("{}/c/pay/cs_test_nope", playground.address)).await;
    assert_eq!(missing.status, 404);
    assert!(missing.text.contains("<h1>"));
}

#[tokio::test]
async fn the_menu_shows_what_was_paid_and_what_became_of_webhooks_and_its_buttons_work() {
    let mut playground = Playground::start().await;
    let (_, _, charge) = playground.paid("4242424242424242").await;
    let menu = format!("{}/faults", playground.address);
    let page = playground.page(&menu).await.text;
    let charge = charge["id"].as_str().unwrap();
    assert!(page.contains(charge) && page.contains("checkout.session.completed"), "{page}");
    let actions = format!("{menu}/actions");
    let refund =
        playground.form(&actions, &[("action", "refund"), ("charge", charge), ("amount", "500")]).await;
    assert_eq!(
        (refund.status.as_u16(), refund.header("location")),
        (303, format!("{menu}#payments").as_str())
    );
    assert!(playground.page(&menu).await.text.contains("5.00 refunded"));
    let wrong =
        playground.form(&actions, &[("action", "refund"), ("charge", charge), ("amount", "9999")]).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("greater than unrefunded amount"), "{}", wrong.text);
    let events = playground.get("events").await.json();
    let id = events["data"][0]["id"].as_str().unwrap();
    let again = playground.form(&actions, &[("action", "resend"), ("event", id)]).await;
    assert_eq!(again.header("location"), format!("{menu}#events"));
    assert_eq!(playground.endpoint.hear(3).await.iter().filter(|heard| heard.id() == id).count(), 2);
    let set = playground.form(&format!("{menu}/rules/drop"), &[("chance", "0.5"), ("times", "")]).await;
    assert_eq!(set.status, 303);
    assert!(playground.page(&menu).await.text.contains("Clear drop"));
    playground.form(&format!("{menu}/rules/drop/clear"), &[]).await;
    assert!(!playground.page(&menu).await.text.contains("Clear drop"));
}
