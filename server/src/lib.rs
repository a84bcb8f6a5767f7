//! The program: configuration, composition, HTTP, workers, command line. `main.rs` only starts it, so that
//! tests can run the same server.

pub mod cli;
pub mod compose;
pub mod config;
mod demo;
mod explanation;
pub mod http;
mod import;
pub mod rotation;
mod serve;
mod stalled;
mod system;
pub mod telemetry;

pub use serve::serve;
