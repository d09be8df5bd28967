//! The one object an app holds.
//!
//! `Butler` is synchronous and may be called from any thread. Its areas read as a menu: [`Butler::homes`],
//! [`Butler::residents`], [`Butler::contacts`], [`Butler::rounds`], [`Butler::cases`], [`Butler::registers`],
//! [`Butler::today`], [`Butler::conflicts`], [`Butler::rejected`], [`Butler::drafts`], [`Butler::photos`],
//! [`Butler::library`]. What they do and show is in `areas/<area>/`. A form on a screen is handed in through
//! [`Butler::submitting`].

mod enrol;
mod hand_over;
mod sync;

use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;

pub use enrol::OfficeAbout;

pub use crate::sync::{Transport, TransportError};

use crate::context::{Context, Listener, OfficeTables, Submission, Submitting, Subscription};
use crate::error::ButlerError;
use crate::host::Host;
use crate::model::clock::Reading;
use crate::model::{Shown, StaffId, Timestamp};
use crate::playbook::Playbooks;
use crate::store::{KeyProvider, OpenReport, Opened, Store};

/// A butler's phone: open, read, act, sync.
pub struct Butler {
    pub(crate) context: Context,
    report: OpenReport,
    /// One sync at a time: a second caller waits and then finds nothing to do.
    syncing: Mutex<()>,
}

impl Butler {
    /// Version of this core.
    pub const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    /// Opens the butler in `folder`, making an empty one when there is none. Needs no network.
    ///
    /// The folder belongs to the butler alone and lies outside device backups.
    ///
    /// # Errors
    /// [`ButlerError::Locked`], [`ButlerError::KeyMissing`], [`ButlerError::WrongKey`], [`ButlerError::AlreadyOpen`],
    /// [`ButlerError::StorageFull`], [`ButlerError::NeedsNewerApp`]. None of them changes what is there.
    pub fn open(folder: &Path, keys: &dyn KeyProvider, host: Arc<dyn Host>) -> Result<Self, ButlerError> {
        Self::over(Store::open(folder, keys, host.as_ref())?, host)
    }

    /// [`Self::open`] after it said [`ButlerError::KeyMissing`] or [`ButlerError::WrongKey`], as on a new phone that was
    /// restored from a backup: what no key opens is moved aside, whole, and an empty butler takes its place. Where it lies
    /// is in [`Self::opening`]; should the key be found, it opens from there. The office has what was synced, and the phone
    /// enrols again.
    ///
    /// A butler that opens is opened, and nothing is moved.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_anew(
        folder: &Path,
        keys: &dyn KeyProvider,
        host: Arc<dyn Host>,
    ) -> Result<Self, ButlerError> {
        Self::over(Store::open_anew(folder, keys, host.as_ref())?, host)
    }

    fn over(opened: Opened, host: Arc<dyn Host>) -> Result<Self, ButlerError> {
        if opened.store.read(|reader| reader.app())?.as_deref() != Some(Self::VERSION) {
            opened.store.write_reserved(|tx| tx.set_app(Self::VERSION))?;
        }
        Ok(Self { context: Context::new(opened.store, host), report: opened.report, syncing: Mutex::new(()) })
    }

    /// What opening found: a new store, a restored one, a damaged file moved aside.
    #[must_use]
    pub const fn opening(&self) -> &OpenReport {
        &self.report
    }

    /// Whether this phone is enrolled, and for whom.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn enrolled(&self) -> Result<Option<StaffId>, ButlerError> {
        self.context.enrolled()
    }

    /// The device's time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.context.now()
    }

    /// The office's time as far as known, and how well. A device clock that was set since the last sync leads neither
    /// before the newest time seen nor far beyond it.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn time(&self) -> Result<Reading, ButlerError> {
        self.context.time()
    }

    /// The day it is for the community, by the office's clock as far as known.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn date(&self) -> Result<NaiveDate, ButlerError> {
        self.context.date()
    }

    /// Is told after every call that changed something, until the subscription is dropped.
    #[must_use]
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Subscription {
        self.context.subscribe(listener)
    }

    /// Closes the files. Further calls answer [`ButlerError::Closed`]; a second shutdown does nothing.
    pub fn shutdown(&self) {
        self.context.store.close();
    }

    /// Compaction and checks, when the app has time.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn tidy(&self) -> Result<(), ButlerError> {
        Ok(self.context.store.tidy()?)
    }

    /// The company's playbooks, or the embedded ones until it has published any.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn playbooks(&self) -> Result<Arc<Playbooks>, ButlerError> {
        self.context.playbooks()
    }

    /// The office's tables as this phone knows them.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn office(&self) -> Result<Arc<OfficeTables>, ButlerError> {
        self.context.office()
    }

    /// Opens a form: `shown` is what the screen shows of the record it changes, `None` when it begins something.
    ///
    /// # Errors
    /// [`ButlerError::Internal`] when the system has no randomness.
    pub fn submission(&self, shown: Option<Shown>) -> Result<Submission, ButlerError> {
        Submission::open(self.context.host.as_ref(), shown)
    }

    /// The verbs for a form that is handed in. Each answers a repeat, until 4,096 more forms were handed in, with what the
    /// first made, and writes to what the screen showed: what came in between is kept beside it.
    ///
    /// Without a form (`butler.homes()` …) a verb writes to the record as it is now and replaces what stands there, seen or
    /// not: that is for scripts and imports, not for screens.
    ///
    /// Every verb then has these errors too: [`ButlerError::AlreadySubmitted`] when the form was handed in before and said
    /// something else, and [`ButlerError::InvalidInput`] for `shown` when it is of another record, or of any while the verb
    /// begins one.
    #[must_use]
    pub const fn submitting(&self, submission: Submission) -> Submitting<'_> {
        self.handing_in(Some(submission))
    }

    /// The same with or without a form: for whoever keeps one beside the butler.
    #[must_use]
    pub const fn handing_in(&self, submission: Option<Submission>) -> Submitting<'_> {
        Submitting::new(&self.context, submission)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Butler;
    use crate::error::ButlerError;
    use crate::host::Host as _;
    use crate::model::choice::{Channel, Outcome};
    use crate::model::{Clock, ContactEdit, RecordId, Timestamp, Value};
    use crate::store::{KeyAnswer, StoreKey};
    use crate::testing::TestPhone;
    use crate::testing::{TestHost, TestKeys};

    const HOUR: i64 = 3_600_000;
    const YEAR: i64 = 365 * 24 * HOUR;

    /// A sync now, while the device's clock is wrong by so much.
    fn sync_with_clock_wrong_by(bench: &TestPhone, wrong: i64) -> Timestamp {
        let right = bench.host.now();
        bench.host.pass(wrong);
        bench.butler.context.write(|tx| Ok(tx.set_clock(Clock::measured(right, bench.host.now()))?)).unwrap();
        right
    }

    fn call(bench: &TestPhone, home: RecordId) -> Timestamp {
        let call = ContactEdit {
            channel: Channel::PHONE.into(),
            purpose: "planned_visit".into(),
            summary: "约好周末上门看漏水".into(),
            outcome: Outcome::Agreed.into(),
            ..ContactEdit::default()
        };
        let recorded = bench.butler.contacts().record(&[home], call, &[]).unwrap();
        let history = bench.butler.records().history(recorded.record).unwrap();
        let at =
            bench.butler.records().get(recorded.record).unwrap().get("at").and_then(Value::as_int).unwrap();
        assert_eq!(history[0].at.millis(), at, "the contact and its history agree");
        history[0].at
    }

    #[test]
    fn a_phone_whose_clock_is_ten_years_ahead_knows_the_day() {
        let bench = TestPhone::new(&["butler"]);
        let right = bench.butler.date().unwrap();
        sync_with_clock_wrong_by(&bench, 10 * YEAR);
        assert_eq!(bench.butler.date().unwrap(), right);
        assert!(!bench.butler.status().unwrap().clock_doubtful);
    }

    #[test]
    fn a_clock_corrected_since_the_last_sync_leaves_today_and_what_is_recorded_right() {
        for wrong in [10 * YEAR, -40 * YEAR] {
            let bench = TestPhone::new(&["butler"]);
            let home = bench.home("501");
            let (day, due) = (bench.butler.date().unwrap(), bench.butler.today().list(None, 100).unwrap());
            assert!(due.open > 0, "a fixture without work shows nothing");
            let synced = sync_with_clock_wrong_by(&bench, wrong);
            bench.host.pass(-wrong + HOUR);
            assert_eq!(bench.butler.date().unwrap(), day, "{wrong}");
            assert_eq!(bench.butler.today().list(None, 100).unwrap().open, due.open, "{wrong}");
            assert_eq!(call(&bench, home).millis(), synced.millis() + HOUR, "{wrong}");
            assert!(bench.butler.status().unwrap().clock_doubtful, "the person is told");
        }
    }

    #[test]
    fn a_clock_that_fell_to_1970_goes_on_from_what_was_recorded_last() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let day = bench.butler.date().unwrap();
        let synced = sync_with_clock_wrong_by(&bench, 0);
        bench.host.pass(2 * HOUR);
        assert_eq!(call(&bench, home).millis(), synced.millis() + 2 * HOUR);
        // The battery was taken out.
        bench.host.pass(-bench.host.now().millis());
        assert_eq!(bench.butler.date().unwrap(), day);
        let first = call(&bench, home).millis();
        assert_eq!(first, synced.millis() + 2 * HOUR);
        bench.host.pass(HOUR);
        assert_eq!(call(&bench, home).millis(), first + HOUR);
        assert!(bench.butler.status().unwrap().clock_doubtful);
        bench
            .butler
            .context
            .write(|tx| Ok(tx.set_clock(Clock::measured(synced, bench.host.now()))?))
            .unwrap();
        assert!(!bench.butler.status().unwrap().clock_doubtful, "the office was asked");
    }

    #[test]
    fn a_lost_key_is_told_apart_from_a_wrong_one_and_the_phone_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let host = Arc::new(TestHost::new(1));
        let (kept, missing) = (TestKeys::new(KeyAnswer::Missing), TestKeys::new(KeyAnswer::Missing));
        let wrong = TestKeys::new(KeyAnswer::Key(StoreKey::new([1; 32])));
        let open = |keys| Butler::open(folder.path(), keys, host.clone());
        let anew = |keys| Butler::open_anew(folder.path(), keys, host.clone());
        let photo = open(&kept).unwrap().photos().add("还没有同步的照片".as_bytes()).unwrap();
        assert!(matches!(open(&missing), Err(ButlerError::KeyMissing)));
        assert!(matches!(open(&wrong), Err(ButlerError::WrongKey)));
        assert_eq!(anew(&kept).unwrap().opening().set_aside, None, "it opens: nothing is moved");

        let butler = anew(&missing).unwrap();
        let aside = butler.opening().set_aside.clone().unwrap();
        assert_eq!(butler.enrolled().unwrap(), None);
        let found = Butler::open(&aside, &kept, host.clone()).unwrap();
        assert!(found.photos().bytes(photo).is_ok(), "kept, should the key be found");
    }

    #[test]
    fn after_shutdown_every_call_says_so() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        bench.butler.shutdown();
        bench.butler.shutdown();
        assert!(matches!(bench.butler.records().edit_note(home, "x"), Err(ButlerError::Closed)));
        assert!(matches!(bench.butler.status(), Err(ButlerError::Closed)));
    }
}
