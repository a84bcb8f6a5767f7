use super::world::{World, session};
use domain::device::DeviceName;
use domain::id::DeviceId;
use domain::lease::Claim;
use domain::order::OrderState;
use domain::shop::REFUND_ASKED;
use domain::time::Timestamp;
use services::Error;
use services::orders::{self, RefundInput};
use services::playback::{self, Device};
use services::ports::{Condition, Key, PaymentNews, RefundStatus, Write};
use services::shop;
use std::time::Duration;

const WHY: RefundInput<'_> =
    RefundInput { amount: "", reason: "Not what it says", courses: &[], removes: false };

#[tokio::test]
async fn money_is_given_back_in_part_or_whole_and_never_more_than_was_paid() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let (id, _) = world.bought(&["rust", "zig"]).await;
    let give = |amount| orders::refund(stoa, world.admin, id, RefundInput { amount, ..WHY });
    assert_eq!(give("10").await.unwrap().state(), OrderState::PartlyRefunded);
    assert_eq!(
        give("100").await.unwrap_err().to_string(),
        "Amount is more than is left of what was paid: $58"
    );
    assert_eq!(give("0").await.unwrap_err().to_string(), "Amount is more than nothing");
    assert_eq!(give("").await.unwrap().state(), OrderState::Refunded);
    assert!(matches!(give("1").await, Err(Error::Refused(_))));
    assert_eq!(world.booked(id).await, 0);
    assert_eq!(world.taken().await, ["rust", "zig"], "they may keep what they have");
    let mails = world.mails_to("linus").await;
    assert_eq!(mails[..2], ["$10 of your order is given back", "$58 of your order is given back"]);
    let refused = orders::refund(stoa, world.ada, id, WHY).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_refund_that_removes_the_course_ends_what_plays() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    world.site.give_video(world.ada, world.course, world.lesson).await;
    let (id, _) = world.bought(&["rust", "zig"]).await;
    let device = Device {
        id: DeviceId::new(Timestamp::from_millis(0), 1),
        name: DeviceName::from_user_agent("Firefox/150 Linux"),
        session: None,
    };
    let again = Claim { held: None, stop: None };
    playback::open(stoa, world.linus, &device, "rust", world.lesson, again).await.unwrap();
    let input = RefundInput { courses: &[world.course], removes: true, ..WHY };
    let order = orders::refund(stoa, world.admin, id, input).await.unwrap();
    assert_eq!((order.state(), order.refunded().minor), (OrderState::PartlyRefunded, 1900));
    assert_eq!(world.taken().await, ["zig"]);
    let plays = playback::open(stoa, world.linus, &device, "rust", world.lesson, again).await;
    assert!(matches!(plays, Err(Error::Forbidden)));
}

#[tokio::test]
async fn what_is_given_back_from_the_services_own_pages_is_heard_of() {
    let world = World::new().await;
    let (id, payment) = world.bought(&["rust"]).await;
    let refund = world.service.refund_there(&payment, 1900);
    world.told("evt_1", PaymentNews::Refunded, Some(id)).await;
    assert_eq!((world.state(id).await, world.taken().await.len()), (OrderState::Refunded, 0));
    // The buyer's bank sends it back.
    world.service.settle_refund(&refund, RefundStatus::Failed("account closed".into()));
    world.told("evt_2", PaymentNews::Refunded, Some(id)).await;
    assert_eq!((world.state(id).await, world.taken().await.len()), (OrderState::Fulfilled, 1));
    assert_eq!(world.booked(id).await, 1900);
}

#[tokio::test]
async fn a_dispute_is_told_to_operators_and_takes_the_course_only_when_it_is_lost() {
    let world = World::new().await;
    let (id, payment) = world.bought(&["rust"]).await;
    let dispute = world.service.dispute(&payment);
    world.told("evt_1", PaymentNews::Disputed, Some(id)).await;
    assert_eq!((world.state(id).await, world.booked(id).await), (OrderState::Disputed, 0));
    assert_eq!(world.taken().await, ["rust"]);
    world.service.decide(&dispute, false);
    world.told("evt_2", PaymentNews::Disputed, Some(id)).await;
    assert_eq!((world.state(id).await, world.taken().await.len()), (OrderState::Disputed, 0));
    let told: Vec<_> = world.site.mails().into_iter().map(|mail| mail.subject).collect();
    for subject in ["A payment is disputed", "A dispute was lost"] {
        assert_eq!(told.iter().filter(|told| told.contains(subject)).count(), 1, "{told:?}");
    }
}

#[tokio::test]
async fn who_wants_their_money_back_says_so_once() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let order = world.buy(&["rust"], "").await;
    let refused = orders::ask_for_refund(stoa, world.linus, order.id, "I changed my mind").await;
    assert!(matches!(refused, Err(Error::Refused(_))), "nothing was paid");
    orders::cancel(stoa, world.linus, order.id).await.unwrap();
    let (id, _) = world.bought(&["rust"]).await;
    for _ in 0..2 {
        orders::ask_for_refund(stoa, world.linus, id, "I changed my mind").await.unwrap();
    }
    world.site.run_jobs().await;
    let told = world.site.mails().into_iter().filter(|mail| mail.text.contains("I changed my mind")).count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn who_asked_for_their_money_stands_in_a_list_until_they_have_an_answer() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let waiting = async || {
        let page = shop::all_orders(stoa, world.admin, REFUND_ASKED, None).await.unwrap();
        page.orders.into_iter().map(|row| row.order).collect::<Vec<_>>()
    };
    let (rust, _) = world.bought(&["rust"]).await;
    let (zig, _) = world.bought(&["zig"]).await;
    let early = orders::decline_refund(stoa, world.admin, rust, "Too late").await;
    assert!(matches!(early, Err(Error::Refused(_))), "nobody asked");
    for id in [zig, rust] {
        orders::ask_for_refund(stoa, world.linus, id, "I changed my mind").await.unwrap();
    }
    assert_eq!(waiting().await, [rust, zig]);

    for (actor, refused) in [(world.linus, true), (world.ada, true), (world.admin, false)] {
        let declined = orders::decline_refund(stoa, actor, rust, "The 30 days are over.").await;
        assert_eq!(matches!(declined, Err(Error::Forbidden)), refused, "{declined:?}");
    }
    let again = orders::decline_refund(stoa, world.admin, rust, "No.").await;
    assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
    assert_eq!(waiting().await, [zig]);
    let page = shop::order(stoa, world.linus, rust, false).await.unwrap();
    assert_eq!(page.refund_declined.as_deref(), Some("The 30 days are over."));
    assert_eq!((page.refund_asked, page.may_ask_refund), (None, false));
    assert!(world.mails_to("linus").await.contains(&"You asked for your money back".to_owned()));
    world.site.clock.advance(Duration::from_secs(5));
    orders::refund(stoa, world.admin, rust, RefundInput { amount: "10", ..WHY }).await.unwrap();
    let page = shop::order(stoa, world.linus, rust, false).await.unwrap();
    assert_eq!(page.refund_declined, None, "somebody thought better of it");

    world.site.clock.advance(Duration::from_secs(5));
    orders::refund(stoa, world.admin, zig, RefundInput { amount: "10", ..WHY }).await.unwrap();
    assert_eq!(waiting().await, [], "some of it is an answer, too");
}

#[tokio::test]
async fn a_course_that_another_order_gives_too_stays() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let (first, payment) = world.bought(&["rust"]).await;
    let refund = world.service.refund_there(&payment, 1900);
    world.told("evt_1", PaymentNews::Refunded, Some(first)).await;
    let (second, _) = world.bought(&["rust"]).await;
    // The bank sends the money of the first one back: that is paid after all.
    world.service.settle_refund(&refund, RefundStatus::Failed("account closed".into()));
    world.told("evt_2", PaymentNews::Refunded, Some(first)).await;
    let input = RefundInput { removes: true, ..WHY };
    assert_eq!(orders::refund(stoa, world.admin, second, input).await.unwrap().state(), OrderState::Refunded);
    assert_eq!(world.taken().await, ["rust"]);
    orders::refund(stoa, world.admin, first, input).await.unwrap();
    assert!(world.taken().await.is_empty());
}

#[tokio::test]
async fn what_somebody_paid_who_is_gone_goes_back() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let order = world.buy(&["rust"], "").await;
    world.service.pay(&session(&order));
    let account = Key::new(format!("ACCOUNT#{}", order.buyer), "PROFILE");
    stoa.table.write(Write::Delete(account, Condition::Present)).await.unwrap();
    let settled = orders::settle(stoa, order.id).await.unwrap();
    assert_eq!((settled.trouble, settled.order.state()), (None, OrderState::Refunded));
    assert_eq!((settled.order.given.len(), world.booked(order.id).await), (0, 0));
    assert!(world.taken().await.is_empty());
    world.site.run_jobs().await;
    let told =
        world.site.mails().into_iter().filter(|mail| mail.subject.contains("somebody who left")).count();
    assert_eq!(told, 1);
    world.swept_after(Duration::from_secs(3600)).await;
    assert_eq!(orders::sweep(stoa).await.unwrap(), 0, "it is decided");
}
