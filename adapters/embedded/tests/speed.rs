//! What the table takes and gives, measured: `cargo nextest run --release -p stoa-embedded --test speed
//! --run-ignored all --no-capture`. A report, not a test: a machine that is busy fails nothing.

#![allow(clippy::print_stderr, reason = "a report is printed")]

use services::contract::TestClock;
use services::ports::{Condition, Index, Item, Key, Query, Table, Write};
use std::sync::Arc;
use std::time::Duration;
use stoa_embedded::Database;
use tokio::time::Instant;

fn report(what: &str, count: u32, took: Duration) {
    let (each, rate) = (took / count, f64::from(count) / took.as_secs_f64());
    eprintln!("{what}: {rate:.0} a second, {each:?} each");
}

#[ignore = "a measurement"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn speed() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let table = Arc::new(Database::open(folder.path().join("stoa.db"), TestClock::new()).unwrap().table());
    let put = |n: u32| {
        let place = Some(Key::new("CATALOGUE", format!("{n:06}")));
        let document = format!(r#"{{"text":"{}"}}"#, "x".repeat(600));
        Write::Put(
            Item { first: place, ..Item::new(Key::new(format!("COURSE#{n}"), "COURSE"), document) },
            Condition::None,
        )
    };
    for writers in [1, 16, 64, 256] {
        let (start, each) = (Instant::now(), if writers == 1 { 200 } else { 4096 / writers });
        let tasks: Vec<_> = (0..writers)
            .map(|writer| {
                let table = table.clone();
                tokio::spawn(async move {
                    for n in 0..each {
                        table.write(put(writer * each + n)).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        report(&format!("durable transactions of {writers} writers"), writers * each, start.elapsed());
    }

    let count = 100_000;
    for readers in [1, 2] {
        let start = Instant::now();
        let tasks: Vec<_> = (0..readers)
            .map(|reader| {
                let table = table.clone();
                tokio::spawn(async move {
                    for n in 0..count {
                        let key = Key::new(format!("COURSE#{}", (n * 7919 + reader) % 4096), "COURSE");
                        assert!(table.get(&key).await.unwrap().is_some());
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        report(&format!("gets of {readers} readers"), count * readers, start.elapsed());
    }
    let start = Instant::now();
    for _ in 0..5_000 {
        let page =
            table.query(Query { index: Index::First, ..Query::partition("CATALOGUE", 24) }).await.unwrap();
        assert_eq!(page.items.len(), 24);
    }
    report("index pages of 24", 5_000, start.elapsed());
    let keys: Vec<_> = (0..24).map(|n| Key::new(format!("COURSE#{n}"), "COURSE")).collect();
    let start = Instant::now();
    for _ in 0..5_000 {
        assert_eq!(table.batch_get(&keys).await.unwrap().len(), 24);
    }
    report("batches of 24", 5_000, start.elapsed());
}
