//! What is new in a grid? One page of its feed, collapsed to one row per record.

use std::collections::BTreeMap;

use butler_core::model::{ChangeHash, GridId, RecordId, Timestamp};
use butler_core::sync::message::{Membership, Page, PageRow, Problem, Pull, Reply, limit};
use serde_bytes::ByteBuf;

use super::directory::Directory;
use super::error::Failure;
use super::{Asker, Hub};
use crate::storage::{FeedRow, Read, Storage, Stored};

/// What one receipt weighs on a page, in bytes.
const RECEIPT: usize = 48;

impl<S: Storage> Hub<S> {
    pub(super) fn pull(&self, asker: &Asker, pull: &Pull) -> Result<Reply, Failure> {
        let (device, page) = self.storage.read(|read| {
            let device = self.reading(read, asker)?;
            let directory = self.directory(read)?;
            if !self.grids_of(&directory, &device.staff).contains(&pull.grid) {
                return Err(Failure::from(Problem::WrongGrid));
            }
            let generation = read.life()?.generation;
            if self.rules.generation_is_checked && pull.generation != generation {
                return Err(Problem::WrongGeneration.into());
            }
            Ok((device, self.page(read, &directory, pull)?))
        })?;
        let personal =
            page.rows.iter().filter(|row| row.kind.is_personal() && !row.changes.is_empty()).count();
        if personal > 0 {
            let about = serde_json::json!({ "grid": page.grid, "from": page.from, "to": page.to, "personal": personal });
            self.storage
                .write(|tx| tx.put_audit(asker.now, &device.id.to_string(), "read", &about.to_string()))?;
        }
        Ok(Reply::Page(page))
    }

    fn page(&self, read: &dyn Read, directory: &Directory, pull: &Pull) -> Stored<Page> {
        let feed = read.feed(&pull.grid, pull.from, limit::ROWS)?;
        let more = feed.len() == limit::ROWS;
        let mut page = Page {
            generation: pull.generation,
            grid: pull.grid.clone(),
            from: pull.from,
            to: pull.from,
            complete: !more,
            rows: Vec::new(),
        };
        let mut weight = 0;
        let mut packed: BTreeMap<RecordId, usize> = BTreeMap::new();
        for row in &feed {
            // A record is packed at its first row, with all that the later rows of this stretch say.
            if !packed.contains_key(&row.record) {
                let rows = feed.iter().filter(|other| other.record == row.record);
                let budget =
                    if page.rows.is_empty() { limit::PAGE } else { limit::PAGE.saturating_sub(weight) };
                let Some((packing, size)) = self.pack(read, directory, &pull.grid, rows, budget)? else {
                    if page.rows.is_empty() {
                        page.to = row.seq;
                        continue;
                    }
                    page.complete = false;
                    break;
                };
                weight += size;
                packed.insert(row.record, page.rows.len());
                page.rows.push(packing);
            }
            page.to = row.seq;
        }
        Ok(page)
    }

    /// One record of the page; `None` when it does not fit the rest of the page. The first record of a page
    /// always fits: of one larger than a page the first changes travel, the rest is asked for by hash.
    fn pack<'a>(
        &self,
        read: &dyn Read,
        directory: &Directory,
        grid: &GridId,
        rows: impl Iterator<Item = &'a FeedRow>,
        budget: usize,
    ) -> Stored<Option<(PageRow, usize)>> {
        let rows: Vec<&FeedRow> = rows.collect();
        let Some(newest) = rows.last() else { return Ok(None) };
        let Some(record) = read.record(newest.record)? else { return Ok(None) };
        let here = directory.grids_at(&record.place).contains(grid);
        let membership = if !here || newest.membership == Membership::Leave {
            Membership::Leave
        } else if rows.iter().any(|row| row.membership == Membership::Enter) {
            Membership::Enter
        } else {
            Membership::Update
        };
        let mut packing = PageRow {
            record: record.id,
            kind: record.kind,
            version: record.version,
            place: record.place,
            membership,
            receipts: Vec::new(),
            changes: Vec::new(),
            seal: None,
        };
        if membership == Membership::Leave {
            return Ok(Some((packing, RECEIPT)));
        }
        let first = match membership {
            Membership::Enter => 1,
            _ => rows.iter().map(|row| row.ordinal).min().unwrap_or(1),
        };
        let receipts = read.receipts(packing.record)?;
        let known: Vec<(ChangeHash, Timestamp)> =
            receipts.iter().map(|(hash, receipt)| (*hash, receipt.at)).collect();
        packing.receipts = if self.rules.all_receipts_in_reply {
            known
        } else {
            known.into_iter().skip(first as usize - 1).collect()
        };
        if !self.rules.receipts_ordinal_within_record {
            order_by_feed(&mut packing.receipts, &receipts, read.feed(grid, 0, usize::MAX)?, packing.record);
        }
        let mut size = packing.receipts.len() * RECEIPT + RECEIPT;
        let changes = read.changes(packing.record, first)?;
        let whole: usize = changes.iter().map(Vec::len).sum();
        if size + whole > budget && budget < limit::PAGE {
            return Ok(None);
        }
        for change in changes {
            if size + change.len() > limit::PAGE && !packing.changes.is_empty() {
                break;
            }
            size += change.len();
            packing.changes.push(ByteBuf::from(change));
        }
        Ok(Some((packing, size)))
    }
}

/// The order a receipt would have if it were a feed position, as the first design had it: what rule 10
/// forbids, kept so that a fleet can show that it would notice. A change is placed where this grid first
/// showed it; those that entered together have no order but their hashes.
fn order_by_feed(
    shown: &mut [(ChangeHash, Timestamp)],
    receipts: &[(ChangeHash, butler_core::model::Receipt)],
    feed: Vec<FeedRow>,
    record: RecordId,
) {
    let entered = |ordinal: u32| {
        let rows = feed.iter().filter(|row| row.record == record && row.membership != Membership::Leave);
        let mut last_enter = 0;
        let mut position = 0;
        for row in rows {
            if row.membership == Membership::Enter {
                last_enter = row.seq;
                position = position.max(0);
            } else if row.ordinal <= ordinal {
                position = row.seq;
            }
        }
        position.max(last_enter)
    };
    let ordinal = |hash: &ChangeHash| {
        receipts.iter().find(|(other, _)| other == hash).map_or(0, |(_, receipt)| receipt.ordinal)
    };
    shown.sort_by_key(|(hash, _)| (entered(ordinal(hash)), *hash));
}
