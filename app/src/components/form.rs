//! Forms that post to server functions: as plain HTML, and without leaving the page where JavaScript runs.
//!
//! One component for all of them. Leptos' `ActionForm` is compiled anew for every function, with a parser for its
//! arguments; it was a tenth of the browser bundle.

use crate::api::{Answer, ApiError};
use leptos::ev::SubmitEvent;
use leptos::form::form_data_from_event;
use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

/// How the last use of a form went, or of several forms that tell it together.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    answer: RwSignal<Option<Answer<()>>>,
    answers: RwSignal<u32>,
    pending: RwSignal<bool>,
}

impl Outcome {
    /// `functions` is the path of a server function, or what the paths of several start with: if one of them
    /// failed without JavaScript, on the page before this one, that is told here.
    pub(crate) fn of(functions: &str) -> Self {
        let failed = use_context::<leptos::server::ServerActionError>()
            .filter(|failed| failed.path().starts_with(functions))
            .map(|failed| Err(ServerFnUrlError::decode_err(failed.err())));
        Self { answer: RwSignal::new(failed), answers: RwSignal::new(0), pending: RwSignal::new(false) }
    }

    /// How often it was answered: what the page shows may have changed since.
    pub(crate) fn answers(self) -> u32 {
        self.answers.get()
    }

    /// Whether the last use is done and went well.
    pub(crate) fn succeeded(self) -> bool {
        self.answer.with(|answer| matches!(answer, Some(Ok(())))) && !self.pending.get()
    }

    /// Whether an answer is awaited.
    pub(crate) fn pending(self) -> bool {
        self.pending.get()
    }

    /// Forgets how it went.
    pub(crate) fn clear(self) {
        self.answer.set(None);
    }

    /// Says, as an answer would, why something is not even sent.
    pub(crate) fn refuse(self, message: &str) {
        self.answer.set(Some(Err(ApiError::Refused { message: message.to_owned() })));
    }

    /// Sends a form, and empties `form` where that went well. The page may be gone when the answer comes; its signals then
    /// ignore it.
    pub(crate) fn send(
        self,
        to: &'static str,
        fields: web_sys::FormData,
        form: Option<web_sys::HtmlFormElement>,
    ) {
        self.pending.set(true);
        spawn_local(async move {
            let answer = crate::api::post(to, fields).await;
            if let (Ok(()), Some(form)) = (&answer, form) {
                form.reset();
            }
            self.pending.try_set(false);
            self.answer.try_set(Some(answer));
            self.answers.try_update(|count| *count += 1);
        });
    }
}

/// A form that posts its fields to a server function, and says in `outcome` how that went.
#[component]
pub(crate) fn PostForm(
    /// The path of the server function.
    to: &'static str,
    outcome: Outcome,
    /// Whether its fields are as they were at first once it went well: for one more of the same.
    #[prop(optional)]
    anew: bool,
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        // A button's own handler may have decided otherwise.
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        if let Ok(fields) = form_data_from_event(&event) {
            outcome.send(to, fields, anew.then(|| form_of(&event)).flatten());
        }
    };
    view! { <form action=to method="post" on:submit=submit>{children()}</form> }
}

fn form_of(event: &SubmitEvent) -> Option<web_sys::HtmlFormElement> {
    event.target()?.dyn_into().ok()
}

/// Says what is wrong with a form, beside it.
#[component]
pub(crate) fn Problem(
    /// How its last use went.
    of: Outcome,
) -> impl IntoView {
    move || {
        of.answer.get().and_then(Result::err).map(
            |error: ApiError| view! { <p role="alert" class="alert alert-error alert-soft">{error.to_string()}</p> },
        )
    }
}
