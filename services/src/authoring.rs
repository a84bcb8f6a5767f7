//! Making courses: texts, outline, publication.

use crate::ports::{Condition, Write};
use crate::records::{Stored, courses, instructors};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, audit, captions, downloads, uploads, videos};
use domain::account::Actor;
use domain::audit::Event;
use domain::course::{Course, Lesson, Level, Move, Outline, OutlineError};
use domain::id::{AssetId, CourseId, LessonId, SectionId};
use domain::money::Price;
use domain::permission::Permission;
use domain::review::Rating;
use domain::text::{Prose, Slug, Subtitle, Title};
use domain::time::Seconds;
use domain::view::{CourseCard, EditorPage, LessonEditorPage, LessonVideo, OwnCourse, TeachPage};
use std::cmp::Reverse;
use std::collections::HashSet;

/// How many courses an instructor's list shows.
const OWN_COURSES: usize = 200;

/// The texts of a course, as typed.
#[derive(Debug, Clone, Copy)]
pub struct CourseTexts<'a> {
    /// Its name.
    pub title: &'a str,
    /// One line on what it teaches; may be empty.
    pub subtitle: &'a str,
    /// Paragraphs on what it teaches; may be empty.
    pub description: &'a str,
    /// Whom it suits.
    pub level: Level,
}

/// The courses that the actor teaches, newest first: the own ones, and those of others.
pub async fn own_courses(stoa: &Stoa, actor: Actor) -> Result<Vec<OwnCourse>> {
    access::check(actor, Permission::CreateCourse)?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let mut found = courses::owned(&*stoa.table, account, OWN_COURSES).await?;
    let shared = instructors::taught(&*stoa.table, account, OWN_COURSES).await?;
    found.extend(courses::courses(&*stoa.table, &shared).await?);
    // Identifiers sort by creation.
    found.sort_unstable_by_key(|course| Reverse(course.id));
    let own = |course: &Course| OwnCourse {
        id: course.id,
        card: CourseCard::from(course),
        published: course.published,
        shared: course.owner != account,
    };
    Ok(found.iter().map(own).collect())
}

/// The same, and those that the actor is asked to teach.
pub async fn teach(stoa: &Stoa, actor: Actor) -> Result<TeachPage> {
    Ok(TeachPage {
        courses: own_courses(stoa, actor).await?,
        invitations: crate::instructors::invitations(stoa, actor).await?,
    })
}

/// Makes a new, empty draft.
pub async fn create_course(stoa: &Stoa, actor: Actor, title: &str) -> Result<CourseId> {
    access::check(actor, Permission::CreateCourse)?;
    let owner = actor.account().ok_or(Error::SignInNeeded)?;
    let title = parse_title(title)?;
    let account = crate::records::accounts::account(&*stoa.table, owner).await?.ok_or(Error::SignInNeeded)?;
    let id = CourseId::new(stoa.clock.now(), stoa.random.bits());
    let mut course = Course {
        id,
        slug: fallback_slug(id),
        owner,
        co_instructors: Vec::new(),
        instructor: account.name,
        title,
        subtitle: None,
        description: Prose::default(),
        level: Level::Beginner,
        price: Price::FREE,
        rating: Rating::default(),
        published: None,
        lessons: 0,
        length: Seconds(0),
    };
    for slug in slugs(&course.title, id) {
        course.slug = slug;
        let writes = vec![
            courses::put_slug(&course.slug, id)?,
            courses::put_course(&course, Condition::Absent)?,
            courses::put_outline(id, &Outline::default(), Condition::Absent)?,
            audit::entry(stoa, actor, &Event::CourseCreated { course: id })?,
        ];
        match stoa.table.transact(writes).await.map_err(Error::from) {
            Err(Error::Conflict) => {} // the address is taken: the next one
            other => return other.map(|()| id),
        }
    }
    Err(Error::Conflict)
}

/// The page on which a course is edited.
pub async fn editor(stoa: &Stoa, actor: Actor, id: CourseId) -> Result<EditorPage> {
    let course = access::course(stoa, actor, id, Permission::EditCourse).await?.course.value;
    let outline = courses::outline(&*stoa.table, id).await?.value;
    let assets: Vec<_> = outline.lessons().filter_map(|lesson| Some((lesson.id, lesson.video?))).collect();
    let statuses =
        videos::statuses(stoa, &assets.iter().map(|(_, asset)| *asset).collect::<Vec<_>>()).await?;
    let videos = assets.into_iter().zip(statuses).map(|((lesson, _), status)| (lesson, status)).collect();
    Ok(EditorPage { course, outline, videos })
}

/// The page on which a lesson is edited.
pub async fn lesson_editor(
    stoa: &Stoa,
    actor: Actor,
    id: CourseId,
    lesson: LessonId,
) -> Result<LessonEditorPage> {
    let course = access::course(stoa, actor, id, Permission::EditCourse).await?.course.value;
    let outline = courses::outline(&*stoa.table, id).await?.value;
    let found = outline.lesson(lesson).ok_or(Error::NotFound)?;
    let video = match found.video {
        Some(asset) => videos::of_asset(stoa, asset).await?,
        None => LessonVideo::default(),
    };
    Ok(LessonEditorPage {
        course: id,
        course_slug: course.slug,
        course_title: course.title,
        lesson,
        title: found.title.clone(),
        video,
        captions: captions::listed(stoa, found).await?,
        downloads: downloads::editable(stoa, found).await?,
        unfinished: uploads::unfinished(stoa, actor, id, lesson).await?,
    })
}

/// Changes the texts of a course.
pub async fn edit_course(stoa: &Stoa, actor: Actor, id: CourseId, texts: CourseTexts<'_>) -> Result<()> {
    let title = parse_title(texts.title)?;
    let subtitle = match texts.subtitle.trim() {
        "" => None,
        text => Some(text.parse::<Subtitle>().map_err(|e| Error::invalid("Subtitle", e))?),
    };
    let description: Prose = texts.description.parse().map_err(|e| Error::invalid("Description", e))?;
    change_course(stoa, actor, id, None, |course, _| {
        course.title = title.clone();
        course.subtitle = subtitle.clone();
        course.description = description.clone();
        course.level = texts.level;
        Ok(())
    })
    .await
}

/// Shows a course in the catalogue. It needs a lesson with a video that can be watched.
pub async fn publish(stoa: &Stoa, actor: Actor, id: CourseId) -> Result<()> {
    let now = stoa.clock.now();
    change_course(stoa, actor, id, Some(Event::CoursePublished { course: id }), |course, outline| {
        if !outline.lessons().any(|lesson| lesson.length > Seconds(0)) {
            let message =
                "A course needs at least one lesson with a video that is ready before it can be published.";
            return Err(Error::Refused(message.into()));
        }
        course.published.get_or_insert(now);
        Ok(())
    })
    .await
}

/// Takes a course out of the catalogue. Who takes it keeps it.
pub async fn unpublish(stoa: &Stoa, actor: Actor, id: CourseId) -> Result<()> {
    change_course(stoa, actor, id, Some(Event::CourseWithdrawn { course: id }), |course, _| {
        course.published = None;
        Ok(())
    })
    .await
}

/// Adds a section at the end.
pub async fn add_section(stoa: &Stoa, actor: Actor, course: CourseId, title: &str) -> Result<SectionId> {
    let title = parse_title(title)?;
    let id = SectionId::new(stoa.clock.now(), stoa.random.bits());
    change_outline(stoa, actor, course, |outline| outline.add_section(id, title.clone())).await?;
    Ok(id)
}

/// Renames a section.
pub async fn rename_section(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    id: SectionId,
    title: &str,
) -> Result<()> {
    let title = parse_title(title)?;
    change_outline(stoa, actor, course, |outline| {
        outline.section_mut(id).map(|section| section.title = title.clone())
    })
    .await
}

/// Takes a section and its lessons away.
pub async fn remove_section(stoa: &Stoa, actor: Actor, course: CourseId, id: SectionId) -> Result<()> {
    change_outline(stoa, actor, course, |outline| outline.remove_section(id)).await
}

/// Moves a section by one place.
pub async fn move_section(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    id: SectionId,
    direction: Move,
) -> Result<()> {
    change_outline(stoa, actor, course, |outline| outline.move_section(id, direction)).await
}

/// Adds a lesson at the end of a section.
pub async fn add_lesson(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    section: SectionId,
    title: &str,
) -> Result<LessonId> {
    let title = parse_title(title)?;
    let id = LessonId::new(stoa.clock.now(), stoa.random.bits());
    change_outline(stoa, actor, course, |outline| outline.add_lesson(section, id, title.clone())).await?;
    Ok(id)
}

/// Renames a lesson.
pub async fn rename_lesson(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    id: LessonId,
    title: &str,
) -> Result<()> {
    let title = parse_title(title)?;
    change_outline(stoa, actor, course, |outline| {
        outline.lesson_mut(id).map(|lesson| lesson.title = title.clone())
    })
    .await
}

/// Takes a lesson away.
pub async fn remove_lesson(stoa: &Stoa, actor: Actor, course: CourseId, id: LessonId) -> Result<()> {
    change_outline(stoa, actor, course, |outline| outline.remove_lesson(id)).await
}

/// Moves a lesson by one place, into the neighbouring section at the edge of its own.
pub async fn move_lesson(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    id: LessonId,
    direction: Move,
) -> Result<()> {
    change_outline(stoa, actor, course, |outline| outline.move_lesson(id, direction)).await
}

/// Reads, changes and writes the record of a course, and its search words with it; from the start again when
/// somebody else was quicker. `event` is for the audit log.
async fn change_course(
    stoa: &Stoa,
    actor: Actor,
    id: CourseId,
    event: Option<Event>,
    change: impl Fn(&mut Course, &Outline) -> Result<()>,
) -> Result<()> {
    until_written(|| async {
        let before = access::course(stoa, actor, id, Permission::EditCourse).await?.course;
        let outline = courses::outline(&*stoa.table, id).await?;
        let mut course = before.value.clone();
        change(&mut course, &outline.value)?;
        if course == before.value {
            return Ok(());
        }
        let mut writes = courses::index_words(Some(&before.value), &course);
        writes.push(courses::put_course(&course, Condition::Version(before.version))?);
        if let Some(event) = &event {
            writes.push(audit::entry(stoa, actor, event)?);
        }
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}

/// Changes the outline of a course where the actor may edit it, from the start again when somebody else was
/// quicker. Videos that no lesson shows any more are removed with their files, and so are the files of lessons that
/// are gone.
pub(crate) async fn change_outline(
    stoa: &Stoa,
    actor: Actor,
    id: CourseId,
    change: impl Fn(&mut Outline) -> std::result::Result<(), OutlineError>,
) -> Result<()> {
    until_written(|| async {
        let course = access::course(stoa, actor, id, Permission::EditCourse).await?.course;
        let before = courses::outline(&*stoa.table, id).await?;
        let mut outline = before.value.clone();
        change(&mut outline)?;
        if outline == before.value {
            return Ok(());
        }
        let mut writes = write_outline(&course, before.version, &outline)?;
        let kept: HashSet<AssetId> = outline.lessons().filter_map(|lesson| lesson.video).collect();
        let dropped =
            before.value.lessons().filter_map(|lesson| lesson.video).filter(|video| !kept.contains(video));
        writes.extend(videos::removal(stoa, dropped.collect())?);
        writes.extend(downloads::removal_of_lessons(
            stoa,
            course.value.owner,
            gone(&before.value, &outline),
        )?);
        for video in renamed(&before.value, &outline) {
            writes.push(downloads::copy_job(stoa, video)?);
        }
        stoa.table.transact(writes).await?;
        stoa.wake.notify_one();
        Ok(())
    })
    .await
}

/// The lessons that are no longer there.
fn gone(before: &Outline, after: &Outline) -> Vec<LessonId> {
    let kept: HashSet<LessonId> = after.lessons().map(|lesson| lesson.id).collect();
    before.lessons().map(|lesson| lesson.id).filter(|id| !kept.contains(id)).collect()
}

/// The videos of lessons that have another name now: their copies are named so, too.
fn renamed(before: &Outline, after: &Outline) -> Vec<AssetId> {
    let is_renamed =
        |lesson: &&Lesson| before.lesson(lesson.id).is_some_and(|before| before.title != lesson.title);
    after.lessons().filter(is_renamed).filter_map(|lesson| lesson.video).collect()
}

/// The writes that put a changed outline, and its totals into the record of its course.
pub(crate) fn write_outline(course: &Stored<Course>, version: u64, outline: &Outline) -> Result<Vec<Write>> {
    let mut writes = vec![courses::put_outline(course.value.id, outline, Condition::Version(version))?];
    let (lessons, length) = outline.totals();
    if (course.value.lessons, course.value.length) != (lessons, length) {
        let changed = Course { lessons, length, ..course.value.clone() };
        writes.push(courses::put_course(&changed, Condition::Version(course.version))?);
    }
    Ok(writes)
}

fn parse_title(title: &str) -> Result<Title> {
    title.parse().map_err(|e| Error::invalid("Title", e))
}

/// Addresses to try for a course, the nicest first; the last one is free.
fn slugs(title: &Title, id: CourseId) -> impl Iterator<Item = Slug> {
    let nice = Slug::from_title(title);
    let numbered = nice
        .clone()
        .into_iter()
        .flat_map(|slug| (2..=5).filter_map(move |n| format!("{slug}-{n}").parse().ok()));
    nice.into_iter().chain(numbered).chain([fallback_slug(id)])
}

fn fallback_slug(id: CourseId) -> Slug {
    format!("course-{id}").to_lowercase().parse().expect("an identifier is letters and digits")
}
