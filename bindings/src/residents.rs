//! Residents 住户.

use butler_core::model::resident::{PhoneEdit, phone_id};
use butler_core::model::{self, PartId as CorePartId, ResidentEdit, Touch, choice, phone};
use butler_core::store;

use crate::homes::touched;
use crate::ids::{PartId, RecordId, out};
use crate::values::{Day, Recorded, day};
use crate::words::{Channel, ResidentRole, TimeOfDay, word};
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
    pub verified: Option<Day>,
    /// When it last failed.
    pub failed: Option<Day>,
}

impl From<store::ResidentRow> for ResidentRow {
    fn from(row: store::ResidentRow) -> Self {
        Self {
            id: row.record.id.into(),
            home: row.home.map(RecordId::from),
            name: row.name,
            role: word::<choice::ResidentRole, _>(row.role),
            key_person: row.key_person,
            phones: out(row.phones),
        }
    }
}

impl From<store::PhoneRow> for PhoneRow {
    fn from(row: store::PhoneRow) -> Self {
        Self {
            id: row.part.into(),
            number: row.number,
            label: row.label,
            verified: day(row.verified),
            failed: day(row.failed),
        }
    }
}

/// One touched field of a resident; nothing as the value clears it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ResidentChange {
    Name { value: Option<String> },
    Role { value: Option<ResidentRole> },
    Relation { value: Option<String> },
    LivesHere { value: Option<bool> },
    WechatLinked { value: Option<bool> },
    AppLinked { value: Option<bool> },
    PreferredTime { value: Option<TimeOfDay> },
    AvoidTime { value: Option<TimeOfDay> },
    PreferredChannel { value: Option<Channel> },
    VisitHint { value: Option<String> },
    Hobbies { value: Option<String> },
    Occupation { value: Option<String> },
    KeyPerson { value: Option<bool> },
    NoCalls { value: Option<bool> },
    NoVisits { value: Option<bool> },
    Remark { value: Option<String> },
}

fn edit_of(changes: Vec<ResidentChange>) -> ResidentEdit {
    use ResidentChange as C;
    let mut edit = ResidentEdit::default();
    for change in changes {
        match change {
            C::Name { value } => edit.name = touched(value),
            C::Role { value } => edit.role = touched(value),
            C::Relation { value } => edit.relation = touched(value),
            C::LivesHere { value } => edit.lives_here = touched(value),
            C::WechatLinked { value } => edit.wechat_linked = touched(value),
            C::AppLinked { value } => edit.app_linked = touched(value),
            C::PreferredTime { value } => edit.preferred_time = touched(value),
            C::AvoidTime { value } => edit.avoid_time = touched(value),
            C::PreferredChannel { value } => edit.preferred_channel = touched(value),
            C::VisitHint { value } => edit.visit_hint = touched(value),
            C::Hobbies { value } => edit.hobbies = touched(value),
            C::Occupation { value } => edit.occupation = touched(value),
            C::KeyPerson { value } => edit.key_person = touched(value),
            C::NoCalls { value } => edit.no_calls = touched(value),
            C::NoVisits { value } => edit.no_visits = touched(value),
            C::Remark { value } => edit.remark = touched(value),
        }
    }
    edit
}

fn with_phone(id: CorePartId, phone: PhoneEdit) -> ResidentEdit {
    ResidentEdit { phones: [(id, Touch::Set(phone))].into(), ..ResidentEdit::default() }
}

#[uniffi::export]
impl ButlerCore {
    /// Enters a person of a home's household; a name is needed.
    pub fn residents_add(
        &self,
        home: RecordId,
        changes: Vec<ResidentChange>,
    ) -> Result<Recorded, ButlerError> {
        Ok(self.butler.residents().add(home.try_into()?, edit_of(changes))?.into())
    }

    /// Writes the touched fields of a resident.
    pub fn residents_edit(
        &self,
        resident: RecordId,
        changes: Vec<ResidentChange>,
    ) -> Result<Recorded, ButlerError> {
        Ok(self.butler.residents().edit(resident.try_into()?, edit_of(changes))?.into())
    }

    /// Adds a telephone. The same number added on two phones is one telephone.
    pub fn residents_add_phone(
        &self,
        resident: RecordId,
        number: &str,
        label: Option<String>,
    ) -> Result<Recorded, ButlerError> {
        let resident: model::RecordId = resident.try_into()?;
        let number =
            phone::normalise(number).map_err(|error| ButlerError::invalid("number", error.to_string()))?;
        let label = label.map_or(Touch::Keep, Touch::Set);
        let id = phone_id(resident, &number);
        let edit = PhoneEdit { number: Touch::Set(number), label, ..PhoneEdit::default() };
        Ok(self.butler.residents().edit(resident, with_phone(id, edit))?.into())
    }

    /// Notes that a telephone was right today.
    pub fn residents_verify_phone(&self, resident: RecordId, phone: PartId) -> Result<Recorded, ButlerError> {
        let today = self.butler.office()?.date_of(self.butler.now());
        let edit = PhoneEdit { verified: Touch::Set(today), ..PhoneEdit::default() };
        Ok(self.butler.residents().edit(resident.try_into()?, with_phone(phone.try_into()?, edit))?.into())
    }
}
