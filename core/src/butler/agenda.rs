//! What is due, kept in memory in the order it is walked, and brought up to date by what changed.
//!
//! Working out ten thousand homes takes tens of milliseconds, and after most edits all but a few items stand as they
//! stood. The agenda is a cache: it is dropped and made anew whenever in doubt, and a test holds it to what is worked
//! out from nothing.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::{Butler, OfficeTables};
use crate::error::ButlerError;
use crate::model::{DueId, Kind, RecordId, RoleId, StaffId, Timestamp};
use crate::playbook::due::{self, DueItem, SubjectId};
use crate::playbook::rule::{DueRule, Urgency};
use crate::store::{Reader, Touched};
use crate::views::facts::StoreFacts;

/// The order of the list: what is answered last, then urgent, overdue, as one walks, by the day.
type Place = (bool, Urgency, bool, i64, NaiveDate, DueId);

/// What is due, for one person on one day.
pub(crate) struct Agenda {
    office: Arc<OfficeTables>,
    staff: StaffId,
    roles: Vec<RoleId>,
    day: NaiveDate,
    /// The moment its order is of, and the next one at which something becomes overdue by the hour.
    at: Timestamp,
    next: Option<Timestamp>,
    items: Vec<(Place, DueItem)>,
}

/// Where the butler keeps it.
pub(super) type Kept = Mutex<Option<Agenda>>;

impl Butler {
    /// What is due now, up to date.
    pub(crate) fn agenda<T>(
        &self,
        look: impl FnOnce(&Reader<'_>, &Agenda) -> Result<T, ButlerError>,
    ) -> Result<T, ButlerError> {
        let office = self.office()?;
        let mut kept = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the store is read: what is written in between is looked at once more next time.
        let touched = self.store.take_touched();
        let old = kept.take();
        let now = self.host.now();
        let (agenda, value) = self.read(|reader| {
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let now = reader.clock_offset()?.map_or(now, |offset| now.plus(offset));
            let day = office.date_of(now);
            let still = |old: &Agenda| {
                Arc::ptr_eq(&old.office, &office)
                    && old.staff == identity.staff
                    && old.day == day
                    && old.at <= now
            };
            let agenda = match (old.filter(still), &touched) {
                (Some(mut agenda), Touched::Records(records)) if agenda.can_follow(reader, records)? => {
                    agenda.follow(reader, records, now)?;
                    agenda
                }
                _ => Agenda::new(reader, office.clone(), identity.staff, now)?,
            };
            let value = look(reader, &agenda)?;
            Ok((agenda, value))
        })?;
        *kept = Some(agenda);
        Ok(value)
    }
}

impl Agenda {
    /// Worked out from nothing.
    pub(crate) fn new(
        reader: &Reader<'_>,
        office: Arc<OfficeTables>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Self, ButlerError> {
        let (roles, day) = (office.roles_of(&staff), office.date_of(now));
        let mut agenda = Self { office, staff, roles, day, at: now, next: None, items: Vec::new() };
        let items = agenda.evaluate(reader, None, |_| true)?;
        agenda.items = items.into_iter().map(|item| (agenda.place(&item), item)).collect();
        agenda.sort();
        Ok(agenda)
    }

    /// Everything, in order.
    pub(crate) fn items(&self) -> impl ExactSizeIterator<Item = &DueItem> {
        self.items.iter().map(|(_, item)| item)
    }

    pub(crate) const fn office(&self) -> &Arc<OfficeTables> {
        &self.office
    }

    /// The day it is, and the moment, in estimated office time.
    pub(crate) const fn now(&self) -> (NaiveDate, Timestamp) {
        (self.day, self.at)
    }

    fn evaluate(
        &self,
        reader: &Reader<'_>,
        only: due::Only<'_>,
        wanted: impl Fn(&DueRule) -> bool,
    ) -> Result<Vec<DueItem>, ButlerError> {
        let grids = self.office.grids_for(&self.staff);
        let facts = StoreFacts { reader, office: &self.office, grids };
        let (playbooks, calendar) = (&self.office.playbooks, &self.office.calendar);
        due::evaluate_some(playbooks, &facts, calendar, self.at, only, |rule| {
            rule.roles.iter().any(|role| self.roles.contains(role)) && wanted(rule)
        })
    }

    /// Whether following what changed is enough: not when a row concerns everybody (a rainy day, a typhoon).
    fn can_follow(&self, reader: &Reader<'_>, records: &BTreeSet<RecordId>) -> Result<bool, ButlerError> {
        let forms: BTreeSet<&str> = self.rules().filter_map(|rule| rule.when.concerns_all()).collect();
        let changed = reader.meaning(records)?;
        Ok(!changed.iter().any(|row| row.procedure.as_deref().is_some_and(|form| forms.contains(form))))
    }

    fn rules(&self) -> impl Iterator<Item = &DueRule> {
        self.office.playbooks.rules().flat_map(|file| &file.rules)
    }

    /// Works out anew what the changed records can have changed.
    fn follow(
        &mut self,
        reader: &Reader<'_>,
        records: &BTreeSet<RecordId>,
        now: Timestamp,
    ) -> Result<(), ButlerError> {
        let passed = self.next.is_some_and(|next| next < now);
        self.at = now;
        if !records.is_empty() {
            let changed = reader.meaning(records)?;
            let kinds: BTreeSet<Kind> = changed.iter().map(|row| row.kind).collect();
            let answered: BTreeSet<DueId> = changed.iter().filter_map(|row| row.due).collect();
            let gone = changed.len() < records.len();
            // The changed records, what they are about, and whatever they answered or brought about before.
            let mut concerned = records.clone();
            concerned
                .extend(reader.links_of(records.iter().copied())?.into_values().flatten().map(|(id, _)| id));
            let mut areas: BTreeSet<String> = BTreeSet::new();
            for item in self.items() {
                let touched = answered.contains(&item.id)
                    || item.case().is_some_and(|case| records.contains(&case))
                    || item.answers.keys().any(|answer| records.contains(answer));
                match &item.subject {
                    SubjectId::Record(record) if touched => drop(concerned.insert(*record)),
                    _ if touched => drop(areas.insert(item.rule.id.clone())),
                    _ => {}
                }
            }
            // Rules about places and grids are few, and are worked out whole.
            let about_area = |rule: &DueRule| rule.subject.kind.record().is_none();
            let moves = |rule: &DueRule| {
                gone || areas.contains(&rule.id)
                    || kinds.contains(&rule.done.record)
                    || rule.when.brought_by().is_some_and(|kind| kinds.contains(&kind))
            };
            let again = |item: &DueItem| match &item.subject {
                SubjectId::Record(record) => concerned.contains(record),
                _ => moves(&item.rule),
            };
            let mut new = self.evaluate(reader, Some(&concerned), |rule| !about_area(rule))?;
            new.extend(self.evaluate(reader, None, |rule| about_area(rule) && moves(rule))?);
            self.items.retain(|(_, item)| !again(item));
            for item in new {
                let place = self.place(&item);
                let at = self.items.partition_point(|(before, _)| *before < place);
                self.items.insert(at, (place, item));
            }
        }
        if passed {
            let items = std::mem::take(&mut self.items);
            self.items = items.into_iter().map(|(_, item)| (self.place(&item), item)).collect();
        }
        if passed || !records.is_empty() {
            self.sort();
        }
        Ok(())
    }

    fn place(&self, item: &DueItem) -> Place {
        let answered = item.status(self.day).is_answered();
        let overdue = item.is_overdue(self.day, self.at);
        let walk = self.office.walk_of(item.place.as_ref());
        (answered, item.rule.urgency, !overdue, walk, item.due, item.id)
    }

    /// In order, and with the next moment at which the order changes by itself.
    fn sort(&mut self) {
        // Already in order but for what was put in: this costs one pass.
        self.items.sort_by_key(|(place, _)| *place);
        let coming =
            self.items.iter().filter_map(|(_, item)| item.due_at).filter(|due_at| *due_at >= self.at);
        self.next = coming.min();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::butler::testing::{Bench, unit};
    use crate::model::{Edit, EventId, Value};
    use crate::store::Folded;

    /// What somebody does, by number: on a home or its resident, order or row, so that they meet.
    #[derive(Debug, Clone, Copy)]
    struct Deed {
        what: u8,
        home: usize,
        value: u8,
    }

    fn deed() -> impl Strategy<Value = Deed> {
        (0..12_u8, 0..3_usize, 0..6_u8).prop_map(|(what, home, value)| Deed { what, home, value })
    }

    struct World {
        bench: Bench,
        homes: Vec<RecordId>,
        orders: Vec<RecordId>,
        contacts: Vec<RecordId>,
    }

    impl World {
        fn new() -> Self {
            let bench = Bench::new(&["butler", "supervisor", "front_desk"]);
            let homes = ["501", "502", "601"].map(|room| bench.home(room)).to_vec();
            Self { bench, homes, orders: Vec::new(), contacts: Vec::new() }
        }

        fn write(&self, id: Option<RecordId>, kind: Kind, edit: &Edit) -> RecordId {
            let write = self.bench.butler.act(|acting, tx| {
                let id = id.map_or_else(|| acting.new_record(), Ok)?;
                acting.edit_unchecked(tx, id, kind, edit)?;
                Ok(id)
            });
            write.unwrap()
        }

        fn about(&self, home: RecordId) -> Edit {
            Edit::new().put("place", unit().as_str()).put(format!("subject/{home}"), true)
        }

        /// A day of a number: in the past, today, or soon.
        fn day(&self, value: u8) -> String {
            let today = self.bench.butler.office().unwrap().date_of(self.bench.host.as_ref().now());
            (today - chrono::Days::new(190 * u64::from(value % 3)) + chrono::Days::new(u64::from(value)))
                .to_string()
        }

        fn answered(&self, number: u8) -> Option<DueId> {
            self.bench
                .butler
                .agenda(|_, agenda| Ok(agenda.items().nth(usize::from(number)).map(|item| item.id)))
                .unwrap()
        }

        fn order(&mut self, Deed { home, value, .. }: Deed) {
            let home = self.homes[home];
            let (workflow, step, fields) = [
                ("repair.paid", "finish", vec![("category", "seepage"), ("urgency", "urgent")]),
                ("repair.paid", "sign", vec![("category", "lock"), ("urgency", "normal")]),
                ("complaint.handling", "agree_date", vec![("complaint_subject", "楼上噪音")]),
                ("complaint.handling", "feedback_satisfied", vec![("complaint_subject", "楼上噪音")]),
                ("fees.collection", "refuse", vec![("refusal_reason", "service")]),
                ("service.errand", "finish", vec![]),
            ][usize::from(value)]
            .clone();
            let mut answers: BTreeMap<String, Value> =
                fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            answers.insert("expected".to_owned(), Value::from(self.day(value)));
            let edit = self.about(home);
            let made = self.bench.butler.act(|acting, tx| {
                let version = acting.office.playbooks.workflow(workflow).unwrap().version;
                let id = acting.new_record()?;
                let edit = edit.put("playbook", workflow).put("version", version.to_string());
                acting.edit_unchecked(tx, id, Kind::Case, &edit)?;
                // As if it had come so far: what folding makes of steps is tested elsewhere.
                let steps = vec![(step.to_owned(), EventId(id.0), acting.now)];
                let folded = Folded { state: "somewhere".to_owned(), answers, steps, ..Folded::default() };
                tx.set_folded(id, &folded)?;
                Ok(id)
            });
            self.orders.push(made.unwrap());
        }

        fn does(&mut self, deed: Deed) {
            let Deed { what, home, value } = deed;
            let (id, pick) = (self.homes[home], usize::from(value));
            let state = ["occupied", "rented_out", "vacant"][pick % 3];
            match what {
                0 => {
                    self.write(Some(id), Kind::Premises, &Edit::new().put("state", state));
                }
                1 => {
                    self.write(Some(id), Kind::Premises, &Edit::new().put("moved_in", self.day(value)));
                }
                2 | 3 => self.order(deed),
                4 | 5 => {
                    let now = self.bench.host.as_ref().now();
                    let mut edit = self.about(id).put("channel", "visit").put("at", now.millis());
                    edit = edit.put("outcome", ["agreed", "not_agreed"][pick % 2]);
                    if pick % 2 == 1 {
                        edit = edit.put("next_contact", now.millis() + 3_600_000 * i64::from(value));
                    }
                    if let Some(due) = self.answered(value).filter(|_| what == 5) {
                        edit = edit.put("due", due.to_string());
                    }
                    let contact = self.write(None, Kind::Contact, &edit);
                    self.contacts.push(contact);
                }
                6 => {
                    let part = "phone/0102030405060708090a0b0c0d0e0f10";
                    let edit = Edit::new()
                        .put("place", unit().as_str())
                        .put("home", id.to_string())
                        .put("role", "owner")
                        .put(part, true)
                        .put(format!("{part}/verified"), self.day(value));
                    let person = RecordId([value + 40 * (1 + home as u8); 16]);
                    self.write(Some(person), Kind::Resident, &edit);
                }
                7 => {
                    let form =
                        ["household.misfortune", "weather.rain-day", "due.snooze", "due.skip"][pick % 4];
                    let mut edit = self.about(id).put("form", form).put("field/date", self.day(value));
                    edit = edit.put("field/until", self.day(value));
                    if let Some(due) = self.answered(value) {
                        edit = edit.put("due", due.to_string());
                    }
                    self.write(None, Kind::Entry, &edit);
                }
                8 => {
                    let all = [&self.orders[..], &self.contacts[..]].concat();
                    if let Some(record) = all.get(pick) {
                        let kind = if pick < self.orders.len() { Kind::Case } else { Kind::Contact };
                        self.write(Some(*record), kind, &Edit::new().put("archived", value % 2 == 0));
                    }
                }
                9 => {
                    // The order turns out to be about another home too.
                    if let Some(order) = self.orders.get(pick) {
                        self.write(Some(*order), Kind::Case, &Edit::new().put(format!("subject/{id}"), true));
                    }
                }
                10 => self.bench.host.pass(i64::from(value) * 7 * 3_600_000),
                _ => {
                    let checklist =
                        self.bench.butler.playbooks().unwrap().checklists().next().unwrap().id.clone();
                    let place = crate::model::PlaceId::new("jinse/grid-1").unwrap();
                    self.bench.butler.rounds().start(&checklist, &place, None, self.answered(value)).unwrap();
                }
            }
        }

        fn kept(&self) -> Vec<String> {
            self.bench.butler.agenda(|_, agenda| Ok(shown(agenda))).unwrap()
        }

        fn anew(&self) -> Vec<String> {
            let butler = &self.bench.butler;
            let (office, staff) = (butler.office().unwrap(), butler.enrolled().unwrap().unwrap());
            let now = self.bench.host.as_ref().now();
            butler.read(|reader| Ok(shown(&Agenda::new(reader, office, staff, now)?))).unwrap()
        }
    }

    use crate::host::Host as _;

    fn shown(agenda: &Agenda) -> Vec<String> {
        let (day, now) = agenda.now();
        let line = |item: &DueItem| {
            let (status, overdue) = (item.status(day), item.is_overdue(day, now));
            format!(
                "{} {:?} {} {status:?} {overdue} {:?}",
                item.rule.id, item.subject, item.due, item.answers
            )
        };
        agenda.items().map(line).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_kept_up_to_date_is_what_is_worked_out_anew(
            deeds in prop::collection::vec((deed(), any::<bool>()), 1..30)
        ) {
            let mut world = World::new();
            for (deed, look) in deeds {
                world.does(deed);
                if look {
                    prop_assert_eq!(world.kept(), world.anew(), "{:?}", deed);
                }
            }
            prop_assert_eq!(world.kept(), world.anew());
        }
    }

    #[test]
    fn a_rainy_day_concerns_every_repair_of_seepage() {
        let mut world = World::new();
        world.order(Deed { what: 2, home: 0, value: 0 });
        world.order(Deed { what: 2, home: 1, value: 0 });
        world.bench.host.pass(86_400_000);
        let wet = |world: &World| {
            world.kept().iter().filter(|line| line.starts_with("follow-up.repair.seepage")).count()
        };
        assert_eq!(wet(&world), 0);
        let today = world.day(0);
        let rain = Edit::new()
            .put("place", unit().as_str())
            .put("form", "weather.rain-day")
            .put("field/date", today);
        world.write(None, Kind::Entry, &rain);
        assert_eq!(wet(&world), 2);
    }
}
