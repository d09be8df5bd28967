//! Whose a member is: of which grid, butler or port.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Definition, MetricCounter};
use crate::model::directory::{Assignment, Grid, Staff};
use crate::model::{GridId, PlaceId, StaffId};
use crate::playbook::Label;
use crate::playbook::metric::{Attribution, GroupBy, MetricFile, MetricMember};
use crate::query::RecordIndex;

/// Whom metrics are grouped by: grids in sight, staff, who works where.
#[derive(Debug, Clone)]
pub struct People<'a> {
    /// The grids in sight, by id.
    pub grids: BTreeMap<&'a GridId, &'a Grid>,
    /// Staff, for their names.
    pub staff: &'a BTreeMap<StaffId, Staff>,
    /// Who works where.
    pub assignments: &'a [Assignment],
}

/// One part of a grouping.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum MetricGroup {
    /// A grid.
    Grid(GridId),
    /// A butler.
    Butler(StaffId),
    /// A port.
    Port(String),
}

impl MetricGroup {
    const fn by(&self) -> GroupBy {
        match self {
            Self::Grid(_) => GroupBy::Grid,
            Self::Butler(_) => GroupBy::Butler,
            Self::Port(_) => GroupBy::Port,
        }
    }
}

impl People<'_> {
    fn butlers_of(&self, file: &MetricFile, grids: &BTreeSet<GridId>) -> BTreeSet<StaffId> {
        let theirs = |assignment: &&Assignment| {
            file.butlers.contains(&assignment.role)
                && assignment.grid.as_ref().is_none_or(|grid| grids.contains(grid))
        };
        self.assignments.iter().filter(theirs).map(|assignment| assignment.staff.clone()).collect()
    }
}

impl<I: RecordIndex> MetricCounter<'_, I> {
    /// Every group there is, empty ones too, beside the whole (`None`).
    pub(super) fn groups<T: Default>(
        &self,
        file: &MetricFile,
        by: Option<GroupBy>,
    ) -> BTreeMap<Option<MetricGroup>, T> {
        let grids = || self.people.grids.keys().map(|grid| (*grid).clone());
        let known: Vec<MetricGroup> = match by {
            None => Vec::new(),
            Some(GroupBy::Grid) => grids().map(MetricGroup::Grid).collect(),
            Some(GroupBy::Butler) => {
                let butlers = self.people.butlers_of(file, &grids().collect());
                butlers.into_iter().map(MetricGroup::Butler).collect()
            }
            Some(GroupBy::Port) => {
                let choices = self.playbooks.terms().choices(&file.port.choices).unwrap_or_default();
                choices.iter().map(|choice| MetricGroup::Port(choice.id.clone())).collect()
            }
        };
        known.into_iter().map(Some).chain([None]).map(|group| (group, T::default())).collect()
    }

    /// The groups a place counts in, and the whole.
    pub(super) fn groups_of_place(
        &self,
        of: Definition<'_>,
        place: Option<&PlaceId>,
        by: Option<GroupBy>,
    ) -> Vec<Option<MetricGroup>> {
        let grids = || {
            let mut grids = place.map(|place| self.index.grids_of(place)).unwrap_or_default();
            grids.retain(|grid| self.people.grids.contains_key(grid));
            grids
        };
        let groups: Vec<MetricGroup> = match by {
            Some(GroupBy::Grid) => grids().into_iter().map(MetricGroup::Grid).collect(),
            Some(GroupBy::Butler) if of.metric.attribution() == Attribution::Grid => {
                self.people.butlers_of(of.file, &grids()).into_iter().map(MetricGroup::Butler).collect()
            }
            _ => Vec::new(),
        };
        groups.into_iter().map(Some).chain([None]).collect()
    }

    /// The groups a member counts in, and the whole.
    pub(super) fn groups_of(
        &self,
        of: Definition<'_>,
        member: &MetricMember,
        by: Option<GroupBy>,
    ) -> Vec<Option<MetricGroup>> {
        let own = self.own_groups(of, member, by);
        own.unwrap_or_else(|| self.groups_of_place(of, member.place.as_ref(), by))
    }

    /// The groups a member counts in by what it says itself, and the whole; `None` where its place decides.
    pub(super) fn own_groups(
        &self,
        of: Definition<'_>,
        member: &MetricMember,
        by: Option<GroupBy>,
    ) -> Option<Vec<Option<MetricGroup>>> {
        let own = match by {
            Some(GroupBy::Butler) if of.metric.attribution() == Attribution::Actor => {
                member.by.clone().map(MetricGroup::Butler)
            }
            Some(GroupBy::Port) => member.port.clone().map(MetricGroup::Port),
            _ => return None,
        };
        Some(own.into_iter().map(Some).chain([None]).collect())
    }

    pub(super) fn is_in(&self, of: Definition<'_>, member: &MetricMember, group: &MetricGroup) -> bool {
        self.groups_of(of, member, Some(group.by())).iter().flatten().any(|is| is == group)
    }

    /// What a group is called.
    pub(super) fn group_label(&self, file: &MetricFile, group: &MetricGroup) -> Label {
        let same = |text: &str| Label::new(text, text);
        match group {
            MetricGroup::Grid(grid) => {
                same(self.people.grids.get(grid).map_or(grid.as_str(), |grid| grid.name.as_str()))
            }
            MetricGroup::Butler(staff) => {
                same(self.people.staff.get(staff).map_or(staff.as_str(), |staff| staff.name.as_str()))
            }
            MetricGroup::Port(port) => {
                let choices = self.playbooks.terms().choices(&file.port.choices).unwrap_or_default();
                let known = choices.iter().find(|choice| choice.id == *port);
                known.map_or_else(|| same(port), |choice| choice.label.clone())
            }
        }
    }
}
