//! The end of an account, and of what names its owner.

use crate::site::{PASSWORD, Site, enter, origin};
use async_trait::async_trait;
use domain::account::{Actor, Role};
use domain::id::AccountId;
use domain::time::Seconds;
use domain::upload::Purpose;
use embedded::LocalIdentity;
use rusqlite::{Connection, OpenFlags};
use services::accounts::SessionToken;
use services::contract::TestRandom;
use services::ports::{Condition, Item, Key, Page, Query, Table, TableError, Write};
use services::uploads::{self, NewUpload};
use services::{
    Error, Stoa, accounts, authoring, catalogue, handover, instructors, invitations, learning, own_data,
    people, profile,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const ZED: &str = "zed@stoa.example";

/// A site with somebody of whom every kind of record is there, and who wants to leave.
struct World {
    site: Site,
    zed: Actor,
    id: AccountId,
    token: SessionToken,
}

impl World {
    async fn new() -> Self {
        let site = Site::new().await;
        let stoa = &site.stoa;
        let ada = site.person("ada", Role::Instructor).await;
        let linus = site.person("linus", Role::Learner).await;
        let grace = site.person("grace", Role::Admin).await;
        let hers = enter(stoa, "grace@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token;
        invitations::invite(stoa, grace, &hers, ZED, Role::Learner, true).await.unwrap();

        let zed = site.person("zed", Role::Admin).await;
        profile::change(stoa, zed, "Zebedee Quill", "de", "Europe/Vienna").await.unwrap();
        enter(stoa, ZED, PASSWORD, "192.0.2.7").await.unwrap();
        accounts::sign_in(stoa, ZED, "not the password", &origin("192.0.2.9")).await.unwrap_err();
        let token = enter(stoa, ZED, PASSWORD, "192.0.2.8").await.unwrap().token;
        invitations::invite(stoa, zed, &token, "mary@stoa.example", Role::Learner, true).await.unwrap();
        accounts::change_email(stoa, zed, &token, "quill@stoa.example").await.unwrap();

        let (_, lesson) = site.published(ada, "Rust").await;
        for (learner, stars, words) in [(zed, 2, "Says Zebedee."), (linus, 5, "Says Linus.")] {
            learning::enrol(stoa, learner, "rust").await.unwrap();
            learning::report_position(stoa, learner, "rust", lesson, Seconds(599)).await.unwrap();
            learning::review(stoa, learner, "rust", stars, words).await.unwrap();
        }
        let (together, _) = site.draft(ada, "Together").await;
        let (asked, _) = site.draft(ada, "Asked").await;
        for course in [together, asked] {
            instructors::invite(stoa, ada, course, ZED).await.unwrap();
        }
        instructors::accept(stoa, zed, together).await.unwrap();

        let (own, lesson) = site.draft(zed, "Quills").await;
        instructors::invite(stoa, zed, own, "ada@stoa.example").await.unwrap();
        instructors::accept(stoa, ada, own).await.unwrap();
        instructors::invite(stoa, zed, own, "mary@stoa.example").await.unwrap();
        site.run_jobs().await;
        site.give_video(zed, own, lesson).await;
        site.send(zed, own, lesson, Purpose::Attachment, "notes.txt", b"Quills").await.unwrap();
        let new =
            NewUpload { purpose: Purpose::Attachment, name: "b.txt", media_type: "", size: 9, modified: 0 };
        uploads::begin(stoa, zed, own, lesson, new).await.unwrap();

        let id = zed.account().unwrap();
        for (sort, document) in [("LEASES", "[]"), ("RECOVERY-CODES", r#"{"hashes":[]}"#)] {
            let item = Item::new(Key::new(format!("ACCOUNT#{id}"), sort), document.into());
            stoa.table.write(Write::Put(item, Condition::None)).await.unwrap();
        }
        site.run_jobs().await;
        Self { site, zed, id, token }
    }

    fn stoa(&self) -> &Stoa {
        &self.site.stoa
    }

    async fn ask(&self) {
        own_data::ask(self.stoa(), self.zed, &self.token).await.unwrap();
        self.site.run_jobs().await;
    }

    /// Whether no deletion is under way any more.
    async fn is_done(&self) -> bool {
        let key = Key::new(format!("ACCOUNT#{}", self.id), "DELETION");
        self.stoa().table.get(&key).await.unwrap().is_none()
    }

    /// What of the table names Zed: keys, and what stands there.
    fn mentions(&self) -> Vec<(Key, String)> {
        let file = self.site.folder().join("stoa.db");
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut all = database
            .prepare("SELECT partition, sort, concat_ws(' ', first_partition, first_sort, second_partition, second_sort, document) FROM item")
            .unwrap();
        let rows = all.query_map([], |row| {
            Ok((Key::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?), row.get(2)?))
        });
        let rows = rows.unwrap().map(|row: rusqlite::Result<(Key, String)>| row.unwrap());
        let names = [self.id.to_string(), ZED.to_owned(), "Zebedee".to_owned(), "quill@".to_owned()];
        rows.filter(|(key, text)| {
            let text = format!("{} {} {text}", key.partition, key.sort);
            names.iter().any(|name| text.contains(name))
        })
        .collect()
    }

    /// Holds what is left against what may be.
    async fn is_forgotten(&self) {
        let stoa = self.stoa();
        self.site.run_jobs().await;
        for (key, text) in self.mentions() {
            assert!(own_data::outlasts(&key).is_some(), "{key:?} is still there: {text}");
        }
        let files = files(&self.site.folder().join("blobs"));
        assert!(files.is_empty(), "{files:?}");
        assert!(enter(stoa, ZED, PASSWORD, "192.0.2.8").await.is_err());
        assert_eq!(accounts::resume(stoa, &self.token, None).await.unwrap(), None);

        let course = catalogue::course(stoa, Actor::Anonymous, "rust").await.unwrap();
        assert_eq!(
            (course.card.rating.count, course.card.rating.stars),
            (2, 7),
            "ratings stay what they are"
        );
        let said: Vec<_> = course.reviews.iter().map(|r| (r.author.as_str(), r.body.as_str())).collect();
        assert!(
            said.contains(&("A former learner", "")) && said.contains(&("linus", "Says Linus.")),
            "{said:?}"
        );
        assert!(matches!(catalogue::course(stoa, self.zed, "quills").await, Err(Error::NotFound)));
        let mails = self.site.mails();
        let last = mails.iter().rfind(|mail| mail.to == ZED).unwrap();
        assert_eq!(last.subject, "Your account was deleted");
        assert_eq!(mails.iter().filter(|mail| mail.subject == last.subject).count(), 1);
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            // What keeps a second server away.
            false if path.ends_with("~lock") => {}
            // Parts without a record, which a break leaves, are the cleaner's.
            false if path.components().any(|part| part.as_os_str() == "~parts") => {}
            false => found.push(path.display().to_string()),
        }
    }
    found
}

#[tokio::test]
async fn nothing_names_who_has_left_but_what_is_kept_for_a_reason() {
    let world = World::new().await;
    assert!(world.mentions().len() > 20, "he is all over the place");
    world.ask().await;
    world.site.clock.advance(13 * DAY);
    assert_eq!(own_data::sweep(world.stoa()).await.unwrap(), 0, "not before its time");
    world.site.clock.advance(DAY);
    assert_eq!(own_data::sweep(world.stoa()).await.unwrap(), 1);
    assert_eq!(own_data::sweep(world.stoa()).await.unwrap(), 0);
    world.is_forgotten().await;
    let again = accounts::add_account(world.stoa(), ZED, "Zed", Role::Learner, PASSWORD).await.unwrap();
    assert_ne!(again, world.id, "who comes back begins anew");
}

#[tokio::test]
async fn a_deletion_that_breaks_off_at_whatever_step_comes_to_the_same_end() {
    for lost in [Lost::Before, Lost::After] {
        let world = World::new().await;
        world.ask().await;
        world.site.clock.advance(14 * DAY);
        let mut turns = 0;
        // Each turn gets some changes further than the one before, and no more.
        while !world.is_done().await {
            let table = Dying::new(world.stoa().table.clone(), 1, lost);
            own_data::sweep(&Stoa { table, ..world.stoa().clone() }).await.unwrap();
            turns += 1;
            assert!(turns < 200, "it comes nowhere");
        }
        assert!(turns > 5, "there is more than one change to be made, and not {turns}");
        world.is_forgotten().await;
    }
}

#[tokio::test]
async fn an_account_stays_as_it_is_while_the_identity_provider_does_not_answer() {
    let world = World::new().await;
    world.ask().await;
    world.site.clock.advance(14 * DAY);
    let table = Dying::new(world.stoa().table.clone(), 0, Lost::Before);
    let down = LocalIdentity::new(table, world.site.clock.clone(), Arc::new(TestRandom::default()));
    let stoa = Stoa { identity: Arc::new(down), ..world.stoa().clone() };
    assert_eq!(own_data::sweep(&stoa).await.unwrap(), 0);
    assert!(accounts::by_email(world.stoa(), ZED).await.unwrap().is_some());
    assert_eq!(own_data::sweep(world.stoa()).await.unwrap(), 1);
    world.is_forgotten().await;
}

#[tokio::test]
async fn who_thinks_better_of_it_keeps_all() {
    let world = World::new().await;
    let stoa = world.stoa();
    for _ in 0..2 {
        world.ask().await;
    }
    let planned =
        world.site.mails().into_iter().filter(|mail| mail.subject == "Your account will be deleted");
    assert_eq!(planned.count(), 1, "asking twice is asking once");
    let seen = accounts::resume(stoa, &world.token, None).await.unwrap().unwrap();
    assert_eq!(own_data::page(stoa, world.zed, &world.token).await.unwrap().deletion, seen.deletion);
    assert!(seen.deletion.is_some(), "every page can tell");

    world.site.clock.advance(10 * DAY);
    for _ in 0..2 {
        own_data::keep(stoa, world.zed).await.unwrap();
    }
    world.site.run_jobs().await;
    assert_eq!(world.site.mails().last().unwrap().subject, "Your account stays");
    world.site.clock.advance(10 * DAY);
    assert_eq!(own_data::sweep(stoa).await.unwrap(), 0);
    let account = accounts::by_email(stoa, ZED).await.unwrap().unwrap();
    assert_eq!((account.deletion, account.name.as_str()), (None, "Zebedee Quill"));
    assert_eq!(learning::my_courses(stoa, world.zed).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_deletes_an_account_without_its_password() {
    let world = World::new().await;
    let stoa = world.stoa();
    world.site.clock.advance(Duration::from_secs(10 * 60));
    let late = own_data::ask(stoa, world.zed, &world.token).await;
    assert!(matches!(late, Err(Error::ProofNeeded)), "{late:?}");
    let linus = accounts::by_email(stoa, "linus@stoa.example").await.unwrap().unwrap().actor(None);
    let foreign = own_data::ask(stoa, linus, &world.token).await;
    assert!(matches!(foreign, Err(Error::SignInNeeded)), "{foreign:?}");
    assert!(matches!(own_data::keep(stoa, Actor::Anonymous).await, Err(Error::SignInNeeded)));
}

#[tokio::test]
async fn the_last_admin_who_stays_cannot_leave() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let (grace, ada) = (site.person("grace", Role::Admin).await, site.person("ada", Role::Admin).await);
    let session = async |name: &str| {
        enter(stoa, &format!("{name}@stoa.example"), PASSWORD, "192.0.2.1").await.unwrap().token
    };
    own_data::ask(stoa, grace, &session("grace").await).await.unwrap();
    let refused = own_data::ask(stoa, ada, &session("ada").await).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let (id, token) = (ada.account().unwrap(), session("ada").await);
    let refused = people::change_role(stoa, ada, &token, id, Role::Learner).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "who leaves does not count: {refused:?}");
    own_data::keep(stoa, grace).await.unwrap();
    own_data::ask(stoa, ada, &session("ada").await).await.unwrap();
}

#[tokio::test]
async fn learners_do_not_lose_a_course_because_its_instructor_leaves() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let ada = site.person("ada", Role::Instructor).await;
    let linus = site.person("linus", Role::Learner).await;
    let (course, lesson) = site.published(ada, "Rust").await;
    let token = enter(stoa, "ada@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token;
    let refused = async || match own_data::ask(stoa, ada, &token).await {
        Err(Error::Refused(sentence)) => sentence,
        other => panic!("{other:?}"),
    };
    assert!(refused().await.contains("is published"));
    authoring::unpublish(stoa, ada, course).await.unwrap();
    own_data::ask(stoa, ada, &token).await.unwrap();

    // Published once more meanwhile, and somebody joined.
    let before = site.published(ada, "Go").await;
    learning::enrol(stoa, linus, "go").await.unwrap();
    site.clock.advance(14 * DAY);
    assert_eq!(own_data::sweep(stoa).await.unwrap(), 0);
    site.run_jobs().await;
    let mail = site.mails().pop().unwrap();
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("ada@stoa.example", "Your account could not be deleted")
    );
    assert!(mail.text.contains("“Go” has learners"), "{}", mail.text);

    let token = enter(stoa, "ada@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token;
    let grace = site.person("grace", Role::Instructor).await;
    instructors::invite(stoa, ada, before.0, "grace@stoa.example").await.unwrap();
    instructors::accept(stoa, grace, before.0).await.unwrap();
    handover::hand_over(stoa, ada, before.0, grace.account().unwrap()).await.unwrap();
    own_data::ask(stoa, ada, &token).await.unwrap();
    site.clock.advance(14 * DAY);
    assert_eq!(own_data::sweep(stoa).await.unwrap(), 1);
    let page = learning::my_courses(stoa, linus).await.unwrap();
    assert_eq!(page[0].card.instructor.as_str(), "grace");
    assert!(learning::lesson(stoa, linus, "go", before.1).await.is_ok());
    assert!(matches!(learning::lesson(stoa, linus, "rust", lesson).await, Err(Error::NotFound)));
}

/// A table that takes so many changes, and then does not answer any more.
struct Dying {
    table: Arc<dyn Table>,
    left: AtomicI64,
    lost: Lost,
}

/// When the change that is not answered gets lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// Before it is made.
    Before,
    /// After: it is the answer alone that is lost.
    After,
}

impl Dying {
    fn new(table: Arc<dyn Table>, left: i64, lost: Lost) -> Arc<Self> {
        Arc::new(Self { table, left: AtomicI64::new(left), lost })
    }
}

#[async_trait]
impl Table for Dying {
    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        self.table.get(key).await
    }

    async fn batch_get(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        self.table.batch_get(keys).await
    }

    async fn query(&self, query: Query) -> Result<Page, TableError> {
        self.table.query(query).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TableError> {
        let dead = self.left.fetch_sub(1, Ordering::SeqCst) <= 0;
        if !dead || self.lost == Lost::After {
            self.table.transact(writes).await?;
        }
        if dead { Err(TableError::Unavailable("it was killed".into())) } else { Ok(()) }
    }

    async fn add(&self, key: &Key, amount: i64) -> Result<i64, TableError> {
        self.table.add(key, amount).await
    }
}
