//! The texts of a course.

use crate::api::authoring::EditCourse;
use crate::components::{Outcome, PostForm, Problem};
use domain::course::{Course, Level};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The form for title, subtitle, level and description.
#[component]
pub(super) fn TextsForm(course: Course, outcome: Outcome) -> impl IntoView {
    let levels = Level::ALL.map(|level| {
        let value = match level {
            Level::Beginner => "beginner",
            Level::Intermediate => "intermediate",
            Level::Advanced => "advanced",
        };
        view! { <option value=value selected=level == course.level>{level.label()}</option> }
    });
    view! {
        <section aria-labelledby="texts">
            <h2 id="texts" class="mb-4 text-xl font-semibold">"Texts"</h2>
            <PostForm to=EditCourse::PATH outcome>
                <input type="hidden" name="course" value=course.id.to_string() />
                <div class="panel flex flex-col gap-6 p-5 sm:p-6">
                    <div class="field">
                        <label for="title">"Title"</label>
                        <input id="title" name="title" required maxlength="120" dir="auto" class="input min-h-11 w-full" value=course.title.to_string() />
                    </div>
                    <div class="field">
                        <label for="subtitle">"Subtitle"</label>
                        <input
                            id="subtitle"
                            name="subtitle"
                            maxlength="300"
                            dir="auto"
                            aria-describedby="subtitle-hint"
                            class="input min-h-11 w-full"
                            value=course.subtitle.map(String::from).unwrap_or_default()
                        />
                        <p id="subtitle-hint" class="hint">"One line, shown in the catalogue."</p>
                    </div>
                    <div class="field">
                        <label for="level">"Level"</label>
                        <select id="level" name="level" class="select min-h-11 max-w-xs">{levels}</select>
                    </div>
                    <div class="field">
                        <label for="description">"Description"</label>
                        <textarea
                            id="description"
                            name="description"
                            rows="8"
                            maxlength="20000"
                            dir="auto"
                            aria-describedby="description-hint"
                            class="textarea w-full"
                        >
                            {course.description.to_string()}
                        </textarea>
                        <p id="description-hint" class="hint">"A blank line starts a new paragraph."</p>
                    </div>
                    <Problem of=outcome />
                    <div class="flex items-center gap-4">
                        <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Save texts"</button>
                        <p role="status" class="hint">{move || outcome.succeeded().then_some("Saved")}</p>
                    </div>
                </div>
            </PostForm>
        </section>
    }
}
