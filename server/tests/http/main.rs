//! What browsers, players and machines can rely on, over HTTP, against the server as it runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod bucket;
mod downloads;
mod edge;
mod explainer;
mod files;
mod health;
mod mailbox;
mod media_host;
mod pages;
mod payments;
mod playback;
mod protection;
mod step_up;
mod test_app;
mod uploads;
