//! What a hostile phone can do: anything but sign for others.

use std::cell::{Cell, RefCell};

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{Change, ExpandedChange, ScalarValue};
use butler_core::butler::Transport;
use butler_core::crdt::{ChangeInfo, Document};
use butler_core::host::{Host, SystemHost};
use butler_core::model::{ActorId, ChangeHash, Edit, EditId, GridId, Kind, RecordId, StaffId, Stamp};
use butler_core::sync::device::DeviceKey;
use butler_core::sync::message::{
    DeviceReport, Enrol, Envelope, Frame, Hello, PROTOCOL, Pull, Reply, Request, Verdict, Welcome,
};
use butler_core::sync::{enrol, frame};
use serde_bytes::ByteBuf;

use super::Checked;

/// How much an attack does: little in every run, much in the long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// For every run.
    Small,
    /// For the long run and the siege.
    Large,
}

impl Size {
    /// The number for this size.
    #[must_use]
    pub const fn of(self, small: usize, large: usize) -> usize {
        match self {
            Self::Small => small,
            Self::Large => large,
        }
    }
}

/// What counts as much in an attack whose number does not depend on the run: one push.
pub const MUCH: usize = butler_core::sync::message::limit::PUSH;

/// A phone in the wrong hands: enrolled, with a session.
pub struct Attacker<'a> {
    line: &'a dyn Transport,
    /// Its key, valid at the office.
    pub key: DeviceKey,
    /// Whose phone it is.
    pub staff: StaffId,
    /// The grid its owner works in.
    pub grid: GridId,
    token: RefCell<Option<ByteBuf>>,
    number: Cell<u64>,
    welcome: RefCell<Option<Welcome>>,
}

/// Asks the office without being anybody; what comes back, if it is readable.
pub fn stranger(line: &dyn Transport, body: Request) -> Option<Reply> {
    let packed = frame::encode(&Frame { protocol: PROTOCOL, request: 1, token: None, body }).ok()?;
    frame::decode::<Reply>(&line.exchange(&packed).ok()?).ok().map(|frame| frame.body)
}

impl<'a> Attacker<'a> {
    /// Enrols with a code, as its owner did, and says hello.
    ///
    /// # Errors
    /// When the office does not take the code.
    pub fn enrol(line: &'a dyn Transport, code: &str, staff: &str, grid: &str) -> Checked<Self> {
        let key = DeviceKey::generate(&SystemHost).map_err(|error| error.to_string())?;
        let attacker = Self {
            line,
            key,
            staff: StaffId::new(staff).map_err(|error| error.to_string())?,
            grid: GridId::new(grid).map_err(|error| error.to_string())?,
            token: RefCell::new(None),
            number: Cell::new(0),
            welcome: RefCell::new(None),
        };
        let request = Enrol {
            code: enrol::normalise(code),
            public_key: ByteBuf::from(attacker.key.public()),
            label: "来路不明".into(),
            app: "9.9".into(),
        };
        match attacker.ask(Request::Enrol(request)) {
            Some(Reply::Enrolled(_)) => {}
            other => return Err(format!("a hostile phone could not enrol: {other:?}")),
        }
        attacker.open()?;
        attacker.hello(Vec::new());
        Ok(attacker)
    }

    /// Proves its key.
    ///
    /// # Errors
    /// When the office does not open a session.
    pub fn open(&self) -> Checked {
        let device = self.key.device();
        let Some(Reply::Nonce { nonce }) = self.ask(Request::Challenge { device }) else {
            return Err("no challenge for a hostile phone".into());
        };
        let signature = ByteBuf::from(self.key.sign_session(&nonce));
        match self.ask(Request::Session { device, nonce, signature }) {
            Some(Reply::Opened { token }) => *self.token.borrow_mut() = Some(token),
            other => return Err(format!("no session for a hostile phone: {other:?}")),
        }
        Ok(())
    }

    /// Says hello, claiming to show these edits as rejected.
    pub fn hello(&self, shown: Vec<(RecordId, EditId)>) -> Option<Welcome> {
        let hello = Hello {
            generation: None,
            actor: self.actor(),
            tables: Vec::new(),
            shown,
            report: DeviceReport::default(),
            first: true,
        };
        let Some(Reply::Welcome(welcome)) = self.ask(Request::Hello(hello)) else { return None };
        *self.welcome.borrow_mut() = Some((*welcome).clone());
        Some(*welcome)
    }

    /// Asks anything.
    pub fn ask(&self, body: Request) -> Option<Reply> {
        self.number.set(self.number.get() + 1);
        let token = self.token.borrow().clone();
        let packed =
            frame::encode(&Frame { protocol: PROTOCOL, request: self.number.get(), token, body }).ok()?;
        frame::decode::<Reply>(&self.raw(&packed)?).ok().map(|frame| frame.body)
    }

    /// Sends any bytes; whatever the office makes of them.
    pub fn raw(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.line.exchange(bytes).ok()
    }

    /// A pull from any position; `None` for the generation takes the right one.
    pub fn pull(&self, grid: &str, from: u64) -> Option<Reply> {
        let generation = self.welcome.borrow().as_ref()?.generation;
        self.ask(Request::Pull(Pull { generation, grid: GridId::new(grid).ok()?, from, lines: false }))
    }

    /// A fresh actor: nobody counts how many a device has.
    #[must_use]
    pub fn actor(&self) -> ActorId {
        let mut suffix = [0; 8];
        // Without randomness all its actors are one, which is an attack too.
        let _ = SystemHost.fill_random(&mut suffix);
        ActorId::new(self.key.device(), suffix)
    }

    /// Its stamp.
    #[must_use]
    pub fn stamp(&self, copy_of: Option<EditId>) -> Stamp {
        Stamp { staff: self.staff.clone(), at: SystemHost.now(), offset: None, copy_of }
    }

    /// A record as the office shows it to this phone; as it begins when the office shows none.
    #[must_use]
    pub fn document(&self, record: RecordId, kind: Kind) -> Option<Document> {
        let mut document = Document::genesis(record, kind, Kind::VERSION).ok()?;
        let (mut from, mut left) = (0, Vec::new());
        for _ in 0..1_000 {
            let Some(Reply::Page(page)) = self.pull(self.grid.as_str(), from) else { break };
            let rows = page.rows.iter().filter(|row| row.record == record);
            left.extend(rows.flat_map(|row| &row.changes).filter_map(|bytes| ChangeInfo::parse(bytes).ok()));
            if page.complete || page.to <= from {
                break;
            }
            from = page.to;
        }
        document.apply(&left).ok()?;
        Some(document)
    }

    /// One change on top of a document, as an honest phone writes it, but for the twist. The document stays as it is.
    #[must_use]
    pub fn twisted(
        &self,
        document: &Document,
        edit: &Edit,
        twist: impl FnOnce(&mut ExpandedChange),
    ) -> Option<Vec<u8>> {
        let honest = document.clone().author(self.actor(), &self.stamp(None), edit).ok()?;
        let mut expanded = Change::try_from(honest.bytes()).ok()?.decode();
        twist(&mut expanded);
        Some(Change::from(expanded).raw_bytes().to_vec())
    }

    /// A change whose operations are these, on top of the document.
    #[must_use]
    pub fn with_ops(&self, document: &Document, ops: Vec<Op>) -> Option<Vec<u8>> {
        self.twisted(document, &Edit::new().put("x", true), |change| change.operations = ops)
    }

    /// A change signed and put into its envelope.
    #[must_use]
    pub fn sealed(&self, document: &Document, change: Vec<u8>) -> Envelope {
        let (record, kind, version) = (document.id(), document.kind(), document.version());
        let hash = ChangeInfo::parse(&change).map_or(ChangeHash([0; 32]), |info| info.hash);
        Envelope {
            record,
            kind: kind.into(),
            version,
            change: ByteBuf::from(change),
            device: self.key.device(),
            signature: ByteBuf::from(self.key.sign_change(record, kind, version, hash)),
            receipt: None,
        }
    }

    /// Writes into its own copy of a record, as an honest phone does.
    pub fn write(&self, document: &mut Document, actor: ActorId, edit: &Edit) -> Option<Envelope> {
        self.copy(document, actor, edit, None)
    }

    /// The same, claiming to be the copy of an edit.
    pub fn copy(
        &self,
        document: &mut Document,
        actor: ActorId,
        edit: &Edit,
        copy_of: Option<EditId>,
    ) -> Option<Envelope> {
        let info = document.author(actor, &self.stamp(copy_of), edit).ok()?;
        Some(self.sealed(document, info.bytes().to_vec()))
    }

    /// Hands changes in, so many at a time; the verdicts, none for a push that was not answered with verdicts.
    pub fn push(&self, envelopes: Vec<Envelope>) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let mut left = envelopes.into_iter().peekable();
        while left.peek().is_some() {
            let envelopes = left.by_ref().take(MUCH).collect();
            if let Some(Reply::Verdicts { verdicts: some }) = self.ask(Request::Push { envelopes }) {
                verdicts.extend(some.into_iter().map(|(_, verdict)| verdict));
            }
        }
        verdicts
    }
}

/// An operation that writes a field and replaces nothing.
pub(super) fn put(path: &str, value: impl Into<ScalarValue>) -> Op {
    Op {
        action: OpType::Put(value.into()),
        obj: ObjectId::Root,
        key: Key::Map(path.into()),
        pred: SortedVec::new(),
        insert: false,
    }
}

/// The operation that replaces the one value of a field by another.
pub(super) fn over(document: &Document, path: &str, value: &str) -> Option<Op> {
    document.changes().iter().rev().find_map(|info| {
        let change = Change::try_from(info.bytes()).ok()?.decode();
        let at = change.operations.iter().position(|op| op.key == Key::Map(path.into()))?;
        let id = OpId::new(change.start_op.get() + at as u64, &change.actor_id);
        Some(Op { pred: SortedVec::from(vec![id]), ..put(path, value) })
    })
}
