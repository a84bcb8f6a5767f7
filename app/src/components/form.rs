//! What forms share.

use crate::api::{Answer, ApiError};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Why the last use of the action failed, if it did: in this page's life, or, without JavaScript, on the page
/// before this one.
pub(crate) fn problem<S>(action: ServerAction<S>) -> Signal<Option<ApiError>>
where
    S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || {
        value.with(|answer: &Option<Answer<S::Output>>| answer.as_ref()?.as_ref().err().cloned())
    })
}

/// Says what is wrong with a form, beside it.
#[component]
pub(crate) fn Problem(
    /// What is wrong.
    of: Signal<Option<ApiError>>,
) -> impl IntoView {
    move || {
        of.get().map(
            |error| view! { <p role="alert" class="alert alert-error alert-soft">{error.to_string()}</p> },
        )
    }
}
