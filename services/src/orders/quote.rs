//! What courses cost together, with a coupon: asked before buying, and by it.

use super::MOST_COURSES;
use crate::records::coupons::{self, Kept};
use crate::records::{Stored, enrolments};
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::coupon::{CouponCode, Item};
use domain::id::AccountId;
use domain::money::{Currency, Price};
use domain::order::{Line, UsedCoupon};
use domain::permission::Permission;
use std::collections::BTreeSet;

/// What courses cost together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Each, at list price and what the coupon takes off it.
    pub lines: Vec<Line>,
    /// Of every amount.
    pub currency: Currency,
    /// The coupon that makes them cheaper.
    pub coupon: Option<UsedCoupon>,
    /// Why the coupon that was typed does not: a sentence.
    pub refusal: Option<String>,
}

impl Quote {
    /// What is to be paid.
    pub fn total(&self) -> Price {
        Price { minor: self.lines.iter().map(Line::to_pay).sum(), currency: self.currency }
    }
}

/// What published courses, named by their addresses, cost the actor with a coupon, which may be empty. A coupon that takes
/// nothing off says why, and the courses cost what they cost.
pub async fn quote(stoa: &Stoa, actor: Actor, courses: &[&str], coupon: &str) -> Result<Quote> {
    Ok(priced(stoa, actor, courses, coupon).await?.quote)
}

/// A quote, and the record of its coupon.
pub(super) struct Priced {
    pub(super) quote: Quote,
    pub(super) coupon: Option<Stored<Kept>>,
}

pub(super) async fn priced(stoa: &Stoa, actor: Actor, courses: &[&str], coupon: &str) -> Result<Priced> {
    let (lines, currency) = lines(stoa, actor, courses).await?;
    let buyer = actor.account().ok_or(Error::SignInNeeded)?;
    let mut quote = Quote { lines, currency, coupon: None, refusal: None };
    let code = coupon.trim();
    if code.is_empty() {
        return Ok(Priced { quote, coupon: None });
    }
    match found(stoa, buyer, &quote, code).await? {
        Ok((kept, off)) => {
            for (line, off) in quote.lines.iter_mut().zip(off) {
                line.discount = off;
            }
            let coupon = &kept.value.coupon;
            quote.coupon = Some(UsedCoupon { owner: coupon.owner, code: coupon.code.clone() });
            Ok(Priced { quote, coupon: Some(kept) })
        }
        Err(refusal) => {
            quote.refusal = Some(refusal);
            Ok(Priced { quote, coupon: None })
        }
    }
}

/// The courses at list price: published ones, all to be paid in one currency, that the actor does not have.
async fn lines(stoa: &Stoa, actor: Actor, courses: &[&str]) -> Result<(Vec<Line>, Currency)> {
    let mut lines: Vec<Line> = Vec::new();
    let mut currency = None;
    for slug in courses.iter().collect::<BTreeSet<_>>() {
        let course = access::course_by_slug(stoa, actor, slug, Permission::Buy).await?.course.value;
        let buyer = actor.account().ok_or(Error::SignInNeeded)?;
        let title = &course.title;
        if course.price.is_free() {
            return Err(Error::Refused(format!("“{title}” is free: there is nothing to buy.")));
        }
        if course.published.is_none() {
            return Err(Error::NotFound);
        }
        if enrolments::enrolment(&*stoa.table, buyer, course.id).await?.is_some() {
            return Err(Error::Refused(format!("You have “{title}” already.")));
        }
        if *currency.get_or_insert(course.price.currency) != course.price.currency {
            return Err(Error::Refused(format!("“{title}” is paid in another currency: buy it by itself.")));
        }
        lines.push(Line {
            course: course.id,
            owner: course.owner,
            title: course.title,
            list: course.price.minor,
            discount: 0,
        });
    }
    match currency {
        Some(_) if lines.len() > MOST_COURSES => {
            Err(Error::Refused(format!("At most {MOST_COURSES} courses can be bought at once.")))
        }
        Some(currency) => Ok((lines, currency)),
        None => Err(Error::Refused("There is nothing to buy.".to_owned())),
    }
}

/// The coupon of one of the courses' owners that has this code, and what it takes off each line; or why there is none.
async fn found(
    stoa: &Stoa,
    buyer: AccountId,
    quote: &Quote,
    code: &str,
) -> Result<std::result::Result<(Stored<Kept>, Vec<i64>), String>> {
    let mut refusal = "There is no such coupon for these courses.".to_owned();
    let Ok(code) = code.parse::<CouponCode>() else { return Ok(Err(refusal)) };
    let item = |line: &Line| Item {
        course: line.course,
        owner: line.owner,
        price: Price { minor: line.list, currency: quote.currency },
    };
    let items: Vec<Item> = quote.lines.iter().map(item).collect();
    for owner in items.iter().map(|item| item.owner).collect::<BTreeSet<_>>() {
        let Some(kept) = coupons::coupon(&*stoa.table, owner, &code).await? else { continue };
        let used = coupons::used(&*stoa.table, &kept.value, buyer).await?;
        match kept.value.coupon.judge(&items, stoa.clock.now(), used) {
            Ok(off) => return Ok(Ok((kept, off))),
            Err(why) => refusal = why.to_string(),
        }
    }
    Ok(Err(refusal))
}
