use crate::site::{PASSWORD, Site, enter, origin};
use domain::account::{Actor, Role};
use domain::code::Code;
use domain::view::{Authenticator, Shown};
use services::accounts::{self, Entered, Origin, SessionToken, SignedIn};
use services::audit::{self, Search};
use services::contract::TestClock;
use services::{Error, Stoa};
use std::time::Duration;
use totp_rs::{Builder, Secret};

const ADA: &str = "ada@stoa.example";
const HOME: &str = "192.0.2.1";
const NEW: &str = "learning is joy";
const MINUTE: Duration = Duration::from_secs(60);

/// A site with Ada, who is signed in.
struct World {
    site: Site,
    ada: SignedIn,
}

impl World {
    async fn new() -> Self {
        let site = Site::new().await;
        site.person("ada", Role::Learner).await;
        let ada = enter(&site.stoa, ADA, PASSWORD, HOME).await.unwrap();
        Self { site, ada }
    }

    fn stoa(&self) -> &Stoa {
        &self.site.stoa
    }

    fn actor(&self) -> Actor {
        self.ada.account.actor(None)
    }

    async fn is_alive(&self, token: &SessionToken) -> bool {
        accounts::resume(self.stoa(), token, None).await.unwrap().is_some()
    }

    /// Sets up a second factor; the recovery codes, and the session as it goes on.
    async fn second_factor(&self, token: &SessionToken) -> (String, Vec<String>, SessionToken) {
        accounts::begin_totp(self.stoa(), self.actor(), token).await.unwrap();
        let shown = accounts::security(self.stoa(), self.actor(), token).await.unwrap().shown;
        let Some(Shown::Authenticator(Authenticator { key, address, qr, size })) = shown else {
            panic!("{shown:?}")
        };
        let key = key.replace(' ', "");
        assert!(address.contains(&format!("secret={key}")) && qr.starts_with("M0 0h1v1h-1z") && size > 20);
        let code = totp(&key, &self.site.clock);
        let token = accounts::confirm_totp(self.stoa(), self.actor(), token, &code).await.unwrap();
        let shown = accounts::security(self.stoa(), self.actor(), &token).await.unwrap().shown;
        let Some(Shown::RecoveryCodes(codes)) = shown else { panic!("{shown:?}") };
        (key, codes, token)
    }

    /// How many events of a kind the log has of Ada's account.
    async fn logged(&self, kind: &str) -> usize {
        let admin = self.site.person("grace", Role::Admin).await;
        let search = Search { thing: ADA, kind, ..Search::default() };
        audit::page(self.stoa(), admin, search, None).await.unwrap().lines.len()
    }

    async fn challenged(&self) -> SessionToken {
        match accounts::sign_in(self.stoa(), ADA, PASSWORD, &origin(HOME)).await.unwrap() {
            Entered::Challenge(token) => token,
            other => panic!("{other:?}"),
        }
    }
}

fn totp(key: &str, clock: &TestClock) -> String {
    use services::clock::Clock;
    let totp = Builder::new().with_secret(Secret::try_from_base32(key).unwrap()).build().unwrap();
    totp.generate(u64::try_from(clock.now().millis() / 1000).unwrap()).to_string()
}

/// What the last mail of this subject to this address says.
async fn mail(site: &Site, to: &str, subject: &str) -> String {
    site.run_jobs().await;
    let found = site.mails().into_iter().rev().find(|mail| mail.to == to && mail.subject.contains(subject));
    found.unwrap_or_else(|| panic!("no mail “{subject}” to {to} among {:#?}", site.mails())).text
}

/// How many mails went to this address.
async fn mails_to(site: &Site, to: &str) -> usize {
    site.run_jobs().await;
    site.mails().iter().filter(|mail| mail.to == to).count()
}

/// The code in a mail.
fn code(mail: &str) -> String {
    let words = mail.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let mut codes = words.filter(|word| word.len() == 14 && word.parse::<Code>().is_ok());
    codes.next_back().unwrap_or_else(|| panic!("no code in {mail}")).to_owned()
}

#[tokio::test]
async fn a_session_lasts_until_sign_out() {
    let world = World::new().await;
    let token = world.ada.token.expose().parse().unwrap();
    let account = accounts::resume(world.stoa(), &token, None).await.unwrap();
    assert_eq!(account, Some(world.ada.account.clone()));
    accounts::sign_out(world.stoa(), &token).await.unwrap();
    assert!(!world.is_alive(&token).await);
    accounts::sign_out(world.stoa(), &token).await.unwrap();
}

#[tokio::test]
async fn a_session_ends_by_itself_when_it_is_not_used_and_at_last_whatever_happens() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let world = World::new().await;
    let idle = enter(world.stoa(), ADA, PASSWORD, HOME).await.unwrap().token;
    for day in 0..90 {
        assert!(world.is_alive(&world.ada.token).await, "used each day, on day {day}");
        world.site.clock.advance(DAY);
        assert_eq!(day < 13, accounts::security(world.stoa(), world.actor(), &idle).await.is_ok(), "{day}");
    }
    assert!(!world.is_alive(&world.ada.token).await);
}

#[tokio::test]
async fn each_sign_in_gets_a_session_of_its_own() {
    let world = World::new().await;
    let there = enter(world.stoa(), ADA, PASSWORD, HOME).await.unwrap().token;
    assert_ne!(world.ada.token.expose(), there.expose());
    accounts::sign_out(world.stoa(), &world.ada.token).await.unwrap();
    assert!(world.is_alive(&there).await);
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_sound_alike() {
    let world = World::new().await;
    let answer = async |email: &str, password: &str| {
        enter(world.stoa(), email, password, HOME).await.unwrap_err().to_string()
    };
    let wrong = answer(ADA, "not her password").await;
    assert_eq!(answer("eve@stoa.example", PASSWORD).await, wrong);
    assert_eq!(answer("no address", PASSWORD).await, wrong);
}

#[tokio::test]
async fn guessing_from_one_place_is_stopped_there_and_only_for_a_while() {
    let world = World::new().await;
    for _ in 0..10 {
        enter(world.stoa(), ADA, "a wrong guess", "192.0.2.9").await.unwrap_err();
    }
    for _ in 0..3 {
        enter(world.stoa(), ADA, PASSWORD, "192.0.2.9").await.unwrap_err();
    }
    assert_eq!(world.logged("account.locked").await, 1, "however often somebody tries after it");
    let refused = enter(world.stoa(), ADA, PASSWORD, "192.0.2.9").await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(message) if message.contains("15 minutes")), "{refused:?}");
    enter(world.stoa(), ADA, PASSWORD, "192.0.2.2").await.expect("elsewhere the owner can still sign in");
    world.site.clock.advance(14 * MINUTE);
    enter(world.stoa(), ADA, PASSWORD, "192.0.2.9").await.unwrap_err();
    world.site.clock.advance(MINUTE);
    enter(world.stoa(), ADA, PASSWORD, "192.0.2.9")
        .await
        .expect("later she can here, too: trying prolongs nothing");
}

#[tokio::test]
async fn guessing_from_everywhere_keeps_strange_devices_out_and_never_the_owners() {
    let world = World::new().await;
    for guess in 0..60 {
        enter(world.stoa(), ADA, "a wrong guess", &format!("198.51.100.{guess}")).await.unwrap_err();
    }
    let strange = enter(world.stoa(), ADA, PASSWORD, "198.51.100.200").await;
    assert!(matches!(strange, Err(Error::Refused(_))), "{strange:?}");
    assert_eq!(world.logged("account.locked").await, 1);
    enter(world.stoa(), ADA, PASSWORD, HOME).await.expect("where she signed in before she still can");
    enter(world.stoa(), "eve@stoa.example", "a guess", "198.51.100.200").await.unwrap_err();
    world.site.clock.advance(15 * MINUTE);
    enter(world.stoa(), ADA, PASSWORD, "198.51.100.200").await.expect("and soon everywhere");
}

#[tokio::test]
async fn who_signs_in_rightly_a_hundred_times_is_guessing_nothing() {
    let world = World::new().await;
    for _ in 0..110 {
        enter(world.stoa(), ADA, PASSWORD, HOME).await.unwrap();
    }
}

#[tokio::test]
async fn an_address_has_one_account() {
    let world = World::new().await;
    let second = accounts::add_account(world.stoa(), "ADA@stoa.example", "Eve", Role::Admin, PASSWORD).await;
    assert!(matches!(second, Err(Error::Invalid { field: "E-mail", .. })), "{second:?}");
    enter(world.stoa(), ADA, PASSWORD, HOME).await.expect("the first one is untouched");
}

#[tokio::test]
async fn who_registers_confirms_by_mail_and_can_then_sign_in() {
    let world = World::new().await;
    let (stoa, eve, from) = (world.stoa(), "eve@stoa.example", origin(HOME));
    accounts::sign_up(stoa, eve, "Eve", NEW, &from).await.unwrap();
    assert!(matches!(accounts::sign_in(stoa, eve, NEW, &from).await.unwrap(), Entered::Unconfirmed(_)));
    let code = code(&mail(&world.site, eve, "onfirm").await);
    accounts::confirm(stoa, eve, &code).await.unwrap();
    let signed_in = enter(stoa, eve, NEW, HOME).await.unwrap();
    assert_eq!((signed_in.account.name.as_str(), signed_in.account.role), ("Eve", Role::Learner));
}

#[tokio::test]
async fn registering_tells_nobody_who_has_an_account_but_its_owner() {
    let world = World::new().await;
    let known = accounts::sign_up(world.stoa(), ADA, "Eve", NEW, &origin(HOME)).await;
    let unknown = accounts::sign_up(world.stoa(), "eve@stoa.example", "Eve", NEW, &origin(HOME)).await;
    assert!(known.is_ok() && unknown.is_ok());
    mail(&world.site, ADA, "already").await;
    enter(world.stoa(), ADA, PASSWORD, HOME).await.expect("what she has is untouched");
    enter(world.stoa(), ADA, NEW, HOME).await.unwrap_err();
}

#[tokio::test]
async fn nobodys_mailbox_is_filled_by_others() {
    let world = World::new().await;
    let before = mails_to(&world.site, ADA).await;
    for _ in 0..20 {
        accounts::forgot(world.stoa(), ADA, &origin(HOME)).await.unwrap();
    }
    assert_eq!(mails_to(&world.site, ADA).await, before + 5);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail_and_all_sessions_end() {
    let world = World::new().await;
    let from = origin("192.0.2.77");
    accounts::forgot(world.stoa(), "nobody@stoa.example", &from).await.unwrap();
    accounts::forgot(world.stoa(), ADA, &from).await.unwrap();
    let code = code(&mail(&world.site, ADA, "password").await);
    assert_eq!(mails_to(&world.site, "nobody@stoa.example").await, 0);
    assert_eq!(world.logged("password.reset-asked").await, 1);
    let weak = accounts::reset(world.stoa(), ADA, &code, "password123", &from).await;
    assert!(matches!(weak, Err(Error::Invalid { field: "Password", .. })), "{weak:?}");
    world.site.clock.advance(MINUTE);
    accounts::reset(world.stoa(), ADA, &code, NEW, &from).await.unwrap();
    assert!(!world.is_alive(&world.ada.token).await);
    world.site.clock.advance(MINUTE);
    enter(world.stoa(), ADA, NEW, HOME).await.unwrap();
    let twice = accounts::reset(world.stoa(), ADA, &code, PASSWORD, &from).await;
    assert!(matches!(twice, Err(Error::Invalid { field: "Code", .. })), "{twice:?}");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_renews_this_one() {
    let world = World::new().await;
    let there = enter(world.stoa(), ADA, PASSWORD, HOME).await.unwrap().token;
    let change = async |token: &SessionToken, old: &str| {
        accounts::change_password(world.stoa(), world.actor(), token, old, NEW, &origin(HOME)).await
    };
    let wrong = change(&world.ada.token, "not her password").await;
    assert!(matches!(wrong, Err(Error::Invalid { field: "Current password", .. })), "{wrong:?}");
    let here = change(&world.ada.token, PASSWORD).await.unwrap();
    assert!(world.is_alive(&here).await);
    assert!(!world.is_alive(&there).await && !world.is_alive(&world.ada.token).await);
}

#[tokio::test]
async fn what_is_dangerous_needs_the_password_of_late_and_renews_the_session() {
    let world = World::new().await;
    let (stoa, actor, token) = (world.stoa(), world.actor(), &world.ada.token);
    world.site.clock.advance(10 * MINUTE);
    for refused in [
        accounts::begin_totp(stoa, actor, token).await,
        accounts::change_email(stoa, actor, token, "countess@stoa.example").await,
        accounts::check_proved(stoa, actor, token).await,
        accounts::new_recovery_codes(stoa, actor, token).await,
    ] {
        assert!(matches!(refused, Err(Error::ProofNeeded)), "{refused:?}");
    }
    let prove = async |password: &str| accounts::prove(stoa, actor, token, password, &origin(HOME)).await;
    assert!(matches!(prove("not hers").await, Err(Error::Invalid { field: "Password", .. })));
    let renewed = prove(PASSWORD).await.unwrap();
    assert!(!world.is_alive(token).await, "the token from before opens nothing");
    accounts::check_proved(stoa, actor, &renewed).await.unwrap();
}

#[tokio::test]
async fn a_session_is_its_owners_alone() {
    let world = World::new().await;
    world.site.person("eve", Role::Admin).await;
    let eve = enter(world.stoa(), "eve@stoa.example", PASSWORD, HOME).await.unwrap();
    let actor = eve.account.actor(None);
    let foreign = accounts::security(world.stoa(), actor, &world.ada.token).await;
    assert!(matches!(foreign, Err(Error::SignInNeeded)), "{foreign:?}");
    let hers = accounts::security(world.stoa(), world.actor(), &world.ada.token).await.unwrap().sessions;
    accounts::end_other(world.stoa(), actor, &eve.token, &hers[0].id).await.unwrap();
    assert!(world.is_alive(&world.ada.token).await, "another's session cannot be ended");
}

#[tokio::test]
async fn people_see_where_they_are_signed_in_and_end_it() {
    let world = World::new().await;
    let phone = Origin {
        name: domain::device::DeviceName::from_user_agent("Chrome/150 Android"),
        ..origin("192.0.2.8")
    };
    world.site.clock.advance(MINUTE);
    let Entered::SignedIn(there) = accounts::sign_in(world.stoa(), ADA, PASSWORD, &phone).await.unwrap()
    else {
        panic!("a password is enough")
    };
    let rows =
        async || accounts::security(world.stoa(), world.actor(), &world.ada.token).await.unwrap().sessions;
    let seen: Vec<_> = rows().await.into_iter().map(|row| (row.device.to_string(), row.here)).collect();
    assert_eq!(seen, [("Chrome on Android".into(), false), ("Firefox on Linux".into(), true)]);
    let id = rows().await[0].id.clone();
    assert!(id.parse::<SessionToken>().is_ok_and(|token| token != there.token), "its name opens nothing");
    accounts::end_other(world.stoa(), world.actor(), &world.ada.token, &id).await.unwrap();
    assert!(!world.is_alive(&there.token).await);
    assert_eq!(rows().await.len(), 1);
    accounts::sign_out_everywhere(world.stoa(), world.actor(), &world.ada.token).await.unwrap();
    assert!(!world.is_alive(&world.ada.token).await);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_recovery_codes_stand_in_for_it_once_each() {
    let world = World::new().await;
    let (key, codes, token) = world.second_factor(&world.ada.token).await;
    assert_eq!(codes.len(), 10);
    assert!(!world.is_alive(&world.ada.token).await, "what a session may do has changed, so its token has");
    accounts::hide(world.stoa(), world.actor(), &token).await.unwrap();
    assert_eq!(accounts::security(world.stoa(), world.actor(), &token).await.unwrap().shown, None);

    let answer = async |challenge: &SessionToken, answer: &str| {
        accounts::answer(world.stoa(), challenge, answer, &origin(HOME)).await
    };
    let challenge = world.challenged().await;
    assert!(!world.is_alive(&challenge).await, "half a sign-in is no session");
    assert!(matches!(answer(&challenge, "000000").await, Err(Error::Invalid { field: "Code", .. })));
    world.site.clock.advance(Duration::from_secs(30));
    let code = totp(&key, &world.site.clock);
    assert!(matches!(answer(&challenge, &code).await.unwrap(), Entered::SignedIn(_)));
    assert!(
        matches!(answer(&challenge, &code).await, Err(Error::Refused(_))),
        "a challenge is answered once"
    );

    let challenge = world.challenged().await;
    assert!(matches!(answer(&challenge, &codes[3].to_lowercase()).await.unwrap(), Entered::SignedIn(_)));
    mail(&world.site, ADA, "ecovery").await;
    let challenge = world.challenged().await;
    assert!(matches!(answer(&challenge, &codes[3]).await, Err(Error::Invalid { field: "Code", .. })));
    assert_eq!(accounts::security(world.stoa(), world.actor(), &token).await.unwrap().recovery_codes, 9);
}

#[tokio::test]
async fn a_second_factor_cannot_be_guessed() {
    let world = World::new().await;
    let (key, _, _) = world.second_factor(&world.ada.token).await;
    for _ in 0..5 {
        let challenge = world.challenged().await;
        for _ in 0..2 {
            accounts::answer(world.stoa(), &challenge, "000000", &origin(HOME)).await.unwrap_err();
        }
    }
    let challenge = world.challenged().await;
    world.site.clock.advance(Duration::from_secs(30));
    let code = totp(&key, &world.site.clock);
    let refused = accounts::answer(world.stoa(), &challenge, &code, &origin(HOME)).await;
    assert!(
        matches!(&refused, Err(Error::Refused(message)) if message.contains("15 minutes")),
        "{refused:?}"
    );
    world.site.clock.advance(15 * MINUTE);
    let late = accounts::answer(world.stoa(), &challenge, &code, &origin(HOME)).await;
    assert!(matches!(&late, Err(Error::Refused(message)) if message.contains("took too long")), "{late:?}");
}

#[tokio::test]
async fn both_addresses_confirm_a_change_of_address() {
    let world = World::new().await;
    let (stoa, actor, token) = (world.stoa(), world.actor(), &world.ada.token);
    let new = "countess@stoa.example";
    accounts::change_email(stoa, actor, token, new).await.unwrap();
    let early = accounts::confirm_email(stoa, actor, token, "0000-0000-0000").await;
    assert!(matches!(early, Err(Error::Refused(_))), "{early:?}");
    let old_code = code(&mail(&world.site, ADA, "address").await);
    assert_eq!(mails_to(&world.site, new).await, 0);
    let wrong = accounts::approve_email(stoa, actor, token, "0000-0000-0000").await;
    assert!(matches!(wrong, Err(Error::Invalid { field: "Code", .. })), "{wrong:?}");
    accounts::approve_email(stoa, actor, token, &old_code).await.unwrap();
    let new_code = code(&mail(&world.site, new, "onfirm").await);
    accounts::confirm_email(stoa, actor, token, &new_code).await.unwrap();
    let account = accounts::resume(stoa, token, None).await.unwrap().unwrap();
    assert_eq!(account.email.as_str(), new);
    enter(stoa, ADA, PASSWORD, HOME).await.unwrap_err();
    assert_eq!(enter(stoa, new, PASSWORD, HOME).await.unwrap().account.id, account.id);
    mail(&world.site, ADA, "changed").await;
    accounts::sign_up(stoa, ADA, "Another Ada", NEW, &origin(HOME)).await.unwrap();
}

#[tokio::test]
async fn a_strange_device_is_told_of_and_a_known_or_the_first_one_is_not() {
    let world = World::new().await;
    let before = mails_to(&world.site, ADA).await;
    assert_eq!(before, 0, "whoever made the account, nobody is warned of its first use");
    enter(world.stoa(), ADA, PASSWORD, HOME).await.unwrap();
    assert_eq!(mails_to(&world.site, ADA).await, before);
    enter(world.stoa(), ADA, PASSWORD, "192.0.2.99").await.unwrap();
    assert_eq!(mails_to(&world.site, ADA).await, before + 1);
}
