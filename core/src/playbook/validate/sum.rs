//! What must hold of a sum: what it adds up is there, is a number, and is worked out before it.

use std::collections::BTreeSet;

use super::{Check, asks_date, said};
use crate::model::{FormId, Kind, MetricId, QuestionId};
use crate::playbook::checklist::Checklist;
use crate::playbook::condition::Condition;
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::{Diagnostic, Suggestion};
use crate::playbook::form::{AnswerType, Form, FormField, PhotoRule};
use crate::playbook::metric::{Measure, Metric, Quantity};
use crate::playbook::path::Path;
use crate::playbook::related::Related;
use crate::playbook::sum::{self, AddedFrom, SumPart};
use crate::playbook::workflow::Workflow;
use crate::query::RelatedQuery;

/// Where a sum stands, and what it may look at there.
struct SumPlace<'a> {
    /// The answers given beside it, sums left out.
    answers: Vec<&'a FormField>,
    /// The sums, in order: each sees those before it.
    sums: Vec<&'a FormField>,
    names: &'a Names,
    of: Of,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Row,
    Case,
    Round,
}

impl Check<'_> {
    /// The sums among the questions of a form: rows of registers have them, records have not.
    pub(super) fn sums_of_form(&mut self, form: &Form, names: &Names) {
        let path = Path::top().key("field");
        let (sums, answers): (Vec<_>, Vec<_>) = form.fields.iter().partition(|field| field.is_sum());
        let place = SumPlace { answers, sums, names, of: Of::Row };
        for (index, field) in form.fields.iter().enumerate().filter(|(_, field)| field.is_sum()) {
            let misplaced = form.record != Kind::Entry;
            self.report_if(misplaced, &path.index(index).key("sum"), Diagnostic::SumMisplaced);
            self.sum(&path.index(index), field, &place);
        }
    }

    /// What is worked out from a whole case.
    pub(super) fn sums_of_case(&mut self, workflow: &Workflow, names: &Names) {
        let answers = workflow.steps.iter().flat_map(|step| &step.fields).collect();
        let place = SumPlace { answers, sums: workflow.sums.iter().collect(), names, of: Of::Case };
        self.sums(&workflow.sums, &place);
        self.counts_of_whole(&workflow.sums);
    }

    /// What is worked out from a whole round.
    pub(super) fn sums_of_round(&mut self, list: &Checklist, names: &Names) {
        let place = SumPlace {
            answers: list.items().collect(),
            sums: list.sums.iter().collect(),
            names,
            of: Of::Round,
        };
        self.sums(&list.sums, &place);
        self.counts_of_whole(&list.sums);
    }

    /// What only the records of the day can tell is not looked at where a case is told by itself alone, on every phone alike.
    pub(super) fn not_counted<'w>(
        &mut self,
        path: &Path<'_>,
        condition: Option<&Condition>,
        workflows: impl IntoIterator<Item = &'w Workflow>,
    ) {
        let Some(condition) = condition else { return };
        let counting: BTreeSet<&QuestionId> =
            workflows.into_iter().flat_map(|workflow| sum::counting(&workflow.sums)).collect();
        for name in condition.names().filter(|name| name.root == "case") {
            let counts = counting.iter().any(|id| id.as_str() == name.path);
            self.report_if(counts, path, Diagnostic::CountNotKnownHere(name.path.clone()));
        }
    }

    /// What tells of days is worked out where somebody looks at the row, by what their phone has: rules do not look at it.
    pub(super) fn no_day(&mut self, path: &Path<'_>, condition: Option<&Condition>, form: &Form) {
        let telling = sum::telling_of_days(&form.fields);
        let names = condition.into_iter().flat_map(Condition::names).filter(|name| name.root == "form");
        for name in names.filter(|name| telling.iter().any(|id| id.as_str() == name.path)) {
            self.report(path, Diagnostic::DayNotKnownHere(name.path.clone()));
        }
    }

    /// A step and a point ask; what is worked out stands beside them.
    pub(super) fn no_sums(&mut self, path: &Path<'_>, fields: &[FormField]) {
        for (index, _) in fields.iter().enumerate().filter(|(_, field)| field.is_sum()) {
            self.report(&path.index(index).key("sum"), Diagnostic::SumMisplaced);
        }
    }

    /// A sum of a case or a round that counts is worked out where somebody looks, from the other sums alone.
    fn counts_of_whole(&mut self, sums: &[FormField]) {
        let counting = sum::counting(sums);
        for (index, field) in sums.iter().enumerate().filter(|(_, field)| counting.contains(&field.id)) {
            for (number, part) in field.sum.iter().enumerate() {
                let here = Path::top().key("field").index(index).key("sum").index(number);
                let answered = |id: &QuestionId| !sums.iter().any(|sum| sum.id == *id);
                let unlike = [
                    ("when", part.when.is_some()),
                    ("each", part.each.is_some()),
                    ("score", !part.score.is_empty()),
                    ("answer", part.answer.as_ref().is_some_and(answered)),
                ];
                for (key, _) in unlike.into_iter().filter(|(_, said)| *said) {
                    self.report(&here.key(key), Diagnostic::SumPartUnlike(key.to_owned()));
                }
            }
        }
    }

    /// Fields of a whole are sums and nothing else, and no question is called like one.
    fn sums(&mut self, fields: &[FormField], place: &SumPlace<'_>) {
        let path = Path::top().key("field");
        self.questions(&path, fields, place.names);
        for (index, field) in fields.iter().enumerate() {
            let here = path.index(index);
            let asked = place.answers.iter().any(|asked| asked.id == field.id);
            self.report_if(asked, &here.key("id"), Diagnostic::RepeatedId(field.id.to_string()));
            self.report_if(!field.is_sum(), &here, Diagnostic::KeyMissing("sum".to_owned()));
            self.sum(&here, field, place);
        }
    }

    fn sum(&mut self, path: &Path<'_>, field: &FormField, place: &SumPlace<'_>) {
        let number = matches!(field.answer, AnswerType::Number | AnswerType::Money);
        self.report_if(!number, &path.key("type"), Diagnostic::SumOfNoNumber);
        let asked = [
            ("required", field.required),
            ("required_when", field.required_when.is_some()),
            ("entered_by", !field.entered_by.is_empty()),
            ("min", field.min.is_some()),
            ("max", field.max.is_some()),
            ("fails_when", field.fails_when.is_some()),
            ("photo", field.photo != PhotoRule::Never),
            ("invalid", field.invalid.is_some()),
        ];
        for (key, _) in asked.into_iter().filter(|(_, said)| *said) {
            self.report(&path.key(key), Diagnostic::SumAnswered(key.to_owned()));
        }
        for (index, part) in field.sum.iter().enumerate() {
            self.sum_part(&path.key("sum").index(index), field, part, place);
        }
    }

    fn sum_part(&mut self, path: &Path<'_>, field: &FormField, part: &SumPart, place: &SumPlace<'_>) {
        self.optional_condition(&path.key("when"), part.when.as_ref(), place.names);
        let Some(source) = part.source() else { return self.report(path, Diagnostic::SumPartUnclear) };
        let booked = matches!(source, AddedFrom::Rows(_) | AddedFrom::Beside(_) | AddedFrom::About(_));
        let scored = matches!(source, AddedFrom::Score(_));
        let misplaced = match source {
            AddedFrom::Answer(_) | AddedFrom::Having(_) | AddedFrom::HavingBeside(_) => false,
            AddedFrom::Each(_) => place.of != Of::Case,
            AddedFrom::Rows(_) | AddedFrom::Beside(_) | AddedFrom::About(_) => place.of != Of::Row,
            AddedFrom::Metric(_) => place.of != Of::Row,
            AddedFrom::Score(_) | AddedFrom::Points(_) => place.of != Of::Round,
        };
        let unused = [
            ("dated", part.dated.is_some() && !booked),
            ("until", part.until.is_some() && !booked),
            ("before", part.before.is_some() && (!booked || part.until.is_some())),
            ("where", !part.filters.is_empty() && !booked),
            ("latest", part.latest && (!booked || part.about.is_some() || part.answer.is_none())),
            ("day", part.day.is_some() && part.metric.is_none()),
            ("after", part.after.is_some() && part.day.is_none()),
            ("month", part.month.is_some() && (part.metric.is_none() || part.day.is_some())),
            ("points", part.points.is_some() != scored),
            ("without", !part.without.is_empty() && !scored),
        ];
        for (key, _) in unused.into_iter().filter(|(_, said)| *said) {
            self.report(&path.key(key), Diagnostic::SumPartUnlike(key.to_owned()));
        }
        if misplaced {
            return self.report(path, Diagnostic::SumMisplaced);
        }
        match source {
            AddedFrom::Answer(id) | AddedFrom::Each(id) => {
                let key = if matches!(source, AddedFrom::Each(_)) { "each" } else { "answer" };
                let before = place.sums.iter().take_while(|sum| sum.id != field.id);
                let answers = place.answers.iter().chain(before.filter(|_| key == "answer"));
                self.added(&path.key(key), field, id, answers.copied());
            }
            AddedFrom::Having(related) => self.counted(&path.key("having"), field, related, place, true),
            AddedFrom::HavingBeside(related) => {
                self.counted(&path.key("having_beside"), field, related, place, false);
            }
            AddedFrom::Score(items) => {
                for (index, id) in items.iter().enumerate() {
                    let known = place.answers.iter().map(|item| item.id.as_str());
                    let known: Vec<&str> = known.collect();
                    let at = path.key("score").index(index);
                    self.one_of(&at, id.as_str(), known.into_iter(), Diagnostic::SumNotThere);
                }
            }
            AddedFrom::Metric(metric) => {
                self.told_of_days(&path.key("metric"), field, metric);
                let undated = part.day.is_none() && part.month.is_none();
                self.report_if(undated, path, Diagnostic::KeyMissing("day".to_owned()));
                let days = [("day", &part.day), ("after", &part.after), ("month", &part.month)];
                self.own_dates(path, &days, place);
            }
            AddedFrom::Points(_) => {}
            AddedFrom::Rows(form) | AddedFrom::Beside(form) | AddedFrom::About(form) => {
                self.rows_added(path, field, part, form);
                self.own_dates(path, &[("until", &part.until), ("before", &part.before)], place);
            }
        }
    }

    /// Dates are answered beside the sum.
    fn own_dates(&mut self, path: &Path<'_>, dates: &[(&str, &Option<QuestionId>)], place: &SumPlace<'_>) {
        let own = |id: &QuestionId| {
            place.answers.iter().any(|field| field.id == *id && field.answer == AnswerType::Date)
        };
        for (key, date) in dates {
            if let Some(id) = date.as_ref().filter(|id| !own(id)) {
                self.report(&path.key(key), Diagnostic::NotADate(id.to_string()));
            }
        }
    }

    /// Of some days is counted, or added up, what happened on them: no share, no time, no money, nothing of records as they stand.
    fn told_of_days(&mut self, path: &Path<'_>, sum: &FormField, id: &MetricId) {
        let Some((_, metric)) = self.set.metric(id) else {
            let known: Vec<&str> = self.set.metrics().flat_map(|file| &file.metrics).map(own_id).collect();
            return self.unknown(path, id.as_str(), known.into_iter(), Diagnostic::NoMetric);
        };
        let counted = matches!(metric.measure(), Measure::Count | Measure::Sum) && !metric.is_stock();
        let another = metric.quantity().is_some_and(Quantity::is_time) || self.is_money(metric);
        let fits = counted && !another && sum.answer == AnswerType::Number;
        self.report_if(!fits, path, Diagnostic::MetricOfNoDay(id.to_string()));
    }

    /// Records are counted that can refer to it, or to what it is about; a count is no money.
    fn counted(
        &mut self,
        path: &Path<'_>,
        sum: &FormField,
        related: &Related,
        place: &SumPlace<'_>,
        itself: bool,
    ) {
        self.related(path, related);
        self.report_if(
            sum.answer == AnswerType::Money,
            path,
            Diagnostic::SumOfMoney(related.kind.name().to_owned()),
        );
        let misfit = match related.through() {
            RelatedQuery::LINKS => !itself || place.of != Of::Case,
            // Nothing is about a round: cases come from it.
            "subject/*" => itself && place.of == Of::Round,
            _ => false,
        };
        for (key, said) in [
            ("through", misfit),
            ("each", !related.each.is_empty()),
            ("condition", related.condition.is_some()),
        ] {
            self.report_if(said, &path.key(key), Diagnostic::SumPartUnlike(key.to_owned()));
        }
    }

    /// What is added must be a number of the sum's kind.
    fn added<'f>(
        &mut self,
        path: &Path<'_>,
        sum: &FormField,
        id: &QuestionId,
        answers: impl Iterator<Item = &'f FormField>,
    ) {
        let money = |field: &FormField| field.answer == AnswerType::Money;
        let numbers: Vec<&FormField> = answers
            .filter(|field| money(field) || matches!(field.answer, AnswerType::Number | AnswerType::Score))
            .collect();
        match numbers.iter().find(|field| field.id == *id) {
            Some(field) => {
                self.report_if(money(field) != money(sum), path, Diagnostic::SumOfMoney(id.to_string()));
            }
            None => {
                let known = numbers.iter().map(|field| field.id.as_str());
                self.unknown(path, id.as_str(), known, Diagnostic::SumNotThere);
            }
        }
    }

    /// Rows that are added up: of a register, found by a date each of them has, by what was typed in them. A sum of sums of
    /// other rows could go round in circles.
    fn rows_added(&mut self, path: &Path<'_>, sum: &FormField, part: &SumPart, id: &FormId) {
        let form = self.set.form(id).filter(|form| form.record == Kind::Entry);
        let Some(form) = form else { return self.unknown_form(path, id.as_str()) };
        match &part.dated {
            Some(date) => {
                let required = form.fields.iter().any(|field| field.id == *date && field.required);
                let wrong = !asks_date(form, date) || !required;
                let diagnostic = Diagnostic::SumNotDated(id.to_string(), date.to_string());
                self.report_if(wrong, &path.key("dated"), diagnostic);
            }
            None => self.report(path, Diagnostic::KeyMissing("dated".to_owned())),
        }
        let typed = || form.fields.iter().filter(|field| !field.is_sum());
        match &part.answer {
            Some(answer) => self.added(&path.key("answer"), sum, answer, typed()),
            None => self.report_if(part.about.is_some(), path, Diagnostic::KeyMissing("answer".to_owned())),
        }
        for (index, filter) in part.filters.iter().enumerate() {
            let here = path.key("where").index(index);
            let Some(asked) = typed().find(|field| field.id == *filter.path) else {
                let known = typed().map(|field| field.id.as_str());
                self.unknown(&here.key("path"), &filter.path, known, Diagnostic::SumNotThere);
                continue;
            };
            let known: BTreeSet<&str> = asked.options.iter().map(|option| option.id.as_str()).collect();
            for value in said(filter, Some(&asked.meanings)) {
                if !known.is_empty() && !known.contains(value) {
                    let suggestion = Suggestion::among(value, known.iter().copied());
                    let diagnostic = Diagnostic::NoValue(filter.path.clone(), value.to_owned(), suggestion);
                    self.report(&here.key("is"), diagnostic);
                }
            }
        }
    }
}

fn own_id(metric: &Metric) -> &str {
    metric.id.as_str()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{each_reports, reported};
    use super::Diagnostic as D;
    use super::Suggestion;
    use crate::playbook::{PlaybookFile, Playbooks};

    const FORM: &str = r#"
[[field]]
id = "on"
label = { zh = "日期", en = "On" }
type = "date"
required = true
[[field]]
id = "way"
label = { zh = "进出", en = "Way" }
type = "choice"
options = [{ id = "in", label = { zh = "进", en = "in" } }, { id = "out", label = { zh = "出", en = "out" } }]
[[field]]
id = "quantity"
label = { zh = "数量", en = "Quantity" }
type = "number"
unit = "piece"
[[field]]
id = "balance"
label = { zh = "结存", en = "Balance" }
type = "number"
unit = "piece"
sum = [
  { beside = "test", dated = "on", until = "on", answer = "quantity", where = [{ path = "way", is = ["in"] }] },
  { answer = "quantity", when = "has(form.quantity)" },
]
[[field]]
id = "twice"
label = { zh = "两倍", en = "Twice" }
type = "number"
unit = "piece"
sum = [{ answer = "balance", times = 2 }]
"#;

    #[test]
    fn each_slip_of_a_sum_is_reported() {
        let twice = r#"sum = [{ answer = "balance", times = 2 }]"#;
        let absent = |id: &str, known: &[&'static str]| {
            D::SumNotThere(id.to_owned(), Suggestion::among(id, known.iter().copied()))
        };
        each_reports(
            "form",
            FORM,
            &[
                (r#"until = "on""#, r#"until = "quantity""#, D::NotADate("quantity".to_owned())),
                (r#"dated = "on", "#, "", D::KeyMissing("dated".to_owned())),
                (r#"dated = "on""#, r#"dated = "way""#, D::SumNotDated("test".to_owned(), "way".to_owned())),
                ("required = true", "required = false", D::SumNotDated("test".to_owned(), "on".to_owned())),
                (r#"["in"]"#, r#"["inn"]"#, {
                    D::NoValue(
                        "way".to_owned(),
                        "inn".to_owned(),
                        Suggestion::among("inn", ["in", "out"].into_iter()),
                    )
                }),
                (
                    r#"until = "on", answer = "quantity""#,
                    r#"until = "on", latest = true"#,
                    D::SumPartUnlike("latest".to_owned()),
                ),
                (r#"until = "on""#, r#"until = "on", month = "on""#, D::SumPartUnlike("month".to_owned())),
                (r#"until = "on""#, r#"until = "on", after = "on""#, D::SumPartUnlike("after".to_owned())),
                // A sum of itself, of one after it, of sums of other rows: each could go round in circles.
                (twice, r#"sum = [{ answer = "twice" }]"#, absent("twice", &["quantity", "balance"])),
                (
                    r#"{ answer = "quantity", when"#,
                    r#"{ answer = "twice", when"#,
                    absent("twice", &["quantity"]),
                ),
                (
                    r#"until = "on", answer = "quantity""#,
                    r#"until = "on", answer = "balance""#,
                    absent("balance", &["quantity"]),
                ),
                (twice, r#"sum = [{ answer = "way" }]"#, absent("way", &["quantity", "balance"])),
                (twice, "sum = [{ times = 2 }]", D::SumPartUnclear),
                (twice, r#"sum = [{ about = "test", rows = "test" }]"#, D::SumPartUnclear),
                (twice, r#"sum = [{ each = "quantity" }]"#, D::SumMisplaced),
                (twice, r#"sum = [{ score = ["quantity"], points = 5 }]"#, D::SumMisplaced),
                (
                    twice,
                    r#"sum = [{ answer = "balance", points = 5 }]"#,
                    D::SumPartUnlike("points".to_owned()),
                ),
                (twice, r#"sum = [{ answer = "balance", day = "on" }]"#, D::SumPartUnlike("day".to_owned())),
                (twice, r#"sum = [{ points_of = "due" }]"#, D::SumMisplaced),
                (twice, r#"sum = [{ metric = "visits" }]"#, D::KeyMissing("day".to_owned())),
                (twice, r#"sum = [{ metric = "visits", day = "way" }]"#, D::NotADate("way".to_owned())),
                (
                    twice,
                    r#"required_when = "true"
sum = [{ answer = "balance" }]"#,
                    D::SumAnswered("required_when".to_owned()),
                ),
                (
                    r#"id = "twice"
label = { zh = "两倍", en = "Twice" }
type = "number""#,
                    r#"id = "twice"
label = { zh = "两倍", en = "Twice" }
type = "money""#,
                    D::SumOfMoney("balance".to_owned()),
                ),
                (
                    r#"id = "twice"
label = { zh = "两倍", en = "Twice" }
type = "number"
unit = "piece""#,
                    r#"id = "twice"
label = { zh = "两倍", en = "Twice" }
type = "text""#,
                    D::SumOfNoNumber,
                ),
            ],
        );
    }

    #[test]
    fn of_days_is_told_what_happened_on_them_and_to_no_rule() {
        let sum = |metric: &str, days: &str| {
            format!(
                "[[field]]\nid = \"{metric}\"\nlabel = {{ zh = \"数\", en = \"n\" }}\ntype = \"number\"\nunit = \"piece\"\n\
                 sum = [{{ metric = \"{metric}\", {days} }}]\n"
            )
        };
        let head = |kind: &str, id: &str| {
            format!("kind = \"{kind}\"\nid = \"{id}\"\ntitle = {{ zh = \"测试\", en = \"Test\" }}\n")
        };
        let told = [
            ("visits", "day = \"on\""),
            ("findings", "month = \"on\""),
            ("complaints", "day = \"on\", after = \"on\""),
            ("visit", "day = \"on\""),
            ("patrols_done", "day = \"on\""),
            ("dunned_parking", "month = \"on\""),
            ("coverage_known", "day = \"on\""),
            ("put_off", "day = \"way\""),
            ("orders_opened", "times = 1"),
        ];
        let told = told.map(|(metric, days)| sum(metric, days)).concat();
        let rule = r#"
effective_from = 2026-01-01
[[rule]]
id = "test.rule"
title = { zh = "测试", en = "Test" }
why = { zh = "因为", en = "because" }
roles = ["supervisor"]
subject = { kind = "entry" }
when = { after_entry = { form = "grid.day-report", date = "date", condition = "has(form.visited) && form.visited > 3" } }
due = { within = { days = 3 } }
done = { record = "entry", begin = "grid.day-report" }
"#;
        let file = |name: &str, text: String| PlaybookFile { name: name.to_owned(), text, current: true };
        let rejected = Playbooks::company(&[
            file(
                "form.toml",
                head("form", "test.form")
                    + &FORM.replace("beside = \"test\"", "beside = \"test.form\"")
                    + &told,
            ),
            file("rules.toml", head("rules", "test.rules") + rule),
        ]);
        let found: Vec<D> = rejected.unwrap_err().errors.into_iter().map(|error| error.diagnostic).collect();
        let no_day = |metric: &str| D::MetricOfNoDay(metric.to_owned());
        let expected = [
            D::NoMetric("visit".to_owned(), Suggestion::among("visit", ["visits"].into_iter())),
            no_day("patrols_done"),
            no_day("dunned_parking"),
            no_day("coverage_known"),
            D::NotADate("way".to_owned()),
            D::KeyMissing("day".to_owned()),
            D::DayNotKnownHere("visited".to_owned()),
        ];
        assert!(expected.iter().all(|expected| found.contains(expected)), "{found:#?}");
        assert_eq!(found.len(), expected.len(), "{found:#?}");
    }

    #[test]
    fn a_form_is_given_once_by_required_days_and_choices() {
        let once = |id: &str| format!("once = [\"{id}\"]\n{FORM}");
        assert_eq!(reported("form", &once("on")), []);
        for id in ["way", "quantity", "nothing"] {
            assert!(reported("form", &once(id)).contains(&D::OnceUnlike(id.to_owned())), "{id}");
        }
    }

    #[test]
    fn only_a_whole_has_sums() {
        let list = r#"
subject = "grid"
roles = ["butler"]
[[point]]
id = "gate"
label = { zh = "大门", en = "Gate" }
[[point.item]]
id = "floor"
label = { zh = "地面", en = "Floor" }
type = "choice"
options_from = "check"
[[field]]
id = "score"
label = { zh = "得分", en = "Score" }
type = "number"
unit = "point"
sum = [{ score = ["floor"], points = 10, without = ["none"] }]
"#;
        assert_eq!(reported("checklist", list), []);
        let typed = list.replace("sum = [{ score = [\"floor\"], points = 10, without = [\"none\"] }]", "");
        assert!(reported("checklist", &typed).contains(&D::KeyMissing("sum".to_owned())));
        let without = list.replace("points = 10, ", "");
        assert!(reported("checklist", &without).contains(&D::SumPartUnlike("points".to_owned())));
        let points =
            list.replace("score = [\"floor\"], points = 10, without = [\"none\"]", "points_of = \"due\"");
        assert_eq!(reported("checklist", &points), []);
        let day = list.replace(
            "score = [\"floor\"], points = 10, without = [\"none\"]",
            "metric = \"visits\", day = \"floor\"",
        );
        assert!(reported("checklist", &day).contains(&D::SumMisplaced));
        let item = list.replace(
            "type = \"choice\"\noptions_from = \"check\"",
            "type = \"number\"\nunit = \"point\"\nsum = [{ answer = \"score\" }]",
        );
        assert!(reported("checklist", &item).contains(&D::SumMisplaced));
    }
}
