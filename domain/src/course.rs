//! Courses: what the catalogue shows, and the outline of sections and lessons.

use crate::id::{AccountId, AssetId, CourseId, LessonId, SectionId};
use crate::money::Price;
use crate::review::Rating;
use crate::text::{DisplayName, Prose, Slug, Subtitle, Title};
use crate::time::{Seconds, Timestamp};
use serde::{Deserialize, Serialize};

/// A course without its outline: what lists show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Its identifier.
    pub id: CourseId,
    /// Its name in addresses; unique.
    pub slug: Slug,
    /// Its instructor.
    pub owner: AccountId,
    /// Who teaches it together with the owner, in the order they joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_instructors: Vec<AccountId>,
    /// The instructor's name, kept here so that lists need no second look-up.
    pub instructor: DisplayName,
    /// Its name.
    pub title: Title,
    /// One line on what it teaches.
    pub subtitle: Option<Subtitle>,
    /// Paragraphs on what it teaches.
    pub description: Prose,
    /// Whom it suits.
    pub level: Level,
    /// What it costs.
    pub price: Price,
    /// What learners say, kept here for lists.
    #[serde(default)]
    pub rating: Rating,
    /// When it was published; `None` while it is a draft.
    pub published: Option<Timestamp>,
    /// How many lessons it has, kept here for lists.
    pub lessons: u32,
    /// How long its videos are together, kept here for lists.
    pub length: Seconds,
}

impl Course {
    /// The most co-instructors.
    pub const MAX_CO_INSTRUCTORS: usize = 10;

    /// Whether an account teaches it, as its owner or together with them.
    pub fn is_taught_by(&self, account: AccountId) -> bool {
        self.owner == account || self.co_instructors.contains(&account)
    }
}

/// Whom a course suits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Needs no knowledge.
    Beginner,
    /// Needs the basics.
    Intermediate,
    /// Needs practice.
    Advanced,
}

impl Level {
    /// Every level, easiest first.
    pub const ALL: [Level; 3] = [Level::Beginner, Level::Intermediate, Level::Advanced];

    /// As shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Level::Beginner => "Beginner",
            Level::Intermediate => "Intermediate",
            Level::Advanced => "Advanced",
        }
    }
}

/// The sections and lessons of a course, in order. One aggregate: it is read and written whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outline {
    /// In the order learners see.
    pub sections: Vec<Section>,
}

/// A part of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its identifier.
    pub id: SectionId,
    /// Its name.
    pub title: Title,
    /// In the order learners see.
    pub lessons: Vec<Lesson>,
}

/// A lesson, as the outline knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// Its identifier.
    pub id: LessonId,
    /// Its name.
    pub title: Title,
    /// Its video, once one was uploaded.
    pub video: Option<AssetId>,
    /// How long its video is; zero without one that is ready.
    pub length: Seconds,
}

/// Which way a section or lesson moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// Why an outline cannot be changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    /// The section is not, or no longer, there.
    #[error("this section is no longer there")]
    NoSuchSection,
    /// The lesson is not, or no longer, there.
    #[error("this lesson is no longer there")]
    NoSuchLesson,
    /// [`Outline::MAX_SECTIONS`] is reached.
    #[error("a course can have at most {} sections", Outline::MAX_SECTIONS)]
    TooManySections,
    /// [`Outline::MAX_LESSONS`] is reached.
    #[error("a course can have at most {} lessons", Outline::MAX_LESSONS)]
    TooManyLessons,
}

impl Outline {
    /// The most sections, so that the document stays far below the 400 KB of a record.
    pub const MAX_SECTIONS: usize = 100;
    /// The most lessons of all sections together.
    pub const MAX_LESSONS: usize = 500;

    /// All lessons, in order.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.sections.iter().flat_map(|section| &section.lessons)
    }

    /// One lesson.
    pub fn lesson(&self, id: LessonId) -> Option<&Lesson> {
        self.lessons().find(|lesson| lesson.id == id)
    }

    /// One lesson, to change it.
    pub fn lesson_mut(&mut self, id: LessonId) -> Result<&mut Lesson, OutlineError> {
        let lessons = self.sections.iter_mut().flat_map(|section| &mut section.lessons);
        lessons.into_iter().find(|lesson| lesson.id == id).ok_or(OutlineError::NoSuchLesson)
    }

    /// One section, to change it.
    pub fn section_mut(&mut self, id: SectionId) -> Result<&mut Section, OutlineError> {
        self.sections.iter_mut().find(|section| section.id == id).ok_or(OutlineError::NoSuchSection)
    }

    /// How many lessons there are and how long they are together: what the catalogue shows.
    pub fn totals(&self) -> (u32, Seconds) {
        self.lessons()
            .fold((0, Seconds(0)), |(n, sum), lesson| (n + 1, Seconds(sum.0.saturating_add(lesson.length.0))))
    }

    /// The lesson after `id`, across sections.
    pub fn next(&self, id: LessonId) -> Option<&Lesson> {
        self.lessons().skip_while(|lesson| lesson.id != id).nth(1)
    }

    /// Adds an empty section at the end.
    pub fn add_section(&mut self, id: SectionId, title: Title) -> Result<(), OutlineError> {
        if self.sections.len() >= Self::MAX_SECTIONS {
            return Err(OutlineError::TooManySections);
        }
        self.sections.push(Section { id, title, lessons: Vec::new() });
        Ok(())
    }

    /// Adds a lesson without video at the end of a section.
    pub fn add_lesson(&mut self, section: SectionId, id: LessonId, title: Title) -> Result<(), OutlineError> {
        if self.lessons().count() >= Self::MAX_LESSONS {
            return Err(OutlineError::TooManyLessons);
        }
        self.section_mut(section)?.lessons.push(Lesson { id, title, video: None, length: Seconds(0) });
        Ok(())
    }

    /// Takes a section and its lessons away.
    pub fn remove_section(&mut self, id: SectionId) -> Result<(), OutlineError> {
        self.section_mut(id)?;
        self.sections.retain(|section| section.id != id);
        Ok(())
    }

    /// Takes a lesson away.
    pub fn remove_lesson(&mut self, id: LessonId) -> Result<(), OutlineError> {
        self.lesson_mut(id)?;
        self.sections.iter_mut().for_each(|section| section.lessons.retain(|lesson| lesson.id != id));
        Ok(())
    }

    /// Moves a section by one place; at the edge it stays.
    pub fn move_section(&mut self, id: SectionId, direction: Move) -> Result<(), OutlineError> {
        let at =
            self.sections.iter().position(|section| section.id == id).ok_or(OutlineError::NoSuchSection)?;
        if let Some(to) = neighbour(at, direction, self.sections.len()) {
            self.sections.swap(at, to);
        }
        Ok(())
    }

    /// Moves a lesson by one place: within its section, and past its edge into the neighbouring one.
    pub fn move_lesson(&mut self, id: LessonId, direction: Move) -> Result<(), OutlineError> {
        let place = |section: &Section| section.lessons.iter().position(|lesson| lesson.id == id);
        let (s, at) = self
            .sections
            .iter()
            .enumerate()
            .find_map(|(s, section)| place(section).map(|at| (s, at)))
            .ok_or(OutlineError::NoSuchLesson)?;
        if let Some(to) = neighbour(at, direction, self.sections[s].lessons.len()) {
            self.sections[s].lessons.swap(at, to);
        } else if let Some(to) = neighbour(s, direction, self.sections.len()) {
            let lesson = self.sections[s].lessons.remove(at);
            match direction {
                Move::Up => self.sections[to].lessons.push(lesson),
                Move::Down => self.sections[to].lessons.insert(0, lesson),
            }
        }
        Ok(())
    }
}

/// Where a move leads from `at` among `len`; `None` at the edge.
pub(crate) fn neighbour(at: usize, direction: Move, len: usize) -> Option<usize> {
    match direction {
        Move::Up => at.checked_sub(1),
        Move::Down => (at + 1 < len).then_some(at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outline(sizes: &[usize]) -> Outline {
        let mut outline = Outline::default();
        let mut n = 0;
        for (s, &size) in sizes.iter().enumerate() {
            let section = SectionId::new(Timestamp::default(), s as u128);
            outline.add_section(section, "Section".parse().unwrap()).unwrap();
            for _ in 0..size {
                n += 1;
                let lesson = LessonId::new(Timestamp::default(), n);
                outline.add_lesson(section, lesson, "Lesson".parse().unwrap()).unwrap();
            }
        }
        outline
    }

    fn ids(outline: &Outline) -> Vec<LessonId> {
        outline.lessons().map(|lesson| lesson.id).collect()
    }

    proptest! {
        #[test]
        fn moving_a_lesson_keeps_every_lesson(sizes in proptest::collection::vec(0usize..5, 1..5), steps in proptest::collection::vec((0usize..20, any::<bool>()), 0..30)) {
            let mut changed = outline(&sizes);
            let mut before = ids(&changed);
            for (which, up) in steps {
                if let Some(&id) = ids(&changed).get(which) {
                    changed.move_lesson(id, if up { Move::Up } else { Move::Down }).unwrap();
                }
            }
            let mut after = ids(&changed);
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
        }

        #[test]
        fn down_undoes_up(sizes in proptest::collection::vec(1usize..5, 1..5), which in 0usize..20) {
            let original = outline(&sizes);
            if let Some(&id) = ids(&original).get(which).filter(|_| which > 0) {
                let mut changed = original.clone();
                changed.move_lesson(id, Move::Up).unwrap();
                prop_assert_ne!(&changed, &original);
                changed.move_lesson(id, Move::Down).unwrap();
                prop_assert_eq!(changed, original);
            }
        }
    }

    #[test]
    fn the_next_lesson_may_be_in_the_next_section() {
        let outline = outline(&[1, 0, 1]);
        let all = ids(&outline);
        assert_eq!(outline.next(all[0]).map(|lesson| lesson.id), Some(all[1]));
        assert_eq!(outline.next(all[1]), None);
    }
}
