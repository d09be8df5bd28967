//! Homes 房屋.

use butler_core::areas::cases::CaseRow;
use butler_core::areas::search::SearchRow;
use butler_core::context::Recorded;
use butler_core::model::choice::{Channel, HomeState, MeterKind, Outcome, OwnerState, Tenure};
use butler_core::model::date::PartialDate;
use butler_core::model::{PlaceId, PremisesEdit, RecordId, Shown, StaffId, Timestamp, premises};
use butler_core::store::RecordState;
use butler_core::{areas, model};
use chrono::NaiveDate;

use crate::changes::{changes, parts};
use crate::residents::ResidentRow;
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

impl From<model::PremisesRow> for HomeRow {
    fn from(row: model::PremisesRow) -> Self {
        Self {
            id: row.record.id,
            title: row.title,
            place: row.record.place,
            layout: row.layout,
            area: row.area,
            state: row.state,
            owner_state: row.owner_state,
            key_held: row.key_held.unwrap_or(false),
            contested: row.record.contested,
            shown: row.record.shown,
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
    pub at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When to talk again.
    pub next_contact: Option<Timestamp>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

impl From<model::ContactRow> for VisitRow {
    fn from(row: model::ContactRow) -> Self {
        Self {
            id: row.record.id,
            by: row.by,
            channel: row.channel,
            at: row.at,
            outcome: row.outcome,
            next_contact: row.next_contact,
            shown: row.record.shown,
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
    pub handed_over: Option<PartialDate>,
    /// When people moved in.
    pub moved_in: Option<PartialDate>,
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
    pub arrears_on: Option<NaiveDate>,
    /// Until when the fee is paid.
    pub paid_until: Option<NaiveDate>,
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
    pub safe: RecordState,
    /// Its people.
    pub residents: Vec<ResidentRow>,
    /// Contacts about it, newest first, at most 50.
    pub visits: Vec<VisitRow>,
    /// Its cases, newest first, at most 50.
    pub cases: Vec<CaseRow>,
}

impl From<areas::homes::HomeDetails> for HomeDetails {
    fn from(details: areas::homes::HomeDetails) -> Self {
        let home = details.home;
        Self {
            id: home.id,
            title: details.title,
            place: home.place,
            building: home.building,
            unit: home.unit,
            floor: home.floor,
            room: home.room,
            layout: home.layout,
            area: home.area,
            orientation: home.orientation,
            decoration: home.decoration,
            handed_over: home.handed_over,
            moved_in: home.moved_in,
            surroundings: home.surroundings,
            state: home.state,
            owner_state: home.owner_state,
            people: home.people,
            key_held: home.key_held,
            key_spot: home.key_spot,
            arrears: home.arrears,
            arrears_on: home.arrears_on,
            paid_until: home.paid_until,
            fee: home.fee,
            prices: home.prices.into_iter().map(Into::into).collect(),
            history: home.history.into_iter().map(Into::into).collect(),
            meters: home.meters.into_iter().map(Into::into).collect(),
            parking: home.parking.into_iter().map(Into::into).collect(),
            note: home.note,
            contested: details.contested,
            shown: details.shown,
            safe: details.state,
            residents: details.residents.into_iter().map(Into::into).collect(),
            visits: details.contacts.into_iter().map(Into::into).collect(),
            cases: details.cases,
        }
    }
}

parts! {
    /// What a home of that kind was offered for.
    Price / PriceChange = premises::Price, premises::PriceEdit => {
        /// When.
        date / Date: PartialDate,
        /// In fen per square metre.
        amount / Amount: i64,
        /// Where it was read.
        source / Source: String,
    };
    /// Something that happened to the home.
    Happening / HappeningChange = premises::Happening, premises::HappeningEdit => {
        /// When.
        date / Date: PartialDate,
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
        read_on / ReadOn: NaiveDate,
    };
    /// A parking space that belongs to the home.
    Parking / ParkingChange = premises::Parking, premises::ParkingEdit => {
        /// The space.
        space / Space: String,
        /// How it is held.
        tenure / Tenure: Tenure,
        /// Until when.
        until / Until: NaiveDate,
    };
}

changes! {
    /// One touched field or part of a home; nothing as the value clears it.
    HomeChange = PremisesEdit => {
        layout / Layout: String,
        area / Area: f64,
        orientation / Orientation: String,
        decoration / Decoration: String,
        handed_over / HandedOver: PartialDate,
        moved_in / MovedIn: PartialDate,
        surroundings / Surroundings: String,
        state / State: HomeState,
        owner_state / OwnerState: OwnerState,
        people / People: i64,
        key_held / KeyHeld: bool,
        key_spot / KeySpot: String,
        arrears / Arrears: i64,
        arrears_on / ArrearsOn: NaiveDate,
        paid_until / PaidUntil: NaiveDate,
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
    pub fn homes_list(&self, after: Option<RecordId>, limit: usize) -> Result<Vec<HomeRow>, ButlerError> {
        let rows = self.butler.homes().list(after, limit)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Homes by room as people type it, best first.
    pub fn homes_find(&self, typed: &str, limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
        self.butler.homes().find(typed, limit)
    }

    /// A home, whole.
    pub fn homes_details(&self, home: RecordId) -> Result<HomeDetails, ButlerError> {
        Ok(self.butler.homes().details(home)?.into())
    }

    /// Writes the touched fields of a home; over a contested field it is the decision.
    pub fn homes_edit(&self, home: RecordId, changes: Vec<HomeChange>) -> Result<Recorded, ButlerError> {
        self.form().homes().edit(home, HomeChange::edit(changes))
    }
}
