//! The SQLite table keeps the contract.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use services::contract::{Fixture, TestClock};
use services::ports::Table;
use std::sync::Arc;
use stoa_embedded::Database;

fn fresh() -> Fixture<dyn Table> {
    let folder = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    let database = Database::open(folder.path().join("stoa.db"), clock.clone()).unwrap();
    Fixture::new(Arc::new(database.table()), clock, folder)
}

services::table_contract!(fresh);
