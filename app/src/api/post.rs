//! Posting a form to a server function from the browser.

use super::Answer;
use web_sys::FormData;

/// Posts the fields of a form as HTML would, asks for a machine's answer, and follows where it leads.
#[cfg(not(feature = "ssr"))]
pub(crate) async fn post(path: &str, fields: FormData) -> Answer<()> {
    use super::ApiError;
    use leptos::server_fn::ContentType;
    use leptos::server_fn::client::{Client, browser::BrowserClient};
    use leptos::server_fn::codec::{Encoding, PostUrl};
    use leptos::server_fn::error::FromServerFnError;
    use leptos::server_fn::redirect::call_redirect_hook;
    use leptos::server_fn::request::{ClientReq, browser::BrowserRequest};
    use leptos::server_fn::response::ClientRes;

    let request = <BrowserRequest as ClientReq<ApiError>>::try_new_req_form_data(
        path,
        "application/json",
        PostUrl::CONTENT_TYPE,
        fields.into(),
        PostUrl::METHOD,
    )?;
    let response = <BrowserClient as Client<ApiError>>::send(request).await?;
    if ClientRes::<ApiError>::status(&response) >= 400 {
        return Err(ApiError::de(ClientRes::<ApiError>::try_into_bytes(response).await?));
    }
    if ClientRes::<ApiError>::has_redirect(&response) {
        let to = ClientRes::<ApiError>::location(&response);
        // Pages of ours are named by their path; what names its host is none, even where that is ours.
        if to.starts_with("http") {
            let _ = leptos::prelude::window().location().set_href(&to);
        } else {
            call_redirect_hook(&to);
        }
    }
    Ok(())
}

/// The server compiles what forms do when they are sent, and never runs it.
#[cfg(feature = "ssr")]
pub(crate) async fn post(_: &str, _: FormData) -> Answer<()> {
    Err(super::ApiError::Unreachable)
}
