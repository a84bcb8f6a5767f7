//! What pages about buying and selling show: read models, made by use cases and carried to the browser as they are.

use crate::coupon::{CouponCode, Off};
use crate::id::{AccountId, CourseId, OrderId};
use crate::money::{Currency, Price};
use crate::order::OrderState;
use crate::text::{Email, Slug, Title};
use crate::time::Timestamp;
use crate::view::CourseCard;
use serde::{Deserialize, Serialize};

/// What somebody is about to buy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartPage {
    /// The courses, in the order they were put in.
    pub courses: Vec<CartLine>,
    /// What they cost together.
    pub subtotal: Price,
    /// What was typed as a coupon, and what came of it.
    pub coupon: Option<CartCoupon>,
    /// What is to be paid.
    pub total: Price,
    /// Why these cannot be bought together: a sentence.
    pub problem: Option<String>,
    /// Whether anything can be paid here.
    pub open: bool,
}

/// A course in the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// What it is.
    pub card: CourseCard,
    /// What the coupon takes off its price.
    pub off: Price,
}

/// A coupon in the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartCoupon {
    /// What was typed.
    pub code: CouponCode,
    /// What it takes off in all, or a sentence on why it takes off nothing.
    pub result: Result<Price, String>,
}

/// An order, for who bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    /// Which.
    pub order: OrderId,
    /// How it stands.
    pub state: OrderState,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// The coupon that was used.
    pub coupon: Option<CouponCode>,
    /// What the lines cost together.
    pub subtotal: Price,
    /// What the coupon took off.
    pub discount: Price,
    /// What was, or is to be, paid.
    pub total: Price,
    /// What was given back.
    pub refunded: Price,
    /// When it was made.
    pub created: Timestamp,
    /// Where it is paid, as long as it can be.
    pub pay_at: Option<String>,
    /// The payment service's receipt.
    pub receipt: Option<String>,
    /// Whether it can be paid anew.
    pub may_pay_again: bool,
    /// Whether the buyer may ask for their money back.
    pub may_ask_refund: bool,
    /// When they asked, where nobody has answered yet.
    pub refund_asked: Option<Timestamp>,
    /// Why they do not get it.
    pub refund_declined: Option<String>,
}

/// A course that was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Which course.
    pub course: CourseId,
    /// Its address; `None` once it is gone.
    pub slug: Option<Slug>,
    /// Its name when it was bought.
    pub title: Title,
    /// Its price then.
    pub price: Price,
    /// What was taken off.
    pub off: Price,
}

/// Asks for orders whose buyers wait for an answer to their asking for money, where else a state is asked for.
pub const REFUND_ASKED: &str = "refund-asked";

/// Orders, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersPage {
    /// Some of them.
    pub orders: Vec<OrderRow>,
    /// Where the others begin.
    pub next: Option<String>,
}

/// One of several orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Which.
    pub order: OrderId,
    /// Who bought, for those who help them.
    pub buyer: Option<Email>,
    /// What was bought.
    pub titles: Vec<Title>,
    /// What was, or is to be, paid.
    pub total: Price,
    /// What was given back.
    pub refunded: Price,
    /// How it stands.
    pub state: OrderState,
    /// Whether the buyer asked for their money, and waits for an answer.
    pub refund_asked: bool,
}

/// What a course costs, for who sets that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePage {
    /// Which course.
    pub course: CourseId,
    /// Its name.
    pub title: Title,
    /// What it costs.
    pub price: Price,
}

/// The coupons of an instructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponsPage {
    /// All of them, newest first.
    pub coupons: Vec<CouponRow>,
    /// What they can be for.
    pub courses: Vec<(CourseId, Title)>,
}

/// A coupon, for whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponRow {
    /// What buyers type.
    pub code: CouponCode,
    /// What it takes off.
    pub off: Off,
    /// For which courses; empty for all.
    pub courses: Vec<Title>,
    /// How many orders have one of its places, where these are limited.
    pub used: Option<u32>,
    /// How many may.
    pub limit: Option<u32>,
    /// Whether everybody may use it once only.
    pub once_each: bool,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Whether it can be used.
    pub active: bool,
}

/// What an instructor sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesPage {
    /// The first day, as `2026-11-27`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Sums for each currency that was paid in.
    pub currencies: Vec<SalesIn>,
}

/// What was sold in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesIn {
    /// Which.
    pub currency: Currency,
    /// What came in.
    pub sold: i64,
    /// What was given back.
    pub refunded: i64,
    /// How many courses were sold.
    pub count: i64,
    /// Every day, the first first.
    pub days: Vec<SalesOf>,
    /// Every course that was sold, the most first.
    pub courses: Vec<SalesOf>,
    /// Every coupon that was used, the most first.
    pub coupons: Vec<SalesOf>,
}

/// What was sold on one day, of one course or with one coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesOf {
    /// Which.
    pub name: String,
    /// What came in, less what was given back, in minor units.
    pub amount: i64,
    /// How many courses were sold.
    pub count: i64,
}

/// An order with all that happened, for those who help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFile {
    /// As its buyer sees it.
    pub page: OrderPage,
    /// Who bought.
    pub account: AccountId,
    /// Their address; `None` once the account is gone.
    pub buyer: Option<Email>,
    /// Why they want their money back.
    pub refund_reason: Option<String>,
    /// What the payment service calls the payment.
    pub payment: Option<String>,
    /// What happened, the first first.
    pub history: Vec<Happened>,
    /// What is in the books for it.
    pub journal: Vec<JournalRow>,
    /// What can be given back still.
    pub refundable: Price,
    /// Whether the reader may give it back.
    pub may_act: bool,
}

/// One thing that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// What, in a few words.
    pub what: String,
    /// What more is known.
    pub details: String,
}

/// One posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRow {
    /// When.
    pub at: Timestamp,
    /// What for.
    pub what: String,
    /// On which account.
    pub account: String,
    /// How much, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// How payments work, for those who run the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentsBoard {
    /// What the service told last, newest first.
    pub news: Vec<NewsRow>,
    /// Where older news begin.
    pub next: Option<String>,
    /// Whether the reader may have them heard again.
    pub may_replay: bool,
}

/// Something that the payment service told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsRow {
    /// Its name there.
    pub event: String,
    /// When it came first.
    pub received: Timestamp,
    /// What happened, by the service's name for it.
    pub kind: String,
    /// About which order.
    pub order: Option<OrderId>,
    /// Whether it was acted upon, or needs no act.
    pub handled: bool,
    /// Why that did not work the last time.
    pub trouble: Option<String>,
}

/// Our books against the payment service's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Sums for each currency.
    pub currencies: Vec<ReconciledIn>,
    /// What stands in one book and not, or otherwise, in the other.
    pub differences: Vec<Difference>,
    /// What the service has that is about no order of ours.
    pub others: Vec<OtherPayment>,
}

/// The books in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciledIn {
    /// Which.
    pub currency: Currency,
    /// What came in less what went out, by our ledger.
    pub ledger: i64,
    /// The same by the service.
    pub service: i64,
}

/// A payment that the books do not agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Of which order.
    pub order: OrderId,
    /// What the service calls it.
    pub payment: String,
    /// What is left of it by our ledger.
    pub ledger: Price,
    /// The same by the service.
    pub service: Price,
}

/// A payment at the service that is about no order of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherPayment {
    /// What the service calls it.
    pub payment: String,
    /// What is left of it, in a currency that we sell in.
    pub amount: Option<Price>,
}
