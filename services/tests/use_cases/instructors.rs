use crate::site::Site;
use domain::account::{Actor, Role};
use domain::course::Level;
use domain::id::{AccountId, CourseId};
use domain::upload::Purpose;
use domain::view::Standing;
use services::authoring::CourseTexts;
use services::ports::Key;
use services::uploads::NewUpload;
use services::{Error, authoring, catalogue, handover, instructors, learners, uploads};

const TEXTS: CourseTexts<'_> =
    CourseTexts { title: "Together", subtitle: "", description: "", level: Level::Beginner };

fn account(actor: Actor) -> AccountId {
    actor.account().unwrap()
}

async fn joined(site: &Site, owner: Actor, course: CourseId, name: &str) -> Actor {
    let actor = site.person(name, Role::Instructor).await;
    instructors::invite(&site.stoa, owner, course, &format!("{name}@stoa.example")).await.unwrap();
    instructors::accept(&site.stoa, actor, course).await.unwrap();
    actor
}

#[tokio::test]
async fn who_agreed_edits_the_course_and_lists_it_until_they_are_removed() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.published(ada, "Alone").await;
    let grace = site.person("grace", Role::Instructor).await;
    let own = || async { authoring::own_courses(stoa, grace).await.unwrap().len() };
    instructors::invite(stoa, ada, course, "grace@stoa.example").await.unwrap();
    let refused = authoring::edit_course(stoa, grace, course, TEXTS).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "she has not agreed yet: {refused:?}");
    assert_eq!(own().await, 0);
    let asked = authoring::teach(stoa, grace).await.unwrap().invitations;
    assert_eq!((asked[0].course, asked[0].title.as_str()), (course, "Alone"));

    instructors::accept(stoa, grace, course).await.unwrap();
    assert!(authoring::teach(stoa, grace).await.unwrap().invitations.is_empty());
    assert_eq!(own().await, 1);
    authoring::edit_course(stoa, grace, course, TEXTS).await.unwrap();
    learners::page(stoa, grace, course, None).await.unwrap();
    assert_eq!(catalogue::course(stoa, grace, "alone").await.unwrap().standing, Standing::Instructor);
    let refused = instructors::invite(stoa, grace, course, "eve@stoa.example").await;
    assert!(matches!(refused, Err(Error::Forbidden)), "the owner says who teaches: {refused:?}");

    instructors::remove(stoa, ada, course, account(grace)).await.unwrap();
    instructors::remove(stoa, ada, course, account(grace)).await.expect("it is done already");
    assert_eq!(own().await, 0);
    let refused = authoring::edit_course(stoa, grace, course, TEXTS).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    assert_eq!(catalogue::course(stoa, grace, "alone").await.unwrap().standing, Standing::Visitor);
}

#[tokio::test]
async fn an_invitation_tells_nobody_whether_an_address_has_an_account() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Draft").await;
    site.person("grace", Role::Instructor).await;
    for email in ["grace@stoa.example", "nobody@stoa.example"] {
        for _ in 0..2 {
            instructors::invite(&site.stoa, ada, course, email).await.unwrap();
        }
    }
    let page = instructors::page(&site.stoa, ada, course).await.unwrap();
    let invited: Vec<_> = page.invited.iter().map(|email| email.as_str()).collect();
    assert_eq!(invited, ["grace@stoa.example", "nobody@stoa.example"]);
    assert!(page.co_instructors.is_empty());
}

#[tokio::test]
async fn nobody_teaches_what_they_were_not_asked_to() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Draft").await;
    let grace = site.person("grace", Role::Instructor).await;
    let linus = site.person("linus", Role::Learner).await;
    instructors::invite(stoa, ada, course, "linus@stoa.example").await.unwrap();
    assert!(matches!(instructors::accept(stoa, grace, course).await, Err(Error::NotFound)));
    assert!(matches!(instructors::accept(stoa, linus, course).await, Err(Error::Forbidden)), "no instructor");
    instructors::invite(stoa, ada, course, "grace@stoa.example").await.unwrap();
    instructors::uninvite(stoa, ada, course, "grace@stoa.example").await.unwrap();
    assert!(matches!(instructors::accept(stoa, grace, course).await, Err(Error::NotFound)));
    instructors::invite(stoa, ada, course, "grace@stoa.example").await.unwrap();
    instructors::decline(stoa, grace, course).await.unwrap();
    instructors::decline(stoa, grace, course).await.expect("it is done already");
    assert!(matches!(instructors::accept(stoa, grace, course).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn co_instructors_leave_by_themselves_and_remove_nobody_else() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Draft").await;
    let grace = joined(&site, ada, course, "grace").await;
    let edsger = joined(&site, ada, course, "edsger").await;
    let refused = instructors::remove(stoa, grace, course, account(edsger)).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    instructors::remove(stoa, grace, course, account(grace)).await.unwrap();
    let page = instructors::page(stoa, edsger, course).await.unwrap();
    assert_eq!(page.co_instructors.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [account(edsger)]);
    assert!(!page.manages && page.invited.is_empty());
}

#[tokio::test]
async fn a_course_has_room_for_ten_beside_its_owner() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Draft").await;
    for n in 0..10 {
        instructors::invite(&site.stoa, ada, course, &format!("n{n}@stoa.example")).await.unwrap();
    }
    let refused = instructors::invite(&site.stoa, ada, course, "late@stoa.example").await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

/// How many bytes are counted of somebody's courses.
async fn counted(site: &Site, actor: Actor) -> i64 {
    let key = Key::new(format!("ACCOUNT#{}", account(actor)), "STORAGE");
    site.stoa.table.get(&key).await.unwrap().map_or(0, |item| item.counter)
}

#[tokio::test]
async fn a_course_is_handed_over_with_its_room_and_its_former_owner_goes_on_teaching_it() {
    let site = Site::new().await;
    let stoa = &site.stoa;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, lesson) = site.draft(ada, "Together").await;
    let grace = joined(&site, ada, course, "grace").await;
    let linus = site.person("linus", Role::Learner).await;
    site.give_video(ada, course, lesson).await;
    site.send(ada, course, lesson, Purpose::Attachment, "notes.txt", b"Ownership").await.unwrap();
    let bytes = counted(&site, ada).await;
    assert!(bytes > 9 && counted(&site, grace).await == 0);

    for (actor, to) in [(grace, grace), (linus, grace)] {
        let refused = handover::hand_over(stoa, actor, course, account(to)).await;
        assert!(matches!(refused, Err(Error::Forbidden | Error::NotFound)), "{refused:?}");
    }
    let refused = handover::hand_over(stoa, ada, course, account(linus)).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "he does not teach it: {refused:?}");
    let new = NewUpload { purpose: Purpose::Attachment, name: "b.txt", media_type: "", size: 9, modified: 0 };
    let upload = uploads::begin(stoa, ada, course, lesson, new).await.unwrap().0.id;
    let refused = handover::hand_over(stoa, ada, course, account(grace)).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "a file is on its way: {refused:?}");
    uploads::abort(stoa, ada, upload).await.unwrap();

    handover::hand_over(stoa, ada, course, account(grace)).await.unwrap();
    assert_eq!((counted(&site, ada).await, counted(&site, grace).await), (0, bytes));
    let page = instructors::page(stoa, grace, course).await.unwrap();
    assert_eq!((page.owner.as_str(), page.manages), ("grace", true));
    assert_eq!(page.co_instructors[0].0, account(ada));
    authoring::edit_course(stoa, ada, course, TEXTS).await.unwrap();
    let refused = handover::hand_over(stoa, ada, course, account(ada)).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "it is Grace's now: {refused:?}");
}
