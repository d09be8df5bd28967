//! Homes 房屋.

use std::time::SystemTime;

use butler_core::model::{Location, PremisesEdit, Touch, choice};
use butler_core::{store, views};

use crate::cases::CaseRow;
use crate::core::SafeState;
use crate::ids::{PlaceId, RecordId, StaffId, given, out};
use crate::residents::ResidentRow;
use crate::values::{Recorded, instant};
use crate::words::{Channel, HomeState, Outcome, OwnerState, word};
use crate::{ButlerCore, ButlerError};

/// A home in a list.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HomeRow {
    /// The home.
    pub id: RecordId,
    /// As people say it ("3栋2单元501").
    pub title: String,
    /// Where it is.
    pub place: Option<PlaceId>,
    /// Its layout.
    pub layout: Option<String>,
    /// Its area in square metres.
    pub area: Option<f64>,
    /// How it is used.
    pub state: Option<HomeState>,
    /// Where its owner is.
    pub owner_state: Option<OwnerState>,
    /// Whether the office holds its key.
    pub key_held: bool,
    /// How many of its fields wait for a decision.
    pub contested: u32,
}

impl From<store::PremisesRow> for HomeRow {
    fn from(row: store::PremisesRow) -> Self {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let location = Location::new(&part(&row.building), &part(&row.unit), &part(&row.room));
        Self {
            id: row.record.id.into(),
            title: location.map(|location| location.display()).unwrap_or_default(),
            place: row.record.place.map(PlaceId::from),
            layout: row.layout,
            area: row.area,
            state: word::<choice::HomeState, _>(row.state),
            owner_state: word::<choice::OwnerState, _>(row.owner_state),
            key_held: row.key_held,
            contested: row.record.contested,
        }
    }
}

/// A contact in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VisitRow {
    /// The contact.
    pub id: RecordId,
    /// Who made it.
    pub by: Option<StaffId>,
    /// How.
    pub channel: Option<Channel>,
    /// When.
    pub at: Option<SystemTime>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When to talk again.
    pub next_contact: Option<SystemTime>,
}

impl From<store::ContactRow> for VisitRow {
    fn from(row: store::ContactRow) -> Self {
        Self {
            id: row.record.id.into(),
            by: row.by.map(StaffId::from),
            channel: word::<choice::Channel, _>(row.channel),
            at: row.at.map(instant),
            outcome: word::<choice::Outcome, _>(row.outcome),
            next_contact: row.next_contact.map(instant),
        }
    }
}

/// A home, whole, with what belongs to it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HomeDetails {
    /// The home.
    pub id: RecordId,
    /// As people say it.
    pub title: String,
    /// Where it is.
    pub place: Option<PlaceId>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Its layout 户型.
    pub layout: Option<String>,
    /// Its area in square metres.
    pub area: Option<f64>,
    /// The way it faces.
    pub orientation: Option<String>,
    /// How it is decorated.
    pub decoration: Option<String>,
    /// What lies around it.
    pub surroundings: Option<String>,
    /// How it is used.
    pub state: Option<HomeState>,
    /// Where its owner is.
    pub owner_state: Option<OwnerState>,
    /// How many people live there.
    pub people: Option<i64>,
    /// Whether the office holds its key.
    pub key_held: Option<bool>,
    /// Where the key hangs.
    pub key_spot: Option<String>,
    /// Arrears in fen, as finance wrote them.
    pub arrears: Option<i64>,
    /// Its note.
    pub note: String,
    /// The paths of its contested fields.
    pub contested: Vec<String>,
    /// Whether the office has it all.
    pub safe: SafeState,
    /// Its people.
    pub residents: Vec<ResidentRow>,
    /// Contacts about it, newest first, at most 50.
    pub visits: Vec<VisitRow>,
    /// Its cases, newest first, at most 50.
    pub cases: Vec<CaseRow>,
}

impl From<views::homes::HomeDetails> for HomeDetails {
    fn from(details: views::homes::HomeDetails) -> Self {
        let home = details.home;
        Self {
            id: home.id.into(),
            title: details.title,
            place: home.place.map(PlaceId::from),
            floor: home.floor,
            layout: home.layout,
            area: home.area,
            orientation: home.orientation,
            decoration: home.decoration,
            surroundings: home.surroundings,
            state: home.state.map(HomeState::from),
            owner_state: home.owner_state.map(OwnerState::from),
            people: home.people,
            key_held: home.key_held,
            key_spot: home.key_spot,
            arrears: home.arrears,
            note: home.note,
            contested: details.contested,
            safe: details.state.into(),
            residents: out(details.residents),
            visits: out(details.contacts),
            cases: out(details.cases),
        }
    }
}

/// One touched field of a home; nothing as the value clears it.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum HomeChange {
    Layout { value: Option<String> },
    Area { value: Option<f64> },
    Orientation { value: Option<String> },
    Decoration { value: Option<String> },
    Surroundings { value: Option<String> },
    State { value: Option<HomeState> },
    OwnerState { value: Option<OwnerState> },
    People { value: Option<i64> },
    KeyHeld { value: Option<bool> },
    KeySpot { value: Option<String> },
    Arrears { value: Option<i64> },
}

/// What a touched field becomes.
pub(crate) fn touched<T, U: From<T>>(value: Option<T>) -> Touch<U> {
    value.map_or(Touch::Clear, |value| Touch::Set(value.into()))
}

fn edit_of(changes: Vec<HomeChange>) -> PremisesEdit {
    let mut edit = PremisesEdit::default();
    for change in changes {
        match change {
            HomeChange::Layout { value } => edit.layout = touched(value),
            HomeChange::Area { value } => edit.area = touched(value),
            HomeChange::Orientation { value } => edit.orientation = touched(value),
            HomeChange::Decoration { value } => edit.decoration = touched(value),
            HomeChange::Surroundings { value } => edit.surroundings = touched(value),
            HomeChange::State { value } => edit.state = touched(value),
            HomeChange::OwnerState { value } => edit.owner_state = touched(value),
            HomeChange::People { value } => edit.people = touched(value),
            HomeChange::KeyHeld { value } => edit.key_held = touched(value),
            HomeChange::KeySpot { value } => edit.key_spot = touched(value),
            HomeChange::Arrears { value } => edit.arrears = touched(value),
        }
    }
    edit
}

#[uniffi::export]
impl ButlerCore {
    /// Homes in walking order, a page of at most 100 after the last one seen.
    pub fn homes_list(&self, after: Option<RecordId>, limit: u32) -> Result<Vec<HomeRow>, ButlerError> {
        Ok(out(self.butler.homes().list(given(after)?, limit as usize)?))
    }

    /// A home, whole.
    pub fn homes_details(&self, home: RecordId) -> Result<HomeDetails, ButlerError> {
        Ok(self.butler.homes().details(home.try_into()?)?.into())
    }

    /// Writes the touched fields of a home; over a contested field it is the decision.
    pub fn homes_edit(&self, home: RecordId, changes: Vec<HomeChange>) -> Result<Recorded, ButlerError> {
        Ok(self.butler.homes().edit(home.try_into()?, edit_of(changes))?.into())
    }
}
