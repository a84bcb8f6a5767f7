//! All data of somebody: for them, every record that names their account, and the files that they gave; and its end.

mod course;
mod deletion;
mod families;
mod removal;

pub use deletion::{ask, keep, page};
pub use families::outlasts;
pub use removal::sweep;

use crate::accounts::{SessionToken, check_proved};
use crate::ports::{BlobKey, Item, Query, Range};
use crate::records::audit::{self as log, Part};
use crate::records::{
    Stored, accounts as people, coupons, courses, files, instructors, keys, ledger, orders, videos,
};
use crate::{Error, Result, Stoa, access, audit};
use domain::account::{Account, Actor};
use domain::audit::{Event, Thing, Who};
use domain::course::Course;
use domain::id::{AccountId, CourseId};
use domain::permission::Permission;
use domain::review::Review;
use domain::time::Timestamp;
use families::Part as OfAccount;
use serde::Serialize;
use serde_json::{Value, json};

/// How many records are read at a time.
const BATCH: usize = 100;
/// The most courses, and invitations, of somebody.
const MOST: usize = 1000;

/// Everything of somebody.
pub struct Export {
    /// Names and contents of documents, as JSON.
    pub documents: Vec<(String, String)>,
    /// Names of files, and where their bytes lie.
    pub files: Vec<(String, BlobKey)>,
}

/// All data of the actor, who gave their password of late. That they asked for it is in the log.
pub async fn export(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<Export> {
    access::check(actor, Permission::ManageOwnAccount)?;
    check_proved(stoa, actor, token).await?;
    let id = actor.account().ok_or(Error::SignInNeeded)?;
    let account = people::account(&*stoa.table, id).await?.ok_or(Error::SignInNeeded)?;
    stoa.table.write(audit::entry(stoa, actor, &Event::DataExported { account: id })?).await?;
    let mut export = Export { documents: Vec::new(), files: Vec::new() };
    for part in families::parts() {
        let found = of_account(stoa, id, part).await?;
        export.add(part.file, &found)?;
    }
    export.add("log.json", &activity(stoa, id).await?)?;
    let reviews = courses::reviews_by(&*stoa.table, id, MOST).await?;
    let said =
        |(course, review): (CourseId, Stored<Review>)| json!({ "course": course, "says": review.value });
    export.add("reviews.json", &reviews.into_iter().map(said).collect::<Vec<Value>>())?;
    export.add("invitations-to-teach.json", &invitations(stoa, &account).await?)?;
    export.add("orders.json", &orders_of(stoa, id).await?)?;
    export.add("coupons.json", &coupons::of_owner(&*stoa.table, id, MOST).await?)?;
    for course in courses::owned(&*stoa.table, id, MOST).await? {
        add_course(stoa, &mut export, course).await?;
    }
    Ok(export)
}

impl Export {
    fn add(&mut self, name: impl Into<String>, document: &impl Serialize) -> Result<()> {
        self.documents.push((name.into(), serde_json::to_string_pretty(document)?));
        Ok(())
    }
}

/// Records of one kind below the account.
async fn of_account(stoa: &Stoa, account: AccountId, part: OfAccount) -> Result<Vec<Value>> {
    let mut query = Query {
        range: Range::Prefix(part.prefix.to_owned()),
        ..Query::partition(keys::account_partition(account), BATCH)
    };
    let mut found = Vec::new();
    loop {
        let page = stoa.table.query(query.clone()).await?;
        for item in &page.items {
            found.push(shown(item, part.secrets)?);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// A record as its owner gets it: without what would open something for who finds the file.
fn shown(item: &Item, secrets: &[&str]) -> Result<Value> {
    let mut says: Value = serde_json::from_str(&item.document)?;
    if let Value::Object(fields) = &mut says {
        fields.retain(|name, _| !secrets.contains(&name.as_str()));
    }
    Ok(match item.counter {
        0 => json!({ "record": item.key.sort, "says": says }),
        count => json!({ "record": item.key.sort, "says": says, "count": count }),
    })
}

/// What they did, and what was done to their account, newest first.
async fn activity(stoa: &Stoa, account: AccountId) -> Result<Vec<domain::audit::Entry>> {
    let always = (Timestamp::from_millis(0), stoa.clock.now());
    let mut found = Vec::new();
    for part in [Part::By(Who::Account { id: account, from: None }), Part::Of(Thing::Account(account))] {
        let mut after = None;
        loop {
            let (entries, more) = log::entries(&*stoa.table, part, always, after, BATCH).await?;
            after = entries.last().map(|entry| entry.id);
            found.extend(entries);
            if !more {
                break;
            }
        }
    }
    found.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    found.dedup_by_key(|entry| entry.id);
    Ok(found)
}

/// What they ordered, newest first, with what is in the book for it.
async fn orders_of(stoa: &Stoa, account: AccountId) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for order in orders::all_of(&*stoa.table, account).await? {
        let book = ledger::of_order(&*stoa.table, order.id).await?;
        found.push(json!({ "order": order, "book": book }));
    }
    Ok(found)
}

async fn invitations(stoa: &Stoa, account: &Account) -> Result<Vec<Value>> {
    let asked = instructors::invited_to(&*stoa.table, &account.email, MOST).await?;
    Ok(asked.into_iter().map(|course| json!({ "course": course })).collect())
}

/// A course of theirs, and the files that came with it.
async fn add_course(stoa: &Stoa, export: &mut Export, course: Course) -> Result<()> {
    let table = &*stoa.table;
    let outline = courses::outline(table, course.id).await?.value;
    let mut lessons = Vec::new();
    for lesson in outline.lessons() {
        let folder = format!("courses/{}/{}", course.slug, lesson.id);
        let kept = files::of(table, lesson.id).await?.value;
        for attachment in &kept.attachments {
            export.files.push((
                format!("{folder}/{}/{}", attachment.id, attachment.stored_as),
                files::attachment(attachment),
            ));
        }
        if let Some(asset) = lesson.video
            && let Some(video) = videos::video(table, asset).await?
        {
            let source = videos::source(asset, video.value.upload.version);
            if stoa.blobs.size(&source).await?.is_some() {
                export.files.push((format!("{folder}/video"), source));
            }
            lessons.push(json!({ "lesson": lesson, "files": kept, "video": video.value }));
        } else {
            lessons.push(json!({ "lesson": lesson, "files": kept }));
        }
    }
    let name = format!("courses/{}.json", course.slug);
    export.add(name, &json!({ "course": course, "outline": outline, "lessons": lessons }))
}
