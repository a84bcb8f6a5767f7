//! Finding courses: the catalogue, search, the page of a course.

use crate::clock::Clock;
use crate::kept::Kept;
use crate::records::{courses, enrolments};
use crate::revision::Revision;
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::course::{Course, Outline};
use domain::id::{CourseId, LessonId};
use domain::permission::{Permission, Relation};
use domain::progress::Progress;
use domain::review::Review;
use domain::shared::Shared;
use domain::text::Slug;
use domain::time::Timestamp;
use domain::view::{CataloguePage, CourseCard, CoursePage, LessonView, OutlineView, SectionView, Standing};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// How many courses a page of the catalogue, or a search, shows.
pub const PAGE: usize = 24;

/// How many reviews the page of a course shows.
const REVIEWS: usize = 10;

/// How many courses one word of a search may bring in, before the words are combined.
const PER_WORD: usize = 500;

/// What is kept of the catalogue while nothing that visitors see changes, so that not every request reads and
/// parses it again. It holds nothing of anybody in particular, and is no answer yet: who asks for it is checked
/// each time.
#[derive(Clone)]
pub struct KeptCatalogue {
    pages: Kept<Option<Place>, CataloguePage>,
    courses: Kept<Slug, Arc<KeptCourse>>,
}

/// Where a course stands in the catalogue.
type Place = (Timestamp, CourseId);

/// A published course, and what its page shows everybody.
struct KeptCourse {
    course: Course,
    outline: Shared<OutlineView>,
    reviews: Shared<Vec<Review>>,
}

/// The most bytes of catalogue pages, and of courses, that are kept: some 100 and some 300 of them.
const KEPT_PAGES: u64 = 4 << 20;
const KEPT_COURSES: u64 = 16 << 20;

/// Bytes in memory for each byte of JSON: the value, and twice that as markup.
const PER_JSON_BYTE: usize = 3;

impl KeptCatalogue {
    /// Nothing yet. It forgets by the clock, and whenever `revision` counts a change.
    pub fn new(revision: &Revision, clock: Arc<dyn Clock>) -> Self {
        let page = |_: &Option<Place>, page: &CataloguePage| size(&page.courses);
        let course = |_: &Slug, kept: &Arc<KeptCourse>| {
            size(&kept.outline) + size(&kept.reviews) + kept.course.description.as_str().len()
        };
        Self {
            pages: Kept::new(revision.clone(), clock.clone(), 100, KEPT_PAGES, page),
            courses: Kept::new(revision.clone(), clock, 300, KEPT_COURSES, course),
        }
    }
}

fn size<T: Serialize>(shared: &Shared<T>) -> usize {
    serde_json::to_string(shared).map_or(0, |json| json.len() * PER_JSON_BYTE)
}

/// The published courses, newest first, from after `after` (a [`CataloguePage::next`]).
pub async fn page(stoa: &Stoa, actor: Actor, after: Option<&str>) -> Result<CataloguePage> {
    access::check(actor, Permission::BrowseCatalogue)?;
    let after = match after {
        Some(place) => Some(parse_place(place).ok_or(Error::NotFound)?),
        None => None,
    };
    if let Some(page) = stoa.kept.pages.get(&after) {
        return Ok(page);
    }
    let as_of = stoa.kept.pages.as_of();
    let (found, more) = courses::catalogue(&*stoa.table, after, PAGE).await?;
    let next = found.last().filter(|_| more).and_then(place);
    let cards: Vec<_> = found.iter().map(CourseCard::from).collect();
    let page = CataloguePage { courses: cards.into(), next };
    stoa.kept.pages.keep(after, page.clone(), as_of);
    Ok(page)
}

/// The published courses that hold, for each word, one that starts with it; at most [`PAGE`], newest first.
pub async fn search(stoa: &Stoa, actor: Actor, text: &str) -> Result<Shared<Vec<CourseCard>>> {
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
    let published = courses.iter().filter(|course| course.published.is_some());
    Ok(published.map(CourseCard::from).collect::<Vec<_>>().into())
}

/// The page of a course.
pub async fn course(stoa: &Stoa, actor: Actor, slug: &str) -> Result<CoursePage> {
    let slug: Slug = slug.parse().map_err(|_| Error::NotFound)?;
    let kept = shown(stoa, actor, &slug).await?;
    let course = &kept.course;
    let access::Standing { relation, enrolment } =
        access::check_course(stoa, actor, course, Permission::BrowseCatalogue).await?;
    let standing = match relation {
        Relation::None => Standing::Visitor,
        Relation::CoInstructor | Relation::Owner => Standing::Instructor,
        Relation::Enrolled => Standing::Enrolled,
    };
    let last = match (actor.account(), enrolment.and_then(|enrolment| enrolment.last)) {
        (Some(account), Some(last)) => {
            let progress = enrolments::progress(&*stoa.table, account, course.id, last).await?;
            Some((last, progress.is_some_and(|progress| progress.value.completed)))
        }
        _ => None,
    };
    Ok(CoursePage {
        id: course.id,
        card: CourseCard::from(course),
        description: course.description.clone(),
        published: course.published.is_some(),
        outline: kept.outline.clone(),
        reviews: kept.reviews.clone(),
        standing,
        resume: (standing != Standing::Visitor).then(|| resume(&kept.outline, last)).flatten(),
    })
}

/// The course with this address, and what its page shows everybody: kept, where it is published. Who teaches
/// it sees it as it is stored, whichever server changed it last.
async fn shown(stoa: &Stoa, actor: Actor, slug: &Slug) -> Result<Arc<KeptCourse>> {
    let kept = stoa.kept.courses.get(slug);
    if let Some(kept) =
        kept.filter(|kept| !actor.account().is_some_and(|account| kept.course.is_taught_by(account)))
    {
        return Ok(kept);
    }
    let as_of = stoa.kept.courses.as_of();
    let course = courses::course_by_slug(&*stoa.table, slug).await?.ok_or(Error::NotFound)?.value;
    let outline = courses::outline(&*stoa.table, course.id).await?.value;
    let reviews = courses::reviews(&*stoa.table, course.id, REVIEWS).await?;
    let outline = outline_view(&outline, &HashMap::new()).into();
    let shown = Arc::new(KeptCourse { course, outline, reviews: reviews.into() });
    if shown.course.published.is_some() {
        stoa.kept.courses.keep(slug.clone(), shown.clone(), as_of);
    }
    Ok(shown)
}

/// Where "Continue" leads: the lesson watched last, or the one after it once it is completed; at first, and
/// when that lesson is gone, the first. `last` says which was watched last and whether it is completed.
fn resume(outline: &OutlineView, last: Option<(LessonId, bool)>) -> Option<LessonId> {
    let mut lessons = outline.lessons().map(|lesson| lesson.id);
    let first = lessons.next();
    let Some((last, completed)) = last else { return first };
    let mut from_last = first.into_iter().chain(lessons).skip_while(|id| *id != last);
    match (from_last.next(), from_last.next()) {
        (None, _) => first,
        (Some(_), Some(next)) if completed => Some(next),
        (Some(last), _) => Some(last),
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
