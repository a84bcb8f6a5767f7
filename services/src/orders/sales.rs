//! What was sold, for those who made it.

use super::day;
use crate::records::sales::{self as records, Of};
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::coupon::CouponCode;
use domain::id::CourseId;
use domain::money::{Currency, Price};
use domain::order::UsedCoupon;
use domain::permission::Permission;

/// The most days that are asked for at once.
const MOST_DAYS: u64 = 400;

/// The sales of a day in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySales {
    /// The day in UTC, as `2026-11-22`.
    pub day: String,
    /// How many courses were sold.
    pub count: i64,
    /// For how much.
    pub sold: Price,
    /// How much was given back, of that or of earlier sales.
    pub refunded: Price,
    /// How much buyers' banks took.
    pub disputed: Price,
}

/// What was sold of a course, from one day to another, both included, as `2026-11-22`. Days without sales are left out.
pub async fn sales_of_course(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    from: &str,
    until: &str,
) -> Result<Vec<DaySales>> {
    let course = access::course(stoa, actor, course, Permission::SeeSales).await?.course.value.id;
    between(stoa, &Of::Course(course), from, until).await
}

/// What was sold of all courses that the actor owns.
pub async fn sales_of_owner(stoa: &Stoa, actor: Actor, from: &str, until: &str) -> Result<Vec<DaySales>> {
    access::check(actor, Permission::CreateCourse)?;
    let owner = actor.account().ok_or(Error::SignInNeeded)?;
    between(stoa, &Of::Owner(owner), from, until).await
}

/// What was sold with a coupon of the actor.
pub async fn sales_by_coupon(
    stoa: &Stoa,
    actor: Actor,
    code: &str,
    from: &str,
    until: &str,
) -> Result<Vec<DaySales>> {
    access::check(actor, Permission::ManageCoupons)?;
    let owner = actor.account().ok_or(Error::SignInNeeded)?;
    let code: CouponCode = code.parse().map_err(|_| Error::NotFound)?;
    between(stoa, &Of::Coupon(UsedCoupon { owner, code }), from, until).await
}

async fn between(stoa: &Stoa, of: &Of, from: &str, until: &str) -> Result<Vec<DaySales>> {
    let (first, last) = (day("First day", from)?, day("Last day", until)?);
    if last.since(first).as_secs() / 86_400 > MOST_DAYS {
        return Err(Error::invalid("Last day", format!("is more than {MOST_DAYS} days after the first")));
    }
    let sums = records::between(&*stoa.table, of, from, until).await?;
    let day = |((day, currency), sums): ((String, Currency), records::Sums)| {
        let price = |minor| Price { minor, currency };
        DaySales {
            day,
            count: sums.count,
            sold: price(sums.sold),
            refunded: price(sums.refunded),
            disputed: price(sums.disputed),
        }
    };
    Ok(sums.into_iter().map(day).collect())
}
