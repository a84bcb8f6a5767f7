//! What is asked for beyond a password.

use crate::api::session::{AnswerChallenge, challenge};
use crate::components::{CodeField, Empty, NewAuthenticator, PasswordField, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use crate::session::use_session;
use domain::view::Asked;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The second step of signing in, on the way to `?next=`.
#[component]
pub(crate) fn SecondStep() -> impl IntoView {
    let asked = preload(|| (), |()| challenge());
    view! {
        <Title text="One more step" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-8 text-3xl font-semibold">"One more step"</h1>
            {load(asked, waiting, |asked| match asked {
                Some(asked) => Either::Left(view! { <Answer asked /> }),
                None => Either::Right(view! {
                    <Empty title="That took too long">
                        <a href=routes::SIGN_IN class="btn btn-primary min-h-11">"Sign in again"</a>
                    </Empty>
                }),
            })}
        </div>
    }
}

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-48" role="status" aria-label="Loading"></div> }.into_any()
}

#[component]
fn Answer(asked: Asked) -> impl IntoView {
    let outcome = use_session().answer;
    on_cleanup(move || outcome.clear());
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    let form = move |field: AnyView| {
        view! {
            <PostForm to=AnswerChallenge::PATH outcome>
                <div class="flex flex-col gap-6">
                    {move || next().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    {field}
                    <Problem of=outcome />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>
                        "Continue"
                    </button>
                </div>
            </PostForm>
        }
    };
    match asked {
        Asked::Code => EitherOf3::A(form(
            view! {
                <CodeField
                    name="answer"
                    hint="Six digits from your authenticator. If you have lost it, one of your recovery codes."
                />
            }
            .into_any(),
        )),
        Asked::NewPassword => EitherOf3::B(form(
            view! {
                <p>"You have a password that somebody else made. Please choose your own."</p>
                <PasswordField name="answer" label="New password" new=true />
            }
            .into_any(),
        )),
        Asked::NewAuthenticator(authenticator) => EitherOf3::C(view! {
            <p class="mb-6">"Here, signing in takes a second factor. Please set yours up: after that you are signed in."</p>
            <NewAuthenticator authenticator>
                {form(view! { <CodeField name="answer" hint="The six digits that the app shows now." /> }.into_any())}
            </NewAuthenticator>
        }),
    }
}
