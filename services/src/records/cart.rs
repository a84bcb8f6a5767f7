//! What somebody means to buy.

use super::{Stored, item, keys, load};
use crate::Result;
use crate::ports::{Condition, Table, Write};
use domain::coupon::CouponCode;
use domain::id::{AccountId, CourseId};
use serde::{Deserialize, Serialize};

/// What somebody means to buy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Cart {
    /// In the order they were put in.
    pub(crate) courses: Vec<CourseId>,
    /// What is to make them cheaper.
    pub(crate) coupon: Option<CouponCode>,
}

pub(crate) async fn cart(table: &dyn Table, account: AccountId) -> Result<Option<Stored<Cart>>> {
    load(table, &keys::cart(account)).await
}

/// Puts the cart in the place of the one that was read, of version `before`.
pub(crate) fn put(account: AccountId, cart: &Cart, before: Option<u64>) -> Result<Write> {
    let item = item(keys::cart(account), cart)?;
    Ok(Write::Put(item, before.map_or(Condition::Absent, Condition::Version)))
}
