//! Amounts of money as people read them.

use domain::money::{Currency, Price};

/// An amount, which may be nothing, or less.
pub(crate) fn amount(minor: i64, currency: Currency) -> String {
    let sign = if minor < 0 { "−" } else { "" };
    format!("{sign}{}", Price { minor: minor.saturating_abs(), currency }.label())
}

/// The same of a price.
pub(crate) fn money(price: Price) -> String {
    amount(price.minor, price.currency)
}
