//! Ending playback leases: whoever may not watch any more is given no more cookies, and makes room.
//!
//! Cookies that were given stay valid until they run out: within [`cookie_ttl`] nothing more is served.
//!
//! [`cookie_ttl`]: crate::playback::PlaybackSettings::cookie_ttl

use crate::records::leases as records;
use crate::retry::until_written;
use crate::{Error, Result, Stoa};
use domain::account::Actor;
use domain::id::{AccountId, CourseId, LeaseId};
use domain::lease::Leases;

/// A player was left: its device makes room at once.
pub async fn release(stoa: &Stoa, actor: Actor, lease: LeaseId) -> Result<()> {
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    change(stoa, account, |leases| leases.release(lease)).await
}

/// Ends the account's leases on videos of a course that it does not take any more.
pub async fn end_for_course(stoa: &Stoa, account: AccountId, course: CourseId) -> Result<()> {
    change(stoa, account, |leases| leases.end(|lease| lease.course == course)).await
}

/// Ends all leases of an account.
pub async fn end_all(stoa: &Stoa, account: AccountId) -> Result<()> {
    change(stoa, account, |leases| leases.end(|_| true)).await
}

/// Ends what plays in a session, which is named by its hash.
pub(crate) async fn end_for_session(stoa: &Stoa, account: AccountId, session: &str) -> Result<()> {
    change(stoa, account, |leases| leases.end(|lease| lease.session.as_deref() == Some(session))).await
}

/// Changes the leases of an account. Of two devices that want the last place at the same moment, one finds it
/// taken.
/// What plays in a session goes on under the session's new hash.
pub(crate) async fn follow_session(stoa: &Stoa, account: AccountId, from: &str, to: &str) -> Result<()> {
    change(stoa, account, |leases| leases.rename_session(from, to)).await
}

pub(crate) async fn change<T>(
    stoa: &Stoa,
    account: AccountId,
    change: impl Fn(&mut Leases) -> T,
) -> Result<T> {
    until_written(|| async {
        let stored = records::of_account(&*stoa.table, account).await?;
        let version = stored.as_ref().map(|stored| stored.version);
        let before = stored.map(|stored| stored.value).unwrap_or_default();
        let mut after = before.clone();
        let answer = change(&mut after);
        if after != before {
            stoa.table.write(records::put(account, &after, version, stoa.clock.now())?).await?;
        }
        Ok(answer)
    })
    .await
}
