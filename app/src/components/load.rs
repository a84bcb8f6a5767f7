//! Showing what a page waits for.

use super::PageError;
use crate::data::{Data, InPage, Parcel};
use leptos::prelude::*;
use leptos::suspense::Unsuspend;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Shows the answer once it is there, `waiting` before the first one, and the page of what went wrong in the
/// place of both. A later answer replaces an earlier one without going through `waiting` again.
pub(crate) fn load<T, V>(
    answer: Data<T>,
    waiting: fn() -> AnyView,
    show: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let show = move |parcel: Parcel| match parcel.open::<T>() {
        Ok(answer) => show(answer).into_any(),
        Err(error) => view! { <PageError error /> }.into_any(),
    };
    place(answer.parcel, waiting, Arc::new(show))
}

/// The same for answers of any type: what the bundle needs once.
fn place(
    parcel: Resource<Parcel, InPage>,
    waiting: fn() -> AnyView,
    show: Arc<dyn Fn(Parcel) -> AnyView + Send + Sync>,
) -> AnyView {
    view! {
        <Transition fallback=waiting>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    let parcel = parcel.await;
                    // Leptos walks through a transition up to three times to learn what it waits for: the view
                    // is made when that is known.
                    Unsuspend::new(move || show(parcel))
                })
            }}
        </Transition>
    }
    .into_any()
}
