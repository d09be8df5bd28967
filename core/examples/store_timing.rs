//! Times the store at the size of a large grid: `cargo run --profile bench --example store_timing [homes]`.
//!
//! Prints medians and the slowest of each call, measured through the public interface on an encrypted file with
//! `synchronous=FULL`. The figures of the product are in `cargo xtask bench`; this is for looking at the store alone.

use std::time::{Duration, Instant};

use butler_core::host::Host as _;
use butler_core::model::{Edit, Generation, Kind, Receipt, RecordId};
use butler_core::store::testing::{TestStore, edit_in};
use butler_core::store::{Filter, Order, StoreError};

const SURNAMES: &[&str] = &["王", "李", "张", "刘", "陈", "杨", "单", "曾", "仇", "欧阳", "周", "吴"];
const GIVEN: &[&str] = &["小明", "丽", "建国", "秀英", "伟", "芳", "娜", "志强", "敏", "静", "俊杰", "海"];

fn id(kind: u8, number: u32) -> RecordId {
    let mut bytes = [kind; 16];
    // Spread over the whole range, as random ids are.
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    RecordId(bytes)
}

fn home(number: u32) -> Edit {
    let (building, unit) = (number / 200 + 1, number / 100 % 2 + 1);
    let (floor, door) = (number % 100 / 4 + 1, number % 4 + 1);
    Edit::new()
        .put("place", format!("jinse/{building}/{unit}"))
        .put("building", building.to_string())
        .put("unit", unit.to_string())
        .put("floor", i64::from(floor))
        .put("room", format!("{floor}{door:02}"))
        .put("layout", "三室两厅")
        .put("area", 95.5 + f64::from(door))
        .put("state", if number.is_multiple_of(9) { "vacant" } else { "occupied" })
        .put("key_held", number.is_multiple_of(11))
        .put("handed_over", "2019-06")
}

fn resident(number: u32) -> Edit {
    let at = |list: &[&'static str], by: u32| list[(number / by) as usize % list.len()];
    let phone = format!("phone/{}", id(9, number));
    Edit::new()
        .put("place", "jinse/1/1")
        .put("home", id(1, number).to_string())
        .put("name", format!("{}{}", at(SURNAMES, 1), at(GIVEN, 12)))
        .put("role", "owner")
        .put(&phone, true)
        .put(format!("{phone}/number"), format!("138{:08}", number * 7_919 % 100_000_000))
        .put(format!("{phone}/verified"), "2026-09-01")
        .put("remark", "周末在家，喜欢养花")
}

/// Nanoseconds this thread has run on a processor, where the system tells: on a busy machine that says more than
/// the clock on the wall.
fn on_processor() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok()
}

fn timed(name: &str, times: u32, mut work: impl FnMut(u32)) {
    let before = on_processor();
    let mut taken: Vec<Duration> = (0..times)
        .map(|number| {
            let start = Instant::now();
            work(number);
            start.elapsed()
        })
        .collect();
    let worked = before.zip(on_processor()).map(|(before, after)| Duration::from_nanos(after - before));
    taken.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (Some(median), Some(slowest)) = (taken.get(taken.len() / 2), taken.last()) else { return };
    let worked = worked.map_or("-".to_owned(), |worked| format!("{:.3}", ms(worked / times)));
    println!(
        "{name:<44} median {:>8.3}   slowest {:>8.3}   processor {worked:>8} ms",
        ms(*median),
        ms(*slowest)
    );
}

fn main() -> Result<(), StoreError> {
    let homes: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let store = TestStore::new();
    let now = store.host().now();

    let life = Generation([8; 16]);
    let receipt = Receipt { ordinal: 1, at: now };
    timed(&format!("{homes} homes and people in one transaction"), 1, |_| {
        let made = store.write(|tx| {
            for number in 0..homes {
                let home = edit_in(tx, now, id(1, number), Kind::Premises, &home(number))?;
                tx.acknowledge(id(1, number), home, life, receipt)?;
                let person = edit_in(tx, now, id(2, number), Kind::Resident, &resident(number))?;
                tx.acknowledge(id(2, number), person, life, receipt)?;
            }
            Ok::<_, StoreError>(())
        });
        assert!(made.is_ok());
    });

    timed("durable edit of a home, document in memory", 200, |number| {
        let edit = Edit::new().put("layout", format!("第{number}种"));
        let _ = store.edit(id(1, number % 20), Kind::Premises, &edit);
    });
    timed("durable edit of a home, document loaded", 200, |number| {
        let edit = Edit::new().put("layout", format!("第{number}种"));
        let _ = store.edit(id(1, number * 31 % homes), Kind::Premises, &edit);
    });
    timed("open a record whole", 500, |number| {
        let _ = store.read(|r| r.record(id(1, number * 17 % homes)));
    });
    for typed in ["王小明", "明", "wangxiaoming", "wxm", "w", "5521", "3-2-501", "501", "养花", "小明 138"]
    {
        let found = store.read(|r| r.search(typed, &Kind::ALL, 50))?.len();
        timed(&format!("search {typed} ({found} shown)"), 50, |_| {
            let _ = store.read(|r| r.search(typed, &Kind::ALL, 50));
        });
    }
    timed("first page of homes, in walking order", 50, |_| {
        let _ = store.read(|r| r.premises(&Filter { limit: 50, ..Filter::default() }, Order::Natural));
    });
    timed("people of one home", 50, |number| {
        let _ = store.read(|r| r.residents_of(id(1, number)));
    });
    timed("vacant homes by fact", 50, |_| {
        let _ = store.read(|r| r.by_fact(Kind::Premises, "state", &"vacant".into()));
    });
    timed("summary of what is unsent", 20, |_| {
        let _ = store.read(|r| r.summary(now));
    });

    let file = store.folder().join("db").join("store.db");
    let size = std::fs::metadata(file).map_or(0, |file| file.len());
    let mut left = Some(store.leave());
    let mut opened = None;
    for _ in 0..5 {
        timed("open", 1, |_| {
            opened = left.take().and_then(|(folder, keys, host)| TestStore::open(&folder, keys, host).ok());
        });
        left = opened.take().map(TestStore::leave);
    }
    println!("database {:.1} MiB", size as f64 / f64::from(1 << 20));
    if let Some((folder, ..)) = left {
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(())
}
