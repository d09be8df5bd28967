//! Whether the answers of a form will do, and what is said when they will not.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::Label;
use super::super::condition::{Condition, Scope};
use super::super::sum::{self, Sources};
use super::super::terms::Meanings;
use super::{AnswerType, Asked, FieldProblem, Form, FormField, PhotoRule, ProblemCode, Proposal, parse_time};
use crate::model::fields::{self, Type};
use crate::model::{Evidence, QuestionId, Record, RoleId, Value, differing};

/// The scope with the answers of a form bound under `form`, its sums among them.
#[must_use]
pub fn answered(fields: &[FormField], evidence: &Evidence, scope: &Scope) -> Scope {
    if fields.iter().any(FormField::is_sum) {
        return worked_out(fields, evidence, scope).1;
    }
    bound(fields.iter(), evidence, scope)
}

/// The answers with what its sums come to. What was typed for a sum, by whoever could, counts nowhere.
#[must_use]
pub fn complete<'e>(fields: &[FormField], evidence: &'e Evidence, scope: &Scope) -> Cow<'e, Evidence> {
    if !fields.iter().any(FormField::is_sum) {
        return Cow::Borrowed(evidence);
    }
    Cow::Owned(Evidence { fields: worked_out(fields, evidence, scope).0, photos: evidence.photos.clone() })
}

/// Answers and scope with the sums, each of which sees those before it.
fn worked_out(
    fields: &[FormField],
    evidence: &Evidence,
    scope: &Scope,
) -> (BTreeMap<QuestionId, Value>, Scope) {
    let is_sum = |id: &QuestionId| fields.iter().any(|field| field.id == *id && field.is_sum());
    let mut typed = evidence.clone();
    typed.fields.retain(|id, _| !is_sum(id));
    let (mut scope, mut answers) = (bound(fields.iter(), &typed, scope), typed.fields);
    for field in fields.iter().filter(|field| field.is_sum()) {
        let from = Sources { answers: &answers, each: &[], scope: &scope, round: None };
        let (Some(value), Some(declared)) = (sum::work_out(field, &from), field.answer.declared()) else {
            continue;
        };
        scope.bind("form", field.id.as_str(), declared, &value);
        answers.insert(field.id.clone(), value);
    }
    (answers, scope)
}

fn bound<'f>(fields: impl Iterator<Item = &'f FormField>, evidence: &Evidence, scope: &Scope) -> Scope {
    let mut scope = scope.clone();
    for field in fields {
        if let Some(value) = evidence.fields.get(field.id.as_str()) {
            scope.answer("form", field, value);
        }
    }
    scope
}

/// The questions to show for the present answers, in order, each with what is wrong with its answer.
#[must_use]
pub fn ask<'a>(
    fields: &'a [FormField],
    evidence: &Evidence,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<Asked<'a>> {
    let (worked_out, scope) = worked_out(fields, evidence, scope);
    let ask = |field: &'a FormField| {
        let asked = field.ask(evidence, &scope, roles)?;
        if !field.is_sum() {
            return Some(asked);
        }
        // A sum is shown once it comes to something.
        let value = worked_out.get(field.id.as_str()).cloned();
        (value.is_some() || asked.problem.is_some()).then_some(Asked { worked_out: value, ..asked })
    };
    fields.iter().filter_map(ask).collect()
}

/// The same of a form over a record's own fields. A date of which only year or month is known is one there: the field table says
/// what a date may lack.
#[must_use]
pub fn ask_form<'a>(form: &'a Form, evidence: &Evidence, scope: &Scope, roles: &[RoleId]) -> Vec<Asked<'a>> {
    let mut asked = ask(&form.fields, evidence, scope, roles);
    for asked in &mut asked {
        let value = evidence.fields.get(asked.field.id.as_str());
        let path = asked.field.id.as_str();
        let known = |value: &Value| form.may_lack(path) && fields::check(form.record, path, value).is_ok();
        let not_a_date = |problem: &FieldProblem| problem.code == ProblemCode::NotADate;
        if value.is_some_and(known) && asked.problem.as_ref().is_some_and(not_a_date) {
            asked.problem = None;
        }
    }
    asked
}

/// What the answers suggest about the record the row is about: of each field the first proposal that holds.
#[must_use]
pub fn propose<'a>(form: &'a Form, evidence: &Evidence, scope: &Scope) -> Vec<&'a Proposal> {
    let scope = answered(&form.fields, evidence, scope);
    let mut proposed: Vec<&Proposal> = Vec::new();
    for proposal in &form.proposals {
        let taken = proposed.iter().any(|earlier| earlier.path == proposal.path);
        if !taken && proposal.when.as_ref().is_none_or(|when| when.holds(&scope)) {
            proposed.push(proposal);
        }
    }
    proposed
}

/// Everything wrong with the answers: missing, not allowed, not asked.
#[must_use]
pub fn check(
    fields: &[FormField],
    evidence: &Evidence,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<FieldProblem> {
    let asked = ask(fields, evidence, scope, roles);
    let unasked = unasked(&asked, evidence).map(not_asked);
    asked.iter().filter_map(|asked| asked.problem.clone()).chain(unasked).collect()
}

/// The answers nobody asked for.
fn unasked<'e>(asked: &[Asked<'_>], evidence: &'e Evidence) -> impl Iterator<Item = &'e str> {
    let is_asked = |id: &str| asked.iter().any(|asked| asked.field.id == id);
    let given: BTreeSet<&str> =
        evidence.fields.keys().chain(evidence.photos.keys()).map(|id| id.as_str()).collect();
    given.into_iter().filter(move |id| !is_asked(id))
}

fn not_asked(id: &str) -> FieldProblem {
    let message = ProblemCode::NotAsked.words(&FormField::nameless(id));
    FieldProblem { field: id.into(), code: ProblemCode::NotAsked, message }
}

/// What is wrong with what an edit makes of the answers `before`: the answers it changes, and what they newly demand of
/// others. What was wrong before and stays untouched is not this person's fault, and an answer that is left over when its
/// question is not asked any more stays as it is.
#[must_use]
pub fn check_edit(
    fields: &[FormField],
    before: &Evidence,
    after: &Evidence,
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<FieldProblem> {
    let mut given = differing(before.fields.iter(), after.fields.iter());
    given.extend(differing(before.photos.iter(), after.photos.iter()));
    let changed = |id: &str| given.iter().any(|changed| *changed == id);
    // An answer that changes may change a sum that a condition looks at.
    let (sums_before, sums_after) = (complete(fields, before, scope), complete(fields, after, scope));
    let summed = differing(sums_before.fields.iter(), sums_after.fields.iter());
    let moved = |id: &str| changed(id) || summed.iter().any(|moved| **moved == id);
    // Of what no condition connects with an answer that changed there is as much wrong as before.
    let concerned: Vec<&FormField> = fields
        .iter()
        .filter(|field| {
            let mut names = field.conditions().flat_map(Condition::names);
            changed(field.id.as_str()) || names.any(|name| name.root == "form" && moved(&name.path))
        })
        .collect();
    if concerned.is_empty() && given.is_empty() {
        return Vec::new();
    }
    // Nobody looks at an answer that no condition names.
    let named: BTreeSet<&str> = concerned
        .iter()
        .flat_map(|field| field.conditions().flat_map(Condition::names))
        .filter(|name| name.root == "form")
        .map(|name| name.path.as_str())
        .collect();
    let sums = fields.iter().any(|field| field.is_sum() && named.contains(field.id.as_str()));
    let ask = |evidence: &Evidence| {
        let scope = match sums {
            true => answered(fields, evidence, scope),
            false => bound(fields.iter().filter(|field| named.contains(field.id.as_str())), evidence, scope),
        };
        concerned.iter().filter_map(|field| field.ask(evidence, &scope, roles)).collect::<Vec<_>>()
    };
    let asked = ask(after);
    // Asked only where something is demanded that may have been before.
    let was = OnceCell::new();
    let was = |problem: &FieldProblem| {
        let was = was.get_or_init(|| ask(before));
        was.iter().any(|asked| asked.problem.as_ref() == Some(problem))
    };
    let matters =
        |problem: &FieldProblem| changed(problem.field.as_str()) || problem.code.is_demand() && !was(problem);
    let mut problems: Vec<FieldProblem> =
        asked.iter().filter_map(|asked| asked.problem.clone()).filter(matters).collect();
    problems.extend(unasked(&asked, after).filter(|id| changed(id)).map(not_asked));
    // Taking somebody else's answer away is answering for them.
    let others = fields.iter().filter(|field| changed(field.id.as_str()) && !field.is_writable(roles));
    for field in others {
        if !problems.iter().any(|problem| problem.field == field.id) {
            problems.push(FieldProblem::of(field, ProblemCode::NotAllowed));
        }
    }
    problems
}

/// The same for a record's own fields, where an edit says only a part: what it writes must fit its question even while
/// that is not asked, and nothing is demanded but what the touched answers bring about. `touched` are the paths whose values
/// are others than before ([`Record::differing`]): an edit touches few, and most forms over its record ask none of them.
#[must_use]
pub fn check_fields(
    form: &Form,
    before: Option<&Record>,
    after: &Record,
    touched: &[&str],
    scope: &Scope,
    roles: &[RoleId],
) -> Vec<FieldProblem> {
    if !form.fields.iter().any(|field| touched.contains(&field.id.as_str())) {
        return Vec::new();
    }
    let before = before.map(|record| form.answers(record)).unwrap_or_default();
    let after = form.answers(after);
    let fault = |problem: FieldProblem| {
        let field = form.fields.iter().find(|field| field.id == problem.field)?;
        // The field table has judged what a date may lack.
        let partial = form.may_lack(field.id.as_str());
        match problem.code {
            ProblemCode::NotADate if partial => None,
            ProblemCode::NotAsked => {
                let code = after.fields.get(field.id.as_str()).and_then(|value| field.fault(value))?;
                (code != ProblemCode::NotADate || !partial).then(|| FieldProblem::of(field, code))
            }
            _ => Some(problem),
        }
    };
    check_edit(&form.fields, &before, &after, scope, roles).into_iter().filter_map(fault).collect()
}

fn problem(
    field: &FormField,
    evidence: &Evidence,
    scope: &Scope,
    required: bool,
    writable: bool,
) -> Option<FieldProblem> {
    let value = evidence.fields.get(field.id.as_str());
    let photos = evidence.photos.get(field.id.as_str()).map_or(0, Vec::len);
    let empty = value.is_none_or(|value| value.as_text().is_some_and(|text| text.trim().is_empty()));
    let code = if field.is_sum() {
        (value.is_some() || photos > 0).then_some(ProblemCode::WorkedOut)
    } else if field.answer.is_photo() {
        let need = if required { field.photos() } else { 0 };
        match () {
            () if value.is_some() => Some(ProblemCode::WrongType),
            () if photos > 0 && !writable => Some(ProblemCode::NotAllowed),
            () if photos < need => Some(ProblemCode::PhotosMissing),
            () => None,
        }
    } else if empty {
        required.then_some(ProblemCode::Missing)
    } else if !writable {
        Some(ProblemCode::NotAllowed)
    } else {
        value.and_then(|value| field.fault(value)).or_else(|| {
            let fails = value.is_some_and(|value| field.fails(value, scope));
            let photo = field.photo == PhotoRule::Always || (field.photo == PhotoRule::OnFail && fails);
            (photo && photos < field.photos()).then_some(ProblemCode::PhotosMissing)
        })
    }?;
    Some(FieldProblem::of(field, code))
}

impl Form {
    /// Whether somebody of these roles may enter a row: whoever `roles` names, and who may answer what every row must say. A row
    /// that only others could fill would be an empty one, and an empty report is no report.
    ///
    /// # Errors
    /// The roles it is for instead.
    pub fn may_enter(&self, held: &[RoleId]) -> Result<(), &[RoleId]> {
        if !self.roles.is_empty() && !self.roles.iter().any(|role| held.contains(role)) {
            return Err(&self.roles);
        }
        let of_others = self.fields.iter().find(|field| field.required && !field.is_writable(held));
        of_others.map_or(Ok(()), |field| Err(&field.entered_by))
    }

    /// Whether the date in this field of a record may lack its day, month or year.
    fn may_lack(&self, path: &str) -> bool {
        let ty = fields::spec(self.record, path).map(|spec| spec.ty);
        matches!(ty, Some(Type::PartialDate | Type::Birthday))
    }

    /// What is wrong with a row that says again what is given once.
    #[must_use]
    pub fn repeated(&self) -> Option<FieldProblem> {
        let first = self.once.first()?;
        let field = self.fields.iter().find(|field| field.id == *first)?;
        Some(FieldProblem::of(field, ProblemCode::Repeated))
    }

    /// Whether a row says other than before what is given once.
    #[must_use]
    pub fn is_another(
        &self,
        before: &BTreeMap<QuestionId, Value>,
        after: &BTreeMap<QuestionId, Value>,
    ) -> bool {
        self.once.iter().any(|id| before.get(id.as_str()) != after.get(id.as_str()))
    }
}

impl FieldProblem {
    fn of(field: &FormField, code: ProblemCode) -> Self {
        let message = match (&field.invalid, code) {
            (Some(invalid), code) if code.is_about_the_answer() => invalid.clone(),
            _ => code.words(field),
        };
        Self { field: field.id.clone(), code, message }
    }
}

impl FormField {
    /// The question as it is asked, `None` while it is not; `scope` has the answers.
    fn ask(&self, evidence: &Evidence, scope: &Scope, roles: &[RoleId]) -> Option<Asked<'_>> {
        if !self.is_shown(scope) {
            return None;
        }
        let writable = self.is_writable(roles);
        let required = writable && self.is_required(scope);
        let problem = problem(self, evidence, scope, required, writable);
        Some(Asked { field: self, required, writable, prefilled: None, problem, worked_out: None })
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        [&self.shown_when, &self.required_when, &self.fails_when].into_iter().flatten()
    }

    fn is_shown(&self, scope: &Scope) -> bool {
        self.shown_when.as_ref().is_none_or(|when| when.holds(scope))
    }

    fn is_required(&self, scope: &Scope) -> bool {
        self.required || self.required_when.as_ref().is_some_and(|when| when.holds(scope))
    }

    /// What is wrong with an answer of this question, its type and bounds alone.
    fn fault(&self, value: &Value) -> Option<ProblemCode> {
        use ProblemCode as P;
        let number = |value: &Value| {
            let Some(number) = value.as_real().filter(|number| number.is_finite()) else {
                return Some(P::WrongType);
            };
            match () {
                () if self.least().is_some_and(|least| number < least) => Some(P::TooSmall),
                () if self.most().is_some_and(|most| number > most) => Some(P::TooLarge),
                () => None,
            }
        };
        let Some(text) = value.as_text() else {
            return match (self.answer, value) {
                (AnswerType::Flag, Value::Bool(yes)) => (self.must && !yes).then_some(P::MustBeYes),
                (AnswerType::Moment, Value::Int(_)) => None,
                (AnswerType::Money | AnswerType::Score, Value::Int(_)) | (AnswerType::Number, _) => {
                    number(value)
                }
                _ => Some(P::WrongType),
            };
        };
        match self.answer {
            AnswerType::Choice => self.option(text).is_none().then_some(P::NotAnOption),
            AnswerType::MultiChoice => {
                // One spelling per set, so that equal choices made concurrently are no conflict.
                let canonical: Vec<&str> = self.options.iter().map(|option| option.id.as_str()).collect();
                let chosen: Vec<&str> = text.split(',').filter(|id| !id.is_empty()).collect();
                let in_order: Vec<&str> = canonical.into_iter().filter(|id| chosen.contains(id)).collect();
                (in_order != chosen).then_some(P::NotAnOption)
            }
            AnswerType::Date => text.parse::<chrono::NaiveDate>().is_err().then_some(P::NotADate),
            AnswerType::Time => parse_time(text).is_none().then_some(P::NotADate),
            AnswerType::Phone => {
                let digits = text.chars().filter(char::is_ascii_digit).count();
                let plain = text.chars().all(|c| c.is_ascii_digit() || "+-#, ".contains(c));
                (!plain || !(3..=20).contains(&digits)).then_some(P::NotAPhone)
            }
            AnswerType::Person | AnswerType::Home | AnswerType::Case => {
                text.parse::<crate::model::RecordId>().is_err().then_some(P::WrongType)
            }
            AnswerType::Staff => crate::model::StaffId::new(text).is_err().then_some(P::WrongType),
            AnswerType::Place => crate::model::PlaceId::new(text).is_err().then_some(P::WrongType),
            AnswerType::Text => {
                self.longest().is_some_and(|most| text.chars().count() > most).then_some(P::TooLong)
            }
            _ => Some(P::WrongType),
        }
    }

    /// Stands for a question the form does not have.
    fn nameless(id: &str) -> Self {
        Self {
            id: id.into(),
            label: Label::new(id, id),
            answer: AnswerType::Text,
            help: None,
            required: false,
            required_when: None,
            shown_when: None,
            personal: false,
            unit: None,
            min: None,
            max: None,
            options: Vec::new(),
            prefilled_from: None,
            options_from: None,
            meanings: Meanings::new(),
            max_length: None,
            at_least: None,
            entered_by: Vec::new(),
            whose: None,
            sum: Vec::new(),
            fails_when: None,
            photo: PhotoRule::Never,
            order: true,
            must: false,
            invalid: None,
        }
    }
}

impl ProblemCode {
    const fn is_demand(self) -> bool {
        matches!(self, Self::Missing | Self::PhotosMissing)
    }

    const fn is_about_the_answer(self) -> bool {
        use ProblemCode as P;
        !matches!(
            self,
            P::Missing | P::PhotosMissing | P::NotAsked | P::NotAllowed | P::WorkedOut | P::Repeated
        )
    }

    /// What to tell the user.
    fn words(self, field: &FormField) -> Label {
        let (zh, en) = (&field.label.zh, &field.label.en);
        match self {
            Self::Missing => Label::new(format!("请填写“{zh}”"), format!("please answer “{en}”")),
            Self::PhotosMissing if field.answer == AnswerType::Signature => {
                Label::new(format!("“{zh}”还没签"), format!("“{en}” is not signed yet"))
            }
            Self::PhotosMissing => {
                let need = field.photos();
                Label::new(
                    format!("“{zh}”至少需要 {need} 张照片"),
                    format!("“{en}” needs at least {need} photo(s)"),
                )
            }
            Self::WrongType => {
                Label::new(format!("“{zh}”的填写方式不对"), format!("“{en}” is not filled in correctly"))
            }
            Self::TooSmall => {
                let min = field.least().unwrap_or_default();
                Label::new(format!("“{zh}”不能小于 {min}"), format!("“{en}” must be at least {min}"))
            }
            Self::TooLarge => {
                let max = field.most().unwrap_or_default();
                Label::new(format!("“{zh}”不能大于 {max}"), format!("“{en}” must be at most {max}"))
            }
            Self::NotAnOption => {
                Label::new(format!("请从“{zh}”的选项中选择"), format!("choose one of the options of “{en}”"))
            }
            Self::NotADate => Label::new(
                format!("“{zh}”不是有效的日期或时间"),
                format!("“{en}” is not a valid date or time"),
            ),
            Self::TooLong => {
                let most = field.longest().unwrap_or_default();
                Label::new(
                    format!("“{zh}”最多 {most} 个字"),
                    format!("“{en}” takes at most {most} characters"),
                )
            }
            Self::NotAPhone => {
                Label::new(format!("“{zh}”不是有效的电话号码"), format!("“{en}” is not a telephone number"))
            }
            Self::MustBeYes => {
                Label::new(format!("“{zh}”必须为“是”"), format!("“{en}” must be answered with yes"))
            }
            Self::NotAsked => {
                Label::new(format!("此处不需要填写“{zh}”"), format!("“{en}” is not asked here"))
            }
            Self::WorkedOut => Label::new(
                format!("“{zh}”由系统算出，不用填"),
                format!("“{en}” is worked out and not filled in"),
            ),
            Self::Repeated => Label::new(
                format!("同一“{zh}”您已经填过一份，请打开那一份修改"),
                format!("you have entered one with the same “{en}”: open that one and change it"),
            ),
            Self::NotAllowed => match &field.whose {
                Some(whose) => Label::new(
                    format!("“{zh}”由{}填", whose.zh),
                    format!("“{en}” is filled in by: {}", whose.en),
                ),
                None => {
                    Label::new(format!("“{zh}”由其他岗位填"), format!("“{en}” is filled in by another role"))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::slice::from_ref;

    use serde::Deserialize;

    use super::*;
    use crate::model::PhotoId;
    use crate::model::QuestionId;

    fn fields() -> Vec<FormField> {
        #[derive(Deserialize)]
        struct Only {
            field: Vec<FormField>,
        }
        let only: Only = toml::from_str(
            r#"
            [[field]]
            id = "outcome"
            label = { zh = "检查结果", en = "Outcome" }
            type = "choice"
            required = true
            options = [
              { id = "normal", label = { zh = "正常", en = "normal" } },
              { id = "violation", label = { zh = "违规", en = "violation" }, fails = true },
            ]
            [[field]]
            id = "deadline"
            label = { zh = "整改期限", en = "Deadline" }
            type = "date"
            shown_when = "has(form.outcome) && form.outcome == 'violation'"
            required_when = "has(form.outcome) && form.outcome == 'violation'"
            [[field]]
            id = "items"
            label = { zh = "违规项目", en = "Items" }
            type = "multi_choice"
            options = [
              { id = "gas", label = { zh = "改动燃气管", en = "gas pipe" } },
              { id = "wall", label = { zh = "拆承重墙", en = "load-bearing wall" } },
            ]
            [[field]]
            id = "pressure"
            label = { zh = "压力", en = "Pressure" }
            type = "number"
            unit = "mpa"
            min = 0.1
            max = 1.6
            invalid = { zh = "压力表读数应在 0.1 到 1.6 兆帕之间", en = "the gauge reads 0.1 to 1.6 MPa" }
            [[field]]
            id = "satisfied"
            label = { zh = "满意度", en = "Satisfaction" }
            type = "score"
            min = 3
            [[field]]
            id = "photo"
            label = { zh = "照片", en = "Photo" }
            type = "photo"
            required_when = "has(form.outcome) && form.outcome == 'violation'"
            at_least = 2
            [[field]]
            id = "fee"
            label = { zh = "费用", en = "Fee" }
            type = "money"
            unit = "fen"
            entered_by = ["finance"]
            [[field]]
            id = "phone"
            label = { zh = "电话", en = "Telephone" }
            type = "phone"
            [[field]]
            id = "fenced"
            label = { zh = "已围挡", en = "Fenced" }
            type = "flag"
            must = true
            [[field]]
            id = "note"
            label = { zh = "说明", en = "Remark" }
            type = "text"
            max_length = 4
            "#,
        )
        .unwrap();
        only.field
    }

    fn problems(answers: &[(&str, Value)], photos: usize, role: &str) -> Vec<(QuestionId, ProblemCode)> {
        let fields = fields();
        let mut evidence = Evidence::default();
        evidence.fields.extend(answers.iter().map(|(id, value)| ((*id).into(), value.clone())));
        if photos > 0 {
            let taken = (0..photos).map(|n| PhotoId([u8::try_from(n).unwrap(); 32])).collect();
            evidence.photos.insert("photo".into(), taken);
        }
        let found = check(&fields, &evidence, &Scope::new(), &[RoleId::new(role).unwrap()]);
        found.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    fn one(id: &str, value: impl Into<Value>) -> Option<ProblemCode> {
        let found = problems(&[("outcome", "normal".into()), (id, value.into())], 0, "butler");
        assert!(found.len() <= 1, "{found:?}");
        found.into_iter().next().map(|(_, code)| code)
    }

    #[test]
    fn what_is_asked_follows_the_answers() {
        use ProblemCode as P;
        assert_eq!(problems(&[], 0, "butler"), [("outcome".into(), P::Missing)]);
        assert_eq!(problems(&[("outcome", "normal".into())], 0, "butler"), []);
        let violation = ("outcome", Value::from("violation"));
        let expected = [("deadline".into(), P::Missing), ("photo".into(), P::PhotosMissing)];
        assert_eq!(problems(from_ref(&violation), 1, "butler"), expected);
        assert_eq!(problems(&[violation, ("deadline", "2026-12-01".into())], 2, "butler"), []);
        let unasked =
            problems(&[("outcome", "normal".into()), ("deadline", "2026-12-01".into())], 0, "butler");
        assert_eq!(unasked, [("deadline".into(), P::NotAsked)]);
    }

    #[test]
    fn of_each_field_the_first_proposal_that_holds_is_made() {
        let form: Form = toml::from_str(
            r#"
            id = "questionnaire"
            title = { zh = "问卷", en = "Questionnaire" }
            subject = "resident"
            [[field]]
            id = "children"
            label = { zh = "孩子", en = "Children" }
            type = "number"
            unit = "person"
            [[proposal]]
            path = "segment"
            value = "many"
            when = "has(form.children) && form.children > 2"
            [[proposal]]
            path = "segment"
            value = "some"
            when = "has(form.children) && form.children > 0"
            [[proposal]]
            path = "stage"
            value = "settled"
            "#,
        )
        .unwrap();
        let proposed = |children: Option<i64>| -> Vec<(String, Value)> {
            let mut evidence = Evidence::default();
            evidence.fields.extend(children.map(|n| ("children".into(), n.into())));
            let made = propose(&form, &evidence, &Scope::new());
            made.into_iter().map(|proposal| (proposal.path.clone(), proposal.value.clone())).collect()
        };
        let pair = |path: &str, value: &str| (path.to_owned(), Value::from(value));
        assert_eq!(proposed(Some(3)), [pair("segment", "many"), pair("stage", "settled")]);
        assert_eq!(proposed(Some(1)), [pair("segment", "some"), pair("stage", "settled")]);
        assert_eq!(proposed(None), [pair("stage", "settled")]);
    }

    #[test]
    fn every_answer_is_held_to_its_type_and_bounds() {
        use ProblemCode as P;
        for (id, value, expected) in [
            ("outcome", Value::from("maybe"), Some(P::NotAnOption)),
            ("items", "gas,wall".into(), None),
            ("items", "wall,gas".into(), Some(P::NotAnOption)),
            ("items", "".into(), None),
            ("pressure", 0.4.into(), None),
            ("pressure", 1.into(), None),
            ("pressure", 0.0.into(), Some(P::TooSmall)),
            ("pressure", 2.into(), Some(P::TooLarge)),
            ("pressure", "0.4".into(), Some(P::WrongType)),
            ("pressure", f64::NAN.into(), Some(P::WrongType)),
            ("satisfied", 3.into(), None),
            ("satisfied", 5.into(), None),
            ("satisfied", 2.into(), Some(P::TooSmall)),
            ("satisfied", 6.into(), Some(P::TooLarge)),
            ("phone", "138 0013 8000".into(), None),
            ("phone", "+86-13800138000".into(), None),
            ("phone", "王小明".into(), Some(P::NotAPhone)),
            ("fenced", true.into(), None),
            ("fenced", false.into(), Some(P::MustBeYes)),
            ("note", "四个汉字".into(), None),
            ("note", "超过四个字".into(), Some(P::TooLong)),
            ("fee", 100.into(), Some(P::NotAllowed)),
            ("photo", "IMG_1.jpg".into(), Some(P::WrongType)),
            ("nobody", 1.into(), Some(P::NotAsked)),
        ] {
            assert_eq!(one(id, value.clone()), expected, "{id} = {value:?}");
        }
        let finance = problems(&[("outcome", "normal".into()), ("fee", 100.into())], 0, "finance");
        assert_eq!(finance, []);
    }

    fn given(answers: &[(&str, Value)]) -> Evidence {
        let fields = answers.iter().map(|(id, value)| ((*id).into(), value.clone())).collect();
        Evidence { fields, photos: BTreeMap::new() }
    }

    #[test]
    fn an_edit_answers_for_what_it_changes_and_what_that_demands() {
        use ProblemCode as P;
        let fields = fields();
        let found = |before: &[(&str, Value)], after: &[(&str, Value)], role: &str| -> Vec<(QuestionId, P)> {
            let roles = [RoleId::new(role).unwrap()];
            let found = check_edit(&fields, &given(before), &given(after), &Scope::new(), &roles);
            found.into_iter().map(|problem| (problem.field, problem.code)).collect()
        };
        let row = |id: &str, code| (QuestionId::from(id), code);
        let (normal, violation) = (("outcome", "normal".into()), ("outcome", "violation".into()));
        let note = ("note", Value::from("已改"));
        assert_eq!(found(&[], from_ref(&note), "butler"), [], "an old fault is not theirs");
        let old = ("pressure", Value::from(9));
        assert_eq!(found(from_ref(&old), &[old.clone(), note], "butler"), []);
        assert_eq!(found(&[], from_ref(&old), "butler").last(), Some(&row("pressure", P::TooLarge)));
        let demanded = [row("deadline", P::Missing), row("photo", P::PhotosMissing)];
        assert_eq!(found(from_ref(&normal), from_ref(&violation), "butler"), demanded);
        let until = ("deadline", Value::from("2026-12-01"));
        let left = found(&[violation.clone(), until.clone()], &[normal.clone(), until.clone()], "butler");
        assert_eq!(left, [], "what is left over stays");
        assert_eq!(found(&[violation, until], from_ref(&normal), "butler"), []);
        assert_eq!(found(from_ref(&normal), &[], "butler"), [row("outcome", P::Missing)]);
        let fee = [normal.clone(), ("fee", 100.into())];
        assert_eq!(found(&fee, from_ref(&normal), "butler"), [row("fee", P::NotAllowed)]);
        assert_eq!(found(&fee, &[normal], "finance"), []);
    }

    #[test]
    fn a_signature_is_missed_as_one_and_an_answer_of_another_role_says_whose_it_is() {
        let mut signature = FormField::nameless("sign");
        (signature.label, signature.answer) = (Label::new("客户签名", "Signature"), AnswerType::Signature);
        signature.required = true;
        let mut price = FormField::nameless("报价");
        price.entered_by = vec![RoleId::new("finance").unwrap()];
        price.whose = Some(Label::new("财务", "finance"));
        let said = check(&[signature, price], &given(&[("报价", "120".into())]), &Scope::new(), &[]);
        let said: Vec<_> = said.into_iter().map(|problem| problem.message.zh).collect();
        assert_eq!(said, ["“客户签名”还没签", "“报价”由财务填"]);
    }

    #[test]
    fn words_are_the_forms_own_where_it_has_some_and_never_repeat_the_answer() {
        let fields = fields();
        let mut evidence = Evidence::default();
        evidence.fields.insert("pressure".into(), 9.into());
        let found = check(&fields, &evidence, &Scope::new(), &[]);
        let words = |id: &str| found.iter().find(|problem| problem.field == id).unwrap().message.clone();
        assert_eq!(words("pressure").zh, "压力表读数应在 0.1 到 1.6 兆帕之间");
        assert_eq!(words("outcome"), Label::new("请填写“检查结果”", "please answer “Outcome”"));
    }
}
