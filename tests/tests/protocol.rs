//! The examples of `docs/sync-protocol.md`, replayed: each request is sent to an office as the document shows it,
//! and the office answers as the document shows it.
//!
//! The bytes are fixtures (plain CBOR; on the line they are packed with zstd). A change of any of them is a change
//! of the protocol: think first, then run with `BLESS=1` to write fixtures and document anew.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "protocol/databases.rs"]
mod databases;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use butler_core::crdt::{ChangeInfo, Document};
use butler_core::host::{Host, RandomnessUnavailable};
use butler_core::model::{
    Edit, EditId, GridId, Kind, PhotoId, PlaybookHash, RecordId, StaffId, Stamp, Timestamp,
};
use butler_core::playbook::{PlaybookFile, Playbooks};
use butler_core::sync::device::DeviceKey;
use butler_core::sync::enrol;
use butler_core::sync::frame;
use butler_core::sync::message::{
    CONTENT_TYPE, DeviceReport, Enrol, Envelope, Frame, Hello, PROTOCOL, Pull, RejectedSet, Reply, Request,
    Verdict,
};
use butler_core::testing::{ROLES, Tables};
use butler_office::hub::{Hub, Rules};
use butler_office::storage::Sqlite;
use butler_office::testing::found;
use ciborium::Value;
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

/// A morning in November 2026.
const NOW: i64 = 1_795_305_600_000;

const WORDS: &str = r#"kind = "terms"
id = "jinse.words"
title = { zh = "金色家园用语", en = "Words of Jinse" }
[unit]
bag = { zh = "袋", en = "bags" }
"#;

/// A clock that stands still and randomness that can be foretold.
#[derive(Default)]
struct StillHost(AtomicU64);

impl Host for StillHost {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOW)
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        for block in buffer.chunks_mut(32) {
            let draw = self.0.fetch_add(1, Ordering::Relaxed);
            block.copy_from_slice(&Sha256::digest(draw.to_be_bytes())[..block.len()]);
        }
        Ok(())
    }
}

fn office(host: &StillHost) -> Hub<Sqlite> {
    let roles = PlaybookFile { name: "roles.toml".into(), text: ROLES.into(), current: true };
    let playbooks = Arc::new(Playbooks::build(&[roles]).unwrap());
    let mut tables = Tables::default()
        .grid("grid-1", "1网格")
        .place("building-3", "3栋", &["grid-1"])
        .person("zhang.li", "张丽", "butler", &["grid-1"]);
    tables.places[0].walk = 3;
    found(host, playbooks, Rules::default(), tables, None)
}

fn grid() -> GridId {
    GridId::new("grid-1").unwrap()
}

fn staff() -> StaffId {
    StaffId::new("zhang.li").unwrap()
}

/// Asks an office and keeps what was said.
struct Conversation {
    hub: Hub<Sqlite>,
    host: StillHost,
    number: u64,
    token: Option<ByteBuf>,
    said: Vec<(&'static str, Vec<u8>)>,
}

impl Conversation {
    fn ask(&mut self, request: &'static str, reply: &'static str, body: Request) -> Reply {
        self.number += 1;
        let frame = Frame { protocol: PROTOCOL, request: self.number, token: self.token.clone(), body };
        let answer = self.hub.handle(&self.host, &frame::encode(&frame).unwrap());
        let answer: Frame<Reply> = frame::decode(&answer).unwrap();
        assert_eq!(answer.request, self.number);
        self.said.push((request, plain(&frame)));
        self.said.push((reply, plain(&answer)));
        answer.body
    }
}

fn plain<T: serde::Serialize>(frame: &Frame<T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(frame, &mut bytes).unwrap();
    bytes
}

/// Every message once, as a phone says it and an office answers.
fn conversation() -> Vec<(&'static str, Vec<u8>)> {
    let host = StillHost::default();
    let hub = office(&host);
    let code = hub.open_code(&host, &staff()).unwrap();
    let mut talk = Conversation { hub, host, number: 0, token: None, said: Vec::new() };
    let key = DeviceKey::from_secret(&[7; 32]);
    let device = key.device();

    talk.ask(
        "enrol",
        "enrolled",
        Request::Enrol(Enrol {
            code: enrol::normalise(&code),
            public_key: ByteBuf::from(key.public()),
            label: "华为 Mate 60".into(),
            app: "0.1.0".into(),
        }),
    );
    let Reply::Nonce { nonce } = talk.ask("challenge", "nonce", Request::Challenge { device }) else {
        panic!("a nonce")
    };
    let signature = ByteBuf::from(key.sign_session(&nonce));
    let Reply::Opened { token } =
        talk.ask("session", "opened", Request::Session { device, nonce, signature })
    else {
        panic!("a token")
    };
    talk.token = Some(token);

    let actor = key.new_actor(&talk.host).unwrap();
    let hello = Hello {
        generation: None,
        actor,
        tables: Vec::new(),
        shown: vec![(RecordId([0x33; 16]), EditId::from_slice(&[0x5a; 32]).unwrap())],
        report: DeviceReport {
            app: "0.1.0".into(),
            unsent_records: 1,
            unsent_photos: 1,
            unconfirmed: 0,
            oldest_unsent_ms: Some(1_560_000),
            blocked: None,
            playbooks: 0,
            rejected_playbooks: None,
        },
        first: true,
    };
    let Reply::Welcome(welcome) = talk.ask("hello", "welcome", Request::Hello(hello)) else {
        panic!("a welcome")
    };

    // A home, an amount that only finance may write, and a legal edit on top of it.
    let record = RecordId([0x33; 16]);
    let mut document = Document::genesis(record, Kind::Home, 1).unwrap();
    let stamp = Stamp { staff: staff(), at: Timestamp::from_millis(NOW), offset: None, copy_of: None };
    let photo_bytes = "三栋大堂地砖松动".as_bytes();
    let photo = PhotoId(Sha256::digest(photo_bytes).into());
    let edits = [
        Edit::new().put("place", "building-3").put("room", "501").put(format!("photo/{photo}"), "地砖松动"),
        Edit::new().put("fee", 250),
        Edit::new().put("layout", "三室两厅"),
    ];
    let changes: Vec<ChangeInfo> =
        edits.iter().map(|edit| document.author(actor, &stamp, edit).unwrap()).collect();
    let envelopes = changes
        .iter()
        .map(|change| Envelope {
            record,
            kind: Kind::Home.into(),
            version: 1,
            change: ByteBuf::from(change.bytes()),
            device,
            signature: ByteBuf::from(key.sign_change(record, Kind::Home, 1, change.hash)),
            receipt: None,
        })
        .collect();
    let Reply::Verdicts { verdicts } = talk.ask("push", "verdicts", Request::Push { envelopes }) else {
        panic!("verdicts")
    };
    assert!(matches!(
        verdicts.as_slice(),
        [(_, Verdict::Accepted(_)), (_, Verdict::Rejected(_)), (_, Verdict::DependencyRejected { .. })]
    ));

    let generation = welcome.generation;
    let pull = |grid| Request::Pull(Pull { generation, grid, from: 0, lines: false });
    talk.ask("pull", "page", pull(grid()));
    talk.ask("need", "changes", Request::Need { record, hashes: vec![changes[0].hash] });
    let size = photo_bytes.len() as u64;
    talk.ask("photo_offer", "photo_state", Request::PhotoOffer { photo, record, size });
    let bytes = ByteBuf::from(photo_bytes);
    talk.ask("photo_put", "photo_complete", Request::PhotoPut { photo, offset: 0, bytes });
    talk.ask("photo_get", "photo_piece", Request::PhotoGet { photo, record, offset: 0 });
    talk.ask("pull_elsewhere", "problem", pull(GridId::new("grid-9").unwrap()));

    // The company publishes a set; the phone, which did not take over an earlier one, is offered it.
    let words = PlaybookFile { name: "words.toml".into(), text: WORDS.into(), current: true };
    talk.hub.publish(&talk.host, Some(&staff()), &[words]).unwrap();
    let tables = welcome.tables.iter().map(|table| (table.name, table.version)).collect();
    let rejected = RejectedSet {
        version: NOW.cast_unsigned() - 1,
        code: "playbooks".into(),
        detail: Some("words.toml:5: 缺少英文文字（en） / the English text (`en`) is missing".into()),
    };
    let hello = Hello {
        generation: Some(welcome.generation),
        actor,
        tables,
        shown: Vec::new(),
        report: DeviceReport {
            app: "0.1.0".into(),
            rejected_playbooks: Some(rejected),
            ..DeviceReport::default()
        },
        first: false,
    };
    talk.ask("hello_again", "welcome_playbooks", Request::Hello(hello));
    let files = vec![PlaybookHash::of(WORDS)];
    talk.ask("playbook_get", "playbook_files", Request::PlaybookGet { files });
    let token = talk.token.take();
    talk.ask("about", "about_answer", Request::About {});
    talk.token = token;
    let lines = Pull { generation, grid: grid(), from: 0, lines: true };
    talk.ask("pull_lines", "page_lines", Request::Pull(lines));
    talk.said
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn document() -> PathBuf {
    here("../docs/sync-protocol.md")
}

#[test]
fn an_office_answers_as_the_document_says() {
    let said = conversation();
    let bless = std::env::var_os("BLESS").is_some();
    for (name, bytes) in &said {
        let fixture = here(&format!("fixtures/protocol/{name}.cbor"));
        if bless {
            fs::write(&fixture, bytes).unwrap();
        }
        let kept = fs::read(&fixture).unwrap_or_default();
        assert!(kept == *bytes, "{name} is not what {} says", fixture.display());
    }
    let text = fs::read_to_string(document()).unwrap();
    let said: BTreeMap<&str, String> =
        said.iter().map(|(name, bytes)| (*name, diagnostic(&read(bytes)))).collect();
    let rewritten = with_examples(&text, &said);
    if bless {
        fs::write(document(), &rewritten).unwrap();
    } else {
        assert!(rewritten == text, "the examples of the document are not what is said: run with BLESS=1");
    }
}

/// The document with the body of every `cbor-diag <name>` block replaced.
fn with_examples(text: &str, said: &BTreeMap<&str, String>) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if inside && line != "```" {
            continue;
        }
        inside = false;
        let _ = writeln!(out, "{line}");
        if let Some(name) = line.strip_prefix("```cbor-diag ") {
            let example = said.get(name).unwrap_or_else(|| panic!("nobody says {name}"));
            let _ = writeln!(out, "{example}");
            inside = true;
        }
    }
    out
}

fn read(bytes: &[u8]) -> Value {
    ciborium::from_reader(bytes).unwrap()
}

/// Diagnostic notation (RFC 8949, section 8), broken into lines.
fn diagnostic(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    let flat = flat(value);
    if depth * 2 + flat.len() <= 110 {
        out.push_str(&flat);
        return;
    }
    let pad = "  ".repeat(depth + 1);
    match value {
        Value::Map(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                let _ = write!(out, "{}\n{pad}{}: ", if at > 0 { "," } else { "" }, self::flat(key));
                write_value(out, value, depth + 1);
            }
            let _ = write!(out, "\n{}}}", "  ".repeat(depth));
        }
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                let _ = write!(out, "{}\n{pad}", if at > 0 { "," } else { "" });
                write_value(out, item, depth + 1);
            }
            let _ = write!(out, "\n{}]", "  ".repeat(depth));
        }
        _ => out.push_str(&flat),
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::Integer(int) => i128::from(*int).to_string(),
        Value::Bytes(bytes) => {
            let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            format!("h'{hex}'")
        }
        Value::Text(text) => serde_json::to_string(text).unwrap(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null => "null".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", flat(key), flat(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => panic!("{other:?} is not part of the protocol"),
    }
}

/// What the document says of HTTP is what both sides are built on; the office's and the transports' own tests look at
/// their headers.
#[test]
fn the_document_and_the_shipped_transports_name_the_content_type_of_frames() {
    let says = |path: &str| {
        let text = fs::read_to_string(here(path)).unwrap();
        assert!(text.contains(CONTENT_TYPE), "{path}");
        assert!(!text.contains("octet-stream"), "{path}");
    };
    says("../docs/sync-protocol.md");
    says("../bindings/kotlin/src/main/kotlin/butler/HttpTransport.kt");
    says("../bindings/swift/Sources/ButlerKit/HTTPTransport.swift");
}

#[test]
fn what_is_kept_is_read_as_it_was_written() {
    let requests = [
        "about",
        "enrol",
        "challenge",
        "session",
        "hello",
        "hello_again",
        "playbook_get",
        "push",
        "pull",
        "need",
        "photo_offer",
        "photo_put",
        "photo_get",
    ];
    for name in requests {
        let bytes = fs::read(here(&format!("fixtures/protocol/{name}.cbor"))).unwrap();
        let frame: Frame<Request> = ciborium::from_reader(bytes.as_slice()).unwrap();
        assert_eq!(plain(&frame), bytes, "{name}");
        assert_eq!(frame::decode::<Request>(&frame::encode(&frame).unwrap()), Ok(frame));
    }
}
