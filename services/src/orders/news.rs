//! Telling people what became of an order: its buyer by mail, and the operators what they should know.

use crate::mail::{self, Mail, OrderPlace, ReceiptLine};
use crate::ports::Write;
use crate::records::accounts;
use crate::worker::Job;
use crate::{Result, Stoa, outbox};
use domain::money::Price;
use domain::order::{DisputeStatus, News, Order};

/// The writes that tell it.
pub(super) async fn writes(stoa: &Stoa, order: &Order, news: Vec<News>) -> Result<Vec<Write>> {
    let mut writes = Vec::new();
    if news.is_empty() {
        return Ok(writes);
    }
    let buyer = accounts::account(&*stoa.table, order.buyer).await?;
    for news in news {
        if let Some((subject, text)) = trouble(order, &news) {
            writes.push(tell_operators(stoa, subject, text)?);
        }
        if let (Some(mail), Some(buyer)) = (mail(order, news), &buyer) {
            writes.push(mail::post(stoa, buyer, &mail)?);
        }
    }
    Ok(writes)
}

/// The write that tells those who run the place.
pub(super) fn tell_operators(stoa: &Stoa, subject: &str, text: String) -> Result<Write> {
    outbox::job(stoa, &Job::TellOperators { subject: subject.to_owned(), text })
}

/// An order, as mails name it.
fn place(order: &Order) -> OrderPlace {
    OrderPlace { order: order.id, titles: order.lines.iter().map(|line| line.title.clone()).collect() }
}

fn mail(order: &Order, news: News) -> Option<Mail> {
    let price = |minor| Price { minor, currency: order.currency };
    match news {
        News::CanBePaid(_) => Some(Mail::PaymentReady { order: place(order), total: order.total() }),
        News::Paid => {
            let line = |line: &domain::order::Line| ReceiptLine {
                title: line.title.clone(),
                price: price(line.list),
            };
            Some(Mail::Receipt {
                order: place(order),
                lines: order.lines.iter().map(line).collect(),
                discount: Some(order.discount()).filter(|discount| !discount.is_free()),
                total: order.total(),
            })
        }
        News::Refunded(amount) => Some(Mail::Refunded { order: place(order), amount }),
        News::RefundDeclined(why) => Some(Mail::RefundDeclined { order: place(order), why }),
        News::NotRefunded(_) | News::Disputed(_) | News::PaidTwice(_) => None,
    }
}

/// What operators should know: subject, and what happened.
fn trouble(order: &Order, news: &News) -> Option<(&'static str, String)> {
    let id = order.id;
    match news {
        News::CanBePaid(_) | News::Paid | News::Refunded(_) | News::RefundDeclined(_) => None,
        News::NotRefunded(why) => Some((
            "Money could not be given back",
            format!("Money of the order {id} was to be given back, and is still here: {why}."),
        )),
        News::Disputed(dispute) => {
            let amount = Price { minor: dispute.amount, currency: order.currency };
            let (subject, what) = match dispute.status {
                DisputeStatus::Inquiry => ("A bank asks about a payment", "asks about"),
                DisputeStatus::Open => ("A payment is disputed", "took back, until it is decided,"),
                DisputeStatus::Lost => ("A dispute was lost", "keeps"),
                DisputeStatus::Won => ("A dispute was won", "returned"),
            };
            let (dispute, reason) = (&dispute.id, &dispute.reason);
            Some((
                subject,
                format!("The buyer's bank {what} {amount} of the order {id}: {reason} ({dispute})."),
            ))
        }
        News::PaidTwice(payment) => {
            let amount = Price { minor: payment.amount, currency: payment.currency };
            let payment = &payment.id;
            Some((
                "A payment too many is given back",
                format!(
                    "{amount} came in for the order {id} beside what was to be paid ({payment}). It goes back."
                ),
            ))
        }
    }
}
