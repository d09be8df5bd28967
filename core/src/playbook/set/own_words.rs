//! A company's own word that counts as one of ours is found by whatever asks for that one: the values that rules, steps, sums
//! and metrics select by are taken wider once, when the set is read, so that no index has to know of it.

use super::Playbooks;
use crate::model::{Kind, Value, fields};
use crate::playbook::Terms;
use crate::playbook::metric::MetricFilter;
use crate::playbook::related::{HomeMark, Related, Requirement};
use crate::playbook::rule::Subject;
use crate::playbook::terms::Meanings;
use crate::query::FieldFilter;

impl Playbooks {
    /// Has everything of the set that selects by our words find the company's own as well.
    pub(super) fn take_own_words(&mut self) {
        let (terms, forms) = (&self.terms, self.forms.clone());
        self.rules.each(|rules, _| {
            for rule in &mut rules.rules {
                let Subject { kind, filters: own, unless, having, lacking, .. } = &mut rule.subject;
                demanded(terms, kind.record(), [own, unless], [having, lacking]);
                let record = Some(rule.done.record);
                filters(terms, record, &mut rule.done.filters);
                filters(terms, record, &mut rule.done.answered_if);
            }
            for HomeMark { filters: own, unless, having, lacking, .. } in &mut rules.marks {
                demanded(terms, Some(Kind::Home), [own, unless], [having, lacking]);
            }
        });
        self.workflows.each(|workflow, _| {
            for requirement in workflow.steps.iter_mut().flat_map(|step| &mut step.requires) {
                let Requirement { about, filters: own, unless, having, lacking, .. } = requirement;
                demanded(terms, about.record(), [own, unless], [having, lacking]);
            }
        });
        let counted = |field: &mut super::FormField| {
            for part in &mut field.sum {
                part.having.iter_mut().chain(&mut part.having_beside).for_each(|asked| related(terms, asked));
                let form = part.form().and_then(|form| forms.current(form.as_str()));
                for filter in &mut part.filters {
                    let asked =
                        form.and_then(|form| form.fields.iter().find(|field| field.id == *filter.path));
                    also(filter, asked.map(|field| &field.meanings));
                }
            }
        };
        self.workflows.each(|workflow, _| workflow.sums.iter_mut().for_each(counted));
        self.checklists.each(|list, _| list.sums.iter_mut().for_each(counted));
        self.forms.each(|form, _| form.fields.iter_mut().for_each(counted));
        self.metrics.each(|file, _| {
            for metric in &mut file.metrics {
                let kind = metric.of.kind();
                narrowing(terms, kind, &mut metric.only);
                metric.share.iter_mut().for_each(|share| narrowing(terms, kind, share));
            }
        });
    }
}

fn narrowing(terms: &Terms, kind: Option<Kind>, only: &mut MetricFilter) {
    filters(terms, kind, &mut only.filters);
    filters(terms, kind, &mut only.unless);
    if let Some(having) = &mut only.having {
        filters(terms, Some(having.kind), &mut having.filters);
        filters(terms, Some(having.kind), &mut having.unless);
    }
}

/// What must hold of a record, and of those that refer to it.
fn demanded(
    terms: &Terms,
    kind: Option<Kind>,
    own: [&mut Vec<FieldFilter>; 2],
    referring: [&mut Vec<Related>; 2],
) {
    own.into_iter().for_each(|own| filters(terms, kind, own));
    referring.into_iter().flatten().for_each(|asked| related(terms, asked));
}

fn related(terms: &Terms, related: &mut Related) {
    for asked in [&mut related.filters, &mut related.unless, &mut related.each] {
        filters(terms, Some(related.kind), asked);
    }
}

fn filters(terms: &Terms, kind: Option<Kind>, filters: &mut [FieldFilter]) {
    for filter in filters {
        let list = kind.and_then(|kind| fields::spec(kind, &filter.path)).and_then(|spec| spec.terms);
        also(filter, list.and_then(|list| terms.meanings(list)));
    }
}

/// What asks for a word finds those that count as it.
fn also(filter: &mut FieldFilter, meanings: Option<&Meanings>) {
    let own = meanings.into_iter().flatten().map(|(word, means)| (Value::from(word.as_str()), means));
    let asked = |means: &str| filter.is.iter().any(|value| value.as_text() == Some(means));
    let found: Vec<Value> =
        own.filter(|(word, means)| asked(means) && !filter.is.contains(word)).map(|(word, _)| word).collect();
    filter.is.extend(found);
}

#[cfg(test)]
mod tests {
    use super::super::PlaybookFile;
    use super::*;

    const WORDS: &str = r#"
        kind = "terms"
        id = "test.words"
        title = { zh = "用语", en = "Words" }
        [added]
        home_state = [{ id = "for_sale", label = { zh = "空置待售", en = "for sale" }, as = "vacant" }]
        stage = [{ id = "second_hand", label = { zh = "二手业主", en = "second-hand" }, as = "resident_owner" }]
    "#;

    fn set(files: &[(&str, bool)]) -> Playbooks {
        let file = |(number, (text, current)): (usize, &(&str, bool))| PlaybookFile {
            name: format!("{number}.toml"),
            text: (*text).to_owned(),
            current: *current,
        };
        let files: Vec<PlaybookFile> = files.iter().enumerate().map(file).collect();
        Playbooks::company(&files).map_err(|rejected| rejected.to_string()).unwrap()
    }

    /// The values a rule of ours selects homes by, those of `state`.
    fn states(set: &Playbooks, rule: &str) -> Vec<String> {
        let rule = set.rules().flat_map(|file| &file.rules).find(|known| known.id == rule).unwrap();
        let subject = rule.subject.filters.iter().chain(&rule.subject.unless);
        let states = subject.filter(|filter| filter.path == "state").flat_map(|filter| &filter.is);
        states.filter_map(|value| value.as_text().map(str::to_owned)).collect()
    }

    #[test]
    fn what_asks_for_our_word_finds_those_that_count_as_it() {
        let with = set(&[(WORDS, true)]);
        for rule in ["vacant.outside.monthly", "vacant.key-held.monthly"] {
            let ours = states(&Playbooks::embedded().unwrap(), rule);
            assert_eq!(states(&with, rule), [ours, vec!["for_sale".to_owned()]].concat());
        }
        assert!(
            !states(&with, "vacant.outside.weekly").contains(&"for_sale".to_owned()),
            "it asks for another"
        );
        // What somebody chooses from and reads is the word itself.
        let home = with.forms().find(|form| form.record == Kind::Home).unwrap();
        let state = home.fields.iter().find(|field| field.id == *"state").unwrap();
        assert_eq!(state.option("for_sale").unwrap().label.zh, "空置待售");
    }

    #[test]
    fn a_mark_stands_over_homes_whose_own_word_counts_as_ours() {
        let refit = "home_state = [{ id = \"refit\", label = { zh = \"翻新中\", en = \"refit\" }, as = \"renovating\" }, ";
        let with = set(&[(&WORDS.replace("home_state = [", refit), true)]);
        let states = with.marks().flat_map(|mark| &mark.filters).flat_map(|filter| &filter.is);
        assert!(states.filter_map(Value::as_text).any(|state| state == "refit"));
    }

    #[test]
    fn a_word_that_was_given_up_counts_as_it_did_and_one_that_came_back_as_it_says_now() {
        let rule = "vacant.outside.monthly";
        assert!(states(&set(&[(WORDS, false)]), rule).contains(&"for_sale".to_owned()));
        let plain = WORDS.replace(", as = \"vacant\"", "");
        assert!(!states(&set(&[(WORDS, false), (&plain, true)]), rule).contains(&"for_sale".to_owned()));
    }
}
