//! One set of playbooks: read, checked as a whole, looked up by id and version.

mod own_words;
mod what_if;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::Label;
use super::cache;
use super::calendar::{Calendar, CalendarFile};
use super::checklist::Checklist;
use super::condition::Condition;
use super::diagnostics::{Diagnostic, PlaybookError, PlaybookErrors, Suggestion};
use super::form::{AnswerType, Choice, Form, FormField};
use super::library::{ArticleHit, LibraryFile};
use super::metric::{Metric, MetricFile};
use super::paper::{Paper, SlipFacts};
use super::parse::{AnyPlaybook, ParsedFile, too_deep};
use super::path::Path;
use super::related::HomeMark;
use super::roles::Roles;
use super::rule::{AfterStep, DueRule, Rules, Together, Trigger};
use super::sum;
use super::terms::Terms;
use super::validate;
use super::workflow::Workflow;
use crate::model::directory::Directory;
use crate::model::fields::{self, Type};
use crate::model::{
    ChecklistId, FormId, GridId, MetricId, PlaceId, PlaybookHash, PlaybookVersion, Record, WorkflowId, facts,
};

/// The files of this build in the order they are packed: name, and length of the text.
const EMBEDDED: &[(&str, usize)] = include!(concat!(env!("OUT_DIR"), "/playbooks.rs"));
/// Their texts one behind the other, packed.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/playbooks.zst"));

/// Longest file, in bytes.
pub const MAX_FILE: usize = 256 << 10;

/// One accepted set of playbooks, with the older versions that records may still be run by.
#[derive(Debug, Clone, Default)]
pub struct Playbooks {
    workflows: Versions<Workflow>,
    checklists: Versions<Checklist>,
    forms: Versions<Form>,
    rules: Versions<Rules>,
    /// What the deadlines of each version of each workflow bring about: a case keeps those it was opened under.
    deadlines: BTreeMap<(WorkflowId, PlaybookVersion), Arc<Pinned<Rules>>>,
    /// What the findings of each version of each checklist bring about, likewise.
    findings: BTreeMap<(ChecklistId, PlaybookVersion), Arc<Pinned<Rules>>>,
    libraries: Versions<LibraryFile>,
    metrics: Versions<MetricFile>,
    papers: Versions<Paper>,
    roles: Roles,
    terms: Terms,
    calendars: Vec<CalendarFile>,
    notes: Vec<PlaybookError>,
}

/// A file of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybookFile {
    /// Its name, for messages.
    pub name: String,
    /// Its bytes: they are its version.
    pub text: String,
    /// Used for what begins now; otherwise kept for records opened under it.
    pub current: bool,
}

impl PlaybookFile {
    /// The version its bytes make.
    #[must_use]
    pub fn version(&self) -> PlaybookVersion {
        PlaybookHash::of(&self.text).version()
    }

    /// What it says of itself, if it can be read so far.
    #[must_use]
    pub fn head(&self) -> Option<PlaybookHead> {
        if self.text.len() > MAX_FILE || too_deep(&self.text).is_some() {
            return None;
        }
        toml::from_str(&self.text).ok()
    }
}

/// What every playbook says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PlaybookHead {
    /// What it is: `workflow`, `form` …
    pub kind: String,
    /// Its id among those of its kind.
    pub id: String,
    /// What it is called.
    pub title: Label,
}

/// A playbook with the version its bytes make.
#[derive(Debug, Clone, PartialEq)]
pub struct Pinned<T> {
    /// The version.
    pub version: PlaybookVersion,
    /// The file it was read from.
    pub file: String,
    body: T,
}

impl<T> Pinned<T> {
    /// What it brings about by itself, under its version and file.
    fn brings(&self, body: Rules) -> Arc<Pinned<Rules>> {
        Arc::new(Pinned { version: self.version, file: self.file.clone(), body })
    }
}

impl<T> Deref for Pinned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}

impl Playbooks {
    /// The playbooks of this build. A test judges them; at run time they are only read.
    ///
    /// # Errors
    /// [`PlaybookErrors`] if a file of this build is wrong, which a test rules out.
    pub fn embedded() -> Result<Arc<Self>, PlaybookErrors> {
        static SET: OnceLock<Result<Arc<Playbooks>, PlaybookErrors>> = OnceLock::new();
        SET.get_or_init(|| Self::read(Self::embedded_files(), drop).map(Arc::new)).clone()
    }

    /// The files of this build, those of earlier releases among them as not current.
    #[must_use]
    pub fn embedded_files() -> Vec<PlaybookFile> {
        let all = EMBEDDED.iter().map(|(_, length)| length).sum();
        // It was packed by this build, and a test reads it.
        let texts = zstd::bulk::decompress(PACKED, all).ok();
        let texts = texts.and_then(|texts| String::from_utf8(texts).ok()).unwrap_or_default();
        let mut rest = texts.as_str();
        let file = |(name, length): &(&str, usize)| {
            let (text, behind) = rest.split_at_checked(*length)?;
            rest = behind;
            let (name, text) = ((*name).to_owned(), text.to_owned());
            Some(PlaybookFile { current: !name.starts_with(OLDER), name, text })
        };
        EMBEDDED.iter().map_while(file).collect()
    }

    /// A company's set laid over the playbooks of this build: a current file takes the place of the embedded
    /// one of the same kind and id; the others stay. Older files are kept for the records opened under them.
    ///
    /// # Errors
    /// [`PlaybookErrors`] with everything wrong; the set is rejected whole.
    pub fn company(files: &[PlaybookFile]) -> Result<Self, PlaybookErrors> {
        if let Some(set) = cache::find(files, true) {
            return Ok(set);
        }
        let set = Self::build(&overlay(files))?;
        cache::keep(files, &set, true);
        Ok(set)
    }

    /// A company's set that [`Self::company`] accepted before, on this device: read, not judged again. Judging takes
    /// most of the time, because every condition is tried.
    ///
    /// # Errors
    /// [`PlaybookErrors`] when a file cannot be read.
    pub fn accepted(files: &[PlaybookFile]) -> Result<Self, PlaybookErrors> {
        if let Some(set) = cache::find(files, false) {
            return Ok(set);
        }
        let set = Self::read(overlay(files), drop)?;
        cache::keep(files, &set, false);
        Ok(set)
    }

    /// A set of exactly these files.
    ///
    /// # Errors
    /// [`PlaybookErrors`] with everything wrong; the set is rejected whole.
    pub fn build(files: &[PlaybookFile]) -> Result<Self, PlaybookErrors> {
        let mut parsed = Vec::new();
        let mut set = Self::read(files, |file| parsed.push(file))?;
        let (mut errors, mut notes) = (Vec::new(), Vec::new());
        validate::check(&set, &parsed, &mut errors, &mut notes);
        set.notes = notes;
        if errors.is_empty() { Ok(set) } else { Err(PlaybookErrors::new(errors)) }
    }

    /// The grids and places that rules of these files name and an office does not have: such a rule would bring nothing
    /// about, and nobody would notice. Which there are the set does not know.
    #[must_use]
    pub fn unknown_places(files: &[PlaybookFile], directory: &Directory) -> Vec<PlaybookError> {
        let mut unknown = Vec::new();
        for file in files.iter().filter(|file| file.current) {
            let Ok(file) = ParsedFile::read(file) else { continue };
            let AnyPlaybook::Rules(rules) = &file.playbook else { continue };
            for (index, rule) in rules.rules.iter().enumerate().filter(|(_, rule)| !rule.retired) {
                let path = Path::top().key("rule").index(index).key("subject");
                for grid in rule.subject.grids.iter().filter(|grid| !directory.grids.contains_key(*grid)) {
                    let known = Suggestion::among(grid.as_str(), directory.grids.keys().map(GridId::as_str));
                    unknown.push(file.error(&path.key("grids"), Diagnostic::NoGrid(grid.to_string(), known)));
                }
                for place in rule.subject.places.iter().filter(|place| !directory.places.contains_key(*place))
                {
                    let known =
                        Suggestion::among(place.as_str(), directory.places.keys().map(PlaceId::as_str));
                    unknown
                        .push(file.error(&path.key("places"), Diagnostic::NoPlace(place.to_string(), known)));
                }
            }
        }
        unknown
    }

    /// Reads the files; nothing is judged but that each can be read and no id is taken twice. Who keeps no file as it was
    /// read lets go of it before the next one: a phone has room for one set, not for two.
    fn read(
        files: impl IntoIterator<Item = impl Borrow<PlaybookFile>>,
        mut as_read: impl FnMut(ParsedFile),
    ) -> Result<Self, PlaybookErrors> {
        let mut errors = Vec::new();
        let mut set = Self::default();
        for file in files {
            match ParsedFile::read(file.borrow()) {
                Ok(file) => {
                    set.add(&file, &mut errors);
                    as_read(file);
                }
                Err(error) => errors.push(error),
            }
        }
        set.terms.complete();
        set.complete_questions();
        set.take_own_words();
        set.note_counted();
        set.rules.each(|rules, _| {
            for rule in &mut rules.rules {
                rule.serves = rule.serves.take().or_else(|| rules.serves.clone());
            }
        });
        set.imply_rules();
        if errors.is_empty() { Ok(set) } else { Err(PlaybookErrors::new(errors)) }
    }

    /// Gives every deadline and every checklist the rule it brings by itself.
    fn imply_rules(&mut self) {
        let deadlines = |flow: &Arc<Pinned<Workflow>>| {
            ((flow.id.clone(), flow.version), flow.brings(Rules::of_deadlines(flow)))
        };
        let findings = |list: &Arc<Pinned<Checklist>>| {
            ((list.id.clone(), list.version), list.brings(Rules::of_findings(list)))
        };
        self.deadlines = self.workflows.at.values().map(deadlines).collect();
        self.findings = self.checklists.at.values().map(findings).collect();
    }

    fn add(&mut self, file: &ParsedFile, errors: &mut Vec<PlaybookError>) {
        let result = match &file.playbook {
            AnyPlaybook::Workflow(workflow) => self.workflows.add(file, workflow.id.as_str(), workflow),
            AnyPlaybook::Checklist(list) => self.checklists.add(file, list.id.as_str(), list),
            AnyPlaybook::Form(form) => self.forms.add(file, form.id.as_str(), form),
            AnyPlaybook::Rules(rules) => self.rules.add(file, &rules.id, rules),
            AnyPlaybook::Library(library) => self.libraries.add(file, &library.id, library),
            AnyPlaybook::Metrics(metrics) => self.metrics.add(file, &metrics.id, metrics),
            AnyPlaybook::Paper(paper) => self.papers.add(file, &paper.id, paper),
            AnyPlaybook::Roles(roles) => {
                if file.current {
                    self.roles = (**roles).clone();
                }
                Ok(())
            }
            AnyPlaybook::Terms(terms) => {
                self.terms.add(terms, file.current);
                Ok(())
            }
            AnyPlaybook::Calendar(calendar) => {
                if file.current {
                    self.calendars.push((**calendar).clone());
                }
                Ok(())
            }
        };
        if let Err(other) = result {
            errors.push(file.error(&Path::top().key("id"), Diagnostic::IdTaken(other)));
        }
    }

    /// Notes of each rule which records are counted by the sums it looks at.
    fn note_counted(&mut self) {
        let (workflows, forms) = (&self.workflows, &self.forms);
        self.rules.each(|rules, _| {
            for rule in &mut rules.rules {
                let all: Vec<&[FormField]> = match &rule.when {
                    Trigger::AfterStep(AfterStep { workflows: ids, .. })
                    | Trigger::Together(Together { workflows: ids, .. }) => {
                        let versions =
                            workflows.at.iter().filter(|((id, _), _)| ids.iter().any(|of| of.as_str() == id));
                        versions.map(|(_, workflow)| &workflow.sums[..]).collect()
                    }
                    Trigger::AfterEntry(after) => {
                        forms.current(after.form.as_str()).map(|form| &form.fields[..]).into_iter().collect()
                    }
                    _ => continue,
                };
                let condition = rule.when.condition().into_iter().flat_map(Condition::names);
                let mut named: BTreeSet<&str> = condition.map(|name| name.path.as_str()).collect();
                named.extend(rule.why.placeholders());
                let looks = |fields: &&[FormField]| {
                    sum::counting(fields).iter().any(|id| named.contains(id.as_str()))
                };
                rule.counted = all.into_iter().filter(looks).flat_map(sum::all_counted).cloned().collect();
            }
        });
    }

    /// Gives every question its shared choices and whose it is in words, so that nobody has to look them up.
    fn complete_questions(&mut self) {
        let (terms, roles) = (&self.terms, &self.roles);
        let fill = |current: bool| {
            move |field: &mut FormField| {
                match field.options_from.as_deref() {
                    Some(id) if current => field.options = terms.choices(id).unwrap_or_default().to_vec(),
                    Some(id) => field.options = terms.choices_ever(id),
                    None => {}
                }
                let meanings = field.options_from.as_deref().and_then(|list| terms.meanings(list));
                field.meanings = meanings.cloned().unwrap_or_default();
                if !field.entered_by.is_empty() {
                    field.whose = Some(roles.names(&field.entered_by));
                }
            }
        };
        self.workflows.each(|workflow, current| {
            workflow.steps.iter_mut().flat_map(|step| &mut step.fields).for_each(fill(current));
        });
        self.checklists.each(|list, current| {
            for item in list.points.iter_mut().flat_map(|point| &mut point.items) {
                fill(current)(item);
                name_the_normal(&mut item.options);
            }
        });
        self.forms.each(|form, current| {
            form.fields.iter_mut().for_each(fill(current));
            for field in &mut form.fields {
                let list = fields::spec(form.record, field.id.as_str()).and_then(|spec| spec.terms);
                if let Some(meanings) = list.and_then(|list| terms.meanings(list)) {
                    field.meanings.clone_from(meanings);
                }
            }
            // A question about a field of the field table offers that field's own words: those of the table, or of its list of terms.
            let open =
                |field: &&mut FormField| field.answer == AnswerType::Choice && field.options.is_empty();
            for field in form.fields.iter_mut().filter(open) {
                let Some(spec) = fields::spec(form.record, field.id.as_str()) else { continue };
                field.options = match (spec.ty, spec.terms) {
                    (Type::Choice(words), _) => words.iter().map(Choice::from_table).collect(),
                    (_, Some(list)) if current => terms.choices(list).unwrap_or_default().to_vec(),
                    (_, Some(list)) => terms.choices_ever(list),
                    _ => continue,
                };
            }
        });
    }

    /// The workflow for new cases.
    #[must_use]
    pub fn workflow(&self, id: &WorkflowId) -> Option<&Pinned<Workflow>> {
        self.workflows.current(id.as_str())
    }

    /// The version of a workflow a case was opened under.
    #[must_use]
    pub fn workflow_at(&self, id: &WorkflowId, version: PlaybookVersion) -> Option<&Workflow> {
        self.workflows.at(id.as_str(), version)
    }

    /// Every workflow for new cases.
    pub fn workflows(&self) -> impl Iterator<Item = &Pinned<Workflow>> {
        self.workflows.all_current().filter(|workflow| !workflow.retired)
    }

    /// The checklist for new rounds.
    #[must_use]
    pub fn checklist(&self, id: &ChecklistId) -> Option<&Pinned<Checklist>> {
        self.checklists.current(id.as_str())
    }

    /// The version of a checklist a round was begun under.
    #[must_use]
    pub fn checklist_at(&self, id: &ChecklistId, version: PlaybookVersion) -> Option<&Checklist> {
        self.checklists.at(id.as_str(), version)
    }

    /// Every checklist for new rounds.
    pub fn checklists(&self) -> impl Iterator<Item = &Pinned<Checklist>> {
        self.checklists.all_current().filter(|list| !list.retired)
    }

    /// The form for new rows.
    #[must_use]
    pub fn form(&self, id: &FormId) -> Option<&Pinned<Form>> {
        self.forms.current(id.as_str())
    }

    /// The version of a form a row was filled in under.
    #[must_use]
    pub fn form_at(&self, id: &FormId, version: PlaybookVersion) -> Option<&Form> {
        self.forms.at(id.as_str(), version)
    }

    /// Every form for new rows.
    pub fn forms(&self) -> impl Iterator<Item = &Pinned<Form>> {
        self.forms.all_current().filter(|form| !form.retired)
    }

    /// Every rules file.
    pub fn rules(&self) -> impl Iterator<Item = &Pinned<Rules>> {
        self.rules.all_current()
    }

    /// What is told of homes wherever they are shown.
    pub fn marks(&self) -> impl Iterator<Item = &HomeMark> {
        self.rules().flat_map(|rules| &rules.marks)
    }

    /// Every file of rules, to be kept.
    pub(super) fn rule_files(&self) -> impl Iterator<Item = &Arc<Pinned<Rules>>> {
        let current = self.rules.current.iter();
        current.filter_map(|(id, version)| self.rules.at.get(&(id.clone(), *version)))
    }

    /// The versions of a rules file that are not current any more.
    pub(super) fn older_rules<'a>(
        &'a self,
        of: &'a Pinned<Rules>,
    ) -> impl Iterator<Item = &'a Arc<Pinned<Rules>>> {
        self.rules.at.values().filter(move |rules| rules.id == of.id && rules.version != of.version)
    }

    /// Every rule that no file of rules says: what deadlines of workflows and findings of checklists bring by themselves,
    /// in every version.
    pub fn implied_rules(&self) -> impl Iterator<Item = &DueRule> {
        self.deadlines.values().chain(self.findings.values()).flat_map(|of| &of.rules)
    }

    /// The rules of the deadlines of a workflow in the version a case was opened under, to be kept.
    pub(super) fn deadlines_at(
        &self,
        id: &WorkflowId,
        version: PlaybookVersion,
    ) -> Option<&Arc<Pinned<Rules>>> {
        self.deadlines.get(&(id.clone(), version))
    }

    /// Every workflow that has deadlines, in whichever version.
    pub(super) fn workflows_with_deadlines(&self) -> BTreeSet<&WorkflowId> {
        let with = self.deadlines.iter().filter(|(_, of)| !of.rules.is_empty());
        with.map(|((id, _), _)| id).collect()
    }

    /// The rule of the findings of a checklist in the version a round was begun under, to be kept.
    pub(super) fn findings_at(
        &self,
        id: &ChecklistId,
        version: PlaybookVersion,
    ) -> Option<&Arc<Pinned<Rules>>> {
        self.findings.get(&(id.clone(), version))
    }

    /// Whether the findings of a round through that version of a checklist are one matter.
    pub(super) fn findings_together(&self, id: &ChecklistId, version: PlaybookVersion) -> bool {
        self.checklist_at(id, version).is_some_and(|list| list.findings.together)
    }

    /// Every checklist, in whichever version.
    pub(super) fn checklists_ever(&self) -> BTreeSet<&ChecklistId> {
        self.findings.keys().map(|(id, _)| id).collect()
    }

    /// Every library.
    pub fn libraries(&self) -> impl Iterator<Item = &Pinned<LibraryFile>> {
        self.libraries.all_current()
    }

    /// The articles with these ids, of any library, in their order; one that no library has is left out.
    pub fn articles<'a>(&'a self, ids: &'a [String]) -> impl Iterator<Item = ArticleHit<'a>> {
        let find = |id: &String| {
            self.libraries().find_map(|library| Some(ArticleHit { library, article: library.article(id)? }))
        };
        ids.iter().filter_map(find)
    }

    /// A library by id.
    #[must_use]
    pub fn library(&self, id: &str) -> Option<&Pinned<LibraryFile>> {
        self.libraries.current(id)
    }

    /// Every file of metrics.
    pub fn metrics(&self) -> impl Iterator<Item = &Pinned<MetricFile>> {
        self.metrics.all_current()
    }

    /// A metric by id, with its file.
    #[must_use]
    pub fn metric(&self, id: &MetricId) -> Option<(&MetricFile, &Metric)> {
        self.metrics().find_map(|file| {
            let metric = file.metrics.iter().find(|metric| metric.id == *id)?;
            Some((&**file, metric))
        })
    }

    /// Every template of a slip.
    pub fn papers(&self) -> impl Iterator<Item = &Pinned<Paper>> {
        self.papers.all_current()
    }

    /// The slips a record can be handed out as, as it stands: templates of the procedure that runs it.
    pub fn papers_ready(&self, record: &Record, facts: &SlipFacts) -> impl Iterator<Item = &Paper> {
        let procedure = facts::procedure(record);
        let runs = move |paper: &Paper| {
            procedure.as_ref().is_some_and(|runs| paper.of.iter().any(|of| of == runs.id()))
        };
        self.papers().map(Pinned::deref).filter(move |paper| runs(paper) && paper.is_ready(facts))
    }

    /// A template of a slip by id.
    #[must_use]
    pub fn paper(&self, id: &str) -> Option<&Pinned<Paper>> {
        self.papers.current(id)
    }

    /// The roles.
    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// The words.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What is not wrong with the set and may not be meant either, by file and line: said to whoever wrote it when the
    /// set is judged. A set that is only read again has none.
    #[must_use]
    pub fn notes(&self) -> &[PlaybookError] {
        &self.notes
    }

    /// The calendars in force, as their files say them.
    pub(super) fn calendars(&self) -> &[CalendarFile] {
        &self.calendars
    }

    /// The working days of a community so many minutes east of UTC, and the days that come again each year.
    #[must_use]
    pub fn calendar(&self, utc_offset_minutes: i32) -> Calendar {
        Calendar::new(&self.calendars, utc_offset_minutes)
    }
}

/// What an earlier release embedded moves here, unchanged: records may still be run by it.
const OLDER: &str = "older/";

/// The files of this build with a company's files over them.
fn overlay(files: &[PlaybookFile]) -> Vec<PlaybookFile> {
    let heads: Vec<(String, String)> = files.iter().filter(|file| file.current).filter_map(head).collect();
    let mut all = Playbooks::embedded_files();
    for (file, head) in all.iter_mut().zip(embedded_heads()) {
        // An embedded file that was replaced stays known: records may have been opened under it.
        file.current &= head.as_ref().is_none_or(|head| !heads.contains(head));
    }
    all.extend(files.iter().cloned());
    all
}

/// Kind and id of every file of this build, read once.
fn embedded_heads() -> &'static [Option<(String, String)>] {
    static HEADS: OnceLock<Vec<Option<(String, String)>>> = OnceLock::new();
    HEADS.get_or_init(|| Playbooks::embedded_files().iter().map(head).collect())
}

/// Kind and id of a file, if it has them.
fn head(file: &PlaybookFile) -> Option<(String, String)> {
    file.head().map(|head| (head.kind, head.id))
}

/// The versions of one kind of playbook.
#[derive(Debug, Clone)]
struct Versions<T> {
    current: BTreeMap<String, PlaybookVersion>,
    at: BTreeMap<(String, PlaybookVersion), Arc<Pinned<T>>>,
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Self { current: BTreeMap::new(), at: BTreeMap::new() }
    }
}

impl<T: Clone> Versions<T> {
    /// Adds a file; `Err` names the current file that has the id already.
    fn add(&mut self, file: &ParsedFile, id: &str, body: &T) -> Result<(), String> {
        if file.current {
            let other = self.current.insert(id.to_owned(), file.version);
            if let Some(other) = other.and_then(|version| self.at.get(&(id.to_owned(), version))) {
                return Err(other.file.clone());
            }
        }
        let pinned = Pinned { version: file.version, file: file.name.clone(), body: body.clone() };
        self.at.insert((id.to_owned(), file.version), Arc::new(pinned));
        Ok(())
    }

    /// Every version, and whether it is the one in force.
    fn each(&mut self, change: impl Fn(&mut T, bool)) {
        for ((id, version), pinned) in &mut self.at {
            change(&mut Arc::make_mut(pinned).body, self.current.get(id) == Some(version));
        }
    }

    fn current(&self, id: &str) -> Option<&Pinned<T>> {
        let version = self.current.get(id)?;
        self.at.get(&(id.to_owned(), *version)).map(|pinned| &**pinned)
    }

    fn at(&self, id: &str, version: PlaybookVersion) -> Option<&T> {
        self.at.get(&(id.to_owned(), version)).map(|pinned| &pinned.body)
    }

    fn all_current(&self) -> impl Iterator<Item = &Pinned<T>> {
        let in_force = |id: &String, version| self.current.get(id) == Some(version);
        let all = self.at.iter().filter(move |((id, version), _)| in_force(id, version));
        all.map(|(_, pinned)| &**pinned)
    }
}

/// Says of an item's options which one is normal, where the file does not: the first that is no finding, if any is one.
fn name_the_normal(options: &mut [Choice]) {
    if options.iter().any(|option| option.fails) && !options.iter().any(|option| option.normal) {
        let normal = options.iter_mut().find(|option| !option.fails);
        normal.into_iter().for_each(|option| option.normal = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was begun under a set goes on with the words of its time, and nothing new is asked in them.
    #[test]
    fn an_older_form_keeps_the_choices_and_units_of_its_time() {
        let file = |name: &str, text: String, current| PlaybookFile { name: name.to_owned(), text, current };
        let head = |kind: &str, id: &str| {
            format!("kind = \"{kind}\"\nid = \"{id}\"\ntitle = {{ zh = \"测试\", en = \"Test\" }}\n")
        };
        let terms = |choices: &[&str], unit: &str| {
            let list: Vec<String> = choices
                .iter()
                .map(|id| format!("{{ id = \"{id}\", label = {{ zh = \"项\", en = \"{id}\" }} }}"))
                .collect();
            let unit = format!("[unit]\n{unit} = {{ zh = \"单位\", en = \"{unit}\" }}\n");
            format!("{}{unit}[choices]\nweather = [{}]\n", head("terms", "test.terms"), list.join(", "))
        };
        let form = |unit: &str| {
            format!(
                "{}[[field]]\nid = \"a\"\nlabel = {{ zh = \"甲\", en = \"A\" }}\ntype = \"choice\"\n\
                 options_from = \"weather\"\n[[field]]\nid = \"b\"\nlabel = {{ zh = \"乙\", en = \"B\" }}\n\
                 type = \"number\"\nunit = \"{unit}\"\n",
                head("form", "test.form")
            )
        };
        let old = [
            file("terms.toml", terms(&["sun", "rain"], "barrel"), false),
            file("form.toml", form("barrel"), false),
        ];
        let new = [
            file("terms.toml", terms(&["snow", "sun"], "crate"), true),
            file("form.toml", form("crate"), true),
        ];
        let set = Playbooks::company(&[new.as_slice(), &old].concat()).unwrap();
        let options = |form: &Form| -> Vec<String> {
            form.fields[0].options.iter().map(|option| option.id.clone()).collect()
        };
        assert_eq!(options(set.form(&"test.form".into()).unwrap()), ["snow", "sun"]);
        let before = set.form_at(&"test.form".into(), old[1].version()).unwrap();
        assert_eq!(options(before), ["snow", "sun", "rain"]);
        assert_eq!(set.terms().unit("barrel").unwrap().en, "barrel");
        let mixed = [new[0].clone(), file("form.toml", form("barrel"), true), old[0].clone()];
        let rejected = Playbooks::company(&mixed).unwrap_err().to_string();
        assert!(rejected.contains("no unit `barrel`"), "{rejected}");
    }

    #[test]
    fn what_is_packed_is_what_lies_in_the_folder() {
        fn count(folder: &std::path::Path) -> usize {
            let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
        let packed = Playbooks::embedded_files();
        for file in &packed {
            assert_eq!(file.text, std::fs::read_to_string(folder.join(&file.name)).unwrap(), "{}", file.name);
        }
        assert_eq!(packed.len(), count(&folder));
    }

    /// What the manual names under none of the five: fees, the parking dues, files, stock, changing hands, training, conduct.
    #[test]
    fn what_is_asked_of_a_butler_and_each_metric_serves_an_identity() {
        const NONE: &[&str] = &[
            "fees.",
            "deadline/fees.",
            "parking.lease.ends",
            "parking.dues",
            "parking.evasion.clear",
            "registers.monthly-file.due",
            "grid.handover.",
            "grid.day-report.",
            "day_reports",
            "put_off",
            "deadline/grid.handover/",
            "deadline/conduct.",
            "collection_rate",
            "arrears",
            "dunning_",
            "dunned_",
            "fees_",
            "parking_",
            "security_reports",
            "stock_",
            "training_",
        ];
        let set = Playbooks::embedded().unwrap();
        let said = set.rules().flat_map(|file| &file.rules).chain(set.implied_rules());
        let of_butlers = said.filter(|rule| rule.roles.iter().any(|role| role.as_str() == "butler"));
        let rules = of_butlers.map(|rule| (rule.id.to_string(), rule.serves.as_deref()));
        let metrics = set.metrics().flat_map(|file| &file.metrics);
        let metrics = metrics.map(|metric| (metric.id.to_string(), metric.serves.as_deref()));
        let (mut of_rules, mut of_metrics) = (BTreeSet::new(), BTreeSet::new());
        for (found, all) in
            [(&mut of_rules, rules.collect::<Vec<_>>()), (&mut of_metrics, metrics.collect::<Vec<_>>())]
        {
            for (id, serves) in all {
                let exempt = NONE.iter().any(|none| id.starts_with(none));
                assert_eq!(serves.is_none(), exempt, "{id}");
                found.extend(serves);
            }
        }
        let identities = set.terms().identities();
        let ids: BTreeSet<&str> = identities.iter().map(|identity| identity.id.as_str()).collect();
        assert_eq!((ids.len(), &of_rules, &of_metrics), (5, &ids, &ids));
        let duties: BTreeSet<&Label> = identities.iter().map(|identity| &identity.duty).collect();
        assert_eq!(duties.len(), 3);
    }

    #[test]
    fn everything_embedded_is_accepted() {
        Playbooks::company(&[]).map_err(|rejected| rejected.to_string()).unwrap();
        let set = Playbooks::embedded().unwrap();
        assert!(set.workflows().count() >= 3 && set.checklists().count() >= 1 && set.forms().count() >= 3);
        for workflow in set.workflows() {
            assert_eq!(set.workflow_at(&workflow.id, workflow.version), Some(&**workflow));
        }
    }
}
