//! One at a time: whoever comes for an upload ends the connection that still appends to it, and waits until what
//! that one wrote is on the disk.

use services::ports::PartsId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// Who is at which upload.
#[derive(Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<PartsId, Arc<Seat>>>>);

#[derive(Default)]
struct Seat {
    taken: Arc<tokio::sync::Mutex<()>>,
    /// Of whoever came last.
    newest: Mutex<CancellationToken>,
}

/// The right to work on an upload, until it is dropped.
pub(super) struct Turn {
    /// Cancelled once somebody else wants to.
    pub(super) taken_over: CancellationToken,
    id: PartsId,
    seat: Option<Arc<Seat>>,
    turns: Arc<Mutex<HashMap<PartsId, Arc<Seat>>>>,
    _guard: OwnedMutexGuard<()>,
}

impl Turns {
    /// Ends whoever is at it, and waits for that. `None` where somebody came later.
    pub(super) async fn take(&self, id: &PartsId) -> Option<Turn> {
        let taken_over = CancellationToken::new();
        let seat = {
            let mut seats = lock(&self.0);
            let seat = seats.entry(id.clone()).or_default().clone();
            std::mem::replace(&mut *lock(&seat.newest), taken_over.clone()).cancel();
            seat
        };
        let guard = seat.taken.clone().lock_owned().await;
        let (id, turns) = (id.clone(), self.0.clone());
        let turn = Turn { taken_over, id, seat: Some(seat), turns, _guard: guard };
        (!turn.taken_over.is_cancelled()).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut seats = lock(&self.turns);
        drop(self.seat.take());
        // Seats are given out under the same lock: where only the map holds it, nobody waits.
        if seats.get(&self.id).is_some_and(|seat| Arc::strong_count(seat) == 1) {
            seats.remove(&self.id);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
