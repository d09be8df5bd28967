//! What every storage must do, run over every implementation: the meaning of the contract in tests.

use std::sync::atomic::{AtomicU64, Ordering};

use butler_core::model::{
    ActorId, ChangeHash, DeviceId, Generation, GridId, Kind, PhotoId, PlaceId, PlaybookHash, Receipt,
    RecordId, StaffId, Timestamp,
};
use butler_core::sync::message::{DeviceReport, Envelope, Membership, Reason, TableName};
use butler_core::testing::TestHost;
use serde_bytes::ByteBuf;

use super::sqlite::NEW_LIFE;
use super::sqlite::copy::{Copy, Vacant};
use super::{
    AcceptedChange, AwaitedPhoto, Code, Device, Held, HeldKind, OfferBound, Pending, Read, RecordRow,
    Session, Share, Sqlite, Storage, StorageError, Stored, Write,
};
use crate::testing::jinse;

/// Runs each rule over a fresh storage of each implementation.
macro_rules! contract {
    ($($rule:ident)*) => {
        mod in_a_file {
            $(#[test] fn $rule() {
                let folder = tempfile::tempdir().unwrap();
                super::$rule(&super::Sqlite::create(folder.path(), &super::desk(), &super::jinse()).unwrap());
            })*
        }
        mod in_memory {
            $(#[test] fn $rule() {
                super::$rule(&super::Sqlite::in_memory(&super::desk(), &super::jinse()).unwrap());
            })*
        }
    };
}

contract! {
    a_new_office_knows_whom_it_serves
    a_failed_transaction_leaves_nothing
    tables_count_their_versions
    sets_of_playbooks_are_all_kept_and_the_last_is_in_force
    receipts_have_no_gap_and_no_second_owner
    an_attempt_that_does_not_hold_leaves_nothing
    an_edit_is_found_by_its_author
    feeds_count_apart_and_without_gaps
    only_binding_verdicts_kill
    releasing_lifts_what_was_held_because_of_it
    pending_changes_come_back_in_order
    nonces_work_once_and_sessions_end
    a_code_remembers_who_used_it
    a_revoked_device_stays_known
    a_photo_grows_piece_by_piece
    of_one_device_a_bounded_number_of_photos_is_open
    a_photo_is_awaited_by_the_record_that_names_it_until_it_is_of_that_record
    the_audit_is_a_chain
}

/// A desk as of the beginning; each draws other randomness, as a new process does.
fn desk() -> TestHost {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let desk = TestHost::new(NUMBER.fetch_add(1, Ordering::Relaxed));
    desk.set(at(0));
    desk
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1_000)
}

fn staff(name: &str) -> StaffId {
    StaffId::new(name).unwrap()
}

fn grid(name: &str) -> GridId {
    GridId::new(name).unwrap()
}

const HOME: RecordId = RecordId([1; 16]);
const PHONE: DeviceId = DeviceId([2; 16]);

fn row(accepted: u32) -> RecordRow {
    let place = PlaceId::new("b3/u2").unwrap();
    RecordRow { id: HOME, kind: Kind::Home, version: 1, place, accepted, bytes: u64::from(accepted) * 10 }
}

fn change(hash: u8, ordinal: u32) -> AcceptedChange {
    AcceptedChange {
        hash: ChangeHash([hash; 32]),
        actor: ActorId::new(PHONE, [7; 8]),
        seq: u64::from(ordinal),
        edit: ChangeHash([hash; 32]),
        staff: staff("zhang.li"),
        signature: Some(vec![3; 64]),
        generation: Generation([4; 16]),
        receipt: Receipt { ordinal, at: at(i64::from(ordinal)) },
        bytes: vec![hash; 10],
    }
}

fn device() -> Device {
    Device {
        id: PHONE,
        staff: staff("zhang.li"),
        public_key: [5; 32],
        label: "华为 Mate 60".to_owned(),
        enrolled: at(0),
        revoked: None,
        last_sync: None,
        caught_up: None,
        report: DeviceReport::default(),
    }
}

fn envelope(hash: u8) -> Envelope {
    Envelope {
        record: HOME,
        kind: Kind::Home.into(),
        version: 1,
        change: ByteBuf::from(vec![hash; 20]),
        device: PHONE,
        signature: ByteBuf::from(vec![3; 64]),
        receipt: None,
    }
}

fn held(hash: u8, kind: HeldKind, because: Option<u8>) -> Held {
    Held {
        hash: ChangeHash([hash; 32]),
        envelope: envelope(hash),
        sender: PHONE,
        edit: Some((ChangeHash([hash; 32]), staff("zhang.li"))),
        kind,
        reason: Reason { code: "field".to_owned(), path: Some("area".to_owned()) },
        because: because.map(|hash| ChangeHash([hash; 32])),
        binding: true,
        at: at(i64::from(hash)),
    }
}

fn write<R>(storage: &impl Storage, work: impl FnOnce(&mut dyn Write) -> Stored<R>) -> R {
    storage.write::<R, StorageError>(work).unwrap()
}

fn read<R>(storage: &impl Storage, work: impl FnOnce(&dyn Read) -> Stored<R>) -> R {
    storage.read::<R, StorageError>(work).unwrap()
}

fn a_new_office_knows_whom_it_serves(storage: &impl Storage) {
    let community = read(storage, |r| r.community());
    assert_eq!((community.id.as_str(), community.utc_offset_minutes), ("jinse", 480));
    assert_eq!(community.name, "");
    write(storage, |tx| tx.put_name("金色家园物业服务中心"));
    assert_eq!(read(storage, |r| r.community()).name, "金色家园物业服务中心");
    assert_eq!(
        read(storage, |r| r.life()).actor.device(),
        community.office,
        "the office writes as its own device"
    );
    assert_eq!(read(storage, |r| r.watermark()), 0);
    let position = read(storage, |r| r.position());
    write(storage, |w| w.put_watermark(9));
    assert_eq!(read(storage, |r| r.watermark()), 9);
    assert_eq!(read(storage, |r| r.position()), position + 1, "one transaction more");
}

fn a_failed_transaction_leaves_nothing(storage: &impl Storage) {
    let result = storage.write(|w| {
        w.accept(&row(1), &change(1, 1))?;
        w.append_feed(&grid("g1"), HOME, Membership::Enter, 1)?;
        Err::<(), _>(StorageError::OutOfOrder { what: "test" })
    });
    assert!(matches!(result, Err(StorageError::OutOfOrder { what: "test" })));
    assert_eq!(read(storage, |r| r.record(HOME)), None);
    assert_eq!(read(storage, |r| r.feed_end(&grid("g1"))), 0);
}

fn tables_count_their_versions(storage: &impl Storage) {
    assert_eq!(read(storage, |r| r.table(TableName::Grids)).version, 0);
    assert_eq!(write(storage, |w| w.put_table(TableName::Grids, "[1]")), 1);
    assert_eq!(write(storage, |w| w.put_table(TableName::Grids, "[2]")), 2);
    assert_eq!(write(storage, |w| w.put_table(TableName::Staff, "[3]")), 1);
    assert_eq!(read(storage, |r| r.table(TableName::Grids)).rows, "[2]");
    let mut versions = read(storage, |r| r.table_versions());
    versions.sort();
    assert_eq!(versions, [(TableName::Staff, 1), (TableName::Grids, 2)]);
}

fn sets_of_playbooks_are_all_kept_and_the_last_is_in_force(storage: &impl Storage) {
    assert_eq!(read(storage, |r| r.playbook_set_version()), 0);
    assert_eq!(read(storage, |r| r.playbook_set()), None);
    let key = storage.signing_key().unwrap();
    assert_eq!(read(storage, |r| r.office_key()), key.public(), "made once");
    let (one, two) = (key.sign("1".to_owned()), key.sign("2".to_owned()));
    write(storage, |w| w.put_playbook_set(100, &one, &["a", "b"]));
    write(storage, |w| w.put_playbook_set(200, &two, &["b", "c"]));
    assert_eq!(read(storage, |r| r.playbook_set_version()), 200);
    assert_eq!(read(storage, |r| r.playbook_set()), Some(two.clone()));
    assert_eq!(read(storage, |r| r.playbook_sets()), [one, two.clone()]);
    for text in ["a", "b", "c"] {
        assert_eq!(read(storage, |r| r.playbook(PlaybookHash::of(text))).as_deref(), Some(text));
    }
    assert_eq!(read(storage, |r| r.playbook(PlaybookHash::of("d"))), None);
    assert!(storage.write(|w| w.put_playbook_set(200, &two, &[])).is_err(), "a version is one set");
}

fn receipts_have_no_gap_and_no_second_owner(storage: &impl Storage) {
    write(storage, |w| w.accept(&row(1), &change(1, 1)));
    write(storage, |w| w.accept(&row(2), &change(2, 2)));
    for (row, change) in [(row(2), change(3, 2)), (row(4), change(4, 4)), (row(1), change(5, 1))] {
        let result = storage.write(|w| w.accept(&row, &change));
        assert!(matches!(result, Err(StorageError::OutOfOrder { what: "receipt" })), "{row:?}");
    }
    let receipts = read(storage, |r| r.receipts(HOME, 1, 10));
    let expected: Vec<_> = [1, 2].map(|n| (ChangeHash([n; 32]), change(n, n.into()).receipt)).into();
    assert_eq!(receipts, expected);
    assert_eq!(read(storage, |r| r.record(HOME)), Some(row(2)));
    assert_eq!(read(storage, |r| r.changes(HOME, 2, 100)), vec![vec![2; 10]]);
    assert_eq!(read(storage, |r| r.change(HOME, ChangeHash([2; 32]))), Some(change(2, 2)));
    assert_eq!(
        read(storage, |r| r.change_at(HOME, ActorId::new(PHONE, [7; 8]), 2)),
        Some(ChangeHash([2; 32]))
    );
    assert_eq!(read(storage, |r| r.records_at(&row(2).place)), [row(2)]);
    write(storage, |w| w.put_snapshot(HOME, b"one"));
    write(storage, |w| w.put_snapshot(HOME, b"two"));
    assert_eq!(read(storage, |r| r.snapshot(HOME)), Some(b"two".to_vec()));
    assert_eq!(read(storage, |r| r.changes(HOME, 1, 15)), vec![vec![1; 10]], "as many as fit");
    assert_eq!(read(storage, |r| r.changes(HOME, 1, 1)), vec![vec![1; 10]], "at least one");
    assert_eq!(read(storage, |r| r.receipts(HOME, 2, 10)).len(), 1);
    assert_eq!(read(storage, |r| r.receipts(HOME, 1, 1)).len(), 1);
}

fn an_attempt_that_does_not_hold_leaves_nothing(storage: &impl Storage) {
    let share = Share { bytes: 10, day: 20_000, day_bytes: 10, day_changes: 1 };
    write(storage, |w| w.accept(&row(1), &change(1, 1)));
    let held = write(storage, |w| {
        w.attempt(&mut |w| {
            w.accept(&row(2), &change(2, 2))?;
            w.put_share(HOME, PHONE, &share)?;
            Ok(false)
        })
    });
    assert!(!held);
    assert_eq!(read(storage, |r| r.record(HOME)), Some(row(1)));
    assert_eq!(read(storage, |r| r.share(HOME, PHONE)), Share::default());
    let failed: Result<bool, StorageError> = storage.write(|w| {
        w.put_snapshot(HOME, b"before")?;
        let failed = w.attempt(&mut |w| {
            w.put_share(HOME, PHONE, &share)?;
            Err(StorageError::Full)
        });
        assert!(matches!(failed, Err(StorageError::Full)));
        w.attempt(&mut |w| w.accept(&row(2), &change(2, 2)).map(|()| true))
    });
    assert!(matches!(failed, Ok(true)));
    assert_eq!(read(storage, |r| r.record(HOME)), Some(row(2)), "what came after it stands");
    assert_eq!(read(storage, |r| r.snapshot(HOME)), Some(b"before".to_vec()), "what came before it, too");
    assert_eq!(read(storage, |r| r.share(HOME, PHONE)), Share::default());
    write(storage, |w| w.put_share(HOME, PHONE, &share));
    assert_eq!(read(storage, |r| r.share(HOME, PHONE)), share);
}

fn an_edit_is_found_by_its_author(storage: &impl Storage) {
    assert!(!read(storage, |r| r.holds(HOME, PHONE)));
    write(storage, |w| w.accept(&row(1), &change(1, 1)));
    assert!(read(storage, |r| r.holds(HOME, PHONE)), "what was accepted of a device counts as well");
    let copy = AcceptedChange { edit: ChangeHash([9; 32]), ..change(2, 2) };
    write(storage, |w| w.accept(&row(2), &copy));
    let edit = ChangeHash([9; 32]);
    let found = read(storage, |r| r.accepted_copy(HOME, edit, &staff("zhang.li"))).unwrap();
    assert_eq!((found.change, found.receipt), (copy.hash, copy.receipt));
    assert_eq!(read(storage, |r| r.accepted_copy(HOME, edit, &staff("wang.wei"))), None);
    assert_eq!(read(storage, |r| r.accepted_copy(RecordId([8; 16]), edit, &staff("zhang.li"))), None);
}

fn feeds_count_apart_and_without_gaps(storage: &impl Storage) {
    write(storage, |w| w.accept(&row(1), &change(1, 1)));
    let mut seqs = Vec::new();
    for name in ["g1", "g2", "g1", "g1"] {
        seqs.push(write(storage, |w| w.append_feed(&grid(name), HOME, Membership::Update, 1)));
    }
    assert_eq!(seqs, [1, 1, 2, 3]);
    assert_eq!(read(storage, |r| r.feed_end(&grid("g1"))), 3);
    let page = read(storage, |r| r.feed(&grid("g1"), 1, 1));
    assert_eq!(page.iter().map(|row| row.seq).collect::<Vec<_>>(), [2]);
    assert_eq!(read(storage, |r| r.feed(&grid("g1"), 3, 10)), []);
}

fn only_binding_verdicts_kill(storage: &impl Storage) {
    let loose = Held { binding: false, ..held(1, HeldKind::Quarantined, None) };
    write(storage, |w| w.hold(&loose));
    assert_eq!(read(storage, |r| r.dead_hash(HOME, loose.hash)), None);
    assert_eq!(read(storage, |r| r.held()), [loose]);
    write(storage, |w| w.accept(&row(1), &change(1, 1)));
    assert_eq!(read(storage, |r| r.held()), [], "accepted after all: nothing left to look at");

    let fork = held(2, HeldKind::Fork, Some(9));
    write(storage, |w| w.hold(&fork));
    assert_eq!(read(storage, |r| r.dead_hash(HOME, fork.hash)), Some(fork.clone()));
    let edit = fork.edit.clone().unwrap();
    assert_eq!(
        read(storage, |r| r.dead_edit(HOME, edit.0, &edit.1)),
        None,
        "a fork's edit may be written again"
    );

    let rejected = held(3, HeldKind::Rejected, None);
    write(storage, |w| w.hold(&rejected));
    let edit = rejected.edit.clone().unwrap();
    assert_eq!(read(storage, |r| r.dead_edit(HOME, edit.0, &edit.1)), Some(rejected));
    assert_eq!(read(storage, |r| r.dead_edit(HOME, edit.0, &staff("wang.wei"))), None);
    assert_eq!(read(storage, |r| r.held_of(PHONE)), 2, "the accepted one waits for nobody");
    assert!(read(storage, |r| r.holds(HOME, PHONE)));
    assert!(!read(storage, |r| r.holds(RecordId([8; 16]), PHONE)));
}

fn releasing_lifts_what_was_held_because_of_it(storage: &impl Storage) {
    for held in [
        held(1, HeldKind::Rejected, None),
        held(2, HeldKind::Dependency, Some(1)),
        held(3, HeldKind::Dependency, Some(2)),
        held(4, HeldKind::Rejected, None),
        held(5, HeldKind::Fork, Some(1)),
    ] {
        write(storage, |w| w.hold(&held));
    }
    let lifted = write(storage, |w| w.release(HOME, ChangeHash([1; 32]), at(100)));
    assert_eq!(lifted.iter().map(|held| held.hash.0[0]).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(read(storage, |r| r.dead_hash(HOME, ChangeHash([3; 32]))), None);
    assert_eq!(read(storage, |r| r.held()).iter().map(|held| held.hash.0[0]).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(write(storage, |w| w.release(HOME, ChangeHash([1; 32]), at(101))), []);
    assert_eq!(read(storage, |r| r.held_of(PHONE)), 2, "what was released waits for nobody");
    write(storage, |w| w.hold(&held(1, HeldKind::Rejected, None)));
    assert!(read(storage, |r| r.dead_hash(HOME, ChangeHash([1; 32]))).is_some(), "judged again, held again");
}

fn pending_changes_come_back_in_order(storage: &impl Storage) {
    let pending = |hash: u8, second| Pending {
        hash: ChangeHash([hash; 32]),
        envelope: envelope(hash),
        sender: PHONE,
        missing: Some(ChangeHash([9; 32])),
        at: at(second),
    };
    write(storage, |w| w.keep_pending(&pending(2, 1)));
    write(storage, |w| w.keep_pending(&pending(1, 2)));
    write(storage, |w| w.keep_pending(&pending(2, 3)));
    assert_eq!(read(storage, |r| r.pending(HOME)), [pending(2, 1), pending(1, 2)]);
    assert_eq!(read(storage, |r| r.all_pending()), [pending(2, 1), pending(1, 2)]);
    assert_eq!(read(storage, |r| r.held_of(PHONE)), 2);
    assert_eq!(
        read(storage, |r| r.pending_hashes(HOME)).into_iter().map(|hash| hash.0[0]).collect::<Vec<_>>(),
        [1, 2]
    );
    let waiting = |missing: Option<u8>, limit| {
        let missing = missing.map(|hash| ChangeHash([hash; 32]));
        read(storage, |r| r.pending_for(HOME, missing, limit))
    };
    assert_eq!(waiting(Some(9), 5), [pending(2, 1), pending(1, 2)]);
    assert_eq!(waiting(Some(9), 1), [pending(2, 1)]);
    let ready = Pending { missing: None, ..pending(2, 1) };
    write(storage, |w| w.keep_pending(&ready));
    assert_eq!((waiting(Some(9), 5), waiting(None, 5)), (vec![pending(1, 2)], vec![ready]));
    assert_eq!(waiting(Some(8), 5), []);
    write(storage, |w| w.unpark(HOME, ChangeHash([2; 32])));
    assert_eq!(read(storage, |r| r.pending(HOME)), [pending(1, 2)]);
}

fn nonces_work_once_and_sessions_end(storage: &impl Storage) {
    write(storage, |w| w.put_device(&device()));
    assert!(write(storage, |w| w.use_nonce(&[1; 32], at(60))));
    assert!(!write(storage, |w| w.use_nonce(&[1; 32], at(60))), "used");
    write(storage, |w| w.forget_expired(at(59)));
    assert!(!write(storage, |w| w.use_nonce(&[1; 32], at(60))), "as long as it is good");
    write(storage, |w| w.forget_expired(at(60)));
    assert!(write(storage, |w| w.use_nonce(&[1; 32], at(60))), "forgotten with its end");
    let session = Session { token_hash: [2; 32], device: PHONE, expires: at(100) };
    write(storage, |w| w.put_session(&session));
    assert_eq!(read(storage, |r| r.session(&[2; 32], at(99))), Some(session));
    assert_eq!(read(storage, |r| r.session(&[2; 32], at(100))), None);
    write(storage, |w| w.forget_expired(at(100)));
    assert_eq!(read(storage, |r| r.session(&[2; 32], at(0))), None, "forgotten");
    for number in 1..=9 {
        let expires = at(100 + i64::from(number));
        let session = Session { token_hash: [number; 32], device: PHONE, expires };
        write(storage, |w| w.put_session(&session));
    }
    let open = |number: u8| read(storage, |r| r.session(&[number; 32], at(0))).is_some();
    assert_eq!([1, 2, 9].map(open), [false, true, true], "eight of a device are kept");
}

fn a_code_remembers_who_used_it(storage: &impl Storage) {
    let code = Code {
        selector: "K7".to_owned(),
        hash: [1; 32],
        staff: staff("zhang.li"),
        expires: at(600),
        used_by: None,
    };
    write(storage, |w| w.put_code(&code));
    write(storage, |w| w.use_code("K7", PHONE));
    let found = read(storage, |r| r.code("K7"));
    assert_eq!(found, Some(Code { used_by: Some(PHONE), ..code.clone() }));
    write(storage, |w| w.put_code(&code));
    assert_eq!(read(storage, |r| r.code("K7")), Some(code), "a new code starts anew");
    assert_eq!(read(storage, |r| r.code("K8")), None);
}

fn a_revoked_device_stays_known(storage: &impl Storage) {
    write(storage, |w| w.put_device(&device()));
    let report = DeviceReport { unsent_records: 3, ..DeviceReport::default() };
    write(storage, |w| w.note_sync(PHONE, at(4), true, &report));
    write(storage, |w| w.note_sync(PHONE, at(5), false, &report));
    assert!(write(storage, |w| w.revoke_device(PHONE, at(6))));
    assert!(!write(storage, |w| w.revoke_device(PHONE, at(7))));
    write(storage, |w| w.put_device(&device()));
    let expected =
        Device { revoked: Some(at(6)), last_sync: Some(at(5)), caught_up: Some(at(4)), report, ..device() };
    assert_eq!(read(storage, |r| r.device(PHONE)), Some(expected.clone()), "enrolling again revives nothing");
    assert_eq!(read(storage, |r| r.devices()), [expected]);
}

fn a_photo_grows_piece_by_piece(storage: &impl Storage) {
    let photo = PhotoId([6; 32]);
    let bound = OfferBound { offers: 9, bytes: 100 };
    let other = DeviceId([0x22; 16]);
    let offer = |device, record, size| {
        write(storage, |w| w.offer_photo(photo, device, record, size, at(1), bound));
    };
    offer(PHONE, HOME, 7);
    write(storage, |w| w.put_photo_piece(photo, PHONE, 0, b"abcd"));
    offer(PHONE, HOME, 5);
    assert_eq!(
        read(storage, |r| r.photo_offer(photo, PHONE)).unwrap().received,
        0,
        "another size starts again"
    );
    offer(PHONE, RecordId([8; 16]), 5);
    offer(other, RecordId([7; 16]), 5);
    assert_eq!(read(storage, |r| r.photo_offer_records(photo, PHONE)), [HOME, RecordId([8; 16])]);
    write(storage, |w| w.put_photo_piece(photo, PHONE, 0, b"abc"));
    for (offset, bytes) in [(0, b"ab".as_slice()), (4, b"e"), (3, b"defg")] {
        let result = storage.write(|w| w.put_photo_piece(photo, PHONE, offset, bytes));
        assert!(matches!(result, Err(StorageError::OutOfOrder { what: "photo piece" })), "{offset}");
    }
    let early = storage.write(|w| w.prove_photo(photo, PHONE));
    assert!(matches!(early, Err(StorageError::OutOfOrder { what: "photo" })), "not whole yet");
    write(storage, |w| w.put_photo_piece(photo, PHONE, 3, b"de"));
    assert_eq!(read(storage, |r| r.photo_offer_bytes(photo, PHONE)), b"abcde");
    assert_eq!(read(storage, |r| r.photo(photo)), None);
    write(storage, |w| w.prove_photo(photo, PHONE));
    assert_eq!(read(storage, |r| r.photo(photo)), Some(5));
    assert_eq!(read(storage, |r| r.photo_bytes(photo, 1, 3)), b"bcd");
    assert_eq!(read(storage, |r| r.photo_bytes(photo, 4, 9)), b"e");
    let of = |record| read(storage, |r| r.photo_is_of(photo, RecordId([record; 16])));
    assert!(read(storage, |r| r.photo_is_of(photo, HOME)) && of(8));
    assert!(!of(7), "offered is not handed in");
    // Proven once, its device may add it to another record; another device has to prove it too.
    offer(PHONE, RecordId([9; 16]), 3);
    assert!(of(9));
    write(storage, |w| w.put_photo_piece(photo, other, 0, b"xy"));
    write(storage, |w| w.drop_photo_pieces(photo, other));
    write(storage, |w| w.drop_photo_pieces(photo, PHONE));
    write(storage, |w| w.put_photo_piece(photo, other, 0, b"abcde"));
    write(storage, |w| w.prove_photo(photo, other));
    assert!(of(7));
    assert_eq!(read(storage, |r| r.photo_bytes(photo, 0, 9)), b"abcde");
}

fn of_one_device_a_bounded_number_of_photos_is_open(storage: &impl Storage) {
    let bound = OfferBound { offers: 3, bytes: 100 };
    let offer = |number: u8, size, second| {
        write(storage, |w| w.offer_photo(PhotoId([number; 32]), PHONE, HOME, size, at(second), bound));
    };
    let open = || -> Vec<u8> {
        (1..9)
            .filter(|number| read(storage, |r| r.photo_offer(PhotoId([*number; 32]), PHONE)).is_some())
            .collect()
    };
    for number in 1..=3 {
        offer(number, 10, i64::from(number));
        write(storage, |w| w.put_photo_piece(PhotoId([number; 32]), PHONE, 0, &[number; 10]));
    }
    write(storage, |w| w.prove_photo(PhotoId([1; 32]), PHONE));
    offer(4, 10, 4);
    assert_eq!(open(), [1, 2, 3, 4], "what is proven is not open");
    offer(5, 10, 5);
    assert_eq!(open(), [1, 3, 4, 5], "the oldest goes");
    offer(6, 85, 6);
    assert_eq!(open(), [1, 5, 6], "too many bytes go too");
    assert_eq!(read(storage, |r| r.photo_offer_bytes(PhotoId([2; 32]), PHONE)), b"");
}

fn a_photo_is_awaited_by_the_record_that_names_it_until_it_is_of_that_record(storage: &impl Storage) {
    let (photo, other) = (PhotoId([6; 32]), DeviceId([0x22; 16]));
    let bound = OfferBound { offers: 9, bytes: 100 };
    write(storage, |w| w.accept(&row(1), &change(1, 1)));
    write(storage, |w| w.name_photo(photo, HOME, PHONE, at(1)));
    write(storage, |w| w.name_photo(photo, HOME, other, at(2)));
    let awaited = AwaitedPhoto { photo, record: HOME, device: PHONE, since: at(1) };
    assert_eq!(read(storage, |r| r.awaited_photos()), [awaited], "who named it first took it");
    let hand_in = |record| {
        write(storage, |w| w.offer_photo(photo, PHONE, record, 2, at(3), bound));
    };
    hand_in(RecordId([8; 16]));
    write(storage, |w| w.put_photo_piece(photo, PHONE, 0, b"ab"));
    write(storage, |w| w.prove_photo(photo, PHONE));
    assert_eq!(read(storage, |r| r.awaited_photos()), [awaited], "it came for another record");
    hand_in(HOME);
    assert_eq!(read(storage, |r| r.awaited_photos()), []);
    write(storage, |w| w.name_photo(PhotoId([7; 32]), HOME, other, at(4)));
    assert_eq!(read(storage, |r| r.awaited_photos()).len(), 1);
    write(storage, |w| w.unname_photo(PhotoId([7; 32]), HOME));
    assert_eq!(read(storage, |r| r.awaited_photos()), []);
}

fn the_audit_is_a_chain(storage: &impl Storage) {
    write(storage, |w| w.put_audit(at(1), "office", "enrol", "{}"));
    write(storage, |w| w.put_audit(at(1), "office", "enrol", "{}"));
    let rows = read(storage, |r| r.audit(0, 10));
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2]);
    assert_ne!(rows[0].chain, rows[1].chain, "the same words at another place have another value");
    assert_eq!(read(storage, |r| r.audit(1, 10)), rows[1..]);
    write(storage, |w| w.put_audit(at(2), "office", "revoke", "{}"));
    assert_eq!(read(storage, |r| r.last_audit("enrol")).as_ref(), rows.last());
    assert_eq!(read(storage, |r| r.last_audit("release")), None);
    assert_eq!(read(storage, |r| r.audit_of("enrol")), rows);
}

mod lives {
    //! The token outside the database: only an implementation with files has one.

    use super::*;

    fn generation(folder: &std::path::Path) -> Generation {
        let storage = Sqlite::open(folder, &desk()).unwrap();
        write(&storage, |w| w.put_audit(at(1), "office", "test", "{}"));
        read(&storage, |r| r.life()).generation
    }

    fn copy(from: &std::path::Path, to: &std::path::Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                // A copy restored over the old name is another file with the same name.
                let _ = std::fs::remove_file(&target);
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }

    #[test]
    fn a_reopened_office_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        drop(Sqlite::create(folder.path(), &desk(), &jinse()).unwrap());
        assert_eq!(generation(folder.path()), generation(folder.path()));
        let again = Sqlite::create(folder.path(), &desk(), &jinse());
        assert!(matches!(again.err(), Some(StorageError::AlreadyInitialised)));
        let elsewhere = Sqlite::open(&folder.path().join("nothing"), &desk());
        assert!(matches!(elsewhere.err(), Some(StorageError::NotInitialised)));
    }

    #[test]
    fn a_database_copied_back_starts_a_new_generation() {
        let folder = tempfile::tempdir().unwrap();
        drop(Sqlite::create(folder.path(), &desk(), &jinse()).unwrap());
        let first = generation(folder.path());
        let yesterday = std::fs::read(folder.path().join("office.db")).unwrap();
        let second = generation(folder.path());
        assert_eq!(first, second);
        std::fs::write(folder.path().join("office.db"), yesterday).unwrap();
        let _ = std::fs::remove_file(folder.path().join("office.db-wal"));
        let restored = generation(folder.path());
        assert_ne!(restored, second, "it has fewer commits than the mark");
        assert_eq!(generation(folder.path()), restored);
    }

    #[test]
    fn a_whole_folder_copied_back_starts_a_new_generation() {
        let (folder, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        drop(Sqlite::create(folder.path(), &desk(), &jinse()).unwrap());
        let first = generation(folder.path());
        copy(folder.path(), backup.path());
        assert_eq!(generation(folder.path()), first);
        copy(backup.path(), folder.path());
        assert_ne!(generation(folder.path()), first);
    }

    #[test]
    fn a_whole_folder_laid_over_the_present_files_starts_a_new_generation() {
        fn lay(from: &std::path::Path, over: &std::path::Path) {
            std::fs::create_dir_all(over).unwrap();
            for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
                let target = over.join(entry.file_name());
                if entry.file_type().unwrap().is_dir() {
                    lay(&entry.path(), &target);
                } else {
                    // As `cp -r` does: the file that is there keeps its identity.
                    std::fs::write(target, std::fs::read(entry.path()).unwrap()).unwrap();
                }
            }
        }
        let (folder, copied) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        drop(Sqlite::create(folder.path(), &desk(), &jinse()).unwrap());
        let first = generation(folder.path());
        lay(folder.path(), copied.path());
        assert_eq!(generation(folder.path()), first);
        lay(copied.path(), folder.path());
        let second = generation(folder.path());
        assert_ne!(second, first);
        assert_eq!(generation(folder.path()), second, "once");
    }

    #[test]
    fn the_audit_says_since_when_a_life_that_is_not_the_first_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let began = |storage: &Sqlite| read(storage, |r| r.last_audit(NEW_LIFE));
        assert_eq!(began(&Sqlite::create(folder.path(), &desk(), &jinse()).unwrap()), None);
        assert_eq!(began(&Sqlite::open(folder.path(), &desk()).unwrap()), None);
        std::fs::remove_file(folder.path().join("not-in-backups/incarnation")).unwrap();
        let storage = Sqlite::open(folder.path(), &desk()).unwrap();
        let entry = began(&storage).unwrap();
        assert!(
            entry.about.contains(&read(&storage, |r| r.life()).generation.to_string()),
            "{}",
            entry.about
        );
    }

    #[test]
    fn a_device_revoked_in_the_very_moment_a_new_life_began_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::create(folder.path(), &desk(), &jinse()).unwrap();
        write(&storage, |w| w.put_device(&Device { enrolled: Timestamp::from_millis(0), ..device() }));
        drop(storage);
        std::fs::remove_file(folder.path().join("not-in-backups/incarnation")).unwrap();
        let storage = Sqlite::open(folder.path(), &desk()).unwrap();
        let began = read(&storage, |r| r.last_audit(NEW_LIFE)).unwrap().at;
        let missed = |storage: &Sqlite| {
            let lost = read(storage, crate::backup::lost).unwrap();
            (lost.awaited.len(), lost.gone.len())
        };
        assert_eq!(missed(&storage), (1, 0));
        write(&storage, |w| w.revoke_device(PHONE, began));
        assert_eq!(missed(&storage), (0, 1));
    }

    #[test]
    fn a_copy_is_one_state_without_what_must_not_travel() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let storage = Sqlite::create(folder.path(), &desk(), &jinse()).unwrap();
        let (whole, open) = (PhotoId([7; 32]), PhotoId([8; 32]));
        let bound = OfferBound { offers: 8, bytes: 1 << 20 };
        write(&storage, |w| {
            w.put_device(&device())?;
            w.put_session(&Session { token_hash: [2; 32], device: PHONE, expires: at(100) })?;
            w.put_code(&Code {
                selector: "K739".to_owned(),
                hash: [3; 32],
                staff: staff("zhang.li"),
                expires: at(100),
                used_by: None,
            })?;
            w.accept(&row(1), &change(1, 1))?;
            for photo in [whole, open] {
                w.offer_photo(photo, PHONE, HOME, 20, at(1), bound)?;
                w.put_photo_piece(photo, PHONE, 0, &[photo.0[0]; 10])?;
            }
            w.put_photo_piece(whole, PHONE, 10, &[7; 10])?;
            w.prove_photo(whole, PHONE)
        });
        let file = elsewhere.path().join("copy.db");
        storage.copy_to(&file, &desk()).unwrap();
        assert!(
            matches!(storage.copy_to(&file, &desk()), Err(StorageError::Folder(_))),
            "never over another"
        );
        write(&storage, |w| w.accept(&row(2), &change(2, 2)));

        let copy = Copy::open(&file).unwrap();
        copy.check().unwrap();
        assert_eq!(copy.photos().unwrap(), [(whole, 20)]);
        let (record, session, code, begun, bytes) = copy
            .read(|r| {
                Ok((
                    r.record(HOME)?,
                    r.session(&[2; 32], at(0))?,
                    r.code("K739")?,
                    r.photo_offer_bytes(open, PHONE)?,
                    r.photo_bytes(whole, 0, 20)?,
                ))
            })
            .unwrap();
        assert_eq!((record, session, code), (Some(row(1)), None, None));
        assert_eq!(
            (begun, bytes),
            (vec![8; 10], Vec::new()),
            "a photo under way goes on; a whole one lies apart"
        );
        drop(copy);

        // Put in the place of its original by hand, beside the mark of that one.
        let life = |storage: &Sqlite| read(storage, |r| r.life()).generation;
        let before = life(&storage);
        let file = elsewhere.path().join("of-the-last-commit.db");
        storage.copy_to(&file, &desk()).unwrap();
        drop(storage);
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("office.db{suffix}")));
        }
        std::fs::copy(&file, folder.path().join("office.db")).unwrap();
        assert_ne!(life(&Sqlite::open(folder.path(), &desk()).unwrap()), before);
    }

    #[test]
    fn a_copy_is_of_one_moment_while_others_write() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let storage = Sqlite::create(folder.path(), &desk(), &jinse()).unwrap();
        // What is copied between the tables and the audit takes a while.
        let (photo, pieces) = (PhotoId([8; 32]), 40);
        let bound = OfferBound { offers: 8, bytes: 1 << 30 };
        write(&storage, |w| {
            w.offer_photo(photo, PHONE, HOME, 1 << 30, at(1), bound)?;
            (0..pieces).try_for_each(|number| w.put_photo_piece(photo, PHONE, number << 19, &[8; 1 << 19]))
        });
        let copied = std::sync::atomic::AtomicBool::new(false);
        let copy = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !copied.load(Ordering::Relaxed) {
                    write(&storage, |w| {
                        w.put_table(TableName::Grids, "[]")?;
                        w.put_audit(at(1), "office", "tables", "{}")
                    });
                }
            });
            while read(&storage, |r| r.last_audit("tables")).is_none() {
                std::thread::yield_now();
            }
            let file = elsewhere.path().join("copy.db");
            let made = storage.copy_to(&file, &desk());
            copied.store(true, Ordering::Relaxed);
            made.and_then(|()| Copy::open(&file)).unwrap()
        });
        let (version, entries) =
            copy.read(|r| Ok((r.table(TableName::Grids)?.version, r.sizes()?.audit))).unwrap();
        assert!(version > 0 && version < read(&storage, |r| r.table(TableName::Grids)).version);
        assert_eq!(version, entries, "one transaction wrote both");
    }

    #[test]
    fn nobody_works_with_an_office_while_another_is_put_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::create(folder.path(), &desk(), &jinse()).unwrap();
        assert!(matches!(Vacant::take(folder.path()), Err(StorageError::Busy)));
        drop(storage);
        let vacant = Vacant::take(folder.path()).unwrap();
        assert!(vacant.has_office());
        assert!(matches!(Sqlite::open(folder.path(), &desk()), Err(StorageError::Busy)));
        drop(vacant);
        let (made, aside) = (folder.path().join("made.db"), folder.path().join("aside"));
        std::fs::write(&made, "new").unwrap();
        std::fs::write(folder.path().join("office.db-wal"), "of the old one").unwrap();
        Vacant::take(folder.path()).unwrap().put(&made, &aside).unwrap();
        assert_eq!(std::fs::read(folder.path().join("office.db")).unwrap(), b"new");
        assert!(aside.join("office.db").exists());
        assert_eq!(std::fs::read(aside.join("office.db-wal")).unwrap(), b"of the old one");
        assert!(!folder.path().join("office.db-wal").exists(), "it is never taken for the new one's");
    }

    #[test]
    fn a_lost_mark_starts_a_new_generation() {
        let folder = tempfile::tempdir().unwrap();
        drop(Sqlite::create(folder.path(), &desk(), &jinse()).unwrap());
        let first = generation(folder.path());
        std::fs::remove_dir_all(folder.path().join("not-in-backups")).unwrap();
        let second = generation(folder.path());
        assert_ne!(second, first);
        std::fs::write(folder.path().join("not-in-backups/incarnation"), b"short").unwrap();
        assert_ne!(generation(folder.path()), second);
    }

    #[test]
    fn nobody_else_may_open_what_an_office_keeps() {
        use std::os::unix::fs::PermissionsExt as _;

        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("jinse");
        let storage = Sqlite::create(&folder, &desk(), &jinse()).unwrap();
        write(&storage, |w| w.put_audit(at(1), "office", "test", "{}"));
        let files = || {
            let inner = folder.join("not-in-backups");
            let of = |folder: &std::path::Path| {
                std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
            };
            [vec![folder.clone()], of(&folder), of(&inner)].concat()
        };
        let modes = || -> Vec<_> {
            files().iter().map(|path| path.metadata().unwrap().permissions().mode() & 0o077).collect()
        };
        let names: Vec<_> = files().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        for name in ["office.db", "office.db-wal", "office.db-shm", "incarnation", "signing-key"] {
            assert!(names.iter().any(|known| known == name), "{names:?}");
        }
        assert!(modes().iter().all(|mode| *mode == 0), "{:?}", files());
        for path in files() {
            let open = if path.is_dir() { 0o755 } else { 0o644 };
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
        }
        drop(Sqlite::open(&folder, &desk()).unwrap());
        assert!(modes().iter().all(|mode| *mode == 0), "repaired when the office is opened");
    }

    #[test]
    fn the_signing_key_is_in_no_copy_of_the_database_and_missed_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::create(folder.path(), &desk(), &jinse()).unwrap();
        let key = storage.signing_key().unwrap();
        drop(storage);
        let secret = key.secret();
        for entry in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                let bytes = std::fs::read(entry.path()).unwrap();
                let holds = bytes.windows(secret.len()).any(|window| window == secret.as_slice());
                assert!(!holds, "{:?}", entry.path());
            }
        }

        let file = folder.path().join("not-in-backups/signing-key");
        let kept = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let storage = Sqlite::open(folder.path(), &desk()).unwrap();
        assert_eq!(
            read(&storage, |r| r.office_key()),
            key.public(),
            "phones are served and enrolled without it"
        );
        assert!(matches!(storage.signing_key(), Err(StorageError::NoSigningKey { path }) if path == file));
        for wrong in ["", "00", &"7".repeat(64), &"ü".repeat(32)] {
            std::fs::write(&file, wrong).unwrap();
            assert!(matches!(storage.signing_key(), Err(StorageError::WrongSigningKey { .. })), "{wrong}");
        }
        std::fs::write(&file, kept).unwrap();
        assert_eq!(storage.signing_key().unwrap().public(), key.public());
    }

    #[test]
    fn another_key_signs_every_set_anew() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::create(folder.path(), &desk(), &jinse()).unwrap();
        let old = storage.signing_key().unwrap();
        let sets = ["1", "2"].map(|text| old.sign(text.to_owned()));
        write(&storage, |w| w.put_playbook_set(1, &sets[0], &[]));
        write(&storage, |w| w.put_playbook_set(2, &sets[1], &[]));
        storage.renew_signing_key(&desk()).unwrap();
        let new = storage.signing_key().unwrap();
        assert_ne!(new.public(), old.public());
        assert_eq!(read(&storage, |r| r.office_key()), new.public());
        assert_eq!(read(&storage, |r| r.playbook_sets()), ["1", "2"].map(|text| new.sign(text.to_owned())));
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        drop(Sqlite::create(folder.path(), &desk(), &jinse()).unwrap());
        std::fs::write(folder.path().join("office.db"), vec![0x5a; 8_192]).unwrap();
        assert!(matches!(Sqlite::open(folder.path(), &desk()).err(), Some(StorageError::Damaged)));
    }
}
