//! Choosing the colours.

use super::{Icon, Outcome, PostForm};
use crate::api::session::{SetTheme, Theme};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// A menu of the colours. It posts a form; where JavaScript runs, the page changes at once.
#[component]
pub(crate) fn ThemeMenu() -> impl IntoView {
    let outcome = Outcome::of(SetTheme::PATH);
    let choices = [
        (Theme::System, "system", "As the device"),
        (Theme::Light, "light", "Light"),
        (Theme::Dark, "dark", "Dark"),
    ];
    let items = choices.map(|(theme, value, label)| {
        view! {
            <button type="submit" name="theme" value=value class="menu-item" on:click=move |_| show(theme)>
                {label}
            </button>
        }
    });
    view! {
        <button
            type="button"
            popovertarget="theme-menu"
            aria-label="Colours"
            class="grid size-11 cursor-pointer place-items-center rounded-field text-muted hover:bg-base-200 hover:text-base-content"
        >
            {Icon::Theme.draw()}
        </button>
        <div id="theme-menu" popover="auto" class="menu-panel" on:click=super::header::close_popover>
            <PostForm to=SetTheme::PATH outcome>{items}</PostForm>
        </div>
    }
}

fn show(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    // The attribute's name and value are valid, so neither can fail.
    let _ = match theme.style() {
        Some(style) => root.set_attribute("data-theme", style),
        None => root.remove_attribute("data-theme"),
    };
}
