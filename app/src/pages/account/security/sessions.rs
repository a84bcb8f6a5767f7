//! Where one is signed in.

use crate::api::account::{EndSession, SignOutEverywhere};
use crate::components::{Outcome, PostForm, Problem};
use crate::session::use_session;
use domain::view::SessionRow;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Where one is signed in, and ending that.
#[component]
pub(super) fn Sessions(sessions: Vec<SessionRow>, outcome: Outcome) -> impl IntoView {
    let end_all = use_session().end_all;
    let rows: Vec<_> = sessions.into_iter().map(|session| view! { <Row session outcome /> }).collect();
    view! {
        <section aria-labelledby="sessions-part">
            <h2 id="sessions-part" class="mb-4 text-xl font-semibold">"Where you are signed in"</h2>
            <Problem of=outcome />
            <ul class="panel mb-4 divide-y divide-base-300">{rows}</ul>
            <PostForm to=SignOutEverywhere::PATH outcome=end_all>
                <Problem of=end_all />
                <button type="submit" class="btn min-h-11" disabled=move || end_all.pending()>"Sign out everywhere"</button>
            </PostForm>
        </section>
    }
}

#[component]
fn Row(session: SessionRow, outcome: Outcome) -> impl IntoView {
    let SessionRow { id, here, device, from, since, seen } = session;
    let device = device.to_string();
    let name = format!("Sign out {device}");
    let (since, seen) = (since.date(), seen.date());
    let end = match here {
        true => Either::Left(view! { <span class="badge badge-soft badge-primary">"This device"</span> }),
        false => Either::Right(view! {
            <PostForm to=EndSession::PATH outcome>
                <input type="hidden" name="session" value=id />
                <button type="submit" class="btn btn-ghost min-h-11" aria-label=name>"Sign out"</button>
            </PostForm>
        }),
    };
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 ps-5 pe-3">
            <div class="min-w-0 flex-1 basis-48">
                <p class="font-medium">{device}</p>
                <p class="hint">
                    "Since " <time datetime=since.clone()>{since.clone()}</time>
                    ", last used " <time datetime=seen.clone()>{seen.clone()}</time>
                    {from.map(|from| view! { ", from " <bdi>{from.to_string()}</bdi> })}
                </p>
            </div>
            {end}
        </li>
    }
}
