//! Amounts of money as people read them.

use domain::money::{Currency, Price};

/// An amount, which may be nothing, or less.
pub(crate) fn amount(minor: i64, currency: Currency) -> String {
    let sign = if minor < 0 { "−" } else { "" };
    let Price { minor, currency } = Price { minor: minor.saturating_abs(), currency };
    format!("{sign}{}{}", currency.sign(), Price { minor, currency }.amount())
}

/// The same of a price.
pub(crate) fn money(price: Price) -> String {
    amount(price.minor, price.currency)
}
