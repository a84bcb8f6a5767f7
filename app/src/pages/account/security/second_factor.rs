//! The second factor.

use crate::api::account::{BeginTotp, ConfirmTotp, Hide, NewRecoveryCodes, RemoveTotp};
use crate::components::{CodeField, NewAuthenticator, Outcome, PostForm, Problem};
use domain::view::{Authenticator, Security, Shown};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Sets up the second factor, for who gave the password of late.
#[component]
pub(super) fn SecondFactor(security: Security, outcome: Outcome) -> impl IntoView {
    let Security { proved, second_factor, recovery_codes, shown, .. } = security;
    let state = match second_factor {
        true => format!("On: signing in asks for a code of your authenticator. Recovery codes left: {recovery_codes}."),
        false => "Off: signing in asks for your password alone. With a second factor, whoever learns your password \
                  still cannot sign in."
            .to_owned(),
    };
    let part = match shown {
        Some(Shown::Authenticator(authenticator)) => {
            EitherOf3::A(view! { <FirstCode authenticator outcome /> })
        }
        Some(Shown::RecoveryCodes(codes)) => EitherOf3::B(view! { <Codes codes outcome /> }),
        None => EitherOf3::C(proved.then(|| view! { <Switch on=second_factor outcome /> })),
    };
    view! {
        <section aria-labelledby="second-factor-part">
            <h2 id="second-factor-part" class="mb-4 text-xl font-semibold">"Second factor"</h2>
            <p class="mb-4">{state}</p>
            <Problem of=outcome />
            {part}
        </section>
    }
}

#[component]
fn Switch(on: bool, outcome: Outcome) -> impl IntoView {
    match on {
        false => Either::Left(view! {
            <PostForm to=BeginTotp::PATH outcome>
                <button type="submit" class="btn min-h-11" disabled=move || outcome.pending()>"Set up a second factor"</button>
            </PostForm>
        }),
        true => Either::Right(view! {
            <div class="flex flex-wrap gap-3">
                <PostForm to=NewRecoveryCodes::PATH outcome>
                    <button type="submit" class="btn min-h-11" disabled=move || outcome.pending()>"New recovery codes"</button>
                </PostForm>
                <PostForm to=BeginTotp::PATH outcome>
                    <button type="submit" class="btn min-h-11" disabled=move || outcome.pending()>"Another authenticator"</button>
                </PostForm>
                <PostForm to=RemoveTotp::PATH outcome>
                    <button type="submit" class="btn btn-error btn-soft min-h-11" disabled=move || outcome.pending()>"Turn off"</button>
                </PostForm>
            </div>
        }),
    }
}

/// The key of an authenticator, and its first code.
#[component]
fn FirstCode(authenticator: Authenticator, outcome: Outcome) -> impl IntoView {
    view! {
        <NewAuthenticator authenticator>
            <PostForm to=ConfirmTotp::PATH outcome>
                <div class="flex max-w-md flex-col gap-4">
                    <CodeField hint="The six digits that the app shows now." />
                    <button type="submit" class="btn btn-primary min-h-11 self-start" disabled=move || outcome.pending()>
                        "Turn on"
                    </button>
                </div>
            </PostForm>
            <PostForm to=Hide::PATH outcome>
                <button type="submit" class="btn btn-ghost min-h-11" disabled=move || outcome.pending()>"Not now"</button>
            </PostForm>
        </NewAuthenticator>
    }
}

/// Recovery codes, shown once.
#[component]
fn Codes(codes: Vec<String>, outcome: Outcome) -> impl IntoView {
    let codes: Vec<_> = codes.into_iter().map(|code| view! { <li>{code}</li> }).collect();
    view! {
        <div class="panel flex flex-col gap-4 p-5 sm:p-6">
            <h3 class="font-semibold">"Recovery codes"</h3>
            <p>"Each of these signs you in once without your authenticator. Keep them where you find them without it: they are not shown again."</p>
            <ul class="grid grid-cols-1 gap-x-8 gap-y-1 font-mono min-[26rem]:grid-cols-2" dir="ltr">{codes}</ul>
            <PostForm to=Hide::PATH outcome>
                <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"I have kept them"</button>
            </PostForm>
        </div>
    }
}
