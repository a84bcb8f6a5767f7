//! Where an address leads that leads nowhere.

use crate::api::ApiError;
use crate::components::PageError;
use leptos::prelude::*;

/// Where an address leads that leads nowhere.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    view! { <PageError error=ApiError::NotFound /> }
}
