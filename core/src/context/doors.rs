//! At whose door what is due is done, and where the doors lie.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::room::natural;
use crate::model::{Kind, PlaceId, RecordId};
use crate::playbook::walk::DoorPosition;
use crate::store::{DoorRow, Reader, StoreError};

/// The doors of some subjects: a home itself, the home of a person, of a case, or of a case about a person.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    /// The home of each subject that has one.
    pub home_of: BTreeMap<RecordId, RecordId>,
    /// Where in its unit a home lies.
    pub positions: BTreeMap<RecordId, DoorPosition>,
    /// The unit of a home.
    pub places: BTreeMap<RecordId, PlaceId>,
    /// What was looked for, also in vain.
    subjects: BTreeSet<RecordId>,
}

impl Doors {
    /// Kinds of which a change moves nobody's door: they say what was done.
    const SETTLED: [Kind; 2] = [Kind::Contact, Kind::Round];

    /// The doors of these subjects.
    pub(crate) fn find(reader: &Reader<'_>, subjects: BTreeSet<RecordId>) -> Result<Self, StoreError> {
        // Most of what is due is about a home itself.
        let mut rows = reader.doors(&subjects)?;
        let others: Vec<RecordId> = subjects.iter().copied().filter(|id| !rows.contains_key(id)).collect();
        // A case about a person of a home is about the home: two steps reach it.
        let links = reader.links_of(others.iter().copied())?;
        let people = links.values().flatten().filter(|(_, kind)| *kind == Kind::Resident);
        let homes_of_people = reader.links_of(people.map(|(id, _)| *id))?;
        let home_in = |links: &[(RecordId, Kind)]| {
            links.iter().find(|(_, kind)| *kind == Kind::Home).map(|(home, _)| *home)
        };
        let home_of = |subject: RecordId| {
            let own = links.get(&subject)?;
            let by_person = || own.iter().find_map(|(id, _)| home_in(homes_of_people.get(id)?));
            Some((subject, home_in(own).or_else(by_person)?))
        };
        let found: BTreeMap<RecordId, RecordId> = others.into_iter().filter_map(home_of).collect();
        let mut doors = Self { subjects, ..Self::default() };
        doors.home_of = rows.keys().map(|home| (*home, *home)).collect();
        rows.append(&mut reader.doors(&found.values().copied().collect())?);
        doors.home_of.extend(found.into_iter().filter(|(_, home)| rows.contains_key(home)));
        for (home, DoorRow { place, floor, room }) in rows {
            let room = natural(room.as_deref().unwrap_or_default());
            doors.positions.insert(home, DoorPosition { floor, room });
            doors.places.extend(place.map(|place| (home, place)));
        }
        Ok(doors)
    }

    /// Whether they are still right when records of these kinds changed, and these are the subjects now.
    pub(crate) fn hold(
        &self,
        changed: &BTreeSet<Kind>,
        mut subjects: impl Iterator<Item = RecordId>,
    ) -> bool {
        changed.iter().all(|kind| Self::SETTLED.contains(kind))
            && subjects.all(|id| self.subjects.contains(&id))
    }
}
