//! The words of the product: what a code, a unit, a state or a metric is called, and what it means.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Label;
use super::form::Choice;
use crate::model::{Value, choice};

/// One `terms` file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsFile {
    /// Stable identity.
    pub id: String,
    /// What the file is about.
    pub title: Label,
    /// Words by key (`reason.role`, `problem.missing`, `home.state.vacant`).
    #[serde(default, rename = "term")]
    pub terms: BTreeMap<String, Term>,
    /// Units by id.
    #[serde(default, rename = "unit")]
    pub units: BTreeMap<String, Unit>,
    /// Lists of choices shared by forms.
    #[serde(default)]
    pub choices: BTreeMap<String, Vec<Choice>>,
    /// What somebody is to customers, in the order they are shown.
    #[serde(default, rename = "identity")]
    pub identities: Vec<ButlerIdentity>,
    /// Words added to lists that stand elsewhere, or called otherwise here: by the list.
    #[serde(default)]
    pub added: BTreeMap<String, Vec<AddedWord>>,
}

/// A word added to a list, or one that is there called otherwise.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedWord {
    /// Stable identity, stored as the answer.
    pub id: String,
    /// What is shown.
    pub label: Label,
    /// Checklists: choosing it is a finding.
    #[serde(default)]
    pub fails: bool,
    /// Checklists: what is found where all is well.
    #[serde(default)]
    pub normal: bool,
    /// Choosing it makes a finding or a case a severe one.
    #[serde(default)]
    pub severe: bool,
    /// The word of the list it counts as, for whatever asks for that one.
    #[serde(default, rename = "as")]
    pub counts_as: Option<String>,
}

impl From<AddedWord> for Choice {
    fn from(word: AddedWord) -> Self {
        Self { id: word.id, label: word.label, fails: word.fails, normal: word.normal, severe: word.severe }
    }
}

/// What a company's own words of a list count as.
pub type Meanings = BTreeMap<String, String>;

/// What a butler is to customers 身份: due items and metrics say which of these they serve.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ButlerIdentity {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub label: Label,
    /// The duty it belongs to 职责.
    pub duty: Label,
}

/// What a number counts or is measured in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// 简体中文.
    pub zh: String,
    /// English, of several.
    pub en: String,
    /// English of one, where it reads otherwise.
    #[serde(default)]
    pub one: Option<String>,
}

impl Unit {
    /// What it is called, beside no number in particular.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(self.zh.clone(), self.en.clone())
    }

    /// A number with it, the number as it is shown: `2 人`, and `30%`.
    #[must_use]
    pub fn of(&self, number: &str) -> Label {
        let one = self.one.as_ref().filter(|_| matches!(number, "1" | "-1"));
        Label::new(beside(number, &self.zh), beside(number, one.unwrap_or(&self.en)))
    }
}

/// A number and what it counts: a word stands after a space, a sign beside the digit.
fn beside(number: &str, unit: &str) -> String {
    let space = if matches!(unit, "%" | "℃") { "" } else { " " };
    format!("{number}{space}{unit}")
}

/// A word with its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
    /// What it means, where the word alone does not say it.
    #[serde(default)]
    pub means: Option<Label>,
}

/// All terms of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    pub(super) terms: BTreeMap<String, Term>,
    pub(super) units: BTreeMap<String, Unit>,
    pub(super) choices: BTreeMap<String, Vec<Choice>>,
    pub(super) identities: Vec<ButlerIdentity>,
    /// Words of files no longer in force: what was begun under them is still read and gone on with.
    pub(super) older: Option<Box<Terms>>,
    /// What a company's own words count as, by the list.
    meanings: BTreeMap<String, Meanings>,
    /// What files add to lists, until all are read.
    added: Vec<(String, Vec<AddedWord>)>,
}

/// The lists of the core: what every set begins with.
impl Default for Terms {
    fn default() -> Self {
        let lists = choice::LISTS.iter();
        let lists = lists
            .map(|(_, list, words)| ((*list).to_owned(), words.iter().map(Choice::from_table).collect()));
        Self { choices: lists.collect(), ..Self::empty() }
    }
}

impl Terms {
    const fn empty() -> Self {
        Self {
            terms: BTreeMap::new(),
            units: BTreeMap::new(),
            choices: BTreeMap::new(),
            identities: Vec::new(),
            older: None,
            meanings: BTreeMap::new(),
            added: Vec::new(),
        }
    }

    /// What a key is called. An unknown key reads as itself, so that a newer office's code is still shown.
    #[must_use]
    pub fn label(&self, key: &str) -> Label {
        self.get(key)
            .map_or_else(|| Label::new(key, key), |term| Label::new(term.zh.clone(), term.en.clone()))
    }

    /// The term of a key, with its meaning.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Term> {
        self.terms.get(key).or_else(|| self.older.as_ref()?.get(key))
    }

    /// A unit by its id.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.get(id).or_else(|| self.older.as_ref()?.unit(id))
    }

    /// A shared list of choices for a playbook no longer in force: those of today, and those of its own time.
    pub(super) fn choices_ever(&self, id: &str) -> Vec<Choice> {
        let mut all = self.choices(id).map(<[Choice]>::to_vec).unwrap_or_default();
        for choice in self.older.iter().flat_map(|older| older.choices(id).unwrap_or_default()) {
            if !all.iter().any(|known| known.id == choice.id) {
                all.push(choice.clone());
            }
        }
        all
    }

    /// Adds the words of a file, in force or not.
    pub(super) fn add(&mut self, file: &TermsFile, current: bool) {
        if current {
            self.terms.extend(file.terms.clone());
            self.units.extend(file.units.clone());
            self.choices.extend(file.choices.clone());
            self.identities.extend(file.identities.clone());
            self.added.extend(file.added.clone());
        } else {
            self.add_older(file);
        }
    }

    /// Takes what files add into their lists, once all are read.
    pub(super) fn complete(&mut self) {
        for (id, words) in std::mem::take(&mut self.added) {
            let Some(list) = self.choices.get_mut(&id) else { continue };
            for word in words {
                match list.iter_mut().find(|known| known.id == word.id) {
                    Some(known) => known.label = word.label,
                    None => {
                        if let Some(counts_as) = &word.counts_as {
                            let meanings = self.meanings.entry(id.clone()).or_default();
                            meanings.insert(word.id.clone(), counts_as.clone());
                        }
                        list.push(word.into());
                    }
                }
            }
        }
        // A word that was given up counts as it did: records still hold it.
        for (id, older) in self.older.iter().flat_map(|older| &older.meanings) {
            let in_force = self.choices.get(id).map(Vec::as_slice).unwrap_or_default();
            let given_up = older.iter().filter(|(word, _)| !in_force.iter().any(|known| known.id == **word));
            let given_up: Vec<_> = given_up.map(|(word, means)| (word.clone(), means.clone())).collect();
            self.meanings.entry(id.clone()).or_default().extend(given_up);
        }
    }

    fn add_older(&mut self, file: &TermsFile) {
        let older = self.older.get_or_insert_with(|| Box::new(Self::empty()));
        older.terms.extend(file.terms.clone());
        older.units.extend(file.units.clone());
        older.identities.extend(file.identities.clone());
        let choices = file.choices.iter().map(|(id, choices)| (id, choices.clone()));
        let added = file.added.iter();
        let added = added.map(|(id, words)| (id, words.iter().cloned().map(Choice::from).collect()));
        for (id, choices) in choices.chain(added) {
            let list = older.choices.entry(id.clone()).or_default();
            for choice in choices {
                if !list.iter().any(|known| known.id == choice.id) {
                    list.push(choice);
                }
            }
        }
        for (id, word) in file.added.iter().flat_map(|(id, words)| words.iter().map(move |word| (id, word))) {
            if let Some(counts_as) = &word.counts_as {
                let meanings = older.meanings.entry(id.clone()).or_default();
                meanings.entry(word.id.clone()).or_insert_with(|| counts_as.clone());
            }
        }
    }

    /// The identities somebody may have, in the order they are shown.
    #[must_use]
    pub fn identities(&self) -> &[ButlerIdentity] {
        &self.identities
    }

    /// An identity by id, also one of a file no longer in force.
    #[must_use]
    pub fn identity(&self, id: &str) -> Option<&ButlerIdentity> {
        let known = self.identities.iter().find(|identity| identity.id == id);
        known.or_else(|| self.older.as_ref()?.identity(id))
    }

    /// What a word of a list is called, also one of a file no longer in force; `None` for one that no list has.
    #[must_use]
    pub fn word(&self, list: &str, id: &str) -> Option<&Label> {
        let known = self.choices(list).into_iter().flatten().find(|choice| choice.id == id);
        known.map(|choice| &choice.label).or_else(|| self.older.as_ref()?.word(list, id))
    }

    /// What a company's own words of a list count as, those it gave up among them.
    #[must_use]
    pub fn meanings(&self, list: &str) -> Option<&Meanings> {
        self.meanings.get(list)
    }

    /// Whether a list has, or had, this word. A list that no file has takes any.
    #[must_use]
    pub fn knows(&self, list: &str, word: &Value) -> bool {
        self.choices(list).is_none() || word.as_text().is_some_and(|word| self.word(list, word).is_some())
    }

    /// Whether a list in force has this word. A list that no file has allows any.
    #[must_use]
    pub fn allows(&self, list: &str, word: &Value) -> bool {
        let has =
            |choices: &[Choice]| choices.iter().any(|choice| Some(choice.id.as_str()) == word.as_text());
        self.choices(list).is_none_or(has)
    }

    /// A shared list of choices.
    #[must_use]
    pub fn choices(&self, id: &str) -> Option<&[Choice]> {
        self.choices.get(id).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_called_as_one() {
        let unit = |one: Option<&str>| Unit {
            zh: "件".to_owned(),
            en: "cases".to_owned(),
            one: one.map(str::to_owned),
        };
        let said = |number: &str| unit(Some("case")).of(number);
        for (number, en) in
            [("0", "0 cases"), ("1", "1 case"), ("-1", "-1 case"), ("2", "2 cases"), ("1.5", "1.5 cases")]
        {
            assert_eq!(said(number), Label::new(format!("{number} 件"), en));
        }
        assert_eq!(unit(None).of("1").en, "1 cases", "a unit that says nothing of one is as it was");
        assert_eq!(unit(Some("case")).label(), Label::new("件", "cases"));
    }

    #[test]
    fn a_word_stands_after_a_space_and_a_sign_beside_its_number() {
        let said = |zh: &str, en: &str| Unit { zh: zh.to_owned(), en: en.to_owned(), one: None }.of("30");
        assert_eq!(said("人", "people"), Label::new("30 人", "30 people"));
        assert_eq!(said("%", "%"), Label::new("30%", "30%"));
        assert_eq!(said("℃", "°C"), Label::new("30℃", "30 °C"));
    }
}
