//! Look-ups.

use std::collections::BTreeSet;

use butler_core::model::{
    ActorId, ChangeHash, CommunityId, DeviceId, EditId, Generation, GridId, IdError, Kind, OfficePublic,
    PhotoId, PlaceId, PlaybookHash, Receipt, RecordId, StaffId, Timestamp,
};
use butler_core::sync::message::{Membership, OfficeTable, SignedSet, TableName};
use rusqlite::types::FromSql;
use rusqlite::{Row, ToSql, params};
use serde::de::DeserializeOwned;

use super::Tx;
use crate::storage::{
    AcceptedChange, AcceptedCopy, AuditRow, AwaitedPhoto, Code, Community, Device, FeedRow, Held, HeldKind,
    Life, Pending, PhotoOffer, Read, RecordRow, Session, Share, Sizes, StorageError, Stored,
};

/// The last argument of SQL `LIMIT` is signed.
pub(super) fn limit_arg(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Tx<'_> {
    fn one<T>(
        &self,
        sql: &str,
        args: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> Stored<T>,
    ) -> Stored<Option<T>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(args)?;
        rows.next()?.map(read).transpose()
    }

    fn all<T>(&self, sql: &str, args: &[&dyn ToSql], read: impl Fn(&Row<'_>) -> Stored<T>) -> Stored<Vec<T>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(args)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }
}

impl Read for Tx<'_> {
    fn community(&self) -> Stored<Community> {
        self.one("SELECT community, utc_offset_minutes, device, name FROM office", &[], |row| {
            Ok(Community {
                id: text::<CommunityId>(row, 0, "community")?,
                utc_offset_minutes: row.get(1)?,
                office: bytes(row, 2, DeviceId::from_slice)?,
                name: row.get(3)?,
            })
        })?
        .ok_or(StorageError::NotInitialised)
    }

    fn life(&self) -> Stored<Life> {
        self.one("SELECT generation, actor FROM office", &[], |row| {
            Ok(Life {
                generation: bytes(row, 0, Generation::from_slice)?,
                actor: bytes(row, 1, ActorId::from_slice)?,
            })
        })?
        .ok_or(StorageError::NotInitialised)
    }

    fn table(&self, name: TableName) -> Stored<OfficeTable> {
        let found =
            self.one("SELECT version, rows FROM office_table WHERE name = ?1", &[&table_key(name)], |row| {
                Ok(OfficeTable { name, version: row.get(0)?, rows: row.get(1)? })
            })?;
        Ok(found.unwrap_or_else(|| OfficeTable { name, version: 0, rows: "[]".to_owned() }))
    }

    fn table_versions(&self) -> Stored<Vec<(TableName, u64)>> {
        self.all("SELECT name, version FROM office_table ORDER BY name", &[], |row| {
            Ok((named(&row.get::<_, String>(0)?, "table name")?, row.get(1)?))
        })
    }

    fn office_key(&self) -> Stored<OfficePublic> {
        self.one("SELECT office_key FROM office", &[], |row| bytes(row, 0, OfficePublic::from_slice))?
            .ok_or(StorageError::NotInitialised)
    }

    fn playbook_set_version(&self) -> Stored<u64> {
        let version = self.one("SELECT max(version) FROM playbook_set", &[], |row| Ok(row.get(0)?))?;
        Ok(version.flatten().unwrap_or(0))
    }

    fn playbook_sets(&self) -> Stored<Vec<SignedSet>> {
        self.all("SELECT manifest, signature FROM playbook_set ORDER BY version", &[], signed_set)
    }

    fn playbook_set(&self) -> Stored<Option<SignedSet>> {
        let newest = "SELECT manifest, signature FROM playbook_set ORDER BY version DESC LIMIT 1";
        self.one(newest, &[], signed_set)
    }

    fn playbook(&self, hash: PlaybookHash) -> Stored<Option<String>> {
        self.one("SELECT text FROM playbook_file WHERE hash = ?1", &[hash.as_bytes()], |row| Ok(row.get(0)?))
    }

    fn device(&self, id: DeviceId) -> Stored<Option<Device>> {
        self.one(&format!("{DEVICE} WHERE id = ?1"), &[id.as_bytes()], device)
    }

    fn devices(&self) -> Stored<Vec<Device>> {
        self.all(&format!("{DEVICE} ORDER BY staff, enrolled_at, id"), &[], device)
    }

    fn code(&self, selector: &str) -> Stored<Option<Code>> {
        let sql = "SELECT selector, hash, staff, expires_at, used_by FROM code WHERE selector = ?1";
        self.one(sql, &[&selector], |row| {
            Ok(Code {
                selector: row.get(0)?,
                hash: row.get(1)?,
                staff: text::<StaffId>(row, 2, "staff")?,
                expires: moment(row, 3)?,
                used_by: optional(row, 4, DeviceId::from_slice)?,
            })
        })
    }

    fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Stored<Option<Session>> {
        let sql = "SELECT device, expires_at FROM session WHERE token_hash = ?1 AND expires_at > ?2";
        self.one(sql, &[token_hash, &now.millis()], |row| {
            Ok(Session {
                token_hash: *token_hash,
                device: bytes(row, 0, DeviceId::from_slice)?,
                expires: moment(row, 1)?,
            })
        })
    }

    fn record(&self, id: RecordId) -> Stored<Option<RecordRow>> {
        self.one(&format!("{RECORD} WHERE id = ?1"), &[id.as_bytes()], record)
    }

    fn records_at(&self, place: &PlaceId) -> Stored<Vec<RecordRow>> {
        self.all(&format!("{RECORD} WHERE place = ?1 ORDER BY id"), &[&place.as_str()], record)
    }

    fn snapshot(&self, id: RecordId) -> Stored<Option<Vec<u8>>> {
        self.one("SELECT document FROM snapshot WHERE record = ?1", &[id.as_bytes()], |row| Ok(row.get(0)?))
    }

    fn receipts(&self, record: RecordId, ordinal: u32, limit: usize) -> Stored<Vec<(ChangeHash, Receipt)>> {
        let sql = "SELECT hash, ordinal, received_at FROM change WHERE record = ?1 AND ordinal >= ?2
                   ORDER BY ordinal LIMIT ?3";
        self.all(sql, &[record.as_bytes(), &ordinal, &limit_arg(limit)], |row| {
            Ok((
                bytes(row, 0, ChangeHash::from_slice)?,
                Receipt { ordinal: row.get(1)?, at: moment(row, 2)? },
            ))
        })
    }

    fn changes(&self, record: RecordId, ordinal: u32, bytes: usize) -> Stored<Vec<Vec<u8>>> {
        let sql = "SELECT bytes FROM change WHERE record = ?1 AND ordinal >= ?2 ORDER BY ordinal";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params![record.as_bytes(), ordinal])?;
        let (mut changes, mut size) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let change: Vec<u8> = row.get(0)?;
            size += change.len();
            if size > bytes && !changes.is_empty() {
                break;
            }
            changes.push(change);
        }
        Ok(changes)
    }

    fn share(&self, record: RecordId, device: DeviceId) -> Stored<Share> {
        let sql = "SELECT bytes, day, day_bytes, day_changes FROM share WHERE record = ?1 AND device = ?2";
        let share = self.one(sql, &[record.as_bytes(), device.as_bytes()], |row| {
            Ok(Share {
                bytes: row.get(0)?,
                day: row.get(1)?,
                day_bytes: row.get(2)?,
                day_changes: row.get(3)?,
            })
        })?;
        Ok(share.unwrap_or_default())
    }

    fn change(&self, record: RecordId, hash: ChangeHash) -> Stored<Option<AcceptedChange>> {
        let sql = "SELECT hash, actor, seq, edit, staff, signature, generation, ordinal, received_at, bytes
                   FROM change WHERE record = ?1 AND hash = ?2";
        self.one(sql, &[record.as_bytes(), hash.as_bytes()], |row| {
            Ok(AcceptedChange {
                hash: bytes(row, 0, ChangeHash::from_slice)?,
                actor: bytes(row, 1, ActorId::from_slice)?,
                seq: row.get(2)?,
                edit: bytes(row, 3, EditId::from_slice)?,
                staff: text::<StaffId>(row, 4, "staff")?,
                signature: row.get(5)?,
                generation: bytes(row, 6, Generation::from_slice)?,
                receipt: Receipt { ordinal: row.get(7)?, at: moment(row, 8)? },
                bytes: row.get(9)?,
            })
        })
    }

    fn accepted_copy(&self, record: RecordId, edit: EditId, staff: &StaffId) -> Stored<Option<AcceptedCopy>> {
        let sql =
            "SELECT hash, ordinal, received_at FROM change WHERE edit = ?1 AND record = ?2 AND staff = ?3
             ORDER BY ordinal LIMIT 1";
        self.one(sql, &[edit.as_bytes(), record.as_bytes(), &staff.as_str()], |row| {
            Ok(AcceptedCopy {
                change: bytes(row, 0, ChangeHash::from_slice)?,
                receipt: Receipt { ordinal: row.get(1)?, at: moment(row, 2)? },
            })
        })
    }

    fn change_at(&self, record: RecordId, actor: ActorId, seq: u64) -> Stored<Option<ChangeHash>> {
        let sql = "SELECT hash FROM change WHERE record = ?1 AND actor = ?2 AND seq = ?3";
        self.one(sql, &[record.as_bytes(), actor.as_bytes(), &seq], |row| {
            bytes(row, 0, ChangeHash::from_slice)
        })
    }

    fn dead_hash(&self, record: RecordId, hash: ChangeHash) -> Stored<Option<Held>> {
        let sql = format!("{HELD} WHERE record = ?1 AND hash = ?2 AND binding AND released_at IS NULL");
        self.one(&sql, &[record.as_bytes(), hash.as_bytes()], held)
    }

    fn dead_edit(&self, record: RecordId, edit: EditId, staff: &StaffId) -> Stored<Option<Held>> {
        let sql = format!(
            "{HELD} WHERE record = ?1 AND edit = ?2 AND staff = ?3 AND binding AND released_at IS NULL
             AND kind IN ('rejected', 'quarantined') ORDER BY at, hash LIMIT 1"
        );
        self.one(&sql, &[record.as_bytes(), edit.as_bytes(), &staff.as_str()], held)
    }

    fn held(&self) -> Stored<Vec<Held>> {
        self.all(&format!("{HELD} WHERE released_at IS NULL ORDER BY at, record, hash, sender"), &[], held)
    }

    fn holds(&self, record: RecordId, sender: DeviceId) -> Stored<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM held WHERE record = ?1 AND sender = ?2)
                       OR EXISTS (SELECT 1 FROM pending WHERE record = ?1 AND sender = ?2)
                       OR EXISTS (SELECT 1 FROM change WHERE record = ?1 AND actor BETWEEN ?3 AND ?4)";
        let (first, last) = (ActorId::new(sender, [0; 8]), ActorId::new(sender, [0xff; 8]));
        let args = params![record.as_bytes(), sender.as_bytes(), first.as_bytes(), last.as_bytes()];
        Ok(self.0.prepare_cached(sql)?.query_row(args, |row| row.get(0))?)
    }

    fn held_of(&self, sender: DeviceId) -> Stored<u64> {
        Ok(self.0.prepare_cached(HELD_OF)?.query_row([sender.as_bytes()], |row| row.get(0))?)
    }

    fn pending(&self, record: RecordId) -> Stored<Vec<Pending>> {
        self.all(&format!("{PENDING} WHERE record = ?1 ORDER BY at, hash"), &[record.as_bytes()], pending)
    }

    fn pending_hashes(&self, record: RecordId) -> Stored<BTreeSet<ChangeHash>> {
        let sql = "SELECT hash FROM pending WHERE record = ?1";
        let hashes = self.all(sql, &[record.as_bytes()], |row| bytes(row, 0, ChangeHash::from_slice))?;
        Ok(hashes.into_iter().collect())
    }

    fn pending_for(
        &self,
        record: RecordId,
        missing: Option<ChangeHash>,
        limit: usize,
    ) -> Stored<Vec<Pending>> {
        let sql = format!("{PENDING} WHERE record = ?1 AND missing IS ?2 ORDER BY at, hash LIMIT ?3");
        self.all(&sql, &[record.as_bytes(), &missing.map(|hash| hash.0), &limit_arg(limit)], pending)
    }

    fn all_pending(&self) -> Stored<Vec<Pending>> {
        self.all(&format!("{PENDING} ORDER BY at, record, hash"), &[], pending)
    }

    fn feed(&self, grid: &GridId, from: u64, limit: usize) -> Stored<Vec<FeedRow>> {
        let sql = "SELECT seq, record, membership, ordinal FROM feed WHERE grid = ?1 AND seq > ?2
                   ORDER BY seq LIMIT ?3";
        self.all(sql, &[&grid.as_str(), &from, &limit_arg(limit)], |row| {
            Ok(FeedRow {
                seq: row.get(0)?,
                record: bytes(row, 1, RecordId::from_slice)?,
                membership: named::<Membership>(&row.get::<_, String>(2)?, "membership")?,
                ordinal: row.get(3)?,
            })
        })
    }

    fn feed_end(&self, grid: &GridId) -> Stored<u64> {
        let sql = "SELECT coalesce(max(seq), 0) FROM feed WHERE grid = ?1";
        Ok(self.0.prepare_cached(sql)?.query_row([grid.as_str()], |row| row.get(0))?)
    }

    fn position(&self) -> Stored<u64> {
        Ok(self.0.query_row("SELECT commits FROM office", [], |row| row.get(0))?)
    }

    fn watermark(&self) -> Stored<u64> {
        Ok(self.0.query_row("SELECT watermark FROM office", [], |row| row.get(0))?)
    }

    fn photo(&self, id: PhotoId) -> Stored<Option<u64>> {
        self.one("SELECT size FROM photo WHERE id = ?1", &[id.as_bytes()], |row| Ok(row.get(0)?))
    }

    fn photo_is_of(&self, id: PhotoId, record: RecordId) -> Stored<bool> {
        let sql = "SELECT 1 FROM photo_record WHERE photo = ?1 AND record = ?2";
        Ok(self.0.prepare_cached(sql)?.exists(params![id.as_bytes(), record.as_bytes()])?)
    }

    fn awaited_photos(&self) -> Stored<Vec<AwaitedPhoto>> {
        let sql = "SELECT photo, record, device, at FROM photo_named
                   WHERE NOT EXISTS (SELECT 1 FROM photo_record
                                     WHERE photo_record.photo = photo_named.photo
                                     AND photo_record.record = photo_named.record)
                   ORDER BY at, record, photo";
        self.all(sql, &[], |row| {
            Ok(AwaitedPhoto {
                photo: PhotoId(row.get(0)?),
                record: bytes(row, 1, RecordId::from_slice)?,
                device: bytes(row, 2, DeviceId::from_slice)?,
                since: moment(row, 3)?,
            })
        })
    }

    fn photo_offer(&self, id: PhotoId, device: DeviceId) -> Stored<Option<PhotoOffer>> {
        let sql = "SELECT size, received, proven FROM photo_offer WHERE photo = ?1 AND device = ?2";
        self.one(sql, &[id.as_bytes(), device.as_bytes()], |row| {
            Ok(PhotoOffer { size: row.get(0)?, received: row.get(1)?, proven: row.get(2)? })
        })
    }

    fn photo_offer_records(&self, id: PhotoId, device: DeviceId) -> Stored<Vec<RecordId>> {
        let sql = "SELECT record FROM photo_offer_record WHERE photo = ?1 AND device = ?2 ORDER BY record";
        self.all(sql, &[id.as_bytes(), device.as_bytes()], |row| bytes(row, 0, RecordId::from_slice))
    }

    fn photo_offer_bytes(&self, id: PhotoId, device: DeviceId) -> Stored<Vec<u8>> {
        let sql = "SELECT bytes FROM photo_piece WHERE photo = ?1 AND device = ?2 ORDER BY start";
        let pieces =
            self.all(sql, &[id.as_bytes(), device.as_bytes()], |row| Ok(row.get::<_, Vec<u8>>(0)?))?;
        Ok(pieces.concat())
    }

    fn photo_bytes(&self, id: PhotoId, offset: u64, limit: usize) -> Stored<Vec<u8>> {
        // Pieces are short and touch each other, so at most a few are read: the one that holds `offset` and
        // those after it until the limit is full.
        let mut statement = self.0.prepare_cached(
            "SELECT start, bytes FROM photo_piece JOIN photo ON id = photo AND photo.device = photo_piece.device
             WHERE photo = ?1 AND start + length(bytes) > ?2 ORDER BY start",
        )?;
        let mut rows = statement.query(params![id.as_bytes(), offset])?;
        let mut found = Vec::new();
        while found.len() < limit {
            let Some(row) = rows.next()? else { break };
            let start: u64 = row.get(0)?;
            let piece: Vec<u8> = row.get(1)?;
            let skip = usize::try_from(offset.saturating_sub(start)).unwrap_or(usize::MAX);
            let rest = piece.get(skip..).unwrap_or_default();
            found.extend_from_slice(&rest[..rest.len().min(limit - found.len())]);
        }
        Ok(found)
    }

    fn sizes(&self) -> Stored<Sizes> {
        let count = |what: &str| -> Stored<u64> {
            Ok(self.0.query_row(&format!("SELECT {what}"), [], |row| row.get(0))?)
        };
        Ok(Sizes {
            records: count("count(*) FROM record")?,
            changes: count("count(*) FROM change")?,
            held: count("count(*) FROM held")?,
            feed: count("count(*) FROM feed")?,
            audit: count("count(*) FROM audit")?,
            passing: count(
                "(SELECT count(*) FROM session) + (SELECT count(*) FROM used_nonce) + (SELECT count(*) FROM code)",
            )?,
            photo_bytes: count(
                "(SELECT coalesce(sum(size), 0) FROM photo)
                 + (SELECT coalesce(sum(received), 0) FROM photo_offer WHERE NOT proven)",
            )?,
        })
    }

    fn audit(&self, from: u64, limit: usize) -> Stored<Vec<AuditRow>> {
        let sql = format!("{AUDIT} WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        self.all(&sql, &[&from, &limit_arg(limit)], audit_row)
    }

    fn last_audit(&self, action: &str) -> Stored<Option<AuditRow>> {
        let sql = format!("{AUDIT} WHERE action = ?1 ORDER BY seq DESC LIMIT 1");
        self.one(&sql, &[&action], audit_row)
    }

    fn audit_of(&self, action: &str) -> Stored<Vec<AuditRow>> {
        self.all(&format!("{AUDIT} WHERE action = ?1 ORDER BY seq"), &[&action], audit_row)
    }
}

const AUDIT: &str = "SELECT seq, at, who, action, about, chain FROM audit";

fn audit_row(row: &Row<'_>) -> Stored<AuditRow> {
    Ok(AuditRow {
        seq: row.get(0)?,
        at: moment(row, 1)?,
        who: row.get(2)?,
        action: row.get(3)?,
        about: row.get(4)?,
        chain: row.get(5)?,
    })
}

const DEVICE: &str =
    "SELECT id, staff, public_key, label, enrolled_at, revoked_at, last_sync_at, caught_up_at, report
     FROM device";

fn device(row: &Row<'_>) -> Stored<Device> {
    Ok(Device {
        id: bytes(row, 0, DeviceId::from_slice)?,
        staff: text::<StaffId>(row, 1, "staff")?,
        public_key: row.get(2)?,
        label: row.get(3)?,
        enrolled: moment(row, 4)?,
        revoked: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
        last_sync: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_millis),
        caught_up: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
        report: json(row, 8, "device report")?,
    })
}

const RECORD: &str = "SELECT id, kind, version, place, accepted, bytes FROM record";

fn record(row: &Row<'_>) -> Stored<RecordRow> {
    Ok(RecordRow {
        id: bytes(row, 0, RecordId::from_slice)?,
        kind: Kind::from_name(&row.get::<_, String>(1)?).ok_or(StorageError::Unreadable { what: "kind" })?,
        version: row.get(2)?,
        place: text::<PlaceId>(row, 3, "place")?,
        accepted: row.get(4)?,
        bytes: row.get(5)?,
    })
}

pub(super) const HELD: &str =
    "SELECT hash, sender, edit, staff, kind, reason, because, binding, at, envelope FROM held";

pub(super) fn held(row: &Row<'_>) -> Stored<Held> {
    let edit = optional(row, 2, EditId::from_slice)?;
    let staff: Option<String> = row.get(3)?;
    let staff =
        staff.map(StaffId::new).transpose().map_err(|_| StorageError::Unreadable { what: "staff" })?;
    Ok(Held {
        hash: bytes(row, 0, ChangeHash::from_slice)?,
        sender: bytes(row, 1, DeviceId::from_slice)?,
        edit: edit.zip(staff),
        kind: HeldKind::from_name(&row.get::<_, String>(4)?)
            .ok_or(StorageError::Unreadable { what: "verdict" })?,
        reason: json(row, 5, "reason")?,
        because: optional(row, 6, ChangeHash::from_slice)?,
        binding: row.get(7)?,
        at: moment(row, 8)?,
        envelope: packed(row, 9)?,
    })
}

pub(super) const HELD_OF: &str =
    "SELECT (SELECT count(*) FROM held WHERE sender = ?1 AND released_at IS NULL)
                                     + (SELECT count(*) FROM pending WHERE sender = ?1)";

const PENDING: &str = "SELECT hash, sender, missing, at, envelope FROM pending";

fn pending(row: &Row<'_>) -> Stored<Pending> {
    Ok(Pending {
        hash: bytes(row, 0, ChangeHash::from_slice)?,
        sender: bytes(row, 1, DeviceId::from_slice)?,
        missing: optional(row, 2, ChangeHash::from_slice)?,
        at: moment(row, 3)?,
        envelope: packed(row, 4)?,
    })
}

fn signed_set(row: &Row<'_>) -> Stored<SignedSet> {
    Ok(SignedSet { manifest: row.get(0)?, signature: row.get::<_, Vec<u8>>(1)?.into() })
}

/// The stored key of a table: its name on the wire.
pub(super) fn table_key(name: TableName) -> &'static str {
    match name {
        TableName::Staff => "staff",
        TableName::Grids => "grids",
        TableName::Places => "places",
        TableName::Assignments => "assignments",
    }
}

fn bytes<T>(row: &Row<'_>, at: usize, read: impl Fn(&[u8]) -> Result<T, IdError>) -> Stored<T> {
    read(row.get_ref(at)?.as_blob().map_err(|_| StorageError::Unreadable { what: "identifier" })?)
        .map_err(|error| StorageError::Unreadable { what: error.expected })
}

fn optional<T>(row: &Row<'_>, at: usize, read: impl Fn(&[u8]) -> Result<T, IdError>) -> Stored<Option<T>> {
    let found: Option<Vec<u8>> = row.get(at)?;
    found
        .map(|found| read(&found).map_err(|error| StorageError::Unreadable { what: error.expected }))
        .transpose()
}

fn text<T: std::str::FromStr>(row: &Row<'_>, at: usize, what: &'static str) -> Stored<T> {
    row.get::<_, String>(at)?.parse().map_err(|_| StorageError::Unreadable { what })
}

fn moment(row: &Row<'_>, at: usize) -> Stored<Timestamp> {
    Ok(Timestamp::from_millis(
        FromSql::column_result(row.get_ref(at)?).map_err(|_| StorageError::Unreadable { what: "moment" })?,
    ))
}

fn json<T: DeserializeOwned>(row: &Row<'_>, at: usize, what: &'static str) -> Stored<T> {
    serde_json::from_str(&row.get::<_, String>(at)?).map_err(|_| StorageError::Unreadable { what })
}

/// A unit variant by the name it has on the wire.
fn named<T: DeserializeOwned>(name: &str, what: &'static str) -> Stored<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned()))
        .map_err(|_| StorageError::Unreadable { what })
}

fn packed<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> Stored<T> {
    let bytes: Vec<u8> = row.get(at)?;
    ciborium::from_reader(bytes.as_slice()).map_err(|_| StorageError::Unreadable { what: "envelope" })
}
