//! The sandbox from outside: over HTTP, on the loopback interface, as Stripe's clients, buyers' browsers and an endpoint
//! of webhooks meet it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod buying;
mod faults;
mod idempotency;
mod pages;
mod refunds;
mod support;
mod webhooks;
