use crate::site::Site;
use domain::account::{Actor, Role};
use domain::time::Seconds;
use domain::view::Standing;
use services::{Error, authoring, catalogue, learning};

#[tokio::test]
async fn only_who_enrolled_opens_a_lesson() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (_, lesson) = site.published(ada, "Open").await;
    let linus = site.person("linus", Role::Learner).await;
    assert!(matches!(
        learning::lesson(&site.stoa, Actor::Anonymous, "open", lesson).await,
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(learning::lesson(&site.stoa, linus, "open", lesson).await, Err(Error::Forbidden)));
    assert!(matches!(learning::enrol(&site.stoa, Actor::Anonymous, "open").await, Err(Error::SignInNeeded)));
    learning::enrol(&site.stoa, linus, "open").await.unwrap();
    learning::enrol(&site.stoa, linus, "open").await.expect("joining twice is joining once");
    assert_eq!(learning::lesson(&site.stoa, linus, "open", lesson).await.unwrap().lesson, lesson);
    assert_eq!(catalogue::course(&site.stoa, linus, "open").await.unwrap().standing, Standing::Enrolled);
}

#[tokio::test]
async fn a_course_with_a_price_cannot_be_joined_for_nothing() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    site.imported(ada, "paid", 1900).await;
    let linus = site.person("linus", Role::Learner).await;
    let refused = learning::enrol(&site.stoa, linus, "paid").await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(message) if message.contains("$19")), "{refused:?}");
    assert_eq!(catalogue::course(&site.stoa, linus, "paid").await.unwrap().standing, Standing::Visitor);
}

#[tokio::test]
async fn a_lesson_goes_on_where_it_was_left() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (_, lesson) = site.published(ada, "Open").await;
    let linus = site.person("linus", Role::Learner).await;
    learning::enrol(&site.stoa, linus, "open").await.unwrap();
    learning::report_position(&site.stoa, linus, "open", lesson, Seconds(123)).await.unwrap();
    assert_eq!(learning::lesson(&site.stoa, linus, "open", lesson).await.unwrap().resume_at, Seconds(123));
    let other = site.person("grace", Role::Learner).await;
    learning::enrol(&site.stoa, other, "open").await.unwrap();
    assert_eq!(learning::lesson(&site.stoa, other, "open", lesson).await.unwrap().resume_at, Seconds(0));
}

#[tokio::test]
async fn completed_lessons_count_once_and_lead_to_the_next() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, first) = site.published(ada, "Two").await;
    let section = authoring::editor(&site.stoa, ada, course).await.unwrap().outline.sections[0].id;
    let second = authoring::add_lesson(&site.stoa, ada, course, section, "Second").await.unwrap();
    let linus = site.person("linus", Role::Learner).await;
    learning::enrol(&site.stoa, linus, "two").await.unwrap();
    let resume = || async { catalogue::course(&site.stoa, linus, "two").await.unwrap().resume };
    assert_eq!(resume().await, Some(first));
    for position in [300, 600, 100, 599] {
        learning::report_position(&site.stoa, linus, "two", first, Seconds(position)).await.unwrap();
    }
    let mine = learning::my_courses(&site.stoa, linus).await.unwrap();
    assert_eq!((mine.len(), mine[0].completed), (1, 1));
    assert_eq!(resume().await, Some(second));
    let page = learning::lesson(&site.stoa, linus, "two", second).await.unwrap();
    let ticks: Vec<bool> = page.outline.lessons().map(|lesson| lesson.completed).collect();
    assert_eq!(ticks, [true, false]);
}

#[tokio::test]
async fn a_withdrawn_course_stays_with_those_who_take_it() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, lesson) = site.published(ada, "Open").await;
    let (linus, late) = (site.person("linus", Role::Learner).await, site.person("late", Role::Learner).await);
    learning::enrol(&site.stoa, linus, "open").await.unwrap();
    authoring::unpublish(&site.stoa, ada, course).await.unwrap();
    assert!(learning::lesson(&site.stoa, linus, "open", lesson).await.is_ok());
    assert!(matches!(learning::enrol(&site.stoa, late, "open").await, Err(Error::NotFound)));
}

#[tokio::test]
async fn reports_from_two_devices_at_once_are_both_taken() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (_, lesson) = site.published(ada, "Open").await;
    let linus = site.person("linus", Role::Learner).await;
    learning::enrol(&site.stoa, linus, "open").await.unwrap();
    let reports = (1..=6).map(|n| {
        let stoa = site.stoa.clone();
        tokio::spawn(
            async move { learning::report_position(&stoa, linus, "open", lesson, Seconds(n * 10)).await },
        )
    });
    for report in reports.collect::<Vec<_>>() {
        report.await.unwrap().unwrap();
    }
    assert!(learning::lesson(&site.stoa, linus, "open", lesson).await.unwrap().resume_at > Seconds(0));
}
