//! Roles as groups of a user pool.

use domain::account::Role;

/// The groups whose members have a role; who is in none learns. Of several the one that may do the most counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGroups {
    /// Those who make courses.
    pub instructor: String,
    /// Those who help people.
    pub support: String,
    /// Those who run the site.
    pub admin: String,
}

impl Default for RoleGroups {
    fn default() -> Self {
        Self { instructor: "instructors".into(), support: "support".into(), admin: "admins".into() }
    }
}

impl RoleGroups {
    /// What may do the most first.
    fn by_role(&self) -> [(Role, &str); 3] {
        [(Role::Admin, &self.admin), (Role::Support, &self.support), (Role::Instructor, &self.instructor)]
    }

    /// The role of somebody who is in these groups.
    pub(super) fn role(&self, groups: &[String]) -> Role {
        let is_in = |(_, group): &(Role, &str)| groups.iter().any(|name| name == group);
        self.by_role().into_iter().find(is_in).map_or(Role::Learner, |(role, _)| role)
    }

    /// Each group, and whether somebody with this role is in it.
    pub(super) fn membership(&self, role: Role) -> [(&str, bool); 3] {
        self.by_role().map(|(of, group)| (group, of == role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_give_roles_and_roles_groups() {
        let groups = RoleGroups::default();
        let role =
            |names: &[&str]| groups.role(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(role(&[]), Role::Learner);
        assert_eq!(role(&["Admins", "instructor", ""]), Role::Learner, "names are as they are");
        assert_eq!(role(&["instructors", "readers"]), Role::Instructor);
        assert_eq!(role(&["instructors", "admins"]), Role::Admin);
        for of in Role::ALL {
            let member = groups.membership(of).into_iter().filter(|(_, is_in)| *is_in);
            assert_eq!(role(&member.map(|(group, _)| group).collect::<Vec<_>>()), of);
        }
    }
}
