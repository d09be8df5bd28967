//! The import at work: the office's own records compared, its tables filled, its edits authored.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use butler_core::host::Host;
use butler_core::model::directory::{Directory, Place};
use butler_core::model::{GridId, Kind, PlaceId, RecordId, Resident, StaffId};

use super::compare::{Authoring, Comparison, Known, Records};
use super::plan::ImportPlan;
use super::{Choices, NotReady, Progress, Stage};
use crate::hub::{Hub, OfficeEditRef, OfficeError};
use crate::storage::Storage;

/// Holds a plan against the office's records. `importer` is under whose name imports are authored, always the same:
/// by it an import knows what the last one said.
///
/// # Errors
/// [`OfficeError`] when records cannot be read.
pub fn compare<S: Storage>(
    hub: &Hub<S>,
    importer: &StaffId,
    plan: &ImportPlan,
    choices: &Choices,
    progress: Progress<'_>,
) -> Result<Comparison, OfficeError> {
    let records = OfficeRecords { hub, importer, residents: RefCell::default() };
    plan.compare(&records, choices, progress)
}

/// Why a plan was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A person has to say something first.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The office.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

/// Carries it out: adds places the office does not have, with their grids (those it has stay as they are, but for moves
/// that were chosen), then authors every edit in one transaction.
///
/// # Errors
/// [`ApplyError`]; then no record was changed.
pub fn apply<S: Storage>(
    hub: &Hub<S>,
    host: &dyn Host,
    importer: &StaffId,
    plan: &ImportPlan,
    comparison: &Comparison,
    choices: &Choices,
    progress: Progress<'_>,
) -> Result<(), ApplyError> {
    plan.ready(choices)?;
    hub.change_tables(host, "import", |tables| {
        let new = plan.places.iter().filter(|place| !tables.places.contains_key(&place.id));
        let new: Vec<Place> = new.cloned().collect();
        // A grid that only known places are said to lie in would stay empty.
        for grid in plan.grids.iter().filter(|grid| new.iter().any(|place| place.grids.contains(&grid.id))) {
            tables.grids.entry(grid.id.clone()).or_insert_with(|| grid.clone());
        }
        tables.places.extend(new.into_iter().map(|place| (place.id.clone(), place)));
        // What a place is nobody may have said yet: the register knows buildings and units.
        for planned in &plan.places {
            if let Some(known) = tables.places.get_mut(&planned.id).filter(|known| known.kind.is_none()) {
                known.kind.clone_from(&planned.kind);
            }
        }
        for moved in comparison.moves.iter().filter(|_| choices.moves) {
            take_over(tables, plan, &moved.place);
        }
        Ok(())
    })?;
    if comparison.work.is_empty() {
        return Ok(());
    }
    let edits: Vec<OfficeEditRef<'_>> = comparison
        .work
        .iter()
        .map(|Authoring { record, kind, seen, edit, .. }| OfficeEditRef {
            record: *record,
            kind: *kind,
            seen: seen.as_deref(),
            edit,
        })
        .collect();
    hub.author_told(host, importer, &edits, &|written| progress(Stage::Writing, written, edits.len()))?;
    progress(Stage::Writing, edits.len(), edits.len());
    Ok(())
}

/// Puts a place, and the building it is part of, into the grids the register says.
fn take_over(tables: &mut Directory, plan: &ImportPlan, place: &PlaceId) {
    let mut at = plan.places.iter().find(|planned| planned.id == *place);
    while let Some(planned) = at {
        for grid in plan.grids.iter().filter(|grid| planned.grids.contains(&grid.id)) {
            tables.grids.entry(grid.id.clone()).or_insert_with(|| grid.clone());
        }
        if let Some(row) = tables.places.get_mut(&planned.id).filter(|_| !planned.grids.is_empty()) {
            row.grids.clone_from(&planned.grids);
        }
        at = planned.parent.as_ref().and_then(|parent| plan.places.iter().find(|other| other.id == *parent));
    }
}

struct OfficeRecords<'a, S> {
    hub: &'a Hub<S>,
    importer: &'a StaffId,
    /// The residents of each place already looked at, by home: a unit has a hundred homes.
    residents: RefCell<HashMap<PlaceId, BTreeMap<RecordId, Vec<Known>>>>,
}

impl<S: Storage> OfficeRecords<'_, S> {
    fn residents_at(&self, place: &PlaceId) -> Result<BTreeMap<RecordId, Vec<Known>>, OfficeError> {
        let rows = self.hub.storage().read(|read| read.records_at(place).map_err(OfficeError::from))?;
        let mut homes: BTreeMap<RecordId, Vec<Known>> = BTreeMap::new();
        for row in rows.into_iter().filter(|row| row.kind == Kind::Resident) {
            let Some(known) = self.find(row.id)? else { continue };
            if let Some(home) = Resident::read(&known.now).home {
                homes.entry(home).or_default().push(known);
            }
        }
        Ok(homes)
    }
}

impl<S: Storage> Records for OfficeRecords<'_, S> {
    type Error = OfficeError;

    fn find(&self, id: RecordId) -> Result<Option<Known>, OfficeError> {
        if let Some((change, now)) = self.hub.untouched(id)? {
            return Ok(Some(Known::untouched(&change, now, self.importer)));
        }
        let document = self.hub.document(id)?;
        Ok(document.map(|document| Known::of(&document, self.importer)).transpose()?)
    }

    fn homes(&self) -> Result<Vec<RecordId>, OfficeError> {
        self.hub.storage().read(|read| {
            let directory = self.hub.in_force(read)?;
            let mut homes = Vec::new();
            for place in directory.places.keys() {
                let rows = read.records_at(place)?.into_iter();
                homes.extend(rows.filter(|row| row.kind == Kind::Home).map(|row| row.id));
            }
            Ok(homes)
        })
    }

    fn grids_at(&self, place: &PlaceId) -> Result<Option<BTreeSet<GridId>>, OfficeError> {
        let directory = self.hub.storage().read(|read| self.hub.in_force(read))?;
        let known = directory.places.contains_key(place);
        Ok(known.then(|| directory.grids_at(place).iter().cloned().collect()))
    }

    fn residents(&self, home: RecordId, place: &PlaceId) -> Result<Vec<Known>, OfficeError> {
        if let Some(homes) = self.residents.borrow_mut().get_mut(place) {
            return Ok(homes.remove(&home).unwrap_or_default());
        }
        let mut homes = self.residents_at(place)?;
        let found = homes.remove(&home).unwrap_or_default();
        self.residents.borrow_mut().insert(place.clone(), homes);
        Ok(found)
    }
}
