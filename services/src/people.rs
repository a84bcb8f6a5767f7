//! Those with an account, for those who help them and those who run the site.

use crate::accounts::SessionToken;
use crate::mail::{self, Mail};
use crate::ports::{Condition, Write};
use crate::records::accounts::{self as records, AccountRecord};
use crate::records::{Stored, keys};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, accounts, audit};
use domain::account::{Account, Actor, Role};
use domain::audit::Event;
use domain::id::AccountId;
use domain::permission::Permission;
use domain::text::Email;
use domain::view::{PeoplePage, PersonRow};

/// How many a page shows.
const PAGE: usize = 50;

/// Those with an account, who joined last first, from after `after` (a [`PeoplePage::next`]): all of them, or those with
/// a role.
pub async fn page(
    stoa: &Stoa,
    actor: Actor,
    role: Option<Role>,
    after: Option<AccountId>,
) -> Result<PeoplePage> {
    access::check(actor, Permission::SeePeople)?;
    let (found, more) = records::people(&*stoa.table, role, after, PAGE).await?;
    let people: Vec<PersonRow> = found.into_iter().map(|stored| row(stored.value.account)).collect();
    let next = people.last().filter(|_| more).map(|person| person.account);
    Ok(PeoplePage { people, next, changes_roles: changes_roles(actor) })
}

/// One of them.
pub async fn one(stoa: &Stoa, actor: Actor, account: AccountId) -> Result<PeoplePage> {
    access::check(actor, Permission::SeePeople)?;
    let found = records::account(&*stoa.table, account).await?.ok_or(Error::NotFound)?;
    Ok(PeoplePage { people: vec![row(found)], next: None, changes_roles: changes_roles(actor) })
}

/// Whose an address is.
pub async fn find(stoa: &Stoa, actor: Actor, email: &str) -> Result<AccountId> {
    access::check(actor, Permission::SeePeople)?;
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let found = records::account_by_email(&*stoa.table, &email).await?;
    Ok(found.ok_or_else(|| Error::Refused("Nobody has this address.".into()))?.id)
}

/// Gives an account another role, at once and for the sessions that it has: in the name of the actor, who gave their
/// password of late. Of the last admin it cannot be taken.
pub async fn change_role(
    stoa: &Stoa,
    actor: Actor,
    token: &SessionToken,
    account: AccountId,
    role: Role,
) -> Result<()> {
    access::check(actor, Permission::ChangeRoles)?;
    accounts::check_proved(stoa, actor, token).await?;
    until_written(|| async {
        let Stored { value: mut record, version } =
            records::record(&*stoa.table, account).await?.ok_or(Error::NotFound)?;
        let before = record.account.role;
        if before == role {
            return Ok(());
        }
        let told = accounts::give_role(stoa, &mut record, role)?;
        let mut writes = vec![
            records::put(&record, Condition::Version(version))?,
            mail::post(stoa, &record.account, &Mail::RoleChanged { role })?,
            audit::entry(stoa, actor, &Event::RoleChanged { account, before, after: role })?,
        ];
        writes.extend(told);
        if before == Role::Admin {
            writes.push(another_admin(stoa, account).await?);
        }
        stoa.table.transact(writes).await?;
        stoa.wake.notify_one();
        Ok(())
    })
    .await
}

/// Ends every session of an account, and whatever plays in them.
pub async fn end_sessions(stoa: &Stoa, actor: Actor, account: AccountId) -> Result<()> {
    access::check(actor, Permission::EndSessions)?;
    let ended = audit::entry(stoa, actor, &Event::SessionsEnded { account })?;
    accounts::end_sessions(stoa, account, Some(ended)).await
}

/// The write that fails its transaction if the admin that was found beside `account` is none any more: of two admins who
/// take the role from each other, or leave, at the same moment, one stays. One whose account will be deleted does not count.
pub(crate) async fn another_admin(stoa: &Stoa, account: AccountId) -> Result<Write> {
    let (admins, _) = records::people(&*stoa.table, Some(Role::Admin), None, PAGE).await?;
    let stays = |admin: &Account| admin.id != account && admin.deletion.is_none();
    let other = admins.into_iter().find(|admin| stays(&admin.value.account));
    let Some(Stored { value: AccountRecord { account: other, .. }, version }) = other else {
        return Err(Error::Refused("This is the last admin. Make somebody else one first.".into()));
    };
    Ok(Write::Check(keys::account(other.id), Condition::Version(version)))
}

fn row(account: Account) -> PersonRow {
    let Account { id, email, name, role, .. } = account;
    PersonRow { account: id, email, name, role }
}

fn changes_roles(actor: Actor) -> bool {
    access::check(actor, Permission::ChangeRoles).is_ok()
}
