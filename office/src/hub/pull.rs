//! What is new in a grid? One page of its feed, collapsed to one row per record.

use std::collections::BTreeMap;

use butler_core::crdt;
use butler_core::model::{ChangeHash, Kind, KindName, Receipt, RecordId, Timestamp};
use butler_core::sync::message::{Membership, Page, PageRow, Problem, Pull, Reply, limit};
use serde_bytes::ByteBuf;

use super::directory::InForce;
use super::error::Failure;
use super::{Asker, Hub};
use crate::storage::{FeedRow, Read, Storage, StorageError, Stored};

/// What one receipt weighs on a page with its seal, in bytes.
const RECEIPT: usize = 64;

/// How much goes on one page.
#[derive(Clone, Copy)]
struct PageBound {
    bytes: usize,
    /// Feed rows looked at.
    rows: usize,
}

impl PageBound {
    const PAGE: Self = Self { bytes: limit::PAGE, rows: limit::ROWS };
}

/// What a page still holds, in bytes.
#[derive(Clone, Copy)]
struct PageRoom {
    page: usize,
    left: usize,
    first: bool,
}

impl<S: Storage> Hub<S> {
    pub(super) fn pull(&self, asker: &Asker, pull: &Pull) -> Result<Reply, Failure> {
        if i64::try_from(pull.from).is_err() {
            // No feed has that many rows, and no database counts so far.
            return Err(Problem::Malformed.into());
        }
        let (device, page) = self.storage.read(|read| {
            let device = self.reading(read, asker)?;
            let in_force = self.in_force(read)?;
            if !self.grids_of(&in_force, &device.staff).contains(&pull.grid) {
                return Err(Failure::from(Problem::WrongGrid));
            }
            let generation = read.life()?.generation;
            if pull.generation != generation {
                return Err(Problem::WrongGeneration.into());
            }
            Ok((device, self.page(read, &in_force, pull, PageBound::PAGE)?))
        })?;
        let brings = |row: &&PageRow| !row.changes.is_empty() || !row.line.is_empty();
        let personal = page.rows.iter().filter(brings).filter(|row| is_personal(&row.kind)).count();
        if personal > 0 {
            let about = serde_json::json!({ "grid": page.grid, "from": page.from, "to": page.to, "personal": personal });
            self.storage
                .write(|tx| tx.put_audit(asker.now, &device.id.to_string(), "read", &about.to_string()))?;
        }
        Ok(Reply::Page(page))
    }

    /// One page within the bound.
    fn page(&self, read: &dyn Read, in_force: &InForce, pull: &Pull, bound: PageBound) -> Stored<Page> {
        let feed = read.feed(&pull.grid, pull.from, bound.rows)?;
        let more = feed.len() == bound.rows;
        let mut page = Page {
            generation: pull.generation,
            grid: pull.grid.clone(),
            from: pull.from,
            to: pull.from,
            complete: !more,
            rows: Vec::new(),
        };
        let mut by_record: BTreeMap<RecordId, Vec<&FeedRow>> = BTreeMap::new();
        for row in &feed {
            by_record.entry(row.record).or_default().push(row);
        }
        let mut weight = 0;
        for row in &feed {
            // A record is packed at its first row, with all that the later rows of this stretch say.
            if let Some(rows) = by_record.remove(&row.record) {
                let left = bound.bytes.saturating_sub(weight);
                let room = PageRoom { page: bound.bytes, left, first: page.rows.is_empty() };
                match self.pack(read, in_force, pull, &rows, room) {
                    Ok(Some((packing, size))) => {
                        weight += size;
                        page.rows.push(packing);
                    }
                    Ok(None) => {
                        page.complete = false;
                        break;
                    }
                    // One damaged row never holds up a grid; the record's next row tells of it again.
                    Err(error @ StorageError::Unreadable { .. }) => {
                        tracing::error!(record = %row.record, %error, "a record cannot be sent");
                    }
                    Err(error) => return Err(error),
                }
            }
            page.to = row.seq;
        }
        Ok(page)
    }

    /// One record of the page; `None` when it does not fit the rest of the page. The first record of a page
    /// always fits: of one larger than a page the first receipts and changes travel, the rest is asked for.
    fn pack(
        &self,
        read: &dyn Read,
        in_force: &InForce,
        &Pull { ref grid, lines, .. }: &Pull,
        rows: &[&FeedRow],
        room: PageRoom,
    ) -> Stored<Option<(PageRow, usize)>> {
        let newest = rows.last().ok_or(StorageError::Unreadable { what: "feed" })?;
        let record = read.record(newest.record)?.ok_or(StorageError::Unreadable { what: "feed" })?;
        let here = in_force.grids_at(&record.place).contains(grid);
        let membership = if !here || newest.membership == Membership::Leave {
            Membership::Leave
        } else if rows.iter().any(|row| row.membership == Membership::Enter) {
            Membership::Enter
        } else {
            Membership::Update
        };
        let mut packing = PageRow {
            record: record.id,
            kind: record.kind.into(),
            version: record.version,
            place: record.place,
            membership,
            accepted: record.accepted,
            first: 1,
            receipts: Vec::new(),
            changes: Vec::new(),
            seal: None,
            line: Vec::new(),
        };
        if membership == Membership::Leave {
            return Ok(Some((packing, RECEIPT)));
        }
        if membership == Membership::Update {
            packing.first = rows.iter().map(|row| row.ordinal).min().unwrap_or(1);
        }
        let receipts = read.receipts(packing.record, packing.first, limit::RECEIPTS)?;
        packing.receipts = receipts.iter().map(|(hash, receipt)| (*hash, receipt.at)).collect();
        if !self.rules.receipts_ordinal_within_record {
            order_by_feed(&mut packing.receipts, &receipts, &read.feed(grid, 0, usize::MAX)?, packing.record);
        }
        let listed = (packing.receipts.len() + 1) * RECEIPT;
        let changes = read.changes(packing.record, packing.first, room.page.saturating_sub(listed))?;
        let size = listed + changes.iter().map(Vec::len).sum::<usize>();
        if size > room.left && !room.first {
            return Ok(None);
        }
        packing.seal = self.seals.seal_all(packing.record, receipts.iter());
        packing.changes = changes.into_iter().take(packing.receipts.len()).map(ByteBuf::from).collect();
        if lines {
            shorten(&mut packing);
        }
        Ok(Some((packing, size)))
    }
}

/// Says the changes of a record that enters as a line, if they are all here and are one.
fn shorten(row: &mut PageRow) {
    let all = row.changes.len() == row.receipts.len() && row.first == 1;
    let genesis = || crdt::genesis_hash(row.record, row.kind.known()?, row.version).ok();
    let Some(mut before) = genesis().filter(|_| all) else { return };
    let mut line = Vec::with_capacity(row.changes.len());
    for (bytes, (hash, at)) in row.changes.iter().zip(&row.receipts) {
        let Some(short) = crdt::shortened(bytes, before) else { return };
        line.push((*at, ByteBuf::from(short)));
        before = *hash;
    }
    row.line = line;
    row.receipts.clear();
    row.changes.clear();
}

/// The order a receipt would have if it were a feed position, as the first design had it: what rule 10
/// forbids, kept so that a fleet can show that it would notice. A change stands where this grid last showed it;
/// those that entered together have no order but their hashes.
fn order_by_feed(
    shown: &mut [(ChangeHash, Timestamp)],
    receipts: &[(ChangeHash, Receipt)],
    feed: &[FeedRow],
    record: RecordId,
) {
    let position = |hash: &ChangeHash| {
        let ordinal =
            receipts.iter().find(|(other, _)| other == hash).map_or(0, |(_, receipt)| receipt.ordinal);
        let shows = |row: &&FeedRow| match row.membership {
            Membership::Enter => true,
            Membership::Update => row.ordinal <= ordinal,
            Membership::Leave => false,
        };
        feed.iter().filter(|row| row.record == record).filter(shows).map(|row| row.seq).max().unwrap_or(0)
    };
    shown.sort_by_key(|(hash, _)| (position(hash), *hash));
}

fn is_personal(kind: &KindName) -> bool {
    kind.known().is_some_and(Kind::is_personal)
}

#[cfg(test)]
mod tests {
    use butler_core::crdt::{ChangeInfo, Document};
    use butler_core::model::{Edit, Generation, Kind, RecordId};
    use butler_core::sync::message::{Membership, Problem, Pull, Reply, Request, Verdict, limit};

    use super::super::Rules;
    use super::super::testing::*;
    use super::PageBound;
    use crate::storage::{Read, Storage};

    fn change(bytes: &[u8]) -> butler_core::model::ChangeHash {
        ChangeInfo::parse(bytes).unwrap().hash
    }

    #[test]
    fn a_page_brings_what_is_new_and_says_how_much_there_is() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let mut document = home(1);
        let first = zhang.write(&mut document, &founded("b3/u1"));
        let second = zhang.write(&mut document, &Edit::new().put("layout", "两室"));
        zhang.push(&[&first, &second]);
        let page = li.pull("g1", 0).unwrap();
        assert_eq!((page.from, page.to, page.complete, page.rows.len()), (0, 1, true, 1));
        let row = &page.rows[0];
        assert_eq!(
            (row.membership, row.kind.known(), row.place.as_str()),
            (Membership::Enter, Some(Kind::Home), "b3/u1")
        );
        assert_eq!(
            row.receipts.iter().map(|(hash, _)| *hash).collect::<Vec<_>>(),
            [change(&first.change), change(&second.change)]
        );
        assert_eq!(row.changes, [first.change.clone(), second.change.clone()]);

        let third = li.write(&mut document, &Edit::new().put("area", 89.5));
        li.push_one(&third);
        let page = zhang.pull("g1", page.to).unwrap();
        let row = &page.rows[0];
        assert_eq!((page.to, page.rows.len(), row.membership), (2, 1, Membership::Update));
        assert_eq!((row.accepted, row.first, row.receipts.len()), (3, 3, 1), "the price follows the change");
        assert_eq!(row.receipts[0].0, change(&third.change));
        assert_eq!(row.changes, [third.change]);
        let page = zhang.pull("g1", page.to).unwrap();
        assert_eq!((page.to, page.complete, page.rows.len()), (2, true, 0));
        assert_eq!(zhang.pull("g1", 0).unwrap().rows.len(), 1, "collapsed to one row");
    }

    #[test]
    fn a_grid_or_generation_that_is_not_the_phones_is_rejected() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        assert_eq!(zhang.pull("g2", 0).err(), Some(Problem::WrongGrid));
        assert_eq!(zhang.pull("g9", 0).err(), Some(Problem::WrongGrid));
        let stale = Pull { generation: Generation([9; 16]), grid: grid("g1"), from: 0, lines: false };
        assert_eq!(zhang.ask(Request::Pull(stale)), Reply::Problem(Problem::WrongGeneration));
    }

    #[test]
    fn a_place_that_moves_leaves_one_grid_and_enters_the_other() {
        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        let mut document = home(1);
        zhang.push_one(&zhang.write(&mut document, &founded("b3/u1")));
        zhang.push_one(&zhang.write(&mut document, &Edit::new().put("layout", "两室")));
        let seen = zhang.pull("g1", 0).unwrap().to;
        let to = |grids: &'static [&str]| {
            let change = |tables: &mut butler_core::model::directory::Directory| {
                tables.places.get_mut(&place("b3/u1")).unwrap().grids =
                    grids.iter().copied().map(grid).collect();
                Ok(())
            };
            office.hub.change_tables(&office.desk, "move", change).unwrap();
        };
        to(&["g2"]);
        let page = zhang.pull("g1", seen).unwrap();
        assert_eq!(page.rows[0].membership, Membership::Leave);
        assert!(page.rows[0].receipts.is_empty() && page.rows[0].changes.is_empty());
        let page = zhang.pull("g1", 0).unwrap();
        assert_eq!(
            page.rows[0].membership,
            Membership::Leave,
            "a late first pull shows nothing of it either"
        );
        let page = wang.pull("g2", 0).unwrap();
        assert_eq!((page.rows[0].membership, page.rows[0].changes.len()), (Membership::Enter, 2));
        // Access follows the place, not the past.
        let late = zhang.write(&mut document, &Edit::new().put("layout", "一室"));
        assert!(matches!(zhang.push_one(&late), butler_core::sync::message::Verdict::Rejected(_)));
        to(&["g1", "g2"]);
        let back = zhang.pull("g1", seen).unwrap();
        assert_eq!((back.rows.len(), back.rows[0].membership), (1, Membership::Enter));
    }

    #[test]
    fn a_page_that_ends_before_the_leave_row_shows_nothing_of_what_left() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        zhang.push_one(&zhang.write(&mut home(1), &founded("b3/u1")));
        zhang.push_one(&zhang.write(&mut home(2), &founded("b3/u2")));
        let change = |tables: &mut butler_core::model::directory::Directory| {
            tables.places.get_mut(&place("b3/u1")).unwrap().grids = vec![grid("g2")];
            Ok(())
        };
        office.hub.change_tables(&office.desk, "move", change).unwrap();
        let pull = Pull { generation: office.generation(), grid: grid("g1"), from: 0, lines: false };
        let bound = PageBound { rows: 1, ..PageBound::PAGE };
        let tiny = |read: &dyn Read| office.hub.page(read, &*office.hub.in_force(read)?, &pull, bound);
        let page = office.hub.storage().read(tiny).unwrap();
        assert_eq!((page.to, page.complete, page.rows.len()), (1, false, 1));
        assert_eq!((page.rows[0].membership, page.rows[0].changes.len()), (Membership::Leave, 0));
    }

    #[test]
    fn pages_are_bounded_and_reach_the_end() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        // 40 homes with 60 KB each: more than two pages.
        for number in 0..40 {
            let mut document = home(number);
            let mut edits = vec![zhang.write(&mut document, &founded("b3/u1"))];
            for part in 0..4 {
                let text = "房".repeat(5_000);
                edits
                    .push(zhang.write(&mut document, &Edit::new().put(format!("history/{part}/what"), text)));
            }
            zhang.push(&edits.iter().collect::<Vec<_>>());
        }
        let (mut from, mut pages, mut seen) = (0, 0, std::collections::BTreeSet::new());
        loop {
            let page = zhang.pull("g1", from).unwrap();
            let bytes: usize = page.rows.iter().flat_map(|row| &row.changes).map(|change| change.len()).sum();
            assert!(bytes <= limit::PAGE, "{bytes}");
            assert!(page.to > from);
            seen.extend(page.rows.iter().map(|row| row.record));
            (from, pages) = (page.to, pages + 1);
            if page.complete {
                break;
            }
        }
        assert_eq!((seen.len(), from), (40, 40));
        assert!(pages >= 3, "{pages}");
    }

    #[test]
    fn of_a_record_larger_than_a_page_the_rest_is_asked_for_by_hash() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let mut document = home(1);
        zhang.push_one(&zhang.write(&mut document, &founded("b3/u1")));
        for round in 0..20 {
            let text = format!("{round}{}", "房".repeat(5_000));
            zhang.push_one(&zhang.write(&mut document, &Edit::new().put("history/1/what", text)));
        }
        let pull = Pull { generation: office.generation(), grid: grid("g1"), from: 0, lines: false };
        let bound = PageBound { bytes: 100 << 10, ..PageBound::PAGE };
        let small = |read: &dyn Read| office.hub.page(read, &*office.hub.in_force(read)?, &pull, bound);
        let page = office.hub.storage().read(small).unwrap();
        let row = &page.rows[0];
        assert!(row.changes.len() < row.receipts.len() && row.receipts.len() == 21);
        let mut got: Vec<_> = row.changes.clone();
        while got.len() < row.receipts.len() {
            let missing = row.receipts[got.len()..].iter().map(|(hash, _)| *hash).collect();
            let reply = zhang.ask(Request::Need { record: row.record, hashes: missing });
            let Reply::Changes { changes, .. } = reply else { panic!("{reply:?}") };
            assert!(!changes.is_empty());
            got.extend(changes);
        }
        let tail: Vec<&[u8]> = got.iter().map(|change| change.as_slice()).collect();
        let whole = Document::load(row.record, row.kind.known().unwrap(), row.version, None, &tail).unwrap();
        assert_eq!(whole.heads(), document.heads());
    }

    #[test]
    fn reading_personal_records_is_noted_and_others_records_do_not_exist() {
        let office = Office::new();
        let (zhang, wang) = (office.phone("zhang.li"), office.phone("wang.wei"));
        let mut person = Document::genesis(RecordId([7; 16]), Kind::Resident, 1).unwrap();
        let home_id = RecordId([1; 16]).to_string();
        let edit = Edit::new().put("place", "b3/u1").put("home", home_id).put("name", "单晓彤");
        let written = zhang.write(&mut person, &edit);
        assert!(matches!(zhang.push_one(&written), butler_core::sync::message::Verdict::Accepted(_)));
        zhang.pull("g1", 0).unwrap();
        let need = Request::Need { record: RecordId([7; 16]), hashes: vec![change(&written.change)] };
        assert!(matches!(zhang.ask(need.clone()), Reply::Changes { changes, .. } if changes.len() == 1));
        assert_eq!(wang.ask(need), Reply::Problem(Problem::NotFound));
        let audit = office.audit("read");
        assert_eq!(audit.len(), 2);
        assert!(audit.iter().all(|about| !about.contains("单晓彤")), "{audit:?}");
    }

    #[test]
    fn the_switches_switch() {
        let edit = |n: usize| Edit::new().put("area", 80.0 + n as f64);
        let orders = [Rules::default(), Rules { receipts_ordinal_within_record: false, ..Rules::default() }]
            .map(|rules| {
                let office = Office::with_rules(rules);
                let zhang = office.phone("zhang.li");
                let mut document = home(1);
                let mut all = vec![zhang.write(&mut document, &founded("gate"))];
                all.extend((0..12).map(|n| zhang.write(&mut document, &edit(n))));
                zhang.push(&all.iter().collect::<Vec<_>>());
                let row = zhang.pull("g1", 0).unwrap().rows.remove(0);
                row.receipts.iter().map(|(hash, _)| *hash).eq(all.iter().map(|e| change(&e.change)))
            });
        assert_eq!(orders, [true, false]);
    }

    #[test]
    fn a_long_history_is_listed_in_parts() {
        let office = Office::new();
        let li = office.phone("li.zg");
        let mut document = home(1);
        let mut hashes = Vec::new();
        for day in 0..2 {
            let count = limit::RECEIPTS / 2 + 50;
            let edits: Vec<_> = (0..count)
                .map(|n| match (day, n) {
                    (0, 0) => li.write(&mut document, &founded("b3/u1")),
                    _ => li.write(&mut document, &Edit::new().put("layout", format!("{day}.{n}室"))),
                })
                .collect();
            for part in edits.chunks(limit::PUSH) {
                let verdicts = li.push(&part.iter().collect::<Vec<_>>());
                let accepted = |verdict: &Verdict| matches!(verdict, Verdict::Accepted(_));
                assert!(verdicts.iter().all(accepted), "{verdicts:?}");
            }
            hashes.extend(edits.iter().map(|edit| change(&edit.change)));
            office.desk.pass(86_400 * 1_000);
            li.open_session();
        }
        let page = li.pull("g1", 0).unwrap();
        let row = &page.rows[0];
        assert_eq!(
            (row.accepted as usize, row.first, row.receipts.len()),
            (hashes.len(), 1, limit::RECEIPTS)
        );
        let from = u32::try_from(limit::RECEIPTS).unwrap() + 1;
        let Reply::Receipts { receipts, .. } = li.ask(Request::Receipts { record: row.record, from }) else {
            panic!("no receipts")
        };
        let listed = row.receipts.iter().chain(&receipts).map(|(hash, _)| *hash);
        assert!(listed.eq(hashes), "every change once, in the order of acceptance");
        let beyond = Request::Receipts { record: row.record, from: 0 };
        assert_eq!(li.ask(beyond), Reply::Problem(Problem::Malformed));
        let wang = office.phone("wang.wei");
        let foreign = Request::Receipts { record: row.record, from: 1 };
        assert_eq!(wang.ask(foreign), Reply::Problem(Problem::NotFound));
    }

    #[test]
    fn a_position_no_feed_has_is_malformed() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        for from in [i64::MAX as u64 + 1, u64::MAX] {
            assert_eq!(zhang.pull("g1", from).err(), Some(Problem::Malformed));
        }
        assert_eq!(zhang.pull("g1", i64::MAX as u64).unwrap().rows, []);
    }
}
