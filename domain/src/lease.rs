//! Playback leases: on which devices one account plays, and on how many at a time.
//!
//! A device holds at most one lease, however many tabs it has. A lease lasts as long as the signed cookies that
//! were given with it, and is prolonged with them.

use crate::device::DeviceName;
use crate::id::{AssetId, CourseId, DeviceId, LeaseId, VersionId};
use crate::text::Title;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How many stopped leases are remembered; the oldest are forgotten first. A device whose stop was forgotten
/// is treated as a new one: still within the limit.
const STOPPED_KEPT: usize = 16;

/// One device of an account, and what it plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Known to the tab that opened it last; that tab alone can release it.
    pub id: LeaseId,
    /// Which device.
    pub device: DeviceId,
    /// What people call the device.
    pub name: DeviceName,
    /// The session that the device plays in: the lease ends with it.
    pub session: Option<String>,
    /// The course of the lesson.
    pub course: CourseId,
    /// The video.
    pub asset: AssetId,
    /// Its version.
    pub version: VersionId,
    /// The name of the lesson.
    pub lesson: Title,
    /// When it began.
    pub since: Timestamp,
    /// When cookies were last given.
    pub seen: Timestamp,
    /// When those cookies run out, and the lease with them.
    pub until: Timestamp,
    /// Whether another device took its place: it does not count, and is not prolonged.
    pub stopped: bool,
}

/// What a player says about leases when it asks for cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Claim {
    /// The lease that it was given; `None` where it begins.
    pub held: Option<LeaseId>,
    /// The lease of another device, in whose place it wants to play.
    pub stop: Option<LeaseId>,
}

/// Why a device may not play now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// As many other devices play as may.
    Full,
    /// Another device took this one's place.
    Stopped,
}

/// The leases of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Leases(Vec<Lease>);

impl Leases {
    /// Gives `asked` a place among at most `limit` devices, or prolongs the one that its device has. Tells the
    /// identifier under which the asking tab goes on. Where it is refused, nothing is changed.
    pub fn open(
        &mut self,
        asked: Lease,
        claim: Claim,
        limit: usize,
        now: Timestamp,
    ) -> Result<LeaseId, Refusal> {
        let own = self.0.iter_mut().find(|lease| lease.device == asked.device && lease.until > now);
        match (own, claim) {
            (Some(own), Claim { held: Some(_), stop: None }) if own.stopped => return Err(Refusal::Stopped),
            (Some(own), Claim { held: Some(held), .. }) if !own.stopped => {
                own.prolong(&asked, held);
                return Ok(held);
            }
            // Another lesson, another tab, or taking the place back: its new lease replaces the old one.
            _ => {}
        }
        let stops = |lease: &Lease| Some(lease.id) == claim.stop;
        if self.playing_beside(asked.device, now).filter(|lease| !stops(lease)).count() >= limit {
            return Err(Refusal::Full);
        }
        self.0.retain(|lease| lease.until > now && lease.device != asked.device);
        self.0.iter_mut().filter(|lease| stops(lease)).for_each(|lease| lease.stopped = true);
        let id = asked.id;
        self.0.push(asked);
        self.forget_oldest_stopped();
        Ok(id)
    }

    /// The leases of other devices that play now.
    pub fn playing_beside(&self, device: DeviceId, now: Timestamp) -> impl Iterator<Item = &Lease> {
        self.0.iter().filter(move |lease| lease.device != device && lease.until > now && !lease.stopped)
    }

    /// A tab was left. The lease stays where another tab of its device was opened later, and one that was
    /// stopped stays so.
    pub fn release(&mut self, id: LeaseId) {
        self.0.retain(|lease| lease.id != id || lease.stopped);
    }

    /// Ends the leases for which this holds.
    pub fn end(&mut self, ends: impl Fn(&Lease) -> bool) {
        self.0.retain(|lease| !ends(lease));
    }

    /// A session goes on under another name.
    pub fn rename_session(&mut self, from: &str, to: &str) {
        let session = self.0.iter_mut().filter_map(|lease| lease.session.as_mut());
        session.filter(|session| *session == from).for_each(|session| session.replace_range(.., to));
    }

    /// When the last of them runs out; `None` where there are none.
    pub fn until(&self) -> Option<Timestamp> {
        self.0.iter().map(|lease| lease.until).max()
    }

    fn forget_oldest_stopped(&mut self) {
        let mut surplus = self.0.iter().filter(|lease| lease.stopped).count().saturating_sub(STOPPED_KEPT);
        // The list is in the order of beginning.
        self.0.retain(|lease| {
            let forget = lease.stopped && surplus > 0;
            surplus -= usize::from(forget);
            !forget
        });
    }
}

impl Lease {
    /// A tab of the device, which holds `held`, was given cookies again. What the device is said to play
    /// follows the tab that was opened last.
    fn prolong(&mut self, asked: &Lease, held: LeaseId) {
        self.seen = asked.seen;
        self.until = self.until.max(asked.until);
        self.session.clone_from(&asked.session);
        if self.id == held {
            self.course = asked.course;
            self.asset = asked.asset;
            self.version = asked.version;
            self.lesson = asked.lesson.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const TTL: i64 = 300;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    /// Device `n` asks at this second, for a lease that would be called `id`.
    fn asked(n: u128, id: u128, seconds: i64) -> Lease {
        Lease {
            id: LeaseId::new(at(0), id),
            device: DeviceId::new(at(0), n),
            name: DeviceName::from_user_agent(""),
            session: None,
            course: CourseId::new(at(0), 1),
            asset: AssetId::new(at(0), 1),
            version: VersionId::new(at(0), 1),
            lesson: "Lesson".parse().unwrap(),
            since: at(seconds),
            seen: at(seconds),
            until: at(seconds + TTL),
            stopped: false,
        }
    }

    fn id(n: u128) -> LeaseId {
        LeaseId::new(at(0), n)
    }

    fn open(leases: &mut Leases, n: u128, seconds: i64, claim: Claim) -> Result<LeaseId, Refusal> {
        leases.open(asked(n, 100 * n + seconds as u128, seconds), claim, 1, at(seconds))
    }

    fn begin(leases: &mut Leases, n: u128, seconds: i64) -> Result<LeaseId, Refusal> {
        open(leases, n, seconds, Claim::default())
    }

    fn renew(leases: &mut Leases, n: u128, seconds: i64, held: LeaseId) -> Result<LeaseId, Refusal> {
        open(leases, n, seconds, Claim { held: Some(held), stop: None })
    }

    #[test]
    fn a_second_device_waits_until_the_first_stops_or_goes_silent() {
        let mut leases = Leases::default();
        let first = begin(&mut leases, 1, 0).unwrap();
        assert_eq!(begin(&mut leases, 2, TTL - 1), Err(Refusal::Full));
        begin(&mut leases.clone(), 2, TTL).expect("the first went silent");
        leases.release(first);
        begin(&mut leases, 2, 1).expect("the first left");
    }

    #[test]
    fn who_takes_over_stops_the_other_until_it_is_opened_anew() {
        let mut leases = Leases::default();
        let first = begin(&mut leases, 1, 0).unwrap();
        let second = open(&mut leases, 2, 1, Claim { held: None, stop: Some(first) }).unwrap();
        assert_eq!(renew(&mut leases, 1, 2, first), Err(Refusal::Stopped));
        leases.release(first);
        leases.release(second);
        assert_eq!(renew(&mut leases, 1, 3, first), Err(Refusal::Stopped), "although there is room now");
        begin(&mut leases, 1, 4).expect("its owner wants it back");
    }

    #[test]
    fn taking_over_from_who_has_left_takes_the_free_place() {
        let mut leases = Leases::default();
        let first = begin(&mut leases, 1, 0).unwrap();
        leases.release(first);
        open(&mut leases, 2, 1, Claim { held: None, stop: Some(first) }).unwrap();
        let taken = open(&mut leases, 3, 2, Claim { held: None, stop: Some(first) });
        assert_eq!(taken, Err(Refusal::Full), "the lease that it wants to stop is not the one that plays");
    }

    #[test]
    fn two_tabs_count_once_and_the_older_one_cannot_release_the_newer() {
        let mut leases = Leases::default();
        let older = begin(&mut leases, 1, 0).unwrap();
        let newer = begin(&mut leases, 1, 1).unwrap();
        assert_eq!(renew(&mut leases, 1, 200, older), Ok(older));
        leases.release(older);
        assert_eq!(begin(&mut leases, 2, 201), Err(Refusal::Full));
        leases.release(newer);
        begin(&mut leases, 2, 202).unwrap();
    }

    #[test]
    fn after_a_long_sleep_a_renewal_is_an_opening() {
        let mut leases = Leases::default();
        let first = begin(&mut leases, 1, 0).unwrap();
        assert_ne!(renew(&mut leases.clone(), 1, 10_000, first).unwrap(), first);
        begin(&mut leases, 2, 9_999).unwrap();
        assert_eq!(renew(&mut leases, 1, 10_000, first), Err(Refusal::Full));
    }

    #[test]
    fn the_list_stays_short_however_often_devices_take_over() {
        let mut leases = Leases::default();
        for n in 0..100 {
            let stop = leases.0.last().map(|lease| lease.id);
            leases.open(asked(n, n, 0), Claim { held: None, stop }, 1, at(0)).unwrap();
        }
        assert_eq!(leases.0.len(), 1 + STOPPED_KEPT);
    }

    #[derive(Debug, Clone)]
    enum Event {
        Open { device: u128, held: Option<u128>, stop: Option<u128> },
        Release { lease: u128 },
        Wait { seconds: i64 },
    }

    fn event() -> impl Strategy<Value = Event> {
        let lease = || 0..40u128;
        let claim = || proptest::option::of(lease());
        prop_oneof![
            (0..6u128, claim(), claim()).prop_map(|(device, held, stop)| Event::Open { device, held, stop }),
            lease().prop_map(|lease| Event::Release { lease }),
            (1..400i64).prop_map(|seconds| Event::Wait { seconds }),
        ]
    }

    proptest! {
        #[test]
        fn never_more_devices_play_than_may(limit in 1usize..4, events in proptest::collection::vec(event(), 1..40)) {
            let (mut leases, mut now) = (Leases::default(), 0);
            for (n, event) in events.into_iter().enumerate() {
                match event {
                    Event::Open { device, held, stop } => {
                        let before = leases.clone();
                        let claim = Claim { held: held.map(id), stop: stop.map(id) };
                        let answer = leases.open(asked(device, n as u128, now), claim, limit, at(now));
                        prop_assert!(answer.is_ok() || leases == before);
                    }
                    Event::Release { lease } => leases.release(id(lease)),
                    Event::Wait { seconds } => now += seconds,
                }
                let nobody = DeviceId::new(at(0), 99);
                let playing: Vec<_> = leases.playing_beside(nobody, at(now)).map(|l| l.device).collect();
                prop_assert!(playing.len() <= limit);
                prop_assert_eq!(playing.iter().collect::<BTreeSet<_>>().len(), playing.len());
            }
        }
    }
}
