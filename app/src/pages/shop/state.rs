//! How an order stands, in a word.

use domain::order::OrderState;
use leptos::prelude::*;

/// The state of an order as a badge.
#[component]
pub(crate) fn StateBadge(state: OrderState) -> impl IntoView {
    let class = match state {
        OrderState::Draft | OrderState::Pending => "badge badge-info badge-soft",
        OrderState::Paid | OrderState::Fulfilled => "badge badge-success badge-soft",
        OrderState::Expired | OrderState::Refunded => "badge",
        OrderState::PartlyRefunded => "badge badge-warning badge-soft",
        OrderState::Failed | OrderState::Disputed => "badge badge-error badge-soft",
    };
    view! { <span class=class>{state.label()}</span> }
}
