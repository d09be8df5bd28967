//! `grid`: grids, places, and who works where.

use std::io::Write;
use std::path::PathBuf;

use butler_core::host::Host;
use butler_core::model::directory::{Assignment, Directory, GeoPoint, Grid, Place};
use butler_core::model::{GridId, PlaceId, RoleId, StaffId};
use chrono::NaiveDate;

use super::CliError;
use crate::hub::{Hub, OfficeError, day};
use crate::import::read_spots;
use crate::storage::{Sqlite, Storage, StorageError};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Grids with their places and people 列出
    List,
    /// Add a grid 新建网格
    Add {
        /// Id, such as `g1`
        id: GridId,
        /// Name as shown, such as 1网格
        #[arg(long)]
        name: String,
    },
    /// Let somebody work in a grid 分派
    Assign {
        /// Who, by the id of `staff list`
        staff: StaffId,
        /// Where
        #[arg(required_unless_present = "community", conflicts_with = "community")]
        grid: Option<GridId>,
        /// In every grid of the community, those to come included 全小区
        #[arg(long)]
        community: bool,
        /// In which role
        #[arg(long)]
        role: RoleId,
    },
    /// Let somebody look after a grid for a colleague, up to and with a day; it ends by itself 代班
    Cover {
        /// Where
        grid: GridId,
        /// Who, by the id of `staff list`
        #[arg(long)]
        by: StaffId,
        /// The last day, such as 2026-11-24
        #[arg(long)]
        until: NaiveDate,
        /// In which role
        #[arg(long, default_value = "butler")]
        role: RoleId,
    },
    /// Let somebody work there no more 取消分派
    Unassign {
        /// Who, by the id of `staff list`
        staff: StaffId,
        /// Where; left out, everywhere
        grid: Option<GridId>,
    },
    /// Move a building or unit, with what is part of it, to other grids 调整楼栋所属网格
    MovePlace {
        /// The building or unit
        place: PlaceId,
        /// Where it lies from now on
        #[arg(required = true)]
        grids: Vec<GridId>,
    },
    /// Add a building, a unit or a public spot 新增楼栋或点位
    AddSpot {
        /// Id, such as `gate-south`
        id: PlaceId,
        /// Name as shown, such as 南门
        #[arg(long)]
        name: String,
        /// The grids it lies in
        #[arg(long = "grid", required = true)]
        grids: Vec<GridId>,
        /// What it is part of
        #[arg(long)]
        parent: Option<PlaceId>,
        /// Position in the walking order; left out, after everything else
        #[arg(long)]
        walk: Option<i64>,
        #[command(flatten)]
        known: Known,
    },
    /// Add or change places by a table, one row each (编号 名称 网格 属于 类别 位置 码 动线 电话): what is empty stays 批量登记点位
    Spots {
        /// The table: xlsx, ods or csv
        file: PathBuf,
    },
    /// Say more of a building, unit or spot: what is left out stays 补充或更正点位资料
    EditSpot {
        /// The building, unit or spot
        id: PlaceId,
        /// Name as shown
        #[arg(long)]
        name: Option<String>,
        /// Position in the walking order
        #[arg(long)]
        walk: Option<i64>,
        #[command(flatten)]
        known: Known,
    },
}

/// What may be known of a place.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Known {
    /// What it is, a word of the list `place_kind` of the playbooks: gate, lobby, garage …
    #[arg(long)]
    kind: Option<String>,
    /// Where it lies, degrees north and east as a phone's receiver shows them (WGS 84, not read off a map of China), such as 22.54312,113.94151
    #[arg(long, allow_hyphen_values = true)]
    at: Option<GeoPoint>,
    /// What a scan reads there (QR text or NFC id)
    #[arg(long)]
    code: Option<String>,
    /// The telephone number of whoever is on duty there, such as 0755-26001234; '' takes it away 电话
    #[arg(long)]
    phone: Option<String>,
}

impl Known {
    /// Writes what was said.
    fn onto(&self, place: &mut Place) {
        if self.kind.is_some() {
            place.kind.clone_from(&self.kind);
        }
        if self.at.is_some() {
            place.position = self.at;
        }
        if self.code.is_some() {
            place.code.clone_from(&self.code);
        }
        if self.phone.is_some() {
            place.phone.clone_from(&self.phone);
        }
    }
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    verb: Verb,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let change = |action: &str, change: &mut dyn FnMut(&mut Directory) -> Result<(), OfficeError>| {
        hub.change_tables(host, action, change)
    };
    match verb {
        Verb::List => return list(hub, out),
        Verb::Add { id, name } => change("grid add", &mut |tables| {
            if tables.grids.contains_key(&id) {
                return Err(OfficeError::Exists(id.to_string()));
            }
            tables.grids.insert(id.clone(), Grid { id: id.clone(), name: name.clone() });
            Ok(())
        })?,
        Verb::Assign { staff, grid, role, .. } => change("grid assign", &mut |tables| {
            let holder = tables.active(&staff).ok_or_else(|| OfficeError::UnknownStaff(staff.clone()))?;
            if !holder.roles.contains(&role) {
                return Err(OfficeError::UnknownRole(role.clone()));
            }
            let row =
                Assignment { staff: staff.clone(), role: role.clone(), grid: grid.clone(), until: None };
            if !tables.assignments.contains(&row) {
                tables.assignments.push(row);
            }
            Ok(())
        })?,
        Verb::Cover { grid, by, until, role } => {
            let offset =
                hub.storage().read::<_, StorageError>(|read| Ok(read.community()?.utc_offset_minutes))?;
            change("grid cover", &mut |tables| {
                if day(host.now(), offset).is_some_and(|today| until < today) {
                    return Err(OfficeError::DayOver(until));
                }
                let holder = tables.active(&by).ok_or_else(|| OfficeError::UnknownStaff(by.clone()))?;
                if !holder.roles.contains(&role) {
                    return Err(OfficeError::UnknownRole(role.clone()));
                }
                let same = |a: &Assignment| a.staff == by && a.role == role && a.grid.as_ref() == Some(&grid);
                if tables.assignments.iter().any(|a| same(a) && a.until.is_none()) {
                    return Err(OfficeError::Exists(format!("{by} {grid}")));
                }
                tables.assignments.retain(|a| !same(a));
                tables.assignments.push(Assignment {
                    staff: by.clone(),
                    role: role.clone(),
                    grid: Some(grid.clone()),
                    until: Some(until),
                });
                Ok(())
            })?;
        }
        Verb::Unassign { staff, grid } => change("grid unassign", &mut |tables| {
            tables.assignments.retain(|a| a.staff != staff || (grid.is_some() && a.grid != grid));
            Ok(())
        })?,
        Verb::MovePlace { place, grids } => change("grid move-place", &mut |tables| {
            if !tables.places.contains_key(&place) {
                return Err(OfficeError::UnknownPlace(place.clone()));
            }
            for moved in parts(tables, &place) {
                if let Some(row) = tables.places.get_mut(&moved) {
                    row.grids.clone_from(&grids);
                }
            }
            Ok(())
        })?,
        Verb::AddSpot { id, name, grids, parent, walk, known } => change("grid add-spot", &mut |tables| {
            if tables.places.contains_key(&id) {
                return Err(OfficeError::Exists(id.to_string()));
            }
            let last = tables.places.values().map(|place| place.walk).max().unwrap_or(0);
            let mut row = Place {
                parent: parent.clone(),
                grids: grids.clone(),
                walk: walk.unwrap_or(last.saturating_add(10)),
                ..Place::new(id.clone(), &*name)
            };
            known.onto(&mut row);
            tables.places.insert(id.clone(), row);
            Ok(())
        })?,
        Verb::Spots { file } => {
            let failed = |cause| CliError::File { path: file.clone(), cause };
            let bytes = std::fs::read(&file).map_err(failed)?;
            let now = hub.storage().read(|read| hub.in_force(read))?;
            let rows = read_spots(&bytes, |said| hub.place_kind(&now, said))?;
            let (all, mut changed) = (rows.len(), 0);
            change("grid spots", &mut |tables| {
                changed = rows.iter().filter(|row| row.onto(tables)).count();
                Ok(())
            })?;
            let added = all - changed;
            writeln!(out, "新增 {added}，更新 {changed} · {added} added, {changed} changed")?;
            return Ok(());
        }
        Verb::EditSpot { id, name, walk, known } => change("grid edit-spot", &mut |tables| {
            let place = tables.places.get_mut(&id).ok_or_else(|| OfficeError::UnknownPlace(id.clone()))?;
            if let Some(name) = &name {
                place.name.clone_from(name);
            }
            place.walk = walk.unwrap_or(place.walk);
            known.onto(place);
            Ok(())
        })?,
    }
    writeln!(out, "已更新 · done")?;
    Ok(())
}

/// A place and all that is part of it.
fn parts(tables: &Directory, place: &PlaceId) -> Vec<PlaceId> {
    let mut found = vec![place.clone()];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].clone();
        let children = tables.places.values().filter(|child| child.parent.as_ref() == Some(&parent));
        let fresh: Vec<PlaceId> = children.map(|c| c.id.clone()).filter(|id| !found.contains(id)).collect();
        found.extend(fresh);
        at += 1;
    }
    found
}

fn list(hub: &Hub<Sqlite>, out: &mut dyn Write) -> Result<(), CliError> {
    let tables = hub.storage().read(|read| hub.in_force(read))?;
    for grid in tables.grids.values() {
        writeln!(out, "{}  {}", grid.id, grid.name)?;
        let here = |a: &&Assignment| a.grid.as_ref().is_none_or(|at| *at == grid.id);
        for assignment in tables.assignments.iter().filter(here) {
            let name = tables.staff.get(&assignment.staff).map_or("?", |staff| &staff.name);
            let until =
                assignment.until.map(|until| format!("  代班至 · cover until {until}")).unwrap_or_default();
            writeln!(out, "    {}  {}  {name}{until}", assignment.role, assignment.staff)?;
        }
        let here = |place: &&Place| tables.grids_at(&place.id).contains(&grid.id);
        let mut places: Vec<&Place> = tables.places.values().filter(here).collect();
        places.sort_by_key(|place| (place.walk, &place.id));
        for place in places {
            let kind = place.kind.as_ref().map(|kind| format!("  {kind}")).unwrap_or_default();
            let at = place.position.map(|at| format!("  {},{}", at.lat, at.lon)).unwrap_or_default();
            let phone = place.phone.as_ref().map(|phone| format!("  {phone}")).unwrap_or_default();
            writeln!(out, "    {}  {}{kind}{at}{phone}", place.id, place.name)?;
        }
    }
    Ok(())
}
