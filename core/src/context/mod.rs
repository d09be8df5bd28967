//! What every area of a butler stands on: one open store with what is known of the office, one transaction as the
//! phone's owner, and what is derived from records and kept up to date.
//!
//! | question | file |
//! |---|---|
//! | how does an edit become a signed, stored change | [`author`] |
//! | what do the playbooks require of an edit | [`validation`] |
//! | what did the screen show, was the form handed in before | [`submission`] |
//! | what was booked for the sums of a row | [`sums`] |
//! | what are metrics counted over | [`counting`] |
//! | what may the phone's owner see | [`visibility`] |
//! | what is due now | [`agenda`] |
//! | at whose door is it done | [`doors`] |
//! | how do cases, rounds and entries stand | [`case_fold`] |
//! | which step, which result is possible | [`case_steps`], [`round_results`] |
//! | what does the office say: staff, grids, places, procedures | [`office_tables`] |
//! | what is a field, a step, an entry called; what does a form ask | [`labels`], [`question`] |
//! | what is known of a record when a slip is filled from it | [`slip_facts`] |
//! | who hears of a change | [`listeners`] |

pub(crate) mod agenda;
pub(crate) mod author;
pub(crate) mod case_fold;
pub(crate) mod case_steps;
mod counting;
mod doors;
pub mod field_words;
pub mod labels;
mod listeners;
mod office_tables;
pub mod question;
pub(crate) mod round_results;
mod slip_facts;
mod submission;
mod sums;
mod validation;
mod visibility;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::NaiveDate;

pub(crate) use agenda::Agenda;
pub(crate) use author::Author;
pub use author::Recorded;
pub(crate) use counting::Counting;
pub(crate) use doors::Doors;
use listeners::Listeners;
pub use listeners::{Listener, Subscription};
pub use office_tables::OfficeTables;
pub use slip_facts::{SlipAsked, number_of, slip_facts};
pub use submission::{Submission, Submitting};
pub(crate) use sums::AskedRow;
pub(crate) use validation::own_fields;
pub(crate) use visibility::Visibility;

use crate::error::ButlerError;
use crate::host::Host;
use crate::model::clock::Reading;
use crate::model::{Shown, StaffId, Timestamp};
use crate::playbook::Playbooks;
use crate::store::{Collection, Reader, Store, Tx};
use crate::sync::device::DeviceKey;

/// An open store, and what is kept in memory of it. Shared by all threads of an app.
pub struct Context {
    pub(crate) store: Store,
    pub(crate) host: Arc<dyn Host>,
    listeners: Listeners,
    /// The office's tables and playbooks as last read, and [`Store::tables_changed`] then.
    office: RwLock<Option<(u64, Arc<OfficeTables>)>>,
    /// What is due, as worked out last.
    agenda: agenda::Kept,
    /// The device's key, as made out of its seed last.
    key: Mutex<Option<Arc<DeviceKey>>>,
}

impl Context {
    pub(crate) fn new(store: Store, host: Arc<dyn Host>) -> Self {
        Self {
            store,
            host,
            listeners: Listeners::default(),
            office: RwLock::new(None),
            agenda: agenda::Kept::default(),
            key: Mutex::default(),
        }
    }

    /// Whether this phone is enrolled, and for whom.
    pub(crate) fn enrolled(&self) -> Result<Option<StaffId>, ButlerError> {
        Ok(self.read(|reader| Ok(reader.identity()?))?.map(|identity| identity.staff))
    }

    /// The office's time as far as known, and how well.
    pub(crate) fn time(&self) -> Result<Reading, ButlerError> {
        let device = self.host.now();
        self.read(|reader| Ok(reader.time(device)?))
    }

    /// The day it is for the community, by the office's clock as far as known.
    pub(crate) fn date(&self) -> Result<NaiveDate, ButlerError> {
        Ok(self.office()?.date_of(self.time()?.now))
    }

    /// The device's time now.
    pub(crate) fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// The company's playbooks, or the embedded ones until it has published any.
    pub(crate) fn playbooks(&self) -> Result<Arc<Playbooks>, ButlerError> {
        Ok(self.office()?.playbooks.clone())
    }

    /// The office's tables as this phone knows them.
    pub(crate) fn office(&self) -> Result<Arc<OfficeTables>, ButlerError> {
        // Before they are read: what is written in between is read once more next time.
        let changed = self.store.tables_changed();
        if let Some((at, tables)) = &*self.office.read().unwrap_or_else(PoisonError::into_inner)
            && *at == changed
        {
            return Ok(tables.clone());
        }
        let tables = Arc::new(self.store.read(OfficeTables::read)?);
        *self.office.write().unwrap_or_else(PoisonError::into_inner) = Some((changed, tables.clone()));
        Ok(tables)
    }

    /// Calls the listener after every call that changed something, until the subscription is dropped.
    pub(crate) fn subscribe(&self, listener: Arc<dyn Listener>) -> Subscription {
        self.listeners.subscribe(listener)
    }

    /// One consistent look at the store.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        self.store.read(work)
    }

    /// Runs a write transaction with no author, then notifies listeners.
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

    /// Runs a write transaction as the phone's owner, then notifies listeners.
    pub(crate) fn act<T>(
        &self,
        work: impl FnOnce(&Author, &mut Tx<'_>) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        self.act_as_shown(None, work)
    }

    /// [`Self::act`] for an owner whose screen showed this.
    pub(crate) fn act_as_shown<T>(
        &self,
        shown: Option<Shown>,
        work: impl FnOnce(&Author, &mut Tx<'_>) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        let office = self.office()?;
        self.write(|tx| {
            let author = self.author(tx, &office, shown)?;
            let value = work(&author, tx)?;
            case_fold::some(tx, &office, case_fold::PER_EDIT)?;
            Ok(value)
        })
    }

    fn author(
        &self,
        tx: &mut Tx<'_>,
        office: &Arc<OfficeTables>,
        shown: Option<Shown>,
    ) -> Result<Author, ButlerError> {
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        let author = Author::begin(tx, self.host.clone(), office.clone(), key.take(), shown)?;
        *key = Some(author.key.clone());
        Ok(author)
    }

    /// Notifies listeners; called after the store has let go of its locks.
    pub(crate) fn announce(&self, changed: &BTreeSet<Collection>) {
        self.listeners.tell(changed);
    }
}
