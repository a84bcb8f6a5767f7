//! Lists, page by page, the newest first (API reference, "Pagination").

use super::expand;
use crate::books::{Books, Filter};
use crate::form::Form;
use crate::model::Record;
use crate::problem::Problem;
use serde_json::{Value, json};

/// How many are on a page that does not say.
const PAGE: i64 = 10;
/// The most on one page.
const MOST: i64 = 100;

/// A page of records, by moment and by what they belong to.
pub(super) fn list<R: Record>(
    books: &Books<'_>,
    mut form: Form,
    path: &str,
    by: &[&str],
) -> Result<Value, Problem> {
    let limit = form.integer("limit")?.unwrap_or(PAGE);
    if !(1..=MOST).contains(&limit) {
        let message = format!("The limit must be from 1 to {MOST}: {limit}");
        return Err(Problem::parameter("parameter_invalid_integer", "limit", message));
    }
    let mut filter = Filter {
        after: form.text("starting_after")?,
        before: form.text("ending_before")?,
        ..Filter::default()
    };
    if filter.after.is_some() && filter.before.is_some() {
        let message = "You cannot parameterize both `starting_after` and `ending_before`.";
        return Err(Problem::invalid("starting_after", message));
    }
    created(&mut form, &mut filter)?;
    for name in by {
        equal(&mut form, &mut filter, name)?;
    }
    let expand = form.texts("expand")?;
    form.done()?;
    let (records, more) = books.list::<R>(&filter, usize::try_from(limit).unwrap_or_default())?;
    let data: Vec<Value> = records.iter().map(|record| record.json(books.now())).collect();
    let page = json!({ "object": "list", "data": data, "has_more": more, "url": format!("/v1/{path}") });
    expand::expanded(books, page, &expand)
}

/// `created=1` or `created[gte]=1`.
fn created(form: &mut Form, filter: &mut Filter) -> Result<(), Problem> {
    if let Some(exactly) = form.integer_unless_object("created")? {
        filter.created.push(("=", exactly));
        return Ok(());
    }
    let Some(mut range) = form.object("created")? else { return Ok(()) };
    for (name, operator) in [("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")] {
        filter.created.extend(range.integer(name)?.map(|seconds| (operator, seconds)));
    }
    range.done()
}

/// Parameters whose names are not the fields'.
fn equal(form: &mut Form, filter: &mut Filter, name: &str) -> Result<(), Problem> {
    match name {
        "payment_intent" => filter.equal("payment_intent", form.text(name)?),
        "charge" => filter.equal("charge", form.text(name)?),
        "source" => filter.equal("source", form.text(name)?),
        "currency" => filter.equal("currency", form.text(name)?),
        "types" => filter.any_of("what", form.texts(name)?),
        "type" => filter.equal("what", form.text(name)?),
        _ => {}
    }
    Ok(())
}
