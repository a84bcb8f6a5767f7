//! What a page needs before it can be shown: fetched on the server, and carried to the browser in the page.

use crate::api::Answer;
use codee::{Decoder, Encoder};
use leptos::prelude::Resource;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The answer of a server function, on its way to a page.
pub(crate) type Data<T> = Resource<Answer<T>, Json>;

/// Fetches before anything of the page is sent, and again whenever `source` changes.
pub(crate) fn preload<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Data<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    Resource::new_with_options(source, fetch, true)
}

/// JSON, read from bytes as server functions read their answers: so the browser bundle holds one parser for
/// each type, not two.
pub(crate) struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}
