//! Orders, news and books, for those who help and those who run the site.

use super::own::{page, row};
use crate::orders::{self, HeardEvent, OrderHistory};
use crate::ports::PaymentNews;
use crate::records::{accounts, payment_events};
use crate::{Error, Result, Stoa, access};
use domain::account::{Account, Actor};
use domain::id::{AccountId, OrderId};
use domain::ledger::{self, JournalEntry};
use domain::order::{Order, OrderState};
use domain::permission::Permission;
use domain::shop::{
    Difference, Happened, JournalRow, NewsRow, OrderFile, OrdersPage, OtherPayment, PaymentsBoard,
    REFUND_ASKED, ReconciledIn, Reconciliation,
};
use domain::text::Email;
use domain::time::{DAY, Timestamp};
use std::collections::HashMap;

/// All orders, newest first; those whose buyers wait for an answer to their asking for money ([`REFUND_ASKED`]), oldest
/// first; or those that stand in a certain way, changed last first. From behind `after` (an [`OrdersPage::next`]).
pub async fn all_orders(stoa: &Stoa, actor: Actor, state: &str, after: Option<&str>) -> Result<OrdersPage> {
    let (found, next) = match state {
        "" | REFUND_ASKED => {
            let after = after.map(str::parse::<OrderId>).transpose().map_err(|_| Error::NotFound)?;
            let (found, more) = match state {
                REFUND_ASKED => orders::wished(stoa, actor, after).await?,
                _ => orders::all(stoa, actor, after).await?,
            };
            let next = found.last().filter(|_| more).map(|order| order.id.to_string());
            (found, next)
        }
        state => {
            let state =
                OrderState::ALL.into_iter().find(|known| known.name() == state).ok_or(Error::NotFound)?;
            let after = after.map(|place| parse_place(place).ok_or(Error::NotFound)).transpose()?;
            let (found, more) = orders::in_state(stoa, actor, state, after).await?;
            let next =
                found.last().filter(|_| more).map(|(changed, order)| place(*changed, &order.id.to_string()));
            (found.into_iter().map(|(_, order)| order).collect(), next)
        }
    };
    let buyers = buyers(stoa, &found).await?;
    let with_buyer =
        |order: &Order| domain::shop::OrderRow { buyer: buyers.get(&order.buyer).cloned(), ..row(order) };
    Ok(OrdersPage { orders: found.iter().map(with_buyer).collect(), next })
}

/// The order of that number, or the last one of whose address it is.
pub async fn find_order(stoa: &Stoa, actor: Actor, text: &str) -> Result<OrderId> {
    access::check(actor, Permission::SeeOrders)?;
    let text = text.trim();
    if let Ok(id) = text.to_ascii_uppercase().parse::<OrderId>() {
        return Ok(orders::history(stoa, actor, id).await?.order.id);
    }
    let email: Email = text
        .parse()
        .map_err(|_| Error::invalid("What is looked for", "is no order number and no e-mail address"))?;
    let account = accounts::account_by_email(&*stoa.table, &email).await?;
    let account = account.ok_or_else(|| Error::Refused("Nobody has this address.".into()))?;
    let last = orders::last_of(stoa, actor, account.id).await?;
    last.ok_or_else(|| Error::Refused(format!("{email} has ordered nothing.")))
}

/// An order with all that happened.
pub async fn order_file(stoa: &Stoa, actor: Actor, id: OrderId) -> Result<OrderFile> {
    let OrderHistory { order, entries, events } = orders::history(stoa, actor, id).await?;
    let buyer = accounts::account(&*stoa.table, order.buyer).await?;
    let may_act = access::check(actor, Permission::Refund).is_ok();
    Ok(OrderFile {
        page: page(stoa, &order).await?,
        account: order.buyer,
        buyer: buyer.map(|account| account.email),
        refund_reason: order.open_wish().map(|wish| wish.text.clone()),
        payment: order.payment().map(|payment| payment.id.to_string()),
        refundable: order.refundable(),
        history: happened(&order, &events),
        journal: entries.iter().flat_map(postings).collect(),
        may_act,
    })
}

/// What the payment service told, newest first, from behind `after` (a [`PaymentsBoard::next`]).
pub async fn payment_news(stoa: &Stoa, actor: Actor, after: Option<&str>) -> Result<PaymentsBoard> {
    let after = match after {
        Some(place) => {
            let (received, event) = place.split_once('-').ok_or(Error::NotFound)?;
            if !payment_events::is_name(event) {
                return Err(Error::NotFound);
            }
            let received = received.parse().map_err(|_| Error::NotFound)?;
            Some((Timestamp::from_millis(received), event))
        }
        None => None,
    };
    let (found, more) = orders::events(stoa, actor, after).await?;
    let next = found.last().filter(|_| more).map(|last| place(last.received, &last.event));
    let may_replay = access::check(actor, Permission::ReplayPayments).is_ok();
    let row = |heard: HeardEvent| NewsRow {
        kind: kind(&heard.news),
        handled: heard.heard.is_some() || matches!(heard.news, PaymentNews::Other(_)),
        trouble: heard.trouble,
        order: heard.order,
        received: heard.received,
        event: heard.event,
    };
    Ok(PaymentsBoard { news: found.into_iter().map(row).collect(), next, may_replay })
}

/// Our books against the payment service's from one day to another, both included, as `2026-11-27`; without them of
/// yesterday and today.
pub async fn books(stoa: &Stoa, actor: Actor, from: &str, until: &str) -> Result<Reconciliation> {
    access::check(actor, Permission::Reconcile)?;
    let today = stoa.clock.now().day();
    let day = |field, typed: &str, usual: Timestamp| match typed.trim() {
        "" => Ok(usual),
        typed => orders::day(field, typed),
    };
    let (first, last) = (day("From", from, today.minus(DAY))?, day("Until", until, today)?);
    let report = match orders::reconcile(stoa, actor, first, last.plus(DAY)).await {
        Err(Error::Unavailable(error)) => {
            tracing::warn!(%error, "the books cannot be compared");
            return Err(Error::Refused(
                "The payment service does not answer now: compare the books once it does.".into(),
            ));
        }
        report => report?,
    };
    let sum = |sums: orders::Sums| ReconciledIn {
        currency: sums.currency,
        ledger: sums.ours,
        service: sums.theirs,
    };
    let difference = |found: orders::Difference| Difference {
        order: found.order,
        payment: found.payment.to_string(),
        ledger: found.ours,
        service: found.theirs,
    };
    Ok(Reconciliation {
        from: first.date(),
        until: last.date(),
        currencies: report.sums.into_iter().map(sum).collect(),
        differences: report.differences.into_iter().map(difference).collect(),
        others: report
            .others
            .into_iter()
            .map(|(payment, amount)| OtherPayment { payment: payment.to_string(), amount })
            .collect(),
    })
}

async fn buyers(stoa: &Stoa, orders: &[Order]) -> Result<HashMap<AccountId, Email>> {
    let mut ids: Vec<AccountId> = orders.iter().map(|order| order.buyer).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = accounts::accounts(&*stoa.table, &ids).await?;
    Ok(found.into_iter().map(|Account { id, email, .. }| (id, email)).collect())
}

/// What is known of an order from either side, in the order in which it came here.
fn happened(order: &Order, events: &[HeardEvent]) -> Vec<Happened> {
    let mut all: Vec<Happened> = order
        .history
        .lines()
        .iter()
        .map(|line| Happened {
            at: line.at,
            what: line.text.clone(),
            details: match line.times {
                1 => String::new(),
                times => format!("{times} times, the last time at {}", line.last.clock()),
            },
        })
        .collect();
    all.extend(events.iter().map(|heard| Happened {
        at: heard.received,
        what: format!("The payment service told: {}", kind(&heard.news)),
        details: match &heard.trouble {
            None => heard.event.clone(),
            Some(trouble) => format!("{}, tried {} times: {trouble}", heard.event, heard.tries),
        },
    }));
    all.sort_by_key(|happened| happened.at);
    all
}

fn postings(entry: &JournalEntry) -> impl Iterator<Item = JournalRow> {
    entry.postings().iter().map(|posting| JournalRow {
        at: entry.at,
        what: entry.cause.to_string(),
        account: match posting.account {
            ledger::Account::Clearing => "Clearing",
            ledger::Account::Sales(_) => "Sales",
            ledger::Account::Refunds(_) => "Refunds",
            ledger::Account::Disputes(_) => "Disputes",
        }
        .to_owned(),
        amount: posting.amount,
        currency: entry.currency,
    })
}

fn kind(news: &PaymentNews) -> String {
    match news {
        PaymentNews::CheckoutCompleted => "a checkout is completed",
        PaymentNews::CheckoutPaid => "a checkout is paid",
        PaymentNews::CheckoutFailed => "a checkout failed",
        PaymentNews::CheckoutExpired => "a checkout expired",
        PaymentNews::PaymentSucceeded => "money came in",
        PaymentNews::PaymentFailed => "a try to pay failed",
        PaymentNews::Refunded => "a refund",
        PaymentNews::Disputed => "a dispute",
        PaymentNews::Other(name) => name,
    }
    .to_owned()
}

/// A place in a list, as it stands in an address.
fn place(at: Timestamp, id: &str) -> String {
    format!("{}-{id}", at.millis())
}

fn parse_place(place: &str) -> Option<(Timestamp, OrderId)> {
    let (at, id) = place.split_once('-')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}
