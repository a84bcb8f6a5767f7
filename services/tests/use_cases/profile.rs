//! What people say of themselves, and their data.

use crate::site::{PASSWORD, Site, enter};
use domain::account::{Actor, Role};
use domain::upload::Purpose;
use services::{Error, authoring, own_data, profile};
use std::time::Duration;

#[tokio::test]
async fn a_new_name_is_shown_everywhere_and_nothing_else_of_the_account_changes() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let (course, _) = site.published(ada, "Rust").await;
    profile::change(&site.stoa, ada, " Ada  Lovelace ", "pt-BR", "Europe/Athens").await.unwrap();
    let page = profile::page(&site.stoa, ada).await.unwrap();
    assert_eq!((page.name.as_str(), page.email.as_str()), ("Ada Lovelace", "ada@stoa.example"));
    assert_eq!(page.language.unwrap().as_str(), "pt-BR");
    assert_eq!(page.time_zone.clone().unwrap().as_str(), "Europe/Athens");
    assert!(page.time_zones.contains(&page.time_zone.unwrap()));
    let editor = authoring::editor(&site.stoa, ada, course).await.unwrap();
    assert_eq!(editor.course.instructor.as_str(), "Ada Lovelace");
    profile::change(&site.stoa, ada, "Ada", "", "").await.unwrap();
    let page = profile::page(&site.stoa, ada).await.unwrap();
    assert_eq!((page.language, page.time_zone), (None, None));
}

#[tokio::test]
async fn what_is_no_language_or_time_zone_is_refused_and_changes_nothing() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Learner).await;
    for (name, language, zone) in
        [("", "", ""), ("A", "klingonese!", ""), ("A", "", "Europe/Atlantis"), ("A", "", "../../etc/passwd")]
    {
        let refused = profile::change(&site.stoa, ada, name, language, zone).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{language} {zone}: {refused:?}");
    }
    assert_eq!(profile::page(&site.stoa, ada).await.unwrap().name.as_str(), "ada");
    assert!(matches!(profile::page(&site.stoa, Actor::Anonymous).await, Err(Error::SignInNeeded)));
}

#[tokio::test]
async fn everybody_gets_all_their_own_data_and_nobody_elses() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let linus = site.person("linus", Role::Learner).await;
    let (course, lesson) = site.published(ada, "Rust").await;
    site.send(ada, course, lesson, Purpose::Attachment, "notes.txt", b"Ownership").await.unwrap();
    services::learning::enrol(&site.stoa, linus, "rust").await.unwrap();
    profile::change(&site.stoa, ada, "Ada", "", "Europe/Athens").await.unwrap();

    let token = enter(&site.stoa, "ada@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token;
    let export = own_data::export(&site.stoa, ada, &token).await.unwrap();
    let document = |name: &str| {
        let found = export.documents.iter().find(|(file, _)| file == name);
        &found.unwrap_or_else(|| panic!("{name}")).1
    };
    assert!(document("profile.json").contains("ada@stoa.example"));
    assert!(document("preferences.json").contains("Europe/Athens"));
    assert!(document("courses/rust.json").contains("notes.txt"));
    assert!(document("log.json").contains("data.exported"));
    let [(name, key)] = &export.files[..] else { panic!("{:?}", export.files) };
    assert!(name.ends_with("/notes.txt") && site.stoa.blobs.size(key).await.unwrap() == Some(9), "{name}");
    let all: String = export.documents.iter().map(|(_, text)| text.as_str()).collect();
    assert!(!all.contains("linus") && !all.contains("mail_key") && !all.contains("$argon2"), "{all}");

    assert!(own_data::export(&site.stoa, linus, &token).await.is_err(), "with the session of somebody else");
    let theirs = enter(&site.stoa, "linus@stoa.example", PASSWORD, "192.0.2.2").await.unwrap().token;
    let export = own_data::export(&site.stoa, linus, &theirs).await.unwrap();
    let all: String = export.documents.iter().map(|(_, text)| text.as_str()).collect();
    assert!(all.contains(&course.to_string()) && !all.contains("ada@stoa.example"), "{all}");
    assert!(export.files.is_empty());
    let nobody = own_data::export(&site.stoa, Actor::Anonymous, &token).await;
    assert!(matches!(nobody, Err(Error::SignInNeeded)));
    site.clock.advance(Duration::from_secs(10 * 60));
    let late = own_data::export(&site.stoa, ada, &token).await;
    assert!(matches!(late, Err(Error::ProofNeeded)), "the password was given long ago");
}
