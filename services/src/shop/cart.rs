//! What somebody is about to buy.

use crate::orders::{self, Quote};
use crate::{Error, Result, Stoa};
use domain::account::Actor;
use domain::coupon::CouponCode;
use domain::course::Course;
use domain::id::CourseId;
use domain::money::Price;
use domain::order::Line;
use domain::shop::{CartCoupon, CartLine, CartPage};
use domain::view::CourseCard;
use std::collections::HashMap;

/// What the actor is about to buy.
pub async fn cart(stoa: &Stoa, actor: Actor) -> Result<CartPage> {
    let (courses, coupon) = orders::in_cart(stoa, actor).await?;
    let open = stoa.payments.is_some();
    let slugs: Vec<&str> = courses.iter().map(|course| course.slug.as_str()).collect();
    if slugs.is_empty() {
        return Ok(CartPage { open, ..together(&courses, None) });
    }
    let code = coupon.as_ref().map_or("", CouponCode::as_str);
    match orders::quote(stoa, actor, &slugs, code).await {
        Ok(quote) => Ok(CartPage { open, ..priced(&courses, coupon, quote) }),
        // What cannot be bought together can still be taken out.
        Err(Error::Refused(why)) => Ok(CartPage { open, ..together(&courses, Some(why)) }),
        Err(error) => Err(error),
    }
}

fn priced(courses: &[Course], coupon: Option<CouponCode>, quote: Quote) -> CartPage {
    let total = quote.total();
    let Quote { lines, currency, refusal, .. } = quote;
    let price = |minor| Price { minor, currency };
    let off: HashMap<CourseId, i64> = lines.iter().map(|line| (line.course, line.discount)).collect();
    let line = |course: &Course| CartLine {
        card: CourseCard::from(course),
        off: price(off.get(&course.id).copied().unwrap_or_default()),
    };
    let taken = price(lines.iter().map(|line| line.discount).sum());
    CartPage {
        courses: courses.iter().map(line).collect(),
        subtotal: price(lines.iter().map(|line: &Line| line.list).sum()),
        coupon: coupon.map(|code| CartCoupon { code, result: refusal.map_or(Ok(taken), Err) }),
        total,
        problem: None,
        open: false,
    }
}

/// Courses without a price for all of them.
fn together(courses: &[Course], problem: Option<String>) -> CartPage {
    let line = |course: &Course| CartLine {
        card: CourseCard::from(course),
        off: Price { minor: 0, currency: course.price.currency },
    };
    let nothing = Price::FREE;
    CartPage {
        courses: courses.iter().map(line).collect(),
        subtotal: nothing,
        coupon: None,
        total: nothing,
        problem,
        open: false,
    }
}
