//! Today 今日.

use butler_core::areas::today::{DayWalk, TeamRow, TodayItem, TodayPage};
use butler_core::context::Recorded;
use butler_core::context::question::Question;
use butler_core::model::{DueId, Evidence, RecordId};
use butler_core::playbook::form::DueAnswer;
use butler_core::playbook::walk::{Brought, CutShort, WalkHours};

use crate::{ButlerCore, ButlerError};

/// The hours a walk is planned into unless somebody says otherwise: 9:00 to 18:00 with lunch from 12:00 to 13:30.
#[uniffi::export]
#[must_use]
pub fn walk_hours() -> WalkHours {
    WalkHours::default()
}

#[uniffi::export]
impl ButlerCore {
    /// What is due now, a page of at most 100: urgent first, then in walking order; what is answered
    /// stands at the end.
    pub fn today_list(&self, after: Option<DueId>, limit: usize) -> Result<TodayPage, ButlerError> {
        self.butler.today().list(after, limit)
    }

    /// The day as a walk within these hours: stops, doors, what does not fit and what can wait.
    pub fn today_walk(&self, hours: &WalkHours) -> Result<DayWalk, ButlerError> {
        self.butler.today().walk(hours)
    }

    /// What is walked all the same when only so many minutes are left; a proposal, nothing is written.
    pub fn today_cut_short(&self, hours: &WalkHours, minutes: u32) -> Result<CutShort, ButlerError> {
        self.butler.today().cut_short(hours, minutes)
    }

    /// Brings what can wait, or did not fit, into today, as far as there is room; for the rest the answer says what would have
    /// to wait, and called again with these as `instead_of` they do.
    pub fn today_bring(
        &self,
        hours: &WalkHours,
        items: Vec<DueId>,
        instead_of: Vec<DueId>,
    ) -> Result<Brought, ButlerError> {
        self.butler.today().bring(hours, &items, &instead_of)
    }

    /// Open items about a home, its people and their cases; about another record: its own.
    pub fn today_about(&self, record: RecordId) -> Result<Vec<TodayItem>, ButlerError> {
        self.butler.today().about(record)
    }

    /// How the day of each colleague in one's grids stands, by what this phone knows.
    pub fn today_team(&self) -> Result<Vec<TeamRow>, ButlerError> {
        self.butler.today().team()
    }

    /// Puts several things off at once, with one reason; what is answered already is left alone.
    pub fn today_snooze_many(&self, due: &[DueId], answers: &Evidence) -> Result<Vec<Recorded>, ButlerError> {
        self.butler.today().snooze_many(due, answers)
    }

    /// Leaves several things out at once, with one reason; what is answered already is left alone.
    pub fn today_skip_many(&self, due: &[DueId], answers: &Evidence) -> Result<Vec<Recorded>, ButlerError> {
        self.butler.today().skip_many(due, answers)
    }

    /// One item; nothing when it is not due any more.
    pub fn today_item(&self, due: DueId) -> Result<Option<TodayItem>, ButlerError> {
        self.butler.today().item(due)
    }

    /// What is asked of somebody who puts something off or leaves it out.
    pub fn today_asks(&self, instead: DueAnswer) -> Result<Vec<Question>, ButlerError> {
        self.butler.today().asks(instead)
    }

    /// Puts something off, with the answers to what is asked.
    pub fn today_snooze(&self, due: DueId, answers: Evidence) -> Result<Recorded, ButlerError> {
        self.form().today().snooze(due, answers)
    }

    /// Leaves something out, with the answers to what is asked.
    pub fn today_skip(&self, due: DueId, answers: Evidence) -> Result<Recorded, ButlerError> {
        self.form().today().skip(due, answers)
    }
}
