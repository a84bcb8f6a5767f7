//! Signing in.

use crate::api::session::{SignIn as SignInFunction, hosted_name, kept_email};
use crate::components::{EmailField, PasswordField, PostForm, Problem, load};
use crate::data::preload;
use crate::routes::{self, SignInProblem};
use crate::session::use_session;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Signing in, on the way to `?next=`; `?after=` says what was done just before.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let outcome = use_session().sign_in;
    // Coming back later must not find the problem of today.
    on_cleanup(move || outcome.clear());
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    let asked = move || query.with_untracked(|query| query.get("email"));
    let done = move || match query.with(|query| query.get("after")).as_deref() {
        Some("confirmed") => Some("Your address is confirmed. Sign in to begin."),
        Some("invited") => Some("Your account is ready. Sign in to begin."),
        Some("reset") => Some("Your password is changed. Sign in with the new one."),
        _ => None,
    };
    let hosted = preload(|| (), |()| hosted_name());
    let problem = move || {
        query.with(|query| query.get("problem")).and_then(|word| SignInProblem::of(&word)).map(sentence)
    };
    view! {
        <Title text="Sign in" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-8 text-3xl font-semibold">"Sign in"</h1>
            {move || done().map(|words| view! { <p role="status" class="alert alert-success alert-soft mb-6">{words}</p> })}
            {move || problem().map(|words| view! { <p role="alert" class="alert alert-error alert-soft mb-6">{words}</p> })}
            <PostForm to=SignInFunction::PATH outcome>
                <div class="flex flex-col gap-6">
                    {move || next().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <EmailField value=kept_email().or_else(asked) />
                    <PasswordField />
                    <Problem of=outcome />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>
                        "Sign in"
                    </button>
                </div>
            </PostForm>
            {load(hosted, nothing, move |name| name.map(|name| view! {
                // Not by the router: it leads to another site.
                <a
                    href=move || routes::hosted_sign_in(next().as_deref())
                    rel="external"
                    class="btn mt-4 min-h-11 w-full"
                >
                    {format!("Continue with {name}")}
                </a>
            }))}
            <p class="mt-6 flex flex-wrap justify-between gap-x-6">
                <a href=routes::RESET class="text-link inline-flex min-h-11 items-center">"Forgot your password?"</a>
                <a href=routes::SIGN_UP class="text-link inline-flex min-h-11 items-center">"Create an account"</a>
            </p>
        </div>
    }
}

/// Most identity providers have no pages of their own, so nothing holds their place.
fn nothing() -> AnyView {
    ().into_any()
}

fn sentence(problem: SignInProblem) -> &'static str {
    match problem {
        SignInProblem::Late => "That took too long, or began in another window. Please try again.",
        SignInProblem::Refused => "You were not signed in there. Please try again, or sign in here.",
        SignInProblem::Unverified => {
            "Your e-mail address is not confirmed there. Please have it confirmed, then try again."
        }
        SignInProblem::Down => "Signing in there does not work at the moment. Please try again in a minute.",
    }
}
