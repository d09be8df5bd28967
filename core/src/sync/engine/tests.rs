//! One phone against an office that says what the test wants.

use serde_bytes::ByteBuf;

use super::*;
use crate::crdt::{ChangeInfo, Document};
use crate::model::{
    ChangeHash, ClockOffset, DeviceId, Edit, GridId, Kind, KindName, Receipt, StaffId, Stamp, Timestamp,
};
use crate::store::{Authored, Signed};
use crate::sync::message::{Membership, Page, PageRow, Pull, Reason, Verdict};
use crate::testing::TestStore;

const GENERATION: Generation = Generation([4; 16]);
const HOME: RecordId = RecordId([7; 16]);

/// A phone in the middle of a sync, and what it asked last.
struct Desk {
    store: TestStore,
    engine: Engine,
    asked: Option<Frame<Request>>,
    over: Option<SyncReport>,
}

fn key() -> DeviceKey {
    DeviceKey::from_secret(&[3; 32])
}

fn grid() -> GridId {
    GridId::new("grid-1").unwrap()
}

fn stamp() -> Stamp {
    let at = Timestamp::from_millis(1_795_305_600_000);
    Stamp { staff: StaffId::new("zhang.li").unwrap(), at, offset: None, copy_of: None }
}

impl Desk {
    fn new(rules: SyncRules) -> Self {
        let engine = Engine::with_rules(key(), "test", rules);
        let mut desk = Self { store: TestStore::new(), engine, asked: None, over: None };
        desk.tell(SyncEvent::Start);
        desk
    }

    /// The same phone syncs once more.
    fn again(&mut self) {
        self.engine = Engine::new(key(), "test");
        self.over = None;
        self.tell(SyncEvent::Start);
    }

    fn tell(&mut self, event: SyncEvent<'_>) -> usize {
        let effects = self.engine.handle(&self.store, self.store.host(), event);
        let count = effects.len();
        for effect in effects {
            match effect {
                SyncEffect::Send(bytes) => self.asked = Some(frame::decode(&bytes).unwrap()),
                SyncEffect::Progress(_) => {}
                SyncEffect::Done(report) => self.over = Some(*report),
            }
        }
        count
    }

    fn answer(&mut self, body: Reply) -> usize {
        let request = self.asked.as_ref().unwrap().request;
        self.answer_to(request, body)
    }

    fn answer_to(&mut self, request: u64, body: Reply) -> usize {
        let bytes = frame::encode(&Frame { protocol: PROTOCOL, request, token: None, body }).unwrap();
        self.tell(SyncEvent::Reply(&bytes))
    }

    fn asks(&self) -> &Request {
        &self.asked.as_ref().unwrap().body
    }

    /// Up to the hello.
    fn connect(&mut self) {
        self.answer(Reply::Nonce { nonce: ByteBuf::from([1; 32]) });
        assert!(matches!(self.asks(), Request::Session { .. }));
        self.answer(Reply::Opened { token: ByteBuf::from([2; 32]) });
        assert!(matches!(self.asks(), Request::Hello(_)));
    }

    fn welcome(&mut self) {
        self.connect();
        self.answer(welcome(GENERATION));
    }

    /// A restored office is told that nothing is left to be handed in again.
    fn catch_up(&mut self, restored: Generation) {
        let Request::Hello(hello) = self.asks() else { panic!("a hello: {:?}", self.asks()) };
        assert_eq!((hello.generation, hello.report.unconfirmed), (Some(restored), 0));
        self.answer(welcome(restored));
    }

    fn write(&self, edit: &Edit) -> ChangeInfo {
        let key = key();
        self.store
            .write(|tx| {
                let actor = match tx.actor()? {
                    Some(actor) => actor,
                    None => {
                        let actor = key.new_actor(self.store.host())?;
                        tx.set_actor(actor)?;
                        actor
                    }
                };
                let mut document = tx.take_document(HOME, Kind::Home, 1)?;
                let info = document.author(actor, &stamp(), edit)?;
                let signature = key.sign_change(HOME, Kind::Home, 1, info.hash);
                let signed = Signed { device: key.device(), signature };
                tx.save_authored(document, &[Authored { info: &info, intent: edit, signed }])?;
                Ok::<_, StoreError>(info)
            })
            .unwrap()
    }

    fn cursor(&self) -> u64 {
        self.store.read(|reader| reader.cursor(&grid())).unwrap()
    }

    fn end(&self) -> &End {
        &self.over.as_ref().unwrap().end
    }
}

fn welcome(generation: Generation) -> Reply {
    Reply::Welcome(Box::new(Welcome {
        generation,
        now: Timestamp::from_millis(1_795_305_700_000),
        grids: vec![grid()],
        tables: Vec::new(),
        playbooks: None,
        accepted_since: Vec::new(),
        watermark: 0,
        position: 0,
        warrant: None,
        homes: None,
    }))
}

fn page(from: u64, to: u64, rows: Vec<PageRow>) -> Page {
    Page { generation: GENERATION, grid: grid(), from, to, complete: true, rows }
}

fn home() -> Edit {
    Edit::new().put("place", "jinse/3-2").put("layout", "三室两厅")
}

/// A colleague's home as the office serves it.
fn colleagues_row() -> (PageRow, ChangeInfo) {
    let mut document = Document::genesis(HOME, Kind::Home, 1).unwrap();
    let actor = crate::model::ActorId::new(DeviceId([9; 16]), [1; 8]);
    let info = document.author(actor, &stamp(), &home()).unwrap();
    let row = PageRow {
        record: HOME,
        kind: Kind::Home.into(),
        version: 1,
        place: crate::model::PlaceId::new("jinse/3-2").unwrap(),
        membership: Membership::Enter,
        accepted: 1,
        first: 1,
        receipts: vec![(info.hash, Timestamp::from_millis(5))],
        changes: vec![ByteBuf::from(info.bytes())],
        seal: None,
        line: Vec::new(),
    };
    (row, info)
}

#[test]
fn a_quiet_phone_reads_its_grid_and_is_done() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let expected = Pull { generation: GENERATION, grid: grid(), from: 0, lines: true };
    assert_eq!(desk.asks(), &Request::Pull(expected));
    let (row, info) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert_eq!(desk.end(), &End::Complete);
    assert_eq!(desk.cursor(), 4);
    let receipts = desk.store.read(|reader| reader.receipts(HOME)).unwrap();
    assert_eq!(receipts[&info.hash], Receipt { ordinal: 1, at: Timestamp::from_millis(5) });
    assert_eq!(desk.store.read(|reader| reader.clock_offset()).unwrap(), Some(ClockOffset(100_000)));
}

#[test]
fn how_many_homes_a_first_sync_brings_is_known_until_one_ended_well() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.connect();
    let (first, to_fetch) = (
        |desk: &Desk| matches!(desk.asks(), Request::Hello(hello) if hello.first),
        |desk: &Desk| {
            desk.store.read(|reader| reader.summary(Timestamp::from_millis(5))).unwrap().homes_to_fetch
        },
    );
    assert!(first(&desk));
    assert_eq!(to_fetch(&desk), None);
    let Reply::Welcome(counted) = welcome(GENERATION) else { panic!() };
    let counted = Reply::Welcome(Box::new(Welcome { homes: Some(430), ..*counted }));
    desk.answer(counted);
    for _ in 0..=REPEATS {
        desk.tell(SyncEvent::Failed);
    }
    assert_eq!(
        (desk.end(), to_fetch(&desk)),
        (&End::Interrupted, Some(430)),
        "what is left to come is shown meanwhile"
    );
    desk.again();
    desk.connect();
    assert!(first(&desk));
    desk.answer(welcome(GENERATION));
    desk.answer(Reply::Page(page(0, 0, Vec::new())));
    assert_eq!((desk.end(), to_fetch(&desk)), (&End::Complete, None));
    desk.again();
    desk.connect();
    assert!(!first(&desk));
}

#[test]
fn the_hello_says_what_the_last_sync_ended_by() {
    let mut desk = Desk::new(SyncRules::ALL);
    let blocked = |desk: &mut Desk| {
        desk.connect();
        let Request::Hello(hello) = desk.asks() else { panic!("a hello") };
        hello.report.blocked.clone()
    };
    assert_eq!(blocked(&mut desk), None);
    desk.answer(Reply::Problem(Problem::Storage));
    assert_eq!(desk.end(), &End::Office(Problem::Storage));
    desk.again();
    assert_eq!(blocked(&mut desk).as_deref(), Some("storage"));
    desk.answer(welcome(GENERATION));
    desk.answer(Reply::Page(page(0, 0, Vec::new())));
    assert_eq!(desk.end(), &End::Complete);
    desk.again();
    assert_eq!(blocked(&mut desk), None);
    // A sync that went well and an edit the office did not take all the same.
    desk.again();
    let info = desk.write(&home());
    desk.welcome();
    let reason = Reason { code: "quota".into(), path: None };
    desk.answer(Reply::Verdicts { verdicts: vec![(info.hash, Verdict::Later { reason })] });
    desk.answer(Reply::Page(page(0, 0, Vec::new())));
    assert_eq!(desk.end(), &End::Complete);
    desk.again();
    assert_eq!(blocked(&mut desk).as_deref(), Some("quota"));
}

#[test]
fn a_page_that_starts_elsewhere_does_not_count() {
    for (rules, moved) in [(SyncRules::ALL, 0), (SyncRules { page_must_fit: false, ..SyncRules::ALL }, 9)] {
        let mut desk = Desk::new(rules);
        desk.welcome();
        desk.answer(Reply::Page(page(5, 9, Vec::new())));
        assert_eq!(desk.cursor(), moved, "rows 1 to 5 would never come");
    }
}

#[test]
fn a_page_of_another_life_or_grid_does_not_count() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    desk.answer(Reply::Page(Page { generation: Generation([5; 16]), ..page(0, 9, Vec::new()) }));
    desk.answer(Reply::Page(Page { grid: GridId::new("grid-2").unwrap(), ..page(0, 9, Vec::new()) }));
    assert_eq!(desk.cursor(), 0);
    assert!(matches!(desk.asks(), Request::Pull(_)), "it is asked for again");
}

#[test]
fn an_office_whose_pages_never_fit_is_given_up() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    for _ in 0..=Budget::new().misfits {
        desk.answer(Reply::Page(page(5, 9, Vec::new())));
    }
    assert_eq!(desk.end(), &End::Unreadable);
}

#[test]
fn an_answer_of_another_time_changes_nothing() {
    let mut desk = Desk::new(SyncRules::ALL);
    let late = desk.asked.as_ref().unwrap().request;
    desk.welcome();
    assert_eq!(desk.answer_to(late, Reply::Page(page(0, 9, Vec::new()))), 0);
    assert_eq!(desk.cursor(), 0);
}

#[test]
fn what_a_page_lacks_is_asked_for_before_it_counts() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (mut row, info) = colleagues_row();
    row.changes.clear();
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert_eq!(desk.asks(), &Request::Need { record: HOME, hashes: vec![info.hash] });
    assert_eq!(desk.cursor(), 0, "the cursor waits for its rows");
    desk.answer(Reply::Changes { record: HOME, changes: vec![ByteBuf::from(info.bytes())] });
    assert_eq!(desk.cursor(), 4);
    assert!(desk.store.read(|reader| reader.has_change(HOME, info.hash)).unwrap());
}

/// A home a colleague wrote five times, and its row with what `keep` leaves of it.
fn long_row(keep: impl FnOnce(&mut PageRow)) -> (PageRow, Vec<ChangeInfo>) {
    let mut document = Document::genesis(HOME, Kind::Home, 1).unwrap();
    let actor = crate::model::ActorId::new(DeviceId([9; 16]), [1; 8]);
    let mut changes = vec![document.author(actor, &stamp(), &home()).unwrap()];
    changes.extend((0..4).map(|n| document.author(actor, &stamp(), &Edit::new().put("people", n)).unwrap()));
    let (mut row, _) = colleagues_row();
    row.accepted = 5;
    row.receipts = changes.iter().map(|info| (info.hash, Timestamp::from_millis(5))).collect();
    row.changes = changes.iter().map(|info| ByteBuf::from(info.bytes())).collect();
    keep(&mut row);
    (row, changes)
}

fn receipts_of(changes: &[ChangeInfo]) -> Vec<(ChangeHash, Timestamp)> {
    changes.iter().map(|info| (info.hash, Timestamp::from_millis(5))).collect()
}

#[test]
fn a_list_cut_short_is_asked_for_to_its_end() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, changes) = long_row(|row| {
        row.receipts.truncate(2);
        row.changes.truncate(1);
    });
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert_eq!(desk.asks(), &Request::Receipts { record: HOME, from: 3 });
    desk.answer(Reply::Receipts { record: HOME, from: 3, receipts: receipts_of(&changes[2..4]), seal: None });
    assert_eq!(desk.asks(), &Request::Receipts { record: HOME, from: 5 });
    desk.answer(Reply::Receipts { record: HOME, from: 5, receipts: receipts_of(&changes[4..]), seal: None });
    assert!(matches!(desk.asks(), Request::Need { hashes, .. } if hashes.len() == 4));
    assert_eq!(desk.cursor(), 0, "the cursor waits for its rows");
    let rest = changes[1..].iter().map(|info| ByteBuf::from(info.bytes())).collect();
    desk.answer(Reply::Changes { record: HOME, changes: rest });
    assert_eq!((desk.end(), desk.cursor()), (&End::Complete, 4));
    assert_eq!(desk.store.read(|reader| reader.complete(HOME)).unwrap(), 5);
    let record = desk.store.read(|reader| reader.record(HOME)).unwrap().unwrap();
    assert_eq!(record.get("people"), Some(&crate::model::Value::Int(3)));
}

#[test]
fn a_gap_before_what_a_row_lists_is_asked_for() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, changes) = long_row(|row| {
        row.membership = Membership::Update;
        row.first = 4;
        row.receipts.drain(..3);
        row.changes.drain(..3);
    });
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert_eq!(desk.asks(), &Request::Receipts { record: HOME, from: 1 });
    // The office lists on beyond the gap: what the row says itself is not taken twice.
    desk.answer(Reply::Receipts { record: HOME, from: 1, receipts: receipts_of(&changes), seal: None });
    assert!(matches!(desk.asks(), Request::Need { hashes, .. } if hashes.len() == 3));
    let missing = changes[..3].iter().map(|info| ByteBuf::from(info.bytes())).collect();
    desk.answer(Reply::Changes { record: HOME, changes: missing });
    assert_eq!(desk.end(), &End::Complete);
    let receipts = desk.store.read(|reader| reader.receipts(HOME)).unwrap();
    let ordinals: Vec<u32> = changes.iter().map(|info| receipts[&info.hash].ordinal).collect();
    assert_eq!(ordinals, [1, 2, 3, 4, 5]);
}

#[test]
fn what_did_not_come_is_asked_for_again_in_the_next_sync() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, changes) = long_row(|row| row.changes.truncate(2));
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    desk.answer(Reply::Problem(Problem::NotFound));
    // Asked once more at the end of the same pull; then the sync is over, with the record as far as it goes.
    desk.answer(Reply::Receipts { record: HOME, from: 3, receipts: receipts_of(&changes[2..]), seal: None });
    desk.answer(Reply::Problem(Problem::NotFound));
    assert_eq!((desk.end(), desk.cursor()), (&End::Complete, 4));
    assert_eq!(desk.store.read(|reader| reader.complete(HOME)).unwrap(), 2);

    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert_eq!(desk.asks(), &Request::Receipts { record: HOME, from: 3 });
    desk.answer(Reply::Receipts { record: HOME, from: 3, receipts: receipts_of(&changes[2..]), seal: None });
    assert!(matches!(desk.asks(), Request::Need { hashes, .. } if hashes.len() == 3));
    let missing = changes[2..].iter().map(|info| ByteBuf::from(info.bytes())).collect();
    desk.answer(Reply::Changes { record: HOME, changes: missing });
    assert_eq!(desk.end(), &End::Complete);
    assert_eq!(desk.store.read(|reader| reader.complete(HOME)).unwrap(), 5);

    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert_eq!(desk.end(), &End::Complete, "nothing is missing any more");
}

#[test]
fn bytes_the_office_does_not_list_stay_out_and_hold_nothing_up() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (mut row, info) = colleagues_row();
    row.changes.push(ByteBuf::from(b"not a change".to_vec()));
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert_eq!(desk.over.as_ref().unwrap().withheld, 1);
    assert_eq!(desk.store.read(|reader| reader.quarantine(9)).unwrap().len(), 1);
    assert!(desk.store.read(|reader| reader.has_change(HOME, info.hash)).unwrap());
}

#[test]
fn a_broken_line_is_tried_again_with_the_same_bytes_and_then_given_up() {
    let mut desk = Desk::new(SyncRules::ALL);
    let asked = desk.asked.clone();
    for _ in 0..REPEATS {
        desk.tell(SyncEvent::Failed);
        assert_eq!(desk.asked, asked);
    }
    desk.tell(SyncEvent::Failed);
    assert_eq!(desk.end(), &End::Interrupted);
}

#[test]
fn a_session_that_ended_is_opened_again_and_the_sync_goes_on() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    desk.answer(Reply::Problem(Problem::NoSession));
    assert!(matches!(desk.asks(), Request::Challenge { .. }));
    desk.welcome();
    assert!(matches!(desk.asks(), Request::Pull(_)));
    for _ in 0..Budget::new().sessions {
        desk.answer(Reply::Problem(Problem::NoSession));
        if desk.over.is_none() {
            desk.welcome();
        }
    }
    assert_eq!(desk.end(), &End::Office(Problem::NoSession));
}

#[test]
fn a_revoked_phone_hands_in_its_work_and_stops() {
    let mut desk = Desk::new(SyncRules::ALL);
    let info = desk.write(&home());
    desk.connect();
    desk.answer(Reply::Problem(Problem::Revoked));
    assert!(matches!(desk.asks(), Request::Push { envelopes } if envelopes.len() == 1));
    let reason = Reason { code: "revoked".into(), path: None };
    desk.answer(Reply::Verdicts { verdicts: vec![(info.hash, Verdict::Quarantined(reason))] });
    assert_eq!(desk.end(), &End::Office(Problem::Revoked));
    let shown = desk.store.read(|reader| reader.shown_verdicts()).unwrap();
    assert_eq!(shown[0].code, "revoked");
    assert_eq!(shown[0].intent, Some(home()), "the work is not lost");
}

/// Revoked before its first sync, it was never told of any life of the office's data.
#[test]
fn a_phone_that_was_never_welcomed_hands_in_its_work_too() {
    let mut desk = Desk::new(SyncRules::ALL);
    let info = desk.write(&home());
    desk.connect();
    desk.answer(Reply::Problem(Problem::Revoked));
    let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(5) };
    desk.answer(Reply::Verdicts { verdicts: vec![(info.hash, Verdict::Accepted(receipt))] });
    assert_eq!(desk.end(), &End::Office(Problem::Revoked));
    let kept = desk.store.read(|reader| reader.change(HOME, info.hash)).unwrap().unwrap();
    assert_eq!(kept.standing, crate::store::ChangeStanding::Accepted { generation: None, receipt });
}

#[test]
fn a_lost_answer_to_a_push_costs_nothing() {
    let mut desk = Desk::new(SyncRules::ALL);
    let info = desk.write(&home());
    desk.welcome();
    assert!(matches!(desk.asks(), Request::Push { .. }));
    // The answer never comes; the next sync asks again.
    desk.again();
    desk.welcome();
    assert!(matches!(desk.asks(), Request::Push { .. }));
    let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(5) };
    desk.answer(Reply::Verdicts { verdicts: vec![(info.hash, Verdict::Accepted(receipt))] });
    assert!(matches!(desk.asks(), Request::Pull(_)));
    assert!(desk.store.read(|reader| reader.outbox(0, 9)).unwrap().is_empty());
}

#[test]
fn an_own_change_that_is_not_here_ends_the_actor() {
    let mut desk = Desk::new(SyncRules::ALL);
    // Written, accepted, and forgotten when the phone's files were copied back.
    let actor = key().new_actor(desk.store.host()).unwrap();
    desk.store.write(|tx| tx.set_actor(actor)).unwrap();
    let mut earlier = Document::genesis(HOME, Kind::Home, 1).unwrap();
    let info = earlier.author(actor, &stamp(), &home()).unwrap();
    let (mut row, _) = colleagues_row();
    row.receipts = vec![(info.hash, Timestamp::from_millis(5))];
    row.changes = vec![ByteBuf::from(info.bytes())];
    desk.welcome();
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert_ne!(desk.store.read(|reader| reader.actor()).unwrap(), Some(actor));
    assert!(desk.over.as_ref().unwrap().new_actor);
    assert!(desk.store.read(|reader| reader.is_copied()).unwrap(), "and is told");
}

/// A photo of two pieces.
fn photo() -> (PhotoId, Vec<u8>) {
    use sha2::{Digest as _, Sha256};
    let bytes: Vec<u8> = (0u8..=250).cycle().take(limit::PHOTO_PIECE + 1_000).collect();
    (PhotoId(Sha256::digest(&bytes).into()), bytes)
}

fn after_the_records(desk: &mut Desk) {
    desk.welcome();
    let (row, _) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row])));
}

#[test]
fn a_photo_goes_on_where_the_office_has_it() {
    let mut desk = Desk::new(SyncRules::ALL);
    let (photo, bytes) = photo();
    let staged = desk.store.stage(&bytes, desk.store.host()).unwrap();
    desk.store
        .write(|tx| tx.keep(&staged, desk.store.host().now()).and_then(|()| tx.attach(staged.photo, HOME)))
        .unwrap();
    after_the_records(&mut desk);
    let size = bytes.len() as u64;
    assert_eq!(desk.asks(), &Request::PhotoOffer { photo, record: HOME, size });
    desk.answer(Reply::PhotoState { photo, received: 512, complete: false });
    let Request::PhotoPut { offset: 512, bytes: piece, .. } = desk.asks() else { panic!("from 512 on") };
    assert_eq!(piece.as_slice(), &bytes[512..512 + limit::PHOTO_PIECE]);
    desk.answer(Reply::PhotoState { photo, received: 512 + limit::PHOTO_PIECE as u64, complete: false });
    desk.answer(Reply::PhotoState { photo, received: size, complete: true });
    assert_eq!((desk.end(), desk.over.as_ref().unwrap().photos_sent), (&End::Complete, 1));
    assert!(desk.store.read(|reader| reader.photo_outbox()).unwrap().is_empty());
}

#[test]
fn without_photos_the_record_is_accepted_and_its_photo_goes_with_the_next_sync() {
    let mut desk = Desk::new(SyncRules::ALL);
    after_the_records(&mut desk);
    let (photo, bytes) = photo();
    let size = bytes.len() as u64;
    let staged = desk.store.stage(&bytes, desk.store.host()).unwrap();
    desk.store
        .write(|tx| tx.keep(&staged, desk.store.host().now()).and_then(|()| tx.attach(staged.photo, HOME)))
        .unwrap();
    let evidence = desk.write(&Edit::new().put("layout", "两室一厅").photos(&[photo]));

    desk.again();
    desk.engine = Engine::new(key(), "test").fetching(PhotoId([5; 32]), HOME).without_photos();
    desk.tell(SyncEvent::Start);
    desk.welcome();
    assert!(matches!(desk.asks(), Request::Push { envelopes } if envelopes.len() == 1));
    let receipt = Receipt { ordinal: 2, at: Timestamp::from_millis(6) };
    desk.answer(Reply::Verdicts { verdicts: vec![(evidence.hash, Verdict::Accepted(receipt))] });
    let (mut row, _) = colleagues_row();
    list(&mut row, &evidence);
    desk.answer(Reply::Page(page(4, 5, vec![row])));
    let report = desk.over.as_ref().unwrap();
    assert_eq!((&report.end, report.accepted), (&End::Complete, 1));
    assert_eq!((report.photos_sent, report.photos_failed), (0, 0));
    let summary = desk.store.read(|reader| reader.summary(desk.store.host().now())).unwrap();
    assert_eq!((summary.unsent_records, summary.unsent_photos), (0, 1), "and is shown as not sent");

    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(5, 5, Vec::new())));
    assert_eq!(desk.asks(), &Request::PhotoOffer { photo, record: HOME, size });
    desk.answer(Reply::PhotoState { photo, received: size, complete: true });
    assert_eq!((desk.end(), desk.over.as_ref().unwrap().photos_sent), (&End::Complete, 1));
    assert!(desk.store.read(|reader| reader.photo_outbox()).unwrap().is_empty());
}

#[test]
fn a_photo_that_does_not_move_is_passed_over() {
    let answers: [fn(PhotoId) -> Reply; 3] = [
        |_| Reply::Problem(Problem::PhotoMismatch),
        |photo| Reply::PhotoState { photo, received: u64::MAX, complete: false },
        |_| Reply::PhotoState { photo: PhotoId([0; 32]), received: 0, complete: true },
    ];
    for answer in answers {
        let mut desk = Desk::new(SyncRules::ALL);
        let (photo, bytes) = photo();
        let staged = desk.store.stage(&bytes, desk.store.host()).unwrap();
        desk.store
            .write(|tx| {
                tx.keep(&staged, desk.store.host().now()).and_then(|()| tx.attach(staged.photo, HOME))
            })
            .unwrap();
        after_the_records(&mut desk);
        desk.answer(answer(photo));
        assert_eq!((desk.end(), desk.over.as_ref().unwrap().photos_failed), (&End::Complete, 1));
        assert_eq!(desk.store.read(|reader| reader.photo_outbox()).unwrap().len(), 1, "it is tried again");
    }
}

#[test]
fn a_wanted_photo_comes_in_pieces_and_is_checked() {
    let (photo, bytes) = photo();
    for damage in [0, 1] {
        let mut desk = Desk::new(SyncRules::ALL);
        desk.engine = Engine::new(key(), "test").fetching(photo, HOME);
        desk.tell(SyncEvent::Start);
        after_the_records(&mut desk);
        let total = bytes.len() as u64;
        for piece in bytes.chunks(limit::PHOTO_PIECE) {
            let Request::PhotoGet { offset, .. } = *desk.asks() else { panic!("a piece is asked for") };
            let mut piece = piece.to_vec();
            piece[0] ^= damage;
            desk.answer(Reply::PhotoPiece { photo, offset, total, bytes: ByteBuf::from(piece) });
        }
        let report = desk.over.as_ref().unwrap();
        assert_eq!(
            (report.photos_received, report.photos_failed),
            (u64::from(damage == 0), u64::from(damage))
        );
        assert_eq!(desk.store.photo(photo).unwrap().is_some(), damage == 0);
    }
}

#[test]
fn a_restored_office_is_read_from_the_start() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, info) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    desk.again();
    desk.connect();
    let restored = Generation([6; 16]);
    desk.answer(welcome(restored));
    assert_eq!(
        desk.asks(),
        &Request::Pull(Pull { generation: restored, grid: grid(), from: 0, lines: true })
    );
    assert!(desk.store.read(|reader| reader.receipts(HOME)).unwrap().contains_key(&info.hash));
}

/// The office names the phones that have not brought back what its backup lacks. It learns that one has at the end of the same
/// sync, once, and of one cut off before that it does not.
#[test]
fn a_restored_office_is_told_when_everything_is_handed_in_again() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, info) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let restored = Generation([6; 16]);
    let after = |from, to, rows| Reply::Page(Page { generation: restored, ..page(from, to, rows) });
    desk.again();
    desk.connect();
    desk.answer(welcome(restored));
    // The line breaks here. The next sync begins with how much is still to be handed in.
    desk.again();
    desk.connect();
    let Request::Hello(hello) = desk.asks() else { panic!("a hello") };
    assert_eq!((hello.generation, hello.report.unconfirmed), (Some(restored), 1));
    let another = Generation([7; 16]);
    desk.answer(welcome(another));
    let after_another = |from, to, rows| Reply::Page(Page { generation: another, ..page(from, to, rows) });
    desk.answer(after_another(0, 0, Vec::new()));
    let Request::Push { envelopes } = desk.asks() else { panic!("handed in again: {:?}", desk.asks()) };
    assert_eq!(envelopes[0].change.as_slice(), info.bytes());
    let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(7) };
    desk.answer(Reply::Verdicts { verdicts: vec![(info.hash, Verdict::Accepted(receipt))] });
    desk.answer(after_another(0, 4, vec![row.clone()]));
    // An office that dies once more just then is read again, and told with the next sync.
    let Request::Hello(hello) = desk.asks() else { panic!("a hello: {:?}", desk.asks()) };
    assert_eq!((hello.generation, hello.report.unconfirmed), (Some(another), 0));
    desk.answer(welcome(restored));
    desk.answer(after(0, 4, vec![row]));
    assert_eq!(desk.end(), &End::Complete);
}

#[test]
fn what_is_no_frame_ends_the_sync() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.tell(SyncEvent::Reply(b"<html>login</html>"));
    assert_eq!(desk.end(), &End::Unreadable);
}

/// The office has accepted this change too.
fn list(row: &mut PageRow, change: &ChangeInfo) {
    row.receipts.push((change.hash, Timestamp::from_millis(6)));
    row.accepted += 1;
}

/// A colleague's home on this phone with edits of its owner on top that never left it; then the phone's database is
/// damaged, and they wait for a home that is gone. Returns the desk, the home as the office has it, and the edits.
fn waits_after_damage(edits: &[Edit]) -> (Desk, PageRow, Vec<ChangeInfo>) {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, _) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let written = edits.iter().map(|edit| desk.write(edit)).collect();
    desk.store = std::mem::take(&mut desk.store).damaged();
    assert!(
        desk.store
            .read(|reader| reader.record(HOME))
            .unwrap()
            .is_none_or(|home| home.text("layout").is_none())
    );
    desk.again();
    desk.welcome();
    (desk, row, written)
}

fn shown(desk: &Desk) -> Vec<(String, Option<Edit>)> {
    let rows = desk.store.read(|reader| reader.shown_verdicts()).unwrap();
    rows.into_iter().map(|row| (row.code, row.intent)).collect()
}

fn unsent(desk: &Desk) -> Vec<ChangeHash> {
    desk.store.read(|reader| reader.outbox(0, 99)).unwrap().into_iter().map(|row| row.hash).collect()
}

#[test]
fn edits_that_wait_after_damage_and_are_rejected_are_shown_with_what_was_meant() {
    let edits = [Edit::new().put("arrears", 12_000), Edit::new().put("layout", "两室一厅（已封阳台）")];
    let (mut desk, row, written) = waits_after_damage(&edits);
    assert_eq!(unsent(&desk).len(), 2);
    let reason = Reason { code: "field".into(), path: Some("arrears".into()) };
    let dependency = written[0].hash;
    desk.answer(Reply::Verdicts {
        verdicts: vec![
            (written[0].hash, Verdict::Rejected(reason)),
            (written[1].hash, Verdict::DependencyRejected { dependency }),
        ],
    });
    // The home comes back with the feed, and what only built on the rejected edit is written again on top of it.
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert_eq!(shown(&desk), [("field".to_owned(), Some(edits[0].clone()))]);
    let Request::Push { envelopes } = desk.asks() else { panic!("handed in again: {:?}", desk.asks()) };
    let again = ChangeInfo::parse(&envelopes[0].change).unwrap();
    assert_eq!((envelopes.len(), crate::crdt::edit_id(&again)), (1, written[1].hash));
    let home = desk.store.read(|reader| reader.record(HOME)).unwrap().unwrap();
    assert_eq!(home.text("layout"), Some("两室一厅（已封阳台）"));
    assert_eq!(home.get("arrears"), None);
}

#[test]
fn an_edit_that_waits_under_a_number_the_office_knows_otherwise_is_written_again() {
    let edits = [Edit::new().put("layout", "两室一厅")];
    let (mut desk, mut row, written) = waits_after_damage(&edits);
    // Written under the same number by a copy of this phone, and accepted first.
    let mut elsewhere = Document::genesis(HOME, Kind::Home, 1).unwrap();
    elsewhere.apply(&[ChangeInfo::parse(&row.changes[0]).unwrap()]).unwrap();
    let other = elsewhere.author(written[0].actor, &stamp(), &Edit::new().put("area", 89.5)).unwrap();
    assert_eq!((other.actor, other.seq), (written[0].actor, written[0].seq));
    list(&mut row, &other);
    row.changes.push(ByteBuf::from(other.bytes()));
    desk.answer(Reply::Verdicts {
        verdicts: vec![(written[0].hash, Verdict::Fork { accepted: other.hash })],
    });
    desk.answer(Reply::Page(page(0, 5, vec![row])));
    let Request::Push { envelopes } = desk.asks() else {
        panic!("handed in again: {:?} {:?}", desk.asks(), desk.over)
    };
    let again = ChangeInfo::parse(&envelopes[0].change).unwrap();
    assert_eq!(crate::crdt::edit_id(&again), written[0].hash);
    assert_eq!(unsent(&desk), [again.hash]);
    let home = desk.store.read(|reader| reader.record(HOME)).unwrap().unwrap();
    assert_eq!((home.text("layout"), home.get("area")), (Some("两室一厅"), Some(&89.5.into())));
}

#[test]
fn what_waits_for_the_feed_is_part_of_its_record_once_that_came() {
    let (mut desk, row, written) = waits_after_damage(&[Edit::new().put("layout", "两室一厅")]);
    desk.answer(Reply::Verdicts { verdicts: vec![(written[0].hash, Verdict::Pending)] });
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    let home = desk.store.read(|reader| reader.record(HOME)).unwrap().unwrap();
    assert_eq!(home.text("layout"), Some("两室一厅"));
    assert_eq!(unsent(&desk), [written[0].hash], "it is handed in again in the next sync");
}

#[test]
fn one_record_that_cannot_be_followed_ends_no_sync() {
    let (mut desk, _, written) = waits_after_damage(&[Edit::new().put("layout", "两室一厅")]);
    // Another change under the same number, which the answer to the push said nothing about.
    let (mut row, info) = colleagues_row();
    let mut elsewhere = Document::genesis(HOME, Kind::Home, 1).unwrap();
    elsewhere.apply(std::slice::from_ref(&info)).unwrap();
    let other = elsewhere.author(written[0].actor, &stamp(), &Edit::new().put("area", 89.5)).unwrap();
    desk.answer(Reply::Verdicts { verdicts: Vec::new() });
    list(&mut row, &other);
    row.changes.push(ByteBuf::from(other.bytes()));
    desk.answer(Reply::Page(page(0, 5, vec![row])));
    assert!(!matches!(desk.over.as_ref().map(|report| &report.end), Some(End::Store(_))), "{:?}", desk.over);
    assert_eq!(desk.cursor(), 5);
}

/// On a line that is not private somebody may answer in the office's name. What they call accepted is believed as far as
/// the office's own list says the same.
#[test]
fn an_edit_called_accepted_that_the_office_does_not_list_is_shown_and_offered_again() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (mut row, _) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let edit = Edit::new().put("layout", "两室一厅");
    let mine = desk.write(&edit);
    let accepted = Reply::Verdicts {
        verdicts: vec![(mine.hash, Verdict::Accepted(Receipt { ordinal: 2, at: Timestamp::from_millis(6) }))],
    };
    desk.again();
    desk.welcome();
    desk.answer(accepted.clone());
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert_eq!(shown(&desk), [("unconfirmed".to_owned(), Some(edit.clone()))]);
    assert_eq!(desk.end(), &End::Complete);
    // The next sync offers it again, signed anew; this time it does arrive.
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    let Request::Push { envelopes } = desk.asks() else { panic!("offered again: {:?}", desk.asks()) };
    assert_eq!(envelopes[0].change.as_slice(), mine.bytes());
    desk.answer(accepted);
    list(&mut row, &mine);
    desk.answer(Reply::Page(page(4, 5, vec![PageRow { membership: Membership::Update, ..row }])));
    assert_eq!((desk.end(), shown(&desk)), (&End::Complete, Vec::new()));
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(5, 5, Vec::new())));
    assert_eq!(desk.end(), &End::Complete, "nothing is left to offer");
}

#[test]
fn an_edit_called_accepted_that_the_office_rejects_when_it_is_offered_again_is_shown_with_what_was_meant() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, _) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    let edit = Edit::new().put("arrears", 12_000);
    let mine = desk.write(&edit);
    desk.again();
    desk.welcome();
    let receipt = Receipt { ordinal: 2, at: Timestamp::from_millis(6) };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Accepted(receipt))] });
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert!(matches!(desk.asks(), Request::Push { .. }));
    let reason = Reason { code: "field".into(), path: Some("arrears".into()) };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Rejected(reason))] });
    assert_eq!(shown(&desk), [("field".to_owned(), Some(edit))]);
}

#[test]
fn an_edit_that_is_not_judged_is_shown_with_the_reason_until_it_is_accepted() {
    let mut desk = Desk::new(SyncRules::ALL);
    let mine = desk.write(&home());
    let state = |desk: &Desk| desk.store.read(|reader| reader.record_state(HOME)).unwrap();
    desk.welcome();
    let reason = Reason { code: "held".into(), path: None };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Later { reason })] });
    assert_eq!(shown(&desk), [("held".to_owned(), Some(home()))]);
    assert_eq!(state(&desk), crate::store::RecordState::Later { code: "held".into() });
    assert_eq!(desk.store.read(|reader| reader.summary(desk.store.host().now())).unwrap().later_edits, 1);
    desk.answer(Reply::Page(page(0, 4, Vec::new())));
    // An answer that leaves it out says as little.
    desk.again();
    desk.welcome();
    desk.answer(Reply::Verdicts { verdicts: Vec::new() });
    assert_eq!(shown(&desk)[0].0, "answer");
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    desk.again();
    desk.welcome();
    let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(5) };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Accepted(receipt))] });
    assert_eq!(shown(&desk), []);
}

/// A colleague names a rejected edit as what their own change is a copy of. It stays rejected, and shown.
#[test]
fn a_colleagues_claim_to_carry_a_rejected_edit_takes_nothing_from_its_authors_list() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (mut row, first) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let edit = Edit::new().put("arrears", 12_000);
    let mine = desk.write(&edit);
    desk.again();
    desk.welcome();
    let reason = Reason { code: "field".into(), path: Some("arrears".into()) };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Rejected(reason))] });
    let mut elsewhere = Document::genesis(HOME, Kind::Home, 1).unwrap();
    elsewhere.apply(std::slice::from_ref(&first)).unwrap();
    let staff = StaffId::new("he.fang").unwrap();
    let claim = Stamp { staff, copy_of: Some(mine.hash), ..stamp() };
    let theirs = elsewhere.author(first.actor, &claim, &Edit::new().put("area", 1.0)).unwrap();
    list(&mut row, &theirs);
    row.changes = vec![ByteBuf::from(theirs.bytes())];
    desk.answer(Reply::Page(page(4, 5, vec![PageRow { membership: Membership::Update, ..row }])));
    assert_eq!(desk.end(), &End::Complete);
    assert!(desk.store.read(|reader| reader.has_change(HOME, theirs.hash)).unwrap());
    assert_eq!(shown(&desk), [("field".to_owned(), Some(edit))]);
}

/// A home that left this phone's grids has no list to compare with: what was called accepted is offered once more, and
/// then the home goes.
#[test]
fn an_edit_of_a_record_that_left_the_grids_is_offered_once_more_before_the_record_goes() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, _) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let mine = desk.write(&Edit::new().put("layout", "两室一厅"));
    let here = |desk: &Desk| desk.store.read(|reader| reader.kind(HOME)).unwrap().is_some();
    let accepted = Reply::Verdicts {
        verdicts: vec![(mine.hash, Verdict::Accepted(Receipt { ordinal: 2, at: Timestamp::from_millis(6) }))],
    };
    let leave = PageRow { membership: Membership::Leave, receipts: Vec::new(), changes: Vec::new(), ..row };
    desk.again();
    desk.welcome();
    desk.answer(accepted.clone());
    desk.answer(Reply::Page(page(4, 5, vec![leave])));
    assert!(here(&desk) && shown(&desk).is_empty());
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(5, 5, Vec::new())));
    assert!(matches!(desk.asks(), Request::Push { .. }));
    desk.answer(accepted);
    desk.answer(Reply::Page(page(5, 5, Vec::new())));
    assert_eq!((desk.end(), here(&desk)), (&End::Complete, false));
}

/// A photo of a home of which nothing this phone wrote is at the office; the home moves to another grid before the photo
/// travelled, and the office does not take it any more.
#[test]
fn a_photo_the_office_will_not_take_holds_no_record_and_is_shown() {
    let mut desk = Desk::new(SyncRules::ALL);
    let (photo, bytes) = photo();
    after_the_records(&mut desk);
    let staged = desk.store.stage(&bytes, desk.store.host()).unwrap();
    desk.store
        .write(|tx| tx.keep(&staged, desk.store.host().now()).and_then(|()| tx.attach(staged.photo, HOME)))
        .unwrap();
    let rejected = |desk: &Desk| desk.store.read(|reader| reader.rejected_photos()).unwrap().len();
    let here = |desk: &Desk| desk.store.read(|reader| reader.kind(HOME)).unwrap().is_some();

    // As long as a grid shows the home it may be a misunderstanding.
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    desk.answer(Reply::Problem(Problem::NotFound));
    assert_eq!((rejected(&desk), desk.over.as_ref().unwrap().photos_failed), (0, 1));

    let (row, _) = colleagues_row();
    let leave =
        PageRow { membership: Membership::Leave, receipts: Vec::new(), changes: Vec::new(), ..row.clone() };
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 5, vec![leave])));
    assert!(matches!(desk.asks(), Request::PhotoOffer { .. }));
    desk.answer(Reply::Problem(Problem::NotFound));
    assert_eq!((rejected(&desk), desk.over.as_ref().unwrap().photos_rejected), (1, 1));

    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(5, 5, Vec::new())));
    assert_eq!(desk.end(), &End::Complete, "nothing is offered any more");
    assert!(!here(&desk), "the home is none of this phone's");
    assert_eq!(desk.store.photo(photo).unwrap().unwrap().as_slice(), bytes, "the picture is still here");
    assert_eq!(desk.store.read(|reader| reader.summary(desk.store.host().now())).unwrap().rejected_photos, 1);

    // The home comes back: so does the offer.
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(5, 6, vec![row])));
    assert!(matches!(desk.asks(), Request::PhotoOffer { .. }));
    assert_eq!(rejected(&desk), 0);
}

/// The first edit of a home is rejected, so the home is not here; its photo is evidence all the same. An office restored
/// from before has forgotten the edit and does not take the photo; then it lets the edit in, in a grid of somebody else's.
#[test]
fn a_photo_of_a_home_that_is_not_here_goes_to_the_office_with_its_edit() {
    let mut desk = Desk::new(SyncRules::ALL);
    let (photo, bytes) = photo();
    let staged = desk.store.stage(&bytes, desk.store.host()).unwrap();
    desk.store
        .write(|tx| tx.keep(&staged, desk.store.host().now()).and_then(|()| tx.attach(staged.photo, HOME)))
        .unwrap();
    let mine = desk.write(&home().photos(&[photo]));
    let size = bytes.len() as u64;
    let offers = Request::PhotoOffer { photo, record: HOME, size };
    desk.welcome();
    let reason = Reason { code: "grid".into(), path: None };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Rejected(reason))] });
    desk.answer(Reply::Page(page(0, 4, Vec::new())));
    assert_eq!(desk.store.read(|reader| reader.kind(HOME)).unwrap(), None);
    assert_eq!(desk.asks(), &offers);
    desk.answer(Reply::Problem(Problem::NotFound));
    assert_eq!(desk.store.read(|reader| reader.rejected_photos()).unwrap().len(), 1, "shown");

    desk.again();
    desk.connect();
    let Reply::Welcome(mut welcome) = welcome(GENERATION) else { panic!() };
    welcome.accepted_since = vec![(HOME, mine.hash)];
    desk.answer(Reply::Welcome(welcome));
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert_eq!(desk.asks(), &offers);
    desk.answer(Reply::PhotoState { photo, received: size, complete: true });
    assert_eq!((desk.end(), desk.over.as_ref().unwrap().photos_sent), (&End::Complete, 1));
}

/// Up to the end of what the office hands out of a record that is missing here.
fn hands_out(desk: &mut Desk, changes: &[ChangeInfo]) {
    assert_eq!(desk.asks(), &Request::Receipts { record: HOME, from: 1 }, "{:?}", desk.over);
    desk.answer(Reply::Receipts { record: HOME, from: 1, receipts: receipts_of(changes), seal: None });
    assert!(matches!(desk.asks(), Request::Need { hashes, .. } if hashes.len() == changes.len()));
    let bytes = changes.iter().map(|info| ByteBuf::from(info.bytes())).collect();
    desk.answer(Reply::Changes { record: HOME, changes: bytes });
}

fn grids(desk: &Desk) -> Vec<GridId> {
    desk.store.read(|reader| reader.grids_of(HOME)).unwrap()
}

#[test]
fn a_record_of_which_nothing_came_is_asked_for_again_until_it_is_here() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, changes) = long_row(|row| row.changes.clear());
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    assert!(matches!(desk.asks(), Request::Need { .. }));
    desk.answer(Reply::Problem(Problem::NotFound));
    desk.answer(Reply::Problem(Problem::NotFound));
    assert_eq!((desk.end(), desk.cursor()), (&End::Complete, 4));
    assert_eq!(desk.store.read(|reader| reader.kind(HOME)).unwrap(), None);

    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    hands_out(&mut desk, &changes);
    assert_eq!((desk.end(), grids(&desk)), (&End::Complete, vec![grid()]));
    assert_eq!(desk.store.read(|reader| reader.complete(HOME)).unwrap(), 5);

    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert_eq!(desk.end(), &End::Complete, "nothing is missing any more");
}

/// A newer app may know the version of its kind, or let its first change in.
#[test]
fn a_record_this_app_cannot_take_in_is_asked_for_again_by_the_next() {
    let newer = colleagues_row();
    let mut elsewhere = Document::genesis(RecordId([8; 16]), Kind::Home, 1).unwrap();
    let withheld = elsewhere.author(newer.1.actor, &stamp(), &home()).unwrap();
    let rows = [
        (PageRow { version: 9, ..newer.0.clone() }, newer.1),
        (
            PageRow {
                receipts: receipts_of(std::slice::from_ref(&withheld)),
                changes: vec![ByteBuf::from(withheld.bytes())],
                ..newer.0
            },
            withheld,
        ),
    ];
    for (row, change) in rows {
        let mut desk = Desk::new(SyncRules::ALL);
        desk.welcome();
        desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
        hands_out(&mut desk, std::slice::from_ref(&change));
        assert_eq!((desk.end(), desk.cursor()), (&End::Complete, 4));
        desk.again();
        desk.welcome();
        desk.answer(Reply::Page(page(4, 4, Vec::new())));
        hands_out(&mut desk, std::slice::from_ref(&change));
        assert_eq!(desk.end(), &End::Complete);
        // The grid does not show it any more.
        let leave = PageRow { membership: Membership::Leave, receipts: vec![], changes: vec![], ..row };
        desk.again();
        desk.welcome();
        desk.answer(Reply::Page(page(4, 5, vec![leave])));
        assert_eq!(desk.end(), &End::Complete, "it is not asked for any more");
    }
}

/// A newer app writes records of a kind this one has never heard of.
#[test]
fn a_record_of_an_unknown_kind_waits_and_holds_up_no_other() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, change) = colleagues_row();
    let parcel = PageRow { record: RecordId([8; 16]), kind: KindName::new("parcel").unwrap(), ..row.clone() };
    desk.answer(Reply::Page(page(0, 4, vec![parcel, row])));
    assert_eq!((desk.end(), desk.cursor()), (&End::Complete, 4));
    assert_eq!(desk.over.as_ref().unwrap().incomplete, 1);
    assert!(desk.store.read(|reader| reader.has_change(HOME, change.hash)).unwrap());
}

/// The phone wrote the first edit of a home that is at the office already; the office rejects it before the home comes.
#[test]
fn a_record_whose_own_edits_all_go_before_it_came_is_asked_for_again() {
    let mut desk = Desk::new(SyncRules::ALL);
    let mine = desk.write(&Edit::new().put("place", "jinse/3-2").put("arrears", 12_000));
    let (row, changes) = long_row(|row| row.changes.clear());
    let reason = |code: &str| Reason { code: code.into(), path: None };
    desk.welcome();
    let later = Verdict::Later { reason: reason("busy") };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, later)] });
    desk.answer(Reply::Page(page(0, 4, vec![row])));
    desk.answer(Reply::Problem(Problem::NotFound));
    desk.answer(Reply::Problem(Problem::NotFound));
    assert_eq!((desk.end(), grids(&desk)), (&End::Complete, vec![grid()]));

    desk.again();
    desk.welcome();
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Rejected(reason("field")))] });
    assert_eq!(desk.store.read(|reader| reader.kind(HOME)).unwrap(), None);
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    hands_out(&mut desk, &changes);
    assert_eq!((desk.end(), grids(&desk)), (&End::Complete, vec![grid()]));
}

#[test]
fn a_record_the_office_cannot_read_ends_no_sync() {
    for receipts in [true, false] {
        let mut desk = Desk::new(SyncRules::ALL);
        desk.welcome();
        let (row, _) = long_row(|row| {
            row.changes.truncate(1);
            if receipts {
                row.receipts.truncate(1);
            }
        });
        desk.answer(Reply::Page(page(0, 4, vec![row])));
        assert_eq!(matches!(desk.asks(), Request::Receipts { .. }), receipts);
        desk.answer(Reply::Problem(Problem::Storage));
        desk.answer(Reply::Problem(Problem::Storage));
        assert_eq!((desk.end(), desk.cursor()), (&End::Complete, 4));
        desk.again();
        desk.welcome();
        desk.answer(Reply::Page(page(4, 4, Vec::new())));
        assert!(matches!(desk.asks(), Request::Receipts { from: 2, .. }), "it is asked about again");
    }
}

/// A home with edits of this phone that the office called accepted and does not list: they are offered again.
fn offered_again(edits: &[Edit]) -> (Desk, PageRow, Vec<ChangeInfo>) {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (row, _) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let written: Vec<ChangeInfo> = edits.iter().map(|edit| desk.write(edit)).collect();
    desk.again();
    desk.welcome();
    let accepted = |(ordinal, info): (u32, &ChangeInfo)| {
        (info.hash, Verdict::Accepted(Receipt { ordinal, at: Timestamp::from_millis(6) }))
    };
    desk.answer(Reply::Verdicts { verdicts: (2..).zip(&written).map(accepted).collect() });
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert_eq!(shown(&desk).len(), edits.len());
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(4, 4, Vec::new())));
    assert!(matches!(desk.asks(), Request::Push { .. }));
    (desk, row, written)
}

#[test]
fn an_edit_offered_again_that_waits_is_shown_with_its_reason_and_handed_in_like_any_other() {
    let edit = Edit::new().put("layout", "两室一厅");
    let held = Verdict::Later { reason: Reason { code: "held".into(), path: None } };
    for (verdict, code) in [(Verdict::Pending, "pending"), (held, "held")] {
        let (mut desk, mut row, written) = offered_again(std::slice::from_ref(&edit));
        let mine = &written[0];
        desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, verdict)] });
        assert_eq!(shown(&desk), [(code.to_owned(), Some(edit.clone()))]);
        assert_eq!(unsent(&desk), [mine.hash]);
        let home = desk.store.read(|reader| reader.record(HOME)).unwrap().unwrap();
        assert_eq!(home.text("layout"), Some("两室一厅"));
        desk.again();
        desk.welcome();
        let Request::Push { envelopes } = desk.asks() else { panic!("handed in: {:?}", desk.asks()) };
        assert_eq!(
            envelopes[0].signature.as_slice(),
            key().sign_change(HOME, Kind::Home, 1, mine.hash),
            "signed anew"
        );
        let receipt = Receipt { ordinal: 2, at: Timestamp::from_millis(6) };
        desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Accepted(receipt))] });
        list(&mut row, mine);
        desk.answer(Reply::Page(page(4, 5, vec![PageRow { membership: Membership::Update, ..row }])));
        assert_eq!((desk.end(), shown(&desk)), (&End::Complete, Vec::new()));
    }
}

#[test]
fn an_edit_offered_again_whose_dependency_is_rejected_is_written_again() {
    let edits = [Edit::new().put("arrears", 12_000), Edit::new().put("layout", "两室一厅")];
    let (mut desk, _, written) = offered_again(&edits);
    let reason = Reason { code: "field".into(), path: Some("arrears".into()) };
    let dependency = written[0].hash;
    desk.answer(Reply::Verdicts {
        verdicts: vec![
            (written[0].hash, Verdict::Rejected(reason)),
            (written[1].hash, Verdict::DependencyRejected { dependency }),
        ],
    });
    assert_eq!(shown(&desk), [("field".to_owned(), Some(edits[0].clone()))]);
    let Request::Push { envelopes } = desk.asks() else { panic!("handed in again: {:?}", desk.asks()) };
    let again = ChangeInfo::parse(&envelopes[0].change).unwrap();
    assert_eq!((envelopes.len(), crate::crdt::edit_id(&again)), (1, written[1].hash));
    let home = desk.store.read(|reader| reader.record(HOME)).unwrap().unwrap();
    assert_eq!((home.text("layout"), home.get("arrears")), (Some("两室一厅"), None));
    assert!(!desk.store.read(|reader| reader.is_copied()).unwrap(), "a rejected edit makes no copied phone");
}

#[test]
fn an_edit_offered_again_under_a_number_the_office_knows_otherwise_is_written_again() {
    let (mut desk, _, written) = offered_again(&[Edit::new().put("layout", "两室一厅")]);
    let other = ChangeHash([9; 32]);
    desk.answer(Reply::Verdicts { verdicts: vec![(written[0].hash, Verdict::Fork { accepted: other })] });
    let Request::Push { envelopes } = desk.asks() else { panic!("handed in again: {:?}", desk.asks()) };
    let again = ChangeInfo::parse(&envelopes[0].change).unwrap();
    assert_eq!(crate::crdt::edit_id(&again), written[0].hash);
    assert_ne!(again.actor, written[0].actor);
    assert_eq!((shown(&desk), unsent(&desk)), (Vec::new(), vec![again.hash]));
    assert!(desk.store.read(|reader| reader.is_copied()).unwrap());
}

#[test]
fn an_edit_offered_again_of_which_a_copy_was_accepted_goes_for_the_copy() {
    let edit = Edit::new().put("layout", "两室一厅");
    let (mut desk, mut row, written) = offered_again(std::slice::from_ref(&edit));
    let mut elsewhere = Document::genesis(HOME, Kind::Home, 1).unwrap();
    elsewhere.apply(&[ChangeInfo::parse(&row.changes[0]).unwrap()]).unwrap();
    let actor = crate::model::ActorId::new(key().device(), [0x77; 8]);
    let stamp = Stamp { copy_of: Some(written[0].hash), ..stamp() };
    let copy = elsewhere.author(actor, &stamp, &edit).unwrap();
    let receipt = Receipt { ordinal: 2, at: Timestamp::from_millis(6) };
    let duplicate = Verdict::Duplicate { of: copy.hash, receipt };
    desk.answer(Reply::Verdicts { verdicts: vec![(written[0].hash, duplicate)] });
    list(&mut row, &copy);
    row.changes.push(ByteBuf::from(copy.bytes()));
    desk.answer(Reply::Page(page(4, 5, vec![PageRow { membership: Membership::Update, ..row }])));
    assert_eq!((desk.end(), shown(&desk), unsent(&desk)), (&End::Complete, Vec::new(), Vec::new()));
    let here = |hash| desk.store.read(|reader| reader.has_change(HOME, hash)).unwrap();
    assert!(here(copy.hash) && !here(written[0].hash));
}

/// An office without a backup listed it in an earlier life, so nobody knows any more what was meant.
#[test]
fn an_edit_of_an_earlier_life_that_cannot_be_written_again_is_shown_and_its_bytes_are_kept() {
    for colleagues_on_top in [false, true] {
        let mut desk = Desk::new(SyncRules::ALL);
        let mine = desk.write(&home());
        let mut document = desk.store.read(|reader| reader.document(HOME)).unwrap().unwrap();
        let theirs = colleagues_row().1.actor;
        let theirs = document.author(theirs, &stamp(), &Edit::new().put("area", 89.5)).unwrap();
        desk.welcome();
        let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(5) };
        desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Accepted(receipt))] });
        let (mut row, _) = colleagues_row();
        row.receipts = receipts_of(std::slice::from_ref(&mine));
        row.changes.clear();
        if colleagues_on_top {
            list(&mut row, &theirs);
            row.changes.push(ByteBuf::from(theirs.bytes()));
        }
        desk.answer(Reply::Page(page(0, 4, vec![row])));
        assert_eq!((desk.end(), shown(&desk)), (&End::Complete, Vec::new()));

        let restored = Generation([6; 16]);
        let empty = || Page { generation: restored, ..page(0, 0, Vec::new()) };
        desk.again();
        desk.connect();
        desk.answer(welcome(restored));
        desk.answer(Reply::Page(empty()));
        let Request::Push { envelopes } = desk.asks() else { panic!("offered again: {:?}", desk.asks()) };
        assert_eq!(envelopes.len(), 1 + usize::from(colleagues_on_top), "what others wrote too");
        let rejected = |dependency| Verdict::DependencyRejected { dependency };
        let mut verdicts = vec![(mine.hash, rejected(ChangeHash([9; 32])))];
        verdicts.extend(colleagues_on_top.then(|| (theirs.hash, rejected(mine.hash))));
        desk.answer(Reply::Verdicts { verdicts });
        desk.answer(Reply::Page(empty()));
        desk.catch_up(restored);
        assert_eq!(desk.end(), &End::Complete);
        assert_eq!(shown(&desk), [("damaged".to_owned(), None)]);
        assert!(desk.store.read(|reader| reader.record(HOME)).unwrap().is_none(), "as the office has it");
        let verdict = desk.store.read(|reader| reader.verdict(mine.hash)).unwrap().unwrap();
        assert_eq!((verdict.fate, verdict.bytes.as_slice()), (crate::store::Fate::Rejected, mine.bytes()));
        desk.again();
        desk.connect();
        desk.answer(welcome(restored));
        desk.answer(Reply::Page(empty()));
        assert_eq!(desk.end(), &End::Complete, "it is not offered for ever");
    }
}

/// What the office called accepted and does not list yet is known to this phone alone.
#[test]
fn an_edit_called_accepted_and_not_listed_survives_damage() {
    let mut desk = Desk::new(SyncRules::ALL);
    desk.welcome();
    let (mut row, _) = colleagues_row();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let edit = Edit::new().put("layout", "两室一厅");
    let mine = desk.write(&edit);
    desk.again();
    desk.welcome();
    let receipt = Receipt { ordinal: 2, at: Timestamp::from_millis(6) };
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Accepted(receipt))] });
    desk.store = std::mem::take(&mut desk.store).damaged();
    desk.again();
    desk.welcome();
    desk.answer(Reply::Page(page(0, 4, vec![row.clone()])));
    let Request::Push { envelopes } = desk.asks() else { panic!("offered again: {:?}", desk.asks()) };
    assert_eq!(envelopes[0].change.as_slice(), mine.bytes());
    let home = desk.store.read(|reader| reader.record(HOME)).unwrap().unwrap();
    assert_eq!(home.text("layout"), Some("两室一厅"));
    desk.answer(Reply::Verdicts { verdicts: vec![(mine.hash, Verdict::Accepted(receipt))] });
    list(&mut row, &mine);
    desk.answer(Reply::Page(page(4, 5, vec![PageRow { membership: Membership::Update, ..row }])));
    assert_eq!((desk.end(), shown(&desk)), (&End::Complete, Vec::new()));
}
