//! The audit log: who did what to what, when, and from where.

use crate::api::audit::log;
use crate::components::{Empty, load};
use crate::data::preload;
use crate::routes;
use domain::audit::{Event, Line, LogPage, Thing, Who};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What is asked for, by the names of the fields.
const FIELDS: [&str; 5] = ["who", "thing", "kind", "from", "until"];

/// What was done, newest first (`?after=`), and the form that searches it.
#[component]
pub(crate) fn AuditLog() -> impl IntoView {
    let query = use_query_map();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let search = move || FIELDS.map(value);
    let after = move || value("after").parse().ok();
    let page = preload(
        move || (search(), after()),
        |([who, thing, kind, from, until], after)| log(who, thing, kind, from, until, after),
    );
    load(page, skeleton, move |page| view! { <Log page search=search() /> })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-5xl" role="status" aria-label="Loading the log">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-8 h-96"></div>
        </div>
    }
    .into_any()
}

#[component]
fn Log(page: LogPage, search: [String; 5]) -> impl IntoView {
    let LogPage { lines, next, problem } = page;
    let mut asked: Vec<_> = FIELDS.into_iter().zip(search.clone()).collect();
    let file = routes::asking(routes::AUDIT_FILE, &asked);
    let file = (problem.is_none() && !lines.is_empty()).then(|| view! {
        <p class="mt-4">
            <a href=file rel="external" class="text-link inline-flex min-h-11 items-center">"Export all that is found as CSV"</a>
        </p>
    });
    let more = next.map(|after| {
        asked.push(("after", after.to_string()));
        let label = if lines.is_empty() { "Look further back" } else { "Earlier" };
        view! {
            <p class="mt-8 text-center">
                <a href=routes::asking(routes::AUDIT, &asked) class="btn min-h-11">{label}</a>
            </p>
        }
    });
    let found = match (&problem, lines.is_empty()) {
        (Some(_), _) => ().into_any(),
        (None, true) => view! { <Empty title="Nothing found">"Nothing of this kind was done, as far as was looked back."</Empty> }.into_any(),
        (None, false) => {
            let rows: Vec<_> = lines.into_iter().map(|line| view! { <Row line /> }).collect();
            view! { <ol class="panel divide-y divide-base-300">{rows}</ol> }.into_any()
        }
    };
    view! {
        <Title text="Audit log" />
        <div class="page max-w-5xl">
            <h1 class="mb-6 text-3xl font-semibold">"Audit log"</h1>
            <Search search />
            <div class="mt-8">
                {problem.map(|problem| view! { <p role="alert" class="alert alert-error alert-soft">{problem}</p> })}
                {found}
            </div>
            {file}
            {more}
        </div>
    }
}

#[component]
fn Search(search: [String; 5]) -> impl IntoView {
    let [who, thing, kind, from, until] = search;
    let kinds: Vec<_> = Event::KINDS
        .iter()
        .map(|(name, label)| view! { <option value=*name selected=*name == kind>{*label}</option> })
        .collect();
    view! {
        <search>
            <form method="get" action=routes::AUDIT>
                <div class="panel grid gap-4 p-5 sm:grid-cols-2">
                    <div class="field">
                        <label for="who">"Who"</label>
                        <input id="who" name="who" value=who maxlength="254" dir="auto" aria-describedby="who-hint" class="input min-h-11 w-full" />
                        <p id="who-hint" class="hint">"An e-mail address, “visitors”, “command line” or “program”."</p>
                    </div>
                    <div class="field">
                        <label for="thing">"To what"</label>
                        <input id="thing" name="thing" value=thing maxlength="254" dir="auto" aria-describedby="thing-hint" class="input min-h-11 w-full" />
                        <p id="thing-hint" class="hint">"An e-mail address, the last part of a course’s address, or a thing as the log names it."</p>
                    </div>
                    <div class="field">
                        <label for="kind">"What"</label>
                        <select id="kind" name="kind" class="select min-h-11 w-full">
                            <option value="">"Anything"</option>
                            {kinds}
                        </select>
                    </div>
                    <div class="grid grid-cols-2 gap-4">
                        <div class="field">
                            <label for="from">"From"</label>
                            <input id="from" name="from" type="date" value=from class="input min-h-11 w-full" />
                        </div>
                        <div class="field">
                            <label for="until">"Until"</label>
                            <input id="until" name="until" type="date" value=until class="input min-h-11 w-full" />
                        </div>
                    </div>
                    <div class="flex items-center gap-4">
                        <button type="submit" class="btn btn-primary min-h-11">"Search"</button>
                        <p class="hint">"Times are UTC."</p>
                    </div>
                </div>
            </form>
        </search>
    }
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let Line { entry, who, thing } = line;
    let when = entry.when().clock();
    let exact = format!("{}Z", when.replace(' ', "T"));
    let by = match entry.who {
        Who::Account { id, .. } => who.map_or_else(|| format!("account {id}"), |email| email.to_string()),
        Who::Visitor { .. } => "A visitor".to_owned(),
        Who::CommandLine => "The command line".to_owned(),
        Who::Program => "The program".to_owned(),
    };
    let from = entry.who.from().map(|from| from.to_string());
    let id = entry.event.thing().as_ref().map(Thing::to_string);
    let details: Vec<_> = entry
        .event
        .details()
        .into_iter()
        .filter(|(_, value)| id.as_ref().is_none_or(|id| !id.ends_with(value.as_str())))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let what = match (thing, id) {
        (Some(name), Some(id)) => {
            Either::Left(view! { <bdi>{name}</bdi> <span class="hint block">{id}</span> })
        }
        (_, id) => Either::Right(id.map(|id| view! { <span>{id}</span> })),
    };
    view! {
        <li class="grid gap-x-4 gap-y-1 px-5 py-3 sm:grid-cols-[11rem_1fr_1fr]">
            <p class="hint"><time datetime=exact>{when}</time></p>
            <div class="min-w-0">
                <p class="font-medium">{entry.event.label()}</p>
                <p class="hint break-words">
                    <bdi>{by}</bdi>
                    {from.map(|from| view! { " from " <bdi>{from}</bdi> })}
                </p>
            </div>
            <div class="min-w-0 text-sm">
                <p class="break-words">{what}</p>
                {(!details.is_empty()).then(|| view! { <p class="hint break-words" dir="auto">{details.join(", ")}</p> })}
            </div>
        </li>
    }
}
