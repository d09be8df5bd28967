//! Who works where, what may they write: a community of three grids and eight buildings.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use butler_core::host::Host;
use butler_core::model::directory::Assignment;
use butler_core::model::{
    Edit, EditId, GridId, Home, HomeEdit, Kind, PlaceId, Record, RecordId, RoleId, StaffId, Touch, derived,
};
use butler_core::playbook::{PlaybookFile, Playbooks};
use butler_core::testing::{ROLES, Tables};
use butler_office::hub::{Hub, OfficeEdit, Rules};
use butler_office::storage::{HeldKind, Sqlite};
use butler_office::testing::found;

use super::{Broken, Dice, broken};

/// Who carries a phone. The first butler has two, if there are enough phones.
pub(super) const STAFF: [&str; 5] = ["zhang.li", "wang.fang", "chen.jie", "zhang.li", "liu.min"];
/// The butlers among them.
pub(super) const BUTLERS: [&str; 3] = ["zhang.li", "wang.fang", "chen.jie"];
/// The supervisor: every grid, and what finance alone may write.
pub(super) const SUPERVISOR: &str = "liu.min";
/// Whoever writes for the office itself.
pub(super) const OFFICE: &str = "office.import";

const GRIDS: [(&str, &str); 3] = [("grid-1", "1网格"), ("grid-2", "2网格"), ("grid-3", "3网格")];
const BUILDINGS: usize = 8;
const HOMES_PER_BUILDING: usize = 2;

const LAYOUTS: [&str; 4] = ["一室一厅", "两室一厅", "三室两厅", "四室两厅"];
const STATES: [&str; 3] = ["occupied", "vacant", "renovating"];
const WORDS: [&str; 5] = ["门锁已换", "有宠物", "电梯异响", "晚八点后在家", "钥匙在前台"];
const NAMES: [&str; 4] = ["王小明", "单国强", "李秀英", "曾丽"];

/// The one procedure: what is reported is accepted, done and proved by a photo, or cancelled.
pub(super) const ORDER: &str = "order";
const ORDER_FILE: &str = r#"
kind = "workflow"
id = "order"
title = { zh = "报修", en = "order" }
subjects = ["home"]
resolved_by = ["supervisor"]

[[state]]
id = "reported"
label = { zh = "已报", en = "reported" }
[[state]]
id = "accepted"
label = { zh = "已接", en = "accepted" }
[[state]]
id = "done"
label = { zh = "完成", en = "done" }
end = true
[[state]]
id = "cancelled"
label = { zh = "取消", en = "cancelled" }
end = true

[[step]]
id = "report"
label = { zh = "报修", en = "report" }
opens = true
to = "reported"
roles = ["butler", "supervisor"]

[[step]]
id = "accept"
label = { zh = "接单", en = "accept" }
from = ["reported"]
to = "accepted"
roles = ["butler", "supervisor"]

[[step]]
id = "finish"
label = { zh = "完工", en = "finish" }
from = ["accepted"]
to = "done"
roles = ["butler", "supervisor"]
[[step.field]]
id = "photo_after"
label = { zh = "完工照片", en = "photo" }
type = "photo"
required = true

[[step]]
id = "cancel"
label = { zh = "取消", en = "cancel" }
from = ["reported", "accepted"]
to = "cancelled"
roles = ["butler", "supervisor"]
"#;

/// The role of the supervisor.
pub(super) const SUPERVISES: &str = "supervisor";

/// The one role somebody has.
pub(super) fn role_of(staff: &StaffId) -> RoleId {
    named(RoleId::new(if staff.as_str() == SUPERVISOR { SUPERVISES } else { "butler" }))
}

pub(super) fn staff(id: &str) -> StaffId {
    named(StaffId::new(id))
}

pub(super) fn place(building: usize) -> PlaceId {
    named(PlaceId::new(format!("building-{}", building + 1)))
}

fn grid(number: usize) -> GridId {
    named(GridId::new(GRIDS[number].0))
}

#[expect(clippy::expect_used, reason = "the names are written in this file")]
fn named<T, E: std::fmt::Debug>(id: Result<T, E>) -> T {
    id.expect("a valid identifier")
}

/// The company's procedures, on its phones and at its office.
pub(super) fn playbooks() -> Result<Arc<Playbooks>, Broken> {
    let file = |name: &str, text: &str| PlaybookFile { name: name.into(), text: text.into(), current: true };
    let files = [file("roles.toml", ROLES), file("order.toml", ORDER_FILE)];
    Playbooks::build(&files).map(Arc::new).map_err(|error| broken("the playbooks", error))
}

/// The office whose files lie in `folder`.
pub(super) fn reopen(
    host: &dyn Host,
    playbooks: Arc<Playbooks>,
    rules: Rules,
    folder: &Path,
) -> Result<Hub<Sqlite>, Broken> {
    let fail = |error| broken("the office's storage", error);
    let storage = Sqlite::open(folder, host).map_err(fail)?;
    let seals = storage.seal_secret(host).map_err(fail)?;
    Ok(Hub::with_rules(storage, playbooks, seals, rules))
}

/// A new office with its tables, in a folder or in memory.
pub(super) fn open(
    host: &dyn Host,
    playbooks: Arc<Playbooks>,
    rules: Rules,
    folder: Option<&Path>,
) -> Hub<Sqlite> {
    let mut tables = Tables::default();
    for (id, name) in GRIDS {
        tables = tables.grid(id, name);
    }
    for building in 0..BUILDINGS {
        let (id, name) = (place(building), format!("{}栋", building + 1));
        tables = tables.place(id.as_str(), &name, &[GRIDS[building % GRIDS.len()].0]);
    }
    for (number, butler) in BUTLERS.into_iter().enumerate() {
        tables = tables.person(butler, butler, "butler", &[GRIDS[number].0]);
    }
    tables = tables.person(SUPERVISOR, SUPERVISOR, SUPERVISES, &[]);
    found(host, playbooks, rules, tables, folder)
}

/// The register: every home, written by the office.
pub(super) fn homes(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    rng: &mut Dice,
) -> Result<Vec<(RecordId, Kind)>, Broken> {
    let mut edits = Vec::new();
    for building in 0..BUILDINGS {
        for room in 0..HOMES_PER_BUILDING {
            edits.push(OfficeEdit {
                record: derived::drawn(rng.bytes()),
                kind: Kind::Home,
                seen: None,
                edit: Edit::new()
                    .put("place", place(building).as_str())
                    .put("building", (building + 1).to_string())
                    .put("room", format!("{}01", room + 1))
                    .put("layout", LAYOUTS[room % LAYOUTS.len()])
                    .put("area", 89.5),
            });
        }
    }
    hub.author(host, &staff(OFFICE), &edits).map_err(|error| broken("the register", error))?;
    Ok(edits.iter().map(|edit| (edit.record, edit.kind)).collect())
}

/// What the office corrects.
pub(super) fn office_edit(rng: &mut Dice) -> Edit {
    Edit::new().put("arrears", i64::from(rng.below(5_000))).put("layout", *rng.pick(&LAYOUTS))
}

/// What a butler writes about a record that is there.
pub(super) fn edit(rng: &mut Dice, kind: Kind) -> Edit {
    match (kind, rng.below(6)) {
        (_, 0) => Edit::new().splice("note", 0, 0, *rng.pick(&WORDS)),
        (Kind::Home, 1) => Edit::new().put("layout", *rng.pick(&LAYOUTS)),
        (Kind::Home, 2) => Edit::new().put("state", *rng.pick(&STATES)).put("people", 3),
        (Kind::Home, 3) => Edit::new().put("key_held", rng.chance(50)).put("key_spot", *rng.pick(&WORDS)),
        (Kind::Home, 4) => Edit::new().put("archived", true),
        (Kind::Home, _) => Edit::new().put("surroundings", *rng.pick(&WORDS)),
        (Kind::Resident, 1 | 2) => {
            let part = format!("phone/{:032x}", u128::from(rng.below(3)));
            let number = format!("138{:08}", rng.below(100_000_000));
            Edit::new().put(part.clone(), true).put(format!("{part}/number"), number)
        }
        (Kind::Resident, 3) => Edit::new().clear(format!("phone/{:032x}", u128::from(rng.below(3)))),
        (Kind::Resident, _) => Edit::new().put("name", *rng.pick(&NAMES)),
        _ => Edit::new().put("summary", *rng.pick(&WORDS)),
    }
}

/// What begins a record.
pub(super) fn first_edit(rng: &mut Dice, kind: Kind, place: &PlaceId, home: RecordId) -> Edit {
    match kind {
        Kind::Resident => Edit::new()
            .put("place", place.as_str())
            .put("home", home.to_string())
            .put("name", *rng.pick(&NAMES)),
        _ => {
            Edit::new().put("place", place.as_str()).put("channel", "visit").put("purpose", *rng.pick(&WORDS))
        }
    }
}

/// What an older app does to a home it read: it writes back every field it shows on that page, one of them changed.
pub(super) fn written_back(rng: &mut Dice, home: &Record) -> Edit {
    let read = Home::read(home);
    let kept = |text: Option<String>| text.map_or(Touch::Keep, Touch::Set);
    let edit = HomeEdit {
        people: Touch::Set(i64::from(rng.below(6))),
        layout: kept(read.layout),
        surroundings: kept(read.surroundings),
        key_spot: kept(read.key_spot),
        ..HomeEdit::default()
    };
    edit.into()
}

/// A field this build knows nothing of.
pub(super) fn newer_field(rng: &mut Dice) -> (String, &'static str) {
    (format!("newer/{:016x}", rng.next()), *rng.pick(&WORDS))
}

/// What finance alone may write.
pub(super) fn forbidden_edit(rng: &mut Dice) -> Edit {
    Edit::new().put("fee", i64::from(rng.below(400)))
}

/// A building lies in another grid from now on, or in two.
pub(super) fn move_building(hub: &Hub<Sqlite>, host: &dyn Host, rng: &mut Dice) -> Result<(), Broken> {
    let building = place(rng.pick_index(BUILDINGS));
    let mut grids = vec![grid(rng.pick_index(GRIDS.len()))];
    let second = grid(rng.pick_index(GRIDS.len()));
    if rng.chance(25) && !grids.contains(&second) {
        grids.push(second);
    }
    hub.change_tables(host, "move", |tables| {
        if let Some(place) = tables.places.get_mut(&building) {
            place.grids = grids;
        }
        Ok(())
    })
    .map_err(|error| broken("a building moves", error))
}

/// A butler works in another grid from now on.
pub(super) fn reassign(hub: &Hub<Sqlite>, host: &dyn Host, rng: &mut Dice) -> Result<(), Broken> {
    let who = staff(BUTLERS[rng.pick_index(3)]);
    let to = grid(rng.pick_index(GRIDS.len()));
    hub.change_tables(host, "reassign", |tables| {
        // Who is a supervisor, too, is one of every grid.
        let grids = tables.assignments.iter_mut().filter(|assignment| assignment.staff == who);
        for grid in grids.filter_map(|assignment| assignment.grid.as_mut()) {
            *grid = to.clone();
        }
        Ok(())
    })
    .map_err(|error| broken("a butler moves", error))
}

/// A butler is a supervisor as well from now on, or is one no more.
pub(super) fn promote(hub: &Hub<Sqlite>, host: &dyn Host, who: &str) -> Result<(), Broken> {
    let who = staff(who);
    let role: RoleId = named(RoleId::new(SUPERVISES));
    hub.change_tables(host, "promote", |tables| {
        let Some(member) = tables.staff.get_mut(&who) else { return Ok(()) };
        if member.roles.contains(&role) {
            member.roles.retain(|other| *other != role);
            tables.assignments.retain(|one| one.staff != who || one.role != role);
        } else {
            member.roles.push(role.clone());
            tables.assignments.push(Assignment {
                staff: who.clone(),
                role: role.clone(),
                grid: None,
                until: None,
            });
        }
        Ok(())
    })
    .map_err(|error| broken("a butler's roles", error))
}

/// A supervisor lets in what was rejected. What still does not pass stays where it is.
/// Returns the edit that was let in.
pub(super) fn release(hub: &Hub<Sqlite>, host: &dyn Host, rng: &mut Dice) -> Result<Option<EditId>, Broken> {
    let held = hub.held().map_err(|error| broken("what is held", error))?;
    let rejected: Vec<_> = held.iter().filter(|held| held.kind == HeldKind::Rejected).collect();
    if rejected.is_empty() {
        return Ok(None);
    }
    let one = rng.pick(&rejected);
    // Its place may be unknown, or its dependency dead: then it is not released, which is an answer too.
    let released = hub.release(host, &staff(SUPERVISOR), one.envelope.record, one.hash);
    Ok(one.edit.as_ref().map(|(edit, _)| *edit).filter(|_| released.is_ok()))
}

/// The place a record is pinned to, by the office.
pub(super) fn places(
    hub: &Hub<Sqlite>,
    records: &[(RecordId, Kind)],
) -> Result<BTreeMap<RecordId, PlaceId>, Broken> {
    use butler_office::storage::{Storage as _, StorageError};
    hub.storage()
        .read(|read| {
            let mut places = BTreeMap::new();
            for (id, _) in records {
                if let Some(row) = read.record(*id)? {
                    places.insert(*id, row.place);
                }
            }
            Ok::<_, StorageError>(places)
        })
        .map_err(|error| broken("the office's records", error))
}
