//! Workflows: the states a case goes through, the steps between them, and by when.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::form::FormField;
use super::related::Requirement;
use super::rule::{Escalation, Urgency};
use super::walk::{Effort, Mode};
use super::{Label, Terms};
use crate::model::choice::Outcome;
use crate::model::{
    Event, Evidence, Kind, ListedWord, QuestionId, RoleId, StaffId, StepId, Timestamp, Value, WorkflowId,
};
use crate::query::SubjectKind;

/// How one kind of case goes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// Stable identity.
    pub id: WorkflowId,
    /// What it is called.
    pub title: Label,
    /// Not offered for new cases any more; cases opened under it go on.
    #[serde(default)]
    pub retired: bool,
    /// Where it stands among the workflows one may begin: the lowest first, those without one behind them.
    #[serde(default)]
    pub rank: Option<u32>,
    /// What a case may be about.
    pub subjects: Vec<SubjectKind>,
    /// Where it stands among the slips at a door; absent: among the others.
    #[serde(default)]
    pub slip: Option<Slip>,
    /// Advice shown beside the case.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// What a butler is to customers by it, an identity of the terms: what its deadlines bring serves it.
    #[serde(default)]
    pub serves: Option<String>,
    /// Who may resolve concurrent steps.
    pub resolved_by: Vec<RoleId>,
    /// Who may read its cases; empty: whoever may read cases.
    #[serde(default)]
    pub read_by: Vec<RoleId>,
    /// The question of type `staff` that names whom a case is kept from, whatever their role: whom it is about. They
    /// neither read it nor make a step of it.
    #[serde(default)]
    pub kept_from: Option<QuestionId>,
    /// Whether and how an ended case is taken up again.
    #[serde(default)]
    pub reopen: Option<Reopen>,
    /// What is worked out from the whole case: sums, which nobody answers.
    #[serde(default, rename = "field")]
    pub sums: Vec<FormField>,
    /// The states.
    #[serde(rename = "state")]
    pub states: Vec<State>,
    /// The steps.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// The times by which steps are to be made.
    #[serde(default, rename = "deadline")]
    pub deadlines: Vec<Deadline>,
}

/// How whoever hears of something finds the right slip: by the answer to the first question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slip {
    /// The answer it stands under: a word of the list [`Slip::FIRST_QUESTION`].
    pub answers: String,
    /// Its place there, the most used first; of two alike in the order of the playbooks.
    pub rank: u32,
    /// What tells it from its neighbours.
    #[serde(default)]
    pub hint: Option<Label>,
}

impl Slip {
    /// The term that asks first, and the list of what may be answered.
    pub const FIRST_QUESTION: &str = "first_question";
}

/// How an ended case is taken up again (`$reopen`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reopen {
    /// The state it goes back to.
    pub to: String,
    /// Who may.
    pub roles: Vec<RoleId>,
}

/// A state of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub label: Label,
    /// The case ends here.
    #[serde(default)]
    pub end: bool,
    /// Deadlines stand still while a case is in this state.
    #[serde(default)]
    pub pauses: bool,
}

/// A step: what somebody can do with a case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Stable identity.
    pub id: StepId,
    /// What it is called, as on a button.
    pub label: Label,
    /// What its button says where its name stands beside it: a word or two.
    #[serde(default)]
    pub button: Option<Label>,
    /// Opens a case; has no `from`.
    #[serde(default)]
    pub opens: bool,
    /// The states it is possible in.
    #[serde(default)]
    pub from: Vec<String>,
    /// The state it leads to; absent: the state stays, and any number of people may do it.
    #[serde(default)]
    pub to: Option<String>,
    /// It does not lead the case on: a cancellation, a pause, an order handed back. Whoever may do it is not waited for, as
    /// long as another step leads on.
    #[serde(default)]
    pub aside: bool,
    /// Who may do it.
    pub roles: Vec<RoleId>,
    /// Who may not, whatever their role: whoever had a hand in what it judges.
    #[serde(default)]
    pub not_by: Option<Involved>,
    /// Advice shown beside the step: what to say, how it is done.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// The articles of libraries that are read before it is made, by their ids.
    #[serde(default)]
    pub articles: Vec<String>,
    /// Possible only when this holds over the case's answers so far.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Why the step cannot be made while `when` does not hold: shown beside it, and said when somebody tries.
    #[serde(default)]
    pub when_not: Option<Label>,
    /// Steps of the same case that must have been made before somebody makes this one. Asked where a person acts;
    /// a step once recorded counts all the same.
    #[serde(default)]
    pub needs: Vec<StepId>,
    /// What must hold of the records the case is about before somebody makes it. As `needs` it is asked where a person acts.
    #[serde(default)]
    pub requires: Vec<Requirement>,
    /// Offered until somebody made it, as a line of a list that is ticked. Ticked twice concurrently, both ticks count.
    #[serde(default)]
    pub once: bool,
    /// Of concurrent steps and not yet received by the office, the one with the greater number is shown first.
    #[serde(default)]
    pub precedence: i64,
    /// Begins another round of handling; rounds are counted.
    #[serde(default)]
    pub round: bool,
    /// Workflows this step suggests to open.
    #[serde(default)]
    pub offers: Vec<WorkflowId>,
    /// The step is a contact with the customer, and is written down as one.
    #[serde(default)]
    pub contact: Option<StepContact>,
    /// The fields it writes of the homes and people the case is about; of each field the first that holds.
    #[serde(default)]
    pub sets: Vec<SetField>,
    /// What must be given with it.
    #[serde(default, rename = "field")]
    pub fields: Vec<FormField>,
}

/// Who had a hand in a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Involved {
    /// Whoever made one of these steps.
    #[serde(default)]
    pub made: Vec<StepId>,
    /// Whoever an answer to one of these questions of type `staff` names.
    #[serde(default)]
    pub named: Vec<QuestionId>,
}

impl Involved {
    /// Whether the events of a case say so of this person. What lost to a concurrent step was done all the same.
    pub fn includes(&self, staff: &StaffId, events: impl IntoIterator<Item = impl Borrow<Event>>) -> bool {
        let says = |event: &Event| {
            let answer = |id: &QuestionId| event.evidence.fields.get(id.as_str()).and_then(Value::as_text);
            let named = self.named.iter().any(|id| answer(id) == Some(staff.as_str()));
            named || event.by == *staff && self.made.contains(&event.step)
        };
        events.into_iter().any(|event| says(event.borrow()))
    }
}

/// A field a step writes of what its case is about, so that nobody has to write it a second time in the file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetField {
    /// Of which records: the homes, unless said, or the residents.
    #[serde(default = "home")]
    pub record: Kind,
    /// The field.
    pub path: String,
    /// What it is set to.
    pub to: SetTo,
    /// Written only when this holds over the answers of the case, as `case`, and of the step, as `form`.
    #[serde(default)]
    pub when: Option<Condition>,
}

/// What a step sets a field to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetTo {
    /// This value.
    Value(Value),
    /// The answer to this question of the step; without an answer the field stays as it is.
    Answer(QuestionId),
    /// The day the step is made.
    Today,
    /// Nothing: what the field holds is taken away.
    Nothing,
}

const fn home() -> Kind {
    Kind::Home
}

/// How a step is a contact: where its answers stand, so that nobody has to write the contact down again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepContact {
    /// Its purpose, a word of the terms.
    pub purpose: String,
    /// By which channel: a channel, or the question whose answer is one.
    pub channel: String,
    /// What the answers to that question mean, where they are no channels; an answer that is neither a channel nor named
    /// here makes no contact.
    #[serde(default)]
    pub channels: BTreeMap<String, String>,
    /// How it ended: an outcome, or the question whose answer is one.
    pub outcome: String,
    /// What the answers to that question mean, where they are no outcomes, likewise.
    #[serde(default)]
    pub outcomes: BTreeMap<String, String>,
    /// The question whose answer says what was said; the note of the step unless it was answered.
    #[serde(default)]
    pub summary: Option<QuestionId>,
    /// The question whose answer is the customer's score.
    #[serde(default)]
    pub satisfaction: Option<QuestionId>,
}

impl StepContact {
    /// The list of the channels.
    pub(super) const CHANNELS: &str = "channel";

    /// By which channel, and how it ended, as the answers say; `None` when they say no contact took place.
    #[must_use]
    pub fn read(&self, terms: &Terms, evidence: &Evidence) -> Option<(ListedWord, Outcome)> {
        let channel = |code: &str| terms.allows(Self::CHANNELS, &code.into()).then(|| ListedWord::from(code));
        let channel = meant(evidence, &self.channel, &self.channels, channel)?;
        Some((channel, meant(evidence, &self.outcome, &self.outcomes, Outcome::from_code)?))
    }
}

/// A word of contacts, or what the answer to the question of that name means; of several chosen the first that is one.
fn meant<T>(
    evidence: &Evidence,
    said: &str,
    words: &BTreeMap<String, String>,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let chosen = || evidence.fields.get(said)?.as_text();
    let of = |chosen: &str| read(words.get(chosen).map_or(chosen, String::as_str));
    read(said).or_else(|| chosen()?.split(',').find_map(of))
}

/// A time by which something is to be done.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Stable identity.
    pub id: String,
    /// What it is called.
    pub label: Label,
    /// The steps that start it.
    pub from: Vec<StepId>,
    /// The steps that meet it.
    pub until: Vec<StepId>,
    /// How long.
    pub within: Span,
    /// Counts only when this holds over the case's answers.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Why, as it stands on Today, with placeholders as in a rule after a step; unless said, since when it runs.
    #[serde(default)]
    pub why: Option<Label>,
    /// Advice shown beside it on Today: how it is done.
    #[serde(default)]
    pub guidance: Option<Label>,
    /// Whose turn it is, of those who may make a step that meets it; unless said, each of them.
    #[serde(default)]
    pub roles: Vec<RoleId>,
    /// How pressing; unless said, urgent where minutes count.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// Where it is done; at the desk unless said.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// How many minutes it takes; by where it is done unless said.
    #[serde(default)]
    pub effort: Option<Effort>,
    /// The question of the case whose answer is the role that meets it, as in a rule ([`DueRule::to`]).
    ///
    /// [`DueRule::to`]: super::rule::DueRule::to
    #[serde(default)]
    pub to: Option<QuestionId>,
    /// The question whose answer is the person who meets it.
    #[serde(default)]
    pub person: Option<QuestionId>,
    /// Whom it is brought before when it is overdue for so long.
    #[serde(default)]
    pub escalate: Option<Escalation>,
    /// Who follows it though they cannot meet it: it stands on their Today as well.
    #[serde(default)]
    pub followed_by: Vec<RoleId>,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Minutes by the clock.
    Minutes(u32),
    /// Hours by the clock.
    Hours(u32),
    /// Whole days: until the end of the day so many days later.
    Days(u32),
    /// Whole working days of the calendar, until the end of the last.
    WorkingDays(u32),
    /// Calendar months, until the end of the day; the 31st becomes the last day of a shorter month.
    Months(u32),
    /// Calendar years, as months.
    Years(u32),
}

impl Span {
    /// The longest a span may be, in days: about a hundred years.
    pub const MOST_DAYS: u64 = 36_600;

    /// Its length in days, at most.
    #[must_use]
    pub fn days_at_most(self) -> u64 {
        match self {
            Self::Minutes(minutes) => u64::from(minutes).div_ceil(24 * 60),
            Self::Hours(hours) => u64::from(hours).div_ceil(24),
            Self::Days(days) => days.into(),
            // With the longest holidays between them.
            Self::WorkingDays(days) => u64::from(days) * 10,
            Self::Months(months) => u64::from(months) * 31,
            Self::Years(years) => u64::from(years) * 366,
        }
    }
}

impl Deadline {
    /// How pressing it is: as it says, else urgent where minutes count.
    #[must_use]
    pub fn pressing(&self) -> Urgency {
        let by_span = if matches!(self.within, Span::Minutes(_)) { Urgency::Urgent } else { Urgency::Normal };
        self.urgency.unwrap_or(by_span)
    }
}

impl Workflow {
    /// Whether a deadline makes an open case urgent: it presses, and was not met in time so far.
    #[must_use]
    pub fn is_urgent_by(&self, deadline: &str, due: Option<Timestamp>, met: Option<Timestamp>) -> bool {
        let known = self.deadlines.iter().find(|known| known.id == deadline);
        known.is_some_and(|known| known.pressing() == Urgency::Urgent)
            && met.is_none_or(|met| Some(met) > due)
    }

    /// A state by id.
    #[must_use]
    pub fn state(&self, id: &str) -> Option<&State> {
        self.states.iter().find(|state| state.id == id)
    }

    /// A step by id.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// Every question of every step.
    pub fn fields(&self) -> impl Iterator<Item = &FormField> {
        self.steps.iter().flat_map(|step| &step.fields).chain(&self.sums)
    }

    /// Whether one of these answers of a case makes it a severe one.
    #[must_use]
    pub fn is_severe(&self, answers: &BTreeMap<QuestionId, Value>) -> bool {
        self.steps.iter().flat_map(|step| &step.fields).any(|field| {
            let answer = answers.get(&field.id).and_then(Value::as_text).unwrap_or_default();
            answer.split(',').any(|id| field.option(id).is_some_and(|option| option.severe))
        })
    }
}
