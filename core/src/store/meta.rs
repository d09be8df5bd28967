//! Single values: who this phone is, under which actor it writes, which office life its cursors belong to.

use rusqlite::types::{FromSql, ToSql};
use rusqlite::{OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::db::Db;
use super::{Collection, Reader, StoreError, Tx};
use crate::model::clock::Reading;
use crate::model::{
    ActorId, Clock, ClockOffset, CommunityId, DeviceId, EditId, Generation, OfficePublic, StaffId, Timestamp,
};

/// Names of the rows. A name is never reused for another meaning.
mod name {
    pub const STORE: &str = "store";
    pub const INCARNATION: &str = "incarnation";
    pub const ACTOR: &str = "actor";
    pub const DEVICE_KEY: &str = "device_key";
    pub const DEVICE: &str = "device";
    pub const STAFF: &str = "staff";
    pub const COMMUNITY: &str = "community";
    pub const OFFICE_KEY: &str = "office_key";
    pub const UTC_OFFSET: &str = "utc_offset_minutes";
    pub const GENERATION: &str = "generation";
    pub const WATERMARK: &str = "watermark";
    pub const CLOCK_OFFSET: &str = "clock_offset";
    pub const CLOCK_NEWEST: &str = "clock_newest";
    pub const CLOCK_GUESSED: &str = "clock_guessed";
    pub const SYNCED_AT: &str = "synced_at";
    pub const HOMES_TO_FETCH: &str = "homes_to_fetch";
    pub const SYNC_END: &str = "sync_end";
    pub const APP: &str = "app";
    pub const ASKED_ABOUT: &str = "asked_about";
    pub const WALK: &str = "walk";
    pub const DAMAGED_FOLDER: &str = "damaged_folder";
    pub const COPIED: &str = "copied";
    pub const WARRANT: &str = "warrant";
}

/// What is saved from a damaged database: without these rows the phone would have to be enrolled again. Not the
/// actor: after a damage it may have written changes that are gone.
pub(super) const SALVAGED: &[&str] = &[
    name::DEVICE_KEY,
    name::DEVICE,
    name::STAFF,
    name::COMMUNITY,
    name::UTC_OFFSET,
    name::OFFICE_KEY,
    name::CLOCK_OFFSET,
    name::CLOCK_NEWEST,
    name::CLOCK_GUESSED,
];

/// What enrolment gave this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub staff: StaffId,
    /// Which community's office it belongs to.
    pub community: CommunityId,
    /// Minutes east of UTC, fixed per community.
    pub utc_offset_minutes: i32,
    /// The key that office signs sets of playbooks with; no other is believed.
    pub office_key: OfficePublic,
}

/// Who this phone is, as far as that is known, and what is known of the office's time.
#[derive(Default)]
pub struct WhoAndWhen {
    device: Option<DeviceId>,
    staff: Option<StaffId>,
    community: Option<CommunityId>,
    utc_offset_minutes: Option<i32>,
    office_key: Option<OfficePublic>,
    /// The seed of the device's signing key; `None` before one was made.
    pub device_key: Option<Zeroizing<[u8; 32]>>,
    /// The actor this incarnation writes under; `None` when a new one must be taken.
    pub actor: Option<ActorId>,
    /// What is known of the office's time; `None` before it was ever asked.
    pub clock: Option<Clock>,
}

impl WhoAndWhen {
    /// What enrolment gave; `None` before.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a part of it is missing.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let Some(device) = self.device else { return Ok(None) };
        let missing = StoreError::Inconsistent { what: "the identity" };
        let (Some(staff), Some(community), Some(utc_offset_minutes), Some(office_key)) =
            (self.staff.clone(), self.community.clone(), self.utc_offset_minutes, self.office_key)
        else {
            return Err(missing);
        };
        Ok(Some(Identity { device, staff, community, utc_offset_minutes, office_key }))
    }
}

fn get<T: FromSql>(db: &Db, name: &str) -> Result<Option<T>, StoreError> {
    let mut rows = db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(rows.query_row([name], |row| row.get(0)).optional()?)
}

fn set(db: &Db, name: &str, value: impl ToSql) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}

fn forget(db: &Db, name: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM meta WHERE name = ?1")?.execute([name])?;
    Ok(())
}

pub(super) fn incarnation(db: &Db) -> Result<Option<[u8; 16]>, StoreError> {
    get(db, name::INCARNATION)
}

pub(super) fn store_id(db: &Db) -> Result<Option<[u8; 16]>, StoreError> {
    get(db, name::STORE)
}

/// Which database this is, compared with the one that was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuity {
    /// The same.
    Same,
    /// Another one: restored, copied back, replaced.
    Copied,
    /// A new one, in place of a damaged one.
    Salvaged,
}

/// Writes the incarnation and, when it is not a continuation of the last one, forgets the actor with it: there is
/// no moment at which a crash could leave a new incarnation with an old actor.
pub(super) fn set_incarnation(
    db: &Db,
    store: &[u8; 16],
    incarnation: &[u8; 16],
    continuity: Continuity,
) -> Result<(), StoreError> {
    set(db, name::STORE, store)?;
    set(db, name::INCARNATION, incarnation)?;
    if continuity != Continuity::Same {
        forget(db, name::ACTOR)?;
    }
    if continuity == Continuity::Copied {
        set(db, name::COPIED, true)?;
    }
    Ok(())
}

/// The folder of the damaged database this one replaces, until the photos no row names were moved there.
pub(super) fn damaged_folder(db: &Db) -> Result<Option<String>, StoreError> {
    get(db, name::DAMAGED_FOLDER)
}

/// Notes that folder, or that it is done with.
pub(super) fn set_damaged_folder(db: &Db, folder: Option<&str>) -> Result<(), StoreError> {
    match folder {
        Some(folder) => set(db, name::DAMAGED_FOLDER, folder),
        None => forget(db, name::DAMAGED_FOLDER),
    }
}

impl Reader<'_> {
    /// What enrolment gave; `None` before.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        self.who_and_when()?.identity()
    }

    /// Who this phone is and what time it is there, in one pass over the table: every edit asks, and a look at one row costs
    /// as much as reading all of a page.
    pub fn who_and_when(&self) -> Result<WhoAndWhen, StoreError> {
        let mut query = self.db.prepare_cached("SELECT name, value FROM meta")?;
        let (mut rows, mut known) = (query.query([])?, WhoAndWhen::default());
        let (mut offset, mut newest, mut guessed) = (None, None, false);
        while let Some(row) = rows.next()? {
            match row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)? {
                name::DEVICE => known.device = Some(row.get(1)?),
                name::STAFF => known.staff = Some(row.get(1)?),
                name::COMMUNITY => known.community = Some(row.get(1)?),
                name::UTC_OFFSET => known.utc_offset_minutes = Some(row.get(1)?),
                name::OFFICE_KEY => known.office_key = Some(row.get(1)?),
                name::DEVICE_KEY => known.device_key = Some(Zeroizing::new(row.get(1)?)),
                name::ACTOR => known.actor = Some(row.get(1)?),
                name::CLOCK_OFFSET => offset = Some(ClockOffset(row.get(1)?)),
                name::CLOCK_NEWEST => newest = Some(row.get(1)?),
                name::CLOCK_GUESSED => guessed = row.get(1)?,
                _ => {}
            }
        }
        known.clock = offset.zip(newest).map(|(offset, newest)| Clock { offset, newest, guessed });
        Ok(known)
    }

    /// The seed of the device's signing key; `None` before one was made.
    pub fn device_key(&self) -> Result<Option<Zeroizing<[u8; 32]>>, StoreError> {
        Ok(get::<[u8; 32]>(self.db, name::DEVICE_KEY)?.map(Zeroizing::new))
    }

    /// What the office signed about this phone last ([`Warrant`]); `None` before it did.
    ///
    /// [`Warrant`]: crate::sync::customer_receipt::Warrant
    pub fn warrant(&self) -> Result<Option<Vec<u8>>, StoreError> {
        get(self.db, name::WARRANT)
    }

    /// The actor this incarnation writes under; `None` when a new one must be taken.
    pub fn actor(&self) -> Result<Option<ActorId>, StoreError> {
        get(self.db, name::ACTOR)
    }

    /// Whether an opening or a sync found the data restored or copied, and nobody was told yet.
    pub fn is_copied(&self) -> Result<bool, StoreError> {
        Ok(get(self.db, name::COPIED)?.unwrap_or(false))
    }

    /// The office life that cursors, membership and receipts belong to; `None` before the first sync.
    pub fn generation(&self) -> Result<Option<Generation>, StoreError> {
        get(self.db, name::GENERATION)
    }

    /// The edit the office was asked about last, whether it was accepted since.
    pub fn asked_about(&self) -> Result<Option<EditId>, StoreError> {
        get(self.db, name::ASKED_ABOUT)
    }

    /// The walk planned at the first look of a day, as JSON; `None` before any.
    pub fn walk(&self) -> Result<Option<String>, StoreError> {
        get(self.db, name::WALK)
    }

    /// How far the office's backups reach, in the office's own count; 0 for one that never had a backup.
    pub fn watermark(&self) -> Result<u64, StoreError> {
        Ok(get::<i64>(self.db, name::WATERMARK)?.map_or(0, i64::cast_unsigned))
    }

    /// The version of the app that worked here last.
    pub fn app(&self) -> Result<Option<String>, StoreError> {
        get(self.db, name::APP)
    }

    /// The device clock's offset to the office's, as last measured or worked out.
    pub fn clock_offset(&self) -> Result<Option<ClockOffset>, StoreError> {
        Ok(self.clock()?.map(|clock| clock.offset))
    }

    /// What is known of the office's time; `None` before it was ever asked.
    pub fn clock(&self) -> Result<Option<Clock>, StoreError> {
        Ok(self.who_and_when()?.clock)
    }

    /// What time it is at the office while the device's clock shows `device`. Everything that asks for the time asks
    /// here, or [`Tx::take_time`].
    pub fn time(&self, device: Timestamp) -> Result<Reading, StoreError> {
        Ok(self.clock()?.map_or(Reading::unmeasured(device), |clock| clock.read(device)))
    }

    /// The code of what the last sync ended by, if not by being complete.
    pub fn sync_end(&self) -> Result<Option<String>, StoreError> {
        get(self.db, name::SYNC_END)
    }

    /// When the last sync ended well, by the device's clock.
    pub fn synced_at(&self) -> Result<Option<Timestamp>, StoreError> {
        get(self.db, name::SYNCED_AT)
    }

    /// How many homes a first sync that has not ended well yet is to bring, as the office counted them.
    pub fn homes_to_fetch(&self) -> Result<Option<u64>, StoreError> {
        Ok(get(self.db, name::HOMES_TO_FETCH)?.map(i64::cast_unsigned))
    }
}

impl Tx<'_> {
    /// Keeps what enrolment gave.
    pub fn set_identity(&mut self, identity: &Identity) -> Result<(), StoreError> {
        set(self.db, name::DEVICE, identity.device)?;
        set(self.db, name::STAFF, &identity.staff)?;
        set(self.db, name::COMMUNITY, &identity.community)?;
        set(self.db, name::UTC_OFFSET, identity.utc_offset_minutes)?;
        self.note(Collection::Tables);
        set(self.db, name::OFFICE_KEY, identity.office_key)
    }

    /// Keeps the seed of the device's signing key.
    pub fn set_device_key(&mut self, seed: &[u8; 32]) -> Result<(), StoreError> {
        set(self.db, name::DEVICE_KEY, seed)
    }

    /// Keeps what the office signed about this phone.
    pub fn set_warrant(&mut self, warrant: &[u8]) -> Result<(), StoreError> {
        set(self.db, name::WARRANT, warrant)
    }

    /// Writes under this actor from now on. It must never have been used before.
    pub fn set_actor(&mut self, actor: ActorId) -> Result<(), StoreError> {
        set(self.db, name::ACTOR, actor)
    }

    /// The office knows of work under this phone's actor that is not here: the data are older than the phone, or there are
    /// two of it. Kept until somebody was told.
    pub fn note_copied(&mut self) -> Result<(), StoreError> {
        set(self.db, name::COPIED, true)
    }

    /// Whoever holds this phone is being told that its data were restored or copied.
    pub fn forget_copied(&mut self) -> Result<(), StoreError> {
        forget(self.db, name::COPIED)
    }

    /// Keeps which edit the office was asked about last.
    pub fn set_asked_about(&mut self, edit: EditId) -> Result<(), StoreError> {
        set(self.db, name::ASKED_ABOUT, edit)
    }

    /// Keeps the walk planned at the first look of a day, as JSON.
    pub fn set_walk(&mut self, walk: &str) -> Result<(), StoreError> {
        set(self.db, name::WALK, walk)
    }

    /// Keeps how far the office's backups reach.
    pub fn set_watermark(&mut self, watermark: u64) -> Result<(), StoreError> {
        set(self.db, name::WATERMARK, watermark.cast_signed())
    }

    /// Keeps what is known of the office's time.
    pub fn set_clock(&mut self, clock: Clock) -> Result<(), StoreError> {
        set(self.db, name::CLOCK_OFFSET, clock.offset.0)?;
        set(self.db, name::CLOCK_NEWEST, clock.newest)?;
        set(self.db, name::CLOCK_GUESSED, clock.guessed)
    }

    /// [`Reader::time`] for what is recorded, by the `clock` of [`WhoAndWhen`]: it counts as seen from here on.
    pub fn take_time(&mut self, device: Timestamp, clock: Option<Clock>) -> Result<Reading, StoreError> {
        let Some(clock) = clock else { return Ok(Reading::unmeasured(device)) };
        let reading = clock.read(device);
        if let Some(next) = clock.after(reading) {
            self.set_clock(next)?;
        }
        Ok(reading)
    }

    /// Keeps when a sync ended well. Nothing is left of the first one to fetch.
    pub fn set_synced_at(&mut self, at: Timestamp) -> Result<(), StoreError> {
        forget(self.db, name::HOMES_TO_FETCH)?;
        set(self.db, name::SYNCED_AT, at)
    }

    /// Keeps how many homes the first sync is to bring.
    pub fn set_homes_to_fetch(&mut self, homes: u64) -> Result<(), StoreError> {
        set(self.db, name::HOMES_TO_FETCH, homes.cast_signed())
    }

    /// Notes which version of the app works here. Another one may know playbooks the last did not, and works out
    /// otherwise: every state is worked out again.
    pub fn set_app(&mut self, version: &str) -> Result<(), StoreError> {
        if get::<String>(self.db, name::APP)?.as_deref() != Some(version) {
            self.unfold_all()?;
            set(self.db, name::APP, version)?;
        }
        Ok(())
    }

    /// Keeps what the last sync ended by, if not by being complete.
    pub fn set_sync_end(&mut self, code: Option<&str>) -> Result<(), StoreError> {
        match code {
            Some(code) => set(self.db, name::SYNC_END, code),
            None => forget(self.db, name::SYNC_END),
        }
    }

    pub(super) fn put_generation(&mut self, generation: Generation) -> Result<(), StoreError> {
        set(self.db, name::GENERATION, generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestStore;

    #[test]
    fn an_identity_is_there_whole_or_not_at_all() {
        let store = TestStore::new();
        let identity = Identity {
            device: DeviceId([3; 16]),
            staff: StaffId::new("zhang.li").unwrap(),
            community: CommunityId::new("jinse").unwrap(),
            utc_offset_minutes: 480,
            office_key: OfficePublic([9; 32]),
        };
        assert_eq!(store.read(|r| r.identity()).unwrap(), None);
        store.write(|tx| tx.set_identity(&identity)).unwrap();
        assert_eq!(store.read(|r| r.identity()).unwrap(), Some(identity));
        store.write(|tx| forget(tx.db, name::STAFF)).unwrap();
        assert!(store.read(|r| r.identity()).is_err());
    }
}
