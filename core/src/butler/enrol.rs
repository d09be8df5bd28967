//! Making this phone known to an office.

use super::{Butler, Transport};
use crate::error::{ButlerError, InputProblem};
use crate::model::{Clock, StaffId, Timestamp};
use crate::store::Identity;
use crate::sync::device::DeviceKey;
use crate::sync::enrol::{self, EnrolError, EnrolmentCode};
use crate::sync::message::Problem;

/// An office before a phone is enrolled there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct OfficeAbout {
    /// The id of the community it serves.
    pub community: String,
    /// What people call it; the community's id for an office that was never told.
    pub name: String,
}

impl Butler {
    /// What the office at the other end of `transport` is called, so that whoever holds the phone sees where they are about to
    /// enrol. Needs no code and tells the office nothing.
    ///
    /// # Errors
    /// [`ButlerError::Offline`], [`ButlerError::NotAnOffice`], [`ButlerError::Office`], also for an office of another
    /// protocol.
    pub fn office_at(&self, transport: &dyn Transport) -> Result<OfficeAbout, ButlerError> {
        let reply = transport.exchange(&enrol::about()?).map_err(|why| ButlerError::Offline { why })?;
        let about = enrol::about_answer(&reply)?;
        let community = about.community.to_string();
        // What answers may not be the office yet: a name is short and on one line.
        let name: String = about.name.chars().filter(|c| !c.is_control()).take(64).collect();
        Ok(OfficeAbout { name: if name.is_empty() { community.clone() } else { name }, community })
    }

    /// Reads what was scanned to enrol: the office's address and the code, or the code alone.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for any other text.
    pub fn enrolment_code(scanned: &str) -> Result<EnrolmentCode, ButlerError> {
        EnrolmentCode::read(scanned)
            .ok_or_else(|| ButlerError::invalid("code", InputProblem::NotAnEnrolmentCode))
    }

    /// Registers this phone with the one-time code shown at the office. `label` is what the office will call the
    /// device in its list. Repeating it after a lost answer is harmless: the key is kept before it is sent.
    ///
    /// # Errors
    /// [`ButlerError::CodeInvalid`], [`ButlerError::AlreadyEnrolled`] when this phone is somebody else's,
    /// [`ButlerError::Offline`], [`ButlerError::NotAnOffice`], [`ButlerError::Office`].
    pub fn enrol(&self, code: &str, label: &str, transport: &dyn Transport) -> Result<StaffId, ButlerError> {
        let key = self.context.write(|tx| {
            if let Some(seed) = tx.device_key()? {
                return Ok(DeviceKey::from_secret(&seed));
            }
            let key = DeviceKey::generate(self.context.host.as_ref())?;
            tx.set_device_key(&key.secret())?;
            Ok(key)
        })?;
        let request = enrol::request(&key, code, label, Self::VERSION)?;
        let asked = self.context.host.now();
        let reply = transport.exchange(&request).map_err(|why| ButlerError::Offline { why })?;
        let answered = self.context.host.now();
        let enrolled = enrol::answer(&key, &reply)?;
        self.context.write(|tx| {
            // At another office the code may be right; what is on this phone is still its owner's.
            if tx.identity()?.is_some_and(|mine| {
                (mine.staff, mine.community) != (enrolled.staff.clone(), enrolled.community.clone())
            }) {
                return Err(ButlerError::AlreadyEnrolled);
            }
            tx.set_identity(&Identity {
                device: enrolled.device,
                staff: enrolled.staff.clone(),
                community: enrolled.community.clone(),
                utc_offset_minutes: enrolled.utc_offset_minutes,
                office_key: enrolled.office_key,
            })?;
            // The answer is as old as half the way there and back.
            let middle = asked.millis().midpoint(answered.millis());
            Ok(tx.set_clock(Clock::measured(enrolled.now, Timestamp::from_millis(middle)))?)
        })?;
        Ok(enrolled.staff)
    }
}

impl From<EnrolError> for ButlerError {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Office(Problem::CodeInvalid) => Self::CodeInvalid,
            EnrolError::Office(Problem::AlreadyEnrolled) => Self::AlreadyEnrolled,
            EnrolError::Office(problem) => Self::Office { problem },
            EnrolError::Unreadable | EnrolError::OtherDevice => Self::NotAnOffice,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::butler::{Butler, Transport, TransportError};
    use crate::error::ButlerError;
    use crate::model::{CommunityId, OfficePublic, StaffId, Timestamp};
    use crate::sync::device::{DeviceKey, device_id};
    use crate::sync::frame;
    use crate::sync::message::{About, Enrolled, Frame, PROTOCOL, Reply, Request};
    use crate::sync::{End, SyncReport};
    use crate::testing::{TestPhone, staff};

    /// What answers, whatever is asked.
    struct Answers(Result<Vec<u8>, TransportError>);

    impl Transport for Answers {
        fn exchange(&self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
            self.0.clone()
        }
    }

    /// An office where the code is that person's.
    struct Office(StaffId, CommunityId);

    impl Transport for Office {
        fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
            let asked = frame::decode::<Request>(request).unwrap();
            let Request::Enrol(enrol) = asked.body else { panic!("{:?}", asked.body) };
            let key: [u8; 32] = enrol.public_key.as_slice().try_into().unwrap();
            let body = Reply::Enrolled(Enrolled {
                device: device_id(&key),
                staff: self.0.clone(),
                community: self.1.clone(),
                utc_offset_minutes: 480,
                now: Timestamp::from_millis(1_795_305_600_000),
                office_key: OfficePublic(DeviceKey::from_secret(&[4; 32]).public()),
            });
            Ok(frame::encode(&Frame { protocol: PROTOCOL, request: asked.request, token: None, body })
                .unwrap())
        }
    }

    fn enrol(bench: &TestPhone, transport: &dyn Transport) -> Result<StaffId, ButlerError> {
        bench.butler.enrol("K7-39-QX", "华为 Mate 60", transport)
    }

    #[test]
    fn an_office_is_named_before_its_code_is_used() {
        let bench = TestPhone::new(&["butler"]);
        let named = |name: &str| {
            let about = About { community: CommunityId::new("jinse").unwrap(), name: name.to_owned() };
            let body = Reply::About(about);
            let said = frame::encode(&Frame { protocol: PROTOCOL, request: 1, token: None, body }).unwrap();
            bench.butler.office_at(&Answers(Ok(said))).unwrap().name
        };
        assert_eq!(named("金色家园物业服务中心"), "金色家园物业服务中心");
        assert_eq!(named(""), "jinse");
        assert_eq!(named(&format!("金色\n{}", "长".repeat(99))).chars().count(), 64);
        let page = bench.butler.office_at(&Answers(Ok(b"<html>".to_vec())));
        assert_eq!(page, Err(ButlerError::NotAnOffice));
        let away = bench.butler.office_at(&Answers(Err(TransportError::Unreachable)));
        assert_eq!(away, Err(ButlerError::Offline { why: TransportError::Unreachable }));
        let words = Butler::enrolment_code("qr:jinse/gate").unwrap_err().words();
        assert_eq!(words.zh, "这不是登记手机的码，请扫办公室给的那张");
    }

    #[test]
    fn a_phone_with_somebody_else_s_work_is_not_enrolled_over() {
        let bench = TestPhone::new(&["butler"]);
        let (here, elsewhere) = (CommunityId::new("jinse").unwrap(), CommunityId::new("yunxi").unwrap());
        for office in [Office(staff("he.fang"), here.clone()), Office(staff("zhang.li"), elsewhere)] {
            assert!(matches!(enrol(&bench, &office), Err(ButlerError::AlreadyEnrolled)));
            assert_eq!(bench.butler.enrolled().unwrap(), Some(staff("zhang.li")));
        }
        // Where the office was made anew, its own people enrol again.
        assert_eq!(enrol(&bench, &Office(staff("zhang.li"), here)).unwrap(), staff("zhang.li"));
    }

    #[test]
    fn why_there_was_no_answer_is_told() {
        let bench = TestPhone::new(&["butler"]);
        let sync = |answer: Result<Vec<u8>, TransportError>| -> SyncReport {
            bench.butler.sync(&Answers(answer), &mut |_| ()).unwrap()
        };
        let proxy = TransportError::Status { status: 502 };
        for why in [TransportError::Unreachable, TransportError::TimedOut, proxy, TransportError::TooLong] {
            let report = sync(Err(why));
            assert_eq!((report.end, report.broke), (End::Interrupted, Some(why)));
            assert!(
                matches!(enrol(&bench, &Answers(Err(why))), Err(ButlerError::Offline { why: told }) if told == why)
            );
        }
        // The line held; what answered was a page of something between.
        let page = || Ok("<html>请先登录无线网络</html>".as_bytes().to_vec());
        assert_eq!(sync(page()).broke, None);
        assert!(matches!(enrol(&bench, &Answers(page())), Err(ButlerError::NotAnOffice)));
    }
}
