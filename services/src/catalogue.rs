//! Finding courses: the catalogue, search, the page of a course.

use crate::records::{courses, enrolments};
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::course::{Course, Outline};
use domain::id::{CourseId, LessonId};
use domain::permission::{Permission, Relation};
use domain::progress::Progress;
use domain::time::Timestamp;
use domain::view::{CataloguePage, CourseCard, CoursePage, LessonView, OutlineView, SectionView, Standing};
use std::collections::{BTreeSet, HashMap};

/// How many courses a page of the catalogue, or a search, shows.
pub const PAGE: usize = 24;

/// How many reviews the page of a course shows.
const REVIEWS: usize = 10;

/// How many courses one word of a search may bring in, before the words are combined.
const PER_WORD: usize = 500;

/// The published courses, newest first, from after `after` (a [`CataloguePage::next`]).
pub async fn page(stoa: &Stoa, actor: Actor, after: Option<&str>) -> Result<CataloguePage> {
    access::check(actor, Permission::BrowseCatalogue)?;
    let after = match after {
        Some(place) => Some(parse_place(place).ok_or(Error::NotFound)?),
        None => None,
    };
    let (found, more) = courses::catalogue(&*stoa.table, after, PAGE).await?;
    let next = found.last().filter(|_| more).and_then(place);
    Ok(CataloguePage { courses: found.iter().map(CourseCard::from).collect(), next })
}

/// The published courses that hold, for each word, one that starts with it; at most [`PAGE`], newest first.
pub async fn search(stoa: &Stoa, actor: Actor, text: &str) -> Result<Vec<CourseCard>> {
    access::check(actor, Permission::BrowseCatalogue)?;
    let mut found: Option<BTreeSet<CourseId>> = None;
    for word in courses::words(text).take(5) {
        let with_word = courses::courses_with_word(&*stoa.table, &word, PER_WORD).await?;
        found = Some(match found {
            Some(others) => others.intersection(&with_word).copied().collect(),
            None => with_word,
        });
    }
    // Identifiers sort by creation: the last are the newest.
    let ids: Vec<CourseId> = found.unwrap_or_default().into_iter().rev().take(PAGE).collect();
    let courses = courses::courses(&*stoa.table, &ids).await?;
    Ok(courses.iter().filter(|course| course.published.is_some()).map(CourseCard::from).collect())
}

/// The page of a course.
pub async fn course(stoa: &Stoa, actor: Actor, slug: &str) -> Result<CoursePage> {
    let found = access::course_by_slug(stoa, actor, slug, Permission::BrowseCatalogue).await?;
    let course = found.course.value;
    let outline = courses::outline(&*stoa.table, course.id).await?.value;
    let reviews = courses::reviews(&*stoa.table, course.id, REVIEWS).await?;
    let (standing, progress, last) = match (found.relation, actor.account()) {
        (Relation::None, _) | (_, None) => (Standing::Visitor, HashMap::new(), None),
        (Relation::Owner, Some(account)) => {
            (Standing::Owner, enrolments::progress_in_course(&*stoa.table, account, course.id).await?, None)
        }
        (Relation::Enrolled, Some(account)) => {
            let enrolment = enrolments::enrolment(&*stoa.table, account, course.id).await?;
            let progress = enrolments::progress_in_course(&*stoa.table, account, course.id).await?;
            (Standing::Enrolled, progress, enrolment.and_then(|e| e.value.last))
        }
    };
    let resume = (standing != Standing::Visitor).then(|| resume(&outline, last, &progress)).flatten();
    Ok(CoursePage {
        id: course.id,
        card: CourseCard::from(&course),
        description: course.description,
        published: course.published.is_some(),
        outline: outline_view(&outline, &progress),
        reviews,
        standing,
        resume,
    })
}

/// Where "Continue" leads: the lesson watched last, or the one after it once it is completed; at first, and
/// when that lesson is gone, the first.
pub(crate) fn resume(
    outline: &Outline,
    last: Option<LessonId>,
    progress: &HashMap<LessonId, Progress>,
) -> Option<LessonId> {
    let first = outline.lessons().next().map(|lesson| lesson.id);
    let Some(last) = last.filter(|id| outline.lesson(*id).is_some()) else { return first };
    let completed = progress.get(&last).is_some_and(|progress| progress.completed);
    match outline.next(last) {
        Some(next) if completed => Some(next.id),
        _ => Some(last),
    }
}

pub(crate) fn outline_view(outline: &Outline, progress: &HashMap<LessonId, Progress>) -> OutlineView {
    let lesson = |lesson: &domain::course::Lesson| LessonView {
        id: lesson.id,
        title: lesson.title.clone(),
        length: lesson.length,
        completed: progress.get(&lesson.id).is_some_and(|progress| progress.completed),
    };
    let section = |section: &domain::course::Section| SectionView {
        title: section.title.clone(),
        lessons: section.lessons.iter().map(lesson).collect(),
    };
    OutlineView { sections: outline.sections.iter().map(section).collect() }
}

/// The place of a course in the catalogue, as it stands in an address: `{published}-{course}`.
fn place(course: &Course) -> Option<String> {
    course.published.map(|published| format!("{}-{}", published.millis(), course.id))
}

fn parse_place(place: &str) -> Option<(Timestamp, CourseId)> {
    let (published, id) = place.split_once('-')?;
    Some((Timestamp::from_millis(published.parse().ok()?), id.parse().ok()?))
}
