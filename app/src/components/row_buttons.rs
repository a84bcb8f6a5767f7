//! The buttons of what stands in a list that can be changed. Each is part of a form.

use super::Icon;
use domain::course::Move;
use leptos::prelude::*;

/// Two buttons that send which way something moves.
#[component]
pub(crate) fn MoveButtons(name: String) -> impl IntoView {
    let buttons = [Move::Up, Move::Down].map(|direction| {
        let (value, label, icon) = match direction {
            Move::Up => ("up", format!("Move {name} up"), Icon::Up),
            Move::Down => ("down", format!("Move {name} down"), Icon::Down),
        };
        view! {
            <button type="submit" name="direction" value=value aria-label=label class="btn btn-ghost min-h-11 min-w-11 px-0">
                {icon.draw()}
            </button>
        }
    });
    view! { <div class="flex">{buttons}</div> }
}

/// Removes at once without JavaScript, else after asking.
#[component]
pub(crate) fn RemoveButton(name: String, question: String) -> impl IntoView {
    let ask = move |event: leptos::ev::MouseEvent| {
        if !window().confirm_with_message(&question).unwrap_or(true) {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="submit"
            aria-label=format!("Remove {name}")
            class="btn btn-ghost min-h-11 min-w-11 px-0"
            on:click=ask
        >
            {Icon::Remove.draw()}
        </button>
    }
}
