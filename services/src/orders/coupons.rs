//! Coupons, by their owners. What one takes off never changes: a new one is made for that.

use super::day;
use crate::ports::Condition;
use crate::records::coupons::{self as records, Kept};
use crate::records::courses;
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, audit};
use domain::account::Actor;
use domain::audit::Event;
use domain::coupon::{Coupon, CouponCode, Off};
use domain::id::{AccountId, CourseId};
use domain::money::Currency;
use domain::permission::Permission;
use domain::time::DAY;
use std::collections::BTreeSet;

/// The most coupons of somebody.
const MOST: usize = 500;

/// A coupon, as typed. What may be empty says nothing then.
#[derive(Debug, Clone, Copy, Default)]
pub struct CouponInput<'a> {
    /// What buyers are to type.
    pub code: &'a str,
    /// What it takes off: a percentage, or with a currency an amount.
    pub off: &'a str,
    /// The code of the amount's currency; empty for a percentage.
    pub currency: &'a str,
    /// For which courses; none for all of the actor's.
    pub courses: &'a [CourseId],
    /// How many orders may use it; may be empty.
    pub limit: &'a str,
    /// Whether everybody may use it once only.
    pub once_each: bool,
    /// The first day, as `2026-11-22`, in UTC; may be empty.
    pub from: &'a str,
    /// The last day; may be empty.
    pub until: &'a str,
}

/// The actor's coupons, by code, with how many orders have one of their places where these are limited.
pub async fn coupons(stoa: &Stoa, actor: Actor) -> Result<Vec<(Coupon, u32)>> {
    access::check(actor, Permission::ManageCoupons)?;
    let owner = actor.account().ok_or(Error::SignInNeeded)?;
    let kept = records::of_owner(&*stoa.table, owner, MOST).await?;
    Ok(kept.into_iter().map(|kept| (kept.coupon, kept.taken)).collect())
}

/// Makes a coupon for courses of the actor.
pub async fn add_coupon(stoa: &Stoa, actor: Actor, input: CouponInput<'_>) -> Result<CouponCode> {
    access::check(actor, Permission::ManageCoupons)?;
    let owner = actor.account().ok_or(Error::SignInNeeded)?;
    let coupon = parse(owner, input)?;
    check_courses(stoa, owner, &coupon.courses).await?;
    if records::of_owner(&*stoa.table, owner, MOST).await?.len() >= MOST {
        return Err(Error::Refused(format!("You have {MOST} coupons: no more can be made.")));
    }
    let code = coupon.code.clone();
    let event = Event::CouponAdded { account: owner, coupon: code.clone() };
    let writes = vec![
        records::put(&Kept { coupon, taken: 0 }, Condition::Absent)?,
        audit::entry(stoa, actor, &event)?,
    ];
    match stoa.table.transact(writes).await.map_err(Error::from) {
        Err(Error::Conflict) => Err(Error::invalid("Code", "is that of another coupon of yours")),
        other => other.map(|()| code),
    }
}

/// Lets a coupon of the actor be used, or not any more. Orders that have it keep it.
pub async fn let_be_used(stoa: &Stoa, actor: Actor, code: &str, active: bool) -> Result<()> {
    access::check(actor, Permission::ManageCoupons)?;
    let owner = actor.account().ok_or(Error::SignInNeeded)?;
    let code: CouponCode = code.parse().map_err(|_| Error::NotFound)?;
    until_written(|| async {
        let stored = records::coupon(&*stoa.table, owner, &code).await?.ok_or(Error::NotFound)?;
        let mut kept = stored.value;
        if kept.coupon.active == active {
            return Ok(());
        }
        kept.coupon.active = active;
        let (account, coupon) = (owner, code.clone());
        let event = if active {
            Event::CouponResumed { account, coupon }
        } else {
            Event::CouponEnded { account, coupon }
        };
        let writes = vec![
            records::put(&kept, Condition::Version(stored.version))?,
            audit::entry(stoa, actor, &event)?,
        ];
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}

fn parse(owner: AccountId, input: CouponInput<'_>) -> Result<Coupon> {
    let off = match input.currency.trim() {
        "" => Off::percent(input.off).map_err(|e| Error::invalid("Discount", e))?,
        code => {
            let currency: Currency = code.parse().map_err(|e| Error::invalid("Currency", e))?;
            Off::amount(input.off, currency).map_err(|e| Error::invalid("Discount", e))?
        }
    };
    let limit = match input.limit.trim() {
        "" => None,
        text => match text.parse() {
            Ok(limit) if limit > 0 => Some(limit),
            _ => return Err(Error::invalid("Limit", "is a number of orders, like 100, or nothing")),
        },
    };
    let typed = |field, text: &str| match text.trim() {
        "" => Ok(None),
        text => day(field, text).map(Some),
    };
    let (from, until) = (typed("First day", input.from)?, typed("Last day", input.until)?);
    let until = until.map(|day| day.plus(DAY));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err(Error::invalid("Last day", "is before the first"));
    }
    Ok(Coupon {
        code: input.code.parse().map_err(|e| Error::invalid("Code", e))?,
        owner,
        off,
        courses: input.courses.iter().copied().collect(),
        limit,
        once_each: input.once_each,
        from,
        until,
        active: true,
    })
}

/// Nobody makes the courses of others cheaper.
async fn check_courses(stoa: &Stoa, owner: AccountId, ids: &BTreeSet<CourseId>) -> Result<()> {
    let ids: Vec<CourseId> = ids.iter().copied().collect();
    let found = courses::courses(&*stoa.table, &ids).await?;
    if found.len() == ids.len() && found.iter().all(|course| course.owner == owner) {
        return Ok(());
    }
    Err(Error::invalid("Courses", "are to be your own"))
}
