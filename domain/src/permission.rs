//! Who may do what: one table. A use case asks [`allows`], and nothing else decides.

use crate::account::{Actor, Role};

/// Something a person may want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See published courses.
    BrowseCatalogue,
    /// See and change one's own account: profile, password, sessions, mail, data.
    ManageOwnAccount,
    /// Join a published course.
    Enrol,
    /// Buy a published course.
    Buy,
    /// Watch the lessons of a course, and keep the files that come with them.
    WatchLesson,
    /// Say publicly what one thinks of a course.
    Review,
    /// Make a new course, see the own ones, and teach one together with its owner.
    CreateCourse,
    /// Have keys, for a while, that open one's own place for uploads to tools of one's own.
    BorrowUploadKeys,
    /// See a course that is not published.
    PreviewCourse,
    /// Change a course: its texts, outline, videos and publication.
    EditCourse,
    /// See who takes a course.
    SeeLearners,
    /// Put somebody out of a course.
    ManageLearners,
    /// Say who teaches a course together with its owner.
    ManageInstructors,
    /// Say what a course costs.
    SetPrices,
    /// Make the own courses cheaper for some.
    ManageCoupons,
    /// See what was sold of a course.
    SeeSales,
    /// See who ordered what, and all that was heard of it.
    SeeOrders,
    /// Give money back.
    Refund,
    /// Have what the payment service told worked through again.
    ReplayPayments,
    /// Compare the own book with the payment service's.
    Reconcile,
    /// See who has an account, and with which role.
    SeePeople,
    /// End the sessions of somebody else.
    EndSessions,
    /// Give and take roles.
    ChangeRoles,
    /// Invite people to have an account.
    InvitePeople,
    /// See who did what, and export it.
    ReadAuditLog,
    /// See how the program works, and help where it is stuck: the video pipeline, jobs that were given up.
    Operate,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Permission; 26] = [
        Permission::BrowseCatalogue,
        Permission::ManageOwnAccount,
        Permission::Enrol,
        Permission::Buy,
        Permission::WatchLesson,
        Permission::Review,
        Permission::CreateCourse,
        Permission::BorrowUploadKeys,
        Permission::PreviewCourse,
        Permission::EditCourse,
        Permission::SeeLearners,
        Permission::ManageLearners,
        Permission::ManageInstructors,
        Permission::SetPrices,
        Permission::ManageCoupons,
        Permission::SeeSales,
        Permission::SeeOrders,
        Permission::Refund,
        Permission::ReplayPayments,
        Permission::Reconcile,
        Permission::SeePeople,
        Permission::EndSessions,
        Permission::ChangeRoles,
        Permission::InvitePeople,
        Permission::ReadAuditLog,
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
    /// Teaches it together with its owner.
    CoInstructor,
    /// Its instructor.
    Owner,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Relation; 4] =
        [Relation::None, Relation::Enrolled, Relation::CoInstructor, Relation::Owner];
}

/// The table: whether `actor`, standing to the course as `relation` says, has `permission`. What is not
/// listed is denied.
#[allow(clippy::match_like_matches_macro, reason = "a table is read row by row")]
pub fn allows(actor: Actor, relation: Relation, permission: Permission) -> bool {
    use Permission::*;
    use Relation::{CoInstructor, Enrolled, Owner};
    let role = match actor {
        Actor::Anonymous => None,
        Actor::Account { role, .. } => Some(role),
    };
    match (permission, role, relation) {
        (BrowseCatalogue, _, _) => true,
        (ManageOwnAccount, Some(_), _) => true,
        (Enrol | Buy, Some(_), Relation::None | Enrolled) => true,
        (WatchLesson, Some(_), Enrolled | CoInstructor | Owner) => true,
        (Review, Some(_), Enrolled) => true,
        (CreateCourse | BorrowUploadKeys | ManageCoupons, Some(Role::Instructor | Role::Admin), _) => true,
        (
            PreviewCourse | EditCourse | SeeLearners | ManageLearners | SeeSales,
            Some(Role::Instructor),
            CoInstructor | Owner,
        ) => true,
        (ManageInstructors | SetPrices, Some(Role::Instructor), Owner) => true,
        (PreviewCourse | SeeLearners | SeePeople | EndSessions | SeeOrders, Some(Role::Support), _) => true,
        (
            PreviewCourse | EditCourse | SeeLearners | ManageLearners | ManageInstructors | WatchLesson
            | SetPrices | SeeSales,
            Some(Role::Admin),
            _,
        ) => true,
        (
            SeePeople | EndSessions | ChangeRoles | InvitePeople | ReadAuditLog | Operate,
            Some(Role::Admin),
            _,
        ) => true,
        (SeeOrders | Refund | ReplayPayments | Reconcile, Some(Role::Admin), _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;
    use crate::time::Timestamp;

    const CHANGES: [Permission; 7] = [
        Permission::SetPrices,
        Permission::ManageCoupons,
        Permission::CreateCourse,
        Permission::BorrowUploadKeys,
        Permission::EditCourse,
        Permission::ManageLearners,
        Permission::ManageInstructors,
    ];

    fn actor(role: Role) -> Actor {
        Actor::Account { id: AccountId::new(Timestamp::from_millis(0), 1), role, from: None }
    }

    #[test]
    fn nobody_signed_in_may_only_browse() {
        for permission in Permission::ALL {
            for relation in Relation::ALL {
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
            Permission::PreviewCourse,
            Permission::EditCourse,
            Permission::SeeLearners,
            Permission::ManageLearners,
            Permission::ManageInstructors,
            Permission::SetPrices,
            Permission::SeeSales,
            Permission::WatchLesson,
        ] {
            assert!(!allows(actor(Role::Instructor), Relation::None, permission), "{permission:?}");
            assert!(allows(actor(Role::Instructor), Relation::Owner, permission), "{permission:?}");
        }
    }

    #[test]
    fn a_co_instructor_does_what_the_owner_does_but_for_prices_and_choosing_co_instructors() {
        for permission in Permission::ALL {
            let owner = allows(actor(Role::Instructor), Relation::Owner, permission);
            assert_eq!(
                allows(actor(Role::Instructor), Relation::CoInstructor, permission),
                owner && ![Permission::ManageInstructors, Permission::SetPrices].contains(&permission),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn who_is_no_instructor_any_more_keeps_watching_the_own_course_and_changes_nothing() {
        for role in [Role::Learner, Role::Support] {
            for relation in [Relation::CoInstructor, Relation::Owner] {
                assert!(allows(actor(role), relation, Permission::WatchLesson));
                for permission in CHANGES {
                    assert!(!allows(actor(role), relation, permission), "{role:?} {permission:?}");
                }
            }
        }
    }

    #[test]
    fn admins_alone_run_the_site() {
        let runs = [
            Permission::ChangeRoles,
            Permission::InvitePeople,
            Permission::ReadAuditLog,
            Permission::Operate,
            Permission::Refund,
            Permission::ReplayPayments,
            Permission::Reconcile,
        ];
        for permission in runs {
            for role in Role::ALL {
                for relation in Relation::ALL {
                    assert_eq!(allows(actor(role), relation, permission), role == Role::Admin);
                }
            }
        }
    }

    #[test]
    fn support_sees_people_orders_and_drafts_and_changes_no_course() {
        let sees = [
            Permission::PreviewCourse,
            Permission::SeeLearners,
            Permission::SeePeople,
            Permission::SeeOrders,
        ];
        for relation in Relation::ALL {
            for permission in sees {
                assert!(allows(actor(Role::Support), relation, permission), "{permission:?}");
            }
            for permission in CHANGES {
                assert!(!allows(actor(Role::Support), relation, permission), "{permission:?}");
            }
        }
        assert!(!allows(actor(Role::Support), Relation::None, Permission::WatchLesson));
    }

    #[test]
    fn who_may_do_something_as_a_learner_may_do_it_with_every_role() {
        for permission in Permission::ALL {
            for relation in Relation::ALL {
                if allows(actor(Role::Learner), relation, permission) {
                    for role in Role::ALL {
                        assert!(allows(actor(role), relation, permission), "{role:?} {permission:?}");
                    }
                }
            }
        }
    }
}
