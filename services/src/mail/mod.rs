//! Mail to people: what each of them says, and how it leaves.
//!
//! A use case says what happened ([`Mail`]) and puts [`post`]'s write into its transaction. A job of the queue
//! [`MAIL`](crate::worker::MAIL) writes the letter and hands it to the [`Mailer`](crate::ports::Mailer) port, again and
//! again for days: a mail server that is down delays mail and nothing else.

mod content;
mod letter;
mod reader;
mod samples;
mod send;
mod subscriptions;

pub use samples::samples;
pub(crate) use send::send;
pub use subscriptions::{choose, unsubscribe, unwanted};

use crate::ports::Write;
use crate::worker::Job;
use crate::{Result, Stoa, outbox};
use domain::account::{Account, Role};
use domain::device::DeviceName;
use domain::id::{AccountId, CourseId, LessonId, OrderId};
use domain::money::Price;
use domain::text::{DisplayName, Email, Title};
use domain::time::Timestamp;
use domain::video::{FailureReason, Warning};
use serde::{Deserialize, Serialize};

/// What somebody is told by mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "kebab-case")]
pub enum Mail {
    /// Somebody signs up with this address.
    ConfirmAddress {
        /// Proves that they read its mail.
        code: Code,
    },
    /// Somebody signs up with this address, which has an account.
    AlreadyRegistered,
    /// Somebody forgot the password of this account. Where there is none, nothing is sent.
    ResetPassword {
        /// Allows a new one.
        code: Code,
    },
    /// The account has a new password.
    PasswordChanged,
    /// The account wants to have this address.
    ConfirmNewAddress {
        /// Proves that they read its mail.
        code: Code,
    },
    /// The account, which has this address, wants to have another one.
    AddressChangeRequested {
        /// The address that it wants.
        new: Email,
        /// Says that the old one's owner agrees.
        code: Code,
    },
    /// The account has another address now; the old one is told.
    AddressChanged {
        /// Its address now.
        new: Email,
    },
    /// Signing in needs a second factor now.
    SecondFactorOn,
    /// Signing in needs the password alone now.
    SecondFactorOff,
    /// A recovery code replaced the second factor.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// Somebody signed in on a device that was not used before.
    NewSignIn {
        /// Which device.
        device: DeviceName,
        /// The address of the client.
        from: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody may have an account.
    Invitation {
        /// Who invites.
        by: DisplayName,
        /// What the account will be.
        role: Role,
        /// Makes the account.
        code: Code,
        /// Until when.
        until: Timestamp,
    },
    /// Somebody may teach a course together with its owner.
    TeachTogether {
        /// Its owner.
        by: DisplayName,
        /// Its title.
        course: Title,
    },
    /// The account may do more, or less, than before.
    RoleChanged {
        /// What it is now.
        role: Role,
    },
    /// The account will be deleted.
    DeletionPlanned {
        /// When.
        on: Timestamp,
    },
    /// The account will not be deleted after all.
    DeletionCancelled,
    /// The account could not be deleted, and stays.
    DeletionStopped {
        /// What stood in the way: a sentence.
        reason: String,
    },
    /// The account is gone.
    Deleted,
    /// An order that had to wait can be paid.
    PaymentReady {
        /// Which order.
        order: OrderPlace,
        /// What is to be paid.
        total: Price,
    },
    /// An order is paid.
    Receipt {
        /// Which order.
        order: OrderPlace,
        /// What was bought, at list price.
        lines: Vec<ReceiptLine>,
        /// What a coupon took off.
        discount: Option<Price>,
        /// What was paid.
        total: Price,
    },
    /// Money is given back.
    Refunded {
        /// Of which order.
        order: OrderPlace,
        /// How much.
        amount: Price,
    },
    /// Money that was asked for is not given back.
    RefundDeclined {
        /// Of which order.
        order: OrderPlace,
        /// Why, in the words of who decided.
        why: String,
    },
    /// A video can be watched.
    VideoReady {
        /// Where.
        lesson: LessonPlace,
        /// The name of the file.
        file: String,
        /// What its instructor should know.
        warnings: Vec<Warning>,
    },
    /// A video could not be converted.
    VideoFailed {
        /// Of which lesson.
        lesson: LessonPlace,
        /// The name of the file.
        file: String,
        /// Why.
        reason: FailureReason,
    },
}

/// An order, as mails name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlace {
    /// The order.
    pub order: OrderId,
    /// The titles of its courses.
    pub titles: Vec<Title>,
}

impl std::fmt::Display for OrderPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.titles.as_slice() {
            [] => f.write_str("your order"),
            [one] => write!(f, "“{one}”"),
            [first, rest @ ..] => {
                write!(
                    f,
                    "“{first}” and {} more {}",
                    rest.len(),
                    if rest.len() == 1 { "course" } else { "courses" }
                )
            }
        }
    }
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    /// The title of the course.
    pub title: Title,
    /// Its list price.
    pub price: Price,
}

/// A lesson, as mails name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonPlace {
    /// The course.
    pub course: CourseId,
    /// Its title.
    pub course_title: Title,
    /// The lesson.
    pub lesson: LessonId,
    /// Its title.
    pub lesson_title: Title,
}

impl std::fmt::Display for LessonPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the lesson “{}” of the course “{}”", self.lesson_title, self.course_title)
    }
}

/// What somebody proves with that they read a mail. Neither shown nor logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// The secret itself, for the link in the mail.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        Self(code)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Whom a mail goes to: an account, or an address that has none (yet).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<DisplayName>,
}

impl From<&Account> for Recipient {
    fn from(account: &Account) -> Self {
        Self { email: account.email.clone(), account: Some(account.id), name: Some(account.name.clone()) }
    }
}

impl From<&Email> for Recipient {
    /// Nobody's name is told to an address that anybody may have typed.
    fn from(email: &Email) -> Self {
        Self { email: email.clone(), account: None, name: None }
    }
}

impl Recipient {
    /// The account at another address than its own: at one that it wants, or had.
    pub fn at(email: &Email, account: &Account) -> Self {
        Self { email: email.clone(), ..Self::from(account) }
    }
}

/// A mail on its way.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    to: Recipient,
    #[serde(flatten)]
    mail: Mail,
}

impl std::fmt::Debug for Post {
    /// For logs and boards: which mail, and whose; nothing of what it says, and no address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to ", self.mail.kind())?;
        match self.to.account {
            Some(account) => write!(f, "account {account}"),
            None => f.write_str("an address without account"),
        }
    }
}

/// The write that makes a mail part of a transaction. After it committed, wake the relay: `stoa.wake.notify_one()`.
pub fn post(stoa: &Stoa, to: impl Into<Recipient>, mail: &Mail) -> Result<Write> {
    outbox::job(stoa, &Job::SendMail { post: Post { to: to.into(), mail: mail.clone() } })
}
