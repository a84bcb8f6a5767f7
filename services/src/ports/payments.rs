//! Takes money. The shape is Stripe's Checkout (API reference, "Checkout Sessions"): a page of the service's own, on which
//! one order is paid, and which is forgotten when nobody pays in time.
//!
//! Amounts are minor units of their currency. What orders, prices and discounts are is decided here, not there.

use async_trait::async_trait;
use domain::id::{OrderId, RefundId};
use domain::money::Currency;
use domain::payment::{DisputeId, MovementId, PaymentId, RemoteRefund, SessionId};
use domain::text::Email;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The order. Whatever comes of the purchase carries its id.
    pub order: OrderId,
    /// Which attempt to have it paid this is, from 1. Together they name the page: asking twice for one attempt makes one.
    pub attempt: u32,
    /// What is bought, at list price. At least one line.
    pub lines: Vec<PurchaseLine>,
    /// Taken off their sum, which stays above zero: what the buyer reads for it, such as a coupon's code, and how much.
    pub discount: Option<PurchaseLine>,
    /// Of every amount.
    pub currency: Currency,
    /// Whose receipt it is.
    pub buyer: Email,
    /// Where the browser goes once it is paid. It may come back without that, and be paid without coming back.
    pub success_url: String,
    /// Where it goes when they think better of it.
    pub cancel_url: String,
    /// Until when it can be paid, to the second: half an hour to a day from now.
    pub expires: Timestamp,
    /// The page's language (BCP 47). One that the service does not speak is the browser's.
    pub language: String,
}

/// One line of what is bought, or what is taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseLine {
    /// As people read it; not empty.
    pub title: String,
    /// How much; not below zero.
    pub amount: i64,
}

impl Purchase {
    /// What is to be paid in the end.
    pub fn total(&self) -> i64 {
        let off = self.discount.as_ref().map_or(0, |discount| discount.amount);
        self.lines.iter().fold(0i64, |sum, line| sum.saturating_add(line.amount)).saturating_sub(off)
    }
}

/// A page on which an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// Names it.
    pub session: SessionId,
    /// Where the buyer goes. Whoever has it may pay, and reads what is bought and by whom.
    pub url: String,
    /// Until when.
    pub expires: Timestamp,
}

/// How such a page stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckoutStatus {
    /// It waits for the buyer.
    Open {
        /// Why the last try failed, in the service's words; `None` where nobody tried, or it does not tell.
        failure: Option<String>,
    },
    /// The buyer has done all they can, and the money is on its way, for days with some ways to pay.
    Processing,
    /// It is paid.
    Paid(Payment),
    /// Nobody paid in time, or it was ended. It can never be paid any more.
    Expired,
    /// The money that was on its way did not come. It can never be paid any more.
    Failed {
        /// Why, in the service's words.
        failure: Option<String>,
    },
}

/// Money that came in, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Names it.
    pub id: PaymentId,
    /// What it is for; `None` where it is none of ours, as when somebody was charged from the service's own pages.
    pub order: Option<OrderId>,
    /// What came in.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// When, to the second.
    pub paid: Timestamp,
    /// What was given back, from here or from there, the oldest first.
    pub refunds: Vec<Refund>,
    /// What the buyer disputed, the oldest first.
    pub disputes: Vec<Dispute>,
    /// The service's receipt.
    pub receipt_url: Option<String>,
}

/// Money to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The order.
    pub order: OrderId,
    /// Names it: asking twice for one refund makes one.
    pub refund: RefundId,
    /// Where the money came from.
    pub payment: PaymentId,
    /// How much; above zero.
    pub amount: i64,
}

/// Money that is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The service's name for it.
    pub id: RemoteRefund,
    /// Ours; `None` where somebody gave it back from the service's own pages.
    pub refund: Option<RefundId>,
    /// How much.
    pub amount: i64,
    /// How it stands.
    pub status: RefundStatus,
    /// Since when there is such a refund, to the second.
    pub created: Timestamp,
}

/// How a refund stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStatus {
    /// The money is on its way.
    Pending,
    /// The money is with the buyer's bank. Some banks send it back days later: then it failed after all.
    Succeeded,
    /// The money did not arrive, and is ours again: why, in the service's words.
    Failed(String),
}

/// A buyer told their bank that they owe nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Names it.
    pub id: DisputeId,
    /// How much of the payment.
    pub amount: i64,
    /// How it stands.
    pub status: DisputeStatus,
    /// Why, in the service's words.
    pub reason: String,
    /// Since when, to the second.
    pub created: Timestamp,
}

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DisputeStatus {
    /// The bank asks, and took nothing: an early warning, which may end like this.
    Inquiry,
    /// The money is taken, until it is decided.
    Open,
    /// The money is ours again.
    Won,
    /// The money is the buyer's.
    Lost,
}

/// A line of the service's own book: money of ours that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Names it.
    pub id: MovementId,
    /// Why it moved.
    pub kind: MovementKind,
    /// Which payment it is about, where it is about one.
    pub payment: Option<PaymentId>,
    /// How much, as the buyer paid it and before the service's fee: above zero towards us.
    pub amount: i64,
    /// Its currency: the buyer's. `None` for one that we do not sell in, which only a payment that is none of ours can have.
    pub currency: Option<Currency>,
    /// When, to the second.
    pub at: Timestamp,
}

/// Why money moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MovementKind {
    /// Somebody paid.
    Payment,
    /// It was given back.
    Refund,
    /// What was given back did not arrive, and came back.
    RefundFailed,
    /// A dispute took it.
    Disputed,
    /// A dispute was won.
    DisputeWon,
    /// Whatever else, which is about no order, in the service's words: fees, payouts to a bank account.
    Other(String),
}

/// Some of the service's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementPage {
    /// The newest first.
    pub movements: Vec<Movement>,
    /// Whether there are older ones in the same span.
    pub more: bool,
}

/// Why the service did not do it.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsError {
    /// The service does not answer now, or is too busy. Nobody knows whether it did it: trying the same again is right, and
    /// does nothing twice. It may keep the answer, too, and fail the same for a day, so a purchase that fails for long is
    /// better opened by another attempt.
    #[error("payments are unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It cannot be done: the service's words, for operators. Never try again.
    #[error("the payment service refuses: {message}")]
    Refused {
        /// Its words, which may name what was asked for, and never a key.
        message: String,
    },
    /// A defect. Never try again.
    #[error("payments failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Takes money.
#[async_trait]
pub trait Payments: Send + Sync + 'static {
    /// Makes a page on which a purchase can be paid, once. The same purchase, asked for again within a day, gives the same page;
    /// with anything but order and attempt changed it is [`PaymentsError::Refused`]. So are a purchase of nothing and one that
    /// expires too soon.
    async fn open(&self, purchase: &Purchase) -> Result<Checkout, PaymentsError>;

    /// How a page stands: the truth, whatever else was heard. One that does not exist is [`PaymentsError::Refused`].
    async fn status(&self, session: &SessionId) -> Result<CheckoutStatus, PaymentsError>;

    /// Ends a page: it can never be paid any more. One that ended already is fine; one that is paid, or whose money is on its
    /// way, is [`PaymentsError::Refused`], and stays as it is.
    async fn expire(&self, session: &SessionId) -> Result<(), PaymentsError>;

    /// A payment with all that became of it: the truth, whatever else was heard. One that does not exist, or that brought no
    /// money, is [`PaymentsError::Refused`].
    async fn payment(&self, payment: &PaymentId) -> Result<Payment, PaymentsError>;

    /// Gives money back. The same refund, asked for again however much later, is done once, and answered as it stands. More
    /// than is left of the payment is [`PaymentsError::Refused`].
    async fn refund(&self, refund: &RefundRequest) -> Result<Refund, PaymentsError>;

    /// Up to a hundred lines of the service's book, from `from` (inclusive) to `until` (exclusive), to the second; those
    /// older than `after` where it is given, which is a line of the same span. A line may take some minutes to be in the book.
    async fn movements(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&MovementId>,
    ) -> Result<MovementPage, PaymentsError>;
}

/// What the service told by itself. Such news is a hint: doubled, late, out of order or lost it must be harmless, and whoever
/// hears it asks [`Payments`] for the truth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Tells it from others: told twice, it is the same.
    pub event: String,
    /// When it happened there, to the second.
    pub created: Timestamp,
    /// What happened.
    pub news: PaymentNews,
    /// Whether it is about real money.
    pub live: bool,
    /// Which order it is about, where the service says so.
    pub order: Option<OrderId>,
    /// Which page, where it is about one.
    pub session: Option<SessionId>,
    /// Which payment, where it is about one.
    pub payment: Option<PaymentId>,
    /// Which refund of ours, where it is about one.
    pub refund: Option<RefundId>,
    /// Which dispute, where it is about one.
    pub dispute: Option<DisputeId>,
}

/// What happened at the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentNews {
    /// A buyer has done all they can: it is paid, or the money is on its way.
    CheckoutCompleted,
    /// The money that was on its way came.
    CheckoutPaid,
    /// The money that was on its way did not come.
    CheckoutFailed,
    /// A page can no longer be paid.
    CheckoutExpired,
    /// Money came in.
    PaymentSucceeded,
    /// A try to pay failed; another may follow.
    PaymentFailed,
    /// A refund began, went on, or failed.
    Refunded,
    /// A dispute was opened, went on, or was closed.
    Disputed,
    /// Something else, by the service's name for it. Kept, and otherwise ignored.
    Other(String),
}
