//! Residents 住户.

use butler_core::context::Recorded;
use butler_core::model::choice::{Channel, Need, ResidentRole, Segment, Stage, TimeOfDay};
use butler_core::model::date::{Birthday, PartialDate};
use butler_core::model::resident::{self, PhoneEdit};
use butler_core::model::{PartId, RecordId, ResidentEdit, Shown};
use butler_core::store::RecordState;
use butler_core::{areas, model};
use chrono::NaiveDate;

use crate::changes::{changes, parts};
use crate::homes::VisitRow;
use crate::{ButlerCore, ButlerError};

/// A person of a household.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ResidentRow {
    /// The person.
    pub id: RecordId,
    /// Their home.
    pub home: Option<RecordId>,
    /// Their name.
    pub name: Option<String>,
    /// What they are in the household.
    pub role: Option<ResidentRole>,
    /// Whether they decide.
    pub key_person: bool,
    /// Their telephones.
    pub phones: Vec<PhoneRow>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

/// One telephone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhoneRow {
    /// It.
    pub id: PartId,
    /// Its number.
    pub number: String,
    /// Whose it is, if not the person's.
    pub label: Option<String>,
    /// When it was last known to be right.
    pub verified: Option<NaiveDate>,
    /// When it last failed.
    pub failed: Option<NaiveDate>,
}

impl From<model::ResidentRow> for ResidentRow {
    fn from(row: model::ResidentRow) -> Self {
        Self {
            id: row.record.id,
            home: row.home,
            name: row.name,
            role: row.role,
            key_person: row.key_person.unwrap_or(false),
            phones: row.phones.into_iter().map(Into::into).collect(),
            shown: row.record.shown,
        }
    }
}

impl From<resident::Phone> for PhoneRow {
    fn from(row: resident::Phone) -> Self {
        Self {
            id: row.id,
            number: row.number.unwrap_or_default(),
            label: row.label,
            verified: row.verified,
            failed: row.failed,
        }
    }
}

parts! {
    /// A telephone of a person.
    Phone / PhoneChange = resident::Phone, PhoneEdit => {
        /// Its number.
        number / Number: String,
        /// Whose it is, if not the person's.
        label / Label: String,
        /// When it was last known to be right.
        verified / Verified: NaiveDate,
        /// When it last failed.
        failed / Failed: NaiveDate,
        /// Whether WeChat is behind it.
        wechat / Wechat: bool,
    };
    /// A pet.
    Pet / PetChange = resident::Pet, resident::PetEdit => {
        /// What it is.
        species / Species: String,
        /// How many.
        count / Count: i64,
        /// Its name.
        name / Name: String,
        /// The number of a dog's licence.
        licence / Licence: String,
    };
    /// A vehicle and where it is parked.
    Vehicle / VehicleChange = resident::Vehicle, resident::VehicleEdit => {
        /// Its plate.
        plate / Plate: String,
        /// Its model.
        model / Model: String,
        /// Its colour.
        colour / Colour: String,
        /// Where it is parked.
        space / Space: String,
    };
    /// A mobility or care need.
    Care / CareChange = resident::Care, resident::CareEdit => {
        /// What kind.
        need / Need: Need,
        /// More about it.
        detail / Detail: String,
    };
}

changes! {
    /// One touched field or part of a resident; nothing as the value clears it.
    ResidentChange = ResidentEdit => {
        name / Name: String,
        role / Role: ResidentRole,
        relation / Relation: String,
        lives_here / LivesHere: bool,
        since / Since: PartialDate,
        until / Until: PartialDate,
        birthday / Birthday: Birthday,
        birthday_lunar / BirthdayLunar: bool,
        wechat_linked / WechatLinked: bool,
        app_linked / AppLinked: bool,
        preferred_time / PreferredTime: TimeOfDay,
        avoid_time / AvoidTime: TimeOfDay,
        preferred_channel / PreferredChannel: Channel,
        visit_hint / VisitHint: String,
        hobbies / Hobbies: String,
        personality / Personality: String,
        consumption / Consumption: String,
        occupation / Occupation: String,
        segment / Segment: Segment,
        stage / Stage: Stage,
        key_person / KeyPerson: bool,
        key_person_why / KeyPersonWhy: String,
        consent_data / ConsentData: bool,
        consent_photo / ConsentPhoto: bool,
        consent_offers / ConsentOffers: bool,
        consent_on / ConsentOn: NaiveDate,
        confidential / Confidential: bool,
        no_calls / NoCalls: bool,
        no_visits / NoVisits: bool,
        remark / Remark: String,
    } parts {
        phones / Phone / RemovePhone: PhoneChange,
        pets / Pet / RemovePet: PetChange,
        vehicles / Vehicle / RemoveVehicle: VehicleChange,
        care / Care / RemoveCare: CareChange,
    }
}

/// A person, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ResidentDetails {
    /// The person.
    pub id: RecordId,
    /// Their home.
    pub home: Option<RecordId>,
    /// Their home as people say it.
    pub home_title: String,
    /// Their name.
    pub name: Option<String>,
    /// What they are in the household.
    pub role: Option<ResidentRole>,
    /// How they belong to it.
    pub relation: Option<String>,
    /// Whether they live there.
    pub lives_here: Option<bool>,
    /// Since when.
    pub since: Option<PartialDate>,
    /// Until when.
    pub until: Option<PartialDate>,
    /// Their birthday.
    pub birthday: Option<Birthday>,
    /// Whether it follows the lunar calendar.
    pub birthday_lunar: Option<bool>,
    /// Whether they are linked by WeChat.
    pub wechat_linked: Option<bool>,
    /// Whether they use the residents' app.
    pub app_linked: Option<bool>,
    /// When they like to be reached.
    pub preferred_time: Option<TimeOfDay>,
    /// When they do not.
    pub avoid_time: Option<TimeOfDay>,
    /// How they like to be reached.
    pub preferred_channel: Option<Channel>,
    /// What to mind when visiting.
    pub visit_hint: Option<String>,
    /// Their hobbies.
    pub hobbies: Option<String>,
    /// How they are.
    pub personality: Option<String>,
    /// How they spend.
    pub consumption: Option<String>,
    /// What they do.
    pub occupation: Option<String>,
    /// Their segment.
    pub segment: Option<Segment>,
    /// Where the customer stands.
    pub stage: Option<Stage>,
    /// Whether they influence neighbours.
    pub key_person: Option<bool>,
    /// Why.
    pub key_person_why: Option<String>,
    /// Whether they agreed to be on file.
    pub consent_data: Option<bool>,
    /// Whether they agreed to photos.
    pub consent_photo: Option<bool>,
    /// Whether they agreed to offers.
    pub consent_offers: Option<bool>,
    /// On which day.
    pub consent_on: Option<NaiveDate>,
    /// Whether they asked for confidentiality.
    pub confidential: Option<bool>,
    /// Whether they asked not to be called.
    pub no_calls: Option<bool>,
    /// Whether they asked not to be visited.
    pub no_visits: Option<bool>,
    /// What the register remarked.
    pub remark: Option<String>,
    /// Their telephones.
    pub phones: Vec<Phone>,
    /// Their pets.
    pub pets: Vec<Pet>,
    /// Their vehicles.
    pub vehicles: Vec<Vehicle>,
    /// What needs attention.
    pub care: Vec<Care>,
    /// Their note.
    pub note: String,
    /// The paths of their contested fields.
    pub contested: Vec<String>,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
    /// Whether the office has it all.
    pub safe: RecordState,
    /// Contacts about them, newest first, at most 50.
    pub visits: Vec<VisitRow>,
}

impl From<areas::residents::ResidentDetails> for ResidentDetails {
    fn from(details: areas::residents::ResidentDetails) -> Self {
        let person = details.resident;
        Self {
            id: person.id,
            home: person.home,
            home_title: details.home_title,
            name: person.name,
            role: person.role,
            relation: person.relation,
            lives_here: person.lives_here,
            since: person.since,
            until: person.until,
            birthday: person.birthday,
            birthday_lunar: person.birthday_lunar,
            wechat_linked: person.wechat_linked,
            app_linked: person.app_linked,
            preferred_time: person.preferred_time,
            avoid_time: person.avoid_time,
            preferred_channel: person.preferred_channel,
            visit_hint: person.visit_hint,
            hobbies: person.hobbies,
            personality: person.personality,
            consumption: person.consumption,
            occupation: person.occupation,
            segment: person.segment,
            stage: person.stage,
            key_person: person.key_person,
            key_person_why: person.key_person_why,
            consent_data: person.consent_data,
            consent_photo: person.consent_photo,
            consent_offers: person.consent_offers,
            consent_on: person.consent_on,
            confidential: person.confidential,
            no_calls: person.no_calls,
            no_visits: person.no_visits,
            remark: person.remark,
            phones: person.phones.into_iter().map(Into::into).collect(),
            pets: person.pets.into_iter().map(Into::into).collect(),
            vehicles: person.vehicles.into_iter().map(Into::into).collect(),
            care: person.care.into_iter().map(Into::into).collect(),
            note: person.note,
            contested: details.contested,
            shown: details.shown,
            safe: details.state,
            visits: details.contacts.into_iter().map(Into::into).collect(),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// A person, whole.
    pub fn residents_details(&self, resident: RecordId) -> Result<ResidentDetails, ButlerError> {
        Ok(self.butler.residents().details(resident)?.into())
    }

    /// Enters a person of a home's household; a name is needed.
    pub fn residents_add(
        &self,
        home: RecordId,
        changes: Vec<ResidentChange>,
    ) -> Result<Recorded, ButlerError> {
        self.form().residents().add(home, ResidentChange::edit(changes))
    }

    /// Writes the touched fields of a resident.
    pub fn residents_edit(
        &self,
        resident: RecordId,
        changes: Vec<ResidentChange>,
    ) -> Result<Recorded, ButlerError> {
        self.form().residents().edit(resident, ResidentChange::edit(changes))
    }

    /// Adds a telephone. The same number added on two phones is one telephone.
    pub fn residents_add_phone(
        &self,
        resident: RecordId,
        number: String,
        label: Option<String>,
    ) -> Result<Recorded, ButlerError> {
        self.form().residents().add_phone(resident, &number, label.as_deref())
    }

    /// Notes that a telephone was right today, by the office's clock as far as known.
    pub fn residents_verify_phone(&self, resident: RecordId, phone: PartId) -> Result<Recorded, ButlerError> {
        self.form().residents().verify_phone(resident, phone)
    }
}
