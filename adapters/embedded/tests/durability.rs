//! What was acknowledged outlives the process.

use services::contract::TestClock;
use services::ports::{Condition, Item, Key, Table, Write};
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use stoa_embedded::Database;

const FILE: &str = "STOA_TEST_DATABASE";
const CHILD: &str = "the_process_that_is_killed";

fn key(n: &str) -> Key {
    Key::new("p", n)
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stoa.db");
    for round in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD, "--ignored", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut acknowledged: Vec<String> = Vec::new();
        let note = |line: String| line.strip_prefix("ack ").map(str::to_owned);
        while acknowledged.len() < 300 {
            acknowledged.extend(note(lines.next().expect("the child goes on until it is killed")));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(lines.filter_map(note));

        let table = Database::open(&path, TestClock::new()).unwrap().table();
        for n in &acknowledged {
            // Both halves of its transaction.
            assert!(table.get(&key(n)).await.unwrap().is_some(), "round {round}: {n} was acknowledged");
            assert!(
                table.get(&Key::new("q", n)).await.unwrap().is_some(),
                "round {round}: half of {n} is lost"
            );
        }
    }
}

#[ignore = "is run, and killed, by the test above"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_is_killed() {
    let Ok(path) = std::env::var(FILE) else { return };
    let table = Arc::new(Database::open(path, TestClock::new()).unwrap().table());
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let table = table.clone();
            tokio::spawn(async move {
                for n in 0.. {
                    let name = format!("{}-{task}-{n}", std::process::id());
                    let put = |key| Write::Put(Item::new(key, "{}".into()), Condition::Absent);
                    table.transact(vec![put(key(&name)), put(Key::new("q", name.clone()))]).await.unwrap();
                    writeln!(std::io::stdout(), "ack {name}").unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}
