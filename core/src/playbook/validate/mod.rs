//! What must hold of a set before it is used: everything a phone could otherwise trip over.
//!
//! One walk per kind of file. A check reports a [`Diagnostic`] with its place in the file, so that its line can be
//! shown; the words for it are in [`super::diagnostics`].
//!
//! | what is checked | file |
//! |---|---|
//! | questions, forms | [`form`] |
//! | states, steps, deadlines | [`workflow`] |
//! | points and items | [`checklist`] |
//! | due rules | [`rule`] |
//! | sums | [`sum`] |
//! | metrics | [`metric`] |
//! | what is asked of other records | [`requirements`] |
//! | templates of slips | [`template`] |
//! | libraries, roles, terms, calendars | [`words`] |

mod checklist;
mod form;
mod metric;
mod requirements;
mod rule;
mod standstill;
mod sum;
mod template;
mod words;
mod workflow;

use std::collections::{BTreeMap, BTreeSet};

use super::condition::Condition;
use super::condition_check::{self, Names};
use super::diagnostics::{Diagnostic, PlaybookError, Suggestion};
use super::form::{AnswerType, Form};
use super::parse::{AnyPlaybook, ParsedFile};
use super::path::Path;
use super::terms::Meanings;
use super::workflow::{Span, Workflow};
use super::{Label, Pinned, Playbooks};
use crate::model::fields::{self, FieldSpec, Type};
use crate::model::{FormId, Kind, QuestionId, RoleId, StepId, Value, WorkflowId};
use crate::query::FieldFilter;

/// Most errors of one file that are named; finding the line of each means reading the file again.
const MOST_ERRORS: usize = 200;

/// What trying the conditions of a set may cost, in bytes of condition evaluated. The playbooks of this build take a
/// twentieth of it; evaluating it takes a phone some seconds.
const TRIALS: u64 = 40_000_000;

/// Appends everything wrong with the current files of the set, and what may not be meant. Older files were judged when
/// they were current.
pub(super) fn check(
    set: &Playbooks,
    files: &[ParsedFile],
    errors: &mut Vec<PlaybookError>,
    notes: &mut Vec<PlaybookError>,
) {
    let (mut rules, mut metrics, mut words) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut trials = TRIALS;
    for file in files.iter().filter(|file| file.current) {
        let most_errors = errors.len() + MOST_ERRORS;
        let mut check = Check { set, file, errors, most_errors, notes, trials: &mut trials };
        match &file.playbook {
            // The set's copy has its shared choices filled in.
            AnyPlaybook::Workflow(own) => check.workflow(set.workflow(&own.id).map_or(own, |filled| filled)),
            AnyPlaybook::Checklist(own) => {
                check.checklist(set.checklist(&own.id).map_or(own, |filled| filled));
            }
            AnyPlaybook::Form(own) => check.form(set.form(&own.id).map_or(own, |filled| filled)),
            AnyPlaybook::Rules(own) => check.rules(own, &mut rules),
            AnyPlaybook::Library(own) => check.library(own),
            AnyPlaybook::Metrics(own) => check.metrics(own, &mut metrics),
            AnyPlaybook::Paper(own) => check.paper(own),
            AnyPlaybook::Roles(own) => check.roles(own),
            AnyPlaybook::Terms(own) => check.terms(own, &mut words),
            AnyPlaybook::Calendar(own) => check.calendar(own),
        }
    }
    if set.roles().roles.is_empty() {
        let diagnostic = Diagnostic::RolesMissing;
        errors.push(PlaybookError { file: "roles".to_owned(), line: None, diagnostic });
    }
}

/// The checks of one file.
struct Check<'a> {
    set: &'a Playbooks,
    file: &'a ParsedFile,
    errors: &'a mut Vec<PlaybookError>,
    most_errors: usize,
    notes: &'a mut Vec<PlaybookError>,
    trials: &'a mut u64,
}

impl<'a> Check<'a> {
    fn report(&mut self, path: &Path<'_>, diagnostic: Diagnostic) {
        if self.errors.len() < self.most_errors {
            self.errors.push(self.file.error(path, diagnostic));
        }
    }

    fn report_if(&mut self, wrong: bool, path: &Path<'_>, diagnostic: Diagnostic) {
        if wrong {
            self.report(path, diagnostic);
        }
    }

    /// Reports what is not wrong, but may not be meant.
    fn note(&mut self, path: &Path<'_>, diagnostic: Diagnostic) {
        self.notes.push(self.file.error(path, diagnostic));
    }

    /// Reports a name that does not exist, with what may have been meant.
    fn unknown<'k>(
        &mut self,
        path: &Path<'_>,
        name: &str,
        known: impl Iterator<Item = &'k str>,
        diagnostic: fn(String, Suggestion) -> Diagnostic,
    ) {
        self.report(path, diagnostic(name.to_owned(), Suggestion::among(name, known)));
    }

    /// Reports a name that is none of the known ones, with what may have been meant.
    fn one_of<'k>(
        &mut self,
        path: &Path<'_>,
        name: &str,
        known: impl Iterator<Item = &'k str> + Clone,
        diagnostic: fn(String, Suggestion) -> Diagnostic,
    ) {
        if !known.clone().any(|known| known == name) {
            self.unknown(path, name, known, diagnostic);
        }
    }

    // Ids and texts

    fn id(&mut self, path: &Path<'_>, id: &str) {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        let wrong = id.is_empty() || id.len() > 64 || !id.chars().all(allowed);
        self.report_if(wrong, path, Diagnostic::MalformedId(id.to_owned()));
    }

    /// Ids within one list; says where the second one is.
    fn unique<'w>(&mut self, ids: impl Iterator<Item = (&'w str, Path<'w>)>) {
        let mut seen = BTreeSet::new();
        for (id, path) in ids {
            self.id(&path, id);
            self.report_if(!seen.insert(id), &path, Diagnostic::RepeatedId(id.to_owned()));
        }
    }

    fn label(&mut self, path: &Path<'_>, label: &Label) {
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        self.report_if(label.en.trim().is_empty(), &path.key("en"), Diagnostic::EmptyEnglish);
        self.report_if(!label.zh.chars().any(chinese), &path.key("zh"), Diagnostic::NoChinese);
    }

    fn guidance(&mut self, path: &Path<'_>, guidance: Option<&Label>) {
        if let Some(guidance) = guidance {
            self.label(&path.key("guidance"), guidance);
        }
    }

    /// Articles that are read first.
    fn articles(&mut self, path: &Path<'_>, ids: &[String]) {
        let articles = self.set.libraries().flat_map(|library| &library.articles);
        let known: Vec<&str> = articles.map(|article| article.id.as_str()).collect();
        for (index, id) in ids.iter().enumerate() {
            self.one_of(&path.index(index), id, known.iter().copied(), Diagnostic::NoArticleNamed);
        }
    }

    /// The identity something serves.
    fn serves(&mut self, path: &Path<'_>, serves: Option<&String>) {
        let known = self.set.terms().identities().iter().map(|identity| identity.id.as_str());
        if let Some(id) = serves {
            self.one_of(&path.key("serves"), id, known, Diagnostic::NoIdentity);
        }
    }

    fn head(&mut self, id: &str, title: &Label) {
        self.id(&Path::top().key("id"), id);
        self.label(&Path::top().key("title"), title);
    }

    // What is named by its id

    fn role_ids(&mut self, path: &Path<'_>, roles: &[RoleId]) {
        let known = self.set.roles().roles.iter().map(|role| role.id.as_str());
        for (index, role) in roles.iter().enumerate() {
            self.one_of(&path.index(index), role.as_str(), known.clone(), Diagnostic::NoRole);
        }
    }

    /// Whoever does something must be somebody.
    fn somebody(&mut self, path: &Path<'_>, roles: &[RoleId]) {
        self.report_if(roles.is_empty(), path, Diagnostic::Nobody);
        self.role_ids(path, roles);
    }

    fn workflow_ids(&mut self, path: &Path<'_>, ids: &[WorkflowId]) {
        for (index, id) in ids.iter().enumerate() {
            self.known_workflow(&path.index(index), id);
        }
    }

    fn known_workflow(&mut self, path: &Path<'_>, id: &WorkflowId) -> Option<&'a Pinned<Workflow>> {
        let found = self.set.workflow(id);
        if found.is_none() {
            let known = self.set.workflows().map(|workflow| workflow.id.as_str());
            self.unknown(path, id.as_str(), known, Diagnostic::NoWorkflow);
        }
        found
    }

    fn unknown_form(&mut self, path: &Path<'_>, id: &str) {
        let known = self.set.forms().map(|form| form.id.as_str());
        self.unknown(path, id, known, Diagnostic::NoForm);
    }

    fn steps_known(&mut self, workflow: &Workflow, path: &Path<'_>, steps: &[StepId]) {
        self.report_if(steps.is_empty(), path, Diagnostic::NoStepNamed);
        let known = workflow.steps.iter().map(|step| step.id.as_str());
        for (index, step) in steps.iter().enumerate() {
            self.one_of(&path.index(index), step.as_str(), known.clone(), Diagnostic::NoStep);
        }
    }

    /// A date of a register's form.
    fn register_date(&mut self, path: &Path<'_>, form: &FormId, date: &QuestionId) {
        let Some(known) = self.set.form(form) else {
            return self.unknown_form(&path.key("form"), form.as_str());
        };
        let is_date = known.record == Kind::Entry && asks_date(known, date);
        let diagnostic = Diagnostic::NoDateOfForm(form.to_string(), date.to_string());
        self.report_if(!is_date, &path.key("date"), diagnostic);
    }

    // What selects

    fn condition(&mut self, path: &Path<'_>, condition: &Condition, names: &Names) {
        // What passed before costs nothing, but whether a set is accepted must not depend on what was judged before.
        let left = self.trials.checked_sub(condition_check::cost(condition, names));
        *self.trials = left.unwrap_or(0);
        if left.is_none() {
            return self.report(path, Diagnostic::ConditionsTooCostly);
        }
        for diagnostic in condition_check::run(condition, names) {
            self.report(path, diagnostic);
        }
    }

    fn optional_condition(&mut self, path: &Path<'_>, condition: Option<&Condition>, names: &Names) {
        if let Some(condition) = condition {
            self.condition(path, condition, names);
        }
    }

    fn filters(&mut self, path: &Path<'_>, kind: Option<Kind>, filters: &[FieldFilter]) {
        for (index, filter) in filters.iter().enumerate() {
            let here = path.index(index);
            let Some(spec) = self.indexed_field(&here.key("path"), kind, &filter.path) else { continue };
            // A slip here is an item nobody can ever answer, or a metric that stays at nothing.
            let known = known_values(self.set, spec, kind);
            let meanings = spec.terms.and_then(|list| self.set.terms().meanings(list));
            for value in said(filter, meanings) {
                if !known.is_empty() && !known.contains(value) {
                    let suggestion = Suggestion::among(value, known.iter().copied());
                    let diagnostic = Diagnostic::NoValue(filter.path.clone(), value.to_owned(), suggestion);
                    self.report(&here.key("is"), diagnostic);
                }
            }
        }
    }

    /// Filters that each name a value.
    fn valued_filters(&mut self, path: &Path<'_>, kind: Option<Kind>, filters: &[FieldFilter]) {
        self.filters(path, kind, filters);
        for (index, filter) in filters.iter().enumerate() {
            let known = kind.is_some_and(|kind| fields::spec(kind, &filter.path).is_some());
            let wrong = known && filter.is.is_empty();
            self.report_if(wrong, &path.index(index).key("is"), Diagnostic::NoValueNamed);
        }
    }

    /// A field that exists and that a store indexes: by another nothing can be selected.
    fn indexed_field(
        &mut self,
        path: &Path<'_>,
        kind: Option<Kind>,
        field: &str,
    ) -> Option<&'static FieldSpec> {
        let spec = kind.and_then(|kind| fields::spec(kind, field));
        match spec {
            Some(spec) => {
                self.report_if(!spec.is_indexed(), path, Diagnostic::NotIndexed(field.to_owned()));
            }
            None => {
                let known = kind.into_iter().flat_map(fields::specs).map(|spec| spec.path);
                self.unknown(path, field, known, Diagnostic::NoField);
            }
        }
        spec
    }

    /// A time nobody waits for is a slip, and days are counted one by one.
    fn span(&mut self, path: &Path<'_>, span: Span) {
        self.report_if(span.days_at_most() > Span::MOST_DAYS, path, Diagnostic::SpanTooLong);
    }
}

/// The words a filter names in its file: not those it finds because they count as one of them.
fn said<'f>(filter: &'f FieldFilter, meanings: Option<&'f Meanings>) -> impl Iterator<Item = &'f str> {
    let names = move |word: &str| filter.is.iter().any(|value| value.as_text() == Some(word));
    let counts = move |word: &&str| {
        meanings.and_then(|meanings| meanings.get(*word)).is_some_and(|counts_as| names(counts_as))
    };
    filter.is.iter().filter_map(Value::as_text).filter(move |word| !counts(word))
}

fn asks_date(form: &Form, id: &QuestionId) -> bool {
    form.fields.iter().find(|field| field.id == *id).is_some_and(|field| field.answer == AnswerType::Date)
}

/// The values a field of a record can have, where it has a list of them: its choices, or the words
/// of its terms; of what names a procedure, all there
/// are; what forms over such records let one choose.
fn known_values<'a>(set: &'a Playbooks, spec: &FieldSpec, kind: Option<Kind>) -> BTreeSet<&'a str> {
    match (spec.ty, spec.path, kind) {
        (Type::Choice(words), _, _) => words.iter().map(|word| word.code).collect(),
        _ if spec.terms.is_some() => {
            let words = spec.terms.and_then(|list| set.terms().choices(list)).unwrap_or_default();
            words.iter().map(|word| word.id.as_str()).collect()
        }
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

#[cfg(test)]
mod testing {
    use crate::playbook::diagnostics::Diagnostic;
    use crate::playbook::{PlaybookFile, Playbooks};

    /// What is reported of a file that stands alone with the roles, the terms and a form of this build.
    pub fn reported(kind: &str, body: &str) -> Vec<Diagnostic> {
        let head = format!("kind = \"{kind}\"\nid = \"test\"\ntitle = {{ zh = \"测试\", en = \"Test\" }}\n");
        let file = PlaybookFile { name: "x.toml".to_owned(), text: head + body, current: true };
        let mut files = Playbooks::embedded_files();
        files.retain(|file| {
            let kind = file.head().map(|head| head.kind);
            file.name == "forms/contact.toml" || kind.is_some_and(|kind| ["roles", "terms"].contains(&&*kind))
        });
        files.push(file);
        match Playbooks::build(&files) {
            Ok(_) => Vec::new(),
            Err(rejected) => rejected.errors.into_iter().map(|error| error.diagnostic).collect(),
        }
    }

    /// The text is in order; with one thing put in the place of another each time, something is reported.
    pub fn each_reports(kind: &str, valid: &str, slips: &[(&str, &str, Diagnostic)]) {
        assert_eq!(reported(kind, valid), [], "{valid}");
        let mut silent = Vec::new();
        for (instead_of, slip, expected) in slips {
            assert!(valid.contains(instead_of), "{instead_of}");
            let reported = reported(kind, &valid.replace(instead_of, slip));
            if !reported.contains(expected) {
                silent.push((slip, expected, reported));
            }
        }
        assert!(silent.is_empty(), "{silent:#?}");
    }
}
