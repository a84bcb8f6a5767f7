//! Invitations to have an account.

use super::people::label;
use crate::api::people::{HideInvitation, Invite, RevokeInvitation, invitations};
use crate::components::{Empty, Outcome, PasswordField, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::account::Role;
use domain::view::{InvitationLink, InvitationRow, InvitationsPage};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Inviting somebody, and the invitations that were not taken up.
#[component]
pub(crate) fn Invitations() -> impl IntoView {
    let sent = Outcome::of(Invite::PATH);
    let others =
        Others { hide: Outcome::of(HideInvitation::PATH), revoke: Outcome::of(RevokeInvitation::PATH) };
    let page = preload(move || [sent, others.hide, others.revoke].map(Outcome::answers), |_| invitations());
    load(page, skeleton, move |page| view! { <Parts page sent others /> })
}

/// How the other forms of the page went.
#[derive(Clone, Copy)]
struct Others {
    hide: Outcome,
    revoke: Outcome,
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-3xl" role="status" aria-label="Loading the invitations">
            <div class="skeleton-block h-96"></div>
        </div>
    }
    .into_any()
}

#[component]
fn Parts(page: InvitationsPage, sent: Outcome, others: Others) -> impl IntoView {
    let InvitationsPage { proved, made, open, more } = page;
    let rows: Vec<_> =
        open.into_iter().map(|invitation| view! { <Row invitation outcome=others.revoke /> }).collect();
    view! {
        <Title text="Invitations" />
        <div class="page max-w-3xl">
            <h1 class="mb-2 text-3xl font-semibold">"Invitations"</h1>
            <p class="mb-8"><a href=routes::PEOPLE class="text-link inline-flex min-h-11 items-center">"All people"</a></p>
            {made.map(|made| view! { <Made made outcome=others.hide /> })}
            <InviteSomebody proved outcome=sent />
            <section class="mt-12" aria-labelledby="open">
                <h2 id="open" class="mb-4 text-xl font-semibold">"Not taken up yet"</h2>
                <Problem of=others.revoke />
                {match rows.is_empty() {
                    true => Either::Left(view! { <Empty title="None">"Nobody has an invitation that is open."</Empty> }),
                    false => Either::Right(view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }),
                }}
                {more.then(|| view! { <p class="hint mt-4">"There are more, which end sooner."</p> })}
            </section>
        </div>
    }
}

/// The link of an invitation, shown to who made it until they say that they have it.
#[component]
fn Made(made: InvitationLink, outcome: Outcome) -> impl IntoView {
    view! {
        <section class="panel mb-8 flex flex-col gap-4 p-5 sm:p-6" aria-labelledby="made">
            <h2 id="made" class="text-lg font-semibold">"The link for " <bdi class="break-all">{made.email.to_string()}</bdi></h2>
            <p>"Whoever opens it can have the account: give it to nobody else. It works once, for two weeks, and is not shown again."</p>
            <input readonly aria-label="Link" value=made.link dir="ltr" class="input min-h-11 w-full font-mono" />
            <PostForm to=HideInvitation::PATH outcome>
                <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"I have it"</button>
            </PostForm>
        </section>
    }
}

/// Invites whoever has an address.
#[component]
fn InviteSomebody(proved: bool, outcome: Outcome) -> impl IntoView {
    let roles = Role::ALL.map(|role| view! { <option value=role.name()>{label(role)}</option> });
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby="invite">
            <h2 id="invite" class="mb-4 text-lg font-semibold">"Invite somebody"</h2>
            <PostForm to=Invite::PATH outcome>
                <div class="flex max-w-md flex-col gap-4">
                    <div class="field">
                        <label for="invited">"Their e-mail address"</label>
                        <input
                            id="invited"
                            name="email"
                            type="email"
                            required
                            maxlength="254"
                            autocomplete="off"
                            dir="auto"
                            class="input min-h-11 w-full"
                        />
                    </div>
                    <div class="field">
                        <label for="invited-role">"What they will be"</label>
                        <select id="invited-role" name="role" class="select min-h-11 w-full">{roles}</select>
                    </div>
                    <label class="flex min-h-11 items-center gap-3">
                        <input type="checkbox" name="by_mail" value="true" checked class="size-5 shrink-0 accent-primary" />
                        "Mail it to them. You get the link in any case."
                    </label>
                    {(!proved).then(|| view! { <PasswordField label="Your password" /> })}
                    <Problem of=outcome />
                    <button type="submit" class="btn btn-primary min-h-11 self-start" disabled=move || outcome.pending()>
                        "Invite"
                    </button>
                </div>
            </PostForm>
        </section>
    }
}

#[component]
fn Row(invitation: InvitationRow, outcome: Outcome) -> impl IntoView {
    let InvitationRow { id, email, role, by, until } = invitation;
    let email = email.to_string();
    let name = format!("Take back the invitation of {email}");
    let until = until.date();
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-2 py-2 ps-5 pe-3">
            <div class="min-w-0 flex-1 basis-56">
                <p class="font-medium break-all"><bdi>{email}</bdi></p>
                <p class="hint">
                    {label(role)} ", invited by " <bdi>{by.to_string()}</bdi> ", until "
                    <time datetime=until.clone()>{until.clone()}</time>
                </p>
            </div>
            <PostForm to=RevokeInvitation::PATH outcome>
                <input type="hidden" name="invitation" value=id />
                <button type="submit" class="btn btn-ghost min-h-11" aria-label=name>"Take back"</button>
            </PostForm>
        </li>
    }
}
