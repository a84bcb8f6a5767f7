//! A payment service in memory: the simplest thing that keeps the contract, for unit tests. Buyers, banks and outages are
//! methods of it.

use super::Buyer;
use crate::clock::Clock;
use crate::ports::{
    Checkout, CheckoutStatus, Dispute, DisputeStatus, Movement, MovementKind, MovementPage, Payment,
    Payments, PaymentsError, Purchase, Refund, RefundRequest, RefundStatus,
};
use async_trait::async_trait;
use domain::id::RefundId;
use domain::payment::{DisputeId, MovementId, PaymentId, RemoteRefund, SessionId};
use domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const SOONEST: Duration = Duration::from_secs(30 * 60);
const LATEST: Duration = Duration::from_secs(24 * 3600);
const MOST_LINES: usize = 100;

/// A payment service in memory.
pub struct MemoryPayments {
    state: Mutex<State>,
    clock: Arc<dyn Clock>,
}

/// What a payment service does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outage {
    /// It answers.
    #[default]
    None,
    /// It does nothing.
    Down,
    /// It does what is asked, and the answer is lost.
    Mute,
    /// It does nothing for so long, and then what is asked.
    Late(Duration),
}

#[derive(Default)]
struct State {
    outage: Outage,
    last_id: u64,
    sessions: BTreeMap<SessionId, Session>,
    payments: BTreeMap<PaymentId, Payment>,
    /// The oldest first.
    movements: Vec<Movement>,
}

struct Session {
    purchase: Purchase,
    stands: Stands,
}

enum Stands {
    Open(Option<String>),
    Processing,
    Paid(PaymentId),
    Expired,
    Failed(String),
}

impl MemoryPayments {
    /// One that was never used.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Mutex::default(), clock }
    }

    /// What it does instead of answering, from now on.
    pub fn fail_with(&self, outage: Outage) {
        self.state().outage = outage;
    }

    /// The buyer pays.
    ///
    /// # Panics
    /// Where the page can no longer be paid.
    pub fn pay(&self, session: &SessionId) -> PaymentId {
        let now = self.now();
        let mut state = self.state();
        let id = PaymentId(state.name("pi"));
        let session = state.sessions.get_mut(session).expect("the page exists");
        session.settle(now);
        assert!(matches!(session.stands, Stands::Open(_) | Stands::Processing), "the page can be paid");
        session.stands = Stands::Paid(id.clone());
        let Purchase { order, currency, .. } = session.purchase;
        let amount = session.purchase.total();
        let payment = Payment {
            id: id.clone(),
            order: Some(order),
            amount,
            currency,
            paid: now,
            refunds: Vec::new(),
            disputes: Vec::new(),
            receipt_url: Some(format!("https://payments.example/receipts/{id}")),
        };
        state.payments.insert(id.clone(), payment);
        state.moved(MovementKind::Payment, &id, amount, now);
        id
    }

    /// The buyer pays in a way that takes days: then [`MemoryPayments::pay`] is the money, or [`MemoryPayments::fail`].
    ///
    /// # Panics
    /// Where the page can no longer be paid.
    pub fn promise(&self, session: &SessionId) {
        self.change(session, |stands| {
            assert!(matches!(stands, Stands::Open(_)), "the page can be paid");
            *stands = Stands::Processing;
        });
    }

    /// The money that was on its way does not come.
    ///
    /// # Panics
    /// Where none was.
    pub fn fail(&self, session: &SessionId, why: &str) {
        self.change(session, |stands| {
            assert!(matches!(stands, Stands::Processing), "money was on its way");
            *stands = Stands::Failed(why.to_owned());
        });
    }

    /// The buyer's card is declined.
    ///
    /// # Panics
    /// Where the page can no longer be paid.
    pub fn decline(&self, session: &SessionId, why: &str) {
        self.change(session, |stands| {
            assert!(matches!(stands, Stands::Open(_)), "the page can be paid");
            *stands = Stands::Open(Some(why.to_owned()));
        });
    }

    /// Somebody gives money back from the service's own pages.
    ///
    /// # Panics
    /// Where there is less left.
    pub fn refund_there(&self, payment: &PaymentId, amount: i64) -> RemoteRefund {
        let now = self.now();
        self.state().refund(payment, None, amount, now).expect("so much is left").id
    }

    /// What became of a refund: one that failed is ours again.
    ///
    /// # Panics
    /// Where there is no such refund.
    pub fn settle_refund(&self, refund: &RemoteRefund, status: RefundStatus) {
        let now = self.now();
        let mut state = self.state();
        let found = state.payments.values_mut().find_map(|payment| {
            let found = payment.refunds.iter_mut().find(|known| known.id == *refund)?;
            Some((payment.id.clone(), found))
        });
        let (payment, found) = found.expect("the refund exists");
        found.status = status.clone();
        let amount = found.amount;
        if let RefundStatus::Failed(_) = status {
            state.moved(MovementKind::RefundFailed, &payment, amount, now);
        }
    }

    /// The buyer disputes all of a payment.
    ///
    /// # Panics
    /// Where there is no such payment.
    pub fn dispute(&self, payment: &PaymentId) -> DisputeId {
        let now = self.now();
        let mut state = self.state();
        let id = DisputeId(state.name("dp"));
        let disputed = state.payments.get_mut(payment).expect("the payment exists");
        let amount = disputed.amount;
        disputed.disputes.push(Dispute {
            id: id.clone(),
            amount,
            status: DisputeStatus::Open,
            reason: "fraudulent".into(),
            created: now,
        });
        state.moved(MovementKind::Disputed, payment, -amount, now);
        id
    }

    /// The bank decides a dispute.
    ///
    /// # Panics
    /// Where there is no such dispute.
    pub fn decide(&self, dispute: &DisputeId, won: bool) {
        let now = self.now();
        let mut state = self.state();
        let found = state.payments.values_mut().find_map(|payment| {
            let found = payment.disputes.iter_mut().find(|known| known.id == *dispute)?;
            Some((payment.id.clone(), found))
        });
        let (payment, found) = found.expect("the dispute exists");
        found.status = if won { DisputeStatus::Won } else { DisputeStatus::Lost };
        let amount = found.amount;
        if won {
            state.moved(MovementKind::DisputeWon, &payment, amount, now);
        }
    }

    fn change(&self, session: &SessionId, change: impl FnOnce(&mut Stands)) {
        let now = self.now();
        let mut state = self.state();
        let session = state.sessions.get_mut(session).expect("the page exists");
        session.settle(now);
        change(&mut session.stands);
    }

    /// Does it, unless there is an outage, and answers, unless there is an outage.
    async fn answer<T>(
        &self,
        act: impl FnOnce(&mut State, Timestamp) -> Result<T, PaymentsError> + Send,
    ) -> Result<T, PaymentsError> {
        let outage = self.state().outage;
        if let Outage::Late(by) = outage {
            tokio::time::sleep(by).await;
        }
        let now = self.now();
        let mut state = self.state();
        let unavailable = || Err(PaymentsError::Unavailable("there is an outage".into()));
        match outage {
            Outage::None | Outage::Late(_) => act(&mut state, now),
            Outage::Down => unavailable(),
            Outage::Mute => act(&mut state, now).and_then(|_| unavailable()),
        }
    }

    /// Services of this kind count in seconds.
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.clock.now().seconds())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn settle(&mut self, now: Timestamp) {
        if matches!(self.stands, Stands::Open(_)) && now >= self.purchase.expires {
            self.stands = Stands::Expired;
        }
    }
}

impl State {
    fn name(&mut self, kind: &str) -> String {
        self.last_id += 1;
        format!("{kind}_{:08}", self.last_id)
    }

    fn session(&mut self, id: &SessionId, now: Timestamp) -> Result<&mut Session, PaymentsError> {
        let session = self.sessions.get_mut(id).ok_or_else(|| refused("no such session"))?;
        session.settle(now);
        Ok(session)
    }

    fn payment(&mut self, id: &PaymentId) -> Result<&mut Payment, PaymentsError> {
        self.payments.get_mut(id).ok_or_else(|| refused("no such payment"))
    }

    fn moved(&mut self, kind: MovementKind, payment: &PaymentId, amount: i64, at: Timestamp) {
        let id = MovementId(self.name("txn"));
        let currency = self.payments.get(payment).map(|payment| payment.currency);
        self.movements.push(Movement { id, kind, payment: Some(payment.clone()), amount, currency, at });
    }

    fn refund(
        &mut self,
        id: &PaymentId,
        refund: Option<RefundId>,
        amount: i64,
        now: Timestamp,
    ) -> Result<Refund, PaymentsError> {
        let remote = RemoteRefund(self.name("re"));
        let payment = self.payment(id)?;
        if let Some(known) = payment.refunds.iter().find(|known| refund.is_some() && known.refund == refund) {
            return Ok(known.clone());
        }
        let given = payment.refunds.iter().filter(|known| !matches!(known.status, RefundStatus::Failed(_)));
        let left = payment.amount - given.map(|known| known.amount).sum::<i64>();
        if !(1..=left).contains(&amount) {
            return Err(refused("more than is left, or nothing"));
        }
        let made = Refund { id: remote, refund, amount, status: RefundStatus::Succeeded, created: now };
        payment.refunds.push(made.clone());
        self.moved(MovementKind::Refund, id, -amount, now);
        Ok(made)
    }
}

fn refused(message: &str) -> PaymentsError {
    PaymentsError::Refused { message: message.into() }
}

#[async_trait]
impl Payments for MemoryPayments {
    async fn open(&self, purchase: &Purchase) -> Result<Checkout, PaymentsError> {
        self.answer(|state, now| {
            let same = |session: &&Session| {
                (session.purchase.order, session.purchase.attempt) == (purchase.order, purchase.attempt)
            };
            let known = state.sessions.iter().find(|(_, session)| same(session));
            if let Some((_, session)) = known
                && session.purchase != *purchase
            {
                return Err(refused("another purchase under the same name"));
            }
            let id = match known {
                Some((id, _)) => id.clone(),
                None => {
                    let lines = &purchase.lines;
                    let lines_ok = (1..=MOST_LINES).contains(&lines.len())
                        && lines
                            .iter()
                            .chain(&purchase.discount)
                            .all(|line| line.amount >= 0 && !line.title.is_empty());
                    let life = now.plus(SOONEST)..=now.plus(LATEST);
                    if !lines_ok || purchase.total() <= 0 || !life.contains(&purchase.expires) {
                        return Err(refused("no such purchase can be opened"));
                    }
                    let id = SessionId(state.name("cs"));
                    let session = Session { purchase: purchase.clone(), stands: Stands::Open(None) };
                    state.sessions.insert(id.clone(), session);
                    id
                }
            };
            let url = format!("https://payments.example/pay/{id}");
            Ok(Checkout { session: id, url, expires: purchase.expires })
        })
        .await
    }

    async fn status(&self, session: &SessionId) -> Result<CheckoutStatus, PaymentsError> {
        self.answer(|state, now| {
            let paid = match &state.session(session, now)?.stands {
                Stands::Open(failure) => return Ok(CheckoutStatus::Open { failure: failure.clone() }),
                Stands::Processing => return Ok(CheckoutStatus::Processing),
                Stands::Expired => return Ok(CheckoutStatus::Expired),
                Stands::Failed(why) => return Ok(CheckoutStatus::Failed { failure: Some(why.clone()) }),
                Stands::Paid(payment) => payment.clone(),
            };
            Ok(CheckoutStatus::Paid(state.payment(&paid)?.clone()))
        })
        .await
    }

    async fn expire(&self, session: &SessionId) -> Result<(), PaymentsError> {
        self.answer(|state, now| {
            let session = state.session(session, now)?;
            match session.stands {
                Stands::Open(_) | Stands::Expired => {
                    session.stands = Stands::Expired;
                    Ok(())
                }
                Stands::Processing | Stands::Paid(_) | Stands::Failed(_) => Err(refused("it was used")),
            }
        })
        .await
    }

    async fn payment(&self, payment: &PaymentId) -> Result<Payment, PaymentsError> {
        self.answer(|state, _| Ok(state.payment(payment)?.clone())).await
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<Refund, PaymentsError> {
        self.answer(|state, now| state.refund(&refund.payment, Some(refund.refund), refund.amount, now)).await
    }

    async fn movements(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&MovementId>,
    ) -> Result<MovementPage, PaymentsError> {
        self.answer(|state, _| {
            let span = state.movements.iter().rev().filter(|line| (from..until).contains(&line.at));
            let older = span.skip_while(|line| after.is_some_and(|after| line.id >= *after));
            let mut movements: Vec<_> = older.take(101).cloned().collect();
            let more = movements.len() > 100;
            movements.truncate(100);
            Ok(MovementPage { movements, more })
        })
        .await
    }
}

#[async_trait]
impl Buyer for Arc<MemoryPayments> {
    async fn pay(&self, checkout: &Checkout) {
        MemoryPayments::pay(self, &checkout.session);
    }

    async fn decline(&self, checkout: &Checkout) {
        MemoryPayments::decline(self, &checkout.session, "Your card was declined.");
    }

    async fn dispute(&self, payment: &PaymentId) {
        MemoryPayments::dispute(self, payment);
    }

    async fn decide(&self, dispute: &DisputeId, won: bool) {
        MemoryPayments::decide(self, dispute, won);
    }

    async fn refund_there(&self, payment: &PaymentId, amount: i64) {
        MemoryPayments::refund_there(self, payment, amount);
    }

    async fn outage(&self, outage: Outage) {
        self.fail_with(outage);
    }
}

#[cfg(test)]
mod tests {
    use super::super::PaymentsFixture;
    use super::*;
    use crate::contract::{Fixture, TestClock};

    fn fresh() -> PaymentsFixture {
        let clock = TestClock::new();
        let payments = Arc::new(MemoryPayments::new(clock.clone()));
        PaymentsFixture { payments: Fixture::new(payments.clone(), clock, ()), buyer: Box::new(payments) }
    }

    crate::payments_contract!(fresh);
}
