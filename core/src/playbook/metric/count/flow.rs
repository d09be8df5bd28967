//! Flows: what happened in the month, or on the day.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Definition, MetricCounter};
use crate::model::{ChecklistId, Kind, Procedure, QuestionId, RecordId, StaffId, StepId, Timestamp, Value};
use crate::playbook::due::DueItem;
use crate::playbook::metric::{
    CasePhase, Metric, MetricFilter, MetricMember, MetricOutcome, MetricSource, Presence, Quantity,
};
use crate::query::{
    ActivityQuery, ActivityRow, AnswerOutcome, CountedCase, CountedStep, DateBounds, DeadlineProgress,
    FieldMatch, RecordIndex,
};

/// What members are worked out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be counted.
    Number,
    /// To be shown one by one.
    List,
}

/// When a case counts, and whose doing it was.
#[derive(Debug, Clone, Copy)]
struct Occurrence<'c> {
    /// The day that puts it into the month.
    day: NaiveDate,
    /// The moment up to which times are measured; without one, the case's end.
    at: Option<Timestamp>,
    by: Option<&'c StaffId>,
}

impl Occurrence<'_> {
    const fn on(day: NaiveDate) -> Self {
        Self { day, at: None, by: None }
    }
}

/// Where a member belongs that came out in some way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inclusion {
    /// It does not count.
    Outside,
    /// It counts, and is not in the part.
    Whole,
    /// It counts, and is in the part.
    Part,
}

impl Metric {
    /// Where a member belongs that came out like this.
    fn inclusion(&self, outcome: MetricOutcome) -> Inclusion {
        let names = |filter: &MetricFilter| filter.outcome.is_empty() || filter.outcome.contains(&outcome);
        match &self.share {
            _ if !names(&self.only) => Inclusion::Outside,
            Some(share) if names(share) => Inclusion::Part,
            Some(_) | None => Inclusion::Whole,
        }
    }
}

/// The rounds of the month about subjects, by day.
struct Walked(BTreeSet<(RecordId, NaiveDate)>);

impl<I: RecordIndex> MetricCounter<'_, I> {
    /// What a metric counts of the month.
    pub(super) fn flow_members(
        &self,
        of: Definition<'_>,
        purpose: Purpose,
    ) -> Result<Vec<MetricMember>, I::Error> {
        if self.period.days.first() > self.period.today() {
            return Ok(Vec::new());
        }
        let metric = of.metric;
        let cases =
            || metric.of.workflows().iter().filter_map(|id| self.fetched.cases.get(id.as_str())).flatten();
        let mut members: Vec<MetricMember> = match &metric.of {
            MetricSource::Subjects { .. } => Vec::new(),
            MetricSource::Cases { that, .. } => {
                cases().filter_map(|case| self.case_in_phase(of, case, *that)).collect()
            }
            MetricSource::Steps { steps, .. } => {
                cases().flat_map(|case| self.steps(of, case, steps)).collect()
            }
            MetricSource::Deadlines { deadlines, .. } => {
                cases().flat_map(|case| self.deadlines(of, case, deadlines)).collect()
            }
            MetricSource::Days { states, .. } => {
                let walked = self.walked(metric)?;
                cases().flat_map(|case| self.days(of, case, states, &walked)).collect()
            }
            MetricSource::Records { .. } => {
                let Some(query) = self.records_query(metric, purpose) else { return Ok(Vec::new()) };
                let mut shared = self.fetched.activities.iter();
                match shared.find(|(known, _)| known.is_of_the_same(&query)) {
                    Some((_, found)) => self.counted_activities(metric, found, &query, true),
                    None => self.counted_activities(metric, &self.index.activities(&query)?, &query, false),
                }
            }
            MetricSource::Findings { checklists, items } => {
                let query =
                    self.activity_query(Kind::Round, checklists.iter().map(walk), metric, None, purpose);
                let found = self.index.activities(&query)?;
                found.iter().flat_map(|round| self.findings(metric, round, items)).collect()
            }
            MetricSource::Due { rules } => {
                let items =
                    rules.iter().filter_map(|rule| self.fetched.due_items.get(rule.as_str())).flatten();
                items.filter_map(|item| self.due_item(metric, item)).collect()
            }
        };
        // What has no number to add is not there for a metric that adds numbers.
        members.retain(|member| metric.quantity().is_none() || member.number.is_some());
        Ok(members)
    }

    // Cases

    /// A case that counts at some moment; `None` when the metric leaves it out.
    fn case(
        &self,
        of: Definition<'_>,
        case: &CountedCase,
        occurrence: Occurrence<'_>,
    ) -> Option<MetricMember> {
        let metric = of.metric;
        if !self.case_matches(&metric.only, case) {
            return None;
        }
        let port = &of.file.port.answer;
        let port = case.progress.answers.get(port.as_str()).or_else(|| case.fields.get(port.as_str()));
        Some(MetricMember {
            by: occurrence.by.cloned(),
            port: port.and_then(Value::as_text).map(str::to_owned),
            number: metric.quantity().and_then(|quantity| Self::quantity_of(quantity, case, occurrence.at)),
            in_part: metric.share.as_ref().is_some_and(|share| self.case_matches(share, case)),
            ..MetricMember::new(occurrence.day, case.case, case.about, case.place.clone())
        })
    }

    fn case_in_phase(
        &self,
        of: Definition<'_>,
        case: &CountedCase,
        phase: CasePhase,
    ) -> Option<MetricMember> {
        let first = case.progress.steps.first()?;
        let finished = case.progress.finished;
        let (at, by) = match phase {
            CasePhase::Opened => (first.at, Some(&first.by)),
            CasePhase::Ended => {
                let last = case.progress.steps.iter().rfind(|step| step.to.is_some());
                (finished?, last.map(|step| &step.by))
            }
            CasePhase::Open => {
                let end = self.period.end();
                let open = first.at < end && finished.is_none_or(|finished| finished >= end);
                let occurrence = Occurrence::on(self.period.last_day());
                return open.then(|| self.case(of, case, occurrence)).flatten();
            }
        };
        let day = self.period.date_of(at);
        self.period.contains(at).then(|| self.case(of, case, Occurrence { day, at: Some(at), by })).flatten()
    }

    fn steps(&self, of: Definition<'_>, case: &CountedCase, steps: &[StepId]) -> Vec<MetricMember> {
        let counted = |made: &&CountedStep| steps.contains(&made.step) && self.period.contains(made.at);
        let member = |made: &CountedStep| {
            let day = self.period.date_of(made.at);
            let member = self.case(of, case, Occurrence { day, at: Some(made.at), by: Some(&made.by) })?;
            Some(MetricMember { detail: Some(made.event.to_string()), ..member })
        };
        case.progress.steps.iter().filter(counted).filter_map(member).collect()
    }

    fn deadlines(&self, of: Definition<'_>, case: &CountedCase, deadlines: &[String]) -> Vec<MetricMember> {
        let meant = |run: &&DeadlineProgress| deadlines.is_empty() || deadlines.contains(&run.deadline);
        let member = |run: &DeadlineProgress| {
            let (outcome, at) = MetricOutcome::of_deadline(run, self.period.now)
                .filter(|(_, at)| self.period.contains(*at))?;
            let inclusion = of.metric.inclusion(outcome);
            let member = self.case(of, case, Occurrence::on(self.period.date_of(at)))?;
            (inclusion != Inclusion::Outside).then(|| MetricMember {
                detail: Some(format!("{}/{}", run.deadline, run.by)),
                in_part: inclusion == Inclusion::Part && member.in_part,
                ..member
            })
        };
        case.progress.deadlines.iter().filter(meant).filter_map(member).collect()
    }

    fn days(
        &self,
        of: Definition<'_>,
        case: &CountedCase,
        states: &[String],
        walked: &Walked,
    ) -> Vec<MetricMember> {
        let seen = |filter: &MetricFilter, day: NaiveDate| {
            filter.seen.as_ref().is_none_or(|presence| self.was_there(presence, case, day, walked))
        };
        let days = self.days_in(case, states).into_iter().filter(|day| seen(&of.metric.only, *day));
        let member = |day: NaiveDate| {
            let member = self.case(of, case, Occurrence::on(day))?;
            let in_part = member.in_part && of.metric.share.as_ref().is_none_or(|share| seen(share, day));
            Some(MetricMember { in_part, ..member })
        };
        days.filter_map(member).collect()
    }

    /// Whether somebody was there on a day: made a step of the case, or walked a round about its subject.
    fn was_there(&self, presence: &Presence, case: &CountedCase, day: NaiveDate, walked: &Walked) -> bool {
        let made =
            |step: &CountedStep| presence.steps.contains(&step.step) && self.period.date_of(step.at) == day;
        let rounds = || case.about.is_some_and(|about| walked.0.contains(&(about, day)));
        case.progress.steps.iter().any(made) || (!presence.checklists.is_empty() && rounds())
    }

    /// The rounds a metric takes for being there.
    fn walked(&self, metric: &Metric) -> Result<Walked, I::Error> {
        let seen = metric.only.seen.iter().chain(metric.share.iter().filter_map(|share| share.seen.as_ref()));
        let procedures: Vec<Procedure> = seen.flat_map(|seen| seen.checklists.iter().map(walk)).collect();
        if procedures.is_empty() {
            return Ok(Walked(BTreeSet::new()));
        }
        let rounds = self.index.activities(&ActivityQuery {
            kind: Kind::Round,
            procedures,
            from: self.period.start(),
            until: self.period.end(),
            dated: None,
            fields: FieldMatch::default(),
            values: BTreeSet::new(),
            about: true,
        })?;
        let day = |round: &ActivityRow| self.period.date_of(round.at);
        Ok(Walked(rounds.iter().filter_map(|round| Some((round.about?, day(round)))).collect()))
    }

    /// The days of the month, as far as they have come, on which a case stood in one of some states.
    fn days_in(&self, case: &CountedCase, states: &[String]) -> BTreeSet<NaiveDate> {
        let moves: Vec<(Timestamp, &String)> =
            case.progress.steps.iter().filter_map(|made| Some((made.at, made.to.as_ref()?))).collect();
        let mut days = BTreeSet::new();
        for (index, (entered, state)) in moves.iter().enumerate() {
            if !states.contains(state) {
                continue;
            }
            let left = moves.get(index + 1).map_or(self.period.now, |(left, _)| *left);
            let first = self.period.date_of(*entered).max(self.period.days.first());
            let last = self.period.date_of(left).min(self.period.last_day());
            days.extend(first.iter_days().take_while(|day| *day <= last));
        }
        days
    }

    // Contacts, rounds, rows of registers

    /// What a metric asks that counts contacts, rounds or rows of registers.
    pub(super) fn records_query(&self, metric: &Metric, purpose: Purpose) -> Option<ActivityQuery> {
        let MetricSource::Records { kind, procedures, date } = &metric.of else { return None };
        let dated = date.as_ref().map(|date| self.period.days_at(format!("field/{date}")));
        let procedures = procedures.iter().map(|id| Procedure::of(*kind, id.as_str()));
        Some(self.activity_query(*kind, procedures, metric, dated, purpose))
    }

    fn activity_query(
        &self,
        kind: Kind,
        procedures: impl Iterator<Item = Procedure>,
        metric: &Metric,
        dated: Option<DateBounds>,
        purpose: Purpose,
    ) -> ActivityQuery {
        let mut values: BTreeSet<String> = dated.iter().map(|dated| dated.path.clone()).collect();
        if let Some(Quantity::Answer(id)) = metric.quantity() {
            values.extend([id.to_string(), format!("field/{id}")]);
        }
        if let Some(share) = &metric.share {
            let paths = share.filters.iter().chain(&share.unless).map(|filter| &filter.path);
            values.extend(paths.chain(share.dates.iter().map(|date| &date.path)).cloned());
        }
        let mut filters = std::iter::once(&metric.only).chain(&metric.share);
        if filters.any(|filter| filter.condition.is_some()) {
            values.insert("field/*".to_owned());
        }
        ActivityQuery {
            kind,
            procedures: procedures.collect(),
            from: self.period.start(),
            until: self.period.end(),
            values,
            dated,
            fields: self.period.fields(&metric.only),
            about: purpose == Purpose::List || metric.once_per.is_some(),
        }
    }

    /// Contacts, rounds or rows as a metric counts them; `asked_for_several`: whatever the fields are that it asks of them.
    fn counted_activities(
        &self,
        metric: &Metric,
        found: &[ActivityRow],
        query: &ActivityQuery,
        asked_for_several: bool,
    ) -> Vec<MetricMember> {
        let share = metric.share.as_ref().map(|share| (share, self.period.fields(share)));
        let mut members = Vec::new();
        for alike in found.chunk_by(ActivityRow::is_alike) {
            let Some(values) = alike.first().map(|row| &row.values) else { continue };
            if asked_for_several && !query.fields.holds(values) {
                continue;
            }
            let share = share.as_ref().filter(|(_, fields)| fields.holds(values)).map(|(share, _)| *share);
            members.extend(alike.iter().filter_map(|row| self.activity(metric, share, row, query)));
        }
        members
    }

    /// A contact, round or row as a metric counts it; `share` is what its part asks beside fields, where these are so.
    fn activity(
        &self,
        metric: &Metric,
        share: Option<&MetricFilter>,
        row: &ActivityRow,
        query: &ActivityQuery,
    ) -> Option<MetricMember> {
        let number = match metric.quantity() {
            Some(Quantity::Answer(id)) => row
                .values
                .get(&format!("field/{id}"))
                .or_else(|| row.values.get(id.as_str()))
                .and_then(super::condition::whole_number),
            Some(Quantity::WorkedOut(id)) => {
                row.results.get(id.as_str()).and_then(super::condition::in_hundredths)
            }
            _ => None,
        };
        let adds = metric.quantity().is_none() || number.is_some();
        if !adds || !self.activity_matches(&metric.only, row) {
            return None;
        }
        let in_part = share.is_some_and(|share| self.activity_matches(share, row));
        let own_day =
            query.dated.as_ref().and_then(|dated| row.values.get(&dated.path)?.as_text()?.parse().ok());
        let day = own_day.unwrap_or_else(|| self.period.date_of(row.at));
        Some(MetricMember {
            by: row.by.clone(),
            number,
            in_part,
            ..MetricMember::new(day, row.record, row.about.filter(|_| query.about), row.place.clone())
        })
    }

    fn findings(&self, metric: &Metric, round: &ActivityRow, items: &[QuestionId]) -> Vec<MetricMember> {
        let outcomes = [MetricOutcome::Passed, MetricOutcome::Failed, MetricOutcome::Corrected];
        let member = |(item, code): (&QuestionId, &Value)| {
            let outcome = outcomes.into_iter().find(|outcome| code.as_text() == Some(outcome.code()))?;
            let inclusion = metric.inclusion(outcome);
            let day = self.period.date_of(round.at);
            (inclusion != Inclusion::Outside).then(|| MetricMember {
                detail: Some(item.to_string()),
                by: round.by.clone(),
                in_part: inclusion == Inclusion::Part,
                ..MetricMember::new(day, round.record, round.about, round.place.clone())
            })
        };
        let asked = |(item, _): &(&QuestionId, &Value)| items.is_empty() || items.contains(item);
        round.results.iter().filter(asked).filter_map(member).collect()
    }

    // Due items

    fn due_item(&self, metric: &Metric, item: &DueItem) -> Option<MetricMember> {
        let inclusion = metric.inclusion(item.outcome(self.period.calendar, self.period.now)?);
        let settled =
            |outcome: &AnswerOutcome| matches!(outcome, AnswerOutcome::Done | AnswerOutcome::Skipped);
        (inclusion != Inclusion::Outside).then(|| MetricMember {
            day: item.due,
            record: item.answers.iter().find(|(_, outcome)| settled(outcome)).map(|(record, _)| *record),
            detail: None,
            due: Some(item.id),
            about: Some(item.subject.clone()),
            place: item.place.clone(),
            by: None,
            port: None,
            number: None,
            in_part: inclusion == Inclusion::Part,
        })
    }
}

/// Rounds through a checklist.
fn walk(checklist: &ChecklistId) -> Procedure {
    Procedure::Checklist { checklist: checklist.clone() }
}
