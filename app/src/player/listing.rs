//! Small files beside a stream, which its cookies open.

use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCredentials, RequestInit, Response};

/// The text at an address. Cookies are sent to a media host, too.
pub(super) async fn listing(address: &str) -> Result<String, JsValue> {
    let request = RequestInit::new();
    request.set_credentials(RequestCredentials::Include);
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &request)).await?;
    let answer: Response = answer.dyn_into()?;
    if !answer.ok() {
        return Err(answer.status().into());
    }
    let text = JsFuture::from(answer.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}
