//! A phone: enrolled, with an office's tables, and homes, without an office.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Tables, TestHost, TestKeys};
use crate::butler::Butler;
use crate::crdt::{ReauthorOutcome, reauthor};
use crate::host::Host as _;
use crate::model::directory::{Assignment, Grid, Place, Staff};
use crate::model::office::{Manifest, ManifestFile, SignedSet, TableName};
use crate::model::room::Location;
use crate::model::{
    ActorId, ChangeHash, CommunityId, Edit, Event, EventId, Evidence, Generation, GridId, HomeEdit, Kind,
    OfficePublic, PlaceId, PlaybookHash, Receipt, RecordId, RoleId, StaffId, Stamp,
};
use crate::playbook::{PlaybookFile, Playbooks};
use crate::store::{
    Authored, ChangeStanding, Fate, Identity, Incoming, KeyAnswer, Listing, Signed, VerdictRow,
};
use crate::sync::device::DeviceKey;

/// A butler in a folder of its own.
pub struct TestPhone {
    /// What an app holds.
    pub butler: Butler,
    /// Its clock.
    pub host: Arc<TestHost>,
    folder: tempfile::TempDir,
    keys: TestKeys,
}

/// Under which he.fang, a colleague, writes.
pub const COLLEAGUE: ActorId = ActorId([9; 24]);

/// The place of building 1, unit 1.
pub fn unit() -> PlaceId {
    PlaceId::new("jinse/1/1").unwrap()
}

/// A member of staff.
pub fn staff(id: &str) -> StaffId {
    StaffId::new(id).unwrap()
}

impl TestPhone {
    /// The phone of `zhang.li`, who holds `roles` in grid 1.
    pub fn new(roles: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Arc::new(TestHost::new(1));
        let keys = TestKeys::new(KeyAnswer::Missing);
        let butler = Butler::open(folder.path(), &keys, host.clone()).unwrap();
        let key = DeviceKey::generate(host.as_ref()).unwrap();
        let mut tables = Tables::default()
            .grid("jinse/grid-1", "1网格")
            .place("jinse/grid-1", "1网格", &["jinse/grid-1"])
            .place("jinse/1/1", "1栋1单元", &["jinse/grid-1"]);
        for place in &mut tables.places {
            place.walk *= 10;
            place.code = Some(format!("qr:{}", place.id));
        }
        let roles: Vec<RoleId> = roles.iter().map(|role| RoleId::new(*role).unwrap()).collect();
        let grid = Some(tables.grids[0].id.clone());
        let assigned = |role: &RoleId| Assignment {
            staff: staff("zhang.li"),
            role: role.clone(),
            grid: grid.clone(),
            until: None,
        };
        tables.assignments = roles.iter().map(assigned).collect();
        tables.staff.push(Staff {
            id: staff("zhang.li"),
            name: "张丽".into(),
            roles,
            left: false,
            phone: None,
        });
        let tables = [
            (TableName::Staff, json(&tables.staff)),
            (TableName::Grids, json(&tables.grids)),
            (TableName::Places, json(&tables.places)),
            (TableName::Assignments, json(&tables.assignments)),
        ];
        butler
            .context
            .write(|tx| {
                tx.set_device_key(&key.secret())?;
                tx.set_identity(&Identity {
                    device: key.device(),
                    staff: staff("zhang.li"),
                    community: CommunityId::new("jinse").unwrap(),
                    utc_offset_minutes: 480,
                    office_key: OfficePublic([0; 32]),
                })?;
                for (name, rows) in &tables {
                    tx.put_table(*name, 1, rows)?;
                }
                Ok(())
            })
            .unwrap();
        Self { butler, host, folder, keys }
    }

    /// The app was killed, and starts again.
    pub fn reopen(&mut self) {
        self.butler.shutdown();
        self.butler = Butler::open(self.folder.path(), &self.keys, self.host.clone()).unwrap();
    }

    /// The office takes everything this phone has of a record, with its photos, and lists it.
    pub fn acknowledge(&self, id: RecordId) {
        let life = Generation([8; 16]);
        let taken = self.butler.context.write(|tx| {
            tx.set_generation(life)?;
            let unsent = tx.outbox(0, 1_000)?.into_iter().filter(|change| change.record == id);
            let receipts: Vec<_> = unsent.map(|change| (change.hash, self.host.now())).collect();
            let first = tx.complete(id)? + 1;
            let accepted = first - 1 + u32::try_from(receipts.len()).unwrap();
            tx.set_receipts(id, Some(life), &Listing { accepted, first, receipts: &receipts, seals: &[] })?;
            for photo in tx.attachments_of(id)? {
                tx.photo_received(photo.photo.photo, id, photo.photo.size, true)?;
            }
            Ok(())
        });
        taken.unwrap();
    }

    /// The office gives `zhang.li` these roles in grid 1 instead of those of before.
    pub fn assign(&self, roles: &[&str]) {
        let roles: Vec<(&str, &str)> = roles.iter().map(|role| (*role, "jinse/grid-1")).collect();
        self.assign_at(&roles);
    }

    /// The same, each role in a grid of its own.
    pub fn assign_at(&self, roles: &[(&str, &str)]) {
        let row = |(role, grid): &(&str, &str)| Assignment {
            staff: staff("zhang.li"),
            role: RoleId::new(*role).unwrap(),
            grid: GridId::new(*grid).ok(),
            until: None,
        };
        self.change(TableName::Assignments, |rows| *rows = roles.iter().map(row).collect());
    }

    /// The office lays out another grid, with a place that stands for it.
    pub fn grid(&self, grid: &GridId) {
        self.change(TableName::Grids, |rows| rows.push(Grid { id: grid.clone(), name: grid.to_string() }));
        self.change(TableName::Places, |rows| {
            let id = PlaceId::new(grid.as_str()).unwrap();
            rows.push(Place { grids: vec![grid.clone()], ..Place::new(id, grid.to_string()) });
        });
    }

    /// The office adds a colleague, who works nowhere yet.
    pub fn colleague(&self, colleague: Staff) {
        self.change(TableName::Staff, |rows| rows.push(colleague));
    }

    /// The office gives somebody work beside what they have.
    pub fn works(&self, assignment: Assignment) {
        self.change(TableName::Assignments, |rows| rows.push(assignment));
    }

    /// The office adds a place.
    pub fn place(&self, place: Place) {
        self.change(TableName::Places, |rows| rows.push(place));
    }

    /// The office changes a table.
    fn change<T>(&self, name: TableName, change: impl FnOnce(&mut Vec<T>))
    where
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        let taken = self.butler.context.write(|tx| {
            let mut rows = tx.table(name)?;
            change(&mut rows);
            let version = tx.table_versions()?.into_iter().find(|(table, _)| *table == name);
            let version = version.map_or(0, |(_, version)| version);
            Ok(tx.put_table(name, version + 1, &json(&rows))?)
        });
        assert!(taken.unwrap());
    }

    /// Puts a company's playbooks into force, as if the office had sent them.
    pub fn publish(&self, files: &[&str]) {
        self.publish_over(files, &[]);
    }

    /// The same, with another role beside those of this build: `clerk`, who reads these groups and writes nothing.
    pub fn publish_with_clerk(&self, files: &[&str], reads: &[&str]) {
        let roles = Playbooks::embedded_files().into_iter().find(|file| file.name == "roles.toml").unwrap();
        let clerk = format!(
            "[[role]]\nid = \"clerk\"\nlabel = {{ zh = \"文员\", en = \"Clerk\" }}\nscope = \"community\"\n\
             read = {reads:?}\nwrite = []"
        );
        let roles = format!("{}\n{clerk}", roles.text);
        self.publish(&[files, &[&roles]].concat());
    }

    /// The same, with files that are not current any more and still known.
    pub fn publish_over(&self, files: &[&str], older: &[&str]) {
        let all = files.iter().map(|text| (*text, true)).chain(older.iter().map(|text| (*text, false)));
        let file = |(number, (text, current)): (usize, (&str, bool))| PlaybookFile {
            name: format!("{number}.toml"),
            text: text.to_owned(),
            current,
        };
        let files: Vec<PlaybookFile> = all.enumerate().map(file).collect();
        Playbooks::company(&files).map_err(|rejected| rejected.to_string()).unwrap();
        let entry = |file: &PlaybookFile| ManifestFile {
            name: file.name.clone(),
            hash: PlaybookHash::of(&file.text),
            bytes: file.text.len() as u64,
            current: file.current,
        };
        let at = self.butler.now();
        let manifest = Manifest { version: 1, at, by: None, files: files.iter().map(entry).collect() };
        // On the phone the signature was checked before a set is put into force.
        let set =
            SignedSet { manifest: serde_json::to_string(&manifest).unwrap(), signature: Vec::new().into() };
        self.butler
            .context
            .write(|tx| {
                for file in &files {
                    tx.put_playbook(PlaybookHash::of(&file.text), &file.text)?;
                }
                Ok(tx.put_playbook_set(&set, &manifest, at)?)
            })
            .unwrap();
    }

    /// A home that is simply there, as if the office had sent it.
    pub fn home(&self, room: &str) -> RecordId {
        let community = CommunityId::new("jinse").unwrap();
        let location = Location::new("1", "1", room).unwrap();
        let edit: Edit = HomeEdit::at(&community, &location).unwrap().into();
        let id = location.home_id(&community);
        self.butler.context.act(|author, tx| author.edit_unchecked(tx, id, Kind::Home, &edit)).unwrap();
        id
    }

    /// The owner of this phone and a colleague edit a record concurrently; the office took the colleague's edit and sends it.
    pub fn concurrently(&self, id: RecordId, kind: Kind, mine: &Edit, theirs: &Edit) {
        let merged = self.butler.context.act(|author, tx| {
            let mut elsewhere = tx.take_document(id, kind, Kind::VERSION)?;
            let stamp = Stamp { staff: staff("he.fang"), at: author.now, offset: None, copy_of: None };
            let theirs = elsewhere.author(COLLEAGUE, &stamp, theirs)?;
            author.edit_unchecked(tx, id, kind, mine)?;
            let mut both = tx.take_document(id, kind, Kind::VERSION)?;
            both.apply(std::slice::from_ref(&theirs))?;
            let receipt = Receipt { ordinal: 1, at: author.now };
            let standing = ChangeStanding::Accepted { generation: Some(Generation([1; 16])), receipt };
            Ok(tx.apply(both, &[Incoming { info: &theirs, standing }])?)
        });
        merged.unwrap();
    }

    /// A sync brings what a colleague wrote over the record as it is.
    pub fn brings(&self, id: RecordId, kind: Kind, theirs: &Edit) {
        let heads = self.butler.context.read(|reader| Ok(reader.document(id)?.unwrap().heads())).unwrap();
        self.brings_over(&heads, id, kind, theirs);
    }

    /// A sync brings what a colleague wrote who had seen this much of the record.
    pub fn brings_over(&self, heads: &[ChangeHash], id: RecordId, kind: Kind, theirs: &Edit) {
        let brought = self.butler.context.act(|author, tx| {
            let mut document = tx.take_document(id, kind, Kind::VERSION)?;
            let stamp = Stamp { staff: staff("he.fang"), at: author.now, offset: None, copy_of: None };
            // Whoever wrote before without knowing of these wrote on another phone.
            let actor = [COLLEAGUE, ActorId([10; 24])]
                .into_iter()
                .find_map(|actor| document.author_at(heads, actor, &stamp, theirs).ok());
            let theirs = actor.unwrap();
            let receipt = Receipt { ordinal: 1, at: author.now };
            let standing = ChangeStanding::Accepted { generation: Some(Generation([1; 16])), receipt };
            Ok(tx.apply(document, &[Incoming { info: &theirs, standing }])?)
        });
        brought.unwrap();
    }

    /// An event a colleague makes now.
    pub fn colleagues_event(&self, step: &str, after: Vec<EventId>) -> Event {
        let role = RoleId::new("butler").unwrap();
        let mine = self
            .butler
            .context
            .act(|author, _| author.event(&step.into(), role, after, "", Evidence::default()));
        Event { by: staff("he.fang"), device: COLLEAGUE.device(), ..mine.unwrap() }
    }

    /// The office rejected a change of this phone: the record is without it, and what was written over it since is written
    /// again, as after a sync.
    pub fn bury(&self, id: RecordId, rejected: ChangeHash) {
        let buried = self.butler.context.act(|author, tx| {
            let (kind, version) = tx.kind(id)?.unwrap();
            let before = tx.take_document(id, kind, version)?;
            let (mut after, dropped) = before.without(&BTreeSet::from([rejected])).unwrap();
            let gone = dropped.iter().map(|info| info.hash).collect();
            let rows = tx.rebuild(after.clone(), &gone)?;
            let mut intents = BTreeMap::new();
            for (info, row) in dropped.iter().zip(&rows) {
                let fate = if info.hash == rejected { Fate::Rejected } else { Fate::Dependency };
                if fate == Fate::Dependency {
                    intents.insert(row.hash, row.intent.clone().unwrap());
                }
                tx.put_verdict(&VerdictRow {
                    hash: info.hash,
                    record: id,
                    kind,
                    version,
                    edit: row.edit,
                    fate,
                    code: "role".to_owned(),
                    path: None,
                    own: true,
                    signed: match row.standing {
                        ChangeStanding::Unsent(signed) => Some(signed),
                        _ => None,
                    },
                    intent: row.intent.clone(),
                    authored_at: row.authored_at,
                    bytes: info.bytes().to_vec(),
                    at: author.now,
                    dismissed_at: None,
                })?;
            }
            let mut actor = [8; 24];
            actor[..16].copy_from_slice(&author.identity.device.0);
            tx.set_actor(ActorId(actor))?;
            let mut fresh = || Ok::<_, std::convert::Infallible>(ActorId(actor));
            let written = reauthor(&before, &mut after, &dropped, &intents, &mut fresh).unwrap();
            let signed = Signed { device: author.identity.device, signature: [0; 64] };
            for written in &written {
                let ReauthorOutcome::Copied(info) = &written.outcome else { panic!("{written:?}") };
                let intent = &intents[&written.original];
                tx.save_authored(after.clone(), &[Authored { info, intent, signed }])?;
            }
            Ok(())
        });
        buried.unwrap();
    }

    /// The office rejected an edit of this phone's owner: it is shown, and the record is without it.
    pub fn reject(&self, id: RecordId, kind: Kind, intent: &Edit, code: &str) -> ChangeHash {
        let rejected = self.butler.context.act(|author, tx| {
            let mut with = tx.take_document(id, kind, Kind::VERSION)?;
            let stamp = Stamp { staff: staff("zhang.li"), at: author.now, offset: None, copy_of: None };
            // After a rejection the phone goes on under another actor.
            let mut actor = [8; 24];
            actor[..16].copy_from_slice(&author.identity.device.0);
            let change = with.author(ActorId(actor), &stamp, intent)?;
            tx.put_verdict(&VerdictRow {
                hash: change.hash,
                record: id,
                kind,
                version: Kind::VERSION,
                edit: change.hash,
                fate: Fate::Rejected,
                code: code.to_owned(),
                path: None,
                own: true,
                signed: None,
                intent: Some(intent.clone()),
                authored_at: Some(author.now),
                bytes: change.bytes().to_vec(),
                at: author.now,
                dismissed_at: None,
            })?;
            Ok(change.hash)
        });
        rejected.unwrap()
    }
}

fn json<T: serde::Serialize>(rows: &[T]) -> String {
    serde_json::to_string(rows).unwrap()
}
