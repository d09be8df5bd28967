//! One thing to do, and how it stands.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::round::split_place;
use crate::model::{DueId, PlaceId, RecordId, RoleId, RuleId, StaffId, Timestamp, Value};
use crate::playbook::calendar::Calendar;
use crate::playbook::form::{AnswerType, FormField};
use crate::playbook::metric::MetricOutcome;
use crate::playbook::rule::{DueRule, Rules, Trigger, Urgency};
use crate::playbook::{Label, Pinned, Playbooks};
use crate::query::{AnswerOutcome, AnswerRow, FindingRow, StepRow, SubjectId};

/// How near its moment something must be to press, in milliseconds: two hours.
const NEAR: i64 = 2 * 3_600_000;

/// One thing to do. It is small, because a grid can have thousands: words are made when it is shown.
#[derive(Debug, Clone)]
pub struct DueItem {
    /// Unique id.
    pub id: DueId,
    /// The rule that brought it about.
    pub rule: RuleRef,
    /// About what.
    pub subject: SubjectId,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// The step that brought it about, for a rule on steps; of cases together the one with which they were enough.
    pub step: Option<Arc<StepRow>>,
    /// The person the row of a register names that brought it about, where its rule asks for one.
    pub(super) named: Option<StaffId>,
    /// For a finding of a round: which.
    pub finding: Option<Arc<FindingRow>>,
    /// For a rule on cases together: which.
    pub group: Option<Arc<Group>>,
    /// What comes again, as its reason may name it: after how many years, or which festival.
    pub(super) occasion: Option<(&'static str, Arc<Label>)>,
    /// The trigger's day.
    pub base: NaiveDate,
    /// The first day it is shown.
    pub visible_from: NaiveDate,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The very moment, where the rule counts hours.
    pub due_at: Option<Timestamp>,
    /// When answers begin to count, and before when.
    pub(super) counts: (Timestamp, Timestamp),
    /// The records that answer it, and what each amounts to; two phones answering concurrently show both.
    pub answers: BTreeMap<RecordId, AnswerOutcome>,
    /// When it was last put off, by which record, and until when: the last word counts, not the farthest day.
    pub(super) put_off: Option<(Timestamp, RecordId, NaiveDate)>,
    /// The last contact that met nobody, or was not as the rule asks; the last row that was not.
    pub tried: Option<Tried>,
    /// Of a period before the present one: it is there only while a record that answers it is under way.
    pub(super) earlier: bool,
    /// When the last of them was made.
    pub answered_at: Option<Timestamp>,
    /// When it was first done.
    pub done_at: Option<Timestamp>,
    /// By whom.
    pub done_by: Option<StaffId>,
    /// Who began the record that answers it and is not finished; of several the newest.
    pub(super) begun: Option<(Timestamp, RecordId, Option<StaffId>)>,
}

/// A contact, or a row of a register, that did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Tried {
    /// When it was.
    pub at: Timestamp,
    /// When it was agreed to try again.
    pub again: Option<Timestamp>,
}

/// Cases that are one matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The cases, oldest first.
    pub cases: Vec<RecordId>,
    /// The answer they have in common, where the rule asks for one.
    pub shared: Option<String>,
}

/// How a due item stands on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "DueStatus"))]
pub enum Status {
    /// To be done.
    Open,
    /// Begun.
    Begun,
    /// Put off.
    Snoozed,
    /// Left out with a reason.
    Skipped,
    /// Answered by an outcome that counts as done.
    Done,
}

impl Status {
    /// Whether nothing is left to do today: done, left out, or put off.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Snoozed | Self::Skipped | Self::Done)
    }
}

/// A rule of a file, kept alive by whoever holds it.
#[derive(Clone)]
pub struct RuleRef {
    file: Arc<Pinned<Rules>>,
    at: usize,
}

impl RuleRef {
    /// Every rule of a file that is in force.
    pub(super) fn all(file: &Arc<Pinned<Rules>>) -> impl Iterator<Item = Self> {
        let live = file.rules.iter().enumerate().filter(|(_, rule)| !rule.retired);
        live.map(|(at, _)| Self { file: file.clone(), at })
    }
}

impl RuleRef {
    /// The rule of the findings of a checklist, the only one of its file.
    pub(super) fn of_findings(file: &Arc<Pinned<Rules>>) -> Self {
        Self { file: file.clone(), at: 0 }
    }

    /// The rule of a deadline, among those of its workflow.
    pub(super) fn of_deadline(file: &Arc<Pinned<Rules>>, id: &str) -> Option<Self> {
        let is = |rule: &DueRule| matches!(&rule.when, Trigger::Deadline(of) if of.deadline == id);
        Some(Self { file: file.clone(), at: file.rules.iter().position(is)? })
    }
}

impl RuleRef {
    /// What it is called where it stands alone: a deadline or finding with the procedure that brings it.
    #[must_use]
    pub fn full_title(&self) -> Label {
        let (of, what) = (&self.file.title, &self.title);
        match &self.when {
            Trigger::Deadline(_) | Trigger::Finding(_) => {
                Label::new(format!("{}：{}", of.zh, what.zh), format!("{}: {}", of.en, what.en))
            }
            _ => what.clone(),
        }
    }
}

impl Deref for RuleRef {
    type Target = DueRule;

    fn deref(&self) -> &DueRule {
        // Made of a place in its file, which never changes.
        &self.file.rules[self.at]
    }
}

impl fmt::Debug for RuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleRef({})", self.id)
    }
}

impl DueItem {
    /// Takes up a record that answers it.
    pub(super) fn answer(&mut self, answer: &AnswerRow) {
        let AnswerRow { record, at, done_at, ref by, .. } = *answer;
        let outcome = match answer.outcome {
            AnswerOutcome::Spoke { outcome, .. } if self.rule.done.is_met_by(outcome) => AnswerOutcome::Done,
            // An order goes on by itself, with deadlines of its own.
            AnswerOutcome::Begun if self.finding.is_some() && answer.is_case => AnswerOutcome::Done,
            outcome => outcome,
        };
        self.take(record, outcome, at, done_at, by.as_ref());
    }

    /// Takes up a record that names it and is not as its rule asks: it was tried.
    pub(super) fn try_by(&mut self, answer: &AnswerRow) {
        match answer.outcome {
            AnswerOutcome::Done => {
                self.tried = self.tried.max(Some(Tried { at: answer.at, again: None }));
            }
            outcome => self.take(answer.record, outcome, answer.at, answer.done_at, answer.by.as_ref()),
        }
    }

    /// It was done by a step of its case, an order, or a better result.
    pub(super) fn done(
        &mut self,
        record: RecordId,
        (at, first): (Timestamp, Timestamp),
        by: Option<&StaffId>,
    ) {
        self.take(record, AnswerOutcome::Done, at, first, by);
    }

    fn take(
        &mut self,
        record: RecordId,
        outcome: AnswerOutcome,
        at: Timestamp,
        done_at: Timestamp,
        by: Option<&StaffId>,
    ) {
        self.answers.insert(record, outcome);
        match outcome {
            AnswerOutcome::Snoozed { until } => self.put_off = self.put_off.max(Some((at, record, until))),
            AnswerOutcome::Spoke { again, .. } => {
                let moment = again.map(|(_, moment)| moment);
                self.tried = self.tried.max(Some(Tried { at, again: moment }));
                // The item comes back on the day it is tried again; without one it was tried and stays.
                let until = again.map_or(NaiveDate::MIN, |(day, _)| day);
                self.put_off = self.put_off.max(Some((at, record, until)));
            }
            AnswerOutcome::Begun => {
                self.begun = self.begun.take().max(Some((at, record, by.cloned())));
            }
            AnswerOutcome::Done | AnswerOutcome::Skipped => {}
        }
        self.answered_at = self.answered_at.max(Some(at));
        if outcome == AnswerOutcome::Done && self.done_at.is_none_or(|first| done_at < first) {
            self.done_at = Some(done_at);
            self.done_by = by.cloned();
        }
    }

    /// Who began it, while it is begun and not done.
    #[must_use]
    pub fn begun_by(&self, today: NaiveDate) -> Option<&StaffId> {
        let (.., by) = self.begun.as_ref().filter(|_| self.status(today) == Status::Begun)?;
        by.as_ref()
    }

    /// The case whose step brought it about.
    #[must_use]
    pub fn case(&self) -> Option<RecordId> {
        self.step.as_ref().map(|step| step.case)
    }

    /// The role it is addressed to: in which a finding was found, or where its rule asks the case and the case says so.
    #[must_use]
    pub fn role(&self) -> Option<RoleId> {
        if let Some(finding) = &self.finding {
            return Some(finding.found.role.clone());
        }
        let said = self.step.as_ref()?.answers.get(self.rule.to.as_ref()?)?;
        RoleId::new(said.as_text()?).ok()
    }

    /// The person it is addressed to, likewise.
    #[must_use]
    pub fn person(&self) -> Option<StaffId> {
        if let Some(finding) = &self.finding {
            return Some(finding.found.by.clone());
        }
        if let Some(named) = &self.named {
            return Some(named.clone());
        }
        let said = self.step.as_ref()?.answers.get(self.rule.person.as_ref()?)?;
        StaffId::new(said.as_text()?).ok()
    }

    /// How pressing it is at a moment. What counts hours is planned like a day's work until its time is near; then its
    /// clock runs by the minute. What was missed long ago is late, not urgent.
    #[must_use]
    pub fn urgency(&self, now: Timestamp) -> Urgency {
        match self.presses() {
            Some((from, until)) if from <= now && now < until => Urgency::Urgent,
            _ => self.rule.urgency,
        }
    }

    /// From when until when it presses though its rule is not urgent.
    #[must_use]
    pub fn presses(&self) -> Option<(Timestamp, Timestamp)> {
        let hours = self.rule.urgency == Urgency::Normal && self.rule.counts_hours();
        let at = self.due_at.filter(|_| hours)?;
        Some((at.plus_millis(-NEAR), at.plus_millis(NEAR)))
    }

    /// From when on it is there, where its day is done in parts.
    #[must_use]
    pub fn opens_at(&self) -> Option<Timestamp> {
        let in_parts = matches!(&self.rule.when, Trigger::Every(every) if !every.parts.is_empty());
        in_parts.then_some(self.counts.0)
    }

    /// The very moment by which its clock runs by the minute, while it does: then it stands above the walk.
    #[must_use]
    pub fn running_clock(&self, now: Timestamp) -> Option<Timestamp> {
        self.due_at.filter(|_| self.rule.counts_hours() && self.urgency(now) == Urgency::Urgent)
    }

    /// From when on it is brought before others, if nobody does it.
    #[must_use]
    pub fn escalates_at(&self, calendar: &Calendar) -> Option<Timestamp> {
        let escalate = self.rule.escalate.as_ref()?;
        Some(calendar.due(self.due_at.unwrap_or_else(|| calendar.end_of(self.due)), escalate.after))
    }

    /// The cases it is about together, and how one opened from it is linked with them.
    #[must_use]
    pub fn together(&self) -> Option<(&[RecordId], &str)> {
        match (&self.group, &self.rule.when) {
            (Some(group), Trigger::Together(together)) => Some((&group.cases, &together.link)),
            _ => None,
        }
    }

    /// How it stands on a day. Done counts most, then left out, begun, and last what was said when it was put off.
    #[must_use]
    pub fn status(&self, today: NaiveDate) -> Status {
        let put_off = self.put_off.is_some_and(|(.., until)| until > today);
        let standing = |outcome: &AnswerOutcome| match outcome {
            AnswerOutcome::Done => Status::Done,
            AnswerOutcome::Skipped => Status::Skipped,
            AnswerOutcome::Begun => Status::Begun,
            AnswerOutcome::Snoozed { .. } | AnswerOutcome::Spoke { .. } if put_off => Status::Snoozed,
            AnswerOutcome::Snoozed { .. } | AnswerOutcome::Spoke { .. } => Status::Open,
        };
        let rank = |status: &Status| match status {
            Status::Open => 0,
            Status::Snoozed => 1,
            Status::Begun => 2,
            Status::Skipped => 3,
            Status::Done => 4,
        };
        self.answers.values().map(standing).max_by_key(rank).unwrap_or(Status::Open)
    }

    /// Whether its time has passed and it is neither done nor left out. An opportunity obliges nobody.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate, now: Timestamp) -> bool {
        if self.rule.opportunity {
            return false;
        }
        let late = self.due_at.map_or(today > self.due, |due_at| now > due_at);
        late && !matches!(self.status(today), Status::Done | Status::Skipped)
    }

    /// How it came out by a moment; `None` while its time has not passed and it is neither done nor left out.
    #[must_use]
    pub fn outcome(&self, calendar: &Calendar, now: Timestamp) -> Option<MetricOutcome> {
        let in_time = |at: Timestamp| {
            self.due_at.map_or_else(|| calendar.date_of(at) <= self.due, |due_at| at <= due_at)
        };
        let today = calendar.date_of(now);
        match (self.status(today), self.done_at) {
            (Status::Done, Some(at)) if !in_time(at) => Some(MetricOutcome::Late),
            (Status::Done, _) => Some(MetricOutcome::OnTime),
            (Status::Skipped, _) => Some(MetricOutcome::Skipped),
            _ if self.is_overdue(today, now) => Some(MetricOutcome::Missed),
            _ => None,
        }
    }

    /// Why, in words: the days, and after a step the case's answers, choices by their labels; `told` says whether the
    /// reader may know them.
    #[must_use]
    pub fn why(&self, playbooks: &Playbooks, told: bool) -> Label {
        let mut words: BTreeMap<&str, Label> = BTreeMap::new();
        let step = self.step.as_deref();
        let workflow = step.and_then(|step| playbooks.workflow_at(&step.workflow, step.version));
        if let (Some(step), Some(workflow)) = (step, workflow) {
            let word = |field: &'_ FormField| -> Option<Label> {
                let value = step.answers.get(field.id.as_str())?;
                let text = match (field.answer, value) {
                    (AnswerType::Number | AnswerType::Score, Value::Int(number)) => number.to_string(),
                    (AnswerType::Number, Value::Real(number)) => number.to_string(),
                    _ => value.as_text()?.to_owned(),
                };
                let chosen = field.option(&text).map(|option| option.label.clone());
                Some(chosen.unwrap_or_else(|| Label::same(text)))
            };
            let asked = workflow.fields().filter(|_| told);
            words.extend(asked.filter_map(|field| Some((field.id.as_str(), word(field)?))));
            words.insert("case", workflow.title.clone());
            if let (Some(group), Trigger::Together(together)) = (&self.group, &self.rule.when) {
                let field =
                    together.same.as_ref().and_then(|same| workflow.fields().find(|field| field.id == *same));
                if let (Some(field), Some(text)) = (field.filter(|_| told), &group.shared) {
                    let chosen = field.option(text).map(|option| option.label.clone());
                    words.insert(field.id.as_str(), chosen.unwrap_or_else(|| Label::new(text, text)));
                }
                let count = group.cases.len().to_string();
                words.insert("count", Label::new(&count, &count));
            }
        }
        if let Some(finding) = &self.finding
            && let Some(list) = playbooks.checklist_at(&finding.checklist, finding.version)
        {
            words.insert("list", list.title.clone());
            let (item, _) = split_place(finding.found.item.as_str());
            words.extend(list.item(&item.into()).map(|item| ("item", item.label.clone())));
        }
        words.extend(self.occasion.iter().map(|(name, word)| (*name, (**word).clone())));
        let day = |day: NaiveDate| Label::new(day.to_string(), day.to_string());
        words.insert("date", day(self.base));
        words.insert("due", day(self.due));
        self.rule.why.fill(&words)
    }
}

/// Identity of a due item.
#[must_use]
pub fn due_id(rule: &RuleId, subject: &SubjectId, trigger: &str) -> DueId {
    let subject = match subject {
        SubjectId::Record(id) => format!("record/{id}"),
        SubjectId::Place(id) => format!("place/{id}"),
        SubjectId::Grid(id) => format!("grid/{id}"),
        SubjectId::Community => "community".to_owned(),
    };
    // No part can hold a line feed.
    let digest = Sha256::digest(format!("butler due 1\n{rule}\n{subject}\n{trigger}"));
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    DueId(id)
}
