//! What learners say, in stars.

use domain::review::{Rating, Stars};
use leptos::prelude::*;

/// The mean and the number of reviews; nothing without reviews.
#[component]
pub(crate) fn RatingSummary(rating: Rating) -> impl IntoView {
    rating.tenths().map(|tenths| {
        let mean = format!("{}.{}", tenths / 10, tenths % 10);
        let people =
            if rating.count == 1 { "1 learner".to_owned() } else { format!("{} learners", rating.count) };
        view! {
            <span>
                <span aria-hidden="true">{format!("★ {mean} ({})", rating.count)}</span>
                <span class="sr-only">{format!("Rated {mean} of 5 by {people}")}</span>
            </span>
        }
    })
}

/// The stars of one review.
#[component]
pub(crate) fn StarsView(stars: Stars) -> impl IntoView {
    let stars = usize::from(u8::from(stars));
    view! {
        <span>
            <span aria-hidden="true" class="tracking-widest text-primary">{"★".repeat(stars)}</span>
            <span aria-hidden="true" class="tracking-widest text-base-300">{"★".repeat(5_usize.saturating_sub(stars))}</span>
            <span class="sr-only">{format!("{stars} of 5 stars")}</span>
        </span>
    }
}
