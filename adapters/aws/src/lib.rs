//! The ports on AWS, or on what speaks its protocols. No type of the SDK leaves this crate.

mod account;
mod fault;
mod s3;
mod sqs;

pub use account::{AccessKeys, Account, Connection};
pub use s3::{BucketSettings, S3Blobs, S3Parts};
pub use sqs::SqsQueue;
