//! One upload on its way: the request, and what it tells of itself.

use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, File, ProgressEvent, XmlHttpRequest};

/// What becomes of a transfer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Report {
    /// So many bytes are through.
    Sent(f64),
    /// The server has it all.
    Done,
    /// The server refused it, in its words where it had any.
    Refused(Option<String>),
    /// The server could not be reached, or the connection broke.
    Broken,
}

/// A file on its way to the server. Dropping it cancels the request.
pub(super) struct Transfer {
    request: XmlHttpRequest,
    _listeners: [Closure<dyn FnMut(Event)>; 3],
    guard: Option<WindowListenerHandle>,
}

impl Transfer {
    /// Sends the file as the body of a PUT, which streams it from the disk: nothing holds it in memory.
    pub(super) fn start(url: &str, file: &File, report: impl Fn(Report) + 'static) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open_with_async("PUT", url, true).ok()?;
        let report = Rc::new(report);

        let progress = {
            let report = report.clone();
            Closure::<dyn FnMut(Event)>::new(move |event: Event| {
                if let Some(event) = event.dyn_ref::<ProgressEvent>() {
                    report(Report::Sent(event.loaded()));
                }
            })
        };
        let load = {
            let (request, report) = (request.clone(), report.clone());
            Closure::new(move |_| match request.status().unwrap_or(0) {
                200..=299 => report(Report::Done),
                _ => report(Report::Refused(message(&request))),
            })
        };
        let error = Closure::new(move |_| report(Report::Broken));

        request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        request.set_onload(Some(load.as_ref().unchecked_ref()));
        request.set_onerror(Some(error.as_ref().unchecked_ref()));
        request.send_with_opt_blob(Some(file)).ok()?;

        // Leaving the page would lose what was sent: the browser asks first.
        let guard = window_event_listener(leptos::ev::beforeunload, |event| event.prevent_default());
        Some(Self { request, _listeners: [progress, load, error], guard: Some(guard) })
    }
}

/// What the server says about its refusal: `{"message": "…"}`.
fn message(request: &XmlHttpRequest) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Refusal {
        message: String,
    }
    let text = request.response_text().ok().flatten()?;
    serde_json::from_str(&text).ok().map(|Refusal { message }| message)
}

impl Drop for Transfer {
    fn drop(&mut self) {
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        self.request.set_onload(None);
        self.request.set_onerror(None);
        // Does nothing to a request that is over.
        let _ = self.request.abort();
        if let Some(guard) = self.guard.take() {
            guard.remove();
        }
    }
}
