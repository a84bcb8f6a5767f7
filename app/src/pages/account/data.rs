//! One's own data: all of it, and its end.

use super::{Area, Proof, waiting};
use crate::api::account::Prove;
use crate::api::own::{AskDeletion, KeepAccount, own_data};
use crate::components::{Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use crate::session::use_session;
use domain::view::OwnDataPage;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// One's own data: all of it, to take along; and its end.
#[component]
pub(crate) fn OwnData() -> impl IntoView {
    let prove = Outcome::of(Prove::PATH);
    let deletion = use_session().deletion;
    // Coming back later must not find the problem of today.
    on_cleanup(move || deletion.clear());
    let page = preload(move || (prove.answers(), deletion.answers()), |_| own_data());
    view! {
        <Area title="Data">
            {load(page, waiting, move |page| view! { <Parts page prove deletion /> })}
        </Area>
    }
}

#[component]
fn Parts(page: OwnDataPage, prove: Outcome, deletion: Outcome) -> impl IntoView {
    let proved = page.proved;
    view! {
        {(!proved).then(|| view! { <Proof prove to="take your data along, or to have your account deleted" /> })}
        <div class="flex flex-col gap-12">
            <section aria-labelledby="export">
                <h2 id="export" class="mb-4 text-xl font-semibold">"Take it along"</h2>
                <p class="mb-4">
                    "One ZIP file with all that is kept of you: your profile, courses that you take and how far you are, what was \
                    done with your account, and the courses that you teach with every file that you uploaded. It is made when you \
                    ask for it, and not kept here."
                </p>
                // No `download`: that would save a page that asks for the password under the name of a ZIP file.
                {proved.then(|| view! {
                    <a href=routes::DATA_FILE rel="external" class="btn btn-primary min-h-11">"Download my data"</a>
                })}
            </section>
            <Deletion page outcome=deletion />
        </div>
    }
}

#[component]
fn Deletion(page: OwnDataPage, outcome: Outcome) -> impl IntoView {
    let OwnDataPage { proved, deletion, in_the_way } = page;
    let part = match deletion {
        Some(on) => EitherOf3::A(view! { <Planned on=on.date() outcome /> }),
        None if !in_the_way.is_empty() => EitherOf3::B(view! { <Obstacles in_the_way /> }),
        None => EitherOf3::C(view! { <Ask proved outcome /> }),
    };
    view! {
        <section aria-labelledby="deletion">
            <h2 id="deletion" class="mb-4 text-xl font-semibold">"Delete the account"</h2>
            <Problem of=outcome />
            {part}
        </section>
    }
}

/// The way back.
#[component]
fn Planned(on: String, outcome: Outcome) -> impl IntoView {
    view! {
        <p class="mb-4">
            "Your account, and what it holds, will be deleted on " <time datetime=on.clone()>{on.clone()}</time>
            ". Until then all is as before, and you can keep it. Afterwards nobody can bring it back."
        </p>
        <PostForm to=KeepAccount::PATH outcome>
            <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Keep the account"</button>
        </PostForm>
    }
}

/// Why it cannot be deleted yet.
#[component]
fn Obstacles(in_the_way: Vec<String>) -> impl IntoView {
    let obstacles: Vec<_> = in_the_way.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect();
    view! {
        <p class="mb-4">"This cannot be done yet:"</p>
        <ul class="flex list-disc flex-col gap-2 ps-6">{obstacles}</ul>
    }
}

#[component]
fn Ask(proved: bool, outcome: Outcome) -> impl IntoView {
    let form = proved.then(|| {
        view! {
            <PostForm to=AskDeletion::PATH outcome>
                <div class="flex flex-col gap-4">
                    <label class="flex min-h-11 items-center gap-3">
                        <input type="checkbox" required class="size-5 shrink-0 accent-primary" />
                        "I have taken along what I want to keep"
                    </label>
                    <button
                        type="submit"
                        class="btn btn-error btn-soft min-h-11 self-start"
                        disabled=move || outcome.pending()
                    >
                        "Delete my account"
                    </button>
                </div>
            </PostForm>
        }
    });
    view! {
        <ul class="mb-4 flex list-disc flex-col gap-2 ps-6">
            <li>"You have 14 days to think better of it: sign in and keep the account. We write you how. Afterwards nobody can bring it back."</li>
            <li>"You lose the courses that you take, and how far you are in them."</li>
            <li>"Courses of your own are removed with their videos and files. Those of others that you teach with them stay theirs."</li>
            <li>"What you said of courses is removed. Your stars stay, as a former learner's."</li>
            <li>
                "What stays is what has to: the log of what was done, by identifiers and network addresses, for at most two years; and, \
                as tax law wants it, your orders with the address that you had then, and what is in our books for them."
            </li>
        </ul>
        {form}
    }
}
