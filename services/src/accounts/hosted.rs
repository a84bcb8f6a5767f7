//! Signing in on the identity provider's own pages.
//!
//! The browser holds one secret for that, for some minutes. State, nonce and proof key are made of it, so nothing is kept
//! here, and who comes back without it has not begun here (RFC 9700 §4.7).

use super::sign_in::{Proof, begin};
use super::{Origin, SessionToken, SignedIn};
use crate::ports::{Attempt, Hosted, Redeemed};
use crate::{Error, Result, Stoa};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::Duration;

/// How long somebody may take there.
pub const HOSTED_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// What a browser comes back with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Return<'a> {
    /// What it began with.
    pub state: Option<&'a str>,
    /// Opens an account, once.
    pub code: Option<&'a str>,
    /// Why there is no code (RFC 6749 §4.1.2.1).
    pub error: Option<&'a str>,
}

/// Where it leads.
#[derive(Debug, Clone)]
pub enum Arrived {
    /// Into a session.
    SignedIn(SignedIn),
    /// Back to the beginning: it took too long, or began in another browser, or was used before.
    Late,
    /// Back to the beginning: they did not want to, or the provider did not want them.
    Refused,
    /// Back to the beginning: the provider never saw that they read mail at their address.
    Unverified,
}

/// What those pages are known as, where there are some.
pub fn hosted_name(stoa: &Stoa) -> Option<String> {
    stoa.identity.hosted().map(|hosted| hosted.name().to_owned())
}

/// Begins there: what the browser keeps meanwhile, and where it goes.
pub fn go_to_hosted(stoa: &Stoa) -> Result<(SessionToken, String)> {
    let hosted = hosted(stoa)?;
    let token = SessionToken::new(&*stoa.random);
    let address = hosted.entrance(&attempt(&token)?);
    Ok((token, address))
}

/// Takes whoever comes back from there, with what the browser has kept.
pub async fn return_from_hosted(
    stoa: &Stoa,
    kept: Option<&SessionToken>,
    back: Return<'_>,
    origin: &Origin,
) -> Result<Arrived> {
    let hosted = hosted(stoa)?;
    let attempt = match kept {
        Some(token) => attempt(token)?,
        None => return Ok(Arrived::Late),
    };
    if back.state != Some(&attempt.state) {
        return Ok(Arrived::Late);
    }
    let code = match back {
        Return { error: Some("access_denied"), .. } => return Ok(Arrived::Refused),
        Return { error: Some(error), .. } => {
            let error: String = error.chars().take(100).collect();
            return Err(Error::Unavailable(format!("the provider's pages answer {error:?}").into()));
        }
        Return { code: Some(code), .. } => code,
        Return { code: None, .. } => return Ok(Arrived::Late),
    };
    let asked = stoa.clock.now();
    Ok(match hosted.redeem(code, &attempt).await? {
        Redeemed::Person(person) => {
            let proof = Proof { asked, sets_up: false, hosted: true };
            Arrived::SignedIn(begin(stoa, &person, proof, origin).await?)
        }
        Redeemed::Refused => Arrived::Late,
        Redeemed::Unverified => Arrived::Unverified,
    })
}

fn hosted(stoa: &Stoa) -> Result<&dyn Hosted> {
    stoa.identity.hosted().ok_or_else(|| Error::Refused("This site has no other way to sign in.".into()))
}

fn attempt(token: &SessionToken) -> Result<Attempt> {
    let material = Salt::new(HKDF_SHA256, b"stoa hosted sign-in").extract(&token.0);
    let derive = |of: &[u8]| {
        let mut bytes = [0; 32];
        let info = [of];
        let derived = material.expand(&info, HKDF_SHA256).and_then(|derived| derived.fill(&mut bytes));
        derived.map_err(|_| Error::Internal("no secret can be derived".into()))?;
        Ok::<_, Error>(URL_SAFE_NO_PAD.encode(bytes))
    };
    Ok(Attempt { state: derive(b"state")?, nonce: derive(b"nonce")?, verifier: derive(b"verifier")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::TestRandom;

    #[test]
    fn an_attempt_is_of_one_browser_and_none_of_its_secrets_tells_another() {
        let random = TestRandom::default();
        let (token, other) = (SessionToken::new(&random), SessionToken::new(&random));
        let of = |token| attempt(token).unwrap();
        assert_eq!(of(&token), of(&token));
        let Attempt { state, nonce, verifier } = of(&token);
        let all = [state, nonce, verifier, of(&other).state, of(&other).verifier, token.expose()];
        assert!(all.iter().all(|text| text.len() == 43));
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    }
}
