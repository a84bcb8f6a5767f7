//! [`Identity`] on this machine: passwords hashed with argon2id, kept in the table.
//!
//! One item an address: partition `CREDENTIAL#{email}`, sort `PASSWORD`.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use domain::id::AccountId;
use domain::text::{Email, Password};
use serde::{Deserialize, Serialize};
use services::clock::Random;
use services::ports::{Condition, Identity, IdentityError, Item, Key, Table, TableError, Write};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// OWASP Password Storage Cheat Sheet, "Argon2id": the first of its minimum settings.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many passwords are hashed at the same time: bounds the memory (19 MiB each) and leaves the machine
/// something for other work. Who comes later waits.
const AT_A_TIME: usize = 2;
const SALT_BYTES: usize = 16;

/// Local accounts.
pub struct LocalIdentity {
    table: Arc<dyn Table>,
    random: Arc<dyn Random>,
    hashing: Semaphore,
}

#[derive(Serialize, Deserialize)]
struct Credential {
    account: AccountId,
    /// A PHC string: algorithm, parameters, salt, hash.
    hash: String,
}

impl LocalIdentity {
    /// Keeps its credentials in this table.
    pub fn new(table: Arc<dyn Table>, random: Arc<dyn Random>) -> Self {
        Self { table, random, hashing: Semaphore::new(AT_A_TIME) }
    }

    async fn store(
        &self,
        email: &Email,
        account: AccountId,
        password: &Password,
        condition: Condition,
    ) -> Result<(), IdentityError> {
        let mut salt = [0; SALT_BYTES];
        self.random.fill(&mut salt);
        let password = password.clone();
        let hash = self.compute(move || hash(&password, &salt)).await?;
        let document = serde_json::to_string(&Credential { account, hash }).map_err(internal)?;
        self.table.write(Write::Put(Item::new(key(email), document), condition)).await.map_err(table_failed)
    }

    /// Runs one hash on a thread that may be busy for long, when it is its turn.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, IdentityError> {
        let _turn = self.hashing.acquire().await.map_err(internal)?;
        tokio::task::spawn_blocking(work).await.map_err(internal)?.map_err(internal)
    }
}

#[async_trait]
impl Identity for LocalIdentity {
    async fn authenticate(
        &self,
        email: &Email,
        password: &Password,
    ) -> Result<Option<AccountId>, IdentityError> {
        let item = self.table.get(&key(email)).await.map_err(table_failed)?;
        let credential: Option<Credential> =
            item.as_ref().map(|item| serde_json::from_str(&item.document)).transpose().map_err(internal)?;
        let stored = credential.as_ref().map_or_else(decoy, |credential| credential.hash.clone());
        let attempt = password.clone();
        let verdict = self.compute(move || verify(&attempt, &stored)).await?;
        let (Some(item), Some(credential)) = (item, credential) else { return Ok(None) };
        match verdict {
            Verdict::Wrong => Ok(None),
            Verdict::Right => Ok(Some(credential.account)),
            Verdict::RightButOutdated => {
                // Only now is the password known. Whoever changed it in between has hashed it anew anyway.
                let condition = Condition::Version(item.version);
                if let Err(error) = self.store(email, credential.account, password, condition).await {
                    tracing::warn!(%error, "a password could not be hashed anew");
                }
                Ok(Some(credential.account))
            }
        }
    }

    async fn set_password(
        &self,
        account: AccountId,
        email: &Email,
        password: &Password,
    ) -> Result<(), IdentityError> {
        self.store(email, account, password, Condition::None).await
    }
}

fn key(email: &Email) -> Key {
    Key::new(format!("CREDENTIAL#{email}"), "PASSWORD")
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, LANES, None)?))
}

fn hash(password: &Password, salt: &[u8]) -> Result<String, HashError> {
    let hash: PasswordHash = argon2()?.hash_password_with_salt(password.expose().as_bytes(), salt)?;
    Ok(hash.to_string())
}

/// The hash of no password: an unknown address is made to cost what a wrong password costs, or the time of
/// the answer would tell who has an account.
fn decoy() -> String {
    // The salt and the hash in base64: 16 bytes and 32 bytes, all zero.
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

enum Verdict {
    Right,
    /// Right, and hashed with other parameters than today's.
    RightButOutdated,
    Wrong,
}

fn verify(password: &Password, stored: &str) -> Result<Verdict, HashError> {
    let stored = PasswordHash::new(stored)?;
    let argon2 = argon2()?;
    // It goes by the parameters of the stored hash.
    match argon2.verify_password(password.expose().as_bytes(), &stored) {
        Ok(()) => {}
        Err(HashError::PasswordInvalid) => return Ok(Verdict::Wrong),
        Err(error) => return Err(error),
    }
    let (used, current) = (Params::try_from(&stored)?, argon2.params());
    let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    let today = stored.algorithm == Algorithm::Argon2id.ident() && cost(&used) == cost(current);
    Ok(if today { Verdict::Right } else { Verdict::RightButOutdated })
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> IdentityError {
    IdentityError::Internal(error.into())
}

fn table_failed(error: TableError) -> IdentityError {
    match error {
        TableError::Unavailable(_) => IdentityError::Unavailable(error.into()),
        _ => IdentityError::Internal(error.into()),
    }
}
