//! Which records may be here, and how far each grid's feed was read.

use rusqlite::{OptionalExtension as _, params};

use super::{Collection, Reader, StoreError, Tx};
use crate::model::{Generation, GridId, KindName, KindVersion, PlaceId, RecordId};

/// What a sweep did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    /// Records that went: no grid shows them and nothing of them is owed to the office.
    pub removed: Vec<RecordId>,
    /// Records without a grid that stay, hidden, because something of them is not at the office yet.
    pub hidden: Vec<RecordId>,
}

/// A record a grid shows of which nothing can be taken in, as the feed describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing<'a> {
    /// The record.
    pub record: RecordId,
    /// Its kind; this app may not know it.
    pub kind: &'a KindName,
    /// Its genesis version.
    pub version: KindVersion,
    /// Where the office pinned it.
    pub place: &'a PlaceId,
    /// How many changes the office has accepted.
    pub accepted: u32,
}

impl Reader<'_> {
    /// The last committed position of a grid's feed; 0 before the first page.
    pub fn cursor(&self, grid: &GridId) -> Result<u64, StoreError> {
        let mut query = self.db.prepare_cached("SELECT position FROM cursor WHERE grid = ?1")?;
        let position: Option<i64> = query.query_row([grid], |row| row.get(0)).optional()?;
        Ok(position.map_or(0, i64::cast_unsigned))
    }

    /// The grids through which a record is seen.
    pub fn grids_of(&self, record: RecordId) -> Result<Vec<GridId>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT grid FROM membership WHERE rid = (SELECT rid FROM record WHERE id = ?1) ORDER BY grid",
        )?;
        Ok(query.query_map([record], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// A grid shows a record from now on. The record must be here: its changes are on the same page.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not.
    pub fn enter(&mut self, record: RecordId, grid: &GridId) -> Result<(), StoreError> {
        let rid = self.rid(record)?;
        let entered = self
            .db
            .prepare_cached("INSERT INTO membership (rid, grid) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute(params![rid, grid])?;
        self.db
            .prepare_cached(
                "UPDATE record SET grids = grids + ?2, hidden = 0 WHERE rid = ?1 AND (?2 > 0 OR hidden = 1)",
            )?
            .execute(params![rid, entered])?;
        self.offer_photos_again(record)?;
        self.touch(record);
        Ok(())
    }

    /// A grid shows a record of which nothing can be taken in: it is asked for again ([`Reader::incomplete`]) until
    /// something of it is here ([`Self::came`]). `None`: the grids that are known to show it.
    pub fn is_missing(&mut self, of: &Missing<'_>, grid: Option<&GridId>) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO missing (record, grid, kind, version, place, accepted)
                 SELECT ?1, grid, ?3, ?4, ?5, ?6 FROM
                     (SELECT ?2 AS grid WHERE ?2 IS NOT NULL UNION SELECT grid FROM missing WHERE record = ?1)
                 WHERE true
                 ON CONFLICT DO UPDATE SET kind = excluded.kind, version = excluded.version,
                     place = excluded.place, accepted = max(accepted, excluded.accepted)",
            )?
            .execute(params![of.record, grid, of.kind, of.version, of.place, of.accepted])?;
        Ok(())
    }

    /// Something of a record is here that was missing: the grids it was missed in show it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not here.
    pub fn came(&mut self, record: RecordId) -> Result<(), StoreError> {
        let grids: Vec<GridId> = {
            let mut query = self.db.prepare_cached("DELETE FROM missing WHERE record = ?1 RETURNING grid")?;
            query.query_map([record], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        grids.iter().try_for_each(|grid| self.enter(record, grid))
    }

    /// What grids show of a record is about to go from here, and the office has it: it is missing from then on.
    pub(super) fn misses(&mut self, record: RecordId) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO missing (record, grid, kind, version, place, accepted)
                 SELECT id, grid, kind, version, place, accepted FROM record JOIN membership USING (rid)
                 WHERE id = ?1 AND accepted > 0 AND pinned = 1
                 ON CONFLICT DO NOTHING",
            )?
            .execute([record])?;
        Ok(())
    }

    /// A grid does not show a record any more. Nothing is removed before the sweep: the same page may have it
    /// enter another grid.
    pub fn leave(&mut self, record: RecordId, grid: &GridId) -> Result<(), StoreError> {
        let left = self
            .db
            .prepare_cached(
                "DELETE FROM membership WHERE rid = (SELECT rid FROM record WHERE id = ?1) AND grid = ?2",
            )?
            .execute(params![record, grid])?;
        if left > 0 {
            self.db.prepare_cached("UPDATE record SET grids = grids - 1 WHERE id = ?1")?.execute([record])?;
        }
        self.db
            .prepare_cached("DELETE FROM missing WHERE record = ?1 AND grid = ?2")?
            .execute(params![record, grid])?;
        Ok(())
    }

    /// Commits how far a grid's feed was read, together with the changes of the page's rows.
    pub fn set_cursor(&mut self, grid: &GridId, position: u64) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO cursor (grid, position) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET position = excluded.position",
            )?
            .execute(params![grid, position.cast_signed()])?;
        Ok(())
    }

    /// Loses cursor and membership of every grid not in `granted`: what is read when a grid comes back starts at
    /// its beginning.
    pub fn keep_grids(&mut self, granted: &[GridId]) -> Result<(), StoreError> {
        let held: Vec<GridId> = {
            // From one grid to the next along the index: there are few, and a row of each for every record.
            let mut query = self.db.prepare_cached(
                "WITH RECURSIVE shown (grid) AS (
                     SELECT min(grid) FROM membership UNION ALL
                     SELECT (SELECT min(grid) FROM membership WHERE grid > shown.grid) FROM shown WHERE grid IS NOT NULL)
                 SELECT grid FROM shown WHERE grid IS NOT NULL
                 UNION SELECT grid FROM cursor UNION SELECT grid FROM missing",
            )?;
            query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for lost in held.iter().filter(|grid| !granted.contains(grid)) {
            self.db.prepare_cached("DELETE FROM cursor WHERE grid = ?1")?.execute([lost])?;
            self.db
                .prepare_cached(
                    "UPDATE record SET grids = grids - 1 WHERE rid IN (SELECT rid FROM membership WHERE grid = ?1)",
                )?
                .execute([lost])?;
            self.db.prepare_cached("DELETE FROM membership WHERE grid = ?1")?.execute([lost])?;
            self.db.prepare_cached("DELETE FROM missing WHERE grid = ?1")?.execute([lost])?;
        }
        Ok(())
    }

    /// The office began a new life (its database was restored): cursors and membership go, table versions start
    /// anew, receipts stay as what the office once said ([`Reader::unconfirmed`]), what was made here is in no backup that
    /// is known, photos are offered again. Returns whether the generation is another one.
    pub fn set_generation(&mut self, generation: Generation) -> Result<bool, StoreError> {
        if self.generation()? == Some(generation) {
            return Ok(false);
        }
        self.db.execute_batch(
            "DELETE FROM cursor; DELETE FROM membership; DELETE FROM missing;
             UPDATE change SET confirmed = 0 WHERE standing = 'accepted' AND confirmed = 1;
             UPDATE change SET unbacked = 9223372036854775807 WHERE unbacked IS NOT NULL;
             UPDATE attachment_use SET unbacked = 9223372036854775807 WHERE unbacked IS NOT NULL;
             UPDATE verdict SET let_in = NULL, dismissed_at = NULL WHERE let_in IS NOT NULL;
             UPDATE record SET accepted = 0, complete = 0, grids = 0 WHERE accepted > 0 OR grids > 0;
             UPDATE attachment_use SET state = 'unsent', sent = 0 WHERE state IN ('acknowledged', 'rejected')
                 AND EXISTS (SELECT 1 FROM attachment WHERE attachment.hash = attachment_use.hash AND present = size)",
        )?;
        self.note(Collection::Verdicts);
        self.forget_table_versions()?;
        self.put_generation(generation)?;
        Ok(true)
    }

    /// The end of a complete pull of every grid: records that no grid shows go, unless something of them is still
    /// owed to the office, or was accepted in a life of the office that is gone, or is not listed by the office, and may
    /// not be there, or was made or handed in here and is in no backup of the office yet; then they stay, hidden, until it
    /// is not.
    pub fn sweep(&mut self) -> Result<Swept, StoreError> {
        if self.watermark()? == 0 {
            self.backed_up(0, 0)?;
        }
        let homeless: Vec<(RecordId, bool)> = {
            let mut query = self.db.prepare_cached(
                "SELECT id,
                        EXISTS (SELECT 1 FROM change WHERE change.rid = record.rid
                                AND (standing <> 'accepted' OR generation IS NOT ?1 OR confirmed = 0
                                     OR unbacked IS NOT NULL))
                        OR EXISTS (SELECT 1 FROM attachment_use WHERE record = record.id
                                   AND (state = 'unsent' OR unbacked IS NOT NULL))
                 FROM record WHERE grids = 0 ORDER BY id",
            )?;
            query
                .query_map([self.generation()?], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?
        };
        let mut swept = Swept::default();
        for (record, owed) in homeless {
            if owed {
                swept.hidden.push(record);
            } else {
                self.remove_record(record)?;
                self.forget_attachments_of(record)?;
                swept.removed.push(record);
            }
        }
        self.forget_attachments_handed_in()?;
        for record in &swept.hidden {
            self.touch(*record);
            // An own record made since the last pull has not come back through any grid yet: it is at home.
            self.db
                .prepare_cached(
                    "UPDATE record SET hidden = 1 WHERE id = ?1
                     AND EXISTS (SELECT 1 FROM change WHERE change.rid = record.rid AND standing = 'accepted')",
                )?
                .execute([record])?;
        }
        if !swept.removed.is_empty() || !swept.hidden.is_empty() {
            self.note(Collection::Outbox);
        }
        Ok(swept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChangeHash, Edit, Kind, PlaceId, Receipt, Timestamp};
    use crate::store::{Incomplete, Listing};
    use crate::testing::TestStore;

    const HOME: RecordId = RecordId([1; 16]);
    const LIFE: Generation = Generation([8; 16]);

    fn grid(number: u8) -> GridId {
        GridId::new(format!("grid-{number}")).unwrap()
    }

    /// A store with one home the office has acknowledged, seen through grid 1.
    fn with_home() -> (TestStore, ChangeHash) {
        let store = TestStore::new();
        let hash = store.edit(HOME, Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(1) };
        store
            .write(|tx| {
                tx.set_generation(LIFE)?;
                let receipts = [(hash, receipt.at)];
                let listing = Listing { accepted: 1, first: 1, receipts: &receipts, seals: &[] };
                tx.set_receipts(HOME, Some(LIFE), &listing)?;
                tx.enter(HOME, &grid(1))?;
                tx.set_cursor(&grid(1), 10)
            })
            .unwrap();
        (store, hash)
    }

    /// The phone wrote it, and its grid went away before the office was backed up.
    #[test]
    fn what_was_made_here_stays_hidden_until_a_backup_of_the_office_holds_it() {
        let (store, hash) = with_home();
        let swept = |watermark, position| {
            store
                .write(|tx| {
                    tx.set_watermark(watermark)?;
                    tx.backed_up(watermark, position)?;
                    tx.leave(HOME, &grid(1))?;
                    tx.sweep()
                })
                .unwrap()
        };
        let hidden = Swept { removed: Vec::new(), hidden: vec![HOME] };
        assert_eq!(swept(3, 8), hidden);
        assert_eq!(swept(7, 9), hidden);
        let meant = store.read(|reader| reader.change(HOME, hash)).unwrap().unwrap().intent;
        assert_eq!(meant, Some(Edit::new().put("layout", "三室两厅")));
        // A restored office has to be backed up anew.
        store.write(|tx| tx.set_generation(Generation([9; 16]))).unwrap();
        assert_eq!(swept(8, 8), hidden);
        let receipts = [(hash, Timestamp::from_millis(1))];
        let listing = Listing { accepted: 1, first: 1, receipts: &receipts, seals: &[] };
        store.write(|tx| tx.set_receipts(HOME, Some(Generation([9; 16])), &listing)).unwrap();
        assert_eq!(swept(8, 12), hidden);
        assert_eq!(swept(12, 12), Swept { removed: vec![HOME], hidden: Vec::new() });
    }

    #[test]
    fn a_record_that_moved_between_grids_stays() {
        let (store, _) = with_home();
        let swept = store
            .write(|tx| {
                tx.leave(HOME, &grid(1))?;
                tx.enter(HOME, &grid(2))?;
                tx.sweep()
            })
            .unwrap();
        assert_eq!(swept, Swept::default());
        assert_eq!(store.read(|r| r.grids_of(HOME)).unwrap(), [grid(2)]);
    }

    #[test]
    fn how_many_grids_show_a_record_is_what_its_memberships_count() {
        let (store, _) = with_home();
        let counted = || {
            let sql = "SELECT grids, (SELECT count(*) FROM membership WHERE membership.rid = record.rid) FROM record";
            let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
            let (kept, counted) =
                store.read(|r| Ok::<_, StoreError>(r.db.raw().query_row(sql, [], read)?)).unwrap();
            assert_eq!(kept, counted);
            kept
        };
        let shown = |write: &dyn Fn(&mut Tx<'_>) -> Result<(), StoreError>| {
            store.write(|tx| write(tx)).unwrap();
            counted()
        };
        assert_eq!(counted(), 1);
        assert_eq!(shown(&|tx| tx.enter(HOME, &grid(1))), 1, "told twice");
        assert_eq!(shown(&|tx| tx.enter(HOME, &grid(2))), 2);
        assert_eq!(shown(&|tx| tx.leave(HOME, &grid(3))), 2, "it never showed it");
        assert_eq!(shown(&|tx| tx.leave(HOME, &grid(1))), 1);
        assert_eq!(shown(&|tx| tx.enter(HOME, &grid(1))), 2);
        assert_eq!(shown(&|tx| tx.keep_grids(&[grid(2)])), 1);
        assert_eq!(shown(&|tx| tx.keep_grids(&[])), 0);
        assert_eq!(shown(&|tx| tx.enter(HOME, &grid(1))), 1);
        assert_eq!(shown(&|tx| tx.set_generation(Generation([9; 16])).map(|_| ())), 0);
    }

    #[test]
    fn a_record_no_grid_shows_goes_with_all_its_rows() {
        let (store, _) = with_home();
        let swept = store
            .write(|tx| {
                tx.leave(HOME, &grid(1))?;
                tx.sweep()
            })
            .unwrap();
        assert_eq!(swept.removed, [HOME]);
        store
            .read(|r| {
                for table in ["record", "change", "snapshot", "membership", "home", "link", "fact", "search"]
                {
                    let rows: i64 =
                        r.db.raw()
                            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
                    assert_eq!(rows, 0, "{table}");
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }

    #[test]
    fn what_is_owed_to_the_office_stays_hidden_until_it_is_there() {
        let (store, first) = with_home();
        let unsent = store.edit(HOME, Kind::Home, &Edit::new().put("layout", "复式")).unwrap();
        let swept = store
            .write(|tx| {
                tx.leave(HOME, &grid(1))?;
                tx.sweep()
            })
            .unwrap();
        assert_eq!((swept.removed, swept.hidden), (vec![], vec![HOME]));
        assert!(store.read(|r| r.row(HOME)).unwrap().unwrap().hidden);
        assert!(store.read(|r| r.records(&crate::store::Filter::default())).unwrap().is_empty());
        let receipt = Receipt { ordinal: 2, at: Timestamp::from_millis(2) };
        let swept = store
            .write(|tx| {
                tx.acknowledge(HOME, unsent, Some(LIFE), receipt)?;
                tx.sweep()
            })
            .unwrap();
        assert_eq!(swept.removed, [], "said once, and on no list of the office's");
        let listed = [(first, Timestamp::from_millis(1)), (unsent, receipt.at)];
        let swept = store
            .write(|tx| {
                let listing = Listing { accepted: 2, first: 1, receipts: &listed, seals: &[] };
                tx.set_receipts(HOME, Some(LIFE), &listing)?;
                tx.sweep()
            })
            .unwrap();
        assert_eq!(swept.removed, [HOME]);
    }

    #[test]
    fn a_new_record_is_at_home_before_any_grid_has_shown_it() {
        let store = TestStore::new();
        store.edit(HOME, Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        store.write(|tx| tx.sweep()).unwrap();
        assert!(!store.read(|r| r.row(HOME)).unwrap().unwrap().hidden);
    }

    #[test]
    fn a_lost_grid_loses_its_cursor() {
        let (store, _) = with_home();
        store
            .write(|tx| {
                tx.set_cursor(&grid(2), 7)?;
                tx.keep_grids(&[grid(2)])
            })
            .unwrap();
        store
            .read(|r| {
                assert_eq!((r.cursor(&grid(1))?, r.cursor(&grid(2))?), (0, 7));
                assert!(r.grids_of(HOME)?.is_empty());
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }

    #[test]
    fn a_record_of_an_unknown_kind_waits_for_an_app_that_knows_it() {
        let store = TestStore::new();
        let (kind, place) = (KindName::new("parcel").unwrap(), PlaceId::new("jinse/3-2").unwrap());
        let missing = Missing { record: HOME, kind: &kind, version: 1, place: &place, accepted: 1 };
        store.write(|tx| tx.is_missing(&missing, Some(&grid(1)))).unwrap();
        let asked_for = || store.read(|r| r.incomplete(RecordId([0; 16]), 9)).unwrap();
        assert_eq!(asked_for(), []);
        // The next app knows parcels by this name; here homes stand for them.
        let known = "UPDATE missing SET kind = 'home' WHERE kind = 'parcel'";
        store.write(|tx| Ok::<_, StoreError>(tx.db.execute(known, [])?)).unwrap();
        assert_eq!(asked_for().len(), 1);
    }

    #[test]
    fn what_is_missing_is_asked_for_as_long_as_a_grid_shows_it() {
        let store = TestStore::new();
        let place = PlaceId::new("jinse/3-2").unwrap();
        let missing = |accepted| Incomplete {
            record: HOME,
            kind: Kind::Home,
            version: 9,
            place: place.clone(),
            accepted,
            complete: 0,
        };
        let asked_for = || store.read(|r| r.incomplete(RecordId([0; 16]), 9)).unwrap();
        let kind = KindName::from(Kind::Home);
        let miss = |accepted, grid: Option<&GridId>| {
            let missing = Missing { record: HOME, kind: &kind, version: 9, place: &place, accepted };
            store.write(|tx| tx.is_missing(&missing, grid)).unwrap();
        };
        miss(1, Some(&grid(1)));
        miss(3, Some(&grid(2)));
        assert_eq!(asked_for(), [missing(3)], "once, though two grids show it");
        miss(4, None);
        assert_eq!(asked_for(), [missing(4)]);
        store.write(|tx| tx.leave(HOME, &grid(2))).unwrap();
        assert_eq!(asked_for(), [missing(4)]);
        store.write(|tx| tx.keep_grids(&[grid(2)])).unwrap();
        assert_eq!(asked_for(), [], "its last grid is lost");
        miss(1, None);
        assert_eq!(asked_for(), [], "no grid shows it");
        miss(1, Some(&grid(2)));
        store.write(|tx| tx.set_generation(LIFE)).unwrap();
        assert_eq!(asked_for(), [], "another life is read from its beginning");
    }

    #[test]
    fn a_new_life_of_the_office_drops_cursors_and_keeps_receipts() {
        let (store, hash) = with_home();
        assert!(!store.write(|tx| tx.set_generation(LIFE)).unwrap(), "the same life");
        assert!(store.write(|tx| tx.set_generation(Generation([9; 16]))).unwrap());
        store
            .read(|r| {
                assert_eq!(r.cursor(&grid(1))?, 0);
                assert!(r.grids_of(HOME)?.is_empty());
                assert_eq!(r.receipts(HOME)?.len(), 1, "{hash}");
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }
}
