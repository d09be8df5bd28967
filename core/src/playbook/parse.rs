//! One playbook file, read: its text, what it is, and the places in it.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::lexer::TokenKind;

use super::calendar::CalendarFile;
use super::checklist::Checklist;
use super::diagnostics::{self, Diagnostic, PlaybookError};
use super::form::Form;
use super::library::LibraryFile;
use super::metric::MetricFile;
use super::paper::Paper;
use super::path::{Path, line_of};
use super::roles::Roles;
use super::rule::Rules;
use super::set::{MAX_FILE, PlaybookFile};
use super::terms::TermsFile;
use super::workflow::Workflow;
use crate::model::PlaybookVersion;

/// Most tables and lists inside each other in a file. Reading recurses, and a phone reads on a thread with a stack of
/// half a megabyte; the playbooks of this build have six.
pub(super) const MAX_DEPTH: usize = 12;

/// The kinds of files, as a sentence names them.
pub(super) const KINDS: &str =
    "workflow, checklist, form, rules, library, metrics, roles, terms, calendar, paper";

/// One file, read.
pub(super) struct ParsedFile {
    pub name: String,
    pub version: PlaybookVersion,
    pub current: bool,
    pub playbook: AnyPlaybook,
    text: String,
}

/// What a file can hold.
pub(super) enum AnyPlaybook {
    Workflow(Box<Workflow>),
    Checklist(Box<Checklist>),
    Form(Box<Form>),
    Rules(Box<Rules>),
    Library(Box<LibraryFile>),
    Metrics(Box<MetricFile>),
    Roles(Box<Roles>),
    Terms(Box<TermsFile>),
    Calendar(Box<CalendarFile>),
    Paper(Box<Paper>),
}

impl ParsedFile {
    pub fn read(file: &PlaybookFile) -> Result<Self, PlaybookError> {
        let playbook = read(&file.text).map_err(|(at, diagnostic)| PlaybookError {
            file: file.name.clone(),
            line: at.map(|at| line_of(&file.text, at)),
            diagnostic,
        })?;
        Ok(Self {
            name: file.name.clone(),
            version: file.version(),
            current: file.current,
            playbook,
            text: file.text.clone(),
        })
    }

    /// An error at a place of this file: the deepest part of the path that is there.
    pub fn error(&self, path: &Path<'_>, diagnostic: Diagnostic) -> PlaybookError {
        PlaybookError { file: self.name.clone(), line: path.line(&self.text), diagnostic }
    }
}

/// Reads a text; an error comes with the place that is to blame.
fn read(text: &str) -> Result<AnyPlaybook, (Option<usize>, Diagnostic)> {
    if text.len() > MAX_FILE {
        return Err((None, Diagnostic::FileTooLarge));
    }
    if let Some(at) = too_deep(text) {
        return Err((Some(at), Diagnostic::FileTooDeep));
    }
    let unreadable =
        |error: toml::de::Error| (error.span().map(|span| span.start), diagnostics::describe(text, &error));
    let mut table = DeTable::parse(text).map_err(unreadable)?;
    let kind = table.get_mut().remove("kind").ok_or((None, Diagnostic::KindMissing))?;
    let at = Some(kind.span().start);
    let DeValue::String(kind) = kind.get_ref() else { return Err((at, Diagnostic::KindNotText)) };
    match &**kind {
        "workflow" => parse(table).map(AnyPlaybook::Workflow),
        "checklist" => parse(table).map(AnyPlaybook::Checklist),
        "form" => parse::<Form>(table).map(|form| AnyPlaybook::Form(Box::new(form.with_words_of_fields()))),
        "rules" => parse(table).map(AnyPlaybook::Rules),
        "library" => parse(table).map(AnyPlaybook::Library),
        "metrics" => parse(table).map(AnyPlaybook::Metrics),
        "roles" => parse(table).map(AnyPlaybook::Roles),
        "terms" => parse(table).map(AnyPlaybook::Terms),
        "calendar" => parse(table).map(AnyPlaybook::Calendar),
        "paper" => parse(table).map(AnyPlaybook::Paper),
        other => return Err((at, Diagnostic::UnknownKind(other.to_owned()))),
    }
    .map_err(unreadable)
}

fn parse<T: DeserializeOwned>(table: Spanned<DeTable<'_>>) -> Result<Box<T>, toml::de::Error> {
    T::deserialize(toml::de::Deserializer::from(table)).map(Box::new)
}

/// Where a file goes deeper than [`MAX_DEPTH`], by its brackets and the dots of its keys; found without recursion.
pub(super) fn too_deep(text: &str) -> Option<usize> {
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
