//! The ports on AWS, or on what speaks its protocols. No type of the SDK leaves this crate.

mod account;
mod cognito;
mod events;
mod fault;
mod heard;
mod mediaconvert;
mod operators;
mod s3;
mod ses;
mod sqs;

pub use account::{AccessKeys, Account, Connection};
pub use cognito::{Cognito, CognitoSettings, HostedSettings, LendingSettings, RoleGroups, SignInFlow};
pub use events::{EventBridge, pattern};
pub use heard::hear;
pub use mediaconvert::{MediaConvert, MediaConvertSettings};
pub use operators::SnsOperators;
pub use s3::{BucketSettings, S3Blobs, S3Parts};
pub use ses::Ses;
pub use sqs::SqsQueue;
