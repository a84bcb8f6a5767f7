//! Who may fetch a segment: CloudFront's signed cookies and signed URLs, as a pure decision.
//!
//! The words, the wire format and the rules are those of the CloudFront developer guide, so that moving there
//! changes configuration alone; each rule names its page. Where the guide is silent the strict reading holds
//! (docs/decisions/0013). A request is judged by its address, the time, the client's address and what was
//! signed, and by nothing else: no session ever opens a segment.
//!
//! [`Presented`] is what a request brings, [`Ticket`] the complete set of parts in it, [`Policy`] what a key
//! of ours has signed, [`decide`] goes from the first to the last.

mod decision;
mod denied;
mod encoding;
mod explain;
mod hash;
mod issue;
mod pattern;
mod policy;
mod presented;
mod source_range;
mod ticket;

pub use decision::{Request, decide};
pub use denied::{Denied, Refusal};
pub use encoding::{decode, encode};
pub use explain::{Explanation, Hints, Moment, PartSeen, Parting, explain, other_cookies};
pub use hash::{Hash, UnsupportedHash};
pub use issue::{Issued, Statement};
pub use pattern::{InvalidPattern, ResourcePattern};
pub use policy::{InvalidPolicy, Policy};
pub use presented::{Carrier, MAX_COOKIE_BYTES, MAX_URL_BYTES, Part, Presented};
pub use source_range::{InvalidRange, SourceRange};
pub use ticket::{Claim, Ticket, VerifyingKey};
