//! What was booked for the row of a register, a case or a round, as the phone has it: what its sums add up besides its own
//! answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Counting, OfficeTables};
use crate::error::ButlerError;
use crate::model::{Kind, Procedure, QuestionId, Record, RecordId, Timestamp, Value, subjects};
use crate::playbook::condition::Scope;
use crate::playbook::form::{FieldProblem, Form, FormField};
use crate::playbook::sum::{self, Booked, RowOf, SumsOf};
use crate::query::{ActivityQuery, ActivityRow, FieldFilter, FieldMatch, RecordIndex as _};
use crate::store::Reader;

/// The row of a register whose conditions and sums are asked for.
#[derive(Debug, Clone)]
pub(crate) struct AskedRow {
    /// Itself, unless it is only being filled in.
    pub id: Option<RecordId>,
    /// The records it is about.
    pub about: BTreeSet<RecordId>,
    /// Whose it is and where it lies, where that is known.
    pub of: Option<RowOf>,
}

impl AskedRow {
    /// A row that stands.
    pub(crate) fn of(row: &Record) -> Self {
        Self { id: Some(row.id), about: subjects(row), of: RowOf::of(row) }
    }
}

impl OfficeTables {
    /// What conditions and sums of a row see that is filled in or stands: the day, and what was booked.
    pub(crate) fn scope_of_row(
        &self,
        reader: &Reader<'_>,
        fields: &[FormField],
        row: AskedRow,
        now: Timestamp,
    ) -> Result<Scope, ButlerError> {
        let booked = self.booked_of_row(reader, fields, row, now)?;
        Ok(Scope::new().today(self.date_of(now)).with_booked(booked))
    }

    /// What was booked for a row, and what it tells of days; none where its sums look at no other records.
    pub(crate) fn booked_of_row(
        &self,
        reader: &Reader<'_>,
        fields: &[FormField],
        row: AskedRow,
        now: Timestamp,
    ) -> Result<Option<Arc<Booked>>, ButlerError> {
        let mut booked = self.booked_for(reader, fields, row.id, row.about)?;
        if let (Some(booked), Some(of), true) = (&mut booked, &row.of, sum::tells_of_days(fields)) {
            let counting = Counting::new(reader, self, now)?;
            sum::count_days(fields, of, Arc::make_mut(booked), |days| counting.counter(days))?;
        }
        Ok(booked)
    }

    /// What is wrong with a row that says again what its author gave once at that place: a second report of one day.
    pub(crate) fn repeated(
        &self,
        reader: &Reader<'_>,
        form: &Form,
        row: Option<RecordId>,
        of: &RowOf,
    ) -> Result<Option<FieldProblem>, ButlerError> {
        let said = |id: &QuestionId| {
            let is = vec![of.answers.get(id.as_str())?.clone()];
            Some(FieldFilter { path: format!("field/{id}"), is })
        };
        let filters: Option<Vec<FieldFilter>> = form.once.iter().map(said).collect();
        let Some(filters) = filters.filter(|filters| !filters.is_empty()) else { return Ok(None) };
        let rows = self.index(reader, None).activities(&ActivityQuery {
            kind: Kind::Entry,
            procedures: vec![Procedure::Form { form: form.id.clone() }],
            from: Timestamp::from_millis(i64::MIN),
            until: Timestamp::from_millis(i64::MAX),
            dated: None,
            fields: FieldMatch { filters, ..FieldMatch::default() },
            values: BTreeSet::new(),
            about: false,
        })?;
        let theirs = |other: &ActivityRow| {
            Some(other.record) != row
                && other.by.as_ref() == Some(&of.by)
                && other.place.as_ref() == Some(&of.place)
        };
        Ok(form.repeated().filter(|_| rows.iter().any(theirs)))
    }

    /// Adds to the answers of a case, or to the sums of a round, how many records its sums count.
    pub(crate) fn count(
        &self,
        reader: &Reader<'_>,
        fields: &[FormField],
        record: &Record,
        answers: &mut BTreeMap<QuestionId, Value>,
    ) -> Result<(), ButlerError> {
        if let Some(booked) = self.booked_for(reader, fields, Some(record.id), subjects(record))? {
            sum::count(fields, answers, booked);
        }
        Ok(())
    }

    /// What was booked for a row, a case or a round; none where its sums look at no other records.
    pub(crate) fn booked_for(
        &self,
        reader: &Reader<'_>,
        fields: &[FormField],
        row: Option<RecordId>,
        about: BTreeSet<RecordId>,
    ) -> Result<Option<Arc<Booked>>, ButlerError> {
        if !sum::looks_elsewhere(fields) {
            return Ok(None);
        }
        let booked = sum::booked(fields, &self.index(reader, None), &[SumsOf { row, about }])?;
        Ok(booked.into_iter().next())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use crate::areas::testing::{TICKED, in_memory, shutdown};
    use crate::context::agenda::Agenda;
    use crate::model::{Case, Evidence, Kind, RecordId, Value};
    use crate::playbook::related::Related;
    use crate::playbook::sum::{self, SumsOf};
    use crate::query::{RecordIndex, RelatedQuery};
    use crate::store::{Filter, Reader};
    use crate::testing::TestPhone;

    /// Sums of a shutdown: the cases linked with it, those open, those of the home besides, and twice the open ones.
    const COUNTED: &str = r#"
    [[field]]
    id = "linked"
    label = { zh = "关联", en = "Linked" }
    type = "number"
    unit = "piece"
    sum = [{ having = { kind = "case", through = "link/*", of = ["test.shutdown"] } }]
    [[field]]
    id = "linked_open"
    label = { zh = "未结", en = "Open" }
    type = "number"
    unit = "piece"
    sum = [{ having = { kind = "case", through = "link/*", over = false } }]
    [[field]]
    id = "beside"
    label = { zh = "同户", en = "Of the home" }
    type = "number"
    unit = "piece"
    sum = [{ having_beside = { kind = "case", of = ["test.shutdown"] } }]
    [[field]]
    id = "twice"
    label = { zh = "两倍", en = "Twice" }
    type = "number"
    unit = "piece"
    sum = [{ answer = "linked_open", times = 2 }]
    "#;

    const RULE: &str = r#"
        kind = "rules"
        id = "test.counted"
        title = { zh = "停水", en = "Shutdowns" }
        effective_from = 2026-01-01
        [[rule]]
        id = "test.counted.many"
        title = { zh = "查总阀", en = "Look at the main valve" }
        why = { zh = "{linked_open}件未结", en = "{linked_open} open" }
        roles = ["butler"]
        subject = { kind = "case" }
        when = { after_step = { workflows = ["test.shutdown"], steps = ["report"], condition = "has(case.linked_open) && case.linked_open >= 2" } }
        due = { within = { days = 3 } }
        done = { record = "contact", begin = "contact.log" }
    "#;

    fn counted(bench: &TestPhone, case: RecordId) -> Vec<String> {
        let sums = bench.butler.cases().details(case).unwrap().sums;
        sums.into_iter().map(|sum| sum.words.en).collect()
    }

    /// What is due of the rule, kept up to date and worked out anew.
    fn due(bench: &TestPhone) -> BTreeSet<String> {
        let context = &bench.butler.context;
        let of = |_: &Reader<'_>, agenda: &Agenda| {
            let items = agenda.items().filter(|item| item.rule.id == "test.counted.many");
            Ok(items
                .map(|item| format!("{:?} {}", item.subject, item.why(&agenda.office().playbooks, true).en))
                .collect())
        };
        let kept: BTreeSet<String> = context.agenda(of).unwrap();
        let (office, now) = (context.office().unwrap(), bench.butler.now());
        let anew = context.read(|reader| {
            let identity = reader.identity()?.unwrap();
            of(reader, &Agenda::new(reader, Arc::clone(&office), identity.staff, now)?)
        });
        assert_eq!(kept, anew.unwrap());
        kept
    }

    #[test]
    fn a_count_follows_what_it_counts_on_both_sides_of_a_link() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[&format!("{TICKED}{COUNTED}"), RULE]);
        let (one, other, third) = (shutdown(&bench, "501"), shutdown(&bench, "502"), shutdown(&bench, "502"));
        let cases = bench.butler.cases();
        assert_eq!(counted(&bench, one), ["0 pcs"; 4]);
        assert_eq!(counted(&bench, other)[2], "1 pc", "itself left out");
        cases.link(one, other, "group").unwrap();
        cases.link(other, one, "repeat").unwrap();
        assert!(due(&bench).is_empty(), "one is not two, however often it is said");
        cases.link(one, third, "group").unwrap();
        assert_eq!(counted(&bench, one), ["2 pcs", "2 pcs", "0 pcs", "4 pcs"]);
        assert_eq!(counted(&bench, third), ["1 pc", "1 pc", "1 pc", "2 pcs"]);
        let due_now = due(&bench);
        assert_eq!(due_now.len(), 1);
        assert!(due_now.first().unwrap().ends_with(" 2 open"), "{due_now:?}");
        for step in ["tell", "close"] {
            cases.take(third, &step.into(), Evidence::default(), "").unwrap();
        }
        assert_eq!(counted(&bench, one), ["2 pcs", "1 pc", "0 pcs", "2 pcs"]);
        assert!(due(&bench).is_empty(), "the other side changed, and nothing of this case");
        // How a case stands is told by itself alone: what is kept of it knows no count.
        let kept = bench.butler.context.read(|reader| Ok(reader.progress(one)?.unwrap().answers)).unwrap();
        assert_eq!(kept.keys().map(|id| id.as_str()).collect::<Vec<_>>(), ["what"]);
    }

    #[test]
    fn a_phones_index_and_records_in_memory_count_alike() {
        let bench = TestPhone::new(&["butler", "supervisor"]);
        bench.publish(&[&format!("{TICKED}{COUNTED}")]);
        let all: Vec<RecordId> =
            ["501", "502", "502", "503"].iter().map(|room| shutdown(&bench, room)).collect();
        let cases = bench.butler.cases();
        for (from, to) in [(0, 1), (1, 0), (2, 0), (3, 1)] {
            cases.link(all[from], all[to], "group").unwrap();
        }
        for step in ["tell", "close"] {
            cases.take(all[1], &step.into(), Evidence::default(), "").unwrap();
        }
        bench.butler.records().archive(all[3]).unwrap();
        let office = bench.butler.office().unwrap();
        let sums = &office.playbooks.workflow(&"test.shutdown".into()).unwrap().sums;
        bench
            .butler
            .context
            .read(|reader| {
                let (memory, records) = in_memory(reader, &office, &Filter::default());
                let cases = records.iter().filter(|record| record.kind == Kind::Case);
                let of: Vec<SumsOf> = cases
                    .map(|record| SumsOf { row: Some(record.id), about: Case::subjects(record) })
                    .collect();
                let on_phone = sum::booked(sums, &office.index(reader, None), &of)?;
                let Ok(in_memory) = sum::booked(sums, &memory, &of);
                assert_eq!(on_phone, in_memory);
                let first = of.iter().position(|of| of.row == Some(all[0])).unwrap();
                let mut answers = BTreeMap::new();
                sum::count(sums, &mut answers, on_phone[first].clone());
                let expected = [("beside", 0), ("linked", 2), ("linked_open", 1), ("twice", 2)];
                assert_eq!(answers, expected.map(|(id, count)| (id.into(), Value::Int(count))).into());
                // Asked of all, as rules ask, it is the same question.
                let related: Related = toml::from_str("kind = \"case\"\nthrough = \"link/*\"").unwrap();
                let ask = RelatedQuery {
                    kind: Kind::Case,
                    through: related.through(),
                    of: &[],
                    over: None,
                    states: &[],
                    filters: &[],
                    unless: &[],
                    answers: false,
                    to: None,
                };
                let Ok(in_memory) = memory.related(&ask);
                assert_eq!(office.index(reader, None).related(&ask)?, in_memory);
                Ok(())
            })
            .unwrap();
    }
}
