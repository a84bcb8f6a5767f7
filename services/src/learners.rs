//! Who takes a course, as its instructor sees it.

use crate::records::{accounts, enrolments};
use crate::{Error, Result, Stoa, access, audit, leases};
use domain::account::{Account, Actor};
use domain::audit::Event;
use domain::id::{AccountId, CourseId};
use domain::permission::Permission;
use domain::time::Timestamp;
use domain::view::{LearnerRow, LearnersPage};
use std::collections::HashMap;

/// How many learners a page shows. Their accounts are looked up at once, which a table allows for 100.
const PAGE: usize = 50;

/// Those who take a course, who joined last first, from after `after` (a [`LearnersPage::next`]).
pub async fn page(stoa: &Stoa, actor: Actor, course: CourseId, after: Option<&str>) -> Result<LearnersPage> {
    let course = access::course(stoa, actor, course, Permission::SeeLearners).await?.course.value;
    let after = match after {
        Some(place) => Some(parse_place(place).ok_or(Error::NotFound)?),
        None => None,
    };
    let (found, more) = enrolments::of_course(&*stoa.table, course.id, after, PAGE).await?;
    let next = found.last().filter(|_| more).map(|(account, enrolment)| place(enrolment.since, *account));
    let ids: Vec<AccountId> = found.iter().map(|(account, _)| *account).collect();
    let accounts = accounts::accounts(&*stoa.table, &ids).await?;
    let accounts: HashMap<AccountId, Account> = accounts.into_iter().map(|a| (a.id, a)).collect();
    let row = |(account, enrolment): &(AccountId, enrolments::Enrolment)| {
        Some(LearnerRow {
            account: *account,
            name: accounts.get(account)?.name.clone(),
            since: enrolment.since,
            completed: enrolment.completed.min(course.lessons),
        })
    };
    Ok(LearnersPage {
        course: course.id,
        course_title: course.title,
        lessons: course.lessons,
        learners: found.iter().filter_map(row).collect(),
        next,
    })
}

/// Puts somebody out of a course. What they completed is kept for the case that they join again. Who has left
/// already is fine.
pub async fn remove(stoa: &Stoa, actor: Actor, course: CourseId, account: AccountId) -> Result<()> {
    let course = access::course(stoa, actor, course, Permission::ManageLearners).await?.course.value.id;
    if enrolments::enrolment(&*stoa.table, account, course).await?.is_some() {
        let removed = audit::entry(stoa, actor, &Event::LearnerRemoved { account, course })?;
        stoa.table.transact(vec![enrolments::delete(account, course), removed]).await?;
    }
    // Last: whoever asks from now on is refused, and who asked just before has cookies for one lifetime at most.
    leases::end_for_course(stoa, account, course).await
}

/// The place of a learner in the list, as it stands in an address: `{since}-{account}`.
fn place(since: Timestamp, account: AccountId) -> String {
    format!("{}-{account}", since.millis())
}

fn parse_place(place: &str) -> Option<(Timestamp, AccountId)> {
    let (since, account) = place.split_once('-')?;
    Some((Timestamp::from_millis(since.parse().ok()?), account.parse().ok()?))
}
