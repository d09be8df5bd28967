//! A row of a register, whole.

use super::Registers;
use crate::context::field_words::{AnswerInWords, FieldWords};
use crate::context::{AskedRow, Visibility};
use crate::error::ButlerError;
use crate::model::{Entry, Evidence, FormId, Kind, PlaceId, RecordId, Shown};
use crate::playbook::form;

/// A row of a register, whole.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EntryDetails {
    /// The row.
    pub id: RecordId,
    /// Its form.
    pub form: FormId,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// Its answers and photos, by question.
    pub answers: Evidence,
    /// Its answers in words, in the order of the form, its sums among them; photos are not.
    pub said: Vec<AnswerInWords>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

impl Registers<'_> {
    /// A row, whole, as far as the phone's owner may read it.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a row they may not open.
    pub fn details(&self, entry: RecordId) -> Result<EntryDetails, ButlerError> {
        let office = self.0.office()?;
        let device = self.0.host.now();
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let record = visibility.record(entry)?.filter(|record| record.kind == Kind::Entry);
            let record = record.ok_or(ButlerError::NotFound)?;
            let words = FieldWords::new(&office, &visibility, record.kind, Some(&record));
            let (row, answers) = (Entry::read(&record), Entry::answers(&record));
            let (fields, about) = (words.asked(), Entry::subjects(&record));
            let now = reader.time(device)?.now;
            let scope = office.scope_of_row(reader, fields, AskedRow::of(&record), now)?;
            Ok(EntryDetails {
                id: entry,
                form: row.form.unwrap_or_default(),
                place: row.place,
                about: about.into_iter().collect(),
                said: words.of_row(&form::complete(fields, &answers, &scope))?,
                answers,
                shown: record.shown(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::registers::NewEntry;
    use crate::areas::testing::{in_memory, missing_of};
    use crate::error::ButlerError;
    use crate::model::{Entry, Evidence, QuestionId, RecordId, Value};
    use crate::playbook::condition::Scope;
    use crate::playbook::form::ProblemCode;
    use crate::playbook::form::complete;
    use crate::playbook::sum::{SumsOf, booked};
    use crate::store::Filter;
    use crate::testing::{TestPhone, unit};

    const METER: &str = r#"
        kind = "form"
        id = "test.salt"
        title = { zh = "融雪盐领用", en = "Salt" }
        subject = "home"
        [[field]]
        id = "on"
        label = { zh = "日期", en = "On" }
        type = "date"
        required = true
        [[field]]
        id = "bags"
        label = { zh = "袋数", en = "Bags" }
        type = "number"
        unit = "piece"
        required = true
        [[field]]
        id = "so_far"
        label = { zh = "累计", en = "So far" }
        type = "number"
        unit = "piece"
        sum = [
          { beside = "test.salt", dated = "on", until = "on", answer = "bags" },
          { answer = "bags", when = "has(form.bags)" },
        ]
        [[field]]
        id = "why"
        label = { zh = "为什么这么多", en = "Why so many" }
        type = "text"
        required_when = "has(form.so_far) && form.so_far > 10"
    "#;

    const RULE: &str = r#"
        kind = "rules"
        id = "test.salt-rules"
        title = { zh = "融雪盐", en = "Salt" }
        effective_from = 2026-01-01
        [[rule]]
        id = "test.salt.much"
        title = { zh = "问问用途", en = "Ask what for" }
        why = { zh = "{date}累计领用偏多", en = "much was taken by {date}" }
        roles = ["butler"]
        subject = { kind = "home" }
        when = { after_entry = { form = "test.salt", date = "on", condition = "has(form.so_far) && form.so_far >= 9" } }
        due = { within = { days = 3 } }
        done = { record = "contact", begin = "contact.log" }
    "#;

    fn answers(on: &str, given: &[(&str, Value)]) -> Evidence {
        let given = given.iter().map(|(id, value)| (QuestionId::from(*id), value.clone()));
        Evidence { fields: given.chain([("on".into(), on.into())]).collect(), photos: BTreeMap::new() }
    }

    fn row(bench: &TestPhone, home: RecordId, answers: Evidence) -> Result<RecordId, ButlerError> {
        let new = NewEntry { form: "test.salt".into(), place: unit(), about: vec![home], answers, due: None };
        Ok(bench.butler.registers().add(&new)?.record)
    }

    #[test]
    fn the_sums_of_a_row_are_worked_out_of_all_rows_and_typed_by_nobody() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[METER, RULE]);
        let (home, other) = (bench.home("501"), bench.home("502"));
        let today = bench.butler.date().unwrap().to_string();
        let bags = |number: f64| answers(&today, &[("bags", Value::Real(number))]);
        let registers = bench.butler.registers();
        let asked = |about, given: &Evidence| {
            let asked = registers.ask(&"test.salt".into(), given, &[about], None).unwrap();
            let sum = asked.into_iter().find(|asked| asked.field == "so_far").unwrap();
            (sum.writable, sum.worked_out.map(|words| words.zh), sum.problem.is_some())
        };
        let first = row(&bench, home, bags(2.5)).unwrap();
        row(&bench, other, bags(100.0)).unwrap_err();
        assert_eq!(asked(home, &bags(4.0)), (false, Some("6.5 个".to_owned()), false));
        assert_eq!(asked(other, &bags(4.0)), (false, Some("4 个".to_owned()), false), "of another home");
        let typed = answers(&today, &[("bags", 1.into()), ("so_far", 1.into())]);
        assert!(asked(home, &typed).2);
        let Err(ButlerError::EvidenceMissing { problems }) = row(&bench, home, typed) else { panic!() };
        assert_eq!((problems[0].code, problems[0].field.as_str()), (ProblemCode::WorkedOut, "so_far"));
        assert_eq!(problems[0].message.zh, "“累计”由系统算出，不用填");

        let said = |row| {
            let said = bench.butler.registers().details(row).unwrap().said;
            said.into_iter().find(|said| said.field == "so_far").unwrap().words.zh
        };
        let is_due = || {
            let today = bench.butler.today().list(None, 100).unwrap();
            today.items.iter().filter(|item| item.rule.as_str() == "test.salt.much").count()
        };
        assert_eq!(is_due(), 0);
        let second = row(&bench, home, bags(4.0)).unwrap();
        assert_eq!((said(first), said(second)), ("6.5 个".to_owned(), "6.5 个".to_owned()));
        // What an edit makes of a sum is asked like what it makes of an answer.
        let edit = |bags: i64| {
            let given = BTreeMap::from([("bags".into(), Some(bags.into()))]);
            bench.butler.registers().edit(second, &given, &BTreeMap::new())
        };
        assert_eq!(missing_of(edit(9)), ["why"]);
        edit(7).unwrap();
        assert_eq!(said(first), "9.5 个");
        assert_eq!(is_due(), 2, "the other row's sum has changed as well");
        bench.butler.records().archive(second).unwrap();
        assert_eq!((said(first), is_due()), ("2.5 个".to_owned(), 0));
    }

    const DAY: &str = r#"
        kind = "form"
        id = "test.day"
        title = { zh = "日报", en = "Report" }
        subject = "grid"
        once = ["on"]
        [[field]]
        id = "on"
        label = { zh = "日期", en = "On" }
        type = "date"
        required = true
        [[field]]
        id = "visits"
        label = { zh = "上门", en = "Visits" }
        type = "number"
        unit = "piece"
        sum = [{ metric = "visits", day = "on" }]
        [[field]]
        id = "why"
        label = { zh = "为什么没上门", en = "Why none" }
        type = "text"
        required_when = "has(form.visits) && form.visits == 0"
    "#;

    #[test]
    fn a_row_tells_of_a_day_what_its_author_did_there_and_is_given_once() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[DAY]);
        let home = bench.home("501");
        let registers = bench.butler.registers();
        let today = bench.butler.date().unwrap();
        let yesterday = today.pred_opt().unwrap().to_string();
        let today = today.to_string();
        let grid: crate::model::PlaceId = "jinse/grid-1".parse().unwrap();
        let asked = |on: &str, place: Option<&crate::model::PlaceId>| {
            let asked = registers.ask(&"test.day".into(), &answers(on, &[]), &[], place).unwrap();
            let of = |id: &str| asked.iter().find(|asked| asked.field == id);
            let said = of("visits").and_then(|asked| asked.worked_out.clone()).map(|words| words.zh);
            (said, of("on").unwrap().problem.is_some(), of("why").unwrap().required)
        };
        let row = |on: &str, given: &[(&str, Value)]| {
            let answers = answers(on, given);
            let new =
                NewEntry { form: "test.day".into(), place: grid.clone(), about: vec![], answers, due: None };
            Ok::<_, ButlerError>(registers.add(&new)?.record)
        };
        assert_eq!(asked(&today, Some(&grid)), (Some("0 个".to_owned()), false, true));
        assert_eq!(asked(&today, None), (None, false, false), "of nowhere nothing is told");
        assert_eq!(missing_of(row(&today, &[])), ["why"]);
        let visit = crate::model::ContactEdit {
            channel: crate::model::choice::Channel::VISIT.into(),
            purpose: "planned_visit".into(),
            outcome: crate::model::choice::Outcome::Agreed.into(),
            summary: "聊了聊".into(),
            ..crate::model::ContactEdit::default()
        };
        bench.butler.contacts().record(&[home], visit, &[]).unwrap();
        assert_eq!(asked(&today, Some(&grid)), (Some("1 个".to_owned()), false, false));
        let first = row(&today, &[]).unwrap();
        let said = |row| {
            let said = registers.details(row).unwrap().said;
            said.into_iter().find(|said| said.field == "visits").unwrap().words.zh
        };
        assert_eq!(said(first), "1 个");
        assert!(asked(&today, Some(&grid)).1, "it is told before it is handed in");
        let repeated = |result: Result<_, ButlerError>| match result {
            Err(ButlerError::EvidenceMissing { problems }) => problems[0].code == ProblemCode::Repeated,
            _ => false,
        };
        assert!(repeated(row(&today, &[])));
        let second = row(&yesterday, &[("why", "在培训".into())]).unwrap();
        assert_eq!(said(second), "0 个");
        let edit = |on: &str| {
            let given = BTreeMap::from([("on".into(), Some(on.into()))]);
            registers.edit(second, &given, &BTreeMap::new()).map(|recorded| recorded.record)
        };
        assert!(repeated(edit(&today)), "nor by an edit");
        bench.butler.records().archive(first).unwrap();
        edit(&today).unwrap();
    }

    #[test]
    fn a_phones_index_and_records_in_memory_come_to_the_same() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[METER]);
        let home = bench.home("501");
        for (day, bags) in [("2026-11-02", 0.1), ("2026-11-01", 0.2), ("2026-11-02", 0.7)] {
            row(&bench, home, answers(day, &[("bags", Value::Real(bags))])).unwrap();
        }
        let office = bench.butler.office().unwrap();
        let fields = &office.playbooks.form(&"test.salt".into()).unwrap().fields;
        bench
            .butler
            .context
            .read(|reader| {
                let (memory, mut rows) = in_memory(reader, &office, &Filter::default());
                rows.retain(|record| record.kind == crate::model::Kind::Entry);
                let of: Vec<SumsOf> = rows
                    .iter()
                    .map(|row| SumsOf { row: Some(row.id), about: Entry::subjects(row) })
                    .collect();
                let on_phone = booked(fields, &office.index(reader, None), &of)?;
                let Ok(in_memory) = booked(fields, &memory, &of);
                assert_eq!(on_phone, in_memory);
                let sums: Vec<Value> = rows
                    .iter()
                    .zip(on_phone)
                    .map(|(row, booked)| {
                        let scope = Scope::new().with_booked(Some(booked));
                        complete(fields, &Entry::answers(row), &scope).fields["so_far"].clone()
                    })
                    .collect();
                assert_eq!(sums.iter().filter(|sum| **sum == Value::Int(1)).count(), 2, "0.1 + 0.2 + 0.7");
                assert_eq!(sums.iter().filter(|sum| **sum == Value::Real(0.2)).count(), 1);
                Ok(())
            })
            .unwrap();
    }
}
