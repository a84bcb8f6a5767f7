//! Server functions, grouped by area. Each does three things: who is asking, parse, call one use case.
//!
//! Their addresses are written out (`endpoint`), so that a tab opened before a deployment still works after it.

#![allow(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments, and documents no field"
)]

pub mod account;
pub mod audit;
pub mod authoring;
pub mod captions;
pub mod catalogue;
mod error;
pub mod files;
pub mod instructors;
pub mod learners;
pub mod learning;
pub mod own;
pub mod payments;
pub mod people;
pub mod pipeline;
pub mod playback;
mod post;
#[cfg(feature = "ssr")]
pub(crate) mod request;
pub mod selling;
pub mod session;
pub mod shop;
pub mod uploads;
pub mod videos;

pub use error::ApiError;
pub(crate) use post::post;
#[cfg(feature = "ssr")]
pub use request::ClientAddress;

/// What a server function answers.
pub type Answer<T> = Result<T, ApiError>;
