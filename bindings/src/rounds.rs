//! Rounds 巡视.

use butler_core::areas::rounds::{PointAnswer, Proof, RoundDetails, RoundRow};
use butler_core::context::Recorded;
use butler_core::model::{ChecklistId, DueId, EventId, Evidence, PlaceId, QuestionId, RecordId};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Begins a round through a checklist, at a place, or about a home.
    pub fn rounds_start(
        &self,
        checklist: ChecklistId,
        place: PlaceId,
        about: Option<RecordId>,
        due: Option<DueId>,
    ) -> Result<Recorded, ButlerError> {
        self.form().rounds().start(&checklist, &place, about, due)
    }

    /// Checks in at a point of a round. A poor proof is recorded and visible, never rejected.
    pub fn rounds_check_in(
        &self,
        round: RecordId,
        point: &str,
        proof: Proof,
    ) -> Result<Recorded, ButlerError> {
        self.form().rounds().check_in(round, point, &proof)
    }

    /// Records what was found at an item.
    pub fn rounds_record(
        &self,
        round: RecordId,
        item: QuestionId,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        self.form().rounds().record(round, &item, evidence, note)
    }

    /// Checks in at a point and records what was found at its items, in one edit: all of it or nothing.
    pub fn rounds_record_point(
        &self,
        round: RecordId,
        point: &str,
        proof: Proof,
        answers: Vec<PointAnswer>,
    ) -> Result<Recorded, ButlerError> {
        self.form().rounds().record_point(round, point, &proof, &answers)
    }

    /// Takes back a result of one's own that was recorded by mistake; it stays in the history.
    pub fn rounds_take_back(&self, round: RecordId, result: EventId) -> Result<Recorded, ButlerError> {
        self.form().rounds().take_back(round, result)
    }

    /// A round, whole.
    pub fn rounds_details(&self, round: RecordId) -> Result<RoundDetails, ButlerError> {
        self.butler.rounds().details(round)
    }

    /// Rounds begun and not finished, newest first, those of days gone by too; a page of at most 100 after the last one
    /// seen.
    pub fn rounds_under_way(
        &self,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<RoundRow>, ButlerError> {
        self.butler.rounds().under_way(after, limit)
    }
}
