//! Which mails somebody wants, and the links in mails that end them: signed, so that they need no sign-in.

use crate::records::preferences::{self as records, Preferences};
use crate::retry::until_written;
use crate::{Error, Result, Stoa};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::Actor;
use domain::address;
use domain::id::AccountId;
use domain::mail::Topic;
use std::collections::BTreeSet;

/// The topics that the actor wants no mails about.
pub async fn unwanted(stoa: &Stoa, actor: Actor) -> Result<BTreeSet<Topic>> {
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    Ok(records::preferences(&*stoa.table, account).await?.value.unwanted)
}

/// Has the actor's mails be about these topics, and no others.
pub async fn choose(stoa: &Stoa, actor: Actor, wanted: &BTreeSet<Topic>) -> Result<()> {
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let unwanted: BTreeSet<_> = Topic::ALL.into_iter().filter(|topic| !wanted.contains(topic)).collect();
    change(stoa, account, |preferences| preferences.unwanted.clone_from(&unwanted)).await.map(drop)
}

/// Ends the mails about a topic, for whoever has the link of one. Once more changes nothing.
pub async fn unsubscribe(stoa: &Stoa, account: AccountId, topic: Topic, proof: &str) -> Result<()> {
    let preferences = records::preferences(&*stoa.table, account).await?.value;
    let proof = URL_SAFE_NO_PAD.decode(proof).map_err(|_| Error::NotFound)?;
    let key = preferences.mail_key.as_deref().and_then(key).ok_or(Error::NotFound)?;
    hmac::verify(&key, &signed(topic), &proof).map_err(|_| Error::NotFound)?;
    change(stoa, account, |preferences| _ = preferences.unwanted.insert(topic)).await.map(drop)
}

/// What an account prefers, and the path of the link that ends the mails about a topic.
pub(super) async fn link(stoa: &Stoa, account: AccountId, topic: Topic) -> Result<(Preferences, String)> {
    let mut preferences = records::preferences(&*stoa.table, account).await?.value;
    if preferences.mail_key.is_none() {
        let mut secret = [0; 32];
        stoa.random.fill(&mut secret);
        let secret = URL_SAFE_NO_PAD.encode(secret);
        // Who was quicker has given it another one.
        preferences =
            change(stoa, account, |before| _ = before.mail_key.get_or_insert_with(|| secret.clone())).await?;
    }
    let key = preferences.mail_key.as_deref().and_then(key).ok_or(Error::NotFound)?;
    let proof = URL_SAFE_NO_PAD.encode(hmac::sign(&key, &signed(topic)));
    Ok((preferences, address::unsubscribe(account, topic, &proof)))
}

fn key(text: &str) -> Option<hmac::Key> {
    Some(hmac::Key::new(hmac::HMAC_SHA256, &URL_SAFE_NO_PAD.decode(text).ok()?))
}

fn signed(topic: Topic) -> Vec<u8> {
    format!("unsubscribe {}", topic.name()).into_bytes()
}

async fn change(stoa: &Stoa, account: AccountId, edit: impl Fn(&mut Preferences)) -> Result<Preferences> {
    until_written(|| async {
        let mut stored = records::preferences(&*stoa.table, account).await?;
        edit(&mut stored.value);
        stoa.table.write(records::put(account, &stored.value, stored.version)?).await?;
        Ok(stored.value)
    })
    .await
}
