//! The icons: 24 × 24 strokes in the colour of the text. All are decoration; the words are beside them or in
//! the control's label.

use leptos::prelude::*;

/// Which icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Bookmark,
    Check,
    Down,
    Play,
    Remove,
    Save,
    Theme,
    Up,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Bookmark => "M6 4h12v16l-6-4-6 4z",
            Icon::Check => "M5 12.5 10 17 19 7",
            Icon::Down => "M12 5v14m-6-6 6 6 6-6",
            Icon::Play => "M8 5.5v13l10-6.5z",
            Icon::Remove => "M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13",
            Icon::Save => "M12 4v11m-5-5 5 5 5-5M5 20h14",
            Icon::Theme => "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
            Icon::Up => "M12 19V5m-6 6 6-6 6 6",
        }
    }

    /// Draws it.
    pub(crate) fn draw(self) -> impl IntoView {
        view! {
            <svg
                viewBox="0 0 24 24"
                width="20"
                height="20"
                fill="none"
                stroke="currentColor"
                stroke-width="1.75"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
            >
                <path d=self.path()></path>
            </svg>
        }
    }
}
