//! Who teaches a course together with its owner.
//!
//! An address is asked, and whoever has an account with it answers. So nobody learns from an invitation whether an
//! address has an account, and nobody teaches what they have not agreed to.

use crate::mail::{self, Mail};
use crate::ports::Condition;
use crate::records::instructors::{self as records, Invitation};
use crate::records::{Stored, accounts, courses};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, audit, leases};
use domain::account::{Account, Actor};
use domain::audit::{Event, Who};
use domain::course::Course;
use domain::id::{AccountId, CourseId};
use domain::permission::Permission;
use domain::text::Email;
use domain::view::{InstructorsPage, TeachingInvitation};
use std::collections::HashMap;

/// How many invitations a list shows, and a course may have.
const MOST_INVITED: usize = 20;

/// Who teaches a course, and who was asked to.
pub async fn page(stoa: &Stoa, actor: Actor, course: CourseId) -> Result<InstructorsPage> {
    let course = access::course(stoa, actor, course, Permission::EditCourse).await?.course.value;
    let viewer = actor.account().ok_or(Error::SignInNeeded)?;
    let manages = access::check_course(stoa, actor, &course, Permission::ManageInstructors).await.is_ok();
    let found = accounts::accounts(&*stoa.table, &course.co_instructors).await?;
    let names: HashMap<AccountId, Account> = found.into_iter().map(|a| (a.id, a)).collect();
    let named = |id: &AccountId| Some((*id, names.get(id)?.name.clone()));
    let invited = match manages {
        true => records::invited(&*stoa.table, course.id, MOST_INVITED).await?,
        false => Vec::new(),
    };
    Ok(InstructorsPage {
        course: course.id,
        co_instructors: course.co_instructors.iter().filter_map(named).collect(),
        course_title: course.title,
        owner: course.instructor,
        invited,
        manages,
        viewer,
    })
}

/// Asks whoever has the address to teach the course. Asking twice is asking once.
pub async fn invite(stoa: &Stoa, actor: Actor, course: CourseId, email: &str) -> Result<()> {
    let course = access::course(stoa, actor, course, Permission::ManageInstructors).await?.course.value;
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let invited = records::invited(&*stoa.table, course.id, MOST_INVITED).await?;
    if invited.contains(&email) {
        return Ok(());
    }
    if course.co_instructors.len() + invited.len() >= Course::MAX_CO_INSTRUCTORS {
        return Err(full());
    }
    let asked = Mail::TeachTogether { by: course.instructor.clone(), course: course.title.clone() };
    let writes = vec![
        records::put_invitation(&Invitation { course: course.id, email: email.clone() }, Condition::Absent)?,
        mail::post(stoa, &email, &asked)?,
        audit::entry(stoa, actor, &Event::InstructorInvited { course: course.id, email })?,
    ];
    match stoa.table.transact(writes).await.map_err(Error::from) {
        // Somebody else asked at the same moment.
        Err(Error::Conflict) => Ok(()),
        done => {
            stoa.wake.notify_one();
            done
        }
    }
}

/// Takes an invitation back. One that was answered is gone already, which is fine.
pub async fn uninvite(stoa: &Stoa, actor: Actor, course: CourseId, email: &str) -> Result<()> {
    let course = access::course(stoa, actor, course, Permission::ManageInstructors).await?.course.value.id;
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    withdraw(stoa, actor, course, email).await
}

/// The courses that the actor is asked to teach.
pub async fn invitations(stoa: &Stoa, actor: Actor) -> Result<Vec<TeachingInvitation>> {
    let account = teacher(stoa, actor).await?;
    let ids = records::invited_to(&*stoa.table, &account.email, MOST_INVITED).await?;
    let invitation =
        |course: Course| TeachingInvitation { course: course.id, title: course.title, by: course.instructor };
    Ok(courses::courses(&*stoa.table, &ids).await?.into_iter().map(invitation).collect())
}

/// Agrees to teach a course that one is asked to teach.
pub async fn accept(stoa: &Stoa, actor: Actor, course: CourseId) -> Result<()> {
    let account = teacher(stoa, actor).await?;
    until_written(|| async {
        let ids = records::invited_to(&*stoa.table, &account.email, MOST_INVITED).await?;
        let asked = ids.contains(&course);
        let Stored { value: mut course, version } =
            courses::course(&*stoa.table, course).await?.filter(|_| asked).ok_or(Error::NotFound)?;
        let mut writes = vec![records::delete_invitation(course.id, &account.email)];
        if !course.is_taught_by(account.id) {
            if course.co_instructors.len() >= Course::MAX_CO_INSTRUCTORS {
                return Err(full());
            }
            course.co_instructors.push(account.id);
            let added = Event::InstructorAdded { course: course.id, account: account.id };
            writes.push(courses::put_course(&course, Condition::Version(version))?);
            writes.push(records::put_taught(account.id, course.id));
            writes.push(audit::entry(stoa, actor, &added)?);
        }
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}

/// Refuses to teach a course that one is asked to teach. An invitation that was taken back is fine.
pub async fn decline(stoa: &Stoa, actor: Actor, course: CourseId) -> Result<()> {
    let account = teacher(stoa, actor).await?;
    withdraw(stoa, actor, course, account.email).await
}

/// Ends that somebody teaches a course with its owner: the owner may say so, and they themselves. Who does not teach
/// it any more is fine.
pub async fn remove(stoa: &Stoa, actor: Actor, course: CourseId, account: AccountId) -> Result<()> {
    let needed = match actor.account() == Some(account) {
        true => Permission::EditCourse,
        false => Permission::ManageInstructors,
    };
    until_written(|| async {
        let Stored { value: mut course, version } = access::course(stoa, actor, course, needed).await?.course;
        if !course.co_instructors.contains(&account) {
            return Ok(());
        }
        course.co_instructors.retain(|id| *id != account);
        let removed = Event::InstructorRemoved { course: course.id, account };
        let writes = vec![
            courses::put_course(&course, Condition::Version(version))?,
            records::delete_taught(account, course.id),
            audit::entry(stoa, actor, &removed)?,
        ];
        Ok(stoa.table.transact(writes).await?)
    })
    .await?;
    leases::end_for_course(stoa, account, course).await
}

/// Ends that an account which is gone teaches a course.
pub(crate) async fn leave(stoa: &Stoa, account: AccountId, course: CourseId) -> Result<()> {
    until_written(|| async {
        let mut writes = vec![records::delete_taught(account, course)];
        if let Some(Stored { value: mut course, version }) = courses::course(&*stoa.table, course).await?
            && course.co_instructors.contains(&account)
        {
            course.co_instructors.retain(|id| *id != account);
            let removed = Event::InstructorRemoved { course: course.id, account };
            writes.push(courses::put_course(&course, Condition::Version(version))?);
            writes.push(audit::entry(stoa, Who::Program, &removed)?);
        }
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}

/// The account of somebody who may teach.
async fn teacher(stoa: &Stoa, actor: Actor) -> Result<Account> {
    access::check(actor, Permission::CreateCourse)?;
    let id = actor.account().ok_or(Error::SignInNeeded)?;
    accounts::account(&*stoa.table, id).await?.ok_or(Error::SignInNeeded)
}

async fn withdraw(stoa: &Stoa, actor: Actor, course: CourseId, email: Email) -> Result<()> {
    let gone = records::delete_invitation(course, &email);
    let logged = audit::entry(stoa, actor, &Event::InstructorUninvited { course, email })?;
    match stoa.table.transact(vec![gone, logged]).await.map_err(Error::from) {
        Err(Error::Conflict) => Ok(()),
        done => done,
    }
}

fn full() -> Error {
    let most = Course::MAX_CO_INSTRUCTORS;
    Error::Refused(format!("A course has at most {most} instructors beside its owner, invitations included."))
}
