//! What a hostile phone does, one function an attack. Each takes the community as it is, does its worst and returns;
//! that everybody else can go on is asked afterwards. An attack itself fails only when it got what it may not have.

use automerge::legacy::{Op, SortedVec};
use butler_core::butler::Transport;
use butler_core::crdt::{Document, limit as bound};
use butler_core::model::{
    ChangeHash, DeviceId, Edit, Event, EventId, Evidence, Generation, GridId, Kind, PhotoId, RecordId,
    RoleId, derived,
};
use butler_core::sync::device::DeviceKey;
use butler_core::sync::frame;
use butler_core::sync::message::{
    Enrol, Envelope, Frame, PROTOCOL, Problem, Pull, Reply, Request, Verdict, limit,
};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

use super::attacker::{over, put};
use super::{Attacker, Checked, Community, Size, Targets, stranger};

/// One attack.
pub struct Attack {
    /// What it does, in a few words.
    pub name: &'static str,
    /// Whose phone is in the wrong hands.
    pub staff: &'static str,
    /// Does it. Works over any line, so that the siege can use it too.
    pub run: fn(&Attacker<'_>, &Targets, Size) -> Checked,
}

const fn attack(
    name: &'static str,
    staff: &'static str,
    run: fn(&Attacker<'_>, &Targets, Size) -> Checked,
) -> Attack {
    Attack { name, staff, run }
}

/// Every attack by somebody enrolled.
pub const ATTACKS: &[Attack] = &[
    attack("many values of one field in one change", "wang.fang", many_values),
    attack("fields as long as they may be, until the record is full", "wang.fang", fills_the_record),
    attack("fields longer than they may be", "wang.fang", oversized),
    attack("concurrent heads, each by a fresh actor", "wang.fang", concurrent_heads),
    attack("heads joined by one change, again and again", "wang.fang", joins_heads),
    attack("a flood of small changes on one record", "wang.fang", flood),
    attack("a long note, typed into again and again", "wang.fang", long_note),
    attack("events on records that have none", "zhao.min", events_everywhere),
    attack("results on records that have none", "zhao.min", results_everywhere),
    attack("events of a device that does not exist, as copies", "wang.fang", forged_events),
    attack("results written over under their own id", "wang.fang", results_written_over),
    attack("the claim to be the copy of a colleague's rejected edit", "wang.fang", claims_a_rejected_edit),
    attack("the same claim on another record", "wang.fang", claims_it_elsewhere),
    attack("hello with other people's edits", "wang.fang", hello_with_anything),
    attack("a colleague's photo offered with a wrong size", "wang.fang", photo_of_wrong_size),
    attack("wrong bytes under a colleague's photo", "wang.fang", photo_of_wrong_bytes),
    attack("a photo of another grid, read by its hash", "wang.fang", photo_by_its_hash),
    attack("pulls from odd positions", "wang.fang", odd_pulls),
    attack("asking for what it may not see", "li.na", asks_for_the_unseen),
    attack("its own changes again and again", "wang.fang", replays),
    attack("other people's changes in its own envelopes", "wang.fang", others_changes),
    attack("changes under a colleague's actor", "wang.fang", others_actors),
    attack("two changes under one number", "wang.fang", forks),
    attack("changes that wait for nothing that comes", "wang.fang", waits_for_nothing),
    attack("edits it may not do, by the hundred", "zhao.min", rejected_by_the_hundred),
    attack("another kind under a used name", "wang.fang", another_kind),
    attack("another place under the name of a home the register brings next", "li.na", squats_elsewhere),
    attack("another kind under the name of a home the register brings next", "wang.fang", squats_as_entry),
    attack("frames that are none", "wang.fang", odd_frames),
    attack("changes put together by hand", "wang.fang", lies),
];

fn changes(
    attacker: &Attacker<'_>,
    document: &Document,
    each: impl IntoIterator<Item = Vec<Op>>,
) -> Vec<Envelope> {
    let made = each.into_iter().filter_map(|ops| attacker.with_ops(document, ops));
    made.map(|change| attacker.sealed(document, change)).collect()
}

fn home(attacker: &Attacker<'_>, targets: &Targets) -> Checked<Document> {
    attacker.document(targets.home, Kind::Home).ok_or_else(|| "the home cannot be read".into())
}

fn many_values(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let document = home(attacker, targets)?;
    let values = |change: usize| {
        (0..size.of(200, 2_000)).map(move |n| put("layout", format!("{change}室{n}厅"))).collect::<Vec<_>>()
    };
    attacker.push(changes(attacker, &document, (0..size.of(2, 6)).map(values)));
    Ok(())
}

fn fills_the_record(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let mut document = home(attacker, targets)?;
    let actor = attacker.actor();
    // Nothing in it repeats, so that nothing packs well.
    let text = |n: u32| -> String {
        let mut text = String::new();
        let mut seed = Sha256::digest(n.to_be_bytes());
        while text.len() + 32 <= bound::STRING {
            text.extend(seed.iter().map(|byte| char::from(b'0' + byte % 64)));
            seed = Sha256::digest(seed);
        }
        text
    };
    let fields = (0..34)
        .map(|_| (3, bound::STRING))
        .chain((0..60).map(|_| (1, 1_000)))
        .chain((0..40).map(|_| (1, 32)));
    for (change, (count, length)) in (0..).zip(fields) {
        let edit = (0..count).fold(Edit::new(), |edit, n| {
            let text = text(change * 3 + n);
            edit.put(format!("x/{change}/{n}"), &text[..length.min(text.len())])
        });
        // What was rejected is left out, and the next one is shorter.
        let mut next = document.clone();
        let Some(envelope) = attacker.write(&mut next, actor, &edit) else { continue };
        if let [Verdict::Accepted(_)] = attacker.push(vec![envelope])[..] {
            document = next;
        }
    }
    Ok(())
}

fn oversized(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let document = home(attacker, targets)?;
    let verdicts = attacker.push(changes(
        attacker,
        &document,
        [
            vec![put("layout", "厅".repeat(bound::STRING))],
            vec![put(&"x".repeat(bound::PATH + 1), true)],
            vec![put("a/b/c/d/e/f/g/h/i", true)],
            (0..=bound::OPS).map(|n| put(&format!("x/{n}"), true)).collect(),
        ],
    ));
    match verdicts.iter().find(|verdict| matches!(verdict, Verdict::Accepted(_))) {
        None => Ok(()),
        Some(_) => Err("a change over the limits was accepted".into()),
    }
}

fn concurrent_heads(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let document = home(attacker, targets)?;
    let heads = (0..bound::DEPS + 10).map(|n| vec![put("layout", format!("{n}室"))]);
    attacker.push(changes(attacker, &document, heads));
    Ok(())
}

fn joins_heads(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    for _ in 0..size.of(2, 10) {
        let mut document = home(attacker, targets)?;
        attacker.push(changes(attacker, &document, (0..50).map(|n| vec![put(&format!("x/{n}"), true)])));
        document = home(attacker, targets)?;
        let joined = attacker.write(&mut document, attacker.actor(), &Edit::new().put("x/0", false));
        attacker.push(joined.into_iter().collect());
    }
    Ok(())
}

fn flood(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let mut document = home(attacker, targets)?;
    let actor = attacker.actor();
    let people = (0..size.of(150, 3_000)).map(|n| Edit::new().put("people", (n % 9) as i64));
    let written: Vec<_> = people.filter_map(|edit| attacker.write(&mut document, actor, &edit)).collect();
    attacker.push(written);
    Ok(())
}

fn long_note(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let mut document = home(attacker, targets)?;
    let actor = attacker.actor();
    for _ in 0..size.of(2, 100) {
        let edit = Edit::new().splice("note", 0, 0, "渗水".repeat(900).as_str());
        let written = attacker.write(&mut document, actor, &edit);
        attacker.push(written.into_iter().collect());
    }
    Ok(())
}

/// An event by this attacker, but for what is wrong with it.
fn event(attacker: &Attacker<'_>, n: usize, device: DeviceId) -> Checked<Event> {
    let mut id = [0xbb; 16];
    id[..8].copy_from_slice(&n.to_be_bytes());
    Ok(Event {
        id: EventId(id),
        step: "$remark".into(),
        by: attacker.staff.clone(),
        role: RoleId::new(if attacker.staff.as_str() == "zhao.min" { "environment" } else { "butler" })
            .map_err(|error| error.to_string())?,
        device,
        at: attacker.stamp(None).at,
        offset: None,
        after: Vec::new(),
        note: "业主已搬走。".repeat(200),
        evidence: Evidence::default(),
        unknown: std::collections::BTreeMap::new(),
    })
}

fn of_every_kind(targets: &Targets) -> [(RecordId, Kind); 3] {
    [(targets.home, Kind::Home), (targets.resident, Kind::Resident), (targets.visit, Kind::Contact)]
}

/// Writes such paths on records of every kind; fails when one of them was accepted.
fn written_everywhere(
    attacker: &Attacker<'_>,
    targets: &Targets,
    size: Size,
    path: fn(&Event) -> String,
) -> Checked {
    let mut accepted = 0;
    for (record, kind) in of_every_kind(targets) {
        let Some(mut document) = attacker.document(record, kind) else { continue };
        let actor = attacker.actor();
        for n in 0..size.of(4, 70) {
            let event = event(attacker, n, attacker.key.device())?;
            let edit = Edit::new().put(path(&event), event.encode());
            let written = attacker.write(&mut document, actor, &edit);
            let verdicts = attacker.push(written.into_iter().collect());
            accepted += verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Accepted(_))).count();
        }
    }
    if accepted == 0 {
        Ok(())
    } else {
        Err(format!("{accepted} changes on records that have nothing of the kind"))
    }
}

fn events_everywhere(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    written_everywhere(attacker, targets, size, Event::path)
}

fn results_everywhere(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    written_everywhere(attacker, targets, size, |event| format!("result/lobby.floor/{}", event.id))
}

/// A record of the attacker's own, where events have their place; its first change is accepted.
fn own_round(attacker: &Attacker<'_>, place: &str) -> Option<Document> {
    let id = derived::drawn(Sha256::digest(attacker.actor().as_bytes())[..16].try_into().ok()?);
    let mut document = Document::genesis(id, Kind::Round, Kind::VERSION).ok()?;
    let edit = Edit::new().put("place", place).put("playbook", "patrol.daily").put("version", "1");
    let written = attacker.write(&mut document, attacker.actor(), &edit)?;
    attacker.push(vec![written]);
    Some(document)
}

fn forged_events(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let mut accepted = 0;
    for (record, kind) in of_every_kind(targets) {
        let Some(mut document) = attacker.document(record, kind) else { continue };
        let event = event(attacker, 900, DeviceId([0xdd; 16]))?;
        let edit = Edit::new().event(&event);
        let copy_of = Some(ChangeHash([0xcc; 32]));
        let forged = attacker.copy(&mut document, attacker.actor(), &edit, copy_of);
        let verdicts = attacker.push(forged.into_iter().collect());
        accepted += verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Accepted(_))).count();
    }
    if accepted == 0 { Ok(()) } else { Err(format!("{accepted} events of a device that does not exist")) }
}

fn results_written_over(attacker: &Attacker<'_>, _: &Targets, _: Size) -> Checked {
    let Some(mut document) = own_round(attacker, "b1") else { return Ok(()) };
    let event = event(attacker, 7, attacker.key.device())?;
    let path = format!("result/lobby.floor/{}", event.id);
    let first = attacker.write(&mut document, attacker.actor(), &Edit::new().put(&*path, event.encode()));
    attacker.push(first.into_iter().collect());
    let second = Event { note: "大堂地面完好。".into(), ..event };
    let replaced = over(&document, &path, &second.encode()).map(|op| vec![op]);
    let beside = vec![put(&path, second.encode())];
    let written = changes(attacker, &document, replaced.into_iter().chain([beside]));
    let verdicts = attacker.push(written);
    let accepted = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Accepted(_))).count();
    if accepted == 0 { Ok(()) } else { Err(format!("a result was written over, in {accepted} ways")) }
}

fn claims_a_rejected_edit(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let Some((edit, record)) = targets.rejected else { return Ok(()) };
    let Some(mut document) = attacker.document(record, Kind::Home) else { return Ok(()) };
    let words = Edit::new().put("surroundings", "门口有鞋柜");
    let claimed = attacker.copy(&mut document, attacker.actor(), &words, Some(edit));
    attacker.push(claimed.into_iter().collect());
    Ok(())
}

fn claims_it_elsewhere(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let Some((edit, rejected)) = targets.rejected else { return Ok(()) };
    let Some(mut document) = attacker.document(targets.resident, Kind::Resident) else { return Ok(()) };
    let words = Edit::new().put("hobbies", "下棋");
    let claimed = attacker.copy(&mut document, attacker.actor(), &words, Some(edit));
    attacker.push(claimed.into_iter().collect());
    attacker.hello(vec![(rejected, edit), (targets.resident, edit)]);
    Ok(())
}

fn hello_with_anything(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let rejected = targets.rejected.iter().map(|(edit, record)| (*record, *edit));
    let invented = (0..limit::NEED as u32).map(|n| {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&n.to_be_bytes());
        (targets.home, ChangeHash(hash))
    });
    let shown: Vec<_> = rejected.chain(invented).take(limit::NEED).collect();
    for _ in 0..size.of(2, 50) {
        attacker.hello(shown.clone());
    }
    let mut many = shown.clone();
    many.extend(shown);
    attacker.hello(many);
    Ok(())
}

fn offer(attacker: &Attacker<'_>, photo: PhotoId, record: RecordId, size: usize) -> Option<Reply> {
    attacker.ask(Request::PhotoOffer { photo, record, size: size as u64 })
}

fn photo_of_wrong_size(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    offer(attacker, targets.photo, targets.home, targets.photo_bytes.len() + 1);
    let bytes = ByteBuf::from(targets.photo_bytes[..100].to_vec());
    attacker.ask(Request::PhotoPut { photo: targets.photo, offset: 0, bytes });
    Ok(())
}

fn photo_of_wrong_bytes(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    offer(attacker, targets.photo, targets.home, targets.photo_bytes.len());
    let bytes = ByteBuf::from(vec![0x77; targets.photo_bytes.len() - 1]);
    attacker.ask(Request::PhotoPut { photo: targets.photo, offset: 0, bytes });
    Ok(())
}

fn photo_by_its_hash(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let (photo, record) = (targets.foreign_photo, targets.home);
    offer(attacker, photo, record, 4_000);
    for record in [record, targets.elsewhere] {
        if let Some(Reply::PhotoPiece { .. }) = attacker.ask(Request::PhotoGet { photo, record, offset: 0 }) {
            return Err("a photo of another grid was handed out to whoever knew its hash".into());
        }
    }
    Ok(())
}

fn odd_pulls(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let positions = [0, 1, 7, 1 << 31, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX];
    for grid in ["grid-1", "grid-2", "grid-99"] {
        for from in positions {
            if let Some(Reply::Problem(Problem::Storage)) = attacker.pull(grid, from) {
                return Err(format!("a pull of {grid} from {from} is a fault of the office"));
            }
        }
    }
    let grid = GridId::new("grid-1").map_err(|error| error.to_string())?;
    attacker.ask(Request::Pull(Pull { generation: Generation([9; 16]), grid, from: u64::MAX, lines: false }));
    for offset in [u64::MAX, 1 << 63, 4_000] {
        let (photo, record) = (targets.photo, targets.home);
        for body in [
            Request::PhotoGet { photo, record, offset },
            Request::PhotoPut { photo, offset, bytes: ByteBuf::from(vec![1; 8]) },
            Request::PhotoOffer { photo, record, size: offset },
        ] {
            if let Some(Reply::Problem(Problem::Storage)) = attacker.ask(body) {
                return Err(format!("a photo's piece at {offset} is a fault of the office"));
            }
        }
    }
    Ok(())
}

fn asks_for_the_unseen(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let hashes = (0..200_u8).map(|n| ChangeHash([n; 32])).collect();
    let reply = attacker.ask(Request::Need { record: targets.home, hashes });
    if let Some(Reply::Changes { changes, .. }) = reply
        && !changes.is_empty()
    {
        return Err("changes of another grid were handed out".into());
    }
    if let Some(Reply::Page(_)) = attacker.pull("grid-1", 0) {
        return Err("the feed of another grid was handed out".into());
    }
    Ok(())
}

fn replays(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let mut document = home(attacker, targets)?;
    let actor = attacker.actor();
    let written: Vec<Envelope> =
        (0..5).filter_map(|n| attacker.write(&mut document, actor, &Edit::new().put("people", n))).collect();
    for _ in 0..size.of(3, 50) {
        attacker.push(written.clone());
        attacker.push(written.iter().rev().cloned().collect());
        attacker.push(written.iter().cycle().take(100).cloned().collect());
    }
    Ok(())
}

fn others_changes(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let document = home(attacker, targets)?;
    let mut envelopes = Vec::new();
    for info in document.changes() {
        for record in [targets.home, targets.resident, targets.next_home, RecordId([0x5a; 16])] {
            let own = attacker.sealed(&document, info.bytes().to_vec());
            envelopes.push(Envelope { record, ..own.clone() });
            envelopes.push(Envelope { record, device: info.actor.device(), ..own.clone() });
            envelopes.push(Envelope { record, signature: ByteBuf::new(), ..own });
        }
    }
    attacker.push(envelopes);
    Ok(())
}

fn others_actors(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let document = home(attacker, targets)?;
    let mut envelopes = Vec::new();
    // What it wrote here before, in a longer siege, is its own to go on from.
    let own_device = attacker.key.device();
    for info in document.changes().into_iter().filter(|info| info.actor.device() != own_device) {
        for next in 0..3 {
            let change = attacker.twisted(&document, &Edit::new().put("people", 8), |change| {
                change.actor_id = info.actor.as_bytes().to_vec().into();
                change.seq = info.seq + next;
            });
            let Some(change) = change else { continue };
            let own = attacker.sealed(&document, change);
            envelopes.push(Envelope { device: info.actor.device(), ..own.clone() });
            envelopes.push(own);
        }
    }
    let verdicts = attacker.push(envelopes);
    match verdicts.iter().any(|verdict| matches!(verdict, Verdict::Accepted(_))) {
        true => Err("a change under a colleague's actor was accepted".into()),
        false => Ok(()),
    }
}

fn forks(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let document = home(attacker, targets)?;
    let actor = attacker.actor();
    let twins = (0..size.of(20, 200))
        .filter_map(|n| attacker.write(&mut document.clone(), actor, &Edit::new().put("people", n as i64)));
    attacker.push(twins.collect());
    Ok(())
}

fn waits_for_nothing(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let document = home(attacker, targets)?;
    let waiting = (0..size.of(60, 600) as u32).filter_map(|n| {
        let mut hash = [0x99; 32];
        hash[..4].copy_from_slice(&n.to_be_bytes());
        let edit = Edit::new().put("people", i64::from(n));
        attacker.twisted(&document, &edit, |change| change.deps.push(automerge::ChangeHash(hash)))
    });
    let envelopes = waiting.map(|change| attacker.sealed(&document, change)).collect();
    attacker.push(envelopes);
    Ok(())
}

fn rejected_by_the_hundred(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let document = home(attacker, targets)?;
    let rejected = (0..size.of(100, 6_000))
        .filter_map(|n| attacker.with_ops(&document, vec![put("layout", format!("{n}室"))]))
        .map(|change| attacker.sealed(&document, change));
    attacker.push(rejected.collect());
    Ok(())
}

fn another_kind(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let mut envelopes = Vec::new();
    for (record, _) in of_every_kind(targets) {
        for kind in Kind::ALL {
            let Ok(mut document) = Document::genesis(record, kind, Kind::VERSION) else { continue };
            let edit = Edit::new().put("place", "b1").put("title", "占用");
            envelopes.extend(attacker.write(&mut document, attacker.actor(), &edit));
        }
    }
    attacker.push(envelopes);
    Ok(())
}

fn squats_elsewhere(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    squat(attacker, targets.next_home, Kind::Home, &Edit::new().put("place", "b2").put("layout", "一室"))
}

fn squats_as_entry(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let edit = Edit::new().put("place", "b1").put("channel", "visit").put("summary", "占用");
    squat(attacker, targets.next_home, Kind::Contact, &edit)
}

fn squat(attacker: &Attacker<'_>, record: RecordId, kind: Kind, edit: &Edit) -> Checked {
    let mut document = Document::genesis(record, kind, Kind::VERSION).map_err(|error| error.to_string())?;
    let written = attacker.write(&mut document, attacker.actor(), edit);
    attacker.push(written.into_iter().collect());
    Ok(())
}

fn odd_frames(attacker: &Attacker<'_>, targets: &Targets, size: Size) -> Checked {
    let frame = |protocol, token, body| frame::encode(&Frame { protocol, request: 5, token, body });
    let pull = |from| {
        let grid = GridId::new("grid-1").ok()?;
        Some(Request::Pull(Pull { generation: Generation([0; 16]), grid, from, lines: false }))
    };
    let honest = pull(0).and_then(|body| frame(PROTOCOL, None, body).ok()).unwrap_or_default();
    let mut frames: Vec<Vec<u8>> = vec![
        Vec::new(),
        vec![0],
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0xff; 4_096],
        honest[..honest.len() / 2].to_vec(),
        [honest.clone(), honest.clone()].concat(),
    ];
    frames.extend(pull(0).and_then(|body| frame(PROTOCOL + 98, None, body).ok()));
    frames.extend(pull(0).and_then(|body| frame(PROTOCOL, Some(ByteBuf::from(vec![7; 32])), body).ok()));
    frames.extend(pull(u64::MAX).and_then(|body| frame(PROTOCOL, Some(ByteBuf::new()), body).ok()));
    // Deep, long, and long once unpacked: plain CBOR, packed as frames are.
    let deep = [vec![0x81; 5_000], vec![0x80]].concat();
    let claims = vec![0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let bomb = vec![0; size.of(16 << 20, 64 << 20)];
    frames.extend([deep, claims, bomb].iter().filter_map(|plain| zstd::bulk::compress(plain, 3).ok()));
    for bytes in frames {
        let answer = attacker.raw(&bytes).ok_or("a frame that is none was not answered")?;
        if frame::decode::<Reply>(&answer).is_err() {
            return Err("a frame that is none got an answer that is none".into());
        }
    }
    attacker.ask(Request::Enrol(Enrol {
        code: "0".repeat(10_000),
        public_key: ByteBuf::from(vec![0; 32]),
        label: "名".repeat(10_000),
        app: String::new(),
    }));
    let _ = targets;
    Ok(())
}

/// What is wrong with the change alone, in the ways the gate's own test has by the dozen.
fn lies(attacker: &Attacker<'_>, targets: &Targets, _: Size) -> Checked {
    let document = home(attacker, targets)?;
    let edit = Edit::new().put("people", 5).splice("note", 0, 0, "在家");
    let twisted = |twist: fn(&mut automerge::ExpandedChange)| attacker.twisted(&document, &edit, twist);
    let changes = [
        twisted(|change| change.seq = 7),
        twisted(|change| change.time = i64::MIN),
        twisted(|change| change.start_op = u64::from(u32::MAX).try_into().unwrap_or(change.start_op)),
        twisted(|change| change.deps.clear()),
        twisted(|change| change.message = None),
        twisted(|change| change.operations.reverse()),
        twisted(|change| change.operations.truncate(0)),
        twisted(|change| change.operations.iter_mut().for_each(|op| op.pred = SortedVec::new())),
        twisted(|change| change.operations.iter_mut().for_each(|op| op.insert = !op.insert)),
        twisted(|change| change.extra_bytes = vec![1; 900]),
    ];
    let mut envelopes: Vec<Envelope> =
        changes.into_iter().flatten().map(|change| attacker.sealed(&document, change)).collect();
    // The bytes of no change at all, and the signature over nothing.
    let bytes = [Vec::new(), vec![0; 40], vec![0x85; 70_000], document.save()];
    envelopes.extend(bytes.into_iter().map(|bytes| attacker.sealed(&document, bytes)));
    attacker.push(envelopes);
    Ok(())
}

/// Attacks by somebody who is nobody here.
impl Community {
    /// Challenges asked for in a butler's name before each of her requests.
    ///
    /// # Errors
    /// When there is no butler.
    pub fn challenged_by_a_stranger(&self) -> Checked {
        let device = self.honest_device()?;
        let body =
            || Frame { protocol: PROTOCOL, request: 1, token: None, body: Request::Challenge { device } };
        let frames: Result<Vec<Vec<u8>>, _> = (0..100).map(|_| frame::encode(&body())).collect();
        self.storm(frames.map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Codes guessed by a stranger while an honest phone is being enrolled.
    ///
    /// # Errors
    /// When the right code does not work any more.
    pub fn codes_guessed_by_a_stranger(&self) -> Checked {
        // The characters of codes; the first two choose the code that is tried.
        let characters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        let key = DeviceKey::from_secret(&[7; 32]).public();
        let guess = |first: char, second: char| Enrol {
            code: format!("{first}{second}2222"),
            public_key: ByteBuf::from(key),
            label: "猜".into(),
            app: "1".into(),
        };
        let guesses = |line: &dyn Transport| {
            for first in characters.chars() {
                for second in characters.chars() {
                    for _ in 0..6 {
                        stranger(line, Request::Enrol(guess(first, second)));
                    }
                }
            }
        };
        self.enrols_after(guesses)
    }
}
