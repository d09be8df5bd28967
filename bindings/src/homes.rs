//! Homes 房屋.

use std::time::SystemTime;

use butler_core::model::{Location, PremisesEdit, choice, premises};
use butler_core::playbook::Playbooks;
use butler_core::{areas, store};

use crate::cases::CaseRow;
use crate::changes::{changes, parts};
use crate::core::SafeState;
use crate::ids::{PlaceId, RecordId, Shown, StaffId, given, out};
use crate::records::SearchRow;
use crate::residents::ResidentRow;
use crate::values::{Day, PartialDay, Recorded, instant};
use crate::words::{Channel, HomeState, MeterKind, Outcome, OwnerState, Tenure, word};
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
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
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
            shown: row.record.shown.into(),
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
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
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
            shown: row.record.shown.into(),
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
    /// Its building.
    pub building: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Its floor.
    pub floor: Option<i64>,
    /// Its room.
    pub room: Option<String>,
    /// Its layout 户型.
    pub layout: Option<String>,
    /// Its area in square metres.
    pub area: Option<f64>,
    /// The way it faces.
    pub orientation: Option<String>,
    /// How it is decorated.
    pub decoration: Option<String>,
    /// When it was handed over.
    pub handed_over: Option<PartialDay>,
    /// When people moved in.
    pub moved_in: Option<PartialDay>,
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
    /// As of which day.
    pub arrears_on: Option<Day>,
    /// Until when the fee is paid.
    pub paid_until: Option<Day>,
    /// The fee in fen.
    pub fee: Option<i64>,
    /// What homes of that kind were offered for.
    pub prices: Vec<Price>,
    /// What happened to it.
    pub history: Vec<Happening>,
    /// Its meters.
    pub meters: Vec<Meter>,
    /// Its parking spaces.
    pub parking: Vec<Parking>,
    /// Its note.
    pub note: String,
    /// The paths of its contested fields.
    pub contested: Vec<String>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
    /// Whether the office has it all.
    pub safe: SafeState,
    /// Its people.
    pub residents: Vec<ResidentRow>,
    /// Contacts about it, newest first, at most 50.
    pub visits: Vec<VisitRow>,
    /// Its cases, newest first, at most 50.
    pub cases: Vec<CaseRow>,
}

impl HomeDetails {
    fn of(details: areas::homes::HomeDetails, playbooks: &Playbooks) -> Self {
        let home = details.home;
        Self {
            id: home.id.into(),
            title: details.title,
            place: home.place.map(PlaceId::from),
            building: home.building,
            unit: home.unit,
            floor: home.floor,
            room: home.room,
            layout: home.layout,
            area: home.area,
            orientation: home.orientation,
            decoration: home.decoration,
            handed_over: home.handed_over.map(PartialDay::from),
            moved_in: home.moved_in.map(PartialDay::from),
            surroundings: home.surroundings,
            state: home.state.map(HomeState::from),
            owner_state: home.owner_state.map(OwnerState::from),
            people: home.people,
            key_held: home.key_held,
            key_spot: home.key_spot,
            arrears: home.arrears,
            arrears_on: home.arrears_on.map(Day::from),
            paid_until: home.paid_until.map(Day::from),
            fee: home.fee,
            prices: out(home.prices),
            history: out(home.history),
            meters: out(home.meters),
            parking: out(home.parking),
            note: home.note,
            contested: details.contested,
            shown: details.shown.into(),
            safe: details.state.into(),
            residents: out(details.residents),
            visits: out(details.contacts),
            cases: details.cases.into_iter().map(|row| CaseRow::of(row, playbooks)).collect(),
        }
    }
}

parts! {
    /// What a home of that kind was offered for.
    Price / PriceChange = premises::Price, premises::PriceEdit => {
        /// When.
        date / Date: PartialDay,
        /// In fen per square metre.
        amount / Amount: i64,
        /// Where it was read.
        source / Source: String,
    };
    /// Something that happened to the home.
    Happening / HappeningChange = premises::Happening, premises::HappeningEdit => {
        /// When.
        date / Date: PartialDay,
        /// What.
        what / What: String,
    };
    /// A meter.
    Meter / MeterChange = premises::Meter, premises::MeterEdit => {
        /// What it counts.
        kind / Kind: MeterKind,
        /// Its number.
        number / Number: String,
        /// Where it is.
        spot / Spot: String,
        /// What it showed.
        reading / Reading: f64,
        /// On which day.
        read_on / ReadOn: Day,
    };
    /// A parking space that belongs to the home.
    Parking / ParkingChange = premises::Parking, premises::ParkingEdit => {
        /// The space.
        space / Space: String,
        /// How it is held.
        tenure / Tenure: Tenure,
        /// Until when.
        until / Until: Day,
    };
}

changes! {
    /// One touched field or part of a home; nothing as the value clears it.
    HomeChange = PremisesEdit => {
        layout / Layout: String,
        area / Area: f64,
        orientation / Orientation: String,
        decoration / Decoration: String,
        handed_over / HandedOver: PartialDay,
        moved_in / MovedIn: PartialDay,
        surroundings / Surroundings: String,
        state / State: HomeState,
        owner_state / OwnerState: OwnerState,
        people / People: i64,
        key_held / KeyHeld: bool,
        key_spot / KeySpot: String,
        arrears / Arrears: i64,
        arrears_on / ArrearsOn: Day,
        paid_until / PaidUntil: Day,
        fee / Fee: i64,
    } parts {
        prices / Price / RemovePrice: PriceChange,
        history / Happening / RemoveHappening: HappeningChange,
        meters / Meter / RemoveMeter: MeterChange,
        parking / Parking / RemoveParking: ParkingChange,
    }
}

#[uniffi::export]
impl ButlerCore {
    /// Homes in walking order, a page of at most 100 after the last one seen.
    pub fn homes_list(&self, after: Option<RecordId>, limit: u32) -> Result<Vec<HomeRow>, ButlerError> {
        Ok(out(self.butler.homes().list(given(after)?, limit as usize)?))
    }

    /// Homes by room as people type it, best first.
    pub fn homes_find(&self, typed: &str, limit: u32) -> Result<Vec<SearchRow>, ButlerError> {
        Ok(out(self.butler.homes().find(typed, limit as usize)?))
    }

    /// A home, whole.
    pub fn homes_details(&self, home: RecordId) -> Result<HomeDetails, ButlerError> {
        Ok(HomeDetails::of(self.butler.homes().details(home.try_into()?)?, &*self.butler.playbooks()?))
    }

    /// Writes the touched fields of a home; over a contested field it is the decision.
    pub fn homes_edit(&self, home: RecordId, changes: Vec<HomeChange>) -> Result<Recorded, ButlerError> {
        let home = home.try_into()?;
        Ok(self.form().homes().edit(home, HomeChange::edit(changes)?)?.into())
    }
}
