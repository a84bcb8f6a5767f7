use super::world::{World, session};
use domain::account::Role;
use domain::order::OrderState;
use services::Error;
use services::orders::{self, CouponInput};
use std::time::Duration;

async fn coupon(world: &World, input: CouponInput<'_>) {
    orders::add_coupon(&world.site.stoa, world.ada, input).await.unwrap();
}

fn percent<'a>(code: &'a str, off: &'a str) -> CouponInput<'a> {
    CouponInput { code, off, ..CouponInput::default() }
}

#[tokio::test]
async fn a_coupon_makes_a_course_cheaper_and_its_sales_are_counted() {
    let world = World::new().await;
    coupon(&world, percent("spring-20", "20 %")).await;
    let quote = orders::quote(&world.site.stoa, world.linus, &["rust"], "Spring-20").await.unwrap();
    assert_eq!((quote.total().minor, quote.refusal), (1520, None));
    let order = world.buy(&["rust"], "SPRING-20").await;
    world.service.pay(&session(&order));
    assert_eq!(world.returns(order.id).await, OrderState::Fulfilled);
    let today = world.site.stoa.clock.now().date();
    let sales =
        orders::sales_by_coupon(&world.site.stoa, world.ada, "spring-20", &today, &today).await.unwrap();
    assert_eq!((sales[0].count, sales[0].sold.minor), (1, 1520));
}

#[tokio::test]
async fn a_coupon_that_takes_all_off_gives_the_course_without_payment() {
    let world = World::new().await;
    coupon(&world, percent("gift", "100")).await;
    let order = world.buy(&["rust"], "gift").await;
    assert_eq!((order.state(), world.taken().await.len()), (OrderState::Fulfilled, 1));
    assert_eq!(world.booked(order.id).await, 0);
    assert_eq!(world.mails_to("linus").await, ["Your receipt for “Imported”"]);
}

#[tokio::test]
async fn a_coupon_that_does_not_apply_says_why_and_orders_nothing() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let quote = orders::quote(stoa, world.linus, &["rust"], "nothing").await.unwrap();
    assert_eq!(quote.refusal.as_deref(), Some("There is no such coupon for these courses."));
    assert_eq!(quote.total().minor, 1900);
    coupon(&world, CouponInput { until: "2020-01-01", ..percent("old", "20") }).await;
    let refused = orders::buy(stoa, world.linus, &["rust"], "old").await.unwrap_err().to_string();
    assert_eq!(refused, "This coupon ran out on 2020-01-01.");
    coupon(&world, percent("ended", "20")).await;
    orders::let_be_used(stoa, world.ada, "ended", false).await.unwrap();
    let refused = orders::buy(stoa, world.linus, &["rust"], "ended").await.unwrap_err().to_string();
    assert_eq!(refused, "This coupon is not valid any more.");
    assert!(orders::mine(stoa, world.linus, None).await.unwrap().0.is_empty());
}

#[tokio::test]
async fn places_of_a_limited_coupon_are_kept_while_an_order_may_be_paid_and_free_after_it() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    coupon(&world, CouponInput { limit: "1", ..percent("first", "50") }).await;
    let order = world.buy(&["rust"], "first").await;
    let other = world.site.person("margaret", Role::Learner).await;
    let refused = orders::buy(stoa, other, &["rust"], "first").await.unwrap_err().to_string();
    assert_eq!(refused, "This coupon has been used as often as it may be.");
    world.swept_after(Duration::from_secs(25 * 3600)).await;
    assert_eq!(world.state(order.id).await, OrderState::Expired);
    assert_eq!(orders::coupons(stoa, world.ada).await.unwrap()[0].1, 0);
    let second = orders::buy(stoa, other, &["rust"], "first").await.unwrap();
    assert_eq!((second.total().minor, orders::coupons(stoa, world.ada).await.unwrap()[0].1), (950, 1));
}

#[tokio::test]
async fn a_coupon_for_everybody_once_is_for_nobody_twice() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    coupon(&world, CouponInput { once_each: true, ..percent("welcome", "50") }).await;
    let order = world.buy(&["rust"], "welcome").await;
    let refused = orders::buy(stoa, world.linus, &["zig"], "welcome").await.unwrap_err().to_string();
    assert_eq!(refused, "You have used this coupon, or another order of yours does.");
    orders::cancel(stoa, world.linus, order.id).await.unwrap();
    assert_eq!(world.buy(&["zig"], "welcome").await.total().minor, 2450);
}

#[tokio::test]
async fn nobody_makes_the_courses_of_others_cheaper() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let bob = world.site.person("bob", Role::Instructor).await;
    let theirs = CouponInput { courses: &[world.course], ..percent("cheap", "90") };
    assert!(matches!(
        orders::add_coupon(stoa, bob, theirs).await,
        Err(Error::Invalid { field: "Courses", .. })
    ));
    orders::add_coupon(stoa, bob, percent("cheap", "90")).await.unwrap();
    let quote = orders::quote(stoa, world.linus, &["rust"], "cheap").await.unwrap();
    assert_eq!(quote.refusal.as_deref(), Some("There is no such coupon for these courses."));
    assert!(matches!(
        orders::add_coupon(stoa, world.linus, percent("mine", "90")).await,
        Err(Error::Forbidden)
    ));
    coupon(&world, percent("cheap", "10")).await;
    let taken = orders::add_coupon(stoa, world.ada, percent("cheap", "20")).await;
    assert!(matches!(taken, Err(Error::Invalid { field: "Code", .. })), "{taken:?}");
}
