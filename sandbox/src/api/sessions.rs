//! Making and ending checkout sessions.

use super::expand;
use crate::books::Books;
use crate::currency;
use crate::form::Form;
use crate::model::Record;
use crate::model::coupon::{Coupon, Off};
use crate::model::session::{Line, PaymentData, Session, Status};
use crate::money;
use crate::problem::Problem;
use http::{StatusCode, Uri};
use serde_json::Value;

/// How soon and how late a session may expire, in seconds from its making.
const SOONEST: i64 = 30 * 60;
const LATEST: i64 = 24 * 60 * 60;
/// The most lines.
const LINES: usize = 100;
/// The longest reference of a client.
const REFERENCE: usize = 200;

/// Languages that Stripe's page speaks.
const LOCALES: [&str; 41] = [
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru",
    "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

/// `POST /v1/checkout/sessions`
pub(super) fn create(books: &Books<'_>, mut form: Form) -> Result<Value, Problem> {
    let mut session = read(books, &mut form)?;
    let discounts = form.objects("discounts")?;
    let expand = form.texts("expand")?;
    form.done()?;
    if discounts.len() > 1 {
        return Err(Problem::invalid("discounts", "You can only apply one discount to a Checkout Session."));
    }
    for mut discount in discounts {
        let param = discount.name("coupon");
        let id = discount.required("coupon")?;
        discount.done()?;
        take_off(books, &mut session, &id, &param)?;
    }
    currency::check("line_items", session.total(), &session.currency)?;
    books.put(&session)?;
    expand::expanded(books, session.json(books.now()), &expand)
}

/// `POST /v1/checkout/sessions/{id}/expire`
pub(super) fn expire(books: &Books<'_>, mut form: Form, id: &str) -> Result<Value, Problem> {
    let expand = form.texts("expand")?;
    form.done()?;
    let mut session: Session = books.get(id, "session")?;
    money::expire(books, &mut session)?;
    expand::expanded(books, session.json(books.now()), &expand)
}

/// `GET /v1/checkout/sessions/{id}/line_items`: all of them on one page, as there are at most as many as a page takes.
pub(super) fn line_items(books: &Books<'_>, mut form: Form, id: &str) -> Result<Value, Problem> {
    form.integer("limit")?;
    form.done()?;
    Ok(books.get::<Session>(id, "session")?.line_items())
}

fn read(books: &Books<'_>, form: &mut Form) -> Result<Session, Problem> {
    only(form, "mode", "payment", true)?;
    only(form, "ui_mode", "hosted_page", false)?;
    for kind in form.texts("payment_method_types")? {
        if kind != "card" {
            let message = format!("Invalid payment_method_types: the sandbox has card only, not {kind}");
            return Err(Problem::invalid("payment_method_types", message));
        }
    }
    let (lines, currency) = lines(books, form)?;
    let id = books.world.id("cs_test_", 58);
    Ok(Session {
        url: format!("{}/c/pay/{id}", books.settings.address),
        id,
        created: books.now(),
        expires: expires(books, form)?,
        currency,
        lines,
        coupon: None,
        status: Status::Open,
        payment_intent: None,
        success_url: url(form, "success_url")?.ok_or_else(|| form.absent("success_url"))?,
        cancel_url: url(form, "cancel_url")?,
        reference: reference(form)?,
        email: email(form, "customer_email")?,
        payer: None,
        locale: form.one_of("locale", &LOCALES)?,
        submit_type: form.one_of("submit_type", &["auto", "book", "donate", "pay"])?,
        adaptive_pricing: adaptive_pricing(form)?,
        metadata: form.metadata("metadata")?,
        payment_data: payment_data(form)?,
    })
}

/// A parameter of which the sandbox has one value.
fn only(form: &mut Form, name: &str, value: &str, required: bool) -> Result<(), Problem> {
    match form.text(name)? {
        None if required => Err(form.absent(name)),
        Some(text) if text != value => {
            Err(Problem::invalid(name, format!("Invalid {name}: the sandbox has {value} only, not {text}")))
        }
        _ => Ok(()),
    }
}

fn lines(books: &Books<'_>, form: &mut Form) -> Result<(Vec<Line>, String), Problem> {
    let items = form.objects("line_items")?;
    if items.is_empty() {
        return Err(form.absent("line_items"));
    }
    if items.len() > LINES {
        return Err(Problem::invalid("line_items", format!("There can be at most {LINES} line items.")));
    }
    let mut lines: Vec<Line> = Vec::with_capacity(items.len());
    let mut first: Option<String> = None;
    for mut item in items {
        let mut price = item.object("price_data")?.ok_or_else(|| item.absent("price_data"))?;
        let param = price.name("currency");
        let currency = currency::parse(&param, &price.required("currency")?)?;
        if first.as_ref().is_some_and(|first| *first != currency) {
            return Err(Problem::invalid(param, "All line items must have the same currency."));
        }
        first = Some(currency);
        lines.push(line(books, &mut item, &mut price)?);
        price.done()?;
        item.done()?;
    }
    let sum =
        lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.unit.checked_mul(line.quantity)?));
    if sum.is_none() {
        return Err(Problem::parameter("amount_too_large", "line_items", "The total amount is too large."));
    }
    Ok((lines, first.unwrap_or_default()))
}

fn line(books: &Books<'_>, item: &mut Form, price: &mut Form) -> Result<Line, Problem> {
    let mut product = price.object("product_data")?.ok_or_else(|| price.absent("product_data"))?;
    let title = product.required("name")?;
    let about = product.text("description")?;
    product.metadata("metadata")?;
    product.done()?;
    let unit = price.integer("unit_amount")?.ok_or_else(|| price.absent("unit_amount"))?;
    if unit < 0 {
        let message = "Invalid non-negative integer";
        return Err(Problem::parameter("parameter_invalid_integer", price.name("unit_amount"), message));
    }
    let quantity = item.integer("quantity")?.ok_or_else(|| item.absent("quantity"))?;
    if quantity < 1 {
        return Err(Problem::invalid(item.name("quantity"), "The quantity must be at least 1."));
    }
    let (id, price, product) = (books.id("li_"), books.id("price_"), books.world.id("prod_", 14));
    Ok(Line { id, price, product, title, about, unit, quantity, discount: 0 })
}

fn expires(books: &Books<'_>, form: &mut Form) -> Result<i64, Problem> {
    let Some(at) = form.integer("expires_at")? else { return Ok(books.now() + LATEST) };
    let from_now = at.saturating_sub(books.now());
    if from_now < SOONEST {
        let message =
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
        return Err(Problem::invalid("expires_at", message));
    }
    if from_now > LATEST {
        let message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
        return Err(Problem::invalid("expires_at", message));
    }
    Ok(at)
}

fn url(form: &mut Form, name: &str) -> Result<Option<String>, Problem> {
    let Some(url) = form.text(name)? else { return Ok(None) };
    let parsed = url.replace("{CHECKOUT_SESSION_ID}", "id").parse::<Uri>();
    let known = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
    match parsed {
        Ok(uri) if known(&uri) => Ok(Some(url)),
        _ => Err(Problem::parameter("url_invalid", name, "Not a valid URL")),
    }
}

fn reference(form: &mut Form) -> Result<Option<String>, Problem> {
    let reference = form.text("client_reference_id")?;
    if reference.as_ref().is_some_and(|text| text.chars().count() > REFERENCE) {
        let message = format!("Invalid string: must be at most {REFERENCE} characters");
        return Err(Problem::invalid("client_reference_id", message));
    }
    Ok(reference)
}

fn email(form: &mut Form, name: &str) -> Result<Option<String>, Problem> {
    match form.text(name)? {
        Some(email) if !crate::checkout::is_email(&email) => Err(Problem::parameter(
            "email_invalid",
            form.name(name),
            format!("Invalid email address: {email}"),
        )),
        email => Ok(email),
    }
}

fn adaptive_pricing(form: &mut Form) -> Result<bool, Problem> {
    let Some(mut pricing) = form.object("adaptive_pricing")? else { return Ok(false) };
    let enabled = pricing.boolean("enabled")?.unwrap_or(false);
    pricing.done()?;
    if enabled {
        let message = "The sandbox converts no currencies.";
        return Err(Problem::request(StatusCode::BAD_REQUEST, message));
    }
    Ok(false)
}

fn payment_data(form: &mut Form) -> Result<PaymentData, Problem> {
    let Some(mut data) = form.object("payment_intent_data")? else { return Ok(PaymentData::default()) };
    let read = PaymentData {
        description: data.text("description")?,
        receipt_email: email(&mut data, "receipt_email")?,
        metadata: data.metadata("metadata")?,
    };
    data.done()?;
    Ok(read)
}

/// Takes a coupon's discount off the lines, in proportion to what they cost, to the last minor unit.
fn take_off(books: &Books<'_>, session: &mut Session, id: &str, param: &str) -> Result<(), Problem> {
    let coupon: Coupon = books.get(id, param)?;
    if !coupon.valid(books.now()) {
        return Err(Problem::parameter(
            "coupon_expired",
            param,
            format!("Coupon {id} is used up and cannot be applied."),
        ));
    }
    let subtotal = session.subtotal();
    let off = match &coupon.off {
        Off::Amount { currency, .. } if *currency != session.currency => {
            let message =
                format!("The coupon's currency ({currency}) is not the session's ({}).", session.currency);
            return Err(Problem::invalid(param, message));
        }
        Off::Amount { amount, .. } => (*amount).min(subtotal),
        // Amounts have at most eleven digits here: exact in a double.
        Off::Percent(percent) => (subtotal as f64 * percent / 100.0).round() as i64,
    };
    let share = |cost: i64| i128::from(off) * i128::from(cost) / i128::from(subtotal.max(1));
    let (mut cost, mut taken) = (0, 0);
    for line in &mut session.lines {
        cost += line.subtotal();
        line.discount = i64::try_from(share(cost)).unwrap_or(off) - taken;
        taken += line.discount;
    }
    session.coupon = Some(coupon.id);
    Ok(())
}
