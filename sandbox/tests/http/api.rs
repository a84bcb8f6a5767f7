use crate::support::{BEGIN, KEY, Playground, encoded, session_fields};
use http::Method;
use sandbox::{OpenError, Sandbox, Settings, World};
use std::sync::Arc;
use std::time::Duration;

/// The fields of a session with some replaced, added, or (where the value is empty) left out.
fn fields(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let changed = |name: &str| changes.iter().any(|(known, _)| *known == name);
    let kept = session_fields().into_iter().filter(|(name, _)| !changed(name));
    kept.chain(changes.iter().copied().filter(|(_, value)| !value.is_empty())).collect()
}

/// Changes, the error's code, the parameter it names.
type Refused = (&'static [(&'static str, &'static str)], &'static str, &'static str);

#[tokio::test]
async fn what_stripe_refuses_is_refused_with_its_code_and_the_parameter() {
    let playground = Playground::start().await;
    let refused: [Refused; 19] = [
        (&[("mode", "")], "parameter_missing", "mode"),
        (&[("mode", "subscription")], "", "mode"),
        (&[("success_url", "")], "parameter_missing", "success_url"),
        (&[("success_url", "/return")], "url_invalid", "success_url"),
        (&[("colour", "red")], "parameter_unknown", "colour"),
        (&[("payment_intent_data[colour]", "red")], "parameter_unknown", "payment_intent_data[colour]"),
        (&[("line_items[0][colour]", "red")], "parameter_unknown", "line_items[0][colour]"),
        (&[("customer_email", "nobody")], "email_invalid", "customer_email"),
        (&[("line_items[0][quantity]", "")], "parameter_missing", "line_items[0][quantity]"),
        (&[("line_items[0][quantity]", "one")], "parameter_invalid_integer", "line_items[0][quantity]"),
        (
            &[("line_items[0][price_data][unit_amount]", "15.00")],
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        (
            &[("line_items[0][price_data][unit_amount]", "-1")],
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        (
            &[("line_items[0][price_data][unit_amount]", "9223372036854775807")],
            "amount_too_large",
            "line_items",
        ),
        (&[("line_items[0][price_data][currency]", "xyz")], "", "line_items[0][price_data][currency]"),
        (&[("line_items[1][price_data][currency]", "eur")], "", "line_items[1][price_data][currency]"),
        (&[("expires_at", "1800000060")], "", "expires_at"),
        (&[("expires_at", "1800090000")], "", "expires_at"),
        (&[("locale", "tlh")], "", "locale"),
        (&[("discounts[0][coupon]", "nope")], "resource_missing", "discounts[0][coupon]"),
    ];
    for (changes, code, param) in refused {
        let answer = playground.post("checkout/sessions", &fields(changes)).await;
        let (_, kind, got, named) = answer.error();
        assert_eq!(
            (kind.as_str(), got.as_str(), named.as_str()),
            ("invalid_request_error", code, param),
            "{changes:?}"
        );
    }
    assert_eq!(playground.get("checkout/sessions").await.json()["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn amounts_below_the_least_and_decimals_that_a_currency_lacks_are_refused() {
    let playground = Playground::start().await;
    for (currency, amount, fine) in [
        ("usd", "49", false),
        ("usd", "50", true),
        ("jpy", "50", true),
        ("kwd", "1005", false),
        ("kwd", "1010", true),
    ] {
        let sent = [
            ("mode", "payment"),
            ("success_url", "http://127.0.0.1:9/"),
            ("line_items[0][price_data][currency]", currency),
            ("line_items[0][price_data][unit_amount]", amount),
            ("line_items[0][price_data][product_data][name]", "Geometry"),
            ("line_items[0][quantity]", "1"),
        ];
        let answer = playground.post("checkout/sessions", &sent).await;
        assert_eq!(answer.status.is_success(), fine, "{currency} {amount}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_coupon_is_taken_off_to_the_last_unit_and_used_up_by_paying() {
    let mut playground = Playground::start().await;
    let made = [("amount_off", "333"), ("currency", "usd"), ("duration", "once"), ("max_redemptions", "1")];
    let coupon = playground.post("coupons", &made).await.json();
    let id = coupon["id"].as_str().unwrap().to_owned();
    assert_eq!((coupon["valid"].as_bool(), coupon["times_redeemed"].as_i64()), (Some(true), Some(0)));
    assert_eq!(playground.endpoint.next().await.kind(), "coupon.created");

    let mut sent: Vec<(&str, &str)> = session_fields();
    sent.push(("discounts[0][coupon]", &id));
    sent.push(("expand[0]", "line_items"));
    let session = playground.post("checkout/sessions", &sent).await.json();
    assert_eq!(session["amount_subtotal"], 2000);
    assert_eq!(session["amount_total"], 1667);
    assert_eq!(session["total_details"]["amount_discount"], 333);
    let off: Vec<i64> = session["line_items"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["amount_discount"].as_i64().unwrap())
        .collect();
    assert_eq!(off.iter().sum::<i64>(), 333);
    let page = playground.page(session["url"].as_str().unwrap()).await;
    assert!(
        page.text.contains("USD\u{a0}\u{2212}3.33") && page.text.contains("USD\u{a0}16.67"),
        "{}",
        page.text
    );

    playground.pay(&session, "4242424242424242").await;
    let coupon = playground.get(&format!("coupons/{id}")).await.json();
    assert_eq!((coupon["valid"].as_bool(), coupon["times_redeemed"].as_i64()), (Some(false), Some(1)));
    let again = playground.post("checkout/sessions", &sent).await;
    assert_eq!(again.error().2, "coupon_expired");
}

#[tokio::test]
async fn coupons_that_make_no_sense_are_refused() {
    let playground = Playground::start().await;
    for sent in [
        &[("duration", "once")][..],
        &[("amount_off", "100")],
        &[("amount_off", "0"), ("currency", "usd")],
        &[("amount_off", "100"), ("currency", "usd"), ("percent_off", "10")],
        &[("percent_off", "101")],
        &[("percent_off", "NaN")],
        &[("percent_off", "10"), ("max_redemptions", "0")],
        &[("percent_off", "10"), ("redeem_by", "1")],
        &[("percent_off", "10"), ("name", "a name that is much too long for any coupon")],
    ] {
        assert_eq!(playground.post("coupons", sent).await.status, 400, "{sent:?}");
    }
    let euros =
        playground.post("coupons", &[("id", "EUROS"), ("amount_off", "100"), ("currency", "eur")]).await;
    assert_eq!(euros.json()["id"], "EUROS");
    let answer = playground.post("checkout/sessions", &fields(&[("discounts[0][coupon]", "EUROS")])).await;
    assert_eq!(answer.status, 400, "of another currency");
    let again = playground.post("coupons", &[("id", "EUROS"), ("percent_off", "12.5")]).await;
    assert_eq!(again.error().2, "resource_already_exists");
}

#[tokio::test]
async fn without_the_key_or_with_another_version_nothing_is_answered() {
    let playground = Playground::start().await;
    let url = format!("{}/v1/events", playground.address);
    let key = format!("Bearer {KEY}");
    for (headers, status) in [
        (vec![], 401),
        (vec![("authorization", "Bearer sk_test_other")], 401),
        (vec![("authorization", "Basic c2tfdGVzdF8xMjM6")], 401),
        (vec![("authorization", key.as_str()), ("stripe-version", "2022-11-15")], 400),
        (vec![("authorization", key.as_str())], 200),
    ] {
        let answer = playground.send(Method::GET, &url, &headers, String::new()).await.unwrap();
        assert_eq!(answer.status, status);
        assert!(answer.header("request-id").starts_with("req_"));
        assert_eq!(answer.header("stripe-version"), sandbox::API_VERSION);
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_missing() {
    let playground = Playground::start().await;
    for path in [
        "checkout/sessions/cs_test_1",
        "payment_intents/pi_1",
        "refunds/re_1",
        "events/evt_1",
        "charges/pi_1",
    ] {
        let answer = playground.get(path).await;
        assert_eq!((answer.error().0, answer.error().2.as_str()), (404, "resource_missing"), "{path}");
    }
    assert_eq!(playground.get("customers").await.status, 404);
    assert_eq!(playground.call(Method::DELETE, "coupons/1", &[], String::new()).await.status, 404);
    playground.session().await;
    for expand in
        ["data.colour", "data.id", "data.payment_intent.latest_charge.payment_intent.latest_charge.charge"]
    {
        let answer = playground.get(&format!("checkout/sessions?expand[]={expand}")).await;
        assert_eq!((answer.error().0, answer.error().3.as_str()), (400, "expand"), "{expand}");
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page_and_by_moment() {
    let playground = Playground::start().await;
    for _ in 0..5 {
        playground.session().await;
        playground.pass(Duration::from_secs(10));
    }
    let ids = |page: &serde_json::Value| {
        let data = page["data"].as_array().unwrap().iter();
        data.map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = ids(&playground.get("checkout/sessions").await.json());
    assert_eq!(all.len(), 5);
    let mut read = Vec::new();
    let mut after = String::new();
    loop {
        let page = playground.get(&format!("checkout/sessions?limit=2{after}")).await.json();
        read.extend(ids(&page));
        after = format!("&starting_after={}", read.last().unwrap());
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(read, all);
    let newer = playground.get(&format!("checkout/sessions?limit=2&ending_before={}", all[4])).await.json();
    assert_eq!(ids(&newer), all[2..4]);
    let begin = BEGIN / 1000;
    let range = format!("checkout/sessions?created%5Bgte%5D={}&created[lt]={}", begin + 10, begin + 30);
    assert_eq!(ids(&playground.get(&range).await.json()), all[2..4]);
    assert_eq!(ids(&playground.get(&format!("checkout/sessions?created={begin}")).await.json()), all[4..]);
    for wrong in
        ["limit=0", "limit=101", "limit=x", "created[gte]=x", "created[near]=1", "starting_after=cs_test_1"]
    {
        assert!(
            playground.get(&format!("checkout/sessions?{wrong}")).await.status.is_client_error(),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_refused() {
    let playground = Playground::start().await;
    for body in [
        "a[=1",
        "mode=payment&mode=payment",
        "mode[x]=1",
        "line_items=1",
        "line_items[x][quantity]=1",
        "%ff=%ff",
    ] {
        let answer = playground.call(Method::POST, "checkout/sessions", &[], body.into()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
    }
    let long = encoded(&[("mode", &"x".repeat(2 * 1024 * 1024))]);
    let large = playground.try_call(Method::POST, "checkout/sessions", &[], long).await;
    assert!(large.is_err() || large.unwrap().status == 413);
}

#[tokio::test]
async fn it_does_not_open_in_production_nor_with_settings_that_cannot_work() {
    let playground = Playground::start().await;
    let open = |change: fn(&mut Settings)| {
        let mut settings = playground.settings();
        settings.store = settings.store.with_file_name("other.sqlite");
        change(&mut settings);
        let world = World { now: Arc::new(|| 0), random: Arc::new(|_| ()) };
        Sandbox::open(settings, world).map(|_| ())
    };
    assert!(matches!(open(|settings| settings.production = true), Err(OpenError::Production)));
    assert!(matches!(open(|settings| settings.secret_key = "sk_live_1".into()), Err(OpenError::Key)));
    assert!(matches!(open(|settings| settings.address += "/"), Err(OpenError::Address(_))));
    assert!(matches!(
        open(|settings| settings.webhook.as_mut().unwrap().url = "https://example.com/".into()),
        Err(OpenError::Webhook(_))
    ));
    assert!(matches!(
        open(|settings| settings.webhook.as_mut().unwrap().secrets.clear()),
        Err(OpenError::Secret)
    ));
    open(|_| ()).unwrap();
}
