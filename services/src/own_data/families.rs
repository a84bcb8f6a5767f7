//! Every kind of record: whether somebody gets it with their data, and else why not.

/// What becomes of a kind of record.
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
    FAMILIES.iter().filter_map(|(_, _, fate, _)| match *fate {
        Fate::OfAccount { prefix, file, secrets } => Some(Part { prefix, file, secrets }),
        Fate::Given | Fate::Not => None,
    })
}

const fn of_account(prefix: &'static str, file: &'static str) -> Fate {
    Fate::OfAccount { prefix, file, secrets: &[] }
}

/// Partition and sort key, as `records/keys.rs` lists them; what becomes of them; and how, or why not.
const FAMILIES: &[(&str, &str, Fate, &str)] = &[
    ("ACCOUNT#{account}", "PROFILE", of_account("PROFILE", "profile.json"), ""),
    ("ACCOUNT#{account}", "ENROLMENT#{course}", of_account("ENROLMENT#", "enrolments.json"), ""),
    ("ACCOUNT#{account}", "LEASES", of_account("LEASES", "playing-now.json"), ""),
    (
        "ACCOUNT#{account}",
        "PREFERENCES",
        Fate::OfAccount { prefix: "PREFERENCES", file: "preferences.json", secrets: &["mail_key"] },
        "",
    ),
    ("ACCOUNT#{account}", "PROGRESS#{course}#{lesson}", of_account("PROGRESS#", "progress.json"), ""),
    ("ACCOUNT#{account}", "TEACHES#{course}", of_account("TEACHES#", "teaches-with-others.json"), ""),
    ("ACCOUNT#{account}", "STORAGE", of_account("STORAGE", "storage.json"), ""),
    ("ACCOUNT#{account}", "NEW-EMAIL", of_account("NEW-EMAIL", "new-address.json"), ""),
    ("ACCOUNT#{account}", "RECOVERY-CODES", Fate::Not, "secrets that open the account, hashed"),
    ("AUDIT", "{entry}", Fate::Given, "what they did, and what was done to their account: log.json"),
    ("EMAIL#{email}", "ACCOUNT", Fate::Not, "the address alone, which is in profile.json"),
    ("SUBJECT#{subject}", "ACCOUNT", Fate::Not, "an identifier alone, which is in profile.json"),
    ("SESSION#{hash}", "SESSION", Fate::Not, "secrets of sign-ins, hashed; when and where is in log.json"),
    ("CHALLENGE#{hash}", "CHALLENGE", Fate::Not, "a sign-in of these minutes; names nobody in its key"),
    ("ATTEMPTS#{hash}", "SIGN-IN", Fate::Not, "a count of these minutes, under a hash"),
    ("ATTEMPTS#{hash}", "ATTEMPTS", Fate::Not, "a count of these minutes, under a hash"),
    ("DEVICE#{hash}", "KNOWN", Fate::Not, "that a device was seen, under a hash; sign-ins are in log.json"),
    ("COURSE#{course}", "COURSE", Fate::Given, "their own courses: courses/"),
    ("COURSE#{course}", "OUTLINE", Fate::Given, "their own courses: courses/"),
    ("COURSE#{course}", "REVIEW#{author}", Fate::Not, "imported, under a name and without an account"),
    ("INVITED#{course}", "{email}", Fate::Given, "those to their address: invitations-to-teach.json"),
    ("INVITATION#{hash}", "INVITATION", Fate::Not, "made for who has no account yet"),
    ("LESSON#{lesson}", "FILES", Fate::Given, "of their own courses, with the files: courses/"),
    ("SLUG#{slug}", "COURSE", Fate::Not, "an address that is in the course's record"),
    ("UPLOAD#{upload}", "UPLOAD", Fate::Not, "on its way for days at most; what arrived is in courses/"),
    ("VIDEO#{asset}", "VIDEO", Fate::Given, "of their own courses, with what was uploaded: courses/"),
    ("WORD#{first two letters}", "{word}#{course}", Fate::Not, "the words of courses, which are given"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_record_is_given_to_whom_it_names_or_says_why_not() {
        let rows = include_str!("../records/keys.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
        let mut count = 0;
        for row in rows {
            let mut cells = row.split('|').map(|cell| cell.trim().trim_matches('`'));
            let (partition, sort) = (cells.next().unwrap(), cells.next().unwrap());
            let listed = FAMILIES.iter().find(|family| (family.0, family.1) == (partition, sort));
            let (_, _, fate, why) = listed.unwrap_or_else(|| panic!("{partition} {sort} is not listed"));
            assert!(matches!(fate, Fate::OfAccount { .. }) || !why.is_empty(), "{partition} {sort}");
            count += 1;
        }
        assert!(count > 15, "the table of keys was read");
    }
}
