//! Every address of the site: where it is defined and how it is written into a link.

use domain::id::{AttachmentId, CourseId, LessonId};
use domain::text::Slug;

/// The landing page.
pub const HOME: &str = "/";
/// The catalogue, and its search.
pub const COURSES: &str = "/courses";
/// The courses one takes.
pub const LEARNING: &str = "/learning";
/// Where one signs in.
pub const SIGN_IN: &str = "/sign-in";
/// An instructor's own courses.
pub const TEACH: &str = "/teach";

/// The video pipeline, for those who operate the program.
pub const PIPELINE: &str = "/operate/videos";

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

/// Who takes a course, for its instructor.
pub fn learners(course: CourseId) -> String {
    format!("/teach/{course}/learners")
}

/// The learners of a course from behind one on.
pub fn learners_after(course: CourseId, cursor: &str) -> String {
    format!("/teach/{course}/learners?after={}", encode(cursor))
}

/// Where a lesson is edited.
pub fn edit_lesson(course: CourseId, lesson: LessonId) -> String {
    format!("/teach/{course}/lessons/{lesson}")
}

/// Signing in on the way to `next`, a path of this site.
pub fn sign_in(next: &str) -> String {
    format!("{SIGN_IN}?next={}", encode(next))
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
/// URL standard drops: `/\t/host`).
pub fn local(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let foreign = rest.starts_with(['/', '\\']) || path.chars().any(|c| c.is_control() || c == '\\');
    (!foreign).then_some(path)
}

/// Percent-encodes a query value: all but the unreserved characters (RFC 3986 §2.3).
fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                encoded.push('%');
                encoded.push(char::from(HEX[usize::from(byte >> 4)]));
                encoded.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    encoded
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
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_file_name_stays_one_query_value() {
        assert_eq!(encode("a b&c=ü/1.mp4"), "a%20b%26c%3D%C3%BC%2F1.mp4");
    }
}
