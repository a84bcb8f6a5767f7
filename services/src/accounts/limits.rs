//! How often somebody may try. Each limit is a number within a span of time that begins with the first try and is not
//! prolonged by further ones, so that nobody is kept out for longer than that, whoever tries in their name.

use super::Origin;
use super::token::hash;
use crate::records::attempts::{self as records, Attempts};
use crate::retry::until_written;
use crate::{Error, Result, Stoa};
use domain::account::Account;
use domain::text::Email;
use std::net::IpAddr;
use std::time::Duration;

/// Of one kind of try.
pub(super) struct Limit {
    /// Tells its counts from others'.
    kind: &'static str,
    most: u32,
    span: Duration,
}

const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(3600);

/// Wrong passwords for one address from one place.
const GUESSES: Limit = Limit { kind: "guess", most: 10, span: QUARTER };
/// Wrong passwords from one place, for whatever addresses: a school has one place.
const GUESSES_FROM: Limit = Limit { kind: "guess-from", most: 100, span: QUARTER };
/// Wrong passwords for one address, from wherever its owner never signed in.
const GUESSES_FOR: Limit = Limit { kind: "guess-for", most: 50, span: QUARTER };
/// Wrong second factors of one person.
pub(super) const SECOND_FACTORS: Limit = Limit { kind: "second-factor", most: 10, span: QUARTER };
/// Wrong codes for one address.
pub(super) const CODES_FOR: Limit = Limit { kind: "code-for", most: 20, span: QUARTER };
/// Mails with codes to one address.
pub(super) const MAILS_TO: Limit = Limit { kind: "mail-to", most: 5, span: HOUR };
/// Registrations, and requests for codes, from one place.
pub(super) const REQUESTS_FROM: Limit = Limit { kind: "request-from", most: 100, span: HOUR };

/// Counts one more try of `whose`; refused where there were too many.
pub(super) async fn count(stoa: &Stoa, limit: &Limit, whose: &str) -> Result<()> {
    if try_count(stoa, limit, whose).await? { Ok(()) } else { Err(too_many()) }
}

/// Counts one more try; says whether it may be made.
pub(super) async fn try_count(stoa: &Stoa, limit: &Limit, whose: &str) -> Result<bool> {
    change(stoa, limit, whose, |count| (count < limit.most).then_some(count + 1)).await
}

/// A try was none to count.
pub(super) async fn take_back(stoa: &Stoa, limit: &Limit, whose: &str) -> Result<()> {
    change(stoa, limit, whose, |count| count.checked_sub(1)).await.map(drop)
}

/// Says whether there was a change.
async fn change(stoa: &Stoa, limit: &Limit, whose: &str, to: impl Fn(u32) -> Option<u32>) -> Result<bool> {
    let key = key(limit, whose);
    let changed = until_written(|| async {
        let now = stoa.clock.now();
        let stored = records::attempts(&*stoa.table, &key).await?;
        let version = stored.as_ref().map(|stored| stored.version);
        let before = stored.map(|stored| stored.value).filter(|attempts| attempts.until > now);
        let before = before.unwrap_or(Attempts { count: 0, until: now.plus(limit.span) });
        let Some(count) = to(before.count) else { return Ok(false) };
        stoa.table.write(records::put(&key, Attempts { count, ..before }, version)?).await?;
        Ok(true)
    });
    match changed.await {
        // So many at the same moment are no person's.
        Err(Error::Conflict) => Ok(false),
        other => other,
    }
}

/// Counts a password before it is looked at, so that many at once count as many.
pub(super) async fn password(stoa: &Stoa, email: &Email, origin: &Origin) -> Result<()> {
    count(stoa, &GUESSES, &pair(email, origin)).await?;
    count(stoa, &GUESSES_FROM, &place(origin.from)).await?;
    if is_known(stoa, email, origin).await? {
        Ok(())
    } else {
        count(stoa, &GUESSES_FOR, email.as_str()).await
    }
}

/// The password was right, so it was no guess.
pub(super) async fn right_password(stoa: &Stoa, email: &Email, origin: &Origin) -> Result<()> {
    take_back(stoa, &GUESSES, &pair(email, origin)).await?;
    take_back(stoa, &GUESSES_FROM, &place(origin.from)).await?;
    if is_known(stoa, email, origin).await? {
        Ok(())
    } else {
        take_back(stoa, &GUESSES_FOR, email.as_str()).await
    }
}

/// Whether nobody may guess any more for a while, be it from this place or from wherever the owner never signed in.
pub(super) async fn is_shut(stoa: &Stoa, email: &Email, origin: &Origin) -> Result<bool> {
    let from_here = count_of(stoa, &GUESSES, &pair(email, origin)).await?;
    if from_here >= GUESSES.most {
        return Ok(true);
    }
    let from_anywhere = count_of(stoa, &GUESSES_FOR, email.as_str()).await?;
    Ok(from_anywhere >= GUESSES_FOR.most && !is_known(stoa, email, origin).await?)
}

async fn count_of(stoa: &Stoa, limit: &Limit, whose: &str) -> Result<u32> {
    let stored = records::attempts(&*stoa.table, &key(limit, whose)).await?;
    let attempts = stored.map(|stored| stored.value).filter(|attempts| attempts.until > stoa.clock.now());
    Ok(attempts.map_or(0, |attempts| attempts.count))
}

fn key(limit: &Limit, whose: &str) -> String {
    hash(format!("{} {whose}", limit.kind).as_bytes())
}

async fn is_known(stoa: &Stoa, email: &Email, origin: &Origin) -> Result<bool> {
    records::is_known(&*stoa.table, &device(email, origin)).await
}

/// Remembers that a person signed in on a device: there, the guesses of others do not count. Says whether that is news
/// to them: they signed in before, and never there.
pub(super) async fn remember_device(stoa: &Stoa, account: &Account, origin: &Origin) -> Result<bool> {
    let device = device(&account.email, origin);
    let news = !records::is_known(&*stoa.table, &device).await?
        && !records::devices_of(&*stoa.table, account.id, 1).await?.is_empty();
    stoa.table.write(records::remember_device(&device, account.id, stoa.clock.now())).await?;
    Ok(news)
}

fn device(email: &Email, origin: &Origin) -> String {
    hash(format!("{email} {}", origin.device).as_bytes())
}

fn pair(email: &Email, origin: &Origin) -> String {
    format!("{email} {}", place(origin.from))
}

/// The network that an address is of: who has one address of IPv6 has all that share its first 64 bits (RFC 6177).
pub(super) fn place(from: Option<IpAddr>) -> String {
    match from.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect()
        }
        None => String::new(),
    }
}

fn too_many() -> Error {
    Error::Refused("Too many attempts. Please wait 15 minutes, then try again.".into())
}
