//! The values of a record in words: by the terms, and by the form, the workflow or the checklist that made it.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::labels::{step_label, value_label};
use super::{OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::fields::{self, Type};
use crate::model::{Event, Evidence, Kind, PlaceId, QuestionId, Record, RecordId, StaffId, Timestamp, Value};
use crate::playbook::checklist::{Checklist, visited_at};
use crate::playbook::form::{AnswerType, FormField};
use crate::playbook::workflow::Workflow;
use crate::playbook::{Label, Terms, course};

/// An answer with its question, in words.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct AnswerInWords {
    /// The question.
    pub field: QuestionId,
    /// What is asked.
    pub label: Label,
    /// What was answered; of a photo nothing is said.
    pub words: Label,
    /// A count of nothing, which a line may leave unsaid. An amount of nothing is none: it says that all is paid.
    pub none: bool,
}

/// What records are called before whoever reads.
pub trait Titles {
    /// A record's name; empty where it may not be read.
    ///
    /// # Errors
    /// Of the store.
    fn title_of(&self, id: RecordId) -> Result<Label, ButlerError>;

    /// What kind of record it is; `None` when it is not known here.
    ///
    /// # Errors
    /// Of the store.
    fn kind_of(&self, id: RecordId) -> Result<Option<Kind>, ButlerError>;
}

impl Titles for Visibility<'_> {
    fn title_of(&self, id: RecordId) -> Result<Label, ButlerError> {
        Ok(Label::same(Visibility::title_of(self, id)?))
    }

    fn kind_of(&self, id: RecordId) -> Result<Option<Kind>, ButlerError> {
        Visibility::kind_of(self, id)
    }
}

/// Says the values of one record.
pub(crate) struct FieldWords<'a> {
    office: &'a OfficeTables,
    titles: &'a dyn Titles,
    kind: Kind,
    workflow: Option<&'a Workflow>,
    checklist: Option<&'a Checklist>,
    /// The questions of its form.
    asked: &'a [FormField],
}

impl<'a> FieldWords<'a> {
    /// Of a record as far as it is here: what ran it is known by the record alone.
    pub(crate) fn new(
        office: &'a OfficeTables,
        titles: &'a dyn Titles,
        kind: Kind,
        record: Option<&Record>,
    ) -> Self {
        let form = record.and_then(|record| course::form(&office.playbooks, record));
        Self {
            office,
            titles,
            kind,
            workflow: record.and_then(|record| course::workflow(&office.playbooks, record)),
            checklist: record.and_then(|record| course::checklist(&office.playbooks, record)),
            asked: form.map_or(&[], |form| &form.fields),
        }
    }

    /// A value of a field.
    pub(crate) fn value(&self, path: &str, value: &Value) -> Result<Label, ButlerError> {
        let text = value.as_text().unwrap_or_default();
        let spec = fields::spec(self.kind, path);
        Ok(match spec.map(|spec| spec.ty) {
            Some(Type::Event) => match fields::event_at(path, text) {
                Some(event) => self.event(&event),
                None => Label::same(text),
            },
            Some(Type::Staff) => self.staff(text),
            Some(Type::Place) => self.place(text),
            Some(Type::Record) => self.record(text)?,
            Some(Type::Moment) => self.moment(value),
            Some(Type::Fen) => money(value),
            Some(Type::Any) => {
                self.answered(self.asked, path.rsplit('/').next().unwrap_or_default(), value)?
            }
            // Words of a list have labels of their own, those that are given up included.
            Some(Type::Int | Type::Real | Type::Text | Type::Code)
                if spec.is_some_and(|spec| spec.terms.is_none()) =>
            {
                let over = self.office.playbooks.forms().filter(|form| form.record == self.kind);
                self.answered(over.flat_map(|form| &form.fields), path, value)?
            }
            _ => self.plain(path, value),
        })
    }

    /// A value in the words of the question it answers, if one of these is that.
    fn answered<'f>(
        &self,
        asked: impl IntoIterator<Item = &'f FormField>,
        id: &str,
        value: &Value,
    ) -> Result<Label, ButlerError> {
        match asked.into_iter().find(|asked| asked.id == *id) {
            Some(asked) => self.answer(asked, value),
            None => Ok(self.plain(id, value)),
        }
    }

    /// A value as its field alone says it.
    fn plain(&self, path: &str, value: &Value) -> Label {
        value_label(self.office.playbooks.terms(), self.kind, path, value)
    }

    /// The answers of a form or a step, in the order they are asked; photos are not among them.
    pub(crate) fn answers<'f>(
        &self,
        asked: impl IntoIterator<Item = &'f FormField>,
        given: &BTreeMap<QuestionId, Value>,
    ) -> Result<Vec<AnswerInWords>, ButlerError> {
        let answered = asked.into_iter().filter_map(|field| Some((field, given.get(field.id.as_str())?)));
        let row = |(field, value): (&FormField, &Value)| {
            let words = self.answer(field, value)?;
            let none = field.answer == AnswerType::Number && value.as_real() == Some(0.0);
            Ok(AnswerInWords { field: field.id.clone(), label: field.label.clone(), words, none })
        };
        answered.map(row).collect()
    }

    /// The answers of a row of a register.
    pub(crate) fn of_row(&self, given: &Evidence) -> Result<Vec<AnswerInWords>, ButlerError> {
        self.answers(self.asked, &given.fields)
    }

    /// The questions of the form of a row.
    pub(crate) const fn asked(&self) -> &'a [FormField] {
        self.asked
    }

    fn answer(&self, asked: &FormField, value: &Value) -> Result<Label, ButlerError> {
        let text = value.as_text().unwrap_or_default();
        let plain = || value_label(self.office.playbooks.terms(), self.kind, "", value);
        Ok(match asked.answer {
            AnswerType::Choice | AnswerType::MultiChoice => {
                let chosen = text.split(',').filter(|id| !id.is_empty());
                let labels: Vec<Label> = chosen
                    .map(|id| asked.option(id).map_or_else(|| Label::same(id), |option| option.label.clone()))
                    .collect();
                let zh: Vec<&str> = labels.iter().map(|label| label.zh.as_str()).collect();
                let en: Vec<&str> = labels.iter().map(|label| label.en.as_str()).collect();
                Label::new(zh.join("、"), en.join(", "))
            }
            AnswerType::Number | AnswerType::Money => {
                in_its_unit(asked, value, self.office.playbooks.terms())
            }
            AnswerType::Moment => self.moment(value),
            AnswerType::Staff => self.staff(text),
            AnswerType::Place => self.place(text),
            AnswerType::Person | AnswerType::Home | AnswerType::Case => self.record(text)?,
            _ => plain(),
        })
    }

    /// What was done, and where, of a point that is visited at several places.
    fn event(&self, event: &Event) -> Label {
        let label = self.step(event.step.as_str());
        let Some(place) = visited_at(event).map(|place| self.place(place)) else { return label };
        Label::new(format!("{}（{}）", label.zh, place.zh), format!("{} ({})", label.en, place.en))
    }

    /// What a step, a point or an item is called.
    fn step(&self, id: &str) -> Label {
        if let Some(workflow) = self.workflow {
            return step_label(workflow, &id.into());
        }
        let list = self.checklist;
        let point = list.and_then(|list| list.points.iter().find(|point| point.id == id));
        let item = list.and_then(|list| list.item(&id.into()));
        let known = item.map(|item| &item.label).or(point.map(|point| &point.label));
        known.cloned().unwrap_or_else(|| Label::same(id))
    }

    fn staff(&self, id: &str) -> Label {
        Label::same(StaffId::new(id).map_or_else(|_| id.to_owned(), |staff| self.office.name_of(&staff)))
    }

    fn place(&self, id: &str) -> Label {
        let known = PlaceId::new(id).ok().and_then(|id| self.office.places.get(&id));
        Label::same(known.map_or(id, |place| &place.name))
    }

    /// A record by its name; what may not be read has none.
    fn record(&self, id: &str) -> Result<Label, ButlerError> {
        Ok(match id.parse() {
            Ok(id) => self.titles.title_of(id)?,
            Err(_) => Label::same(id),
        })
    }

    /// A moment by the community's clock, to the minute.
    fn moment(&self, value: &Value) -> Label {
        let Value::Int(millis) = value else {
            return value_label(self.office.playbooks.terms(), self.kind, "", value);
        };
        Label::same(self.minute(Timestamp::from_millis(*millis)))
    }

    /// A moment by the community's clock, to the minute.
    pub(crate) fn minute(&self, at: Timestamp) -> String {
        let day = self.office.date_of(at);
        let time = chrono::NaiveTime::MIN + TimeDelta::minutes(self.office.calendar.minute_of(at).into());
        format!("{day} {}", time.format("%H:%M"))
    }
}

/// A number with the unit of its question, an amount of money in yuan.
pub(crate) fn in_its_unit(asked: &FormField, value: &Value, terms: &Terms) -> Label {
    if asked.answer == AnswerType::Money {
        return money(value);
    }
    let number = value_label(terms, Kind::Entry, "", value);
    match asked.unit.as_deref().and_then(|unit| terms.unit(unit)) {
        Some(unit) => unit.of(&number.en),
        None => number,
    }
}

/// An amount kept in fen.
fn money(value: &Value) -> Label {
    let Value::Int(fen) = value else { return Label::default() };
    let (sign, fen) = (if *fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    let yuan = format!("{sign}{}.{:02}", fen / 100, fen % 100);
    Label::new(format!("{yuan} 元"), format!("{yuan} yuan"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::conflicts::ConflictKind;
    use crate::areas::registers::NewEntry;
    use crate::areas::testing::{TICKED, contact, shutdown};
    use crate::model::choice::Outcome;
    use crate::model::{ContactEdit, Edit, Evidence, HomeEdit, Kind, Value};
    use crate::testing::{TestPhone, unit};

    const VISIT: &str = r#"
        kind = "form"
        id = "test.visit"
        title = { zh = "来访", en = "Visitor" }
        subject = "home"
        [[field]]
        id = "kinds"
        label = { zh = "事由", en = "Why" }
        type = "multi_choice"
        options = [
          { id = "parcel", label = { zh = "取件", en = "parcel" } },
          { id = "repair", label = { zh = "维修", en = "repair" } },
        ]
        [[field]]
        id = "stay"
        label = { zh = "停留", en = "Stay" }
        type = "number"
        unit = "min"
        [[field]]
        id = "came"
        label = { zh = "到访时间", en = "Came" }
        type = "moment"
        [[field]]
        id = "met"
        label = { zh = "接待人", en = "Met by" }
        type = "staff"
        [[field]]
        id = "home"
        label = { zh = "去哪一户", en = "Home" }
        type = "home"
    "#;

    #[test]
    fn a_number_of_a_record_stands_in_the_unit_of_the_form_over_it() {
        let bench = TestPhone::new(&["butler"]);
        let form = r#"
            kind = "form"
            id = "home.basic"
            title = { zh = "房屋", en = "Home" }
            record = "home"
            [[field]]
            id = "area"
            label = { zh = "面积", en = "Area" }
            type = "number"
            unit = "m2"
        "#;
        bench.publish(&[form]);
        let home = bench.home("501");
        let change = HomeEdit { area: 78.5.into(), people: 2.into(), ..HomeEdit::default() };
        bench.butler.homes().edit(home, change).unwrap();
        let history = bench.butler.records().history(home).unwrap();
        let said = |path: &str| {
            let mut changes = history.iter().flat_map(|row| &row.changes);
            changes.find(|change| change.path == path).unwrap().to_words.clone().unwrap().zh
        };
        assert_eq!((said("area").as_str(), said("people").as_str()), ("78.5 平方米", "2"));
    }

    #[test]
    fn a_count_of_nothing_is_none_and_an_amount_of_nothing_is_not() {
        let bench = TestPhone::new(&["butler", "finance"]);
        bench.publish(&[r#"
            kind = "form"
            id = "test.stall"
            title = { zh = "摊位", en = "Stall" }
            [[field]]
            id = "tables"
            label = { zh = "桌子", en = "Tables" }
            type = "number"
            unit = "piece"
            [[field]]
            id = "chairs"
            label = { zh = "椅子", en = "Chairs" }
            type = "number"
            unit = "piece"
            [[field]]
            id = "share"
            label = { zh = "占地", en = "Room it takes" }
            type = "number"
            unit = "m2"
            [[field]]
            id = "owed"
            label = { zh = "欠款", en = "Owed" }
            type = "money"
            unit = "fen"
            entered_by = ["finance"]
        "#]);
        let given =
            [("tables", 0.into()), ("chairs", 10.into()), ("share", Value::Real(0.5)), ("owed", 0.into())];
        let fields = given.map(|(id, value): (&str, Value)| (id.into(), value)).into();
        let answers = Evidence { fields, ..Evidence::default() };
        let entry = NewEntry { form: "test.stall".into(), place: unit(), about: vec![], answers, due: None };
        let row = bench.butler.registers().add(&entry).unwrap().record;
        let said = bench.butler.registers().details(row).unwrap().said;
        let none: Vec<&str> = said.iter().filter(|said| said.none).map(|said| said.field.as_str()).collect();
        assert_eq!((said.len(), none), (4, vec!["tables"]));
    }

    #[test]
    fn a_choice_of_a_record_is_said_as_the_form_over_it_offers_it() {
        let bench = TestPhone::new(&["butler"]);
        let contact = ContactEdit { purpose: "verify_phone".into(), ..contact(Outcome::Agreed) };
        let contact = bench.butler.contacts().record(&[bench.home("501")], contact, &[]).unwrap().record;
        let fields = bench.butler.records().details(contact).unwrap().fields;
        let said = |path: &str| fields.iter().find(|field| field.path == path).unwrap().words.zh.clone();
        assert_eq!(
            [said("purpose"), said("outcome"), said("summary")],
            ["核实联系方式", "达成一致", "一切都好"]
        );
    }

    #[test]
    fn the_answers_of_a_row_and_their_history_are_said_in_words() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[VISIT]);
        let home = bench.home("501");
        let me = bench.butler.me().unwrap();
        let fields: BTreeMap<_, Value> = BTreeMap::from([
            ("kinds".into(), "parcel,repair".into()),
            ("stay".into(), 20.into()),
            // 2026-11-28 14:30 at UTC+8.
            ("came".into(), Value::Int(1_795_847_400_000)),
            ("met".into(), me.staff.as_str().into()),
            ("home".into(), home.to_string().into()),
        ]);
        let answers = Evidence { fields, photos: BTreeMap::new() };
        let new =
            NewEntry { form: "test.visit".into(), place: unit(), about: vec![home], answers, due: None };
        let row = bench.butler.registers().add(&new).unwrap().record;
        let said = bench.butler.registers().details(row).unwrap().said;
        let said: Vec<(&str, &str)> =
            said.iter().map(|row| (row.label.zh.as_str(), row.words.zh.as_str())).collect();
        let expected = [
            ("事由", "取件、维修"),
            ("停留", "20 分钟"),
            ("到访时间", "2026-11-28 14:30"),
            ("接待人", me.name.as_str()),
            ("去哪一户", "1栋1单元501"),
        ];
        assert_eq!(said, expected);
        let history = bench.butler.records().history(row).unwrap();
        let stay = history[0].changes.iter().find(|change| change.path == "field/stay").unwrap();
        assert_eq!(stay.to_words.as_ref().unwrap().en, "20 min");
        let fields = bench.butler.records().details(row).unwrap().fields;
        let met = fields.iter().find(|field| field.path == "field/met").unwrap();
        assert_eq!(
            (met.words.zh.as_str(), met.shown.words.zh.as_str()),
            (me.name.as_str(), me.name.as_str())
        );
    }

    #[test]
    fn values_in_conflict_and_the_steps_of_a_case_are_said_in_words() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let home = bench.home("501");
        let heads = bench.butler.context.read(|reader| Ok(reader.document(home)?.unwrap().heads())).unwrap();
        for state in ["vacant", "renovating"] {
            bench.brings_over(&heads, home, Kind::Home, &Edit::new().put("state", state));
        }
        let conflict = bench.butler.conflicts().list().unwrap().remove(0);
        let ConflictKind::Field { candidates, .. } = conflict.about else { panic!() };
        let mut words: Vec<String> = candidates.into_iter().map(|claim| claim.words.zh).collect();
        words.sort();
        assert_eq!(words, ["空置", "装修中"]);
        let case = shutdown(&bench, "502");
        let details = bench.butler.cases().details(case).unwrap();
        let step = &details.steps[0];
        assert_eq!((step.label.zh.as_str(), step.to_label.as_ref().unwrap().zh.as_str()), ("登记", "处理中"));
        assert_eq!(step.by_name, bench.butler.me().unwrap().name);
        assert_eq!(
            (step.said[0].label.zh.as_str(), step.said[0].words.zh.as_str()),
            ("什么情况", "水管破裂")
        );
        let history = bench.butler.records().history(case).unwrap();
        let made = history[0].changes.iter().find(|change| change.path.starts_with("event/")).unwrap();
        assert_eq!(made.to_words.as_ref().unwrap().zh, "登记");
    }
}
