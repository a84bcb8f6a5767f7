//! What a page needs before it can be shown: fetched on the server, and carried to the browser in the page.
//!
//! All of it travels as one type, so that the browser bundle holds the machinery of one resource, not of one for each
//! type of answer.

use crate::api::{Answer, ApiError};
use codee::{Decoder, Encoder};
use leptos::prelude::{Resource, untrack};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::convert::Infallible;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

/// The answer of a server function, on its way to a page.
pub(crate) struct Data<T> {
    /// What travels.
    pub(crate) parcel: Resource<Parcel, InPage>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Clone for Data<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Data<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Data<T> {
    /// The answer, once it is there.
    pub(crate) async fn answer(self) -> Answer<T> {
        self.parcel.await.open()
    }
}

type Fetched = Pin<Box<dyn Future<Output = Parcel> + Send>>;

/// Fetches before anything of the page is sent, and again whenever `source` changes.
pub(crate) fn preload<S, T, F>(
    source: impl Fn() -> S + Copy + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Data<T>
where
    S: Debug + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    let state = move || format!("{:?}", source());
    let fetch = move || -> Fetched {
        let answer = fetch(untrack(source));
        Box::pin(async move { Parcel::of(answer.await) })
    };
    Data { parcel: resource(Box::new(state), Box::new(fetch)), answer: PhantomData }
}

/// `state` tells one state of the source from another.
fn resource(
    state: Box<dyn Fn() -> String + Send + Sync>,
    fetch: Box<dyn Fn() -> Fetched + Send + Sync>,
) -> Resource<Parcel, InPage> {
    Resource::new_with_options(state, move |_| fetch(), true)
}

/// An answer of any type: as the value itself where it was fetched, as JSON where it came with the page.
#[derive(Clone)]
pub(crate) struct Parcel {
    value: Option<Arc<dyn Any + Send + Sync>>,
    json: String,
}

impl Parcel {
    fn of<T: Serialize + Send + Sync + 'static>(answer: Answer<T>) -> Self {
        // Only the server sends it on.
        #[cfg(feature = "ssr")]
        let json = serde_json::to_string(&answer).unwrap_or_default();
        #[cfg(not(feature = "ssr"))]
        let json = String::new();
        Self { value: Some(Arc::new(answer)), json }
    }

    /// The answer, read from bytes as server functions read theirs: so the bundle holds one parser for each type.
    pub(crate) fn open<T: DeserializeOwned + Clone + 'static>(&self) -> Answer<T> {
        let here = self.value.as_ref().and_then(|value| value.downcast_ref::<Answer<T>>());
        match here {
            Some(answer) => answer.clone(),
            None => serde_json::from_slice(self.json.as_bytes()).unwrap_or(Err(ApiError::Unavailable)),
        }
    }
}

/// How a page carries a [`Parcel`]: as its JSON.
///
/// It stands in the page as a string of JavaScript, where each of its many quotation marks would have to be
/// escaped. So they change places with the grave accent, which texts rarely hold: the page is smaller and sooner
/// made.
pub(crate) struct InPage;

impl Encoder<Parcel> for InPage {
    type Error = Infallible;
    type Encoded = String;

    fn encode(parcel: &Parcel) -> Result<String, Infallible> {
        Ok(exchange_quotes(&parcel.json))
    }
}

impl Decoder<Parcel> for InPage {
    type Error = Infallible;
    type Encoded = str;

    fn decode(json: &str) -> Result<Parcel, Infallible> {
        Ok(Parcel { value: None, json: exchange_quotes(json) })
    }
}

fn exchange_quotes(text: &str) -> String {
    let exchange = |byte| match byte {
        b'"' => b'`',
        b'`' => b'"',
        other => other,
    };
    String::from_utf8(text.bytes().map(exchange).collect()).expect("one ASCII character became another")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_in_a_page_arrives_as_it_was() {
        let json = r#"{"Ok":["plain","\"quoted\" `code` \\ <b> ä"]}"#;
        let parcel = Parcel { value: None, json: json.to_owned() };
        let Ok(carried) = InPage::encode(&parcel);
        assert!(carried.starts_with("{`Ok`:"), "{carried}");
        let Ok(arrived) = InPage::decode(&carried);
        assert_eq!(arrived.json, json);
    }
}
