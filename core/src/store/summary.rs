//! How much of what was recorded is safe at the office: the truth shown beside every record.

use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError};
use crate::model::{Kind, RecordId, Timestamp};

/// What the butler sees of the way to the office ("3 records, 2 photos, oldest 26 minutes").
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Summary {
    /// Records with own edits not acknowledged.
    pub unsent_records: u64,
    /// Own edits not acknowledged.
    pub unsent_edits: u64,
    /// Photos not whole at the office.
    pub unsent_photos: u64,
    /// How long the oldest unsent edit or photo has waited, in milliseconds by this device's clock; 0 when the
    /// clock went backwards meanwhile. `None` when nothing waits.
    pub oldest_unsent_ms: Option<u64>,
    /// Edits rejected, quarantined or pending and not put away by the butler.
    pub rejected_edits: u64,
    /// Own edits the office did not judge the last time, each shown with its reason; they are handed in again.
    pub later_edits: u64,
    /// Photos the office does not take and their person has not put away.
    pub rejected_photos: u64,
    /// Foreign changes this phone kept out.
    pub quarantined: u64,
    /// Records that wait for a decision between concurrent values.
    pub records_in_conflict: u64,
    /// When the last sync ended well; `None` before any.
    pub synced_at: Option<Timestamp>,
    /// How many homes the first sync is to bring, as the office counted them when it began, archived ones too; `None` before it has
    /// begun and once it has ended well.
    pub homes_to_fetch: Option<u64>,
    /// Why the oldest unsent edit was not taken the last time: a reason's code.
    pub blocked: Option<String>,
    /// The device's clock was set since the office was asked: times are worked out from the newest seen until the next
    /// sync. The person is told, so that they look at the clock.
    pub clock_doubtful: bool,
}

/// A record with something the office has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsentRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Own edits not acknowledged.
    pub edits: u64,
    /// Photos not whole at the office.
    pub photos: u64,
    /// When the oldest was recorded, by this device's clock.
    pub since: Timestamp,
}

/// Where a record stands between this phone and the office. What needs the butler's attention comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum RecordState {
    /// An own edit of it was rejected.
    Rejected {
        /// The reason's code.
        code: String,
        /// The path it is about.
        path: Option<String>,
    },
    /// An own edit of it was quarantined at the office.
    Quarantined {
        /// The reason's code.
        code: String,
    },
    /// An own edit of it is pending at the office.
    Pending,
    /// An own edit of it was not judged by the office; it is handed in again with the next sync.
    Later {
        /// The reason's code.
        code: String,
    },
    /// Its changes are on the wire now.
    Sending,
    /// It has edits or photos the office has not acknowledged.
    Unsent,
    /// The office has acknowledged everything.
    Acknowledged,
}

impl Reader<'_> {
    /// The counts, as of `now` by this device's clock.
    pub fn summary(&self, now: Timestamp) -> Result<Summary, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT count(DISTINCT rid), count(*), min(authored_at)
             FROM change INDEXED BY change_open
             WHERE (standing <> 'accepted' OR waiting = 1) AND standing = 'unsent'",
        )?;
        let (records, edits, oldest_edit): (i64, i64, Option<i64>) =
            query.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut query = self.db.prepare_cached(
            "SELECT count(DISTINCT hash), min(added_at) FROM attachment_use JOIN attachment USING (hash)
             WHERE state = 'unsent'",
        )?;
        let (photos, oldest_photo): (i64, Option<i64>) =
            query.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let count = |sql: &str| -> Result<u64, StoreError> {
            let count: i64 = self.db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            Ok(count.cast_unsigned())
        };
        let oldest = [oldest_edit, oldest_photo].into_iter().flatten().min();
        Ok(Summary {
            unsent_records: records.cast_unsigned(),
            unsent_edits: edits.cast_unsigned(),
            unsent_photos: photos.cast_unsigned(),
            oldest_unsent_ms: oldest
                .map(|oldest| u64::try_from(now.millis().saturating_sub(oldest)).unwrap_or(0)),
            rejected_edits: count(
                "SELECT count(DISTINCT edit) FROM verdict WHERE own = 1 AND dismissed_at IS NULL
                 AND fate IN ('rejected', 'quarantined', 'pending')",
            )?,
            later_edits: count(
                "SELECT count(DISTINCT edit) FROM verdict WHERE own = 1 AND dismissed_at IS NULL
                 AND fate = 'later'",
            )?,
            rejected_photos: count(
                "SELECT count(DISTINCT hash) FROM attachment_use WHERE state <> 'acknowledged' AND state = 'rejected'",
            )?,
            quarantined: count("SELECT count(*) FROM quarantine")?,
            records_in_conflict: count(
                "SELECT count(DISTINCT rid) FROM conflict JOIN record USING (rid) WHERE hidden = 0",
            )?,
            synced_at: self.synced_at()?,
            homes_to_fetch: self.homes_to_fetch()?,
            blocked: self.waits_because()?,
            clock_doubtful: self.time(now)?.doubtful,
        })
    }

    /// The records with something unsent, the oldest first.
    pub fn unsent(&self) -> Result<Vec<UnsentRow>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT record.id, kind, sum(edits), sum(photos), min(since) AS since FROM (
                 SELECT rid, count(*) AS edits, 0 AS photos, min(authored_at) AS since
                 FROM change INDEXED BY change_open
                 WHERE (standing <> 'accepted' OR waiting = 1) AND standing = 'unsent' GROUP BY rid
                 UNION ALL
                 SELECT record.rid, 0, count(DISTINCT hash), min(added_at)
                 FROM attachment_use JOIN attachment USING (hash) JOIN record ON record.id = attachment_use.record
                 WHERE state = 'unsent' GROUP BY record.rid
             ) JOIN record USING (rid) GROUP BY record.rid ORDER BY since, record.id",
        )?;
        let rows = query.query_map([], |row| {
            let (edits, photos): (i64, i64) = (row.get(2)?, row.get(3)?);
            Ok(UnsentRow {
                record: row.get(0)?,
                kind: row.get(1)?,
                edits: edits.cast_unsigned(),
                photos: photos.cast_unsigned(),
                since: row.get::<_, Option<Timestamp>>(4)?.unwrap_or(Timestamp::from_millis(0)),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Why the oldest unsent edit that the office was asked about was not taken: the code of the reason it is shown with.
    pub fn waits_because(&self) -> Result<Option<String>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT code FROM change INDEXED BY change_open JOIN verdict USING (hash)
             WHERE (standing <> 'accepted' OR waiting = 1) AND standing = 'unsent' AND fate IN ('pending', 'later')
             ORDER BY pos LIMIT 1",
        )?;
        Ok(query.query_row([], |row| row.get(0)).optional()?)
    }

    /// Where a record stands. Whether it is on the wire now is not stored: ask [`super::Store::sending`] and show
    /// [`RecordState::Sending`] instead of [`RecordState::Unsent`].
    pub fn record_state(&self, record: RecordId) -> Result<RecordState, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT fate, code, path FROM verdict WHERE record = ?1 AND own = 1 AND dismissed_at IS NULL
             AND fate IN ('rejected', 'quarantined', 'pending', 'later')
             ORDER BY fate = 'rejected' DESC, fate = 'quarantined' DESC, fate = 'pending' DESC, at LIMIT 1",
        )?;
        let mut rows = query.query(params![record])?;
        if let Some(row) = rows.next()? {
            let (fate, code, path): (String, String, Option<String>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            return Ok(match fate.as_str() {
                "rejected" => RecordState::Rejected { code, path },
                "quarantined" => RecordState::Quarantined { code },
                "later" => RecordState::Later { code },
                _ => RecordState::Pending,
            });
        }
        let photos = self
            .db
            .prepare_cached("SELECT 1 FROM attachment_use WHERE record = ?1 AND state = 'unsent'")?
            .exists([record])?;
        if photos || self.has_unsent(record)? {
            Ok(RecordState::Unsent)
        } else {
            Ok(RecordState::Acknowledged)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host as _;
    use crate::model::{ChangeHash, Edit, Generation, Kind, Receipt};
    use crate::store::{Fate, VerdictRow};
    use crate::testing::TestStore;

    const HOME: RecordId = RecordId([1; 16]);

    #[test]
    fn the_summary_counts_records_photos_and_the_oldest() {
        let store = TestStore::new();
        assert_eq!(store.read(|r| r.summary(store.host().now())).unwrap(), Summary::default());
        for number in 1..=3 {
            store.edit(RecordId([number; 16]), Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        }
        store.host().pass(60_000);
        store.edit(HOME, Kind::Home, &Edit::new().put("area", 90.0)).unwrap();
        for picture in [b"one", b"two"] {
            let staged = store.stage(picture, store.host()).unwrap();
            store
                .write(|tx| tx.keep(&staged, store.host().now()).and_then(|()| tx.attach(staged.photo, HOME)))
                .unwrap();
        }
        store.host().pass(25 * 60_000);
        let summary = store.read(|r| r.summary(store.host().now())).unwrap();
        assert_eq!(
            summary,
            Summary {
                unsent_records: 3,
                unsent_edits: 4,
                unsent_photos: 2,
                oldest_unsent_ms: Some(26 * 60_000),
                ..Summary::default()
            }
        );
        store.host().pass(-365 * 86_400_000);
        let summary = store.read(|r| r.summary(store.host().now())).unwrap();
        assert_eq!(summary.oldest_unsent_ms, Some(0), "a clock set back is no reason to fail");
    }

    #[test]
    fn a_record_shows_its_worst_news_first() {
        let store = TestStore::new();
        let state = || store.read(|r| r.record_state(HOME)).unwrap();
        let hash = store.edit(HOME, Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        assert_eq!(state(), RecordState::Unsent);
        let receipt = Receipt { ordinal: 1, at: store.host().now() };
        store.write(|tx| tx.acknowledge(HOME, hash, Some(Generation([1; 16])), receipt)).unwrap();
        assert_eq!(state(), RecordState::Acknowledged);
        for (number, fate) in [(1, Fate::Pending), (2, Fate::Rejected), (3, Fate::Dependency)] {
            let verdict = VerdictRow {
                hash: ChangeHash([number; 32]),
                record: HOME,
                kind: Kind::Home,
                version: 1,
                edit: ChangeHash([number; 32]),
                fate,
                code: "field".into(),
                path: Some("arrears".into()),
                own: true,
                signed: None,
                intent: None,
                authored_at: None,
                bytes: vec![number],
                at: store.host().now(),
                dismissed_at: None,
            };
            store.write(|tx| tx.put_verdict(&verdict)).unwrap();
        }
        assert_eq!(state(), RecordState::Rejected { code: "field".into(), path: Some("arrears".into()) });
        store.write(|tx| tx.dismiss_verdict(ChangeHash([2; 32]), store.host().now())).unwrap();
        assert_eq!(state(), RecordState::Pending);
    }
}
