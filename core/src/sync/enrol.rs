//! How does a phone become known to an office? One request with a one-time code; no session is needed.

use serde_bytes::ByteBuf;

use super::device::{DeviceKey, DevicePublic, device_id};
use super::frame::{self, FrameError};
use super::message::{Enrol, Enrolled, Frame, PROTOCOL, Problem, Reply, Request};

/// Why a phone was not enrolled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// The office said no, or not now; [`Problem`] says what to do.
    #[error(transparent)]
    Office(#[from] Problem),
    /// The answer is not one of an office: a wrong address, or a proxy's page.
    #[error("the office's answer could not be read")]
    Unreadable,
    /// The answer registers another key than ours.
    #[error("the office enrolled another device")]
    OtherDevice,
}

impl From<FrameError> for EnrolError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Protocol { theirs, .. } => {
                Self::Office(Problem::Protocol { min: theirs, max: theirs })
            }
            FrameError::TooLarge { .. } | FrameError::Malformed => Self::Unreadable,
        }
    }
}

/// The request. Sending it again with the same key is harmless: the office knows the key by then.
///
/// # Errors
/// [`EnrolError::Unreadable`] only for a label beyond every limit.
pub fn request(key: &DeviceKey, code: &str, label: &str, app: &str) -> Result<Vec<u8>, EnrolError> {
    let body = Request::Enrol(Enrol {
        code: normalise(code),
        public_key: ByteBuf::from(key.public()),
        label: label.to_owned(),
        app: app.to_owned(),
    });
    Ok(frame::encode(&Frame { protocol: PROTOCOL, request: 1, token: None, body })?)
}

/// Reads the answer.
///
/// # Errors
/// [`EnrolError`].
pub fn answer(key: &DeviceKey, reply: &[u8]) -> Result<Enrolled, EnrolError> {
    match frame::decode::<Reply>(reply)?.body {
        Reply::Enrolled(enrolled) if enrolled.device == device_id(&key.public()) => {
            // Nothing signed with a key that is none would ever be believed.
            let usable = DevicePublic::parse(enrolled.office_key.as_bytes()).is_ok();
            if usable { Ok(enrolled) } else { Err(EnrolError::Unreadable) }
        }
        Reply::Enrolled(_) => Err(EnrolError::OtherDevice),
        Reply::Problem(problem) => Err(problem.into()),
        _ => Err(EnrolError::Unreadable),
    }
}

/// A code as the office stores it, from a code as people type it: `k7-39 qx-m4` is `K739QXM4`. Full-width forms
/// of a Chinese keyboard count as what they look like.
#[must_use]
pub fn normalise(code: &str) -> String {
    code.chars()
        .map(|c| match c {
            // The full-width block repeats ASCII at a fixed distance.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommunityId, OfficePublic, StaffId, Timestamp};

    fn reply(body: Reply) -> Vec<u8> {
        frame::encode(&Frame { protocol: PROTOCOL, request: 1, token: None, body }).unwrap()
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["K7-39-QX-M4", "k7 39 qx m4", "Ｋ７－３９－ＱＸ－Ｍ４"] {
            assert_eq!(normalise(typed), "K739QXM4", "{typed}");
        }
    }

    #[test]
    fn only_an_answer_for_this_key_counts() {
        let key = DeviceKey::from_secret(&[4; 32]);
        let enrolled = |device| Enrolled {
            device,
            staff: StaffId::new("zhang.li").unwrap(),
            community: CommunityId::new("jinse").unwrap(),
            utc_offset_minutes: 480,
            now: Timestamp::from_millis(1_795_000_000_000),
            office_key: OfficePublic(key.public()),
        };
        let mine = enrolled(key.device());
        assert_eq!(answer(&key, &reply(Reply::Enrolled(mine.clone()))), Ok(mine));
        let other = enrolled(DeviceKey::from_secret(&[5; 32]).device());
        assert_eq!(answer(&key, &reply(Reply::Enrolled(other))), Err(EnrolError::OtherDevice));
        let keyless = Enrolled { office_key: OfficePublic([0; 32]), ..enrolled(key.device()) };
        assert_eq!(answer(&key, &reply(Reply::Enrolled(keyless))), Err(EnrolError::Unreadable));
        let expired = reply(Reply::Problem(Problem::CodeInvalid));
        assert_eq!(answer(&key, &expired), Err(EnrolError::Office(Problem::CodeInvalid)));
        assert_eq!(answer(&key, b"<html>"), Err(EnrolError::Unreadable));
    }
}
