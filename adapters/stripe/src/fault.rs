//! What an error of the SDK means: whether asking again may help.

use services::ports::PaymentsError;
use stripe::{ApiErrors, StripeError};

/// What the SDK says of an answer that is no success and no error of Stripe's either: a page of what lies between.
const FOREIGN: &str = "error deserializing Stripe error";

/// Sorts an error.
pub(crate) fn of(error: StripeError) -> PaymentsError {
    match error {
        StripeError::Stripe(told, status) => of_answer(&told, status),
        StripeError::JSONDeserialize(why) if why != FOREIGN => PaymentsError::Internal(why.into()),
        StripeError::ConfigError(_) => PaymentsError::Internal(error.into()),
        _ => PaymentsError::Unavailable(error.into()),
    }
}

/// The SDK's own text of it has everything that is known of the payment and its buyer, which is nothing for logs.
fn of_answer(told: &ApiErrors, status: u16) -> PaymentsError {
    let words = told.message.as_deref().unwrap_or("no reason is given");
    let message = match &told.code {
        Some(code) => format!("{words} ({status}, {code})"),
        None => format!("{words} ({status})"),
    };
    match status {
        // Somebody has to set the key right, and then it works.
        401 | 403 => PaymentsError::Unavailable(message.into()),
        // The same is under way (409), waits for something else there (424), or is asked for too often.
        409 | 424 | 429 => PaymentsError::Unavailable(message.into()),
        500.. => PaymentsError::Unavailable(message.into()),
        _ => PaymentsError::Refused { message },
    }
}
