//! What must hold of templates of slips: that everything they mention can be filled in, whichever record they are filled from.

use std::collections::BTreeSet;

use super::Check;
use crate::model::StepId;
use crate::playbook::Playbooks;
use crate::playbook::diagnostics::{Diagnostic, Suggestion};
use crate::playbook::form::{AnswerType, FormField};
use crate::playbook::paper::{COMMON, COMPANY, Paper, PaperBlock, of_step};
use crate::playbook::path::Path;
use crate::playbook::workflow::Workflow;

/// What a template is filled from.
enum SlipSource<'a> {
    Case(&'a Workflow),
    /// With its sums.
    Round(&'a [FormField]),
    Row(&'a [FormField]),
}

impl Check<'_> {
    pub(super) fn paper(&mut self, paper: &Paper) {
        let top = Path::top();
        self.head(&paper.id, &paper.title);
        self.report_if(paper.of.is_empty(), &top.key("of"), Diagnostic::EmptyPaper);
        self.report_if(paper.blocks.is_empty(), &top.key("block"), Diagnostic::EmptyPaper);
        if self.set.terms().get(COMPANY).is_none() {
            self.report(&top, Diagnostic::NoTerm(COMPANY.to_owned()));
        }
        for (index, of) in paper.of.iter().enumerate() {
            let path = top.key("of").index(index);
            match filled_by(self.set, of) {
                Some(source) => self.filled_from(paper, of, &source),
                None => {
                    let flows = self.set.workflows().map(|flow| flow.id.to_string());
                    let lists = self.set.checklists().map(|list| list.id.to_string());
                    let forms = self.set.forms().map(|form| form.id.to_string());
                    let known: Vec<String> = flows.chain(lists).chain(forms).collect();
                    self.unknown(&path, of, known.iter().map(String::as_str), Diagnostic::NoProcedure);
                }
            }
        }
        for (index, block) in paper.blocks.iter().enumerate() {
            let path = top.key("block").index(index);
            match block {
                PaperBlock::Text(words) => self.label(&path.key("text"), words),
                PaperBlock::Sign(who) => {
                    for (number, who) in who.iter().enumerate() {
                        self.label(&path.key("sign").index(number), who);
                    }
                }
                PaperBlock::Metrics(metrics) => {
                    let known: Vec<String> = self
                        .set
                        .metrics()
                        .flat_map(|file| &file.metrics)
                        .map(|own| own.id.to_string())
                        .collect();
                    for (number, id) in metrics.of.iter().enumerate() {
                        let path = path.key("metrics").key("of").index(number);
                        self.one_of(
                            &path,
                            id.as_str(),
                            known.iter().map(String::as_str),
                            Diagnostic::NoMetric,
                        );
                    }
                }
                PaperBlock::Table(_) | PaperBlock::Course(_) | PaperBlock::Points(_) => {}
            }
        }
    }

    /// Whether a record of that procedure answers whatever the template mentions.
    fn filled_from(&mut self, paper: &Paper, of: &str, source: &SlipSource<'_>) {
        let known = known(source);
        let top = Path::top();
        let steps: Vec<&StepId> = match source {
            SlipSource::Case(flow) => flow.steps.iter().map(|step| &step.id).collect(),
            SlipSource::Round(_) | SlipSource::Row(_) => Vec::new(),
        };
        let mut course = vec![(top.key("after"), &paper.after)];
        for (index, block) in paper.blocks.iter().enumerate() {
            let path = top.key("block").index(index);
            for name in block.names().filter(|name| !known.contains(*name)) {
                let suggestion = Suggestion::among(name, known.iter().map(String::as_str));
                // Of several procedures, the one that does not know it.
                let name = if paper.of.len() > 1 { format!("{of}: {name}") } else { name.to_owned() };
                self.report(&path, Diagnostic::NotOnPaper(name, suggestion));
            }
            match block {
                PaperBlock::Course(steps) => {
                    let of_a_case = matches!(source, SlipSource::Case(_));
                    self.report_if(!of_a_case, &path.key("course"), Diagnostic::CourseOfNoCase);
                    course.push((path.key("course"), steps));
                }
                PaperBlock::Points(_) => {
                    let of_a_round = matches!(source, SlipSource::Round(_));
                    self.report_if(!of_a_round, &path.key("points"), Diagnostic::PointsOfNoRound);
                }
                PaperBlock::Metrics(metrics) => {
                    let is_a_day = match source {
                        SlipSource::Row(fields) => fields
                            .iter()
                            .any(|field| field.id == metrics.month && field.answer == AnswerType::Date),
                        SlipSource::Case(_) | SlipSource::Round(_) => false,
                    };
                    self.report_if(
                        !is_a_day,
                        &path.key("metrics").key("month"),
                        Diagnostic::MetricsOfNoMonth,
                    );
                }
                PaperBlock::Text(_) | PaperBlock::Table(_) | PaperBlock::Sign(_) => {}
            }
        }
        for (path, named) in course {
            for (index, step) in named.iter().enumerate() {
                let known = steps.iter().map(|step| step.as_str());
                self.one_of(&path.index(index), step.as_str(), known, Diagnostic::NoStep);
            }
        }
    }
}

fn filled_by<'a>(set: &'a Playbooks, id: &str) -> Option<SlipSource<'a>> {
    let case = set.workflow(&id.into()).map(|flow| SlipSource::Case(flow));
    let round = || set.checklist(&id.into()).map(|list| SlipSource::Round(&list.sums));
    let row = || set.form(&id.into()).map(|form| SlipSource::Row(&form.fields));
    case.or_else(round).or_else(row)
}

fn known(source: &SlipSource<'_>) -> BTreeSet<String> {
    let said = |field: &&FormField| !matches!(field.answer, AnswerType::Photo | AnswerType::Signature);
    let mut known: BTreeSet<String> = COMMON.iter().map(|(name, ..)| (*name).to_owned()).collect();
    match source {
        SlipSource::Case(flow) => {
            known.extend(flow.fields().filter(said).map(|field| field.id.to_string()));
            known.extend(flow.steps.iter().flat_map(|step| of_step(&step.id)));
        }
        SlipSource::Row(fields) => known.extend(fields.iter().filter(said).map(|field| field.id.to_string())),
        // Its items are in the list of its points.
        SlipSource::Round(sums) => known.extend(sums.iter().map(|sum| sum.id.to_string())),
    }
    known
}

#[cfg(test)]
mod tests {
    use super::super::testing::each_reports;
    use crate::playbook::diagnostics::{Diagnostic as D, Suggestion};

    #[test]
    fn a_slip_mentions_what_its_record_can_answer() {
        let valid = r#"
            of = ["contact.log"]
            [[block]]
            text = { zh = "兹于{$today}与{$home}沟通：{summary}", en = "on {$today} with {$home}: {summary}" }
            [[block]]
            table = ["$people", "channel"]
            [[block]]
            sign = [{ zh = "客户签字", en = "Customer" }]
        "#;
        let no = |name: &str, meant: &str| {
            D::NotOnPaper(name.to_owned(), Suggestion::among(name, [meant].into_iter()))
        };
        each_reports(
            "paper",
            valid,
            &[
                ("{summary}", "{sumary}", no("sumary", "summary")),
                ("\"$people\"", "\"$peple\"", no("$peple", "$people")),
                (
                    "\"contact.log\"",
                    "\"contact.lag\"",
                    D::NoProcedure(
                        "contact.lag".to_owned(),
                        Suggestion::among("contact.lag", ["contact.log"].into_iter()),
                    ),
                ),
                ("table = [\"$people\", \"channel\"]", "course = []", D::CourseOfNoCase),
                ("table = [\"$people\", \"channel\"]", "points = \"all\"", D::PointsOfNoRound),
                ("zh = \"客户签字\"", "zh = \"x\"", D::NoChinese),
            ],
        );
    }
}
