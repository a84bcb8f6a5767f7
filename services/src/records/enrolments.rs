//! Who takes which course, and how far they are.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{Condition, Cursor, Direction, Index, Query, Range, Table, Write};
use domain::id::{AccountId, CourseId, LessonId};
use domain::progress::Progress;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The record of an enrolment, with what lists show of its progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Enrolment {
    pub(crate) course: CourseId,
    pub(crate) since: Timestamp,
    /// How many lessons are completed.
    pub(crate) completed: u32,
    /// The lesson that was watched last.
    pub(crate) last: Option<LessonId>,
}

pub(crate) async fn enrolment(
    table: &dyn Table,
    account: AccountId,
    course: CourseId,
) -> Result<Option<Stored<Enrolment>>> {
    load(table, &keys::enrolment(account, course)).await
}

/// An account's enrolments, at most `limit`.
pub(crate) async fn of_account(
    table: &dyn Table,
    account: AccountId,
    limit: usize,
) -> Result<Vec<Enrolment>> {
    let range = Range::Prefix(keys::ENROLMENTS.into());
    let page =
        table.query(Query { range, ..Query::partition(keys::account_partition(account), limit) }).await?;
    page.items.iter().map(|item| parse(item).map(|stored| stored.value)).collect()
}

pub(crate) fn put(account: AccountId, enrolment: &Enrolment, condition: Condition) -> Result<Write> {
    let mut item = item(keys::enrolment(account, enrolment.course), enrolment)?;
    item.first = Some(keys::learner(enrolment.course, enrolment.since, account));
    Ok(Write::Put(item, condition))
}

pub(crate) fn delete(account: AccountId, course: CourseId) -> Write {
    Write::Delete(keys::enrolment(account, course), Condition::None)
}

/// The enrolments of a course, newest first, from after the place `(since, account)`; and whether there are more.
pub(crate) async fn of_course(
    table: &dyn Table,
    course: CourseId,
    after: Option<(Timestamp, AccountId)>,
    limit: usize,
) -> Result<(Vec<(AccountId, Enrolment)>, bool)> {
    let after = after.map(|(since, account)| Cursor {
        sort: keys::learner(course, since, account).sort,
        key: keys::enrolment(account, course),
    });
    let query = Query {
        index: Index::First,
        direction: Direction::Descending,
        after,
        ..Query::partition(keys::learners_partition(course), limit)
    };
    let page = table.query(query).await?;
    let mut found = Vec::with_capacity(page.items.len());
    for item in &page.items {
        if let Some(account) = keys::account_of_enrolment(&item.key) {
            found.push((account, parse::<Enrolment>(item)?.value));
        }
    }
    Ok((found, page.next.is_some()))
}

pub(crate) async fn progress(
    table: &dyn Table,
    account: AccountId,
    course: CourseId,
    lesson: LessonId,
) -> Result<Option<Stored<Progress>>> {
    load(table, &keys::progress(account, course, lesson)).await
}

/// An account's progress in the lessons of a course.
pub(crate) async fn progress_in_course(
    table: &dyn Table,
    account: AccountId,
    course: CourseId,
) -> Result<HashMap<LessonId, Progress>> {
    let prefix = keys::progress_of_course(course);
    let range = Range::Prefix(prefix.clone());
    // One page is enough: it holds more than the most lessons of a course.
    let page =
        table.query(Query { range, ..Query::partition(keys::account_partition(account), 1000) }).await?;
    let mut found = HashMap::with_capacity(page.items.len());
    for item in &page.items {
        if let Some(lesson) = item.key.sort.strip_prefix(&prefix).and_then(|id| id.parse().ok()) {
            found.insert(lesson, parse::<Progress>(item)?.value);
        }
    }
    Ok(found)
}

pub(crate) fn put_progress(
    account: AccountId,
    course: CourseId,
    lesson: LessonId,
    progress: &Progress,
    condition: Condition,
) -> Result<Write> {
    Ok(Write::Put(item(keys::progress(account, course, lesson), progress)?, condition))
}
