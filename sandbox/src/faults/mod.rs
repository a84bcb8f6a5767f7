//! The menu of faults, in the browser and as JSON.

mod menu;
mod rules;
mod view;

pub(crate) use menu::router;
pub(crate) use rules::{Fault, Faults};

use axum::body::Body;
use axum::response::Response;
use futures::stream;
use std::io;

/// An answer that breaks off before it says anything, as when the other side dies.
pub(crate) fn broken_answer() -> Response {
    Response::new(Body::from_stream(stream::iter([Err::<bytes::Bytes, _>(io::Error::other(
        "cut off, as the menu of faults wishes",
    ))])))
}
