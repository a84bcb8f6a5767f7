//! Who teaches a course together with its owner.

use super::param;
use crate::api::instructors::{
    HandOver, InviteInstructor, RemoveInstructor, UninviteInstructor, instructors,
};
use crate::components::{Outcome, PostForm, Problem, RemoveButton, load};
use crate::data::preload;
use crate::routes;
use domain::id::{AccountId, CourseId};
use domain::text::{DisplayName, Email};
use domain::view::InstructorsPage;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Who teaches a course, and who was asked to.
#[component]
pub(crate) fn Instructors() -> impl IntoView {
    let course = param::<CourseId>("course");
    let outcome = Outcome::of("/api/instructors/");
    let page = preload(
        move || (course(), outcome.answers()),
        |(course, _)| async move { instructors(course?).await },
    );
    load(page, skeleton, move |page| view! { <List page outcome /> })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-4xl" role="status" aria-label="Loading the instructors">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-8 h-48"></div>
        </div>
    }
    .into_any()
}

#[component]
fn List(page: InstructorsPage, outcome: Outcome) -> impl IntoView {
    let InstructorsPage { course, course_title, owner, co_instructors, invited, manages, viewer } = page;
    let joined: Vec<_> = co_instructors
        .into_iter()
        .map(|(account, name)| {
            let removable = manages || account == viewer;
            view! { <Joined course account name removable given=manages outcome /> }
        })
        .collect();
    let waiting: Vec<_> =
        invited.into_iter().map(|email| view! { <Invited course email outcome /> }).collect();
    view! {
        <Title text=format!("Instructors of {course_title}") />
        <div class="page max-w-4xl">
            <a href=routes::edit_course(course) class="text-link inline-flex min-h-11 items-center text-sm wrap-anywhere" dir="auto">
                {course_title.to_string()}
            </a>
            <h1 class="mt-2 mb-8 text-3xl font-semibold">"Instructors"</h1>
            <div class="mb-4"><Problem of=outcome /></div>
            <ul class="panel divide-y divide-base-300">
                <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
                    <p class="min-w-0 flex-1 basis-40 font-medium"><bdi>{owner.to_string()}</bdi></p>
                    <p class="hint">"Owns the course"</p>
                </li>
                {joined}
                {waiting}
            </ul>
            <p class="hint mt-4">
                "Whoever teaches with the owner may change the course, publish it and see its learners. The owner alone says who that is."
            </p>
            {manages.then(|| view! { <Invite course outcome /> })}
        </div>
    }
}

#[component]
fn Joined(
    course: CourseId,
    account: AccountId,
    name: DisplayName,
    removable: bool,
    /// Whether the viewer may make them the owner.
    given: bool,
    outcome: Outcome,
) -> impl IntoView {
    let name = name.to_string();
    let give = given.then(|| {
        let question = format!("Make {name} the owner of this course? You go on teaching it with them.");
        let ask = move |event: leptos::ev::MouseEvent| {
            if !window().confirm_with_message(&question).unwrap_or(true) {
                event.prevent_default();
            }
        };
        let label = format!("Hand the course over to {name}");
        view! {
            <PostForm to=HandOver::PATH outcome>
                <input type="hidden" name="course" value=course.to_string() />
                <input type="hidden" name="account" value=account.to_string() />
                <button type="submit" class="btn btn-ghost min-h-11" aria-label=label on:click=ask>"Hand over"</button>
            </PostForm>
        }
    });
    let question = format!("Remove {name} from the instructors of this course?");
    let remove = removable.then(|| {
        let button = view! { <RemoveButton name=name.clone() question /> };
        view! {
            <PostForm to=RemoveInstructor::PATH outcome>
                <input type="hidden" name="course" value=course.to_string() />
                <input type="hidden" name="account" value=account.to_string() />
                {button}
            </PostForm>
        }
    });
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 ps-5 pe-3">
            <p class="min-w-0 flex-1 basis-40 font-medium"><bdi>{name.clone()}</bdi></p>
            {give}
            {remove}
        </li>
    }
}

#[component]
fn Invited(course: CourseId, email: Email, outcome: Outcome) -> impl IntoView {
    let email = email.to_string();
    let question = format!("Take back the invitation of {email}?");
    let button = view! { <RemoveButton name=email.clone() question /> };
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 ps-5 pe-3">
            <p class="min-w-0 flex-1 basis-40 font-medium"><bdi>{email.clone()}</bdi></p>
            <p class="hint">"Invited"</p>
            <PostForm to=UninviteInstructor::PATH outcome>
                <input type="hidden" name="course" value=course.to_string() />
                <input type="hidden" name="email" value=email.clone() />
                {button}
            </PostForm>
        </li>
    }
}

#[component]
fn Invite(course: CourseId, outcome: Outcome) -> impl IntoView {
    view! {
        <section class="mt-12 max-w-xl" aria-labelledby="invite">
            <h2 id="invite" class="mb-4 text-xl font-semibold">"Invite somebody"</h2>
            <PostForm to=InviteInstructor::PATH outcome>
                <input type="hidden" name="course" value=course.to_string() />
                <div class="flex flex-col gap-4">
                    <div class="field">
                        <label for="email">"E-mail"</label>
                        <input
                            id="email"
                            name="email"
                            type="email"
                            required
                            maxlength="254"
                            autocomplete="off"
                            aria-describedby="email-hint"
                            class="input min-h-11 w-full"
                        />
                        <p id="email-hint" class="hint">
                            "They get a mail, and answer on their page “Teach”. For this they need an account as an instructor."
                        </p>
                    </div>
                    <div>
                        <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Invite"</button>
                    </div>
                </div>
            </PostForm>
        </section>
    }
}
