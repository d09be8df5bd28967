//! How does a phone become known to an office? One request with a one-time code; no session is needed.

use serde_bytes::ByteBuf;

use super::device::{DeviceKey, DevicePublic, device_id};
use super::frame::{self, FrameError};
use super::message::{About, Enrol, Enrolled, Frame, PROTOCOL, Problem, Reply, Request};

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

/// The question which office this is; needs no key and no code.
///
/// # Errors
/// [`EnrolError::Unreadable`] never, short of a frame beyond every limit.
pub fn about() -> Result<Vec<u8>, EnrolError> {
    Ok(frame::encode(&Frame { protocol: PROTOCOL, request: 1, token: None, body: Request::About {} })?)
}

/// Reads what the office says of itself.
///
/// # Errors
/// [`EnrolError`].
pub fn about_answer(reply: &[u8]) -> Result<About, EnrolError> {
    match frame::decode::<Reply>(reply)?.body {
        Reply::About(about) => Ok(about),
        Reply::Problem(problem) => Err(problem.into()),
        _ => Err(EnrolError::Unreadable),
    }
}

/// What the office's picture for enrolling says: where the office is, and the one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EnrolmentCode {
    /// The office's address; `None` when only a code was scanned or typed.
    pub office: Option<String>,
    /// The code as it is shown, `K7-39-QX-M4`.
    pub code: String,
}

/// What the text of the picture begins with.
const SCHEME: &str = "butler://enrol?";
/// Characters of a code.
const CODE: usize = 8;
/// Longest address of an office, in bytes.
const ADDRESS: usize = 512;

impl EnrolmentCode {
    /// Reads what was scanned, `butler://enrol?office=https%3A%2F%2F…&code=K7-39-QX-M4`, or a code as people type it; nothing
    /// for any other text. An office is reached through TLS; without, only one on this very machine.
    #[must_use]
    pub fn read(scanned: &str) -> Option<Self> {
        let scanned = scanned.trim();
        let Some(query) = scanned.strip_prefix(SCHEME) else {
            return Some(Self { office: None, code: shown(scanned)? });
        };
        let value = |key: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
            pair.and_then(decoded)
        };
        let office = value("office")?;
        let (scheme, rest) = office.split_once("://")?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let safe = scheme == "https" || scheme == "http" && matches!(name, "localhost" | "127.0.0.1");
        // Whoever reads `https://office@elsewhere` takes it for the office.
        let plain = !name.is_empty() && !host.contains('@') && office.chars().all(|c| c.is_ascii_graphic());
        if !safe || !plain || office.len() > ADDRESS {
            return None;
        }
        Some(Self { code: shown(&value("code")?)?, office: Some(office) })
    }

    /// The text of the picture.
    #[must_use]
    pub fn written(&self) -> String {
        let office = self.office.as_deref().unwrap_or_default();
        let encoded = office.bytes().fold(String::new(), |mut out, byte| {
            use std::fmt::Write as _;
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        });
        format!("{SCHEME}office={encoded}&code={}", self.code)
    }
}

/// A code as it is shown; nothing for what is none.
fn shown(typed: &str) -> Option<String> {
    let written = typed.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '－' | ' ' | '\u{3000}'));
    let code = normalise(typed);
    (written && code.len() == CODE)
        .then(|| format!("{}-{}-{}-{}", &code[..2], &code[2..4], &code[4..6], &code[6..]))
}

/// A value of a query, without its escapes.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
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
    fn a_picture_says_where_the_office_is_and_its_code() {
        let read = EnrolmentCode {
            office: Some("https://butler.jinse.example:8443/office".to_owned()),
            code: "K7-39-QX-M4".to_owned(),
        };
        assert_eq!(EnrolmentCode::read(&read.written()), Some(read.clone()));
        let raw = "butler://enrol?code=k739qxm4&office=https://butler.jinse.example:8443/office\n";
        assert_eq!(EnrolmentCode::read(raw), Some(read));
        for typed in ["K7-39-QX-M4", " k7 39 qx m4 ", "Ｋ７－３９－ＱＸ－Ｍ４"] {
            let code = EnrolmentCode::read(typed).unwrap();
            assert_eq!((code.office, code.code.as_str()), (None, "K7-39-QX-M4"), "{typed}");
        }
        for wrong in [
            "",
            "K7-39-QX",
            "https://example.com/K739QXM4",
            "butler://enrol?office=https://a.example",
            "butler://enrol?office=http://a.example&code=K7-39-QX-M4",
            "butler://enrol?office=http://localhost.evil.example&code=K7-39-QX-M4",
            "butler://enrol?office=https://office.example@evil.example&code=K7-39-QX-M4",
            "butler://enrol?office=https://&code=K7-39-QX-M4",
            "butler://enrol?office=https://a.example%&code=K7-39-QX-M4",
            "butler://enrol?office=https://a.example%0D%0Ax&code=K7-39-QX-M4",
            "qr:jinse/gate",
        ] {
            assert_eq!(EnrolmentCode::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_office_says_its_name_before_a_code_is_used() {
        let about = About { community: CommunityId::new("jinse").unwrap(), name: "金色家园".to_owned() };
        assert_eq!(about_answer(&reply(Reply::About(about.clone()))), Ok(about));
        assert_eq!(about_answer(b"<html>"), Err(EnrolError::Unreadable));
        let busy = reply(Reply::Problem(Problem::Busy));
        assert_eq!(about_answer(&busy), Err(EnrolError::Office(Problem::Busy)));
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
