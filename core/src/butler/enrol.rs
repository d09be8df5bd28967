//! Making this phone known to an office.

use super::{Butler, Transport};
use crate::error::ButlerError;
use crate::model::{Clock, StaffId, Timestamp};
use crate::store::Identity;
use crate::sync::device::DeviceKey;
use crate::sync::enrol::{self, EnrolError};
use crate::sync::message::Problem;

impl Butler {
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
        self.context.forget_office();
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
    use crate::butler::{Transport, TransportError};
    use crate::error::ButlerError;
    use crate::model::{CommunityId, OfficePublic, StaffId, Timestamp};
    use crate::sync::device::{DeviceKey, device_id};
    use crate::sync::frame;
    use crate::sync::message::{Enrolled, Frame, PROTOCOL, Reply, Request};
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
