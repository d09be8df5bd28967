//! Making this phone known to an office.

use super::{Butler, Transport};
use crate::error::ButlerError;
use crate::model::{ClockOffset, StaffId};
use crate::store::Identity;
use crate::sync::device::DeviceKey;
use crate::sync::enrol::{self, EnrolError};
use crate::sync::message::Problem;

impl Butler {
    /// Registers this phone with the one-time code shown at the office. `label` is what the office will call the
    /// device in its list. Repeating it after a lost answer is harmless: the key is kept before it is sent.
    ///
    /// # Errors
    /// [`ButlerError::CodeInvalid`], [`ButlerError::Offline`], [`ButlerError::Office`].
    pub fn enrol(&self, code: &str, label: &str, transport: &dyn Transport) -> Result<StaffId, ButlerError> {
        let key = self.write(|tx| {
            if let Some(seed) = tx.device_key()? {
                return Ok(DeviceKey::from_secret(&seed));
            }
            let key = DeviceKey::generate(self.host.as_ref())?;
            tx.set_device_key(&key.secret())?;
            Ok(key)
        })?;
        let request = enrol::request(&key, code, label, Self::VERSION)?;
        let asked = self.host.now();
        let reply = transport.exchange(&request).map_err(|_| ButlerError::Offline)?;
        let answered = self.host.now();
        let enrolled = enrol::answer(&key, &reply)?;
        self.write(|tx| {
            tx.set_identity(&Identity {
                device: enrolled.device,
                staff: enrolled.staff.clone(),
                community: enrolled.community.clone(),
                utc_offset_minutes: enrolled.utc_offset_minutes,
                office_key: enrolled.office_key,
            })?;
            // The answer is as old as half the way there and back.
            let middle = asked.millis().midpoint(answered.millis());
            Ok(tx.set_clock_offset(ClockOffset(enrolled.now.millis().saturating_sub(middle)))?)
        })?;
        self.forget_office();
        Ok(enrolled.staff)
    }
}

impl From<EnrolError> for ButlerError {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Office(Problem::CodeInvalid) => Self::CodeInvalid,
            EnrolError::Office(problem) => Self::Office(problem),
            EnrolError::Unreadable | EnrolError::OtherDevice => Self::Offline,
        }
    }
}
