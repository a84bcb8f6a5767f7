//! One's own data.

use super::Area;
use crate::routes;
use leptos::prelude::*;

/// One's own data: all of it, to take along.
#[component]
pub(crate) fn OwnData() -> impl IntoView {
    view! {
        <Area title="Data">
            <section class="panel p-5 sm:p-6" aria-labelledby="export">
                <h2 id="export" class="mb-2 text-lg font-semibold">"Take it along"</h2>
                <p class="mb-4">
                    "One ZIP file with all that is kept of you: your profile, courses that you take and how far you are, what was \
                    done with your account, and the courses that you teach with every file that you uploaded. It is made when you \
                    ask for it, and not kept here. If you gave your password more than ten minutes ago, you are asked for it first, \
                    under Security."
                </p>
                // No `download`: that would save the page that asks for the password under the name of a ZIP file.
                <a href=routes::DATA_FILE rel="external" class="btn btn-primary min-h-11">"Download my data"</a>
            </section>
        </Area>
    }
}
