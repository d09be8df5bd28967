//! What the tests of several areas write: a contact, a row of the key register, a workflow; and what they hold a phone's index to.

use std::collections::BTreeMap;

use crate::areas::cases::NewCase;
use crate::areas::registers::NewEntry;
use crate::context::OfficeTables;
use crate::error::ButlerError;
use crate::model::choice::{Channel, Outcome};
use crate::model::{ContactEdit, Evidence, QuestionId, Record, RecordId};
use crate::playbook::course;
use crate::playbook::form::DueAnswer;
use crate::query::{IndexContext, MemoryIndex};
use crate::store::{Filter, Reader};
use crate::testing::{TestPhone, unit};

pub(crate) fn contact(outcome: Outcome) -> ContactEdit {
    ContactEdit {
        channel: Channel::VISIT.into(),
        purpose: "planned_visit".into(),
        summary: "一切都好".into(),
        outcome: outcome.into(),
        ..ContactEdit::default()
    }
}

/// These records of a phone, and an index of them in memory, which answers what the phone's own does.
pub(crate) fn in_memory<'o>(
    reader: &Reader<'_>,
    office: &'o OfficeTables,
    which: &Filter,
) -> (MemoryIndex<'o>, Vec<Record>) {
    let (playbooks, calendar) = (&*office.playbooks, &office.calendar);
    let mut index = MemoryIndex::new(IndexContext::new(&office.directory, calendar.offset(), playbooks));
    let mut records = Vec::new();
    for row in reader.records(which).unwrap() {
        let record = reader.record(row.id).unwrap().unwrap();
        let receipts = reader.receipts(row.id).unwrap();
        index.insert(course::indexed(playbooks, calendar, &record, row.place, &receipts));
        records.push(record);
    }
    (index, records)
}

pub(crate) fn missing_of<T: std::fmt::Debug>(result: Result<T, ButlerError>) -> Vec<QuestionId> {
    match result {
        Err(ButlerError::EvidenceMissing { problems }) => {
            problems.into_iter().map(|problem| problem.field).collect()
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) const KEY: &str = r#"
    kind = "form"
    id = "test.key"
    title = { zh = "钥匙", en = "Key" }
    [[field]]
    id = "bag"
    label = { zh = "袋号", en = "Bag" }
    type = "text"
    required = true
    max_length = 4
    [[field]]
    id = "given_back_on"
    label = { zh = "归还日期", en = "Given back on" }
    type = "date"
    [[field]]
    id = "given_back_sign"
    label = { zh = "业主签收", en = "Owner's signature" }
    type = "signature"
    required_when = "has(form.given_back_on)"
    shown_when = "has(form.given_back_on)"
"#;

pub(crate) fn key_row(bench: &TestPhone, home: RecordId) -> RecordId {
    let fields = BTreeMap::from([("bag".into(), "F-01".into())]);
    let row = NewEntry {
        form: "test.key".into(),
        place: unit(),
        about: vec![home],
        answers: Evidence { fields, photos: BTreeMap::new() },
        due: None,
    };
    bench.butler.registers().add(&row).unwrap().record
}

/// What is asked of somebody who puts something off, until tomorrow.
pub(crate) fn tomorrow(bench: &TestPhone) -> Evidence {
    until(bench, 1)
}

pub(crate) const TICKED: &str = r#"
    kind = "workflow"
    id = "test.shutdown"
    title = { zh = "停水停电", en = "Shutdown" }
    guidance = { zh = "先通知，再停。", en = "Tell people first." }
    subjects = ["home"]
    resolved_by = ["supervisor"]
    state = [
      { id = "open", label = { zh = "处理中", en = "Open" } },
      { id = "done", label = { zh = "完成", en = "Done" }, end = true },
    ]
    [[step]]
    id = "report"
    label = { zh = "登记", en = "Report" }
    opens = true
    to = "open"
    roles = ["butler"]
    [[step.field]]
    id = "what"
    label = { zh = "什么情况", en = "What" }
    type = "text"
    required = true
    [[step]]
    id = "tell"
    label = { zh = "通知住户", en = "Tell the residents" }
    guidance = { zh = "说明原因和时间。", en = "Say why and how long." }
    from = ["open"]
    roles = ["butler"]
    once = true
    [[step]]
    id = "close"
    label = { zh = "恢复并结束", en = "Restore and close" }
    from = ["open"]
    to = "done"
    needs = ["tell"]
    roles = ["butler"]
    [[step]]
    id = "measure"
    label = { zh = "测压", en = "Measure" }
    from = ["open"]
    roles = ["engineering"]
    [[step]]
    id = "after_care"
    label = { zh = "善后", en = "After-care" }
    from = ["done"]
    roles = ["butler"]
"#;

pub(crate) fn shutdown(bench: &TestPhone, room: &str) -> RecordId {
    let new = NewCase {
        workflow: "test.shutdown".into(),
        step: "report".into(),
        about: vec![bench.home(room)],
        title: format!("{room}停水"),
        evidence: Evidence {
            fields: BTreeMap::from([("what".into(), "水管破裂".into())]),
            photos: BTreeMap::new(),
        },
        ..NewCase::default()
    };
    bench.butler.cases().open(&new).unwrap().record
}

pub(crate) const CLOSE_TOGETHER: &str = r#"
    kind = "rules"
    id = "test.rules"
    title = { zh = "测试", en = "Test" }
    effective_from = 2026-01-01
    [[rule]]
    id = "test.shutdown.group"
    title = { zh = "多户停水", en = "Several homes without water" }
    why = { zh = "{count} 户停水：{what}", en = "{count} homes: {what}" }
    guidance = { zh = "先查总阀。", en = "Look at the main valve first." }
    roles = ["butler"]
    subject = { kind = "grid" }
    due = { within = { hours = 2 } }
    done = { record = "case", begin = "test.shutdown" }
    when.together = { workflows = ["test.shutdown"], steps = ["report"], same = "what", at_least = 2, different = "home", within_days = 1 }
    [[rule]]
    id = "test.storm"
    title = { zh = "关窗", en = "Shut windows" }
    why = { zh = "{date}大风", en = "storm on {date}" }
    roles = ["butler"]
    subject = { kind = "home", where = [{ path = "state", is = ["vacant"] }] }
    due = { within = { days = 0 }, shown_days_before = 2 }
    done = { record = "contact", begin = "contact.log" }
    when.after_entry = { form = "test.storm", date = "date", each = true }
"#;

pub(crate) const STORM: &str = r#"
    kind = "form"
    id = "test.storm"
    title = { zh = "大风预警", en = "Storm" }
    subject = "grid"
    [[field]]
    id = "date"
    label = { zh = "日期", en = "Date" }
    type = "date"
    required = true
"#;

pub(crate) fn until(bench: &TestPhone, days: u64) -> Evidence {
    let today = bench.butler.office().unwrap().date_of(bench.butler.now());
    let mut answers = Evidence::default();
    for question in bench.butler.today().asks(DueAnswer::Snooze).unwrap() {
        let until = (today + chrono::Days::new(days)).to_string();
        let given = question.options.first().map_or(until, |option| option.id.clone());
        if question.required {
            answers.fields.insert(question.field, given.into());
        }
    }
    answers
}
