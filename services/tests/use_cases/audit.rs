use crate::site::{PASSWORD, Site};
use domain::account::{Actor, Role};
use domain::audit::{Event, Line, Who};
use domain::id::AccountId;
use futures::StreamExt;
use services::audit::{self, Search};
use services::ports::{Condition, Write};
use services::{Error, accounts, authoring, learners, learning};
use std::time::Duration;

fn account(actor: Actor) -> AccountId {
    actor.account().unwrap()
}

async fn found(site: &Site, admin: Actor, search: Search<'_>) -> Vec<Line> {
    audit::page(&site.stoa, admin, search, None).await.unwrap().lines
}

async fn kinds(site: &Site, admin: Actor, search: Search<'_>) -> Vec<&'static str> {
    found(site, admin, search).await.iter().map(|line| line.entry.event.kind()).collect()
}

#[tokio::test]
async fn what_changes_a_course_and_who_takes_it_is_logged_once() {
    let site = Site::new().await;
    let admin = site.person("grace", Role::Admin).await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.published(ada, "Open").await;
    let linus = site.person("linus", Role::Learner).await;
    learning::enrol(&site.stoa, linus, "open").await.unwrap();
    let from = Some("192.0.2.7".parse().unwrap());
    let ada = Actor::Account { id: account(ada), role: Role::Instructor, from };
    for _ in 0..2 {
        site.clock.advance(Duration::from_millis(1));
        learners::remove(&site.stoa, ada, course, account(linus)).await.unwrap();
    }
    for _ in 0..2 {
        site.clock.advance(Duration::from_millis(1));
        authoring::unpublish(&site.stoa, ada, course).await.unwrap();
    }
    let lines = found(&site, admin, Search { who: "ada@stoa.example", ..Search::default() }).await;
    let done: Vec<_> = lines.iter().map(|line| line.entry.event.clone()).collect();
    let removed = Event::LearnerRemoved { account: account(linus), course };
    assert_eq!(done, [Event::CourseWithdrawn { course }, removed]);
    for line in &lines {
        assert_eq!(line.entry.who, Who::Account { id: account(ada), from });
        assert_eq!(line.who.as_ref().unwrap().as_str(), "ada@stoa.example");
    }
    assert_eq!(lines[0].thing.as_deref(), Some("Open"));
    assert_eq!(lines[1].thing.as_deref(), Some("linus@stoa.example"));
}

#[tokio::test]
async fn a_change_that_was_not_made_is_not_in_the_log() {
    let site = Site::new().await;
    let admin = site.person("grace", Role::Admin).await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Draft").await;
    let rival = site.person("rival", Role::Instructor).await;
    assert!(authoring::publish(&site.stoa, ada, course).await.is_err(), "it has no video");
    assert!(authoring::unpublish(&site.stoa, rival, course).await.is_err());
    authoring::unpublish(&site.stoa, ada, course).await.expect("it is no change");
    let text = format!("course {course}");
    assert_eq!(kinds(&site, admin, Search { thing: &text, ..Search::default() }).await, ["course.created"]);
}

#[tokio::test]
async fn the_log_is_searched_by_who_what_kind_and_day() {
    let site = Site::new().await;
    let admin = site.person("grace", Role::Admin).await;
    let ada = site.person("ada", Role::Instructor).await;
    let first = site.stoa.clock.now().date();
    site.clock.advance(Duration::from_secs(86_400));
    let second = site.stoa.clock.now().date();
    site.draft(ada, "Draft").await;
    accounts::set_password(&site.stoa, "ada@stoa.example", PASSWORD).await.unwrap();
    let all = kinds(&site, admin, Search::default()).await;
    assert_eq!(all.len(), 4, "{all:?}");
    let cases = [
        (Search { who: "command line", ..Search::default() }, 3),
        (Search { who: "program", ..Search::default() }, 0),
        (Search { who: " ada@stoa.example ", ..Search::default() }, 1),
        (Search { who: "nobody@stoa.example", ..Search::default() }, 0),
        (Search { thing: "ada@stoa.example", ..Search::default() }, 2),
        (Search { thing: "nobody@stoa.example", ..Search::default() }, 0),
        (Search { thing: "draft", ..Search::default() }, 1),
        (Search { thing: "no-such-course", ..Search::default() }, 0),
        (Search { kind: "account.added", ..Search::default() }, 2),
        (Search { kind: "password.changed", who: "command line", ..Search::default() }, 1),
        (Search { kind: "password.changed", who: "ada@stoa.example", ..Search::default() }, 0),
        (Search { who: "command line", thing: "grace@stoa.example", ..Search::default() }, 1),
        (Search { until: &first, ..Search::default() }, 2),
        (Search { from: &second, ..Search::default() }, 2),
        (Search { from: &first, until: &second, ..Search::default() }, 4),
        (Search { from: &second, until: &first, ..Search::default() }, 0),
    ];
    for (search, count) in cases {
        let found = kinds(&site, admin, search).await;
        assert_eq!(found.len(), count, "{search:?}: {found:?}");
    }
    let wrong = [
        Search { who: "somebody", ..Search::default() },
        Search { thing: "Draft!", ..Search::default() },
        Search { kind: "course", ..Search::default() },
        Search { from: "yesterday", ..Search::default() },
        Search { until: "2026-02-30", ..Search::default() },
    ];
    for search in wrong {
        let page = audit::page(&site.stoa, admin, search, None).await.unwrap();
        assert!(page.problem.is_some() && page.lines.is_empty(), "{search:?}: {page:?}");
        let export = audit::export(&site.stoa, admin, search).await.map(drop);
        assert!(matches!(export, Err(Error::Invalid { .. })), "{search:?}");
    }
}

#[tokio::test]
async fn a_long_log_is_paged_through_without_losing_a_line() {
    let site = Site::new().await;
    let admin = site.person("grace", Role::Admin).await;
    let ada = account(site.person("ada", Role::Instructor).await);
    for n in 0..1_300 {
        let event = match n % 400 {
            0 => Event::SessionsEnded { account: ada },
            _ => Event::SignedIn { account: ada },
        };
        let write = audit::entry(&site.stoa, Who::Program, &event).unwrap();
        assert!(matches!(&write, Write::Put(_, Condition::Absent)), "an entry is never overwritten");
        site.stoa.table.write(write).await.unwrap();
    }
    for (search, expected) in [
        (Search { who: "program", ..Search::default() }, 1_300),
        (Search { kind: "sessions.ended", ..Search::default() }, 4),
        (Search::default(), 1_302),
    ] {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = audit::page(&site.stoa, admin, search, after).await.unwrap();
            assert!(page.lines.len() <= 50);
            ids.extend(page.lines.iter().map(|line| line.entry.id));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(ids.len(), expected, "{search:?}");
        assert!(ids.is_sorted_by(|one, next| one > next), "newest first, each once");
    }
}

#[tokio::test]
async fn admins_alone_read_the_log() {
    let site = Site::new().await;
    for role in Role::ALL {
        let actor = site.person(role.name(), role).await;
        let page = audit::page(&site.stoa, actor, Search::default(), None).await;
        assert_eq!(page.is_ok(), role == Role::Admin, "{role}");
    }
    let visitor = audit::page(&site.stoa, Actor::Anonymous, Search::default(), None).await;
    assert!(matches!(visitor, Err(Error::SignInNeeded)));
}

#[tokio::test]
async fn the_exported_log_is_whole_and_starts_no_formula() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let admin = site.person("grace", Role::Admin).await;
    let ada = site.person("ada", Role::Instructor).await;
    site.draft(ada, "=HYPERLINK(\"https://evil.example\")").await;
    site.draft(ada, "Plain, with \"quotes\"").await;
    for _ in 0..120 {
        let signed_in = Event::SignedIn { account: account(ada) };
        stoa.table.write(audit::entry(stoa, Who::CommandLine, &signed_in).unwrap()).await.unwrap();
    }
    let parts: Vec<String> =
        audit::export(stoa, admin, Search::default()).await.unwrap().map(Result::unwrap).collect().await;
    let csv = parts.concat();
    assert_eq!(
        csv.matches("\r\n").count(),
        1 + 2 + 2 + 120 + 1,
        "head, accounts, courses, sign-ins, the export"
    );
    assert!(csv.starts_with("when,who,e-mail,from,kind,what,name,details\r\n"), "{csv}");
    assert!(csv.contains(r#""'=HYPERLINK(""https://evil.example"")""#), "{csv}");
    assert!(csv.contains(r#""Plain, with ""quotes""""#), "{csv}");
    let kinds = kinds(&site, admin, Search { kind: "audit.exported", ..Search::default() }).await;
    assert_eq!(kinds.len(), 1);
    for role in [Role::Learner, Role::Instructor, Role::Support] {
        let actor = site.person(role.name(), role).await;
        let refused = audit::export(stoa, actor, Search::default()).await.map(drop);
        assert!(matches!(refused, Err(Error::Forbidden)), "{role}");
    }
}
