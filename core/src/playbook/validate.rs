//! What must hold of a set before it is used: everything a phone could otherwise trip over.
//!
//! One walk per kind of file. Each finding names its place in the file, so that its line can be shown, and says
//! in both languages what is wrong in words for the person who wrote it.

mod figures;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::Label;
use super::book::{Body, PlaybookError, Playbooks, Seg, Source};
use super::calendar::{Calendar, CalendarFile};
use super::checklist::Checklist;
use super::condition::{Condition, Declared};
use super::form::{AnswerType, DueAnswer, Form, FormField, PhotoRule, SubjectKind};
use super::library::Library;
use super::mistake;
use super::roles::Roles;
use super::rule::{AfterEntry, DueRule, Every, Filter, Rules, Together, Trigger};
use super::terms::TermsFile;
use super::trial::{self, Names};
use super::workflow::{Span, Step, Workflow};
use crate::model::fields::{self, FieldSpec, Type};
use crate::model::{Kind, RoleId, Value};

use Seg::{At, Key};

/// Most errors of one file that are named; finding the line of each means reading the file again.
const MOST_ERRORS: usize = 200;

/// What trying the conditions of a set may cost, in bytes of condition evaluated. The playbooks of this build take a
/// twentieth of it; evaluating it takes a phone some seconds.
const TRIALS: u64 = 40_000_000;

/// Appends everything wrong with the current files of the set, and what may not be meant. Older files were judged when
/// they were current.
pub(super) fn check(
    set: &Playbooks,
    sources: &[Source],
    errors: &mut Vec<PlaybookError>,
    notes: &mut Vec<PlaybookError>,
) {
    let (mut rule_ids, mut figure_ids) = (BTreeMap::new(), BTreeMap::new());
    let mut trials = TRIALS;
    let mut words = BTreeMap::new();
    for source in sources.iter().filter(|source| source.current) {
        let most_errors = errors.len() + MOST_ERRORS;
        let mut check = Check { set, source, errors, most_errors, notes, trials: &mut trials };
        match &source.body {
            // The set's copy has its shared choices filled in.
            Body::Workflow(body) => check.workflow(set.workflow(&body.id).map_or(body, |filled| filled)),
            Body::Checklist(body) => check.checklist(set.checklist(&body.id).map_or(body, |filled| filled)),
            Body::Form(body) => check.form(set.form(&body.id).map_or(body, |filled| filled)),
            Body::Rules(body) => check.rules(body, &mut rule_ids),
            Body::Library(body) => check.library(body),
            Body::Figures(body) => check.figures(body, &mut figure_ids),
            Body::Roles(body) => check.roles(body),
            Body::Terms(body) => check.terms(body, &mut words),
            Body::Calendar(body) => check.calendar(body),
        }
    }
    if set.roles().roles.is_empty() {
        errors.push(PlaybookError {
            file: "roles".to_owned(),
            line: None,
            reason: Label::new(
                "缺少岗位文件（kind = \"roles\"）",
                "the set has no file of roles (kind = \"roles\")",
            ),
        });
    }
}

struct Check<'a> {
    set: &'a Playbooks,
    source: &'a Source,
    errors: &'a mut Vec<PlaybookError>,
    most_errors: usize,
    notes: &'a mut Vec<PlaybookError>,
    trials: &'a mut u64,
}

/// Way to a place, grown step by step.
type Way<'w> = Vec<Seg<'w>>;

/// The values a field of a record can have, where it has a list of them: its choices; of what names a procedure, all there
/// are; what forms over such records let one choose.
fn known_values<'a>(set: &'a Playbooks, spec: &FieldSpec, kind: Option<Kind>) -> BTreeSet<&'a str> {
    match (spec.ty, spec.path, kind) {
        (Type::Choice(words), _, _) => words.iter().map(|word| word.code).collect(),
        (_, "form", Some(Kind::Entry)) => set.forms().map(|form| form.id.as_str()).collect(),
        (_, "playbook", Some(Kind::Case)) => set.workflows().map(|flow| flow.id.as_str()).collect(),
        (_, "playbook", Some(Kind::Round)) => set.checklists().map(|list| list.id.as_str()).collect(),
        (_, path, Some(kind)) => {
            let fields = set.forms().filter(|form| form.record == kind).flat_map(|form| &form.fields);
            let options = fields.filter(|field| field.id == path).flat_map(|field| &field.options);
            options.map(|option| option.id.as_str()).collect()
        }
        (_, _, None) => BTreeSet::new(),
    }
}

fn join<'w>(way: &[Seg<'w>], more: &[Seg<'w>]) -> Way<'w> {
    way.iter().chain(more).copied().collect()
}

impl Check<'_> {
    fn wrong(&mut self, way: &[Seg<'_>], zh: impl Into<String>, en: impl Into<String>) {
        if self.errors.len() < self.most_errors {
            self.errors.push(self.source.error(way, Label::new(zh, en)));
        }
    }

    /// A name that does not exist, with what may have been meant.
    fn unknown<'k>(
        &mut self,
        way: &[Seg<'_>],
        (zh, en): (String, String),
        name: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let instead = mistake::instead(name, known);
        self.wrong(way, zh + &instead.0, en + &instead.1);
    }

    fn id(&mut self, way: &[Seg<'_>], id: &str) {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if id.is_empty() || id.len() > 64 || !id.chars().all(allowed) {
            self.wrong(
                way,
                format!("编号“{id}”只能用小写字母、数字和 . _ -，最多64个字符"),
                format!("the id `{id}` may use a-z, 0-9 and . _ - only, at most 64 characters"),
            );
        }
    }

    /// Ids within one list; says where the second one is.
    fn unique<'w>(&mut self, ids: impl Iterator<Item = (&'w str, Way<'w>)>) {
        let mut seen = BTreeSet::new();
        for (id, way) in ids {
            self.id(&way, id);
            if !seen.insert(id) {
                self.wrong(&way, format!("编号“{id}”重复"), format!("the id `{id}` is used twice"));
            }
        }
    }

    fn label(&mut self, way: &[Seg<'_>], label: &Label) {
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        if label.en.trim().is_empty() {
            self.wrong(&join(way, &[Key("en")]), "缺少英文文字", "the English text is empty");
        }
        if !label.zh.chars().any(chinese) {
            self.wrong(&join(way, &[Key("zh")]), "缺少中文文字", "the Chinese text is missing");
        }
    }

    fn guidance(&mut self, way: &[Seg<'_>], guidance: Option<&Label>) {
        if let Some(guidance) = guidance {
            self.label(&join(way, &[Key("guidance")]), guidance);
        }
    }

    fn head(&mut self, id: &str, title: &Label) {
        self.id(&[Key("id")], id);
        self.label(&[Key("title")], title);
    }

    fn role_ids(&mut self, way: &[Seg<'_>], roles: &[RoleId]) {
        for (index, role) in roles.iter().enumerate() {
            if self.set.roles().get(role).is_none() {
                let known = self.set.roles().roles.iter().map(|role| role.id.as_str());
                let words = (format!("没有“{role}”这个岗位"), format!("there is no role `{role}`"));
                self.unknown(&join(way, &[At(index)]), words, role.as_str(), known);
            }
        }
    }

    /// Whoever does something must be somebody.
    fn somebody(&mut self, way: &[Seg<'_>], roles: &[RoleId]) {
        if roles.is_empty() {
            self.wrong(way, "没有岗位可以办理", "no role may do this");
        }
        self.role_ids(way, roles);
    }

    fn offers(&mut self, way: &[Seg<'_>], offers: &[String]) {
        for (index, offer) in offers.iter().enumerate() {
            if self.set.workflow(offer).is_none() {
                let known = self.set.workflows().map(|workflow| workflow.id.as_str());
                let words = (format!("没有“{offer}”这个流程"), format!("there is no workflow `{offer}`"));
                self.unknown(&join(way, &[At(index)]), words, offer, known);
            }
        }
    }

    fn condition(&mut self, way: &[Seg<'_>], condition: &Condition, names: &Names) {
        // What passed before costs nothing, but whether a set is accepted must not depend on what was judged before.
        let left = self.trials.checked_sub(trial::cost(condition, names));
        *self.trials = left.unwrap_or(0);
        if left.is_none() {
            self.wrong(
                way,
                "这套规程的条件太多太长，无法逐一试算；请删减或缩短",
                "the conditions of the set are too many and too long to be tried; shorten them or take some out",
            );
            return;
        }
        for finding in trial::run(condition, names) {
            self.wrong(way, finding.zh, finding.en);
        }
    }

    // Forms

    fn form(&mut self, form: &Form) {
        self.head(&form.id, &form.title);
        self.guidance(&[], form.guidance.as_ref());
        self.role_ids(&[Key("roles")], &form.roles);
        self.role_ids(&[Key("read_by")], &form.read_by);
        if form.record != Kind::Entry && !form.read_by.is_empty() {
            self.wrong(
                &[Key("read_by")],
                "read_by 只用于登记表；房屋、住户、沟通记录由岗位文件决定谁能看",
                "read_by is for rows of registers; who reads homes, residents and contacts is said by the roles",
            );
        }
        let names = Names::new().answers("form", &form.fields);
        self.proposals(form, &names);
        self.fields(&[Key("field")], &form.fields, &names, false);
        if matches!(form.record, Kind::Case | Kind::Round) {
            self.wrong(
                &[Key("record")],
                "工单和巡视的内容由流程和清单决定，不能用表单填写",
                "cases and rounds are filled by workflows and checklists, not by forms",
            );
        } else if form.record != Kind::Entry {
            for (index, field) in form.fields.iter().enumerate() {
                self.table_field(form.record, &[Key("field"), At(index)], field);
            }
        }
        if form.answers_due == Some(DueAnswer::Snooze) {
            let until = form.fields.iter().find(|field| field.id == "until");
            if until.is_none_or(|field| field.answer != AnswerType::Date || !field.required) {
                self.wrong(
                    &[Key("answers_due")],
                    "延后待办的表单必须有必填的日期“until”",
                    "a form that puts something off needs the required date `until`",
                );
            }
        }
    }

    /// What a form proposes must be a value of a field of what it is about.
    fn proposals(&mut self, form: &Form, names: &Names) {
        let kind = form.subject.and_then(SubjectKind::record);
        for (index, proposal) in form.proposals.iter().enumerate() {
            let at = |key| vec![Key("proposal"), At(index), Key(key)];
            if let Some(label) = &proposal.label {
                self.label(&at("label"), label);
            }
            if let Some(when) = &proposal.when {
                self.condition(&at("when"), when, names);
            }
            let path = &proposal.path;
            let Some(kind) = kind else {
                self.wrong(
                    &at("path"),
                    "表单没有写明登记的是哪类档案（subject），无法建议取值",
                    "the form does not say what record it is about (subject), so it cannot propose a value",
                );
                continue;
            };
            let Some(spec) = fields::spec(kind, path) else {
                self.wrong(
                    &at("path"),
                    format!("“{}”档案没有“{path}”这一项", kind.name()),
                    format!("a {} has no field `{path}`", kind.name()),
                );
                continue;
            };
            if proposal.label.is_none() && !matches!(spec.ty, Type::Choice(_)) {
                self.wrong(
                    &at("path"),
                    format!("请用 label 写明建议“{path}”填什么"),
                    format!("say by `label` what is proposed for `{path}`"),
                );
            }
            if fields::check(kind, path, &proposal.value).is_err() {
                self.wrong(
                    &at("value"),
                    format!("“{path}”不能取这个值"),
                    format!("this is not a value of `{path}`"),
                );
            }
        }
    }

    /// A question over a record's own field must fit the field table.
    fn table_field(&mut self, kind: Kind, way: &[Seg<'_>], field: &FormField) {
        let way = join(way, &[Key("id")]);
        let Some(spec) = fields::spec(kind, &field.id) else {
            self.wrong(
                &way,
                format!("“{}”档案没有“{}”这一项", kind.name(), field.id),
                format!("a {} has no field `{}`", kind.name(), field.id),
            );
            return;
        };
        let fits = match spec.ty {
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
            Type::Record => {
                matches!(field.answer, AnswerType::Person | AnswerType::Premises | AnswerType::Case)
            }
            Type::Place => field.answer == AnswerType::Place,
            Type::Staff => field.answer == AnswerType::Staff,
            Type::Member | Type::Event | Type::Note | Type::Any => false,
        };
        if !fits {
            self.wrong(
                &way,
                format!("“{}”的类型或选项与档案不符", field.id),
                format!("the type or options of `{}` do not fit the record's field", field.id),
            );
        }
    }

    fn fields(&mut self, way: &[Seg<'_>], all: &[FormField], names: &Names, checklist: bool) {
        self.unique(
            all.iter()
                .enumerate()
                .map(|(index, field)| (field.id.as_str(), join(way, &[At(index), Key("id")]))),
        );
        for (index, field) in all.iter().enumerate() {
            self.field(&join(way, &[At(index)]), field, names, checklist);
        }
    }

    fn field(&mut self, way: &[Seg<'_>], field: &FormField, names: &Names, checklist: bool) {
        let at = |key| join(way, &[Key(key)]);
        if field.label == Label::default() {
            self.wrong(way, "缺少“label”", "`label` is missing");
        } else {
            self.label(&at("label"), &field.label);
        }
        for (key, label) in [("help", &field.help), ("invalid", &field.invalid)] {
            if let Some(label) = label {
                self.label(&at(key), label);
            }
        }
        if ["state", "rounds"].contains(&field.id.as_str()) && names.has_case() {
            self.wrong(
                &at("id"),
                format!("“{}”是系统保留的名称", field.id),
                format!("`{}` is a name the workflow itself uses", field.id),
            );
        }
        for (key, condition) in [
            ("required_when", &field.required_when),
            ("shown_when", &field.shown_when),
            ("fails_when", &field.fails_when),
        ] {
            if let Some(condition) = condition {
                self.condition(&at(key), condition, names);
            }
        }
        if !checklist {
            for (key, used) in
                [("fails_when", field.fails_when.is_some()), ("photo", field.photo != PhotoRule::Never)]
            {
                if used {
                    self.wrong(&at(key), "只有检查清单可以用这一项", "only a checklist may use this");
                }
            }
        }
        self.must(&at("must"), field, checklist);
        self.options(way, field);
        self.bounds(way, field);
        self.role_ids(&at("entered_by"), &field.entered_by);
        if field.answer == AnswerType::Money {
            for (index, role) in field.entered_by.iter().enumerate() {
                if self.set.roles().get(role).is_some_and(|role| !role.money) {
                    self.wrong(
                        &join(&at("entered_by"), &[At(index)]),
                        format!("岗位“{role}”不能填写金额"),
                        format!("the role `{role}` may not enter money"),
                    );
                }
            }
            if field.required && field.entered_by.is_empty() {
                self.wrong(
                    &at("required"),
                    "金额只能由 entered_by 列出的岗位填写，没有岗位时不能必填",
                    "money is entered by the roles of entered_by only; without any it cannot be required",
                );
            }
        }
    }

    fn must(&mut self, way: &[Seg<'_>], field: &FormField, checklist: bool) {
        if field.must && field.answer != AnswerType::Flag {
            self.wrong(way, "只有是否题可以要求必须为“是”", "only a flag can be asked to be yes");
        } else if field.must && checklist {
            self.wrong(
                way,
                "清单里的“否”是发现的问题，要记下来：请用 fails_when",
                "in a checklist a no is a finding to be recorded: use fails_when",
            );
        }
    }

    fn options(&mut self, way: &[Seg<'_>], field: &FormField) {
        let at = |key| join(way, &[Key(key)]);
        let chooses = matches!(field.answer, AnswerType::Choice | AnswerType::MultiChoice);
        if let Some(from) = &field.options_from
            && self.set.terms().choices(from).is_none()
        {
            let zh = format!("用语文件里没有“{from}”这组选项");
            let words = (zh, format!("the terms have no list of choices `{from}`"));
            let known = self.set.terms().choices.keys().map(String::as_str);
            self.unknown(&at("options_from"), words, from, known);
        } else if chooses && field.options.is_empty() {
            self.wrong(&at("type"), "选择题没有选项", "a choice without options");
        } else if !chooses && !field.options.is_empty() {
            self.wrong(&at("type"), "只有选择题可以有选项", "only a choice may have options");
        }
        if field.options_from.is_none() {
            let mut seen = BTreeSet::new();
            for (index, option) in field.options.iter().enumerate() {
                let here = join(&at("options"), &[At(index)]);
                self.label(&join(&here, &[Key("label")]), &option.label);
                self.id(&here, &option.id);
                if !seen.insert(&option.id) {
                    let id = &option.id;
                    self.wrong(&here, format!("选项“{id}”重复"), format!("the option `{id}` is given twice"));
                }
            }
        }
    }

    fn bounds(&mut self, way: &[Seg<'_>], field: &FormField) {
        let at = |key| join(way, &[Key(key)]);
        let number = matches!(field.answer, AnswerType::Number | AnswerType::Money);
        let counted = number || field.answer == AnswerType::Score;
        match &field.unit {
            Some(unit) if !number => {
                let zh = format!("只有数字和金额可以有单位（{unit}）");
                self.wrong(&at("unit"), zh, format!("only numbers and money have a unit ({unit})"));
            }
            Some(unit) if !self.set.terms().units.contains_key(unit) => {
                let words =
                    (format!("用语文件里没有单位“{unit}”"), format!("the terms have no unit `{unit}`"));
                self.unknown(&at("unit"), words, unit, self.set.terms().units.keys().map(String::as_str));
            }
            None if number => self.wrong(&at("type"), "数字必须写明单位", "a number needs its unit"),
            _ => {}
        }
        if !counted && (field.min.is_some() || field.max.is_some()) {
            self.wrong(&at("type"), "只有数字可以有上下限", "only numbers have bounds");
        }
        if let (Some(min), Some(max)) = (field.min, field.max)
            && min > max
        {
            self.wrong(&at("min"), "下限大于上限", "the lower bound is above the upper bound");
        }
        if field.max_length.is_some() && field.answer != AnswerType::Text {
            self.wrong(&at("max_length"), "只有文字可以限制字数", "only a text has a length");
        }
        let photographed = field.answer.is_photo() || field.photo != PhotoRule::Never;
        if field.at_least.is_some() && !photographed {
            self.wrong(&at("at_least"), "只有照片可以要求张数", "only photos are counted");
        }
    }

    // Workflows

    fn workflow(&mut self, workflow: &Workflow) {
        self.head(&workflow.id, &workflow.title);
        self.guidance(&[], workflow.guidance.as_ref());
        self.somebody(&[Key("settled_by")], &workflow.settled_by);
        self.role_ids(&[Key("read_by")], &workflow.read_by);
        self.readers(workflow);
        self.unique(
            workflow
                .states
                .iter()
                .enumerate()
                .map(|(index, state)| (state.id.as_str(), vec![Key("state"), At(index), Key("id")])),
        );
        self.unique(
            workflow
                .steps
                .iter()
                .enumerate()
                .map(|(index, step)| (step.id.as_str(), vec![Key("step"), At(index), Key("id")])),
        );
        for (index, state) in workflow.states.iter().enumerate() {
            self.label(&[Key("state"), At(index), Key("label")], &state.label);
        }
        self.shared_questions(workflow);
        for (index, step) in workflow.steps.iter().enumerate() {
            self.step(workflow, &[Key("step"), At(index)], step);
        }
        self.reopen(workflow);
        self.paths(workflow);
        self.deadlines(workflow);
    }

    /// Whoever handles a case must be able to read it; whoever only opens it need not.
    fn readers(&mut self, workflow: &Workflow) {
        if workflow.read_by.is_empty() {
            return;
        }
        let steps = workflow.steps.iter().enumerate().filter(|(_, step)| !step.opens);
        let steps = steps.map(|(index, step)| (vec![Key("step"), At(index), Key("roles")], &step.roles));
        let settling = std::iter::once((vec![Key("settled_by")], &workflow.settled_by));
        let reopening =
            workflow.reopen.iter().map(|reopen| (vec![Key("reopen"), Key("roles")], &reopen.roles));
        for (way, roles) in steps.chain(settling).chain(reopening) {
            for role in roles.iter().filter(|role| !workflow.read_by.contains(role)) {
                self.wrong(
                    &way,
                    format!("“{role}”不在 read_by 里，看不到这类工单，办不了"),
                    format!("`{role}` is not in read_by: whoever handles a case must be able to read it"),
                );
            }
        }
    }

    fn state_known(&mut self, workflow: &Workflow, way: &[Seg<'_>], id: &str) {
        if workflow.state(id).is_none() {
            let words = (format!("没有“{id}”这个状态"), format!("there is no state `{id}`"));
            self.unknown(way, words, id, workflow.states.iter().map(|state| state.id.as_str()));
        }
    }

    fn step(&mut self, workflow: &Workflow, way: &[Seg<'_>], step: &Step) {
        let at = |key| join(way, &[Key(key)]);
        self.label(&at("label"), &step.label);
        self.somebody(&at("roles"), &step.roles);
        self.guidance(way, step.guidance.as_ref());
        self.offers(&at("offers"), &step.offers);
        self.needs(workflow, &at("needs"), step);
        if let Some(to) = &step.to {
            self.state_known(workflow, &at("to"), to);
        }
        for (index, from) in step.from.iter().enumerate() {
            self.state_known(workflow, &join(&at("from"), &[At(index)]), from);
            let ended = workflow.state(from).is_some_and(|state| state.end);
            if ended && step.to.is_some() {
                self.wrong(
                    &join(&at("from"), &[At(index)]),
                    format!("“{from}”已是结束状态，只能用 reopen 重新打开"),
                    format!("the state `{from}` is an end; a case leaves it by reopen only"),
                );
            }
        }
        match (step.opens, step.from.is_empty(), step.to.is_some()) {
            (true, true, true) | (false, false, _) => {}
            (true, _, false) => {
                self.wrong(&at("opens"), "开单步骤要写明进入的状态（to）", "an opening step needs `to`")
            }
            (true, false, _) => {
                self.wrong(&at("from"), "开单步骤不能有 from", "an opening step has no `from`")
            }
            (false, true, _) => {
                self.wrong(
                    &at("id"),
                    "没有写明在哪些状态可以办理（from）",
                    "the step says in no state it is possible",
                );
            }
        }
        let case = Names::new().answers_of("case", workflow.fields()).text("case", "state").scalar("rounds");
        if let Some(when) = &step.when {
            self.condition(&at("when"), when, &case);
        }
        if let Some(when_not) = &step.when_not {
            self.label(&at("when_not"), when_not);
            if step.when.is_none() {
                self.wrong(
                    &at("when_not"),
                    "没有写 when，when_not 永远不会用到",
                    "without `when` nobody ever reads `when_not`",
                );
            }
        }
        let names = case.answers("form", &step.fields);
        self.fields(&at("field"), &step.fields, &names, false);
    }

    fn needs(&mut self, workflow: &Workflow, way: &[Seg<'_>], step: &Step) {
        if step.needs.is_empty() {
            return;
        }
        if step.opens {
            self.wrong(
                way,
                "开单步骤之前没有别的步骤",
                "nothing can be made before a step that opens a case",
            );
        }
        self.steps_known(workflow, way, &step.needs);
        let known = step.needs.iter().all(|id| workflow.step(id).is_some());
        if known && !step.opens && !makeable(workflow).contains(step.id.as_str()) {
            self.wrong(
                way,
                format!("步骤“{}”永远办不了：它所需的步骤互相等待，或走不到", step.id),
                format!(
                    "`{}` can never be made: what it needs waits for itself, or cannot be reached",
                    step.id
                ),
            );
        }
    }

    /// One name means one question, whichever step asks it.
    fn shared_questions(&mut self, workflow: &Workflow) {
        let mut first: BTreeMap<&str, &FormField> = BTreeMap::new();
        for (index, step) in workflow.steps.iter().enumerate() {
            for (number, field) in step.fields.iter().enumerate() {
                let known = first.entry(&field.id).or_insert(field);
                if known.answer != field.answer || known.unit != field.unit || known.options != field.options
                {
                    self.wrong(
                        &[Key("step"), At(index), Key("field"), At(number), Key("id")],
                        format!("“{}”在另一步骤里类型、单位或选项不同", field.id),
                        format!("`{}` has another type, unit or options in an earlier step", field.id),
                    );
                }
            }
        }
    }

    fn reopen(&mut self, workflow: &Workflow) {
        let Some(reopen) = &workflow.reopen else { return };
        self.somebody(&[Key("reopen"), Key("roles")], &reopen.roles);
        match workflow.state(&reopen.to) {
            None => self.state_known(workflow, &[Key("reopen"), Key("to")], &reopen.to),
            Some(state) if state.end => {
                self.wrong(
                    &[Key("reopen"), Key("to")],
                    "重新打开后不能进入结束状态",
                    "reopening cannot lead to an end",
                );
            }
            Some(_) => {}
        }
    }

    /// Every state can be reached, and from every state a case can come to an end.
    fn paths(&mut self, workflow: &Workflow) {
        if !workflow.steps.iter().any(|step| step.opens) {
            self.wrong(&[Key("step")], "没有开单步骤（opens = true）", "no step opens a case (opens = true)");
        }
        if !workflow.states.iter().any(|state| state.end) {
            self.wrong(&[Key("state")], "没有结束状态（end = true）", "no state ends a case (end = true)");
        }
        let moves: Vec<(Option<&str>, &str)> = workflow
            .steps
            .iter()
            .filter_map(|step| Some((step, step.to.as_deref()?)))
            .flat_map(|(step, to)| {
                let opening = step.opens.then_some((None, to));
                step.from.iter().map(move |from| (Some(from.as_str()), to)).chain(opening)
            })
            .collect();
        let reached =
            closure(moves.iter().filter(|(from, _)| from.is_none()).map(|(_, to)| *to).collect(), |state| {
                moves.iter().filter(|(from, _)| *from == Some(state)).map(|(_, to)| *to).collect()
            });
        let ending = closure(
            workflow.states.iter().filter(|state| state.end).map(|state| state.id.as_str()).collect(),
            |state| moves.iter().filter(|(_, to)| *to == state).filter_map(|(from, _)| *from).collect(),
        );
        for (index, state) in workflow.states.iter().enumerate() {
            let way = [Key("state"), At(index), Key("id")];
            let id = &state.id;
            if !reached.contains(id.as_str()) {
                self.wrong(
                    &way,
                    format!("没有步骤能进入状态“{id}”"),
                    format!("no step leads to the state `{id}`"),
                );
            } else if !ending.contains(id.as_str()) {
                self.wrong(
                    &way,
                    format!("状态“{id}”走不到任何结束状态"),
                    format!("from the state `{id}` no end can be reached"),
                );
            }
        }
    }

    fn deadlines(&mut self, workflow: &Workflow) {
        self.unique(
            workflow
                .deadlines
                .iter()
                .enumerate()
                .map(|(index, deadline)| (deadline.id.as_str(), vec![Key("deadline"), At(index), Key("id")])),
        );
        let names = Names::new().answers_of("case", workflow.fields()).text("case", "state").scalar("rounds");
        for (index, deadline) in workflow.deadlines.iter().enumerate() {
            let at = |key| vec![Key("deadline"), At(index), Key(key)];
            self.label(&at("label"), &deadline.label);
            for (key, steps) in [("from", &deadline.from), ("until", &deadline.until)] {
                self.steps_known(workflow, &at(key), steps);
            }
            self.span(&at("within"), Some(deadline.within));
            if let Some(when) = &deadline.when {
                self.condition(&at("when"), when, &names);
            }
        }
    }

    fn steps_known(&mut self, workflow: &Workflow, way: &[Seg<'_>], steps: &[String]) {
        if steps.is_empty() {
            self.wrong(way, "至少写一个步骤", "at least one step is needed");
        }
        for (index, step) in steps.iter().enumerate() {
            if workflow.step(step).is_none() {
                let words = (format!("没有“{step}”这个步骤"), format!("there is no step `{step}`"));
                let known = workflow.steps.iter().map(|step| step.id.as_str());
                self.unknown(&join(way, &[At(index)]), words, step, known);
            }
        }
    }

    // Checklists

    fn checklist(&mut self, list: &Checklist) {
        self.head(&list.id, &list.title);
        self.guidance(&[], list.guidance.as_ref());
        self.somebody(&[Key("roles")], &list.roles);
        self.offers(&[Key("offers")], &list.offers);
        let points = list.points.iter().enumerate();
        let ids = points.clone().flat_map(|(index, point)| {
            let own = (point.id.as_str(), vec![Key("point"), At(index), Key("id")]);
            let items = point.items.iter().enumerate().map(move |(number, item)| {
                (item.id.as_str(), vec![Key("point"), At(index), Key("item"), At(number), Key("id")])
            });
            std::iter::once(own).chain(items)
        });
        self.unique(ids);
        if list.points.is_empty() {
            self.wrong(&[Key("point")], "清单没有点位", "the checklist has no point");
        }
        let names = Names::new().answers_of("form", list.items());
        for (index, point) in points {
            let at = |key| vec![Key("point"), At(index), Key(key)];
            self.label(&at("label"), &point.label);
            self.guidance(&[Key("point"), At(index)], point.guidance.as_ref());
            for (number, item) in point.items.iter().enumerate() {
                self.field(&join(&at("item"), &[At(number)]), item, &names, true);
            }
            if let Some(window) = &point.window {
                // From the evening into the morning is a part of a night; more than that is two times mixed up.
                let over_midnight = |from: u16, to: u16| to > 24 * 60 && to - from > 12 * 60;
                if !window
                    .minutes()
                    .is_some_and(|(from, to)| to != from + 24 * 60 && !over_midnight(from, to))
                {
                    self.wrong(
                        &at("window"),
                        "时段应写成 08:30，且开始早于结束；跨零点的时段（如 23:00 到 01:00）最长12小时",
                        "a part of the day is written 08:30 and begins before it ends; one over midnight (23:00 to 01:00) lasts 12 hours at most",
                    );
                }
            }
        }
    }

    // Rules

    fn rules(&mut self, rules: &Rules, known: &mut BTreeMap<String, String>) {
        self.head(&rules.id, &rules.title);
        for (index, rule) in rules.rules.iter().enumerate() {
            let way = [Key("rule"), At(index)];
            let at = join(&way, &[Key("id")]);
            self.id(&at, &rule.id);
            if let Some(file) = known.insert(rule.id.clone(), rules.id.clone()) {
                self.wrong(
                    &at,
                    format!("规则“{}”已在“{file}”中", rule.id),
                    format!("the rule `{}` is already in `{file}`", rule.id),
                );
            }
            self.rule(&way, rule);
        }
    }

    fn rule(&mut self, way: &[Seg<'_>], rule: &DueRule) {
        let at = |keys: &[&'static str]| -> Way<'_> {
            way.iter().copied().chain(keys.iter().map(|key| Key(key))).collect()
        };
        self.label(&at(&["title"]), &rule.title);
        self.label(&at(&["why"]), &rule.why);
        self.guidance(way, rule.guidance.as_ref());
        self.somebody(&at(&["roles"]), &rule.roles);
        let kind = rule.subject.kind.record();
        self.filters(&at(&["subject", "where"]), kind, &rule.subject.filters, true);
        self.filters(&at(&["subject", "unless"]), kind, &rule.subject.unless, false);
        if let Some(condition) = &rule.subject.condition {
            let names = Names::new().record(kind).scalar("today");
            self.condition(&at(&["subject", "condition"]), condition, &names);
        }
        self.at_once(&at(&["at_once"]), rule);
        let mut words: BTreeSet<&str> = BTreeSet::from(["date", "due"]);
        let periodic = matches!(rule.when, Trigger::Every(_));
        if rule.due.within.is_none() && !periodic {
            self.wrong(&at(&["due"]), "没有写明期限（within）", "the rule does not say how long (within)");
        }
        self.shown_before(&at(&["due", "shown_days_before"]), rule);
        let mut case_steps: Vec<&Workflow> = Vec::new();
        self.span(&at(&["due", "within"]), rule.due.within);
        self.why_length(&at(&["why"]), &rule.why);
        match &rule.when {
            Trigger::Every(every) => self.left_out(&at(&["when", "every", "schedule"]), every),
            Trigger::AfterStep(after) => {
                let here = at(&["when", "after_step"]);
                let mut fields: Vec<&FormField> = Vec::new();
                for (index, id) in after.workflows.iter().enumerate() {
                    let Some(workflow) = self.set.workflow(id) else {
                        let words = (format!("没有“{id}”这个流程"), format!("there is no workflow `{id}`"));
                        let known = self.set.workflows().map(|workflow| workflow.id.as_str());
                        self.unknown(&join(&here, &[Key("workflows"), At(index)]), words, id, known);
                        continue;
                    };
                    case_steps.push(workflow);
                    fields.extend(workflow.fields());
                    self.steps_known(workflow, &join(&here, &[Key("steps")]), &after.steps);
                }
                words.extend(fields.iter().map(|field| field.id.as_str()).chain(["case"]));
                if let Some(condition) = &after.condition {
                    let names = Names::new().answers_of("case", fields.iter().copied()).scalar("today");
                    self.condition(&join(&here, &[Key("condition")]), condition, &names);
                }
                if let Some(id) = &after.from_answer {
                    let asked = fields.iter().find(|field| field.id == *id);
                    if !asked
                        .is_some_and(|field| matches!(field.answer, AnswerType::Date | AnswerType::Moment))
                    {
                        self.wrong(
                            &join(&here, &[Key("from_answer")]),
                            format!("流程里没有日期问题“{id}”"),
                            format!("the workflow asks no date `{id}`"),
                        );
                    }
                }
                if let Some(then) = &after.then_entry {
                    self.register_date(&join(&here, &[Key("then_entry")]), &then.form, &then.date);
                }
            }
            Trigger::AfterDate(after) => {
                let date =
                    kind.and_then(|kind| fields::specs(kind).iter().find(|spec| spec.path == after.field));
                if !date.is_some_and(|spec| matches!(spec.ty, Type::Date | Type::PartialDate | Type::Moment))
                {
                    self.wrong(
                        &at(&["when", "after_date", "field"]),
                        format!("“{}”不是档案里的日期", after.field),
                        format!("`{}` is not a date of the record", after.field),
                    );
                }
            }
            Trigger::AfterEntry(after) => {
                self.after_entry(&at(&["when", "after_entry"]), rule, after);
            }
            Trigger::Together(together) => {
                self.together(&at(&["when", "together"]), rule.subject.kind, together);
                words.extend(["case", "count"]);
                words.extend(together.same.as_deref());
            }
        }
        for name in rule.why.placeholders() {
            if !words.contains(name) {
                self.wrong(
                    &at(&["why"]),
                    format!("说明里的“{{{name}}}”无处取值，请检查拼写：花括号里写步骤中问题的编号"),
                    format!("nothing fills `{{{name}}}` in the reason; check its spelling"),
                );
            }
        }
        self.done(way, rule, &case_steps);
    }

    /// Months the schedule does not reach, because they do not have its day.
    fn left_out(&mut self, way: &[Seg<'_>], every: &Every) {
        let gaps = every.schedule.gaps(every.start);
        if gaps.never {
            self.wrong(way, "这个周期里没有任何一天，请检查月份和日期", "no day ever fits this schedule");
            return;
        }
        if gaps.is_empty() {
            return;
        }
        let list = |months: &BTreeSet<u32>, joint: &str, end: &str| {
            months.iter().map(|month| format!("{month}{end}")).collect::<Vec<_>>().join(joint)
        };
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        if !gaps.always.is_empty() {
            zh.push(format!("{}没有这一天，这些月份不会产生待办", list(&gaps.always, "、", "月")));
            en.push(format!(
                "nothing is due in months {}: they do not have the day",
                list(&gaps.always, ", ", "")
            ));
        }
        if gaps.weekday && !gaps.at_times.is_empty() {
            zh.push("不是每个月都有这一天，没有的月份不会产生待办".to_owned());
            en.push(
                "nothing is due in months that do not have the day, and not every month has it".to_owned(),
            );
        } else if !gaps.at_times.is_empty() {
            let years = gaps.years.iter().map(ToString::to_string);
            zh.push(format!(
                "{}只在部分年份有这一天（{}……）",
                list(&gaps.at_times, "、", "月"),
                years.clone().collect::<Vec<_>>().join("、")
            ));
            en.push(format!(
                "months {} have the day in some years only ({} …)",
                list(&gaps.at_times, ", ", ""),
                years.collect::<Vec<_>>().join(", ")
            ));
        }
        let (last_zh, last_en) = if gaps.weekday {
            ("若指最后一个，请写负数，如 BYDAY=-1MO", "for the last one write it with a minus, BYDAY=-1MO")
        } else {
            ("若指月末，请写 BYMONTHDAY=-1", "for the last day of the month write BYMONTHDAY=-1")
        };
        let reason =
            Label::new(format!("{}；{last_zh}", zh.join("；")), format!("{}; {last_en}", en.join("; ")));
        self.notes.push(self.source.error(way, reason));
    }

    /// A time nobody waits for is a slip, and days are counted one by one.
    fn span(&mut self, way: &[Seg<'_>], span: Option<Span>) {
        if span.is_some_and(|span| span.days_at_most() > Span::MOST_DAYS) {
            self.wrong(
                way,
                "期限过长（上限约100年）",
                "the time allowed is too long (about 100 years at most)",
            );
        }
    }

    /// A reason is a line of a list; its placeholders are filled with answers of any length.
    fn why_length(&mut self, way: &[Seg<'_>], why: &Label) {
        if [&why.zh, &why.en].iter().any(|text| text.chars().count() > Label::MOST_TEMPLATE) {
            self.wrong(
                way,
                format!("说明过长（上限{}字）", Label::MOST_TEMPLATE),
                format!("the reason is too long (at most {} characters)", Label::MOST_TEMPLATE),
            );
        }
    }

    /// Only what the calendar or dates bring about for records comes in such numbers that some are shown first.
    fn at_once(&mut self, way: &[Seg<'_>], rule: &DueRule) {
        let Some(at_once) = rule.at_once else { return };
        if at_once == 0 {
            self.wrong(way, "at_once 至少为 1", "`at_once` is one at least");
        }
        let many = matches!(rule.when, Trigger::Every(_) | Trigger::AfterDate(_));
        if !many || rule.subject.kind.record().is_none() {
            self.wrong(
                way,
                "at_once 只用于按周期或按日期、针对房屋、住户等档案的规则",
                "`at_once` is for rules by periods or dates about homes, people and other records",
            );
        }
    }

    /// What happened today cannot have been shown before: only a date known beforehand has days before it.
    fn shown_before(&mut self, way: &[Seg<'_>], rule: &DueRule) {
        let (Some(days), Some(within)) = (rule.due.shown_days_before, rule.due.within) else { return };
        let foreseen = match &rule.when {
            Trigger::Every(_) | Trigger::AfterDate(_) | Trigger::AfterEntry(_) => true,
            Trigger::AfterStep(after) => after.from_answer.is_some(),
            Trigger::Together(_) => false,
        };
        let most = match within {
            Span::Minutes(_) | Span::Hours(_) => 0,
            Span::Days(days) => days,
            // Two working days lie at most so far apart as the longest holidays with their weekends.
            Span::WorkingDays(days) => days.saturating_mul(10),
            Span::Months(months) => months.saturating_mul(31),
            Span::Years(years) => years.saturating_mul(366),
        };
        if !foreseen && days > most {
            self.wrong(
                way,
                "提前天数比期限还长，而事情发生之前没有日期可算",
                "more days before than the time allowed, and no date is known before it happens",
            );
        }
    }

    fn after_entry(&mut self, here: &[Seg<'_>], rule: &DueRule, after: &AfterEntry) {
        self.register_date(here, &after.form, &after.date);
        if let (Some(condition), Some(form)) = (&after.condition, self.set.form(&after.form)) {
            let names = Names::new().answers("form", &form.fields).scalar("today");
            self.condition(&join(here, &[Key("condition")]), condition, &names);
        }
        let subject = &rule.subject;
        let selects = !subject.filters.is_empty() || subject.kind.record().is_none();
        if after.each && !selects {
            self.wrong(
                &join(here, &[Key("each")]),
                "each = true 涉及片区内的每一个对象，必须用 where 选出是哪些",
                "`each` concerns every subject of the grid: say which by `where`",
            );
        }
        if after.each && subject.kind == SubjectKind::Entry {
            self.wrong(
                &join(here, &[Key("each")]),
                "针对登记行本身的规则不能用 each",
                "a rule about the row itself has no `each`",
            );
        }
    }

    fn together(&mut self, here: &[Seg<'_>], subject: SubjectKind, together: &Together) {
        let at = |key| join(here, &[Key(key)]);
        let mut fields: Vec<&FormField> = Vec::new();
        for (index, id) in together.workflows.iter().enumerate() {
            let Some(workflow) = self.set.workflow(id) else {
                self.wrong(
                    &join(&at("workflows"), &[At(index)]),
                    format!("没有“{id}”这个流程"),
                    format!("there is no workflow `{id}`"),
                );
                continue;
            };
            fields.extend(workflow.fields());
            self.steps_known(workflow, &at("steps"), &together.steps);
            let asked = |same: &String| {
                workflow.fields().any(|field| field.id == *same && field.answer.declared().is_some())
            };
            if let Some(same) = together.same.as_ref().filter(|same| !asked(same)) {
                self.wrong(
                    &at("same"),
                    format!("流程“{id}”没有可以比较的问题“{same}”"),
                    format!("the workflow `{id}` asks no question `{same}` that can be compared"),
                );
            }
        }
        if together.workflows.is_empty() {
            self.wrong(&at("workflows"), "至少写一个流程", "at least one workflow is needed");
        }
        if let Some(condition) = &together.condition {
            let names = Names::new().answers_of("case", fields.iter().copied()).scalar("today");
            self.condition(&at("condition"), condition, &names);
        }
        self.id(&at("link"), &together.link);
        let term = format!("link.{}", together.link);
        if !self.set.terms().terms.contains_key(&term) {
            self.wrong(&at("link"), format!("用语文件里没有“{term}”"), format!("the terms have no `{term}`"));
        }
        if together.at_least < 2 {
            self.wrong(&at("at_least"), "至少两件才算一起发生", "fewer than two are not together");
        }
        for (way, kind) in [(here.to_vec(), Some(subject)), (at("different"), together.different)] {
            if matches!(kind, Some(SubjectKind::Case | SubjectKind::Entry | SubjectKind::Contact)) {
                self.wrong(
                    &way,
                    "一起发生的工单只能按房屋、住户、地点、片区或小区归在一起",
                    "a group is made by a home, a resident, a place, a grid or the community",
                );
            }
        }
    }

    fn done(&mut self, way: &[Seg<'_>], rule: &DueRule, workflows: &[&Workflow]) {
        let at = |key| join(way, &[Key("done"), Key(key)]);
        let done = &rule.done;
        let begin = &done.begin;
        let known = match done.record {
            Kind::Case => self.set.workflow(begin).is_some(),
            Kind::Round => self.set.checklist(begin).is_some(),
            _ => self.set.form(begin).is_some_and(|form| form.record == done.record),
        };
        if !known {
            self.wrong(
                &at("begin"),
                format!("没有“{begin}”，或者它不产生“{}”这类记录，请检查拼写", done.record.name()),
                format!(
                    "nothing called `{begin}` makes a record of kind {}; check its spelling",
                    done.record.name()
                ),
            );
        }
        // A rule about cases goes on with the case it is about; any other opens one about what it is about.
        let opened = (done.record == Kind::Case).then(|| self.set.workflow(begin)).flatten();
        let kind = rule.subject.kind;
        let about = kind.record().is_some() && kind != SubjectKind::Case;
        if let Some(workflow) = opened.filter(|workflow| about && !workflow.subjects.contains(&kind)) {
            let (id, kind) = (&workflow.id, kind.name());
            self.wrong(
                &at("begin"),
                format!("流程“{id}”不能用于“{kind}”：它的 subjects 里没有这一类"),
                format!("a case of `{id}` cannot be about a {kind}: its subjects do not list it"),
            );
        }
        self.filters(&at("where"), Some(done.record), &done.filters, true);
        if !done.filters.is_empty() && !done.any {
            self.wrong(&at("where"), "只有 any = true 时才能写 where", "`where` needs `any = true`");
        }
        if !done.steps.is_empty() && workflows.is_empty() {
            self.wrong(
                &at("steps"),
                "只有步骤触发的规则才能由步骤完成",
                "only a rule after a step is answered by steps",
            );
        }
        for workflow in workflows.iter().filter(|_| !done.steps.is_empty()) {
            self.steps_known(workflow, &at("steps"), &done.steps);
        }
    }

    fn register_date(&mut self, way: &[Seg<'_>], form: &str, date: &str) {
        let Some(known) = self.set.form(form) else {
            let words = (format!("没有“{form}”这张表单"), format!("there is no form `{form}`"));
            let known = self.set.forms().map(|form| form.id.as_str());
            self.unknown(&join(way, &[Key("form")]), words, form, known);
            return;
        };
        let field = known.fields.iter().find(|field| field.id == date);
        if known.record != Kind::Entry || field.is_none_or(|field| field.answer != AnswerType::Date) {
            self.wrong(
                &join(way, &[Key("date")]),
                format!("表单“{form}”没有日期“{date}”"),
                format!("the form `{form}` has no date `{date}`"),
            );
        }
    }

    fn filters(&mut self, way: &[Seg<'_>], kind: Option<Kind>, filters: &[Filter], valued: bool) {
        for (index, filter) in filters.iter().enumerate() {
            let here = join(way, &[At(index)]);
            let path = &filter.path;
            let Some(spec) = kind.and_then(|kind| fields::spec(kind, path)) else {
                let words = (format!("没有“{path}”这一项"), format!("there is no field `{path}`"));
                let known = kind.into_iter().flat_map(fields::specs).map(|spec| spec.path);
                self.unknown(&join(&here, &[Key("path")]), words, path, known);
                continue;
            };
            self.indexed(&join(&here, &[Key("path")]), spec);
            // A slip here is an item nobody can ever answer, or a figure that stays at nothing.
            let known = known_values(self.set, spec, kind);
            for value in filter.is.iter().filter_map(Value::as_text) {
                if !known.is_empty() && !known.contains(value) {
                    let zh = format!("“{path}”没有“{value}”这个取值");
                    let en = format!("`{value}` is not a value of `{path}`");
                    self.unknown(&join(&here, &[Key("is")]), (zh, en), value, known.iter().copied());
                }
            }
            if valued && filter.is.is_empty() {
                self.wrong(&join(&here, &[Key("is")]), "至少写一个取值", "at least one value is needed");
            }
        }
    }

    /// What no store indexes cannot be selected by.
    fn indexed(&mut self, way: &[Seg<'_>], spec: &FieldSpec) {
        if !spec.is_indexed() {
            let path = spec.path;
            self.wrong(
                way,
                format!("“{path}”没有索引，不能用来挑选或统计"),
                format!("`{path}` is not indexed: nothing can be selected or counted by it"),
            );
        }
    }

    // Libraries

    fn library(&mut self, library: &Library) {
        self.head(&library.id, &library.title);
        if library.articles.is_empty() {
            self.wrong(&[Key("article")], "案例库没有内容", "the library has no article");
        }
        let articles = || library.articles.iter().enumerate();
        self.unique(
            articles()
                .map(|(index, article)| (article.id.as_str(), vec![Key("article"), At(index), Key("id")])),
        );
        for (index, article) in articles() {
            let at = |key| [Key("article"), At(index), Key(key)];
            for (key, label) in [
                ("title", Some(&article.title)),
                ("situation", Some(&article.situation)),
                ("handling", Some(&article.handling)),
                ("basis", article.basis.as_ref()),
            ] {
                if let Some(label) = label {
                    self.label(&at(key), label);
                }
            }
        }
    }

    // Roles, terms, calendars

    fn roles(&mut self, roles: &Roles) {
        self.head(&roles.id, &roles.title);
        let mut seen = BTreeSet::new();
        for (index, role) in roles.roles.iter().enumerate() {
            self.label(&[Key("role"), At(index), Key("label")], &role.label);
            if !seen.insert(&role.id) {
                let id = &role.id;
                self.wrong(
                    &[Key("role"), At(index), Key("id")],
                    format!("岗位“{id}”重复"),
                    format!("the role `{id}` is given twice"),
                );
            }
            for (key, patterns) in [("read", &role.read), ("write", &role.write)] {
                for (number, pattern) in patterns.iter().enumerate() {
                    if !is_group(pattern) {
                        self.wrong(
                            &[Key("role"), At(index), Key(key), At(number)],
                            format!("没有“{pattern}”这一组信息"),
                            format!("there is no group of fields `{pattern}`"),
                        );
                    }
                }
            }
        }
    }

    fn terms(&mut self, terms: &TermsFile, known: &mut BTreeMap<(&'static str, String), String>) {
        self.head(&terms.id, &terms.title);
        // Two files that say the same thing differently would leave it to chance which of them is read.
        let all = terms.terms.keys().map(|id| ("term", id));
        let all = all.chain(terms.units.keys().map(|id| ("unit", id)));
        for (what, id) in all.chain(terms.choices.keys().map(|id| ("choices", id))) {
            let Some(other) = known.insert((what, id.clone()), self.source.name().to_owned()) else {
                continue;
            };
            let here = self.source.name();
            let zh = format!("“{what}.{id}”在两个用语文件里都有：{other} 和 {here}");
            let en = format!("`{what}.{id}` is defined by two files of terms: {other} and {here}");
            self.wrong(&[Key(what), Key(id)], zh, en);
        }
        for (key, term) in &terms.terms {
            let way = [Key("term"), Key(key)];
            self.label(&way, &Label::new(term.zh.clone(), term.en.clone()));
            if let Some(means) = &term.means {
                self.label(&join(&way, &[Key("means")]), means);
            }
        }
        for (list, choices) in &terms.choices {
            let way = [Key("choices"), Key(list)];
            self.unique(
                choices
                    .iter()
                    .enumerate()
                    .map(|(index, choice)| (choice.id.as_str(), join(&way, &[At(index)]))),
            );
            for (index, choice) in choices.iter().enumerate() {
                self.label(&join(&way, &[At(index), Key("label")]), &choice.label);
            }
        }
    }

    fn calendar(&mut self, file: &CalendarFile) {
        self.head(&file.id, &file.title);
        let plain = Calendar::plain(0);
        let mut years = BTreeSet::new();
        for (index, year) in file.years.iter().enumerate() {
            let at = |key| vec![Key("year"), At(index), Key(key)];
            if !years.insert(year.year) {
                let zh = format!("{}年重复", year.year);
                self.wrong(&at("year"), zh, format!("the year {} is given twice", year.year));
            }
            for (number, holiday) in year.holidays.iter().enumerate() {
                let here = join(&at("holiday"), &[At(number)]);
                self.label(&join(&here, &[Key("name")]), &holiday.name);
                if holiday.from > holiday.to
                    || holiday.from.year() != year.year
                    || holiday.to.year() != year.year
                {
                    self.wrong(
                        &here,
                        "假期的起止日期不对或不在这一年",
                        "the holiday ends before it begins, or lies outside its year",
                    );
                }
            }
            for (number, day) in year.make_up.iter().enumerate() {
                let off = year.holidays.iter().any(|holiday| holiday.from <= *day && *day <= holiday.to);
                if off || plain.is_working(*day) || day.year() != year.year {
                    self.wrong(
                        &join(&at("make_up"), &[At(number)]),
                        format!("{day}不是这一年可以调休上班的周末"),
                        format!("{day} is not a weekend day of this year outside the holidays"),
                    );
                }
            }
        }
    }
}

/// The steps that can be made at all: in a state that is reached, once everything they need was made.
fn makeable(workflow: &Workflow) -> BTreeSet<&str> {
    let mut made: BTreeSet<&str> = BTreeSet::new();
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = made.len();
        for step in &workflow.steps {
            let here = step.opens || step.from.iter().any(|from| reached.contains(from.as_str()));
            if here && step.needs.iter().all(|need| made.contains(need.as_str())) {
                made.insert(&step.id);
                reached.extend(step.to.as_deref());
            }
        }
        if made.len() == before {
            return made;
        }
    }
}

/// Everything reachable from `start`.
fn closure<'s>(start: BTreeSet<&'s str>, next: impl Fn(&str) -> Vec<&'s str>) -> BTreeSet<&'s str> {
    let mut seen = start.clone();
    let mut open: Vec<&str> = start.into_iter().collect();
    while let Some(state) = open.pop() {
        open.extend(next(state).into_iter().filter(|state| seen.insert(state)));
    }
    seen
}

/// Whether a pattern of rights names something: `*`, a kind, a kind's group.
fn is_group(pattern: &str) -> bool {
    let Some((kind, group)) = pattern.split_once('.') else {
        return pattern == "*" || Kind::from_name(pattern).is_some();
    };
    Kind::from_name(kind).is_some_and(|kind| {
        let specs = fields::specs(kind).iter().chain(fields::common());
        group == "*" || group == fields::group::UNKNOWN || specs.into_iter().any(|spec| spec.group == group)
    })
}

/// What a rule may be about, by name, for its trial.
impl Names {
    /// The fields of a record kind under `record`.
    fn record(self, kind: Option<Kind>) -> Self {
        let specs = kind.into_iter().flat_map(|kind| fields::specs(kind).iter().chain(fields::common()));
        specs.fold(self, |names, spec| match super::due::declared(spec.ty) {
            Some(declared) => {
                let options = match spec.ty {
                    Type::Choice(words) => words.iter().map(|word| word.code.to_owned()).collect(),
                    _ => Vec::new(),
                };
                names.known("record", spec.path, declared, options)
            }
            None => names,
        })
    }

    fn text(self, root: &str, name: &str) -> Self {
        self.known(root, name, Declared::Text, Vec::new())
    }

    fn answers(self, root: &str, fields: &[FormField]) -> Self {
        self.answers_of(root, fields.iter())
    }

    fn answers_of<'f>(self, root: &str, fields: impl Iterator<Item = &'f FormField>) -> Self {
        fields.fold(self, |names, field| match field.answer.declared() {
            Some(declared) => {
                let options = field.options.iter().map(|option| option.id.clone()).collect();
                names.known(root, &field.id, declared, options)
            }
            None => names,
        })
    }
}
