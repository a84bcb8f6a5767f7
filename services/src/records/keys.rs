//! Every key of the table, and the question it answers. Nothing else builds keys.
//!
//! | partition | sort | first index | second index | question |
//! |---|---|---|---|---|
//! | `ACCOUNT#{account}` | `PROFILE` | `PEOPLE`, `{account}` | `PEOPLE#{role}`, `{account}` | Who is this account? Who joined last? Who has this role? |
//! | `ACCOUNT#{account}` | `DELETION` | `DELETIONS`, `{on}#{account}` | | When will this account be deleted? Which are due? |
//! | `ACCOUNT#{account}` | `ENROLMENT#{course}` | `LEARNERS#{course}`, `{since}#{account}` | | Does this account take the course? Which does it take? Who takes the course? |
//! | `ACCOUNT#{account}` | `LEASES` | | | On which devices does this account play? (expires) |
//! | `ACCOUNT#{account}` | `PREFERENCES` | | | In which language and time zone does this account read, and which mails does it want? |
//! | `ACCOUNT#{account}` | `PROGRESS#{course}#{lesson}` | | | How far is this account in the lesson, in the course? |
//! | `ACCOUNT#{account}` | `TEACHES#{course}` | | | Which courses of others does this account teach with them? |
//! | `ACCOUNT#{account}` | `STORAGE` | | | How many bytes lie in this account's courses, or are on their way there? (a counter) |
//! | `ACCOUNT#{account}` | `CART` | | | What does this account mean to buy? |
//! | `ACCOUNT#{account}` | `BUYING#{course}` | | | Which order of this account is the last one for this course? |
//! | `ACCOUNT#{account}` | `COUPON#{owner}#{code}` | | | Which order of this account uses this coupon? |
//! | `AUDIT` | `{entry}` | `AUDIT#{who}`, `{entry}` | `AUDIT#{thing}`, `{entry}` | What was done at this time? What did they do? What was done to this? (expires) |
//! | `ACCOUNT#{account}` | `NEW-EMAIL` | | | Which address is to take the place of this account's? (expires) |
//! | `ACCOUNT#{account}` | `RECOVERY-CODES` | | | Which codes stand in for this account's second factor? |
//! | `EMAIL#{email}` | `ACCOUNT` | | | Which account signs in with this address? |
//! | `SUBJECT#{subject}` | `ACCOUNT` | | | Whose account is it that the identity provider calls this? |
//! | `SESSION#{hash}` | `SESSION` | `SESSIONS#{account}`, `{created}#{hash}` | | Whose session is this? Which has this account? (expires) |
//! | `CHALLENGE#{hash}` | `CHALLENGE` | | | Who gave the right password, and is asked for more? (expires) |
//! | `ATTEMPTS#{hash}` | `ATTEMPTS` | | | How often was something tried of late? (expires) |
//! | `DEVICE#{hash}` | `KNOWN` | `DEVICES#{account}`, `{hash}` | | Did this person sign in on this device before? On any? (expires) |
//! | `COURSE#{course}` | `COURSE` | `CATALOGUE`, `{published}#{course}` while published | `OWNER#{account}`, `{course}` | What is this course? Which are new? Which are mine? |
//! | `COURSE#{course}` | `OUTLINE` | | | Which sections and lessons has it? |
//! | `COURSE#{course}` | `REVIEW#{author}` | `REVIEWS#{course}`, `{written}#{author}` | `REVIEWER#{account}`, `{course}` | What did this author say? What was said last? Of which courses did this account say something? |
//! | `INVITED#{course}` | `{email}` | `INVITED#{email}`, `{course}` | | Who was asked to teach this course? Which is this address asked to teach? |
//! | `INVITATION#{hash}` | `INVITATION` | `INVITATIONS`, `{until}#{hash}` | | Who may have an account, as what? Which invitations are open? (expires) |
//! | `LESSON#{lesson}` | `FILES` | | | Which files come with this lesson? May its video be kept? |
//! | `COUPONS#{owner}` | `{code}` | | | What does this code take off the courses of this owner? Which coupons have they? |
//! | `ORDER#{order}` | `ORDER` | `ORDERS#{account}`, `{order}` | `ORDERS#{state}`, `{changed}#{order}` | How is this order doing? What did this account order? Which orders stand so? |
//! | `ORDER#{order}` | `DUE` | `ORDERS-DUE`, `{when}#{order}` | | Which open orders are quiet? (while it is open) |
//! | `ORDER#{order}` | `ENTRY#{cause}` | `LEDGER#{day}`, `{at}#{cause}` | | What is in the book for this order? What was put into it on this day? |
//! | `ORDERS` | `{order}` | | | Which orders are there? |
//! | `BOOKS` | `COMPARED#{hour}` | | | Were the books compared in this hour? (expires) |
//! | `BOOKS` | `TOLD#{day}` | | | Were operators told of differences on this day? (expires) |
//! | `ORDERS-WISHED` | `{order}` | | | Whose buyers wait for an answer to their asking for money? (until they have one) |
//! | `PAYMENT-EVENT#{event}` | `EVENT` | `PAYMENT-EVENTS`, `{received}#{event}` | `PAYMENT-EVENTS#{order}`, `{received}#{event}` | What did the payment service tell? What last? What of this order? (expires) |
//! | `SALES#{course or owner}` | `{day}#{currency}#{what}` | | | How much was sold of it on a day? (counters) |
//! | `SALES#{owner}#{code}` | `{day}#{currency}#{what}` | | | How much was sold with this coupon on a day? (counters) |
//! | `SLUG#{slug}` | `COURSE` | | | Which course has this address? |
//! | `UPLOAD#{upload}` | `UPLOAD` | `UPLOADS#{lesson}`, `{upload}` until finished | `UPLOADS`, `{touched}#{upload}` until finished | How far is this upload? Which does this lesson wait for? Which does nobody continue? (expires once finished) |
//! | `VIDEO#{asset}` | `VIDEO` | `PIPELINE#{ACTIVE, FAILED or READY}`, `{changed}#{asset}` | | How is this video doing, which version is watched, and which captions has it? Which are being made, and which of them are quiet? Which failed last? |
//! | `WORD#{first two letters}` | `{word}#{course}` | | | Which published courses hold a word that starts so? |

use crate::ports::{Key, Subject};
use domain::account::Role;
use domain::audit::{Thing, Who};
use domain::coupon::CouponCode;
use domain::id::{AccountId, AssetId, AuditEntryId, CourseId, LessonId, OrderId, UploadId};
use domain::ledger::Cause;
use domain::order::OrderState;
use domain::text::{Email, Slug};
use domain::time::Timestamp;

/// The partition, in the first index, of all published courses.
pub(crate) const CATALOGUE: &str = "CATALOGUE";

pub(crate) fn account(id: AccountId) -> Key {
    Key::new(account_partition(id), "PROFILE")
}

/// The partition, in the first index, of all accounts.
pub(crate) const PEOPLE: &str = "PEOPLE";

/// The partition, in the second index, of all accounts with a role.
pub(crate) fn with_role(role: Role) -> String {
    format!("{PEOPLE}#{role}")
}

pub(crate) fn account_partition(id: AccountId) -> String {
    format!("ACCOUNT#{id}")
}

pub(crate) fn deletion(account: AccountId) -> Key {
    Key::new(account_partition(account), "DELETION")
}

/// The partition, in the first index, of all accounts that will be deleted.
pub(crate) const DELETIONS: &str = "DELETIONS";

/// Place of an account among those that will be deleted, by when.
pub(crate) fn deletion_by_time(on: Timestamp, account: AccountId) -> Key {
    Key::new(DELETIONS, format!("{}#{account}", sortable(on)))
}

/// Behind the sort keys of all deletions that are due at a moment.
pub(crate) fn due_until(now: Timestamp) -> String {
    format!("{}$", sortable(now))
}

pub(crate) fn enrolment(account: AccountId, course: CourseId) -> Key {
    Key::new(account_partition(account), format!("{ENROLMENTS}{course}"))
}

/// Place of an enrolment among a course's, by its time.
pub(crate) fn learner(course: CourseId, since: Timestamp, account: AccountId) -> Key {
    Key::new(learners_partition(course), format!("{}#{account}", sortable(since)))
}

pub(crate) fn learners_partition(course: CourseId) -> String {
    format!("LEARNERS#{course}")
}

/// The account whose [`enrolment`] has this key.
pub(crate) fn account_of_enrolment(key: &Key) -> Option<AccountId> {
    key.partition.strip_prefix("ACCOUNT#")?.parse().ok()
}

pub(crate) fn leases(account: AccountId) -> Key {
    Key::new(account_partition(account), "LEASES")
}

/// Prefix of the sort keys of an account's enrolments.
pub(crate) const ENROLMENTS: &str = "ENROLMENT#";

pub(crate) fn invitation(hash: &str) -> Key {
    Key::new(format!("INVITATION#{hash}"), "INVITATION")
}

/// The partition, in the first index, of all invitations that were not taken up.
pub(crate) const INVITATIONS: &str = "INVITATIONS";

/// Place of an invitation among those, by when it ends.
pub(crate) fn open_invitation(until: Timestamp, hash: &str) -> Key {
    Key::new(INVITATIONS, format!("{}#{hash}", sortable(until)))
}

/// The hash of the code of the invitation that has this key.
pub(crate) fn hash_of_invitation(key: &Key) -> &str {
    key.partition.trim_start_matches("INVITATION#")
}

pub(crate) fn preferences(account: AccountId) -> Key {
    Key::new(account_partition(account), "PREFERENCES")
}

pub(crate) fn progress(account: AccountId, course: CourseId, lesson: LessonId) -> Key {
    Key::new(account_partition(account), format!("{}{lesson}", progress_of_course(course)))
}

/// Prefix of the sort keys of an account's progress in a course.
pub(crate) fn progress_of_course(course: CourseId) -> String {
    format!("PROGRESS#{course}#")
}

/// The partition of the audit log.
pub(crate) const AUDIT: &str = "AUDIT";

pub(crate) fn audit(id: AuditEntryId) -> Key {
    Key::new(AUDIT, id.to_string())
}

/// The partition, in the first index, of what was done by an account, by commands, by the program, or by visitors.
pub(crate) fn audit_by(who: Who) -> String {
    match who {
        Who::Account { id, .. } => format!("{AUDIT}#{id}"),
        Who::Visitor { .. } => format!("{AUDIT}#VISITOR"),
        Who::CommandLine => format!("{AUDIT}#COMMAND-LINE"),
        Who::Program => format!("{AUDIT}#PROGRAM"),
    }
}

/// The partition, in the second index, of what was done to a thing.
pub(crate) fn audit_of(thing: Thing) -> String {
    match thing {
        Thing::Account(id) => format!("{AUDIT}#{id}"),
        Thing::Course(id) => format!("{AUDIT}#{id}"),
        Thing::Video(id) => format!("{AUDIT}#{id}"),
    }
}

pub(crate) fn email(email: &Email) -> Key {
    Key::new(format!("EMAIL#{email}"), "ACCOUNT")
}

pub(crate) fn session(hash: &str) -> Key {
    Key::new(format!("SESSION#{hash}"), "SESSION")
}

/// Place of a session among an account's, by the time of sign-in.
pub(crate) fn session_of(account: AccountId, created: Timestamp, hash: &str) -> Key {
    Key::new(sessions_partition(account), format!("{}#{hash}", sortable(created)))
}

pub(crate) fn sessions_partition(account: AccountId) -> String {
    format!("SESSIONS#{account}")
}

/// The hash of the token of the session that has this key.
pub(crate) fn hash_of_session(key: &Key) -> &str {
    key.partition.trim_start_matches("SESSION#")
}

pub(crate) fn challenge(hash: &str) -> Key {
    Key::new(format!("CHALLENGE#{hash}"), "CHALLENGE")
}

pub(crate) fn subject(subject: &Subject) -> Key {
    Key::new(format!("SUBJECT#{}", subject.0), "ACCOUNT")
}

pub(crate) fn new_email(account: AccountId) -> Key {
    Key::new(account_partition(account), "NEW-EMAIL")
}

pub(crate) fn recovery_codes(account: AccountId) -> Key {
    Key::new(account_partition(account), "RECOVERY-CODES")
}

pub(crate) fn attempts(hash: &str) -> Key {
    Key::new(format!("ATTEMPTS#{hash}"), "ATTEMPTS")
}

pub(crate) fn known_device(hash: &str) -> Key {
    Key::new(format!("DEVICE#{hash}"), "KNOWN")
}

/// Place of a device among those that are known to be an account's.
pub(crate) fn device_of(account: AccountId, hash: &str) -> Key {
    Key::new(devices_partition(account), hash)
}

pub(crate) fn devices_partition(account: AccountId) -> String {
    format!("DEVICES#{account}")
}

pub(crate) fn course(id: CourseId) -> Key {
    Key::new(course_partition(id), "COURSE")
}

pub(crate) fn course_partition(id: CourseId) -> String {
    format!("COURSE#{id}")
}

/// Place of a published course in the catalogue: by the time of publication.
pub(crate) fn in_catalogue(published: Timestamp, id: CourseId) -> Key {
    Key::new(CATALOGUE, format!("{}#{id}", sortable(published)))
}

/// Place of a course among its owner's.
pub(crate) fn owned(owner: AccountId, id: CourseId) -> Key {
    Key::new(owned_partition(owner), id.to_string())
}

pub(crate) fn owned_partition(owner: AccountId) -> String {
    format!("OWNER#{owner}")
}

pub(crate) fn teaches(account: AccountId, course: CourseId) -> Key {
    Key::new(account_partition(account), format!("{TEACHES}{course}"))
}

/// Prefix of the sort keys of the courses that an account teaches with their owners.
pub(crate) const TEACHES: &str = "TEACHES#";

pub(crate) fn invited(course: CourseId, email: &Email) -> Key {
    Key::new(invited_partition(course), email.as_str())
}

pub(crate) fn invited_partition(course: CourseId) -> String {
    format!("INVITED#{course}")
}

/// Place of a course among those that an address is asked to teach.
pub(crate) fn invited_to(email: &Email, course: CourseId) -> Key {
    Key::new(invited_to_partition(email), course.to_string())
}

pub(crate) fn invited_to_partition(email: &Email) -> String {
    format!("INVITED#{email}")
}

pub(crate) fn outline(id: CourseId) -> Key {
    Key::new(course_partition(id), "OUTLINE")
}

pub(crate) fn lesson_files(lesson: LessonId) -> Key {
    Key::new(format!("LESSON#{lesson}"), "FILES")
}

pub(crate) fn review(course: CourseId, author: &str) -> Key {
    Key::new(course_partition(course), format!("{REVIEWS}{author}"))
}

/// Place of a review among a course's, by time.
pub(crate) fn review_by_time(course: CourseId, written: Timestamp, author: &str) -> Key {
    Key::new(reviews_partition(course), format!("{}#{author}", sortable(written)))
}

pub(crate) fn reviews_partition(course: CourseId) -> String {
    format!("REVIEWS#{course}")
}

/// Prefix of the sort keys of a course's reviews.
pub(crate) const REVIEWS: &str = "REVIEW#";

/// Place of a review among an account's.
pub(crate) fn review_by_account(account: AccountId, course: CourseId) -> Key {
    Key::new(reviewer_partition(account), course.to_string())
}

pub(crate) fn reviewer_partition(account: AccountId) -> String {
    format!("REVIEWER#{account}")
}

/// The course that the review with this key is of.
pub(crate) fn course_of_review(key: &Key) -> Option<CourseId> {
    key.partition.strip_prefix("COURSE#")?.parse().ok()
}

pub(crate) fn slug(slug: &Slug) -> Key {
    Key::new(format!("SLUG#{slug}"), "COURSE")
}

/// The counter of what lies in an account's courses.
pub(crate) fn storage(owner: AccountId) -> Key {
    Key::new(account_partition(owner), "STORAGE")
}

/// The partition, in the second index, of all uploads that are not finished.
pub(crate) const UPLOADS: &str = "UPLOADS";

pub(crate) fn upload(id: UploadId) -> Key {
    Key::new(format!("UPLOAD#{id}"), "UPLOAD")
}

/// Place of an upload among those that a lesson waits for.
pub(crate) fn upload_of_lesson(lesson: LessonId, id: UploadId) -> Key {
    Key::new(uploads_partition(lesson), id.to_string())
}

pub(crate) fn uploads_partition(lesson: LessonId) -> String {
    format!("UPLOADS#{lesson}")
}

/// Place of an upload among all, by when it was touched.
pub(crate) fn upload_by_time(when: Timestamp, id: UploadId) -> Key {
    Key::new(UPLOADS, format!("{}#{id}", touched(when)))
}

/// What the sort keys of uploads start with that were touched at a moment.
pub(crate) fn touched(when: Timestamp) -> String {
    sortable(when)
}

pub(crate) fn video(id: AssetId) -> Key {
    Key::new(format!("VIDEO#{id}"), "VIDEO")
}

/// Place of a video among those at its stage of the pipeline: by the time of its last change.
pub(crate) fn in_pipeline(stage: &str, changed: Timestamp, id: AssetId) -> Key {
    Key::new(pipeline_partition(stage), format!("{}#{id}", sortable(changed)))
}

/// Behind the sort keys of all videos at a stage that changed last at a moment or before.
pub(crate) fn changed_until(when: Timestamp) -> String {
    format!("{}$", sortable(when))
}

pub(crate) fn pipeline_partition(stage: &str) -> String {
    format!("PIPELINE#{stage}")
}

/// A word of a published course. A partition holds the words with the same two first letters, so that the
/// words that start with what somebody typed are one range of one partition.
pub(crate) fn word(word: &str, id: CourseId) -> Key {
    Key::new(word_partition(word), format!("{word}#{id}"))
}

pub(crate) fn word_partition(word: &str) -> String {
    format!("WORD#{}", word.chars().take(2).collect::<String>())
}

/// The course that a [`word`] key names.
pub(crate) fn course_of_word(key: &Key) -> Option<CourseId> {
    key.sort.rsplit_once('#')?.1.parse().ok()
}

pub(crate) fn cart(account: AccountId) -> Key {
    Key::new(account_partition(account), "CART")
}

/// The last order of an account for a course.
pub(crate) fn buying(account: AccountId, course: CourseId) -> Key {
    Key::new(account_partition(account), format!("BUYING#{course}"))
}

/// That an account used a coupon.
pub(crate) fn coupon_used(account: AccountId, owner: AccountId, code: &CouponCode) -> Key {
    Key::new(account_partition(account), format!("COUPON#{owner}#{code}"))
}

pub(crate) fn coupon(owner: AccountId, code: &CouponCode) -> Key {
    Key::new(coupons_partition(owner), code.as_str())
}

pub(crate) fn coupons_partition(owner: AccountId) -> String {
    format!("COUPONS#{owner}")
}

/// The partition of all orders.
pub(crate) const ORDERS: &str = "ORDERS";
const BOOKS: &str = "BOOKS";

pub(crate) fn books_compared(now: Timestamp) -> Key {
    Key::new(BOOKS, format!("COMPARED#{}", now.seconds() / 3600))
}

pub(crate) fn books_told(now: Timestamp) -> Key {
    Key::new(BOOKS, format!("TOLD#{}", now.date()))
}

/// The partition of all orders whose buyers wait for an answer to their asking for money.
pub(crate) const ORDERS_WISHED: &str = "ORDERS-WISHED";
/// The partition, in the first index, of all orders that are open.
pub(crate) const ORDERS_DUE: &str = "ORDERS-DUE";

pub(crate) fn order(id: OrderId) -> Key {
    Key::new(order_partition(id), "ORDER")
}

pub(crate) fn order_partition(id: OrderId) -> String {
    format!("ORDER#{id}")
}

/// An order among all.
pub(crate) fn order_of_all(id: OrderId) -> Key {
    Key::new(ORDERS, id.to_string())
}

/// An order among those whose buyers wait for an answer.
pub(crate) fn order_wished(id: OrderId) -> Key {
    Key::new(ORDERS_WISHED, id.to_string())
}

/// Place of an order among an account's.
pub(crate) fn order_of(account: AccountId, id: OrderId) -> Key {
    Key::new(orders_partition(account), id.to_string())
}

pub(crate) fn orders_partition(account: AccountId) -> String {
    format!("{ORDERS}#{account}")
}

/// Place of an order among those that stand so, by the time of its last change.
pub(crate) fn order_in(state: OrderState, changed: Timestamp, id: OrderId) -> Key {
    Key::new(orders_in_partition(state), format!("{}#{id}", sortable(changed)))
}

pub(crate) fn orders_in_partition(state: OrderState) -> String {
    format!("{ORDERS}#{}", state.name().to_uppercase())
}

pub(crate) fn order_due(id: OrderId) -> Key {
    Key::new(order_partition(id), "DUE")
}

/// Place of an open order among all, by when it is to be looked at.
pub(crate) fn order_due_at(when: Timestamp, id: OrderId) -> Key {
    Key::new(ORDERS_DUE, format!("{}#{id}", sortable(when)))
}

/// Behind the sort keys of all open orders that are to be looked at by a moment.
pub(crate) fn orders_due_until(when: Timestamp) -> String {
    format!("{}$", sortable(when))
}

pub(crate) fn journal_entry(order: OrderId, cause: &Cause) -> Key {
    Key::new(order_partition(order), format!("{JOURNAL_ENTRIES}{cause}"))
}

/// Prefix of the sort keys of what is in the book for an order.
pub(crate) const JOURNAL_ENTRIES: &str = "ENTRY#";

/// Place of an entry among those of its day.
pub(crate) fn in_ledger(at: Timestamp, cause: &Cause) -> Key {
    Key::new(ledger_partition(&at.date()), format!("{}#{cause}", sortable(at)))
}

/// What the sort keys of a day's entries lie between: from a moment (inclusive) to another (exclusive).
pub(crate) fn in_ledger_between(from: Timestamp, until: Timestamp) -> (String, String) {
    (sortable(from), sortable(until))
}

pub(crate) fn ledger_partition(day: &str) -> String {
    format!("LEDGER#{day}")
}

/// The partition, in the first index, of all that the payment service told.
pub(crate) const PAYMENT_EVENTS: &str = "PAYMENT-EVENTS";

pub(crate) fn payment_event(event: &str) -> Key {
    Key::new(format!("PAYMENT-EVENT#{event}"), "EVENT")
}

/// Place of an event among all.
pub(crate) fn payment_event_at(received: Timestamp, event: &str) -> Key {
    Key::new(PAYMENT_EVENTS, format!("{}#{event}", sortable(received)))
}

/// Place of an event among those of an order.
pub(crate) fn payment_event_of(order: OrderId, received: Timestamp, event: &str) -> Key {
    Key::new(payment_events_partition(order), format!("{}#{event}", sortable(received)))
}

pub(crate) fn payment_events_partition(order: OrderId) -> String {
    format!("{PAYMENT_EVENTS}#{order}")
}

pub(crate) fn sales_of_course(course: CourseId) -> String {
    format!("SALES#{course}")
}

pub(crate) fn sales_of_owner(owner: AccountId) -> String {
    format!("SALES#{owner}")
}

pub(crate) fn sales_by_coupon(owner: AccountId, code: &CouponCode) -> String {
    format!("SALES#{owner}#{code}")
}

/// A moment as text that sorts like it: milliseconds, 15 digits.
fn sortable(moment: Timestamp) -> String {
    format!("{:015}", moment.millis().max(0))
}

/// Whether every visitor's pages show what lies under the key: courses, outlines, reviews, addresses, words.
pub(crate) fn visitors_see(key: &Key) -> bool {
    ["COURSE#", "SLUG#", "WORD#"].iter().any(|prefix| key.partition.starts_with(prefix))
}
