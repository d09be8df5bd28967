//! The one object an app holds.
//!
//! `Butler` is synchronous and may be called from any thread. Its areas read as a menu: [`Butler::homes`],
//! [`Butler::residents`], [`Butler::visits`], [`Butler::rounds`], [`Butler::cases`], [`Butler::registers`],
//! [`Butler::today`], [`Butler::contested`], [`Butler::refused`], [`Butler::photos`], [`Butler::library`]. What they do is in
//! `commands/<area>/<verb>.rs`, what they show in `views/`. A form on a screen is handed in through [`Butler::submitting`].

mod agenda;
mod enrol;
mod fold;
mod listeners;
mod office;
mod sync;
#[cfg(test)]
pub(crate) mod testing;
mod transport;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::NaiveDate;

pub(crate) use agenda::Agenda;
use listeners::Listeners;
pub use listeners::{Listener, Subscription};
pub use office::OfficeTables;
pub use transport::{Transport, TransportError};

use crate::commands::Acting;
use crate::error::ButlerError;
use crate::host::Host;
use crate::model::{Shown, StaffId, Timestamp};
use crate::playbook::Playbooks;
use crate::store::{Collection, KeyProvider, OpenReport, Reader, Store, Tx};

/// A butler's phone: open, read, act, sync.
pub struct Butler {
    pub(crate) store: Store,
    pub(crate) host: Arc<dyn Host>,
    report: OpenReport,
    listeners: Listeners,
    /// The office's tables and playbooks as last read; replaced when they change.
    office: RwLock<Option<Arc<OfficeTables>>>,
    /// What is due, as worked out last.
    agenda: agenda::Kept,
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
    /// [`ButlerError::Locked`], [`ButlerError::WrongKey`], [`ButlerError::AlreadyOpen`],
    /// [`ButlerError::StorageFull`], [`ButlerError::NeedsNewerApp`]. None of them changes what is there.
    pub fn open(folder: &Path, keys: &dyn KeyProvider, host: Arc<dyn Host>) -> Result<Self, ButlerError> {
        let opened = Store::open(folder, keys, host.as_ref())?;
        if opened.store.read(|reader| reader.app())?.as_deref() != Some(Self::VERSION) {
            opened.store.write_reserved(|tx| tx.set_app(Self::VERSION))?;
        }
        Ok(Self {
            store: opened.store,
            host,
            report: opened.report,
            listeners: Listeners::default(),
            office: RwLock::new(None),
            agenda: agenda::Kept::default(),
            syncing: Mutex::new(()),
        })
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
        Ok(self.read(|reader| Ok(reader.identity()?))?.map(|identity| identity.staff))
    }

    /// The device's time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// The day it is for the community, by the office's clock as far as known.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn date(&self) -> Result<NaiveDate, ButlerError> {
        let now = self.now();
        let offset = self.read(|reader| Ok(reader.clock_offset()?))?;
        Ok(self.office()?.date_of(offset.map_or(now, |offset| now.plus(offset))))
    }

    /// Is told after every call that changed something, until the subscription is dropped.
    #[must_use]
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Subscription {
        self.listeners.subscribe(listener)
    }

    /// Closes the files. Further calls answer [`ButlerError::Closed`]; a second shutdown does nothing.
    pub fn shutdown(&self) {
        self.store.close();
    }

    /// Compaction and checks, when the app has time.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn tidy(&self) -> Result<(), ButlerError> {
        Ok(self.store.tidy()?)
    }

    /// The company's playbooks, or the embedded ones until it has published any.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn playbooks(&self) -> Result<Arc<Playbooks>, ButlerError> {
        Ok(self.office()?.playbooks.clone())
    }

    /// The office's tables as this phone knows them.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn office(&self) -> Result<Arc<OfficeTables>, ButlerError> {
        if let Some(tables) = &*self.office.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(tables.clone());
        }
        let tables = Arc::new(self.store.read(OfficeTables::read)?);
        *self.office.write().unwrap_or_else(PoisonError::into_inner) = Some(tables.clone());
        Ok(tables)
    }

    /// One consistent look at the store.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        self.store.read(work)
    }

    /// One transaction without acting as anybody, and then the news.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        let (value, changed) = self.store.write(|tx| {
            let value = work(tx)?;
            Ok::<_, ButlerError>((value, tx.changed()))
        })?;
        self.announce(&changed);
        Ok(value)
    }

    /// One transaction acting as the person this phone belongs to, and then the news.
    pub(crate) fn act<T>(
        &self,
        work: impl FnOnce(&Acting, &mut Tx<'_>) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        self.act_as_shown(None, work)
    }

    /// The same as somebody whose screen showed this.
    pub(crate) fn act_as_shown<T>(
        &self,
        shown: Option<Shown>,
        work: impl FnOnce(&Acting, &mut Tx<'_>) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        let office = self.office()?;
        self.write(|tx| {
            let acting = Acting::begin(tx, self.host.clone(), office.clone(), shown)?;
            let value = work(&acting, tx)?;
            fold::some(tx, &office, fold::PER_EDIT)?;
            Ok(value)
        })
    }

    /// Tells listeners; called after the store has let go of its locks.
    pub(crate) fn announce(&self, changed: &BTreeSet<Collection>) {
        if changed.contains(&Collection::Tables) {
            self.forget_office();
        }
        self.listeners.tell(changed);
    }

    /// Reads the office's tables anew when they are next needed.
    fn forget_office(&self) {
        *self.office.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Bench;
    use crate::model::ClockOffset;

    #[test]
    fn a_phone_whose_clock_is_ten_years_ahead_knows_the_day() {
        const DAY: i64 = 86_400_000;
        let bench = Bench::new(&["butler"]);
        let device = bench.butler.date().unwrap();
        bench.butler.write(|tx| Ok(tx.set_clock_offset(ClockOffset(-3_653 * DAY))?)).unwrap();
        assert_eq!((device - bench.butler.date().unwrap()).num_days(), 3_653);
    }
}
