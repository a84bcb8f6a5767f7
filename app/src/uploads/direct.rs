//! The same library where parts go straight to a bucket: what it would send to the server as a part goes to an address
//! that is signed for that part, again whenever it is sent again: addresses expire.

use super::launch;
use super::tus::{Request, Turn, sha256};
use crate::api::uploads;
use crate::library;
use domain::upload::BegunUpload;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Blob, XmlHttpRequest};

#[wasm_bindgen]
extern "C" {
    /// How the library makes requests by itself.
    #[wasm_bindgen(js_namespace = tus)]
    #[derive(Clone)]
    type DefaultHttpStack;

    #[wasm_bindgen(constructor, js_namespace = tus)]
    fn new(options: &Object) -> DefaultHttpStack;
    #[wasm_bindgen(method, js_name = createRequest)]
    fn create_request(this: &DefaultHttpStack, method: &str, url: &str) -> Request;

    #[wasm_bindgen(extends = Request)]
    type Sent;

    #[wasm_bindgen(method, js_name = getUnderlyingObject)]
    fn underlying(this: &Sent) -> XmlHttpRequest;
}

/// What makes the library's requests for this upload.
pub(super) fn stack(begun: &BegunUpload, turn: &Turn) -> JsValue {
    let (begun, turn) = (begun.clone(), turn.clone());
    let default = DefaultHttpStack::new(&Object::new());
    let create = move |method: String, url: String| {
        let request = default.create_request(&method, &url);
        if method == "PATCH" {
            divert(&request, begun.clone(), turn.clone());
        }
        request
    };
    let stack = Object::new();
    let set = |key: &str, value: JsValue| drop(Reflect::set(&stack, &key.into(), &value));
    set("createRequest", Closure::<dyn Fn(String, String) -> Request>::new(create).into_js_value());
    set("getName", Closure::<dyn Fn() -> String>::new(|| "DirectHttpStack".to_owned()).into_js_value());
    stack.into()
}

/// Has a request send its part to the bucket.
fn divert(request: &Request, begun: BegunUpload, turn: Turn) {
    let send = library::get(request, "send").unchecked_into::<Function>();
    let own: Request = JsValue::from(request).unchecked_into();
    let diverted = move |part: Blob| -> Promise {
        let (send, own, begun, turn) = (send.clone(), JsValue::from(&own), begun.clone(), turn.clone());
        future_to_promise(async move { send_part(&send, own.unchecked_into(), &begun, part, &turn).await })
    };
    let diverted = Closure::<dyn Fn(Blob) -> Promise>::new(diverted).into_js_value();
    drop(Reflect::set(request, &"send".into(), &diverted));
}

async fn send_part(
    send: &Function,
    request: Sent,
    begun: &BegunUpload,
    part: Blob,
    turn: &Turn,
) -> Result<JsValue, JsValue> {
    let started = turn.now();
    let offset = request.header("Upload-Offset").and_then(|offset| offset.parse::<u64>().ok());
    let offset = offset.ok_or("a part without its offset")?;
    let number = u32::try_from(offset / begun.part_bytes + 1).map_err(|_| "too many parts")?;
    let sum = sha256(&part).await?;
    let signed = match uploads::sign(begun.id, number, sum.unwrap_or_default()).await {
        Ok(signed) => signed,
        Err(error) => {
            let status = error.status();
            let told = serde_json::to_string(&launch::failure(error)).unwrap_or_default();
            return Ok(answer(status, &told, None));
        }
    };
    turn.go_on(started).await;
    // Opened anew: the headers of the protocol are not for the bucket.
    let xhr = request.underlying();
    xhr.open_with_async("PUT", &signed.url, true)?;
    for (name, value) in &signed.headers {
        xhr.set_request_header(name, value)?;
    }
    let sent: Promise = send.call1(&request, &part)?.dyn_into()?;
    JsFuture::from(sent).await?;
    Ok(match xhr.status().unwrap_or(0) {
        200..=299 => answer(204, "", Some(offset + part.size() as u64)),
        // The bucket's words are for programs. What it refuses is signed anew and sent again.
        _ => answer(503, "", None),
    })
}

/// An answer as the library reads it.
fn answer(status: u16, message: &str, offset: Option<u64>) -> JsValue {
    let object = Object::new();
    let tell = |key: &str, value: JsValue| {
        let told = Closure::<dyn Fn() -> JsValue>::new(move || value.clone()).into_js_value();
        drop(Reflect::set(&object, &key.into(), &told));
    };
    tell("getStatus", status.into());
    tell("getBody", message.into());
    tell("getHeader", offset.map_or(JsValue::NULL, |offset| offset.to_string().into()));
    object.into()
}
