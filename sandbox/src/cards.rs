//! Stripe's test cards (its documentation, "Test card numbers"), and what each of them does.

use serde::{Deserialize, Serialize};

/// A card somebody typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card {
    number: String,
}

/// What its bank says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The money moves.
    Approved,
    /// It asks the card's owner first.
    Authenticate,
    /// It does not move.
    Declined(Decline),
}

/// Why money does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decline {
    /// Stripe's error code.
    pub(crate) code: &'static str,
    /// The bank's reason, where there is one.
    pub(crate) reason: Option<&'static str>,
    /// For the buyer.
    pub(crate) message: &'static str,
}

/// What becomes of a refund to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refunding {
    /// It is there at once.
    Succeeds,
    /// It is on its way for a while.
    Late,
    /// It looks as if, and comes back.
    Fails,
}

/// The card's owner did not confirm, or could not.
pub(crate) const UNAUTHENTICATED: Decline = Decline {
    code: "payment_intent_authentication_failure",
    reason: None,
    message: "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};

const fn declined(reason: &'static str, message: &'static str) -> Verdict {
    Verdict::Declined(Decline { code: "card_declined", reason: Some(reason), message })
}

/// Number, what the bank says, what it is for.
const CARDS: [(&str, Verdict, &str); 9] = [
    ("4242424242424242", Verdict::Approved, "pays"),
    ("4000000000000002", declined("generic_decline", "Your card was declined."), "is declined"),
    (
        "4000000000009995",
        declined("insufficient_funds", "Your card has insufficient funds."),
        "has not enough money on it",
    ),
    ("4000002500003155", Verdict::Authenticate, "asks its owner to confirm"),
    ("4000000000000259", Verdict::Approved, "pays, and the payment is disputed"),
    ("4000000000007726", Verdict::Approved, "pays; refunds to it take a while"),
    ("4000000000005126", Verdict::Approved, "pays; refunds to it fail after a while"),
    (
        "4000000000000069",
        Verdict::Declined(Decline {
            code: "expired_card",
            reason: Some("expired_card"),
            message: "Your card has expired.",
        }),
        "has expired",
    ),
    (
        "4000000000000119",
        Verdict::Declined(Decline {
            code: "processing_error",
            reason: Some("processing_error"),
            message: "An error occurred while processing your card. Try again in a little bit.",
        }),
        "meets an error at its bank",
    ),
];

/// The numbers in groups of four, and what each does.
pub(crate) fn known() -> impl Iterator<Item = (String, &'static str)> {
    CARDS.iter().map(|(number, _, about)| (grouped(number), *about))
}

impl Card {
    /// Reads what somebody typed, or says what is wrong with it.
    pub(crate) fn parse(typed: &str) -> Result<Self, &'static str> {
        let number: String =
            typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
        match CARDS.iter().any(|(known, ..)| *known == number) {
            true => Ok(Self { number }),
            false if number.is_empty() => Err("Type the number of a test card."),
            false => Err(
                "This is no test card. Real cards must not be typed here; the numbers that work are below.",
            ),
        }
    }

    /// What its bank says.
    pub(crate) fn verdict(&self) -> Verdict {
        CARDS
            .iter()
            .find(|(known, ..)| *known == self.number)
            .map_or(Verdict::Approved, |(_, verdict, _)| *verdict)
    }

    /// Whether its owner tells the bank that they owe nothing.
    pub(crate) fn disputes(&self) -> bool {
        self.number == "4000000000000259"
    }

    /// What becomes of refunds.
    pub(crate) fn refunding(&self) -> Refunding {
        match self.number.as_str() {
            "4000000000007726" => Refunding::Late,
            "4000000000005126" => Refunding::Fails,
            _ => Refunding::Succeeds,
        }
    }

    /// The last four digits, which is all that may be shown.
    pub(crate) fn last4(&self) -> &str {
        self.number.get(self.number.len().saturating_sub(4)..).unwrap_or_default()
    }
}

fn grouped(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
