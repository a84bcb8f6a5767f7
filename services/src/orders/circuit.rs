//! Leaves a payment service that is down alone for a while, so that nobody waits for it and it can recover.

use crate::clock::Clock;
use crate::ports::{
    Checkout, CheckoutStatus, MovementPage, Payment, Payments, PaymentsError, Purchase, Refund, RefundRequest,
};
use async_trait::async_trait;
use domain::payment::{MovementId, PaymentId, SessionId};
use domain::time::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many calls in a row may fail before nobody calls any more.
const FAILURES: u32 = 3;
/// For how long nobody calls at first; it doubles with each call that fails then.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A payment service behind a circuit breaker. After some calls that got no answer in a row it answers for the service that
/// it is unavailable; then it lets a single call through, and what becomes of that decides.
pub struct Circuit {
    service: Arc<dyn Payments>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many calls in a row failed.
    failures: u32,
    /// Until when nobody calls.
    until: Option<Timestamp>,
}

/// It is left alone for now.
#[derive(Debug, thiserror::Error)]
#[error("the payment service did not answer and is left alone for some seconds")]
struct LeftAlone;

impl Circuit {
    /// Before a service.
    pub fn new(service: Arc<dyn Payments>, clock: Arc<dyn Clock>) -> Self {
        Self { service, clock, state: Mutex::default() }
    }

    /// Makes a call, unless nobody calls now.
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, PaymentsError>> + Send,
    ) -> Result<T, PaymentsError> {
        if !self.enter() {
            return Err(PaymentsError::Unavailable(Box::new(LeftAlone)));
        }
        let result = call.await;
        self.leave(!matches!(result, Err(PaymentsError::Unavailable(_))));
        result
    }

    fn enter(&self) -> bool {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.until {
            None => true,
            Some(until) if now < until => false,
            // The one that tries: the others wait for as long again, also where it is dropped half-way.
            Some(_) => {
                state.until = Some(now.plus(pause(state.failures)));
                true
            }
        }
    }

    fn leave(&self, answered: bool) {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if answered {
            if state.until.is_some() {
                tracing::info!("the payment service answers again");
            }
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            let pause = pause(state.failures);
            tracing::warn!(
                seconds = pause.as_secs(),
                "the payment service does not answer and is left alone"
            );
            state.until = Some(now.plus(pause));
        }
    }
}

fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(FAILURES).min(8)).min(LONGEST_PAUSE)
}

#[async_trait]
impl Payments for Circuit {
    async fn open(&self, purchase: &Purchase) -> Result<Checkout, PaymentsError> {
        self.call(self.service.open(purchase)).await
    }

    async fn status(&self, session: &SessionId) -> Result<CheckoutStatus, PaymentsError> {
        self.call(self.service.status(session)).await
    }

    async fn expire(&self, session: &SessionId) -> Result<(), PaymentsError> {
        self.call(self.service.expire(session)).await
    }

    async fn payment(&self, payment: &PaymentId) -> Result<Payment, PaymentsError> {
        self.call(self.service.payment(payment)).await
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<Refund, PaymentsError> {
        self.call(self.service.refund(refund)).await
    }

    async fn movements(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&MovementId>,
    ) -> Result<MovementPage, PaymentsError> {
        self.call(self.service.movements(from, until, after)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::TestClock;
    use crate::contract::payments::{MemoryPayments, Outage};

    fn world() -> (Arc<TestClock>, Arc<MemoryPayments>, Circuit) {
        let clock = TestClock::new();
        let service = Arc::new(MemoryPayments::new(clock.clone()));
        (clock.clone(), service.clone(), Circuit::new(service, clock))
    }

    /// Whether the service itself was asked, and what it said.
    async fn asked(circuit: &Circuit) -> Result<(), String> {
        let unknown = PaymentId("pi_none".into());
        match circuit.payment(&unknown).await {
            Err(PaymentsError::Refused { .. }) => Ok(()),
            Err(PaymentsError::Unavailable(why)) => Err(why.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_service_that_is_down_is_left_alone_and_found_when_it_is_back() {
        let (clock, service, circuit) = world();
        let left_alone = LeftAlone.to_string();
        service.fail_with(Outage::Down);
        for _ in 0..FAILURES {
            assert_ne!(asked(&circuit).await, Err(left_alone.clone()));
        }
        service.fail_with(Outage::None);
        assert_eq!(asked(&circuit).await, Err(left_alone.clone()), "nobody asks it now");
        clock.advance(FIRST_PAUSE);
        assert_eq!(asked(&circuit).await, Ok(()));
        assert_eq!(asked(&circuit).await, Ok(()));
    }

    #[tokio::test]
    async fn the_pause_grows_while_the_service_stays_down() {
        let (clock, service, circuit) = world();
        let left_alone = LeftAlone.to_string();
        service.fail_with(Outage::Down);
        for _ in 0..FAILURES {
            assert!(asked(&circuit).await.is_err());
        }
        clock.advance(FIRST_PAUSE);
        assert_ne!(asked(&circuit).await, Err(left_alone.clone()), "one call tries");
        clock.advance(FIRST_PAUSE);
        assert_eq!(asked(&circuit).await, Err(left_alone));
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }

    #[tokio::test]
    async fn what_a_service_refuses_is_an_answer() {
        let (_, _, circuit) = world();
        for _ in 0..10 {
            assert_eq!(asked(&circuit).await, Ok(()));
        }
    }
}
