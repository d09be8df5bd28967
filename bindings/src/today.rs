//! Today 今日.

use std::time::SystemTime;

use butler_core::areas;
use butler_core::playbook::due;
use butler_core::playbook::form::DueAnswer;
use butler_core::playbook::rule;

use crate::ids::{DueId, PlaceId, RecordId, out};
use crate::questions::Question;
use crate::values::{Day, Evidence, Label, Recorded, count, instant};
use crate::{ButlerCore, ButlerError};

/// How pressing something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Urgency {
    /// At once.
    Urgent,
    /// As planned.
    Normal,
    /// When there is time.
    Low,
}

/// How something due stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum DueStatus {
    /// To be done.
    Open,
    /// Begun.
    Begun,
    /// Put off.
    Snoozed,
    /// Left out with a reason.
    Skipped,
    /// Done.
    Done,
}

/// Instead of doing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Instead {
    /// Put it off 稍后.
    Snooze,
    /// Leave it out 跳过.
    Skip,
}

/// One thing to do, as a row.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TodayItem {
    /// Identity.
    pub id: DueId,
    /// The rule's id.
    pub rule: String,
    /// What is to be done.
    pub title: Label,
    /// Why.
    pub why: Label,
    /// Advice on how it is done.
    pub guidance: Option<Label>,
    /// What it is about, as shown in a list.
    pub subject: String,
    /// The record it is about, when it is one.
    pub about: Option<RecordId>,
    /// Where; of the whole community, where an answer of this phone's owner belongs.
    pub place: Option<PlaceId>,
    /// The case whose step brought it about.
    pub from_case: Option<RecordId>,
    /// The cases that are one matter, for an item about several; one opened from it is linked with them.
    pub cases: Vec<RecordId>,
    /// How pressing.
    pub urgency: Urgency,
    /// The last day on which it is in time.
    pub due: Day,
    /// The very moment, where the rule counts hours.
    pub due_at: Option<SystemTime>,
    /// The day rests on a year whose holidays are not published yet.
    pub provisional: bool,
    /// How it stands.
    pub status: DueStatus,
    /// Its time has passed and it is neither done nor left out.
    pub overdue: bool,
    /// The records that answer it.
    pub answers: Vec<RecordId>,
    /// The form, checklist or workflow to begin.
    pub begin: String,
}

/// A page of what is due, and how much there is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TodayPage {
    /// The items, in order.
    pub items: Vec<TodayItem>,
    /// Behind this one the next page begins; absent on the last.
    pub next: Option<DueId>,
    /// How many are to be done or begun.
    pub open: u32,
    /// How many of them are overdue.
    pub overdue: u32,
    /// How many are done, put off or left out.
    pub answered: u32,
}

impl From<rule::Urgency> for Urgency {
    fn from(urgency: rule::Urgency) -> Self {
        match urgency {
            rule::Urgency::Urgent => Self::Urgent,
            rule::Urgency::Normal => Self::Normal,
            rule::Urgency::Low => Self::Low,
        }
    }
}

impl From<due::Status> for DueStatus {
    fn from(status: due::Status) -> Self {
        match status {
            due::Status::Open => Self::Open,
            due::Status::Begun => Self::Begun,
            due::Status::Snoozed => Self::Snoozed,
            due::Status::Skipped => Self::Skipped,
            due::Status::Done => Self::Done,
        }
    }
}

impl From<Instead> for DueAnswer {
    fn from(instead: Instead) -> Self {
        match instead {
            Instead::Snooze => Self::Snooze,
            Instead::Skip => Self::Skip,
        }
    }
}

impl From<areas::today::TodayItem> for TodayItem {
    fn from(item: areas::today::TodayItem) -> Self {
        Self {
            id: item.id.into(),
            rule: item.rule,
            title: item.title.into(),
            why: item.why.into(),
            guidance: item.guidance.map(Label::from),
            subject: item.subject,
            about: item.about.map(RecordId::from),
            place: item.place.map(PlaceId::from),
            from_case: item.case.map(RecordId::from),
            cases: out(item.cases),
            urgency: item.urgency.into(),
            due: item.due.into(),
            due_at: item.due_at.map(instant),
            provisional: item.provisional,
            status: item.status.into(),
            overdue: item.overdue,
            answers: out(item.answers),
            begin: item.begin,
        }
    }
}

impl From<areas::today::TodayPage> for TodayPage {
    fn from(page: areas::today::TodayPage) -> Self {
        Self {
            items: out(page.items),
            next: page.next.map(DueId::from),
            open: count(page.open),
            overdue: count(page.overdue),
            answered: count(page.answered),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// What is due now, a page of at most 100: urgent first, then in walking order; what is answered
    /// stands at the end.
    pub fn today_list(&self, after: Option<DueId>, limit: u32) -> Result<TodayPage, ButlerError> {
        let after = after.map(TryInto::try_into).transpose()?;
        Ok(self.butler.today().list(after, limit as usize)?.into())
    }

    /// One item; nothing when it is not due any more.
    pub fn today_item(&self, due: DueId) -> Result<Option<TodayItem>, ButlerError> {
        Ok(self.butler.today().item(due.try_into()?)?.map(TodayItem::from))
    }

    /// What is asked of somebody who puts something off or leaves it out.
    pub fn today_asks(&self, instead: Instead) -> Result<Vec<Question>, ButlerError> {
        Ok(out(self.butler.today().asks(instead.into())?))
    }

    /// Puts something off or leaves it out, with the answers to what is asked.
    pub fn today_answer(
        &self,
        due: DueId,
        instead: Instead,
        answers: Evidence,
    ) -> Result<Recorded, ButlerError> {
        let (today, due, answers) = (self.form().today(), due.try_into()?, answers.try_into()?);
        let recorded = match instead {
            Instead::Snooze => today.snooze(due, answers),
            Instead::Skip => today.skip(due, answers),
        };
        Ok(recorded?.into())
    }
}
