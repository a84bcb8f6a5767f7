//! Deleting the accounts whose time has come.
//!
//! First the identity provider forgets its owner, and the account is gone in one transaction that leaves a record of what
//! is to be done. Then each kind of record is removed, as [`families`] has it, and that record last. Whatever breaks off is
//! done from the first step on at the next turn: each step finds what is left, and nothing where that is done.

use super::families::{self, Step};
use super::{course, deletion};
use crate::mail::{self, Mail};
use crate::ports::{Condition, Query, Range, Whom, Write};
use crate::records::accounts as people;
use crate::records::deletions::{self as records, Deletion};
use crate::records::{Stored, attempts, courses, instructors, invitations, keys, sessions};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, audit, orders};
use domain::audit::{Event, Who};
use domain::id::AccountId;
use domain::review::Review;
use domain::text::{Email, Prose};

/// How many accounts a turn deletes.
const MOST: usize = 100;
/// How many records are removed at a time: as many as a transaction takes.
const BATCH: usize = 100;
/// Who a review is by whose author is gone.
const FORMER: &str = "A former learner";

/// Deletes the accounts whose time has come. Returns how many. One that cannot be deleted now holds up no other.
pub async fn sweep(stoa: &Stoa) -> Result<u32> {
    let mut deleted = 0;
    for due in records::due(&*stoa.table, stoa.clock.now(), MOST).await? {
        let account = due.account;
        match delete(stoa, due).await {
            Ok(true) => deleted += 1,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%account, %error, "an account is not deleted yet; trying again later")
            }
        }
    }
    Ok(deleted)
}

/// Deletes an account; `false` where it stays after all.
async fn delete(stoa: &Stoa, due: Deletion) -> Result<bool> {
    let account = due.account;
    let email = match due.gone {
        Some(email) => email,
        None => {
            orders::stop_buying(stoa, account).await?;
            match until_written(|| shut(stoa, account)).await? {
                Some(email) => email,
                None => return Ok(false),
            }
        }
    };
    for step in Step::ALL {
        take(stoa, step, account, &email).await?;
    }
    for prefix in families::below() {
        remove_below(stoa, account, prefix).await?;
    }
    let writes = vec![
        records::delete(account, Condition::Present),
        mail::post(stoa, &email, &Mail::Deleted)?,
        audit::entry(stoa, Who::Program, &Event::AccountDeleted { account })?,
    ];
    match stoa.table.transact(writes).await.map_err(Error::from) {
        // Another server was quicker.
        Err(Error::Conflict) => Ok(false),
        done => {
            stoa.wake.notify_one();
            done.map(|()| true)
        }
    }
}

/// Makes the account be gone for everybody; tells the address that it had. `None` where it stays.
async fn shut(stoa: &Stoa, account: AccountId) -> Result<Option<Email>> {
    let Some(planned) = records::deletion(&*stoa.table, account).await? else { return Ok(None) };
    if planned.value.gone.is_some() {
        return Ok(planned.value.gone);
    }
    let Some(stored) = people::record(&*stoa.table, account).await? else { return Err(Error::Conflict) };
    if let Some(reason) = deletion::in_the_way(stoa, account).await?.into_iter().next() {
        deletion::call_off(stoa, stored, Who::Program, &Mail::DeletionStopped { reason }).await?;
        return Ok(None);
    }
    let (email, subject) = (&stored.value.account.email, &stored.value.subject);
    // Before the account is gone: where the provider does not answer, all stays as it is until it does.
    stoa.identity.remove(Whom { subject, email, tokens: None }).await?;
    let gone = Deletion { gone: Some(email.clone()), ..planned.value };
    let writes = vec![
        people::delete(account, Condition::Version(stored.version)),
        people::delete_email(email),
        people::delete_subject(subject),
        records::put(&gone, Condition::Version(planned.version))?,
    ];
    stoa.table.transact(writes).await?;
    Ok(gone.gone)
}

/// Removes what the records of a kind say of the account, wherever they lie.
async fn take(stoa: &Stoa, step: Step, account: AccountId, email: &Email) -> Result<()> {
    let table = &*stoa.table;
    match step {
        Step::Sessions => loop {
            let found = sessions::of_account(table, account).await?;
            if found.is_empty() {
                break;
            }
            table.transact(found.iter().map(|(hash, _)| sessions::delete(hash)).collect()).await?;
        },
        Step::Devices => loop {
            let found = attempts::devices_of(table, account, BATCH).await?;
            if found.is_empty() {
                break;
            }
            table.transact(deletes(found)).await?;
        },
        Step::Teaching => loop {
            let found = instructors::taught(table, account, BATCH).await?;
            if found.is_empty() {
                break;
            }
            for course in found {
                crate::instructors::leave(stoa, account, course).await?;
            }
        },
        Step::TeachingInvitations => loop {
            let found = instructors::invited_to(table, email, BATCH).await?;
            if found.is_empty() {
                break;
            }
            let gone = found.iter().map(|course| instructors::forget_invitation(*course, email));
            table.transact(gone.collect()).await?;
        },
        Step::Invitations => {
            let mut after = None;
            loop {
                let (open, next) = invitations::open(table, after, BATCH).await?;
                let theirs = open.iter().filter(|(_, invitation)| {
                    invitation.inviter == Some(account) || invitation.email == *email
                });
                let gone: Vec<Write> = theirs.map(|(hash, _)| invitations::delete(hash)).collect();
                if !gone.is_empty() {
                    table.transact(gone).await?;
                }
                match next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
        Step::Reviews => loop {
            let found = courses::reviews_by(table, account, BATCH).await?;
            if found.is_empty() {
                break;
            }
            for (course, Stored { value: review, version }) in found {
                let former = Review { author: former()?, body: Prose::default(), ..review };
                let author = format!("former-{:032x}", stoa.random.bits());
                let writes = vec![
                    courses::delete_review(course, &account.to_string(), Condition::Version(version)),
                    courses::put_review_of_nobody(course, &author, &former, Condition::Absent)?,
                ];
                table.transact(writes).await?;
            }
        },
        Step::Courses => loop {
            let found = courses::owned(table, account, BATCH).await?;
            if found.is_empty() {
                break;
            }
            for owned in found {
                course::remove(stoa, &owned).await?;
            }
        },
    }
    Ok(())
}

/// Removes the records below the account whose sort keys begin so.
async fn remove_below(stoa: &Stoa, account: AccountId, prefix: &str) -> Result<()> {
    let range = Range::Prefix(prefix.to_owned());
    let query = Query { range, ..Query::partition(keys::account_partition(account), BATCH) };
    loop {
        let found = stoa.table.query(query.clone()).await?.items;
        if found.is_empty() {
            break;
        }
        stoa.table.transact(deletes(found.into_iter().map(|item| item.key))).await?;
    }
    Ok(())
}

fn deletes(keys: impl IntoIterator<Item = crate::ports::Key>) -> Vec<Write> {
    keys.into_iter().map(|key| Write::Delete(key, Condition::None)).collect()
}

fn former() -> Result<domain::text::DisplayName> {
    FORMER.parse().map_err(|error| Error::invalid("Name", error))
}
