//! What must hold of metrics: that they name what exists, and that what narrows a set goes with what it is a set of.

use std::collections::BTreeMap;

use super::Check;
use crate::model::fields::{self, Type};
use crate::model::{ChecklistId, FormId, Kind, QuestionId, RuleId, StepId, WorkflowId};
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::{Diagnostic, Suggestion};
use crate::playbook::form::{AnswerType, FormField};
use crate::playbook::metric::{
    Attribution, CasePhase, DateFilter, GroupBy, MONEY, Metric, MetricFile, MetricFilter, MetricOutcome,
    MetricSource, Presence, Quantity, TIMES,
};
use crate::playbook::path::Path;
use crate::playbook::related::Related;
use crate::playbook::sum;
use crate::playbook::workflow::Workflow;
use crate::query::SubjectKind;

/// What may narrow a set.
#[derive(Default)]
struct Narrowing {
    /// The kind whose fields are asked; `None`: no fields.
    fields: Option<Kind>,
    /// Whether it may say which records refer to a member, and of what.
    related: Option<RelatedTo>,
    condition: Option<Names>,
    outcomes: &'static [MetricOutcome],
    complete: bool,
    rounds: bool,
    seen: bool,
}

/// To what the records refer that a metric asks about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RelatedTo {
    /// Homes, people: with dates, and by fields alone.
    Subjects,
    /// Cases: as rules and steps ask.
    Cases,
}

const IN_TIME: &[MetricOutcome] = &[MetricOutcome::OnTime, MetricOutcome::Late, MetricOutcome::Missed];
const OF_DUE: &[MetricOutcome] =
    &[MetricOutcome::OnTime, MetricOutcome::Late, MetricOutcome::Missed, MetricOutcome::Skipped];
const OF_ITEM: &[MetricOutcome] = &[MetricOutcome::Passed, MetricOutcome::Failed, MetricOutcome::Corrected];

impl<'a> Check<'a> {
    /// Metrics, with those of other files by id and file.
    pub(super) fn metrics(&mut self, file: &MetricFile, known: &mut BTreeMap<String, String>) {
        let (top, choices) = (Path::top(), &file.port.choices);
        self.head(&file.id, &file.title);
        self.somebody(&top.key("butlers"), &file.butlers);
        if self.set.terms().choices(choices).is_none() {
            let unknown = Diagnostic::NoChoices(choices.clone(), Suggestion::None);
            self.report(&top.keys(["port", "choices"]), unknown);
        }
        for (index, metric) in file.metrics.iter().enumerate() {
            let path = top.key("metric").index(index);
            let (id, term) = (path.key("id"), metric.term());
            self.id(&id, metric.id.as_str());
            if let Some(other) = known.insert(metric.id.to_string(), file.id.clone()) {
                self.report(&id, Diagnostic::MetricTaken(metric.id.to_string(), other));
            }
            let unexplained = self.set.terms().get(&term).is_none_or(|term| term.means.is_none());
            self.report_if(unexplained, &id, Diagnostic::TermWithoutMeaning(term));
            self.serves(&path, metric.serves.as_ref());
            self.metric(&path, metric);
        }
    }

    fn metric(&mut self, path: &Path<'_>, metric: &Metric) {
        let measures = [
            metric.share.is_some(),
            !metric.filled.is_empty(),
            metric.sum.is_some(),
            metric.average.is_some(),
            metric.median.is_some(),
        ];
        let several = measures.iter().filter(|given| **given).count() > 1;
        self.report_if(several, &path.key("id"), Diagnostic::SeveralMeasures);
        let narrowing = self.source(&path.key("of"), &metric.of);
        self.only(&path.key("only"), &metric.only, &narrowing);
        if let Some(share) = &metric.share {
            self.report_if(*share == MetricFilter::default(), &path.key("share"), Diagnostic::ShareOfAll);
            self.only(&path.key("share"), share, &narrowing);
        }
        for (key, only) in [("only", Some(&metric.only)), ("share", metric.share.as_ref())] {
            let condition = only.and_then(|only| only.condition.as_ref());
            let workflows = self.workflows(metric.of.workflows());
            self.not_counted(&path.keys([key, "condition"]), condition, workflows);
        }
        self.filled(&path.key("filled"), metric);
        self.grouping(path, metric);
        for (key, quantity) in
            [("sum", &metric.sum), ("average", &metric.average), ("median", &metric.median)]
        {
            if let Some(quantity) = quantity {
                self.quantity(&path.key(key), metric, quantity);
            }
        }
        let stock = matches!(metric.of, MetricSource::Subjects { .. });
        self.report_if(stock && metric.once_per.is_some(), &path.key("once_per"), Diagnostic::Misplaced);
        self.report_if(stock && metric.median.is_some(), &path.key("median"), Diagnostic::Misplaced);
        self.metric_unit(&path.key("unit"), metric);
    }

    fn filled(&mut self, path: &Path<'_>, metric: &Metric) {
        if let MetricSource::Subjects { kind } = &metric.of {
            for (index, field) in metric.filled.iter().enumerate() {
                self.indexed_field(&path.index(index), kind.record(), field);
            }
        } else {
            self.report_if(!metric.filled.is_empty(), path, Diagnostic::Misplaced);
        }
    }

    fn grouping(&mut self, path: &Path<'_>, metric: &Metric) {
        let of_case = matches!(
            metric.of,
            MetricSource::Cases { .. }
                | MetricSource::Steps { .. }
                | MetricSource::Deadlines { .. }
                | MetricSource::Days { .. }
        );
        let nobody = match &metric.of {
            MetricSource::Cases { that, .. } => *that == CasePhase::Open,
            MetricSource::Steps { .. } | MetricSource::Records { .. } | MetricSource::Findings { .. } => {
                false
            }
            _ => true,
        };
        let port = metric.by.contains(&GroupBy::Port);
        let did = metric.butler == Some(Attribution::Actor);
        self.report_if(port && !of_case, &path.key("by"), Diagnostic::PortOfNoCase);
        self.report_if(did && nobody, &path.key("butler"), Diagnostic::DoneByNobody);
    }

    fn metric_unit(&mut self, path: &Path<'_>, metric: &Metric) {
        let time = metric.quantity().is_some_and(Quantity::is_time);
        match &metric.unit {
            Some(unit) if self.set.terms().unit(unit).is_none() => {
                self.report(path, Diagnostic::NoUnit(unit.clone(), Suggestion::None));
            }
            unit if time && !TIMES.iter().any(|(known, _)| unit.as_deref() == Some(known)) => {
                self.report(path, Diagnostic::TimeWithoutUnit);
            }
            Some(unit) if unit == MONEY.0 => {
                self.report_if(!self.is_money(metric), path, Diagnostic::YuanOfNoMoney);
            }
            _ => {}
        }
    }

    // What is looked at

    fn source(&mut self, path: &Path<'_>, source: &MetricSource) -> Narrowing {
        match source {
            MetricSource::Subjects { kind } => self.subjects(&path.key("subjects"), *kind),
            MetricSource::Cases { workflows, .. } => self.of_cases(&path.key("cases"), workflows),
            MetricSource::Steps { workflows, steps } => self.steps(&path.key("steps"), workflows, steps),
            MetricSource::Deadlines { workflows, deadlines } => {
                self.of_deadlines(&path.key("deadlines"), workflows, deadlines)
            }
            MetricSource::Days { workflows, states } => self.of_days(&path.key("days"), workflows, states),
            MetricSource::Records { kind, procedures, date } => {
                self.records(&path.key("records"), *kind, procedures, date.as_ref())
            }
            MetricSource::Findings { checklists, items } => {
                self.checklist_ids(&path.keys(["findings", "checklists"]), checklists);
                self.item_ids(&path.keys(["findings", "items"]), checklists, items);
                Narrowing { fields: Some(Kind::Round), outcomes: OF_ITEM, ..Narrowing::default() }
            }
            MetricSource::Due { rules } => {
                self.rule_ids(&path.keys(["due", "rules"]), rules);
                Narrowing { outcomes: OF_DUE, ..Narrowing::default() }
            }
        }
    }

    fn subjects(&mut self, path: &Path<'_>, kind: SubjectKind) -> Narrowing {
        let fields = kind.record();
        self.report_if(fields.is_none(), &path.key("kind"), Diagnostic::NotARecord);
        Narrowing { fields, related: Some(RelatedTo::Subjects), ..Narrowing::default() }
    }

    fn of_cases(&mut self, path: &Path<'_>, workflows: &[WorkflowId]) -> Narrowing {
        self.named(&path.key("workflows"), workflows);
        self.workflow_ids(&path.key("workflows"), workflows);
        let names = Names::of_case(self.workflows(workflows).flat_map(Workflow::fields)).scalar("today");
        Narrowing {
            fields: Some(Kind::Case),
            related: Some(RelatedTo::Cases),
            condition: Some(names),
            rounds: true,
            ..Narrowing::default()
        }
    }

    fn steps(&mut self, path: &Path<'_>, workflows: &[WorkflowId], steps: &[StepId]) -> Narrowing {
        let narrowing = self.of_cases(path, workflows);
        self.step_ids(&path.key("steps"), workflows, steps);
        narrowing
    }

    fn of_deadlines(&mut self, path: &Path<'_>, workflows: &[WorkflowId], deadlines: &[String]) -> Narrowing {
        let narrowing = self.of_cases(path, workflows);
        let known: Vec<&str> = self
            .workflows(workflows)
            .flat_map(|workflow| &workflow.deadlines)
            .map(|deadline| deadline.id.as_str())
            .collect();
        for (index, id) in deadlines.iter().enumerate() {
            let here = path.key("deadlines").index(index);
            self.one_of(&here, id, known.iter().copied(), Diagnostic::NoDeadline);
        }
        Narrowing { outcomes: IN_TIME, ..narrowing }
    }

    fn of_days(&mut self, path: &Path<'_>, workflows: &[WorkflowId], states: &[String]) -> Narrowing {
        let narrowing = self.of_cases(path, workflows);
        let known: Vec<&str> = self
            .workflows(workflows)
            .flat_map(|workflow| &workflow.states)
            .map(|state| state.id.as_str())
            .collect();
        for (index, id) in states.iter().enumerate() {
            let here = path.key("states").index(index);
            self.one_of(&here, id, known.iter().copied(), Diagnostic::NoState);
        }
        Narrowing { seen: true, ..narrowing }
    }

    fn records(
        &mut self,
        path: &Path<'_>,
        kind: Kind,
        procedures: &[String],
        field: Option<&QuestionId>,
    ) -> Narrowing {
        let (of, date) = (path.key("of"), path.key("date"));
        let recorded = matches!(kind, Kind::Contact | Kind::Round | Kind::Entry);
        self.report_if(!recorded, &path.key("kind"), Diagnostic::NotRecorded);
        let condition = match kind {
            Kind::Entry => Some(self.register_ids(&of, &named(procedures))),
            Kind::Round => {
                self.checklist_ids(&of, &named(procedures));
                None
            }
            _ => {
                self.report_if(!procedures.is_empty(), &of, Diagnostic::Misplaced);
                None
            }
        };
        match field {
            Some(field) if kind == Kind::Entry => {
                for form in &named(procedures) {
                    self.register_date(&date, form, field);
                }
            }
            Some(_) => self.report(&date, Diagnostic::Misplaced),
            None => {}
        }
        let complete = kind == Kind::Round;
        Narrowing { fields: Some(kind), condition, complete, ..Narrowing::default() }
    }

    fn named<T>(&mut self, path: &Path<'_>, ids: &[T]) {
        self.report_if(ids.is_empty(), path, Diagnostic::NothingNamed);
    }

    fn workflows<'i>(&self, ids: &'i [WorkflowId]) -> impl Iterator<Item = &'a Workflow> + use<'a, 'i> {
        let set = self.set;
        ids.iter().filter_map(move |id| set.workflow(id)).map(|workflow| &**workflow)
    }

    /// Every step must be one of some of the workflows.
    fn step_ids(&mut self, path: &Path<'_>, workflows: &[WorkflowId], steps: &[StepId]) {
        self.named(path, steps);
        let workflows = self.workflows(workflows);
        let known: Vec<&str> =
            workflows.flat_map(|workflow| &workflow.steps).map(|step| step.id.as_str()).collect();
        for (index, id) in steps.iter().enumerate() {
            self.one_of(&path.index(index), id.as_str(), known.iter().copied(), Diagnostic::NoStep);
        }
    }

    /// Every item must be one of some of the checklists.
    fn item_ids(&mut self, path: &Path<'_>, checklists: &[ChecklistId], items: &[QuestionId]) {
        let set = self.set;
        let lists = checklists.iter().filter_map(|id| set.checklist(id));
        let known: Vec<&str> = lists.flat_map(|list| list.items()).map(|item| item.id.as_str()).collect();
        for (index, id) in items.iter().enumerate() {
            self.one_of(&path.index(index), id.as_str(), known.iter().copied(), Diagnostic::NoItem);
        }
    }

    fn rule_ids(&mut self, path: &Path<'_>, ids: &[RuleId]) {
        self.named(path, ids);
        let said = self.set.rules().flat_map(|file| &file.rules);
        let known: Vec<&str> = said.chain(self.set.implied_rules()).map(|rule| rule.id.as_str()).collect();
        for (index, id) in ids.iter().enumerate() {
            self.one_of(&path.index(index), id.as_str(), known.iter().copied(), Diagnostic::NoRule);
        }
    }

    fn checklist_ids(&mut self, path: &Path<'_>, ids: &[ChecklistId]) {
        self.named(path, ids);
        for (index, id) in ids.iter().enumerate() {
            if self.set.checklist(id).is_none() {
                let known = self.set.checklists().map(|list| list.id.as_str());
                self.unknown(&path.index(index), id.as_str(), known, Diagnostic::NoChecklist);
            }
        }
    }

    /// The names conditions on rows of these registers may use.
    fn register_ids(&mut self, path: &Path<'_>, ids: &[FormId]) -> Names {
        self.named(path, ids);
        let mut names = Names::new().scalar("today");
        for (index, id) in ids.iter().enumerate() {
            match self.set.form(id).filter(|form| form.record == Kind::Entry) {
                Some(form) => {
                    names = names.answers("form", form.fields.iter().filter(|field| !field.is_sum()))
                }
                None => self.unknown_form(&path.index(index), id.as_str()),
            }
        }
        names
    }

    // What narrows it

    fn only(&mut self, path: &Path<'_>, only: &MetricFilter, narrowing: &Narrowing) {
        match narrowing.fields {
            Some(_) => {
                self.filters(&path.key("where"), narrowing.fields, &only.filters);
                self.filters(&path.key("unless"), narrowing.fields, &only.unless);
                self.dates(&path.key("dates"), narrowing.fields, &only.dates);
            }
            None => {
                self.report_if(!only.filters.is_empty(), &path.key("where"), Diagnostic::Misplaced);
                self.report_if(!only.unless.is_empty(), &path.key("unless"), Diagnostic::Misplaced);
                self.report_if(!only.dates.is_empty(), &path.key("dates"), Diagnostic::Misplaced);
            }
        }
        for (key, related) in [("having", &only.having), ("lacking", &only.lacking)] {
            let Some(related) = related else { continue };
            let here = path.key(key);
            match narrowing.related {
                Some(RelatedTo::Cases) => self.related(&here, related),
                Some(RelatedTo::Subjects) if key == "having" => self.having(&here, related),
                _ => self.report(&here, Diagnostic::Misplaced),
            }
        }
        let condition = path.key("condition");
        match &narrowing.condition {
            Some(names) => {
                self.optional_condition(&condition, only.condition.as_ref(), names);
            }
            None => self.report_if(only.condition.is_some(), &condition, Diagnostic::ConditionMisplaced),
        }
        for (index, outcome) in only.outcome.iter().enumerate() {
            let possible = narrowing.outcomes.iter().map(|outcome| outcome.code()).collect();
            let impossible = Diagnostic::OutcomeImpossible(outcome.code(), possible);
            let here = path.key("outcome").index(index);
            self.report_if(!narrowing.outcomes.contains(outcome), &here, impossible);
        }
        let (complete, rounds) = (only.complete.is_some(), only.rounds_at_least.is_some());
        let misplaced = Diagnostic::Misplaced;
        self.report_if(complete && !narrowing.complete, &path.key("complete"), misplaced.clone());
        self.report_if(rounds && !narrowing.rounds, &path.key("rounds_at_least"), misplaced.clone());
        self.report_if(only.seen.is_some() && !narrowing.seen, &path.key("seen"), misplaced);
        if let Some(Presence { checklists, .. }) = &only.seen
            && !checklists.is_empty()
        {
            self.checklist_ids(&path.keys(["seen", "checklists"]), checklists);
        }
    }

    fn dates(&mut self, path: &Path<'_>, kind: Option<Kind>, dates: &[DateFilter]) {
        for (index, date) in dates.iter().enumerate() {
            let here = path.index(index).key("path");
            let spec = self.indexed_field(&here, kind, &date.path);
            // A row's answers are of any type; what is no date never lies in a span.
            let dated = spec.is_none_or(|spec| matches!(spec.ty, Type::Date | Type::PartialDate | Type::Any));
            self.report_if(!dated, &here, Diagnostic::NotADate(date.path.clone()));
        }
    }

    fn having(&mut self, path: &Path<'_>, having: &Related) {
        self.refers(&path.key("through"), having.kind, having.through());
        self.filters(&path.key("where"), Some(having.kind), &having.filters);
        self.filters(&path.key("unless"), Some(having.kind), &having.unless);
        self.dates(&path.key("dates"), Some(having.kind), &having.dates);
        self.report_if(!having.of.is_empty(), &path.key("of"), Diagnostic::Misplaced);
        self.report_if(having.asks_course(), path, Diagnostic::Misplaced);
        self.report_if(!having.each.is_empty(), &path.key("each"), Diagnostic::Misplaced);
    }

    // What is added up

    fn quantity(&mut self, path: &Path<'_>, metric: &Metric, quantity: &Quantity) {
        match (quantity, &metric.of) {
            (Quantity::Field(field), MetricSource::Subjects { kind }) => {
                let here = path.key("field");
                let spec = self.indexed_field(&here, kind.record(), field);
                let number = spec.is_none_or(|spec| matches!(spec.ty, Type::Int | Type::Fen));
                self.report_if(!number, &here, Diagnostic::NotANumber(field.clone()));
            }
            (
                Quantity::Answer(id),
                MetricSource::Cases { .. } | MetricSource::Steps { .. } | MetricSource::Records { .. },
            ) => {
                let own = match &metric.of {
                    MetricSource::Records { kind: Kind::Contact, .. } => {
                        fields::spec(Kind::Contact, id.as_str()).is_some_and(|spec| spec.ty == Type::Int)
                    }
                    _ => false,
                };
                let number = own || self.asks(metric, id, is_number);
                self.report_if(!number, &path.key("answer"), Diagnostic::NotANumber(id.to_string()));
            }
            (Quantity::WorkedOut(id), MetricSource::Records { kind: Kind::Round, procedures, .. }) => {
                let lists = procedures.iter().filter_map(|list| self.set.checklist(&list.as_str().into()));
                let kept = lists.flat_map(|list| {
                    let counting = sum::counting(&list.sums);
                    list.sums.iter().filter(move |field| !counting.contains(&field.id))
                });
                let known: Vec<&str> = kept.map(|field| field.id.as_str()).collect();
                let here = path.key("worked_out");
                self.one_of(&here, id.as_str(), known.into_iter(), Diagnostic::SumNotThere);
            }
            (Quantity::Since(steps), MetricSource::Cases { .. } | MetricSource::Steps { .. }) => {
                self.step_ids(&path.key("since"), metric.of.workflows(), steps);
            }
            (
                Quantity::Lasted | Quantity::Rounds,
                MetricSource::Cases { .. } | MetricSource::Steps { .. },
            ) => {}
            _ => self.report(path, Diagnostic::Misplaced),
        }
    }

    /// Whether money is added up.
    pub(super) fn is_money(&self, metric: &Metric) -> bool {
        match (metric.quantity(), &metric.of) {
            (Some(Quantity::Field(field)), MetricSource::Subjects { kind }) => {
                let spec = kind.record().and_then(|kind| fields::spec(kind, field));
                spec.is_some_and(|spec| spec.ty == Type::Fen)
            }
            (Some(Quantity::Answer(id)), _) => self.asks(metric, id, |answer| answer == AnswerType::Money),
            _ => false,
        }
    }

    /// Whether the cases or rows of a metric ask a question with such an answer.
    fn asks(&self, metric: &Metric, id: &QuestionId, is: fn(AnswerType) -> bool) -> bool {
        let asked = |field: &FormField| field.id == *id && is(field.answer);
        match &metric.of {
            MetricSource::Records { procedures, .. } => {
                let forms = procedures.iter().filter_map(|form| self.set.form(&form.as_str().into()));
                // What a row's sums come to is no fact of the row.
                forms.flat_map(|form| &form.fields).filter(|field| !field.is_sum()).any(asked)
            }
            // Nor is what they count a fact of the case.
            of => self.workflows(of.workflows()).any(|workflow| {
                let counting = sum::counting(&workflow.sums);
                workflow.fields().filter(|field| !counting.contains(&field.id)).any(asked)
            }),
        }
    }
}

/// Ids of playbooks of one kind.
fn named<T: for<'i> From<&'i str>>(ids: &[String]) -> Vec<T> {
    ids.iter().map(|id| T::from(id)).collect()
}

fn is_number(answer: AnswerType) -> bool {
    matches!(answer, AnswerType::Score | AnswerType::Money | AnswerType::Number)
}

#[cfg(test)]
mod tests {
    use super::super::testing::each_reports;
    use super::Diagnostic as D;
    use super::Suggestion;
    use crate::playbook::Playbooks;

    const METRICS: &str = r#"
butlers = ["butler"]
port = { answer = "port", choices = "port" }
[[metric]]
id = "coverage_known"
of = { subjects = { kind = "home" } }
only = { having = { kind = "resident", through = "home" } }
"#;

    #[test]
    fn each_slip_of_a_metric_is_reported() {
        let text = |text: &str| text.to_owned();
        let id = "id = \"coverage_known\"";
        let with = |more: &str| format!("{id}\n{more}");
        let of = "of = { subjects = { kind = \"home\" } }";
        let cases = "of = { cases = { workflows = [], that = \"opened\" } }";
        let only = "only = { having = { kind = \"resident\", through = \"home\" } }";
        each_reports(
            "metrics",
            METRICS,
            &[
                (id, "id = \"unheard_of\"", D::TermWithoutMeaning(text("metric.unheard_of"))),
                (id, &with("sum = \"lasted\""), D::Misplaced),
                (id, &with("sum = \"lasted\"\nmedian = \"lasted\""), D::SeveralMeasures),
                (id, &with("sum = { field = \"state\" }"), D::NotANumber(text("state"))),
                (id, &with("average = { worked_out = \"six_score\" }"), D::Misplaced),
                (id, &with("serves = \"promotor\""), {
                    let known = ["promoter", "coordinator", "assessor", "collector", "recommender"];
                    D::NoIdentity(text("promotor"), Suggestion::among("promotor", known.into_iter()))
                }),
                (id, &with("average = \"lasted\""), D::TimeWithoutUnit),
                (id, &with("share = {}"), D::ShareOfAll),
                (id, &with("by = [\"port\"]"), D::PortOfNoCase),
                (id, &with("butler = \"did\""), D::DoneByNobody),
                (id, &with("unit = \"yuan\""), D::YuanOfNoMoney),
                (id, &with("once_per = \"subject\""), D::Misplaced),
                (of, "of = { subjects = { kind = \"grid\" } }", D::NotARecord),
                (of, "of = { records = { kind = \"home\" } }", D::NotRecorded),
                (of, cases, D::NothingNamed),
                (only, "only = { outcome = [\"late\"] }", D::OutcomeImpossible("late", Vec::new())),
                (only, "only = { condition = \"today == ''\" }", D::ConditionMisplaced),
                ("through = \"home\"", "through = \"stage\"", D::NotAReference(text("stage"))),
                ("through = \"home\"", "through = \"home\", over = true", D::Misplaced),
                (only, "only = { lacking = { kind = \"resident\" } }", D::Misplaced),
                (only, "only = { having = { kind = \"case\", of = [\"repair.paid\"] } }", D::Misplaced),
                (
                    "through = \"home\"",
                    "through = \"home\", dates = [{ path = \"stage\", is = \"in_month\" }]",
                    D::NotADate(text("stage")),
                ),
            ],
        );
    }

    #[test]
    fn an_item_of_findings_is_one_of_its_lists() {
        let files = Playbooks::embedded_files();
        let mut monthly = files.into_iter().find(|file| file.name == "metrics/monthly.toml").unwrap();
        monthly.text = monthly.text.replace("items = [\"entered\"]", "items = [\"enterd\"]");
        let found = Playbooks::company(&[monthly]).unwrap_err().errors;
        let found: Vec<D> = found.into_iter().map(|error| error.diagnostic).collect();
        let expected = D::NoItem("enterd".to_owned(), Suggestion::among("enterd", ["entered"].into_iter()));
        assert_eq!(found, [expected]);
    }
}
