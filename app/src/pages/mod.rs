//! The pages, one per address of [`routes`](crate::routes).

mod account;
mod audit_log;
mod catalogue;
mod confirm;
mod course;
mod course_editor;
mod home;
mod instructors;
mod invitations;
mod learners;
mod learning;
mod lesson;
mod lesson_editor;
mod not_found;
mod payments;
mod people;
mod pipeline;
mod reset;
mod second_step;
mod selling;
mod shop;
mod sign_in;
mod sign_up;
mod teach;

pub(crate) use account::{ChangeAddress, Invitation, MailChoice, OwnData, Profile, Security, Unsubscribe};
pub(crate) use audit_log::AuditLog;
pub(crate) use catalogue::Catalogue;
pub(crate) use confirm::Confirm;
pub(crate) use course::Course;
pub(crate) use course_editor::CourseEditor;
pub(crate) use home::Home;
pub(crate) use instructors::Instructors;
pub(crate) use invitations::Invitations;
pub(crate) use learners::Learners;
pub(crate) use learning::Learning;
pub(crate) use lesson::Lesson;
pub(crate) use lesson_editor::LessonEditor;
pub(crate) use not_found::NotFound;
pub(crate) use payments::{AllOrders, Books, OrderFile, PaymentNews};
pub(crate) use people::People;
pub(crate) use pipeline::Pipeline;
pub(crate) use reset::Reset;
pub(crate) use second_step::SecondStep;
pub(crate) use selling::{Coupons, CoursePrice, Sales};
pub(crate) use shop::{Cart, Order, Orders, StateBadge, Sums};
pub(crate) use sign_in::SignIn;
pub(crate) use sign_up::SignUp;
pub(crate) use teach::Teach;

use crate::api::ApiError;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::str::FromStr;

/// Part of the page's address, as the type it stands for. An address that holds none is of no page.
fn param<T>(name: &'static str) -> impl Fn() -> Result<T, ApiError> + Copy + Send + Sync
where
    T: FromStr,
{
    let params = use_params_map();
    move || {
        params
            .with(|params| params.get_str(name).and_then(|text| text.parse().ok()))
            .ok_or(ApiError::NotFound)
    }
}
