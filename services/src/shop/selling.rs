//! Prices, coupons and sales, for instructors.

use crate::orders::{self, DaySales};
use crate::records::courses;
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::coupon::Coupon;
use domain::course::Course;
use domain::id::CourseId;
use domain::money::Currency;
use domain::permission::Permission;
use domain::shop::{CouponRow, CouponsPage, PricePage, SalesIn, SalesOf, SalesPage};
use domain::text::Title;
use domain::time::{DAY, Timestamp, days};
use futures::future::try_join;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::HashMap;
use std::time::Duration;

/// The most courses of somebody that are looked at.
const MOST_COURSES: usize = 1000;
/// How many of their sums are asked for at once.
const AT_ONCE: usize = 8;
/// How many days before today are shown where nobody says which.
const USUAL: Duration = Duration::from_secs(29 * 86_400);

/// What a course costs.
pub async fn price(stoa: &Stoa, actor: Actor, course: CourseId) -> Result<PricePage> {
    let course = access::course(stoa, actor, course, Permission::SetPrices).await?.course.value;
    Ok(PricePage { course: course.id, title: course.title, price: course.price })
}

/// The actor's coupons.
pub async fn coupons(stoa: &Stoa, actor: Actor) -> Result<CouponsPage> {
    let found = orders::coupons(stoa, actor).await?;
    let own = owned(stoa, actor).await?;
    let titles: HashMap<CourseId, &Title> = own.iter().map(|course| (course.id, &course.title)).collect();
    let rows = found.into_iter().map(|(coupon, taken)| CouponRow {
        courses: coupon
            .courses
            .iter()
            .filter_map(|id| titles.get(id).map(|title| (*title).clone()))
            .collect(),
        code: coupon.code,
        off: coupon.off,
        used: coupon.limit.map(|_| taken),
        limit: coupon.limit,
        once_each: coupon.once_each,
        from: coupon.from,
        until: coupon.until,
        active: coupon.active,
    });
    let coupons = rows.collect();
    Ok(CouponsPage { coupons, courses: own.into_iter().map(|course| (course.id, course.title)).collect() })
}

/// What the actor sold from one day to another, both included, as `2026-11-27`; without them in the last thirty days.
pub async fn sales(stoa: &Stoa, actor: Actor, from: &str, until: &str) -> Result<SalesPage> {
    let (from, until) = span(stoa.clock.now(), from, until);
    let all = orders::sales_of_owner(stoa, actor, &from, &until).await?;
    // Whoever sold nothing is asked no further.
    let (courses, coupons) = match all.is_empty() {
        true => (Vec::new(), Vec::new()),
        false => parts(stoa, actor, &from, &until).await?,
    };
    let mut currencies: Vec<Currency> = all.iter().map(|day| day.sold.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let (first, last) = (orders::day("First day", &from)?, orders::day("Last day", &until)?);
    let days: Vec<String> = days(first, last.plus(DAY)).map(Timestamp::date).collect();
    let part = |currency| in_currency(currency, &days, &all, &courses, &coupons);
    Ok(SalesPage { currencies: currencies.into_iter().map(part).collect(), from, until })
}

/// The same as a file for spreadsheets: a line for each day, course or coupon (RFC 4180).
pub async fn sales_file(stoa: &Stoa, actor: Actor, from: &str, until: &str) -> Result<String> {
    let page = sales(stoa, actor, from, until).await?;
    let mut file = "by,name,currency,count,amount\r\n".to_owned();
    for part in &page.currencies {
        let rows = [("day", &part.days), ("course", &part.courses), ("coupon", &part.coupons)];
        for (by, rows) in rows {
            for SalesOf { name, amount, count } in rows {
                let amount = domain::money::Price { minor: *amount, currency: part.currency }.amount();
                let name = crate::audit::quoted(name);
                file.push_str(&format!("{by},{name},{},{count},{amount}\r\n", part.currency));
            }
        }
    }
    Ok(file)
}

/// What was sold of each course, and with each coupon.
async fn parts(stoa: &Stoa, actor: Actor, from: &str, until: &str) -> Result<(Vec<Part>, Vec<Part>)> {
    let of_course = async |course: Course| {
        let sold = orders::sales_of_course(stoa, actor, course.id, from, until).await?;
        Ok::<Part, Error>((course.title.to_string(), sold))
    };
    let by_coupon = async |coupon: Coupon| {
        let sold = orders::sales_by_coupon(stoa, actor, coupon.code.as_str(), from, until).await?;
        Ok::<Part, Error>((coupon.code.to_string(), sold))
    };
    let courses = stream::iter(owned(stoa, actor).await?).map(of_course).buffered(AT_ONCE);
    let coupons = orders::coupons(stoa, actor).await?.into_iter().map(|(coupon, _)| coupon);
    let coupons = stream::iter(coupons).map(by_coupon).buffered(AT_ONCE);
    try_join(courses.try_collect(), coupons.try_collect()).await
}

async fn owned(stoa: &Stoa, actor: Actor) -> Result<Vec<Course>> {
    let owner = actor.account().ok_or(Error::SignInNeeded)?;
    courses::owned(&*stoa.table, owner, MOST_COURSES).await
}

/// What was typed, or the last thirty days.
fn span(now: Timestamp, from: &str, until: &str) -> (String, String) {
    let or = |typed: &str, usual: Timestamp| match typed.trim() {
        "" => usual.date(),
        typed => typed.to_owned(),
    };
    let until = or(until, now);
    let last = Timestamp::from_date(&until).unwrap_or(now);
    (or(from, last.minus(USUAL)), until)
}

/// What was sold of something, by its name. Two things may have the same.
type Part = (String, Vec<DaySales>);

/// What is left of what came in.
fn left(day: &DaySales) -> i64 {
    day.sold.minor - day.refunded.minor - day.disputed.minor
}

fn in_currency(
    currency: Currency,
    days: &[String],
    all: &[DaySales],
    courses: &[Part],
    coupons: &[Part],
) -> SalesIn {
    let all: Vec<&DaySales> = all.iter().filter(|day| day.sold.currency == currency).collect();
    let on = |name: &String| {
        let day = all.iter().find(|day| day.day == *name);
        SalesOf {
            name: name.clone(),
            amount: day.map_or(0, |day| left(day)),
            count: day.map_or(0, |day| day.count),
        }
    };
    let largest_first = |parts: &[Part]| {
        let of = |(name, sold): &Part| {
            let sold: Vec<&DaySales> = sold.iter().filter(|day| day.sold.currency == currency).collect();
            let (amount, count) =
                (sold.iter().map(|day| left(day)).sum(), sold.iter().map(|day| day.count).sum());
            (!sold.is_empty()).then(|| SalesOf { name: name.clone(), amount, count })
        };
        let mut rows: Vec<SalesOf> = parts.iter().filter_map(of).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.amount));
        rows
    };
    SalesIn {
        currency,
        sold: all.iter().map(|day| day.sold.minor).sum(),
        refunded: all.iter().map(|day| day.refunded.minor + day.disputed.minor).sum(),
        count: all.iter().map(|day| day.count).sum(),
        days: days.iter().map(on).collect(),
        courses: largest_first(courses),
        coupons: largest_first(coupons),
    }
}
