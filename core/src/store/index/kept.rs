//! Sets kept from one look to the next. What was written in between is told by the numbers of its transactions: sets are
//! brought up to a reader's state by the records of those it has not seen, and never handed to one whose state is older.

use std::cell::{RefCell, RefMut};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;

use super::super::open::locked;
use super::super::tx::Touched;
use super::super::{Reader, StoreError};
use super::sets::Sets;
use crate::model::RecordId;

/// So many records are remembered; sets from before that are read anew.
const REMEMBERED: usize = 1_024;

/// So many sets are kept: windows of days come with every day.
const MOST: usize = 512;

/// The sets of a store, and what was written lately.
#[derive(Default)]
pub(in crate::store) struct KeptSets {
    written: Mutex<WrittenLately>,
    sets: Mutex<Option<SetsAsOf>>,
}

/// The records transactions wrote.
#[derive(Debug, Default)]
struct WrittenLately {
    /// The last one that may have been committed.
    announced: u64,
    /// The last one that is over: whoever begins to read now sees it.
    settled: u64,
    /// Everything written after this one is among the records.
    since: u64,
    records: VecDeque<(u64, RecordId)>,
}

/// Sets as of a state.
struct SetsAsOf {
    sets: Sets,
    /// They hold all of the transactions up to here,
    complete: u64,
    /// and nothing of those after this one.
    seen: u64,
}

/// How a reader gets at what is kept.
#[derive(Clone, Copy)]
pub(in crate::store) struct Look<'c> {
    kept: &'c KeptSets,
    /// The last transaction that was over before the reader began.
    settled: u64,
}

impl WrittenLately {
    fn after(&self, number: u64) -> Option<BTreeSet<RecordId>> {
        let of = |(_, record): &(u64, RecordId)| *record;
        (self.since <= number).then(|| self.records.iter().filter(|(at, _)| *at > number).map(of).collect())
    }
}

impl KeptSets {
    /// Before somebody begins to read.
    pub(in crate::store) fn look(&self) -> Look<'_> {
        Look { kept: self, settled: locked(&self.written).settled }
    }

    /// A transaction that wrote these is about to be committed.
    pub(in crate::store) fn announce(&self, touched: &Touched) {
        let mut written = locked(&self.written);
        written.announced += 1;
        let number = written.announced;
        match touched {
            Touched::Records(records) => written.records.extend(records.iter().map(|id| (number, *id))),
            Touched::Many => {
                written.records.clear();
                written.since = number;
            }
        }
        while written.records.len() > REMEMBERED {
            if let Some((at, _)) = written.records.pop_front() {
                written.since = at;
            }
        }
    }

    /// It was, or was not.
    pub(in crate::store) fn settle(&self) {
        let mut written = locked(&self.written);
        written.settled = written.announced;
    }

    /// Nothing is kept.
    pub(in crate::store) fn clear(&self) {
        locked(&self.sets).take();
    }
}

impl Look<'_> {
    /// What is kept, brought up to the reader's state; else nothing yet.
    fn take(self, reader: &Reader<'_>) -> Result<SetsAsOf, StoreError> {
        // From here on the reader's state stands; what is announced later is not in it.
        reader.db.prepare_cached("SELECT rid FROM record LIMIT 1")?.exists([])?;
        let kept = locked(&self.kept.sets).take().filter(|kept| kept.seen <= self.settled);
        let (seen, changed) = {
            let written = locked(&self.kept.written);
            (written.announced, kept.as_ref().and_then(|kept| written.after(kept.complete)))
        };
        let sets = match (kept, changed) {
            (Some(SetsAsOf { mut sets, .. }), Some(changed)) => {
                if sets.follow(reader, &changed)? {
                    sets
                } else {
                    Sets::default()
                }
            }
            _ => Sets::default(),
        };
        Ok(SetsAsOf { sets, complete: self.settled, seen })
    }
}

/// The sets one look asks for.
pub(super) struct SetsInUse<'a> {
    reader: &'a Reader<'a>,
    sets: RefCell<Option<SetsAsOf>>,
}

impl<'a> SetsInUse<'a> {
    pub(super) const fn new(reader: &'a Reader<'a>) -> Self {
        Self { reader, sets: RefCell::new(None) }
    }

    pub(super) fn get(&self) -> Result<RefMut<'_, Sets>, StoreError> {
        let mut sets = self.sets.borrow_mut();
        if sets.is_none() {
            let none = SetsAsOf { sets: Sets::default(), complete: 0, seen: 0 };
            *sets = Some(self.reader.kept.map_or(Ok(none), |look| look.take(self.reader))?);
        }
        RefMut::filter_map(sets, |sets| sets.as_mut().map(|kept| &mut kept.sets))
            .map_err(|_| StoreError::Inconsistent { what: "the sets of a look" })
    }
}

impl Drop for SetsInUse<'_> {
    fn drop(&mut self) {
        if let (Some(look), Some(kept)) = (self.reader.kept, self.sets.get_mut().take())
            && kept.sets.len() <= MOST
        {
            *locked(&look.kept.sets) = Some(kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Edit, Kind};
    use crate::query::FieldFilter;
    use crate::testing::TestStore;

    #[test]
    fn a_reader_finds_the_sets_of_its_own_state() {
        let store = TestStore::new();
        let drawn = |reader: &Reader<'_>| {
            let layout = FieldFilter::present("layout");
            SetsInUse::new(reader).get().unwrap().having(reader, &layout).unwrap().count()
        };
        let edit = |number: u8| {
            store.edit(RecordId([number; 16]), Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        };
        let now = || store.read(|reader| Ok::<_, StoreError>(drawn(reader))).unwrap();
        edit(1);
        assert_eq!(now(), 1);
        let older = store.read(|older| {
            assert_eq!(drawn(older), 1);
            edit(2);
            assert_eq!(now(), 2);
            // What is kept is newer by now, and what this one keeps is older than what comes next.
            assert_eq!(drawn(older), 1);
            edit(3);
            assert_eq!(now(), 3);
            Ok::<_, StoreError>(drawn(older))
        });
        assert_eq!(older.unwrap(), 1);
        let removed = store.write(|tx| tx.remove_record(RecordId([2; 16])));
        removed.unwrap();
        assert_eq!(now(), 2, "a record that is gone is in no set");
    }

    #[test]
    fn which_record_is_which_row_follows_what_was_written() {
        let store = TestStore::new();
        let edit = |number: u8| {
            let edit = Edit::new().put("layout", "三室两厅");
            store.edit(RecordId([number; 16]), Kind::Home, &edit).unwrap();
        };
        let row = |number: u8| {
            store.read(|reader| {
                let all = SetsInUse::new(reader).get()?.identities(reader, 3)?.unwrap();
                let row = all.row(RecordId([number; 16]));
                let id = row.and_then(|row| all.id(row));
                assert_eq!(row.map(|_| RecordId([number; 16])), id);
                assert_eq!(reader.row(RecordId([number; 16]))?.map(|_| ()), row.map(|_| ()));
                Ok::<_, StoreError>(row)
            })
        };
        [9, 1, 5].into_iter().for_each(edit);
        let before: Vec<Option<i64>> = (0..10).map(|number| row(number).unwrap()).collect();
        assert_eq!(before.iter().flatten().count(), 3);
        // Before all others, between them and behind.
        [0, 7, 10].into_iter().for_each(edit);
        for number in 0..=10 {
            let known = before.get(usize::from(number)).copied().flatten();
            assert!(known.is_none() || row(number).unwrap() == known);
            assert_eq!(row(number).unwrap().is_some(), [0, 1, 5, 7, 9, 10].contains(&number), "{number}");
        }
        store.write(|tx| tx.remove_record(RecordId([5; 16]))).unwrap();
        assert_eq!((row(5).unwrap(), row(9).unwrap()), (None, before[9]));
    }

    #[test]
    fn sets_from_before_what_is_remembered_are_read_anew() {
        let kept = KeptSets::default();
        let many: BTreeSet<RecordId> = (0..=u8::MAX).map(|number| RecordId([number; 16])).collect();
        let number = many.len();
        for _ in 0..5 {
            kept.announce(&Touched::Records(many.clone()));
            kept.settle();
        }
        let written = locked(&kept.written);
        assert_eq!((number * 5 > REMEMBERED, written.after(0)), (true, None));
        assert_eq!(written.after(1).map(|records| records.len()), Some(number));
    }
}
