use super::world::{World, session};
use crate::site::{PASSWORD, enter};
use domain::order::OrderState;
use services::contract::payments::Outage;
use services::ports::CheckoutStatus;
use services::{Error, accounts, orders, own_data};
use std::time::Duration;

const GRACE: Duration = Duration::from_secs(14 * 24 * 3600);
const LINUS: &str = "linus@stoa.example";

#[tokio::test]
async fn who_is_buying_decides_that_before_they_leave() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let token = enter(stoa, LINUS, PASSWORD, "192.0.2.1").await.unwrap().token;
    let order = world.buy(&["rust"], "").await;
    let page = own_data::page(stoa, world.linus, &token).await.unwrap();
    assert!(page.in_the_way[0].contains("Pay it or cancel it"), "{:?}", page.in_the_way);
    assert!(matches!(own_data::ask(stoa, world.linus, &token).await, Err(Error::Refused(_))));
    orders::cancel(stoa, world.linus, order.id).await.unwrap();
    own_data::ask(stoa, world.linus, &token).await.unwrap();
}

#[tokio::test]
async fn on_the_day_what_is_not_paid_is_called_off_before_the_account_goes() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let token = enter(stoa, LINUS, PASSWORD, "192.0.2.1").await.unwrap().token;
    own_data::ask(stoa, world.linus, &token).await.unwrap();
    world.site.clock.advance(GRACE);
    let order = world.buy(&["rust"], "").await;
    world.service.fail_with(Outage::Down);
    assert_eq!(own_data::sweep(stoa).await.unwrap(), 0, "the page may still be paid on");
    assert!(accounts::by_email(stoa, LINUS).await.unwrap().is_some());
    world.service.fail_with(Outage::None);
    assert_eq!(own_data::sweep(stoa).await.unwrap(), 1);
    assert!(accounts::by_email(stoa, LINUS).await.unwrap().is_none());
    let payments = stoa.payments.as_deref().unwrap();
    assert_eq!(payments.status(&session(&order)).await.unwrap(), CheckoutStatus::Expired);
    let kept = orders::history(stoa, world.admin, order.id).await.unwrap().order;
    assert_eq!(kept.state(), OrderState::Expired);
}
