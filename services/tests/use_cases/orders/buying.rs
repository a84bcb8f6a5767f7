use super::world::{World, session};
use domain::account::Role;
use domain::order::OrderState;
use futures::future::join_all;
use services::orders::{self, reconcile};
use services::ports::{Condition, PaymentNews, Query, Range, Write};
use services::{Error, authoring, instructors, learning, shop};
use std::time::Duration;

#[tokio::test]
async fn who_pays_has_the_course_a_receipt_and_a_line_in_the_book() {
    let world = World::new().await;
    let order = world.buy(&["rust", "zig"], "").await;
    assert_eq!((order.state(), order.total().minor), (OrderState::Pending, 6800));
    assert!(world.taken().await.is_empty());
    world.service.pay(&session(&order));
    assert_eq!(world.returns(order.id).await, OrderState::Fulfilled);
    assert_eq!(world.taken().await, ["rust", "zig"]);
    assert_eq!(world.mails_to("linus").await, ["Your receipt for “Imported” and 1 more course"]);
    assert_eq!(world.booked(order.id).await, 6800);
    let today = world.site.stoa.clock.now().date();
    let of_course =
        orders::sales_of_course(&world.site.stoa, world.ada, world.course, &today, &today).await.unwrap();
    assert_eq!((of_course[0].count, of_course[0].sold.minor), (1, 1900));
    let of_owner = orders::sales_of_owner(&world.site.stoa, world.ada, &today, &today).await.unwrap();
    assert_eq!((of_owner[0].count, of_owner[0].sold.minor, of_owner.len()), (2, 6800, 1));
}

#[tokio::test]
async fn a_message_alone_is_enough() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    world.service.pay(&session(&order));
    world.told("evt_1", PaymentNews::CheckoutCompleted, Some(order.id)).await;
    assert_eq!(world.state(order.id).await, OrderState::Fulfilled);
    let history = orders::history(&world.site.stoa, world.admin, order.id).await.unwrap();
    assert_eq!((history.events[0].event.as_str(), history.events[0].tries), ("evt_1", 1));
}

#[tokio::test]
async fn no_message_and_no_return_is_enough_too() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    world.service.pay(&session(&order));
    world.swept_after(Duration::from_secs(31)).await;
    assert_eq!((world.state(order.id).await, world.taken().await.len()), (OrderState::Fulfilled, 1));
    assert_eq!(orders::sweep(&world.site.stoa).await.unwrap(), 0, "nothing is left to look at");
}

#[tokio::test]
async fn whoever_comes_first_gives_the_course_and_the_others_change_nothing() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    world.service.pay(&session(&order));
    let settled = join_all((0..8).map(|_| orders::settle(&world.site.stoa, order.id))).await;
    // Who lost too often in a row may say so; nobody does it twice.
    assert!(settled.iter().any(Result::is_ok));
    for n in 0..3 {
        world.told(&format!("evt_{n}"), PaymentNews::PaymentSucceeded, Some(order.id)).await;
        world.told("evt_0", PaymentNews::CheckoutCompleted, Some(order.id)).await;
    }
    world.swept_after(Duration::from_secs(600)).await;
    assert_eq!(world.returns(order.id).await, OrderState::Fulfilled);
    assert_eq!(world.mails_to("linus").await.len(), 1, "one receipt");
    assert_eq!(world.booked(order.id).await, 1900);
}

#[tokio::test]
async fn what_is_not_paid_in_time_gives_nothing_and_can_be_paid_anew() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    world.swept_after(Duration::from_secs(25 * 3600)).await;
    assert_eq!((world.state(order.id).await, world.taken().await.len()), (OrderState::Expired, 0));
    let again = orders::pay(&world.site.stoa, world.linus, order.id).await.unwrap();
    assert_eq!((again.id, again.state()), (order.id, OrderState::Pending));
    assert_ne!(session(&again), session(&order));
    world.service.pay(&session(&again));
    assert_eq!(world.returns(order.id).await, OrderState::Fulfilled);
}

#[tokio::test]
async fn who_buys_twice_gets_the_order_that_they_have() {
    let world = World::new().await;
    let first = world.buy(&["rust"], "").await;
    assert_eq!(world.buy(&["rust"], "").await.id, first.id);
    let both = world.buy(&["rust", "zig"], "").await;
    assert_ne!(both.id, first.id);
    assert_eq!(world.state(first.id).await, OrderState::Expired, "it cannot be paid beside the other");
    world.service.pay(&session(&both));
    assert_eq!(world.returns(both.id).await, OrderState::Fulfilled);
    let refused = orders::buy(&world.site.stoa, world.linus, &["rust"], "").await;
    assert!(
        matches!(&refused, Err(Error::Refused(why)) if why == "You have “Imported” already."),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_declined_card_leaves_the_order_as_it_is() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    world.service.decline(&session(&order), "insufficient funds");
    assert_eq!(world.returns(order.id).await, OrderState::Pending);
    let order = orders::order(&world.site.stoa, world.linus, order.id).await.unwrap();
    assert_eq!(order.history.lines().last().unwrap().text, "A try to pay failed: insufficient funds");
}

#[tokio::test]
async fn money_that_takes_days_gives_the_course_when_it_comes_or_nothing() {
    let world = World::new().await;
    for comes in [true, false] {
        let order = world.buy(&[if comes { "rust" } else { "zig" }], "").await;
        world.service.promise(&session(&order));
        assert_eq!(world.returns(order.id).await, OrderState::Pending);
        if comes {
            world.service.pay(&session(&order));
        } else {
            world.service.fail(&session(&order), "no money on the account");
        }
        world.told("evt_1", PaymentNews::CheckoutPaid, Some(order.id)).await;
        world.swept_after(Duration::from_secs(3 * 24 * 3600)).await;
        let end = if comes { OrderState::Fulfilled } else { OrderState::Failed };
        assert_eq!(world.state(order.id).await, end);
    }
    assert_eq!(world.taken().await, ["rust"]);
}

#[tokio::test]
async fn an_order_is_its_buyers_and_the_staffs_alone() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    let other = world.site.person("mallory", Role::Learner).await;
    for gone in [
        orders::order(&world.site.stoa, other, order.id).await,
        orders::returned(&world.site.stoa, other, order.id).await,
        orders::cancel(&world.site.stoa, other, order.id).await,
        orders::pay(&world.site.stoa, other, order.id).await,
    ] {
        assert!(matches!(gone, Err(Error::NotFound)));
    }
    let support = world.site.person("sam", Role::Support).await;
    assert_eq!(orders::all(&world.site.stoa, support, None).await.unwrap().0.len(), 1);
    let pending = orders::in_state(&world.site.stoa, support, OrderState::Pending, None).await.unwrap();
    assert_eq!(pending.0[0].1.id, order.id);
    for actor in [other, world.ada] {
        assert!(matches!(orders::all(&world.site.stoa, actor, None).await, Err(Error::Forbidden)));
        assert!(matches!(orders::history(&world.site.stoa, actor, order.id).await, Err(Error::Forbidden)));
    }
    assert_eq!(orders::mine(&world.site.stoa, world.linus, None).await.unwrap().0[0].id, order.id);
    assert!(orders::mine(&world.site.stoa, other, None).await.unwrap().0.is_empty());
}

#[tokio::test]
async fn who_thinks_better_of_it_cannot_pay_by_accident() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    let cancelled = orders::cancel(&world.site.stoa, world.linus, order.id).await.unwrap();
    assert_eq!(cancelled.state(), OrderState::Expired);
    let (id, _) = world.bought(&["rust"]).await;
    let refused = orders::cancel(&world.site.stoa, world.linus, id).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_cart_keeps_what_somebody_means_to_buy() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    for slug in ["rust", "zig", "rust"] {
        orders::put_in(stoa, world.linus, slug).await.unwrap();
    }
    assert_eq!(shop::cart(stoa, world.linus).await.unwrap().total.minor, 6800);
    orders::take_out(stoa, world.linus, "zig").await.unwrap();
    let order = orders::buy_cart(stoa, world.linus).await.unwrap();
    assert_eq!(order.total().minor, 1900);
    assert!(shop::cart(stoa, world.linus).await.unwrap().courses.is_empty());
    let own = orders::put_in(stoa, world.ada, "rust").await;
    assert!(matches!(own, Err(Error::Forbidden)), "{own:?}");
}

#[tokio::test]
async fn prices_are_the_owners_to_set_and_change_no_order() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let order = world.buy(&["rust"], "").await;
    orders::set_price(stoa, world.ada, world.course, "25", "eur").await.unwrap();
    assert_eq!(
        authoring::editor(stoa, world.ada, world.course).await.unwrap().course.price.to_string(),
        "€25"
    );
    let order = orders::order(stoa, world.linus, order.id).await.unwrap();
    assert_eq!(order.total().to_string(), "$19");
    let unpriced = orders::set_price(stoa, world.ada, world.course, "0.10", "EUR").await;
    let sentence = "Price is less than can be charged: €0.50, or 0 for free";
    assert_eq!(unpriced.unwrap_err().to_string(), sentence);
    let bob = world.site.person("bob", Role::Instructor).await;
    instructors::invite(stoa, world.ada, world.course, "bob@stoa.example").await.unwrap();
    instructors::accept(stoa, bob, world.course).await.unwrap();
    let refused = orders::set_price(stoa, bob, world.course, "1", "EUR").await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    let today = stoa.clock.now().date();
    assert!(orders::sales_of_course(stoa, bob, world.course, &today, &today).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_currencies_are_two_orders_and_a_free_course_is_none() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    orders::set_price(stoa, world.ada, world.course, "2500", "JPY").await.unwrap();
    let both = orders::quote(stoa, world.linus, &["rust", "zig"], "").await;
    assert!(matches!(&both, Err(Error::Refused(why)) if why.contains("another currency")), "{both:?}");
    assert_eq!(world.buy(&["rust"], "").await.total().to_string(), "¥2,500");
    world.site.published(world.ada, "Gift").await;
    let free = orders::buy(stoa, world.linus, &["gift"], "").await;
    assert!(matches!(free, Err(Error::Refused(_))));
    learning::enrol(stoa, world.linus, "gift").await.unwrap();
}

#[tokio::test]
async fn the_books_say_the_same_also_after_messages_were_lost() {
    let world = World::new().await;
    let (id, payment) = world.bought(&["rust"]).await;
    world.service.refund_there(&payment, 500);
    let from = world.site.stoa.clock.now();
    world.site.clock.advance(Duration::from_secs(60));
    let until = world.site.stoa.clock.now();
    assert_eq!(world.booked(id).await, 1900, "nobody told of the refund");
    let from = from.minus(Duration::from_secs(60));
    let report = reconcile(&world.site.stoa, world.admin, from, until).await.unwrap();
    assert_eq!((report.differences.len(), report.others.len()), (0, 0));
    assert_eq!(report.sums.iter().map(|sums| (sums.ours, sums.theirs)).collect::<Vec<_>>(), [(1400, 1400)]);
    assert_eq!(world.state(id).await, OrderState::PartlyRefunded);
    let refused = reconcile(&world.site.stoa, world.ada, from, until).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_refund_of_which_word_was_lost_is_found_within_the_hour_and_a_difference_is_told_once_a_day() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let (id, payment) = world.bought(&["rust"]).await;
    world.service.refund_there(&payment, 500);
    world.site.clock.advance(Duration::from_secs(60));
    assert_eq!(orders::watch(stoa).await.unwrap(), 0);
    assert_eq!((world.state(id).await, world.booked(id).await), (OrderState::PartlyRefunded, 1400));

    world.service.refund_there(&payment, 300);
    assert_eq!(orders::watch(stoa).await.unwrap(), 0);
    assert_eq!(world.booked(id).await, 1400, "one of several servers compares, once an hour");
    world.site.clock.advance(Duration::from_secs(3600));
    orders::watch(stoa).await.unwrap();
    assert_eq!(world.booked(id).await, 1100);

    // Somebody lays hands on our book.
    let entries = Query::partition(format!("ORDER#{id}"), 10);
    let entries = Query { range: Range::Prefix("ENTRY#".into()), ..entries };
    let entry = stoa.table.query(entries).await.unwrap().items.remove(0);
    stoa.table.write(Write::Delete(entry.key, Condition::Present)).await.unwrap();
    for _ in 0..2 {
        world.site.clock.advance(Duration::from_secs(3600));
        assert_eq!(orders::watch(stoa).await.unwrap(), 1);
    }
    world.site.run_jobs().await;
    let told = world
        .site
        .mails()
        .into_iter()
        .filter(|mail| mail.subject.contains("books do not say the same"))
        .count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn messages_of_unknown_kinds_are_kept_and_any_is_worked_through_again() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    world.told("evt_1", PaymentNews::Other("customer.created".into()), None).await;
    let order = world.buy(&["rust"], "").await;
    world.told("evt_2", PaymentNews::CheckoutCompleted, Some(order.id)).await;
    world.service.pay(&session(&order));
    let refused = orders::replay(stoa, world.ada, "evt_2").await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    orders::replay(stoa, world.admin, "evt_2").await.unwrap();
    world.site.run_jobs().await;
    assert_eq!(world.state(order.id).await, OrderState::Fulfilled);
    let (events, _) = orders::events(stoa, world.admin, None).await.unwrap();
    let tries: Vec<_> = events.iter().map(|event| (event.event.as_str(), event.tries)).collect();
    assert!(tries.contains(&("evt_1", 0)) && tries.contains(&("evt_2", 2)), "{tries:?}");
}
