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
