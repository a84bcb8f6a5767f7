//! Buyers, sweeper, messages and outages in any order: whatever happens, who paid has the course, once, and nobody else.

use super::world::World;
use domain::account::{Actor, Role};
use domain::id::OrderId;
use domain::order::OrderState;
use domain::payment::PaymentId;
use proptest::prelude::*;
use services::contract::payments::Outage;
use services::ports::{Condition, PaymentNews, Query, Write};
use services::worker::{Outcome, Task};
use services::{Error, jobs, orders, outbox};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What happens, one thing after the other. A number picks a buyer, or one of the orders.
#[derive(Debug, Clone)]
enum Happens {
    Buys(usize),
    Pays(usize),
    ComesBack(usize),
    /// A message comes, perhaps not for the first time.
    IsTold(usize, u8),
    /// Money is given back from the service's own pages; no message says so.
    GetsMoneyBack(usize),
    Outage(Outage),
    /// Minutes pass, and the sweeper looks.
    Sweep(u16),
}

fn happens() -> impl Strategy<Value = Happens> {
    let outage = prop::sample::select(vec![Outage::None, Outage::None, Outage::Down, Outage::Mute]);
    prop_oneof![
        3 => (0usize..3).prop_map(Happens::Buys),
        3 => (0usize..6).prop_map(Happens::Pays),
        1 => (0usize..6).prop_map(Happens::ComesBack),
        2 => (0usize..6, 0u8..4).prop_map(|(order, event)| Happens::IsTold(order, event)),
        1 => (0usize..6).prop_map(Happens::GetsMoneyBack),
        2 => outage.prop_map(Happens::Outage),
        2 => (1u16..2_000).prop_map(Happens::Sweep),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn who_paid_has_the_course_once_and_nobody_else_whatever_happens(
        story in prop::collection::vec(happens(), 0..40),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(tell(story));
    }
}

struct Chaos {
    world: World,
    buyers: Vec<Actor>,
    /// Every order and whose it is, in the order they were placed.
    orders: Vec<(OrderId, Actor)>,
    paid: BTreeMap<OrderId, PaymentId>,
    refunded: Vec<OrderId>,
}

async fn tell(story: Vec<Happens>) {
    let world = World::new().await;
    let mut buyers = vec![world.linus];
    for name in ["margaret", "barbara"] {
        buyers.push(world.site.person(name, Role::Learner).await);
    }
    let began = world.site.stoa.clock.now();
    let mut chaos = Chaos { world, buyers, orders: Vec::new(), paid: BTreeMap::new(), refunded: Vec::new() };
    for happens in story {
        chaos.happens(happens).await;
    }
    chaos.world.service.fail_with(Outage::None);
    for _ in 0..4 {
        chaos.sweep(11).await;
    }
    let (stoa, until) = (&chaos.world.site.stoa, chaos.world.site.stoa.clock.now());
    let mut from = began.minus(Duration::from_secs(60));
    while from < until {
        let next = from.plus(Duration::from_secs(30 * 24 * 3600)).min(until);
        let report = orders::reconcile(stoa, chaos.world.admin, from, next).await.unwrap();
        assert_eq!((report.differences, report.others), (Vec::new(), Vec::new()));
        from = next;
    }
    for (id, buyer) in &chaos.orders {
        let state = orders::order(stoa, *buyer, *id).await.unwrap().state();
        let booked = chaos.world.booked(*id).await;
        match (chaos.paid.contains_key(id), chaos.refunded.contains(id)) {
            (true, true) => assert_eq!((state, booked), (OrderState::Refunded, 0)),
            (true, false) => assert_eq!((state, booked), (OrderState::Fulfilled, 1900)),
            (false, _) => {
                assert!(
                    [OrderState::Draft, OrderState::Pending, OrderState::Expired].contains(&state),
                    "{state:?}"
                );
                assert_eq!(booked, 0);
            }
        }
    }
    chaos.work().await;
    let receipts =
        chaos.world.site.mails().into_iter().filter(|mail| mail.subject.starts_with("Your receipt"));
    assert_eq!(receipts.count(), chaos.paid.len(), "each payment has one receipt");
}

impl Chaos {
    async fn happens(&mut self, happens: Happens) {
        let (stoa, service) = (&self.world.site.stoa, &self.world.service);
        let order = |n: usize| self.orders.get(n % self.orders.len().max(1)).copied();
        match happens {
            Happens::Buys(buyer) => {
                let buyer = self.buyers[buyer];
                match orders::buy(stoa, buyer, &["rust"], "").await {
                    Ok(order) if !self.orders.contains(&(order.id, buyer)) => {
                        self.orders.push((order.id, buyer))
                    }
                    Ok(_) | Err(Error::Refused(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            Happens::Pays(n) => {
                let Some((id, buyer)) = order(n).filter(|(id, _)| !self.paid.contains_key(id)) else {
                    return;
                };
                let order = orders::order(stoa, buyer, id).await.unwrap();
                let open = order.checkout().filter(|checkout| checkout.expires > stoa.clock.now());
                if let Some(checkout) = open {
                    self.paid.insert(id, service.pay(&checkout.session));
                }
            }
            Happens::ComesBack(n) => {
                if let Some((id, buyer)) = order(n) {
                    orders::returned(stoa, buyer, id).await.unwrap();
                }
            }
            Happens::IsTold(n, event) => {
                if let Some((id, _)) = order(n) {
                    let event = format!("evt_{id}_{event}");
                    let told = self.world.news(&event, PaymentNews::CheckoutCompleted, Some(id));
                    orders::hear(stoa, told).await.unwrap();
                    self.work().await;
                }
            }
            Happens::GetsMoneyBack(n) => {
                let Some((id, _)) = order(n).filter(|(id, _)| !self.refunded.contains(id)) else { return };
                if let Some(payment) = self.paid.get(&id) {
                    service.refund_there(payment, 1900);
                    self.refunded.push(id);
                }
            }
            Happens::Outage(outage) => service.fail_with(outage),
            Happens::Sweep(minutes) => self.sweep(minutes).await,
        }
    }

    async fn sweep(&self, minutes: u16) {
        self.world.site.clock.advance(Duration::from_secs(60 * u64::from(minutes)));
        orders::sweep(&self.world.site.stoa).await.unwrap();
        self.work().await;
    }

    /// Does what waits in the outbox, once each; what fails waits on.
    async fn work(&self) {
        let stoa = &self.world.site.stoa;
        for item in stoa.table.query(Query::partition(outbox::OUTBOX, 1_000)).await.unwrap().items {
            let entry: serde_json::Value = serde_json::from_str(&item.document).unwrap();
            let job = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
            let task = Task { job, last_attempt: false, cancelled: CancellationToken::new() };
            if jobs::handle(stoa.clone(), task).await == Outcome::Done {
                stoa.table.write(Write::Delete(item.key, Condition::None)).await.unwrap();
            }
        }
    }
}
