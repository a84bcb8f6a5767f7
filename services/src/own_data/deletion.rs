//! The end of an account: asked for by its owner, who has two weeks to think better of it.
//!
//! Until then everything goes on as before. What happens to each kind of record is [`families`](super::families)'; how,
//! [`removal`](super::removal)'s.

use crate::accounts::{SessionToken, check_proved, is_proved};
use crate::mail::{self, Mail};
use crate::ports::Condition;
use crate::records::accounts::{self as people, AccountRecord};
use crate::records::deletions::{self as records, Deletion};
use crate::records::{Stored, courses, enrolments};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, audit, orders};
use domain::account::{Actor, Role};
use domain::audit::{Event, Who};
use domain::course::Course;
use domain::id::AccountId;
use domain::permission::Permission;
use domain::view::OwnDataPage;
use std::time::Duration;

/// How long an account stays whose owner wants it deleted.
const GRACE: Duration = Duration::from_secs(14 * 24 * 3600);

/// The most courses of somebody that are looked at for what stands in the way.
const MOST_COURSES: usize = 1000;

/// What there is to decide about one's own data.
pub async fn page(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<OwnDataPage> {
    let proved = is_proved(stoa, actor, token).await?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let record = people::account(&*stoa.table, account).await?.ok_or(Error::SignInNeeded)?;
    Ok(OwnDataPage { proved, deletion: record.deletion, in_the_way: not_yet(stoa, account).await? })
}

/// Plans the deletion of the actor's account, who gave their password of late. Asking twice is asking once.
pub async fn ask(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<()> {
    check_proved(stoa, actor, token).await?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    if let Some(obstacle) = not_yet(stoa, account).await?.into_iter().next() {
        return Err(Error::Refused(obstacle));
    }
    let on = stoa.clock.now().plus(GRACE);
    until_written(|| async {
        let Stored { value: mut record, version } = own(stoa, account).await?;
        if record.account.deletion.is_some() {
            return Ok(());
        }
        record.account.deletion = Some(on);
        let mut writes = vec![
            people::put(&record, Condition::Version(version))?,
            records::put(&Deletion { account, on, gone: None }, Condition::Absent)?,
            mail::post(stoa, &record.account, &Mail::DeletionPlanned { on })?,
            audit::entry(stoa, actor, &Event::DeletionAsked { account })?,
        ];
        if record.account.role == Role::Admin {
            writes.push(crate::people::another_admin(stoa, account).await?);
        }
        stoa.table.transact(writes).await?;
        stoa.wake.notify_one();
        Ok(())
    })
    .await
}

/// Keeps the actor's account after all. One that was not to be deleted is fine.
pub async fn keep(stoa: &Stoa, actor: Actor) -> Result<()> {
    access::check(actor, Permission::ManageOwnAccount)?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    until_written(|| async {
        call_off(stoa, own(stoa, account).await?, actor, &Mail::DeletionCancelled).await
    })
    .await
}

/// Ends the plan to delete an account, and tells its owner.
pub(super) async fn call_off(
    stoa: &Stoa,
    stored: Stored<AccountRecord>,
    who: impl Into<Who>,
    news: &Mail,
) -> Result<()> {
    let Stored { value: mut record, version } = stored;
    let account = record.account.id;
    if record.account.deletion.take().is_none() {
        return Ok(());
    }
    let writes = vec![
        people::put(&record, Condition::Version(version))?,
        records::delete(account, Condition::None),
        mail::post(stoa, &record.account, news)?,
        audit::entry(stoa, who, &Event::DeletionCancelled { account })?,
    ];
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}

/// What is to be done before an account can be planned to be deleted, as sentences. On the day, orders are called off.
async fn not_yet(stoa: &Stoa, account: AccountId) -> Result<Vec<String>> {
    let mut found = in_the_way(stoa, account).await?;
    if orders::is_buying(stoa, account).await? {
        found.push(
            "An order of yours is not decided yet. Pay it or cancel it first, on its own page.".to_owned(),
        );
    }
    Ok(found)
}

/// What stands in the way of deleting an account, as sentences: nobody loses a course because somebody else leaves, and
/// nobody joins one that is about to end.
pub(super) async fn in_the_way(stoa: &Stoa, account: AccountId) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for Course { id, title, published, .. } in courses::owned(&*stoa.table, account, MOST_COURSES).await? {
        let (learners, _) = enrolments::of_course(&*stoa.table, id, None, 1).await?;
        if !learners.is_empty() {
            found.push(format!(
                "Your course “{title}” has learners, who must not lose it. Hand it over to somebody who teaches it \
                 with you, or end it for its learners first."
            ));
        } else if published.is_some() {
            found.push(format!(
                "Your course “{title}” is published. Unpublish it first, so that nobody joins it."
            ));
        }
    }
    Ok(found)
}

async fn own(stoa: &Stoa, account: AccountId) -> Result<Stored<AccountRecord>> {
    people::record(&*stoa.table, account).await?.ok_or(Error::SignInNeeded)
}
