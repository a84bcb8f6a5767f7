//! An identity provider that keeps roles itself: it is told of those that are given here, and takes none of them back.

use crate::pool::Pool;
use crate::site::{PASSWORD, Site, enter, origin};
use domain::account::{Account, Actor, Role};
use services::accounts::{self, Entered, SessionToken};
use services::worker::{Job, Outcome, Task};
use services::{invitations, jobs, people};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const LINUS: &str = "linus@stoa.example";
const HOME: &str = "192.0.2.1";
/// After that a session is looked up with the provider.
const LATER: Duration = Duration::from_secs(11 * 60);

/// A site whose people, and their roles, are elsewhere; Linus is signed in.
struct World {
    site: Site,
    pool: Arc<Pool>,
    admin: Actor,
    linus: Account,
    token: SessionToken,
}

impl World {
    async fn new() -> Self {
        let mut site = Site::new().await;
        let pool = Arc::new(Pool::in_place_of(site.stoa.identity.clone()));
        site.stoa.identity = pool.clone();
        let admin = site.person("grace", Role::Admin).await;
        site.person("linus", Role::Learner).await;
        site.run_jobs().await;
        site.clock.advance(LATER);
        let entered = enter(&site.stoa, LINUS, PASSWORD, HOME).await.unwrap();
        Self { site, pool, admin, linus: entered.account, token: entered.token }
    }

    /// A session of the admin, who has just given their password.
    async fn grace(&self) -> SessionToken {
        enter(&self.site.stoa, "grace@stoa.example", PASSWORD, HOME).await.unwrap().token
    }

    async fn give(&self, hers: &SessionToken, role: Role) {
        people::change_role(&self.site.stoa, self.admin, hers, self.linus.id, role).await.unwrap();
    }

    /// What Linus is when he comes again, which is when the provider is asked.
    async fn role(&self) -> Role {
        accounts::resume(&self.site.stoa, &self.token, None).await.unwrap().unwrap().role
    }

    async fn tell(&self, last_attempt: bool) -> Outcome {
        let job = Job::TellRole { account: self.linus.id };
        let task = Task { job, last_attempt, cancelled: CancellationToken::new() };
        jobs::handle(self.site.stoa.clone(), task).await
    }
}

#[tokio::test]
async fn a_role_that_an_admin_gives_is_the_providers_too() {
    let world = World::new().await;
    for role in [Role::Instructor, Role::Support, Role::Learner] {
        world.give(&world.grace().await, role).await;
        world.site.run_jobs().await;
        assert_eq!(world.pool.role(LINUS), role);
        world.site.clock.advance(LATER);
        assert_eq!(world.role().await, role);
    }
}

#[tokio::test]
async fn who_was_invited_with_a_role_has_it_whenever_the_provider_hears_of_it() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let hers = world.grace().await;
    invitations::invite(stoa, world.admin, &hers, "new@stoa.example", Role::Instructor, true).await.unwrap();
    world.site.run_jobs().await;
    let mail = world.site.mails().into_iter().find(|mail| mail.to == "new@stoa.example").unwrap();
    let code = mail.text.split("code=").nth(1).unwrap().split_whitespace().next().unwrap();
    invitations::accept(stoa, code, "New", PASSWORD, None).await.unwrap();
    let entered = enter(stoa, "new@stoa.example", PASSWORD, HOME).await.unwrap();
    assert_eq!(entered.account.role, Role::Instructor, "before the provider knows");
    world.site.run_jobs().await;
    assert_eq!(world.pool.role("new@stoa.example"), Role::Instructor);
}

#[tokio::test]
async fn however_long_the_provider_is_down_the_role_holds_and_is_told_in_the_end() {
    let world = World::new().await;
    let hers = world.grace().await;
    world.pool.is_down(true);
    world.give(&hers, Role::Instructor).await;
    assert_eq!(world.role().await, Role::Instructor, "at once");
    assert!(matches!(world.tell(false).await, Outcome::Retry { .. }));
    assert_eq!(world.tell(true).await, Outcome::Done, "a job of its own goes on from here");
    world.site.clock.advance(LATER);
    assert_eq!(world.role().await, Role::Instructor, "and who is signed in stays so");
    world.pool.is_down(false);
    world.site.clock.advance(LATER);
    assert_eq!(world.role().await, Role::Instructor, "the provider answers, with what was before");
    let again = enter(&world.site.stoa, LINUS, PASSWORD, HOME).await.unwrap();
    assert_eq!(again.account.role, Role::Instructor);
    world.site.run_jobs().await;
    assert_eq!(world.pool.role(LINUS), Role::Instructor);
}

#[tokio::test]
async fn an_answer_that_was_on_its_way_takes_no_role_back() {
    let world = World::new().await;
    world.site.clock.advance(LATER);
    let stoa = world.site.stoa.clone();
    let token: SessionToken = world.token.expose().parse().unwrap();
    let hers = world.grace().await;
    let (asked, answer) = world.pool.hold();
    let slow = tokio::spawn(async move { accounts::resume(&stoa, &token, None).await });
    asked.notified().await;
    world.give(&hers, Role::Instructor).await;
    world.site.run_jobs().await;
    world.site.clock.advance(Duration::from_secs(30));
    answer.notify_one();
    assert_eq!(slow.await.unwrap().unwrap().unwrap().role, Role::Instructor);
    assert_eq!(world.role().await, Role::Instructor);
}

#[tokio::test]
async fn of_two_roles_that_are_told_at_once_the_later_one_stays() {
    let world = World::new().await;
    let hers = world.grace().await;
    world.give(&hers, Role::Admin).await;
    let stoa = world.site.stoa.clone();
    let job = Job::TellRole { account: world.linus.id };
    let (asked, answer) = world.pool.hold();
    let task = Task { job, last_attempt: false, cancelled: CancellationToken::new() };
    let slow = tokio::spawn(jobs::handle(stoa, task));
    asked.notified().await;
    world.give(&hers, Role::Learner).await;
    world.site.run_jobs().await;
    assert_eq!(world.pool.role(LINUS), Role::Learner);
    answer.notify_one();
    assert_eq!(slow.await.unwrap(), Outcome::Done);
    assert_eq!(world.pool.role(LINUS), Role::Learner);
}

#[tokio::test]
async fn what_the_provider_says_later_counts() {
    let world = World::new().await;
    world.give(&world.grace().await, Role::Instructor).await;
    world.site.run_jobs().await;
    world.site.clock.advance(LATER);
    assert_eq!(world.role().await, Role::Instructor);
    world.pool.roles.lock().unwrap().insert(LINUS.into(), Role::Support);
    world.site.clock.advance(LATER);
    assert_eq!(world.role().await, Role::Support);
}

#[tokio::test]
async fn who_has_to_set_an_authenticator_up_to_sign_in_is_shown_recovery_codes_for_it() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    world.pool.wants_authenticators.store(true, Ordering::SeqCst);
    let begun = accounts::sign_in(stoa, LINUS, PASSWORD, &origin(HOME)).await.unwrap();
    let Entered::Challenge(challenge) = begun else { panic!("{begun:?}") };
    let asked = accounts::challenge(stoa, &challenge).await.unwrap();
    let Some(domain::view::Asked::NewAuthenticator(shown)) = asked else { panic!("{asked:?}") };
    assert_eq!(shown.key, "JBSW Y3DP EHPK 3PXP");
    assert!(shown.address.contains("secret=JBSWY3DPEHPK3PXP") && shown.size > 20);
    let answer = async |code: &str| accounts::answer(stoa, &challenge, code, &origin(HOME)).await;
    assert!(answer("000000").await.is_err());
    let entered = answer(" 123456 ").await.unwrap();
    let Entered::SignedIn(signed_in) = entered else { panic!("{entered:?}") };
    assert!(signed_in.shown);
    let security = accounts::security(stoa, world.linus.actor(None), &signed_in.token).await.unwrap();
    let Some(domain::view::Shown::RecoveryCodes(codes)) = security.shown else { panic!("{security:?}") };
    assert_eq!((codes.len(), security.recovery_codes), (10, 10));
    world.site.run_jobs().await;
    assert!(world.site.mails().iter().any(|mail| mail.to == LINUS && mail.subject.contains("second step")));
}
