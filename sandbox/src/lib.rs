//! A Stripe-compatible server for one machine: exactly the part of the API that Stoa uses, a hosted checkout page for
//! Stripe's test cards, signed webhooks, and a menu of faults, so that buying works offline and every failure can be
//! rehearsed. What it answers like Stripe, and what it does not, is told in `docs/decisions/0028-sandbox.md`.
//!
//! It knows nothing of Stoa: it is a peer, as strict as Stripe is.
//!
//! In a test:
//!
//! ```
//! # async fn example(folder: &std::path::Path, hears: Option<sandbox::Webhook>) -> Result<(), Box<dyn std::error::Error>> {
//! use sandbox::{Sandbox, Settings, World};
//! use std::sync::Arc;
//!
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = format!("http://{}", listener.local_addr()?);
//! let settings = Settings {
//!     store: folder.join("sandbox.sqlite"),
//!     address: address.clone(),
//!     secret_key: "sk_test_123".into(),
//!     merchant: "Stoa".into(),
//!     webhook: hears,
//!     production: false,
//! };
//! let world = World { now: Arc::new(|| 1_700_000_000_000), random: Arc::new(|bits| bits.fill(7)) };
//! let sandbox = Sandbox::open(settings, world)?;
//! let serving = tokio::spawn(sandbox.serve(listener));
//! // ... the client's base URL is `address`; aborting the task is a crash, opening the same store again the restart.
//! serving.abort();
//! # Ok(())
//! # }
//! ```
//!
//! A buyer is one form: `POST` to the session's `url` with `card=4242424242424242` and, if the session has no
//! `customer_email`, `email=...`. The answer is `303` to `success_url` where it is paid, back to the page where the card
//! was declined (the page then says why), and to `{url}/confirm` where the card's owner is asked: `POST` there
//! `answer=confirm` or `answer=refuse`.
//!
//! A fault is `PUT {address}/faults/rules/{name}` with JSON: `{"chance": 0.2, "times": 3, "millis": 500, "seed": 7}`, each of
//! which may be left out; `DELETE` takes it away, of `/faults/rules` all. `GET` shows them. `POST {address}/faults/actions`
//! takes `{"action": "resend", "event": "evt_..."}`, `{"action": "dispute", "charge": "ch_..."}`,
//! `{"action": "close", "dispute": "dp_...", "outcome": "won"}`, `{"action": "refund", "charge": "ch_...", "amount": 100}`,
//! and `{"action": "restart"}`, which lets go what waits for a restart. The same is at `{address}/faults`, in the browser.

#![recursion_limit = "256"] // The largest objects of Stripe have many fields, and `json!` counts them.

mod api;
mod books;
mod cards;
mod checkout;
mod currency;
mod faults;
mod form;
mod model;
mod money;
mod page;
mod problem;
mod settings;
mod webhooks;

pub use settings::{Clock, OpenError, Random, Settings, Webhook, World};

use axum::Router;
use books::Store;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The version of Stripe's API that is spoken. Others are refused.
pub const API_VERSION: &str = "2026-09-30.endive";

/// A sandbox over one file. Clones are the same sandbox.
#[derive(Debug, Clone)]
pub struct Sandbox {
    store: Arc<Store>,
}

impl Sandbox {
    /// Opens the file, or makes it. Events that waited for a restart go on their way.
    pub fn open(settings: Settings, world: World) -> Result<Self, OpenError> {
        settings.check()?;
        Ok(Self { store: Store::open(settings, world)? })
    }

    /// Every address, from `/` on: nest it where [`Settings::address`] says.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(api::router(&self.store))
            .merge(checkout::router(&self.store))
            .merge(faults::router(&self.store))
    }

    /// Sends webhooks and lets sessions expire, until it is dropped. One is enough, and without it neither happens.
    pub async fn run(self) {
        webhooks::run(self.store).await;
    }

    /// Both, on a listener of its own, until it is dropped.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let router = self.router();
        tokio::select! {
            served = async { axum::serve(listener, router).await } => served,
            () = self.run() => Ok(()),
        }
    }
}
