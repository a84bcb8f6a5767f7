//! Keys that instructors upload with by tools of their own.

use super::SessionToken;
use super::own::proved;
use crate::{Error, Result, Stoa, access, audit};
use domain::account::Actor;
use domain::audit::Event;
use domain::permission::Permission;
use domain::view::UploadKeys;

/// Lends the actor keys for the place that is theirs. They cannot be taken back, so whoever asks gave the password of late.
pub async fn borrow_upload_keys(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<UploadKeys> {
    access::check(actor, Permission::BorrowUploadKeys)?;
    let own = proved(stoa, actor, token).await?;
    let lender = stoa.identity.key_lender();
    let lender = lender.ok_or_else(|| Error::Refused("This site lends no keys for uploads.".into()))?;
    // Before they are out: what nobody can look up afterwards must not happen.
    let lent = Event::UploadKeysLent { account: own.account().id };
    stoa.table.write(audit::entry(stoa, actor, &lent)?).await?;
    Ok(lender.lend(own.whom()).await?)
}
