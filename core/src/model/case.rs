//! Anything that follows a workflow 工单: work order, complaint, renovation.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::choice::Urgency;
use super::{
    Event, EventId, Evidence, PlaybookVersion, Record, RecordId, StaffId, SystemStep, Timestamp, Value,
    WorkflowId, subjects, typed,
};

typed::kind! {
    /// Anything that follows a workflow 工单: what it is about and who handles it. Its state follows from its
    /// events; assessment, scores, signature and photos before and after are evidence of its steps.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    Case / CaseEdit

    fields {
        playbook: WorkflowId, ORIGIN, "规程", "playbook";
        version: String as Code, ORIGIN, "规程版本", "playbook version";
        due: String as Code, ORIGIN, "对应待办", "due item answered";
        source: String as Code, CASE, "来源", "source", terms("order_source");
        source_record: RecordId, CASE, "来源档案", "the round or case it came from";
        source_event: String as Code, CASE, "来源事件", "the finding it came from";
        title: String, CASE, "事项", "title", personal();
        description: String, CASE, "情况说明", "description", personal();
        category: String as Code, CASE, "类别", "category";
        spot: String, CASE, "具体位置", "spot";
        urgency: Urgency, CASE, "紧急程度", "urgency";
        appointment: Timestamp, CASE, "预约时间", "appointment";
        expected: NaiveDate, CASE, "预计完成", "expected by";
        port: String as Code, DISPATCH, "端口", "port";
        contractor: String, DISPATCH, "施工单位", "contractor";
        assignee: StaffId, DISPATCH, "处理人", "assignee";
        labour: i64 as Fen, PRICE, "人工费", "labour", unit("分");
        price: i64 as Fen, PRICE, "报价", "price told", unit("分");
    }

    /// A part used or to be used.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set parts: Part / PartEdit = "part", PRICE, "配件", "part" {
        name: String, "配件名称", "name";
        quantity: f64, "数量", "quantity";
        price: i64 as Fen, "单价", "price each", unit("分");
    }

    and {
        "subject/*": Member, SUBJECT, "相关档案", "about";
        "link/*": Code, SUBJECT, "关联工单", "linked case";
        "event/*": Event, EVENT, "过程", "step", personal();
    }
}

impl Case {
    /// The evidence of [`SystemStep::Migrate`]: the version that ran the case until now, and the one that is to.
    #[must_use]
    pub fn migration(from: PlaybookVersion, to: PlaybookVersion) -> Evidence {
        let version = |key: &str, version: PlaybookVersion| (key.into(), Value::from(version.to_string()));
        Evidence {
            fields: BTreeMap::from([version("from", from), version("to", to)]),
            photos: BTreeMap::new(),
        }
    }

    /// What a migration leads from and to; `None` for any other event.
    #[must_use]
    pub fn migrates(event: &Event) -> Option<(PlaybookVersion, PlaybookVersion)> {
        let version = |key: &str| event.evidence.fields.get(key)?.as_text()?.parse().ok();
        (event.step == *SystemStep::Migrate.id()).then_some(())?;
        Some((version("from")?, version("to")?))
    }

    /// The paths of the migrations of a case: what decides, beside the version it was opened under, which one runs it.
    pub fn migrations(record: &Record) -> impl Iterator<Item = String> {
        let is_migration =
            |value: &Value| value.as_text().is_some_and(|text| text.contains(SystemStep::Migrate.id()));
        let events = record.below(Event::PREFIX).filter(move |(_, field)| is_migration(&field.winner.value));
        events.map(|(id, _)| format!("{}{id}", Event::PREFIX))
    }

    /// The versions of its workflow a case was run by, the one it was opened under first, the one that runs it last.
    ///
    /// A pure function of its events: each migration leads on from the version it names. Of several concurrent with one
    /// version the smallest event id is followed, on every phone and at the office.
    #[must_use]
    pub fn versions(record: &Record) -> Vec<PlaybookVersion> {
        let mut versions: Vec<PlaybookVersion> =
            record.text("version").and_then(|version| version.parse().ok()).into_iter().collect();
        let migration = |(id, field): (&str, &super::Field)| {
            // Few cases were ever migrated, and decoding every event of a long one costs.
            let text = field.winner.value.as_text().filter(|text| text.contains(SystemStep::Migrate.id()))?;
            let event = Event::decode(&format!("{}{id}", Event::PREFIX), text)?;
            Some((event.id, Self::migrates(&event)?))
        };
        let mut left: BTreeMap<EventId, (PlaybookVersion, PlaybookVersion)> =
            record.below(Event::PREFIX).filter_map(migration).collect();
        while let Some(now) = versions.last().copied() {
            let next = left.iter().find(|(_, (from, _))| *from == now).map(|(id, (_, to))| (*id, *to));
            let Some((id, to)) = next else { break };
            left.remove(&id);
            versions.push(to);
        }
        versions
    }

    /// The homes and people it is about.
    #[must_use]
    pub fn subjects(record: &Record) -> BTreeSet<RecordId> {
        subjects(record)
    }

    /// The cases it is linked with, and how (a group complaint, a repeated violation).
    #[must_use]
    pub fn links(record: &Record) -> BTreeMap<RecordId, String> {
        let link = |(id, field): (&str, &super::Field)| {
            Some((id.parse().ok()?, field.winner.value.as_text()?.to_owned()))
        };
        record.below("link/").filter_map(link).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::record;
    use super::super::{Edit, Kind};
    use super::*;

    #[test]
    fn every_device_follows_the_same_migrations() {
        let version = |n: u8| PlaybookVersion([n; 16]);
        let event = |id: u8, from: u8, to: u8| Event {
            id: EventId([id; 16]),
            step: SystemStep::Migrate.into(),
            by: StaffId::new("li.zg").unwrap(),
            role: super::super::RoleId::new("supervisor").unwrap(),
            device: super::super::DeviceId([1; 16]),
            at: Timestamp::from_millis(0),
            offset: None,
            after: Vec::new(),
            note: String::new(),
            evidence: Case::migration(version(from), version(to)),
            unknown: BTreeMap::new(),
        };
        let versions = |events: &[Event]| {
            let edit = events
                .iter()
                .fold(Edit::new().put("version", version(1).to_string()), |edit, event| edit.event(event));
            Case::versions(&record(Kind::Case, [edit]))
                .into_iter()
                .map(|version| version.0[0])
                .collect::<Vec<_>>()
        };
        assert_eq!(versions(&[]), [1]);
        assert_eq!(versions(&[event(9, 1, 2), event(5, 2, 3)]), [1, 2, 3]);
        assert_eq!(versions(&[event(9, 1, 2), event(5, 1, 3)]), [1, 3], "concurrent: the smaller id");
        assert_eq!(versions(&[event(9, 2, 1), event(5, 1, 2)]), [1, 2, 1], "and back");
        assert_eq!(versions(&[event(9, 7, 8)]), [1], "from a version it never had");
    }

    #[test]
    fn links_name_the_other_case_and_how() {
        let other = RecordId([4; 16]);
        let edit = Edit::new().put(format!("link/{other}"), "repeat").put("link/nonsense", "x");
        assert_eq!(Case::links(&record(Kind::Case, [edit])), BTreeMap::from([(other, "repeat".to_owned())]));
    }
}
