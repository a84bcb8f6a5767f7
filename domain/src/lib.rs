//! Types and rules of Stoa.
//!
//! Everything here is pure: no I/O, no async, no clock, no randomness. The same code runs in the server
//! and, compiled to WASM, in the browser, so that both judge an input alike.

pub mod account;
pub mod address;
pub mod audit;
pub mod caption;
pub mod code;
pub mod coupon;
pub mod course;
pub mod device;
pub mod download;
pub mod edge;
pub mod id;
pub mod lease;
pub mod ledger;
pub mod mail;
pub mod money;
pub mod order;
pub mod payment;
pub mod permission;
pub mod progress;
pub mod review;
pub mod shared;
pub mod shop;
pub mod size;
pub mod text;
pub mod time;
pub mod upload;
pub mod video;
pub mod view;
