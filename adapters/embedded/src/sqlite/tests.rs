use super::*;
use services::contract::TestClock;
use services::ports::{Condition, Item, Key, Query, Table, TableError, Write};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicU32, Ordering};

fn item(sort: &str) -> Item {
    Item::new(Key::new("p", sort), "{}".into())
}

async fn sorts(table: &SqliteTable) -> Vec<String> {
    let page = table.query(Query::partition("p", 1000)).await.unwrap();
    page.items.into_iter().map(|item| item.key.sort).collect()
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart_and_the_log_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/new/folder/stoa.db");
    for n in 1..=3 {
        let table = Database::open(&path, TestClock::new()).unwrap().table();
        table.write(Write::Put(item(&n.to_string()), Condition::Absent)).await.unwrap();
        assert_eq!(sorts(&table).await.len(), n);
        drop(table);
        assert!(!path.with_file_name("stoa.db-wal").exists());
    }
}

#[tokio::test]
async fn the_log_has_room_before_anything_is_written_and_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stoa.db");
    let taken = || std::fs::metadata(path.with_file_name("stoa.db-wal")).unwrap().blocks() * 512;
    let database = Database::open(&path, TestClock::new()).unwrap();
    assert!(taken() >= LOG_BYTES.into());
    database.table().write(Write::Put(item("kept"), Condition::Absent)).await.unwrap();
    // As a process leaves it that is killed.
    let crashed = folder.path().join("crashed");
    std::fs::create_dir(&crashed).unwrap();
    for name in ["stoa.db", "stoa.db-wal"] {
        std::fs::copy(folder.path().join(name), crashed.join(name)).unwrap();
    }
    let table = Database::open(crashed.join("stoa.db"), TestClock::new()).unwrap().table();
    assert_eq!(sorts(&table).await, ["kept"]);
    assert!(taken() >= LOG_BYTES.into(), "also once something was");
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stoa.db");
    drop(Database::open(&path, TestClock::new()).unwrap());
    let version = || -> i64 {
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    Connection::open(&path).unwrap().pragma_update(None, "user_version", version() + 1).unwrap();
    let newer = version();
    let error = Database::open(&path, TestClock::new()).err().unwrap();
    assert!(
        matches!(error, OpenError::Newer { found, known, .. } if found == newer && known == newer - 1),
        "{error}"
    );
    assert_eq!(version(), newer);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stoa.db");
    std::fs::write(&path, "a letter to my aunt, and long enough to have a header of its own".repeat(20))
        .unwrap();
    assert!(matches!(Database::open(&path, TestClock::new()), Err(OpenError::Sqlite { .. })));
}

#[tokio::test]
async fn a_full_disk_is_reported_loses_nothing_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path().join("stoa.db"), TestClock::new()).unwrap();
    let table = database.table();
    table.write(Write::Put(item("before"), Condition::None)).await.unwrap();
    let set_room = async |pages: i64| {
        let set = move |connection: &Connection| {
            Ok::<(), Undo<TableError>>(connection.pragma_update(None, "max_page_count", pages)?)
        };
        database.write(set).await.unwrap();
    };
    set_room(20).await;
    let large = || Item::new(Key::new("p", "large"), format!("\"{}\"", "x".repeat(300_000)));
    for _ in 0..3 {
        let refused = table
            .transact(vec![Write::Put(item("with"), Condition::None), Write::Put(large(), Condition::None)]);
        assert!(matches!(refused.await, Err(TableError::Unavailable(_))));
        assert_eq!(sorts(&table).await, ["before"]);
    }
    table.write(Write::Put(item("small"), Condition::None)).await.expect("what has room is written");
    set_room(1_000_000).await;
    table.write(Write::Put(large(), Condition::None)).await.expect("there is room again");
    assert_eq!(sorts(&table).await, ["before", "large", "small"]);
}

#[tokio::test]
async fn a_change_that_fails_undoes_itself_and_no_other_in_its_group() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path().join("stoa.db"), TestClock::new()).unwrap();
    let table = Arc::new(database.table());
    // Holds the writer until all others wait: they become one group.
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let holding = database.clone();
    let holder = tokio::spawn(async move {
        holding
            .write(move |_| {
                let _ = held.recv();
                Ok::<(), Undo<TableError>>(())
            })
            .await
    });
    tokio::task::yield_now().await;
    let answered = Arc::new(AtomicU32::new(0));
    let others: Vec<_> = (0..30)
        .map(|n| {
            let (table, answered) = (table.clone(), answered.clone());
            tokio::spawn(async move {
                let mut writes = vec![Write::Put(item(&format!("{n:02}")), Condition::None)];
                if n % 3 == 0 {
                    writes.push(Write::Check(Key::new("p", "nothing"), Condition::Present));
                }
                let result = table.transact(writes).await;
                answered.fetch_add(1, Ordering::SeqCst);
                (n, result)
            })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(answered.load(Ordering::SeqCst), 0, "nothing is answered before its commit");
    hold.send(()).unwrap();
    holder.await.unwrap().unwrap();
    for other in others {
        let (n, result) = other.await.unwrap();
        match result {
            Ok(()) => assert_ne!(n % 3, 0),
            Err(TableError::Conflict { at: 1 }) => assert_eq!(n % 3, 0),
            Err(error) => panic!("{error}"),
        }
    }
    let kept: Vec<_> = (0..30).filter(|n| n % 3 != 0).map(|n| format!("{n:02}")).collect();
    assert_eq!(sorts(&table).await, kept);
}

#[tokio::test]
async fn expired_items_are_swept_from_the_file_and_others_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    let database = Database::open(folder.path().join("stoa.db"), clock.clone()).unwrap();
    let table = database.table();
    for n in 0..100 {
        let expires = (n % 2 == 0).then(|| clock.now().plus(Duration::from_secs(n)));
        table.write(Write::Put(Item { expires, ..item(&n.to_string()) }, Condition::None)).await.unwrap();
    }
    clock.advance(Duration::from_secs(49));
    let rows = || {
        database.read(|c| c.query_row("SELECT count(*) FROM item", [], |row| row.get::<_, u32>(0))).unwrap()
    };
    assert_eq!(rows(), 100);
    let now = clock.now();
    let swept = database
        .write(move |connection| {
            Ok::<_, Undo<TableError>>(
                [10, 10, 10].map(|limit| crate::table::sweep(connection, now, limit).unwrap()),
            )
        })
        .await
        .unwrap();
    assert_eq!((swept, rows()), ([10, 10, 5], 75));

    // The writer sweeps by itself, once a minute, after whatever it was doing.
    clock.advance(Duration::from_secs(3600));
    table.write(Write::Put(item("now"), Condition::None)).await.unwrap();
    table.write(Write::Put(item("later"), Condition::None)).await.unwrap();
    assert_eq!(rows(), 52);
}

#[tokio::test]
async fn a_change_that_panics_fails_alone_and_the_next_ones_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path().join("stoa.db"), TestClock::new()).unwrap();
    let table = database.table();
    let put = |sort| table.write(Write::Put(item(sort), Condition::Absent));
    let panicking = database.write(|connection| -> Result<(), Undo<TableError>> {
        connection.execute("UPDATE item SET document = 'half done'", [])?;
        panic!("a defect");
    });
    let (before, panicked, after) = tokio::join!(put("before"), panicking, put("after"));
    assert!(matches!(panicked, Err(TableError::Internal(_))), "{panicked:?}");
    assert!(before.is_ok() && after.is_ok());
    put("later").await.unwrap();
    let page = table.query(Query::partition("p", 1000)).await.unwrap();
    let found: Vec<_> = page.items.iter().map(|item| (item.key.sort.as_str(), &*item.document)).collect();
    assert_eq!(found, [("after", "{}"), ("before", "{}"), ("later", "{}")]);
}
