//! Taking in: one page of a grid's feed after the other, each with its cursor in one transaction.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_bytes::ByteBuf;

use super::ahead::{self, Arriving};
use super::phase::{Phase, Session, SyncStep};
use super::{End, Ended, Engine, Next, progress};
use crate::crdt::gate::Judge;
use crate::crdt::{self, ChangeInfo, Tip};
use crate::host::{Host, random};
use crate::model::{ChangeHash, Generation, GridId, Kind, Receipt, RecordId, Seal, Timestamp};
use crate::store::{
    Arrival, ChangeStanding, Incoming, Incomplete, Listing, Missing, Projector, Reader, Store, StoreError, Tx,
};
use crate::sync::merge::apply::{self, MergeError, Merger, Parsed, RecordUpdate, RowRead};
use crate::sync::message::{Membership, Page, PageRow, Pull, Reply, Request, limit};
use crate::sync::report::{Stage, SyncReport};

/// How often one page's missing receipts and changes are asked for; each answer brings at least one.
const ASKS: u32 = 1_000;
/// How many incomplete records one sync asks about again.
const RETRIED: usize = 100;

/// A pull of every grid.
pub(super) struct Pulling {
    left: VecDeque<GridId>,
    done: u64,
    /// Whether every grid was read to its end, so that what no grid shows may go.
    whole: bool,
    /// What earlier syncs left incomplete was asked about again.
    retried: bool,
    pub reading: PageReading,
}

/// What of a pull is under way.
pub(super) enum PageReading {
    /// Nothing: the next grid is asked for, if one is left.
    Nothing,
    /// A page of the first grid that is left was asked for.
    Page { grid: GridId, from: u64 },
    /// What these rows lack is asked for.
    Rows(Gathering),
}

/// Rows that are taken in as soon as everything they name is here.
pub(super) struct Gathering {
    /// The page they came on; none for records that earlier syncs left incomplete.
    page: Option<Page>,
    rows: Vec<FeedRow>,
    /// How many of the rows have all they can get.
    ready: usize,
    asked: u32,
}

/// One record of a page, with what was asked for beside it.
#[derive(Clone)]
struct FeedRow {
    row: PageRow,
    /// The changes of the row, read; not those of a whole line, which is read where it is judged.
    changes: Vec<Parsed>,
    /// Receipts between what the phone knows and what the row lists, and the ordinal of the first.
    before: Option<(u32, Listed)>,
    /// The seals of the receipts of the row, one for each, or none.
    seals: Vec<Seal>,
    /// Listed changes that are neither on the page nor here; worked out once the list is whole.
    absent: Option<BTreeSet<ChangeHash>>,
    extra: Vec<ChangeInfo>,
    /// The office does not hand out more of it.
    given_up: bool,
}

/// Receipts that were asked for, with their seals: one for each, or none.
#[derive(Clone)]
struct Listed {
    receipts: Vec<(ChangeHash, Timestamp)>,
    seals: Vec<Seal>,
}

impl Listed {
    fn new(receipts: Vec<(ChangeHash, Timestamp)>, seal: Option<&ByteBuf>) -> Self {
        let seals = seals(seal, receipts.len());
        Self { receipts, seals }
    }

    fn truncate(&mut self, length: usize) {
        self.receipts.truncate(length);
        self.seals.truncate(length);
    }

    /// Adds those that follow.
    fn append(&mut self, mut more: Self) {
        if self.seals.len() != self.receipts.len() || more.seals.len() != more.receipts.len() {
            self.seals.clear();
            more.seals.clear();
        }
        self.receipts.append(&mut more.receipts);
        self.seals.append(&mut more.seals);
    }
}

/// Seals one behind the other, as many as there are receipts; none if it is not that many.
fn seals(seal: Option<&ByteBuf>, receipts: usize) -> Vec<Seal> {
    let (seals, rest) = seal.map(|seal| seal.as_chunks()).unwrap_or_default();
    if seals.len() == receipts && rest.is_empty() { seals.to_vec() } else { Vec::new() }
}

/// What a row lacks.
enum Gap {
    /// Receipts from this ordinal on.
    Receipts(u32),
    Changes(Vec<ChangeHash>),
}

impl Pulling {
    pub(super) fn new(grids: Vec<GridId>) -> Self {
        Self { left: grids.into(), done: 0, whole: true, retried: false, reading: PageReading::Nothing }
    }

    /// The office does not read out the grid that was asked for.
    pub(super) fn pass_over(&mut self) {
        self.left.pop_front();
        self.whole = false;
        self.reading = PageReading::Nothing;
    }
}

/// Whether a page is the one that was asked for.
fn fits(page: &Page, generation: Generation, grid: &GridId, from: u64) -> bool {
    page.grid == *grid
        && page.from == from
        && page.to >= from
        && page.generation == generation
        // A page that leads nowhere and has no end would be asked for for ever.
        && (page.to > from || page.complete)
}

impl Engine {
    /// Follows an answer to a pull, or about what a row of its page lacks.
    pub(super) fn read_on(
        &mut self,
        session: &Session,
        pulling: &mut Pulling,
        reply: Reply,
    ) -> Result<(), Ended> {
        match (&mut pulling.reading, reply) {
            (PageReading::Page { grid, from }, Reply::Page(page)) => {
                if !self.rules.page_must_fit || fits(&page, session.generation, grid, *from) {
                    pulling.reading = PageReading::Rows(Gathering::of(page));
                } else if self.budget.misfits == 0 {
                    return Err(Ended(End::Unreadable));
                } else {
                    self.budget.misfits -= 1;
                }
            }
            (PageReading::Rows(rows), Reply::Changes { record, changes }) => {
                if !rows.changes_came(record, &changes) {
                    self.give_up(rows);
                }
            }
            (PageReading::Rows(rows), Reply::Receipts { record, from, receipts, seal }) => {
                if !rows.receipts_came(record, from, Listed::new(receipts, seal.as_ref())) {
                    self.give_up(rows);
                }
            }
            _ => return Err(Ended(End::Unreadable)),
        }
        Ok(())
    }

    /// The next request of the pull, or, when it is over, for changes that are new or for photos.
    pub(super) fn pull_on(
        &mut self,
        store: &Store,
        host: &dyn Host,
        session: Box<Session>,
        mut pulling: Pulling,
    ) -> Next {
        loop {
            if let PageReading::Rows(rows) = &mut pulling.reading {
                if let Some(request) = self.next_gap(store, rows)? {
                    return self.ask(Phase::Working(session, SyncStep::Pull(pulling)), request);
                }
                let Gathering { page, rows, .. } = rows;
                self.take_rows(store, host, session.generation, page.as_ref(), rows)?;
                if page.as_ref().is_some_and(|page| page.complete) {
                    pulling.left.pop_front();
                    pulling.done += 1;
                }
                pulling.reading = PageReading::Nothing;
            } else if let Some(grid) = pulling.left.front().cloned() {
                return self.pull(store, session, pulling, grid);
            } else if !pulling.retried {
                pulling.retried = true;
                pulling.reading = incomplete(store, host)?.map_or(PageReading::Nothing, PageReading::Rows);
            } else {
                return self.pulled(store, host, session, pulling.whole);
            }
        }
    }

    fn pull(&mut self, store: &Store, session: Box<Session>, mut pulling: Pulling, grid: GridId) -> Next {
        let from = store.read(|reader| reader.cursor(&grid))?;
        let mut effects =
            vec![progress(Stage::Receiving, pulling.done, pulling.done + pulling.left.len() as u64)];
        let (generation, lines) = (session.generation, true);
        let request = Request::Pull(Pull { generation, grid: grid.clone(), from, lines });
        pulling.reading = PageReading::Page { grid, from };
        effects.extend(self.ask(Phase::Working(session, SyncStep::Pull(pulling)), request)?);
        Ok(effects)
    }

    /// Every grid was read, as far as the office reads it out: to its end when `whole`.
    fn pulled(&mut self, store: &Store, host: &dyn Host, session: Box<Session>, whole: bool) -> Next {
        self.answers.read_all = whole;
        self.answers.read_first = false;
        self.follow_deferred(store, host, session.generation)?;
        if self.budget.rounds > 1 && self.has_unanswered(store)? {
            self.budget.rounds -= 1;
            return self.push_on(store, host, session);
        }
        self.show_unconfirmed(store, host)?;
        if whole && self.rules.sweep {
            self.report.removed += store.write_reserved(|tx| tx.sweep())?.removed.len() as u64;
        }
        let photos = self.photos(store)?;
        if self.report.new_generation && self.budget.caught_up > 0 {
            self.budget.caught_up -= 1;
            return self.hello(store, host, session.token, Some(SyncStep::Photos(photos)));
        }
        self.photos_on(store, session, photos)
    }

    /// What the first incomplete row lacks; `None` when every row is ready.
    fn next_gap(&mut self, store: &Store, gathering: &mut Gathering) -> Result<Option<Request>, Ended> {
        let lists_receipts = self.rules.receipts_of_all;
        store.read(|reader| {
            while let Some(row) = gathering.rows.get_mut(gathering.ready) {
                let gap = if row.given_up { None } else { row.gap(reader, lists_receipts)? };
                let record = row.row.record;
                let request = match gap {
                    None => {
                        gathering.ready += 1;
                        continue;
                    }
                    Some(_) if gathering.asked >= ASKS => {
                        self.give_up(gathering);
                        continue;
                    }
                    Some(Gap::Receipts(from)) => Request::Receipts { record, from },
                    Some(Gap::Changes(hashes)) => Request::Need { record, hashes },
                };
                gathering.asked += 1;
                return Ok(Some(request));
            }
            Ok(None)
        })
    }

    /// What the office names but does not hand out: the record is taken in as far as it goes, and asked about again in
    /// a later sync.
    pub(super) fn give_up(&mut self, gathering: &mut Gathering) {
        if let Some(row) = gathering.row_asked_about() {
            row.given_up = true;
            self.report.incomplete += 1;
        }
    }

    /// Takes rows in: every record, and of a page its memberships and the cursor, in one transaction.
    fn take_rows(
        &mut self,
        store: &Store,
        host: &dyn Host,
        generation: Generation,
        page: Option<&Page>,
        rows: &[FeedRow],
    ) -> Result<(), Ended> {
        let mut report = std::mem::take(&mut self.report);
        let merger = self.merger(host, Some(generation));
        let before = report.clone();
        let mut taken =
            store.write_reserved(|tx| merger.take_rows(tx, page, rows, tx.writes_at_tip(), &mut report));
        if taken.as_ref().is_err_and(MergeError::is_of_one_record) {
            // What a record did not survive directly, its document may; and then it holds up no other.
            report = before;
            taken = store.write_reserved(|tx| merger.take_rows(tx, page, rows, false, &mut report));
        }
        self.report = report;
        Ok(taken?)
    }
}

impl Gathering {
    /// A page: what its rows lack is asked for before it counts.
    fn of(mut page: Page) -> Self {
        let rows = std::mem::take(&mut page.rows).into_iter().map(FeedRow::new).collect();
        Self { page: Some(page), rows, ready: 0, asked: 0 }
    }

    fn row_asked_about(&mut self) -> Option<&mut FeedRow> {
        self.rows.get_mut(self.ready)
    }

    /// Receipts came that a row left out; says whether they close a part of the gap.
    fn receipts_came(&mut self, record: RecordId, from: u32, receipts: Listed) -> bool {
        let row = self.row_asked_about().filter(|row| row.row.record == record);
        row.is_some_and(|row| row.join(from, receipts))
    }

    /// Changes came that a page left out; says whether any of them was lacking.
    fn changes_came(&mut self, record: RecordId, changes: &[ByteBuf]) -> bool {
        let mut progress = false;
        if let Some(FeedRow { absent: Some(absent), extra, .. }) =
            self.row_asked_about().filter(|row| row.row.record == record)
        {
            for change in changes.iter().filter_map(|bytes| ChangeInfo::parse(bytes).ok()) {
                if absent.remove(&change.hash) {
                    progress = true;
                    extra.push(change);
                }
            }
        }
        progress
    }
}

/// The records earlier syncs left incomplete: a newer app may let in what an older one withheld, and what was not
/// handed out once may be now.
fn incomplete(store: &Store, host: &dyn Host) -> Result<Option<Gathering>, Ended> {
    // From a random record on, so that none waits behind a hundred that never get whole.
    let after = RecordId(random(host)?);
    let rows: Vec<FeedRow> = store
        .read(|reader| reader.incomplete(after, RETRIED))?
        .into_iter()
        .map(|Incomplete { record, kind, version, place, accepted, complete }| {
            FeedRow::new(PageRow {
                record,
                kind: kind.into(),
                version,
                place,
                membership: Membership::Update,
                accepted,
                first: complete + 1,
                receipts: Vec::new(),
                changes: Vec::new(),
                seal: None,
                line: Vec::new(),
            })
        })
        .collect();
    Ok((!rows.is_empty()).then_some(Gathering { page: None, rows, ready: 0, asked: 0 }))
}

impl FeedRow {
    fn new(mut row: PageRow) -> Self {
        let changes =
            std::mem::take(&mut row.changes).into_iter().map(ByteBuf::into_vec).map(parsed).collect();
        let listed = if row.line.is_empty() { row.receipts.len() } else { row.line.len() };
        let seals = seals(row.seal.as_ref(), listed);
        let new =
            Self { row, changes, before: None, seals, absent: None, extra: Vec::new(), given_up: false };
        if new.is_whole_line() { new } else { new.with_line_read().into_owned() }
    }

    /// Whether the row is a line of all changes of its record: nothing can be missing.
    fn is_whole_line(&self) -> bool {
        let PageRow { line, first, receipts, accepted, .. } = &self.row;
        let alone = receipts.is_empty() && self.changes.is_empty();
        alone && *first == 1 && !line.is_empty() && u32::try_from(line.len()) == Ok(*accepted)
    }

    /// The row with the changes of its line among the others.
    fn with_line_read(&self) -> Cow<'_, Self> {
        if self.row.line.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut read = self.clone();
        let line = if read.row.receipts.is_empty() { read_line(&read.row) } else { Vec::new() };
        read.row.line.clear();
        for (change, receipt) in line {
            read.changes.push(change);
            read.row.receipts.push(receipt);
        }
        Cow::Owned(read)
    }

    /// What is missing first: receipts between those of this phone and those listed, the rest of the list, changes.
    /// Nothing of a record whose kind this app does not know.
    fn gap(&mut self, reader: &Reader<'_>, lists_receipts: bool) -> Result<Option<Gap>, StoreError> {
        if self.row.membership == Membership::Leave || self.row.kind.known().is_none() || self.is_whole_line()
        {
            return Ok(None);
        }
        if lists_receipts {
            if self.row.first > 1 {
                let from = match &self.before {
                    Some((start, known)) => start + count(&known.receipts),
                    None => reader.complete(self.row.record)? + 1,
                };
                if from < self.row.first {
                    return Ok(Some(Gap::Receipts(from)));
                }
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
        let on_page = self.changes.iter().filter_map(|change| change.as_ref().ok());
        let on_page: BTreeSet<ChangeHash> = on_page.map(|change| change.hash).collect();
        let mut absent: BTreeSet<ChangeHash> = self.row.receipts.iter().map(|(hash, _)| *hash).collect();
        absent.retain(|hash| !on_page.contains(hash));
        if !absent.is_empty() {
            let here = reader.applied(self.row.record)?;
            absent.retain(|hash| !here.contains_key(hash));
        }
        Ok(absent)
    }

    /// Adds receipts that were asked for, the first with ordinal `from`; says whether they close a part of the gap.
    fn join(&mut self, from: u32, mut came: Listed) -> bool {
        if came.receipts.is_empty() {
            return false;
        }
        let end = self.row.first + count(&self.row.receipts);
        if from == end {
            // Those accepted since the row was made come with a row of their own.
            came.truncate((self.row.accepted + 1).saturating_sub(end) as usize);
            let mut listed = self.take_list();
            listed.append(came);
            self.put_list(self.row.first, listed);
            return true;
        }
        let (start, mut known) = match self.before.take() {
            Some((start, known)) => (start, known),
            None => (from, Listed::new(Vec::new(), None)),
        };
        if from != start + count(&known.receipts) {
            self.before = Some((start, known));
            return false;
        }
        known.append(came);
        let wanted = self.row.first.saturating_sub(start) as usize;
        if known.receipts.len() < wanted {
            self.before = Some((start, known));
            return true;
        }
        known.truncate(wanted);
        known.append(self.take_list());
        self.put_list(start, known);
        true
    }

    fn take_list(&mut self) -> Listed {
        Listed { receipts: std::mem::take(&mut self.row.receipts), seals: std::mem::take(&mut self.seals) }
    }

    fn put_list(&mut self, first: u32, Listed { receipts, seals }: Listed) {
        (self.row.first, self.row.receipts, self.seals) = (first, receipts, seals);
    }
}

fn parsed(bytes: Vec<u8>) -> Parsed {
    ChangeInfo::parse(&bytes).map_err(|error| (bytes, error))
}

/// The changes of a row's line with their receipts. None of a kind or version that is not known here: nothing is taken in of it.
fn read_line(row: &PageRow) -> Vec<(Parsed, (ChangeHash, Timestamp))> {
    let genesis = row.kind.known().and_then(|kind| crdt::genesis_hash(row.record, kind, row.version).ok());
    let Some(mut before) = genesis else { return Vec::new() };
    let read = |(at, short): &(Timestamp, ByteBuf)| {
        let (bytes, hash) = crdt::restored(short, before);
        before = hash;
        (parsed(bytes), (hash, *at))
    };
    row.line.iter().map(read).collect()
}

fn count<T>(receipts: &[T]) -> u32 {
    u32::try_from(receipts.len()).unwrap_or(u32::MAX)
}

/// The tip once each change has passed right behind the one before it.
fn admitted(tip: Tip, changes: &[(ChangeInfo, Receipt)]) -> Option<Tip> {
    changes.iter().try_fold(tip, |tip, (change, _)| tip.admit(change, Judge::Phone))
}

impl Merger<'_> {
    /// Takes rows in; `direct`ly where they allow it.
    fn take_rows(
        &self,
        tx: &mut Tx<'_>,
        page: Option<&Page>,
        rows: &[FeedRow],
        direct: bool,
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        let projector = tx.projector()?;
        let judge = |feed: &FeedRow| self.arriving(feed, projector).filter(|_| direct && page.is_some());
        let grid = page.map(|page| &page.grid);
        // Until a row of this page changes that.
        let mut nothing_open = direct && tx.nothing_is_open()?;
        ahead::judged(rows, judge, |feed, arriving| {
            let row = &feed.row;
            report.rows += 1;
            if let (Some(grid), Membership::Leave) = (grid, row.membership) {
                return Ok(tx.leave(row.record, grid)?);
            }
            // A kind that a newer app writes: the record waits for it, and holds up no other.
            let Some(kind) = row.kind.known() else {
                nothing_open = false;
                report.incomplete += 1;
                return miss(tx, row, grid);
            };
            if direct
                && let Some(grid) = grid
                && self.take_directly(tx, feed, arriving.as_ref(), nothing_open, (kind, grid), report)?
            {
                return Ok(());
            }
            nothing_open = false;
            let feed = &feed.with_line_read();
            let taken = self
                .isolated(tx, row.record, report, |tx, report| self.take_row(tx, feed, kind, grid, report))?;
            if taken { Ok(()) } else { self.leave_incomplete(tx, row, kind, grid) }
        })?;
        if let Some(page) = page {
            tx.set_cursor(&page.grid, page.to)?;
        }
        Ok(())
    }

    /// The changes of a row with their receipts, if the row lists nothing but changes that it brings, by others.
    fn brought(&self, feed: &FeedRow) -> Option<Vec<(ChangeInfo, Receipt)>> {
        let FeedRow { row, changes, extra, before, .. } = feed;
        if !extra.is_empty() || before.is_some() || !self.rules.receipts_of_all {
            return None;
        }
        let listed: Vec<(Parsed, (ChangeHash, Timestamp))> = if feed.is_whole_line() {
            read_line(row)
        } else if changes.len() == row.receipts.len() {
            changes.iter().cloned().zip(row.receipts.iter().copied()).collect()
        } else {
            return None;
        };
        if listed.is_empty() || row.first + count(&listed) != row.accepted + 1 {
            return None;
        }
        let brought = |(ordinal, (change, (hash, at))): (u32, (Parsed, (ChangeHash, Timestamp)))| {
            let change = change.ok().filter(|change| change.hash == hash)?;
            let by_others = change.actor.device() != self.key.device();
            by_others.then_some((change, Receipt { ordinal, at }))
        };
        (row.first..).zip(listed).map(brought).collect()
    }

    /// What a row becomes where nothing of its record is here: when its changes come one behind the other from nothing on, and
    /// each may pass.
    fn arriving(&self, feed: &FeedRow, projector: Projector<'_>) -> Option<Arriving> {
        let FeedRow { row, .. } = feed;
        if row.first != 1 || row.membership == Membership::Leave {
            return None;
        }
        let changes = self.brought(feed)?;
        let nothing = Tip::nothing(row.record, row.kind.known()?, row.version).ok()?;
        let record = admitted(nothing, &changes)?.record();
        let rows = projector.project(&record);
        Some(Arriving { record, changes, rows })
    }

    /// Takes a record in without its document: when the row lists nothing but changes that it brings, which come right
    /// behind what is here and build one on the other, by others. `false`, and nothing is done, for every other row.
    fn take_directly(
        &self,
        tx: &mut Tx<'_>,
        feed: &FeedRow,
        arriving: Option<&Arriving>,
        nothing_open: bool,
        (kind, grid): (Kind, &GridId),
        report: &mut SyncReport,
    ) -> Result<bool, MergeError> {
        let FeedRow { row, seals, .. } = feed;
        let here = tx.kind(row.record)?;
        let settled = (nothing_open && here.is_none()) || tx.is_settled(row.record)?;
        if !settled {
            return Ok(false);
        }
        let generation = self.generation;
        let Some(here) = here else {
            let Some(Arriving { record, changes, rows }) = arriving else { return Ok(false) };
            report.received += changes.len() as u64;
            let (changes, place) = (changes.as_slice(), &row.place);
            tx.arrive(Arrival { changes, seals, generation, record, rows, place, grid })?;
            return Ok(true);
        };
        if here != (kind, row.version) || tx.complete(row.record)? + 1 != row.first {
            return Ok(false);
        }
        let feed = feed.with_line_read();
        let (row, seals) = (&feed.row, feed.seals.as_slice());
        let Some(brought) = self.brought(&feed) else { return Ok(false) };
        let begun = match tx.tip(row.record, kind, row.version) {
            Ok(Some(tip)) => tip,
            Ok(None) => return Ok(false),
            Err(error) if error.is_of_one_record() => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let Some(tip) = admitted(begun.clone(), &brought) else { return Ok(false) };
        let incoming: Vec<Incoming<'_>> = brought
            .iter()
            .map(|(info, receipt)| {
                let standing = ChangeStanding::Accepted { generation, receipt: *receipt };
                Incoming { info, standing }
            })
            .collect();
        tx.apply_at_tip(Some(&begun.record()), (&tip, &tip.record()), &incoming)?;
        let listing = Listing { accepted: row.accepted, first: row.first, receipts: &row.receipts, seals };
        tx.set_receipts(row.record, generation, &listing)?;
        tx.pin(row.record, &row.place)?;
        tx.enter(row.record, grid)?;
        report.received += brought.len() as u64;
        Ok(true)
    }

    /// Notes of a row that could not be taken in that the record is not whole: a later sync asks about it again.
    fn leave_incomplete(
        &self,
        tx: &mut Tx<'_>,
        row: &PageRow,
        kind: Kind,
        grid: Option<&GridId>,
    ) -> Result<(), MergeError> {
        if tx.kind(row.record)? != Some((kind, row.version)) {
            return miss(tx, row, grid);
        }
        let listing = Listing { accepted: row.accepted, first: row.first, receipts: &[], seals: &[] };
        tx.set_receipts(row.record, self.generation, &listing)?;
        tx.pin(row.record, &row.place)?;
        if let Some(grid) = grid {
            tx.enter(row.record, grid)?;
        }
        Ok(tx.came(row.record)?)
    }

    /// Takes one record in by way of its document; `grid` shows it from now on.
    fn take_row(
        &self,
        tx: &mut Tx<'_>,
        FeedRow { row, changes, seals, extra, .. }: &FeedRow,
        kind: Kind,
        grid: Option<&GridId>,
        report: &mut SyncReport,
    ) -> Result<(), MergeError> {
        // The kind is part of a record's identity: another one is another record under a used name.
        if tx.kind(row.record)?.is_some_and(|here| here != (kind, row.version)) {
            report.incomplete += 1;
            return miss(tx, row, grid);
        }
        let receipts = apply::receipts_of(row);
        let rows = tx.changes(row.record)?;
        let here: BTreeSet<ChangeHash> =
            rows.iter().filter(|change| !change.waiting).map(|change| change.hash).collect();
        let RowRead { brought, rejected } = apply::read_row(changes, &receipts, &here, extra);
        for (bytes, error) in &rejected {
            report.withheld += 1;
            self.withhold(tx, row.record, bytes, error)?;
        }
        if let Some(actor) = tx.actor()?
            && brought.iter().any(|(change, _)| change.actor == actor)
        {
            // This phone wrote it and does not know it: its files are older than it is.
            self.renew_actor(tx, report)?;
            tx.note_copied()?;
        }
        let verdicts = apply::verdicts_of_row(&rows, &receipts, &brought, self.generation, self.rules);
        let update = RecordUpdate {
            record: row.record,
            kind,
            version: row.version,
            verdicts: &verdicts,
            brought: &brought,
        };
        self.merge(tx, &update, report)?;
        if tx.kind(row.record)?.is_none() {
            // Nothing of it came or passed the gate: there is nothing to show.
            return miss(tx, row, grid);
        }
        if self.rules.receipts_of_all {
            let listing =
                Listing { accepted: row.accepted, first: row.first, receipts: &row.receipts, seals };
            tx.set_receipts(row.record, self.generation, &listing)?;
        }
        let here = if extra.is_empty() { BTreeMap::new() } else { tx.applied(row.record)? };
        for change in extra {
            // An earlier app may have kept out what this one takes in.
            if here.contains_key(&change.hash) {
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
fn miss(tx: &mut Tx<'_>, row: &PageRow, grid: Option<&GridId>) -> Result<(), MergeError> {
    let missing = Missing {
        record: row.record,
        kind: &row.kind,
        version: row.version,
        place: &row.place,
        accepted: row.accepted,
    };
    Ok(tx.is_missing(&missing, grid)?)
}
