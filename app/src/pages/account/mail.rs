//! Which mails one gets.

use super::{Area, waiting};
use crate::api::own::{ChooseMail, Unsubscribe as UnsubscribeFunction, mail_choice};
use crate::components::{Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::mail::Topic;
use domain::view::MailPage;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Which mails one gets.
#[component]
pub(crate) fn MailChoice() -> impl IntoView {
    let outcome = Outcome::of(ChooseMail::PATH);
    let page = preload(|| (), |()| mail_choice());
    view! {
        <Area title="Mail">
            {load(page, waiting, move |choice| view! { <ChoiceForm choice outcome /> })}
        </Area>
    }
}

#[component]
fn ChoiceForm(choice: MailPage, outcome: Outcome) -> impl IntoView {
    let boxes = Topic::ALL.map(|topic| {
        view! {
            <label class="flex min-h-11 items-center gap-3">
                <input
                    type="checkbox"
                    name=topic.name()
                    value="true"
                    checked=!choice.unwanted.contains(&topic)
                    class="size-5 shrink-0 accent-primary"
                />
                {topic.label()}
            </label>
        }
    });
    view! {
        <PostForm to=ChooseMail::PATH outcome>
            <div class="panel flex flex-col gap-6 p-5 sm:p-6">
                <fieldset>
                    <legend class="mb-2 font-medium">"Write to me when"</legend>
                    {boxes}
                </fieldset>
                <p class="hint">"Mails about the account itself, such as a new sign-in or password, are always sent: they protect it."</p>
                <Problem of=outcome />
                <div class="flex items-center gap-4">
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Save choice"</button>
                    <p role="status" class="hint">{move || outcome.succeeded().then_some("Saved")}</p>
                </div>
            </div>
        </PostForm>
    }
}

/// Ends mails about something (`?topic=`), for whoever comes from the link of one; says so once that is done
/// (`?done`).
#[component]
pub(crate) fn Unsubscribe() -> impl IntoView {
    let outcome = Outcome::of(UnsubscribeFunction::PATH);
    let query = use_query_map();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let done = move || query.with(|query| query.get("done").is_some());
    let about = move || value("topic").parse::<Topic>().map_or("what you were written about", Topic::label);
    let form = move || {
        view! {
            <PostForm to=UnsubscribeFunction::PATH outcome>
                <div class="flex flex-col gap-6">
                    <p>"You will get no more mails about this: " {about()} "."</p>
                    <input type="hidden" name="account" value=value("account") />
                    <input type="hidden" name="topic" value=value("topic") />
                    <input type="hidden" name="proof" value=value("proof") />
                    <Problem of=outcome />
                    <button type="submit" class="btn btn-primary min-h-11 self-start" disabled=move || outcome.pending()>
                        "No more such mails"
                    </button>
                </div>
            </PostForm>
        }
    };
    view! {
        <Title text="No more mails" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-8 text-3xl font-semibold">"No more mails"</h1>
            {move || match done() {
                true => Either::Left(view! {
                    <p role="status">
                        "That is done. Should you want them again: they can be chosen under "
                        <a href=routes::MAIL class="text-link">"Mail"</a> " in your account."
                    </p>
                }),
                false => Either::Right(form()),
            }}
        </div>
    }
}
