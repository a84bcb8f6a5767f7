//! Telling an identity provider that keeps roles which one we gave.
//!
//! What we gave is in the record at once, and holds there. The provider hears it from a job, when it answers; until then,
//! and for as long after as an answer from before may be on its way, nobody listens to what it says of the role.

use crate::ports::{Condition, IdentityError, Whom, Write};
use crate::records::Stored;
use crate::records::accounts::{self as records, AccountRecord, RoleGiven};
use crate::retry::until_written;
use crate::worker::{Job, Outcome};
use crate::{Error, Result, Stoa, outbox};
use domain::account::{Account, Role};
use domain::id::AccountId;
use domain::time::Timestamp;
use std::time::Duration;

/// How long after it was told a provider may still say what was before: a job that was slower than the one behind it, a
/// token that was made meanwhile, and the clocks of several servers.
const SETTLES: Duration = Duration::from_secs(2 * 60);

/// Gives a role to the record: the job that tells the provider, for the same transaction, where it is to know.
pub(crate) fn give(stoa: &Stoa, record: &mut AccountRecord, role: Role) -> Result<Option<Write>> {
    record.account.role = role;
    if !stoa.identity.keeps_roles() {
        return Ok(None);
    }
    record.role_given = Some(RoleGiven::Untold);
    outbox::job(stoa, &Job::TellRole { account: record.account.id }).map(Some)
}

/// Whether what a provider said when it was asked at that time is news, and not of before a role was given.
pub(super) fn listens(record: &AccountRecord, asked: Timestamp) -> bool {
    match record.role_given {
        None => true,
        Some(RoleGiven::Untold) => false,
        Some(RoleGiven::Told(at)) => asked >= at.plus(SETTLES),
    }
}

/// Tells the provider of the role that is in the record now.
pub(crate) async fn tell(stoa: &Stoa, account: AccountId, last_attempt: bool) -> Outcome {
    match try_tell(stoa, account).await {
        Ok(()) => Outcome::Done,
        Err(error @ (Error::Unavailable(_) | Error::Conflict | Error::Refused(_))) if last_attempt => {
            again(stoa, account, &error).await
        }
        Err(error @ (Error::Unavailable(_) | Error::Conflict | Error::Refused(_))) => {
            Outcome::Retry { reason: error.to_string(), after: None }
        }
        Err(error) => Outcome::Fail { reason: error.to_string() },
    }
}

/// However long a provider is down, it is told: by a job of its own from here.
async fn again(stoa: &Stoa, account: AccountId, error: &Error) -> Outcome {
    let job = match outbox::job(stoa, &Job::TellRole { account }) {
        Ok(job) => stoa.table.write(job).await.map_err(Error::from),
        Err(error) => Err(error),
    };
    match job {
        Ok(()) => Outcome::Done,
        Err(_) => Outcome::Retry { reason: error.to_string(), after: None },
    }
}

async fn try_tell(stoa: &Stoa, account: AccountId) -> Result<()> {
    until_written(|| async {
        let Some(Stored { value: record, version }) = records::record(&*stoa.table, account).await? else {
            return Ok(());
        };
        let AccountRecord { account: Account { email, role, .. }, subject, .. } = &record;
        let whom = Whom { subject, email, tokens: None };
        // Also where it was told before: a run of this job that was slower may have told it what was before that.
        match stoa.identity.set_role(whom, *role).await {
            // Nobody there has a role. Who comes back is told of anew.
            Ok(()) | Err(IdentityError::Unknown) => {}
            Err(error) => return Err(error.into()),
        }
        let told = AccountRecord { role_given: Some(RoleGiven::Told(stoa.clock.now())), ..record };
        // A role that was given meanwhile makes this a conflict, and is told next.
        Ok(stoa.table.write(records::put(&told, Condition::Version(version))?).await?)
    })
    .await
}
