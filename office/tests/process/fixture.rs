//! A real office process and phones that talk to it over HTTP.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use butler_core::butler::{Transport, TransportError};
use butler_core::crdt::{ChangeInfo, Document};
use butler_core::host::{SystemHost, random};
use butler_core::model::{ActorId, ChangeHash, Edit, Kind, Stamp, Timestamp, derived};
use butler_core::playbook::Playbooks;
use butler_core::sync::device::DeviceKey;
use butler_core::sync::frame;
use butler_core::sync::message::{CONTENT_TYPE, Enrol, Envelope, Frame, PROTOCOL, Reply, Request, Verdict};
use butler_core::testing::Tables;
use butler_office::hub::Rules;
use butler_office::testing;
use serde_bytes::ByteBuf;

pub fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// Makes an office with one grid, one unit and one supervisor, who may also make homes.
pub fn found(folder: &Path) {
    let mut tables = Tables::default().grid("g1", "1网格").place("b3/u2", "3栋2单元", &["g1"]).person(
        "zhang.li",
        "张丽",
        "supervisor",
        &["g1"],
    );
    tables.places[0].walk = 1;
    let playbooks = Playbooks::embedded().unwrap();
    drop(testing::found(&SystemHost, playbooks, Rules::default(), tables, Some(folder)));
}

/// Opens a code in the office's folder, as the clerk does beside a running server.
pub fn code(folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_butler-office"))
        .args(["--data".as_ref(), folder.as_os_str(), "enrol".as_ref(), "zhang.li".as_ref()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().next().unwrap().to_owned()
}

/// A serving office process.
pub struct Served {
    pub child: Child,
    pub url: String,
    journal: Arc<Mutex<String>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same with more arguments.
    pub fn start_with(folder: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_butler-office"))
            .args(["--data".as_ref(), folder.as_os_str()])
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut errors = child.stderr.take().unwrap();
        let journal = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&journal);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while let Ok(read @ 1..) = errors.read(&mut buffer) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, url, journal, reader: Some(reader) }
    }

    /// Ends the process without warning.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to stop and returns its exit code and journal.
    pub fn stop(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        let journal = self.journal.lock().unwrap().clone();
        (status.code(), journal)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

/// Sends bytes as they are; `None` when the connection broke.
pub fn send(agent: &ureq::Agent, url: &str, bytes: &[u8]) -> Option<(u16, Vec<u8>)> {
    let response = agent.post(format!("{url}/v1/frame")).content_type(CONTENT_TYPE).send(bytes).ok()?;
    assert_eq!(response.headers()["content-type"], CONTENT_TYPE, "every answer is a frame");
    let status = response.status().as_u16();
    let body = response.into_body().with_config().limit(16 << 20).read_to_vec().ok()?;
    Some((status, body))
}

/// A phone that keeps nothing but its key, its actor and its session.
pub struct Phone {
    pub key: DeviceKey,
    pub actor: ActorId,
    token: Option<ByteBuf>,
    agent: ureq::Agent,
    pub url: String,
}

impl Phone {
    pub fn enrolled(url: &str, code: &str) -> Self {
        let key = DeviceKey::generate(&SystemHost).unwrap();
        let actor = key.new_actor(&SystemHost).unwrap();
        let mut phone = Self { key, actor, token: None, agent: agent(), url: url.to_owned() };
        let enrol = Enrol {
            code: code.to_owned(),
            public_key: ByteBuf::from(phone.key.public()),
            label: "华为 Mate 60".to_owned(),
            app: "0.1.0".to_owned(),
        };
        let (_, reply) = phone.ask(Request::Enrol(enrol)).unwrap();
        assert!(matches!(reply, Reply::Enrolled(_)), "{reply:?}");
        assert!(phone.open_session());
        phone
    }

    pub fn ask(&self, body: Request) -> Option<(u16, Reply)> {
        let packed =
            frame::encode(&Frame { protocol: PROTOCOL, request: 1, token: self.token.clone(), body });
        let (status, bytes) = send(&self.agent, &self.url, &packed.unwrap())?;
        let frame: Frame<Reply> = frame::decode(&bytes).unwrap();
        Some((status, frame.body))
    }

    pub fn open_session(&mut self) -> bool {
        let device = self.key.device();
        let Some((_, Reply::Nonce { nonce })) = self.ask(Request::Challenge { device }) else { return false };
        let signature = ByteBuf::from(self.key.sign_session(&nonce));
        let opened = self.ask(Request::Session { device, nonce, signature });
        let Some((_, Reply::Opened { token })) = opened else { return false };
        self.token = Some(token);
        true
    }

    /// Writes a change and signs it.
    pub fn write(&self, document: &mut Document, edit: &Edit) -> (ChangeHash, Envelope) {
        let stamp =
            Stamp { staff: id("zhang.li"), at: Timestamp::from_millis(5), offset: None, copy_of: None };
        let info: ChangeInfo = document.author(self.actor, &stamp, edit).unwrap();
        let (record, kind, version) = (document.id(), document.kind(), document.version());
        let signature = ByteBuf::from(self.key.sign_change(record, kind, version, info.hash));
        let change = ByteBuf::from(info.bytes().to_vec());
        let device = self.key.device();
        (info.hash, Envelope { record, kind: kind.into(), version, change, device, signature, receipt: None })
    }

    /// Hands changes in; `None` when no answer came.
    pub fn push(&self, envelopes: Vec<Envelope>) -> Option<Vec<(ChangeHash, Verdict)>> {
        match self.ask(Request::Push { envelopes })? {
            (200, Reply::Verdicts { verdicts }) => Some(verdicts),
            _ => None,
        }
    }
}

/// A new home in 3栋2单元.
pub fn home() -> Document {
    Document::genesis(derived::drawn(random(&SystemHost).unwrap()), Kind::Home, Kind::VERSION).unwrap()
}

/// HTTP that breaks after so many exchanges.
pub struct Http {
    agent: ureq::Agent,
    url: String,
    left: AtomicUsize,
}

impl Http {
    /// A line to the office at that address that holds.
    pub fn to(url: &str) -> Self {
        Self::breaking_after(url, usize::MAX)
    }

    pub fn breaking_after(url: &str, left: usize) -> Self {
        Self { agent: agent(), url: url.to_owned(), left: AtomicUsize::new(left) }
    }
}

impl Transport for Http {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err() {
            return Err(TransportError::Unreachable);
        }
        send(&self.agent, &self.url, frame).map(|(_, bytes)| bytes).ok_or(TransportError::Unreachable)
    }
}
