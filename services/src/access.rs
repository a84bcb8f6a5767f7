//! The one place where a use case asks whether somebody may do something with a course.

use crate::records::enrolments::{self, Enrolment};
use crate::records::{Stored, courses};
use crate::{Error, Result, Stoa};
use domain::account::Actor;
use domain::course::Course;
use domain::id::CourseId;
use domain::permission::{Permission, Relation, allows};
use domain::text::Slug;

/// A course that the actor may do something with.
pub(crate) struct Allowed {
    /// The course.
    pub(crate) course: Stored<Course>,
}

/// How an actor who may do something with a course stands to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// In one word.
    pub(crate) relation: Relation,
    /// The enrolment, where that is the relation.
    pub(crate) enrolment: Option<Enrolment>,
}

/// Checks a permission that concerns no course.
pub(crate) fn check(actor: Actor, permission: Permission) -> Result<()> {
    if allows(actor, Relation::None, permission) { Ok(()) } else { Err(denied(actor)) }
}

/// The course `id`, where `actor` has `permission` for it.
pub(crate) async fn course(
    stoa: &Stoa,
    actor: Actor,
    id: CourseId,
    permission: Permission,
) -> Result<Allowed> {
    let course = courses::course(&*stoa.table, id).await?.ok_or(Error::NotFound)?;
    allowed(stoa, actor, course, permission).await
}

/// The course with the address `slug`, where `actor` has `permission` for it.
pub(crate) async fn course_by_slug(
    stoa: &Stoa,
    actor: Actor,
    slug: &str,
    permission: Permission,
) -> Result<Allowed> {
    let slug: Slug = slug.parse().map_err(|_| Error::NotFound)?;
    let course = courses::course_by_slug(&*stoa.table, &slug).await?.ok_or(Error::NotFound)?;
    allowed(stoa, actor, course, permission).await
}

async fn allowed(
    stoa: &Stoa,
    actor: Actor,
    course: Stored<Course>,
    permission: Permission,
) -> Result<Allowed> {
    check_course(stoa, actor, &course.value, permission).await?;
    Ok(Allowed { course })
}

/// Checks a permission that concerns a course.
pub(crate) async fn check_course(
    stoa: &Stoa,
    actor: Actor,
    course: &Course,
    permission: Permission,
) -> Result<Standing> {
    let standing = standing(stoa, actor, course).await?;
    let relation = standing.relation;
    // A draft is not there for those who may not see it; who takes the course keeps it when it is withdrawn.
    let visible = course.published.is_some()
        || relation == Relation::Enrolled && permission == Permission::WatchLesson
        || allows(actor, relation, Permission::PreviewCourse);
    if !visible {
        return Err(Error::NotFound);
    }
    if allows(actor, relation, permission) { Ok(standing) } else { Err(denied(actor)) }
}

async fn standing(stoa: &Stoa, actor: Actor, course: &Course) -> Result<Standing> {
    let enrolment = match actor.account() {
        None => None,
        Some(account) if course.owner == account => {
            return Ok(Standing { relation: Relation::Owner, enrolment: None });
        }
        Some(account) if course.is_taught_by(account) => {
            return Ok(Standing { relation: Relation::CoInstructor, enrolment: None });
        }
        Some(account) => enrolments::enrolment(&*stoa.table, account, course.id).await?,
    };
    let relation = if enrolment.is_some() { Relation::Enrolled } else { Relation::None };
    Ok(Standing { relation, enrolment: enrolment.map(|stored| stored.value) })
}

fn denied(actor: Actor) -> Error {
    match actor {
        Actor::Anonymous => Error::SignInNeeded,
        Actor::Account { .. } => Error::Forbidden,
    }
}
