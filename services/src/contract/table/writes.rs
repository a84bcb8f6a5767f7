//! Writes, conditions, counters, expiry.

use super::{TableFixture, item, key};
use crate::clock::Clock;
use crate::ports::{Condition, Item, Key, MAX_ITEM_BYTES, Query, Table, TableError, Write};
use std::sync::Arc;
use std::time::Duration;

async fn put(table: &dyn Table, item: Item) {
    table.write(Write::Put(item, Condition::None)).await.expect("an unconditional put succeeds");
}

async fn get(table: &dyn Table, key: &Key) -> Option<Item> {
    table.get(key).await.expect("a get succeeds")
}

fn conflict(result: Result<(), TableError>) -> Option<usize> {
    match result {
        Ok(()) => None,
        Err(TableError::Conflict { at }) => Some(at),
        Err(other) => panic!("neither success nor conflict: {other:?}"),
    }
}

#[allow(missing_docs)]
pub async fn a_put_item_is_read_back_whole(fixture: &TableFixture) {
    let table = &*fixture.port;
    let whole = Item {
        key: key("kurs/é\u{0}'\"", "\u{10ffff} 1"),
        document: r#"{"title":"Größe \u0000 \"quoted\" 😀","list":[1,2.5,null]}"#.into(),
        version: 77,
        counter: 99,
        expires: Some(fixture.clock.now().plus(Duration::from_millis(1))),
        first: Some(key("one", "1")),
        second: Some(key("two", "2")),
    };
    put(table, whole.clone()).await;
    assert_eq!(get(table, &whole.key).await, Some(Item { version: 1, counter: 0, ..whole.clone() }));
    table.write(Write::Delete(whole.key.clone(), Condition::None)).await.expect("deleted");
    assert_eq!(get(table, &whole.key).await, None);
}

#[allow(missing_docs)]
pub async fn each_condition_holds_exactly_when_it_says(fixture: &TableFixture) {
    let table = &*fixture.port;
    let there = key("p", "there");
    let missing = key("p", "missing");
    for (condition, holds_there, holds_missing) in [
        (Condition::None, true, true),
        (Condition::Absent, false, true),
        (Condition::Present, true, false),
        (Condition::Version(0), false, false),
        (Condition::Version(1), false, false),
        (Condition::Version(2), true, false),
        (Condition::Version(3), false, false),
    ] {
        for (key, holds) in [(&there, holds_there), (&missing, holds_missing)] {
            for write in [
                Write::Put(Item::new(key.clone(), "{}".into()), condition),
                Write::Delete(key.clone(), condition),
                Write::Check(key.clone(), condition),
            ] {
                // `there` at version 2, `missing` not there.
                let reset = [
                    Write::Delete(there.clone(), Condition::None),
                    Write::Delete(missing.clone(), Condition::None),
                ];
                table.transact(reset.into()).await.expect("reset");
                put(table, Item::new(there.clone(), r#"{"v":1}"#.into())).await;
                put(table, Item::new(there.clone(), r#"{"v":2}"#.into())).await;
                let before = get(table, key).await;

                let outcome = conflict(table.write(write.clone()).await);

                assert_eq!(outcome, if holds { None } else { Some(0) }, "{write:?}");
                let expected = match write {
                    Write::Put(item, _) if holds => {
                        Some(Item { version: before.map_or(0, |item| item.version) + 1, ..item })
                    }
                    Write::Delete(..) if holds => None,
                    _ => before,
                };
                assert_eq!(get(table, key).await, expected);
            }
        }
    }
}

#[allow(missing_docs)]
pub async fn a_transaction_happens_whole_or_not_at_all(fixture: &TableFixture) {
    let table = &*fixture.port;
    put(table, item("p", "old")).await;
    for at in 0..5 {
        let mut writes = vec![
            Write::Put(item("p", "new"), Condition::Absent),
            Write::Delete(key("p", "old"), Condition::Present),
            Write::Add(key("p", "count"), 1),
            Write::Put(item("q", "new"), Condition::None),
        ];
        writes.insert(at, Write::Check(key("p", "nothing"), Condition::Present));
        assert_eq!(conflict(table.transact(writes).await), Some(at));
        let left = table.query(Query::partition("p", 10)).await.expect("queried").items;
        assert_eq!(left, [Item { version: 1, ..item("p", "old") }]);
        assert_eq!(get(table, &key("q", "new")).await, None);
    }
    let two_fail = vec![
        Write::Put(item("p", "new"), Condition::None),
        Write::Check(key("p", "old"), Condition::Absent),
        Write::Check(key("p", "nothing"), Condition::Present),
    ];
    assert_eq!(conflict(table.transact(two_fail).await), Some(1), "the first that fails is named");
    table.transact(Vec::new()).await.expect("no writes at all are fine");
}

#[allow(missing_docs)]
pub async fn a_version_counts_the_puts_of_an_item(fixture: &TableFixture) {
    let table = &*fixture.port;
    for version in 1..=3 {
        put(table, Item { version: 40, ..item("p", "s") }).await;
        assert_eq!(get(table, &key("p", "s")).await.map(|item| item.version), Some(version));
    }
    table.add(&key("p", "s"), 1).await.expect("added");
    assert_eq!(get(table, &key("p", "s")).await.map(|item| item.version), Some(3), "an addition is no put");
    table.write(Write::Delete(key("p", "s"), Condition::Version(3))).await.expect("deleted");
    put(table, item("p", "s")).await;
    assert_eq!(
        get(table, &key("p", "s")).await.map(|item| item.version),
        Some(1),
        "a new item starts afresh"
    );
}

#[allow(missing_docs)]
pub async fn a_put_leaves_the_counter_and_an_add_leaves_the_rest(fixture: &TableFixture) {
    let table = &*fixture.port;
    let full = Item { first: Some(key("one", "1")), second: Some(key("two", "2")), ..item("p", "s") };
    put(table, full.clone()).await;
    assert_eq!(table.add(&full.key, 5).await.expect("added"), 5);
    assert_eq!(table.add(&full.key, -2).await.expect("added"), 3);
    assert_eq!(get(table, &full.key).await, Some(Item { version: 1, counter: 3, ..full.clone() }));
    put(table, Item { counter: 100, ..full.clone() }).await;
    assert_eq!(get(table, &full.key).await, Some(Item { version: 2, counter: 3, ..full.clone() }));
    table.write(Write::Delete(full.key.clone(), Condition::None)).await.expect("deleted");
    put(table, full.clone()).await;
    assert_eq!(get(table, &full.key).await.map(|item| item.counter), Some(0), "a new item counts from zero");
}

#[allow(missing_docs)]
pub async fn adding_to_nothing_makes_an_item(fixture: &TableFixture) {
    let table = &*fixture.port;
    assert_eq!(table.add(&key("p", "s"), 7).await.expect("added"), 7);
    let made = Item { version: 1, counter: 7, ..Item::new(key("p", "s"), "{}".into()) };
    assert_eq!(get(table, &key("p", "s")).await, Some(made));
    table.write(Write::Add(key("p", "t"), 3)).await.expect("added");
    assert_eq!(get(table, &key("p", "t")).await.map(|item| item.counter), Some(3));
    assert_eq!(conflict(table.write(Write::Check(key("p", "t"), Condition::Absent)).await), Some(0));
}

#[allow(missing_docs)]
pub async fn counters_go_below_zero_and_to_the_limits(fixture: &TableFixture) {
    let table = &*fixture.port;
    assert_eq!(table.add(&key("p", "s"), -3).await.expect("added"), -3);
    assert_eq!(table.add(&key("p", "t"), i64::MAX - 1).await.expect("added"), i64::MAX - 1);
    assert_eq!(table.add(&key("p", "t"), 1).await.expect("added"), i64::MAX);
}

#[allow(missing_docs)]
pub async fn concurrent_additions_add_up(fixture: &TableFixture) {
    let tasks: Vec<_> = (0..20)
        .map(|task| {
            let table = fixture.port.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    if task % 2 == 0 {
                        table.add(&key("p", "s"), 3).await.expect("added");
                    } else {
                        table.write(Write::Add(key("p", "s"), -1)).await.expect("added");
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    assert_eq!(get(&*fixture.port, &key("p", "s")).await.map(|item| item.counter), Some(200));
}

#[allow(missing_docs)]
pub async fn concurrent_writers_never_lose_an_update(fixture: &TableFixture) {
    put(&*fixture.port, Item::new(key("p", "s"), "0".into())).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let table: Arc<dyn Table> = fixture.port.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while done < 10 {
                    let old = get(&*table, &key("p", "s")).await.expect("the item is there");
                    let number: u32 = old.document.parse().expect("the document is a number");
                    let new = Item::new(old.key, (number + 1).to_string());
                    if conflict(table.write(Write::Put(new, Condition::Version(old.version))).await).is_none()
                    {
                        done += 1;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    let item = get(&*fixture.port, &key("p", "s")).await.expect("the item is there");
    assert_eq!((item.document.as_str(), item.version), ("80", 81));
}

#[allow(missing_docs)]
pub async fn a_hundred_writes_are_one_transaction(fixture: &TableFixture) {
    let table = &*fixture.port;
    let puts = |n: usize| -> Vec<_> {
        (0..n).map(|i| Write::Put(item("p", &format!("{i:03}")), Condition::Absent)).collect()
    };
    table.transact(puts(100)).await.expect("a hundred are allowed");
    assert_eq!(table.query(Query::partition("p", 1000)).await.expect("queried").items.len(), 100);
    assert!(matches!(table.transact(puts(101)).await, Err(TableError::Invalid(_))));
}

#[allow(missing_docs)]
pub async fn the_largest_document_is_stored_and_a_larger_one_refused(fixture: &TableFixture) {
    let table = &*fixture.port;
    let document = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    let large = Item::new(key("p", "s"), document(MAX_ITEM_BYTES));
    put(table, large.clone()).await;
    assert_eq!(get(table, &large.key).await, Some(Item { version: 1, ..large.clone() }));
    let larger = Item::new(key("p", "s"), document(MAX_ITEM_BYTES + 1));
    let refused = table
        .transact(vec![Write::Put(item("p", "t"), Condition::None), Write::Put(larger, Condition::None)])
        .await;
    assert!(
        matches!(refused, Err(TableError::TooLarge { key, bytes }) if key == large.key && bytes == MAX_ITEM_BYTES + 1)
    );
    assert_eq!(get(table, &key("p", "t")).await, None);
}

#[allow(missing_docs)]
pub async fn requests_that_cannot_be_are_refused(fixture: &TableFixture) {
    let table = &*fixture.port;
    fn refused<T: std::fmt::Debug>(result: Result<T, TableError>) {
        assert!(matches!(result, Err(TableError::Invalid(_))), "{result:?}");
    }
    let bad_keys = [key("", "s"), key("p", ""), key(&"p".repeat(2049), "s"), key("p", &"s".repeat(1025))];
    for bad in bad_keys {
        refused(table.get(&bad).await);
        refused(table.batch_get(std::slice::from_ref(&bad)).await);
        refused(table.add(&bad, 1).await);
        for write in [
            Write::Put(Item::new(bad.clone(), "{}".into()), Condition::None),
            Write::Put(Item { first: Some(bad.clone()), ..item("p", "s") }, Condition::None),
            Write::Put(Item { second: Some(bad.clone()), ..item("p", "s") }, Condition::None),
            Write::Delete(bad.clone(), Condition::None),
            Write::Add(bad.clone(), 1),
            Write::Check(bad.clone(), Condition::None),
        ] {
            refused(table.write(write).await);
        }
    }
    let longest = key(&"p".repeat(2048), &"s".repeat(1024));
    put(table, Item::new(longest.clone(), "{}".into())).await;
    assert!(get(table, &longest).await.is_some(), "the longest keys are allowed");

    let twice =
        vec![Write::Put(item("p", "s"), Condition::None), Write::Check(key("p", "s"), Condition::None)];
    refused(table.transact(twice).await);
    refused(table.batch_get(&[key("p", "s"), key("p", "s")]).await);
    refused(table.batch_get(&(0..101).map(|i| key("p", &i.to_string())).collect::<Vec<_>>()).await);
    refused(table.query(Query::partition("", 1)).await);
    refused(table.query(Query::partition("p", 0)).await);
    refused(table.query(Query::partition("p", 1001)).await);
    assert_eq!(get(table, &key("p", "s")).await, None, "what is refused changes nothing");
}

#[allow(missing_docs)]
pub async fn an_expired_item_is_absent_to_reads(fixture: &TableFixture) {
    let table = &*fixture.port;
    let short = Item {
        expires: Some(fixture.clock.now().plus(Duration::from_secs(10))),
        first: Some(key("index", "1")),
        ..item("p", "short")
    };
    put(table, short.clone()).await;
    put(table, Item { first: Some(key("index", "2")), ..item("p", "long") }).await;
    let index = Query { index: crate::ports::Index::First, ..Query::partition("index", 10) };
    let count = async |query: &Query| table.query(query.clone()).await.expect("queried").items.len();

    fixture.clock.advance(Duration::from_millis(9_999));
    assert!(get(table, &short.key).await.is_some());
    assert_eq!(count(&index).await, 2);

    fixture.clock.advance(Duration::from_millis(1));
    assert_eq!(get(table, &short.key).await, None);
    assert_eq!(table.batch_get(&[short.key.clone(), key("p", "long")]).await.expect("read").len(), 1);
    assert_eq!(count(&Query::partition("p", 10)).await, 1);
    assert_eq!(
        count(&Query { limit: 1, ..Query::partition("p", 1) }).await,
        1,
        "an expired item takes no place in a page"
    );
    assert_eq!(count(&index).await, 1);
}

#[allow(missing_docs)]
pub async fn an_expired_item_is_absent_to_conditions_and_to_what_replaces_it(fixture: &TableFixture) {
    let table = &*fixture.port;
    let expiring = || Item {
        expires: Some(fixture.clock.now().plus(Duration::from_secs(1))),
        first: Some(key("index", "1")),
        ..item("p", "s")
    };
    let expire = async || {
        put(table, expiring()).await;
        table.add(&key("p", "s"), 5).await.expect("added");
        fixture.clock.advance(Duration::from_secs(1));
    };
    expire().await;
    for condition in [Condition::Present, Condition::Version(1)] {
        assert_eq!(conflict(table.write(Write::Check(key("p", "s"), condition)).await), Some(0));
        assert_eq!(conflict(table.write(Write::Put(item("p", "s"), condition)).await), Some(0));
        assert_eq!(conflict(table.write(Write::Delete(key("p", "s"), condition)).await), Some(0));
    }
    assert_eq!(conflict(table.write(Write::Put(item("p", "s"), Condition::Absent)).await), None);
    assert_eq!(get(table, &key("p", "s")).await, Some(Item { version: 1, ..item("p", "s") }));

    table.write(Write::Delete(key("p", "s"), Condition::None)).await.expect("deleted");
    expire().await;
    assert_eq!(table.add(&key("p", "s"), 2).await.expect("added"), 2);
    let made = Item { version: 1, counter: 2, ..Item::new(key("p", "s"), "{}".into()) };
    assert_eq!(get(table, &key("p", "s")).await, Some(made));
}
