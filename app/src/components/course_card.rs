//! A course in a list.

use super::{RatingSummary, SaveButton};
use crate::routes;
use domain::view;
use leptos::prelude::*;

/// A course in a list.
#[component]
pub(crate) fn CourseCard(card: view::CourseCard) -> impl IntoView {
    let facts = format!("{} · {}", card.level.label(), length(card.lessons, card.length));
    view! {
        <li class="course-card">
            <h3 dir="auto"><a href=routes::course(&card.slug)>{card.title.to_string()}</a></h3>
            <p class="hint" dir="auto">{card.instructor.to_string()}</p>
            {card.subtitle.map(|subtitle| view! { <p class="subtitle" dir="auto">{subtitle.to_string()}</p> })}
            <p class="facts">
                <span class="basis-full">{facts}</span>
                <RatingSummary rating=card.rating />
                <span class="price">{card.price.to_string()}</span>
            </p>
            <SaveButton course=card.slug title=card.title />
        </li>
    }
}

/// `12 lessons, 3 h 20 min`, as far as it is known.
pub(crate) fn length(lessons: u32, length: domain::time::Seconds) -> String {
    let lessons = if lessons == 1 { "1 lesson".to_owned() } else { format!("{lessons} lessons") };
    match (length.0 / 3600, length.0 / 60 % 60, length.0) {
        (0, 0, 0) => lessons,
        (0, 0, seconds) => format!("{lessons}, {seconds} s"),
        (0, minutes, _) => format!("{lessons}, {minutes} min"),
        (hours, 0, _) => format!("{lessons}, {hours} h"),
        (hours, minutes, _) => format!("{lessons}, {hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::length;
    use domain::time::Seconds;

    #[test]
    fn a_course_says_how_long_it_takes() {
        assert_eq!(length(0, Seconds(0)), "0 lessons");
        assert_eq!(length(1, Seconds(30)), "1 lesson, 30 s");
        assert_eq!(length(3, Seconds(725)), "3 lessons, 12 min");
        assert_eq!(length(12, Seconds(12_000)), "12 lessons, 3 h 20 min");
    }
}
