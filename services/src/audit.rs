//! The audit log: who did what to what, when, and from where.

mod csv;

pub(crate) use csv::quoted;

use crate::ports::Write;
use crate::records::audit::{self as records, Part};
use crate::records::{accounts, courses};
use crate::{Error, Result, Stoa, access};
use domain::account::{Account, Actor};
use domain::audit::{Entry, Event, Line, LogPage, Thing, Who};
use domain::course::Course;
use domain::id::{AccountId, AuditEntryId, CourseId};
use domain::permission::Permission;
use domain::text::{Email, Slug};
use domain::time::{DAY, Timestamp};
use futures::{Stream, StreamExt};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// How many lines a page shows. What they name is looked up at once, which a table allows for 100.
const PAGE: usize = 50;
/// How many entries are looked through for one page, where what is looked for is rare.
const LOOKED_THROUGH: usize = 1_000;

/// What to look for, as typed. What is empty asks for nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search<'a> {
    /// Who did it: an e-mail address, an account's identifier, or one of [`OTHERS`].
    pub who: &'a str,
    /// What it was done to: an e-mail address, the address of a course, or a [`Thing`].
    pub thing: &'a str,
    /// The name of a kind of event.
    pub kind: &'a str,
    /// The first day, as `2026-11-22`, in UTC.
    pub from: &'a str,
    /// The last day.
    pub until: &'a str,
}

/// Those who do things without an account, as they are looked for.
pub const OTHERS: [(&str, Who); 3] = [
    ("command line", Who::CommandLine),
    ("program", Who::Program),
    ("visitors", Who::Visitor { from: None }),
];

/// The write that makes an entry of the log part of the transaction that it is about.
pub fn entry(stoa: &Stoa, who: impl Into<Who>, event: &Event) -> Result<Write> {
    let id = AuditEntryId::new(stoa.clock.now(), stoa.random.bits());
    records::add(&Entry { id, who: who.into(), event: event.clone() })
}

/// What was done, newest first, from after `after` (a [`LogPage::next`]).
pub async fn page(
    stoa: &Stoa,
    actor: Actor,
    search: Search<'_>,
    after: Option<AuditEntryId>,
) -> Result<LogPage> {
    access::check(actor, Permission::ReadAuditLog)?;
    match Wanted::parse(stoa, search).await {
        Ok(Some(wanted)) => wanted.page(stoa, after).await,
        Ok(None) => Ok(LogPage { lines: Vec::new(), next: None, problem: None }),
        Err(Error::Invalid { field, message }) => {
            Ok(LogPage { lines: Vec::new(), next: None, problem: Some(format!("{field} {message}.")) })
        }
        Err(error) => Err(error),
    }
}

/// All that is found, as lines of a CSV file (RFC 4180), page by page. That it was exported is logged first.
pub async fn export(
    stoa: &Stoa,
    actor: Actor,
    search: Search<'_>,
) -> Result<impl Stream<Item = Result<String>> + Send + use<>> {
    access::check(actor, Permission::ReadAuditLog)?;
    let wanted = Wanted::parse(stoa, search).await?;
    stoa.table.write(entry(stoa, actor, &Event::LogExported {})?).await?;
    let begin = wanted.map(|wanted| (stoa.clone(), wanted, None));
    let pages = futures::stream::try_unfold(begin, |state| async move {
        let Some((stoa, wanted, after)) = state else { return Ok(None) };
        let LogPage { lines, next, .. } = wanted.page(&stoa, after).await?;
        Ok(Some((lines.iter().map(csv::line).collect(), next.map(|next| (stoa, wanted, Some(next))))))
    });
    Ok(futures::stream::once(async { Ok(csv::HEAD.to_owned()) }).chain(pages))
}

/// What is looked for.
struct Wanted {
    who: Option<Who>,
    thing: Option<Thing>,
    kind: Option<&'static str>,
    times: (Timestamp, Timestamp),
}

impl Wanted {
    /// `None` where an account is named that is not there: it did nothing, and nothing was done to it.
    async fn parse(stoa: &Stoa, search: Search<'_>) -> Result<Option<Self>> {
        let (from, until) = (first_moment(search.from)?, last_moment(search.until)?);
        let kind = match search.kind {
            "" => None,
            name => {
                let known = Event::KINDS.iter().find(|(kind, _)| *kind == name);
                Some(known.ok_or_else(|| Error::invalid("Kind", "is not one that the log knows"))?.0)
            }
        };
        let who = match search.who.trim() {
            "" => None,
            text => match who(stoa, text).await? {
                None => return Ok(None),
                found => found,
            },
        };
        let thing = match search.thing.trim() {
            "" => None,
            text => match thing(stoa, text).await? {
                None => return Ok(None),
                found => found,
            },
        };
        Ok(Some(Self { who, thing, kind, times: (from, until) }))
    }

    async fn page(&self, stoa: &Stoa, mut after: Option<AuditEntryId>) -> Result<LogPage> {
        let part = match (self.who, self.thing) {
            (Some(who), _) => Part::By(who),
            (None, Some(thing)) => Part::Of(thing),
            (None, None) => Part::All,
        };
        let mut found = Vec::new();
        let mut looked_through = 0;
        loop {
            let (entries, more) =
                records::entries(&*stoa.table, part, self.times, after, PAGE - found.len()).await?;
            looked_through += entries.len();
            after = entries.last().map(|entry| entry.id).filter(|_| more);
            found.extend(entries.into_iter().filter(|entry| self.matches(entry)));
            if after.is_none() || found.len() == PAGE || looked_through >= LOOKED_THROUGH {
                return Ok(LogPage { lines: named(stoa, found).await?, next: after, problem: None });
            }
        }
    }

    fn matches(&self, entry: &Entry) -> bool {
        self.thing.is_none_or(|thing| entry.event.thing() == Some(thing))
            && self.kind.is_none_or(|kind| entry.event.kind() == kind)
    }
}

async fn who(stoa: &Stoa, text: &str) -> Result<Option<Who>> {
    if let Some((_, who)) = OTHERS.iter().find(|(name, _)| *name == text) {
        return Ok(Some(*who));
    }
    let id = match text.parse::<AccountId>() {
        Ok(id) => Some(id),
        Err(_) => account(stoa, "Who", text).await?,
    };
    Ok(id.map(|id| Who::Account { id, from: None }))
}

async fn thing(stoa: &Stoa, text: &str) -> Result<Option<Thing>> {
    if let Ok(thing) = text.parse() {
        return Ok(Some(thing));
    }
    if let Ok(slug) = text.parse::<Slug>() {
        let course = courses::course_by_slug(&*stoa.table, &slug).await?;
        return Ok(course.map(|course| Thing::Course(course.value.id)));
    }
    Ok(account(stoa, "What", text).await?.map(Thing::Account))
}

async fn account(stoa: &Stoa, field: &'static str, text: &str) -> Result<Option<AccountId>> {
    let email: Email = text.parse().map_err(|e| Error::invalid(field, e))?;
    Ok(accounts::account_by_email(&*stoa.table, &email).await?.map(|account| account.id))
}

fn first_moment(date: &str) -> Result<Timestamp> {
    match date {
        "" => Ok(Timestamp::from_millis(0)),
        date => Timestamp::from_date(date).ok_or_else(|| Error::invalid("From", "is not a day")),
    }
}

fn last_moment(date: &str) -> Result<Timestamp> {
    /// The last that an identifier can tell.
    const LAST: Timestamp = Timestamp::from_millis((1 << 48) - 1);
    match date {
        "" => Ok(LAST),
        date => {
            let day = Timestamp::from_date(date).ok_or_else(|| Error::invalid("Until", "is not a day"))?;
            Ok(day.plus(DAY).minus(Duration::from_millis(1)))
        }
    }
}

/// The entries with the names of what they are about.
async fn named(stoa: &Stoa, entries: Vec<Entry>) -> Result<Vec<Line>> {
    let (mut people, mut taught) = (BTreeSet::new(), BTreeSet::new());
    for entry in &entries {
        people.extend(entry.who.account());
        match entry.event.thing() {
            Some(Thing::Account(id)) => _ = people.insert(id),
            Some(Thing::Course(id)) => _ = taught.insert(id),
            Some(Thing::Video(_)) | None => {}
        }
    }
    let people = accounts::accounts(&*stoa.table, &people.into_iter().collect::<Vec<_>>()).await?;
    let people: HashMap<AccountId, Account> = people.into_iter().map(|a| (a.id, a)).collect();
    let taught = courses::courses(&*stoa.table, &taught.into_iter().collect::<Vec<_>>()).await?;
    let taught: HashMap<CourseId, Course> = taught.into_iter().map(|c| (c.id, c)).collect();
    let email = |id: AccountId| people.get(&id).map(|account| account.email.clone());
    let line = |entry: Entry| Line {
        who: entry.who.account().and_then(email),
        thing: match entry.event.thing() {
            Some(Thing::Account(id)) => email(id).map(|email| email.to_string()),
            Some(Thing::Course(id)) => taught.get(&id).map(|course| course.title.to_string()),
            Some(Thing::Video(_)) | None => None,
        },
        entry,
    };
    Ok(entries.into_iter().map(line).collect())
}
