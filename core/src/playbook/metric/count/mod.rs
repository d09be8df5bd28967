//! Counts: a pure function of records, metrics, calendar and moment.
//!
//! | question | file |
//! |---|---|
//! | which records are there now | `stock.rs` |
//! | what happened in the month | `flow.rs` |
//! | whose is it | `group.rs` |
//! | which cases and rows does a filter let through, what do they add | `condition.rs` |
//! | which days are counted | `period.rs` |

mod condition;
mod flow;
mod group;
mod period;
mod stock;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use flow::Purpose;
pub use group::{MetricGroup, People};
use period::Period;

use super::fraction::Totals;
use super::row::Counted;
use super::{
    Attribution, Days, Fraction, GroupBy, MemberPage, MemberQuery, Metric, MetricFile, MetricFilter,
    MetricMember, MetricRow, MetricSides, MetricSource, OncePer, Side,
};
use crate::model::{MetricId, PlaceId, RecordId, RuleId, StaffId, Timestamp, WorkflowId};
use crate::playbook::Playbooks;
use crate::playbook::calendar::Calendar;
use crate::playbook::due::{self, DueItem};
use crate::playbook::related::Related;
use crate::playbook::rule::DueRule;
use crate::query::{ActivityQuery, ActivityRow, CaseQuery, CountedCase, RecordIndex, Selection, Tally};

/// Counts the metrics of one month, or of one day.
pub struct MetricCounter<'a, I: RecordIndex> {
    playbooks: &'a Playbooks,
    index: &'a I,
    people: &'a People<'a>,
    period: Period<'a>,
    fetched: Fetched,
}

/// What several metrics need, asked for once.
#[derive(Default)]
struct Fetched {
    /// Cases by workflow.
    cases: BTreeMap<WorkflowId, Vec<CountedCase>>,
    /// The cases some records refer to, by what was asked of these.
    related: Vec<(Related, BTreeSet<RecordId>)>,
    /// Due items by rule.
    due_items: BTreeMap<RuleId, Vec<DueItem>>,
    tallies: Vec<(Selection, TallyByPlace)>,
    /// What several metrics count of the same contacts, rounds or rows: asked for without what each wants of them.
    activities: Vec<(ActivityQuery, Vec<ActivityRow>)>,
}

type TallyByPlace = BTreeMap<Option<PlaceId>, Tally>;

/// A metric with the file it stands in.
#[derive(Clone, Copy)]
struct Definition<'a> {
    file: &'a MetricFile,
    metric: &'a Metric,
}

/// The number of a group, or of the whole.
struct GroupValue {
    group: Option<MetricGroup>,
    value: Option<Fraction>,
    members: u64,
}

/// Members by group; a group has its number, by which it is found again.
#[derive(Default)]
struct Grouped<'m> {
    groups: BTreeMap<Option<MetricGroup>, usize>,
    members: Vec<Vec<&'m MetricMember>>,
}

impl Grouped<'_> {
    /// The numbers of groups; one that is new gets the next.
    fn numbers(&mut self, groups: impl IntoIterator<Item = Option<MetricGroup>>) -> Vec<usize> {
        let number = |group: Option<MetricGroup>| {
            *self.groups.entry(group).or_insert_with(|| {
                self.members.push(Vec::new());
                self.members.len() - 1
            })
        };
        groups.into_iter().map(number).collect()
    }
}

impl<'a, I: RecordIndex> MetricCounter<'a, I> {
    /// The metrics of a month, or of a day, as they stand at `now`.
    pub fn new(
        playbooks: &'a Playbooks,
        index: &'a I,
        calendar: &'a Calendar,
        people: &'a People<'a>,
        now: Timestamp,
        days: impl Into<Days>,
    ) -> Self {
        let period = Period { calendar, now, days: days.into() };
        Self { playbooks, index, people, period, fetched: Fetched::default() }
    }

    /// Every metric, or one: as a whole, then by group if asked and the metric may be grouped so.
    ///
    /// # Errors
    /// The index's own.
    pub fn count(
        &mut self,
        only: Option<&MetricId>,
        by: Option<GroupBy>,
    ) -> Result<Vec<MetricRow>, I::Error> {
        let mut wanted: Vec<Definition<'a>> = Vec::new();
        for file in self.playbooks.metrics() {
            let metrics = file.metrics.iter().filter(|metric| only.is_none_or(|only| metric.id == *only));
            wanted.extend(metrics.map(|metric| Definition { file, metric }));
        }
        self.fetch(&wanted, Purpose::Number)?;
        let mut rows = Vec::new();
        for of in wanted {
            let by = by.filter(|by| of.metric.by.contains(by));
            rows.extend(self.values(of, by)?.into_iter().map(|value| self.row(of, value)));
        }
        Ok(rows)
    }

    /// The members behind one number; `None` when there is no such metric.
    ///
    /// # Errors
    /// The index's own.
    pub fn members(&mut self, ask: &MemberQuery) -> Result<Option<MemberPage>, I::Error> {
        let Some((file, metric)) = self.playbooks.metric(&ask.metric) else { return Ok(None) };
        let of = Definition { file, metric };
        self.fetch(&[of], Purpose::List)?;
        let members = if metric.is_stock() {
            self.stock_members(metric, ask.side)?
        } else {
            self.flow_members(of, Purpose::List)?
        };
        let is_in =
            |member: &&MetricMember| ask.group.as_ref().is_none_or(|group| self.is_in(of, member, group));
        let mut counted = once(metric, members.iter().filter(is_in).collect());
        counted.retain(|counted| ask.side == Side::Whole || metric.share.is_none() || counted.in_part);
        counted.sort_by(|one, other| one.member.in_order(other.member));
        let total = counted.len();
        let page = counted.into_iter().skip(ask.skip).take(ask.take);
        let members =
            page.map(|Counted { member, in_part }| MetricMember { in_part, ..member.clone() }).collect();
        Ok(Some(MemberPage { total, members }))
    }

    /// What these metrics come to of one person's work in the grids of a place; of what has no doer of its own (a complaint, what
    /// is due) all of it there. A place in no grid stands for all that is in sight.
    ///
    /// # Errors
    /// The index's own.
    pub fn work_of(
        &mut self,
        metrics: &BTreeSet<&MetricId>,
        by: &StaffId,
        place: &PlaceId,
    ) -> Result<BTreeMap<MetricId, Fraction>, I::Error> {
        let known = metrics.iter().filter_map(|id| self.playbooks.metric(id));
        let wanted: Vec<Definition<'_>> = known.map(|(file, metric)| Definition { file, metric }).collect();
        self.fetch(&wanted, Purpose::Number)?;
        let grids = self.index.grids_of(place);
        let here = |place: Option<&PlaceId>| {
            grids.is_empty() || place.is_some_and(|place| !self.index.grids_of(place).is_disjoint(&grids))
        };
        let mut numbers = BTreeMap::new();
        for of in wanted {
            let did = of.metric.attribution() == Attribution::Actor;
            let theirs = |member: &&MetricMember| {
                (!did || member.by.as_ref() == Some(by)) && here(member.place.as_ref())
            };
            let members = self.flow_members(of, Purpose::Number)?;
            let totals = Totals::of(&once(of.metric, members.iter().filter(theirs).collect()));
            numbers.extend(of.metric.value(&totals).map(|value| (of.metric.id.clone(), value)));
        }
        Ok(numbers)
    }

    /// Asks for what several of these metrics count at once.
    fn fetch(&mut self, metrics: &[Definition<'_>], purpose: Purpose) -> Result<(), I::Error> {
        let mut workflows: BTreeSet<WorkflowId> = BTreeSet::new();
        let mut rules: BTreeSet<&RuleId> = BTreeSet::new();
        for of in metrics {
            workflows.extend(of.metric.of.workflows().iter().cloned());
            if let MetricSource::Due { rules: named } = &of.metric.of {
                rules.extend(named);
            }
        }
        if !workflows.is_empty() {
            let query =
                CaseQuery { workflows: &workflows, from: self.period.start(), until: self.period.end() };
            self.fetched.cases = BTreeMap::new();
            for case in self.index.cases(&query)? {
                self.fetched.cases.entry(case.workflow.clone()).or_default().push(case);
            }
            self.fetch_related(metrics)?;
        }
        if !rules.is_empty() {
            let days = (self.period.days.first(), self.period.days.last());
            let wanted = |rule: &DueRule| rules.contains(&rule.id);
            self.fetched.due_items = BTreeMap::new();
            for item in due::within(self.playbooks, self.index, self.period.calendar, days, wanted)? {
                self.fetched.due_items.entry(item.rule.id.clone()).or_default().push(item);
            }
        }
        self.fetch_activities(metrics, purpose)
    }

    /// Asks which of the cases are referred to as these metrics say: one query for each question.
    fn fetch_related(&mut self, metrics: &[Definition<'_>]) -> Result<(), I::Error> {
        let mut asked: Vec<(&Related, BTreeSet<RecordId>)> = Vec::new();
        for of in metrics.iter().filter(|of| !of.metric.is_stock()) {
            let filters = std::iter::once(&of.metric.only).chain(&of.metric.share);
            for related in filters.flat_map(MetricFilter::related) {
                let workflows = of.metric.of.workflows().iter();
                let cases = workflows.filter_map(|id| self.fetched.cases.get(id.as_str())).flatten();
                let cases: BTreeSet<RecordId> = cases.map(|case| case.case).collect();
                match asked.iter_mut().find(|(known, _)| *known == related) {
                    Some((_, known)) => known.extend(&cases),
                    None => asked.push((related, cases)),
                }
            }
        }
        let today = self.period.last_day();
        self.fetched.related = Vec::new();
        for (related, cases) in asked.into_iter().filter(|(_, cases)| !cases.is_empty()) {
            let found = related.subjects(self.playbooks, self.index, today, Some(&cases))?;
            self.fetched.related.push((related.clone(), found));
        }
        Ok(())
    }

    /// Asks for the contacts, rounds and rows that more than one of these metrics counts.
    fn fetch_activities(&mut self, metrics: &[Definition<'_>], purpose: Purpose) -> Result<(), I::Error> {
        let mut shared: Vec<(usize, ActivityQuery)> = Vec::new();
        for of in metrics {
            let Some(own) = self.records_query(of.metric, purpose) else { continue };
            match shared.iter_mut().find(|(_, known)| known.is_of_the_same(&own)) {
                Some((metrics, known)) => {
                    *metrics += 1;
                    known.take_in(own);
                }
                None => shared.push((1, own)),
            }
        }
        self.fetched.activities = Vec::new();
        for (_, mut query) in shared.into_iter().filter(|(metrics, _)| *metrics > 1) {
            query.take_fields_as_values();
            let rows = self.index.activities(&query)?;
            self.fetched.activities.push((query, rows));
        }
        Ok(())
    }

    fn values(&mut self, of: Definition<'_>, by: Option<GroupBy>) -> Result<Vec<GroupValue>, I::Error> {
        let totals =
            if of.metric.is_stock() { self.stock_totals(of, by)? } else { self.flow_totals(of, by)? };
        let value = |(group, totals): (Option<MetricGroup>, Totals)| GroupValue {
            group,
            value: of.metric.value(&totals),
            members: totals.members,
        };
        Ok(totals.into_iter().map(value).collect())
    }

    fn flow_totals(
        &self,
        of: Definition<'_>,
        by: Option<GroupBy>,
    ) -> Result<BTreeMap<Option<MetricGroup>, Totals>, I::Error> {
        let members = self.flow_members(of, Purpose::Number)?;
        let mut grouped = Grouped::default();
        grouped.numbers(self.groups::<()>(of.file, by).into_keys());
        let mut at_places: HashMap<Option<&PlaceId>, Vec<usize>> = HashMap::new();
        for member in &members {
            let own = self.own_groups(of, member, by).map(|own| grouped.numbers(own));
            let groups = match &own {
                Some(own) => own,
                None => at_places
                    .entry(member.place.as_ref())
                    .or_insert_with(|| grouped.numbers(self.groups_of_place(of, member.place.as_ref(), by))),
            };
            groups.iter().for_each(|group| grouped.members[*group].push(member));
        }
        let Grouped { groups, mut members } = grouped;
        let mut totals = |group: usize| Totals::of(&once(of.metric, std::mem::take(&mut members[group])));
        Ok(groups.into_iter().map(|(group, number)| (group, totals(number))).collect())
    }

    fn row(&self, of: Definition<'_>, GroupValue { group, value, members }: GroupValue) -> MetricRow {
        let metric = of.metric;
        let terms = self.playbooks.terms();
        let key = metric.term();
        let means = terms.get(&key).and_then(|term| term.means.clone()).unwrap_or_default();
        let target = metric.target();
        MetricRow {
            reached: target.as_ref().zip(value).map(|(target, value)| target.is_reached(value)),
            target,
            metric: metric.id.clone(),
            label: terms.label(&key),
            means,
            measure: metric.measure(),
            sides: metric.sides().map(|side| MetricSides {
                part: terms.label(&format!("side.{side}.part")),
                rest: terms.label(&format!("side.{side}.rest")),
            }),
            unit: metric.unit.clone(),
            group_label: group.as_ref().map(|group| self.group_label(of.file, group)),
            group,
            shown: value.map(|value| value.shown(metric.measure(), metric.unit.as_deref())),
            value,
            members,
            as_of: if metric.is_stock() { self.period.today() } else { self.period.last_day() },
        }
    }
}

/// Several members about the same subject, or about it on the same day, are one; it is in the part when one of them is.
fn once<'m>(metric: &Metric, mut members: Vec<&'m MetricMember>) -> Vec<Counted<'m>> {
    let one = |member: &'m MetricMember| Counted { member, in_part: member.in_part };
    let Some(per) = metric.once_per else { return members.into_iter().map(one).collect() };
    let same = |member: &&'m MetricMember| {
        (member.about.as_ref(), (per == OncePer::SubjectDay).then_some(member.day))
    };
    // The first of each is the one that counts.
    members.sort_by(|one, other| same(one).cmp(&same(other)).then_with(|| one.in_order(other)));
    let of_one = members.chunk_by(|one, other| same(one) == same(other));
    of_one
        .filter_map(|all| {
            let in_part = all.iter().any(|member| member.in_part);
            all.first().map(|member| Counted { member, in_part })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(measure: &str) -> Metric {
        let text =
            format!("id = \"x\"\nof = {{ cases = {{ workflows = [\"w\"], that = \"ended\" }} }}\n{measure}");
        toml::from_str(&text).unwrap()
    }

    fn member(day: &str, about: u8, number: Option<i64>, in_part: bool) -> MetricMember {
        let record = RecordId([about; 16]);
        MetricMember { number, in_part, ..MetricMember::new(day.parse().unwrap(), record, None, None) }
    }

    fn value(measure: &str, members: &[MetricMember]) -> Option<(i64, i64)> {
        let metric = metric(measure);
        let counted = once(&metric, members.iter().collect());
        metric.value(&Totals::of(&counted)).map(|value| (value.part, value.whole))
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        assert_eq!(value("", &[]), Some((0, 1)), "a count of nothing is nothing");
        assert_eq!(value("sum = \"rounds\"", &[]), Some((0, 1)));
        for measure in ["share = { rounds_at_least = 2 }", "average = \"rounds\"", "median = \"rounds\""] {
            assert_eq!(value(measure, &[]), None, "{measure} of nothing is no data");
        }
    }

    #[test]
    fn numbers_stay_exact() {
        let days = ["2026-11-03", "2026-11-04", "2026-11-05"];
        let members: Vec<MetricMember> = days
            .iter()
            .zip([7_200_000, 3_600_000, 90_000])
            .enumerate()
            .map(|(at, (day, took))| member(day, u8::try_from(at).unwrap(), Some(took), at == 1))
            .collect();
        assert_eq!(value("share = { rounds_at_least = 2 }", &members), Some((1, 3)));
        assert_eq!(value("average = \"rounds\"", &members), Some((10_890_000, 3)));
        assert_eq!(value("average = \"lasted\"\nunit = \"h\"", &members), Some((10_890_000, 3 * 3_600_000)));
        assert_eq!(value("median = \"lasted\"\nunit = \"h\"", &members), Some((3_600_000, 3_600_000)));
        assert_eq!(
            value("median = \"lasted\"\nunit = \"min\"", &members[..2]),
            Some((10_800_000, 2 * 60_000)),
            "of two in the middle, half of both"
        );
    }

    #[test]
    fn the_same_home_counts_once_a_month_or_once_a_day() {
        let visits = [
            member("2026-11-03", 1, None, false),
            member("2026-11-03", 1, None, true),
            member("2026-11-09", 1, None, false),
            member("2026-11-09", 2, None, false),
        ];
        assert_eq!(value("", &visits), Some((4, 1)));
        assert_eq!(value("once_per = \"subject\"", &visits), Some((2, 1)));
        assert_eq!(value("once_per = \"subject_day\"", &visits), Some((3, 1)));
        let share = "once_per = \"subject\"\nshare = { rounds_at_least = 2 }";
        assert_eq!(value(share, &visits), Some((1, 2)), "it is in the part when one of them is");
    }
}
