//! Amounts of money: whole minor units of an ISO 4217 currency. Never a float.

mod allocate;
mod currency;

pub use allocate::allocate;
pub use currency::{Currency, UnknownCurrency};

use serde::{Deserialize, Serialize};

/// A price, in minor units (cents). Zero means free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Price {
    /// Minor units.
    pub minor: i64,
    /// Their currency.
    pub currency: Currency,
}

/// Why a price was refused. Reads as a sentence after the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Not of the form of an amount.
    #[error("is not an amount, like 19 or 19.90")]
    NotAnAmount,
    /// Finer than the currency is.
    #[error("has more decimals than {currency} has: it has {decimals}")]
    TooFine {
        /// Of which currency.
        currency: Currency,
        /// How many it has.
        decimals: u32,
    },
    /// More than nothing, and less than can be charged.
    #[error("is less than can be charged: {0}, or 0 for free")]
    TooLittle(Price),
    /// More than can be charged.
    #[error("is more than can be charged: {0}")]
    TooMuch(Price),
}

impl Price {
    /// Nothing to pay.
    pub const FREE: Price = Price { minor: 0, currency: Currency::Usd };

    /// The most that can be charged, in minor units of any currency: Stripe takes eight digits.
    pub const MOST: i64 = 99_999_999;

    /// A price as typed: `19`, `19.90`, `19,90`, and 0 for free.
    pub fn parse(text: &str, currency: Currency) -> Result<Price, PriceError> {
        let text = text.trim().replace(',', ".");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(PriceError::NotAnAmount);
        }
        // Those that say something: the last decimals may be nothing that can be charged.
        let fraction = fraction.trim_end_matches('0');
        let (step, most) = (currency.step(), Price { minor: Self::MOST, currency });
        let decimals = currency.decimals() - step.ilog10();
        if fraction.len() > decimals as usize {
            return Err(PriceError::TooFine { currency, decimals });
        }
        let amount = format!("{whole}{fraction:0<width$}", width = currency.decimals() as usize);
        let minor = amount.parse().map_err(|_| PriceError::TooMuch(most))?;
        Price { minor, currency }.checked()
    }

    /// The price, where it is one that can be charged, or free.
    pub fn checked(self) -> Result<Price, PriceError> {
        let currency = self.currency;
        match self.minor {
            0 => Ok(self),
            minor if minor < 0 => Err(PriceError::NotAnAmount),
            minor if minor < currency.least() => {
                Err(PriceError::TooLittle(Price { minor: currency.least(), currency }))
            }
            minor if minor > Self::MOST => Err(PriceError::TooMuch(Price { minor: Self::MOST, currency })),
            minor if minor % currency.step() != 0 => Err(PriceError::TooFine {
                currency,
                decimals: currency.decimals() - currency.step().ilog10(),
            }),
            _ => Ok(self),
        }
    }

    /// Whether there is nothing to pay.
    pub fn is_free(self) -> bool {
        self.minor <= 0
    }

    /// As a number, to be typed again: `1900.50`.
    pub fn amount(self) -> String {
        self.written(|whole| whole.to_string())
    }

    /// As people read it, also where it is nothing: `$1,900.50`.
    pub fn label(self) -> String {
        format!("{}{}", self.currency.sign(), self.written(by_thousands))
    }

    fn written(self, whole: impl Fn(u64) -> String) -> String {
        let (unit, decimals) =
            (self.currency.minor_per_unit().unsigned_abs(), self.currency.decimals() as usize);
        let sign = if self.minor < 0 { "-" } else { "" };
        let (minor, fraction) = (self.minor.unsigned_abs(), self.minor.unsigned_abs() % unit);
        let whole = whole(minor / unit);
        if fraction == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction:0decimals$}") }
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_free() {
            return f.write_str("Free");
        }
        f.write_str(&self.label())
    }
}

/// `1,234,567`.
fn by_thousands(whole: u64) -> String {
    let digits = whole.to_string();
    let (head, tail) = digits.split_at((digits.len() - 1) % 3 + 1);
    let groups = tail.as_bytes().chunks(3).map(|group| format!(",{}", String::from_utf8_lossy(group)));
    std::iter::once(head.to_owned()).chain(groups).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn price(minor: i64, currency: Currency) -> Price {
        Price { minor, currency }
    }

    #[test]
    fn prices_read_as_on_a_label() {
        assert_eq!(Price::FREE.to_string(), "Free");
        assert_eq!(price(1900, Currency::Usd).to_string(), "$19");
        assert_eq!(price(1905, Currency::Eur).to_string(), "€19.05");
        assert_eq!(price(100_000, Currency::Usd).to_string(), "$1,000");
        assert_eq!(price(123_456_789, Currency::Usd).to_string(), "$1,234,567.89");
        assert_eq!(price(99_900, Currency::Usd).to_string(), "$999");
        assert_eq!(price(2500, Currency::Jpy).to_string(), "¥2,500");
        assert_eq!(price(12_340, Currency::Kwd).to_string(), "KWD\u{a0}12.340");
        assert_eq!(price(250_000, Currency::Isk).to_string(), "ISK\u{a0}2,500");
    }

    #[test]
    fn a_price_is_kept_as_it_always_was() {
        let kept = r#"{"minor":1900,"currency":"USD"}"#;
        assert_eq!(serde_json::to_string(&price(1900, Currency::Usd)).unwrap(), kept);
    }

    #[test]
    fn prices_are_read_as_people_type_them() {
        let typed = [
            ("0", Currency::Eur, Ok(0)),
            ("19", Currency::Eur, Ok(1900)),
            (" 19,9 ", Currency::Eur, Ok(1990)),
            ("19.90", Currency::Eur, Ok(1990)),
            ("19.900", Currency::Eur, Ok(1990)),
            ("2500", Currency::Jpy, Ok(2500)),
            ("1.23", Currency::Kwd, Ok(1230)),
            ("2500", Currency::Isk, Ok(250_000)),
            ("", Currency::Eur, Err(PriceError::NotAnAmount)),
            (".50", Currency::Eur, Err(PriceError::NotAnAmount)),
            ("-1", Currency::Eur, Err(PriceError::NotAnAmount)),
            ("1.2.3", Currency::Eur, Err(PriceError::NotAnAmount)),
            ("1e3", Currency::Eur, Err(PriceError::NotAnAmount)),
            ("19.905", Currency::Eur, Err(PriceError::TooFine { currency: Currency::Eur, decimals: 2 })),
            ("1.5", Currency::Jpy, Err(PriceError::TooFine { currency: Currency::Jpy, decimals: 0 })),
            ("1.234", Currency::Kwd, Err(PriceError::TooFine { currency: Currency::Kwd, decimals: 2 })),
            ("1.50", Currency::Isk, Err(PriceError::TooFine { currency: Currency::Isk, decimals: 0 })),
            ("0.10", Currency::Eur, Err(PriceError::TooLittle(price(50, Currency::Eur)))),
            ("1000000", Currency::Eur, Err(PriceError::TooMuch(price(Price::MOST, Currency::Eur)))),
            (
                "99999999999999999999",
                Currency::Eur,
                Err(PriceError::TooMuch(price(Price::MOST, Currency::Eur))),
            ),
        ];
        for (text, currency, expected) in typed {
            assert_eq!(Price::parse(text, currency).map(|price| price.minor), expected, "{text} {currency}");
        }
    }

    fn currency() -> impl Strategy<Value = Currency> {
        proptest::sample::select(Currency::ALL)
    }

    proptest! {
        #[test]
        fn what_is_shown_for_typing_is_read_as_the_same(currency in currency(), steps in 0..Price::MOST) {
            let price = price(steps / currency.step() * currency.step(), currency);
            prop_assume!(price.is_free() || price.minor >= currency.least());
            prop_assert_eq!(Price::parse(&price.amount(), currency), Ok(price));
        }

        #[test]
        fn whatever_is_typed_is_a_price_that_can_be_charged_or_refused(text in ".{0,24}", currency in currency()) {
            if let Ok(price) = Price::parse(&text, currency) {
                prop_assert_eq!(price.checked(), Ok(price));
            }
        }
    }
}
