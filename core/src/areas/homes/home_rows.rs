//! Homes and their people, found and shown.

use chrono::NaiveDate;

use crate::areas::cases::{CaseRow, CaseRows};
use crate::areas::homes::Homes;
use crate::areas::rounds::RoundRow;
use crate::context::author::place_of;
use crate::context::{OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::{ContactRow, Home, HomeRow, Kind, PlaceId, Record, RecordId, ResidentRow, Shown};
use crate::playbook::{Label, access};
use crate::store::{Filter, Order, Reader, RecordState};

/// A home, with what belongs to it, as far as the phone's owner may read.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HomeDetails {
    /// The home as people say it ("3栋2单元501").
    pub title: String,
    /// What the playbooks say of it: no valid permit for its works 没有有效许可.
    pub marks: Vec<Label>,
    /// Its fields.
    pub home: Home,
    /// The paths of its fields in conflict.
    pub conflicts: Vec<String>,
    /// What a screen shows that draws this: goes back with the edit of a form over it.
    pub shown: Shown,
    /// Whether the office has it all.
    pub state: RecordState,
    /// Its people.
    pub residents: Vec<ResidentRow>,
    /// Contacts about it, newest first, at most 50.
    pub contacts: Vec<ContactRow>,
    /// Its cases, newest first, at most 50.
    pub cases: Vec<CaseRow>,
    /// Rounds about it, newest first, at most 50.
    pub rounds: Vec<RoundRow>,
}

/// Which homes a list shows; nothing said is every home.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HomeFilter {
    /// Only in this state: a code of `HomeState`, or a company's own.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub state: Option<String>,
    /// Only at this place or below it: a building, a unit.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub place: Option<PlaceId>,
}

impl Homes<'_> {
    /// Homes in walking order with their people, a page at a time.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self, after: Option<RecordId>, limit: usize) -> Result<Vec<HomeRow>, ButlerError> {
        self.list_where(&HomeFilter::default(), after, limit)
    }

    /// [`Self::list`] of those in a state, at a place or below it, or both.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list_where(
        &self,
        filter: &HomeFilter,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<HomeRow>, ButlerError> {
        let office = self.0.office()?;
        // Not by kind: the table of homes holds nothing else, and asking would sort all of them anew.
        let fact = filter.state.as_ref().map(|state| ("state".to_owned(), state.as_str().into()));
        self.0.read(|reader| {
            let fetch = |after, limit| {
                let place = filter.place.clone();
                let filter = Filter { after, limit, place, fact: fact.clone(), ..Filter::default() };
                Ok(reader.home(&filter, Order::Natural)?)
            };
            // Whoever may not read the state of a home does not learn it by asking for homes in one.
            let told = |row: &HomeRow| {
                let wanted = filter.state.as_ref();
                wanted.is_none_or(|wanted| row.state.as_ref().is_some_and(|state| state.is(wanted)))
            };
            let visibility = Visibility::new(reader, &office)?;
            let mut homes =
                visibility.page_of(Kind::Home, after, limit.clamp(1, 100), fetch, |home: HomeRow| {
                    Ok(Some(home).filter(told))
                })?;
            let mut people = reader.residents_by_home(&homes.iter().map(|home| home.record.id).collect())?;
            for home in &mut homes {
                home.residents = visibility.rows(people.remove(&home.record.id).unwrap_or_default())?;
            }
            Ok(homes)
        })
    }

    /// How many homes the list shows.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn count(&self) -> Result<u64, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let places = reader.count_by_place(Kind::Home)?;
            let shown =
                places.iter().filter(|(place, _)| visibility.rights(place.as_ref()).reads_kind(Kind::Home));
            Ok(shown.map(|(_, homes)| homes).sum())
        })
    }

    /// A home, whole.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], also for a home the phone's owner may not read.
    pub fn details(&self, home: RecordId) -> Result<HomeDetails, ButlerError> {
        let office = self.0.office()?;
        let now = self.0.host.now();
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let record = visibility.record(home)?.filter(|record| record.kind == Kind::Home);
            let record = record.ok_or(ButlerError::NotFound)?;
            let about = |kind| Filter { kind: Some(kind), about: Some(home), limit: 50, ..Filter::default() };
            let cases = visibility.rows(reader.work(&about(Kind::Case), Order::Newest)?)?;
            let rounds = visibility.rows(reader.work(&about(Kind::Round), Order::Newest)?)?;
            let rows = CaseRows::new(reader, &office, &visibility, now)?;
            let today = office.date_of(reader.time(now)?.now);
            let mut shown = Home::read(&record);
            shown.name_words(&visibility.naming());
            Ok(HomeDetails {
                title: visibility.title(&record)?,
                marks: marks(reader, &office, &record, today)?,
                home: shown,
                conflicts: record.conflicts().map(|(path, _)| path.to_owned()).collect(),
                shown: record.shown(),
                state: reader.record_state(home)?,
                residents: visibility.rows(reader.residents_of(home)?)?,
                contacts: visibility.rows(reader.contacts(&about(Kind::Contact))?)?,
                cases: cases.into_iter().map(|row| rows.row(row)).collect::<Result<_, _>>()?,
                rounds: rounds.into_iter().map(|row| RoundRow::of(row, &office.playbooks)).collect(),
            })
        })
    }
}

/// What stands over a home on that day, as far as the phone's owner is told.
fn marks(
    reader: &Reader<'_>,
    office: &OfficeTables,
    home: &Record,
    today: NaiveDate,
) -> Result<Vec<Label>, ButlerError> {
    let staff = reader.identity()?.ok_or(ButlerError::NotEnrolled)?.staff;
    let held =
        access::roles_over(&office.playbooks, office.actor(&staff), &office.grids_of(&place_of(home)?));
    let index = office.index(reader, None);
    let mut told = Vec::new();
    for mark in office.playbooks.marks().filter(|mark| mark.roles.iter().any(|role| held.contains(role))) {
        if mark.stands_over(&office.playbooks, &index, today, home.id)? {
            told.push(mark.label.clone());
        }
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::HomeFilter;
    use crate::areas::cases::NewCase;
    use crate::model::choice::HomeState;
    use crate::model::{Edit, Evidence, Kind, ResidentEdit};
    use crate::testing::{TestPhone, unit};

    #[test]
    fn homes_are_listed_by_state_and_place() {
        let bench = TestPhone::new(&["butler"]);
        let [_, vacant, _] = ["501", "502", "503"].map(|room| bench.home(room));
        bench.brings(vacant, Kind::Home, &Edit::new().put("state", "vacant"));
        let listed = |filter: &HomeFilter| {
            let rows = bench.butler.homes().list_where(filter, None, 10).unwrap();
            rows.into_iter().map(|row| row.record.id).collect::<Vec<_>>()
        };
        let of_state = HomeFilter { state: Some(HomeState::VACANT.to_owned()), ..HomeFilter::default() };
        assert_eq!(listed(&of_state), [vacant]);
        assert_eq!(listed(&HomeFilter { place: Some(unit()), ..HomeFilter::default() }).len(), 3);
        assert_eq!(bench.butler.homes().count().unwrap(), 3);
        assert_eq!(listed(&HomeFilter { place: Some(unit()), ..of_state.clone() }), [vacant]);
        bench.assign(&["environment"]);
        assert_eq!(listed(&HomeFilter::default()).len(), 3);
        assert_eq!(listed(&of_state), [], "the state of a home is not read by all who see it");
        bench.brings(vacant, Kind::Home, &Edit::new().put("archived", true));
        assert_eq!(bench.butler.homes().count().unwrap(), 2, "as many as are listed");
    }

    /// A company whose office of heritage permits works, with a form of its own words.
    const PERMIT: &str = r#"
        kind = "workflow"
        id = "test.heritage"
        title = { zh = "历史建筑施工许可", en = "Heritage permit" }
        subjects = ["home"]
        resolved_by = ["supervisor"]
        state = [{ id = "open", label = { zh = "有效", en = "In force" } }, { id = "done", label = { zh = "完", en = "Over" }, end = true }]
        [[step]]
        id = "grant"
        label = { zh = "发证", en = "Grant" }
        opens = true
        to = "open"
        roles = ["butler"]
        [[step.field]]
        id = "ends_on"
        label = { zh = "到期", en = "Ends on" }
        type = "date"
        required = true
        [[step]]
        id = "close"
        label = { zh = "收回", en = "Withdraw" }
        from = ["open"]
        to = "done"
        roles = ["butler"]
    "#;
    const MARKS: &str = r#"
        kind = "rules"
        id = "test.marks"
        title = { zh = "标记", en = "Marks" }
        effective_from = 2026-01-01
        rule = []
        [[mark]]
        label = { zh = "未经文物部门同意", en = "No heritage permit" }
        roles = ["butler"]
        where = [{ path = "state", is = ["renovating"] }]
        lacking = [{ kind = "case", of = ["test.heritage"], over = false, condition = "has(case.ends_on) && days_between(today, case.ends_on) >= 0" }]
    "#;

    #[test]
    fn a_mark_stands_over_a_home_as_long_as_it_holds() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[PERMIT, MARKS]);
        let home = bench.home("501");
        let marks = || -> Vec<String> {
            let marks = bench.butler.homes().details(home).unwrap().marks;
            marks.into_iter().map(|mark| mark.zh).filter(|mark| mark.contains("文物")).collect()
        };
        assert_eq!(marks(), [""; 0], "no works");
        bench.brings(home, Kind::Home, &Edit::new().put("state", "renovating"));
        assert_eq!(marks(), ["未经文物部门同意"]);
        let today = bench.butler.office().unwrap().date_of(bench.butler.now());
        let ends = (today + chrono::Days::new(1)).to_string();
        let fields = [("ends_on".into(), ends.as_str().into())].into();
        let new = NewCase {
            workflow: "test.heritage".into(),
            step: "grant".into(),
            about: vec![home],
            evidence: Evidence { fields, ..Evidence::default() },
            ..NewCase::default()
        };
        let case = bench.butler.cases().open(&new).unwrap().record;
        assert_eq!(marks(), [""; 0], "until tomorrow");
        bench.butler.cases().take(case, &"close".into(), Evidence::default(), "").unwrap();
        assert_eq!(marks(), ["未经文物部门同意"], "it was withdrawn");
        bench.butler.cases().open(&new).unwrap();
        assert_eq!(marks(), [""; 0], "another one");
        bench.host.pass(2 * 24 * 3_600_000);
        assert_eq!(marks(), ["未经文物部门同意"], "it has run out");
        bench.assign(&["front_desk"]);
        assert_eq!(marks(), [""; 0], "told to the butler alone");
    }

    #[test]
    fn a_home_has_the_rounds_about_it_newest_first() {
        let bench = TestPhone::new(&["butler"]);
        let [home, beside] = ["501", "502"].map(|room| bench.home(room));
        let start = |checklist: &str, about| {
            bench.host.pass(1_000);
            bench.butler.rounds().start(&checklist.into(), &unit(), Some(about), None).unwrap().record
        };
        let rounds = [
            start("renovation.inspection", home),
            start("renovation.inspection", beside),
            start("vacant.outside", home),
        ];
        let of = |home| -> Vec<_> {
            bench.butler.homes().details(home).unwrap().rounds.iter().map(|row| row.id).collect()
        };
        assert_eq!((of(home), of(beside)), (vec![rounds[2], rounds[0]], vec![rounds[1]]));
        bench.butler.records().archive(rounds[2]).unwrap();
        assert_eq!(of(home), [rounds[0]], "what is archived is no round about it");
    }

    #[test]
    fn a_row_names_the_people_of_its_home_to_those_who_may_read_them() {
        let bench = TestPhone::new(&["butler"]);
        let [home, empty] = ["501", "502"].map(|room| bench.home(room));
        for name in ["顾岚", "单小明"] {
            let person = ResidentEdit { name: name.into(), ..ResidentEdit::default() };
            bench.butler.residents().add(home, person).unwrap();
        }
        let rows = bench.butler.homes().list(None, 10).unwrap();
        let people = |home| {
            let row = rows.iter().find(|row| row.record.id == home).unwrap();
            let mut names: Vec<_> = row.residents.iter().filter_map(|person| person.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!((people(home), people(empty)), (vec!["单小明".to_owned(), "顾岚".to_owned()], Vec::new()));
    }
}
