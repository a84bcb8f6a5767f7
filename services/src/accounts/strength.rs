//! Which passwords are taken.

use crate::{Error, Result};
use domain::text::{DisplayName, Email, Password};
use zxcvbn::{Score, zxcvbn};

/// A password that is about to be set. Refused where it is among those that are tried first: known from leaks, a word or
/// a name with the usual changes, a pattern of the keyboard, or what everybody knows of its owner (NIST SP 800-63B
/// §3.1.1.2).
pub(super) fn new_password(text: &str, email: &Email, name: Option<&DisplayName>) -> Result<Password> {
    let password = Password::new(text).map_err(|error| Error::invalid("Password", error))?;
    let local = email.as_str().split('@').next().unwrap_or_default();
    let known = [email.as_str(), local, name.map(DisplayName::as_str).unwrap_or_default(), "stoa"];
    if zxcvbn(password.expose(), &known).score() < Score::Two {
        return Err(Error::invalid(
            "Password",
            "is among those that are guessed first: please take one that is less common",
        ));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused() {
        let (email, name) = ("ada.lovelace@example.com".parse().unwrap(), "Ada Lovelace".parse().unwrap());
        let check = |text: &str| new_password(text, &email, Some(&name));
        for weak in [
            "short",
            "password123",
            "qwertyuiop",
            "1234567890",
            "aaaaaaaaaaaaaaaa",
            "P@ssw0rd12",
            "ada.lovelace",
            "Ada Lovelace",
            "iloveyou1234",
        ] {
            assert!(matches!(check(weak), Err(Error::Invalid { field: "Password", .. })), "{weak}");
        }
        for strong in
            ["learning is fun", "correct horse battery staple", "tr0ub4dor&3 xkcd", "密码是一个很长的句子吗"]
        {
            assert!(check(strong).is_ok(), "{strong}");
        }
    }
}
