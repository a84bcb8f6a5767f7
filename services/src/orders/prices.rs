//! What courses cost, by their owners.

use crate::ports::Condition;
use crate::records::courses;
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, audit};
use domain::account::Actor;
use domain::audit::Event;
use domain::course::Course;
use domain::id::CourseId;
use domain::money::{Currency, Price};
use domain::permission::Permission;

/// Says what a course costs from now on, as typed: an amount, 0 for free, and the code of its currency. Orders that were
/// placed keep their prices.
pub async fn set_price(stoa: &Stoa, actor: Actor, id: CourseId, amount: &str, currency: &str) -> Result<()> {
    let currency: Currency = currency.trim().parse().map_err(|e| Error::invalid("Currency", e))?;
    let price = Price::parse(amount, currency).map_err(|e| Error::invalid("Price", e))?;
    until_written(|| async {
        let before = access::course(stoa, actor, id, Permission::SetPrices).await?.course;
        if before.value.price == price {
            return Ok(());
        }
        let event = Event::PriceSet { course: id, minor: price.minor, currency };
        let writes = vec![
            courses::put_course(&Course { price, ..before.value }, Condition::Version(before.version))?,
            audit::entry(stoa, actor, &event)?,
        ];
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}
