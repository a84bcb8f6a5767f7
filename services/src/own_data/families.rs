//! Every kind of record: whether somebody gets it with their data, and else why not; and what becomes of it when they
//! have their account deleted.

use crate::ports::Key;

/// What becomes of a kind of record in somebody's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Given: below the account, in a file of its own, without the fields that hold secrets.
    OfAccount { prefix: &'static str, file: &'static str, secrets: &'static [&'static str] },
    /// Given in another way.
    Given,
    /// Not given, and why.
    Not,
}

/// Records below an account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// What their sort keys begin with.
    pub(super) prefix: &'static str,
    /// The file that they are in.
    pub(super) file: &'static str,
    /// The fields that are left out.
    pub(super) secrets: &'static [&'static str],
}

/// Those that are given as they are.
pub(super) fn parts() -> impl Iterator<Item = Part> {
    FAMILIES.iter().filter_map(|(_, _, fate, _, _)| match *fate {
        Fate::OfAccount { prefix, file, secrets } => Some(Part { prefix, file, secrets }),
        Fate::Given | Fate::Not => None,
    })
}

/// What becomes of a kind of record when somebody has their account deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Gone at once, with the account itself.
    First,
    /// Gone: all below the account whose sort keys begin so.
    Below(&'static str),
    /// Gone, or without what names them, by a step.
    By(Step),
    /// Gone when everything else is.
    Last,
    /// Still there for a time, and why. What the law has us keep stands here, too.
    Kept(&'static str),
}

/// What is removed that does not lie below the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Where they were signed in.
    Sessions,
    /// The devices that were known to be theirs.
    Devices,
    /// That they taught courses of others.
    Teaching,
    /// That they were asked to.
    TeachingInvitations,
    /// The invitations that they sent, and those to their address.
    Invitations,
    /// What they said of courses. The stars stay, so that ratings stay what they are: as a former learner's.
    Reviews,
    /// Their own courses.
    Courses,
}

impl Step {
    /// Every step, in their order.
    pub(super) const ALL: [Step; 7] = [
        Step::Sessions,
        Step::Devices,
        Step::Teaching,
        Step::TeachingInvitations,
        Step::Invitations,
        Step::Reviews,
        Step::Courses,
    ];
}

/// What the sort keys begin with of the records below an account that go with it.
pub(super) fn below() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().filter_map(|(_, _, _, end, _)| match end {
        End::Below(prefix) => Some(*prefix),
        _ => None,
    })
}

/// Why a record that names somebody may outlast their account; `None` where it may not.
pub fn outlasts(key: &Key) -> Option<&'static str> {
    let is_of = |partition: &str| key.partition.starts_with(partition.split('{').next().unwrap_or_default());
    FAMILIES.iter().find_map(|(partition, _, _, end, _)| match end {
        End::Kept(why) if is_of(partition) => Some(*why),
        _ => None,
    })
}

const fn of_account(prefix: &'static str, file: &'static str) -> Fate {
    Fate::OfAccount { prefix, file, secrets: &[] }
}

/// Partition and sort key, as `records/keys.rs` lists them; what becomes of them in the data; what becomes of them in the end;
/// and how they are given, or why not.
const FAMILIES: &[(&str, &str, Fate, End, &str)] = &[
    ("ACCOUNT#{account}", "PROFILE", of_account("PROFILE", "profile.json"), End::First, ""),
    ("ACCOUNT#{account}", "DELETION", of_account("DELETION", "deletion.json"), End::Last, ""),
    (
        "ACCOUNT#{account}",
        "ENROLMENT#{course}",
        of_account("ENROLMENT#", "enrolments.json"),
        End::Below("ENROLMENT#"),
        "",
    ),
    ("ACCOUNT#{account}", "LEASES", of_account("LEASES", "playing-now.json"), End::Below("LEASES"), ""),
    (
        "ACCOUNT#{account}",
        "PREFERENCES",
        Fate::OfAccount { prefix: "PREFERENCES", file: "preferences.json", secrets: &["mail_key"] },
        End::Below("PREFERENCES"),
        "",
    ),
    (
        "ACCOUNT#{account}",
        "PROGRESS#{course}#{lesson}",
        of_account("PROGRESS#", "progress.json"),
        End::Below("PROGRESS#"),
        "",
    ),
    (
        "ACCOUNT#{account}",
        "TEACHES#{course}",
        of_account("TEACHES#", "teaches-with-others.json"),
        End::By(Step::Teaching),
        "",
    ),
    ("ACCOUNT#{account}", "STORAGE", of_account("STORAGE", "storage.json"), End::Below("STORAGE"), ""),
    (
        "ACCOUNT#{account}",
        "NEW-EMAIL",
        of_account("NEW-EMAIL", "new-address.json"),
        End::Below("NEW-EMAIL"),
        "",
    ),
    (
        "ACCOUNT#{account}",
        "RECOVERY-CODES",
        Fate::Not,
        End::Below("RECOVERY-CODES"),
        "secrets that open the account, hashed",
    ),
    (
        "AUDIT",
        "{entry}",
        Fate::Given,
        End::Kept(
            "so that it can be found out who did what; names accounts by identifiers, and expires after two years",
        ),
        "what they did, and what was done to their account: log.json",
    ),
    ("EMAIL#{email}", "ACCOUNT", Fate::Not, End::First, "the address alone, which is in profile.json"),
    ("SUBJECT#{subject}", "ACCOUNT", Fate::Not, End::First, "an identifier alone, which is in profile.json"),
    (
        "SESSION#{hash}",
        "SESSION",
        Fate::Not,
        End::By(Step::Sessions),
        "secrets of sign-ins, hashed; when and where is in log.json",
    ),
    (
        "CHALLENGE#{hash}",
        "CHALLENGE",
        Fate::Not,
        End::Kept("a sign-in of these minutes, which leads nowhere any more"),
        "a sign-in of these minutes; names nobody in its key",
    ),
    (
        "ATTEMPTS#{hash}",
        "ATTEMPTS",
        Fate::Not,
        End::Kept("a count of these minutes, under a hash"),
        "a count of these minutes, under a hash",
    ),
    (
        "DEVICE#{hash}",
        "KNOWN",
        Fate::Not,
        End::By(Step::Devices),
        "that a device was seen, under a hash; sign-ins are in log.json",
    ),
    ("COURSE#{course}", "COURSE", Fate::Given, End::By(Step::Courses), "their own courses: courses/"),
    ("COURSE#{course}", "OUTLINE", Fate::Given, End::By(Step::Courses), "their own courses: courses/"),
    (
        "COURSE#{course}",
        "REVIEW#{author}",
        Fate::Given,
        End::By(Step::Reviews),
        "what they said of courses: reviews.json",
    ),
    (
        "INVITED#{course}",
        "{email}",
        Fate::Given,
        End::By(Step::TeachingInvitations),
        "those to their address: invitations-to-teach.json",
    ),
    (
        "INVITATION#{hash}",
        "INVITATION",
        Fate::Not,
        End::By(Step::Invitations),
        "made for who has no account yet",
    ),
    (
        "LESSON#{lesson}",
        "FILES",
        Fate::Given,
        End::By(Step::Courses),
        "of their own courses, with the files: courses/",
    ),
    ("ACCOUNT#{account}", "CART", of_account("CART", "cart.json"), End::Below("CART"), ""),
    ("ACCOUNT#{account}", "BUYING#{course}", of_account("BUYING#", "buying.json"), End::Below("BUYING#"), ""),
    (
        "ACCOUNT#{account}",
        "COUPON#{owner}#{code}",
        of_account("COUPON#", "coupons-used.json"),
        End::Below("COUPON#"),
        "",
    ),
    (
        "COUPONS#{owner}",
        "{code}",
        Fate::Given,
        End::Kept("what orders were made cheaper by, which are kept; names its owner by an identifier"),
        "their own: coupons.json",
    ),
    (
        "ORDER#{order}",
        "ORDER",
        Fate::Given,
        End::Kept("as tax law wants it kept: what was bought, for how much, and whose receipt it was"),
        "their own, with all that was heard of them: orders.json",
    ),
    (
        "ORDER#{order}",
        "DUE",
        Fate::Not,
        End::Kept("until the order is decided, in days; names the order alone"),
        "when an order of these days is looked at again",
    ),
    (
        "ORDER#{order}",
        "ENTRY#{cause}",
        Fate::Given,
        End::Kept("the book, as tax law wants it kept; names orders, and those who sold"),
        "of their own orders: orders.json",
    ),
    (
        "ORDERS",
        "{order}",
        Fate::Not,
        End::Kept("an identifier alone"),
        "an identifier alone, which is in orders.json",
    ),
    ("BOOKS", "COMPARED#{hour}", Fate::Not, End::Kept("names nobody"), "names nobody"),
    ("BOOKS", "TOLD#{day}", Fate::Not, End::Kept("names nobody"), "names nobody"),
    (
        "ORDERS-WISHED",
        "{order}",
        Fate::Not,
        End::Kept("an identifier alone, until who asked has an answer"),
        "an identifier alone, which is in orders.json",
    ),
    (
        "PAYMENT-EVENT#{event}",
        "EVENT",
        Fate::Not,
        End::Kept("names orders and payments, and expires after half a year"),
        "that something was told; what came of it is in orders.json",
    ),
    (
        "SALES#{course or owner}",
        "{day}#{currency}#{what}",
        Fate::Not,
        End::Kept("sums over many people's orders"),
        "sums over many people's orders",
    ),
    (
        "SALES#{owner}#{code}",
        "{day}#{currency}#{what}",
        Fate::Not,
        End::Kept("sums over many people's orders"),
        "sums over many people's orders",
    ),
    ("SLUG#{slug}", "COURSE", Fate::Not, End::By(Step::Courses), "an address that is in the course's record"),
    (
        "UPLOAD#{upload}",
        "UPLOAD",
        Fate::Not,
        End::Kept("unfinished ones are given up with their course; that one arrived is known for a day"),
        "on its way for days at most; what arrived is in courses/",
    ),
    (
        "VIDEO#{asset}",
        "VIDEO",
        Fate::Given,
        End::By(Step::Courses),
        "of their own courses, with what was uploaded: courses/",
    ),
    (
        "WORD#{first two letters}",
        "{word}#{course}",
        Fate::Not,
        End::By(Step::Courses),
        "the words of courses, which are given",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Partition and sort key of every kind of record.
    fn kinds() -> Vec<(&'static str, &'static str)> {
        let rows = include_str!("../records/keys.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
        let kinds: Vec<_> = rows
            .map(|row| {
                let mut cells = row.split('|').map(|cell| cell.trim().trim_matches('`'));
                (cells.next().unwrap(), cells.next().unwrap())
            })
            .collect();
        assert!(kinds.len() > 15, "the table of keys was read");
        kinds
    }

    #[test]
    fn every_kind_of_record_is_given_to_whom_it_names_or_says_why_not_and_has_an_end() {
        for (partition, sort) in kinds() {
            let listed = FAMILIES.iter().find(|family| (family.0, family.1) == (partition, sort));
            let (_, _, fate, end, why) = listed.unwrap_or_else(|| panic!("{partition} {sort} is not listed"));
            assert!(matches!(fate, Fate::OfAccount { .. }) || !why.is_empty(), "{partition} {sort}");
            assert!(!matches!(end, End::Kept("")), "{partition} {sort} is kept for no reason");
            if let End::Below(prefix) = end {
                assert!(partition == "ACCOUNT#{account}" && sort.starts_with(prefix), "{partition} {sort}");
            }
        }
    }

    #[test]
    fn what_is_listed_is_there_and_every_step_removes_something() {
        let kinds = kinds();
        for (partition, sort, ..) in FAMILIES {
            assert!(kinds.contains(&(partition, sort)), "{partition} {sort}");
        }
        for step in Step::ALL {
            assert!(FAMILIES.iter().any(|family| family.3 == End::By(step)), "{step:?}");
        }
    }
}
