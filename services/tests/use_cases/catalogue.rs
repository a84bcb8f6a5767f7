use crate::site::Site;
use domain::account::{Actor, Role};
use domain::course::Level;
use domain::time::Seconds;
use domain::view::Standing;
use services::authoring::{self, CourseTexts};
use services::{Error, catalogue, learning};

#[tokio::test]
async fn the_pages_show_every_published_course_once_newest_first() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    for n in 0..30 {
        site.published(ada, &format!("Course {n}")).await;
    }
    site.draft(ada, "Hidden").await;
    let first = catalogue::page(&site.stoa, Actor::Anonymous, None).await.unwrap();
    let second = catalogue::page(&site.stoa, Actor::Anonymous, first.next.as_deref()).await.unwrap();
    assert_eq!((first.courses.len(), second.courses.len(), second.next), (catalogue::PAGE, 6, None));
    let titles: Vec<String> =
        first.courses.iter().chain(second.courses.iter()).map(|c| c.title.to_string()).collect();
    assert_eq!(titles, (0..30).rev().map(|n| format!("Course {n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_made_up_place_in_the_catalogue_is_not_found() {
    let site = Site::new().await;
    for place in ["", "x", "12", "-", "1-2", "9999999999999999999999-01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
        assert!(
            matches!(catalogue::page(&site.stoa, Actor::Anonymous, Some(place)).await, Err(Error::NotFound)),
            "{place}"
        );
    }
}

#[tokio::test]
async fn search_finds_by_the_beginnings_of_words_and_all_of_them() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    site.published(ada, "Rust for beginners").await;
    site.published(ada, "Rust in production").await;
    site.published(ada, "Über Öfen").await;
    let search = |text: &'static str| {
        let stoa = site.stoa.clone();
        async move {
            let found = catalogue::search(&stoa, Actor::Anonymous, text).await.unwrap();
            found.iter().map(|card| card.title.to_string()).collect::<Vec<_>>()
        }
    };
    assert_eq!(search("rust").await, ["Rust in production", "Rust for beginners"]);
    assert_eq!(search("RUS, begin").await, ["Rust for beginners"]);
    assert_eq!(search("ÖFEN").await, ["Über Öfen"]);
    assert_eq!(search("ada rust prod").await, ["Rust in production"], "the instructor counts, too");
    for nothing in ["", " !? ", "python", "rust python"] {
        assert!(search(nothing).await.is_empty(), "{nothing}");
    }
}

#[tokio::test]
async fn search_follows_changes_and_withdrawal() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.published(ada, "Old name").await;
    let texts = CourseTexts {
        title: "New name",
        subtitle: "With a subtitle",
        description: "",
        level: Level::Beginner,
    };
    authoring::edit_course(&site.stoa, ada, course, texts).await.unwrap();
    let count = |text: &'static str| {
        let stoa = site.stoa.clone();
        async move { catalogue::search(&stoa, Actor::Anonymous, text).await.unwrap().len() }
    };
    assert_eq!((count("old").await, count("new").await, count("subtitle").await), (0, 1, 1));
    authoring::unpublish(&site.stoa, ada, course).await.unwrap();
    assert_eq!((count("new").await, count("name").await), (0, 0));
    assert!(catalogue::page(&site.stoa, Actor::Anonymous, None).await.unwrap().courses.is_empty());
}

#[tokio::test]
async fn reviews_of_learners_make_the_rating() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    site.published(ada, "Rated").await;
    let linus = site.person("linus", Role::Learner).await;
    let stranger = learning::review(&site.stoa, linus, "rated", 5, "Great").await;
    assert!(matches!(stranger, Err(Error::Forbidden)), "{stranger:?}");
    learning::enrol(&site.stoa, linus, "rated").await.unwrap();
    learning::review(&site.stoa, linus, "rated", 5, "Great").await.unwrap();
    learning::review(&site.stoa, linus, "rated", 2, "On second thought").await.unwrap();
    let page = catalogue::course(&site.stoa, Actor::Anonymous, "rated").await.unwrap();
    assert_eq!((page.card.rating.count, page.card.rating.tenths()), (1, Some(20)));
    assert_eq!(page.reviews.iter().map(|r| r.body.as_str()).collect::<Vec<_>>(), ["On second thought"]);
    assert!(matches!(learning::review(&site.stoa, linus, "rated", 6, "").await, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn pages_that_are_kept_learn_of_every_change_that_visitors_see_and_of_no_other() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, lesson) = site.published(ada, "Kept").await;
    let linus = site.person("linus", Role::Learner).await;
    let before = site.stoa.revision.now();
    learning::enrol(&site.stoa, linus, "kept").await.unwrap();
    learning::report_position(&site.stoa, linus, "kept", lesson, Seconds(10)).await.unwrap();
    assert_eq!(site.stoa.revision.now(), before);
    learning::review(&site.stoa, linus, "kept", 5, "Good").await.unwrap();
    let reviewed = site.stoa.revision.now();
    assert!(reviewed > before);
    authoring::rename_lesson(&site.stoa, ada, course, lesson, "Another name").await.unwrap();
    assert!(site.stoa.revision.now() > reviewed);
}

#[tokio::test]
async fn everybody_sees_a_change_of_a_course_at_once() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let linus = site.person("linus", Role::Learner).await;
    let (course, lesson) = site.published(ada, "Seen").await;
    let shown = async |actor| {
        let page = catalogue::course(&site.stoa, actor, "seen").await.unwrap();
        let lessons = page.outline.lessons().map(|lesson| lesson.title.to_string()).collect::<Vec<_>>();
        (lessons, page.reviews.len(), page.standing)
    };
    for actor in [Actor::Anonymous, linus, ada] {
        assert_eq!((shown(actor).await.0, shown(actor).await.1), (vec!["Lesson".into()], 0));
    }
    learning::enrol(&site.stoa, linus, "seen").await.unwrap();
    learning::review(&site.stoa, linus, "seen", 4, "").await.unwrap();
    authoring::rename_lesson(&site.stoa, ada, course, lesson, "New").await.unwrap();
    for (actor, standing) in
        [(Actor::Anonymous, Standing::Visitor), (linus, Standing::Enrolled), (ada, Standing::Instructor)]
    {
        assert_eq!(shown(actor).await, (vec!["New".into()], 1, standing));
    }
    authoring::unpublish(&site.stoa, ada, course).await.unwrap();
    let withdrawn = catalogue::course(&site.stoa, Actor::Anonymous, "seen").await;
    assert!(matches!(withdrawn, Err(Error::NotFound)), "{withdrawn:?}");
}
