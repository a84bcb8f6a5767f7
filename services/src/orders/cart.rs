//! What somebody means to buy.

use super::MOST_COURSES;
use crate::records::cart::{self as records, Cart};
use crate::records::{courses, enrolments};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::coupon::CouponCode;
use domain::course::Course;
use domain::permission::Permission;

/// Puts a published course into the actor's cart. One that is there already stays.
pub async fn put_in(stoa: &Stoa, actor: Actor, slug: &str) -> Result<()> {
    let course = access::course_by_slug(stoa, actor, slug, Permission::Buy).await?.course.value;
    if course.price.is_free() {
        return Err(Error::Refused(format!("“{}” is free: there is nothing to buy.", course.title)));
    }
    change(stoa, actor, |cart| {
        if !cart.courses.contains(&course.id) {
            if cart.courses.len() >= MOST_COURSES {
                return Err(Error::Refused(format!("At most {MOST_COURSES} courses can be bought at once.")));
            }
            cart.courses.push(course.id);
        }
        Ok(())
    })
    .await
}

/// Takes a course out of the actor's cart.
pub async fn take_out(stoa: &Stoa, actor: Actor, slug: &str) -> Result<()> {
    let course =
        access::course_by_slug(stoa, actor, slug, Permission::BrowseCatalogue).await?.course.value.id;
    change(stoa, actor, |cart| {
        cart.courses.retain(|other| *other != course);
        Ok(())
    })
    .await
}

/// Says which coupon is to make the cart cheaper; none where it is empty. Whether it does, its quote says.
pub async fn use_coupon(stoa: &Stoa, actor: Actor, code: &str) -> Result<()> {
    let code = match code.trim() {
        "" => None,
        code => Some(code.parse().map_err(|e| Error::invalid("Coupon", e))?),
    };
    change(stoa, actor, |cart| {
        cart.coupon = code.clone();
        Ok(())
    })
    .await
}

/// What can still be bought of what is in the actor's cart; and the coupon.
pub(crate) async fn in_cart(stoa: &Stoa, actor: Actor) -> Result<(Vec<Course>, Option<CouponCode>)> {
    access::check(actor, Permission::Buy)?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let Some(cart) = records::cart(&*stoa.table, account).await?.map(|stored| stored.value) else {
        return Ok((Vec::new(), None));
    };
    let mut found = Vec::new();
    for course in courses::courses(&*stoa.table, &cart.courses).await? {
        let buyable = |course: &Course| course.published.is_some() && !course.price.is_free();
        let theirs = enrolments::enrolment(&*stoa.table, account, course.id).await?.is_some();
        if buyable(&course) && !theirs && !course.is_taught_by(account) {
            found.push(course);
        }
    }
    Ok((found, cart.coupon))
}

/// The same by address.
pub(super) async fn contents(stoa: &Stoa, actor: Actor) -> Result<(Vec<String>, String)> {
    let (courses, coupon) = in_cart(stoa, actor).await?;
    let slugs = courses.iter().map(|course| course.slug.to_string()).collect();
    Ok((slugs, coupon.map(String::from).unwrap_or_default()))
}

pub(super) async fn empty(stoa: &Stoa, actor: Actor) -> Result<()> {
    change(stoa, actor, |cart| {
        *cart = Cart::default();
        Ok(())
    })
    .await
}

async fn change(stoa: &Stoa, actor: Actor, change: impl Fn(&mut Cart) -> Result<()>) -> Result<()> {
    access::check(actor, Permission::Buy)?;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    until_written(|| async {
        let stored = records::cart(&*stoa.table, account).await?;
        let version = stored.as_ref().map(|stored| stored.version);
        let before = stored.map(|stored| stored.value).unwrap_or_default();
        let mut after = before.clone();
        change(&mut after)?;
        if after != before {
            stoa.table.write(records::put(account, &after, version)?).await?;
        }
        Ok(())
    })
    .await
}
