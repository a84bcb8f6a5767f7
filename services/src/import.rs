//! Bringing courses in from elsewhere, whole: for the operator, who needs no permission.

use crate::ports::{Condition, Write};
use crate::records::courses;
use crate::{Error, Result, Stoa, audit};
use domain::account::Account;
use domain::audit::{Event, Who};
use domain::course::{Course, Lesson, Level, Outline, Section};
use domain::id::{CourseId, LessonId, SectionId};
use domain::money::Price;
use domain::review::{Rating, Review};
use domain::text::{DisplayName, Prose, Slug, Subtitle, Title};
use domain::time::{Seconds, Timestamp};

/// A course as another platform gives it.
#[derive(Debug, Clone)]
pub struct ImportedCourse {
    /// Its name in addresses; refused where it is taken.
    pub slug: Slug,
    /// Its name.
    pub title: Title,
    /// One line on what it teaches.
    pub subtitle: Option<Subtitle>,
    /// Paragraphs on what it teaches.
    pub description: Prose,
    /// Who teaches.
    pub instructor: DisplayName,
    /// Whom it suits.
    pub level: Level,
    /// What it costs.
    pub price: Price,
    /// When it was published there.
    pub published: Timestamp,
    /// Sections, each with its lessons and their lengths. Videos come by upload.
    pub sections: Vec<(Title, Vec<(Title, Seconds)>)>,
    /// What learners said there.
    pub reviews: Vec<Review>,
}

/// Adds a published course that belongs to `owner`.
pub async fn course(stoa: &Stoa, owner: &Account, imported: ImportedCourse) -> Result<CourseId> {
    let bits = || stoa.random.bits();
    let id = CourseId::new(imported.published, bits());
    let now = stoa.clock.now();
    let lesson = |(title, length)| Lesson { id: LessonId::new(now, bits()), title, video: None, length };
    let section = |(title, lessons): (Title, Vec<(Title, Seconds)>)| Section {
        id: SectionId::new(now, bits()),
        title,
        lessons: lessons.into_iter().map(lesson).collect(),
    };
    let outline = Outline { sections: imported.sections.into_iter().map(section).collect() };
    let (lessons, length) = outline.totals();
    if outline.sections.len() > Outline::MAX_SECTIONS || lessons as usize > Outline::MAX_LESSONS {
        return Err(Error::Refused("The course has more sections or lessons than a course can have.".into()));
    }
    let rating =
        imported.reviews.iter().fold(Rating::default(), |rating, review| rating.with(None, review.stars));
    let course = Course {
        id,
        slug: imported.slug,
        owner: owner.id,
        co_instructors: Vec::new(),
        instructor: imported.instructor,
        title: imported.title,
        subtitle: imported.subtitle,
        description: imported.description,
        level: imported.level,
        price: imported.price,
        rating,
        published: Some(imported.published),
        lessons,
        length,
    };
    let mut writes: Vec<Write> = vec![
        courses::put_slug(&course.slug, id)?,
        courses::put_course(&course, Condition::Absent)?,
        courses::put_outline(id, &outline, Condition::Absent)?,
        audit::entry(stoa, Who::CommandLine, &Event::CourseImported { course: id })?,
    ];
    writes.extend(courses::index_words(None, &course));
    match stoa.table.transact(writes).await.map_err(Error::from) {
        Err(Error::Conflict) => return Err(Error::invalid("Slug", "belongs to another course")),
        other => other?,
    }
    for (n, review) in imported.reviews.iter().enumerate() {
        let author = format!("import-{n}");
        stoa.table.write(courses::put_review_of_nobody(id, &author, review, Condition::None)?).await?;
    }
    Ok(id)
}
