//! The one place where a use case asks whether somebody may do something with a course.

use crate::records::{Stored, courses, enrolments};
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
    /// How the actor stands to it.
    pub(crate) relation: Relation,
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
    check_course(stoa, actor, course, permission).await
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
    check_course(stoa, actor, course, permission).await
}

async fn check_course(
    stoa: &Stoa,
    actor: Actor,
    course: Stored<Course>,
    permission: Permission,
) -> Result<Allowed> {
    let relation = relation(stoa, actor, &course.value).await?;
    // A draft is not there for those who may not see it; who takes the course keeps it when it is withdrawn.
    let visible = course.value.published.is_some()
        || relation == Relation::Enrolled && permission == Permission::WatchLesson
        || allows(actor, relation, Permission::PreviewCourse);
    if !visible {
        return Err(Error::NotFound);
    }
    if allows(actor, relation, permission) { Ok(Allowed { course, relation }) } else { Err(denied(actor)) }
}

async fn relation(stoa: &Stoa, actor: Actor, course: &Course) -> Result<Relation> {
    let Some(account) = actor.account() else { return Ok(Relation::None) };
    if course.owner == account {
        return Ok(Relation::Owner);
    }
    let enrolled = enrolments::enrolment(&*stoa.table, account, course.id).await?.is_some();
    Ok(if enrolled { Relation::Enrolled } else { Relation::None })
}

fn denied(actor: Actor) -> Error {
    match actor {
        Actor::Anonymous => Error::SignInNeeded,
        Actor::Account { .. } => Error::Forbidden,
    }
}
