//! A page's new records, judged and worked out by a thread of its own while those before them are written.
//!
//! Of taking a record in that is new here, nearly half needs no database: reading its changes, judging them, and working out the
//! rows that follow. A first sync is little else, and a phone has more than one processor.

use std::sync::mpsc;
use std::thread;

use crate::crdt::ChangeInfo;
use crate::model::{Receipt, Record};
use crate::store::Projected;

/// A record that came whole, of which nothing was here: what [`crate::store::Arrival`] asks for.
pub(super) struct Arriving {
    /// How it reads.
    pub record: Record,
    /// Its changes, in the order of their receipts.
    pub changes: Vec<(ChangeInfo, Receipt)>,
    /// Its rows.
    pub rows: Projected,
}

/// How many rows are judged at a time.
const CHUNK: usize = if cfg!(test) { 3 } else { 64 };
/// How many times as many may wait to be written: what bounds the memory this takes, whatever the size of a page.
const WAITING: usize = 2;

/// Hands each row to `take`, in order, with what `judge` makes of it; `judge` goes ahead.
///
/// # Errors
/// What `take` returns: no row behind it is taken.
pub(super) fn judged<R: Sync, J: Send, E>(
    rows: &[R],
    judge: impl Fn(&R) -> J + Sync,
    mut take: impl FnMut(&R, J) -> Result<(), E>,
) -> Result<(), E> {
    if rows.len() <= CHUNK {
        return rows.iter().try_for_each(|row| take(row, judge(row)));
    }
    let judge_all = |rows: &[R]| rows.iter().map(&judge).collect::<Vec<_>>();
    thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel(WAITING);
        // Nobody receives any more after an error.
        let ahead = move || rows.chunks(CHUNK).map(judge_all).try_for_each(|judged| send.send(judged));
        // Without a thread to be had nothing comes, and the rows are judged here.
        let _ = thread::Builder::new().spawn_scoped(scope, ahead);
        for rows in rows.chunks(CHUNK) {
            let judged = receive.recv().unwrap_or_else(|_| judge_all(rows));
            rows.iter().zip(judged).try_for_each(|(row, judged)| take(row, judged))?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_row_is_taken_once_in_order_with_what_was_made_of_it() {
        for length in [0, 1, CHUNK, CHUNK + 1, 10 * CHUNK + 2] {
            let rows: Vec<usize> = (0..length).collect();
            let mut taken = Vec::new();
            let take = |row: &usize, judged| {
                taken.push((*row, judged));
                Ok::<_, ()>(())
            };
            judged(&rows, |row| row * 2, take).unwrap();
            assert_eq!(taken, rows.iter().map(|row| (*row, row * 2)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_ends_it_and_what_was_judged_ahead_is_bounded() {
        let (rows, judged_rows): (Vec<usize>, _) = ((0..100 * CHUNK).collect(), AtomicUsize::new(0));
        let judge = |_: &usize| judged_rows.fetch_add(1, Ordering::SeqCst);
        let failed = judged(&rows, judge, |row, _| if *row < CHUNK { Ok(()) } else { Err(*row) });
        assert_eq!(failed, Err(CHUNK), "no row behind it is taken");
        // Taken, failed, waiting, and on its way there.
        assert!(judged_rows.into_inner() <= (2 + WAITING + 1) * CHUNK);
    }
}
