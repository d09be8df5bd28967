//! What a register changes at the office: the plan held against what is there, record by record.
//!
//! The import remembers through history alone: what the last import left is the base, a cell that says what it
//! said then is no edit, and a changed cell is authored on that base. So a field a butler changed in between
//! becomes a conflict instead of being overwritten, and the same register twice changes nothing.

use std::collections::BTreeSet;

use butler_core::crdt::{ChangeInfo, CrdtError, Document};
use butler_core::model::choice::ResidentRole;
use butler_core::model::fields::{self, Type};
use butler_core::model::resident::resident_id;
use butler_core::model::{
    ChangeHash, Edit, GridId, Kind, Lifecycle, PlaceId, Record, RecordId, Resident, ResidentEdit, StaffId,
    Timestamp, Value,
};

use super::cells::CellRef;
use super::convert;
use super::household::{self, Match};
use super::names::name_key;
use super::plan::{ImportPlan, PlannedHome, PlannedResident, Stated};
use super::report::{Line, Report, Treatment, Why, quoted};
use super::{Choices, Progress, Stage};

/// What an import needs to know of the office's records.
pub trait Records {
    /// What can go wrong there.
    type Error;

    /// A record, if it exists.
    ///
    /// # Errors
    /// What reading can.
    fn find(&self, id: RecordId) -> Result<Option<Known>, Self::Error>;

    /// The residents whose `home` is this one; they are pinned to the same place.
    ///
    /// # Errors
    /// What reading can.
    fn residents(&self, home: RecordId, place: &PlaceId) -> Result<Vec<Known>, Self::Error>;

    /// Every home the office has.
    ///
    /// # Errors
    /// What reading can.
    fn homes(&self) -> Result<Vec<RecordId>, Self::Error>;

    /// The grids a place lies in; `None` for one the office does not know.
    ///
    /// # Errors
    /// What reading can.
    fn grids_at(&self, place: &PlaceId) -> Result<Option<BTreeSet<GridId>>, Self::Error>;
}

/// Where register and office disagree about the grid something lies in. An import moves nothing: whoever works in
/// a grid would lose or gain records by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The cell that names the grid; the room's, where none does.
    pub cell: CellRef,
    /// The place as the office has it.
    pub place: PlaceId,
    /// The grids it lies in there.
    pub has: BTreeSet<GridId>,
    /// The grids the register puts it in.
    pub says: BTreeSet<GridId>,
}

/// Grids in a line: `g1, g2`.
fn listed(grids: &BTreeSet<GridId>) -> String {
    let ids: Vec<&str> = grids.iter().map(GridId::as_str).collect();
    if ids.is_empty() { "-".to_owned() } else { ids.join(", ") }
}

/// A row of the register, or a person in it, of which nothing is imported.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// The home or person.
    pub record: RecordId,
    /// Why.
    pub reason: RejectedBecause,
    /// What the register states of it, and of a home's people, by cell.
    pub cells: Vec<(CellRef, String)>,
}

/// Why nothing of a row is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectedBecause {
    /// The home is pinned to a place in other grids than the register's: in the grid where it is, the register's people do
    /// not belong.
    Elsewhere(Elsewhere),
    /// A record of another kind has the number that home or person has.
    OtherKind {
        /// The cell of the room.
        row: CellRef,
    },
}

impl RejectedBecause {
    /// Where the register says what is rejected.
    #[must_use]
    pub const fn cell(&self) -> &CellRef {
        match self {
            Self::Elsewhere(elsewhere) => &elsewhere.cell,
            Self::OtherKind { row } => row,
        }
    }
}

/// A record the office has.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// As it reads now.
    pub now: Record,
    /// As the last import left it; `None` when no import ever wrote it.
    pub imported: Option<Record>,
    /// When an import first wrote it.
    pub since: Option<Timestamp>,
    /// What an import has seen of it: its own last change, or nothing but the genesis.
    pub seen: Vec<ChangeHash>,
}

impl Known {
    /// Reads a record and what the imports authored by `importer` left of it.
    ///
    /// # Errors
    /// [`CrdtError`] when the document cannot be read at an earlier moment.
    pub fn of(document: &Document, importer: &StaffId) -> Result<Self, CrdtError> {
        // Imports build on imports, so the last in order is the last in time.
        let changes = document.changes();
        let mut own = changes.iter().filter(|change| change.stamp.staff == *importer);
        let first = own.next();
        let last = own.next_back().or(first);
        let seen = vec![last.map_or(document.genesis_hash(), |change| change.hash)];
        let imported = if last.is_some() { Some(document.at(&seen)?) } else { None };
        Ok(Self { now: document.record(), imported, since: first.map(|change| change.stamp.at), seen })
    }

    /// The same of a record that holds one change alone.
    #[must_use]
    pub fn untouched(change: &ChangeInfo, now: Record, importer: &StaffId) -> Self {
        let own = change.stamp.staff == *importer;
        let seen = if own { vec![change.hash] } else { change.deps.clone() };
        Self { imported: own.then(|| now.clone()), since: own.then_some(change.stamp.at), seen, now }
    }
}

/// One edit by the import.
#[derive(Debug, Clone, PartialEq)]
pub struct Authoring {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What it builds on, so that what others wrote since becomes a conflict; `None` for a new record.
    pub seen: Option<Vec<ChangeHash>>,
    /// The edit.
    pub edit: Edit,
    /// Which cell each written path came from.
    pub cells: Vec<(String, CellRef)>,
}

/// A home whose register names another owner: the old one is kept, and ended when a person says so. Every import says
/// it again until the old one is ended or in the register once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerChange {
    /// The home.
    pub home: RecordId,
    /// The cell of its room.
    pub cell: CellRef,
    /// Who owned it.
    pub old: RecordId,
    /// Who owns it now.
    pub new: RecordId,
}

/// A register held against the office: everything an import would do. Printing it is the dry run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// The edits, homes before their people.
    pub work: Vec<Authoring>,
    /// Which resident each person of the register is.
    pub matches: Vec<(RecordId, Match)>,
    /// Written fields that somebody else changed since the last import: they become conflicts.
    pub conflicts: Vec<(RecordId, String)>,
    /// Fields an earlier register stated and this one leaves blank: kept as they are.
    pub kept: Vec<(RecordId, String)>,
    /// Homes and people that nothing is written into.
    pub rejected: Vec<Rejected>,
    /// Units and buildings the register puts into other grids than the office: to be moved by a person, or not.
    pub moves: Vec<Elsewhere>,
    /// Residents of an earlier register whose home now lists others: kept as they are.
    pub gone: Vec<RecordId>,
    /// Homes that were sold, as it seems.
    pub owners: Vec<OwnerChange>,
    /// Homes of an earlier register that this one does not have: kept as they are.
    pub missing: Vec<RecordId>,
}

impl ImportPlan {
    /// Holds the plan against the office's records.
    ///
    /// # Errors
    /// What reading the records can.
    pub fn compare<R: Records>(
        &self,
        records: &R,
        choices: &Choices,
        progress: Progress<'_>,
    ) -> Result<Comparison, R::Error> {
        let mut comparison = Comparison::default();
        for (nth, home) in self.homes.iter().enumerate() {
            progress(Stage::Comparing, nth, self.homes.len());
            // The plan made the place out of this very location.
            let origin = home.origin(&self.community).unwrap_or_default();
            let known = records.find(home.id)?;
            if known.as_ref().is_some_and(|known| known.now.kind != Kind::Home) {
                comparison.rejected.push(home.rejected(home.other_kind()));
                continue;
            }
            let pinned = known.as_ref().and_then(|known| known.now.text("place")?.parse::<PlaceId>().ok());
            let place = pinned.as_ref().unwrap_or(&home.place);
            let elsewhere = self.elsewhere(home, place, records)?;
            match elsewhere {
                Some(elsewhere) if *place != home.place => {
                    comparison.rejected.push(home.rejected(RejectedBecause::Elsewhere(elsewhere)));
                    continue;
                }
                Some(elsewhere) if comparison.moves.iter().all(|known| known.place != *place) => {
                    comparison.moves.push(elsewhere);
                }
                _ => {}
            }
            comparison.add(home.id, Kind::Home, known.as_ref(), origin, &home.stated);
            let residents = records.residents(home.id, place)?;
            comparison.residents(home, place, residents, records, choices)?;
        }
        let here: BTreeSet<RecordId> = self.homes.iter().map(|home| home.id).collect();
        for id in records.homes()?.into_iter().filter(|id| !here.contains(id)) {
            if records.find(id)?.is_some_and(|known| known.imported.is_some()) {
                comparison.missing.push(id);
            }
        }
        Ok(comparison)
    }

    /// Whether the register puts a home into other grids than those its place lies in.
    fn elsewhere<R: Records>(
        &self,
        home: &PlannedHome,
        place: &PlaceId,
        records: &R,
    ) -> Result<Option<Elsewhere>, R::Error> {
        let planned = self.places.iter().find(|planned| planned.id == home.place);
        let mut says: BTreeSet<GridId> =
            planned.map(|planned| planned.grids.iter().cloned().collect()).unwrap_or_default();
        if says.is_empty() {
            says = records.grids_at(&home.place)?.unwrap_or_default();
        }
        // A register without grids says nothing about them, and a place that is new is made as it says.
        let Some(has) = records.grids_at(place)?.filter(|has| !says.is_empty() && *has != says) else {
            return Ok(None);
        };
        let cell = home.grid.as_ref().unwrap_or(&home.row).clone();
        Ok(Some(Elsewhere { cell, place: place.clone(), has, says }))
    }
}

impl PlannedHome {
    fn rejected(&self, reason: RejectedBecause) -> Rejected {
        let stated = self.residents.iter().flat_map(|resident| &resident.stated);
        Rejected { record: self.id, reason, cells: cells(self.stated.iter().chain(stated)) }
    }

    fn other_kind(&self) -> RejectedBecause {
        RejectedBecause::OtherKind { row: self.row.clone() }
    }
}

/// What the register states, by cell.
fn cells<'a>(stated: impl Iterator<Item = &'a Stated>) -> Vec<(CellRef, String)> {
    stated.filter_map(|stated| Some((stated.cell.clone()?, convert::show(&stated.value)))).collect()
}

impl Comparison {
    /// How many records are new.
    #[must_use]
    pub fn created(&self) -> usize {
        self.work.iter().filter(|work| work.seen.is_none()).count()
    }

    /// Adds to the report of a register what only the comparison knows: the cells of homes and people that are rejected,
    /// and those that name another grid than the office has.
    pub fn report(&self, report: &mut Report) {
        for rejected in &self.rejected {
            for (cell, was) in &rejected.cells {
                let why = match rejected.reason {
                    RejectedBecause::Elsewhere(_) => Why::PinnedElsewhere,
                    RejectedBecause::OtherKind { .. } => Why::OtherKind,
                };
                report.reject(cell, why, was);
            }
        }
        let grids = self.rejected.iter().filter_map(|rejected| match &rejected.reason {
            RejectedBecause::Elsewhere(elsewhere) => Some((Treatment::LeftOut, elsewhere)),
            RejectedBecause::OtherKind { .. } => None,
        });
        for (treatment, elsewhere) in grids.chain(self.moves.iter().map(|to| (Treatment::Guessed, to))) {
            let why = match treatment {
                Treatment::LeftOut => Why::PinnedElsewhere,
                _ => Why::ToBeMoved,
            };
            report.note(Line {
                cell: elsewhere.cell.clone(),
                treatment,
                title: elsewhere.place.to_string(),
                why,
                was: listed(&elsewhere.says),
                became: listed(&elsewhere.has),
            });
        }
    }

    /// What the import would do, as CSV for a spreadsheet: every written field with its cell, what becomes a conflict,
    /// people recognised by something else than their identity, what is kept. It names records and cells, nobody.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("\u{feff}记录,类别,字段,单元格\r\n");
        let mut line = |record: &RecordId, what: &str, path: &str, cell: &str| {
            let fields = [&record.to_string(), what, path, cell].map(quoted);
            csv.push_str(&fields.join(","));
            csv.push_str("\r\n");
        };
        for work in &self.work {
            let what = if work.seen.is_none() { "新建 · new" } else { "变更 · changed" };
            for (path, cell) in &work.cells {
                line(&work.record, what, path, &cell.to_string());
            }
        }
        for (record, path) in &self.conflicts {
            line(record, "待裁定 · conflict", path, "");
        }
        for (record, by) in self.matches.iter().filter(|(_, by)| !matches!(by, Match::New | Match::Identity))
        {
            line(record, &format!("识别 · recognised by {by}"), "", "");
        }
        for (record, path) in &self.kept {
            line(record, "留空未动 · blank now, kept", path, "");
        }
        for rejected in &self.rejected {
            let cell = rejected.reason.cell().to_string();
            match &rejected.reason {
                RejectedBecause::Elsewhere(Elsewhere { place, .. }) => line(
                    &rejected.record,
                    "在别的网格，未导入 · rejected: in another grid",
                    place.as_str(),
                    &cell,
                ),
                RejectedBecause::OtherKind { .. } => {
                    line(&rejected.record, "编号已是另一类档案，未导入 · rejected: another kind", "", &cell);
                }
            }
        }
        for OwnerChange { old, new, cell, .. } in &self.owners {
            line(old, "业主变更，原业主 · the owner before", "until", &cell.to_string());
            line(new, "业主变更，新业主 · the new owner", "", &cell.to_string());
        }
        for record in &self.gone {
            line(record, "不在新表 · not in this register", "", "");
        }
        for record in &self.missing {
            line(record, "房屋不在新表 · home not in this register", "", "");
        }
        csv
    }

    fn residents<R: Records>(
        &mut self,
        home: &PlannedHome,
        place: &PlaceId,
        known: Vec<Known>,
        records: &R,
        choices: &Choices,
    ) -> Result<(), R::Error> {
        let sides: Vec<(&Record, Option<&Record>)> =
            known.iter().map(|known| (&known.now, known.imported.as_ref())).collect();
        let found = household::pair(&home.residents, &sides);
        let mut taken: BTreeSet<RecordId> = found.iter().flatten().map(|(at, _)| known[*at].now.id).collect();
        let mut known: Vec<Option<Known>> = known.into_iter().map(Some).collect();
        let mut owners = Vec::new();
        for (planned, found) in home.residents.iter().zip(found) {
            let (id, known, by) = match found {
                Some((at, by)) => match known[at].take() {
                    Some(known) => (known.now.id, Some(known), by),
                    None => continue,
                },
                // The identity may be taken by somebody who moved on: then it is that person again.
                None => self.unpaired(home, planned, records, &taken)?,
            };
            taken.insert(id);
            if known.as_ref().is_some_and(|known| known.now.kind != Kind::Resident) {
                let (record, reason) = (planned.id, home.other_kind());
                self.rejected.push(Rejected { record, reason, cells: cells(planned.stated.iter()) });
                continue;
            }
            if matches!(planned.role(), None | Some("owner")) && planned.name.is_some() {
                owners.push((id, known.as_ref().and_then(|known| known.since)));
            }
            let origin =
                ResidentEdit { place: place.clone().into(), home: home.id.into(), ..Default::default() };
            self.matches.push((id, by));
            self.add(id, Kind::Resident, known.as_ref(), origin.into(), &planned.stated);
        }
        for left in known.into_iter().flatten().filter(|known| known.imported.is_some()) {
            self.left(home, &left, &owners, choices);
        }
        Ok(())
    }

    /// A person no resident of the home is paired with: somebody of that identity who lives elsewhere now, or new.
    #[expect(clippy::unused_self, reason = "a step of residents, kept beside it")]
    fn unpaired<R: Records>(
        &self,
        home: &PlannedHome,
        planned: &PlannedResident,
        records: &R,
        taken: &BTreeSet<RecordId>,
    ) -> Result<(RecordId, Option<Known>, Match), R::Error> {
        let called = planned.name.as_deref().unwrap_or_default();
        let first = planned.phones.first().map(String::as_str).unwrap_or_default();
        let further = (2..).map(|nth| resident_id(home.id, called, &format!("{first}#{nth}")));
        for id in std::iter::once(planned.id).chain(further).filter(|id| !taken.contains(id)) {
            let Some(known) = records.find(id)? else { return Ok((id, None, Match::New)) };
            let here = known.now.text("home") == Some(home.id.to_string().as_str());
            // Whoever has this identity in this home was paired with somebody, or ended.
            if known.now.kind != Kind::Resident || !here || id == planned.id {
                return Ok((id, Some(known), Match::Identity));
            }
        }
        Ok((planned.id, None, Match::New))
    }

    /// Somebody of an earlier register who is not in this one: the owner before, where an owner came into a register after
    /// them. `owners` are those of this one, each with when an import first wrote them.
    fn left(
        &mut self,
        home: &PlannedHome,
        left: &Known,
        owners: &[(RecordId, Option<Timestamp>)],
        choices: &Choices,
    ) {
        let resident = Resident::read(&left.now);
        if resident.until.is_some() || left.now.lifecycle == Lifecycle::Archived {
            return;
        }
        let owner = resident.role.is_none_or(|role| role.is(ResidentRole::OWNER));
        let later = |since: &Option<Timestamp>| since.is_none_or(|since| Some(since) > left.since);
        let new = owners.iter().find(|(_, since)| owner && later(since));
        let Some((new, _)) = new.copied() else {
            self.gone.push(left.now.id);
            return;
        };
        let old = left.now.id;
        self.owners.push(OwnerChange { home: home.id, cell: home.row.clone(), old, new });
        if let Some(ended) = choices.owners_until {
            let edit = Edit::new().put("until", ended.to_string());
            let (seen, cells) = (Some(left.seen.clone()), vec![("until".to_owned(), home.row.clone())]);
            self.work.push(Authoring { record: old, kind: Kind::Resident, seen, edit, cells });
        }
    }

    /// Adds the edit of one record, if the register changes anything.
    fn add(&mut self, record: RecordId, kind: Kind, known: Option<&Known>, origin: Edit, stated: &[Stated]) {
        let said_before = known.map(|known| known.imported.as_ref().unwrap_or(&known.now));
        let mut edit = Edit::new();
        for op in origin.ops {
            // What pins a record is written by its first edit alone.
            let open =
                |known: &Known| known.now.get(op.path()).is_none() && !kind.write_once().contains(&op.path());
            if known.is_none_or(open) {
                edit.ops.push(op);
            }
        }
        let mut cells = Vec::new();
        let mut members = BTreeSet::new();
        let mut paths = BTreeSet::new();
        for stated in stated {
            let path = stated.path(record);
            let member = stated.member(record);
            let unchanged = said_before.is_some_and(|before| {
                let there = member.as_ref().is_none_or(|member| before.get(member).is_some());
                there && before.get(&path).is_some_and(|old| same(&path, old, &stated.value))
            });
            if !unchanged {
                let now = known.and_then(|known| known.now.get(&path));
                let before = said_before.and_then(|before| before.get(&path));
                let elsewhere = known.is_some_and(|known| known.imported.is_none()) || now != before;
                if elsewhere && now.is_some_and(|now| !same(&path, now, &stated.value)) {
                    self.conflicts.push((record, path.clone()));
                }
                if let Some(member) = member.as_ref().filter(|member| !members.contains(*member)) {
                    edit = edit.put(member.as_str(), true);
                }
                edit = edit.put(path.as_str(), stated.value.clone());
                cells.extend(stated.cell.clone().map(|cell| (path.clone(), cell)));
            }
            members.extend(member);
            paths.insert(path);
        }
        if let Some(imported) = known.and_then(|known| known.imported.as_ref()) {
            let gone = missing_members(imported, &members);
            let blank =
                blank(imported, &paths).filter(|path| !gone.iter().any(|member| is_part(path, member)));
            self.kept.extend(blank.map(|path| (record, path.to_owned())));
            edit = gone.into_iter().fold(edit, Edit::clear);
        }
        if edit.ops.is_empty() {
            return;
        }
        let seen = known.map(|known| known.seen.clone());
        self.work.push(Authoring { record, kind, seen, edit, cells });
    }
}

/// Members of a set the register still states, but without them: the phone that was replaced.
fn missing_members(imported: &Record, members: &BTreeSet<String>) -> Vec<String> {
    let set = |member: &str| member.split_once('/').map(|(set, _)| set.to_owned());
    let stated: BTreeSet<String> = members.iter().filter_map(|member| set(member)).collect();
    let is_member = |path: &&String| {
        path.matches('/').count() == 1
            && imported.get(path) == Some(&Value::Bool(true))
            && !members.contains(*path)
    };
    let gone = imported.fields.keys().filter(is_member);
    gone.filter(|path| set(path).is_some_and(|set| stated.contains(&set))).cloned().collect()
}

/// Fields an earlier register stated and this one does not, but for what identifies the record.
fn blank<'a>(imported: &'a Record, paths: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
    const ORIGIN: &[&str] = &["place", "home", "building", "unit", "room", "floor"];
    imported.fields.keys().map(String::as_str).filter(|path| {
        let shown = match fields::member(imported.kind, path) {
            Some(member) => imported.get(member).is_some(),
            // A member without its parts says nothing.
            None => fields::spec(imported.kind, path).is_some_and(|spec| spec.ty != Type::Member),
        };
        shown && !ORIGIN.contains(path) && !paths.contains(*path)
    })
}

/// Whether `path` is a part of that member.
fn is_part(path: &str, member: &str) -> bool {
    path.strip_prefix(member).is_some_and(|rest| rest.starts_with('/'))
}

/// Equal as a number: a whole number may come back as a measured one. A name is the same in every spelling.
fn same(path: &str, old: &Value, new: &Value) -> bool {
    let named = |value: &Value| value.as_text().map(name_key);
    old == new
        || matches!((old.as_real(), new.as_real()), (Some(old), Some(new)) if old == new)
        || (path == "name" && named(old).is_some() && named(old) == named(new))
}
