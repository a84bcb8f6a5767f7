//! What buyers, instructors and operators can rely on where money is concerned.

mod buying;
mod chaos;
mod coupons;
mod leaving;
mod outage;
mod pages;
mod refunds;
mod world;
