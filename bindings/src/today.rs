//! Today 今日.

use butler_core::areas::today::{TodayItem, TodayPage};
use butler_core::context::Recorded;
use butler_core::context::question::Question;
use butler_core::model::{DueId, Evidence};
use butler_core::playbook::form::DueAnswer;

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// What is due now, a page of at most 100: urgent first, then in walking order; what is answered
    /// stands at the end.
    pub fn today_list(&self, after: Option<DueId>, limit: usize) -> Result<TodayPage, ButlerError> {
        self.butler.today().list(after, limit)
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
