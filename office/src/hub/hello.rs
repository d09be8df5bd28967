//! What does a phone need to know before it pushes and pulls?

use std::collections::BTreeSet;

use butler_core::model::Kind;
use butler_core::sync::customer_receipt::Warrant;
use butler_core::sync::message::{Hello, Problem, Reply, TableName, Welcome, limit};
use serde_bytes::ByteBuf;

use super::error::Failure;
use super::{Asker, Hub};
use crate::storage::Storage;

/// Longest reason of a phone that is kept, in characters.
const DETAIL: usize = 500;

impl<S: Storage> Hub<S> {
    pub(super) fn hello(&self, asker: &Asker, hello: &Hello) -> Result<Reply, Failure> {
        if hello.shown.len() > limit::NEED {
            return Err(Problem::TooLarge { limit: limit::NEED as u64 }.into());
        }
        let mut report = hello.report.clone();
        // Shown in `status`: a code, never a sentence of the phone's user.
        report.blocked = report.blocked.map(|code| code.chars().take(64).collect());
        report.app = report.app.chars().take(64).collect();
        if let Some(rejected) = &mut report.rejected_playbooks {
            rejected.code = rejected.code.chars().take(64).collect();
            rejected.detail = rejected.detail.as_ref().map(|detail| detail.chars().take(DETAIL).collect());
        }
        let homes = hello.first.then(|| self.homes_for(asker)).transpose()?;
        // Without its key an office serves as ever; no phone of it signs receipts then.
        let key = self.storage.signing_key().ok();
        self.storage.write(|tx| {
            let device = self.reading(tx.reader(), asker)?;
            self.end_covers(tx, asker.now)?;
            let fresh = tx.life()?.generation;
            // What was accepted once and had to be written again on something else waits among what is unsent.
            let caught_up =
                hello.generation == Some(fresh) && report.unconfirmed == 0 && report.unsent_records == 0;
            tx.note_sync(device.id, asker.now, caught_up, &report)?;
            let in_force = self.in_force(tx.reader())?;
            let grids = self.grids_of(&in_force, &device.staff);

            let known =
                |name: TableName| hello.tables.iter().find(|(n, _)| *n == name).map_or(0, |(_, v)| *v);
            let mut tables = Vec::new();
            for (name, version) in tx.table_versions()? {
                // After a restore the versions count anew: equal numbers may mean different rows.
                if known(name) != version || hello.generation != Some(fresh) {
                    tables.push(tx.table(name)?);
                }
            }

            let community = tx.community()?;
            let company = if community.name.is_empty() { community.id.as_str() } else { &community.name };
            let warrant = key.as_ref().map(|key| {
                let name = in_force.name_of(&device.staff);
                let warrant = Warrant::beginning(asker.now, device.public_key, company, &name);
                ByteBuf::from(warrant.signed(key))
            });

            let set = tx.playbook_set()?.filter(|_| in_force.set != report.playbooks);

            // A copy counts for its author alone, and in the edit's own record: whoever else calls a change a copy of it
            // has accepted nothing of theirs.
            let mut accepted_since = Vec::new();
            for (record, edit) in hello.shown.iter().collect::<BTreeSet<_>>() {
                if tx.accepted_copy(*record, *edit, &device.staff)?.is_some() {
                    accepted_since.push((*record, *edit));
                }
            }
            Ok(Reply::Welcome(Box::new(Welcome {
                generation: fresh,
                now: asker.now,
                grids: grids.into_iter().collect(),
                tables,
                playbooks: set,
                accepted_since,
                watermark: tx.watermark()?,
                position: tx.position()?,
                warrant,
                homes,
            })))
        })
    }

    /// How many homes a phone is to fetch. Counted before anything is written, for it goes through every record of its grids.
    fn homes_for(&self, asker: &Asker) -> Result<u64, Failure> {
        self.storage.read(|read| {
            let device = self.reading(read, asker)?;
            let in_force = self.in_force(read)?;
            let grids = self.grids_of(&in_force, &device.staff);
            let mut homes = 0;
            for place in in_force.places.keys() {
                if in_force.grids_at(place).iter().any(|grid| grids.contains(grid)) {
                    let records = read.records_at(place)?;
                    homes += records.iter().filter(|record| record.kind == Kind::Home).count() as u64;
                }
            }
            Ok(homes)
        })
    }
}

#[cfg(test)]
mod tests {
    use butler_core::crdt::{ChangeInfo, Document};
    use butler_core::host::Host as _;
    use butler_core::model::{ChangeHash, Edit, Generation, Kind, RecordId};
    use butler_core::sync::customer_receipt::Warrant;
    use butler_core::sync::message::{DeviceReport, Hello, Problem, Reply, Request, TableName, limit};

    use super::super::testing::*;
    use crate::storage::Storage;

    #[test]
    fn a_phone_learns_its_grids_and_gets_the_tables_it_lacks() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let welcome = zhang.hello(Vec::new()).unwrap();
        assert_eq!(welcome.grids, [grid("g1")]);
        assert_eq!(li.hello(Vec::new()).unwrap().grids, [grid("g1"), grid("g2")]);
        assert_eq!(welcome.tables.len(), 4);
        assert!(welcome.tables.iter().any(|t| t.name == TableName::Places && t.rows.contains("3栋2单元")));
        let known: Vec<_> = welcome.tables.iter().map(|table| (table.name, table.version)).collect();
        let ask = |generation| {
            let hello = Hello {
                generation,
                actor: zhang.actor.get(),
                tables: known.clone(),
                shown: Vec::new(),
                report: DeviceReport { unsent_records: 3, ..DeviceReport::default() },
                first: false,
            };
            let Reply::Welcome(welcome) = zhang.ask(Request::Hello(hello)) else { panic!() };
            welcome.tables.len()
        };
        assert_eq!(ask(Some(welcome.generation)), 0);
        let key = office.hub.storage().signing_key().unwrap().public();
        let warrant = Warrant::open(welcome.warrant.as_ref().unwrap(), key).unwrap();
        assert_eq!(
            (warrant.key, warrant.name.as_str()),
            (zhang.key.public(), "张丽"),
            "it may sign receipts"
        );
        assert_eq!(ask(None), 4, "versions of another life say nothing");
        let device = office.hub.storage().read(|read| read.device(zhang.key.device())).unwrap().unwrap();
        assert_eq!(device.report.unsent_records, 3);
    }

    /// After a restore a phone hands in again what the backup lacks. One that was cut off before it had is still waited for,
    /// however often it says hello.
    #[test]
    fn a_phone_has_caught_up_once_it_knows_this_life_and_has_nothing_left_to_hand_in_again() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let fresh = office.generation();
        let says = |generation, unconfirmed, unsent_records| {
            let report = DeviceReport { unconfirmed, unsent_records, ..DeviceReport::default() };
            let (tables, shown) = (Vec::new(), Vec::new());
            let hello = Hello { generation, actor: zhang.actor.get(), tables, shown, report, first: false };
            assert!(matches!(zhang.ask(Request::Hello(hello)), Reply::Welcome(_)));
            let device = office.hub.storage().read(|read| read.device(zhang.key.device())).unwrap().unwrap();
            device.caught_up
        };
        assert_eq!(says(None, 0, 0), None, "it knows no life yet");
        assert_eq!(says(Some(Generation([9; 16])), 0, 0), None, "it knows an earlier one");
        assert_eq!(says(Some(fresh), 3, 0), None, "three are still to be handed in again");
        assert_eq!(says(Some(fresh), 0, 1), None, "one had to be written again and waits to be sent");
        let now = says(Some(fresh), 0, 0);
        assert_eq!(now, Some(office.desk.now()));
        assert_eq!(says(Some(fresh), 1, 1), now, "what was called accepted since is no part of it");
    }

    #[test]
    fn somebody_who_left_reads_nothing() {
        let office = Office::new();
        let zhang = office.phone("zhang.li");
        let leave = |tables: &mut butler_core::model::directory::Directory| {
            tables.staff.get_mut(&staff("zhang.li")).unwrap().left = true;
            Ok(())
        };
        office.hub.change_tables(&office.desk, "leave", leave).unwrap();
        assert_eq!(zhang.hello(Vec::new()).unwrap().grids, []);
        assert_eq!(zhang.pull("g1", 0).err(), Some(Problem::WrongGrid));
    }

    /// 李主管 writes changes that name a rejected edit of 张丽's as what they are copies of: in the same record, and in
    /// another one. Neither makes the rejection go from 张丽's list.
    #[test]
    fn a_colleagues_change_is_no_copy_of_a_rejected_edit() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        let mut document = home(1);
        zhang.push_one(&zhang.write(&mut document, &founded("b3/u1")));
        let mut rejected = document.clone();
        let rejected = zhang.write(&mut rejected, &Edit::new().put("arrears", 5_000));
        zhang.push_one(&rejected);
        let edit = ChangeInfo::parse(&rejected.change).unwrap().hash;
        li.push_one(&li.copy(&mut document, &Edit::new().put("layout", "两室"), Some(edit)));
        let mut other = home(2);
        li.push_one(&li.copy(&mut other, &founded("b3/u2"), Some(edit)));
        let shown = vec![(RecordId([1; 16]), edit), (RecordId([2; 16]), edit)];
        assert_eq!(zhang.hello(shown.clone()).unwrap().accepted_since, []);
        // Nor is an own change of another record.
        zhang.push_one(&zhang.copy(&mut home(3), &founded("b3/u1"), Some(edit)));
        assert_eq!(zhang.hello(shown.clone()).unwrap().accepted_since, []);
        office.hub.release(&office.desk, &staff("li.zg"), RecordId([1; 16]), edit).unwrap();
        assert_eq!(zhang.hello(shown).unwrap().accepted_since, [(RecordId([1; 16]), edit)]);
    }

    #[test]
    fn a_phone_that_never_read_its_grids_is_told_how_many_homes_they_hold() {
        let office = Office::new();
        let (zhang, li) = (office.phone("zhang.li"), office.phone("li.zg"));
        for (number, at) in [(1, "b3/u1"), (2, "b3/u1"), (3, "b5")] {
            li.push_one(&li.write(&mut home(number), &founded(at)));
        }
        let mut resident = Document::genesis(RecordId([9; 16]), Kind::Resident, Kind::VERSION).unwrap();
        li.push_one(&li.write(&mut resident, &Edit::new().put("place", "b3/u1").put("name", "王建国")));
        let homes = |phone: &Phone<'_>, first| {
            let hello = Hello {
                generation: Some(office.generation()),
                actor: phone.actor.get(),
                tables: Vec::new(),
                shown: Vec::new(),
                report: DeviceReport::default(),
                first,
            };
            let Reply::Welcome(welcome) = phone.ask(Request::Hello(hello)) else { panic!() };
            welcome.homes
        };
        assert_eq!(homes(&zhang, true), Some(2));
        assert_eq!(homes(&li, true), Some(3));
        assert_eq!(homes(&li, false), None, "nobody counts for a phone that is read to the end");
    }

    #[test]
    fn too_many_questions_are_a_problem() {
        let office = Office::new();
        let shown = vec![(RecordId([1; 16]), ChangeHash([1; 32])); limit::NEED + 1];
        let problem = Problem::TooLarge { limit: limit::NEED as u64 };
        assert_eq!(office.phone("zhang.li").hello(shown).err(), Some(problem));
    }
}
