//! Queries, ranges, pages, indexes.

use super::{TableFixture, item, key, sorts, walk};
use crate::ports::{Condition, Cursor, Direction, Index, Item, Query, Range, Table, Write};

const BOTH: [Direction; 2] = [Direction::Ascending, Direction::Descending];

async fn put(table: &dyn Table, items: impl IntoIterator<Item = Item>) {
    let writes = items.into_iter().map(|item| Write::Put(item, Condition::None)).collect();
    table.transact(writes).await.expect("the items are put");
}

fn reversed<T>(mut items: Vec<T>) -> Vec<T> {
    items.reverse();
    items
}

#[allow(missing_docs)]
pub async fn sort_keys_order_as_bytes(fixture: &TableFixture) {
    let table = &*fixture.port;
    // In UTF-16 the last two would change places; in any language's order, others too.
    let ordered = [
        "\u{1}", " ", "#", "10", "9", "A", "B", "_", "a", "a#", "a0", "b", "\u{7f}", "ä", "€", "\u{ffff}",
        "😀",
    ];
    put(table, reversed(ordered.iter().map(|sort| item("p", sort)).collect())).await;
    assert_eq!(sorts(&walk(table, Query::partition("p", 4)).await), ordered);
    let descending = Query { direction: Direction::Descending, ..Query::partition("p", 4) };
    assert_eq!(sorts(&walk(table, descending).await), reversed(ordered.to_vec()));
}

#[allow(missing_docs)]
pub async fn a_prefix_finds_all_that_start_so_and_no_other(fixture: &TableFixture) {
    let table = &*fixture.port;
    let all = [
        "a",
        "a#",
        "a#1",
        "a#2",
        "a#\u{10ffff}",
        "a$",
        "b\u{7f}",
        "b\u{7f}1",
        "b\u{80}",
        "c\u{d7ff}",
        "c\u{d7ff}1",
        "c\u{e000}",
        "d\u{10ffff}",
        "d\u{10ffff}\u{10ffff}",
        "d\u{10ffff}\u{10ffff}1",
        "e",
        "%",
        "%1",
        "_",
        "_1",
        "\u{10ffff}",
        "\u{10ffff}1",
    ];
    put(table, all.iter().map(|sort| Item { second: Some(key("i", sort)), ..item("p", sort) })).await;
    for prefix in [
        "a",
        "a#",
        "b\u{7f}",
        "c\u{d7ff}",
        "d\u{10ffff}",
        "d\u{10ffff}\u{10ffff}",
        "%",
        "_",
        "\u{10ffff}",
        "nothing",
        "",
    ] {
        let mut expected: Vec<_> = all.iter().copied().filter(|sort| sort.starts_with(prefix)).collect();
        expected.sort_unstable();
        for (index, partition) in [(Index::Primary, "p"), (Index::Second, "i")] {
            for direction in BOTH {
                let query = Query {
                    index,
                    direction,
                    range: Range::Prefix(prefix.into()),
                    ..Query::partition(partition, 2)
                };
                let found = walk(table, query).await;
                let expected = if direction == Direction::Ascending {
                    expected.clone()
                } else {
                    reversed(expected.clone())
                };
                assert_eq!(sorts(&found), expected, "{prefix:?} {index:?} {direction:?}");
            }
        }
    }
}

#[allow(missing_docs)]
pub async fn both_ends_of_a_range_are_included(fixture: &TableFixture) {
    let table = &*fixture.port;
    put(table, ["a", "b", "b1", "c", "d"].iter().map(|sort| item("p", sort))).await;
    for (from, to, expected) in [
        ("b", "c", vec!["b", "b1", "c"]),
        ("a1", "b0", vec!["b"]),
        ("b1", "b1", vec!["b1"]),
        ("x", "z", vec![]),
        ("c", "b", vec![]),
    ] {
        for direction in BOTH {
            let query = Query {
                direction,
                range: Range::Between(from.into(), to.into()),
                ..Query::partition("p", 2)
            };
            let found = walk(table, query).await;
            let expected =
                if direction == Direction::Ascending { expected.clone() } else { reversed(expected.clone()) };
            assert_eq!(sorts(&found), expected, "{from}..={to} {direction:?}");
        }
    }
}

#[allow(missing_docs)]
pub async fn every_page_size_gives_the_same_sequence(fixture: &TableFixture) {
    let table = &*fixture.port;
    put(
        table,
        (0..23).map(|i| Item {
            first: Some(key("i", &format!("{:02}", 50 - i))),
            ..item("p", &format!("{i:02}"))
        }),
    )
    .await;
    for (index, partition) in [(Index::Primary, "p"), (Index::First, "i")] {
        for direction in BOTH {
            for range in [Range::All, Range::Prefix("1".into()), Range::Between("03".into(), "45".into())] {
                let query = Query { index, direction, range, ..Query::partition(partition, 1000) };
                let whole = walk(table, query.clone()).await;
                for limit in 1..=24 {
                    assert_eq!(
                        walk(table, Query { limit, ..query.clone() }).await,
                        whole,
                        "{query:?} by {limit}"
                    );
                }
            }
        }
    }
}

#[allow(missing_docs)]
pub async fn items_that_share_a_place_in_an_index_are_each_seen_once(fixture: &TableFixture) {
    let table = &*fixture.port;
    let same = |partition: &str, sort: &str| Item { first: Some(key("i", "same")), ..item(partition, sort) };
    put(table, [same("q", "1"), same("p", "2"), same("p", "1"), same("r", "0"), same("q", "3")]).await;
    put(
        table,
        [
            Item { first: Some(key("i", "less")), ..item("z", "9") },
            Item { first: Some(key("i", "tame")), ..item("a", "0") },
        ],
    )
    .await;
    let expected = [("z", "9"), ("p", "1"), ("p", "2"), ("q", "1"), ("q", "3"), ("r", "0"), ("a", "0")];
    for direction in BOTH {
        for limit in 1..=8 {
            let query = Query { index: Index::First, direction, ..Query::partition("i", limit) };
            let found = walk(table, query).await;
            let found: Vec<_> =
                found.iter().map(|item| (item.key.partition.as_str(), item.key.sort.as_str())).collect();
            let expected = expected.to_vec();
            assert_eq!(found, if direction == Direction::Ascending { expected } else { reversed(expected) });
        }
    }
}

#[allow(missing_docs)]
pub async fn a_cursor_need_not_name_an_item_that_is_there(fixture: &TableFixture) {
    let table = &*fixture.port;
    let place = |sort: &str| Item { first: Some(key("i", "same")), ..item("p", sort) };
    put(table, ["1", "2", "3", "4"].map(place)).await;
    for (index, partition, gone) in [(Index::Primary, "p", "2"), (Index::First, "i", "3")] {
        for direction in BOTH {
            let cursor_sort = if index == Index::Primary { gone } else { "same" };
            let query = Query {
                index,
                direction,
                after: Some(Cursor { sort: cursor_sort.into(), key: key("p", gone) }),
                ..Query::partition(partition, 10)
            };
            let before = walk(table, query.clone()).await;
            table.write(Write::Delete(key("p", gone), Condition::None)).await.expect("deleted");
            assert_eq!(walk(table, query.clone()).await, before);
            put(table, [place(gone)]).await;
        }
    }
    // A cursor outside the range: nothing is behind it, or everything.
    let query = |sort: &str, direction| Query {
        direction,
        range: Range::Between("2".into(), "3".into()),
        after: Some(Cursor { sort: sort.into(), key: key("p", sort) }),
        ..Query::partition("p", 10)
    };
    assert_eq!(sorts(&walk(table, query("0", Direction::Ascending)).await), ["2", "3"]);
    assert_eq!(sorts(&walk(table, query("9", Direction::Ascending)).await), [""; 0]);
    assert_eq!(sorts(&walk(table, query("9", Direction::Descending)).await), ["3", "2"]);
    assert_eq!(sorts(&walk(table, query("0", Direction::Descending)).await), [""; 0]);
}

#[allow(missing_docs)]
pub async fn items_move_in_the_indexes_and_leave_them(fixture: &TableFixture) {
    let table = &*fixture.port;
    let found = async |index, partition: &str| {
        walk(table, Query { index, ..Query::partition(partition, 10) }).await.len()
    };
    let with = |first: Option<&str>, second: Option<&str>| Item {
        first: first.map(|partition| key(partition, "1")),
        second: second.map(|partition| key(partition, "1")),
        ..item("p", "s")
    };
    let counts = async || {
        [
            found(Index::First, "x").await,
            found(Index::First, "y").await,
            found(Index::Second, "x").await,
            found(Index::Second, "y").await,
        ]
    };
    for (first, second, expected) in [
        (None, None, [0, 0, 0, 0]),
        (Some("x"), None, [1, 0, 0, 0]),
        (Some("y"), Some("x"), [0, 1, 1, 0]),
        (None, Some("y"), [0, 0, 0, 1]),
        (Some("x"), Some("x"), [1, 0, 1, 0]),
    ] {
        put(table, [with(first, second)]).await;
        assert_eq!(counts().await, expected, "{first:?} {second:?}");
    }
    table.write(Write::Delete(key("p", "s"), Condition::None)).await.expect("deleted");
    assert_eq!(counts().await, [0; 4]);
}

#[allow(missing_docs)]
pub async fn partitions_do_not_mix(fixture: &TableFixture) {
    let table = &*fixture.port;
    put(table, [item("p", "1"), item("p1", "1"), item("P", "1"), item("p", "2"), item("o", "9")]).await;
    assert_eq!(sorts(&walk(table, Query::partition("p", 10)).await), ["1", "2"]);
    assert_eq!(sorts(&walk(table, Query::partition("P", 10)).await), ["1"]);
    assert_eq!(walk(table, Query { index: Index::First, ..Query::partition("p", 10) }).await, []);
}

#[allow(missing_docs)]
pub async fn a_batch_returns_what_is_there(fixture: &TableFixture) {
    let table = &*fixture.port;
    put(table, (0..100).map(|i| item(&format!("p{}", i % 7), &format!("{i}")))).await;
    let keys: Vec<_> = (50..150).map(|i| key(&format!("p{}", i % 7), &format!("{i}"))).collect();
    let mut found = table.batch_get(&keys).await.expect("read");
    found.sort_by_key(|item| item.key.sort.parse::<u32>().expect("the sort keys are numbers"));
    let expected: Vec<_> =
        (50..100).map(|i| Item { version: 1, ..item(&format!("p{}", i % 7), &format!("{i}")) }).collect();
    assert_eq!(found, expected);
    assert_eq!(table.batch_get(&[]).await.expect("read"), []);
}

#[allow(missing_docs)]
pub async fn large_items_come_in_pages_without_a_gap(fixture: &TableFixture) {
    let table = &*fixture.port;
    for i in 0..8 {
        put(table, [Item::new(key("p", &i.to_string()), format!("\"{}\"", "x".repeat(390_000)))]).await;
    }
    for direction in BOTH {
        let found = walk(table, Query { direction, ..Query::partition("p", 1000) }).await;
        assert_eq!(found.len(), 8);
    }
}
