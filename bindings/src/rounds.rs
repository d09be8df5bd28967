//! Rounds 巡视.

use std::time::SystemTime;

use butler_core::areas::rounds;
use butler_core::areas::rounds as views;
use butler_core::playbook::{Playbooks, checklist};
use butler_core::store;

use crate::ids::{DueId, EventId, PlaceId, RecordId, Shown, StaffId, given, out};
use crate::questions::Question;
use crate::values::{Answer, Day, Evidence, Label, Recorded, instant};
use crate::{ButlerCore, ButlerError};

/// What shows that somebody stood at a point.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Proof {
    /// The text of the QR code or the NFC id that was read there.
    Scan {
        /// The text.
        code: String,
    },
    /// The distance to the place the phone measured.
    Distance {
        /// In metres.
        metres: f64,
    },
    /// Nothing: the point asks for none, or the code is gone.
    Nothing,
}

/// What kind of proof was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ProofKind {
    /// The place's code was read.
    Scan,
    /// The phone was near the place.
    Location,
}

/// Whether a point was visited in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Punctuality {
    /// Not visited yet, and there is still time.
    Open,
    /// 准时
    OnTime,
    /// 早到
    Early,
    /// 迟到
    Late,
    /// 未到
    Missed,
}

/// What the newest result of an item says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Finding {
    /// No result yet.
    Open,
    /// In order.
    Passed,
    /// A finding.
    Failed,
    /// In order again after a finding.
    Corrected,
}

/// One person's result.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ResultRow {
    /// The result.
    pub event: EventId,
    /// Who.
    pub by: StaffId,
    /// When, by the office's clock as far as known.
    pub at: SystemTime,
    /// Whether it is a finding.
    pub fails: bool,
    /// The answer.
    pub answer: Option<Answer>,
    /// Their words.
    pub note: String,
}

/// An item of a round.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ItemRow {
    /// What is asked; its `field` is the item's id.
    pub question: Question,
    /// What the newest result says.
    pub finding: Finding,
    /// Every result, oldest first.
    pub results: Vec<ResultRow>,
    /// Two people disagree.
    pub disputed: bool,
    /// The fields still missing.
    pub missing: Vec<String>,
}

/// A point of a round.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PointRow {
    /// Its id within the checklist.
    pub id: String,
    /// What it is called.
    pub label: Label,
    /// Advice at the point.
    pub guidance: Option<Label>,
    /// When somebody was there.
    pub visited: Option<SystemTime>,
    /// What proved it.
    pub proof: Option<ProofKind>,
    /// Whether that was in time.
    pub punctuality: Punctuality,
    /// What is looked at.
    pub items: Vec<ItemRow>,
}

/// Two points visited faster than is credible.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TooFast {
    /// The earlier point.
    pub from: String,
    /// The later point.
    pub to: String,
    /// Seconds between.
    pub seconds: i64,
}

/// A round, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RoundDetails {
    /// The round.
    pub id: RecordId,
    /// What is walked.
    pub title: Label,
    /// Advice on the whole round.
    pub guidance: Option<Label>,
    /// Whom it was planned for.
    pub planned_for: Option<StaffId>,
    /// The day it is for.
    pub planned_on: Day,
    /// The points, in walking order.
    pub points: Vec<PointRow>,
    /// Pairs of points visited faster than is credible.
    pub too_fast: Vec<TooFast>,
    /// Whether nothing the checklist demands is missing.
    pub complete: bool,
    /// What a screen shows that draws this: goes back with a check-in or a result.
    pub shown: Shown,
}

/// A round in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RoundRow {
    /// The round.
    pub id: RecordId,
    /// The checklist's id.
    pub checklist: Option<String>,
    /// What is walked.
    pub title: Option<Label>,
    /// Where.
    pub place: Option<PlaceId>,
    /// Whom it was planned for.
    pub planned_for: Option<StaffId>,
    /// The day it is for.
    pub planned_on: Option<Day>,
}

impl RoundRow {
    fn of(row: store::WorkRow, playbooks: &Playbooks) -> Self {
        let version = row.version.and_then(|version| version.parse().ok());
        let list = row.procedure.as_deref().zip(version);
        let list = list.and_then(|(id, version)| playbooks.checklist_at(id, version));
        Self {
            id: row.record.id.into(),
            title: list.map(|list| list.title.clone().into()),
            checklist: row.procedure,
            place: row.record.place.map(PlaceId::from),
            planned_for: row.assignee.map(StaffId::from),
            planned_on: row.planned_on.and_then(|day| day.parse::<chrono::NaiveDate>().ok()).map(Day::from),
        }
    }
}

impl From<Proof> for rounds::Proof {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::Scan { code } => Self::Scan(code),
            Proof::Distance { metres } => Self::Distance(metres),
            Proof::Nothing => Self::None,
        }
    }
}

impl From<checklist::Proof> for ProofKind {
    fn from(proof: checklist::Proof) -> Self {
        match proof {
            checklist::Proof::Scan => Self::Scan,
            checklist::Proof::Location => Self::Location,
        }
    }
}

impl From<checklist::Punctuality> for Punctuality {
    fn from(punctuality: checklist::Punctuality) -> Self {
        match punctuality {
            checklist::Punctuality::Open => Self::Open,
            checklist::Punctuality::OnTime => Self::OnTime,
            checklist::Punctuality::Early => Self::Early,
            checklist::Punctuality::Late => Self::Late,
            checklist::Punctuality::Missed => Self::Missed,
        }
    }
}

impl From<checklist::Finding> for Finding {
    fn from(finding: checklist::Finding) -> Self {
        match finding {
            checklist::Finding::Open => Self::Open,
            checklist::Finding::Passed => Self::Passed,
            checklist::Finding::Failed => Self::Failed,
            checklist::Finding::Corrected => Self::Corrected,
        }
    }
}

impl From<views::ResultRow> for ResultRow {
    fn from(row: views::ResultRow) -> Self {
        Self {
            event: row.event.into(),
            by: row.by.into(),
            at: instant(row.at),
            fails: row.fails,
            answer: row.answer.map(Answer::from),
            note: row.note,
        }
    }
}

impl From<views::ItemRow> for ItemRow {
    fn from(row: views::ItemRow) -> Self {
        Self {
            question: row.question.into(),
            finding: row.finding.into(),
            results: out(row.results),
            disputed: row.disputed,
            missing: row.missing,
        }
    }
}

impl From<views::PointRow> for PointRow {
    fn from(row: views::PointRow) -> Self {
        Self {
            id: row.id,
            label: row.label.into(),
            guidance: row.guidance.map(Label::from),
            visited: row.visited.map(instant),
            proof: row.proof.map(ProofKind::from),
            punctuality: row.punctuality.into(),
            items: out(row.items),
        }
    }
}

impl From<views::RoundDetails> for RoundDetails {
    fn from(details: views::RoundDetails) -> Self {
        let too_fast = details.too_fast.into_iter().map(|(from, to, seconds)| TooFast { from, to, seconds });
        Self {
            id: details.id.into(),
            title: details.title.into(),
            guidance: details.guidance.map(Label::from),
            planned_for: details.planned_for.map(StaffId::from),
            planned_on: details.planned_on.into(),
            points: out(details.points),
            too_fast: too_fast.collect(),
            complete: details.complete,
            shown: details.shown.into(),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Begins a round through a checklist, at a place, or about a home.
    pub fn rounds_start(
        &self,
        checklist: &str,
        place: PlaceId,
        about: Option<RecordId>,
        due: Option<DueId>,
    ) -> Result<Recorded, ButlerError> {
        let place = place.try_into()?;
        Ok(self.form().rounds().start(checklist, &place, given(about)?, given(due)?)?.into())
    }

    /// Checks in at a point of a round. A poor proof is recorded and visible, never refused.
    pub fn rounds_check_in(
        &self,
        round: RecordId,
        point: &str,
        proof: Proof,
    ) -> Result<Recorded, ButlerError> {
        Ok(self.form().rounds().check_in(round.try_into()?, point, &proof.into())?.into())
    }

    /// Records what was found at an item.
    pub fn rounds_record(
        &self,
        round: RecordId,
        item: &str,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        Ok(self.form().rounds().record(round.try_into()?, item, evidence.try_into()?, note)?.into())
    }

    /// A round, whole.
    pub fn rounds_details(&self, round: RecordId) -> Result<RoundDetails, ButlerError> {
        Ok(self.butler.rounds().details(round.try_into()?)?.into())
    }

    /// Rounds begun and not finished, newest first, those of days gone by too; a page of at most 100 after the last one
    /// seen.
    pub fn rounds_under_way(
        &self,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<RoundRow>, ButlerError> {
        let playbooks = self.butler.playbooks()?;
        let rows = self.butler.rounds().under_way(given(after)?, limit as usize)?;
        Ok(rows.into_iter().map(|row| RoundRow::of(row, &playbooks)).collect())
    }
}
