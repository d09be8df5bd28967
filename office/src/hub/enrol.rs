//! May this device join? With a one-time code shown in the office.

use butler_core::host::{Host, RandomnessUnavailable, random};
use butler_core::model::{PLAIN_LETTERS, StaffId, Timestamp};
use butler_core::sync::device::DevicePublic;
use butler_core::sync::message::{DeviceReport, Enrol, Enrolled, Problem, Reply};

use super::error::{Failure, OfficeError};
use super::session::digest;
use super::{Asker, Hub};
use crate::storage::{Code, Device, Storage};

/// How long a code is good for, in milliseconds.
const CODE_MS: i64 = 10 * 60_000;
/// Length of a code: the first two characters say which code is meant, the other six prove it. `tries.rs` says how
/// often they may be guessed at.
const LENGTH: usize = 8;
const SELECTOR: usize = 2;
/// How often another code is drawn when the first characters are those of an open one.
const DRAWS: usize = 64;
/// Longest label of a device, in characters.
const LABEL: usize = 64;

impl<S: Storage> Hub<S> {
    /// Opens a one-time code for a member of staff, as it is shown: `K7-39-QX-M4`.
    ///
    /// # Errors
    /// [`OfficeError::UnknownStaff`], [`OfficeError::StaffLeft`], or the storage's.
    pub fn open_code(&self, host: &dyn Host, staff: &StaffId) -> Result<String, OfficeError> {
        let now = host.now();
        let code = self.storage.write(|tx| {
            let in_force = self.in_force(tx.reader())?;
            match in_force.staff.get(staff) {
                None => return Err(OfficeError::UnknownStaff(staff.clone())),
                Some(found) if found.left => return Err(OfficeError::StaffLeft(staff.clone())),
                Some(_) => {}
            }
            tx.forget_expired(now)?;
            // A code that began like an open one would take its place.
            let mut code = draw(host)?;
            for _ in 1..DRAWS {
                if tx.code(&code[..SELECTOR])?.is_none() {
                    break;
                }
                code = draw(host)?;
            }
            tx.put_code(&Code {
                selector: code[..SELECTOR].to_owned(),
                hash: digest(code.as_bytes()),
                staff: staff.clone(),
                expires: Timestamp::from_millis(now.millis().saturating_add(CODE_MS)),
                used_by: None,
            })?;
            tx.put_audit(now, "office", "code", &serde_json::json!({ "staff": staff }).to_string())?;
            Ok::<_, OfficeError>(code)
        })?;
        Ok(format!("{}-{}-{}-{}", &code[..2], &code[2..4], &code[4..6], &code[6..]))
    }

    pub(super) fn enrol(&self, asker: &Asker, enrol: &Enrol) -> Result<Reply, Failure> {
        let now = asker.now;
        let key = DevicePublic::parse(&enrol.public_key).map_err(|_| Problem::BadSignature)?;
        let code = normalised(&enrol.code).ok_or(Problem::CodeInvalid)?;
        let (selector, hash) = (&code[..SELECTOR], digest(code.as_bytes()));
        let right = |found: &Code| found.expires > now && found.hash == hash;
        // A wrong code is looked up without writing: guessing must not keep the writer from others.
        self.tries.admit(now, asker.from, selector)?;
        if self.storage.read(|read| read.code(selector))?.filter(right).is_none() {
            self.tries.count(now, asker.from, selector);
            return Err(Problem::CodeInvalid.into());
        }
        self.storage.write(|tx| {
            let found = tx.code(selector)?.filter(right).ok_or(Problem::CodeInvalid)?;
            if found.used_by.is_some_and(|used_by| used_by != key.device()) {
                return Err(Failure::from(Problem::CodeInvalid));
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
                caught_up: None,
                report: DeviceReport {
                    app: enrol.app.chars().take(LABEL).collect(),
                    ..DeviceReport::default()
                },
            })?;
            // A device that was enrolled before keeps its owner, and a revoked one stays revoked: such a phone
            // takes a new key.
            let device = tx.device(key.device())?.ok_or(Problem::UnknownDevice)?;
            if device.revoked.is_some() {
                return Err(Problem::Revoked.into());
            }
            if device.staff != found.staff {
                return Err(Problem::AlreadyEnrolled.into());
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
                office_key: tx.office_key()?,
            }))
        })
    }
}

/// Draws a code, without separators.
fn draw(host: &dyn Host) -> Result<String, RandomnessUnavailable> {
    let draw: [u8; LENGTH] = random(host)?;
    Ok(draw.iter().map(|byte| char::from(PLAIN_LETTERS[usize::from(byte % 32)])).collect())
}

/// The code without separators, upper case; `None` when it cannot be one.
fn normalised(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .map(|c| c.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    (code.len() == LENGTH && code.bytes().all(|byte| PLAIN_LETTERS.contains(&byte))).then_some(code)
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

    fn wrong(code: &str) -> String {
        let last = if code.ends_with('2') { '3' } else { '2' };
        format!("{}{last}", &code[..code.len() - 1])
    }

    #[test]
    fn a_code_enrols_one_device_and_answers_it_again() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        assert!(code.len() == 11 && code.chars().filter(|c| *c == '-').count() == 3, "{code}");
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
        office.desk.pass(600 * 1_000);
        assert_eq!(stranger(&office).enrol(&code), Reply::Problem(Problem::CodeInvalid));
    }

    #[test]
    fn whoever_guesses_wrong_five_times_is_heard_no_more_and_nobody_else_is_harmed() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        let wrong = wrong(&code);
        let (here, there) = ("203.0.113.7", "198.51.100.4");
        for attempt in 0..5 {
            let answer = stranger(&office).enrol_from(here, &wrong);
            assert_eq!(answer, Reply::Problem(Problem::CodeInvalid), "{attempt}");
        }
        for typed in [&code, &wrong] {
            let answer = stranger(&office).enrol_from(here, typed);
            assert_eq!(answer, Reply::Problem(Problem::TooManyAttempts));
        }
        assert!(matches!(stranger(&office).enrol_from(there, &code), Reply::Enrolled(_)));
        for nonsense in ["", "K7", "K7-39-QX", "K7-39-QX-M4-9", "王小明", "00-00-00-00"] {
            assert_eq!(stranger(&office).enrol(nonsense), Reply::Problem(Problem::CodeInvalid), "{nonsense}");
        }
    }

    #[test]
    fn guesses_of_strangers_burn_no_open_code() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        let wrong = wrong(&code);
        for _ in 0..64 {
            stranger(&office).enrol(&wrong);
        }
        assert!(matches!(stranger(&office).enrol(&code), Reply::Enrolled(_)));
    }

    /// Nobody says for whom the proxy asks: a stranger's guesses and the colleague's code come from the same place.
    #[test]
    fn guessing_as_fast_as_it_goes_keeps_the_right_code_out_for_a_second_at_most_and_writes_nothing() {
        let office = Office::new();
        let open = || office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        let (code, later) = (open(), open());
        let audited = || office.hub.storage().read(|read| read.audit(0, 100)).unwrap().len();
        let alphabet = super::PLAIN_LETTERS.map(char::from);
        let guess = |number: usize| {
            let (first, second) = (alphabet[number / 32 % 32], alphabet[number % 32]);
            stranger(&office).enrol(&format!("{first}{second}-22-22-22"))
        };
        let before = audited();
        for number in 0..1_024 {
            assert_eq!(guess(number), Reply::Problem(Problem::CodeInvalid), "{number}");
        }
        assert_eq!(audited(), before);
        assert!(matches!(stranger(&office).enrol(&code), Reply::Enrolled(_)), "five times the low rate");
        let before = audited();
        for number in 1_024..5 * 1_024 {
            let expected = if number < 2_000 { Problem::CodeInvalid } else { Problem::Busy };
            assert_eq!(guess(number), Reply::Problem(expected), "{number}");
        }
        assert_eq!(audited(), before);
        office.desk.pass(1_000);
        assert!(matches!(stranger(&office).enrol(&later), Reply::Enrolled(_)));
    }

    /// Strangers at three hundred addresses guess once each, within one second.
    #[test]
    fn guesses_from_many_addresses_do_not_keep_a_colleague_out() {
        let office = Office::new();
        let code = office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        for number in 0..300 {
            let address = format!("203.0.{}.{}", 113 + number / 250, number % 250);
            let answer = stranger(&office).enrol_from(&address, &wrong(&code));
            assert_eq!(answer, Reply::Problem(Problem::CodeInvalid), "{number}");
        }
        assert!(matches!(stranger(&office).enrol_from("198.51.100.4", &code), Reply::Enrolled(_)));
    }

    #[test]
    fn no_new_code_takes_the_place_of_an_open_one() {
        let office = Office::new();
        let open = || office.hub.open_code(&office.desk, &staff("zhang.li")).unwrap();
        let codes: Vec<String> = (0..200).map(|_| open()).collect();
        let selectors: std::collections::BTreeSet<&str> = codes.iter().map(|code| &code[..2]).collect();
        assert_eq!(selectors.len(), codes.len());
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
    fn a_phone_of_somebody_else_says_so_and_the_code_stays_good() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        let code = office.hub.open_code(&office.desk, &staff("wang.wei")).unwrap();
        assert_eq!(phone.enrol(&code), Reply::Problem(Problem::AlreadyEnrolled));
        assert!(
            matches!(stranger(&office).enrol(&code), Reply::Enrolled(_)),
            "of a phone that was handed over"
        );
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
