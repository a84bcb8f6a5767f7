use super::world::{World, session};
use domain::order::OrderState;
use services::contract::payments::Outage;
use services::orders;
use services::ports::PaymentNews;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn who_buys_in_an_outage_is_told_by_mail_when_they_can_pay() {
    let world = World::new().await;
    world.service.fail_with(Outage::Down);
    let order = world.buy(&["rust"], "").await;
    assert_eq!((order.state(), order.checkout()), (OrderState::Draft, None));
    for _ in 0..5 {
        world.swept_after(10 * MINUTE).await;
    }
    assert_eq!(world.state(order.id).await, OrderState::Draft);
    assert!(world.mails_to("linus").await.is_empty());
    world.service.fail_with(Outage::None);
    world.swept_after(10 * MINUTE).await;
    let order = orders::order(&world.site.stoa, world.linus, order.id).await.unwrap();
    assert_eq!(world.mails_to("linus").await, ["Your order can be paid now"]);
    world.service.pay(&session(&order));
    assert_eq!(world.returns(order.id).await, OrderState::Fulfilled);
}

#[tokio::test]
async fn who_need_not_wait_any_longer_for_a_slow_service_gets_its_answer_by_mail() {
    let world = World::new().await;
    world.service.fail_with(Outage::Late(Duration::from_millis(4500)));
    let order = world.buy(&["rust"], "").await;
    assert_eq!((order.state(), order.checkout()), (OrderState::Draft, None));
    let opened = async || {
        while world.state(order.id).await == OrderState::Draft {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), opened()).await.expect("nobody has to ask again");
    assert_eq!(world.mails_to("linus").await, ["Your order can be paid now"]);
}

#[tokio::test]
async fn an_outage_of_a_day_loses_no_order() {
    let world = World::new().await;
    world.service.fail_with(Outage::Down);
    let order = world.buy(&["rust"], "").await;
    world.swept_after(30 * 60 * MINUTE).await;
    world.service.fail_with(Outage::None);
    world.swept_after(10 * MINUTE).await;
    assert_eq!(world.state(order.id).await, OrderState::Pending);
}

#[tokio::test]
async fn an_order_that_could_not_be_paid_for_days_is_given_up() {
    let world = World::new().await;
    world.service.fail_with(Outage::Down);
    let order = world.buy(&["rust"], "").await;
    world.swept_after(4 * 24 * 60 * MINUTE).await;
    assert_eq!(world.state(order.id).await, OrderState::Expired);
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_page() {
    let world = World::new().await;
    world.service.fail_with(Outage::Mute);
    let order = world.buy(&["rust"], "").await;
    assert_eq!(order.state(), OrderState::Draft);
    world.service.fail_with(Outage::None);
    world.swept_after(MINUTE).await;
    let order = orders::order(&world.site.stoa, world.linus, order.id).await.unwrap();
    world.service.pay(&session(&order));
    assert_eq!(world.returns(order.id).await, OrderState::Fulfilled);
}

#[tokio::test]
async fn who_paid_before_an_outage_has_the_course_after_it() {
    let world = World::new().await;
    let order = world.buy(&["rust"], "").await;
    world.service.pay(&session(&order));
    world.service.fail_with(Outage::Down);
    assert_eq!(world.returns(order.id).await, OrderState::Pending);
    world.service.fail_with(Outage::None);
    world.told("evt_1", PaymentNews::CheckoutCompleted, Some(order.id)).await;
    assert_eq!((world.state(order.id).await, world.taken().await.len()), (OrderState::Fulfilled, 1));
}

#[tokio::test]
async fn a_refund_that_is_asked_for_in_an_outage_is_given_after_it() {
    let world = World::new().await;
    let (id, _) = world.bought(&["rust"]).await;
    world.service.fail_with(Outage::Mute);
    let input = orders::RefundInput { reason: "Not what it says", removes: true, ..Default::default() };
    orders::refund(&world.site.stoa, world.admin, id, input).await.unwrap();
    assert_eq!(world.taken().await, ["rust"]);
    world.service.fail_with(Outage::None);
    world.swept_after(MINUTE).await;
    assert_eq!((world.state(id).await, world.taken().await.len()), (OrderState::Refunded, 0));
    assert_eq!(world.booked(id).await, 0, "it was given back once");
}
