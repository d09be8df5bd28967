//! May this device join? With a one-time code shown in the office.

use butler_core::host::{Host, random};
use butler_core::model::{StaffId, Timestamp};
use butler_core::sync::device::DevicePublic;
use butler_core::sync::message::{DeviceReport, Enrol, Enrolled, Problem, Reply};

use super::Hub;
use super::error::{Failure, OfficeError};
use super::session::digest;
use crate::storage::{Code, Device, Storage};

/// How long a code is good for, in milliseconds.
const CODE_MS: i64 = 10 * 60_000;
/// How many wrong attempts a code survives.
const ATTEMPTS: u32 = 5;
/// The characters of a code: none that is read as another.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Length of a code; the first two characters say which code is meant, the other four prove it: guessing
/// hits once in 200,000 codes before the attempts are used up.
const LENGTH: usize = 6;
const SELECTOR: usize = 2;
/// Longest label of a device, in characters.
const LABEL: usize = 64;

impl<S: Storage> Hub<S> {
    /// Opens a one-time code for a member of staff, as it is shown: `K7-39-QX`.
    ///
    /// # Errors
    /// [`OfficeError::UnknownStaff`], [`OfficeError::StaffLeft`], or the storage's.
    pub fn open_code(&self, host: &dyn Host, staff: &StaffId) -> Result<String, OfficeError> {
        let draw: [u8; LENGTH] = random(host)?;
        let code: String = draw.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let now = host.now();
        self.storage.write(|tx| {
            let directory = self.directory(tx.reader())?;
            match directory.staff.get(staff) {
                None => return Err(OfficeError::UnknownStaff(staff.clone())),
                Some(found) if found.left => return Err(OfficeError::StaffLeft(staff.clone())),
                Some(_) => {}
            }
            tx.forget_expired(now)?;
            tx.put_code(&Code {
                selector: code[..SELECTOR].to_owned(),
                hash: digest(code.as_bytes()),
                staff: staff.clone(),
                expires: Timestamp::from_millis(now.millis().saturating_add(CODE_MS)),
                attempts: 0,
                used_by: None,
            })?;
            tx.put_audit(now, "office", "code", &serde_json::json!({ "staff": staff }).to_string())?;
            Ok(())
        })?;
        Ok(format!("{}-{}-{}", &code[..2], &code[2..4], &code[4..]))
    }

    pub(super) fn enrol(&self, now: Timestamp, enrol: &Enrol) -> Result<Reply, Failure> {
        let key = DevicePublic::parse(&enrol.public_key).map_err(|_| Problem::BadSignature)?;
        let code = normalised(&enrol.code).ok_or(Problem::CodeInvalid)?;
        // A wrong attempt is counted in the same transaction that answers it, so the answer is a value here:
        // an error would roll the count back.
        self.storage.write(|tx| {
            let found = match tx.code(&code[..SELECTOR])? {
                Some(found) if found.expires > now => found,
                _ => return Ok::<_, Failure>(Reply::Problem(Problem::CodeInvalid)),
            };
            if found.attempts >= ATTEMPTS {
                return Ok(Reply::Problem(Problem::TooManyAttempts));
            }
            if found.hash != digest(code.as_bytes()) {
                tx.count_attempt(&found.selector)?;
                return Ok(Reply::Problem(Problem::CodeInvalid));
            }
            if found.used_by.is_some_and(|used_by| used_by != key.device()) {
                return Ok(Reply::Problem(Problem::CodeInvalid));
            }
            let community = tx.community()?;
            tx.put_device(&Device {
                id: key.device(),
                staff: found.staff.clone(),
                public_key: *key.as_bytes(),
                label: enrol.label.chars().take(LABEL).collect(),
                enrolled: now,
                revoked: None,
                last_sync: None,
                report: DeviceReport {
                    app: enrol.app.chars().take(LABEL).collect(),
                    ..DeviceReport::default()
                },
            })?;
            // A device that was enrolled before keeps its owner, and a revoked one stays revoked: such a phone
            // takes a new key.
            let device = tx.device(key.device())?.ok_or(Problem::UnknownDevice)?;
            if device.revoked.is_some() {
                return Ok(Reply::Problem(Problem::Revoked));
            }
            if device.staff != found.staff {
                return Ok(Reply::Problem(Problem::CodeInvalid));
            }
            if found.used_by.is_none() {
                tx.use_code(&found.selector, device.id)?;
                let about = serde_json::json!({ "device": device.id, "staff": device.staff });
                tx.put_audit(now, "office", "enrol", &about.to_string())?;
            }
            Ok(Reply::Enrolled(Enrolled {
                device: device.id,
                staff: device.staff,
                community: community.id,
                utc_offset_minutes: community.utc_offset_minutes,
                now,
                office_key: tx.office_key()?.public(),
            }))
        })
    }
}

/// The code without separators, upper case; `None` when it cannot be one.
fn normalised(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .map(|c| c.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    (code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(code)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use butler_core::sync::device::DeviceKey;
    use butler_core::sync::message::{Problem, Reply};

    use super::super::OfficeError;
    use super::super::testing::*;
    use crate::storage::Storage;

    fn stranger(office: &Office) -> Phone<'_> {
        let key = DeviceKey::generate(&office.desk).unwrap();
        let actor = Cell::new(key.new_actor(&office.desk).unwrap());
        Phone { office, staff: staff("zhang.li"), key, actor, token: RefCell::default() }
    }

    #[test]
    fn a_code_enrols_one_device_and_answers_it_again() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        assert!(code.len() == 8 && code.chars().filter(|c| *c == '-').count() == 2, "{code}");
        let phone = stranger(&office);
        let Reply::Enrolled(enrolled) = phone.enrol(&code.to_lowercase()) else { panic!() };
        assert_eq!((enrolled.device, enrolled.staff.as_str()), (phone.key.device(), "zhang.li"));
        assert_eq!((enrolled.community.as_str(), enrolled.utc_offset_minutes), ("jinse", 480));
        assert_eq!(phone.enrol(&code), Reply::Enrolled(enrolled), "the answer may have been lost");
        assert_eq!(
            stranger(&office).enrol(&code),
            Reply::Problem(Problem::CodeInvalid),
            "used up for others"
        );
        assert_eq!(office.audit("enrol").len(), 1);
    }

    #[test]
    fn an_expired_code_is_not_valid_any_more() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        office.desk.wait(600);
        assert_eq!(stranger(&office).enrol(&code), Reply::Problem(Problem::CodeInvalid));
    }

    #[test]
    fn a_code_survives_five_wrong_attempts_and_not_one_more() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        let last = if code.ends_with('2') { '3' } else { '2' };
        let wrong = format!("{}{last}", &code[..code.len() - 1]);
        for attempt in 0..5 {
            assert_eq!(stranger(&office).enrol(&wrong), Reply::Problem(Problem::CodeInvalid), "{attempt}");
        }
        assert_eq!(stranger(&office).enrol(&code), Reply::Problem(Problem::TooManyAttempts));
        assert_eq!(stranger(&office).enrol(&wrong), Reply::Problem(Problem::TooManyAttempts));
        for nonsense in ["", "K7", "K7-39-QX-9", "王小明", "00-00-00"] {
            assert_eq!(stranger(&office).enrol(nonsense), Reply::Problem(Problem::CodeInvalid), "{nonsense}");
        }
    }

    #[test]
    fn a_revoked_device_does_not_come_back_by_a_new_code() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        office.hub.revoke(&office.desk, phone.key.device()).unwrap();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        assert_eq!(phone.enrol(&code), Reply::Problem(Problem::Revoked));
    }

    #[test]
    fn codes_are_for_people_who_work_here() {
        let office = Office::new();
        let unknown = office.hub.open_code(&office.desk, &staff("nobody"));
        assert!(matches!(unknown, Err(OfficeError::UnknownStaff(_))));
        let left = office.hub.open_code(&office.desk, &staff("zhao.min"));
        assert!(matches!(left, Err(OfficeError::StaffLeft(_))));
    }

    #[test]
    fn a_code_is_stored_as_its_hash() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        let stored = office.hub.storage().read(|read| read.code(&code[..2])).unwrap().unwrap();
        assert_ne!(stored.hash.as_slice(), code.replace('-', "").as_bytes());
    }
}
