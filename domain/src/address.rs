//! Addresses of the site that mails name, too: paths from its origin.

use crate::id::{AccountId, CourseId, LessonId, OrderId};
use crate::mail::Topic;
use crate::text::Email;

/// Where one signs in.
pub const SIGN_IN: &str = "/sign-in";
/// Where an address is confirmed.
pub const CONFIRM: &str = "/confirm";
/// Where a forgotten password is replaced.
pub const RESET: &str = "/reset";
/// Where a change of the address is confirmed, by the old one and by the new one.
pub const CHANGE_ADDRESS: &str = "/change-address";
/// Where an invitation is taken up.
pub const INVITATION: &str = "/invitation";
/// An instructor's courses.
pub const TEACH: &str = "/teach";
/// Where mails about something are ended.
pub const UNSUBSCRIBE: &str = "/unsubscribe";
/// One's own orders.
pub const ORDERS: &str = "/orders";
/// One's own profile.
pub const ACCOUNT: &str = "/account";
/// One's own passwords, second factor and sessions.
pub const SECURITY: &str = "/account/security";
/// Which mails one wants.
pub const MAIL: &str = "/account/mail";
/// One's own data: all of it, and its end.
pub const DATA: &str = "/account/data";

/// What the payment service calls with its news.
pub const PAYMENT_NEWS: &str = "/webhooks/stripe";
/// What the payment sandbox is below, where it is part of the site.
pub const SANDBOX: &str = "/sandbox";

/// Confirms an address.
pub fn confirm(email: &Email, code: &str) -> String {
    with_code(CONFIRM, email, code)
}

/// Leads to a new password.
pub fn reset(email: &Email, code: &str) -> String {
    with_code(RESET, email, code)
}

/// Confirms, as the address `email`, that the account changes its address.
pub fn change_address(email: &Email, code: &str) -> String {
    with_code(CHANGE_ADDRESS, email, code)
}

/// Takes up an invitation.
pub fn invitation(code: &str) -> String {
    format!("{INVITATION}?code={}", encode(code))
}

/// Ends the mails about a topic, for whoever has one of them.
pub fn unsubscribe(account: AccountId, topic: Topic, proof: &str) -> String {
    format!("{UNSUBSCRIBE}?account={account}&topic={}&proof={}", topic.name(), encode(proof))
}

/// An order, for who placed it.
pub fn order(id: OrderId) -> String {
    format!("{ORDERS}/{id}")
}

/// Where a lesson is edited.
pub fn edit_lesson(course: CourseId, lesson: LessonId) -> String {
    format!("/teach/{course}/lessons/{lesson}")
}

fn with_code(path: &str, email: &Email, code: &str) -> String {
    format!("{path}?email={}&code={}", encode(email.as_str()), encode(code))
}

/// Percent-encodes a query value: all but the unreserved characters (RFC 3986 §2.3).
pub fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                encoded.push('%');
                encoded.push(char::from(HEX[usize::from(byte >> 4)]));
                encoded.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_stays_one_query_value() {
        assert_eq!(encode("a b&c=ü/1.mp4"), "a%20b%26c%3D%C3%BC%2F1.mp4");
    }

    #[test]
    fn an_address_and_a_code_stay_two_query_values() {
        let email = "ada+a&code=1@stoa.example".parse().unwrap();
        assert_eq!(confirm(&email, "x#2"), "/confirm?email=ada%2Ba%26code%3D1%40stoa.example&code=x%232");
    }
}
