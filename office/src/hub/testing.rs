//! A small office and its phones, for the tests of this module: two grids, four people, everything in memory
//! and in one thread. Phones speak frames, as real ones do.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;

use butler_core::crdt::{ChangeInfo, Document};
use butler_core::model::{
    ActorId, Edit, EditId, Generation, GridId, Kind, PlaceId, RecordId, RoleId, StaffId, Stamp, Timestamp,
};
use butler_core::playbook::{PlaybookFile, Playbooks};
use butler_core::sync::device::DeviceKey;
use butler_core::sync::frame;
use butler_core::sync::message::{
    DeviceReport, Enrol, Envelope, Frame, Hello, PROTOCOL, Page, Problem, Pull, Reply, Request, Verdict,
    Welcome,
};
use butler_core::testing::{ROLES, Tables, TestHost};
use serde_bytes::ByteBuf;

use super::*;
use crate::storage::Sqlite;

/// The office of the tests. Grid 1 has building 3 (units 1 and 2), grid 2 has building 5, the gate lies in
/// both. 张丽 works in grid 1, 王伟 in grid 2, 李主管 everywhere, 赵敏 left.
pub(crate) struct Office {
    pub(crate) hub: Hub<Sqlite>,
    pub(crate) desk: TestHost,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self::with_rules(Rules::default())
    }

    pub(crate) fn with_rules(rules: Rules) -> Self {
        Self::of(rules, &[(ROLES, true)])
    }

    /// An office whose playbooks have this file beside the roles.
    pub(crate) fn with_playbook(text: &str) -> Self {
        Self::with_playbooks(&[(text, true)])
    }

    /// The same with several; those that are not current stay for what was begun under them.
    pub(crate) fn with_playbooks(texts: &[(&str, bool)]) -> Self {
        Self::of(Rules::default(), &[&[(ROLES, true)], texts].concat())
    }

    fn of(rules: Rules, playbooks: &[(&str, bool)]) -> Self {
        let desk = TestHost::new(7);
        desk.set(Timestamp::from_millis(1_795_000_000_000));
        let file = |(number, (text, current)): (usize, &(&str, bool))| PlaybookFile {
            name: format!("{number}.toml"),
            text: (*text).to_owned(),
            current: *current,
        };
        let files: Vec<PlaybookFile> = playbooks.iter().enumerate().map(file).collect();
        let playbooks = Arc::new(Playbooks::build(&files).unwrap());
        let mut tables = Tables::default()
            .grid("g1", "1网格")
            .grid("g2", "2网格")
            .place("b3", "3栋", &["g1"])
            .place("b3/u1", "3栋1单元", &["g1"])
            .place("b3/u2", "3栋2单元", &["g1"])
            .place("b5", "5栋", &["g2"])
            .place("gate", "南门", &["g1", "g2"])
            .person("zhang.li", "张丽", "butler", &["g1"])
            .person("wang.wei", "王伟", "butler", &["g2"])
            .person("li.zg", "李主管", "supervisor", &[])
            .person("zhao.min", "赵敏", "butler", &["g1"]);
        tables.staff[3].left = true;
        let hub = crate::testing::found(&desk, playbooks, rules, tables, None);
        Self { hub, desk }
    }

    /// The same with so many threads for one push.
    pub(crate) fn judged_by(self, judges: usize) -> Self {
        Self { hub: self.hub.judged_by(judges), ..self }
    }

    /// A new phone, enrolled and with a session.
    pub(crate) fn phone(&self, owner: &str) -> Phone<'_> {
        let key = DeviceKey::generate(&self.desk).unwrap();
        let actor = key.new_actor(&self.desk).unwrap();
        let phone = Phone {
            office: self,
            staff: staff(owner),
            key,
            actor: Cell::new(actor),
            token: RefCell::default(),
        };
        let code = self.hub.open_code(&self.desk, &staff(owner)).unwrap();
        assert!(matches!(phone.enrol(&code), Reply::Enrolled(_)));
        phone.open_session();
        phone
    }

    pub(crate) fn generation(&self) -> Generation {
        self.hub.storage().read(|read| read.life()).unwrap().generation
    }

    pub(crate) fn audit(&self, action: &str) -> Vec<String> {
        let rows = self.hub.storage().read(|read| read.audit(0, 10_000)).unwrap();
        rows.into_iter().filter(|row| row.action == action).map(|row| row.about).collect()
    }
}

/// A phone as bare as can be: a key, an actor, a session.
pub(crate) struct Phone<'a> {
    pub(crate) office: &'a Office,
    pub(crate) staff: StaffId,
    pub(crate) key: DeviceKey,
    pub(crate) actor: Cell<ActorId>,
    pub(crate) token: RefCell<Option<ByteBuf>>,
}

impl Phone<'_> {
    /// Asks as a frame and checks that the answer is to this question.
    pub(crate) fn ask(&self, body: Request) -> Reply {
        self.ask_from(None, body)
    }

    fn ask_from(&self, from: Option<IpAddr>, body: Request) -> Reply {
        self.ask_with(from, &super::NoPause, body)
    }

    /// Asks while others want their turn.
    pub(crate) fn ask_between(&self, pause: &dyn super::Pause, body: Request) -> Reply {
        self.ask_with(None, pause, body)
    }

    fn ask_with(&self, from: Option<IpAddr>, pause: &dyn super::Pause, body: Request) -> Reply {
        let token = self.token.borrow().clone();
        let packed = frame::encode(&Frame { protocol: PROTOCOL, request: 42, token, body }).unwrap();
        let answer = self.office.hub.answer(&self.office.desk, from, &packed, pause);
        let answer: Frame<Reply> = frame::decode(&answer.frame).unwrap();
        assert_eq!((answer.protocol, answer.request), (PROTOCOL, 42));
        answer.body
    }

    pub(crate) fn enrol(&self, code: &str) -> Reply {
        self.ask(self.enrolment(code))
    }

    /// Enrols from an address that the office knows.
    pub(crate) fn enrol_from(&self, from: &str, code: &str) -> Reply {
        self.ask_from(from.parse().ok(), self.enrolment(code))
    }

    fn enrolment(&self, code: &str) -> Request {
        Request::Enrol(Enrol {
            code: code.to_owned(),
            public_key: ByteBuf::from(self.key.public()),
            label: "华为 Mate 60".to_owned(),
            app: "0.1.0".to_owned(),
        })
    }

    pub(crate) fn open_session(&self) {
        let device = self.key.device();
        let Reply::Nonce { nonce } = self.ask(Request::Challenge { device }) else { panic!("no nonce") };
        let signature = ByteBuf::from(self.key.sign_session(&nonce));
        let reply = self.ask(Request::Session { device, nonce, signature });
        let Reply::Opened { token } = reply else { panic!("no session: {reply:?}") };
        *self.token.borrow_mut() = Some(token);
    }

    /// Writes into its own copy of a record, without handing it in.
    pub(crate) fn write(&self, document: &mut Document, edit: &Edit) -> Envelope {
        self.copy(document, edit, None)
    }

    /// Writes a re-authored copy of an edit.
    pub(crate) fn copy(&self, document: &mut Document, edit: &Edit, copy_of: Option<EditId>) -> Envelope {
        let stamp = Stamp { staff: self.staff.clone(), at: Timestamp::from_millis(5), offset: None, copy_of };
        let info = document.author(self.actor.get(), &stamp, edit).unwrap();
        self.envelope(document, &info)
    }

    pub(crate) fn envelope(&self, document: &Document, info: &ChangeInfo) -> Envelope {
        let (record, kind, version) = (document.id(), document.kind(), document.version());
        Envelope {
            record,
            kind: kind.into(),
            version,
            change: ByteBuf::from(info.bytes().to_vec()),
            device: self.key.device(),
            signature: ByteBuf::from(self.key.sign_change(record, kind, version, info.hash)),
            receipt: None,
        }
    }

    /// Hands changes in and returns the verdicts.
    pub(crate) fn push(&self, envelopes: &[&Envelope]) -> Vec<Verdict> {
        let envelopes: Vec<Envelope> = envelopes.iter().map(|envelope| (*envelope).clone()).collect();
        let hashes: Vec<_> =
            envelopes.iter().map(|e| ChangeInfo::parse(&e.change).ok().map(|i| i.hash)).collect();
        let reply = self.ask(Request::Push { envelopes });
        let Reply::Verdicts { verdicts } = reply else { panic!("no verdicts: {reply:?}") };
        assert_eq!(verdicts.len(), hashes.len());
        for ((hash, _), expected) in verdicts.iter().zip(hashes) {
            assert_eq!(*hash, expected.unwrap_or(*hash), "a verdict for another change");
        }
        verdicts.into_iter().map(|(_, verdict)| verdict).collect()
    }

    pub(crate) fn push_one(&self, envelope: &Envelope) -> Verdict {
        self.push(&[envelope]).remove(0)
    }

    pub(crate) fn hello(&self, shown: Vec<(RecordId, EditId)>) -> Result<Welcome, Problem> {
        let hello = Hello {
            generation: Some(self.office.generation()),
            actor: self.actor.get(),
            tables: Vec::new(),
            shown,
            report: DeviceReport::default(),
            first: false,
        };
        match self.ask(Request::Hello(hello)) {
            Reply::Welcome(welcome) => Ok(*welcome),
            Reply::Problem(problem) => Err(problem),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn pull(&self, of: &str, from: u64) -> Result<Page, Problem> {
        let pull = Pull { generation: self.office.generation(), grid: grid(of), from, lines: false };
        match self.ask(Request::Pull(pull)) {
            Reply::Page(page) => Ok(page),
            Reply::Problem(problem) => Err(problem),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn staff(id: &str) -> StaffId {
    StaffId::new(id).unwrap()
}

pub(crate) fn grid(id: &str) -> GridId {
    GridId::new(id).unwrap()
}

pub(crate) fn place(id: &str) -> PlaceId {
    PlaceId::new(id).unwrap()
}

pub(crate) fn role_id(id: &str) -> RoleId {
    RoleId::new(id).unwrap()
}

/// A home nobody wrote yet.
pub(crate) fn home(number: u8) -> Document {
    Document::genesis(RecordId([number; 16]), Kind::Home, Kind::VERSION).unwrap()
}

/// The first edit of a home in that place.
pub(crate) fn founded(at: &str) -> Edit {
    Edit::new().put("place", at).put("layout", "三室两厅")
}
