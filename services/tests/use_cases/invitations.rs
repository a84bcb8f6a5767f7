//! Invitations to have an account.

use crate::site::{PASSWORD, Site, enter};
use domain::account::{Actor, Role};
use services::accounts::SessionToken;
use services::ports::Query;
use services::{Error, accounts, invitations};
use std::time::Duration;

const ADA: &str = "ada@stoa.example";

/// An admin who has just signed in.
async fn admin(site: &Site) -> (Actor, SessionToken) {
    let grace = site.person("grace", Role::Admin).await;
    (grace, enter(&site.stoa, "grace@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token)
}

/// The code in a link.
fn code(link: &str) -> String {
    link.split_once("/invitation?code=").unwrap().1.to_owned()
}

/// The code of the link that is shown to who invited.
async fn shown(site: &Site, grace: Actor, token: &SessionToken) -> String {
    code(&invitations::list(&site.stoa, grace, token).await.unwrap().made.unwrap().link)
}

#[tokio::test]
async fn who_is_invited_makes_their_account_once_with_the_role_that_was_meant() {
    let site = Site::new().await;
    let (grace, token) = admin(&site).await;
    invitations::invite(&site.stoa, grace, &token, "Ada@stoa.example", Role::Instructor, true).await.unwrap();
    site.run_jobs().await;
    let mails = site.mails();
    let text = &mails.last().unwrap().text;
    let code = code(text.split_whitespace().find(|word| word.contains("/invitation?code=")).unwrap());
    assert_eq!(code, shown(&site, grace, &token).await, "who invites sees what was mailed");
    let page = invitations::page(&site.stoa, &code).await.unwrap();
    assert_eq!((page.email.as_str(), page.role, page.by.as_str()), (ADA, Role::Instructor, "grace"));

    // What is wrong with the form costs nothing.
    assert!(invitations::accept(&site.stoa, &code, "Ada", "short", None).await.is_err());
    assert!(invitations::accept(&site.stoa, &code, "", "a good password", None).await.is_err());
    invitations::accept(&site.stoa, &code, "Ada", "a good password", None).await.unwrap();
    let account = accounts::by_email(&site.stoa, ADA).await.unwrap().unwrap();
    assert_eq!((account.role, account.name.as_str()), (Role::Instructor, "Ada"));
    assert!(invitations::list(&site.stoa, grace, &token).await.unwrap().open.is_empty());

    for code in [code.as_str(), "", "x"] {
        let refused = invitations::accept(&site.stoa, code, "Eve", "a good password", None).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    let again = invitations::invite(&site.stoa, grace, &token, ADA, Role::Learner, true).await;
    assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
}

#[tokio::test]
async fn a_link_is_shown_once_to_who_made_it_and_mailed_only_where_that_is_wanted() {
    let site = Site::new().await;
    let (grace, token) = admin(&site).await;
    let elsewhere = enter(&site.stoa, "grace@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token;
    invitations::invite(&site.stoa, grace, &token, ADA, Role::Learner, false).await.unwrap();
    site.run_jobs().await;
    assert!(site.mails().iter().all(|mail| mail.to != ADA));
    let made = invitations::list(&site.stoa, grace, &elsewhere).await.unwrap().made;
    assert_eq!(made, None, "her other browser does not have it");
    let code = shown(&site, grace, &token).await;
    // Its hash alone is kept: what is stored does not open it.
    let stored = site.stoa.table.query(Query::partition(format!("INVITATION#{code}"), 1)).await.unwrap();
    assert!(stored.items.is_empty());

    accounts::hide(&site.stoa, grace, &token).await.unwrap();
    let page = invitations::list(&site.stoa, grace, &token).await.unwrap();
    assert_eq!((page.made, page.open.len(), page.open[0].email.as_str()), (None, 1, ADA));
    invitations::accept(&site.stoa, &code, "Ada", "a good password", None).await.unwrap();
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_opens_nothing() {
    let site = Site::new().await;
    let (grace, token) = admin(&site).await;
    invitations::invite(&site.stoa, grace, &token, ADA, Role::Learner, false).await.unwrap();
    let code = shown(&site, grace, &token).await;
    let id = invitations::list(&site.stoa, grace, &token).await.unwrap().open.remove(0).id;
    assert_ne!(id, code, "what names it does not open it");
    for id in [id.as_str(), &id, "none", ""] {
        invitations::revoke(&site.stoa, grace, id).await.unwrap();
    }
    let refused = invitations::accept(&site.stoa, &code, "Ada", "a good password", None).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert!(invitations::list(&site.stoa, grace, &token).await.unwrap().open.is_empty());
}

#[tokio::test]
async fn an_invitation_runs_out_and_only_admins_invite_with_their_password() {
    let site = Site::new().await;
    let (grace, token) = admin(&site).await;
    invitations::invite(&site.stoa, grace, &token, ADA, Role::Admin, false).await.unwrap();
    let code = shown(&site, grace, &token).await;
    site.clock.advance(Duration::from_secs(10 * 60));
    let page = invitations::list(&site.stoa, grace, &token).await.unwrap();
    assert_eq!((page.proved, page.made, page.open.len()), (false, None, 1));
    let late = invitations::invite(&site.stoa, grace, &token, "eve@stoa.example", Role::Admin, false).await;
    assert!(matches!(late, Err(Error::ProofNeeded)), "{late:?}");
    for role in [Role::Learner, Role::Instructor, Role::Support] {
        let somebody = site.person(role.name(), role).await;
        let theirs = enter(&site.stoa, &format!("{role}@stoa.example"), PASSWORD, "192.0.2.2").await.unwrap();
        let refused =
            invitations::invite(&site.stoa, somebody, &theirs.token, "eve@stoa.example", Role::Admin, true)
                .await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
        assert!(matches!(
            invitations::list(&site.stoa, somebody, &theirs.token).await,
            Err(Error::Forbidden)
        ));
        assert!(matches!(invitations::revoke(&site.stoa, somebody, "x").await, Err(Error::Forbidden)));
    }
    site.clock.advance(Duration::from_secs(14 * 24 * 3600));
    let late = invitations::accept(&site.stoa, &code, "Ada", "a good password", None).await;
    assert!(matches!(late, Err(Error::Refused(_))), "{late:?}");
}
