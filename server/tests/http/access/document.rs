//! The matrix as `docs/security.md` shows it.

use super::rows::{Needs, rows};
use super::school::{PEOPLE, School};
use domain::permission::Permission;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const BEGIN: &str = "<!-- matrix: written by `make matrix` -->\n";
const END: &str = "<!-- end of the matrix -->\n";

#[tokio::test]
async fn the_matrix_in_the_documentation_is_the_one_that_is_tested() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/security.md");
    let text = std::fs::read_to_string(&document).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("docs/security.md has the matrix");
    let (shown, after) = rest.split_once(END).expect("the matrix has an end");
    let matrix = matrix().await;
    if std::env::var_os("STOA_WRITE_MATRIX").is_some() {
        std::fs::write(&document, format!("{before}{BEGIN}{matrix}{END}{after}")).unwrap();
    } else {
        assert!(shown == matrix, "`make matrix` writes the matrix anew");
    }
}

async fn matrix() -> String {
    let mut text = String::from("| permission |");
    for person in PEOPLE {
        write!(text, " {} |", person.title).unwrap();
    }
    write!(text, "\n|---|{}\n", ":-:|".repeat(PEOPLE.len())).unwrap();
    for permission in Permission::ALL {
        write!(text, "| {permission:?} |").unwrap();
        for person in PEOPLE {
            text.push_str(if person.may(permission, true) { " ✓ |" } else { " |" });
        }
        text.push('\n');
    }
    text.push_str("\n| needs | functions and routes |\n|---|---|\n");
    let mut needed: BTreeMap<(u8, usize), (String, Vec<String>)> = BTreeMap::new();
    for row in rows(&School::new().await).await {
        let (place, name) = match row.needs {
            Needs::Nothing => ((0, 0), "nothing".to_owned()),
            Needs::Site(permission) | Needs::Course(permission) => {
                let place = Permission::ALL.iter().position(|other| *other == permission).unwrap();
                ((1, place), format!("{permission:?}"))
            }
            Needs::Developer => ((0, 1), "a developer's machine".to_owned()),
            Needs::Signature => ((2, 0), "a signed policy".to_owned()),
            Needs::Machine => ((3, 0), "this machine, or its token".to_owned()),
        };
        let shown = match row.pattern.strip_prefix("/api/") {
            Some(function) => format!("`{function}`"),
            None => format!("`{} {}`", row.method, row.pattern),
        };
        let (_, shown_before) = needed.entry(place).or_insert_with(|| (name, Vec::new()));
        if !shown_before.contains(&shown) {
            shown_before.push(shown);
        }
    }
    for (name, shown) in needed.values() {
        writeln!(text, "| {name} | {} |", shown.join(", ")).unwrap();
    }
    text
}
