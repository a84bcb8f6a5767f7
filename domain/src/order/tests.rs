use super::*;
use crate::id::RefundId;
use crate::payment::{DisputeId, PaymentId, RemoteRefund, SessionId};
use proptest::prelude::*;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(1_795_305_600);

fn at(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn course(n: u128) -> CourseId {
    CourseId::new(NOW, n)
}

/// An order of these courses: list price and discount of each.
fn order(prices: &[(i64, i64)]) -> Order {
    let line = |(n, (list, discount)): (usize, &(i64, i64))| Line {
        course: course(n as u128),
        owner: AccountId::new(NOW, 1),
        title: "A course".parse().unwrap(),
        list: *list,
        discount: *discount,
    };
    let lines = prices.iter().enumerate().map(line).collect();
    let placed = Order::new(OrderId::new(NOW, 1), AccountId::new(NOW, 2), lines, Currency::Usd, None);
    placed.heard("placed", NOW, Event::CheckoutAsked { attempt: 1 }).order
}

fn opened(attempt: u32) -> Event {
    Event::CheckoutOpened {
        attempt,
        session: session(attempt),
        url: format!("https://pay.example/{attempt}"),
        expires: at(3600),
    }
}

fn session(attempt: u32) -> SessionId {
    SessionId(format!("cs_{attempt}"))
}

fn ended(attempt: u32, end: CheckoutEnd) -> Event {
    Event::CheckoutEnded { session: session(attempt), end }
}

fn payment(name: &str, amount: i64, paid: u64) -> Payment {
    Payment { id: PaymentId(name.into()), amount, currency: Currency::Usd, paid: at(paid), receipt_url: None }
}

fn refund_id(n: u128) -> RefundId {
    RefundId::new(NOW, n)
}

fn asked(n: u128, amount: i64, removes: bool, courses: &[u128]) -> Event {
    let courses = courses.iter().map(|n| course(*n)).collect();
    let asked =
        Asked { by: Some(AccountId::new(NOW, 9)), reason: "Changed their mind".into(), courses, removes };
    Event::RefundAsked { refund: refund_id(n), payment: PaymentId("pi_1".into()), amount, asked }
}

fn refunded(n: u128, ours: bool, amount: i64, status: RefundStatus) -> Event {
    Event::Refunded(RefundNews {
        remote: RemoteRefund(format!("re_{n}")),
        refund: ours.then(|| refund_id(n)),
        payment: PaymentId("pi_1".into()),
        amount,
        status,
        at: at(500 + n as u64),
    })
}

fn disputed(amount: i64, status: DisputeStatus) -> Event {
    let (id, payment) = (DisputeId("dp_1".into()), PaymentId("pi_1".into()));
    Event::Disputed(Dispute { id, payment, amount, reason: "fraudulent".into(), at: at(900), status })
}

/// Hears events one after the other, and does what is to be done after each, as a rim does it.
struct World {
    order: Order,
    book: Vec<crate::ledger::JournalEntry>,
    news: Vec<News>,
    /// What the buyer can watch.
    access: BTreeSet<CourseId>,
    fulfilled: u32,
    heard: u32,
}

impl World {
    fn new(order: Order) -> Self {
        let (book, news, access) = (Vec::new(), Vec::new(), BTreeSet::new());
        Self { order, book, news, access, fulfilled: 0, heard: 0 }
    }

    fn hear(&mut self, id: &str, event: Event) {
        self.heard += 1;
        let transition = self.order.heard(id, at(2_000 + u64::from(self.heard)), event);
        self.order = transition.order;
        self.book.extend(transition.entries);
        self.news.extend(transition.news);
    }

    fn hear_and_act(&mut self, id: &str, event: Event) {
        self.hear(id, event);
        self.act();
    }

    fn act(&mut self) {
        for step in self.order.steps() {
            match step {
                Step::Fulfil(courses) => {
                    assert!(self.order.is_paid(), "nothing unpaid is given");
                    for course in &courses {
                        assert!(self.access.insert(*course), "nothing is given twice");
                    }
                    self.fulfilled += 1;
                    self.hear(&format!("fulfilled-{}", self.heard), Event::Fulfilled(courses));
                }
                Step::EndAccess(courses) => {
                    self.access.retain(|course| !courses.contains(course));
                    self.hear(&format!("ended-{}", self.heard), Event::AccessEnded(courses));
                }
                Step::ReturnSurplus(payment) => {
                    let found = self.order.payments.iter().find(|known| known.id == payment).unwrap();
                    let (refund, amount) = (refund_id(77), found.amount);
                    let asked = Asked {
                        by: None,
                        reason: "Paid twice".into(),
                        courses: BTreeSet::new(),
                        removes: false,
                    };
                    self.hear(
                        "surplus",
                        Event::RefundAsked { refund, payment: payment.clone(), amount, asked },
                    );
                    let news = RefundNews {
                        remote: RemoteRefund("re_77".into()),
                        refund: Some(refund),
                        payment,
                        amount,
                        status: RefundStatus::Arrived,
                        at: at(990),
                    };
                    self.hear("surplus returned", Event::Refunded(news));
                }
                Step::OpenCheckout { .. } | Step::EndCheckout(_) | Step::Refund(_) => {}
            }
        }
    }

    fn after(order: Order, events: impl IntoIterator<Item = Event>) -> Self {
        let mut world = Self::new(order);
        for (n, event) in events.into_iter().enumerate() {
            world.hear_and_act(&format!("evt_{n}"), event);
        }
        world
    }

    fn state(&self) -> OrderState {
        self.order.state()
    }
}

#[test]
fn an_order_goes_from_its_draft_to_its_courses() {
    let mut world = World::new(order(&[(1900, 0)]));
    assert_eq!(
        (world.state(), world.order.steps()),
        (OrderState::Draft, vec![Step::OpenCheckout { attempt: 1 }])
    );
    world.hear("1", opened(1));
    assert_eq!((world.state(), world.order.steps()), (OrderState::Pending, vec![]));
    assert_eq!(world.order.checkout().unwrap().url, "https://pay.example/1");
    world.hear("2", ended(1, CheckoutEnd::Paid));
    world.hear("3", Event::Paid(payment("pi_1", 1900, 60)));
    assert_eq!(
        (world.state(), world.order.steps()),
        (OrderState::Paid, vec![Step::Fulfil([course(0)].into())])
    );
    world.hear("4", Event::Fulfilled([course(0)].into()));
    assert_eq!((world.state(), world.order.steps()), (OrderState::Fulfilled, vec![]));
    assert_eq!(world.news, [News::Paid]);
    assert_eq!(world.book.len(), 1);
}

#[test]
fn a_free_order_is_paid_as_it_is_placed_and_moves_no_money() {
    let placed = Order { history: History::default(), ..order(&[(1900, 1900)]) };
    let world = World::after(placed, [Event::CheckoutAsked { attempt: 1 }]);
    assert_eq!((world.state(), world.news, world.book), (OrderState::Fulfilled, vec![News::Paid], vec![]));
}

#[test]
fn a_payment_that_is_heard_of_after_the_end_still_counts() {
    let late = Event::Paid(payment("pi_1", 1900, 60));
    let world = World::after(order(&[(1900, 0)]), [opened(1), ended(1, CheckoutEnd::Expired), late.clone()]);
    assert_eq!(world.state(), OrderState::Fulfilled);
    let cancelled = Event::Cancelled { why: "by the buyer".into() };
    let world =
        World::after(order(&[(1900, 0)]), [opened(1), cancelled, ended(1, CheckoutEnd::Expired), late]);
    assert_eq!(world.state(), OrderState::Fulfilled);
}

#[test]
fn who_let_a_page_expire_can_ask_for_another() {
    let mut world = World::after(order(&[(1900, 0)]), [opened(1), ended(1, CheckoutEnd::Expired)]);
    assert_eq!(world.state(), OrderState::Expired);
    world.hear("again", Event::CheckoutAsked { attempt: 2 });
    assert_eq!(
        (world.state(), world.order.steps()),
        (OrderState::Draft, vec![Step::OpenCheckout { attempt: 2 }])
    );
    world.hear("open", opened(2));
    assert_eq!(world.state(), OrderState::Pending);
}

#[test]
fn who_was_told_to_wait_is_told_when_they_can_pay() {
    let down = || Event::CheckoutDelayed { attempt: 1, why: "no answer".into() };
    let world = World::after(order(&[(1900, 0)]), [down(), down(), down(), opened(1), opened(1)]);
    assert_eq!(world.news, [News::CanBePaid("https://pay.example/1".into())]);
    let lines = world.order.history.lines();
    assert_eq!(lines.iter().map(|line| line.times).collect::<Vec<_>>(), [1, 3, 2]);
}

#[test]
fn what_nobody_is_to_pay_any_more_is_ended_at_the_service() {
    let cancelled = || Event::Cancelled { why: "by the buyer".into() };
    let world = World::after(order(&[(1900, 0)]), [cancelled()]);
    assert_eq!((world.state(), world.order.steps()), (OrderState::Expired, vec![]));
    let mut world = World::after(order(&[(1900, 0)]), [opened(1), cancelled()]);
    assert_eq!(world.order.steps(), [Step::EndCheckout(session(1))]);
    assert_eq!(world.order.checkout(), None);
    world.hear("end", ended(1, CheckoutEnd::Expired));
    assert_eq!((world.state(), world.order.steps()), (OrderState::Expired, vec![]));
}

#[test]
fn a_refund_in_part_leaves_the_courses_and_one_in_full_may_take_them() {
    let paid = [opened(1), ended(1, CheckoutEnd::Paid), Event::Paid(payment("pi_1", 6800, 60))];
    let mut world = World::after(order(&[(1900, 0), (4900, 0)]), paid);
    world.hear_and_act("a", asked(1, 1900, true, &[0]));
    assert_eq!(world.order.steps(), [Step::Refund(refund_id(1))]);
    assert_eq!(world.access.len(), 2, "nothing is taken before the money is on its way");
    world.hear_and_act("b", refunded(1, true, 1900, RefundStatus::Pending));
    assert_eq!((world.state(), &world.access), (OrderState::PartlyRefunded, &[course(1)].into()));
    assert_eq!(world.order.refundable().minor, 4900);
    world.hear_and_act("c", asked(2, 4900, false, &[]));
    world.hear_and_act("d", refunded(2, true, 4900, RefundStatus::Arrived));
    assert_eq!((world.state(), &world.access), (OrderState::Refunded, &[course(1)].into()));
    assert_eq!(world.order.refundable().minor, 0);
}

#[test]
fn a_refund_that_fails_is_told_and_can_be_asked_for_again() {
    let paid = [opened(1), ended(1, CheckoutEnd::Paid), Event::Paid(payment("pi_1", 1900, 60))];
    let mut world = World::after(order(&[(1900, 0)]), paid);
    world.hear_and_act("a", asked(1, 1900, false, &[]));
    world.hear_and_act("b", refunded(1, true, 1900, RefundStatus::Arrived));
    world.hear_and_act("c", refunded(1, true, 1900, RefundStatus::Failed("account closed".into())));
    assert_eq!((world.state(), world.order.refundable().minor), (OrderState::Fulfilled, 1900));
    assert_eq!(world.news.last(), Some(&News::NotRefunded("account closed".into())));
    assert_eq!(world.book.iter().map(crate::ledger::JournalEntry::cleared).sum::<i64>(), 1900);
}

#[test]
fn what_was_paid_twice_is_given_back_once() {
    let (first, second) = (payment("pi_1", 1900, 60), payment("pi_2", 1900, 70));
    for events in [[first.clone(), second.clone()], [second.clone(), first]] {
        let world = World::after(order(&[(1900, 0)]), events.map(Event::Paid));
        assert_eq!((world.state(), world.fulfilled), (OrderState::Fulfilled, 1));
        let back = &world.order.refunds[0];
        assert_eq!((&back.payment, back.amount, world.order.refunds.len()), (&second.id, 1900, 1));
    }
}

#[test]
fn a_payment_of_another_amount_gives_nothing_and_goes_back() {
    let world = World::after(order(&[(1900, 0)]), [opened(1), Event::Paid(payment("pi_1", 190, 60))]);
    assert_eq!((world.state(), world.fulfilled), (OrderState::Pending, 0));
    assert_eq!(world.news[0], News::PaidTwice(payment("pi_1", 190, 60)));
    assert_eq!(world.order.refunds[0].amount, 190);
}

#[test]
fn what_the_service_refuses_has_failed_until_it_is_asked_for_again() {
    let refused = Event::CheckoutRefused { attempt: 1, why: "the amount is too small".into() };
    let mut world = World::after(order(&[(1900, 0)]), [refused]);
    assert_eq!((world.state(), world.order.steps()), (OrderState::Failed, vec![]));
    world.hear("again", Event::CheckoutAsked { attempt: 2 });
    assert_eq!(world.state(), OrderState::Draft);
}

#[test]
fn a_dispute_that_is_lost_takes_the_courses_and_one_that_is_won_leaves_them() {
    let paid = || [opened(1), ended(1, CheckoutEnd::Paid), Event::Paid(payment("pi_1", 1900, 60))];
    for (end, state, access) in
        [(DisputeStatus::Won, OrderState::Fulfilled, 1), (DisputeStatus::Lost, OrderState::Disputed, 0)]
    {
        let mut world = World::after(order(&[(1900, 0)]), paid());
        world.hear_and_act("a", disputed(1900, DisputeStatus::Inquiry));
        assert_eq!(world.state(), OrderState::Fulfilled);
        world.hear_and_act("b", disputed(1900, DisputeStatus::Open));
        assert_eq!((world.state(), world.access.len()), (OrderState::Disputed, 1));
        world.hear_and_act("c", disputed(1900, end));
        assert_eq!((world.state(), world.access.len()), (state, access));
    }
}

/// All that happens to an order at the payment service, and what is decided here.
fn stories() -> impl Strategy<Value = (Vec<(i64, i64)>, Vec<Event>)> {
    let prices = prop::collection::vec((1i64..5_000, 0u8..=100), 1..4).prop_map(|lines| {
        lines.into_iter().map(|(list, off)| (list, list * i64::from(off) / 100)).collect::<Vec<_>>()
    });
    let refund = (1i64..=100, any::<bool>(), any::<bool>(), any::<bool>(), 0u8..3);
    (prices, any::<[bool; 6]>(), prop::collection::vec(refund, 0..3), 0u8..3).prop_map(
        |(prices, [first_expires, paid, twice, cancelled, late, inquiry], refunds, dispute)| {
            let total: i64 = prices.iter().map(|(list, discount)| list - discount).sum();
            let mut events = vec![opened(1)];
            let mut attempt = 1;
            if first_expires {
                attempt = 2;
                events.extend([
                    ended(1, CheckoutEnd::Expired),
                    Event::CheckoutAsked { attempt: 2 },
                    opened(2),
                ]);
            }
            if late {
                events.push(Event::CheckoutDelayed { attempt, why: "no answer".into() });
            }
            if cancelled {
                events.push(Event::Cancelled { why: "by the buyer".into() });
            }
            if !paid || total == 0 {
                events.push(ended(attempt, CheckoutEnd::Expired));
                return (prices, events);
            }
            events.extend([ended(attempt, CheckoutEnd::Paid), Event::Paid(payment("pi_1", total, 60))]);
            if twice {
                events.push(Event::Paid(payment("pi_2", total, 70)));
            }
            let mut left = total;
            for (n, (percent, ours, removes, of_first, end)) in refunds.into_iter().enumerate() {
                let (n, amount) = (n as u128, left * percent / 100);
                if amount == 0 {
                    continue;
                }
                left -= amount;
                if ours {
                    events.push(asked(n, amount, removes, if of_first { &[0] } else { &[] }));
                }
                events.push(refunded(n, ours, amount, RefundStatus::Pending));
                if end > 0 {
                    events.push(refunded(n, ours, amount, RefundStatus::Arrived));
                }
                if end > 1 {
                    events.push(refunded(n, ours, amount, RefundStatus::Failed("account closed".into())));
                }
            }
            if inquiry {
                events.push(disputed(left, DisputeStatus::Inquiry));
            }
            if dispute > 0 && left > 0 {
                events.push(disputed(left, DisputeStatus::Open));
                events
                    .push(disputed(left, if dispute > 1 { DisputeStatus::Won } else { DisputeStatus::Lost }));
            }
            (prices, events)
        },
    )
}

/// The refund that an event is about, and whether it asks for it: what is decided here is known before it is answered.
fn refund_of(event: &Event) -> Option<(RefundId, bool)> {
    match event {
        Event::RefundAsked { refund, .. } => Some((*refund, true)),
        Event::Refunded(news) => news.refund.map(|refund| (refund, false)),
        _ => None,
    }
}

proptest! {
    #[test]
    fn events_in_any_order_doubled_or_lost_and_swept_for_lead_to_the_same_end(
        ((prices, events), order_of) in stories().prop_flat_map(|story| {
            let most = story.1.len();
            // Some are told again and again, others never.
            (Just(story), prop::collection::vec(0..most, 0..3 * most))
        }),
    ) {
        let straight = World::after(order(&prices), events.clone());
        let mut world = World::new(order(&prices));
        let mut asked = BTreeSet::new();
        for n in order_of {
            let event = events[n].clone();
            match refund_of(&event) {
                Some((refund, true)) => { asked.insert(refund); }
                Some((refund, false)) if !asked.contains(&refund) => continue,
                _ => {}
            }
            world.hear_and_act(&format!("evt_{n}"), event);
        }
        // The sweeper asks for the truth: under other names, and again.
        for turn in 0..2 {
            for (n, event) in events.iter().enumerate() {
                world.hear_and_act(&format!("sweep_{turn}_{n}"), event.clone());
            }
        }
        let book = |world: &World| {
            let mut book = world.book.clone();
            book.sort_by(|a, b| a.cause.cmp(&b.cause));
            book
        };
        prop_assert_eq!(world.state(), straight.state());
        prop_assert_eq!(book(&world), book(&straight));
        prop_assert_eq!(&book(&world), &world.order.journal());
        prop_assert_eq!(&world.access, &straight.access);
        prop_assert_eq!(&world.access, &world.order.entitled());
        prop_assert_eq!(&world.access, &world.order.given);
        prop_assert_eq!(world.access.is_empty() || world.order.is_paid(), true);
        prop_assert_eq!(world.order.attempt, straight.order.attempt);
        prop_assert!(world.book.iter().all(|entry| entry.postings().iter().map(|p| p.amount).sum::<i64>() == 0));
    }

    #[test]
    fn what_is_written_is_read_as_the_same_order((prices, events) in stories()) {
        let order = World::after(order(&prices), events).order;
        let written = serde_json::to_string(&order).unwrap();
        prop_assert_eq!(serde_json::from_str::<Order>(&written).unwrap(), order);
    }
}
