//! Selling courses: prices, coupons, orders, and the book of what was sold.
//!
//! Stoa decides what an order is; the [`Payments`](crate::ports::Payments) port only takes money. What is heard of it, from
//! whichever side, becomes facts of the order ([`domain::order`]), and the one place where something follows from them is
//! [`settle`]. It runs for a message of the service, for the page that the buyer comes back to, and for the sweeper,
//! whichever comes first; the others find nothing left to do.

mod buy;
mod cart;
mod circuit;
mod commit;
mod coupons;
mod day;
mod hear;
mod history;
mod leaving;
mod news;
mod prices;
mod quote;
mod reconcile;
mod refund;
mod sales;
mod settle;
mod sweep;
mod truth;

pub use buy::{buy, buy_cart, cancel, pay, returned};
pub(crate) use cart::in_cart;
pub use cart::{put_in, take_out, use_coupon};
pub use circuit::Circuit;
pub use coupons::{CouponInput, add_coupon, coupons, let_be_used};
pub(crate) use day::day;
pub(crate) use hear::hear_job;
pub use hear::{hear, replay};
pub use history::{
    HeardEvent, OrderHistory, all, ask_about, events, history, in_state, last_of, mine, order, wished,
};
pub(crate) use leaving::{is_buying, stop_buying};
pub use prices::set_price;
pub use quote::{Quote, quote};
pub use reconcile::{Difference, Report, Sums, reconcile, watch};
pub use refund::{RefundInput, ask_for_refund, decline_refund, refund};
pub use sales::{DaySales, sales_by_coupon, sales_of_course, sales_of_owner};
pub(crate) use settle::settle_job;
pub use settle::{Settled, settle};
pub use sweep::sweep;

/// The most courses of an order: what is written for one fits into a transaction.
pub const MOST_COURSES: usize = 8;
