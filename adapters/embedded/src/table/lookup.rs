//! Look-ups, on a reader's connection.

use domain::time::Timestamp;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use services::ports::{Cursor, Direction, Index, Item, Key, Page, Query, Range};

/// A page ends when its documents have this many bytes, as DynamoDB's does: a page of a thousand large items
/// must not fill the memory.
const PAGE_BYTES: usize = 1 << 20;

macro_rules! columns {
    () => {
        "partition, sort, document, version, counter, expires, first_partition, first_sort, second_partition, second_sort"
    };
}

const GET: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM item WHERE partition = ?1 AND sort = ?2 AND (expires IS NULL OR expires > ?3)"
);

pub(super) fn get(connection: &Connection, key: &Key, now: Timestamp) -> rusqlite::Result<Option<Item>> {
    connection.prepare_cached(GET)?.query_row(params![key.partition, key.sort, now.millis()], item).optional()
}

pub(super) fn batch_get(
    connection: &Connection,
    keys: &[Key],
    now: Timestamp,
) -> rusqlite::Result<Vec<Item>> {
    // One transaction: the locks are taken once, and all items are of one moment.
    let transaction = connection.unchecked_transaction()?;
    let mut items = Vec::with_capacity(keys.len());
    {
        let mut statement = transaction.prepare_cached(GET)?;
        for key in keys {
            items.extend(
                statement.query_row(params![key.partition, key.sort, now.millis()], item).optional()?,
            );
        }
    }
    transaction.finish()?;
    Ok(items)
}

pub(super) fn query(connection: &Connection, query: &Query, now: Timestamp) -> rusqlite::Result<Page> {
    let (sql, values) = statement(query, now);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut page = Page { items: Vec::new(), next: None };
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        if page.items.len() == query.limit || bytes >= PAGE_BYTES {
            page.next = page.items.last().and_then(|last| cursor(last, query.index));
            break;
        }
        let item = item(row)?;
        bytes += item.document.len();
        page.items.push(item);
    }
    Ok(page)
}

fn cursor(last: &Item, index: Index) -> Option<Cursor> {
    let sort = match index {
        Index::Primary => Some(&last.key.sort),
        Index::First => last.first.as_ref().map(|key| &key.sort),
        Index::Second => last.second.as_ref().map(|key| &key.sort),
    };
    sort.map(|sort| Cursor { sort: sort.clone(), key: last.key.clone() })
}

/// The SELECT of a query, one of a few dozen texts (so that it is prepared once), and its values.
///
/// Each names its index: a plan that would sort or scan is an error rather than slow.
fn statement(query: &Query, now: Timestamp) -> (String, Vec<Value<'_>>) {
    let (index, partition, sort) = match query.index {
        Index::Primary => ("item_by_key", "partition", "sort"),
        Index::First => ("item_by_first", "first_partition", "first_sort"),
        Index::Second => ("item_by_second", "second_partition", "second_sort"),
    };
    let mut sql = format!(
        concat!(
            "SELECT ",
            columns!(),
            " FROM item INDEXED BY {} WHERE {} = ? AND (expires IS NULL OR expires > ?)"
        ),
        index, partition
    );
    let mut values = vec![Value::Text(&query.partition), Value::Integer(now.millis())];
    // The index's order is (sort, item's partition, item's sort), in the primary one the rest is nothing new.
    let position = format!("({sort}, partition, sort)");
    for bound in bounds(query) {
        match bound {
            Bound::Sort(comparison, value) => {
                sql += &format!(" AND {sort} {comparison} ?");
                values.push(Value::Owned(value));
            }
            Bound::Beyond(comparison, cursor) => {
                sql += &format!(" AND {position} {comparison} (?, ?, ?)");
                values.extend(
                    [&cursor.sort, &cursor.key.partition, &cursor.key.sort].map(|text| Value::Text(text)),
                );
            }
        }
    }
    let order = match query.direction {
        Direction::Ascending => "",
        Direction::Descending => " DESC",
    };
    // One more than asked for tells whether there is a next page.
    sql += &format!(" ORDER BY {sort}{order}, partition{order}, sort{order} LIMIT ?");
    values.push(Value::Integer(query.limit as i64 + 1));
    (sql, values)
}

enum Bound<'a> {
    Sort(&'static str, String),
    Beyond(&'static str, &'a Cursor),
}

/// At most one bound at each end: where the cursor lies inside the range it takes the place of the end that it
/// moves, so that SQLite seeks to it instead of walking there from the range's end.
fn bounds(query: &Query) -> Vec<Bound<'_>> {
    let (lowest, highest) = match &query.range {
        Range::All => (None, None),
        Range::Prefix(prefix) => (Some(prefix.clone()), after_prefix(prefix).map(|end| ("<", end))),
        Range::Between(from, to) => (Some(from.clone()), Some(("<=", to.clone()))),
    };
    let mut lower = lowest.map(|from| Bound::Sort(">=", from));
    let mut upper = highest.map(|(comparison, to)| Bound::Sort(comparison, to));
    if let Some(cursor) = &query.after {
        let (end, comparison) = match query.direction {
            Direction::Ascending => (&mut lower, ">"),
            Direction::Descending => (&mut upper, "<"),
        };
        let inside = match end {
            None => true,
            Some(Bound::Sort(">=", from)) => cursor.sort >= *from,
            Some(Bound::Sort("<=", to)) => cursor.sort <= *to,
            Some(Bound::Sort(_, to)) => cursor.sort < *to,
            Some(Bound::Beyond(..)) => false,
        };
        if inside {
            *end = Some(Bound::Beyond(comparison, cursor));
        }
    }
    lower.into_iter().chain(upper).collect()
}

/// The smallest text after all that start with the prefix; `None` where there is none. UTF-8 orders as code
/// points do, so the last character that has a successor is raised and what follows it is cut.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut rest = prefix.chars();
    while let Some(last) = rest.next_back() {
        // A range of characters skips the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            let mut end = rest.as_str().to_owned();
            end.push(next);
            return Some(end);
        }
    }
    None
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        key: Key { partition: row.get(0)?, sort: row.get(1)? },
        document: row.get(2)?,
        version: row.get::<_, i64>(3)? as u64,
        counter: row.get(4)?,
        expires: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
        first: index_key(row, 6)?,
        second: index_key(row, 8)?,
    })
}

fn index_key(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Key>> {
    Ok(match (row.get(at)?, row.get(at + 1)?) {
        (Some(partition), Some(sort)) => Some(Key { partition, sort }),
        _ => None,
    })
}

/// A value of a query's statement.
enum Value<'a> {
    Text(&'a str),
    Owned(String),
    Integer(i64),
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Owned(text) => ValueRef::Text(text.as_bytes()),
            Value::Integer(number) => ValueRef::Integer(*number),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_seeks_in_an_index_and_never_sorts() {
        let folder = tempfile::tempdir().unwrap();
        let clock = services::contract::TestClock::new();
        let database = crate::Database::open(folder.path().join("stoa.db"), clock).unwrap();
        let cursor = Cursor { sort: "m".into(), key: Key::new("p", "m") };
        for index in [Index::Primary, Index::First, Index::Second] {
            for range in [Range::All, Range::Prefix("m".into()), Range::Between("a".into(), "z".into())] {
                for direction in [Direction::Ascending, Direction::Descending] {
                    for after in [None, Some(cursor.clone())] {
                        let query = Query {
                            index,
                            partition: "p".into(),
                            range: range.clone(),
                            direction,
                            limit: 3,
                            after,
                        };
                        let (sql, values) = statement(&query, Timestamp::from_millis(0));
                        let plan: Vec<String> = database
                            .read(|connection| {
                                connection
                                    .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?
                                    .query_map(params_from_iter(values), |row| row.get("detail"))?
                                    .collect()
                            })
                            .unwrap();
                        assert_eq!(plan.len(), 1, "{sql}: {plan:?}");
                        assert!(plan[0].starts_with("SEARCH item USING INDEX item_by_"), "{sql}: {plan:?}");
                        let bounds = query.after.is_some() || query.range != Range::All;
                        assert_eq!(plan[0].contains("AND"), bounds, "{sql}: {plan:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_prefix_ends_before_the_next_text_that_does_not_start_so() {
        assert_eq!(after_prefix("ab"), Some("ac".into()));
        assert_eq!(after_prefix("a\u{7f}"), Some("a\u{80}".into()));
        assert_eq!(after_prefix("a\u{d7ff}"), Some("a\u{e000}".into()));
        assert_eq!(after_prefix("a\u{10ffff}\u{10ffff}"), Some("b".into()));
        assert_eq!(after_prefix("\u{10ffff}"), None);
        assert_eq!(after_prefix(""), None);
    }
}
