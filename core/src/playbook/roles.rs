//! Roles: which groups of fields a role reads and writes, and where.

use serde::{Deserialize, Serialize};

use super::Label;
use crate::model::{Kind, RoleId};

/// The `roles` file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub title: Label,
    /// The roles.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
}

/// What a role may do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Identity, as in the staff table.
    pub id: RoleId,
    /// What it is called.
    pub label: Label,
    /// Where its rights hold.
    pub scope: RoleScope,
    /// May enter amounts of money; a butler never.
    #[serde(default)]
    pub money: bool,
    /// The office's own work, never a person's: no phone enrols as it.
    #[serde(default)]
    pub office: bool,
    /// Field groups it reads: `home.description`, `home.*`, `*`.
    pub read: Vec<String>,
    /// Field groups it writes.
    pub write: Vec<String>,
}

/// Where the rights of a role hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleScope {
    /// In the grids of the assignment.
    Grids,
    /// In every grid of the community.
    Community,
}

impl Roles {
    /// A role by id.
    #[must_use]
    pub fn get(&self, id: &RoleId) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == *id)
    }

    /// Whether any of `roles` may read the group (`description`, `contact` … as `model::fields` groups paths).
    #[must_use]
    pub fn may_read(&self, roles: &[RoleId], kind: Kind, group: &str) -> bool {
        self.any(roles, |role| covers(&role.read, kind, group))
    }

    /// Whether any of `roles` may write the group.
    #[must_use]
    pub fn may_write(&self, roles: &[RoleId], kind: Kind, group: &str) -> bool {
        self.any(roles, |role| covers(&role.write, kind, group))
    }

    /// The roles that may write the group.
    #[must_use]
    pub fn writers(&self, kind: Kind, group: &str) -> Vec<RoleId> {
        let writes = |role: &&Role| covers(&role.write, kind, group);
        self.roles.iter().filter(writes).map(|role| role.id.clone()).collect()
    }

    /// What these roles are called, for a sentence that says whose something is. What is no person's is the office's.
    #[must_use]
    pub fn names(&self, roles: &[RoleId]) -> Label {
        const MOST: usize = 3;
        let people: Vec<&Role> =
            self.roles.iter().filter(|role| !role.office && roles.contains(&role.id)).collect();
        if people.is_empty() {
            return Label::new("办公室", "the office");
        }
        let named = people.iter().take(MOST);
        let (zh, en): (Vec<&str>, Vec<&str>) =
            named.map(|role| (role.label.zh.as_str(), role.label.en.as_str())).unzip();
        let others = people.len() > MOST;
        Label::new(
            format!("{}{}", zh.join("、"), if others { "等" } else { "" }),
            format!("{}{}", en.join(", "), if others { " and others" } else { "" }),
        )
    }

    fn any(&self, roles: &[RoleId], grants: impl Fn(&Role) -> bool) -> bool {
        roles.iter().filter_map(|id| self.get(id)).any(grants)
    }
}

/// Whether one of the patterns covers the group of that kind.
fn covers(patterns: &[String], kind: Kind, group: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.split_once('.') {
        None => pattern == "*" || pattern == kind.name(),
        Some((of, granted)) => of == kind.name() && (granted == "*" || granted == group),
    })
}
