//! JavaScript libraries: fetched where they are needed, and touched after hydration only.

use js_sys::{Promise, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlScriptElement;

/// Whether a library is there, by the name that it puts itself under.
pub(crate) fn is_loaded(name: &str) -> bool {
    Reflect::has(&js_sys::global(), &name.into()).unwrap_or(false)
}

/// Fetches a library, unless it is there.
pub(crate) async fn load(name: &str, address: &str) -> Result<(), JsValue> {
    if is_loaded(name) {
        return Ok(());
    }
    let script: HtmlScriptElement = document().create_element("script")?.unchecked_into();
    let loaded = Promise::new(&mut |resolve, reject| {
        script.set_onload(Some(&resolve));
        script.set_onerror(Some(&reject));
    });
    script.set_src(address);
    document().head().ok_or("no <head>")?.append_child(&script)?;
    JsFuture::from(loaded).await.map(drop)
}

/// A property; `undefined` where there is none.
pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or_default()
}
