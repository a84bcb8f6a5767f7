//! Who may do what: one table. A use case asks [`allows`], and nothing else decides.

use crate::account::{Actor, Role};

/// Something a person may want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See published courses.
    BrowseCatalogue,
    /// See a course that is not published.
    PreviewCourse,
    /// Make a new course.
    CreateCourse,
    /// Change a course: its texts, outline, videos and publication.
    EditCourse,
    /// See who takes a course, and put somebody out of it.
    ManageLearners,
    /// Join a published course.
    Enrol,
    /// Watch the lessons of a course, and keep the files that come with them.
    WatchLesson,
    /// Say publicly what one thinks of a course.
    Review,
    /// See how the program works, and help where it is stuck: the video pipeline, jobs that were given up.
    Operate,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Permission; 9] = [
        Permission::BrowseCatalogue,
        Permission::PreviewCourse,
        Permission::CreateCourse,
        Permission::EditCourse,
        Permission::ManageLearners,
        Permission::Enrol,
        Permission::WatchLesson,
        Permission::Review,
        Permission::Operate,
    ];
}

/// How the actor stands to the course in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// No course is in question, or there is no tie to it.
    None,
    /// Enrolled in it.
    Enrolled,
    /// Its instructor.
    Owner,
}

/// The table: whether `actor`, standing to the course as `relation` says, has `permission`. What is not
/// listed is denied.
#[allow(clippy::match_like_matches_macro, reason = "a table is read row by row")]
pub fn allows(actor: Actor, relation: Relation, permission: Permission) -> bool {
    use Permission::*;
    let role = match actor {
        Actor::Anonymous => None,
        Actor::Account { role, .. } => Some(role),
    };
    match (permission, role, relation) {
        (BrowseCatalogue, _, _) => true,
        (Enrol, Some(_), Relation::None | Relation::Enrolled) => true,
        (WatchLesson, Some(_), Relation::Enrolled | Relation::Owner) => true,
        (Review, Some(_), Relation::Enrolled) => true,
        (CreateCourse, Some(Role::Instructor | Role::Admin), _) => true,
        (Operate, Some(Role::Admin), _) => true,
        (
            PreviewCourse | EditCourse | ManageLearners,
            Some(Role::Instructor | Role::Admin),
            Relation::Owner,
        ) => true,
        (PreviewCourse | EditCourse | ManageLearners | WatchLesson, Some(Role::Admin), _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;
    use crate::time::Timestamp;

    const RELATIONS: [Relation; 3] = [Relation::None, Relation::Enrolled, Relation::Owner];

    fn actor(role: Role) -> Actor {
        Actor::Account { id: AccountId::new(Timestamp::from_millis(0), 1), role }
    }

    #[test]
    fn nobody_signed_in_may_only_browse() {
        for permission in Permission::ALL {
            for relation in RELATIONS {
                assert_eq!(
                    allows(Actor::Anonymous, relation, permission),
                    permission == Permission::BrowseCatalogue
                );
            }
        }
    }

    #[test]
    fn another_instructor_may_not_touch_or_watch_a_course() {
        for permission in [
            Permission::EditCourse,
            Permission::ManageLearners,
            Permission::PreviewCourse,
            Permission::WatchLesson,
        ] {
            assert!(!allows(actor(Role::Instructor), Relation::None, permission), "{permission:?}");
            assert!(allows(actor(Role::Instructor), Relation::Owner, permission), "{permission:?}");
        }
    }

    #[test]
    fn admins_alone_operate() {
        for role in [Role::Learner, Role::Instructor, Role::Admin] {
            for relation in RELATIONS {
                assert_eq!(allows(actor(role), relation, Permission::Operate), role == Role::Admin);
            }
        }
    }

    #[test]
    fn a_learner_never_edits() {
        for relation in RELATIONS {
            assert!(!allows(actor(Role::Learner), relation, Permission::EditCourse));
            assert!(!allows(actor(Role::Learner), relation, Permission::ManageLearners));
            assert!(!allows(actor(Role::Learner), relation, Permission::CreateCourse));
        }
    }
}
