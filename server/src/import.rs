//! `stoa import`: courses of another platform, as JSON.

use domain::account::{Account, Role};
use domain::course::Level;
use domain::money::{Currency, Price};
use domain::review::{Review, Stars};
use domain::time::{Seconds, Timestamp};
use futures::stream::{self, StreamExt};
use serde::Deserialize;
use services::import::ImportedCourse;
use services::{Stoa, accounts};
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

/// How many courses are written at a time: enough for the table to commit them in groups.
const AT_A_TIME: usize = 64;

/// Why courses were not imported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(String, #[source] std::io::Error),
    /// The file is not an array of courses.
    #[error("{0} is not an array of courses: {1}")]
    Json(String, #[source] serde_json::Error),
    /// Some rows are wrong: one line for each.
    #[error("{}", .0.join("\n"))]
    Rows(Vec<String>),
    /// The owner's account cannot be had.
    #[error("the owner's account: {0}")]
    Owner(#[source] services::Error),
}

/// Imports every course of a file, or none if one is not acceptable; says how many. A slug that is taken is
/// found only when its course is written: that one is left out, and named.
pub(crate) async fn run(stoa: &Stoa, file: &Path, owner: &str) -> Result<usize, ImportError> {
    let name = file.display().to_string();
    let text = tokio::fs::read(file).await.map_err(|error| ImportError::File(name.clone(), error))?;
    let rows: Vec<Row> = serde_json::from_slice(&text).map_err(|error| ImportError::Json(name, error))?;
    drop(text);
    let (mut courses, mut wrong) = (Vec::new(), Vec::new());
    for (n, row) in rows.into_iter().enumerate() {
        let which = format!("course {} ({})", n + 1, row.slug);
        match row.parse() {
            Ok(course) => courses.push((which, course)),
            Err(message) => wrong.push(format!("{which}: {message}")),
        }
    }
    if !wrong.is_empty() {
        return Err(ImportError::Rows(wrong));
    }
    let count = courses.len();
    let owner = &self::owner(stoa, owner).await.map_err(ImportError::Owner)?;
    let written = stream::iter(courses).map(|(which, course)| async move {
        services::import::course(stoa, owner, course).await.err().map(|error| format!("{which}: {error}"))
    });
    let failed: Vec<String> =
        written.buffer_unordered(AT_A_TIME).filter_map(|failed| async { failed }).collect().await;
    if failed.is_empty() { Ok(count) } else { Err(ImportError::Rows(failed)) }
}

/// The account, made where it is not there. Nobody knows its password until an operator sets one.
async fn owner(stoa: &Stoa, email: &str) -> services::Result<Account> {
    if accounts::by_email(stoa, email).await?.is_none() {
        let password = format!("{:032x}", stoa.random.bits());
        accounts::add_account(stoa, email, "Imported courses", Role::Instructor, &password).await?;
    }
    accounts::by_email(stoa, email).await?.ok_or(services::Error::NotFound)
}

#[derive(Deserialize)]
struct Row {
    slug: String,
    title: String,
    #[serde(default)]
    subtitle: String,
    #[serde(default)]
    description: String,
    instructor: String,
    #[serde(default)]
    price_cents: i64,
    level: String,
    /// A day, as `2025-03-01`.
    updated: String,
    #[serde(default)]
    sections: Vec<SectionRow>,
    #[serde(default)]
    reviews: Vec<ReviewRow>,
}

#[derive(Deserialize)]
struct SectionRow {
    title: String,
    #[serde(default)]
    lessons: Vec<LessonRow>,
}

#[derive(Deserialize)]
struct LessonRow {
    title: String,
    #[serde(default)]
    seconds: u32,
}

#[derive(Deserialize)]
struct ReviewRow {
    author: String,
    stars: u8,
    #[serde(default)]
    body: String,
    /// A day, as `2025-03-01`.
    created: String,
}

impl Row {
    fn parse(self) -> Result<ImportedCourse, String> {
        if self.price_cents < 0 {
            return Err("price_cents is less than nothing".into());
        }
        let subtitle =
            if self.subtitle.trim().is_empty() { None } else { Some(field("subtitle", &self.subtitle)?) };
        Ok(ImportedCourse {
            slug: field("slug", &self.slug)?,
            title: field("title", &self.title)?,
            subtitle,
            description: field("description", &self.description)?,
            instructor: field("instructor", &self.instructor)?,
            level: level(&self.level)?,
            price: Price { minor: self.price_cents, currency: Currency::Usd },
            published: day("updated", &self.updated)?,
            sections: self.sections.into_iter().map(SectionRow::parse).collect::<Result<_, _>>()?,
            reviews: self.reviews.into_iter().map(ReviewRow::parse).collect::<Result<_, _>>()?,
        })
    }
}

impl SectionRow {
    fn parse<T: FromStr<Err: Display>>(self) -> Result<(T, Vec<(T, Seconds)>), String> {
        let lesson = |lesson: LessonRow| Ok((field("lesson title", &lesson.title)?, Seconds(lesson.seconds)));
        let lessons = self.lessons.into_iter().map(lesson).collect::<Result<_, String>>()?;
        Ok((field("section title", &self.title)?, lessons))
    }
}

impl ReviewRow {
    fn parse(self) -> Result<Review, String> {
        Ok(Review {
            author: field("review author", &self.author)?,
            stars: Stars::try_from(self.stars).map_err(|error| format!("review stars {error}"))?,
            body: field("review body", &self.body)?,
            written: day("review created", &self.created)?,
        })
    }
}

fn field<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("{name} {error}"))
}

fn level(text: &str) -> Result<Level, String> {
    let found = Level::ALL.into_iter().find(|level| level.label().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("level {text:?} is none of Beginner, Intermediate, Advanced"))
}

/// The beginning of a day (UTC).
fn day(name: &str, text: &str) -> Result<Timestamp, String> {
    let parts: Option<Vec<i64>> = text.split('-').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some(&[year @ 1970..=9999, month @ 1..=12, day @ 1..=31]) => {
            Ok(Timestamp::from_seconds(days_since_epoch(year, month, day) * 86_400))
        }
        _ => Err(format!("{name} {text:?} is no day like 2025-03-01")),
    }
}

/// Days from 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March: the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(change: impl FnOnce(&mut serde_json::Value)) -> Result<ImportedCourse, String> {
        let mut row = serde_json::json!({
            "slug": "rust", "title": "Rust", "subtitle": "", "description": "All of it.", "instructor": "Ada",
            "price_cents": 1900, "rating": 4.5, "level": "Beginner", "updated": "2025-03-01",
            "sections": [{"title": "One", "lessons": [{"title": "First", "seconds": 60}]}],
            "reviews": [{"author": "Linus", "stars": 5, "body": "Good.", "created": "2025-03-02"}],
        });
        change(&mut row);
        serde_json::from_value::<Row>(row).map_err(|error| error.to_string())?.parse()
    }

    #[test]
    fn a_whole_row_is_a_course() {
        let course = parse(|_| ()).unwrap();
        assert_eq!(course.published, Timestamp::from_seconds(1_740_787_200));
        assert_eq!((course.sections.len(), course.reviews.len()), (1, 1));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_field() {
        let stars = parse(|row| row["reviews"][0]["stars"] = 6.into()).unwrap_err();
        assert!(stars.starts_with("review stars"), "{stars}");
        let title = parse(|row| row["sections"][0]["lessons"][0]["title"] = "".into()).unwrap_err();
        assert!(title.starts_with("lesson title"), "{title}");
        let day = parse(|row| row["updated"] = "yesterday".into()).unwrap_err();
        assert!(day.contains("yesterday"), "{day}");
    }

    #[test]
    fn days_are_counted_across_leap_years() {
        assert_eq!(days_since_epoch(1970, 1, 1), 0);
        assert_eq!(days_since_epoch(2000, 2, 29), 11_016);
        assert_eq!(days_since_epoch(2026, 11, 22), 20_779);
    }
}
