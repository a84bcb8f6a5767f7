//! What pages about buying and selling show: orders, coupons, sales and the book, as [`domain::shop`] carries them to the
//! browser. What is done is done in [`orders`](crate::orders).

mod cart;
mod own;
mod selling;
mod staff;

pub use cart::cart;
pub use own::{order, orders};
pub use selling::{coupons, price, sales, sales_file};
pub use staff::{all_orders, books, find_order, order_file, payment_news};
