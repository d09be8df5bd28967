//! What must hold of a form and of each question, whether a form, a step or a checklist asks it.

use std::collections::BTreeSet;

use super::Check;
use crate::model::Kind;
use crate::model::fields::{self, FieldSpec, Type};
use crate::playbook::Label;
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::Diagnostic;
use crate::playbook::form::{AnswerType, Choice, DueAnswer, Form, FormField, PhotoRule};
use crate::playbook::path::Path;
use crate::query::SubjectKind;

impl Check<'_> {
    pub(super) fn form(&mut self, form: &Form) {
        let top = Path::top();
        let register = form.record == Kind::Entry;
        let run = matches!(form.record, Kind::Case | Kind::Round);
        let names = Names::new().answers("form", &form.fields);
        self.head(form.id.as_str(), &form.title);
        self.guidance(&top, form.guidance.as_ref());
        self.role_ids(&top.key("roles"), &form.roles);
        self.role_ids(&top.key("read_by"), &form.read_by);
        let readers = !form.read_by.is_empty();
        self.report_if(!register && readers, &top.key("read_by"), Diagnostic::ReadersOfNoRegister);
        for (index, id) in form.once.iter().enumerate() {
            let asked = form.fields.iter().find(|field| field.id == *id).filter(|field| field.required);
            let fits = |field: &FormField| matches!(field.answer, AnswerType::Date | AnswerType::Choice);
            let wrong = !register || !asked.is_some_and(fits);
            self.report_if(wrong, &top.key("once").index(index), Diagnostic::OnceUnlike(id.to_string()));
        }
        self.proposals(form, &names);
        self.questions(&top.key("field"), &form.fields, &names);
        self.sums_of_form(form, &names);
        self.report_if(run, &top.key("record"), Diagnostic::FormOfCourse);
        if !run && !register {
            for (index, field) in form.fields.iter().enumerate() {
                self.fits_field_table(form.record, &top.key("field").index(index).key("id"), field);
            }
        }
        if form.answers_due == Some(DueAnswer::Snooze) {
            let until = form.fields.iter().find(|field| field.id == "until");
            let dated = until.is_some_and(|field| field.answer == AnswerType::Date && field.required);
            self.report_if(!dated, &top.key("answers_due"), Diagnostic::SnoozeWithoutDate);
        }
    }

    /// What a form proposes must be a value of a field of what it is about.
    fn proposals(&mut self, form: &Form, names: &Names) {
        let kind = form.subject.and_then(SubjectKind::record);
        for (index, proposal) in form.proposals.iter().enumerate() {
            let here = Path::top().key("proposal").index(index);
            let (at, field) = (here.key("path"), &proposal.path);
            if let Some(label) = &proposal.label {
                self.label(&here.key("label"), label);
            }
            self.optional_condition(&here.key("when"), proposal.when.as_ref(), names);
            let Some(kind) = kind else {
                self.report(&at, Diagnostic::ProposalAboutNothing);
                continue;
            };
            let Some(spec) = fields::spec(kind, field) else {
                self.report(&at, Diagnostic::NoFieldOfKind(kind, field.clone()));
                continue;
            };
            let worded = matches!(spec.ty, Type::Choice(_)) || spec.terms.is_some();
            let unsaid = proposal.label.is_none() && !worded;
            let no_word = spec.terms.is_some_and(|list| !self.set.terms().allows(list, &proposal.value));
            let invalid = no_word || fields::check(kind, field, &proposal.value).is_err();
            self.report_if(unsaid, &at, Diagnostic::ProposalWithoutLabel(field.clone()));
            self.report_if(invalid, &here.key("value"), Diagnostic::NotAValue(field.clone()));
        }
    }

    /// A question over a record's own field must fit the field table.
    fn fits_field_table(&mut self, kind: Kind, path: &Path<'_>, field: &FormField) {
        let id = field.id.to_string();
        match fields::spec(kind, &id) {
            Some(spec) => self.report_if(!self.answers(spec, field), path, Diagnostic::UnlikeField(id)),
            None => self.report(path, Diagnostic::NoFieldOfKind(kind, id)),
        }
    }

    /// Whether every answer to a question can be the value of a field.
    pub(super) fn answers(&self, spec: &FieldSpec, field: &FormField) -> bool {
        let allowed = |list: &str| {
            let word = |option: &Choice| self.set.terms().allows(list, &option.id.as_str().into());
            field.answer == AnswerType::Choice && field.options.iter().all(word)
        };
        fits(spec.ty, field) && spec.terms.is_none_or(allowed)
    }

    /// The questions of a form or a step.
    pub(super) fn questions(&mut self, path: &Path<'_>, all: &[FormField], names: &Names) {
        let ids = all.iter().enumerate();
        self.unique(ids.map(|(index, field)| (field.id.as_str(), path.index(index).key("id"))));
        for (index, field) in all.iter().enumerate() {
            let here = path.index(index);
            let (fails, must) = (field.fails_when.is_some(), field.must && field.answer != AnswerType::Flag);
            let photo = field.photo != PhotoRule::Never;
            self.question(&here, field, names);
            self.report_if(fails, &here.key("fails_when"), Diagnostic::ForChecklistsOnly);
            self.report_if(photo, &here.key("photo"), Diagnostic::ForChecklistsOnly);
            self.report_if(!field.order, &here.key("order"), Diagnostic::ForChecklistsOnly);
            self.report_if(must, &here.key("must"), Diagnostic::MustBeNoFlag);
            let prefilled = field.prefilled_from.is_some() && !names.has_case();
            self.report_if(prefilled, &here.key("prefilled_from"), Diagnostic::PrefilledOfNoCase);
        }
    }

    /// A question of a checklist: only there a photo and a finding may hang on the answer, and no answer is a must.
    pub(super) fn item(&mut self, path: &Path<'_>, field: &FormField, names: &Names) {
        let flag = field.answer == AnswerType::Flag;
        let must = if flag { Diagnostic::MustInChecklist } else { Diagnostic::MustBeNoFlag };
        self.question(path, field, names);
        self.report_if(field.must, &path.key("must"), must);
        let prefilled = field.prefilled_from.is_some();
        self.report_if(prefilled, &path.key("prefilled_from"), Diagnostic::PrefilledOfNoCase);
    }

    fn question(&mut self, path: &Path<'_>, field: &FormField, names: &Names) {
        // Only a question over a field of a record may leave it out: it then has the field's own words.
        if field.label == Label::default() {
            self.report(path, Diagnostic::KeyMissing("label".to_owned()));
        } else {
            self.label(&path.key("label"), &field.label);
        }
        for (key, label) in [("help", &field.help), ("invalid", &field.invalid)] {
            if let Some(label) = label {
                self.label(&path.key(key), label);
            }
        }
        let reserved = ["state", "rounds"].contains(&field.id.as_str()) && names.has_case();
        self.report_if(reserved, &path.key("id"), Diagnostic::ReservedName(field.id.to_string()));
        self.optional_condition(&path.key("required_when"), field.required_when.as_ref(), names);
        self.optional_condition(&path.key("shown_when"), field.shown_when.as_ref(), names);
        self.optional_condition(&path.key("fails_when"), field.fails_when.as_ref(), names);
        self.options(path, field);
        self.unit(path, field);
        self.bounds(path, field);
        self.role_ids(&path.key("entered_by"), &field.entered_by);
        if field.answer == AnswerType::Money {
            self.money(path, field);
        }
    }

    fn options(&mut self, path: &Path<'_>, field: &FormField) {
        let chooses = matches!(field.answer, AnswerType::Choice | AnswerType::MultiChoice);
        let shared = field.options_from.as_ref().filter(|from| self.set.terms().choices(from).is_none());
        if let Some(from) = shared {
            let known = self.set.terms().choices.keys().map(String::as_str);
            self.unknown(&path.key("options_from"), from, known, Diagnostic::NoChoices);
        } else if chooses && field.options.is_empty() {
            self.report(&path.key("type"), Diagnostic::ChoiceWithoutOptions);
        } else if !chooses && !field.options.is_empty() {
            self.report(&path.key("type"), Diagnostic::OptionsWithoutChoice);
        }
        if field.options_from.is_none() {
            let mut seen = BTreeSet::new();
            for (index, option) in field.options.iter().enumerate() {
                let here = path.key("options").index(index);
                self.label(&here.key("label"), &option.label);
                self.id(&here, &option.id);
                self.report_if(
                    !seen.insert(&option.id),
                    &here,
                    Diagnostic::RepeatedOption(option.id.clone()),
                );
                self.report_if(
                    option.normal && option.fails,
                    &here.key("normal"),
                    Diagnostic::NormalIsFinding,
                );
            }
        }
    }

    fn unit(&mut self, path: &Path<'_>, field: &FormField) {
        let number = matches!(field.answer, AnswerType::Number | AnswerType::Money);
        match &field.unit {
            Some(unit) if !number => {
                self.report(&path.key("unit"), Diagnostic::UnitOfNoNumber(unit.clone()));
            }
            Some(unit) => {
                let known = self.set.terms().units.keys().map(String::as_str);
                self.one_of(&path.key("unit"), unit, known, Diagnostic::NoUnit);
            }
            None => self.report_if(number, &path.key("type"), Diagnostic::NumberWithoutUnit),
        }
    }

    fn bounds(&mut self, path: &Path<'_>, field: &FormField) {
        let number = matches!(field.answer, AnswerType::Number | AnswerType::Money | AnswerType::Score);
        let bounded = field.min.is_some() || field.max.is_some();
        let crossed = field.min.zip(field.max).is_some_and(|(min, max)| min > max);
        let limited = field.max_length.is_some() && field.answer != AnswerType::Text;
        let photographed = field.answer.is_photo() || field.photo != PhotoRule::Never;
        let counted = field.at_least.is_some() && !photographed;
        self.report_if(bounded && !number, &path.key("type"), Diagnostic::BoundsOfNoNumber);
        self.report_if(crossed, &path.key("min"), Diagnostic::BoundsCrossed);
        self.report_if(limited, &path.key("max_length"), Diagnostic::LengthOfNoText);
        self.report_if(counted, &path.key("at_least"), Diagnostic::CountOfNoPhoto);
    }

    fn money(&mut self, path: &Path<'_>, field: &FormField) {
        for (index, role) in field.entered_by.iter().enumerate() {
            let without = self.set.roles().get(role).is_some_and(|role| !role.money);
            let diagnostic = Diagnostic::RoleWithoutMoney(role.to_string());
            self.report_if(without, &path.key("entered_by").index(index), diagnostic);
        }
        let of_nobody = field.required && field.entered_by.is_empty();
        self.report_if(of_nobody, &path.key("required"), Diagnostic::MoneyRequiredOfNobody);
    }
}

/// Whether a question's answer can be the value of a field of that type.
fn fits(ty: Type, field: &FormField) -> bool {
    match ty {
        Type::Bool => field.answer == AnswerType::Flag,
        Type::Int => matches!(field.answer, AnswerType::Number | AnswerType::Score),
        Type::Real => field.answer == AnswerType::Number,
        Type::Fen => field.answer == AnswerType::Money,
        Type::Date | Type::PartialDate | Type::Birthday => field.answer == AnswerType::Date,
        Type::Moment => field.answer == AnswerType::Moment,
        Type::Phone => field.answer == AnswerType::Phone,
        Type::Choice(words) => {
            let known = |id: &str| words.iter().any(|word| word.code == id);
            field.answer == AnswerType::Choice && field.options.iter().all(|option| known(&option.id))
        }
        Type::Text | Type::Code => {
            matches!(field.answer, AnswerType::Text | AnswerType::Choice | AnswerType::MultiChoice)
        }
        Type::Record => matches!(field.answer, AnswerType::Person | AnswerType::Home | AnswerType::Case),
        Type::Place => field.answer == AnswerType::Place,
        Type::Staff => field.answer == AnswerType::Staff,
        Type::Member | Type::Event | Type::Note | Type::Any => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::each_reports;
    use super::Diagnostic as D;

    const FORM: &str = r#"
record = "entry"
[[field]]
id = "a"
label = { zh = "甲", en = "A" }
type = "text"
[[field]]
id = "b"
label = { zh = "乙", en = "B" }
type = "flag"
must = true
"#;

    #[test]
    fn each_slip_of_a_question_is_reported() {
        let text = r#"type = "text""#;
        each_reports(
            "form",
            FORM,
            &[
                (r#"record = "entry""#, r#"record = "round""#, D::FormOfCourse),
                (text, "type = \"text\"\nmust = true", D::MustBeNoFlag),
                (text, "type = \"text\"\nunit = \"h\"", D::UnitOfNoNumber("h".to_owned())),
                (text, "type = \"text\"\nmin = 1", D::BoundsOfNoNumber),
                (text, "type = \"score\"\nmin = 5\nmax = 1", D::BoundsCrossed),
                (text, "type = \"text\"\nat_least = 2", D::CountOfNoPhoto),
                (text, "type = \"text\"\nphoto = \"always\"", D::ForChecklistsOnly),
                (text, "type = \"text\"\norder = false", D::ForChecklistsOnly),
                (text, "type = \"date\"\nmax_length = 5", D::LengthOfNoText),
                (text, "type = \"choice\"", D::ChoiceWithoutOptions),
                (
                    text,
                    "type = \"text\"\noptions = [{ id = \"x\", label = { zh = \"项\", en = \"X\" } }]",
                    D::OptionsWithoutChoice,
                ),
                (text, "type = \"number\"", D::NumberWithoutUnit),
                (text, "type = \"money\"\nunit = \"fen\"\nrequired = true", D::MoneyRequiredOfNobody),
            ],
        );
    }
}
