//! Ids replaced by what they name (API reference, "Expanding Responses").

use crate::books::{Books, Filter};
use crate::model::Record;
use crate::model::charge::Charge;
use crate::model::coupon::Coupon;
use crate::model::dispute::Dispute;
use crate::model::movement::Movement;
use crate::model::payment::Payment;
use crate::model::refund::Refund;
use crate::model::session::Session;
use crate::problem::Problem;
use serde_json::{Value, json};

/// How many levels may be expanded.
const DEPTH: usize = 4;

/// The answer with these paths expanded, as `data.latest_charge.balance_transaction`.
pub(super) fn expanded(books: &Books<'_>, mut answer: Value, paths: &[String]) -> Result<Value, Problem> {
    for path in paths {
        let fields: Vec<&str> = path.split('.').collect();
        let levels = fields.iter().filter(|field| **field != "data").count();
        if levels > DEPTH || !expand(books, &mut answer, &fields)? {
            return Err(Problem::invalid("expand", format!("This property cannot be expanded ({path}).")));
        }
    }
    Ok(answer)
}

/// `false` where there is no such property.
fn expand(books: &Books<'_>, value: &mut Value, fields: &[&str]) -> Result<bool, Problem> {
    let Some((field, rest)) = fields.split_first() else { return Ok(true) };
    if *field == "data"
        && let Some(items) = value.get_mut("data").and_then(Value::as_array_mut)
    {
        for item in items {
            if !expand(books, item, rest)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    hang_in(books, value, field)?;
    let Some(found) = value.get_mut(*field) else { return Ok(false) };
    match found {
        Value::Null => return Ok(true),
        Value::String(id) => match fetch(books, field, id)? {
            Some(record) => *found = record,
            None => return Ok(false),
        },
        Value::Object(_) => {}
        _ => return Ok(false),
    }
    expand(books, found, rest)
}

/// Lists that are there only for who asks.
fn hang_in(books: &Books<'_>, value: &mut Value, field: &str) -> Result<(), Problem> {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    match (value.get("object").and_then(Value::as_str), field) {
        (Some(Session::KIND), "line_items") => {
            value["line_items"] = books.get::<Session>(&id, "session")?.line_items();
        }
        (Some(Charge::KIND), "refunds") => {
            let mut filter = Filter::default();
            filter.equal("charge", Some(id.clone()));
            let (refunds, more) = books.list::<Refund>(&filter, 10)?;
            let data: Vec<Value> = refunds.iter().map(|refund| refund.json(books.now())).collect();
            let url = format!("/v1/charges/{id}/refunds");
            value["refunds"] = json!({ "object": "list", "data": data, "has_more": more, "url": url });
        }
        _ => {}
    }
    Ok(())
}

/// What an id names, if the field is one that can be expanded.
fn fetch(books: &Books<'_>, field: &str, id: &str) -> Result<Option<Value>, Problem> {
    match (field, id.split_once('_').map_or("", |(prefix, _)| prefix)) {
        ("payment_intent", _) => found::<Payment>(books, id),
        ("latest_charge" | "charge", _) => found::<Charge>(books, id),
        ("balance_transaction" | "failure_balance_transaction", _) => found::<Movement>(books, id),
        ("coupon", _) => found::<Coupon>(books, id),
        ("source", "ch") => found::<Charge>(books, id),
        ("source", "re") => found::<Refund>(books, id),
        ("source", "dp") => found::<Dispute>(books, id),
        _ => Ok(None),
    }
}

fn found<R: Record>(books: &Books<'_>, id: &str) -> Result<Option<Value>, Problem> {
    Ok(books.find::<R>(id)?.map(|record| record.json(books.now())))
}
