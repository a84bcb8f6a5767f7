//! Who is signed in, for the whole site.

use crate::api::account::SignOutEverywhere;
use crate::api::own::ChangeProfile;
use crate::api::session::{AnswerChallenge, SignIn, SignOut, current};
use crate::components::Outcome;
use crate::data::{Data, preload};
use domain::view::Viewer;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_url;

/// The session as pages see it.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Who is signed in.
    pub(crate) viewer: Data<Option<Viewer>>,
    /// Signing in.
    pub(crate) sign_in: Outcome,
    /// The second step of that.
    pub(crate) answer: Outcome,
    /// Signing out.
    pub(crate) sign_out: Outcome,
    /// Signing out everywhere.
    pub(crate) end_all: Outcome,
    /// Having the account deleted, and keeping it after all.
    pub(crate) deletion: Outcome,
    /// Saying who one is: the name is on every page.
    pub(crate) profile: Outcome,
}

/// Makes the session known to everything below. To be called inside the router.
pub(crate) fn provide() {
    // Routes do this for their own actions; these live above the routes.
    use_url().with_untracked(|url| url.provide_server_action_error());
    let (sign_in, answer) = (Outcome::of(SignIn::PATH), Outcome::of(AnswerChallenge::PATH));
    let (sign_out, end_all) = (Outcome::of(SignOut::PATH), Outcome::of(SignOutEverywhere::PATH));
    let (profile, deletion) = (Outcome::of(ChangeProfile::PATH), Outcome::of("/api/deletion/"));
    let changes = move || [sign_in, answer, sign_out, end_all, profile, deletion].map(Outcome::answers);
    let viewer = preload(changes, |_| current());
    provide_context(Session { viewer, sign_in, answer, sign_out, end_all, profile, deletion });
}

/// The session.
pub(crate) fn use_session() -> Session {
    expect_context()
}
