//! Showing what a page waits for.

use super::PageError;
use crate::data::Data;
use leptos::either::Either;
use leptos::prelude::*;

/// Shows the answer once it is there, `waiting` before the first one, and the page of what went wrong in the
/// place of both. A later answer replaces an earlier one without going through `waiting` again.
pub(crate) fn load<T, V>(
    answer: Data<T>,
    waiting: impl Fn() -> AnyView + Send + Sync + 'static,
    show: impl Fn(T) -> V + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=waiting>
            {move || Suspend::new(async move {
                match answer.await {
                    Ok(answer) => Either::Left(show(answer)),
                    Err(error) => Either::Right(view! { <PageError error /> }),
                }
            })}
        </Transition>
    }
}
