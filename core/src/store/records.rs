//! What is known of a record: its changes with their standing, the document they make, and how both are written.
//!
//! A document is handed out ([`Tx::take_document`]), changed by the caller (by authoring, or by what the gate
//! admitted), and handed back together with the changes that made the difference. Rows, heads, projection and
//! search then follow in the same transaction.

mod direct;
mod receipts;
mod tips;
mod writing;

pub use direct::Arrival;

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Reader, StoreError, Tx};
use crate::crdt::{ChangeInfo, Document};
use crate::model::{
    ActorId, ChangeHash, DeviceId, Edit, EditId, Generation, Kind, KindVersion, PlaceId, Receipt, Record,
    RecordId, Seal, Timestamp,
};

/// How far the office's backups must reach to hold a change, while it is not known that the office has it.
pub(super) const NOT_KNOWN: i64 = i64::MAX;

/// Where the office said that it accepted a change.
#[derive(Clone, Copy)]
enum Said<'a> {
    /// In its answer to the change that was handed in.
    InAnswer,
    /// In the list of a record's receipts, with its seal.
    InList(Option<&'a Seal>),
}

/// Who signed a change. Travels with it until the office has acknowledged it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// The device.
    pub device: DeviceId,
    /// Its signature over `Envelope::signed_bytes`.
    pub signature: [u8; 64],
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeStanding {
    /// Made here (under this or an earlier actor of this phone) and not acknowledged.
    Unsent(Signed),
    /// Made elsewhere, brought by a peer, and not acknowledged: handed in for its author.
    Foreign(Signed),
    /// Accepted by the office.
    Accepted {
        /// In which life of the office's database; `None` when it was said to a revoked device that knows of none.
        generation: Option<Generation>,
        /// Its receipt.
        receipt: Receipt,
    },
}

/// An own change about to be stored.
#[derive(Debug, Clone, Copy)]
pub struct Authored<'a> {
    /// The change, already in the document.
    pub info: &'a ChangeInfo,
    /// The edit it carries: what is authored again, or shown, should it be rejected.
    pub intent: &'a Edit,
    /// This device's signature.
    pub signed: Signed,
}

/// A change from elsewhere about to be stored.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The change.
    pub info: &'a ChangeInfo,
    /// Where it stands; [`ChangeStanding::Unsent`] for an own change that came back without a receipt.
    pub standing: ChangeStanding,
}

/// A change as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredChange {
    /// Its hash.
    pub hash: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// Its number.
    pub seq: u64,
    /// The edit it carries.
    pub edit: EditId,
    /// Where it stands.
    pub standing: ChangeStanding,
    /// A dependency is missing: it is in no document yet.
    pub waiting: bool,
    /// The office's list of its record's receipts names it.
    pub confirmed: bool,
    /// The edit, of own changes that may be in no backup of the office.
    pub intent: Option<Edit>,
    /// When it was authored by this device's clock, of own changes not acknowledged.
    pub authored_at: Option<Timestamp>,
    /// The plain chunk, unless a snapshot holds it: see [`Reader::change_bytes`].
    pub bytes: Option<Vec<u8>>,
}

impl StoredChange {
    /// Whether the office accepted it and has it in that life of its data: what an earlier life accepted stands only once
    /// it is listed again.
    #[must_use]
    pub fn is_accepted_in(&self, life: Option<Generation>) -> bool {
        match self.standing {
            ChangeStanding::Accepted { generation, .. } => self.confirmed || generation == life,
            ChangeStanding::Unsent(_) | ChangeStanding::Foreign(_) => false,
        }
    }
}

/// Columns of `change`, in the order [`read_change`] takes them.
const COLUMNS: &str = "hash, actor, seq, copy_of, standing, waiting, confirmed, generation, ordinal, received_at, \
                       device, signature, intent, authored_at, bytes";

pub(super) fn read_change(row: &Row<'_>) -> Result<StoredChange, StoreError> {
    let hash: ChangeHash = row.get("hash")?;
    let intent: Option<String> = row.get("intent")?;
    let standing: String = row.get("standing")?;
    let standing = match standing.as_str() {
        "accepted" => ChangeStanding::Accepted {
            generation: row.get("generation")?,
            receipt: Receipt { ordinal: row.get("ordinal")?, at: row.get("received_at")? },
        },
        "foreign" => ChangeStanding::Foreign(read_signed(row)?),
        _ => ChangeStanding::Unsent(read_signed(row)?),
    };
    Ok(StoredChange {
        hash,
        actor: row.get("actor")?,
        seq: row.get::<_, i64>("seq")?.cast_unsigned(),
        edit: row.get::<_, Option<ChangeHash>>("copy_of")?.unwrap_or(hash),
        standing,
        waiting: row.get("waiting")?,
        confirmed: row.get("confirmed")?,
        intent: intent.as_deref().map(read_intent).transpose()?,
        authored_at: row.get("authored_at")?,
        bytes: row.get("bytes")?,
    })
}

pub(super) fn read_signed(row: &Row<'_>) -> Result<Signed, StoreError> {
    Ok(Signed { device: row.get("device")?, signature: row.get("signature")? })
}

pub(super) fn read_intent(text: &str) -> Result<Edit, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent { what: "a stored intent" })
}

pub(super) fn write_intent(edit: &Edit) -> Result<String, StoreError> {
    serde_json::to_string(edit).map_err(|_| StoreError::Inconsistent { what: "an intent" })
}

/// What the office listed of a record's accepted changes.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// How many it has accepted.
    pub accepted: u32,
    /// The ordinal of the first one listed.
    pub first: u32,
    /// Hash and office time, by rising ordinal.
    pub receipts: &'a [(ChangeHash, Timestamp)],
    /// Their seals, one for each, as they came; none from an office that does not seal.
    pub seals: &'a [Seal],
}

/// A record of which something the office accepted is missing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incomplete {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its genesis version.
    pub version: KindVersion,
    /// Where the office pinned it.
    pub place: PlaceId,
    /// How many changes the office has accepted, as it said last.
    pub accepted: u32,
    /// Up to which ordinal all of them are here.
    pub complete: u32,
}

/// The local row of a record.
pub(super) struct Header {
    pub rid: i64,
    pub kind: Kind,
    pub version: KindVersion,
}

impl Reader<'_> {
    /// The record as it reads now; `None` when it is not here.
    ///
    /// # Errors
    /// [`StoreError`] of the document.
    pub fn record(&self, record: RecordId) -> Result<Option<Record>, StoreError> {
        match self.tip(record)? {
            Some(tip) => Ok(Some(tip.record())),
            None => Ok(self.document(record)?.map(|document| document.record())),
        }
    }

    /// The record, for whoever goes through many: `None` also for one whose document cannot be read, so that it holds up
    /// none of the others.
    pub fn readable(&self, record: RecordId) -> Result<Option<Record>, StoreError> {
        match self.record(record) {
            Err(error) if error.is_of_one_record() => Ok(None),
            record => record,
        }
    }

    /// The record's document; `None` when it is not here.
    ///
    /// # Errors
    /// [`StoreError`] of the document.
    pub fn document(&self, record: RecordId) -> Result<Option<Document>, StoreError> {
        let Some(header) = self.header(record)? else { return Ok(None) };
        let snapshot: Option<(i64, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT upto, bytes FROM snapshot WHERE rid = ?1")?
            .query_row([header.rid], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (upto, snapshot) = snapshot.map_or((0, None), |(upto, bytes)| (upto, Some(bytes)));
        let mut query = self.db.prepare_cached(
            "SELECT bytes FROM change WHERE rid = ?1 AND pos > ?2 AND waiting = 0 ORDER BY pos",
        )?;
        let tail: Vec<Vec<u8>> =
            query.query_map([header.rid, upto], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let tail: Vec<&[u8]> = tail.iter().map(Vec::as_slice).collect();
        Ok(Some(Document::load(record, header.kind, header.version, snapshot.as_deref(), &tail)?))
    }

    /// Kind and genesis version of a record that is here.
    pub fn kind(&self, record: RecordId) -> Result<Option<(Kind, KindVersion)>, StoreError> {
        Ok(self.header(record)?.map(|header| (header.kind, header.version)))
    }

    /// Every change of a record in the order taken here, waiting ones included.
    pub fn changes(&self, record: RecordId) -> Result<Vec<StoredChange>, StoreError> {
        let Some(header) = self.header(record)? else { return Ok(Vec::new()) };
        let mut query =
            self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM change WHERE rid = ?1 ORDER BY pos"))?;
        query.query_and_then([header.rid], read_change)?.collect()
    }

    /// One change of a record.
    pub fn change(&self, record: RecordId, hash: ChangeHash) -> Result<Option<StoredChange>, StoreError> {
        let Some(header) = self.header(record)? else { return Ok(None) };
        let mut query =
            self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM change WHERE rid = ?1 AND hash = ?2"))?;
        let mut rows = query.query_and_then(params![header.rid, hash], read_change)?;
        rows.next().transpose()
    }

    /// Whether a change is here, in the document or waiting for it.
    pub fn has_change(&self, record: RecordId, hash: ChangeHash) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM change WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND hash = ?2",
        )?;
        Ok(query.exists(params![record, hash])?)
    }

    /// Whether a change is here and in no document, because something it builds on is missing.
    pub fn is_waiting(&self, record: RecordId, hash: ChangeHash) -> Result<bool, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM change WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND hash = ?2 AND waiting = 1",
        )?;
        Ok(query.exists(params![record, hash])?)
    }

    /// The changes in a record's document, each with where it stands. Whoever asks about many asks for all: a change is
    /// found by its hash only by going through those of its record.
    pub fn applied(&self, record: RecordId) -> Result<BTreeMap<ChangeHash, i64>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT hash, pos FROM change WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND waiting = 0",
        )?;
        let rows = query.query_map([record], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The bytes of changes, for whoever lacks them; those not here are left out.
    ///
    /// # Errors
    /// [`StoreError`] of the document.
    pub fn change_bytes(&self, record: RecordId, hashes: &[ChangeHash]) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut document = None;
        let mut found = Vec::new();
        for hash in hashes {
            let Some(change) = self.change(record, *hash)? else { continue };
            if let Some(bytes) = change.bytes {
                found.push(bytes);
                continue;
            }
            if document.is_none() {
                document = self.document(record)?;
            }
            let change = document.as_ref().and_then(|document| document.get_change(*hash));
            found.push(
                change.ok_or(StoreError::Inconsistent { what: "a compacted change" })?.bytes().to_vec(),
            );
        }
        Ok(found)
    }

    /// The receipts of a record's changes: the order that decides between exclusive steps.
    pub fn receipts(&self, record: RecordId) -> Result<BTreeMap<ChangeHash, Receipt>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT hash, ordinal, received_at FROM change
             WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND ordinal IS NOT NULL",
        )?;
        let rows = query.query_map([record], |row| {
            Ok((row.get(0)?, Receipt { ordinal: row.get(1)?, at: row.get(2)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Up to which ordinal every change the office accepted is in the record's document; 0 for a record that is not
    /// here.
    pub fn complete(&self, record: RecordId) -> Result<u32, StoreError> {
        let mut query = self.db.prepare_cached("SELECT complete FROM record WHERE id = ?1")?;
        Ok(query.query_row([record], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Records of which the office named changes that are not in their document: what this app's gate withheld, what
    /// did not arrive, what stood on either; and records of which nothing is here ([`Tx::is_missing`]), but for those of
    /// kinds this app does not know. At most `limit`, those after `after` first, then from the start.
    pub fn incomplete(&self, after: RecordId, limit: usize) -> Result<Vec<Incomplete>, StoreError> {
        let known: Vec<String> = Kind::ALL.iter().map(|kind| format!("'{}'", kind.name())).collect();
        let known = known.join(", ");
        let mut query = self.db.prepare_cached(&format!(
            "SELECT * FROM (
                 SELECT id, kind, version, place, accepted, complete FROM record
                 WHERE complete < accepted AND pinned = 1 AND grids > 0
                 UNION ALL
                 SELECT record, kind, version, place, max(accepted), 0 FROM missing
                 WHERE kind IN ({known}) GROUP BY record)
             ORDER BY id <= ?1, id LIMIT ?2",
        ))?;
        let rows = query.query_map(params![after, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok(Incomplete {
                record: row.get(0)?,
                kind: row.get(1)?,
                version: row.get(2)?,
                place: row.get(3)?,
                accepted: row.get(4)?,
                complete: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn header(&self, record: RecordId) -> Result<Option<Header>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT rid, kind, version FROM record WHERE id = ?1")?;
        Ok(query
            .query_row([record], |row| {
                Ok(Header { rid: row.get(0)?, kind: row.get(1)?, version: row.get(2)? })
            })
            .optional()?)
    }

    pub(super) fn rid(&self, record: RecordId) -> Result<i64, StoreError> {
        self.header(record)?.map(|header| header.rid).ok_or(StoreError::NotFound { what: "the record" })
    }
}

impl Tx<'_> {
    /// The record as it reads now, this transaction's own writes included; `None` when it is not here. What was used
    /// lately is not loaded again.
    ///
    /// # Errors
    /// [`StoreError`] of the document.
    pub fn record(&self, record: RecordId) -> Result<Option<Record>, StoreError> {
        match self.fresh.get(record).or_else(|| self.kept.get(record)) {
            Some(document) => Ok(Some(document.record())),
            None => Reader::record(self, record),
        }
    }

    /// Looks at the record's document, this transaction's own writes included; `None` when it is not here.
    ///
    /// # Errors
    /// [`StoreError`] of the document.
    pub fn look<T>(
        &self,
        record: RecordId,
        at: impl FnOnce(&Document) -> T,
    ) -> Result<Option<T>, StoreError> {
        match self.fresh.get(record).or_else(|| self.kept.get(record)) {
            Some(document) => Ok(Some(at(document))),
            None => Ok(self.document(record)?.as_ref().map(at)),
        }
    }

    /// The record's document to work on; the genesis when the record is not here. Hand it back with
    /// [`Self::save_authored`], [`Self::apply`] or [`Self::rebuild`], or drop it.
    ///
    /// # Errors
    /// [`StoreError`] of the document; [`StoreError::Inconsistent`] when the record is here as
    /// another kind.
    pub fn take_document(
        &mut self,
        record: RecordId,
        kind: Kind,
        version: KindVersion,
    ) -> Result<Document, StoreError> {
        let kept = self.fresh.take(record).or_else(|| self.kept.take(record));
        let document = match kept {
            Some(document) => Some(document),
            None => self.document(record)?,
        };
        match document {
            Some(document) if (document.kind(), document.version()) != (kind, version) => {
                Err(StoreError::Inconsistent { what: "the kind of a record" })
            }
            Some(document) => Ok(document),
            None => Ok(Document::genesis(record, kind, version)?),
        }
    }
}
