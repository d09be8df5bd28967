//! A template filled from what is known of a record.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{COMMON, Paper, PaperBlock, PaperSize, Points, of_step};
use crate::model::{MetricId, QuestionId, Record, StepId};
use crate::playbook::metric::{MetricCounter, Month};
use crate::playbook::{Label, Language, Terms};
use crate::query::RecordIndex;

/// What is left free to be written by hand, where nothing was answered yet.
const BLANK: &str = "＿＿＿＿＿＿";

/// What is known of a record, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlipFacts {
    /// What its QR says.
    pub code: String,
    /// By name: what it is called, and what was answered. Without an answer the place stays free.
    pub named: BTreeMap<String, (Label, Option<Label>)>,
    /// What was done, in order.
    pub steps: Vec<SlipStep>,
    /// What was looked at, in walking order.
    pub checks: Vec<SlipCheck>,
    /// By the question that names the month, and the metric: what it is called, and its number. Counted for the one template
    /// that tells them.
    pub metrics: BTreeMap<(QuestionId, MetricId), (Label, Label)>,
}

/// A step on a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipStep {
    /// Which.
    pub step: StepId,
    /// What it is called.
    pub label: Label,
    /// When, to the minute.
    pub at: String,
    /// Who made it.
    pub by: String,
    /// Its answers, each with its question, and free words.
    pub said: Vec<(Label, Label)>,
    /// Free words.
    pub note: String,
}

/// What was found of one item of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipCheck {
    /// Where.
    pub point: Label,
    /// What is looked at.
    pub item: Label,
    /// What was found; nothing while nobody looked.
    pub found: Option<Label>,
    /// It was a finding.
    pub fails: bool,
    /// Who looked.
    pub by: String,
    /// When, to the minute.
    pub at: String,
}

/// A slip, filled in one language: everything on it is text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledSlip {
    /// The language it is in.
    pub language: Language,
    /// How large it is.
    pub size: PaperSize,
    /// The company, above everything.
    pub company: String,
    /// What it is.
    pub title: String,
    /// The number of what it was filled from.
    pub number: String,
    /// What its QR says.
    pub code: String,
    /// What stands on it.
    pub parts: Vec<SlipPart>,
}

/// A part of a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlipPart {
    /// A paragraph.
    Text(String),
    /// What something is called, and what it is.
    Table(Vec<(String, String)>),
    /// Rows below their heads.
    List {
        /// Of each column.
        heads: Vec<String>,
        /// Each as many cells.
        rows: Vec<Vec<String>>,
    },
    /// Lines to sign on, each with whose.
    Sign(Vec<String>),
}

impl SlipFacts {
    /// Names a step's day and person.
    pub fn name_step(&mut self, step: &StepId, label: &Label) {
        let done = self.steps.iter().rev().find(|made| made.step == *step);
        let said = done.map(|made| (made.at.split(' ').next().unwrap_or_default(), made.by.as_str()));
        let [on, by] = of_step(step);
        let said = said.map(|(day, by)| (day.parse().map_or_else(|_| Label::same(day), day_in_words), by));
        let of = |zh: &str, en: &str| Label::new(format!("{}{zh}", label.zh), format!("{}: {en}", label.en));
        self.named.insert(by, (of("经办人", "by"), said.as_ref().map(|(_, by)| Label::same(*by))));
        self.named.insert(on, (of("日期", "date"), said.map(|(day, _)| day)));
    }

    /// Gives one of the names every template knows its words; none, and its place stays free.
    pub fn name(&mut self, name: &str, words: impl Into<Option<Label>>) {
        if let Some((id, zh, en)) = COMMON.iter().find(|(id, ..)| *id == name) {
            let words = words.into().filter(|words| !words.zh.trim().is_empty());
            self.named.insert((*id).to_owned(), (Label::new(*zh, *en), words));
        }
    }
}

/// A day as it is written in a letter.
#[must_use]
pub fn day_in_words(day: NaiveDate) -> Label {
    Label::new(day.format("%Y年%-m月%-d日").to_string(), day.to_string())
}

impl Paper {
    /// Counts the metrics it tells, each in the month that `row` says; what a question names no month for is left out.
    ///
    /// # Errors
    /// The index's own.
    pub fn count<'a, I: RecordIndex + 'a>(
        &self,
        row: &Record,
        facts: &mut SlipFacts,
        terms: &Terms,
        counter: impl Fn(Month) -> MetricCounter<'a, I>,
    ) -> Result<(), I::Error> {
        for asked in self.metrics() {
            let Some(month) = asked.month_of(row) else { continue };
            let mut counter = counter(month);
            for metric in &asked.of {
                let counted = counter.count(Some(metric), None)?;
                facts.metrics.extend(counted.into_iter().map(|counted| {
                    let number = counted.words(terms).unwrap_or_else(|| Label::new("没有数据", "no data"));
                    ((asked.month.clone(), counted.metric), (counted.label, number))
                }));
            }
        }
        Ok(())
    }

    /// Whether it may be handed out as the record stands.
    #[must_use]
    pub fn is_ready(&self, facts: &SlipFacts) -> bool {
        self.after.is_empty() || facts.steps.iter().any(|made| self.after.contains(&made.step))
    }

    /// The slip of a record.
    #[must_use]
    pub fn fill(&self, facts: &SlipFacts, language: Language) -> FilledSlip {
        let text = |label: &Label| label.text(language).to_owned();
        let said = |name: &str| {
            let words = facts.named.get(name).and_then(|(_, words)| words.as_ref());
            words.map_or_else(|| BLANK.to_owned(), text)
        };
        // The place of what is not known here stays free as well: a question of a newer version of the procedure.
        let values: BTreeMap<&str, Label> =
            self.names().map(|name| (name, Label::same(said(name)))).collect();
        let mut parts = Vec::new();
        let mut told = BTreeSet::new();
        for block in &self.blocks {
            match block {
                PaperBlock::Text(words) => {
                    let filled = words.fill(&values);
                    let lines = filled.text(language).lines().map(str::trim).filter(|line| !line.is_empty());
                    parts.extend(lines.map(|line| SlipPart::Text(line.to_owned())));
                }
                PaperBlock::Table(names) => {
                    let row = |name: &String| {
                        let label =
                            facts.named.get(name).map_or_else(|| name.clone(), |(label, _)| text(label));
                        (label, said(name))
                    };
                    let is_there = |name: &&String| {
                        !name.starts_with('$')
                            || facts.named.get(*name).is_some_and(|(_, words)| words.is_some())
                    };
                    let rows: Vec<_> = names.iter().filter(is_there).map(row).collect();
                    told.extend(rows.iter().cloned());
                    parts.push(SlipPart::Table(rows));
                }
                PaperBlock::Course(steps) => parts.push(self.course(facts, steps, &told, language)),
                PaperBlock::Points(which) => parts.push(points(facts, *which, language)),
                PaperBlock::Metrics(asked) => {
                    let row = |metric: &MetricId| {
                        let counted = facts.metrics.get(&(asked.month.clone(), metric.clone()));
                        counted.map(|(label, number)| (text(label), text(number)))
                    };
                    parts.push(SlipPart::Table(asked.of.iter().filter_map(row).collect()));
                }
                PaperBlock::Sign(who) => {
                    let line = |who: &Label| format!("{}{}", text(who), colon(language));
                    parts.push(SlipPart::Sign(who.iter().map(line).collect()));
                }
            }
        }
        FilledSlip {
            language,
            size: self.size,
            company: said("$company"),
            title: text(&self.title),
            number: said("$number"),
            code: facts.code.clone(),
            parts,
        }
    }

    /// What was done: time, step, person, what was said but for what a table above tells.
    fn course(
        &self,
        facts: &SlipFacts,
        steps: &[StepId],
        told: &BTreeSet<(String, String)>,
        language: Language,
    ) -> SlipPart {
        let row = |made: &SlipStep| {
            let said = made.said.iter().map(|(asked, words)| (asked.text(language), words.text(language)));
            let said =
                said.filter(|(asked, words)| !told.contains(&((*asked).to_owned(), (*words).to_owned())));
            let said = said.map(|(asked, words)| format!("{asked}{}{words}", colon(language)));
            let note = Some(made.note.clone()).filter(|note| self.notes && !note.is_empty());
            let said: Vec<String> = said.chain(note).collect();
            vec![made.at.clone(), made.label.text(language).to_owned(), made.by.clone(), said.join("\n")]
        };
        let made = facts.steps.iter().filter(|made| steps.is_empty() || steps.contains(&made.step));
        SlipPart::List {
            heads: heads(language, &[("时间", "When"), ("步骤", "Step"), ("经办人", "By"), ("内容", "What")]),
            rows: made.map(row).collect(),
        }
    }
}

impl FilledSlip {
    /// Its number, as it stands below its title.
    #[must_use]
    pub fn number_line(&self) -> String {
        match self.language {
            Language::Zh => format!("单号：{}", self.number),
            Language::En => format!("No. {}", self.number),
        }
    }

    /// What stands at the foot of each of several pages.
    #[must_use]
    pub fn page_line(&self, page: usize, of: usize) -> String {
        match self.language {
            Language::Zh => format!("{} {}　第{page}页，共{of}页", self.title, self.number),
            Language::En => format!("{} {} · page {page} of {of}", self.title, self.number),
        }
    }

    /// Whether a paragraph begins with a free space, as in a Chinese letter all do but the one that says to whom it is.
    #[must_use]
    pub fn is_indented(&self, text: &str) -> bool {
        self.language == Language::Zh && !text.ends_with('：')
    }
}

const fn colon(language: Language) -> &'static str {
    match language {
        Language::Zh => "：",
        Language::En => ": ",
    }
}

fn heads(language: Language, heads: &[(&str, &str)]) -> Vec<String> {
    heads.iter().map(|(zh, en)| Label::new(*zh, *en).text(language).to_owned()).collect()
}

/// What was found, point by point; a point's name stands at its first item alone.
fn points(facts: &SlipFacts, which: Points, language: Language) -> SlipPart {
    let mut last = None;
    let row = |check: &SlipCheck| {
        let point =
            Some(&check.point).filter(|point| last.replace(point.zh.clone()).as_ref() != Some(&point.zh));
        let found = check.found.as_ref().map_or("", |found| found.text(language));
        let mark = if check.fails { "× " } else { "" };
        vec![
            point.map(|point| point.text(language).to_owned()).unwrap_or_default(),
            check.item.text(language).to_owned(),
            format!("{mark}{found}"),
            check.by.clone(),
            check.at.clone(),
        ]
    };
    let checks = facts.checks.iter().filter(|check| which == Points::All || check.fails);
    SlipPart::List {
        heads: heads(
            language,
            &[("点位", "Point"), ("检查项", "Item"), ("结果", "Result"), ("检查人", "By"), ("时间", "When")],
        ),
        rows: checks.map(row).collect(),
    }
}
