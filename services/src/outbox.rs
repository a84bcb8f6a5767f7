//! From a record to the queue, without losing work in between.
//!
//! A use case that makes work writes the message into the table, in the same transaction as the records it
//! is about: an entry of the outbox. The relay sends it and then takes the entry away. A crash in between
//! sends it twice, never not at all (invariant 5: a worker may run anything twice).

use crate::ports::{Condition, Item, Key, NewMessage, Query, Queue, Table, Write};
use crate::worker::Job;
use crate::{Result, Stoa};
use domain::id::MessageId;
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The partition of all entries; the sort key is the entry's [`MessageId`], so that old ones come first.
pub const OUTBOX: &str = "OUTBOX";

/// How often the relay looks unasked: for entries of a process that ended, or of another machine.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The most entries that are sent together.
const BATCH: usize = 50;

/// The write that makes a message part of a transaction. After it committed, wake the relay:
/// `stoa.wake.notify_one()`.
pub fn entry(stoa: &Stoa, queue: &str, message: &impl Serialize) -> Result<Write> {
    let id = MessageId::new(stoa.clock.now(), stoa.random.bits());
    write(id, queue, message)
}

/// The same for a job, which waits in its queue.
pub fn job(stoa: &Stoa, job: &Job) -> Result<Write> {
    entry(stoa, job.queue(), job)
}

/// Sends what is in the outbox, now and whenever more comes, until `shutdown`.
pub async fn relay(stoa: Stoa, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            result = send_all(&*stoa.table, &*stoa.queue) => match result {
                Ok(0) => {}
                Ok(sent) => tracing::debug!(sent, "the outbox was emptied"),
                Err(error) => tracing::warn!(%error, "the outbox cannot be read; trying again soon"),
            },
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = stoa.wake.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    queue: String,
    body: String,
}

fn write(id: MessageId, queue: &str, message: &impl Serialize) -> Result<Write> {
    let entry = Entry { queue: queue.to_owned(), body: serde_json::to_string(message)? };
    let item = Item::new(Key::new(OUTBOX, id.to_string()), serde_json::to_string(&entry)?);
    Ok(Write::Put(item, Condition::None))
}

/// Goes through the outbox once; says how many entries were sent. One that cannot be sent stays and does
/// not hold up those behind it.
async fn send_all(table: &dyn Table, queue: &dyn Queue) -> Result<usize> {
    let mut query = Query::partition(OUTBOX, BATCH);
    let mut sent = 0;
    loop {
        let page = table.query(query.clone()).await?;
        let sending = page.items.into_iter().map(|item| async {
            match send(queue, &item).await {
                Ok(()) => Some(Write::Delete(item.key, Condition::None)),
                Err(error) => {
                    tracing::error!(%error, entry = item.key.sort, "an entry of the outbox cannot be sent");
                    None
                }
            }
        });
        // Together, so that a queue that groups commits or requests can.
        let gone: Vec<Write> = join_all(sending).await.into_iter().flatten().collect();
        sent += gone.len();
        table.transact(gone).await?;
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(sent),
        }
    }
}

async fn send(queue: &dyn Queue, item: &Item) -> Result<()> {
    let entry: Entry = serde_json::from_str(&item.document)?;
    queue.send(&entry.queue, NewMessage { body: entry.body, delay: Duration::ZERO }).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::TestClock;
    use crate::contract::queue::MemoryQueue;
    use crate::contract::table::memory::MemoryTable;
    use domain::time::Timestamp;

    fn id(n: i64) -> MessageId {
        MessageId::new(Timestamp::from_millis(n), 1)
    }

    async fn bodies(queue: &MemoryQueue, name: &str) -> Vec<String> {
        let deliveries = queue.receive(name, 1000, Duration::from_secs(1)).await.unwrap();
        deliveries.into_iter().map(|delivery| delivery.body).collect()
    }

    #[tokio::test]
    async fn every_entry_reaches_its_queue_and_leaves_the_outbox() {
        let clock = TestClock::new();
        let (table, queue) = (MemoryTable::new(clock.clone()), MemoryQueue::new(clock));
        for n in 0..120 {
            let name = if n % 2 == 0 { "even" } else { "odd" };
            table.write(write(id(n), name, &n).unwrap()).await.unwrap();
        }
        assert_eq!(send_all(&table, &queue).await.unwrap(), 120);
        assert_eq!(bodies(&queue, "even").await.len(), 60);
        assert_eq!(bodies(&queue, "odd").await.len(), 60);
        assert_eq!(send_all(&table, &queue).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn an_entry_that_cannot_be_sent_stays_and_holds_up_no_other() {
        let clock = TestClock::new();
        let (table, queue) = (MemoryTable::new(clock.clone()), MemoryQueue::new(clock));
        for n in 0..60 {
            let damaged = Item::new(Key::new(OUTBOX, id(n).to_string()), r#""damaged""#.into());
            table.write(Write::Put(damaged, Condition::None)).await.unwrap();
        }
        table.write(write(id(60), "work", &"good").unwrap()).await.unwrap();
        assert_eq!(send_all(&table, &queue).await.unwrap(), 1);
        assert_eq!(bodies(&queue, "work").await, [r#""good""#]);
        assert_eq!(table.query(Query::partition(OUTBOX, 100)).await.unwrap().items.len(), 60);
    }
}
