//! Pages on which orders are paid: Checkout Sessions.

use crate::answers::{Failure, Named, NewSession, ORDER, Session, time};
use crate::client::{Stripe, check_name};
use domain::money::Currency;
use domain::payment::{PaymentId, SessionId};
use services::ports::{Checkout, CheckoutStatus, Payments, PaymentsError, Purchase, PurchaseLine};
use std::collections::HashMap;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAdaptivePricing, CreateCheckoutSessionDiscounts,
    CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_product::coupon::CreateCoupon;
use stripe_shared::{CheckoutSessionLocale, CheckoutSessionMode, CouponDuration};

/// As many letters of a coupon's name as Stripe takes.
const MOST_LETTERS: usize = 40;

/// The languages of Stripe's page that are told apart by more than the language.
const REGIONAL: [&str; 6] = ["en-GB", "es-419", "fr-CA", "pt-BR", "zh-HK", "zh-TW"];

impl Stripe {
    pub(crate) async fn open_page(&self, purchase: &Purchase) -> Result<Checkout, PaymentsError> {
        // Stripe would open a page on which nothing is to be paid.
        if purchase.total() <= 0 {
            return Err(PaymentsError::Refused { message: "there is nothing to pay".into() });
        }
        let mut request = session(purchase);
        if let Some(discount) = &purchase.discount
            && discount.amount > 0
        {
            let coupon = self.coupon(purchase, discount).await?;
            let mut discount = CreateCheckoutSessionDiscounts::new();
            discount.coupon = Some(coupon.id);
            request = request.discounts(vec![discount]);
        }
        let made: NewSession = self.change(&request, &key(purchase, "checkout")).await?;
        let url = made.url.ok_or_else(|| PaymentsError::Internal("a page without an address".into()))?;
        Ok(Checkout { session: SessionId(made.id), url, expires: time(made.expires_at) })
    }

    /// What the discount of one purchase is on Stripe's page. Nobody else can use it: it has no code.
    async fn coupon(&self, purchase: &Purchase, discount: &PurchaseLine) -> Result<Named, PaymentsError> {
        let request = CreateCoupon::new()
            .amount_off(discount.amount)
            .currency(currency(purchase.currency))
            .duration(CouponDuration::Once)
            .max_redemptions(1)
            .name(discount.title.chars().take(MOST_LETTERS).collect::<String>())
            .metadata(named(purchase));
        self.change(&request, &key(purchase, "coupon")).await
    }

    pub(crate) async fn look_at_page(&self, session: &SessionId) -> Result<CheckoutStatus, PaymentsError> {
        let request = RetrieveCheckoutSession::new(check_name(&session.0)?).expand(["payment_intent".into()]);
        let session: Session = self.look(&request).await?;
        let tried = session.payment_intent;
        match (session.payment_status.as_str(), session.status.as_deref(), tried) {
            ("paid", _, Some(tried)) => Ok(CheckoutStatus::Paid(self.payment(&PaymentId(tried.id)).await?)),
            ("paid", _, None) => Err(PaymentsError::Internal("it is paid, and there is no payment".into())),
            (_, Some("expired"), _) => Ok(CheckoutStatus::Expired),
            (_, Some("complete"), Some(tried)) if is_over(&tried.status) => {
                Ok(CheckoutStatus::Failed { failure: tried.last_payment_error.and_then(words) })
            }
            (_, Some("complete"), _) => Ok(CheckoutStatus::Processing),
            (_, _, tried) => Ok(CheckoutStatus::Open {
                failure: tried.and_then(|tried| tried.last_payment_error).and_then(words),
            }),
        }
    }

    pub(crate) async fn end_page(&self, session: &SessionId) -> Result<(), PaymentsError> {
        let request = ExpireCheckoutSession::new(check_name(&session.0)?);
        match self.look::<Named>(&request).await {
            Ok(_) => Ok(()),
            // Stripe ends pages that are open, and no others.
            Err(PaymentsError::Refused { message }) => match self.look_at_page(session).await? {
                CheckoutStatus::Expired => Ok(()),
                _ => Err(PaymentsError::Refused { message }),
            },
            Err(error) => Err(error),
        }
    }
}

/// A payment of which nothing more can come, although the buyer did all they could.
fn is_over(status: &str) -> bool {
    matches!(status, "requires_payment_method" | "canceled")
}

fn words(failure: Failure) -> Option<String> {
    failure.message.or(failure.code)
}

fn session(purchase: &Purchase) -> CreateCheckoutSession {
    let mut payment = CreateCheckoutSessionPaymentIntentData::new();
    payment.metadata = Some(named(purchase));
    CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .client_reference_id(purchase.order.to_string())
        .metadata(named(purchase))
        .payment_intent_data(payment)
        .line_items(purchase.lines.iter().map(|line| item(line, purchase.currency)).collect::<Vec<_>>())
        // The page asks for what ours has said, in that currency, and so our books can say what Stripe's do.
        .adaptive_pricing(CreateCheckoutSessionAdaptivePricing { enabled: Some(false) })
        .customer_email(purchase.buyer.to_string())
        .success_url(purchase.success_url.as_str())
        .cancel_url(purchase.cancel_url.as_str())
        .expires_at(purchase.expires.seconds())
        .locale(locale(&purchase.language))
}

fn item(line: &PurchaseLine, of: Currency) -> CreateCheckoutSessionLineItems {
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency(of));
    price.unit_amount = Some(line.amount);
    price.product_data = Some(ProductData::new(line.title.as_str()));
    let mut item = CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(1);
    item
}

fn named(purchase: &Purchase) -> HashMap<String, String> {
    [(ORDER.to_owned(), purchase.order.to_string())].into()
}

fn key(purchase: &Purchase, step: &str) -> String {
    format!("order-{}-{step}-{}", purchase.order, purchase.attempt)
}

/// As Stripe spells it.
fn currency(of: Currency) -> stripe_types::Currency {
    let Ok(known) = of.code().to_ascii_lowercase().parse();
    known
}

fn locale(language: &str) -> CheckoutSessionLocale {
    let spoken = match language.split_once('-') {
        Some(_) if REGIONAL.contains(&language) => language,
        Some((language, _)) => language,
        None => language,
    };
    match spoken.parse() {
        Ok(CheckoutSessionLocale::Unknown(_)) => CheckoutSessionLocale::Auto,
        Ok(known) => known,
    }
}
