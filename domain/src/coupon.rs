//! Coupons: what an instructor takes off the price, for whom, and until when.

use crate::id::{AccountId, CourseId};
use crate::money::{Currency, Price, PriceError, allocate};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// What a buyer types: 3 to 24 capital letters, digits and hyphens. Typed in any case, with spaces around.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CouponCode(String);

/// The text is the code of no coupon. Reads as a sentence after the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("has 3 to 24 letters, digits and hyphens, like SPRING-20")]
pub struct InvalidCouponCode;

impl CouponCode {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for CouponCode {
    type Err = InvalidCouponCode;
    fn from_str(text: &str) -> Result<Self, InvalidCouponCode> {
        let code = text.trim().to_ascii_uppercase();
        let allowed = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if (3..=24).contains(&code.len()) && allowed { Ok(Self(code)) } else { Err(InvalidCouponCode) }
    }
}

impl TryFrom<String> for CouponCode {
    type Error = InvalidCouponCode;
    fn try_from(text: String) -> Result<Self, InvalidCouponCode> {
        text.parse()
    }
}

impl From<CouponCode> for String {
    fn from(code: CouponCode) -> String {
        code.0
    }
}

impl std::fmt::Display for CouponCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Off {
    /// So many hundredths of the price, 1 to 100.
    Percent(u8),
    /// An amount, once for all courses that it is for.
    Amount(Price),
}

/// What a coupon may not take off. Reads as a sentence after the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOff {
    /// No percentage, or nothing.
    #[error("is from 1 to 100 percent")]
    Percent,
    /// Nothing.
    #[error("is more than nothing")]
    Nothing,
    /// No amount.
    #[error(transparent)]
    Amount(#[from] PriceError),
}

impl Off {
    /// A percentage as typed: `20`, `20 %`.
    pub fn percent(text: &str) -> Result<Off, InvalidOff> {
        let percent = text.trim().trim_end_matches('%').trim_end().parse();
        percent
            .ok()
            .filter(|percent| (1..=100).contains(percent))
            .map(Off::Percent)
            .ok_or(InvalidOff::Percent)
    }

    /// An amount as typed.
    pub fn amount(text: &str, currency: Currency) -> Result<Off, InvalidOff> {
        let price = Price::parse(text, currency)?;
        if price.is_free() { Err(InvalidOff::Nothing) } else { Ok(Off::Amount(price)) }
    }
}

impl std::fmt::Display for Off {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Off::Percent(percent) => write!(f, "{percent}% off"),
            Off::Amount(price) => write!(f, "{price} off"),
        }
    }
}

/// A coupon. It belongs to an instructor, and is for their courses alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// What buyers type. Unique among the owner's.
    pub code: CouponCode,
    /// Whose it is.
    pub owner: AccountId,
    /// What it takes off.
    pub off: Off,
    /// For which courses; empty for all of the owner's.
    pub courses: BTreeSet<CourseId>,
    /// How many orders may use it.
    pub limit: Option<u32>,
    /// Whether everybody may use it once only.
    pub once_each: bool,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when; not at that moment any more.
    pub until: Option<Timestamp>,
    /// Whether its owner lets it be used.
    pub active: bool,
}

/// What is to be bought, as far as a coupon looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The course.
    pub course: CourseId,
    /// Whose it is.
    pub owner: AccountId,
    /// Its list price.
    pub price: Price,
}

/// How often a coupon was used, or is kept for an order that may still be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// By everybody.
    pub in_all: u32,
    /// Whether by the buyer.
    pub by_buyer: bool,
}

/// Why a coupon takes nothing off: a sentence for the buyer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CouponRefusal {
    /// Its owner ended it.
    #[error("This coupon is not valid any more.")]
    Ended,
    /// It begins later.
    #[error("This coupon is valid from {}.", .0.date())]
    NotYet(Timestamp),
    /// It ran out at that moment: people are told its last day.
    #[error("This coupon ran out on {}.", .0.minus(Duration::from_millis(1)).date())]
    RanOut(Timestamp),
    /// It is for other courses.
    #[error("This coupon is for other courses.")]
    OtherCourses,
    /// It takes off an amount of another currency.
    #[error("This coupon takes off {0}, and these courses are paid in {1}.")]
    OtherCurrency(Price, Currency),
    /// It was used as often as it may be.
    #[error("This coupon has been used as often as it may be.")]
    UsedUp,
    /// The buyer used it.
    #[error("You have used this coupon, or another order of yours does.")]
    UsedByYou,
}

impl Coupon {
    /// What it takes off each of the items, in their order: never more than an item costs, and in sum exactly what
    /// the coupon says, rounded down to what can be charged. All items are in one currency.
    ///
    /// Where less would be left to pay than can be charged, nothing is: the buyer is not stopped by a few cents.
    pub fn judge(&self, items: &[Item], now: Timestamp, used: Used) -> Result<Vec<i64>, CouponRefusal> {
        self.check(now, used)?;
        let weights: Vec<i64> =
            items.iter().map(|item| if self.is_for(item) { item.price.minor.max(0) } else { 0 }).collect();
        let (sum, all) = (total(weights.iter()), total(items.iter().map(|item| &item.price.minor)));
        let Some(currency) = items.first().map(|item| item.price.currency).filter(|_| sum > 0) else {
            return Err(CouponRefusal::OtherCourses);
        };
        let step = currency.step();
        let off = match self.off {
            Off::Percent(percent) => i128::from(sum) * i128::from(percent) / 100,
            Off::Amount(price) if price.currency != currency => {
                return Err(CouponRefusal::OtherCurrency(price, currency));
            }
            Off::Amount(price) => i128::from(price.minor.min(sum)),
        };
        let off = i64::try_from(off).unwrap_or(sum) / step * step;
        let off = if all - off < currency.least() && sum == all { sum } else { off };
        Ok(allocate(off, &weights, step))
    }

    fn check(&self, now: Timestamp, used: Used) -> Result<(), CouponRefusal> {
        if !self.active {
            return Err(CouponRefusal::Ended);
        }
        if let Some(from) = self.from.filter(|from| now < *from) {
            return Err(CouponRefusal::NotYet(from));
        }
        if let Some(until) = self.until.filter(|until| now >= *until) {
            return Err(CouponRefusal::RanOut(until));
        }
        if self.once_each && used.by_buyer {
            return Err(CouponRefusal::UsedByYou);
        }
        if self.limit.is_some_and(|limit| used.in_all >= limit) {
            return Err(CouponRefusal::UsedUp);
        }
        Ok(())
    }

    fn is_for(&self, item: &Item) -> bool {
        item.owner == self.owner && (self.courses.is_empty() || self.courses.contains(&item.course))
    }
}

fn total<'a>(amounts: impl Iterator<Item = &'a i64>) -> i64 {
    amounts.fold(0, |sum, amount| sum.saturating_add(*amount))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_305_600);

    fn owner(n: u128) -> AccountId {
        AccountId::new(NOW, n)
    }

    fn items(prices: &[i64], currency: Currency) -> Vec<Item> {
        let item = |(n, minor): (usize, &i64)| Item {
            course: CourseId::new(NOW, n as u128),
            owner: owner(1),
            price: Price { minor: *minor, currency },
        };
        prices.iter().enumerate().map(item).collect()
    }

    fn coupon(off: Off) -> Coupon {
        Coupon {
            code: "SPRING-20".parse().unwrap(),
            owner: owner(1),
            off,
            courses: BTreeSet::new(),
            limit: None,
            once_each: false,
            from: None,
            until: None,
            active: true,
        }
    }

    fn judged(coupon: &Coupon, items: &[Item]) -> Result<Vec<i64>, CouponRefusal> {
        coupon.judge(items, NOW, Used::default())
    }

    #[test]
    fn a_code_is_typed_in_any_case() {
        let code: CouponCode = " spring-20 ".parse().unwrap();
        assert_eq!(code.as_str(), "SPRING-20");
        for text in ["", "ab", "has space", "ümlaut", "abcdefghijklmnopqrstuvwxyz"] {
            assert_eq!(text.parse::<CouponCode>(), Err(InvalidCouponCode), "{text}");
        }
    }

    #[test]
    fn what_it_takes_off_is_read_as_people_type_it() {
        assert_eq!(Off::percent(" 20 % "), Ok(Off::Percent(20)));
        for text in ["0", "101", "-5", "", "2.5"] {
            assert_eq!(Off::percent(text), Err(InvalidOff::Percent), "{text}");
        }
        let five = Off::Amount(Price { minor: 500, currency: Currency::Eur });
        assert_eq!(Off::amount("5", Currency::Eur), Ok(five));
        assert_eq!(Off::amount("0", Currency::Eur), Err(InvalidOff::Nothing));
    }

    #[test]
    fn a_percentage_is_taken_off_every_course_that_it_is_for() {
        assert_eq!(
            judged(&coupon(Off::Percent(20)), &items(&[1900, 4900], Currency::Usd)),
            Ok(vec![380, 980])
        );
    }

    #[test]
    fn an_amount_is_taken_off_once() {
        let five = coupon(Off::Amount(Price { minor: 500, currency: Currency::Usd }));
        assert_eq!(judged(&five, &items(&[1900, 5700], Currency::Usd)), Ok(vec![125, 375]));
        assert_eq!(judged(&five, &items(&[300], Currency::Usd)), Ok(vec![300]));
    }

    #[test]
    fn it_takes_nothing_off_the_courses_of_others() {
        let mut both = items(&[1900, 1900], Currency::Usd);
        both[1].owner = owner(2);
        assert_eq!(judged(&coupon(Off::Percent(50)), &both), Ok(vec![950, 0]));
        assert_eq!(judged(&coupon(Off::Percent(50)), &both[1..]), Err(CouponRefusal::OtherCourses));
    }

    #[test]
    fn nobody_is_stopped_by_a_rest_too_small_to_be_charged() {
        assert_eq!(judged(&coupon(Off::Percent(99)), &items(&[1900], Currency::Usd)), Ok(vec![1900]));
        assert_eq!(judged(&coupon(Off::Percent(99)), &items(&[9900], Currency::Usd)), Ok(vec![9801]));
    }

    #[test]
    fn what_is_left_can_be_charged_in_currencies_without_cents() {
        assert_eq!(judged(&coupon(Off::Percent(33)), &items(&[250_000], Currency::Isk)), Ok(vec![82_500]));
        assert_eq!(judged(&coupon(Off::Percent(33)), &items(&[12_340], Currency::Kwd)), Ok(vec![4_070]));
        assert_eq!(judged(&coupon(Off::Percent(33)), &items(&[1_000], Currency::Jpy)), Ok(vec![330]));
    }

    #[test]
    fn a_coupon_that_does_not_apply_says_why() {
        let day = crate::time::DAY;
        let plain = coupon(Off::Percent(20));
        let one = items(&[1900], Currency::Usd);
        let said = |coupon: Coupon, used| coupon.judge(&one, NOW, used).unwrap_err().to_string();
        let nobody = Used::default();
        let later = Coupon { from: Some(NOW.plus(day)), ..plain.clone() };
        assert_eq!(said(later, nobody), "This coupon is valid from 2026-11-23.");
        let over = Coupon { until: Some(NOW), ..plain.clone() };
        assert_eq!(said(over, nobody), "This coupon ran out on 2026-11-21.");
        let ended = Coupon { active: false, ..plain.clone() };
        assert_eq!(said(ended, nobody), "This coupon is not valid any more.");
        let other = Coupon { courses: [CourseId::new(NOW, 9)].into(), ..plain.clone() };
        assert_eq!(said(other, nobody), "This coupon is for other courses.");
        let used = Used { in_all: 3, by_buyer: true };
        let limited = Coupon { limit: Some(3), ..plain.clone() };
        assert_eq!(said(limited, used), "This coupon has been used as often as it may be.");
        let once = Coupon { once_each: true, ..plain };
        assert_eq!(said(once, used), "You have used this coupon, or another order of yours does.");
        let euros = coupon(Off::Amount(Price { minor: 500, currency: Currency::Eur }));
        assert_eq!(said(euros, nobody), "This coupon takes off €5, and these courses are paid in USD.");
    }

    proptest! {
        #[test]
        fn a_discount_loses_no_unit_and_leaves_what_can_be_charged(
            steps in prop::collection::vec(0i64..100_000, 1..8),
            currency in prop::sample::select(Currency::ALL),
            percent in 1u8..=100,
        ) {
            let prices: Vec<i64> = steps.iter().map(|steps| steps * currency.step()).collect();
            let items = items(&prices, currency);
            if let Ok(off) = judged(&coupon(Off::Percent(percent)), &items) {
                let total: i64 = prices.iter().sum();
                let left = total - off.iter().sum::<i64>();
                prop_assert!(off.iter().zip(&prices).all(|(off, price)| 0 <= *off && off <= price));
                prop_assert!(left == 0 || left >= currency.least());
                prop_assert_eq!(left % currency.step(), 0);
                let exact = total * i64::from(percent) / 100 / currency.step() * currency.step();
                prop_assert!(left == 0 || total - left == exact);
            }
        }
    }
}
