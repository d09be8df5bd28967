//! The office changes its own tables: who works here, where, which grids a place lies in.

use std::collections::BTreeSet;

use butler_core::host::Host;
use butler_core::model::directory::{Assignment, Directory, Place};
use butler_core::model::{DeviceId, GridId, Stamp, Timestamp, phone};
use butler_core::playbook::form::Choice;
use butler_core::sync::message::{Membership, TableName};
use chrono::NaiveDate;
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
    /// [`OfficeError::UnknownPlace`], [`OfficeError::UnknownRole`], [`OfficeError::UnknownPlaceKind`] when the result would
    /// name what is not there; [`OfficeError::NotAPhone`], [`OfficeError::NoSuchPoint`], [`OfficeError::CodeTaken`]; the
    /// storage's.
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
            store_phones(&before, &mut after)?;
            let in_force = self.in_force(tx.reader())?;
            self.check(&in_force, &after)?;
            self.check_places(&in_force, &before, &after)?;
            put_tables(tx, host.now(), action, &before, &after)?;
            Ok(result)
        })
    }

    /// The kind of place somebody means, by its id or by its name in either language.
    #[must_use]
    pub fn place_kind(&self, now: &InForce, said: &str) -> Option<String> {
        let kinds = self.access(now).playbooks.terms().choices("place_kind").unwrap_or_default();
        let means = |kind: &&Choice| [&kind.id, &kind.label.zh, &kind.label.en].contains(&&said.to_owned());
        kinds.iter().find(means).map(|kind| kind.id.clone())
    }

    /// Ends the covers whose last day is over. Asked at the beginning of every sync, so that the first phone of a day ends
    /// those of the day before, for all.
    pub(super) fn end_covers(&self, tx: &mut dyn Write, now: Timestamp) -> Result<(), StorageError> {
        let offset = tx.reader().community()?.utc_offset_minutes;
        let Some(today) = day(now, offset) else { return Ok(()) };
        let is_over = |assignment: &Assignment| assignment.until.is_some_and(|until| until < today);
        if !self.in_force(tx.reader())?.directory.assignments.iter().any(is_over) {
            return Ok(());
        }
        let before = directory::load(tx.reader())?;
        let mut after = before.clone();
        after.assignments.retain(|assignment| !is_over(assignment));
        put_tables(tx, now, "cover ended", &before, &after)
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

    /// What a change says of places: their kind is a word, their point is on the earth, a scan is of one place. Only of
    /// places it touches: a company that takes a word away can still move a building.
    fn check_places(&self, now: &InForce, before: &Directory, after: &Directory) -> Result<(), OfficeError> {
        let access = self.access(now);
        for place in after.places.values().filter(|place| before.places.get(&place.id) != Some(*place)) {
            if let Some(kind) = &place.kind
                && !access.playbooks.terms().allows("place_kind", &kind.as_str().into())
            {
                return Err(OfficeError::UnknownPlaceKind(kind.clone()));
            }
            if place.position.is_some_and(|position| !position.is_valid()) {
                return Err(OfficeError::NoSuchPoint(place.id.clone()));
            }
            let same =
                |other: &&Place| other.id != place.id && other.code.is_some() && other.code == place.code;
            if let Some(other) = after.places.values().find(same) {
                return Err(OfficeError::CodeTaken(place.id.clone(), other.id.clone()));
            }
        }
        Ok(())
    }
}

/// Brings the telephone numbers a change sets into the form in which they are stored; an empty one is none.
fn store_phones(before: &Directory, after: &mut Directory) -> Result<(), OfficeError> {
    let Directory { staff, places, .. } = after;
    let staff = staff.values_mut().map(|row| {
        let known = before.staff.get(&row.id).map(|row| &row.phone);
        (row.id.as_str(), &mut row.phone, known)
    });
    let places = places.values_mut().map(|row| {
        let known = before.places.get(&row.id).map(|row| &row.phone);
        (row.id.as_str(), &mut row.phone, known)
    });
    for (id, phone, known) in staff.chain(places) {
        if known == Some(&*phone) {
            continue;
        }
        let typed = phone.take().filter(|typed| !typed.trim().is_empty());
        let stored = typed.map(|typed| phone::normalise(&typed)).transpose();
        *phone = stored.map_err(|_| OfficeError::NotAPhone(id.to_owned()))?;
    }
    Ok(())
}

/// The day it is for the community.
pub(crate) fn day(now: Timestamp, utc_offset_minutes: i32) -> Option<NaiveDate> {
    let local = now.millis().checked_add(i64::from(utc_offset_minutes) * 60_000)?;
    Some(chrono::DateTime::from_timestamp_millis(local)?.date_naive())
}

/// Writes the tables that changed, moves the records whose place lies elsewhere now, and notes it.
fn put_tables(
    tx: &mut dyn Write,
    now: Timestamp,
    action: &str,
    before: &Directory,
    after: &Directory,
) -> Result<(), StorageError> {
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
    let moved = move_records(tx, before, after)?;
    let about = serde_json::json!({ "action": action, "tables": tables, "moved": moved });
    tx.put_audit(now, "office", "tables", &about.to_string())
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
            let row = Assignment { staff: who, role: role_id(role), grid: Some(grid(to)), until: None };
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
    fn a_telephone_number_is_stored_in_one_form_and_comes_to_phones_and_what_is_none_is_not_repeated() {
        let office = Office::new();
        let call = |number: &str| {
            office.hub.change_tables(&office.desk, "phone", |tables| {
                tables.staff.get_mut(&staff("li.zg")).unwrap().phone = Some(number.to_owned());
                tables.places.get_mut(&place("b3")).unwrap().phone = Some(number.to_owned());
                Ok(())
            })
        };
        let come = |table: TableName| {
            let tables = office.phone("zhang.li").hello(Vec::new()).unwrap().tables;
            let rows = tables.into_iter().find(|row| row.name == table).unwrap().rows;
            let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).unwrap();
            rows.into_iter().filter_map(|row| row["phone"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        call("(0755) 2600 1234 转 801").unwrap();
        assert_eq!(come(TableName::Staff), ["0755-26001234-801"]);
        assert_eq!(come(TableName::Places), ["0755-26001234-801"]);
        let wrong = call("1990000123").unwrap_err();
        assert!(matches!(&wrong, OfficeError::NotAPhone(_)));
        assert!(!wrong.to_string().contains("1990000123") && !format!("{wrong:?}").contains("1990000123"));
        assert_eq!(come(TableName::Staff), ["0755-26001234-801"], "nothing changed");
        assert!(!office.audit("tables").iter().any(|about| about.contains("26001234")));
        call(" ").unwrap();
        assert!(come(TableName::Staff).is_empty() && come(TableName::Places).is_empty());
    }

    #[test]
    fn a_cover_lasts_to_the_end_of_its_day_and_ends_for_all_with_the_first_sync_after_it() {
        let office = Office::new();
        let today = day(office.desk.now(), 480).unwrap();
        let cover = Assignment {
            staff: staff("zhang.li"),
            role: role_id("butler"),
            grid: Some(grid("g2")),
            until: Some(today),
        };
        office
            .hub
            .change_tables(&office.desk, "cover", |tables| {
                tables.assignments.push(cover);
                Ok(())
            })
            .unwrap();
        let covering = office.phone("zhang.li").hello(Vec::new()).unwrap();
        assert_eq!(covering.grids, [grid("g1"), grid("g2")]);
        office.desk.pass(24 * 3_600_000);
        // A colleague's phone is the first of the next day.
        office.phone("li.zg").hello(Vec::new()).unwrap();
        let zhang = office.phone("zhang.li");
        assert_eq!(zhang.hello(Vec::new()).unwrap().grids, [grid("g1")]);
        assert_eq!(zhang.pull("g2", 0).err(), Some(butler_core::sync::message::Problem::WrongGrid));
        assert!(office.audit("tables").iter().any(|about| about.contains("cover ended")));
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
