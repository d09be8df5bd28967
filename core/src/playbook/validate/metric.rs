//! What must hold of metrics: that they name what exists, and that what narrows a set goes with what it is a set of.

use std::collections::BTreeMap;

use super::{Check, Names, Way, join};
use crate::model::Kind;
use crate::model::fields::{self, Type};
use crate::playbook::book::Seg::{self, At, Key};
use crate::playbook::form::{AnswerType, FormField};
use crate::playbook::metric::{
    Attribution, CasePhase, DateFilter, GroupBy, MONEY, Metric, MetricFile, MetricFilter, MetricId,
    MetricOutcome, MetricSource, Quantity, Referrer, TIMES,
};
use crate::playbook::workflow::Workflow;

/// What may narrow a set, besides its own fields.
struct Narrows {
    /// The kind whose fields are asked; `None`: no fields.
    fields: Option<Kind>,
    having: bool,
    condition: Option<Names>,
    outcomes: &'static [MetricOutcome],
    complete: bool,
    rounds: bool,
    seen: bool,
}

const IN_TIME: &[MetricOutcome] = &[MetricOutcome::OnTime, MetricOutcome::Late, MetricOutcome::Missed];
const OF_DUE: &[MetricOutcome] =
    &[MetricOutcome::OnTime, MetricOutcome::Late, MetricOutcome::Missed, MetricOutcome::Skipped];
const OF_ITEM: &[MetricOutcome] = &[MetricOutcome::Passed, MetricOutcome::Failed, MetricOutcome::Corrected];

impl Check<'_> {
    pub(super) fn metrics(&mut self, file: &MetricFile, known: &mut BTreeMap<MetricId, String>) {
        self.head(&file.id, &file.title);
        self.somebody(&[Key("butlers")], &file.butlers);
        if self.set.terms().choices(&file.port.choices).is_none() {
            let choices = &file.port.choices;
            self.wrong(
                &[Key("port"), Key("choices")],
                format!("用语文件里没有“{choices}”这组选项"),
                format!("the terms have no list of choices `{choices}`"),
            );
        }
        for (index, metric) in file.metrics.iter().enumerate() {
            let way = [Key("metric"), At(index)];
            let at = join(&way, &[Key("id")]);
            self.id(&at, metric.id.as_str());
            if let Some(other) = known.insert(metric.id.clone(), file.id.clone()) {
                self.wrong(
                    &at,
                    format!("指标“{}”已在“{other}”中", metric.id),
                    format!("the metric `{}` is already in `{other}`", metric.id),
                );
            }
            if self.set.terms().get(&metric.term()).is_none_or(|term| term.means.is_none()) {
                let term = metric.term();
                self.wrong(
                    &at,
                    format!("用语文件里缺少“{term}”及其含义（means）"),
                    format!("the terms lack `{term}` with its meaning (means)"),
                );
            }
            self.metric(&way, metric);
        }
    }

    fn metric(&mut self, way: &[Seg<'_>], metric: &Metric) {
        let at = |key| join(way, &[Key(key)]);
        let measures = [
            metric.share.is_some(),
            !metric.filled.is_empty(),
            metric.sum.is_some(),
            metric.average.is_some(),
            metric.median.is_some(),
        ];
        if measures.iter().filter(|given| **given).count() > 1 {
            self.wrong(
                &at("id"),
                "share、filled、sum、average、median 只能写一种",
                "give only one of share, filled, sum, average and median",
            );
        }
        let stock = matches!(metric.of, MetricSource::Subjects { .. });
        let of_case = matches!(
            metric.of,
            MetricSource::Cases { .. }
                | MetricSource::Steps { .. }
                | MetricSource::Deadlines { .. }
                | MetricSource::Days { .. }
        );
        let narrows = self.source(&at("of"), metric);
        self.only(&at("only"), &metric.only, &narrows);
        if let Some(share) = &metric.share {
            if *share == MetricFilter::default() {
                self.wrong(&at("share"), "没有写明占哪一部分", "it does not say which part");
            }
            self.only(&at("share"), share, &narrows);
        }
        if let (true, MetricSource::Subjects { kind }) = (stock, &metric.of) {
            let kind = kind.record();
            for (index, path) in metric.filled.iter().enumerate() {
                self.field_known(&join(&at("filled"), &[At(index)]), kind, path);
            }
        } else if !metric.filled.is_empty() {
            self.misplaced(&at("filled"));
        }
        if metric.once_per.is_some() && stock {
            self.misplaced(&at("once_per"));
        }
        if metric.by.contains(&GroupBy::Port) && !of_case {
            self.wrong(&at("by"), "只有工单有端口", "only cases have a port");
        }
        let nobody = match &metric.of {
            MetricSource::Cases { that, .. } => *that == CasePhase::Open,
            MetricSource::Steps { .. } | MetricSource::Records { .. } | MetricSource::Findings { .. } => {
                false
            }
            _ => true,
        };
        if metric.butler == Some(Attribution::Actor) && nobody {
            self.wrong(&at("butler"), "这些内容没有经办人", "nobody did this: say `grid`");
        }
        for (key, quantity) in
            [("sum", &metric.sum), ("average", &metric.average), ("median", &metric.median)]
        {
            if let Some(quantity) = quantity {
                self.quantity(&at(key), metric, quantity);
            }
        }
        if metric.median.is_some() && stock {
            self.misplaced(&at("median"));
        }
        self.metric_unit(&at("unit"), metric);
    }

    fn metric_unit(&mut self, way: &[Seg<'_>], metric: &Metric) {
        let time = metric.quantity().is_some_and(Quantity::is_time);
        match &metric.unit {
            Some(unit) if self.set.terms().unit(unit).is_none() => {
                self.wrong(
                    way,
                    format!("用语文件里没有单位“{unit}”"),
                    format!("the terms have no unit `{unit}`"),
                );
            }
            unit if time && !TIMES.iter().any(|(known, _)| unit.as_deref() == Some(known)) => {
                self.wrong(
                    way,
                    "时长要写明单位：min、h 或 day",
                    "a length of time needs its unit: min, h or day",
                );
            }
            Some(unit) if unit == MONEY.0 && !self.is_money(metric) => {
                self.wrong(way, "只有金额可以用元", "only money is shown in yuan");
            }
            _ => {}
        }
    }

    /// Whether money is added up.
    fn is_money(&self, metric: &Metric) -> bool {
        let money = |field: &FormField, id: &str| field.id == id && field.answer == AnswerType::Money;
        match (metric.quantity(), &metric.of) {
            (Some(Quantity::Field(path)), MetricSource::Subjects { kind }) => {
                let spec = kind.record().and_then(|kind| fields::spec(kind, path));
                spec.is_some_and(|spec| spec.ty == Type::Fen)
            }
            (Some(Quantity::Answer(id)), MetricSource::Cases { workflows, .. })
            | (Some(Quantity::Answer(id)), MetricSource::Steps { workflows, .. }) => {
                let workflows = self.known_workflows(workflows);
                workflows.iter().flat_map(Workflow::fields).any(|field| money(field, id))
            }
            (Some(Quantity::Answer(id)), MetricSource::Records { procedures, .. }) => {
                let forms = procedures.iter().filter_map(|form| self.set.form(form));
                forms.flat_map(|form| &form.fields).any(|field| money(field, id))
            }
            _ => false,
        }
    }

    fn misplaced(&mut self, way: &[Seg<'_>]) {
        self.wrong(way, "这里不能用这一项", "this does not go with what is looked at");
    }

    fn field_known(&mut self, way: &[Seg<'_>], kind: Option<Kind>, path: &str) -> Option<Type> {
        let spec = kind.and_then(|kind| fields::spec(kind, path));
        match spec {
            Some(spec) => self.indexed(way, spec),
            None => {
                let words = (format!("没有“{path}”这一项"), format!("there is no field `{path}`"));
                let known = kind.into_iter().flat_map(fields::specs).map(|spec| spec.path);
                self.unknown(way, words, path, known);
            }
        }
        spec.map(|spec| spec.ty)
    }

    // Sources

    fn source(&mut self, way: &[Seg<'_>], metric: &Metric) -> Narrows {
        let at = |keys: &[&'static str]| -> Way<'_> {
            way.iter().copied().chain(keys.iter().map(|key| Key(key))).collect()
        };
        let plain = |fields| Narrows {
            fields,
            having: false,
            condition: None,
            outcomes: &[],
            complete: false,
            rounds: false,
            seen: false,
        };
        match &metric.of {
            MetricSource::Subjects { kind } => {
                let kind = kind.record();
                if kind.is_none() {
                    self.wrong(
                        &at(&["subjects", "kind"]),
                        "只能数档案：premises、resident、case、entry、contact",
                        "only records can be counted: premises, resident, case, entry, contact",
                    );
                }
                Narrows { having: true, ..plain(kind) }
            }
            MetricSource::Cases { workflows, .. } => self.of_cases(&at(&["cases"]), workflows),
            MetricSource::Steps { workflows, steps } => {
                let here = at(&["steps"]);
                let narrows = self.of_cases(&here, workflows);
                self.some_steps(&join(&here, &[Key("steps")]), workflows, steps);
                narrows
            }
            MetricSource::Deadlines { workflows, deadlines } => {
                let here = at(&["deadlines"]);
                let narrows = self.of_cases(&here, workflows);
                let workflows = self.known_workflows(workflows);
                for (index, id) in deadlines.iter().enumerate() {
                    let known: Vec<&str> = workflows
                        .iter()
                        .flat_map(|workflow| &workflow.deadlines)
                        .map(|deadline| deadline.id.as_str())
                        .collect();
                    if !known.contains(&id.as_str()) {
                        let words = (format!("没有“{id}”这个时限"), format!("there is no deadline `{id}`"));
                        self.unknown(
                            &join(&here, &[Key("deadlines"), At(index)]),
                            words,
                            id,
                            known.into_iter(),
                        );
                    }
                }
                Narrows { outcomes: IN_TIME, ..narrows }
            }
            MetricSource::Days { workflows, states } => {
                let here = at(&["days"]);
                let narrows = self.of_cases(&here, workflows);
                let workflows = self.known_workflows(workflows);
                for (index, id) in states.iter().enumerate() {
                    if !workflows.iter().any(|workflow| workflow.state(id).is_some()) {
                        let words = (format!("没有“{id}”这个状态"), format!("there is no state `{id}`"));
                        let known = workflows.iter().flat_map(|workflow| &workflow.states);
                        let known = known.map(|state| state.id.as_str());
                        self.unknown(&join(&here, &[Key("states"), At(index)]), words, id, known);
                    }
                }
                Narrows { seen: true, ..narrows }
            }
            MetricSource::Records { kind, procedures, date } => {
                let here = at(&["records"]);
                match kind {
                    Kind::Contact | Kind::Round | Kind::Entry => {}
                    _ => self.wrong(
                        &join(&here, &[Key("kind")]),
                        "这里只能数沟通、巡视和登记：contact、round、entry",
                        "only contacts, rounds and rows of registers are counted here: contact, round, entry",
                    ),
                }
                let of = join(&here, &[Key("of")]);
                let mut condition = None;
                match kind {
                    Kind::Round => self.checklists(&of, procedures),
                    Kind::Entry => condition = Some(self.forms(&of, procedures)),
                    _ if !procedures.is_empty() => self.misplaced(&of),
                    _ => {}
                }
                if let Some(date) = date {
                    let here = join(&here, &[Key("date")]);
                    if *kind == Kind::Entry {
                        for form in procedures {
                            self.register_date(&here, form, date);
                        }
                    } else {
                        self.misplaced(&here);
                    }
                }
                Narrows { condition, complete: *kind == Kind::Round, ..plain(Some(*kind)) }
            }
            MetricSource::Findings { checklists } => {
                self.checklists(&at(&["findings", "checklists"]), checklists);
                Narrows { outcomes: OF_ITEM, ..plain(Some(Kind::Round)) }
            }
            MetricSource::Due { rules } => {
                let known: Vec<String> =
                    self.set.rules().flat_map(|file| &file.rules).map(|rule| rule.id.clone()).collect();
                let here = at(&["due", "rules"]);
                self.some(&here, rules);
                for (index, id) in rules.iter().enumerate() {
                    if !known.contains(id) {
                        let words = (format!("没有“{id}”这条规则"), format!("there is no rule `{id}`"));
                        let known = known.iter().map(String::as_str);
                        self.unknown(&join(&here, &[At(index)]), words, id, known);
                    }
                }
                Narrows { outcomes: OF_DUE, ..plain(None) }
            }
        }
    }

    fn some(&mut self, way: &[Seg<'_>], named: &[String]) {
        if named.is_empty() {
            self.wrong(way, "至少写一个", "at least one is needed");
        }
    }

    fn known_workflows(&self, ids: &[String]) -> Vec<Workflow> {
        ids.iter().filter_map(|id| self.set.workflow(id)).map(|workflow| (**workflow).clone()).collect()
    }

    fn of_cases(&mut self, way: &[Seg<'_>], workflows: &[String]) -> Narrows {
        let here = join(way, &[Key("workflows")]);
        self.some(&here, workflows);
        self.offers(&here, workflows);
        let known = self.known_workflows(workflows);
        let fields = known.iter().flat_map(Workflow::fields);
        let names = Names::new().answers_of("case", fields).text("case", "state").scalar("rounds");
        Narrows {
            fields: Some(Kind::Case),
            having: false,
            condition: Some(names.scalar("today")),
            outcomes: &[],
            complete: false,
            rounds: true,
            seen: false,
        }
    }

    /// Every step must be one of some of the workflows.
    fn some_steps(&mut self, way: &[Seg<'_>], workflows: &[String], steps: &[String]) {
        self.some(way, steps);
        let workflows = self.known_workflows(workflows);
        for (index, id) in steps.iter().enumerate() {
            if !workflows.iter().any(|workflow| workflow.step(id).is_some()) {
                let words = (format!("没有“{id}”这个步骤"), format!("there is no step `{id}`"));
                let known = workflows.iter().flat_map(|workflow| &workflow.steps);
                let known = known.map(|step| step.id.as_str());
                self.unknown(&join(way, &[At(index)]), words, id, known);
            }
        }
    }

    fn checklists(&mut self, way: &[Seg<'_>], ids: &[String]) {
        self.some(way, ids);
        for (index, id) in ids.iter().enumerate() {
            if self.set.checklist(id).is_none() {
                let words = (format!("没有“{id}”这份清单"), format!("there is no checklist `{id}`"));
                let set = self.set;
                let known = set.checklists().map(|list| list.id.as_str());
                self.unknown(&join(way, &[At(index)]), words, id, known);
            }
        }
    }

    /// The names conditions on rows of these forms may use.
    fn forms(&mut self, way: &[Seg<'_>], ids: &[String]) -> Names {
        self.some(way, ids);
        let set = self.set;
        let mut names = Names::new().scalar("today");
        for (index, id) in ids.iter().enumerate() {
            match set.form(id).filter(|form| form.record == Kind::Entry) {
                Some(form) => names = names.answers("form", &form.fields),
                None => {
                    let words = (format!("没有“{id}”这张表单"), format!("there is no form `{id}`"));
                    let known = set.forms().map(|form| form.id.as_str());
                    self.unknown(&join(way, &[At(index)]), words, id, known);
                }
            }
        }
        names
    }

    // What narrows

    fn only(&mut self, way: &[Seg<'_>], only: &MetricFilter, narrows: &Narrows) {
        let at = |key| join(way, &[Key(key)]);
        let fields = [
            ("where", !only.filters.is_empty()),
            ("unless", !only.unless.is_empty()),
            ("dates", !only.dates.is_empty()),
        ];
        for (key, _) in fields.iter().filter(|(_, given)| *given && narrows.fields.is_none()) {
            self.misplaced(&at(key));
        }
        if narrows.fields.is_some() {
            self.filters(&at("where"), narrows.fields, &only.filters, false);
            self.filters(&at("unless"), narrows.fields, &only.unless, false);
            self.dates(&at("dates"), narrows.fields, &only.dates);
        }
        match &only.having {
            Some(having) if narrows.having => self.having(&at("having"), having),
            Some(_) => self.misplaced(&at("having")),
            None => {}
        }
        match (&only.condition, &narrows.condition) {
            (Some(condition), Some(names)) => self.condition(&at("condition"), condition, names),
            (Some(_), None) => self.wrong(
                &at("condition"),
                "这里不能写条件，请用 where、unless、dates",
                "no condition goes here; use where, unless and dates",
            ),
            (None, _) => {}
        }
        for (index, outcome) in only.outcome.iter().enumerate() {
            if !narrows.outcomes.contains(outcome) {
                let words: Vec<&str> = narrows.outcomes.iter().map(|outcome| outcome.code()).collect();
                self.wrong(
                    &join(&at("outcome"), &[At(index)]),
                    format!("这里没有“{}”这种结果；可用：{}", outcome.code(), words.join("、")),
                    format!("`{}` does not come out here; possible: {}", outcome.code(), words.join(", ")),
                );
            }
        }
        for (key, given, allowed) in [
            ("complete", only.complete.is_some(), narrows.complete),
            ("rounds_at_least", only.rounds_at_least.is_some(), narrows.rounds),
            ("seen", only.seen.is_some(), narrows.seen),
        ] {
            if given && !allowed {
                self.misplaced(&at(key));
            }
        }
        if let Some(seen) = only.seen.as_ref().filter(|seen| !seen.checklists.is_empty()) {
            self.checklists(&join(&at("seen"), &[Key("checklists")]), &seen.checklists);
        }
    }

    fn dates(&mut self, way: &[Seg<'_>], kind: Option<Kind>, dates: &[DateFilter]) {
        for (index, date) in dates.iter().enumerate() {
            let here = join(way, &[At(index), Key("path")]);
            let ty = self.field_known(&here, kind, &date.path);
            // A row's answers are of any type; what is no date never lies in a span.
            if ty.is_some_and(|ty| !matches!(ty, Type::Date | Type::PartialDate | Type::Any)) {
                let path = &date.path;
                self.wrong(
                    &here,
                    format!("“{path}”不是日期"),
                    format!("`{path}` is not a date of the record"),
                );
            }
        }
    }

    fn having(&mut self, way: &[Seg<'_>], having: &Referrer) {
        let at = |key| join(way, &[Key(key)]);
        // Whom a record is about is kept as links, not as a field.
        let linked = having.through == "subject/*" && fields::spec(having.kind, "subject/*").is_some();
        let refers = match linked {
            true => None,
            false => self.field_known(&at("through"), Some(having.kind), &having.through),
        };
        if refers.is_some_and(|ty| ty != Type::Record) {
            let path = &having.through;
            self.wrong(
                &at("through"),
                format!("“{path}”不指向其他档案"),
                format!("`{path}` does not refer to a record"),
            );
        }
        self.filters(&at("where"), Some(having.kind), &having.filters, false);
        self.filters(&at("unless"), Some(having.kind), &having.unless, false);
        self.dates(&at("dates"), Some(having.kind), &having.dates);
    }

    // What is added up

    fn quantity(&mut self, way: &[Seg<'_>], metric: &Metric, quantity: &Quantity) {
        let numbers = |field: &FormField| {
            matches!(field.answer, AnswerType::Score | AnswerType::Money | AnswerType::Number)
        };
        match (quantity, &metric.of) {
            (Quantity::Field(path), MetricSource::Subjects { kind }) => {
                let kind = kind.record();
                let ty = self.field_known(&join(way, &[Key("field")]), kind, path);
                if ty.is_some_and(|ty| !matches!(ty, Type::Int | Type::Fen)) {
                    self.no_number(&join(way, &[Key("field")]), path);
                }
            }
            (Quantity::Answer(id), MetricSource::Cases { .. } | MetricSource::Steps { .. }) => {
                let workflows = self.known_workflows(metric.of.workflows());
                let mut fields = workflows.iter().flat_map(Workflow::fields);
                if !fields.any(|field| field.id == *id && numbers(field)) {
                    self.no_number(&join(way, &[Key("answer")]), id);
                }
            }
            (Quantity::Answer(id), MetricSource::Records { kind, procedures, .. }) => {
                let asked = procedures.iter().filter_map(|form| self.set.form(form));
                let mut fields = asked.flat_map(|form| &form.fields);
                let of_form = fields.any(|field| field.id == *id && numbers(field));
                let own = *kind == Kind::Contact
                    && fields::spec(Kind::Contact, id).is_some_and(|spec| spec.ty == Type::Int);
                if !of_form && !own {
                    self.no_number(&join(way, &[Key("answer")]), id);
                }
            }
            (Quantity::Since(steps), MetricSource::Cases { .. } | MetricSource::Steps { .. }) => {
                self.some_steps(&join(way, &[Key("since")]), metric.of.workflows(), steps);
            }
            (
                Quantity::Lasted | Quantity::Rounds,
                MetricSource::Cases { .. } | MetricSource::Steps { .. },
            ) => {}
            _ => self.misplaced(way),
        }
    }

    fn no_number(&mut self, way: &[Seg<'_>], name: &str) {
        self.wrong(
            way,
            format!("没有“{name}”这一项，或它不是可以相加的数"),
            format!("there is no `{name}` here that is a number to be added up"),
        );
    }
}
