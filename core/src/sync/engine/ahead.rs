//! A page's new records, judged and worked out by threads of their own while those before them are written.
//!
//! Of taking a record in that is new here, nearly half needs no database: reading its changes, judging them, and working out the
//! rows that follow. A first sync is little else, and a phone has more than one processor.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
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
/// More threads than these judge faster than one writes.
const THREADS: usize = 2;

/// Rows as they were judged, and who lets go of what was made of them.
struct Judged<J> {
    chunk: usize,
    rows: Vec<J>,
    maker: Option<Sender<Vec<J>>>,
}

/// Hands each row to `take`, in order, with what `judge` makes of it; `judge` goes ahead in threads of its own, and here while
/// nothing is there to be taken.
///
/// What was taken is let go by the thread that made it: let go here, both wait for each other at every allocation, for memory
/// goes back to where it came from.
///
/// # Errors
/// What `take` returns: no row behind it is taken.
pub(super) fn judged<R: Sync, J: Send, E>(
    rows: &[R],
    judge: impl Fn(&R) -> J + Sync,
    mut take: impl FnMut(&R, &J) -> Result<(), E>,
) -> Result<(), E> {
    let chunks: Vec<&[R]> = rows.chunks(CHUNK).collect();
    let begun = AtomicUsize::new(0);
    let begin = &|| Some(begun.fetch_add(1, Ordering::Relaxed)).filter(|chunk| *chunk < chunks.len());
    let judge_all = &|chunk: usize| chunks[chunk].iter().map(&judge).collect::<Vec<J>>();
    thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel::<Judged<J>>(WAITING);
        for _ in 0..threads(chunks.len()) {
            let send = send.clone();
            let ahead = move || {
                let (back, taken) = mpsc::channel();
                while let Some(chunk) = begin() {
                    taken.try_iter().for_each(drop);
                    let judged = Judged { chunk, rows: judge_all(chunk), maker: Some(back.clone()) };
                    // Nobody receives any more after an error.
                    if send.send(judged).is_err() {
                        break;
                    }
                }
                drop((send, back));
                taken.iter().for_each(drop);
            };
            // Without a thread to be had all is judged here.
            let _ = thread::Builder::new().spawn_scoped(scope, ahead);
        }
        drop(send);
        let judged_here = |chunk| Judged { chunk, rows: judge_all(chunk), maker: None };
        let mut ready: BTreeMap<usize, Judged<J>> = BTreeMap::new();
        for (chunk, rows) in chunks.iter().enumerate() {
            let judged = loop {
                ready.extend(receive.try_iter().map(|judged| (judged.chunk, judged)));
                if let Some(judged) = ready.remove(&chunk) {
                    break judged;
                }
                let here = if begun.load(Ordering::Relaxed) <= chunk + WAITING { begin() } else { None };
                let judged = match here {
                    Some(here) => judged_here(here),
                    // Nobody sends any more only where a thread ended early.
                    None => receive.recv().unwrap_or_else(|_| judged_here(chunk)),
                };
                ready.insert(judged.chunk, judged);
            };
            rows.iter().zip(&judged.rows).try_for_each(|(row, judged)| take(row, judged))?;
            if let Some(maker) = judged.maker {
                let _ = maker.send(judged.rows);
            }
        }
        Ok(())
    })
}

/// How many threads go ahead of so many chunks: the processor that writes needs none.
fn threads(chunks: usize) -> usize {
    let others = thread::available_parallelism().map_or(1, NonZero::get) - 1;
    others.min(THREADS).min(chunks.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_taken_once_in_order_with_what_was_made_of_it() {
        for length in [0, 1, CHUNK, CHUNK + 1, 10 * CHUNK + 2] {
            let rows: Vec<usize> = (0..length).collect();
            let mut taken = Vec::new();
            let take = |row: &usize, judged: &usize| {
                taken.push((*row, *judged));
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
        // Taken, failed, waiting, on its way there, and judged meanwhile by whoever takes.
        assert!(judged_rows.into_inner() <= (2 + WAITING + THREADS + 1 + WAITING) * CHUNK);
    }
}
