//! What people say of themselves.

use crate::ports::Condition;
use crate::records::accounts as records;
use crate::records::{Stored, courses, preferences};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::caption::Language;
use domain::id::{AccountId, CourseId};
use domain::permission::Permission;
use domain::text::{DisplayName, TimeZone};
use domain::view::ProfilePage;

/// The most courses whose instructor is renamed with their owner.
const MOST_COURSES: usize = 1000;

/// What the actor says of themselves, and what there is to choose.
pub async fn page(stoa: &Stoa, actor: Actor) -> Result<ProfilePage> {
    let account = own(actor)?;
    let record = records::account(&*stoa.table, account).await?.ok_or(Error::SignInNeeded)?;
    let chosen = preferences::preferences(&*stoa.table, account).await?.value;
    Ok(ProfilePage {
        name: record.name,
        email: record.email,
        language: chosen.language,
        time_zone: chosen.time_zone,
        time_zones: time_zones(),
    })
}

/// Changes it. What is empty of language and time zone is not said.
pub async fn change(stoa: &Stoa, actor: Actor, name: &str, language: &str, time_zone: &str) -> Result<()> {
    let account = own(actor)?;
    let name: DisplayName = name.parse().map_err(|e| Error::invalid("Name", e))?;
    let language: Option<Language> =
        chosen(language).map(str::parse).transpose().map_err(|e| Error::invalid("Language", e))?;
    let time_zone = chosen(time_zone).map(known_zone).transpose()?;
    let renamed = until_written(|| async {
        let Stored { value: mut record, version } =
            records::record(&*stoa.table, account).await?.ok_or(Error::SignInNeeded)?;
        let Stored { value: mut chosen, version: before } =
            preferences::preferences(&*stoa.table, account).await?;
        (chosen.language, chosen.time_zone) = (language.clone(), time_zone.clone());
        let renamed = record.account.name != name;
        record.account.name = name.clone();
        let writes = vec![
            records::put(&record, Condition::Version(version))?,
            preferences::put(account, &chosen, before)?,
        ];
        stoa.table.transact(writes).await?;
        Ok(renamed)
    })
    .await?;
    // After it, one by one: a course keeps the name beside it, so that the catalogue is one look-up.
    if renamed {
        for course in courses::owned(&*stoa.table, account, MOST_COURSES).await? {
            rename_instructor(stoa, course.id, &name).await?;
        }
    }
    Ok(())
}

async fn rename_instructor(stoa: &Stoa, course: CourseId, name: &DisplayName) -> Result<()> {
    until_written(|| async {
        let Some(before) = courses::course(&*stoa.table, course).await? else { return Ok(()) };
        let mut course = before.value.clone();
        course.instructor = name.clone();
        let mut writes = courses::index_words(Some(&before.value), &course);
        writes.push(courses::put_course(&course, Condition::Version(before.version))?);
        Ok(stoa.table.transact(writes).await?)
    })
    .await
}

fn own(actor: Actor) -> Result<AccountId> {
    access::check(actor, Permission::ManageOwnAccount)?;
    actor.account().ok_or(Error::SignInNeeded)
}

fn chosen(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// The time zone of that name, if there is one.
fn known_zone(name: &str) -> Result<TimeZone> {
    let zone: TimeZone = name.parse().map_err(|e| Error::invalid("Time zone", e))?;
    match jiff::tz::TimeZone::get(zone.as_str()) {
        Ok(_) => Ok(zone),
        Err(_) => Err(Error::invalid("Time zone", "is not one of those that can be chosen")),
    }
}

/// What can be chosen: places, and UTC. The database's older names of the same are valid, too.
fn time_zones() -> Vec<TimeZone> {
    let places = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let names = jiff::tz::db().available();
    let mut zones: Vec<TimeZone> = names
        .filter(|name| name.as_str() == "UTC" || places.iter().any(|place| name.as_str().starts_with(place)))
        .filter_map(|name| name.as_str().parse().ok())
        .collect();
    zones.sort();
    zones
}
