//! Checks a condition before a phone has to evaluate it: on generated answers, present and absent, of every declared
//! type.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::Terms;
use super::condition::{Condition, Declared, Literal, Name, ROOTS, Scope};
use super::diagnostics::{Diagnostic, Suggestion};
use super::due;
use super::form::FormField;
use crate::model::fields::{self, Type};
use crate::model::{Kind, Value};

/// Combinations tried at most; a condition that mentions more names than this allows is tried on a spread of them.
const MOST: usize = 800;

/// Conditions that are remembered to have passed. The playbooks of this build have some hundred.
const MOST_REMEMBERED: usize = 4_096;

/// The names a condition may use at its place, with their types.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    known: BTreeMap<Name, (Declared, Vec<String>)>,
    scalars: BTreeSet<&'static str>,
}

impl Names {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn known(mut self, root: &str, path: &str, declared: Declared, options: Vec<String>) -> Self {
        self.known.insert(Name { root: root.to_owned(), path: path.to_owned() }, (declared, options));
        self
    }

    pub fn scalar(mut self, name: &'static str) -> Self {
        self.scalars.insert(name);
        self
    }

    /// A text of its own under a root.
    pub fn text(self, root: &str, name: &str) -> Self {
        self.known(root, name, Declared::Text, Vec::new())
    }

    /// The fields of a record kind under `record`.
    pub fn record(self, terms: &Terms, kind: Option<Kind>) -> Self {
        let specs = kind.into_iter().flat_map(|kind| fields::specs(kind).iter().chain(fields::common()));
        specs.fold(self, |names, spec| match due::declared(spec.ty) {
            Some(declared) => {
                let options = match spec.ty {
                    Type::Choice(words) => words.iter().map(|word| word.code.to_owned()).collect(),
                    _ => {
                        let words = spec.terms.and_then(|list| terms.choices(list)).unwrap_or_default();
                        words.iter().map(|word| word.id.clone()).collect()
                    }
                };
                names.known("record", spec.path, declared, options)
            }
            None => names,
        })
    }

    /// The answers to questions under a root.
    pub fn answers<'f>(self, root: &str, fields: impl IntoIterator<Item = &'f FormField>) -> Self {
        fields.into_iter().fold(self, |names, field| match field.answer.declared() {
            Some(declared) => {
                let options = field.options.iter().map(|option| option.id.clone()).collect();
                names.known(root, field.id.as_str(), declared, options)
            }
            None => names,
        })
    }

    /// What a case says of itself, with its answers so far.
    pub fn of_case<'f>(fields: impl IntoIterator<Item = &'f FormField>) -> Self {
        Self::new().answers("case", fields).text("case", "state").scalar("rounds")
    }

    /// Whether a case's own names are in sight.
    pub fn has_case(&self) -> bool {
        self.scalars.contains("rounds")
    }

    fn spelled(&self) -> impl Iterator<Item = String> {
        let known = self.known.keys().map(|name| format!("{}.{}", name.root, name.path));
        known.chain(self.scalars.iter().map(|name| (*name).to_owned()))
    }

    fn is_group(&self, name: &Name) -> bool {
        let members = format!("{}/*/", name.path);
        self.known.keys().any(|known| known.root == name.root && known.path.starts_with(&members))
    }
}

/// What passed before passes again: of a changed set only what is new is tried. The office runs for months and judges
/// whatever it is sent, so what was not asked for in a while is forgotten.
struct Passed {
    recent: BTreeSet<[u8; 32]>,
    before: BTreeSet<[u8; 32]>,
}

impl Passed {
    const fn new() -> Self {
        Self { recent: BTreeSet::new(), before: BTreeSet::new() }
    }

    fn contains(&mut self, key: [u8; 32]) -> bool {
        let known = self.recent.contains(&key) || self.before.contains(&key);
        if known {
            self.insert(key);
        }
        known
    }

    fn insert(&mut self, key: [u8; 32]) {
        self.recent.insert(key);
        if self.recent.len() >= MOST_REMEMBERED / 2 {
            self.before = std::mem::take(&mut self.recent);
        }
    }
}

/// What is wrong with a condition at its place.
pub(super) fn run(condition: &Condition, names: &Names) -> Vec<Diagnostic> {
    static PASSED: Mutex<Passed> = Mutex::new(Passed::new());
    let passed = || PASSED.lock().unwrap_or_else(PoisonError::into_inner);
    let key = key(condition, names);
    if passed().contains(key) {
        return Vec::new();
    }
    let found = find(condition, names);
    if found.is_empty() {
        passed().insert(key);
    }
    found
}

/// All that decides the check: the condition, and what the names it mentions are.
fn key(condition: &Condition, names: &Names) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut note = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    note(condition.source());
    for name in condition.names() {
        note(&name.root);
        note(&name.path);
        note(if names.is_group(name) { "group" } else { "" });
        note(if names.scalars.contains(name.root.as_str()) { "scalar" } else { "" });
        if let Some((declared, options)) = names.known.get(name) {
            note(&format!("{declared:?}"));
            options.iter().for_each(|option| note(option));
        }
    }
    note(if names.scalars.contains("today") { "today" } else { "" });
    hash.finalize().into()
}

/// What trying a condition costs: bytes of condition evaluated.
pub(super) fn cost(condition: &Condition, names: &Names) -> u64 {
    let tries = tries(&axes(condition, names)).1 as u64;
    tries.saturating_mul(condition.source().len() as u64)
}

/// The names a condition mentions, each with the answers it is tried on.
fn axes<'c>(condition: &'c Condition, names: &Names) -> Vec<(&'c Name, Vec<Option<Value>>)> {
    let known = |name| Some((name, samples(condition, names.known.get(name)?)));
    condition.names().filter_map(known).collect()
}

/// All combinations of answers, and how many of them are tried.
fn tries(axes: &[(&Name, Vec<Option<Value>>)]) -> (usize, usize) {
    let total = axes.iter().fold(1_usize, |total, (_, values)| total.saturating_mul(values.len()));
    (total, total.min(MOST))
}

fn find(condition: &Condition, names: &Names) -> Vec<Diagnostic> {
    let unknown: Vec<Diagnostic> = condition.names().filter_map(|name| unknown(name, names)).collect();
    if !unknown.is_empty() {
        return unknown;
    }
    unknown_word(condition, names).or_else(|| failure(condition, names)).into_iter().collect()
}

fn unknown(name: &Name, names: &Names) -> Option<Diagnostic> {
    let known = if ROOTS.contains(&name.root.as_str()) {
        names.known.contains_key(name) || names.is_group(name)
    } else {
        names.scalars.contains(name.root.as_str())
    };
    (!known).then(|| {
        let spelled =
            if name.path.is_empty() { name.root.clone() } else { format!("{}.{}", name.root, name.path) };
        let here: Vec<String> = names.spelled().collect();
        let suggestion = Suggestion::among(&spelled, here.iter().map(String::as_str));
        Diagnostic::ConditionNamesUnknown(spelled, suggestion)
    })
}

/// A constant text that is no option of any choice the condition mentions is a spelling mistake.
fn unknown_word(condition: &Condition, names: &Names) -> Option<Diagnostic> {
    let mut options = BTreeSet::new();
    for name in condition.names() {
        let Some((declared, own)) = names.known.get(name) else { continue };
        match declared {
            Declared::Text | Declared::List if own.is_empty() => return None,
            Declared::Date => return None,
            _ => options.extend(own),
        }
    }
    let word = condition.literals().find_map(|literal| match literal {
        Literal::Text(text) if !text.is_empty() && !options.contains(text) => Some(text),
        _ => None,
    })?;
    (!options.is_empty()).then(|| {
        let suggestion = Suggestion::among(word, options.iter().map(|option| option.as_str()));
        Diagnostic::ConditionWordUnknown(word.clone(), suggestion)
    })
}

/// The first generated answers on which the condition fails.
fn failure(condition: &Condition, names: &Names) -> Option<Diagnostic> {
    let axes = axes(condition, names);
    let groups: BTreeSet<&Name> = condition.names().filter(|name| names.is_group(name)).collect();
    let (total, tries) = tries(&axes);
    for number in 0..tries {
        // All combinations while they are few; beyond, a stride that is coprime to any small radix spreads them.
        let mut index = if total <= MOST { number } else { number.wrapping_mul(2_654_435_761) % total };
        let mut scope = Scope::new().rounds(u32::try_from(number % 3).unwrap_or(0) + 1);
        if names.scalars.contains("today") {
            scope = scope.today(chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default());
        }
        let mut members: BTreeMap<&str, Vec<(&str, cel::Value)>> = BTreeMap::new();
        for (name, values) in &axes {
            let value = &values[index % values.len()];
            index /= values.len();
            let (Some(value), Some((declared, _))) = (value, names.known.get(*name)) else { continue };
            match name.path.split_once("/*/") {
                Some((group, field)) => {
                    let bound = declared.bind(value).map(|value| (field, value));
                    members.entry(group).or_default().extend(bound);
                }
                None => scope.bind(&name.root, &name.path, *declared, value),
            }
        }
        for group in &groups {
            // A group may be absent, empty of fields, or filled.
            if number % 4 != 3 {
                let fields = members.remove(group.path.as_str()).unwrap_or_default();
                scope.bind_group(&group.path, std::iter::repeat_n(fields, number % 4));
            }
        }
        if let Err(error) = condition.evaluate(&scope) {
            return Some(Diagnostic::ConditionFails(error));
        }
    }
    None
}

/// Absent, and telling values of the declared type; the constants of the condition and their neighbours too.
fn samples(condition: &Condition, (declared, options): &(Declared, Vec<String>)) -> Vec<Option<Value>> {
    let mut values: Vec<Value> = match declared {
        Declared::Flag => vec![true.into(), false.into()],
        Declared::Date => vec!["2026-02-28".into(), "2026-11-22".into(), "2031-01-01".into()],
        Declared::Number => vec![(-1.0).into(), 0.into(), 3.5.into()],
        Declared::Text if options.is_empty() => vec!["".into(), "文字".into()],
        Declared::Text => options.iter().map(|option| option.as_str().into()).collect(),
        Declared::List => {
            let all = options.join(",");
            options
                .first()
                .map(|first| first.as_str().into())
                .into_iter()
                .chain(["".into(), all.into()])
                .collect()
        }
    };
    for literal in condition.literals() {
        match (declared, literal) {
            (Declared::Text, Literal::Text(text)) if options.is_empty() => values.push(text.as_str().into()),
            (Declared::Number, Literal::Int(int)) => {
                values.extend([int.saturating_sub(1), *int, int.saturating_add(1)].map(Value::from));
            }
            (Declared::Number, Literal::Real(bits)) => values.push(f64::from_bits(*bits).into()),
            _ => {}
        }
    }
    std::iter::once(None).chain(values.into_iter().map(Some)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passed_is_remembered_while_it_is_asked_for_and_never_without_end() {
        let key = |number: usize| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_be_bytes());
            key
        };
        let mut passed = Passed::new();
        for number in 0..MOST_REMEMBERED * 4 {
            passed.insert(key(number));
            assert!(passed.contains(key(0)) && passed.contains(key(number)));
            assert!(passed.recent.len() + passed.before.len() <= MOST_REMEMBERED);
        }
        assert!(!passed.contains(key(1)), "nobody asked for it");
    }
}
