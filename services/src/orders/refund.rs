//! Giving money back.

use super::buy::{at_once, own};
use super::commit::{Look, commit, load};
use super::news::tell_operators;
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::audit;
use domain::id::{CourseId, OrderId, RefundId};
use domain::money::Price;
use domain::order::{Asked, Event, Order};
use domain::permission::Permission;
use std::collections::BTreeSet;

/// The most characters of a reason.
const LONGEST_REASON: usize = 500;

/// What is to be given back, as typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct RefundInput<'a> {
    /// How much; empty for all that is left, of the courses that are named.
    pub amount: &'a str,
    /// Why.
    pub reason: &'a str,
    /// For which courses of the order; none for all of them alike.
    pub courses: &'a [CourseId],
    /// Whether the buyer loses these courses once the money is on its way: also where they are watching.
    pub removes: bool,
}

/// Gives money of an order back. That it is to be is written first; where the payment service does not answer, it is asked
/// again until it does.
pub async fn refund(stoa: &Stoa, actor: Actor, id: OrderId, input: RefundInput<'_>) -> Result<Order> {
    access::check(actor, Permission::Refund)?;
    let reason = reason(input.reason)?;
    let courses: BTreeSet<CourseId> = input.courses.iter().copied().collect();
    until_written(|| async {
        let kept = load(stoa, id).await?;
        let order = &kept.value.order;
        let payment =
            order.payment().ok_or_else(|| Error::Refused("Nothing was paid for this order.".to_owned()))?;
        if let Some(other) =
            courses.iter().find(|course| !order.lines.iter().any(|line| line.course == **course))
        {
            return Err(Error::invalid("Courses", format!("are to be of this order, and {other} is not")));
        }
        let amount = amount(order, input.amount, &courses)?;
        let refund = RefundId::new(stoa.clock.now(), stoa.random.bits());
        let logged = audit::Event::RefundAsked {
            account: order.buyer,
            order: id,
            minor: amount.minor,
            currency: amount.currency,
        };
        let asked = Asked {
            by: actor.account(),
            reason: reason.clone(),
            courses: courses.clone(),
            removes: input.removes,
        };
        let event = Event::RefundAsked { refund, payment: payment.id.clone(), amount: amount.minor, asked };
        let log = vec![crate::audit::entry(stoa, actor, &logged)?];
        commit(stoa, &kept, vec![(format!("asked {refund}"), event)], log, Look::Soon).await
    })
    .await?;
    at_once(stoa, id).await
}

/// The actor asks for the money of their order: those who run the place decide.
pub async fn ask_for_refund(stoa: &Stoa, actor: Actor, id: OrderId, why: &str) -> Result<()> {
    let buyer = actor.account().ok_or(Error::SignInNeeded)?;
    let why = reason(why)?;
    until_written(|| async {
        let kept = own(stoa, buyer, id).await?;
        // Asked for again, it is known already.
        if kept.value.order.wished.is_some() {
            return Ok(());
        }
        if !kept.value.order.may_wish() {
            return Err(Error::Refused("There is nothing to give back of this order.".to_owned()));
        }
        let wished = vec![("refund wished".to_owned(), Event::RefundWished { why: why.clone() })];
        let text = format!("The buyer of the order {id} asks for their money:\n\n{why}");
        let told = vec![tell_operators(stoa, "A buyer asks for their money", text)?];
        commit(stoa, &kept, wished, told, Look::AsPlanned).await.map(drop)
    })
    .await
}

/// Tells a buyer, who asked for their money, that they do not get it, and why.
pub async fn decline_refund(stoa: &Stoa, actor: Actor, id: OrderId, why: &str) -> Result<()> {
    access::check(actor, Permission::Refund)?;
    let why = reason(why)?;
    until_written(|| async {
        let kept = load(stoa, id).await?;
        if kept.value.order.open_wish().is_none() {
            return Err(Error::Refused(
                "Nobody waits for an answer: it was given, or not asked for.".to_owned(),
            ));
        }
        let declined = vec![("refund declined".to_owned(), Event::RefundDeclined { why: why.clone() })];
        let logged = audit::Event::RefundDeclined { account: kept.value.order.buyer, order: id };
        let log = vec![crate::audit::entry(stoa, actor, &logged)?];
        commit(stoa, &kept, declined, log, Look::AsPlanned).await.map(drop)
    })
    .await
}

/// How much is given back: what was typed, at most what is left.
fn amount(order: &Order, typed: &str, courses: &BTreeSet<CourseId>) -> Result<Price> {
    let left = order.refundable();
    if left.is_free() {
        return Err(Error::Refused("All of it was given back already.".to_owned()));
    }
    let amount = match typed.trim() {
        "" if courses.is_empty() => left,
        "" => {
            let named = order.lines.iter().filter(|line| courses.contains(&line.course));
            let paid: i64 = named.map(|line| line.to_pay()).sum();
            Price { minor: paid.min(left.minor), currency: left.currency }
        }
        typed => Price::parse(typed, order.currency).map_err(|e| Error::invalid("Amount", e))?,
    };
    if amount.is_free() {
        return Err(Error::invalid("Amount", "is more than nothing"));
    }
    if amount.minor > left.minor {
        return Err(Error::invalid("Amount", format!("is more than is left of what was paid: {left}")));
    }
    Ok(amount)
}

fn reason(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::invalid("Reason", "is empty")),
        n if n > LONGEST_REASON => {
            Err(Error::invalid("Reason", format!("is longer than {LONGEST_REASON} characters")))
        }
        _ => Ok(text.to_owned()),
    }
}
