use crate::site::Site;
use domain::account::Role;
use domain::course::{Level, Move};
use services::authoring::{self, CourseTexts};
use services::{Error, catalogue};

#[tokio::test]
async fn courses_with_the_same_title_get_addresses_of_their_own() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let mut slugs = Vec::new();
    for _ in 0..8 {
        let id = authoring::create_course(&site.stoa, ada, "Rust, für alle!").await.unwrap();
        slugs.push(authoring::editor(&site.stoa, ada, id).await.unwrap().course.slug.to_string());
    }
    assert_eq!(&slugs[..2], ["rust-f-r-alle", "rust-f-r-alle-2"]);
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 8);
}

#[tokio::test]
async fn a_title_in_another_script_is_fine() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let id = authoring::create_course(&site.stoa, ada, "تعلم البرمجة").await.unwrap();
    assert!(
        authoring::editor(&site.stoa, ada, id).await.unwrap().course.slug.as_str().starts_with("course-")
    );
}

#[tokio::test]
async fn nobody_else_sees_or_changes_a_draft() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Secret").await;
    for (name, role) in [("grace", Role::Instructor), ("linus", Role::Learner)] {
        let other = site.person(name, role).await;
        assert!(matches!(authoring::editor(&site.stoa, other, course).await, Err(Error::NotFound)), "{name}");
        assert!(
            matches!(authoring::add_section(&site.stoa, other, course, "Mine").await, Err(Error::NotFound)),
            "{name}"
        );
        assert!(
            matches!(catalogue::course(&site.stoa, other, "secret").await, Err(Error::NotFound)),
            "{name}"
        );
    }
    assert!(catalogue::course(&site.stoa, ada, "secret").await.is_ok());
}

#[tokio::test]
async fn a_published_course_is_changed_by_its_owner_alone() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, lesson) = site.published(ada, "Open").await;
    let grace = site.person("grace", Role::Instructor).await;
    let attempt = authoring::rename_lesson(&site.stoa, grace, course, lesson, "Taken over").await;
    assert!(matches!(attempt, Err(Error::Forbidden)), "{attempt:?}");
    let admin = site.person("root", Role::Admin).await;
    authoring::rename_lesson(&site.stoa, admin, course, lesson, "Corrected").await.expect("staff may help");
}

#[tokio::test]
async fn a_course_without_a_video_cannot_be_published() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Empty").await;
    assert!(matches!(authoring::publish(&site.stoa, ada, course).await, Err(Error::Refused(_))));
}

#[tokio::test]
async fn bad_texts_are_named_and_change_nothing() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Kept").await;
    let texts = |title, subtitle| CourseTexts { title, subtitle, description: "", level: Level::Advanced };
    let long = "x".repeat(301);
    for (texts, wrong) in [(texts(" ", ""), "Title"), (texts("New", long.as_str()), "Subtitle")] {
        let error = authoring::edit_course(&site.stoa, ada, course, texts).await.unwrap_err();
        assert!(matches!(error, Error::Invalid { field, .. } if field == wrong), "{error:?}");
    }
    assert_eq!(authoring::editor(&site.stoa, ada, course).await.unwrap().course.title.as_str(), "Kept");
}

#[tokio::test]
async fn two_tabs_editing_the_outline_lose_nothing() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.draft(ada, "Shared").await;
    let adding = (0..4).map(|n| {
        let stoa = site.stoa.clone();
        tokio::spawn(async move { authoring::add_section(&stoa, ada, course, &format!("Section {n}")).await })
    });
    for added in adding.collect::<Vec<_>>() {
        added.await.unwrap().unwrap();
    }
    assert_eq!(authoring::editor(&site.stoa, ada, course).await.unwrap().outline.sections.len(), 1 + 4);
}

#[tokio::test]
async fn totals_follow_the_outline() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, lesson) = site.published(ada, "Counted").await;
    let card = || async { catalogue::course(&site.stoa, ada, "counted").await.unwrap().card };
    assert_eq!((card().await.lessons, card().await.length.0), (1, 600));
    let section = authoring::add_section(&site.stoa, ada, course, "More").await.unwrap();
    let second = authoring::add_lesson(&site.stoa, ada, course, section, "Second").await.unwrap();
    assert_eq!(card().await.lessons, 2);
    authoring::move_lesson(&site.stoa, ada, course, second, Move::Up).await.unwrap();
    authoring::remove_section(&site.stoa, ada, course, section).await.unwrap();
    assert_eq!(card().await.lessons, 2, "the lesson had moved out of the section");
    authoring::remove_lesson(&site.stoa, ada, course, lesson).await.unwrap();
    assert_eq!((card().await.lessons, card().await.length.0), (1, 0));
}
