//! On how many devices an account plays, and what ends playing.

use crate::site::{PASSWORD, Site, enter};
use domain::account::{Actor, Role};
use domain::device::DeviceName;
use domain::id::{CourseId, DeviceId, LeaseId, LessonId};
use domain::lease::Claim;
use domain::view::{Elsewhere, Opening, Playback};
use services::playback::{Device, Grant};
use services::{Error, accounts, learners, learning, leases, playback};
use std::time::Duration;

/// Somebody who takes a course with a video, and the cookies' lifetime in seconds.
struct World {
    site: Site,
    ada: Actor,
    linus: Actor,
    course: CourseId,
    lesson: LessonId,
}

const TTL: u64 = 300;
const AGAIN: Claim = Claim { held: None, stop: None };

impl World {
    async fn new() -> Self {
        let site = Site::new().await;
        let ada = site.person("ada", Role::Instructor).await;
        let (course, lesson) = site.published(ada, "Open").await;
        site.give_video(ada, course, lesson).await;
        let linus = site.person("linus", Role::Learner).await;
        learning::enrol(&site.stoa, linus, "open").await.unwrap();
        Self { site, ada, linus, course, lesson }
    }

    async fn ask(&self, device: &Device, claim: Claim) -> services::Result<Grant> {
        playback::open(&self.site.stoa, self.linus, device, "open", self.lesson, claim).await
    }

    /// Plays on a device, which is to be possible.
    async fn play(&self, device: &Device, claim: Claim) -> Playback {
        let grant = self.ask(device, claim).await.unwrap();
        assert!(grant.cookies.is_some());
        match grant.opening {
            Opening::Granted(playback) => playback,
            Opening::Elsewhere(elsewhere) => panic!("plays elsewhere: {elsewhere:?}"),
        }
    }

    /// Is told where else the account plays, and gets no cookies.
    async fn elsewhere(&self, device: &Device, claim: Claim) -> Elsewhere {
        let grant = self.ask(device, claim).await.unwrap();
        assert_eq!(grant.cookies, None);
        match grant.opening {
            Opening::Granted(_) => panic!("plays"),
            Opening::Elsewhere(elsewhere) => elsewhere,
        }
    }

    /// What a device that wants to play, and may have to stop others, is told of them.
    async fn playing(&self) -> Vec<String> {
        let mut names = Vec::new();
        for n in 10..20 {
            let grant = self.ask(&device(n, ""), AGAIN).await.unwrap();
            if let Opening::Elsewhere(Elsewhere { devices, .. }) = grant.opening {
                names = devices
                    .iter()
                    .map(|device| device.name.to_string())
                    .filter(|name| name != "A browser")
                    .collect();
                break;
            }
        }
        names
    }

    fn wait(&self, seconds: u64) {
        self.site.clock.advance(Duration::from_secs(seconds));
    }
}

fn device(n: u128, user_agent: &str) -> Device {
    let id = DeviceId::new(Default::default(), n);
    Device { id, name: DeviceName::from_user_agent(user_agent), session: None }
}

fn phone() -> Device {
    device(1, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36")
}

fn laptop() -> Device {
    device(2, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0")
}

fn tablet() -> Device {
    device(3, "Mozilla/5.0 (iPad; CPU OS 15_1 like Mac OS X) AppleWebKit/605.1.15 FxiOS/145.0 Mobile/15E148")
}

fn renew(held: LeaseId) -> Claim {
    Claim { held: Some(held), stop: None }
}

fn instead_of(lease: LeaseId) -> Claim {
    Claim { held: None, stop: Some(lease) }
}

#[tokio::test]
async fn the_third_device_sees_which_two_play() {
    let world = World::new().await;
    world.play(&phone(), AGAIN).await;
    world.wait(100);
    world.play(&laptop(), AGAIN).await;
    world.wait(20);
    let Elsewhere { full, devices } = world.elsewhere(&tablet(), AGAIN).await;
    assert!(full);
    let seen: Vec<_> =
        devices.iter().map(|d| (d.name.to_string(), d.lesson.as_str(), d.playing_for.0)).collect();
    let expected = [("Chrome on Android", 120), ("Firefox on Windows", 20)];
    assert_eq!(seen, expected.map(|(name, seconds)| (name.to_owned(), "Lesson", seconds)));
}

#[tokio::test]
async fn play_here_stops_there_until_it_is_taken_back() {
    let world = World::new().await;
    let on_phone = world.play(&phone(), AGAIN).await.lease;
    world.play(&laptop(), AGAIN).await;
    let on_tablet = world.play(&tablet(), instead_of(on_phone)).await.lease;
    world.wait(200);
    let told = world.elsewhere(&phone(), renew(on_phone)).await;
    assert_eq!(told.devices.len(), 2);
    world.play(&phone(), instead_of(on_tablet)).await;
    world.elsewhere(&tablet(), renew(on_tablet)).await;
}

#[tokio::test]
async fn a_stopped_device_does_not_go_on_by_itself_when_there_is_room_again() {
    let world = World::new().await;
    let on_phone = world.play(&phone(), AGAIN).await.lease;
    let on_laptop = world.play(&laptop(), AGAIN).await.lease;
    world.play(&tablet(), instead_of(on_phone)).await;
    leases::release(&world.site.stoa, world.linus, on_laptop).await.unwrap();
    assert!(!world.elsewhere(&phone(), renew(on_phone)).await.full);
    world.play(&phone(), AGAIN).await;
}

#[tokio::test]
async fn of_devices_that_open_at_the_same_moment_only_as_many_play_as_may() {
    let world = World::new().await;
    let ask = |n| {
        let (stoa, linus, lesson) = (world.site.stoa.clone(), world.linus, world.lesson);
        tokio::spawn(async move {
            let grant = playback::open(&stoa, linus, &device(n, ""), "open", lesson, AGAIN).await.unwrap();
            grant.cookies.is_some()
        })
    };
    let asked: Vec<_> = (1..=6).map(ask).collect();
    let mut playing = 0;
    for answer in asked {
        playing += usize::from(answer.await.unwrap());
    }
    assert_eq!(playing, 2);
}

#[tokio::test]
async fn a_device_that_goes_silent_makes_room_when_its_cookies_run_out() {
    let world = World::new().await;
    world.play(&phone(), AGAIN).await;
    let on_laptop = world.play(&laptop(), AGAIN).await.lease;
    world.wait(200);
    assert_eq!(world.play(&laptop(), renew(on_laptop)).await.lease, on_laptop);
    world.wait(TTL - 201);
    world.elsewhere(&tablet(), AGAIN).await;
    world.wait(1);
    world.play(&tablet(), AGAIN).await;
    assert_eq!(world.elsewhere(&phone(), AGAIN).await.devices.len(), 2);
}

#[tokio::test]
async fn leaving_the_player_makes_room_at_once() {
    let world = World::new().await;
    let on_phone = world.play(&phone(), AGAIN).await.lease;
    world.play(&laptop(), AGAIN).await;
    leases::release(&world.site.stoa, world.linus, on_phone).await.unwrap();
    leases::release(&world.site.stoa, world.linus, on_phone).await.expect("twice is once");
    world.play(&tablet(), AGAIN).await;
}

#[tokio::test]
async fn nobody_releases_the_lease_of_somebody_else() {
    let world = World::new().await;
    let on_phone = world.play(&phone(), AGAIN).await.lease;
    world.play(&laptop(), AGAIN).await;
    leases::release(&world.site.stoa, world.ada, on_phone).await.unwrap();
    world.elsewhere(&tablet(), AGAIN).await;
}

#[tokio::test]
async fn tabs_and_lessons_of_one_device_count_once() {
    let world = World::new().await;
    world.play(&laptop(), AGAIN).await;
    let first_tab = world.play(&phone(), AGAIN).await.lease;
    let second_tab = world.play(&phone(), AGAIN).await.lease;
    world.play(&phone(), renew(first_tab)).await;
    leases::release(&world.site.stoa, world.linus, first_tab).await.unwrap();
    world.elsewhere(&tablet(), AGAIN).await;
    leases::release(&world.site.stoa, world.linus, second_tab).await.unwrap();
    world.play(&tablet(), AGAIN).await;
}

#[tokio::test]
async fn signing_out_ends_what_plays_in_that_session_alone() {
    let world = World::new().await;
    let sign_in = || enter(&world.site.stoa, "linus@stoa.example", PASSWORD, "192.0.2.1");
    let (here, there) = (sign_in().await.unwrap().token, sign_in().await.unwrap().token);
    world.play(&Device { session: Some(here.clone()), ..phone() }, AGAIN).await;
    world.play(&Device { session: Some(there), ..laptop() }, AGAIN).await;
    accounts::sign_out(&world.site.stoa, &here).await.unwrap();
    assert_eq!(world.playing().await, ["Firefox on Windows"]);
}

#[tokio::test]
async fn who_is_put_out_of_a_course_gets_no_more_cookies() {
    let world = World::new().await;
    let on_phone = world.play(&phone(), AGAIN).await.lease;
    let page = learners::page(&world.site.stoa, world.ada, world.course, None).await.unwrap();
    let [learner] = &page.learners[..] else { panic!("one learner is expected: {page:?}") };
    learners::remove(&world.site.stoa, world.ada, world.course, learner.account).await.unwrap();
    assert!(matches!(world.ask(&phone(), renew(on_phone)).await, Err(Error::Forbidden)));
    let page = learners::page(&world.site.stoa, world.ada, world.course, None).await.unwrap();
    assert!(page.learners.is_empty());
    learning::enrol(&world.site.stoa, world.linus, "open").await.unwrap();
    assert!(world.playing().await.is_empty(), "the lease ended, too");
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_all_that_plays() {
    let world = World::new().await;
    let stoa = &world.site.stoa;
    let old = enter(stoa, "linus@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token;
    world.play(&Device { session: Some(old.clone()), ..phone() }, AGAIN).await;
    world.play(&laptop(), AGAIN).await;
    world.wait(1);
    accounts::set_password(stoa, "linus@stoa.example", "another password").await.unwrap();
    assert_eq!(accounts::resume(stoa, &old, None).await.unwrap(), None);
    assert!(world.playing().await.is_empty());
    enter(stoa, "linus@stoa.example", PASSWORD, "192.0.2.1").await.unwrap_err();
    world.wait(1);
    let new = enter(stoa, "linus@stoa.example", "another password", "192.0.2.1").await.unwrap().token;
    assert!(accounts::resume(stoa, &new, None).await.unwrap().is_some());
}

#[tokio::test]
async fn renewals_come_before_the_cookies_run_out() {
    let world = World::new().await;
    let playback = world.play(&phone(), AGAIN).await;
    assert!((199_000..=200_000).contains(&playback.renew_after), "{}", playback.renew_after);
}
