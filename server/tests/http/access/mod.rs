//! Who may ask for what: every server function and every route, held against the table in `domain`.

mod document;
mod fuzz;
mod rows;
mod school;

use crate::test_app::{Answer, TestApp};
use rows::{Denial, FORM, Needs, Row, rows};
use school::{PEOPLE, Person, School};
use std::collections::BTreeSet;

#[tokio::test]
async fn everybody_may_ask_for_what_the_table_allows_and_for_nothing_else() {
    let school = School::new().await;
    let app = &school.app;
    let mut sessions = Vec::new();
    for person in PEOPLE {
        sessions.push(person.sign_in(app).await);
    }
    let mut wrong = Vec::new();
    for row in rows(&school).await {
        // First those who may not: what is asked for is still as it was.
        for expected in [false, true] {
            for (person, session) in PEOPLE.iter().zip(&sessions) {
                if may(person, row.needs) != expected {
                    continue;
                }
                let fresh;
                let session = match row.ends_session {
                    false => session,
                    true => {
                        fresh = person.sign_in(app).await;
                        &fresh
                    }
                };
                let answer = send(app, &row, session).await;
                let Row { method, pattern, path, .. } = &row;
                if answer.status >= 500 || is_denied(&row, &answer) == expected {
                    let location = answer.header("location");
                    wrong.push(format!(
                        "{method} {pattern} ({path}) by {}: {} {location}, expected {}",
                        person.title,
                        answer.status,
                        if expected { "an answer" } else { "a refusal" }
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_server_function_and_route_has_a_row() {
    let school = School::new().await;
    let known: BTreeSet<String> = rows(&school).await.iter().map(|row| row.pattern.to_owned()).collect();
    let served = served(&school.app);
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        assert!(
            served.contains(path),
            "{path} is a server function, and not in what the router tells of itself"
        );
    }
    let without: Vec<_> = served.difference(&known).collect();
    assert!(without.is_empty(), "give these a row in server/tests/http/access/rows.rs: {without:#?}");
    let gone: Vec<_> = known.difference(&served).collect();
    assert!(gone.is_empty(), "nothing is served there: {gone:#?}");
}

/// The paths of all routes, as the router tells of itself.
fn served(app: &TestApp) -> BTreeSet<String> {
    let told = format!("{:?}", app.router).replace("__private__axum_nest_tail_param", "rest");
    let told = told.replace("__private__axum_fallback", "rest");
    told.split('"').filter(|text| text.starts_with('/')).map(str::to_owned).collect()
}

fn may(person: &Person, needs: Needs) -> bool {
    match needs {
        Needs::Nothing | Needs::Developer => true,
        Needs::Site(permission) => person.may(permission, false),
        Needs::Course(permission) => person.may(permission, true),
        Needs::Signature | Needs::Machine => false,
    }
}

async fn send(app: &TestApp, row: &Row, session: &str) -> Answer {
    let own = [("cookie", session), ("sec-fetch-site", "same-origin")];
    let mut headers: Vec<(&str, &str)> = own.to_vec();
    headers.extend(row.headers.iter().map(|(name, value)| (*name, value.as_str())));
    let (address, body) = row.address_and_body();
    if row.is_form() {
        headers.push(("content-type", FORM));
    }
    app.send(row.method, &address, &headers, &body).await
}

fn is_denied(row: &Row, answer: &Answer) -> bool {
    let location = answer.header("location");
    matches!(answer.status, 401 | 403)
        || (300..400).contains(&answer.status) && location.starts_with("/sign-in")
        || match &row.denial {
            Denial::Plain => false,
            Denial::Hidden => answer.status == 404,
            Denial::LedTo(path) => location == path,
        }
}
