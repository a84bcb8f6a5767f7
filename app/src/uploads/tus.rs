//! tus-js-client, as far as uploads need it: <https://github.com/tus/tus-js-client/blob/main/docs/api.md>. It cuts a
//! file into parts, sends one after the other, goes on where the server says, and tries again.

use super::direct;
use crate::library;
use domain::id::UploadId;
use domain::upload::{BegunUpload, Failure, FailureKind};
use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Blob, File};

/// Where the library is. The version is package.json's: a new one must not meet an old copy in a cache.
const ADDRESS: &str = "/vendor/tus.min.js?v=4.3.1";
const NAME: &str = "tus";

/// How long it waits before each further attempt, in milliseconds, and then for half an hour: a server that restarts, a
/// network that changes. After progress it begins anew.
const PATIENCE: [u32; 6] = [0, 1_000, 2_000, 5_000, 10_000, 20_000];
const THEN: (u32, usize) = (30_000, 60);

#[wasm_bindgen]
extern "C" {
    /// An upload of the library's.
    #[wasm_bindgen(js_namespace = tus)]
    type Upload;

    #[wasm_bindgen(constructor, js_namespace = tus)]
    fn new(file: &File, options: &Object) -> Upload;
    #[wasm_bindgen(method)]
    fn start(this: &Upload);
    #[wasm_bindgen(method)]
    fn abort(this: &Upload) -> Promise;

    /// A request of the library's.
    pub(super) type Request;

    #[wasm_bindgen(method, js_name = getMethod)]
    pub(super) fn method(this: &Request) -> String;
    #[wasm_bindgen(method, js_name = getHeader)]
    pub(super) fn header(this: &Request, name: &str) -> Option<String>;
    #[wasm_bindgen(method, js_name = setHeader)]
    pub(super) fn set_header(this: &Request, name: &str, value: &str);

    /// An answer to the library.
    type Response;

    #[wasm_bindgen(method, js_name = getStatus)]
    fn status(this: &Response) -> u16;
    #[wasm_bindgen(method, js_name = getBody)]
    fn body(this: &Response) -> Option<String>;
}

/// What becomes of a transfer.
pub(super) enum Report {
    /// So many bytes are through.
    Sent(f64),
    /// It is interrupted, and goes on by itself.
    Trying,
    /// The store has all bytes.
    Whole,
    /// It has stopped.
    Failed(Failure),
}

/// A file on its way. It begins when it is started.
pub(super) struct Transfer {
    upload: Upload,
    turn: Turn,
    _listeners: Vec<JsValue>,
}

/// Counts starts and stops. The library sends what it was about to send also where it was stopped before it could: with
/// what it was started with again there would be two of it.
#[derive(Clone, Default)]
pub(super) struct Turn(Rc<Cell<u32>>);

impl Turn {
    pub(super) fn now(&self) -> u32 {
        self.0.get()
    }

    /// Goes on where nothing was started or stopped since `turn`; never, where it was.
    pub(super) async fn go_on(&self, turn: u32) {
        if self.now() != turn {
            std::future::pending().await
        }
    }

    fn next(&self) {
        self.0.set(self.0.get().wrapping_add(1));
    }
}

impl Transfer {
    /// Fetches the library, where it is not there.
    pub(super) async fn load() -> Result<(), JsValue> {
        library::load(NAME, ADDRESS).await
    }

    /// The transfer of an upload that was begun.
    pub(super) fn new(file: &File, begun: &BegunUpload, report: impl Fn(Report) + 'static) -> Self {
        let (report, turn) = (Rc::new(report), Turn::default());
        let part = begun.part_bytes as f64;
        let options = Object::new();
        // Setting a property of a plain object cannot fail.
        let set = |key: &str, value: &JsValue| drop(Reflect::set(&options, &key.into(), value));
        set("uploadUrl", &address(begun.id).into());
        set("chunkSize", &part.into());
        set("storeFingerprintForResuming", &false.into());
        let delays = PATIENCE.into_iter().chain(std::iter::repeat_n(THEN.0, THEN.1));
        set("retryDelays", &delays.map(JsValue::from).collect::<Array>());

        let mut listeners = Vec::new();
        let mut listen = |key: &str, listener: JsValue| {
            set(key, &listener);
            listeners.push(listener);
        };
        let told = report.clone();
        let progress = move |sent: f64, _: f64| told(Report::Sent(sent));
        listen("onProgress", Closure::<dyn Fn(f64, f64)>::new(progress).into_js_value());
        let told = report.clone();
        listen("onSuccess", Closure::<dyn Fn()>::new(move || told(Report::Whole)).into_js_value());
        let told = report.clone();
        let error = move |error: JsValue| told(Report::Failed(failure(&error)));
        listen("onError", Closure::<dyn Fn(JsValue)>::new(error).into_js_value());
        let again = move |error: JsValue| {
            let goes_on = failure(&error).kind.passes();
            if goes_on {
                report(Report::Trying);
            }
            goes_on
        };
        listen("onShouldRetry", Closure::<dyn Fn(JsValue) -> bool>::new(again).into_js_value());
        if begun.direct {
            listen("httpStack", direct::stack(begun, &turn));
        } else {
            let (file, turn) = (file.clone(), turn.clone());
            let sum = move |request: Request| announce(&file, part, request, &turn);
            listen("onBeforeRequest", Closure::<dyn Fn(Request) -> Promise>::new(sum).into_js_value());
        }
        Self { upload: Upload::new(file, &options), turn, _listeners: listeners }
    }

    /// Begins, or goes on where the server says that it stopped.
    pub(super) fn start(&self) {
        // Where it waits for its next attempt, that is now.
        self.pause();
        self.upload.start();
    }

    /// Stops after what is under way.
    pub(super) fn pause(&self) {
        self.turn.next();
        drop(self.upload.abort());
    }
}

/// Where an upload is.
fn address(id: UploadId) -> String {
    format!("/uploads/{id}")
}

/// Announces the checksum of the part that a request is about to send.
fn announce(file: &File, part: f64, request: Request, turn: &Turn) -> Promise {
    let (file, turn, begun) = (file.clone(), turn.clone(), turn.now());
    future_to_promise(async move {
        if request.method() == "PATCH"
            && let Some(offset) =
                request.header("Upload-Offset").and_then(|offset| offset.parse::<f64>().ok())
        {
            let blob = file.slice_with_f64_and_f64(offset, (offset + part).min(file.size()))?;
            let sum = sha256(&blob).await?;
            turn.go_on(begun).await;
            if let Some(sum) = sum {
                request.set_header("Upload-Checksum", &format!("sha256 {sum}"));
            }
        }
        Ok(JsValue::UNDEFINED)
    })
}

/// SHA-256 in base64; `None` where the browser offers none: on pages that came by plain HTTP from another machine.
pub(super) async fn sha256(blob: &Blob) -> Result<Option<String>, JsValue> {
    let crypto = library::get(&js_sys::global(), "crypto");
    let subtle = library::get(&crypto, "subtle");
    let Ok(digest) = library::get(&subtle, "digest").dyn_into::<Function>() else { return Ok(None) };
    let bytes: ArrayBuffer = JsFuture::from(blob.array_buffer()).await?.dyn_into()?;
    let sum: Promise = digest.call2(&subtle, &"SHA-256".into(), &bytes)?.dyn_into()?;
    let sum = Uint8Array::new(&JsFuture::from(sum).await?).to_vec();
    // As `btoa` wants it: a character for each byte.
    let text: String = sum.into_iter().map(char::from).collect();
    Ok(Some(leptos::prelude::window().btoa(&text)?))
}

fn response(error: &JsValue) -> Option<Response> {
    let response = library::get(error, "originalResponse");
    (response.is_object() && !response.is_null()).then(|| response.unchecked_into())
}

/// What really happened.
fn failure(error: &JsValue) -> Failure {
    let Some(response) = response(error) else {
        let cause = library::get(&library::get(error, "causingError"), "name").as_string();
        if cause.is_some_and(|name| name == "NotReadableError" || name == "NotFoundError") {
            return super::check::unreadable();
        }
        return told(FailureKind::Network);
    };
    // An answer to HEAD has no body.
    let body = response.body().and_then(|body| serde_json::from_str::<Failure>(&body).ok());
    let mut failure = body.unwrap_or_else(|| {
        told(match response.status() {
            401 => FailureKind::SignedOut,
            403 => FailureKind::Forbidden,
            404 | 410 => FailureKind::Gone,
            409 => FailureKind::Offset,
            413 => FailureKind::Size,
            423 => FailureKind::TakenOver,
            460 => FailureKind::Checksum,
            507 => FailureKind::Full,
            _ => FailureKind::Unavailable,
        })
    });
    if failure.kind == FailureKind::SignedOut {
        failure = told(FailureKind::SignedOut);
    }
    failure
}

/// A failure in our own words.
pub(super) fn told(kind: FailureKind) -> Failure {
    let message = match kind {
        FailureKind::Network => {
            "The connection was lost. What has arrived is kept: press Resume once you are online again."
        }
        FailureKind::SignedOut => "You are signed out. Sign in in another tab and press Resume.",
        FailureKind::Forbidden => "Your account is not allowed to do this.",
        FailureKind::Gone => "This upload is not there any more. Choose the file again.",
        FailureKind::TakenOver => "This upload is continued in another window.",
        FailureKind::Full => {
            "There is no room left on the server. What has arrived is kept: tell the operator, then press Resume."
        }
        FailureKind::Size | FailureKind::Type | FailureKind::Quota => "The server does not take this file.",
        FailureKind::Offset | FailureKind::Checksum | FailureKind::Unavailable | FailureKind::Other => {
            "The server does not answer at the moment. What has arrived is kept: press Resume in a minute."
        }
    };
    Failure { kind, message: message.to_owned() }
}
