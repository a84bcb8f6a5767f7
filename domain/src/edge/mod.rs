//! Who may fetch a segment: CloudFront's signed cookies with a custom policy, as a pure decision.
//!
//! The words and the wire format are CloudFront's, so that moving there changes configuration alone:
//! developer guide, "Set signed cookies using a custom policy". A request is judged by its address, the
//! time and the cookies it carries, and by nothing else: no session ever opens a segment.

mod cookies;
mod decision;
mod encoding;
mod pattern;
mod policy;

pub use cookies::{HASH_ALGORITHM, KEY_PAIR_ID, MAX_COOKIE_BYTES, POLICY, SIGNATURE, SignedCookies};
pub use decision::{Denied, MAX_URL_BYTES, Verdict, decide};
pub use encoding::{decode, encode};
pub use pattern::{InvalidPattern, ResourcePattern};
pub use policy::{InvalidPolicy, Policy};
