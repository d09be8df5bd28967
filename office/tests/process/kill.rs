//! A real office process is killed hard under load, again and again: what it acknowledged is there afterwards.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::fixture::{self, Phone, Served};
use butler_core::host::SystemHost;
use butler_core::model::{ChangeHash, Edit, Receipt, RecordId};
use butler_core::sync::message::Verdict;
use butler_office::storage::{Sqlite, Storage, StorageError};

/// How often the process is killed here; the long run sets `BUTLER_KILLS`.
const KILLS: usize = 10;
const PHONES: usize = 4;

type Acknowledged = BTreeMap<(RecordId, ChangeHash), Receipt>;

#[test]
fn nothing_acknowledged_is_lost() {
    let kills = std::env::var("BUTLER_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    fixture::found(folder.path());
    let before = generation(folder.path());
    let acknowledged = Mutex::new(Acknowledged::new());
    let mut served = Served::start(folder.path());
    let mut phones: Vec<Phone> =
        (0..PHONES).map(|_| Phone::enrolled(&served.url, &fixture::code(folder.path()))).collect();

    for kill in 0..kills {
        for phone in &mut phones {
            phone.url.clone_from(&served.url);
        }
        let (running, answers) = (AtomicBool::new(true), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let workers: Vec<_> = phones
                .iter()
                .map(|phone| scope.spawn(|| work(phone, &running, &answers, &acknowledged)))
                .collect();
            // Killed in the middle of work, each time at another point of it; a worker that failed is waited for by
            // nobody.
            while answers.load(Ordering::Relaxed) < 8 + 5 * (kill % 4)
                && !workers.iter().any(std::thread::ScopedJoinHandle::is_finished)
            {
                std::thread::yield_now();
            }
            served.kill();
            running.store(false, Ordering::Relaxed);
        });
        served = Served::start(folder.path());
    }

    // The survivors answer the same again.
    for phone in &mut phones {
        phone.url.clone_from(&served.url);
    }
    assert!(phones[0].open_session());
    assert_eq!(served.stop().0, Some(0));

    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= kills * 8, "{}", acknowledged.len());
    assert_eq!(generation(folder.path()), before, "a killed office is not a restored one");
    let storage = Sqlite::open(folder.path(), &SystemHost).unwrap();
    let lost = storage.read::<_, StorageError>(|read| {
        let mut lost = 0;
        for ((record, hash), receipt) in &acknowledged {
            lost += usize::from(read.change(*record, *hash)?.is_none_or(|change| change.receipt != *receipt));
            let ordinals =
                read.receipts(*record, 1, usize::MAX)?.into_iter().map(|(_, receipt)| receipt.ordinal);
            assert!(ordinals.eq(1..=read.record(*record)?.unwrap().accepted), "receipts have a gap");
        }
        Ok(lost)
    });
    assert_eq!(lost.unwrap(), 0, "of {} acknowledged", acknowledged.len());
}

/// Writes homes and hands them in until the office is gone. A push without an answer is repeated by nobody
/// here: it may or may not be stored, and nothing was promised.
fn work(phone: &Phone, running: &AtomicBool, answers: &AtomicUsize, acknowledged: &Mutex<Acknowledged>) {
    while running.load(Ordering::Relaxed) {
        let mut home = fixture::home();
        let mut envelopes = Vec::new();
        envelopes
            .push(phone.write(&mut home, &Edit::new().put("place", "b3/u2").put("layout", "三室两厅")).1);
        for visit in 0..4 {
            envelopes.push(phone.write(&mut home, &Edit::new().put("area", 80.0 + f64::from(visit))).1);
        }
        let Some(verdicts) = phone.push(envelopes) else { return };
        let mut acknowledged = acknowledged.lock().unwrap();
        for (hash, verdict) in verdicts {
            let Verdict::Accepted(receipt) = verdict else { panic!("{verdict:?}") };
            acknowledged.insert((home.id(), hash), receipt);
        }
        answers.fetch_add(1, Ordering::Relaxed);
    }
}

fn generation(folder: &std::path::Path) -> butler_core::model::Generation {
    let storage = Sqlite::open(folder, &SystemHost).unwrap();
    storage.read::<_, StorageError>(|read| read.life()).unwrap().generation
}
