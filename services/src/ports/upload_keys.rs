//! Keys of a bucket that open one person's own place in it, for a while.

use super::{IdentityError, Whom};
use async_trait::async_trait;
use domain::view::UploadKeys;

/// Lends keys to those whom the identity provider knows.
#[async_trait]
pub trait KeyLender: Send + Sync {
    /// Keys for a place that is theirs alone, and the same each time. They end by themselves; nobody can take them back
    /// before. [`Unknown`](IdentityError::Unknown) where the provider does not let them in any more.
    async fn lend(&self, whom: Whom<'_>) -> Result<UploadKeys, IdentityError>;
}
