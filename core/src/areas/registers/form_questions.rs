//! The questions of a form, and what its answers propose.

use crate::areas::registers::Registers;
use crate::context::AskedRow;
use crate::context::labels::value_label;
use crate::context::question::Question;
use crate::error::ButlerError;
use crate::model::{Evidence, FormId, Kind, PlaceId, RecordId, Value};
use crate::playbook::condition::Scope;
use crate::playbook::form::{self, Proposal};
use crate::playbook::sum::RowOf;
use crate::playbook::{Label, Terms};
use crate::query::SubjectKind;

/// A value proposed for a field of the record a row is about.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi(name = "Proposal"))]
pub struct ProposalRow {
    /// The field.
    pub path: String,
    /// The value.
    pub value: Value,
    /// The value in words.
    pub label: Label,
}

impl ProposalRow {
    fn of(proposal: &Proposal, terms: &Terms, kind: Option<Kind>) -> Self {
        let word =
            || kind.map(|kind| value_label(terms, kind, &proposal.path, &proposal.value)).unwrap_or_default();
        Self {
            path: proposal.path.clone(),
            value: proposal.value.clone(),
            label: proposal.label.clone().unwrap_or_else(word),
        }
    }
}

/// A form, with what it asks.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct FormRow {
    /// Its id.
    pub form: FormId,
    /// What it is called.
    pub title: Label,
    /// Advice shown beside it.
    pub guidance: Option<Label>,
    /// What it asks.
    pub questions: Vec<Question>,
}

impl Registers<'_> {
    /// A form with its questions as they stand before any answer.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::NotEnrolled`].
    pub fn form(&self, id: &FormId) -> Result<FormRow, ButlerError> {
        let questions = self.ask(id, &Evidence::default(), &[], None)?;
        let playbooks = self.0.playbooks()?;
        let form = playbooks.form(id).ok_or(ButlerError::NotFound)?;
        Ok(FormRow {
            form: form.id.clone(),
            title: form.title.clone(),
            guidance: form.guidance.clone(),
            questions,
        })
    }

    /// The questions of a form as they stand with these answers of a row about these records: what is asked now, what must
    /// be answered, what will not do, what its sums come to. Where it lies is told of a row to be entered: what it tells of a day
    /// is of whoever enters it, there.
    ///
    /// # Errors
    /// As [`Self::form`]; [`ButlerError::NotAllowed`] where a row is to be entered by somebody it is not for:
    /// better told before anything is typed than after.
    pub fn ask(
        &self,
        form: &FormId,
        answers: &Evidence,
        about: &[RecordId],
        place: Option<&PlaceId>,
    ) -> Result<Vec<Question>, ButlerError> {
        let office = self.0.office()?;
        let staff = self.0.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let form = office.playbooks.form(form).ok_or(ButlerError::NotFound)?;
        if let Some(place) = place {
            office.may_enter(&staff, place, form)?;
        }
        let of = place.map(|place| RowOf {
            answers: answers.fields.clone(),
            by: staff.clone(),
            place: place.clone(),
        });
        let device = self.0.host.now();
        self.0.read(|reader| {
            let repeated = match &of {
                Some(of) => office.repeated(reader, form, None, of)?,
                None => None,
            };
            let row = AskedRow { id: None, about: about.iter().copied().collect(), of };
            let scope = office.scope_of_row(reader, &form.fields, row, reader.time(device)?.now)?;
            let mut asked = form::ask_form(form, answers, &scope, &office.roles_of(&staff));
            if let Some(repeated) = repeated
                && let Some(asked) = asked.iter_mut().find(|asked| asked.field.id == repeated.field)
            {
                asked.problem.get_or_insert(repeated);
            }
            Ok(asked.iter().map(|asked| Question::of(asked, office.playbooks.terms())).collect())
        })
    }

    /// What these answers suggest about the record the row is about. Taking a proposal is an ordinary edit of that
    /// record; nothing is written here.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] for an unknown form.
    pub fn propose(&self, form: &FormId, answers: &Evidence) -> Result<Vec<ProposalRow>, ButlerError> {
        let office = self.0.office()?;
        let form = office.playbooks.form(form).ok_or(ButlerError::NotFound)?;
        let kind = form.subject.and_then(SubjectKind::record);
        let proposed = form::propose(form, answers, &Scope::new().today(self.0.date()?));
        Ok(proposed
            .into_iter()
            .map(|proposal| ProposalRow::of(proposal, office.playbooks.terms(), kind))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::model::{Evidence, QuestionId};
    use crate::testing::TestPhone;

    #[test]
    fn a_questionnaire_proposes_and_the_form_comes_whole() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[r#"
            kind = "form"
            id = "test.questionnaire"
            title = { zh = "客户问卷", en = "Questionnaire" }
            guidance = { zh = "闲聊中完成。", en = "While chatting." }
            subject = "resident"
            [[field]]
            id = "children"
            label = { zh = "孩子", en = "Children" }
            help = { zh = "同住的", en = "living with them" }
            type = "number"
            unit = "person"
            min = 0
            max = 9
            [[field]]
            id = "school"
            label = { zh = "学校", en = "School" }
            type = "text"
            shown_when = "has(form.children) && form.children > 0"
            required_when = "has(form.children) && form.children > 1"
            [[field]]
            id = "remark"
            label = { zh = "备注", en = "Remark" }
            type = "text"
            [[proposal]]
            path = "stage"
            value = "new_owner"
            when = "has(form.children) && form.children > 0"
            [[proposal]]
            path = "remark"
            value = "family"
            label = { zh = "有孩子", en = "has children" }
            when = "has(form.children) && form.children > 0"
        "#]);
        let registers = bench.butler.registers();
        let form = registers.form(&"test.questionnaire".into()).unwrap();
        assert_eq!(form.guidance.unwrap().zh, "闲聊中完成。");
        let [children, remark] = form.questions.as_slice() else { panic!() };
        assert_eq!((children.min, children.max, children.at_least), (Some(0.0), Some(9.0), None));
        assert_eq!((children.help.clone().unwrap().zh.as_str(), remark.max_length), ("同住的", Some(500)));
        let answers = |n: i64| Evidence {
            fields: BTreeMap::from([("children".into(), n.into())]),
            photos: BTreeMap::new(),
        };
        let asked = |n: i64| -> Vec<(QuestionId, bool, bool)> {
            let questions = registers.ask(&"test.questionnaire".into(), &answers(n), &[], None).unwrap();
            questions
                .into_iter()
                .map(|asked| (asked.field, asked.required, asked.problem.is_some()))
                .collect()
        };
        let row = |field: &str, required, problem| (QuestionId::from(field), required, problem);
        assert_eq!(asked(0), [row("children", false, false), row("remark", false, false)]);
        assert_eq!(asked(1)[1], row("school", false, false));
        assert_eq!(asked(2)[1], row("school", true, true));
        assert_eq!(asked(12)[0], row("children", false, true), "more than there may be");
        assert_eq!(registers.propose(&"test.questionnaire".into(), &answers(0)).unwrap(), []);
        let proposed = registers.propose(&"test.questionnaire".into(), &answers(2)).unwrap();
        let words: Vec<&str> = proposed.iter().map(|row| row.label.zh.as_str()).collect();
        assert_eq!(words, ["新业主", "有孩子"], "the field table's own word where the form says none");
    }

    #[test]
    fn what_a_record_may_hold_is_no_problem_of_its_form() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[r#"
            kind = "form"
            id = "test.home"
            title = { zh = "房屋", en = "Home" }
            record = "home"
            [[field]]
            id = "vacant_since"
            type = "date"
        "#]);
        let problem = |typed: &str| {
            let answers = Evidence {
                fields: BTreeMap::from([("vacant_since".into(), typed.into())]),
                photos: BTreeMap::new(),
            };
            let asked = bench.butler.registers().ask(&"test.home".into(), &answers, &[], None).unwrap();
            asked.into_iter().next().unwrap().problem.is_some()
        };
        let told = ["2026-03-01", "2026-03", "2026", "2026-13", "去年三月"].map(problem);
        assert_eq!(told, [false, false, false, true, true]);
    }
}
