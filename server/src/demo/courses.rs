//! The courses of the demo: their texts.

use domain::course::Level;
use domain::money::{Currency, Price};
use domain::review::{Review, Stars};
use domain::time::{Seconds, Timestamp};
use services::import::ImportedCourse;
use std::fmt::Debug;
use std::str::FromStr;

/// Address of the course whose first lesson is the film.
pub(super) const FILM_COURSE: &str = "making-of-big-buck-bunny";

/// The courses, the one to be seen first at the head.
pub(super) fn all(now: Timestamp) -> Vec<ImportedCourse> {
    let texts = [&FILM, &READING, &RADIO];
    texts.iter().enumerate().map(|(n, text)| text.course(days_before(now, 9 * n as i64 + 1))).collect()
}

struct Texts {
    slug: &'static str,
    title: &'static str,
    subtitle: &'static str,
    description: &'static str,
    level: Level,
    price: Price,
    /// Sections of lessons; a lesson has its length in seconds.
    sections: &'static [(&'static str, &'static [(&'static str, u32)])],
    /// Author, stars, text.
    reviews: &'static [(&'static str, u8, &'static str)],
}

impl Texts {
    fn course(&self, published: Timestamp) -> ImportedCourse {
        let lesson = |&(title, seconds): &(&str, u32)| (valid(title), Seconds(seconds));
        let review = |(n, &(author, stars, body)): (usize, &(&str, u8, &str))| Review {
            author: valid(author),
            stars: Stars::try_from(stars).expect("the demo's texts are valid, which a test checks"),
            body: valid(body),
            written: Timestamp::from_seconds(published.seconds() + 3600 * (n as i64 + 1)),
        };
        ImportedCourse {
            slug: valid(self.slug),
            title: valid(self.title),
            subtitle: Some(valid(self.subtitle)),
            description: valid(self.description),
            instructor: valid("Ada Okafor"),
            level: self.level,
            price: self.price,
            published,
            sections: self
                .sections
                .iter()
                .map(|(title, lessons)| (valid(title), lessons.iter().map(lesson).collect()))
                .collect(),
            reviews: self.reviews.iter().enumerate().map(review).collect(),
        }
    }
}

fn valid<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("the demo's texts are valid, which a test checks")
}

fn days_before(now: Timestamp, days: i64) -> Timestamp {
    Timestamp::from_seconds(now.seconds() - days * 86_400)
}

const FILM: Texts = Texts {
    slug: FILM_COURSE,
    title: "Making of Big Buck Bunny",
    subtitle: "How a small team made an open film in six months, from the first storyboard to the last frame",
    description: "\
In 2007 seven artists moved to Amsterdam to make a short film with free software and to give everything away \
afterwards: the film, the models, the mistakes. This course takes their work apart, shot by shot.

You will watch a scene first, then learn why it works. We look at how a silent rabbit gets a character, how fur \
is combed on forty thousand hairs, and what a render farm does at night when a deadline is near.

You need no experience with 3D programs. If you want to try things yourself, any computer that runs Blender will do.

Big Buck Bunny is (c) copyright 2008, Blender Foundation / www.bigbuckbunny.org, licensed under the Creative \
Commons Attribution 3.0 licence.",
    level: Level::Beginner,
    price: Price::FREE,
    sections: &[
        ("Watch first", &[
            ("A morning in the meadow", 30),
            ("What you just saw: a story without a word", 412),
        ]),
        ("From idea to animatic", &[
            ("Three bullies and a butterfly: finding the story", 655),
            ("Drawing a storyboard that can be thrown away", 738),
            ("The animatic: timing before pictures", 521),
        ]),
        ("Characters", &[
            ("Modelling a very large rabbit", 1284),
            ("Rigging: bones under the fur", 1117),
            ("Fur that moves with the wind", 946),
        ]),
        ("Light and last things", &[
            ("Sunlight for a forest", 803),
            ("Nights on the render farm", 694),
            ("Giving it all away: open licences", 377),
        ]),
    ],
    reviews: &[
        ("Mira Lindqvist", 5, "I have never opened a 3D program and followed every minute. The lesson on the animatic changed how I plan my own videos."),
        ("Tomás Ferreira", 4, "Honest about what went wrong, which is rare. I would have liked more on the fur."),
        ("Wei Chen", 5, "Short lessons, no filler. My students watched it in one afternoon and asked for the files."),
    ],
};

const READING: Texts = Texts {
    slug: "reading-code-you-did-not-write",
    title: "Reading code you did not write",
    subtitle: "Find your way in a large program in a day, and leave it better than you found it",
    description: "\
Most of a programmer's day is reading, yet hardly anybody is taught how. In this course we open three real \
programs of more than a hundred thousand lines and find our way in each of them, with a method that works in any language.

You will learn to ask a program questions: where does a request enter, what does it touch, where is the \
decision made? You will draw maps that fit on one page, and change something small on the first day without \
breaking anything.

You should be able to read one programming language fluently. The examples are in Rust, Python and C.",
    level: Level::Intermediate,
    price: Price { minor: 4900, currency: Currency::Usd },
    sections: &[
        ("Before you read", &[
            ("What are you looking for?", 388),
            ("Build it, run it, break it", 702),
        ]),
        ("Finding your way", &[
            ("Follow one request from end to end", 1043),
            ("Read the tests first", 615),
            ("History as documentation: asking git", 827),
            ("A map on one page", 559),
        ]),
        ("Changing something", &[
            ("The smallest useful change", 644),
            ("Naming what you found", 486),
            ("A review that teaches", 730),
        ]),
    ],
    reviews: &[
        ("Jonas Weber", 5, "I started a new job in the week I took this. It saved me a month."),
        ("Amara Diallo", 4, "The map exercise alone is worth it. The part in C goes rather fast."),
    ],
};

const RADIO: Texts = Texts {
    slug: "a-radio-from-scratch",
    title: "A radio from scratch",
    subtitle: "Wind a coil, catch a station, and understand every part on the way",
    description: "\
A crystal radio has five parts and no battery. It is powered by the station it receives, and you can build one \
on a kitchen table for the price of a lunch.

We start with wire on a cardboard tube and end with an amplifier that fills a room. Each part is explained at \
the moment you need it: why a coil and a capacitor choose a station, what a diode throws away, how a \
transistor makes a whisper loud.

No knowledge of electronics is needed. A list of parts is in the first lesson.",
    level: Level::Beginner,
    price: Price::FREE,
    sections: &[
        ("Waves", &[
            ("What is in the air", 471),
            ("Parts, tools and a safe table", 326),
        ]),
        ("The crystal radio", &[
            ("Winding the coil", 894),
            ("Choosing a station", 763),
            ("The diode: hearing the voice", 612),
        ]),
        ("Making it loud", &[
            ("One transistor", 1010),
            ("From headphones to a loudspeaker", 852),
        ]),
    ],
    reviews: &[
        ("Helena Novak", 5, "My daughter and I heard a station from three countries away. Clear, patient, and fun."),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_shows_whole_courses_with_the_film_first() {
        let courses = all(Timestamp::from_seconds(1_790_000_000));
        assert_eq!(courses[0].slug.as_str(), FILM_COURSE);
        assert!(courses.windows(2).all(|pair| pair[0].published > pair[1].published));
        assert!(courses.iter().all(|course| !course.sections.is_empty() && !course.reviews.is_empty()));
        assert!(courses[0].description.as_str().contains("Creative Commons Attribution 3.0"));
    }
}
