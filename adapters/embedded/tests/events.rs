//! The event bus within the program keeps the contract.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use services::contract::TestClock;
use services::contract::events::{Bench, rules};
use services::ports::Queue;
use std::sync::Arc;
use stoa_embedded::{Database, LocalEvents};

fn fresh() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path().join("stoa.db"), TestClock::new()).unwrap();
    let queue: Arc<dyn Queue> = Arc::new(database.queue());
    Bench { bus: Arc::new(LocalEvents::new(queue.clone(), rules())), queue, keep: Box::new(folder) }
}

services::events_contract!(fresh);
