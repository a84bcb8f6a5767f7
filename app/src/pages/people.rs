//! Those with an account: who they are, what they may do, and their sessions.

use crate::api::people::{ChangeRole, EndSessions, FindPerson, people};
use crate::components::{Empty, Outcome, PasswordField, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::account::Role;
use domain::view::{PeoplePage, PersonRow};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Those with an account, who joined last first (`?after=`): all of them, those with a role (`?role=`), or one
/// (`?account=`), on the way to giving them another role (`&to=`).
#[component]
pub(crate) fn People() -> impl IntoView {
    let query = use_query_map();
    let value = move |name: &str| query.with(|query| query.get(name));
    let role = move || value("role").and_then(|role| role.parse::<Role>().ok());
    let account = move || value("account").and_then(|id| id.parse().ok());
    let after = move || value("after").and_then(|id| id.parse().ok());
    let to = move || value("to").and_then(|role| role.parse::<Role>().ok());
    let outcome = Outcome::of("/api/people/");
    let page = preload(
        move || (role(), account(), after(), to(), outcome.answers()),
        |(role, account, after, _, _)| people(role, account, after),
    );
    let show = move |page| {
        view! { <List page role=role() found=account().is_some() to=to() outcome /> }
    };
    load(page, skeleton, show)
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-5xl" role="status" aria-label="Loading the people">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-8 h-96"></div>
        </div>
    }
    .into_any()
}

#[component]
fn List(
    page: PeoplePage,
    role: Option<Role>,
    found: bool,
    to: Option<Role>,
    outcome: Outcome,
) -> impl IntoView {
    let PeoplePage { people, next, changes_roles } = page;
    let rows: Vec<_> =
        people.into_iter().map(|person| view! { <Row person changes_roles to outcome /> }).collect();
    view! {
        <Title text="People" />
        <div class="page max-w-5xl">
            <h1 class="mb-6 text-3xl font-semibold">"People"</h1>
            <Find outcome />
            {changes_roles.then(|| view! {
                <p class="mt-4"><a href=routes::INVITATIONS class="text-link inline-flex min-h-11 items-center">"Invite somebody"</a></p>
            })}
            <Roles role found />
            <div class="mb-4">
                <Problem of=outcome />
                <p role="status" class="hint">{move || outcome.succeeded().then_some("Done.")}</p>
            </div>
            {match rows.is_empty() {
                true => Either::Left(view! { <Empty title="Nobody">"No account has this role."</Empty> }),
                false => Either::Right(view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }),
            }}
            {next.map(|after| view! {
                <p class="mt-8 text-center">
                    <a href=routes::people_after(role, after) class="btn min-h-11">"More people"</a>
                </p>
            })}
        </div>
    }
}

#[component]
fn Find(outcome: Outcome) -> impl IntoView {
    view! {
        <search>
            <PostForm to=FindPerson::PATH outcome>
                <div class="flex max-w-xl gap-2">
                    <input
                        type="email"
                        name="email"
                        required
                        maxlength="254"
                        autocomplete="off"
                        aria-label="E-mail"
                        placeholder="E-mail"
                        class="input min-h-11 w-full"
                    />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Find"</button>
                </div>
            </PostForm>
        </search>
    }
}

/// Leads to all, and to those with one role.
#[component]
fn Roles(role: Option<Role>, found: bool) -> impl IntoView {
    let all = [(None, "Everybody", routes::PEOPLE.to_owned())];
    let with_role =
        Role::ALL.map(|role| (Some(role), label(role), format!("{}?role={role}", routes::PEOPLE)));
    let links: Vec<_> = all
        .into_iter()
        .chain(with_role)
        .map(|(shown, name, href)| {
            let here = (shown == role && !found).then_some("page");
            view! {
                <a href=href aria-current=here class="text-link inline-flex min-h-11 items-center aria-[current]:font-semibold">
                    {name}
                </a>
            }
        })
        .collect();
    view! { <nav aria-label="Roles" class="mt-4 mb-6 flex flex-wrap gap-x-5">{links}</nav> }
}

#[component]
fn Row(person: PersonRow, changes_roles: bool, to: Option<Role>, outcome: Outcome) -> impl IntoView {
    let PersonRow { account, email, name, role } = person;
    let email = email.to_string();
    let (role_of, change_role, end_sessions) = (
        format!("Role of {email}"),
        format!("Change the role of {email}"),
        format!("End the sessions of {email}"),
    );
    let joined = account.created().date();
    let options = Role::ALL.map(|other| {
        view! { <option value=other.name() selected=other == to.unwrap_or(role)>{label(other)}</option> }
    });
    let roles = match changes_roles {
        false => Either::Left(view! { <p class="badge">{label(role)}</p> }),
        true => Either::Right(view! {
            <PostForm to=ChangeRole::PATH outcome>
                <input type="hidden" name="account" value=account.to_string() />
                {to.map(|_| view! { <PasswordField label="Your password" /> })}
                <div class="flex items-center gap-2">
                    <select name="role" aria-label=role_of class="select min-h-11 w-36">{options}</select>
                    <button type="submit" class="btn min-h-11" aria-label=change_role>"Change"</button>
                </div>
            </PostForm>
        }),
    };
    let question = format!("End every session of {email}?");
    let ask = move |event: leptos::ev::MouseEvent| {
        if !window().confirm_with_message(&question).unwrap_or(true) {
            event.prevent_default();
        }
    };
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
            <div class="min-w-0 flex-1 basis-56">
                <p class="font-medium"><bdi>{name.to_string()}</bdi></p>
                <p class="hint"><bdi>{email}</bdi></p>
                <p class="hint">"Joined " <time datetime=joined.clone()>{joined.clone()}</time></p>
            </div>
            {roles}
            <PostForm to=EndSessions::PATH outcome>
                <input type="hidden" name="account" value=account.to_string() />
                <button type="submit" class="btn btn-ghost min-h-11" aria-label=end_sessions on:click=ask>
                    "End sessions"
                </button>
            </PostForm>
        </li>
    }
}

pub(super) fn label(role: Role) -> &'static str {
    match role {
        Role::Learner => "Learner",
        Role::Instructor => "Instructor",
        Role::Support => "Support",
        Role::Admin => "Admin",
    }
}
