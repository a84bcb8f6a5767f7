//! Every address of the site: where it is defined and how it is written into a link. Those that mails name, too, come
//! from `domain`.

pub use domain::address::{
    ACCOUNT, CONFIRM, DATA, INVITATION, MAIL, ORDERS, RESET, SECURITY, SIGN_IN, TEACH, edit_lesson, order,
};

use domain::account::Role;
use domain::address::encode;
use domain::id::{AccountId, AttachmentId, CourseId, LessonId, OrderId};
use domain::text::{Email, Slug};

/// The landing page.
pub const HOME: &str = "/";
/// The catalogue, and its search.
pub const COURSES: &str = "/courses";
/// The courses one takes.
pub const LEARNING: &str = "/learning";
/// Where one registers.
pub const SIGN_UP: &str = "/sign-up";
/// What is asked for beyond a password.
pub const SECOND_STEP: &str = "/second-step";

/// All of one's own data, as a file.
pub const DATA_FILE: &str = "/account/data.zip";
/// Says that mails were ended.
pub const UNSUBSCRIBED: &str = "/unsubscribe?done=1";

/// The video pipeline, for those who operate the program.
pub const PIPELINE: &str = "/operate/videos";
/// Those with an account, for those who help them and those who run the site.
pub const PEOPLE: &str = "/operate/people";
/// Invitations to have an account, for those who run the site.
pub const INVITATIONS: &str = "/operate/invitations";
/// Who did what, for those who run the site.
pub const AUDIT: &str = "/operate/audit";
/// The same as a file.
pub const AUDIT_FILE: &str = "/operate/audit.csv";

/// What one is about to buy.
pub const CART: &str = "/cart";
/// The coupons of an instructor.
pub const COUPONS: &str = "/teach/coupons";
/// What an instructor sold.
pub const SALES: &str = "/teach/sales";
/// The same as a file.
pub const SALES_FILE: &str = "/teach/sales.csv";
/// All orders, for those who help and those who run the site.
pub const ALL_ORDERS: &str = "/operate/orders";
/// What the payment service told.
pub const PAYMENT_NEWS: &str = "/operate/payments";
/// Our books against the payment service's.
pub const BOOKS: &str = "/operate/books";

/// The page of a course.
pub fn course(slug: &Slug) -> String {
    format!("/courses/{slug}")
}

/// The catalogue from behind a course on.
pub fn courses_after(cursor: &str) -> String {
    format!("/courses?after={}", encode(cursor))
}

/// What a search for these words finds.
pub fn courses_with(words: &str) -> String {
    format!("/courses?q={}", encode(words))
}

/// Where a lesson is watched.
pub fn lesson(course: &Slug, lesson: LessonId) -> String {
    format!("/learn/{course}/{lesson}")
}

/// Where a course is edited.
pub fn edit_course(course: CourseId) -> String {
    format!("/teach/{course}")
}

/// What a course costs, for who sets that.
pub fn course_price(course: CourseId) -> String {
    format!("/teach/{course}/price")
}

/// An order with all that happened.
pub fn order_file(order: OrderId) -> String {
    format!("{ALL_ORDERS}/{order}")
}

/// All orders, or those that stand in a certain way, from behind one on.
pub fn all_orders(state: &str, after: Option<&str>) -> String {
    asking(ALL_ORDERS, &[("state", state.to_owned()), ("after", after.unwrap_or_default().to_owned())])
}

/// The payment service's news from behind some on.
pub fn payment_news(after: &str) -> String {
    format!("{PAYMENT_NEWS}?after={}", encode(after))
}

/// What an instructor sold, as a file: days as `2026-11-27`.
pub fn sales_file(from: &str, until: &str) -> String {
    format!("{SALES_FILE}?from={}&until={}", encode(from), encode(until))
}

/// One of those with an account.
pub fn person(account: AccountId) -> String {
    format!("{PEOPLE}?account={account}")
}

/// The same, on the way to giving them a role.
pub fn change_role(account: AccountId, role: Role) -> String {
    format!("{PEOPLE}?account={account}&to={role}")
}

/// Those with an account, all or with a role, from behind one on.
pub fn people_after(role: Option<Role>, cursor: AccountId) -> String {
    match role {
        None => format!("{PEOPLE}?after={cursor}"),
        Some(role) => format!("{PEOPLE}?role={role}&after={cursor}"),
    }
}

/// A path with what is asked for there: names and values, without those that are empty.
pub fn asking(path: &str, search: &[(&str, String)]) -> String {
    let asked = search.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<_> = asked.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Who teaches a course.
pub fn instructors(course: CourseId) -> String {
    format!("/teach/{course}/instructors")
}

/// Who takes a course, for its instructor.
pub fn learners(course: CourseId) -> String {
    format!("/teach/{course}/learners")
}

/// The learners of a course from behind one on.
pub fn learners_after(course: CourseId, cursor: &str) -> String {
    format!("/teach/{course}/learners?after={}", encode(cursor))
}

/// What is asked for beyond a password, on the way to `next`.
pub fn second_step(next: Option<&str>) -> String {
    next.map_or_else(|| SECOND_STEP.to_owned(), |next| format!("{SECOND_STEP}?next={}", encode(next)))
}

/// Where the code is awaited that confirms this address.
pub fn confirm_for(email: &Email) -> String {
    format!("{CONFIRM}?email={}", encode(email.as_str()))
}

/// Where the code is awaited that resets the password of this address.
pub fn reset_for(email: &str) -> String {
    format!("{RESET}?email={}", encode(email))
}

/// Signing in, as this address, after something else was `done`.
pub fn sign_in_after(done: &str, email: &str) -> String {
    format!("{SIGN_IN}?after={}&email={}", encode(done), encode(email))
}

/// Signing in on the way to `next`, a path of this site.
pub fn sign_in(next: &str) -> String {
    format!("{SIGN_IN}?next={}", encode(next))
}

/// Signing in on the identity provider's own pages, on the way to `next`. Not a page: browsers follow it as they do links
/// to other sites.
pub fn hosted_sign_in(next: Option<&str>) -> String {
    let next = next.map(|next| format!("?next={}", encode(next))).unwrap_or_default();
    format!("/api/session/hosted{next}")
}

/// Where those pages lead back to.
pub const RETURN: &str = "/api/session/return";

/// What stood in the way of signing in on the identity provider's own pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInProblem {
    /// It took too long, or began elsewhere.
    Late,
    /// They did not want to, or the provider did not want them.
    Refused,
    /// Their address is not verified there.
    Unverified,
    /// It does not work now.
    Down,
}

impl SignInProblem {
    /// Each, and the word for it in an address.
    const WORDS: [(Self, &str); 4] = [
        (Self::Late, "late"),
        (Self::Refused, "refused"),
        (Self::Unverified, "unverified"),
        (Self::Down, "down"),
    ];

    /// What is meant by a word in an address.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(_, known)| *known == word).map(|(problem, _)| problem)
    }
}

/// Signing in once more, after this.
pub fn sign_in_again(after: SignInProblem) -> String {
    let word = SignInProblem::WORDS.into_iter().find(|(problem, _)| *problem == after).map(|(_, word)| word);
    format!("{SIGN_IN}?problem={}", word.unwrap_or_default())
}

/// Leads to a file that comes with a lesson.
pub fn download(course: &Slug, lesson: LessonId, file: AttachmentId) -> String {
    format!("/download/{course}/{lesson}/{file}")
}

/// Leads to the copy of a lesson's video.
pub fn download_video(course: &Slug, lesson: LessonId) -> String {
    format!("/download/{course}/{lesson}/video")
}

/// The path, if it leads to a page of this site: what may be followed after signing in. Anything that a
/// browser could read as another host is refused (`//host`, `/\host`, and control characters, which the
/// URL standard drops: `/\t/host`), and so is what no header holds: browsers write such a path in other words.
pub fn local(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let foreign =
        rest.starts_with(['/', '\\']) || !path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (!foreign).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        for path in ["/", "/learning", "/courses?q=a%2Fb", "/learn/rust/01J"] {
            assert_eq!(local(path), Some(path));
        }
        for path in [
            "",
            "learning",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "/a\\b",
            "/a\r\nb",
            "/ä",
            "/a b",
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
    }
}
