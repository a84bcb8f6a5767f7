//! What Stoa needs of the world. Each port has one contract suite, in [`crate::contract`].

mod blob;
mod events;
mod heard;
mod hosted;
mod identity;
mod notifier;
mod parts;
mod payments;
mod queue;
pub mod request;
mod table;
mod transcoder;
mod upload_keys;

pub use blob::{BlobError, BlobInfo, BlobKey, BlobReader, BlobStore, ByteStream, ServedAs};
pub use events::{Event, EventBus, EventError, Rule};
pub use heard::{Fate, Heard};
pub use hosted::{Attempt, Hosted, Redeemed};
pub use identity::{
    Challenge, ChallengeAnswer, ChallengeKind, CodeDelivery, Identity, IdentityError, Person, Refreshed,
    SignIn, SignUp, Subject, Tokens, TotpSecret, Whom,
};
pub use notifier::{Letter, Mailer, NotifyError, Operators};
pub use parts::{Checksum, Part, PartStore, PartsError, PartsId, SignedPart, Unfinished, Way};
pub use payments::{
    Checkout, CheckoutStatus, Dispute, DisputeStatus, Movement, MovementKind, MovementPage, Payment,
    PaymentNews, Payments, PaymentsError, Purchase, PurchaseLine, Refund, RefundRequest, RefundStatus, Told,
};
pub use queue::{DeadLetter, Delivery, NewMessage, Queue, QueueError, Receipt};
pub use table::{
    Condition, Cursor, Direction, Index, Item, Key, MAX_ITEM_BYTES, MAX_TRANSACT_ITEMS, Page, Query, Range,
    Table, TableError, Write,
};
pub use transcoder::{
    AudioRendition, CopyJob, Remote, TranscodeError, TranscodeJob, Transcoded, Transcoder, VideoRendition,
    Work,
};
pub use upload_keys::KeyLender;
