//! Changes of state.

use butler_core::model::{ChangeHash, DeviceId, GridId, PhotoId, PlaybookHash, RecordId, Timestamp};
use butler_core::sync::message::{DeviceReport, Envelope, Membership, SignedSet, TableName};
use butler_core::sync::playbook_set::OfficeKey;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::Tx;
use super::read::{HELD, held, table_key};
use crate::storage::{
    AcceptedChange, AuditRow, Code, Device, Held, OfferBound, Pending, Read, RecordRow, Session, Share,
    StorageError, Stored, Write,
};

impl Tx<'_> {
    fn run(&self, sql: &str, args: &[&dyn rusqlite::ToSql]) -> Stored<usize> {
        Ok(self.0.prepare_cached(sql)?.execute(args)?)
    }
}

impl Write for Tx<'_> {
    fn reader(&self) -> &dyn Read {
        self
    }

    fn put_table(&mut self, name: TableName, rows: &str) -> Stored<u64> {
        let sql = "INSERT INTO office_table (name, version, rows) VALUES (?1, 1, ?2)
                   ON CONFLICT (name) DO UPDATE SET version = version + 1, rows = ?2 RETURNING version";
        Ok(self.0.prepare_cached(sql)?.query_row(params![table_key(name), rows], |row| row.get(0))?)
    }

    fn put_name(&mut self, name: &str) -> Stored<()> {
        self.run("UPDATE office SET name = ?1", &[&name])?;
        Ok(())
    }

    fn put_playbook_set(&mut self, version: u64, set: &SignedSet, texts: &[&str]) -> Stored<()> {
        for text in texts {
            self.run(
                "INSERT INTO playbook_file (hash, text) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                &[PlaybookHash::of(text).as_bytes(), text],
            )?;
        }
        self.run(
            "INSERT INTO playbook_set (version, manifest, signature) VALUES (?1, ?2, ?3)",
            &[&version, &set.manifest, &set.signature.as_slice()],
        )?;
        Ok(())
    }

    fn put_office_key(&mut self, key: &OfficeKey) -> Stored<()> {
        self.run("UPDATE office SET office_key = ?1", &[key.public().as_bytes()])?;
        for set in self.playbook_sets()? {
            let signed = key.sign(set.manifest);
            let sql = "UPDATE playbook_set SET signature = ?1 WHERE manifest = ?2";
            self.run(sql, &[&signed.signature.as_slice(), &signed.manifest])?;
        }
        Ok(())
    }

    fn put_device(&mut self, device: &Device) -> Stored<()> {
        self.run(
            "INSERT INTO device (id, staff, public_key, label, enrolled_at, revoked_at, last_sync_at, caught_up_at, report)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (id) DO NOTHING",
            &[
                device.id.as_bytes(),
                &device.staff.as_str(),
                &device.public_key,
                &device.label,
                &device.enrolled.millis(),
                &device.revoked.map(Timestamp::millis),
                &device.last_sync.map(Timestamp::millis),
                &device.caught_up.map(Timestamp::millis),
                &json(&device.report)?,
            ],
        )?;
        Ok(())
    }

    fn revoke_device(&mut self, id: DeviceId, at: Timestamp) -> Stored<bool> {
        let sql = "UPDATE device SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
        Ok(self.run(sql, &[id.as_bytes(), &at.millis()])? == 1)
    }

    fn note_sync(
        &mut self,
        id: DeviceId,
        at: Timestamp,
        caught_up: bool,
        report: &DeviceReport,
    ) -> Stored<()> {
        let sql = "UPDATE device SET last_sync_at = ?2, report = ?3,
                       caught_up_at = CASE WHEN ?4 THEN ?2 ELSE caught_up_at END
                   WHERE id = ?1";
        self.run(sql, &[id.as_bytes(), &at.millis(), &json(report)?, &caught_up])?;
        Ok(())
    }

    fn put_code(&mut self, code: &Code) -> Stored<()> {
        self.run(
            "INSERT OR REPLACE INTO code (selector, hash, staff, expires_at, used_by)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                &code.selector,
                &code.hash,
                &code.staff.as_str(),
                &code.expires.millis(),
                &code.used_by.map(|device| device.0),
            ],
        )?;
        Ok(())
    }

    fn use_code(&mut self, selector: &str, by: DeviceId) -> Stored<()> {
        self.run("UPDATE code SET used_by = ?2 WHERE selector = ?1", &[&selector, by.as_bytes()])?;
        Ok(())
    }

    fn use_nonce(&mut self, nonce_hash: &[u8; 32], expires: Timestamp) -> Stored<bool> {
        let sql = "INSERT INTO used_nonce (hash, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        Ok(self.run(sql, &[nonce_hash, &expires.millis()])? == 1)
    }

    fn put_session(&mut self, session: &Session) -> Stored<()> {
        let sql = "DELETE FROM session WHERE device = ?1 AND token_hash NOT IN
                   (SELECT token_hash FROM session WHERE device = ?1 ORDER BY expires_at DESC LIMIT 7)";
        self.run(sql, &[session.device.as_bytes()])?;
        let sql = "INSERT INTO session (token_hash, device, expires_at) VALUES (?1, ?2, ?3)";
        self.run(sql, &[&session.token_hash, session.device.as_bytes(), &session.expires.millis()])?;
        Ok(())
    }

    fn forget_expired(&mut self, now: Timestamp) -> Stored<()> {
        for sql in [
            "DELETE FROM used_nonce WHERE expires_at <= ?1",
            "DELETE FROM session WHERE expires_at <= ?1",
            "DELETE FROM code WHERE expires_at <= ?1",
        ] {
            self.run(sql, &[&now.millis()])?;
        }
        Ok(())
    }

    fn lock(&mut self, _records: &[RecordId]) -> Stored<()> {
        // BEGIN IMMEDIATE holds every record already.
        Ok(())
    }

    fn accept(&mut self, record: &RecordRow, change: &AcceptedChange) -> Stored<()> {
        let ordinal = change.receipt.ordinal;
        if record.accepted != ordinal {
            return Err(StorageError::OutOfOrder { what: "receipt" });
        }
        let moved = if ordinal == 1 {
            self.run(
                "INSERT INTO record (id, kind, version, place, accepted, bytes) VALUES (?1, ?2, ?3, ?4, 1, ?5)
                 ON CONFLICT (id) DO NOTHING",
                &[
                    record.id.as_bytes(),
                    &record.kind.name(),
                    &record.version,
                    &record.place.as_str(),
                    &record.bytes,
                ],
            )?
        } else {
            let sql = "UPDATE record SET accepted = ?2, bytes = ?3 WHERE id = ?1 AND accepted = ?2 - 1";
            self.run(sql, &[record.id.as_bytes(), &ordinal, &record.bytes])?
        };
        if moved != 1 {
            return Err(StorageError::OutOfOrder { what: "receipt" });
        }
        self.run(
            "INSERT INTO change
             (record, ordinal, hash, actor, seq, edit, staff, signature, generation, received_at, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            &[
                record.id.as_bytes(),
                &ordinal,
                change.hash.as_bytes(),
                change.actor.as_bytes(),
                &change.seq,
                change.edit.as_bytes(),
                &change.staff.as_str(),
                &change.signature,
                change.generation.as_bytes(),
                &change.receipt.at.millis(),
                &change.bytes,
            ],
        )?;
        let sql = "UPDATE held SET released_at = ?3 WHERE record = ?1 AND hash = ?2 AND released_at IS NULL";
        self.run(sql, &[record.id.as_bytes(), change.hash.as_bytes(), &change.receipt.at.millis()])?;
        Ok(())
    }

    fn attempt(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> Stored<bool>) -> Stored<bool> {
        self.0.execute_batch("SAVEPOINT attempt")?;
        let done = work(self);
        let undo = if matches!(done, Ok(true)) { "" } else { "ROLLBACK TO attempt;" };
        let ended = self.0.execute_batch(&format!("{undo} RELEASE attempt"));
        // After a full disk SQLite may have rolled everything back by itself: then the first error is the one to tell.
        done.and_then(|done| ended.map(|()| done).map_err(StorageError::from))
    }

    fn put_share(&mut self, record: RecordId, device: DeviceId, share: &Share) -> Stored<()> {
        self.run(
            "INSERT INTO share (record, device, bytes, day, day_bytes, day_changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (record, device) DO UPDATE SET bytes = ?3, day = ?4, day_bytes = ?5, day_changes = ?6",
            &[
                record.as_bytes(),
                device.as_bytes(),
                &share.bytes,
                &share.day,
                &share.day_bytes,
                &share.day_changes,
            ],
        )?;
        Ok(())
    }

    fn put_snapshot(&mut self, record: RecordId, document: &[u8]) -> Stored<()> {
        let sql = "INSERT INTO snapshot (record, document) VALUES (?1, ?2)
                   ON CONFLICT (record) DO UPDATE SET document = ?2";
        self.run(sql, &[record.as_bytes(), &document])?;
        Ok(())
    }

    fn hold(&mut self, held: &Held) -> Stored<()> {
        let (edit, staff) = held.edit.as_ref().map(|(edit, staff)| (edit.0, staff.as_str())).unzip();
        self.run(
            "INSERT INTO held
             (record, hash, sender, edit, staff, kind, reason, because, binding, at, envelope)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (record, hash, sender) DO UPDATE SET
             kind = ?6, reason = ?7, because = ?8, binding = max(binding, ?9), released_at = NULL",
            &[
                held.envelope.record.as_bytes(),
                held.hash.as_bytes(),
                held.sender.as_bytes(),
                &edit,
                &staff,
                &held.kind.name(),
                &json(&held.reason)?,
                &held.because.map(|hash| hash.0),
                &held.binding,
                &held.at.millis(),
                &packed(&held.envelope)?,
            ],
        )?;
        Ok(())
    }

    fn release(&mut self, record: RecordId, hash: ChangeHash, at: Timestamp) -> Stored<Vec<Held>> {
        let sql = format!(
            "{HELD} WHERE released_at IS NULL AND record = ?1 AND hash IN (
                 WITH RECURSIVE lifted (hash) AS (
                     VALUES (?2)
                     UNION
                     SELECT held.hash FROM held JOIN lifted ON held.because = lifted.hash
                     WHERE held.record = ?1 AND held.kind = 'dependency'
                 )
                 SELECT hash FROM lifted
             ) ORDER BY at, hash, sender"
        );
        let mut lifted = Vec::new();
        {
            let mut statement = self.0.prepare_cached(&sql)?;
            let mut rows = statement.query(params![record.as_bytes(), hash.as_bytes()])?;
            while let Some(row) = rows.next()? {
                lifted.push(held(row)?);
            }
        }
        for held in &lifted {
            let sql = "UPDATE held SET released_at = ?3 WHERE record = ?1 AND hash = ?2";
            self.run(sql, &[record.as_bytes(), held.hash.as_bytes(), &at.millis()])?;
        }
        Ok(lifted)
    }

    fn keep_pending(&mut self, pending: &Pending) -> Stored<()> {
        self.run(
            "INSERT INTO pending (record, hash, sender, missing, at, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (record, hash) DO UPDATE SET missing = ?4",
            &[
                pending.envelope.record.as_bytes(),
                pending.hash.as_bytes(),
                pending.sender.as_bytes(),
                &pending.missing.map(|hash| hash.0),
                &pending.at.millis(),
                &packed(&pending.envelope)?,
            ],
        )?;
        Ok(())
    }

    fn unpark(&mut self, record: RecordId, hash: ChangeHash) -> Stored<()> {
        self.run(
            "DELETE FROM pending WHERE record = ?1 AND hash = ?2",
            &[record.as_bytes(), hash.as_bytes()],
        )?;
        Ok(())
    }

    fn append_feed(
        &mut self,
        grid: &GridId,
        record: RecordId,
        membership: Membership,
        ordinal: u32,
    ) -> Stored<u64> {
        let name = match membership {
            Membership::Enter => "enter",
            Membership::Update => "update",
            Membership::Leave => "leave",
        };
        let sql = "INSERT INTO feed (grid, seq, record, membership, ordinal)
                   VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM feed WHERE grid = ?1), ?2, ?3, ?4)
                   RETURNING seq";
        let mut statement = self.0.prepare_cached(sql)?;
        Ok(statement.query_row(params![grid.as_str(), record.as_bytes(), name, ordinal], |row| row.get(0))?)
    }

    fn put_watermark(&mut self, watermark: u64) -> Stored<()> {
        self.run("UPDATE office SET watermark = ?1", &[&watermark])?;
        Ok(())
    }

    fn name_photo(
        &mut self,
        photo: PhotoId,
        record: RecordId,
        device: DeviceId,
        at: Timestamp,
    ) -> Stored<()> {
        let sql = "INSERT INTO photo_named (record, photo, device, at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO NOTHING";
        self.run(sql, &[record.as_bytes(), photo.as_bytes(), device.as_bytes(), &at.millis()])?;
        Ok(())
    }

    fn unname_photo(&mut self, photo: PhotoId, record: RecordId) -> Stored<()> {
        let sql = "DELETE FROM photo_named WHERE record = ?1 AND photo = ?2";
        self.run(sql, &[record.as_bytes(), photo.as_bytes()])?;
        Ok(())
    }

    fn offer_photo(
        &mut self,
        id: PhotoId,
        device: DeviceId,
        record: RecordId,
        size: u64,
        at: Timestamp,
        bound: OfferBound,
    ) -> Stored<()> {
        if self.photo_offer(id, device)?.is_some_and(|offer| !offer.proven && offer.size != size) {
            self.drop_photo_pieces(id, device)?;
        }
        let sql = "INSERT INTO photo_offer (photo, device, size, at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO UPDATE SET at = ?4, size = CASE WHEN proven THEN size ELSE ?3 END";
        self.run(sql, &[id.as_bytes(), device.as_bytes(), &size, &at.millis()])?;
        let sql = "INSERT INTO photo_offer_record (photo, device, record) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO NOTHING";
        self.run(sql, &[id.as_bytes(), device.as_bytes(), record.as_bytes()])?;
        let sql = "INSERT INTO photo_record (photo, record)
                   SELECT photo, ?3 FROM photo_offer WHERE photo = ?1 AND device = ?2 AND proven
                   ON CONFLICT DO NOTHING";
        self.run(sql, &[id.as_bytes(), device.as_bytes(), record.as_bytes()])?;
        // This one first, then the newest.
        let beyond: Vec<PhotoId> = {
            let mut statement = self.0.prepare_cached(
                "SELECT photo FROM (
                     SELECT photo, row_number() OVER newest AS number, sum(size) OVER newest AS bytes
                     FROM photo_offer WHERE device = ?1 AND NOT proven
                     WINDOW newest AS (ORDER BY photo = ?2 DESC, at DESC, photo ROWS UNBOUNDED PRECEDING)
                 ) WHERE number > 1 AND (number > ?3 OR bytes > ?4)",
            )?;
            let args = params![device.as_bytes(), id.as_bytes(), bound.offers, bound.bytes];
            let rows = statement.query_map(args, |row| Ok(PhotoId(row.get(0)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for other in beyond {
            self.drop_photo_pieces(other, device)?;
            let sql = "DELETE FROM photo_offer WHERE photo = ?1 AND device = ?2";
            self.run(sql, &[other.as_bytes(), device.as_bytes()])?;
        }
        Ok(())
    }

    fn put_photo_piece(&mut self, id: PhotoId, device: DeviceId, offset: u64, bytes: &[u8]) -> Stored<()> {
        let sql = "UPDATE photo_offer SET received = received + ?4
                   WHERE photo = ?1 AND device = ?2 AND received = ?3 AND NOT proven AND received + ?4 <= size";
        let length = bytes.len() as u64;
        if self.run(sql, &[id.as_bytes(), device.as_bytes(), &offset, &length])? != 1 {
            return Err(StorageError::OutOfOrder { what: "photo piece" });
        }
        let sql = "INSERT INTO photo_piece (photo, device, start, bytes) VALUES (?1, ?2, ?3, ?4)";
        self.run(sql, &[id.as_bytes(), device.as_bytes(), &offset, &bytes])?;
        Ok(())
    }

    fn prove_photo(&mut self, id: PhotoId, device: DeviceId) -> Stored<()> {
        let sql = "UPDATE photo_offer SET proven = 1
                   WHERE photo = ?1 AND device = ?2 AND NOT proven AND received = size";
        if self.run(sql, &[id.as_bytes(), device.as_bytes()])? != 1 {
            return Err(StorageError::OutOfOrder { what: "photo" });
        }
        let sql = "INSERT INTO photo (id, size, device)
                   SELECT photo, size, device FROM photo_offer WHERE photo = ?1 AND device = ?2
                   ON CONFLICT DO NOTHING";
        if self.run(sql, &[id.as_bytes(), device.as_bytes()])? == 0 {
            // The same bytes are here from another device.
            self.run(
                "DELETE FROM photo_piece WHERE photo = ?1 AND device = ?2",
                &[id.as_bytes(), device.as_bytes()],
            )?;
        }
        let sql = "INSERT INTO photo_record (photo, record)
                   SELECT photo, record FROM photo_offer_record WHERE photo = ?1 AND device = ?2
                   ON CONFLICT DO NOTHING";
        self.run(sql, &[id.as_bytes(), device.as_bytes()])?;
        Ok(())
    }

    fn drop_photo_pieces(&mut self, id: PhotoId, device: DeviceId) -> Stored<()> {
        let sql = "UPDATE photo_offer SET received = 0 WHERE photo = ?1 AND device = ?2 AND NOT proven";
        if self.run(sql, &[id.as_bytes(), device.as_bytes()])? == 1 {
            let sql = "DELETE FROM photo_piece WHERE photo = ?1 AND device = ?2";
            self.run(sql, &[id.as_bytes(), device.as_bytes()])?;
        }
        Ok(())
    }

    fn put_audit(&mut self, at: Timestamp, who: &str, action: &str, about: &str) -> Stored<()> {
        let last: Option<(u64, [u8; 32])> = self
            .0
            .prepare_cached("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (seq, before) = last.unwrap_or_default();
        let seq = seq + 1;
        let (who, action, about) = (who.to_owned(), action.to_owned(), about.to_owned());
        let row = AuditRow { seq, at, who, action, about, chain: [0; 32] };
        let chain = row.link(before);
        let sql = "INSERT INTO audit (seq, at, who, action, about, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.run(sql, &[&seq, &at.millis(), &row.who, &row.action, &row.about, &chain])?;
        Ok(())
    }
}

fn json<T: Serialize>(value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|_| StorageError::Unreadable { what: "value" })
}

fn packed(envelope: &Envelope) -> Stored<Vec<u8>> {
    let mut bytes = Vec::new();
    ciborium::into_writer(envelope, &mut bytes).map_err(|_| StorageError::Unreadable { what: "envelope" })?;
    Ok(bytes)
}
