//! What an event adds to the facts of an order.

use super::{Checkout, Dispute, Event, Order, OrderState, Payment, Refund, RefundNews, RefundStatus, Said};
use crate::ledger::JournalEntry;
use crate::money::Price;
use crate::payment::SessionId;
use crate::time::Timestamp;

/// What an event makes of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// As it is now.
    pub order: Order,
    /// What is new in the book.
    pub entries: Vec<JournalEntry>,
    /// What people are to be told.
    pub news: Vec<News>,
}

/// What people are told of an order. It is told once, by whoever wrote the transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The buyer, who was told to wait, can pay now: where.
    CanBePaid(String),
    /// It is paid.
    Paid,
    /// So much is given back.
    Refunded(Price),
    /// The buyer asked for their money, and does not get it: why.
    RefundDeclined(String),
    /// Money that was to be given back is still here: why.
    NotRefunded(String),
    /// The buyer's bank took money.
    Disputed(Dispute),
    /// It was paid again, and that is given back.
    PaidTwice(Payment),
}

impl Order {
    /// What an event makes of it. `id` names the event: heard again it changes nothing.
    #[must_use]
    pub fn heard(&self, id: &str, at: Timestamp, event: Event) -> Transition {
        let mut order = self.clone();
        if self.history.knows(id) {
            return Transition { order, entries: Vec::new(), news: Vec::new() };
        }
        order.history.add(id, event.to_string(), at);
        let mut news = order.learn(at, event);
        if order.is_paid() && !self.is_paid() || order.is_paid() && self.history.lines().is_empty() {
            news.push(News::Paid);
        }
        let told = |payment: &&Payment| self.surplus().any(|known| known.id == payment.id);
        news.extend(order.surplus().filter(|payment| !told(payment)).cloned().map(News::PaidTwice));
        let before = self.journal();
        let known = |entry: &JournalEntry| before.iter().any(|known| known.cause == entry.cause);
        let entries = order.journal().into_iter().filter(|entry| !known(entry)).collect();
        Transition { order, entries, news }
    }

    /// Adds the fact, and says what is new about it.
    fn learn(&mut self, at: Timestamp, event: Event) -> Vec<News> {
        match event {
            Event::CheckoutAsked { attempt } if attempt > self.attempt => {
                self.attempt = attempt;
                self.asked = at;
            }
            Event::CheckoutAsked { .. } => {}
            Event::CheckoutOpened { attempt, session, url, expires } => {
                return self.opened(attempt, session, url, expires);
            }
            Event::CheckoutDelayed { attempt, .. } => self.delayed = self.delayed.max(Some(attempt)),
            Event::CheckoutRefused { attempt, why } => {
                self.refused = self.refused.take().max(Some((attempt, why)))
            }
            Event::CheckoutEnded { session, end } => {
                let checkout = self.checkout_of(session);
                checkout.end = checkout.end.take().max(Some(end));
            }
            Event::Declined { .. } => {}
            Event::RefundWished { why } => {
                self.wished.get_or_insert(Said { at, text: why });
            }
            Event::RefundDeclined { why } if self.declined.is_none() => {
                self.declined = Some(Said { at, text: why.clone() });
                return vec![News::RefundDeclined(why)];
            }
            Event::RefundDeclined { .. } => {}
            Event::Paid(payment) => self.paid(payment),
            Event::Fulfilled(courses) => {
                self.fulfilled = self.fulfilled.or(Some(at));
                self.given.extend(courses);
            }
            Event::RefundAsked { refund, payment, amount, asked } => {
                if self.refunds.iter().all(|known| known.id != Some(refund)) {
                    let refund = Refund { id: Some(refund), ..Refund::of(payment, amount, at) };
                    self.refunds.push(Refund { asked: Some(asked), ..refund });
                }
            }
            Event::RefundDelayed { .. } => {}
            Event::RefundRefused { refund, why } => {
                let found = self.refunds.iter_mut().find(|known| known.id == Some(refund));
                // What the service has it did not refuse.
                if let Some(known) = found.filter(|known| known.remote.is_none() && known.refused.is_none()) {
                    known.refused = Some(why.clone());
                    return vec![News::NotRefunded(why)];
                }
            }
            Event::Refunded(news) => return self.refunded_by(news),
            Event::Disputed(dispute) => return self.disputed_by(dispute),
            Event::AccessEnded(courses) => self.given.retain(|course| !courses.contains(course)),
            Event::Cancelled { .. } => self.cancelled = self.cancelled.or(Some(at)),
        }
        Vec::new()
    }

    fn opened(&mut self, attempt: u32, session: SessionId, url: String, expires: Timestamp) -> Vec<News> {
        let waits = self.delayed == Some(attempt) && self.state() == OrderState::Draft;
        self.attempt = self.attempt.max(attempt);
        let checkout = self.checkout_of(session);
        checkout.attempt = attempt;
        checkout.url = url;
        checkout.expires = expires;
        match self.checkout() {
            Some(checkout) if waits => vec![News::CanBePaid(checkout.url.clone())],
            _ => Vec::new(),
        }
    }

    /// What is known of a page. Its end may be heard of before it is.
    fn checkout_of(&mut self, session: SessionId) -> &mut Checkout {
        let at = self.checkouts.iter().position(|checkout| checkout.session == session);
        let at = at.unwrap_or_else(|| {
            let expires = Timestamp::default();
            self.checkouts.push(Checkout { session, attempt: 0, url: String::new(), expires, end: None });
            self.checkouts.len() - 1
        });
        &mut self.checkouts[at]
    }

    fn paid(&mut self, payment: Payment) {
        if self.payments.iter().all(|known| known.id != payment.id) {
            self.payments.push(payment);
            self.payments.sort_by(|a, b| (a.paid, &a.id).cmp(&(b.paid, &b.id)));
        }
    }

    fn refunded_by(&mut self, news: RefundNews) -> Vec<News> {
        let ours = news.refund.and_then(|id| self.refunds.iter().position(|known| known.id == Some(id)));
        let named = self.refunds.iter().position(|known| known.remote.as_ref() == Some(&news.remote));
        let at = named.or(ours).unwrap_or_else(|| {
            self.refunds.push(Refund::of(news.payment.clone(), news.amount, news.at));
            self.refunds.len() - 1
        });
        let currency = self.currency;
        let refund = &mut self.refunds[at];
        let before = refund.clone();
        refund.id = refund.id.or(news.refund);
        refund.remote = Some(news.remote);
        refund.at = news.at;
        refund.refused = None;
        match news.status {
            RefundStatus::Pending => {}
            RefundStatus::Arrived => refund.arrived = true,
            RefundStatus::Failed(why) => refund.failed = refund.failed.take().or(Some(why)),
        }
        match (&before.failed, &refund.failed) {
            (None, Some(why)) => vec![News::NotRefunded(why.clone())],
            (None, None) if before.remote.is_none() => {
                vec![News::Refunded(Price { minor: refund.amount, currency })]
            }
            _ => Vec::new(),
        }
    }

    fn disputed_by(&mut self, dispute: Dispute) -> Vec<News> {
        let known = self.disputes.iter_mut().find(|known| known.id == dispute.id);
        let changed = match known {
            Some(known) if known.status >= dispute.status => false,
            Some(known) => {
                known.status = dispute.status;
                true
            }
            None => {
                self.disputes.push(dispute.clone());
                true
            }
        };
        if changed { vec![News::Disputed(dispute)] } else { Vec::new() }
    }
}
