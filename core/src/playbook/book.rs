//! One set of playbooks: read, checked as a whole, looked up by id and version.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::lexer::TokenKind;

use super::calendar::{Calendar, CalendarFile};
use super::checklist::Checklist;
use super::figure::{Figure, Figures};
use super::form::{AnswerType, Choice, Form, FormField};
use super::library::Library;
use super::mistake;
use super::roles::Roles;
use super::rule::Rules;
use super::shelf;
use super::terms::{Terms, TermsFile};
use super::validate;
use super::workflow::Workflow;
use super::{Label, Language};
use crate::model::fields::{self, Type};
use crate::model::{PlaybookHash, PlaybookVersion};

/// The files of this build: name → text.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/playbooks.rs"));

/// Longest file, in bytes.
pub const MAX_FILE: usize = 256 << 10;

/// Most tables and lists inside each other in a file. Reading recurses, and a phone reads on a thread with a stack of
/// half a megabyte; the playbooks of this build have six.
const MAX_DEPTH: usize = 12;

/// One accepted set of playbooks, with the older versions that records may still be run by.
#[derive(Debug, Clone, Default)]
pub struct Playbooks {
    workflows: Versions<Workflow>,
    checklists: Versions<Checklist>,
    forms: Versions<Form>,
    rules: Versions<Rules>,
    libraries: Versions<Library>,
    figures: Versions<Figures>,
    roles: Roles,
    terms: Terms,
    calendar: Option<CalendarFile>,
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

impl<T> Deref for Pinned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}

/// A set that was refused, whole. What was in force stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Rejected {
    /// Everything found, by file and line.
    pub errors: Vec<PlaybookError>,
}

impl Rejected {
    fn new(mut errors: Vec<PlaybookError>) -> Self {
        errors.sort();
        errors.dedup();
        Self { errors }
    }
}

/// One thing wrong with a file, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaybookError {
    /// The file.
    pub file: String,
    /// The line, from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: Label,
}

impl PlaybookError {
    /// `file:line: reason` in a language.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let reason = self.reason.text(language);
        match self.line {
            Some(line) => format!("{}:{line}: {reason}", self.file),
            None => format!("{}: {reason}", self.file),
        }
    }
}

impl fmt::Display for PlaybookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl Playbooks {
    /// The playbooks of this build. A test judges them; at run time they are only read.
    ///
    /// # Errors
    /// [`Rejected`] if a file of this build is wrong, which a test rules out.
    pub fn embedded() -> Result<Arc<Self>, Rejected> {
        static SET: OnceLock<Result<Arc<Playbooks>, Rejected>> = OnceLock::new();
        SET.get_or_init(|| Self::read(&Self::embedded_files()).map(|(set, _)| Arc::new(set))).clone()
    }

    /// The files of this build, those of earlier releases among them as not current.
    #[must_use]
    pub fn embedded_files() -> Vec<PlaybookFile> {
        let file = |(name, text): &(&str, &str)| PlaybookFile {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
            current: !name.starts_with(OLDER),
        };
        EMBEDDED.iter().map(file).collect()
    }

    /// A company's set laid over the playbooks of this build: a current file takes the place of the embedded
    /// one of the same kind and id; the others stay. Older files are kept for the records opened under them.
    ///
    /// # Errors
    /// [`Rejected`] with everything wrong; the set is refused whole.
    pub fn company(files: &[PlaybookFile]) -> Result<Self, Rejected> {
        if let Some(set) = shelf::find(files, true) {
            return Ok(set);
        }
        let set = Self::build(&overlay(files))?;
        shelf::keep(files, &set, true);
        Ok(set)
    }

    /// A company's set that [`Self::company`] accepted before, on this device: read, not judged again. Judging takes
    /// most of the time, because every condition is tried.
    ///
    /// # Errors
    /// [`Rejected`] when a file cannot be read.
    pub fn accepted(files: &[PlaybookFile]) -> Result<Self, Rejected> {
        if let Some(set) = shelf::find(files, false) {
            return Ok(set);
        }
        let (set, _) = Self::read(&overlay(files))?;
        shelf::keep(files, &set, false);
        Ok(set)
    }

    /// A set of exactly these files.
    ///
    /// # Errors
    /// [`Rejected`] with everything wrong; the set is refused whole.
    pub fn build(files: &[PlaybookFile]) -> Result<Self, Rejected> {
        let (mut set, sources) = Self::read(files)?;
        let (mut errors, mut notes) = (Vec::new(), Vec::new());
        validate::check(&set, &sources, &mut errors, &mut notes);
        set.notes = notes;
        if errors.is_empty() { Ok(set) } else { Err(Rejected::new(errors)) }
    }

    /// Reads the files; nothing is judged but that each can be read and no id is taken twice.
    fn read(files: &[PlaybookFile]) -> Result<(Self, Vec<Source>), Rejected> {
        let mut errors = Vec::new();
        let mut sources = Vec::new();
        for file in files {
            match Source::read(file) {
                Ok(source) => sources.push(source),
                Err(error) => errors.push(error),
            }
        }
        let mut set = Self::default();
        for source in &sources {
            set.add(source, &mut errors);
        }
        set.share_choices();
        if errors.is_empty() { Ok((set, sources)) } else { Err(Rejected::new(errors)) }
    }

    fn add(&mut self, source: &Source, errors: &mut Vec<PlaybookError>) {
        let result = match &source.body {
            Body::Workflow(body) => self.workflows.add(source, &body.id, body),
            Body::Checklist(body) => self.checklists.add(source, &body.id, body),
            Body::Form(body) => self.forms.add(source, &body.id, body),
            Body::Rules(body) => self.rules.add(source, &body.id, body),
            Body::Library(body) => self.libraries.add(source, &body.id, body),
            Body::Figures(body) => self.figures.add(source, &body.id, body),
            Body::Roles(body) => {
                if source.current {
                    self.roles = (**body).clone();
                }
                Ok(())
            }
            Body::Terms(body) => {
                if source.current {
                    self.terms.terms.extend(body.terms.clone());
                    self.terms.units.extend(body.units.clone());
                    self.terms.choices.extend(body.choices.clone());
                } else {
                    self.terms.add_older(body);
                }
                Ok(())
            }
            Body::Calendar(body) => {
                if source.current {
                    self.calendar = Some((**body).clone());
                }
                Ok(())
            }
        };
        if let Err(other) = result {
            errors.push(source.error(
                &[Seg::Key("id")],
                Label::new(
                    format!("同一编号已在 {other} 中使用"),
                    format!("this id is already used in {other}"),
                ),
            ));
        }
    }

    /// Gives every question its shared choices, so that nobody has to look them up.
    fn share_choices(&mut self) {
        let terms = &self.terms;
        let fill = |current: bool| {
            move |field: &mut FormField| match field.options_from.as_deref() {
                Some(id) if current => field.options = terms.choices(id).unwrap_or_default().to_vec(),
                Some(id) => field.options = terms.choices_ever(id),
                None => {}
            }
        };
        self.workflows.each(|workflow, current| {
            workflow.steps.iter_mut().flat_map(|step| &mut step.fields).for_each(fill(current));
        });
        self.checklists.each(|list, current| {
            list.points.iter_mut().flat_map(|point| &mut point.items).for_each(fill(current));
        });
        self.forms.each(|form, current| {
            form.fields.iter_mut().for_each(fill(current));
            // A question about a field of the field table offers that field's own words.
            let open =
                |field: &&mut FormField| field.answer == AnswerType::Choice && field.options.is_empty();
            for field in form.fields.iter_mut().filter(open) {
                if let Some(Type::Choice(words)) = fields::spec(form.record, &field.id).map(|spec| spec.ty) {
                    field.options = words.iter().map(Choice::from_table).collect();
                }
            }
        });
    }

    /// The workflow for new cases.
    #[must_use]
    pub fn workflow(&self, id: &str) -> Option<&Pinned<Workflow>> {
        self.workflows.current(id)
    }

    /// The version of a workflow a case was opened under.
    #[must_use]
    pub fn workflow_at(&self, id: &str, version: PlaybookVersion) -> Option<&Workflow> {
        self.workflows.at(id, version)
    }

    /// Every workflow for new cases.
    pub fn workflows(&self) -> impl Iterator<Item = &Pinned<Workflow>> {
        self.workflows.all_current().filter(|workflow| !workflow.retired)
    }

    /// The checklist for new rounds.
    #[must_use]
    pub fn checklist(&self, id: &str) -> Option<&Pinned<Checklist>> {
        self.checklists.current(id)
    }

    /// The version of a checklist a round was begun under.
    #[must_use]
    pub fn checklist_at(&self, id: &str, version: PlaybookVersion) -> Option<&Checklist> {
        self.checklists.at(id, version)
    }

    /// Every checklist for new rounds.
    pub fn checklists(&self) -> impl Iterator<Item = &Pinned<Checklist>> {
        self.checklists.all_current().filter(|list| !list.retired)
    }

    /// The form for new rows.
    #[must_use]
    pub fn form(&self, id: &str) -> Option<&Pinned<Form>> {
        self.forms.current(id)
    }

    /// The version of a form a row was filled in under.
    #[must_use]
    pub fn form_at(&self, id: &str, version: PlaybookVersion) -> Option<&Form> {
        self.forms.at(id, version)
    }

    /// Every form for new rows.
    pub fn forms(&self) -> impl Iterator<Item = &Pinned<Form>> {
        self.forms.all_current().filter(|form| !form.retired)
    }

    /// Every rules file.
    pub fn rules(&self) -> impl Iterator<Item = &Pinned<Rules>> {
        self.rules.all_current()
    }

    /// The same, to be kept.
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

    /// Every library.
    pub fn libraries(&self) -> impl Iterator<Item = &Pinned<Library>> {
        self.libraries.all_current()
    }

    /// A library by id.
    #[must_use]
    pub fn library(&self, id: &str) -> Option<&Pinned<Library>> {
        self.libraries.current(id)
    }

    /// Every file of figures.
    pub fn figures(&self) -> impl Iterator<Item = &Pinned<Figures>> {
        self.figures.all_current()
    }

    /// A figure by id, with its file.
    #[must_use]
    pub fn figure(&self, id: &str) -> Option<(&Figures, &Figure)> {
        self.figures().find_map(|file| {
            let figure = file.figures.iter().find(|figure| figure.id == id)?;
            Some((&**file, figure))
        })
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

    /// The working days of a community so many minutes east of UTC.
    #[must_use]
    pub fn calendar(&self, utc_offset_minutes: i32) -> Calendar {
        self.calendar.as_ref().map_or_else(
            || Calendar::plain(utc_offset_minutes),
            |file| Calendar::new(file, utc_offset_minutes),
        )
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
    /// Takes a file up; `Err` names the current file that has the id already.
    fn add(&mut self, source: &Source, id: &str, body: &T) -> Result<(), String> {
        if source.current {
            let other = self.current.insert(id.to_owned(), source.version);
            if let Some(other) = other.and_then(|version| self.at.get(&(id.to_owned(), version))) {
                return Err(other.file.clone());
            }
        }
        self.at.insert((id.to_owned(), source.version), Arc::new(source.pin(body)));
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
        self.current.keys().filter_map(|id| self.current(id))
    }
}

/// One file, read.
pub(super) struct Source {
    name: String,
    text: String,
    version: PlaybookVersion,
    pub current: bool,
    pub body: Body,
}

/// The kinds of files.
pub(super) enum Body {
    Workflow(Box<Workflow>),
    Checklist(Box<Checklist>),
    Form(Box<Form>),
    Rules(Box<Rules>),
    Library(Box<Library>),
    Figures(Box<Figures>),
    Roles(Box<Roles>),
    Terms(Box<TermsFile>),
    Calendar(Box<CalendarFile>),
}

/// A step on the way to a place in a file, to find its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seg<'a> {
    Key(&'a str),
    At(usize),
}

impl Source {
    fn read(file: &PlaybookFile) -> Result<Self, PlaybookError> {
        let error = |span: Option<std::ops::Range<usize>>, reason| PlaybookError {
            file: file.name.clone(),
            line: span.map(|span| line_of(&file.text, span.start)),
            reason,
        };
        if file.text.len() > MAX_FILE {
            return Err(error(
                None,
                Label::new("文件过大（上限 256 KB）", "the file is too large (at most 256 KB)"),
            ));
        }
        let unreadable = |e: toml::de::Error| {
            let span = e.span();
            error(span.clone(), mistake::describe(e.message(), &file.text, span))
        };
        if let Some(at) = too_deep(&file.text) {
            return Err(error(
                Some(at..at),
                Label::new(
                    format!("括号或名称嵌套过深（上限 {MAX_DEPTH} 层）"),
                    format!("more than {MAX_DEPTH} tables or lists lie inside each other"),
                ),
            ));
        }
        let mut table = DeTable::parse(&file.text).map_err(unreadable)?;
        let kind = table.get_mut().remove("kind").ok_or_else(|| {
            error(None, Label::new("缺少 kind（文件类别）", "the file does not say its kind"))
        })?;
        let DeValue::String(name) = kind.get_ref() else {
            return Err(error(Some(kind.span()), Label::new("kind 应为文字", "kind must be a text")));
        };
        let body = match &**name {
            "workflow" => Body::Workflow(Box::new(parse(table).map_err(unreadable)?)),
            "checklist" => Body::Checklist(Box::new(parse(table).map_err(unreadable)?)),
            "form" => Body::Form(Box::new(parse::<Form>(table).map_err(unreadable)?.with_words_of_fields())),
            "rules" => Body::Rules(Box::new(parse(table).map_err(unreadable)?)),
            "library" => Body::Library(Box::new(parse(table).map_err(unreadable)?)),
            "figures" => Body::Figures(Box::new(parse(table).map_err(unreadable)?)),
            "roles" => Body::Roles(Box::new(parse(table).map_err(unreadable)?)),
            "terms" => Body::Terms(Box::new(parse(table).map_err(unreadable)?)),
            "calendar" => Body::Calendar(Box::new(parse(table).map_err(unreadable)?)),
            other => {
                let kinds = "workflow, checklist, form, rules, library, figures, roles, terms, calendar";
                return Err(error(
                    Some(kind.span()),
                    Label::new(
                        format!("没有“{other}”这种文件；可用：{kinds}"),
                        format!("`{other}` is not a kind of playbook; use one of {kinds}"),
                    ),
                ));
            }
        };
        Ok(Self {
            name: file.name.clone(),
            text: file.text.clone(),
            version: file.version(),
            current: file.current,
            body,
        })
    }

    /// What the file is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn pin<T: Clone>(&self, body: &T) -> Pinned<T> {
        Pinned { version: self.version, file: self.name.clone(), body: body.clone() }
    }

    /// An error at a place of this file: the deepest part of the way that is there.
    pub fn error(&self, way: &[Seg<'_>], reason: Label) -> PlaybookError {
        let line = DeTable::parse(&self.text)
            .ok()
            .and_then(|table| locate(&table, way).map(|start| line_of(&self.text, start)));
        PlaybookError { file: self.name.clone(), line, reason }
    }
}

/// Where a file goes deeper than [`MAX_DEPTH`], by its brackets and the dots of its keys; found without recursion.
fn too_deep(text: &str) -> Option<usize> {
    let (mut brackets, mut dots) = (0_usize, 0_usize);
    // A key's dots go as deep as so many tables, for as long as its value lasts.
    let mut outer = Vec::new();
    for token in toml_parser::Source::new(text).lex() {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                brackets += 1;
                outer.push(dots);
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                brackets = brackets.saturating_sub(1);
                dots = outer.pop().unwrap_or_default();
            }
            TokenKind::Dot => dots += 1,
            TokenKind::Comma => dots = outer.last().copied().unwrap_or_default(),
            TokenKind::Newline if brackets == 0 => dots = 0,
            _ => {}
        }
        if brackets + dots > MAX_DEPTH {
            return Some(token.span().start());
        }
    }
    None
}

fn parse<T: DeserializeOwned>(table: Spanned<DeTable<'_>>) -> Result<T, toml::de::Error> {
    T::deserialize(toml::de::Deserializer::from(table))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Where in the text the way leads.
fn locate(table: &Spanned<DeTable<'_>>, way: &[Seg<'_>]) -> Option<usize> {
    let Some((Seg::Key(key), rest)) = way.split_first() else { return None };
    let (name, value) = table.get_ref().iter().find(|(name, _)| name.get_ref() == *key)?;
    Some(locate_value(value, rest).unwrap_or_else(|| name.span().start))
}

fn locate_value(value: &Spanned<DeValue<'_>>, way: &[Seg<'_>]) -> Option<usize> {
    let (first, rest) = way.split_first()?;
    match (first, value.get_ref()) {
        (Seg::Key(key), DeValue::Table(table)) => {
            let (name, value) = table.iter().find(|(name, _)| name.get_ref() == *key)?;
            Some(locate_value(value, rest).unwrap_or_else(|| name.span().start))
        }
        (Seg::At(index), DeValue::Array(items)) => {
            let item = items.get(*index)?;
            Some(locate_value(item, rest).unwrap_or_else(|| first_key(item)))
        }
        _ => None,
    }
}

/// The first written thing of a table, its own place otherwise: `[[step]]` is reported at its first line.
fn first_key(item: &Spanned<DeValue<'_>>) -> usize {
    match item.get_ref() {
        DeValue::Table(table) => {
            table.keys().map(|name| name.span().start).min().unwrap_or_else(|| item.span().start)
        }
        _ => item.span().start,
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
        assert_eq!(options(set.form("test.form").unwrap()), ["snow", "sun"]);
        let before = set.form_at("test.form", old[1].version()).unwrap();
        assert_eq!(options(before), ["snow", "sun", "rain"]);
        assert_eq!(set.terms().unit("barrel").unwrap().en, "barrel");
        let mixed = [new[0].clone(), file("form.toml", form("barrel"), true), old[0].clone()];
        let refused = Playbooks::company(&mixed).unwrap_err().to_string();
        assert!(refused.contains("no unit `barrel`"), "{refused}");
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
