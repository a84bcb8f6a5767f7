//! A sample of every mail: for the preview in development, and for the snapshots in tests.

use super::reader::{Reader, Zone};
use super::{Code, LessonPlace, Mail, OrderPlace, Post, ReceiptLine, Recipient};
use crate::Result;
use crate::ports::Letter;
use domain::account::{Account, Role};
use domain::address;
use domain::device::DeviceName;
use domain::id::{AccountId, CourseId, LessonId, OrderId};
use domain::money::{Currency, Price};
use domain::time::{Seconds, Timestamp};
use domain::video::{FailureReason, Warning};
use jiff::tz::TimeZone;

const AT: Timestamp = Timestamp::from_seconds(1_795_305_600);

/// Every mail as somebody would get it, with its name.
pub fn samples(origin: &str) -> Result<Vec<(&'static str, Letter)>> {
    let account = Account {
        id: AccountId::new(AT, 1),
        email: "ada@stoa.example".parse().expect("an address"),
        name: "Ada Lovelace".parse().expect("a name"),
        role: Role::Instructor,
        deletion: None,
    };
    let sample = |mail: Mail| {
        let to = match mail {
            Mail::ConfirmAddress { .. }
            | Mail::AlreadyRegistered
            | Mail::Invitation { .. }
            | Mail::TeachTogether { .. }
            | Mail::Deleted => Recipient::from(&account.email),
            _ => Recipient::from(&account),
        };
        let unsubscribe = mail.topic().map(|topic| address::unsubscribe(account.id, topic, "proof"));
        let zone = TimeZone::get("Europe/Athens").unwrap_or(TimeZone::UTC);
        let post = Post { to, mail };
        let letter = post.letter(origin, &Reader { wants: true, zone: Zone(zone), unsubscribe })?;
        Ok((post.mail.kind(), letter))
    };
    all().into_iter().map(sample).collect()
}

fn all() -> Vec<Mail> {
    let code = || Code::from("dGhpcyBpcyBhIGNvZGU".to_owned());
    let new = || "ada.lovelace@stoa.example".parse().expect("an address");
    let lesson = LessonPlace {
        course: CourseId::new(AT, 1),
        course_title: "Rust from zero".parse().expect("a title"),
        lesson: LessonId::new(AT, 1),
        lesson_title: "Ownership & borrowing".parse().expect("a title"),
    };
    let file = "ownership <final>.mp4".to_owned();
    let price = |minor| Price { minor, currency: Currency::Eur };
    let titles = ["Rust from zero", "Ownership & borrowing"].map(|title| title.parse().expect("a title"));
    let order = || OrderPlace { order: OrderId::new(AT, 1), titles: titles.clone().into() };
    vec![
        Mail::ConfirmAddress { code: code() },
        Mail::AlreadyRegistered,
        Mail::ResetPassword { code: code() },
        Mail::PasswordChanged,
        Mail::ConfirmNewAddress { code: code() },
        Mail::AddressChangeRequested { new: new(), code: code() },
        Mail::AddressChanged { new: new() },
        Mail::SecondFactorOn,
        Mail::SecondFactorOff,
        Mail::RecoveryCodeUsed { left: 1 },
        Mail::NewSignIn {
            device: DeviceName::from_user_agent("Firefox/145.0 Windows"),
            from: "203.0.113.7".into(),
            at: AT,
        },
        Mail::Invitation {
            by: "Grace Hopper".parse().expect("a name"),
            role: Role::Instructor,
            code: code(),
            until: AT,
        },
        Mail::TeachTogether {
            by: "Grace Hopper".parse().expect("a name"),
            course: "Rust from zero".parse().expect("a title"),
        },
        Mail::RoleChanged { role: Role::Instructor },
        Mail::DeletionPlanned { on: AT },
        Mail::DeletionCancelled,
        Mail::DeletionStopped {
            reason: "Your course “Rust from zero” has learners, who must not lose it.".to_owned(),
        },
        Mail::Deleted,
        Mail::PaymentReady { order: order(), total: price(1520) },
        Mail::Receipt {
            order: order(),
            lines: order().titles.into_iter().map(|title| ReceiptLine { title, price: price(950) }).collect(),
            discount: Some(price(380)),
            total: price(1520),
        },
        Mail::Refunded { order: order(), amount: price(1520) },
        Mail::RefundDeclined { order: order(), why: "The 30 days in which we do are over.".to_owned() },
        Mail::VideoReady {
            lesson: lesson.clone(),
            file: file.clone(),
            warnings: vec![Warning::CutShort { missing: Seconds(90) }],
        },
        Mail::VideoFailed { lesson, file, reason: FailureReason::Damaged },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_samples() -> Vec<(&'static str, Letter)> {
        samples("https://stoa.example").unwrap()
    }

    #[test]
    fn every_mail_reads_as_it_was_looked_at() {
        let letters = all_samples();
        let text: Vec<_> =
            letters.iter().map(|(_, mail)| format!("{}\n\n{}", mail.subject, mail.text)).collect();
        insta::assert_snapshot!("texts", text.join("\n=====\n\n"));
        for (kind, letter) in letters {
            if ["new-sign-in", "receipt", "video-ready"].contains(&kind) {
                insta::assert_snapshot!(kind, letter.html.unwrap());
            }
        }
    }

    #[test]
    fn every_mail_has_a_sample() {
        // What serde says of a name that is none lists those that are.
        let told = serde_json::from_str::<Mail>(r#"{"mail":"?"}"#).err().unwrap().to_string();
        let named: Vec<_> = told.split('`').skip(3).step_by(2).collect();
        let sampled: Vec<_> = all_samples().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(sampled, named, "{told}");
    }

    #[test]
    fn what_people_wrote_stays_text_in_a_mail() {
        let (_, letter) = all_samples().into_iter().find(|(kind, _)| *kind == "video-ready").unwrap();
        let html = letter.html.unwrap();
        assert!(letter.text.contains("ownership <final>.mp4 can be watched"), "{}", letter.text);
        assert!(!html.contains("<final>") && html.contains("ownership &#60;final&#62;.mp4"), "{html}");
    }
}
