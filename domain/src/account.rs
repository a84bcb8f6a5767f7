//! Accounts, and who is asking.

use crate::id::AccountId;
use crate::text::{DisplayName, Email};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What an account may do by itself; what it may do with one course is its [`Relation`](crate::permission::Relation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Takes courses.
    Learner,
    /// Takes courses and makes own ones.
    Instructor,
    /// Helps people: sees who they are and what they take, and changes no course.
    Support,
    /// Runs the site.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 4] = [Role::Learner, Role::Instructor, Role::Support, Role::Admin];

    /// In one word, as the command line takes it and records hold it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Learner => "learner",
            Role::Instructor => "instructor",
            Role::Support => "support",
            Role::Admin => "admin",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let named = Role::ALL.into_iter().find(|role| role.name() == text);
        named.ok_or_else(|| "a role is one of learner, instructor, support, admin".into())
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
    /// When it will be deleted, where its owner wants that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion: Option<Timestamp>,
}

impl Account {
    /// Its owner as one who asks, at this address.
    pub fn actor(&self, from: Option<IpAddr>) -> Actor {
        Actor::Account { id: self.id, role: self.role, from }
    }
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
        /// The address that they ask from, for the audit log; nothing is decided by it. `None` where no request is
        /// behind it: in commands and jobs.
        from: Option<IpAddr>,
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
