//! What changes by itself, followed while its page is open.

use crate::api::{Answer, ApiError};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Something that is followed.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    /// Whether the last questions were not answered: what is shown may be old.
    pub(crate) lost: RwSignal<bool>,
}

/// Asks every so many milliseconds while it is `wanted`, and hands on the answers. Who cannot be reached is asked
/// again, ever more rarely, and at once when the network is back; another error ends it.
pub(crate) fn live<T, F>(
    every: u32,
    wanted: impl Fn() -> bool + Send + Sync + 'static,
    ask: impl Fn() -> F + Copy + 'static,
    hear: impl Fn(T) + Copy + 'static,
) -> Live
where
    T: 'static,
    F: Future<Output = Answer<T>> + 'static,
{
    let lost = RwSignal::new(false);
    let wanted = Memo::new(move |_| wanted());
    // Counts the times that the page should not wait any longer.
    let woken = RwSignal::new(0_u32);
    Effect::new(move || {
        for event in ["online", "pageshow", "visibilitychange"] {
            let waking = window_event_listener_untyped(event, move |_| woken.update(|count| *count += 1));
            on_cleanup(move || waking.remove());
        }
    });
    // Which loop is the one that goes on: a new one takes the place of the one before.
    let turn = StoredValue::new(0_u32);
    Effect::new(move || {
        let wanted = wanted.get();
        let mine = turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        if !wanted {
            return;
        }
        spawn_local(async move {
            let mut pause = every;
            // A value whose page was left is gone, and the loop ends.
            while mine.is_some() && turn.try_get_value() == mine {
                if !rest(pause, woken).await {
                    return;
                }
                pause = match ask().await {
                    Ok(answer) => {
                        if lost.try_set(false).is_some() {
                            return;
                        }
                        hear(answer);
                        every
                    }
                    Err(ApiError::Unreachable | ApiError::Unavailable) => {
                        lost.try_set(true);
                        (pause * 2).min(LONGEST_PAUSE)
                    }
                    Err(_) => return,
                };
            }
        });
    });
    Live { lost }
}

/// The longest pause between questions that are not answered, in milliseconds.
const LONGEST_PAUSE: u32 = 15_000;
/// How often a pause looks whether it should end.
const LOOK: u32 = 500;

/// Waits so many milliseconds or until it is woken, and while the page is hidden. `false` once the page was left.
async fn rest(pause: u32, woken: RwSignal<u32>) -> bool {
    let Some(before) = woken.try_get_untracked() else { return false };
    let mut waited = 0;
    loop {
        let step = LOOK.min(pause);
        TimeoutFuture::new(step).await;
        waited += step;
        match woken.try_get_untracked() {
            None => return false,
            _ if document().hidden() => {}
            Some(now) if now != before || waited >= pause => return true,
            Some(_) => {}
        }
    }
}
