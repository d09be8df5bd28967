//! Who holds this phone, where they work, and what they may write.

use chrono::NaiveDate;

use crate::areas::office::RoleRow;
use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::directory::Grid;
use crate::model::{DeviceId, GridId, Kind, StaffId, fields};

/// The owner of this phone.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Me {
    /// Whose phone it is.
    pub staff: StaffId,
    /// This phone, as what was written on it names it.
    pub device: DeviceId,
    /// The name colleagues know.
    pub name: String,
    /// The roles they hold anywhere.
    pub roles: Vec<RoleRow>,
    /// The grids they work in; all of the community for whoever works everywhere.
    pub grids: Vec<Grid>,
    /// The grids they cover for somebody else, and until when 代班. They are among `grids` as long.
    pub covers: Vec<Cover>,
    /// What they may write where they work. A procedure may ask for more: see `procedures()` and the next steps of a case.
    pub may_write: Vec<MayWrite>,
}

/// A grid looked after for somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Cover {
    /// The grid.
    pub grid: GridId,
    /// What it is called.
    pub name: String,
    /// In which role.
    pub role: RoleRow,
    /// The last day.
    pub until: NaiveDate,
}

/// What somebody may write of one kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MayWrite {
    /// The kind.
    pub kind: Kind,
    /// Its groups of fields they may write (`state`, `parking`; docs/playbooks.md lists them).
    pub groups: Vec<String>,
}

impl Butler {
    /// Who holds this phone, with their roles, their grids and what they may write.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn me(&self) -> Result<Me, ButlerError> {
        let office = self.context.office()?;
        let identity = self.context.read(|reader| Ok(reader.identity()?))?.ok_or(ButlerError::NotEnrolled)?;
        let (staff, device) = (identity.staff, identity.device);
        let held = office.roles_of(&staff);
        let grids = office.grids_for(&staff);
        let writes = |kind| {
            let groups = fields::groups(kind).iter();
            let groups = groups.filter(|group| office.playbooks.roles().may_write(&held, kind, group));
            groups.map(|group| (*group).to_owned()).collect::<Vec<_>>()
        };
        let may_write = Kind::ALL.into_iter().map(|kind| MayWrite { kind, groups: writes(kind) });
        let covers = office.directory.assignments_of(&staff).filter_map(|assignment| {
            let (grid, until) = (assignment.grid.as_ref()?, assignment.until?);
            let role = office.roles_called([&assignment.role]).pop()?;
            let name =
                office.directory.grids.get(grid).map_or_else(|| grid.to_string(), |row| row.name.clone());
            Some(Cover { grid: grid.clone(), name, role, until })
        });
        Ok(Me {
            covers: covers.collect(),
            name: office.name_of(&staff),
            roles: office.role_rows().into_iter().filter(|role| held.contains(&role.id)).collect(),
            grids: office
                .grid_rows()
                .into_iter()
                .filter(|grid| grids.as_ref().is_none_or(|grids| grids.contains(&grid.id)))
                .collect(),
            may_write: may_write.filter(|may| !may.groups.is_empty()).collect(),
            staff,
            device,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Kind;
    use crate::testing::TestPhone;

    #[test]
    fn a_butler_knows_who_they_are_where_they_work_and_what_they_may_write() {
        let bench = TestPhone::new(&["butler"]);
        let me = bench.butler.me().unwrap();
        assert_eq!(me.roles.iter().map(|role| role.label.zh.as_str()).collect::<Vec<_>>(), ["管家"]);
        assert_eq!(me.grids.iter().map(|grid| grid.id.as_str()).collect::<Vec<_>>(), ["jinse/grid-1"]);
        let home = bench.home("501");
        let history = bench.butler.records().history(home).unwrap();
        assert!(
            history.iter().any(|row| row.device == me.device),
            "what is written here is known as written here"
        );
        let home = me.may_write.iter().find(|may| may.kind == Kind::Home).unwrap();
        assert!(home.groups.iter().any(|group| group == "state"));
        assert!(!home.groups.iter().any(|group| group == "finance"), "amounts are finance's");
    }
}
