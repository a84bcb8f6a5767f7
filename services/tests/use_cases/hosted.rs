//! Signing in on an identity provider's own pages.

use crate::pool::Pool;
use crate::site::{Site, origin};
use domain::account::Role;
use services::accounts::{self, Arrived, Return, SessionToken};
use services::{Error, Stoa};
use std::sync::Arc;

const LINUS: &str = "linus@stoa.example";
const HOME: &str = "192.0.2.1";

struct World {
    site: Site,
    pool: Arc<Pool>,
}

/// An attempt as a browser and the provider know it.
struct Begun {
    kept: SessionToken,
    state: String,
    verifier: String,
}

impl World {
    async fn new() -> Self {
        let mut site = Site::new().await;
        let pool = Arc::new(Pool::in_place_of(site.stoa.identity.clone()));
        site.stoa.identity = pool.clone();
        site.person("linus", Role::Instructor).await;
        Self { site, pool }
    }

    fn stoa(&self) -> &Stoa {
        &self.site.stoa
    }

    fn begin(&self) -> Begun {
        let (kept, address) = accounts::go_to_hosted(self.stoa()).unwrap();
        assert!(!address.contains(&kept.expose()), "what the browser keeps stays there");
        let parts: Vec<&str> = address.split('/').skip(3).collect();
        let [state, _, verifier] = parts[..] else { panic!("{address}") };
        Begun { kept, state: state.into(), verifier: verifier.into() }
    }

    /// Somebody has signed in there.
    fn gives_code(&self, code: &str, email: &str, begun: &Begun) {
        let who = (email.parse().unwrap(), begun.verifier.clone());
        self.pool.codes.lock().unwrap().insert(code.into(), who);
    }

    async fn comes_back(&self, kept: Option<&SessionToken>, back: Return<'_>) -> Result<Arrived, Error> {
        accounts::return_from_hosted(self.stoa(), kept, back, &origin(HOME)).await
    }
}

fn with<'a>(state: &'a str, code: &'a str) -> Return<'a> {
    Return { state: Some(state), code: Some(code), error: None }
}

#[tokio::test]
async fn who_signed_in_there_has_the_account_and_the_role_as_ever_and_is_signed_out_there_too() {
    let world = World::new().await;
    assert_eq!(accounts::hosted_name(world.stoa()).as_deref(), Some("the pool"));
    let begun = world.begin();
    world.gives_code("code", LINUS, &begun);
    let arrived = world.comes_back(Some(&begun.kept), with(&begun.state, "code")).await.unwrap();
    let Arrived::SignedIn(signed_in) = arrived else { panic!("{arrived:?}") };
    assert_eq!((signed_in.account.email.as_str(), signed_in.account.role), (LINUS, Role::Instructor));
    let again = world.comes_back(Some(&begun.kept), with(&begun.state, "code")).await.unwrap();
    assert!(matches!(again, Arrived::Late), "a code works once");
    let out = accounts::sign_out(world.stoa(), &signed_in.token).await.unwrap();
    assert_eq!(out.as_deref(), Some("https://pool.example/logout"));

    let here = crate::site::enter(world.stoa(), LINUS, crate::site::PASSWORD, HOME).await.unwrap();
    assert_eq!(accounts::sign_out(world.stoa(), &here.token).await.unwrap(), None, "who signed in here");
}

#[tokio::test]
async fn what_another_browser_began_signs_nobody_in() {
    let world = World::new().await;
    let (mine, foreign) = (world.begin(), world.begin());
    world.gives_code("code", LINUS, &foreign);
    for (kept, state) in [
        (None, &foreign.state),
        (Some(&mine.kept), &foreign.state),
        (Some(&mine.kept), &mine.state),
        (Some(&foreign.kept), &mine.state),
    ] {
        let arrived = world.comes_back(kept, with(state, "code")).await.unwrap();
        assert!(matches!(arrived, Arrived::Late), "{arrived:?}");
        world.gives_code("code", LINUS, &foreign);
    }
}

#[tokio::test]
async fn whatever_else_comes_back_is_told_apart() {
    let world = World::new().await;
    let begun = world.begin();
    let back = async |back: Return<'_>| world.comes_back(Some(&begun.kept), back).await;
    let state = Some(&*begun.state);
    let denied = Return { state, error: Some("access_denied"), ..Return::default() };
    assert!(matches!(back(denied).await.unwrap(), Arrived::Refused));
    assert!(matches!(back(Return { state, ..Return::default() }).await.unwrap(), Arrived::Late));
    assert!(matches!(back(Return::default()).await.unwrap(), Arrived::Late));
    let broken = Return { state, error: Some("server_error"), ..Return::default() };
    assert!(matches!(back(broken).await, Err(Error::Unavailable(_))));
    world.pool.is_down(true);
    assert!(matches!(back(with(&begun.state, "code")).await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_provider_without_pages_leads_nowhere() {
    let site = Site::new().await;
    assert_eq!(accounts::hosted_name(&site.stoa), None);
    assert!(matches!(accounts::go_to_hosted(&site.stoa), Err(Error::Refused(_))));
}
