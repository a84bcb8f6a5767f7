//! Taking courses: enrolment, lessons, progress, reviews.

use crate::ports::{Condition, Write};
use crate::records::enrolments::{self, Enrolment};
use crate::records::{accounts, courses};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, catalogue, downloads, videos};
use domain::account::Actor;
use domain::id::{AccountId, CourseId, LessonId};
use domain::permission::Permission;
use domain::progress::Progress;
use domain::review::{Review, Stars};
use domain::text::Prose;
use domain::time::Seconds;
use domain::video::VideoStatus;
use domain::view::{CourseCard, LessonPage, TakenCourse};
use std::collections::HashMap;

/// How many courses a learner's list shows.
const MY_COURSES: usize = 100;

/// Joins a published, free course. Joining twice is joining once.
pub async fn enrol(stoa: &Stoa, actor: Actor, slug: &str) -> Result<()> {
    let course = access::course_by_slug(stoa, actor, slug, Permission::Enrol).await?.course.value;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    if !course.price.is_free() {
        return Err(Error::Refused(format!("This course costs {}: buy it to take it.", course.price)));
    }
    match stoa.table.write(enrolment(stoa, account, course.id).await?).await.map_err(Error::from) {
        Err(Error::Conflict) => Ok(()),
        other => other,
    }
}

/// The write that enrols somebody who is not enrolled.
pub(crate) async fn enrolment(stoa: &Stoa, account: AccountId, course: CourseId) -> Result<Write> {
    // Who was here before goes on where they were.
    let progress = enrolments::progress_in_course(&*stoa.table, account, course).await?;
    let completed = progress.values().filter(|progress| progress.completed).count() as u32;
    let enrolment = Enrolment { course, since: stoa.clock.now(), completed, last: None };
    enrolments::put(account, &enrolment, Condition::Absent)
}

/// The courses that the actor takes, latest enrolment first.
pub async fn my_courses(stoa: &Stoa, actor: Actor) -> Result<Vec<TakenCourse>> {
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let mut enrolments = enrolments::of_account(&*stoa.table, account, MY_COURSES).await?;
    enrolments.sort_by_key(|enrolment| std::cmp::Reverse(enrolment.since));
    let ids: Vec<CourseId> = enrolments.iter().map(|enrolment| enrolment.course).collect();
    let found = courses::courses(&*stoa.table, &ids).await?;
    let by_course: HashMap<CourseId, Enrolment> = enrolments.into_iter().map(|e| (e.course, e)).collect();
    Ok(found
        .iter()
        .map(|course| {
            let enrolment = by_course.get(&course.id);
            TakenCourse {
                card: CourseCard::from(course),
                completed: enrolment.map_or(0, |e| e.completed.min(course.lessons)),
                resume: enrolment.and_then(|e| e.last),
            }
        })
        .collect())
}

/// The page on which a lesson is watched.
pub async fn lesson(stoa: &Stoa, actor: Actor, slug: &str, id: LessonId) -> Result<LessonPage> {
    let course = access::course_by_slug(stoa, actor, slug, Permission::WatchLesson).await?.course.value;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let outline = courses::outline(&*stoa.table, course.id).await?.value;
    let lesson = outline.lesson(id).ok_or(Error::NotFound)?;
    let progress = enrolments::progress_in_course(&*stoa.table, account, course.id).await?;
    let video = match lesson.video {
        Some(asset) => videos::watchable(stoa, asset).await?,
        None => VideoStatus::Missing,
    };
    let length = lesson.length;
    Ok(LessonPage {
        course: course.slug,
        course_title: course.title,
        outline: catalogue::outline_view(&outline, &progress),
        lesson: id,
        title: lesson.title.clone(),
        video,
        downloads: downloads::offered(stoa, lesson).await?,
        resume_at: progress.get(&id).map_or(Seconds(0), |progress| progress.resume_at(length)),
        next: outline.next(id).map(|lesson| lesson.id),
    })
}

/// Notes where playback of a lesson is.
pub async fn report_position(
    stoa: &Stoa,
    actor: Actor,
    slug: &str,
    lesson: LessonId,
    position: Seconds,
) -> Result<()> {
    let course = access::course_by_slug(stoa, actor, slug, Permission::WatchLesson).await?.course.value;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let outline = courses::outline(&*stoa.table, course.id).await?.value;
    let length = outline.lesson(lesson).ok_or(Error::NotFound)?.length;
    until_written(|| note_position(stoa, account, course.id, lesson, position, length)).await
}

/// Writes the progress, and with it what the enrolment shows of it.
async fn note_position(
    stoa: &Stoa,
    account: AccountId,
    course: CourseId,
    lesson: LessonId,
    position: Seconds,
    length: Seconds,
) -> Result<()> {
    let table = &*stoa.table;
    let before = enrolments::progress(table, account, course, lesson).await?;
    let after = Progress::reported(before.as_ref().map(|b| b.value), position, length, stoa.clock.now());
    let newly_completed = after.completed && !before.as_ref().is_some_and(|b| b.value.completed);
    let condition = before.map_or(Condition::Absent, |b| Condition::Version(b.version));
    let mut writes = vec![enrolments::put_progress(account, course, lesson, &after, condition)?];
    // An instructor watches without an enrolment.
    if let Some(enrolment) = enrolments::enrolment(table, account, course).await? {
        let completed = enrolment.value.completed + u32::from(newly_completed);
        let changed = Enrolment { completed, last: Some(lesson), ..enrolment.value };
        if changed != enrolment.value {
            writes.push(enrolments::put(account, &changed, Condition::Version(enrolment.version))?);
        }
    }
    Ok(stoa.table.transact(writes).await?)
}

/// Puts the actor's review of a course that they take, in the place of an earlier one.
pub async fn review(stoa: &Stoa, actor: Actor, slug: &str, stars: u8, body: &str) -> Result<()> {
    let stars = Stars::try_from(stars).map_err(|e| Error::invalid("Rating", e))?;
    let body: Prose = body.parse().map_err(|e| Error::invalid("Review", e))?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    until_written(|| async {
        let course = access::course_by_slug(stoa, actor, slug, Permission::Review).await?.course;
        let author = accounts::account(&*stoa.table, account).await?.ok_or(Error::SignInNeeded)?.name;
        let before = courses::review(&*stoa.table, course.value.id, &account.to_string()).await?;
        let review = Review { author, stars, body: body.clone(), written: stoa.clock.now() };
        let mut changed = course.value.clone();
        changed.rating = changed.rating.with(before.as_ref().map(|b| b.value.stars), stars);
        let condition = before.map_or(Condition::Absent, |b| Condition::Version(b.version));
        let writes = vec![
            courses::put_review(changed.id, account, &review, condition)?,
            courses::put_course(&changed, Condition::Version(course.version))?,
        ];
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}
