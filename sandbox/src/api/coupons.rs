//! Making coupons.

use super::expand;
use crate::books::Books;
use crate::currency;
use crate::form::Form;
use crate::model::Record;
use crate::model::coupon::{Coupon, Off};
use crate::problem::Problem;
use crate::webhooks::emit;
use serde_json::Value;

/// The longest name.
const NAME: usize = 40;

/// `POST /v1/coupons`
pub(super) fn create(books: &Books<'_>, mut form: Form) -> Result<Value, Problem> {
    let coupon = read(books, &mut form)?;
    let expand = form.texts("expand")?;
    form.done()?;
    if books.find::<Coupon>(&coupon.id)?.is_some() {
        return Err(Problem::refused(Some("resource_already_exists"), "Coupon already exists."));
    }
    books.put(&coupon)?;
    emit(books, "coupon.created", &coupon)?;
    expand::expanded(books, coupon.json(books.now()), &expand)
}

fn read(books: &Books<'_>, form: &mut Form) -> Result<Coupon, Problem> {
    let id = form.text("id")?.unwrap_or_else(|| books.world.id("", 8));
    let name = form.text("name")?;
    if name.as_ref().is_some_and(|name| name.chars().count() > NAME) {
        return Err(Problem::invalid(
            "name",
            format!("Invalid string: the name must be at most {NAME} characters"),
        ));
    }
    let duration = form.one_of("duration", &["forever", "once"])?.unwrap_or_else(|| "once".into());
    let max_redemptions = form.integer("max_redemptions")?;
    if max_redemptions.is_some_and(|most| most < 1) {
        return Err(Problem::parameter(
            "parameter_invalid_integer",
            "max_redemptions",
            "Invalid positive integer",
        ));
    }
    let redeem_by = form.integer("redeem_by")?;
    if redeem_by.is_some_and(|end| end <= books.now()) {
        return Err(Problem::invalid("redeem_by", "The redeem_by must be in the future."));
    }
    Ok(Coupon {
        id,
        created: books.now(),
        off: off(form)?,
        name,
        duration,
        max_redemptions,
        redeem_by,
        redeemed: 0,
        metadata: form.metadata("metadata")?,
    })
}

fn off(form: &mut Form) -> Result<Off, Problem> {
    let amount = form.integer("amount_off")?;
    let currency = form.text("currency")?;
    let percent = form.text("percent_off")?;
    match (amount, percent) {
        (Some(amount), None) => {
            let currency = currency::parse("currency", &currency.ok_or_else(|| form.absent("currency"))?)?;
            if amount < 1 {
                return Err(Problem::parameter(
                    "parameter_invalid_integer",
                    "amount_off",
                    "Invalid positive integer",
                ));
            }
            currency::well_written("amount_off", amount, &currency)?;
            Ok(Off::Amount { amount, currency })
        }
        (None, Some(text)) => {
            let percent = text.parse().ok().filter(|percent| *percent > 0.0 && *percent <= 100.0);
            let message = "Invalid percent_off: must be above 0 and at most 100.";
            Ok(Off::Percent(percent.ok_or_else(|| Problem::invalid("percent_off", message))?))
        }
        (None, None) => {
            Err(Problem::request(http::StatusCode::BAD_REQUEST, "Must provide percent_off or amount_off."))
        }
        (Some(_), Some(_)) => Err(Problem::request(
            http::StatusCode::BAD_REQUEST,
            "You may only specify one of these parameters: amount_off, percent_off.",
        )),
    }
}
