//! The office changes its own tables: who works here, where, which grids a place lies in.

use std::collections::BTreeSet;

use butler_core::host::Host;
use butler_core::model::directory::Directory;
use butler_core::model::{DeviceId, GridId, Stamp};
use butler_core::sync::message::{Membership, TableName};
use serde::Serialize;

use super::Hub;
use super::directory::{self, InForce};
use super::error::OfficeError;
use super::judge::{Feed, publish};
use crate::storage::{Storage, StorageError, Write};

impl<S: Storage> Hub<S> {
    /// Changes the tables that decide access, in one transaction. Records of a place that moved leave the
    /// grids it left and enter those it came to, so that every phone's next pull tells it.
    ///
    /// # Errors
    /// What `change` returns; [`OfficeError::UnknownStaff`], [`OfficeError::UnknownGrid`],
    /// [`OfficeError::UnknownPlace`], [`OfficeError::UnknownRole`] when the result would name what is not
    /// there; the storage's.
    pub fn change_tables<R>(
        &self,
        host: &dyn Host,
        action: &str,
        change: impl FnOnce(&mut Directory) -> Result<R, OfficeError>,
    ) -> Result<R, OfficeError> {
        self.storage.write(|tx| {
            let before = directory::load(tx.reader())?;
            let mut after = before.clone();
            let result = change(&mut after)?;
            directory::stand_for_grids(&mut after);
            self.check(&*self.in_force(tx.reader())?, &after)?;
            let mut tables = Vec::new();
            let mut put = |name, rows: Option<String>| {
                if let Some(rows) = rows {
                    tables.push(name);
                    tx.put_table(name, &rows)?;
                }
                Ok::<_, StorageError>(())
            };
            put(TableName::Staff, rows(before.staff.values(), after.staff.values())?)?;
            put(TableName::Grids, rows(before.grids.values(), after.grids.values())?)?;
            put(TableName::Places, rows(before.places.values(), after.places.values())?)?;
            put(TableName::Assignments, rows(before.assignments.iter(), after.assignments.iter())?)?;
            let moved = move_records(tx, &before, &after)?;
            let about = serde_json::json!({ "action": action, "tables": tables, "moved": moved });
            tx.put_audit(host.now(), "office", "tables", &about.to_string())?;
            Ok(result)
        })
    }

    /// Revokes a device: from its next request on it reads nothing.
    ///
    /// # Errors
    /// [`OfficeError::UnknownDevice`] when it is not enrolled; the storage's. Revoking twice is no error.
    pub fn revoke(&self, host: &dyn Host, device: DeviceId) -> Result<(), OfficeError> {
        let now = host.now();
        self.storage.write(|tx| {
            tx.device(device)?.ok_or(OfficeError::UnknownDevice)?;
            if tx.revoke_device(device, now)? {
                let about = serde_json::json!({ "device": device });
                tx.put_audit(now, "office", "revoke", &about.to_string())?;
            }
            Ok(())
        })
    }

    /// Nothing in the tables may name what is not there: a typing mistake would silently take access away.
    fn check(&self, now: &InForce, tables: &Directory) -> Result<(), OfficeError> {
        // The office itself writes under that name.
        if tables.staff.keys().any(|staff| staff.as_str() == Stamp::JOINER) {
            return Err(OfficeError::Exists(Stamp::JOINER.to_owned()));
        }
        for assignment in &tables.assignments {
            if !tables.staff.contains_key(&assignment.staff) {
                return Err(OfficeError::UnknownStaff(assignment.staff.clone()));
            }
            if let Some(grid) = assignment.grid.as_ref().filter(|grid| !tables.grids.contains_key(grid)) {
                return Err(OfficeError::UnknownGrid(grid.clone()));
            }
        }
        let roles = tables.assignments.iter().map(|assignment| &assignment.role);
        for role in roles.chain(tables.staff.values().flat_map(|staff| &staff.roles)) {
            // The office's own role is nobody's: no phone may come in with it.
            if self.access(now).playbooks.roles().get(role).is_none_or(|role| role.office) {
                return Err(OfficeError::UnknownRole(role.clone()));
            }
        }
        for place in tables.places.values() {
            if let Some(grid) = place.grids.iter().find(|grid| !tables.grids.contains_key(grid)) {
                return Err(OfficeError::UnknownGrid(grid.clone()));
            }
            if let Some(parent) = place.parent.as_ref().filter(|parent| !tables.places.contains_key(parent)) {
                return Err(OfficeError::UnknownPlace(parent.clone()));
            }
        }
        Ok(())
    }
}

/// The rows as they travel, if they changed.
fn rows<'a, T: Serialize + PartialEq + 'a>(
    before: impl Iterator<Item = &'a T>,
    after: impl Iterator<Item = &'a T>,
) -> Result<Option<String>, StorageError> {
    let after: Vec<&T> = after.collect();
    if before.eq(after.iter().copied()) {
        return Ok(None);
    }
    serde_json::to_string(&after).map(Some).map_err(|_| StorageError::Unreadable { what: "office table" })
}

/// Leave and enter rows for every record of a place whose grids changed; returns how many records.
fn move_records(tx: &mut dyn Write, before: &Directory, after: &Directory) -> Result<usize, StorageError> {
    let mut feed = Feed::new();
    let mut moved = 0;
    // A place that is new may have records already: they were handed in again after a restore.
    for place in before.places.keys().chain(after.places.keys().filter(|id| !before.places.contains_key(*id)))
    {
        let was: BTreeSet<&GridId> = before.grids_at(place).iter().collect();
        let is: BTreeSet<&GridId> = after.grids_at(place).iter().collect();
        if was == is {
            continue;
        }
        for record in tx.records_at(place)? {
            moved += 1;
            for grid in was.difference(&is) {
                let row = (record.id, Membership::Leave, record.accepted);
                feed.entry((*grid).clone()).or_default().push(row);
            }
            for grid in is.difference(&was) {
                feed.entry((*grid).clone()).or_default().push((record.id, Membership::Enter, 1));
            }
        }
    }
    publish(tx, feed)?;
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use butler_core::model::StaffId;
    use butler_core::model::directory::Assignment;

    use super::super::testing::*;
    use super::*;
    use crate::storage::Storage;

    #[test]
    fn only_tables_that_changed_get_a_new_version_and_a_mistake_changes_none() {
        let office = Office::new();
        let versions = || office.hub.storage().read(|read| read.table_versions()).unwrap();
        let before = versions();
        office.hub.change_tables(&office.desk, "nothing", |_| Ok(())).unwrap();
        assert_eq!(versions(), before);
        let assign = |who: StaffId, role: &str, to: &str| {
            let row = Assignment { staff: who, role: role_id(role), grid: Some(grid(to)) };
            office.hub.change_tables(&office.desk, "assign", |tables| {
                tables.assignments.push(row);
                Ok(())
            })
        };
        assert!(matches!(assign(staff("nobody"), "butler", "g1"), Err(OfficeError::UnknownStaff(_))));
        assert!(matches!(assign(staff("zhang.li"), "emperor", "g1"), Err(OfficeError::UnknownRole(_))));
        assert!(matches!(assign(staff("zhang.li"), "butler", "g9"), Err(OfficeError::UnknownGrid(_))));
        assert_eq!(versions(), before);
        assign(staff("zhang.li"), "butler", "g2").unwrap();
        let changed: Vec<_> =
            versions().into_iter().filter(|v| !before.contains(v)).map(|(name, _)| name).collect();
        assert_eq!(changed, [TableName::Assignments]);
        assert_eq!(office.phone("zhang.li").hello(Vec::new()).unwrap().grids.len(), 2);
    }

    #[test]
    fn revoking_is_for_enrolled_devices_and_may_be_repeated() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        let revoke = |device| office.hub.revoke(&office.desk, device);
        assert!(matches!(revoke(DeviceId([9; 16])), Err(OfficeError::UnknownDevice)));
        revoke(phone.key.device()).unwrap();
        revoke(phone.key.device()).unwrap();
        assert_eq!(office.audit("revoke").len(), 1);
    }
}
