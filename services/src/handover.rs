//! Giving a course to somebody who teaches it already: for owners who leave, and learners who stay.

use crate::ports::Condition;
use crate::records::{accounts, courses, files, instructors, uploads, videos};
use crate::retry::until_written;
use crate::uploads::quota;
use crate::{Error, Result, Stoa, access, audit};
use domain::account::Actor;
use domain::audit::Event;
use domain::course::Outline;
use domain::id::{AccountId, CourseId};
use domain::permission::{Permission, Relation, allows};

/// Makes one of the co-instructors of a course its owner. Who was it before goes on teaching it with them. Once more changes
/// nothing.
pub async fn hand_over(stoa: &Stoa, actor: Actor, course: CourseId, to: AccountId) -> Result<()> {
    until_written(|| async {
        let before = access::course(stoa, actor, course, Permission::ManageInstructors).await?.course;
        let mut course = before.value.clone();
        let from = course.owner;
        if from == to {
            return Ok(());
        }
        if !course.co_instructors.contains(&to) {
            return Err(Error::Refused("Only who teaches the course with its owner can be given it.".into()));
        }
        let account = accounts::account(&*stoa.table, to).await?.ok_or(Error::NotFound)?;
        if !allows(account.actor(None), Relation::Owner, Permission::EditCourse) {
            return Err(Error::Refused("For this they need an account as an instructor.".into()));
        }
        let bytes =
            quota::signed(stored(stoa, &courses::outline(&*stoa.table, course.id).await?.value).await?);
        (course.owner, course.instructor) = (to, account.name);
        course.co_instructors.retain(|id| *id != to);
        course.co_instructors.push(from);
        let mut writes = courses::index_words(Some(&before.value), &course);
        writes.push(courses::put_course(&course, Condition::Version(before.version))?);
        writes.push(instructors::delete_taught(to, course.id));
        writes.push(instructors::put_taught(from, course.id));
        writes.extend(quota::count(from, -bytes));
        writes.extend(quota::count(to, bytes));
        writes.push(audit::entry(stoa, actor, &Event::CourseHandedOver { course: course.id, to })?);
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}

/// What a course counts of its owner's room: bytes. Refused while something is on its way: it counts for who began it.
async fn stored(stoa: &Stoa, outline: &Outline) -> Result<u64> {
    let table = &*stoa.table;
    let mut bytes = 0;
    for lesson in outline.lessons() {
        if !uploads::unfinished(table, lesson.id).await?.is_empty() {
            let message = "A file is on its way to this course. Wait until it has arrived, or stop it.";
            return Err(Error::Refused(message.into()));
        }
        bytes += files::of(table, lesson.id).await?.value.bytes();
        if let Some(asset) = lesson.video
            && let Some(video) = videos::video(table, asset).await?
        {
            bytes += video.value.upload.size;
        }
    }
    Ok(bytes)
}
