//! Any sequence of requests has the same answers as from [`MemoryTable`].

use super::memory::MemoryTable;
use super::{TableFixture, walk};
use crate::clock::Clock;
use crate::ports::{Condition, Cursor, Direction, Index, Item, Key, Query, Range, Table, TableError, Write};
use domain::time::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;

/// Runs random sequences on fresh tables.
///
/// # Panics
/// Where an answer differs, with the shortest sequence that shows it.
pub fn agrees_with_the_model(fresh: impl Fn() -> TableFixture) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let sequences = proptest::collection::vec(request(), 1..60);
    let result = TestRunner::new(config).run(&sequences, |requests| {
        let fixture = fresh();
        let model = MemoryTable::new(fixture.clock.clone());
        for request in requests {
            if let Request::Wait(millis) = request {
                fixture.clock.advance(Duration::from_millis(millis));
                continue;
            }
            let now = fixture.clock.now();
            let (got, expected) = runtime.block_on(async {
                (request.clone().send(&*fixture.port, now).await, request.clone().send(&model, now).await)
            });
            prop_assert_eq!(got, expected, "{:?}", request);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[derive(Debug, Clone)]
enum Request {
    Transact(Vec<Write>),
    Add(Key, i64),
    BatchGet(Vec<Key>),
    Query(Query),
    /// Milliseconds.
    Wait(u64),
}

/// An answer that can be compared.
#[derive(Debug, PartialEq)]
enum Answer {
    Written(Result<(), String>),
    Sum(i64),
    Items(Vec<Item>),
}

impl Request {
    async fn send(self, table: &dyn Table, now: Timestamp) -> Answer {
        match self {
            Request::Transact(mut writes) => {
                for write in &mut writes {
                    if let Write::Put(item, _) = write {
                        // The generator knows no clock: an expiry is so long from now.
                        item.expires =
                            item.expires.map(|span| now.plus(Duration::from_millis(span.millis() as u64)));
                    }
                }
                Answer::Written(table.transact(writes).await.map_err(|error| match error {
                    TableError::Conflict { .. } | TableError::Invalid(_) => format!("{error:?}"),
                    other => panic!("the table fails: {other:?}"),
                }))
            }
            Request::Add(key, amount) => {
                Answer::Sum(table.add(&key, amount).await.expect("an addition succeeds"))
            }
            Request::BatchGet(keys) => {
                let mut items = table.batch_get(&keys).await.expect("a read succeeds");
                items.sort_by(|a, b| a.key.cmp(&b.key));
                Answer::Items(items)
            }
            Request::Query(query) => Answer::Items(walk(table, query).await),
            Request::Wait(_) => Answer::Items(Vec::new()),
        }
    }
}

fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        5 => proptest::collection::vec(write(), 1..5).prop_map(Request::Transact),
        1 => (key(), -3i64..4).prop_map(|(key, amount)| Request::Add(key, amount)),
        1 => proptest::collection::btree_set(key(), 0..6).prop_map(|keys| Request::BatchGet(keys.into_iter().collect())),
        4 => query().prop_map(Request::Query),
        1 => (1u64..1500).prop_map(Request::Wait),
    ]
}

/// Few, so that requests meet.
fn sort() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "1",
        "10",
        "2",
        "é",
        "z",
        "z\u{7f}",
        "z\u{10ffff}",
        "z\u{10ffff}a",
        "{",
        "\u{10ffff}",
    ])
    .prop_map(String::from)
}

fn partition() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b"]).prop_map(String::from)
}

fn key() -> impl Strategy<Value = Key> {
    (partition(), sort()).prop_map(|(partition, sort)| Key { partition, sort })
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        6 => Just(Condition::None),
        1 => Just(Condition::Absent),
        1 => Just(Condition::Present),
        1 => (0u64..4).prop_map(Condition::Version),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    let expiry = proptest::option::weighted(0.3, (0i64..2000).prop_map(Timestamp::from_millis));
    (key(), 0u8..100, expiry, proptest::option::of(key()), proptest::option::of(key())).prop_map(
        |(key, document, expires, first, second)| Item {
            expires,
            first,
            second,
            ..Item::new(key, document.to_string())
        },
    )
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        6 => (item(), condition()).prop_map(|(item, condition)| Write::Put(item, condition)),
        2 => (key(), condition()).prop_map(|(key, condition)| Write::Delete(key, condition)),
        2 => (key(), -3i64..4).prop_map(|(key, amount)| Write::Add(key, amount)),
        1 => (key(), condition()).prop_map(|(key, condition)| Write::Check(key, condition)),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let index = prop::sample::select(vec![Index::Primary, Index::First, Index::Second]);
    let range = prop_oneof![
        2 => Just(Range::All),
        1 => sort().prop_map(Range::Prefix),
        1 => (sort(), sort()).prop_map(|(from, to)| Range::Between(from, to)),
    ];
    let direction = prop::sample::select(vec![Direction::Ascending, Direction::Descending]);
    (index, partition(), range, direction, 1usize..5, proptest::option::of((sort(), key()))).prop_map(
        |(index, partition, range, direction, limit, after)| Query {
            after: after.map(|(sort, key)| match index {
                // There the place is the key itself.
                Index::Primary => {
                    Cursor { key: Key { partition: partition.clone(), sort: sort.clone() }, sort }
                }
                Index::First | Index::Second => Cursor { sort, key },
            }),
            index,
            partition,
            range,
            direction,
            limit,
        },
    )
}
