//! Courses, their outlines, reviews, addresses and search words.

use super::{Stored, item, keys, load, parse};
use crate::ports::{Condition, Cursor, Direction, Index, Item, Key, Page, Query, Range, Table, Write};
use crate::{Error, Result};
use domain::course::{Course, Outline};
use domain::id::{AccountId, CourseId};
use domain::review::Review;
use domain::text::Slug;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
struct SlugOwner {
    course: CourseId,
}

pub(crate) async fn course(table: &dyn Table, id: CourseId) -> Result<Option<Stored<Course>>> {
    load(table, &keys::course(id)).await
}

pub(crate) async fn course_by_slug(table: &dyn Table, slug: &Slug) -> Result<Option<Stored<Course>>> {
    match load::<SlugOwner>(table, &keys::slug(slug)).await? {
        Some(owner) => course(table, owner.value.course).await,
        None => Ok(None),
    }
}

/// Courses by id, in the order of the ids; those that are gone are left out.
pub(crate) async fn courses(table: &dyn Table, ids: &[CourseId]) -> Result<Vec<Course>> {
    let keys: Vec<Key> = ids.iter().map(|id| keys::course(*id)).collect();
    let mut found = Vec::with_capacity(ids.len());
    for some in keys.chunks(100) {
        for item in table.batch_get(some).await? {
            found.push(parse::<Course>(&item)?.value);
        }
    }
    found.sort_by_key(|course| ids.iter().position(|id| *id == course.id));
    Ok(found)
}

pub(crate) fn put_course(course: &Course, condition: Condition) -> Result<Write> {
    let mut item = item(keys::course(course.id), course)?;
    item.first = course.published.map(|published| keys::in_catalogue(published, course.id));
    item.second = Some(keys::owned(course.owner, course.id));
    Ok(Write::Put(item, condition))
}

/// Takes an address for a course; the transaction fails where it is taken already.
pub(crate) fn put_slug(slug: &Slug, course: CourseId) -> Result<Write> {
    Ok(Write::Put(item(keys::slug(slug), &SlugOwner { course })?, Condition::Absent))
}

/// The outline of a course. Every course has one.
pub(crate) async fn outline(table: &dyn Table, id: CourseId) -> Result<Stored<Outline>> {
    load(table, &keys::outline(id)).await?.ok_or(Error::NotFound)
}

pub(crate) fn put_outline(id: CourseId, outline: &Outline, condition: Condition) -> Result<Write> {
    Ok(Write::Put(item(keys::outline(id), outline)?, condition))
}

/// Published courses, newest first, from after the place `(published, course)`.
pub(crate) async fn catalogue(
    table: &dyn Table,
    after: Option<(Timestamp, CourseId)>,
    limit: usize,
) -> Result<(Vec<Course>, bool)> {
    let after = after.map(|(published, id)| Cursor {
        sort: keys::in_catalogue(published, id).sort,
        key: keys::course(id),
    });
    let query = Query { index: Index::First, after, ..newest(keys::CATALOGUE, limit) };
    let page = table.query(query).await?;
    let more = page.next.is_some();
    Ok((values(page)?, more))
}

/// An instructor's courses, newest first.
pub(crate) async fn owned(table: &dyn Table, owner: AccountId, limit: usize) -> Result<Vec<Course>> {
    let query = Query { index: Index::Second, ..newest(keys::owned_partition(owner), limit) };
    values(table.query(query).await?)
}

/// A course's reviews, newest first.
pub(crate) async fn reviews(table: &dyn Table, id: CourseId, limit: usize) -> Result<Vec<Review>> {
    let query = Query { index: Index::First, ..newest(keys::reviews_partition(id), limit) };
    values(table.query(query).await?)
}

pub(crate) async fn review(
    table: &dyn Table,
    course: CourseId,
    author: &str,
) -> Result<Option<Stored<Review>>> {
    load(table, &keys::review(course, author)).await
}

/// Puts an account's one review of a course.
pub(crate) fn put_review(
    course: CourseId,
    account: AccountId,
    review: &Review,
    condition: Condition,
) -> Result<Write> {
    let mut item = review_item(course, &account.to_string(), review)?;
    item.second = Some(keys::review_by_account(account, course));
    Ok(Write::Put(item, condition))
}

/// Puts a review that no account wrote, or none that is still there. `author` tells it from others of the course.
pub(crate) fn put_review_of_nobody(
    course: CourseId,
    author: &str,
    review: &Review,
    condition: Condition,
) -> Result<Write> {
    Ok(Write::Put(review_item(course, author, review)?, condition))
}

fn review_item(course: CourseId, author: &str, review: &Review) -> Result<Item> {
    let mut item = item(keys::review(course, author), review)?;
    item.first = Some(keys::review_by_time(course, review.written, author));
    Ok(item)
}

/// The courses that an account has reviewed, with what it said.
pub(crate) async fn reviews_by(
    table: &dyn Table,
    account: AccountId,
    limit: usize,
) -> Result<Vec<(CourseId, Stored<Review>)>> {
    let query = Query { index: Index::Second, ..Query::partition(keys::reviewer_partition(account), limit) };
    let page = table.query(query).await?;
    let mut found = Vec::with_capacity(page.items.len());
    for item in &page.items {
        if let Some(course) = keys::course_of_review(&item.key) {
            found.push((course, parse(item)?));
        }
    }
    Ok(found)
}

pub(crate) fn delete_review(course: CourseId, author: &str, condition: Condition) -> Write {
    Write::Delete(keys::review(course, author), condition)
}

/// The keys of a course's reviews.
pub(crate) async fn review_keys(table: &dyn Table, course: CourseId, limit: usize) -> Result<Vec<Key>> {
    let range = Range::Prefix(keys::REVIEWS.to_owned());
    let page =
        table.query(Query { range, ..Query::partition(keys::course_partition(course), limit) }).await?;
    Ok(page.items.into_iter().map(|item| item.key).collect())
}

/// The writes that take a course, its outline and its address away. What else is of it goes before.
pub(crate) fn delete(course: &Course, condition: Condition) -> Vec<Write> {
    let mut writes = vec![
        Write::Delete(keys::course(course.id), condition),
        Write::Delete(keys::outline(course.id), Condition::None),
        Write::Delete(keys::slug(&course.slug), Condition::None),
    ];
    if course.published.is_some() {
        let words = words_of(course).into_iter();
        writes.extend(words.map(|word| Write::Delete(keys::word(&word, course.id), Condition::None)));
    }
    writes
}

/// The writes that make search find `after` by its words and no longer by those of `before`. Only published
/// courses are found.
pub(crate) fn index_words(before: Option<&Course>, after: &Course) -> Vec<Write> {
    let words = |course: &Course| if course.published.is_some() { words_of(course) } else { BTreeSet::new() };
    let (old, new) = (before.map(words).unwrap_or_default(), words(after));
    let put = |word: &String| {
        let item = Item::new(keys::word(word, after.id), "{}".into());
        Write::Put(item, Condition::None)
    };
    let gone = old.difference(&new).map(|word| Write::Delete(keys::word(word, after.id), Condition::None));
    new.difference(&old).map(put).chain(gone).collect()
}

/// The courses that hold a word starting with `prefix` (at least two letters), at most `limit`.
pub(crate) async fn courses_with_word(
    table: &dyn Table,
    prefix: &str,
    limit: usize,
) -> Result<BTreeSet<CourseId>> {
    let range = Range::Prefix(prefix.to_owned());
    let page = table.query(Query { range, ..Query::partition(keys::word_partition(prefix), limit) }).await?;
    Ok(page.items.iter().filter_map(|item| keys::course_of_word(&item.key)).collect())
}

/// The words of a text as search knows them: lower case, letters and digits, two characters or more.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(|word| word.chars().flat_map(char::to_lowercase).take(MAX_WORD_CHARS).collect::<String>())
        .filter(|word| word.chars().nth(1).is_some())
}

/// Longer words are cut; nobody types more of them.
const MAX_WORD_CHARS: usize = 24;

/// So that a change of all words, old and new, fits in one transaction beside the course itself.
const MAX_WORDS: usize = 45;

fn words_of(course: &Course) -> BTreeSet<String> {
    let subtitle = course.subtitle.as_ref().map_or("", |subtitle| subtitle.as_str());
    let texts = [course.title.as_str(), course.instructor.as_str(), subtitle];
    let mut found = BTreeSet::new();
    for word in texts.into_iter().flat_map(words) {
        if found.len() < MAX_WORDS {
            found.insert(word);
        }
    }
    found
}

fn newest(partition: impl Into<String>, limit: usize) -> Query {
    Query { direction: Direction::Descending, ..Query::partition(partition, limit) }
}

fn values<T: serde::de::DeserializeOwned>(page: Page) -> Result<Vec<T>> {
    page.items.iter().map(|item| parse(item).map(|stored| stored.value)).collect()
}
