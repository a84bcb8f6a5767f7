//! The audit log: who did what to what, when, and from where. It is added to, and nothing else.
//!
//! An event names things by their identifiers. No password, token or code is ever in one.

use crate::account::{Actor, Role};
use crate::coupon::CouponCode;
use crate::id::{AccountId, AssetId, AuditEntryId, CourseId, OrderId};
use crate::money::Currency;
use crate::text::Email;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its identifier, which sorts by time.
    pub id: AuditEntryId,
    /// Who did it.
    pub who: Who,
    /// What was done.
    #[serde(flatten)]
    pub event: Event,
}

impl Entry {
    /// When it was done.
    pub fn when(&self) -> Timestamp {
        self.id.created()
    }
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Somebody who was signed in.
    Account {
        /// As whom.
        id: AccountId,
        /// From which address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<IpAddr>,
    },
    /// Somebody who was not.
    Visitor {
        /// From which address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<IpAddr>,
    },
    /// Whoever runs commands on the machine.
    CommandLine,
    /// The program by itself.
    Program,
}

impl Who {
    /// As whom they were signed in.
    pub fn account(self) -> Option<AccountId> {
        match self {
            Who::Account { id, .. } => Some(id),
            Who::Visitor { .. } | Who::CommandLine | Who::Program => None,
        }
    }

    /// From which address they asked.
    pub fn from(self) -> Option<IpAddr> {
        match self {
            Who::Account { from, .. } | Who::Visitor { from } => from,
            Who::CommandLine | Who::Program => None,
        }
    }
}

impl From<Actor> for Who {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Anonymous => Who::Visitor { from: None },
            Actor::Account { id, from, .. } => Who::Account { id, from },
        }
    }
}

/// A line of the log with the names that people know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line.
    pub entry: Entry,
    /// The e-mail address of the account that did it, where that is still there.
    pub who: Option<Email>,
    /// The e-mail address or the title of what it was done to, where that is still there.
    pub thing: Option<String>,
}

/// Lines of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// Those that were looked for.
    pub lines: Vec<Line>,
    /// Where to look on, if there may be more.
    pub next: Option<AuditEntryId>,
    /// What is wrong with the search: a sentence.
    pub problem: Option<String>,
}

/// What something was done to: what the log can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thing {
    /// An account.
    Account(AccountId),
    /// A course.
    Course(CourseId),
    /// A video.
    Video(AssetId),
}

impl fmt::Display for Thing {
    /// Kind and identifier: `account 01ARZ3NDEKTSV4RRFFQ69G5FAV`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Thing::Account(id) => write!(f, "account {id}"),
            Thing::Course(id) => write!(f, "course {id}"),
            Thing::Video(id) => write!(f, "video {id}"),
        }
    }
}

/// The text names no thing of the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is expected as account, course or video, a space, and the identifier")]
pub struct InvalidThing;

impl FromStr for Thing {
    type Err = InvalidThing;
    fn from_str(text: &str) -> Result<Self, InvalidThing> {
        let (kind, id) = text.trim().split_once(' ').ok_or(InvalidThing)?;
        match kind {
            "account" => id.parse().map(Thing::Account),
            "course" => id.parse().map(Thing::Course),
            "video" => id.parse().map(Thing::Video),
            _ => return Err(InvalidThing),
        }
        .map_err(|_| InvalidThing)
    }
}

/// Declares the events: a row says what is kept of one, its name in records and exports, which never changes, how
/// people read it, and what it was done to.
macro_rules! events {
    ($($variant:ident { $($field:ident: $type:ty),* } $name:literal, $label:literal, $thing:expr;)+) => {
        /// What was done.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        #[allow(missing_docs, reason = "each has its sentence in the table")]
        pub enum Event {
            $(#[serde(rename = $name)] $variant { $($field: $type),* }),+
        }

        impl Event {
            /// Name and label of every kind.
            pub const KINDS: &[(&str, &str)] = &[$(($name, $label)),+];

            /// The name of its kind, which never changes.
            pub fn kind(&self) -> &'static str {
                match self { $(Event::$variant { .. } => $name),+ }
            }

            /// Its kind, as people read it.
            pub fn label(&self) -> &'static str {
                match self { $(Event::$variant { .. } => $label),+ }
            }

            /// What it was done to.
            #[allow(unused_variables, reason = "a row need not name all that it keeps")]
            pub fn thing(&self) -> Option<Thing> {
                match self { $(Event::$variant { $($field),* } => $thing),+ }
            }

            /// What is kept of it: names and values.
            pub fn details(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Event::$variant { $($field),* } => vec![$((stringify!($field), $field.to_string())),*]),+
                }
            }
        }
    };
}

events! {
    AccountAdded { account: AccountId, role: Role }
        "account.added", "Account added", Some(Thing::Account(*account));
    AccountInvited { email: Email, role: Role }
        "account.invited", "Invited to have an account", None;
    InvitationRevoked { email: Email }
        "account.invitation-revoked", "Invitation taken back", None;
    InvitationAccepted { account: AccountId }
        "account.invitation-accepted", "Invitation accepted", Some(Thing::Account(*account));
    SignedIn { account: AccountId }
        "account.signed-in", "Signed in", Some(Thing::Account(*account));
    SignInFailed { account: AccountId }
        "account.sign-in-failed", "Sign-in failed", Some(Thing::Account(*account));
    SignInUnknown {}
        "account.sign-in-unknown", "Sign-in failed for an address without an account", None;
    AccountLocked { account: AccountId }
        "account.locked", "Sign-in refused for a while", Some(Thing::Account(*account));
    EmailChanged { account: AccountId }
        "email.changed", "E-mail address changed", Some(Thing::Account(*account));
    PasswordChanged { account: AccountId }
        "password.changed", "Password changed", Some(Thing::Account(*account));
    PasswordResetAsked { account: AccountId }
        "password.reset-asked", "Password reset asked for", Some(Thing::Account(*account));
    PasswordReset { account: AccountId }
        "password.reset", "Password reset", Some(Thing::Account(*account));
    SecondFactorOn { account: AccountId }
        "second-factor.on", "Second factor turned on", Some(Thing::Account(*account));
    SecondFactorOff { account: AccountId }
        "second-factor.off", "Second factor turned off", Some(Thing::Account(*account));
    RecoveryCodesMade { account: AccountId }
        "recovery-codes.made", "New recovery codes", Some(Thing::Account(*account));
    RecoveryCodeUsed { account: AccountId }
        "recovery-code.used", "Signed in with a recovery code", Some(Thing::Account(*account));
    UploadKeysLent { account: AccountId }
        "upload-keys.lent", "Keys for uploads lent", Some(Thing::Account(*account));
    SessionEnded { account: AccountId }
        "session.ended", "Session ended", Some(Thing::Account(*account));
    SessionsEnded { account: AccountId }
        "sessions.ended", "All sessions ended", Some(Thing::Account(*account));
    DataExported { account: AccountId }
        "data.exported", "Own data exported", Some(Thing::Account(*account));
    DeletionAsked { account: AccountId }
        "account.deletion-requested", "Deletion of the account asked for", Some(Thing::Account(*account));
    DeletionCancelled { account: AccountId }
        "account.deletion-cancelled", "Deletion of the account cancelled", Some(Thing::Account(*account));
    AccountDeleted { account: AccountId }
        "account.deleted", "Account deleted", Some(Thing::Account(*account));
    RoleChanged { account: AccountId, before: Role, after: Role }
        "role.changed", "Role changed", Some(Thing::Account(*account));
    CourseCreated { course: CourseId }
        "course.created", "Course created", Some(Thing::Course(*course));
    CourseHandedOver { course: CourseId, to: AccountId }
        "course.handed-over", "Course handed over", Some(Thing::Course(*course));
    CourseRemoved { course: CourseId }
        "course.removed", "Course removed with its owner's account", Some(Thing::Course(*course));
    CourseImported { course: CourseId }
        "course.imported", "Course imported", Some(Thing::Course(*course));
    CoursePublished { course: CourseId }
        "course.published", "Course published", Some(Thing::Course(*course));
    CourseWithdrawn { course: CourseId }
        "course.withdrawn", "Course withdrawn", Some(Thing::Course(*course));
    InstructorInvited { course: CourseId, email: Email }
        "instructor.invited", "Invited to teach together", Some(Thing::Course(*course));
    InstructorUninvited { course: CourseId, email: Email }
        "instructor.uninvited", "Invitation to teach withdrawn", Some(Thing::Course(*course));
    InstructorAdded { course: CourseId, account: AccountId }
        "instructor.added", "Instructor joined", Some(Thing::Course(*course));
    InstructorRemoved { course: CourseId, account: AccountId }
        "instructor.removed", "Instructor removed", Some(Thing::Course(*course));
    LearnerRemoved { account: AccountId, course: CourseId }
        "learner.removed", "Learner removed from a course", Some(Thing::Account(*account));
    VideoRetried { video: AssetId }
        "video.retried", "Conversion tried again", Some(Thing::Video(*video));
    VideoCancelled { video: AssetId }
        "video.cancelled", "Conversion stopped", Some(Thing::Video(*video));
    PriceSet { course: CourseId, minor: i64, currency: Currency }
        "course.price-set", "Price of a course set", Some(Thing::Course(*course));
    CouponAdded { account: AccountId, coupon: CouponCode }
        "coupon.added", "Coupon made", Some(Thing::Account(*account));
    CouponEnded { account: AccountId, coupon: CouponCode }
        "coupon.ended", "Coupon ended", Some(Thing::Account(*account));
    CouponResumed { account: AccountId, coupon: CouponCode }
        "coupon.resumed", "Coupon valid again", Some(Thing::Account(*account));
    RefundAsked { account: AccountId, order: OrderId, minor: i64, currency: Currency }
        "order.refunded", "Money of an order given back", Some(Thing::Account(*account));
    RefundDeclined { account: AccountId, order: OrderId }
        "order.refund-declined", "Money of an order not given back", Some(Thing::Account(*account));
    PaymentEventReplayed { event: String }
        "payment-event.replayed", "What the payment service told worked through again", None;
    PaymentsReconciled {}
        "payments.reconciled", "Book compared with the payment service's", None;
    JobRedriven { queue: String, job: String }
        "job.redriven", "Job done once more", None;
    LogExported {}
        "audit.exported", "Audit log exported", None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn entry() -> Entry {
        let account = AccountId::new(Timestamp::from_millis(1), 2);
        Entry {
            id: AuditEntryId::new(Timestamp::from_millis(3), 4),
            who: Who::Account { id: account, from: Some("192.0.2.7".parse().unwrap()) },
            event: Event::RoleChanged { account, before: Role::Learner, after: Role::Admin },
        }
    }

    #[test]
    fn an_entry_is_kept_under_names_that_do_not_change() {
        let account = "00000000010000000000000002";
        let kept = serde_json::json!({
            "id": "00000000030000000000000004",
            "who": { "account": { "id": account, "from": "192.0.2.7" } },
            "kind": "role.changed",
            "account": account,
            "before": "learner",
            "after": "admin",
        });
        assert_eq!(serde_json::to_value(entry()).unwrap(), kept);
        assert_eq!(serde_json::from_value::<Entry>(kept).unwrap(), entry());
    }

    #[test]
    fn kinds_have_a_name_and_a_label_of_their_own() {
        let names: HashSet<_> = Event::KINDS.iter().map(|(name, _)| name).collect();
        let labels: HashSet<_> = Event::KINDS.iter().map(|(_, label)| label).collect();
        assert_eq!((names.len(), labels.len()), (Event::KINDS.len(), Event::KINDS.len()));
    }

    #[test]
    fn a_thing_is_found_by_what_is_shown_of_it() {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        for kind in ["account", "course", "video"] {
            let text = format!("{kind} {id}");
            assert_eq!(text.parse::<Thing>().unwrap().to_string(), text);
        }
        for text in ["", id, "account", "account x", "lesson 01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            assert_eq!(text.parse::<Thing>(), Err(InvalidThing), "{text}");
        }
    }

    #[test]
    fn what_was_done_to_an_account_names_both_roles() {
        let account = "00000000010000000000000002".to_owned();
        let details = [("account", account), ("before", "learner".to_owned()), ("after", "admin".to_owned())];
        assert_eq!(entry().event.details(), details);
    }
}
