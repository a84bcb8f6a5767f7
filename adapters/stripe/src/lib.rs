//! Payments by Stripe, or by what speaks its protocol. No type of the SDK leaves this crate.

mod answers;
mod book;
mod checkout;
mod client;
mod fault;
mod money;
mod webhook;

pub use client::{InvalidSettings, Stripe, StripeSettings};
pub use webhook::{Signatures, Unproven, told};
