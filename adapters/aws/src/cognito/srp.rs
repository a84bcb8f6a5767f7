//! Sign-in by which a password is proved and not sent: Secure Remote Password (RFC 2945), as Cognito varies it.

use aws_cognito_srp::{SrpClient, User, VerificationParameters};
use std::collections::HashMap;

/// One attempt to sign in.
pub(super) struct Attempt {
    client: SrpClient<User>,
    /// `SRP_A`, in hexadecimal.
    pub(super) public: String,
}

/// What answers `PASSWORD_VERIFIER`.
pub(super) struct Proof {
    pub(super) block: String,
    pub(super) signature: String,
    pub(super) timestamp: String,
}

impl Attempt {
    /// Takes milliseconds of computing: not for a thread that others wait for.
    pub(super) fn begin(pool: &str, client: &str, username: &str, password: &str) -> Self {
        let client = SrpClient::new(User::new(pool, username, password), client, None);
        let public = client.get_auth_parameters().a;
        Self { client, public }
    }

    /// Answers a challenge with these parameters. Takes as long.
    pub(super) fn prove(&self, challenge: &HashMap<String, String>) -> Result<Proof, String> {
        let parameter =
            |name: &str| challenge.get(name).ok_or_else(|| format!("the challenge has no {name}"));
        let proved = self.client.verify(
            parameter("SECRET_BLOCK")?,
            parameter("USER_ID_FOR_SRP")?,
            parameter("SALT")?,
            parameter("SRP_B")?,
        );
        let VerificationParameters { password_claim_secret_block, password_claim_signature, timestamp } =
            proved.map_err(|error| error.to_string())?;
        Ok(Proof { block: password_claim_secret_block, signature: password_claim_signature, timestamp })
    }
}
