//! The walk of a day: open due items as stops and doors within a person's hours.
//!
//! A list of 250 items is not worked; a walk of ten stops is. The plan is a pure function of the items, of where homes
//! lie, of the hours, and of what was planned at the first look of the day:
//!
//! ```text
//! tasks ─┬─ running clock ──────────────────────────────▶ urgent
//!        ├─ kept from the first look ───────────────────▶ the part they had
//!        └─ new ─┬─ must today ─┬─ minutes left ────────▶ a door, a spot, a call, the desk
//!                │              └─ none ────────────────▶ does not fit
//!                └─ can wait ───┬─ by the way at a door ▶ along
//!                               ├─ fills what is left ──▶ a door, a spot, a call, the desk
//!                               └─ else ────────────────▶ waiting, with the reason
//! ```
//!
//! Every open task is in exactly one part. The first plan of a day is kept ([`KeptWalk`]): later looks keep its order
//! and its parts, add what is new at the end of its stop, and move nothing that a thumb may be on.

mod bring;
mod cut_short;
mod hours;
mod plan;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use bring::{Brought, bring};
pub use cut_short::{CutShort, cut_short};
pub use hours::{Floors, WalkHours};
pub use plan::plan;

use super::rule::Urgency;
use crate::model::{DueId, PlaceId, RecordId, RuleId, Timestamp};

/// Where the work of a rule is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Mode {
    /// At a public spot 现场: a lobby, a lift, the grounds.
    Spot,
    /// Inside a home 入户, for as long as it takes.
    Inside,
    /// At the door 上门.
    Door,
    /// By telephone 电话.
    Call,
    /// At a desk or on the way, wherever one is 案头.
    Desk,
}

/// How long the work of a rule takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effort {
    /// Minutes when one goes there for this alone.
    pub alone: u16,
    /// Minutes more when one is at that door anyway; absent: as many as alone.
    #[serde(default)]
    pub at_door: Option<u16>,
}

/// One open item, or one of today that is not open any more, as the walk sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The due item.
    pub id: DueId,
    /// The rule's id: what waits is paced by rule.
    pub rule: RuleId,
    /// How pressing.
    pub urgency: Urgency,
    /// Where it is done.
    pub mode: Mode,
    /// How long it takes.
    pub effort: Effort,
    /// Comes again every day: it cannot be put off, only missed.
    pub daily: bool,
    /// Promised or agreed with the customer for its day.
    pub promised: bool,
    /// A remark on a visit that happens anyway 借机拜访: never a reason to go.
    pub opportunity: bool,
    /// The trigger's day: the older, the sooner it fills what is left of a day.
    pub since: NaiveDate,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The moment by which its clock runs by the minute, while it does.
    pub running_clock: Option<Timestamp>,
    /// Where it is done; `None` where no place is known, which is worked from the desk.
    pub place: Option<PlaceId>,
    /// The home whose door it is.
    pub home: Option<RecordId>,
    /// Whether it is open to this person: neither done, left out, put off, nor begun by somebody else.
    pub open: bool,
}

/// Where a home lies within its stop.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DoorPosition {
    /// The floor, where it is known.
    pub floor: Option<i64>,
    /// Orders doors of one floor: the room, padded.
    pub room: String,
}

/// What a plan looks at beside the tasks.
pub struct Surroundings<'a> {
    /// Position of places in the walking order.
    pub walk: &'a dyn Fn(&PlaceId) -> i64,
    /// Where homes lie.
    pub doors: &'a BTreeMap<RecordId, DoorPosition>,
    /// Working days from today to a day, today included; at least one.
    pub working_days: &'a dyn Fn(NaiveDate) -> u32,
    /// The hours of the person.
    pub hours: &'a WalkHours,
    /// The day it is.
    pub today: NaiveDate,
    /// Minutes since midnight.
    pub minute: u16,
}

/// Which part of the day a task is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalkPart {
    /// On the walk, as a job of its own.
    Job,
    /// On the walk, by the way at a door that is visited for something else 顺便.
    Along,
    /// By telephone.
    Call,
    /// At the desk.
    Desk,
    /// Must be done today and does not fit into the hours.
    Misfit,
    /// Can wait.
    Waiting,
}

/// What the first look of a day planned, and what was added since, in the order of the walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptWalk {
    /// The day it is of.
    pub day: NaiveDate,
    /// Each task once, with its part; those from `new` on came after the first look.
    pub parts: Vec<(DueId, WalkPart)>,
    /// How many were planned at the first look.
    pub first: usize,
    /// The stop the walk begins at, where somebody said so.
    pub start: Option<PlaceId>,
}

/// A planned day. Of a walk only open tasks count; what is not open any more stays where it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlannedWalk {
    /// What has a running clock, the nearest first.
    pub urgent: Vec<DueId>,
    /// The stops in walking order.
    pub stops: Vec<Stop>,
    /// Telephone calls of the day.
    pub calls: Vec<DueId>,
    /// What is done at the desk.
    pub desk: Vec<DueId>,
    /// What must be done today and does not fit, most pressing first.
    pub misfits: Vec<DueId>,
    /// What can wait, and why.
    pub waiting: Vec<(DueId, Wait)>,
    /// Minutes of work left on the walk, its calls and its desk.
    pub minutes: u32,
    /// Minutes left of the hours when all of it is done; negative: so many too few.
    pub spare: i64,
    /// Minutes since midnight at which it is done; past 1440 it is tomorrow.
    pub ends: u32,
}

/// A unit or a spot where one stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Where.
    pub place: PlaceId,
    /// What is done at the spot itself, outside of homes.
    pub spots: Vec<DueId>,
    /// The doors, in the order one walks.
    pub doors: Vec<Door>,
    /// Minutes left, with the way to the stop and the knocks.
    pub minutes: u32,
}

/// A home one knocks at: one card, with what it is visited for and what is done by the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The home.
    pub home: RecordId,
    /// What it is visited for; the first is the main job.
    pub jobs: Vec<DueId>,
    /// What is done by the way.
    pub along: Vec<DueId>,
    /// Minutes left, with the knock.
    pub minutes: u32,
    /// It was added after the first look of the day.
    pub is_new: bool,
    /// Something is left to do.
    pub open: bool,
}

/// Why a task can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// Said when one meets them anyway.
    Opportunity,
    /// So many a day are enough to be done by then.
    Pace {
        /// The last day on which all of the rule are in time.
        until: NaiveDate,
        /// How many a working day.
        per_day: u32,
    },
    /// The day agreed has not come.
    NotYet(NaiveDate),
    /// Nothing presses; it is done when there is time.
    NoHurry,
}
