//! Taking in: one page of a grid's feed after the other, each with its cursor in one transaction.

use std::collections::{BTreeSet, VecDeque};

use serde_bytes::ByteBuf;

use super::{Asked, Effect, End, Engine, Next, Step, Stop};
use crate::crdt::ChangeInfo;
use crate::host::{Host, random};
use crate::model::{ChangeHash, GridId, RecordId, Timestamp};
use crate::store::{Incomplete, Listing, Reader, Store, StoreError, Tx};
use crate::sync::message::{Membership, Page, PageRow, Pull, Request, limit};
use crate::sync::report::{Stage, SyncReport};
use crate::sync::settle::{self, Hands, RowRead, SettleError, Subject};

/// How often one page's missing receipts and changes are asked for; each answer brings at least one.
const ASKS: u32 = 1_000;
/// How many incomplete records one sync asks about again.
const RETRIED: usize = 100;

/// A pull of every grid.
pub(super) struct Pulling {
    pub left: VecDeque<GridId>,
    pub done: u64,
    /// Whether every grid was read to its end, so that what no grid shows may go.
    pub whole: bool,
    pub page: Option<Gathering>,
    /// What earlier syncs left incomplete was asked about again.
    retried: bool,
}

/// Rows that are taken in as soon as everything they name is here.
pub(super) struct Gathering {
    /// The page they came on; none for records that earlier syncs left incomplete.
    page: Option<Page>,
    rows: Vec<Row>,
    /// How many of the rows have all they can get.
    ready: usize,
    asked: u32,
}

/// One record of a page, with what was asked for beside it.
struct Row {
    row: PageRow,
    /// Receipts between what the phone knows and what the row lists, and the ordinal of the first.
    before: Option<(u32, Vec<(ChangeHash, Timestamp)>)>,
    /// Listed changes that are neither on the page nor here; worked out once the list is whole.
    absent: Option<BTreeSet<ChangeHash>>,
    extra: Vec<ChangeInfo>,
    /// The office does not hand out more of it.
    given_up: bool,
}

/// What a row lacks.
enum Gap {
    /// Receipts from this ordinal on.
    Receipts(u32),
    Changes(Vec<ChangeHash>),
}

impl Pulling {
    pub(super) fn new(grids: Vec<GridId>) -> Self {
        Self { left: grids.into(), done: 0, whole: true, page: None, retried: false }
    }
}

impl Engine {
    /// The next request of the pull; `None` when it is over and the step has changed.
    pub(super) fn pull_on(&mut self, store: &Store, host: &dyn Host) -> Result<Option<Vec<Effect>>, Stop> {
        loop {
            let Step::Pull(pulling) = &mut self.step else { return Ok(None) };
            let whole = pulling.whole;
            if pulling.page.is_some() {
                match self.next_gap(store)? {
                    Some(effects) => return Ok(Some(effects)),
                    None => self.take_rows(store, host)?,
                }
                continue;
            }
            if let Some(grid) = pulling.left.front().cloned() {
                return self.pull(store, grid).map(Some);
            }
            if !pulling.retried {
                pulling.retried = true;
                pulling.page = incomplete(store, host)?;
                continue;
            }
            self.read_all = whole;
            self.follow_deferred(store, host)?;
            if self.rounds > 1 && self.has_unanswered(store)? {
                self.rounds -= 1;
                self.step = Step::Push;
                return Ok(None);
            }
            self.show_unconfirmed(store, host)?;
            if whole && self.rules.sweep {
                self.report.removed += store.write_reserved(|tx| tx.sweep())?.removed.len() as u64;
            }
            self.step = Step::Photos(self.photos(store)?);
            return Ok(None);
        }
    }

    pub(super) fn pull(&mut self, store: &Store, grid: GridId) -> Next {
        let Some(standing) = &self.welcome else { return Err(Stop(End::Unreadable)) };
        let generation = standing.generation;
        let from = store.read(|reader| reader.cursor(&grid))?;
        let (done, total) = match &self.step {
            Step::Pull(pulling) => (pulling.done, pulling.done + pulling.left.len() as u64),
            _ => (0, 1),
        };
        let mut effects = vec![self.progress(Stage::Receiving, done, total)];
        let request = Request::Pull(Pull { generation, grid: grid.clone(), from });
        effects.extend(self.ask(Asked::Pull { grid, from }, request)?);
        Ok(effects)
    }

    pub(super) fn fits(&self, page: &Page, grid: &GridId, from: u64) -> bool {
        let generation = self.welcome.as_ref().map(|welcome| welcome.generation);
        !self.rules.page_must_fit
            || (page.grid == *grid
                && page.from == from
                && page.to >= from
                && Some(page.generation) == generation
                // A page that leads nowhere and has no end would be asked for for ever.
                && (page.to > from || page.complete))
    }

    /// Opens a page: what its rows lack is asked for before it counts.
    pub(super) fn gather(&mut self, page: Page) {
        let Step::Pull(pulling) = &mut self.step else { return };
        let mut page = page;
        let rows = std::mem::take(&mut page.rows).into_iter().map(Row::new).collect();
        pulling.page = Some(Gathering { page: Some(page), rows, ready: 0, asked: 0 });
    }

    /// Asks for what the first incomplete row lacks; `None` when every row is ready.
    fn next_gap(&mut self, store: &Store) -> Result<Option<Vec<Effect>>, Stop> {
        let lists_receipts = self.rules.receipts_of_all;
        loop {
            let Step::Pull(Pulling { page: Some(gathering), .. }) = &mut self.step else { return Ok(None) };
            let Some(row) = gathering.rows.get_mut(gathering.ready) else { return Ok(None) };
            let gap =
                if row.given_up { None } else { store.read(|reader| row.gap(reader, lists_receipts))? };
            let record = row.row.record;
            let request = match gap {
                None => {
                    gathering.ready += 1;
                    continue;
                }
                Some(_) if gathering.asked >= ASKS => {
                    self.give_up_missing();
                    continue;
                }
                Some(Gap::Receipts(from)) => Request::Receipts { record, from },
                Some(Gap::Changes(hashes)) => Request::Need { record, hashes },
            };
            gathering.asked += 1;
            return self.ask(Asked::Missing, request).map(Some);
        }
    }

    /// Receipts came that a row left out.
    pub(super) fn receipts_came(
        &mut self,
        record: RecordId,
        from: u32,
        receipts: Vec<(ChangeHash, Timestamp)>,
    ) {
        let row = self.row_asked_about().filter(|row| row.row.record == record);
        if !row.is_some_and(|row| row.join(from, receipts)) {
            self.give_up_missing();
        }
    }

    /// Changes came that a page left out.
    pub(super) fn changes_came(&mut self, record: RecordId, changes: &[ByteBuf]) {
        let mut progress = false;
        if let Some(Row { absent: Some(absent), extra, .. }) =
            self.row_asked_about().filter(|row| row.row.record == record)
        {
            for change in changes.iter().filter_map(|bytes| ChangeInfo::parse(bytes).ok()) {
                if absent.remove(&change.hash) {
                    progress = true;
                    extra.push(change);
                }
            }
        }
        if !progress {
            self.give_up_missing();
        }
    }

    fn row_asked_about(&mut self) -> Option<&mut Row> {
        let Step::Pull(Pulling { page: Some(gathering), .. }) = &mut self.step else { return None };
        gathering.rows.get_mut(gathering.ready)
    }

    /// What the office names but does not hand out: the record is taken in as far as it goes, and asked about again in
    /// a later sync.
    pub(super) fn give_up_missing(&mut self) {
        if let Some(row) = self.row_asked_about() {
            row.given_up = true;
            self.report.incomplete += 1;
        }
    }

    /// Takes rows in: every record, and of a page its memberships and the cursor, in one transaction.
    fn take_rows(&mut self, store: &Store, host: &dyn Host) -> Result<(), Stop> {
        let Step::Pull(pulling) = &mut self.step else { return Ok(()) };
        let Some(Gathering { page, rows, .. }) = pulling.page.take() else { return Ok(()) };
        if page.as_ref().is_some_and(|page| page.complete) {
            pulling.left.pop_front();
            pulling.done += 1;
        }
        let mut report = std::mem::take(&mut self.report);
        let hands = self.hands(host)?;
        let taken = store.write_reserved(|tx| {
            for Row { row, extra, .. } in &rows {
                report.rows += 1;
                match &page {
                    Some(page) if row.membership == Membership::Leave => tx.leave(row.record, &page.grid)?,
                    page => {
                        let grid = page.as_ref().map(|page| &page.grid);
                        let taken = hands.apart(tx, row.record, &mut report, |tx, report| {
                            hands.take_row(tx, row, grid, extra, report)
                        })?;
                        if !taken {
                            hands.leave_incomplete(tx, row, grid)?;
                        }
                    }
                }
            }
            if let Some(page) = &page {
                tx.set_cursor(&page.grid, page.to)?;
            }
            Ok::<_, SettleError>(())
        });
        self.report = report;
        Ok(taken?)
    }
}

/// The records earlier syncs left incomplete: a newer app may let in what an older one withheld, and what was not
/// handed out once may be now.
fn incomplete(store: &Store, host: &dyn Host) -> Result<Option<Gathering>, Stop> {
    // From a random record on, so that none waits behind a hundred that never get whole.
    let after = RecordId(random(host)?);
    let rows: Vec<Row> = store
        .read(|reader| reader.incomplete(after, RETRIED))?
        .into_iter()
        .map(|Incomplete { record, kind, version, place, accepted, complete }| {
            Row::new(PageRow {
                record,
                kind,
                version,
                place,
                membership: Membership::Update,
                accepted,
                first: complete + 1,
                receipts: Vec::new(),
                changes: Vec::new(),
                seal: None,
            })
        })
        .collect();
    Ok((!rows.is_empty()).then_some(Gathering { page: None, rows, ready: 0, asked: 0 }))
}

impl Row {
    const fn new(row: PageRow) -> Self {
        Self { row, before: None, absent: None, extra: Vec::new(), given_up: false }
    }

    /// What is missing first: receipts between those of this phone and those listed, the rest of the list, changes.
    fn gap(&mut self, reader: &Reader<'_>, lists_receipts: bool) -> Result<Option<Gap>, StoreError> {
        if self.row.membership == Membership::Leave {
            return Ok(None);
        }
        if lists_receipts {
            let from = match &self.before {
                Some((start, receipts)) => start + count(receipts),
                None => reader.complete(self.row.record)? + 1,
            };
            if from < self.row.first {
                return Ok(Some(Gap::Receipts(from)));
            }
            let end = self.row.first + count(&self.row.receipts);
            if end <= self.row.accepted {
                return Ok(Some(Gap::Receipts(end)));
            }
        }
        if self.absent.is_none() {
            self.absent = Some(self.absent(reader)?);
        }
        let absent: Vec<_> = self.absent.iter().flatten().copied().take(limit::NEED).collect();
        Ok((!absent.is_empty()).then_some(Gap::Changes(absent)))
    }

    fn absent(&self, reader: &Reader<'_>) -> Result<BTreeSet<ChangeHash>, StoreError> {
        let on_page = self.row.changes.iter().filter_map(|bytes| ChangeInfo::parse(bytes).ok());
        let on_page: BTreeSet<ChangeHash> = on_page.map(|change| change.hash).collect();
        let mut absent = BTreeSet::new();
        for (hash, _) in &self.row.receipts {
            if !on_page.contains(hash) && !reader.is_applied(self.row.record, *hash)? {
                absent.insert(*hash);
            }
        }
        Ok(absent)
    }

    /// Adds receipts that were asked for, the first with ordinal `from`; says whether they close a part of the gap.
    fn join(&mut self, from: u32, mut receipts: Vec<(ChangeHash, Timestamp)>) -> bool {
        if receipts.is_empty() {
            return false;
        }
        let row = &mut self.row;
        let end = row.first + count(&row.receipts);
        if from == end {
            // Those accepted since the row was made come with a row of their own.
            receipts.truncate((row.accepted + 1).saturating_sub(end) as usize);
            row.receipts.append(&mut receipts);
            return true;
        }
        let (start, known) = self.before.get_or_insert((from, Vec::new()));
        if from != *start + count(known) {
            return false;
        }
        known.append(&mut receipts);
        let wanted = row.first.saturating_sub(*start) as usize;
        if known.len() >= wanted {
            known.truncate(wanted);
            known.append(&mut row.receipts);
            (row.first, row.receipts) = (*start, std::mem::take(known));
            self.before = None;
        }
        true
    }
}

fn count(receipts: &[(ChangeHash, Timestamp)]) -> u32 {
    u32::try_from(receipts.len()).unwrap_or(u32::MAX)
}

impl Hands<'_> {
    /// Notes of a row that could not be taken in that the record is not whole: a later sync asks about it again.
    fn leave_incomplete(
        &self,
        tx: &mut Tx<'_>,
        row: &PageRow,
        grid: Option<&GridId>,
    ) -> Result<(), SettleError> {
        if tx.kind(row.record)? != Some((row.kind, row.version)) {
            return miss(tx, row, grid);
        }
        let listing = Listing { accepted: row.accepted, first: row.first, receipts: &[], seal: None };
        tx.set_receipts(row.record, self.generation, &listing)?;
        tx.pin(row.record, &row.place)?;
        if let Some(grid) = grid {
            tx.enter(row.record, grid)?;
        }
        Ok(tx.came(row.record)?)
    }

    /// Takes one record in; `grid` shows it from now on.
    fn take_row(
        &self,
        tx: &mut Tx<'_>,
        row: &PageRow,
        grid: Option<&GridId>,
        extra: &[ChangeInfo],
        report: &mut SyncReport,
    ) -> Result<(), SettleError> {
        // The kind is part of a record's identity: another one is another record under a used name.
        if tx.kind(row.record)?.is_some_and(|here| here != (row.kind, row.version)) {
            report.incomplete += 1;
            return miss(tx, row, grid);
        }
        let receipts = settle::receipts_of(row);
        let rows = tx.changes(row.record)?;
        let here: BTreeSet<ChangeHash> =
            rows.iter().filter(|change| !change.waiting).map(|change| change.hash).collect();
        let RowRead { brought, refused } = settle::read_row(row, &receipts, &here, extra);
        for (bytes, error) in &refused {
            report.withheld += 1;
            self.withhold(tx, row.record, bytes, error)?;
        }
        if let Some(actor) = tx.actor()?
            && brought.iter().any(|(change, _)| change.actor == actor)
        {
            // This phone wrote it and does not know it: its files are older than it is.
            self.renew_actor(tx, report)?;
        }
        let verdicts = settle::verdicts_of_row(&rows, &receipts, &brought, self.rules);
        let subject = Subject {
            record: row.record,
            kind: row.kind,
            version: row.version,
            verdicts: &verdicts,
            brought: &brought,
        };
        self.settle(tx, &subject, report)?;
        if tx.kind(row.record)?.is_none() {
            // Nothing of it came or passed the gate: there is nothing to show.
            return miss(tx, row, grid);
        }
        if self.rules.receipts_of_all {
            let listing = Listing {
                accepted: row.accepted,
                first: row.first,
                receipts: &row.receipts,
                seal: row.seal.as_deref().map(Vec::as_slice),
            };
            tx.set_receipts(row.record, self.generation, &listing)?;
        }
        for change in extra {
            // An earlier app may have kept out what this one takes in.
            if tx.is_applied(row.record, change.hash)? {
                tx.remove_quarantine(change.bytes())?;
            }
        }
        tx.pin(row.record, &row.place)?;
        if let Some(grid) = grid {
            tx.enter(row.record, grid)?;
        }
        Ok(tx.came(row.record)?)
    }
}

/// Notes a record of which nothing can be taken in.
fn miss(tx: &mut Tx<'_>, row: &PageRow, grid: Option<&GridId>) -> Result<(), SettleError> {
    let missing = Incomplete {
        record: row.record,
        kind: row.kind,
        version: row.version,
        place: row.place.clone(),
        accepted: row.accepted,
        complete: 0,
    };
    Ok(tx.is_missing(&missing, grid)?)
}
