use crate::site::{PASSWORD, Site, enter, origin};
use domain::account::{Actor, Role};
use domain::audit::Event;
use domain::id::AccountId;
use services::accounts::SessionToken;
use services::audit::Search;
use services::{Error, accounts, audit, people};
use std::time::Duration;

fn account(actor: Actor) -> AccountId {
    actor.account().unwrap()
}

/// A session of somebody who has just given their password.
async fn session(site: &Site, name: &str) -> SessionToken {
    enter(&site.stoa, &format!("{name}@stoa.example"), PASSWORD, "192.0.2.1").await.unwrap().token
}

async fn role_of(site: &Site, name: &str) -> Role {
    let email = format!("{name}@stoa.example");
    accounts::by_email(&site.stoa, &email).await.unwrap().unwrap().role
}

#[tokio::test]
async fn a_role_that_was_changed_holds_at_once_for_open_sessions_and_is_logged() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let admin = site.person("grace", Role::Admin).await;
    let linus = site.person("linus", Role::Learner).await;
    let (theirs, hers) = (session(&site, "linus").await, session(&site, "grace").await);
    for _ in 0..2 {
        people::change_role(stoa, admin, &hers, account(linus), Role::Instructor).await.unwrap();
    }
    assert_eq!(accounts::resume(stoa, &theirs, None).await.unwrap().unwrap().role, Role::Instructor);
    let search = Search { who: "grace@stoa.example", kind: "role.changed", ..Search::default() };
    let log = audit::page(stoa, admin, search, None).await.unwrap().lines;
    let changed =
        Event::RoleChanged { account: account(linus), before: Role::Learner, after: Role::Instructor };
    assert_eq!(log.into_iter().map(|line| line.entry.event).collect::<Vec<_>>(), [changed]);
}

#[tokio::test]
async fn who_gave_their_password_long_ago_gives_it_again_before_a_role_is_changed() {
    let site = Site::new().await;
    let grace = site.person("grace", Role::Admin).await;
    let linus = site.person("linus", Role::Learner).await;
    let token = session(&site, "grace").await;
    site.clock.advance(Duration::from_secs(10 * 60));
    let change = |token: SessionToken| {
        let stoa = site.stoa.clone();
        async move { people::change_role(&stoa, grace, &token, account(linus), Role::Support).await }
    };
    let late = change(token.clone()).await;
    assert!(matches!(late, Err(Error::ProofNeeded)), "{late:?}");
    assert_eq!(role_of(&site, "linus").await, Role::Learner);
    let token = accounts::prove(&site.stoa, grace, &token, PASSWORD, &origin("192.0.2.1")).await.unwrap();
    change(token).await.unwrap();
    assert_eq!(role_of(&site, "linus").await, Role::Support);
    let stolen = session(&site, "linus").await;
    let foreign = change(stolen).await;
    assert!(matches!(foreign, Err(Error::SignInNeeded)), "with the session of somebody else: {foreign:?}");
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let grace = site.person("grace", Role::Admin).await;
    let hers = session(&site, "grace").await;
    let refused = people::change_role(stoa, grace, &hers, account(grace), Role::Learner).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let ada = site.person("ada", Role::Admin).await;
    people::change_role(stoa, grace, &hers, account(grace), Role::Learner).await.unwrap();
    let hers = session(&site, "ada").await;
    let refused = people::change_role(stoa, ada, &hers, account(ada), Role::Support).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert_eq!(role_of(&site, "ada").await, Role::Admin);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_cannot_take_the_role_from_each_other_at_the_same_moment() {
    for _ in 0..20 {
        let site = Site::new().await;
        let grace = site.person("grace", Role::Admin).await;
        let ada = site.person("ada", Role::Admin).await;
        let sessions = (session(&site, "grace").await, session(&site, "ada").await);
        let take = |actor: Actor, token: SessionToken, from: Actor| {
            let stoa = site.stoa.clone();
            tokio::spawn(async move {
                people::change_role(&stoa, actor, &token, account(from), Role::Learner).await
            })
        };
        let (one, other) = tokio::join!(take(grace, sessions.0, ada), take(ada, sessions.1, grace));
        assert!(one.unwrap().is_ok() != other.unwrap().is_ok(), "one of them stays");
        let left = people::page(&site.stoa, grace, Some(Role::Admin), None).await.unwrap().people;
        assert_eq!(left.len(), 1);
    }
}

#[tokio::test]
async fn sessions_of_somebody_else_end_at_once() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let helper = site.person("helper", Role::Support).await;
    let linus = site.person("linus", Role::Learner).await;
    let session = session(&site, "linus").await;
    people::end_sessions(stoa, helper, account(linus)).await.unwrap();
    assert_eq!(accounts::resume(stoa, &session, None).await.unwrap(), None);
    let nobody = AccountId::new(site.stoa.clock.now(), 1);
    assert!(matches!(people::end_sessions(stoa, helper, nobody).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn people_are_listed_by_time_and_role_and_found_by_address() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let helper = site.person("helper", Role::Support).await;
    for n in 0..60 {
        site.clock.advance(Duration::from_millis(1));
        let role = if n % 30 == 0 { Role::Instructor } else { Role::Learner };
        site.person(&format!("n{n}"), role).await;
    }
    let first = people::page(stoa, helper, None, None).await.unwrap();
    let rest = people::page(stoa, helper, None, first.next).await.unwrap();
    assert_eq!((first.people.len(), rest.people.len(), rest.next), (50, 11, None));
    assert_eq!(first.people[0].email.as_str(), "n59@stoa.example");
    assert_eq!(rest.people.last().unwrap().email.as_str(), "helper@stoa.example");
    assert!(!first.changes_roles, "support sees roles, and changes none");
    let teachers = people::page(stoa, helper, Some(Role::Instructor), None).await.unwrap().people;
    let names: Vec<_> = teachers.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["n30", "n0"]);
    let found = people::find(stoa, helper, "N7@stoa.example").await.unwrap();
    let one = people::one(stoa, helper, found).await.unwrap().people;
    assert_eq!(one[0].email.as_str(), "n7@stoa.example");
    for email in ["nobody@stoa.example", "no address", ""] {
        assert!(people::find(stoa, helper, email).await.is_err(), "{email}");
    }
}
