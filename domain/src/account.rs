//! Accounts, and who is asking.

use crate::id::AccountId;
use crate::text::{DisplayName, Email};
use serde::{Deserialize, Serialize};

/// What an account may do by itself; what it may do with one course is its [`Relation`](crate::permission::Relation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Takes courses.
    Learner,
    /// Takes courses and makes own ones.
    Instructor,
    /// Runs the site.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Learner, Role::Instructor, Role::Admin];
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "learner" => Ok(Role::Learner),
            "instructor" => Ok(Role::Instructor),
            "admin" => Ok(Role::Admin),
            _ => Err("a role is one of learner, instructor, admin".into()),
        }
    }
}

/// A person's account. The password's hash is kept apart, by the identity adapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// The address to sign in with.
    pub email: Email,
    /// The name shown to others.
    pub name: DisplayName,
    /// What it may do.
    pub role: Role,
}

/// Who is asking. Every use case takes one and asks the permission table about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody is signed in.
    Anonymous,
    /// A signed-in account.
    Account {
        /// Whose.
        id: AccountId,
        /// With which role.
        role: Role,
    },
}

impl Actor {
    /// The account, where somebody is signed in.
    pub fn account(self) -> Option<AccountId> {
        match self {
            Actor::Anonymous => None,
            Actor::Account { id, .. } => Some(id),
        }
    }
}
