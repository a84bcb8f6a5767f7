//! Removing a course that nobody takes, with all that is of it.

use crate::ports::{Condition, Write};
use crate::records::{courses, instructors};
use crate::worker::Job;
use crate::{Error, Result, Stoa, audit, outbox, uploads, videos};
use domain::audit::{Event, Who};
use domain::course::Course;
use domain::id::{AssetId, LessonId};

/// How many records are removed at a time: as many as a transaction takes.
const BATCH: usize = 100;

/// Removes a course. Its own record goes last, so that what broke off is found again.
pub(super) async fn remove(stoa: &Stoa, course: &Course) -> Result<()> {
    let table = &*stoa.table;
    let outline = courses::outline(table, course.id).await?.value;
    let lessons: Vec<LessonId> = outline.lessons().map(|lesson| lesson.id).collect();
    for lesson in &lessons {
        uploads::give_up_all(stoa, *lesson).await?;
    }
    loop {
        let found = courses::review_keys(table, course.id, BATCH).await?;
        if found.is_empty() {
            break;
        }
        table.transact(found.into_iter().map(|key| Write::Delete(key, Condition::None)).collect()).await?;
    }
    loop {
        let found = instructors::invited(table, course.id, BATCH).await?;
        if found.is_empty() {
            break;
        }
        let gone = found.iter().map(|email| instructors::forget_invitation(course.id, email));
        table.transact(gone.collect()).await?;
    }
    let Some(stored) = courses::course(table, course.id).await? else { return Ok(()) };
    let assets: Vec<AssetId> = outline.lessons().filter_map(|lesson| lesson.video).collect();
    let mut writes = courses::delete(&stored.value, Condition::Version(stored.version));
    for teaches in &stored.value.co_instructors {
        writes.push(instructors::delete_taught(*teaches, course.id));
    }
    writes.extend(videos::removal(stoa, assets)?);
    // Nobody's room: who had it is gone, and with them what was counted.
    writes.push(outbox::job(stoa, &Job::RemoveLessonFiles { lessons, owner: None })?);
    writes.push(audit::entry(stoa, Who::Program, &Event::CourseRemoved { course: course.id })?);
    table.transact(writes).await.map_err(Error::from)?;
    stoa.wake.notify_one();
    Ok(())
}
