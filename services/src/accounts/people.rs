//! The account of somebody whom the identity provider knows.

use super::role;
use crate::ports::{Condition, Person};
use crate::records::accounts::{self as records, AccountRecord};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, audit};
use domain::account::{Account, Role};
use domain::audit::{Event, Who};
use domain::id::AccountId;
use domain::time::Timestamp;

/// The account of who just proved who they are: made where this is the first time, and brought in line with what the
/// provider says of them, which it was `asked` at that time.
pub(super) async fn account_of(stoa: &Stoa, person: &Person, asked: Timestamp) -> Result<Account> {
    until_written(|| async {
        if let Some(stored) = records::by_subject(&*stoa.table, &person.subject).await? {
            let record = stored.value;
            let role = person.role.filter(|_| role::listens(&record, asked));
            let account = Account {
                email: person.email.clone(),
                role: role.unwrap_or(record.account.role),
                ..record.account.clone()
            };
            if account != record.account {
                let (before, after) = (record.account.role, account.role);
                let mut writes = vec![records::put(
                    &AccountRecord { account: account.clone(), ..record.clone() },
                    Condition::Version(stored.version),
                )?];
                if before != after {
                    let event = Event::RoleChanged { account: account.id, before, after };
                    writes.push(audit::entry(stoa, Who::Program, &event)?);
                }
                if account.email != record.account.email {
                    writes.push(records::put_email(&account)?);
                    writes.push(records::delete_email(&record.account.email));
                }
                stoa.table.transact(writes).await?;
            }
            return Ok(account);
        }
        // The provider vouches for the address: whoever had it with us before is who has it now.
        if let Some(account) = records::account_by_email(&*stoa.table, &person.email).await? {
            relink(stoa, account.id, person).await?;
            return Ok(account);
        }
        add(stoa, person, None, Who::Program).await
    })
    .await
}

/// Makes an account, as `who` wants: with the role that they `give`, or with the one that the provider says.
pub(super) async fn add(stoa: &Stoa, person: &Person, give: Option<Role>, who: Who) -> Result<Account> {
    let id = AccountId::new(stoa.clock.now(), stoa.random.bits());
    let local = || person.email.as_str().split('@').next().and_then(|local| local.parse().ok());
    let name = person.name.clone().or_else(local);
    let name = name.map_or_else(|| "Somebody".parse(), Ok).map_err(|error| Error::invalid("Name", error))?;
    let role = give.or(person.role).unwrap_or(Role::Learner);
    let account = Account { id, email: person.email.clone(), name, role, deletion: None };
    let mut record = AccountRecord {
        account: account.clone(),
        subject: person.subject.clone(),
        sessions_ended: None,
        role_given: None,
    };
    let told = give.map(|role| role::give(stoa, &mut record, role)).transpose()?;
    let mut writes = vec![
        records::put_email(&account)?,
        records::put_subject(&person.subject, id)?,
        records::put(&record, Condition::Absent)?,
        audit::entry(stoa, who, &Event::AccountAdded { account: id, role })?,
    ];
    writes.extend(told.flatten());
    stoa.table.transact(writes).await?;
    Ok(account)
}

/// The provider calls the owner of an account by another name now: somebody moved them there, or it is another provider.
/// Where that says nothing of a role, it is told the one that they have.
async fn relink(stoa: &Stoa, account: AccountId, person: &Person) -> Result<()> {
    let Some(stored) = records::record(&*stoa.table, account).await? else { return Ok(()) };
    let before = stored.value.subject.clone();
    let mut record = AccountRecord { subject: person.subject.clone(), ..stored.value };
    let mut writes = vec![records::put_subject(&person.subject, account)?];
    let role = record.account.role;
    if person.role == Some(Role::Learner) && role != Role::Learner {
        writes.extend(role::give(stoa, &mut record, role)?);
    }
    writes.push(records::put(&record, Condition::Version(stored.version))?);
    if before != person.subject {
        writes.push(records::delete_subject(&before));
    }
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}
