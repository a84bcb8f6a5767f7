//! What the payment service tells by itself: stored before it is acknowledged, and worked through by the queue, in any order
//! and any number of times. It is a hint: the truth is asked for.

use super::settle::{Settled, settle};
use crate::ports::{Condition, PaymentNews, Payments, PaymentsError, Told};
use crate::records::payment_events::{self as records, Kept};
use crate::retry::until_written;
use crate::worker::{Job, Outcome};
use crate::{Error, Result, Stoa, access, audit, outbox};
use domain::account::Actor;
use domain::audit::Event;
use domain::id::OrderId;
use domain::permission::Permission;

/// Stores what was told, with the job that works it through. What was told before is fine; what is of no kind that concerns
/// us is kept, and nothing else.
pub async fn hear(stoa: &Stoa, told: Told) -> Result<()> {
    let concerns_us = !matches!(told.news, PaymentNews::Other(_));
    let event = told.event.clone();
    let received = stoa.clock.now();
    let kept = Kept { order: told.order, told, received, heard: None, tries: 0, trouble: None };
    let mut writes = vec![records::put(&kept, Condition::Absent)?];
    if concerns_us {
        writes.push(outbox::job(stoa, &Job::HearPayment { event })?);
    }
    match stoa.table.transact(writes).await.map_err(Error::from) {
        Err(Error::Conflict) => Ok(()),
        Ok(()) => {
            stoa.wake.notify_one();
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Has something that was told worked through once more.
pub async fn replay(stoa: &Stoa, actor: Actor, event: &str) -> Result<()> {
    access::check(actor, Permission::ReplayPayments)?;
    records::event(&*stoa.table, event).await?.ok_or(Error::NotFound)?;
    let event = event.to_owned();
    let writes = vec![
        outbox::job(stoa, &Job::HearPayment { event: event.clone() })?,
        audit::entry(stoa, actor, &Event::PaymentEventReplayed { event })?,
    ];
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}

/// Works through what was told.
pub(crate) async fn hear_job(stoa: &Stoa, event: &str) -> Outcome {
    let (order, trouble) = match work_through(stoa, event).await {
        Ok((order, trouble)) => (order, trouble),
        Err(Error::NotFound) => (None, Some("it is about no order that is here".to_owned())),
        Err(error) => return Outcome::Retry { reason: error.to_string(), after: None },
    };
    // What is known to be worth no other try is no reason for one.
    let again = trouble.clone().filter(|_| order.is_some());
    match note(stoa, event, order, trouble).await {
        Ok(()) => again.map_or(Outcome::Done, |reason| Outcome::Retry { reason, after: None }),
        Err(error) => Outcome::Retry { reason: error.to_string(), after: None },
    }
}

/// The order that it is about, if any, and what stopped us for now.
async fn work_through(stoa: &Stoa, event: &str) -> Result<(Option<OrderId>, Option<String>)> {
    let told = records::event(&*stoa.table, event).await?.ok_or(Error::NotFound)?.value.told;
    let Some(order) = order_of(stoa.payments.as_deref(), &told).await? else { return Ok((None, None)) };
    let Settled { trouble, .. } = settle(stoa, order).await?;
    Ok((Some(order), trouble))
}

/// The order that was told of. Where the service does not name it, its payment does.
async fn order_of(payments: Option<&dyn Payments>, told: &Told) -> Result<Option<OrderId>> {
    match (told.order, &told.payment, payments) {
        (Some(order), ..) => Ok(Some(order)),
        (None, Some(payment), Some(payments)) => match payments.payment(payment).await {
            Ok(payment) => Ok(payment.order),
            Err(PaymentsError::Refused { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        },
        _ => Ok(None),
    }
}

async fn note(stoa: &Stoa, event: &str, order: Option<OrderId>, trouble: Option<String>) -> Result<()> {
    until_written(|| async {
        let Some(stored) = records::event(&*stoa.table, event).await? else { return Ok(()) };
        let mut kept = stored.value;
        kept.order = kept.order.or(order);
        kept.tries += 1;
        kept.heard = Some(stoa.clock.now());
        kept.trouble = trouble.clone();
        Ok(stoa.table.write(records::put(&kept, Condition::Version(stored.version))?).await?)
    })
    .await
}
