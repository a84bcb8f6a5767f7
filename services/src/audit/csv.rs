//! The log as a CSV file (RFC 4180), which spreadsheets open.

use domain::audit::{Line, Thing, Who};

/// The names of the columns.
pub(super) const HEAD: &str = "when,who,e-mail,from,kind,what,name,details\r\n";

pub(super) fn line(line: &Line) -> String {
    let entry = &line.entry;
    let who = match entry.who {
        Who::Account { id, .. } => format!("account {id}"),
        Who::Visitor { .. } => "visitor".into(),
        Who::CommandLine => "command line".into(),
        Who::Program => "program".into(),
    };
    let details: Vec<String> =
        entry.event.details().iter().map(|(name, value)| format!("{name} {value}")).collect();
    let fields = [
        entry.when().clock(),
        who,
        line.who.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.who.from().map(|from| from.to_string()).unwrap_or_default(),
        entry.event.kind().to_owned(),
        entry.event.thing().as_ref().map(Thing::to_string).unwrap_or_default(),
        line.thing.clone().unwrap_or_default(),
        details.join("; "),
    ];
    format!("{}\r\n", fields.map(|field| quoted(&field)).join(","))
}

/// Quoted, and never read as a formula: spreadsheets take what begins with one of these characters for one (OWASP,
/// "CSV Injection").
pub(crate) fn quoted(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}
