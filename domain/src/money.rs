//! Amounts of money: whole minor units of an ISO 4217 currency. Never a float.

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency that courses can be priced in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Euro.
    Eur,
    /// US dollar.
    Usd,
}

/// A price, in minor units (cents). Zero means free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Price {
    /// Minor units.
    pub minor: i64,
    /// Their currency.
    pub currency: Currency,
}

impl Price {
    /// Nothing to pay.
    pub const FREE: Price = Price { minor: 0, currency: Currency::Usd };

    /// Whether there is nothing to pay.
    pub fn is_free(self) -> bool {
        self.minor <= 0
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_free() {
            return f.write_str("Free");
        }
        let sign = match self.currency {
            Currency::Eur => "€",
            Currency::Usd => "$",
        };
        match self.minor % 100 {
            0 => write!(f, "{sign}{}", self.minor / 100),
            cents => write!(f, "{sign}{}.{cents:02}", self.minor / 100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_read_as_on_a_label() {
        assert_eq!(Price::FREE.to_string(), "Free");
        assert_eq!(Price { minor: 1900, currency: Currency::Usd }.to_string(), "$19");
        assert_eq!(Price { minor: 1905, currency: Currency::Eur }.to_string(), "€19.05");
    }
}
