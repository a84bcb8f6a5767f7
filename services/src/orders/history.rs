//! Looking at orders: the own ones, and for those who help people, all of them with all that was heard.

use super::buy::own;
use super::settle::settle;
use crate::ports::PaymentNews;
use crate::records::{ledger, orders as records, payment_events};
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::id::{AccountId, OrderId};
use domain::ledger::JournalEntry;
use domain::order::{Order, OrderState};
use domain::permission::Permission;
use domain::time::Timestamp;

/// How many orders, or events, a page shows.
const PAGE: usize = 50;
/// The most events of an order that are looked at.
const MOST_EVENTS: usize = 200;

/// An order with all that was heard of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderHistory {
    /// The order; its own history is in it.
    pub order: Order,
    /// What is in the book for it.
    pub entries: Vec<JournalEntry>,
    /// What the payment service told of it, newest first.
    pub events: Vec<HeardEvent>,
}

/// Something that the payment service told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardEvent {
    /// Its name.
    pub event: String,
    /// What happened.
    pub news: PaymentNews,
    /// Which order it is about.
    pub order: Option<OrderId>,
    /// When it happened there.
    pub created: Timestamp,
    /// When it came here first.
    pub received: Timestamp,
    /// When it was worked through last.
    pub heard: Option<Timestamp>,
    /// How often that was tried.
    pub tries: u32,
    /// Why it did not work the last time.
    pub trouble: Option<String>,
}

impl From<payment_events::Kept> for HeardEvent {
    fn from(kept: payment_events::Kept) -> Self {
        Self {
            event: kept.told.event,
            news: kept.told.news,
            order: kept.order,
            created: kept.told.created,
            received: kept.received,
            heard: kept.heard,
            tries: kept.tries,
            trouble: kept.trouble,
        }
    }
}

/// The actor's orders, newest first, from after one; and whether there are more.
pub async fn mine(stoa: &Stoa, actor: Actor, after: Option<OrderId>) -> Result<(Vec<Order>, bool)> {
    access::check(actor, Permission::ManageOwnAccount)?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    records::of_account(&*stoa.table, account, after, PAGE).await
}

/// An order of the actor.
pub async fn order(stoa: &Stoa, actor: Actor, id: OrderId) -> Result<Order> {
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    Ok(own(stoa, account, id).await?.value.order)
}

/// All orders, newest first, from after one; and whether there are more.
pub async fn all(stoa: &Stoa, actor: Actor, after: Option<OrderId>) -> Result<(Vec<Order>, bool)> {
    access::check(actor, Permission::SeeOrders)?;
    records::all(&*stoa.table, after, PAGE).await
}

/// Orders that stand so, with when they changed last, the last first, from after such a place; and whether there are more.
pub async fn in_state(
    stoa: &Stoa,
    actor: Actor,
    state: OrderState,
    after: Option<(Timestamp, OrderId)>,
) -> Result<(Vec<(Timestamp, Order)>, bool)> {
    access::check(actor, Permission::SeeOrders)?;
    let (kept, more) = records::in_state(&*stoa.table, state, after, PAGE).await?;
    Ok((kept.into_iter().map(|kept| (kept.changed, kept.order)).collect(), more))
}

/// Orders whose buyers wait for an answer to their asking for money, the first that was placed first, from after one; and
/// whether there are more.
pub async fn wished(stoa: &Stoa, actor: Actor, after: Option<OrderId>) -> Result<(Vec<Order>, bool)> {
    access::check(actor, Permission::SeeOrders)?;
    records::wished(&*stoa.table, after, PAGE).await
}

/// The last order of an account, if there is one.
pub async fn last_of(stoa: &Stoa, actor: Actor, account: AccountId) -> Result<Option<OrderId>> {
    access::check(actor, Permission::SeeOrders)?;
    let (found, _) = records::of_account(&*stoa.table, account, None, 1).await?;
    Ok(found.first().map(|order| order.id))
}

/// Asks the payment service how an order stands, and does what follows from that.
pub async fn ask_about(stoa: &Stoa, actor: Actor, id: OrderId) -> Result<()> {
    access::check(actor, Permission::ReplayPayments)?;
    match settle(stoa, id).await?.trouble {
        None => Ok(()),
        Some(trouble) => Err(Error::Refused(format!("The payment service did not say all: {trouble}"))),
    }
}

/// An order with all that was heard of it.
pub async fn history(stoa: &Stoa, actor: Actor, id: OrderId) -> Result<OrderHistory> {
    access::check(actor, Permission::SeeOrders)?;
    let order = records::order(&*stoa.table, id).await?.ok_or(Error::NotFound)?.value.order;
    let entries = ledger::of_order(&*stoa.table, id).await?;
    let (events, _) = payment_events::told(&*stoa.table, Some(id), None, MOST_EVENTS).await?;
    Ok(OrderHistory { order, entries, events: events.into_iter().map(HeardEvent::from).collect() })
}

/// What the payment service told, newest first, from after the place `(received, event)`; and whether there is more.
pub async fn events(
    stoa: &Stoa,
    actor: Actor,
    after: Option<(Timestamp, &str)>,
) -> Result<(Vec<HeardEvent>, bool)> {
    access::check(actor, Permission::SeeOrders)?;
    let (events, more) = payment_events::told(&*stoa.table, None, after, PAGE).await?;
    Ok((events.into_iter().map(HeardEvent::from).collect(), more))
}
