//! The captions of a lesson's video: in which languages there are any, and adding a file.

use crate::api::authoring::lesson_editor;
use crate::api::captions::{AddCaptions, RemoveCaptions};
use crate::components::{Outcome, PostForm, Problem, RemoveButton};
use domain::caption::{COMMON, CaptionError, MAX_BYTES};
use domain::id::{CaptionId, CourseId, LessonId};
use domain::view::CaptionView;
use leptos::ev::SubmitEvent;
use leptos::form::form_data_from_event;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData};

/// What the paths of the functions that change captions start with.
const FUNCTIONS: &str = "/api/captions/";

/// The captions of a lesson's video. What is shown is fetched anew after each change, without the rest of the page: a
/// video that is being uploaded goes on.
#[component]
pub(super) fn Captions(
    course: CourseId,
    lesson: LessonId,
    captions: Option<Vec<CaptionView>>,
) -> impl IntoView {
    let outcome = Outcome::of(FUNCTIONS);
    let captions = RwSignal::new(captions);
    Effect::new(move || {
        if outcome.answers() > 0 {
            spawn_local(async move {
                if let Ok(page) = lesson_editor(course, lesson).await {
                    captions.try_set(page.captions);
                }
            });
        }
    });
    let rows = move || {
        let captions = captions.get().unwrap_or_default();
        captions
            .into_iter()
            .map(|caption| view! { <CaptionRow course lesson caption outcome /> }.into_any())
            .collect::<Vec<_>>()
    };
    let count = move || {
        captions.with(|captions| match captions.as_ref().map(Vec::len) {
            None => "Captions are added to a video: upload that first.",
            Some(0) => "No captions yet. Learners choose among them in the player.",
            Some(1) => "Captions in one language.",
            Some(_) => "Learners choose among these in the player.",
        })
    };
    view! {
        <section class="mt-12" aria-labelledby="captions">
            <h2 id="captions" class="mb-4 text-xl font-semibold">"Captions"</h2>
            <Problem of=outcome />
            <div class="panel divide-y divide-base-300">
                <div class="py-2">
                    <ul>{rows}</ul>
                    <p class="hint px-5 py-2" role="status">{count}</p>
                </div>
                <div class="p-5"><AddForm course lesson outcome /></div>
            </div>
        </section>
    }
}

#[component]
fn CaptionRow(course: CourseId, lesson: LessonId, caption: CaptionView, outcome: Outcome) -> impl IntoView {
    let CaptionView { id, language, label } = caption;
    let tag = language.map(|language| language.to_string());
    view! {
        <li class="flex min-h-13 flex-wrap items-center gap-1 py-1 ps-5 pe-3">
            <span class="min-w-0 flex-1"><bdi lang=tag.clone()>{label.clone()}</bdi></span>
            <span class="hint pe-2">{tag}</span>
            {match id {
                Some(id) => view! { <Remove course lesson id label outcome /> }.into_any(),
                None => view! { <span class="hint pe-2">"came with the video"</span> }.into_any(),
            }}
        </li>
    }
}

#[component]
fn Remove(
    course: CourseId,
    lesson: LessonId,
    id: CaptionId,
    label: String,
    outcome: Outcome,
) -> impl IntoView {
    // Made here because a form's children take what they show.
    let button =
        view! { <RemoveButton name=label.clone() question=format!("Remove the captions “{label}”?") /> };
    view! {
        <PostForm to=RemoveCaptions::PATH outcome>
            <input type="hidden" name="course" value=course.to_string() />
            <input type="hidden" name="lesson" value=lesson.to_string() />
            <input type="hidden" name="captions" value=id.to_string() />
            {button}
        </PostForm>
    }
}

/// Chooses a language and a file. The browser reads the file: what is sent is its text.
#[component]
fn AddForm(course: CourseId, lesson: LessonId, outcome: Outcome) -> impl IntoView {
    let file_input = NodeRef::<html::Input>::new();
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = file_input.get() else { return };
        let Ok(fields) = form_data_from_event(&event) else { return };
        match input.files().and_then(|files| files.get(0)) {
            None => outcome.refuse("Choose a file first."),
            Some(file) if file.size() > MAX_BYTES as f64 => {
                outcome.refuse(&CaptionError::TooLarge.to_string())
            }
            Some(file) => {
                input.set_value("");
                spawn_local(send(fields, file, outcome));
            }
        }
    };
    let languages = COMMON.iter().map(|language| {
        let dir = if language.is_right_to_left() { "rtl" } else { "ltr" };
        view! { <option value=language.tag lang=language.tag dir=dir>{language.name}</option> }
    });
    view! {
        <form class="needs-script flex flex-col gap-4" on:submit=add>
            <input type="hidden" name="course" value=course.to_string() />
            <input type="hidden" name="lesson" value=lesson.to_string() />
            <div class="flex flex-wrap gap-4">
                <div class="field">
                    <label for="language">"Language"</label>
                    <select id="language" name="language" required class="select min-h-11 w-60 max-w-full">
                        <option value="">"Choose a language"</option>
                        {languages.collect::<Vec<_>>()}
                    </select>
                </div>
                <div class="field min-w-0 flex-1 basis-60">
                    <label for="caption-file">"Captions file"</label>
                    <input id="caption-file" node_ref=file_input type="file" accept=".srt,.vtt" class="file-input min-h-11 w-full" />
                </div>
            </div>
            <p class="hint">"SRT or WebVTT, up to 2 MB. A file takes the place of captions in the same language."</p>
            <div><button type="submit" class="btn min-h-11" disabled=move || outcome.pending()>"Add captions"</button></div>
        </form>
        <p class="without-script">"Adding captions needs JavaScript. Please turn it on for this page."</p>
    }
}

async fn send(fields: FormData, file: File, outcome: Outcome) {
    match JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string()) {
        Some(text) => {
            // Setting a field of a form cannot fail.
            let _ = fields.set_with_str("text", &text);
            outcome.send(AddCaptions::PATH, fields, None);
        }
        None => outcome.refuse("The file could not be read. Please choose it again."),
    }
}
