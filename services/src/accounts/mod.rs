//! Accounts: registering, signing in and out, the sessions that remember it, and what people change about it.
//!
//! Passwords, codes and second factors are the [`Identity`](crate::ports::Identity) provider's; accounts, roles and
//! sessions are ours. An account is made when somebody signs in for the first time.

mod email;
mod hosted;
mod limits;
mod link;
mod operator;
mod own;
mod password;
mod people;
mod role;
mod sealed;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_up;
mod strength;
mod token;
mod upload_keys;

pub use email::{approve_email, change_email, confirm_email};
pub use hosted::{Arrived, HOSTED_LIFETIME, Return, go_to_hosted, hosted_name, return_from_hosted};
pub(crate) use link::{show_link, shown_link};
pub(crate) use operator::add;
pub use operator::{add_account, by_email, set_password};
pub use own::{check_proved, is_proved, prove};
pub(crate) use password::send_code;
pub use password::{change_password, forgot, reset};
pub(crate) use role::{give as give_role, tell as tell_role};
pub(crate) use sealed::Sealed;
pub use second_factor::{begin_totp, confirm_totp, hide, new_recovery_codes, remove_totp};
pub(crate) use sessions::end_sessions;
pub use sessions::{
    LIFETIME as SESSION_LIFETIME, end_other, resume, security, sign_out, sign_out_everywhere,
};
pub use sign_in::{CHALLENGE_LIFETIME, Entered, SignedIn, answer, challenge, sign_in};
pub use sign_up::{confirm, resend, sign_up};
pub use token::{InvalidToken, SessionToken};
pub use upload_keys::borrow_upload_keys;

use domain::device::DeviceName;
use domain::id::DeviceId;
use std::net::IpAddr;

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The address of the client.
    pub from: Option<IpAddr>,
    /// Its browser.
    pub device: DeviceId,
    /// What people call that.
    pub name: DeviceName,
}
