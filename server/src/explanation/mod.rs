//! An explanation of the edge's, for people: as a page, and as lines of text.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::edge::{Explanation, Moment};
use std::fmt::Write;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// 9999-12-31T23:59:59Z: what a date in text can say.
const LAST_DATE: i64 = 253_402_300_799;

/// Lines of text, for a terminal.
pub(crate) fn text(told: &Explanation) -> String {
    let mut out = format!("{}\n", headline(told));
    for cause in &told.causes {
        out += &format!("- {cause}\n");
    }
    for (name, value) in facts(told) {
        out += &format!("\n{name}\n");
        for line in value.lines() {
            // What came from outside may not move the cursor.
            let plain: String = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
            out += &format!("  {plain}\n");
        }
    }
    out
}

/// A page, for a developer's browser. It runs and loads nothing: its styles stand in it, so that it looks the same
/// on a media host, which serves media alone.
pub(crate) fn page(told: &Explanation) -> String {
    let mut causes = String::new();
    for cause in &told.causes {
        let _ = write!(causes, "<li>{}</li>", escaped(cause));
    }
    let mut rows = String::new();
    for (name, value) in facts(told) {
        let _ = write!(rows, "<dt>{name}</dt><dd>{}</dd>", escaped(&value));
    }
    let headline = escaped(&headline(told));
    format!(include_str!("page.html"), style = STYLE, headline = headline, causes = causes, facts = rows)
}

/// How pages for developers look.
pub(crate) const STYLE: &str = include_str!("page.css");

/// What the page may do: have these very styles, and nothing else.
pub(crate) static CONTENT_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

fn headline(told: &Explanation) -> String {
    match (&told.reason, told.code) {
        (Some(reason), Some(code)) => format!("Refused ({code}): {reason}."),
        _ => "It opens.".into(),
    }
}

/// What is known, in the order in which one looks at it.
fn facts(told: &Explanation) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(rule) = told.rule {
        facts.push(("Rule that failed", rule.to_owned()));
    }
    facts.push(("Address that was asked for", told.address.clone()));
    if let Some(parting) = &told.parting {
        let or_end = |rest: &str| if rest.is_empty() { "(the end)".to_owned() } else { rest.to_owned() };
        let lines = format!(
            "The same as far as: {}\nThe address goes on: {}\nThe policy goes on: {}",
            parting.together,
            or_end(&parting.address),
            or_end(&parting.pattern)
        );
        facts.push(("Where the address and the policy part", lines));
    }
    let parts = told.parts.iter().map(|part| match &part.value {
        Some(value) if value.is_empty() => format!("{}: came empty", part.name),
        Some(value) => format!("{}: {value}", part.name),
        None => format!("{}: did not come", part.name),
    });
    let name = if told.carrier == "cookies" { "Cookies" } else { "Parameters of the signed URL" };
    facts.push((name, parts.collect::<Vec<_>>().join("\n")));
    if let Some(policy) = &told.policy {
        facts.push(("Policy, as it came", policy.clone()));
    }
    facts.push(("Clock of the edge", moment(told.now)));
    if let Some(expires) = told.expires {
        facts.push(("Allowed before (DateLessThan)", moment(expires)));
    }
    if let Some(begins) = told.begins {
        facts.push(("Allowed after (DateGreaterThan)", moment(begins)));
    }
    if let Some(source) = &told.source {
        facts.push(("Allowed from (IpAddress)", source.clone()));
    }
    facts.push(("Client", told.client.clone()));
    facts
}

/// `1893456000: Tue, 01 Jan 2030 00:00:00 GMT, in 40 s`.
fn moment(at: Moment) -> String {
    let mut text = at.epoch_seconds.to_string();
    if let Some(seconds) = u64::try_from(at.epoch_seconds).ok().filter(|_| at.epoch_seconds <= LAST_DATE) {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let _ = write!(text, ": {}", httpdate::fmt_http_date(date));
    }
    let _ = match at.in_seconds {
        0 => write!(text, ", now"),
        passed if passed < 0 => write!(text, ", {} s ago", passed.unsigned_abs()),
        ahead => write!(text, ", in {ahead} s"),
    };
    text
}

/// As text in HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::edge::{Denied, Hints, Policy, Presented, Request, Statement, explain};
    use domain::time::Timestamp;

    fn told(url: &str, cookies: &str, denied: Option<Denied>) -> Explanation {
        let presented = Presented::read(url, [cookies]);
        let now = Timestamp::from_seconds(1_800_000_000);
        let request = Request { presented: &presented, client: [192, 0, 2, 1].into(), now };
        explain(&request, denied, &Hints::default())
    }

    fn cookies() -> String {
        let policy = Policy::new("https://h/a/1/*".parse().unwrap(), Timestamp::from_seconds(1_799_999_960));
        let issued = Statement::from(&policy).signed(b"signature", "KTEST", domain::edge::Hash::Sha256);
        issued.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn the_text_names_the_rule_and_what_is_behind_it() {
        let text = text(&told("https://h/a/2/x", &cookies(), Some(Denied::ResourceMismatch)));
        assert!(
            text.starts_with("Refused (AccessDenied): the policy is for another resource.\n- "),
            "{text}"
        );
        for line in [
            "  resource-mismatch\n",
            "  The address goes on: 2/x\n",
            "  The policy goes on: 1/*\n",
            ", 40 s ago\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(self::text(&told("https://h/a/1/x", &cookies(), None)).starts_with("It opens.\n"));
    }

    #[test]
    fn nothing_that_came_becomes_markup_or_moves_the_cursor() {
        let bad = "<script>alert('{causes}')</script>";
        let cookies =
            format!("CloudFront-Key-Pair-Id={bad}\u{1b}[2J; {}", cookies().replace("Key-Pair-Id", "Other"));
        let told = told(&format!("https://h/{bad}"), &cookies, Some(Denied::UnknownKey));
        let page = page(&told);
        assert!(!page.contains("<script"), "{page}");
        assert_eq!(page.matches("&lt;script&gt;alert(&#39;{causes}&#39;)").count(), 3, "{page}");
        assert!(!text(&told).contains('\u{1b}'));
    }

    #[test]
    fn a_page_runs_nothing_and_has_the_styles_that_its_policy_names() {
        let page = page(&told("https://h/a", "", Some(Denied::UnknownKey)));
        assert!(!page.contains("<script") && !page.contains("style="), "{page}");
        let styles = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
        let hash = STANDARD.encode(digest(&SHA256, styles.as_bytes()));
        assert!(CONTENT_POLICY.contains(&format!("style-src 'sha256-{hash}';")), "{page}");
    }

    #[test]
    fn moments_beyond_every_calendar_are_told_in_seconds() {
        let at = |epoch_seconds, in_seconds| moment(Moment { epoch_seconds, in_seconds });
        assert_eq!(at(1_893_456_000, 40), "1893456000: Tue, 01 Jan 2030 00:00:00 GMT, in 40 s");
        assert_eq!(at(-1, -5), "-1, 5 s ago");
        assert_eq!(at(i64::MAX, 0), "9223372036854775807, now");
    }
}
