//! Who may do what, by the roles of this build: the same answers on phone and office.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::collections::{BTreeMap, BTreeSet};

use butler_core::model::directory::{Assignment, Directory, Staff};
use butler_core::model::{
    ActorId, Candidate, Case, ChangeHash, DeviceId, Event, EventId, Evidence, Field, GridId, Kind, Lifecycle,
    PlaybookVersion, Record, RecordId, Resolution, RoleId, StaffId, Stamp, SystemStep, Timestamp, Value,
};
use butler_core::playbook::access::{Actor, Attempt, Denied, Rights, decide, looks_back};
use butler_core::playbook::{PlaybookFile, Playbooks};

fn staff(id: &str) -> StaffId {
    StaffId::new(id).unwrap()
}

fn role(id: &str) -> RoleId {
    RoleId::new(id).unwrap()
}

fn grids(ids: &[&str]) -> BTreeSet<GridId> {
    ids.iter().map(|id| GridId::new(*id).unwrap()).collect()
}

/// Who works where: a butler on one grid, everybody else for the whole community.
fn directory() -> Directory {
    let works = |staff_id: &str, role_id: &str, grid: Option<&str>| Assignment {
        staff: staff(staff_id),
        role: role(role_id),
        grid: grid.map(|id| GridId::new(id).unwrap()),
        until: None,
    };
    let assignments = vec![
        works("zhang.li", "butler", Some("jinse/1")),
        works("li.na", "butler", Some("jinse/2")),
        works("chen.gang", "supervisor", None),
        works("wang.qiang", "engineering", None),
        works("zhou.min", "finance", None),
        works("hu.jing", "front_desk", None),
        works("import", "office", None),
    ];
    let row = |works: &Assignment| Staff {
        id: works.staff.clone(),
        name: works.staff.to_string(),
        roles: vec![works.role.clone()],
        left: false,
        phone: None,
    };
    Directory::new(assignments.iter().map(row).collect(), Vec::new(), Vec::new(), assignments)
}

fn record(kind: Kind, fields: &[(&str, Value)]) -> Record {
    let field = |value: &Value| Field {
        winner: Candidate {
            value: value.clone(),
            change: ChangeHash([1; 32]),
            actor: ActorId::new(DeviceId([2; 16]), [3; 8]),
            stamp: Stamp {
                staff: staff("zhang.li"),
                at: Timestamp::from_millis(0),
                offset: None,
                copy_of: None,
            },
        },
        others: Vec::new(),
    };
    Record {
        id: RecordId([9; 16]),
        kind,
        version: Kind::VERSION,
        lifecycle: Lifecycle::Live,
        fields: fields.iter().map(|(path, value)| ((*path).to_owned(), field(value))).collect(),
        texts: BTreeMap::new(),
        heads: Vec::new(),
    }
}

/// The answer for `who` writing `fields` to a record that lies in grid 1.
fn write(
    who: &str,
    kind: Kind,
    before: Option<&[(&str, Value)]>,
    fields: &[(&str, Value)],
) -> Result<(), Denied> {
    write_under(&Playbooks::embedded().unwrap(), who, kind, before, fields)
}

fn write_under(
    set: &Playbooks,
    who: &str,
    kind: Kind,
    before: Option<&[(&str, Value)]>,
    fields: &[(&str, Value)],
) -> Result<(), Denied> {
    let (who, directory) = (staff(who), directory());
    let before = before.map(|fields| record(kind, fields));
    let mut all: Vec<(&str, Value)> = Vec::new();
    if let Some(before) = &before {
        all.extend(before.fields.iter().map(|(path, field)| (path.as_str(), field.winner.value.clone())));
    }
    all.extend(fields.iter().cloned());
    let after = record(kind, &all);
    let paths: Vec<String> = fields.iter().map(|(path, _)| (*path).to_owned()).collect();
    let attempt =
        Attempt { before: before.as_ref(), after: &after, paths: &paths, grids: &grids(&["jinse/1"]) };
    decide(set, Actor { staff: &who, directory: &directory }, &attempt)
}

fn denied(code: &'static str, path: &str, whose: &[&str]) -> Result<(), Denied> {
    let whose = whose.iter().map(|id| role(id)).collect();
    Err(Denied { code, path: Some(path.to_owned()), whose })
}

fn event(number: u8, step: &str, by: &str, role_id: &str, evidence: Evidence) -> (String, Value) {
    let event = Event {
        id: EventId([number; 16]),
        step: step.into(),
        by: staff(by),
        role: role(role_id),
        device: DeviceId([2; 16]),
        at: Timestamp::from_millis(0),
        offset: None,
        after: Vec::new(),
        note: String::new(),
        evidence,
        unknown: BTreeMap::new(),
    };
    (event.path(), event.encode().into())
}

/// A paid repair, opened under the present version.
fn repair() -> Vec<(&'static str, Value)> {
    let version = Playbooks::embedded().unwrap().workflow(&"repair.paid".into()).unwrap().version.to_string();
    vec![("place", "3/2".into()), ("playbook", "repair.paid".into()), ("version", version.into())]
}

fn step(who: &str, event: (String, Value)) -> Result<(), Denied> {
    let (path, value) = event;
    write(who, Kind::Case, Some(&repair()), &[(path.as_str(), value)])
}

#[test]
fn a_butler_writes_in_the_own_grid_only() {
    let layout = [("layout", Value::from("三室两厅"))];
    assert_eq!(write("zhang.li", Kind::Home, Some(&[]), &layout), Ok(()));
    assert_eq!(
        write("li.na", Kind::Home, Some(&[]), &layout),
        Err(Denied { code: "grid", path: None, whose: Vec::new() })
    );
    assert_eq!(
        write("nobody", Kind::Home, Some(&[]), &layout),
        Err(Denied { code: "grid", path: None, whose: Vec::new() })
    );
    assert_eq!(write("chen.gang", Kind::Home, Some(&[]), &layout), Ok(()), "a supervisor sees all grids");
}

#[test]
fn arrears_are_finances_alone() {
    let arrears = [("arrears", Value::from(180_000))];
    for who in ["zhang.li", "chen.gang", "hu.jing", "wang.qiang"] {
        assert_eq!(
            write(who, Kind::Home, Some(&[]), &arrears),
            denied("field", "arrears", &["finance", "office"]),
            "{who}"
        );
    }
    assert_eq!(write("zhou.min", Kind::Home, Some(&[]), &arrears), Ok(()));
    assert_eq!(write("import", Kind::Home, Some(&[]), &arrears), Ok(()));
}

#[test]
fn no_field_of_money_can_be_written_by_a_butler() {
    let set = Playbooks::embedded().unwrap();
    let butler = [role("butler")];
    let finance = butler_core::model::fields::group::FINANCE;
    assert!(!set.roles().may_write(&butler, Kind::Home, finance));
    assert!(!set.roles().may_write(&butler, Kind::Case, butler_core::model::fields::group::PRICE));
    for field in set.workflows().flat_map(|workflow| workflow.fields()) {
        let money = field.answer == butler_core::playbook::form::AnswerType::Money;
        assert!(!money || !field.is_writable(&butler), "{} can be entered by a butler", field.id);
    }
}

#[test]
fn need_to_know() {
    let set = Playbooks::embedded().unwrap();
    let (directory, one) = (directory(), grids(&["jinse/1"]));
    let reads = |who: &str, kind: Kind, path: &str| {
        let actor = Actor { staff: &staff(who), directory: &directory };
        Rights::over(&set, actor, &one).reads(kind, path)
    };
    assert!(reads("zhang.li", Kind::Resident, "care/x/need"));
    assert!(
        !reads("wang.qiang", Kind::Resident, "care/x/need") && reads("wang.qiang", Kind::Resident, "name")
    );
    assert!(!reads("wang.qiang", Kind::Home, "arrears") && reads("zhang.li", Kind::Home, "arrears"));
    assert!(!reads("li.na", Kind::Resident, "name"), "not the own grid");
}

#[test]
fn what_pins_a_record_stays() {
    let moved = [("place", Value::from("4/1"))];
    assert_eq!(
        write("zhang.li", Kind::Case, Some(&repair()), &moved),
        denied("field", "place", &[]),
        "nobody moves it"
    );
    assert_eq!(write("zhang.li", Kind::Case, None, &repair()), Ok(()), "the first edit fixes it");
    let same = [("place", Value::from("3/2"))];
    assert_eq!(write("zhang.li", Kind::Case, Some(&repair()), &same), Ok(()));
    assert_eq!(
        write("zhang.li", Kind::Home, None, &[("place", "3/2".into())]),
        denied("field", "place", &["supervisor", "office"])
    );
}

#[test]
fn a_step_belongs_to_its_role_and_its_author() {
    let none = Evidence::default;
    let id = |number: u8| format!("event/{}", EventId([number; 16]));
    assert_eq!(step("wang.qiang", event(1, "accept", "wang.qiang", "engineering", none())), Ok(()));
    assert_eq!(
        step("zhang.li", event(1, "accept", "zhang.li", "butler", none())),
        denied("step", &id(1), &["engineering"])
    );
    assert_eq!(
        step("zhang.li", event(2, "dispatch", "li.na", "butler", none())),
        denied("author", &id(2), &[])
    );
    assert_eq!(
        step("zhang.li", event(3, "accept", "zhang.li", "engineering", none())),
        denied("role", &id(3), &[])
    );
    assert_eq!(
        step("zhang.li", event(4, "launch", "zhang.li", "butler", none())),
        denied("step", &id(4), &[])
    );
    assert_eq!(step("zhang.li", event(5, SystemStep::Remark.id(), "zhang.li", "butler", none())), Ok(()));
    let decided = Resolution { keep: EventId([1; 16]), over: vec![EventId([2; 16])] }.evidence();
    assert_eq!(
        step("chen.gang", event(6, SystemStep::Resolve.id(), "chen.gang", "supervisor", decided.clone())),
        Ok(())
    );
    assert_eq!(
        step("zhang.li", event(6, SystemStep::Resolve.id(), "zhang.li", "butler", decided)),
        denied("step", &id(6), &[])
    );
    assert_eq!(
        step("wang.qiang", event(7, SystemStep::Reopen.id(), "wang.qiang", "engineering", none())),
        denied("step", &id(7), &[])
    );
}

#[test]
fn who_had_a_hand_in_it_gives_no_score_for_it() {
    let none = Evidence::default;
    let score = |who: &str, role: &str| event(9, "score", who, role, none());
    let after = |past: (String, Value), (path, value): (String, Value)| {
        let before: Vec<(&str, Value)> = repair().into_iter().chain([(past.0.as_str(), past.1)]).collect();
        write("chen.gang", Kind::Case, Some(&before), &[(path.as_str(), value)])
    };
    let id = format!("event/{}", EventId([9; 16]));
    assert_eq!(step("chen.gang", score("chen.gang", "supervisor")), Ok(()));
    let called = event(1, "follow_up", "chen.gang", "supervisor", none());
    assert_eq!(after(called, score("chen.gang", "supervisor")), denied("involved", &id, &[]));
    let assigned = Evidence { fields: BTreeMap::from([("assignee".into(), "chen.gang".into())]), ..none() };
    let named = event(1, "dispatch", "zhang.li", "butler", assigned);
    assert_eq!(after(named, score("chen.gang", "supervisor")), denied("involved", &id, &[]));
    let anothers = event(1, "follow_up", "hu.jing", "front_desk", none());
    assert_eq!(after(anothers, score("chen.gang", "supervisor")), Ok(()));
}

#[test]
fn the_office_looks_at_the_past_of_a_case_only_where_a_step_asks_about_it() {
    let set = Playbooks::embedded().unwrap();
    let asks = |name: &str| {
        let (path, value) = event(9, name, "chen.gang", "supervisor", Evidence::default());
        let fields: Vec<(&str, Value)> = repair().into_iter().chain([(path.as_str(), value)]).collect();
        looks_back(&set, &record(Kind::Case, &fields), std::slice::from_ref(&path))
    };
    assert!(asks("score") && !asks("finish") && !asks(SystemStep::Remark.id()));
}

#[test]
fn an_answer_that_belongs_to_another_role_is_rejected_inside_a_step_too() {
    let amount = Evidence {
        fields: BTreeMap::from([("paid_amount".into(), Value::from(9_800))]),
        photos: BTreeMap::new(),
    };
    assert_eq!(step("zhou.min", event(1, "payment", "zhou.min", "finance", amount.clone())), Ok(()));
    let path = format!("event/{}", EventId([1; 16]));
    assert_eq!(
        step("zhang.li", event(1, "payment", "zhang.li", "butler", amount)),
        denied("step", &path, &["finance"])
    );
    let price = Evidence {
        fields: BTreeMap::from([("price_told".into(), Value::from(9_800))]),
        photos: BTreeMap::new(),
    };
    assert_eq!(step("wang.qiang", event(2, "quote", "wang.qiang", "engineering", price)), Ok(()));
}

#[test]
fn a_shared_step_does_not_let_everybody_give_every_answer() {
    let flow = r#"
kind = "workflow"
id = "test.handover"
title = { zh = "交接", en = "Handover" }
subjects = ["home"]
resolved_by = ["supervisor"]
[[state]]
id = "done"
label = { zh = "完成", en = "Done" }
end = true
[[step]]
id = "record"
label = { zh = "登记", en = "Record" }
opens = true
to = "done"
roles = ["butler", "finance"]
[[step.field]]
id = "amount"
label = { zh = "金额", en = "Amount" }
type = "money"
unit = "fen"
entered_by = ["finance"]
"#;
    let files = [PlaybookFile { name: "handover.toml".into(), text: flow.into(), current: true }];
    let set = Playbooks::company(&files).unwrap();
    let version = set.workflow(&"test.handover".into()).unwrap().version.to_string();
    let opened = [("playbook", Value::from("test.handover")), ("version", version.into())];
    let record = |who: &str, role: &str, amount: bool| {
        let fields =
            if amount { BTreeMap::from([("amount".into(), Value::from(100))]) } else { BTreeMap::new() };
        let (path, value) = event(1, "record", who, role, Evidence { fields, photos: BTreeMap::new() });
        write_under(&set, who, Kind::Case, Some(&opened), &[(path.as_str(), value)])
    };
    assert_eq!(record("zhang.li", "butler", false), Ok(()));
    assert_eq!(record("zhou.min", "finance", true), Ok(()));
    let path = format!("event/{}", EventId([1; 16]));
    assert_eq!(record("zhang.li", "butler", true), denied("field", &path, &["finance"]));
}

/// A case is migrated by whoever resolves by the version it is to be run by; who did not know goes on as before.
#[test]
fn a_migration_belongs_to_whoever_resolves_and_rejects_nobodys_step() {
    let flow = |resolved_by: &str, close: &str| {
        format!(
            r#"
kind = "workflow"
id = "test.report"
title = {{ zh = "报障", en = "Report" }}
subjects = ["home"]
resolved_by = ["{resolved_by}"]
state = [{{ id = "open", label = {{ zh = "处理中", en = "Open" }} }}, {{ id = "done", label = {{ zh = "完成", en = "Done" }}, end = true }}]
[[step]]
id = "report"
label = {{ zh = "登记", en = "Report" }}
opens = true
to = "open"
roles = ["butler"]
[[step]]
id = "{close}"
label = {{ zh = "结束", en = "Close" }}
from = ["open"]
to = "done"
roles = ["engineering"]
"#
        )
    };
    let file =
        |text: &String, current| PlaybookFile { name: "report.toml".into(), text: text.clone(), current };
    let (old, new) = (flow("front_desk", "shut"), flow("supervisor", "close"));
    let files = [file(&new, true), file(&old, false)];
    let set = Playbooks::company(&files).unwrap();
    let (from, to) = (files[1].version(), files[0].version());
    let mut case = vec![
        ("place", "3/2".into()),
        ("playbook", "test.report".into()),
        ("version", from.to_string().into()),
    ];
    let migrates = |number: u8, who: &str, role: &str, to| {
        event(number, SystemStep::Migrate.id(), who, role, Case::migration(from, to))
    };
    let decided = |case: &[(&str, Value)], who: &str, (path, value): (String, Value)| {
        write_under(&set, who, Kind::Case, Some(case), &[(path.as_str(), value)])
    };
    let path = |number: u8| format!("event/{}", EventId([number; 16]));
    assert_eq!(decided(&case, "chen.gang", migrates(1, "chen.gang", "supervisor", to)), Ok(()));
    let by_the_old = decided(&case, "hu.jing", migrates(1, "hu.jing", "front_desk", to));
    assert_eq!(by_the_old, denied("step", &path(1), &[]), "who resolved by the faulty version does not");
    let nowhere = PlaybookVersion([7; 16]);
    let unknown = decided(&case, "chen.gang", migrates(1, "chen.gang", "supervisor", nowhere));
    assert_eq!(unknown, denied("playbook", "version", &[]));
    let bare = event(1, SystemStep::Migrate.id(), "chen.gang", "supervisor", Evidence::default());
    assert_eq!(
        decided(&case, "chen.gang", bare),
        denied("step", &path(1), &[]),
        "it says from where to where"
    );

    let (migration, value) = migrates(1, "chen.gang", "supervisor", to);
    case.push((migration.as_str(), value));
    let step = |number: u8, step: &str| event(number, step, "wang.qiang", "engineering", Evidence::default());
    assert_eq!(decided(&case, "wang.qiang", step(2, "close")), Ok(()));
    assert_eq!(decided(&case, "wang.qiang", step(2, "shut")), Ok(()), "made by the version they knew");
    assert_eq!(decided(&case, "wang.qiang", step(2, "launch")), denied("step", &path(2), &[]));
}

#[test]
fn a_version_nobody_knows_is_named_as_the_reason() {
    let unknown = [("playbook", Value::from("repair.paid")), ("version", Value::from("00".repeat(16)))];
    let (path, value) = event(1, "accept", "wang.qiang", "engineering", Evidence::default());
    let answer = write("wang.qiang", Kind::Case, Some(&unknown), &[(path.as_str(), value)]);
    assert_eq!(answer, denied("playbook", "version", &[]));
}

/// The codes of the gate, the office and the rebuild: a butler reads words, never a code.
#[test]
fn every_reason_has_its_words() {
    let set = Playbooks::embedded().unwrap();
    for code in [
        "grid",
        "role",
        "field",
        "step",
        "author",
        "involved",
        "playbook",
        "malformed",
        "signature",
        "device",
        "revoked",
        "actor",
        "kind",
        "place",
        "value",
        "write_once",
        "event",
        "fork",
        "dependency",
        "pending",
        "waiting",
        "held",
        "full",
        "quota",
        "unreadable",
        "version",
        "busy",
        "answer",
        "record",
        "unconfirmed",
        "damaged",
        "void",
        "too_large",
        "not_a_change",
        "checksum",
        "time",
        "stamp",
        "genesis",
        "sequence",
        "counter",
        "operation",
        "path",
        "predecessor",
        "poison",
    ] {
        assert!(set.terms().get(&format!("reason.{code}")).is_some(), "{code}");
    }
}
