//! What pages about buying and selling show.

use super::world::World;
use domain::money::{Currency, Price};
use domain::order::OrderState;
use services::orders::{self, CouponInput, RefundInput};
use services::{Error, shop};

#[tokio::test]
async fn a_cart_says_what_a_coupon_takes_off_or_why_it_does_not() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let coupon = CouponInput { code: "spring", off: "50", ..CouponInput::default() };
    orders::add_coupon(stoa, world.ada, coupon).await.unwrap();
    orders::put_in(stoa, world.linus, "rust").await.unwrap();
    orders::use_coupon(stoa, world.linus, "winter").await.unwrap();
    let cart = shop::cart(stoa, world.linus).await.unwrap();
    assert!(cart.coupon.unwrap().result.is_err());
    assert_eq!(cart.total.minor, 1900);
    orders::use_coupon(stoa, world.linus, "Spring").await.unwrap();
    let cart = shop::cart(stoa, world.linus).await.unwrap();
    assert_eq!(cart.coupon.unwrap().result, Ok(Price { minor: 950, currency: Currency::Usd }));
    assert_eq!((cart.subtotal.minor, cart.total.minor, cart.courses[0].off.minor), (1900, 950, 950));
}

#[tokio::test]
async fn what_cannot_be_bought_together_can_be_taken_out_of_the_cart() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    for slug in ["rust", "zig"] {
        orders::put_in(stoa, world.linus, slug).await.unwrap();
    }
    orders::set_price(stoa, world.ada, world.course, "25", "eur").await.unwrap();
    let cart = shop::cart(stoa, world.linus).await.unwrap();
    assert!(cart.problem.unwrap().contains("another currency"));
    assert_eq!(cart.courses.len(), 2);
    orders::take_out(stoa, world.linus, "rust").await.unwrap();
    let cart = shop::cart(stoa, world.linus).await.unwrap();
    assert_eq!((cart.problem, cart.total.minor), (None, 4900));
}

#[tokio::test]
async fn an_instructor_sees_what_was_sold_on_every_day_and_of_every_course() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    assert!(shop::sales(stoa, world.ada, "", "").await.unwrap().currencies.is_empty());
    world.bought(&["rust", "zig"]).await;
    let page = shop::sales(stoa, world.ada, "", "").await.unwrap();
    let [part] = &page.currencies[..] else { panic!("{page:?}") };
    assert_eq!((part.currency, part.sold, part.count, part.days.len()), (Currency::Usd, 6800, 2, 30));
    assert_eq!(part.days.last().unwrap().amount, 6800);
    assert_eq!(part.courses.iter().map(|course| course.amount).collect::<Vec<_>>(), [4900, 1900]);
    let file = shop::sales_file(stoa, world.ada, "", "").await.unwrap();
    assert!(
        file.starts_with("by,name,currency,count,amount\r\n") && file.contains(",USD,1,49\r\n"),
        "{file}"
    );
    let wrong = shop::sales(stoa, world.ada, "soon", "").await;
    assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
}

#[tokio::test]
async fn those_who_help_see_an_order_with_all_that_happened_and_find_it_by_its_buyer() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let (id, payment) = world.bought(&["rust"]).await;
    orders::ask_for_refund(stoa, world.linus, id, "Not for me").await.unwrap();
    assert_eq!(shop::find_order(stoa, world.admin, " linus@stoa.example ").await.unwrap(), id);
    assert_eq!(shop::find_order(stoa, world.admin, &id.to_string().to_lowercase()).await.unwrap(), id);
    let file = shop::order_file(stoa, world.admin, id).await.unwrap();
    assert_eq!(file.payment, Some(payment.to_string()));
    assert!(file.refund_reason.unwrap().contains("Not for me"));
    assert_eq!(file.journal.iter().map(|row| row.amount).sum::<i64>(), 0);
    assert!(file.history.iter().any(|happened| happened.what == "Placed") && file.may_act);

    let given = RefundInput { reason: "As asked", removes: true, ..RefundInput::default() };
    orders::refund(stoa, world.admin, id, given).await.unwrap();
    let page = shop::order(stoa, world.linus, id, true).await.unwrap();
    assert_eq!((page.state, page.refunded.minor, page.may_ask_refund), (OrderState::Refunded, 1900, false));
    let books = shop::books(stoa, world.admin, "", "").await.unwrap();
    assert!(books.differences.is_empty() && books.currencies.iter().all(|sum| sum.ledger == sum.service));
    let all = shop::all_orders(stoa, world.admin, "refunded", None).await.unwrap();
    assert_eq!(all.orders.iter().map(|row| row.order).collect::<Vec<_>>(), [id]);
    assert!(matches!(shop::all_orders(stoa, world.linus, "", None).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_page_that_is_left_open_asks_the_payment_service_no_more() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let order = world.buy(&["rust"], "").await;
    world.service.pay(&order.checkout().unwrap().session);
    let seen = async |ask| shop::order(stoa, world.linus, order.id, ask).await.unwrap().state;
    assert_eq!(seen(false).await, OrderState::Pending, "what is known here");
    assert_eq!(seen(true).await, OrderState::Fulfilled, "what the service says");
}
