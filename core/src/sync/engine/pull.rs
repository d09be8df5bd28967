//! Taking in: one page of a grid's feed after the other, each with its cursor in one transaction.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_bytes::ByteBuf;

use super::{Asked, Effect, End, Engine, Next, Step, Stop};
use crate::crdt::ChangeInfo;
use crate::host::Host;
use crate::model::{ChangeHash, GridId, RecordId};
use crate::store::{Store, StoreError, Tx};
use crate::sync::message::{Membership, Page, PageRow, Pull, Request, limit};
use crate::sync::report::{Stage, SyncReport};
use crate::sync::settle::{self, Hands, RowRead, SettleError, Subject};

/// How often one page's missing changes are asked for; each answer brings at least one.
const NEEDS: u32 = 1_000;

/// A pull of every grid.
pub(super) struct Pulling {
    pub left: VecDeque<GridId>,
    pub done: u64,
    /// Whether every grid was read to its end, so that what no grid shows may go.
    pub whole: bool,
    pub page: Option<Gathering>,
}

/// A page that is taken in as soon as every change it names is here.
pub(super) struct Gathering {
    pub page: Page,
    /// Changes to ask for, by record.
    pub missing: VecDeque<(RecordId, BTreeSet<ChangeHash>)>,
    pub got: BTreeMap<RecordId, Vec<ChangeInfo>>,
    pub asked: u32,
}

impl Pulling {
    pub(super) fn new(grids: Vec<GridId>) -> Self {
        Self { left: grids.into(), done: 0, whole: true, page: None }
    }
}

impl Engine {
    /// The next request of the pull; `None` when it is over and the step has changed.
    pub(super) fn pull_on(&mut self, store: &Store, host: &dyn Host) -> Result<Option<Vec<Effect>>, Stop> {
        loop {
            let Step::Pull(pulling) = &mut self.step else { return Ok(None) };
            let whole = pulling.whole;
            if let Some(gathering) = &pulling.page {
                let Some((record, hashes)) = gathering.missing.front() else {
                    self.take_page(store, host)?;
                    continue;
                };
                let hashes = hashes.iter().copied().take(limit::NEED).collect();
                let request = Request::Need { record: *record, hashes };
                return self.ask(Asked::Need, request).map(Some);
            }
            if let Some(grid) = pulling.left.front().cloned() {
                return self.pull(store, grid).map(Some);
            }
            self.read_all = whole;
            self.follow_deferred(store, host)?;
            if self.rounds > 1 && self.has_unanswered(store)? {
                self.rounds -= 1;
                self.step = Step::Push;
                return Ok(None);
            }
            self.confirm(store)?;
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

    /// Looks up which changes a page names that are neither on it nor here.
    pub(super) fn gather(&mut self, store: &Store, page: Page) -> Result<(), Stop> {
        let missing = store.read(|reader| {
            let mut missing = VecDeque::new();
            for row in page.rows.iter().filter(|row| row.membership != Membership::Leave) {
                let on_page: BTreeSet<ChangeHash> = row
                    .changes
                    .iter()
                    .filter_map(|bytes| ChangeInfo::parse(bytes).ok())
                    .map(|change| change.hash)
                    .collect();
                let mut absent = BTreeSet::new();
                for (hash, _) in &row.receipts {
                    if !on_page.contains(hash) && !reader.has_change(row.record, *hash)? {
                        absent.insert(*hash);
                    }
                }
                if !absent.is_empty() {
                    missing.push_back((row.record, absent));
                }
            }
            Ok::<_, StoreError>(missing)
        })?;
        if let Step::Pull(pulling) = &mut self.step {
            pulling.page = Some(Gathering { page, missing, got: BTreeMap::new(), asked: 0 });
        }
        Ok(())
    }

    pub(super) fn gathered(&mut self, record: RecordId, changes: &[ByteBuf]) {
        let Step::Pull(Pulling { page: Some(gathering), .. }) = &mut self.step else { return };
        gathering.asked += 1;
        let Some((asked, missing)) = gathering.missing.front_mut() else { return };
        let mut progress = false;
        if *asked == record {
            for change in changes.iter().filter_map(|bytes| ChangeInfo::parse(bytes).ok()) {
                if missing.remove(&change.hash) {
                    progress = true;
                    gathering.got.entry(record).or_default().push(change);
                }
            }
        }
        if missing.is_empty() {
            gathering.missing.pop_front();
        } else if !progress || gathering.asked >= NEEDS {
            self.give_up_missing();
        }
    }

    /// What the office names but does not hand out: the record is taken in as far as it goes.
    pub(super) fn give_up_missing(&mut self) {
        let Step::Pull(Pulling { page: Some(gathering), .. }) = &mut self.step else { return };
        gathering.missing.pop_front();
        self.report.incomplete += 1;
    }

    /// Takes a page in: every row, the memberships and the cursor in one transaction.
    fn take_page(&mut self, store: &Store, host: &dyn Host) -> Result<(), Stop> {
        let Step::Pull(pulling) = &mut self.step else { return Ok(()) };
        let Some(Gathering { page, mut got, .. }) = pulling.page.take() else { return Ok(()) };
        if page.complete {
            pulling.left.pop_front();
            pulling.done += 1;
        }
        let mut report = std::mem::take(&mut self.report);
        let hands = self.hands(host)?;
        let taken = store.write_reserved(|tx| {
            for row in &page.rows {
                report.rows += 1;
                if row.membership == Membership::Leave {
                    tx.leave(row.record, &page.grid)?;
                    continue;
                }
                let extra = got.remove(&row.record).unwrap_or_default();
                hands.take_row(tx, row, &page.grid, &extra, &mut report)?;
            }
            tx.set_cursor(&page.grid, page.to)?;
            Ok::<_, SettleError>(())
        });
        self.report = report;
        Ok(taken?)
    }
}

impl Hands<'_> {
    /// Takes one record of a page in.
    fn take_row(
        &self,
        tx: &mut Tx<'_>,
        row: &PageRow,
        grid: &GridId,
        extra: &[ChangeInfo],
        report: &mut SyncReport,
    ) -> Result<(), SettleError> {
        // The kind is part of a record's identity: another one is another record under a used name.
        if tx.kind(row.record)?.is_some_and(|here| here != (row.kind, row.version)) {
            report.incomplete += 1;
            return Ok(());
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
            // Nothing of it passed the gate: there is nothing to show.
            return Ok(());
        }
        if self.rules.receipts_of_all {
            tx.set_receipts(
                row.record,
                self.generation,
                &row.receipts,
                row.seal.as_deref().map(Vec::as_slice),
            )?;
        }
        tx.pin(row.record, &row.place)?;
        tx.enter(row.record, grid)?;
        Ok(())
    }
}
