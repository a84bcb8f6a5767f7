//! [`Identity`] on this machine: kept in the table, passwords as argon2id hashes, codes as SHA-256 ones.

mod authenticator;
mod password;
mod records;

use async_trait::async_trait;
use domain::account::Role;
use domain::code::Code;
use domain::id::AccountId;
use domain::text::{DisplayName, Email, Password};
use domain::time::Timestamp;
use password::{SALT_BYTES, Verdict};
use records::{Authenticator, Credential, PASSWORD, REGISTRATION, RESET, Registration, Reset, Stored};
use serde::{Deserialize, Serialize};
use services::clock::{Clock, Random};
use services::ports::{
    Challenge, ChallengeAnswer, ChallengeKind, CodeDelivery, Condition, Identity, IdentityError, Person,
    Refreshed, SignIn, SignUp, Subject, Table, TableError, Tokens, TotpSecret, Whom, Write,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many passwords are hashed at the same time: bounds the memory (19 MiB each) and leaves the machine
/// something for other work. Who comes later waits.
const AT_A_TIME: usize = 2;
/// How long the code of a registration works.
const REGISTRATION_KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long other codes work.
const CODE_KEPT: Duration = Duration::from_secs(3600);

/// Local accounts.
pub struct LocalIdentity {
    table: Arc<dyn Table>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    hashing: Semaphore,
}

/// The state of a challenge: the password was right.
#[derive(Serialize, Deserialize)]
struct Proved {
    email: Email,
    subject: Subject,
}

impl LocalIdentity {
    /// Keeps its credentials in this table.
    pub fn new(table: Arc<dyn Table>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { table, clock, random, hashing: Semaphore::new(AT_A_TIME) }
    }

    async fn load<T: serde::de::DeserializeOwned>(
        &self,
        email: &Email,
        sort: &str,
    ) -> Result<Option<Stored<T>>, IdentityError> {
        records::load(&*self.table, email, sort).await
    }

    async fn credential(&self, email: &Email) -> Result<Option<Stored<Credential>>, IdentityError> {
        self.load(email, PASSWORD).await
    }

    /// Of somebody who is signed in.
    async fn own(&self, whom: Whom<'_>) -> Result<Stored<Credential>, IdentityError> {
        let stored = self.credential(whom.email).await?;
        stored.filter(|stored| stored.value.subject == *whom.subject).ok_or(IdentityError::Unknown)
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), IdentityError> {
        self.table.transact(writes).await.map_err(table_failed)
    }

    /// Changes a credential that was read.
    fn change(&self, email: &Email, changed: &Credential, version: u64) -> Result<Write, IdentityError> {
        records::put(email, PASSWORD, changed, None, Condition::Version(version))
    }

    async fn hash(&self, password: &Password) -> Result<String, IdentityError> {
        let mut salt = [0; SALT_BYTES];
        self.random.fill(&mut salt);
        let password = password.clone();
        self.compute(move || password::hash(&password, &salt)).await
    }

    async fn verify(&self, attempt: &Password, hash: String) -> Result<Verdict, IdentityError> {
        let attempt = attempt.clone();
        self.compute(move || password::verify(&attempt, &hash)).await
    }

    /// Runs one hash on a thread that may be busy for long, when it is its turn.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, argon2::password_hash::Error> + Send + 'static,
    ) -> Result<T, IdentityError> {
        let _turn = self.hashing.acquire().await.map_err(internal)?;
        tokio::task::spawn_blocking(work).await.map_err(internal)?.map_err(internal)
    }

    fn code(&self) -> Code {
        Code::new(self.random.bits())
    }

    fn seconds(&self) -> u64 {
        u64::try_from(self.clock.now().millis() / 1000).unwrap_or_default()
    }

    fn after(&self, time: Duration) -> Option<Timestamp> {
        Some(self.clock.now().plus(time))
    }

    fn new_subject(&self) -> Subject {
        Subject(AccountId::new(self.clock.now(), self.random.bits()).to_string())
    }

    /// Where the right password leads.
    fn admitted(email: &Email, credential: Credential) -> Result<SignIn, IdentityError> {
        if credential.authenticator.is_none() {
            return Ok(SignIn::Done(person(email, credential)));
        }
        let proved = Proved { email: email.clone(), subject: credential.subject };
        let state = Tokens(serde_json::to_string(&proved).map_err(internal)?);
        Ok(SignIn::Challenge(Challenge { kind: ChallengeKind::Totp, state }))
    }

    /// Takes a code of `authenticator`, which is theirs from then on, and notes its step, so that it works once; of
    /// two at the same moment one is wrong.
    async fn use_code(
        &self,
        email: &Email,
        stored: Stored<Credential>,
        authenticator: Option<Authenticator>,
        code: &str,
    ) -> Result<Option<Credential>, IdentityError> {
        let Some(Authenticator { key, last }) = authenticator else { return Ok(None) };
        let Some(last) = authenticator::check(&key, code, self.seconds(), last)? else { return Ok(None) };
        let authenticator = Some(Authenticator { key, last });
        let credential = Credential { authenticator, next: None, ..stored.value };
        match self.table.write(self.change(email, &credential, stored.version)?).await {
            Ok(()) => Ok(Some(credential)),
            Err(TableError::Conflict { .. }) => Ok(None),
            Err(error) => Err(table_failed(error)),
        }
    }
}

#[async_trait]
impl Identity for LocalIdentity {
    async fn sign_up(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<SignUp, IdentityError> {
        let hash = self.hash(password).await?;
        let code = self.code();
        let registration = Registration { name: name.clone(), hash, code: records::digest_of(&code) };
        let expires = self.after(REGISTRATION_KEPT);
        let write = records::put(email, REGISTRATION, &registration, expires, Condition::None)?;
        let taken = self.credential(email).await?.is_some();
        // Written for a taken address, too, which costs the same; nobody hears its code.
        self.write(vec![write]).await?;
        Ok(if taken { SignUp::Taken } else { SignUp::Begun(CodeDelivery::Ours(code.expose())) })
    }

    async fn resend(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError> {
        let Some(stored) = self.load::<Registration>(email, REGISTRATION).await? else { return Ok(None) };
        if self.credential(email).await?.is_some() {
            return Ok(None);
        }
        let code = self.code();
        let registration = Registration { code: records::digest_of(&code), ..stored.value };
        let (expires, condition) = (self.after(REGISTRATION_KEPT), Condition::Version(stored.version));
        self.write(vec![records::put(email, REGISTRATION, &registration, expires, condition)?]).await?;
        Ok(Some(CodeDelivery::Ours(code.expose())))
    }

    async fn confirm(&self, email: &Email, code: &str) -> Result<(), IdentityError> {
        let given = digest_of(code)?;
        let stored = self.load::<Registration>(email, REGISTRATION).await?;
        let stored = stored.filter(|stored| stored.value.code == given).ok_or(IdentityError::Code)?;
        let Registration { name, hash, .. } = stored.value;
        let credential =
            Credential { subject: self.new_subject(), name, hash, authenticator: None, next: None };
        let writes = vec![
            records::put(email, PASSWORD, &credential, None, Condition::Absent)?,
            records::delete(email, REGISTRATION, Condition::Version(stored.version)),
        ];
        match self.table.transact(writes).await {
            Err(TableError::Conflict { .. }) => Err(IdentityError::Code),
            other => other.map_err(table_failed),
        }
    }

    async fn sign_in(&self, email: &Email, password: &Password) -> Result<Option<SignIn>, IdentityError> {
        let credential = self.credential(email).await?;
        // Looked at whoever they are: both reads and one hash, always.
        let registration = self.load::<Registration>(email, REGISTRATION).await?;
        let hash = match (&credential, &registration) {
            (Some(credential), _) => credential.value.hash.clone(),
            (None, Some(registration)) => registration.value.hash.clone(),
            (None, None) => password::decoy(),
        };
        let verdict = self.verify(password, hash).await?;
        if matches!(verdict, Verdict::Wrong) {
            return Ok(None);
        }
        let Some(stored) = credential else { return Ok(registration.map(|_| SignIn::Unconfirmed)) };
        if matches!(verdict, Verdict::RightButOutdated) {
            // Only now is the password known. Whoever changed it in between has hashed it anew anyway.
            let anew = Credential { hash: self.hash(password).await?, ..stored.value.clone() };
            if let Err(error) = self.table.write(self.change(email, &anew, stored.version)?).await {
                tracing::warn!(%error, "a password could not be hashed anew");
            }
        }
        Self::admitted(email, stored.value).map(Some)
    }

    async fn answer(
        &self,
        challenge: &Challenge,
        answer: &ChallengeAnswer,
    ) -> Result<Option<SignIn>, IdentityError> {
        let proved: Proved = serde_json::from_str(&challenge.state.0).map_err(internal)?;
        let stored = self.credential(&proved.email).await?;
        let Some(stored) = stored.filter(|stored| stored.value.subject == proved.subject) else {
            return Ok(None);
        };
        let credential = match answer {
            ChallengeAnswer::Totp(code) => {
                let authenticator = stored.value.authenticator.clone();
                self.use_code(&proved.email, stored, authenticator, code).await?
            }
            ChallengeAnswer::Recovered => Some(stored.value),
            // Never asked for.
            ChallengeAnswer::NewPassword(_) => None,
        };
        Ok(credential.map(|credential| SignIn::Done(person(&proved.email, credential))))
    }

    async fn forgot(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError> {
        if self.credential(email).await?.is_none() {
            return Ok(None);
        }
        let code = self.code();
        let reset = Reset { code: records::digest_of(&code) };
        let write = records::put(email, RESET, &reset, self.after(CODE_KEPT), Condition::None)?;
        self.write(vec![write]).await?;
        Ok(Some(CodeDelivery::Ours(code.expose())))
    }

    async fn reset(&self, email: &Email, code: &str, password: &Password) -> Result<(), IdentityError> {
        let given = digest_of(code)?;
        let hash = self.hash(password).await?;
        let reset = self.load::<Reset>(email, RESET).await?;
        let reset = reset.filter(|stored| stored.value.code == given).ok_or(IdentityError::Code)?;
        let stored = self.credential(email).await?.ok_or(IdentityError::Code)?;
        let writes = vec![
            self.change(email, &Credential { hash, ..stored.value }, stored.version)?,
            records::delete(email, RESET, Condition::Version(reset.version)),
        ];
        match self.table.transact(writes).await {
            Err(TableError::Conflict { .. }) => Err(IdentityError::Code),
            other => other.map_err(table_failed),
        }
    }

    async fn change_password(
        &self,
        whom: Whom<'_>,
        old: &Password,
        new: &Password,
    ) -> Result<bool, IdentityError> {
        let stored = self.own(whom).await?;
        if matches!(self.verify(old, stored.value.hash.clone()).await?, Verdict::Wrong) {
            return Ok(false);
        }
        let changed = Credential { hash: self.hash(new).await?, ..stored.value };
        let change = self.change(whom.email, &changed, stored.version)?;
        // A code that was asked for before must not undo this.
        self.write(vec![change, records::delete(whom.email, RESET, Condition::None)]).await?;
        Ok(true)
    }

    async fn set_email(&self, whom: Whom<'_>, new: &Email) -> Result<(), IdentityError> {
        let stored = self.own(whom).await?;
        let writes = vec![
            records::put(new, PASSWORD, &stored.value, None, Condition::Absent)?,
            records::delete(whom.email, PASSWORD, Condition::Version(stored.version)),
            records::delete(whom.email, RESET, Condition::None),
        ];
        match self.table.transact(writes).await {
            Ok(()) => Ok(()),
            Err(TableError::Conflict { at: 0 }) => Err(IdentityError::Taken),
            Err(error) => Err(table_failed(error)),
        }
    }

    async fn has_totp(&self, whom: Whom<'_>) -> Result<bool, IdentityError> {
        Ok(self.own(whom).await?.value.authenticator.is_some())
    }

    async fn begin_totp(&self, whom: Whom<'_>) -> Result<TotpSecret, IdentityError> {
        let stored = self.own(whom).await?;
        let key = authenticator::key(&*self.random);
        let next = Some(Authenticator { key: key.clone(), last: 0 });
        let changed = Credential { next, ..stored.value };
        self.write(vec![self.change(whom.email, &changed, stored.version)?]).await?;
        Ok(key)
    }

    async fn confirm_totp(&self, whom: Whom<'_>, code: &str) -> Result<bool, IdentityError> {
        let stored = self.own(whom).await?;
        let next = stored.value.next.clone();
        Ok(self.use_code(whom.email, stored, next, code).await?.is_some())
    }

    async fn remove_totp(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        let stored = self.own(whom).await?;
        let changed = Credential { authenticator: None, next: None, ..stored.value };
        self.write(vec![self.change(whom.email, &changed, stored.version)?]).await
    }

    async fn refresh(&self, whom: Whom<'_>) -> Result<Refreshed, IdentityError> {
        match self.own(whom).await {
            Ok(stored) => Ok(Refreshed::Good(person(whom.email, stored.value))),
            Err(IdentityError::Unknown) => Ok(Refreshed::Ended),
            Err(error) => Err(error),
        }
    }

    async fn sign_out_everywhere(&self, _: Whom<'_>) -> Result<(), IdentityError> {
        Ok(())
    }

    async fn add(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<Subject, IdentityError> {
        let hash = self.hash(password).await?;
        let subject = self.new_subject();
        let credential = Credential {
            subject: subject.clone(),
            name: name.clone(),
            hash,
            authenticator: None,
            next: None,
        };
        let writes = vec![
            records::put(email, PASSWORD, &credential, None, Condition::Absent)?,
            records::delete(email, REGISTRATION, Condition::None),
        ];
        match self.table.transact(writes).await {
            Ok(()) => Ok(subject),
            Err(TableError::Conflict { .. }) => Err(IdentityError::Taken),
            Err(error) => Err(table_failed(error)),
        }
    }

    async fn set_password(&self, email: &Email, password: &Password) -> Result<Subject, IdentityError> {
        let hash = self.hash(password).await?;
        let stored = self.credential(email).await?.ok_or(IdentityError::Unknown)?;
        let subject = stored.value.subject.clone();
        let changed = Credential { hash, ..stored.value };
        let change = self.change(email, &changed, stored.version)?;
        self.write(vec![change, records::delete(email, RESET, Condition::None)]).await?;
        Ok(subject)
    }

    async fn set_role(&self, _: Whom<'_>, _: Role) -> Result<(), IdentityError> {
        Ok(())
    }

    async fn remove(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        match self.own(whom).await {
            Err(IdentityError::Unknown) => return Ok(()),
            other => other?,
        };
        let sorts = [PASSWORD, REGISTRATION, RESET];
        self.write(sorts.map(|sort| records::delete(whom.email, sort, Condition::None)).into()).await
    }
}

fn person(email: &Email, credential: Credential) -> Person {
    let Credential { subject, name, .. } = credential;
    Person { subject, email: email.clone(), name: Some(name), role: None, tokens: None }
}

/// What no code can be is a wrong one.
fn digest_of(code: &str) -> Result<String, IdentityError> {
    let code: Code = code.parse().map_err(|_| IdentityError::Code)?;
    Ok(records::digest_of(&code))
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> IdentityError {
    IdentityError::Internal(error.into())
}

fn table_failed(error: TableError) -> IdentityError {
    match error {
        // Somebody changed the same in between; it is as if this had come later.
        TableError::Conflict { .. } | TableError::Unavailable(_) => IdentityError::Unavailable(error.into()),
        _ => IdentityError::Internal(error.into()),
    }
}
