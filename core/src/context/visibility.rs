//! What this phone's owner may see: the one place where every view asks.
//!
//! A record none of whose groups one of the owner's roles reads, or that its form or workflow keeps from them
//! (`read_by`), is not listed, not found and not opened: it answers [`ButlerError::NotFound`], as if it were not
//! here. Of the others only the readable fields are shown. The rights over places of the same grids are worked out once per look.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::context::OfficeTables;
use crate::error::ButlerError;
use crate::model::row::{RecordRow, Row};
use crate::model::{
    GridId, Home, Kind, Label, Naming, PlaceId, PlaybookVersion, Procedure, Record, RecordId, Resident,
    RoleId, StaffId,
};
use crate::model::{facts, fields};
use crate::playbook::access::{self, Rights};
use crate::store::{Reader, WorkRow};

/// One look at the store through the eyes of the phone's owner.
pub(crate) struct Visibility<'a> {
    reader: &'a Reader<'a>,
    office: &'a OfficeTables,
    /// `None` before enrolment: nothing is theirs to read.
    staff: Option<StaffId>,
    /// By the grids a place lies in, which many places share.
    rights: RefCell<BTreeMap<&'a [GridId], Rc<Rights>>>,
}

/// A row of a list that may be kept back, or lose columns.
pub(crate) trait Redact: Sized {
    /// What every record has.
    fn record(&self) -> &RecordRow;

    /// What made it, with the version: only rounds, cases and entries know without asking.
    fn run_by<'r>(&'r self, _: &Visibility<'_>) -> Result<RunBy<'r>, ButlerError> {
        Ok(None)
    }

    /// Blanks the columns that may not be read.
    fn blank(&mut self, rights: &Rights);

    /// Calls the words of lists as `name` does.
    fn name_words(&mut self, _: Naming<'_>) {}
}

/// Form or workflow of a record, and its version.
type RunBy<'r> = Option<(Cow<'r, Procedure>, Option<PlaybookVersion>)>;

impl<'a> Visibility<'a> {
    pub(crate) fn new(reader: &'a Reader<'a>, office: &'a OfficeTables) -> Result<Self, ButlerError> {
        Ok(Self::of(reader, office, reader.identity()?.map(|identity| identity.staff)))
    }

    /// [`Self::new`] for whoever has read who the phone's owner is.
    pub(crate) fn of(reader: &'a Reader<'a>, office: &'a OfficeTables, staff: Option<StaffId>) -> Self {
        Self { reader, office, staff, rights: RefCell::default() }
    }

    /// The owner's rights over records of a place.
    pub(crate) fn rights(&self, place: Option<&PlaceId>) -> Rc<Rights> {
        let grids = place.map_or(&[][..], |place| self.office.grids_at(place));
        if let Some(known) = self.rights.borrow().get(grids) {
            return known.clone();
        }
        let rights = self.staff.as_ref().map_or_else(Rights::default, |staff| {
            let here = grids.iter().cloned().collect();
            Rights::over(&self.office.playbooks, self.office.actor(staff), &here)
        });
        let rights = Rc::new(rights);
        self.rights.borrow_mut().insert(grids, rights.clone());
        rights
    }

    /// Whether the owner reads anything of a kind anywhere: if not, no list of it need be looked through.
    pub(crate) fn anywhere(&self, kind: Kind) -> bool {
        let roles = self.staff.as_ref().map(|staff| self.office.roles_of(staff)).unwrap_or_default();
        Rights::of(&self.office.playbooks, roles).reads_kind(kind)
    }

    /// The first grid in which the owner holds one of these roles.
    pub(crate) fn first_grid(&self, roles: &[RoleId]) -> Option<&GridId> {
        let actor = self.office.actor(self.staff.as_ref()?);
        self.office.grids.keys().find(|grid| {
            let here = BTreeSet::from([(*grid).clone()]);
            access::roles_over(&self.office.playbooks, actor, &here).iter().any(|held| roles.contains(held))
        })
    }

    /// A record as it may be shown; `None` when it is not here or not theirs to open.
    pub(crate) fn record(&self, id: RecordId) -> Result<Option<Record>, ButlerError> {
        Ok(self.reader.record(id)?.and_then(|record| self.shown(record)))
    }

    /// The same for a list: a record that cannot be read is left out of it, and holds up none of the others.
    pub(crate) fn listed(&self, id: RecordId) -> Result<Option<Record>, ButlerError> {
        Ok(self.reader.readable(id)?.and_then(|record| self.shown(record)))
    }

    /// The same of a record already read.
    pub(crate) fn shown(&self, record: Record) -> Option<Record> {
        let place = facts::place(&record);
        self.rights(place.as_ref()).shown(&self.office.playbooks, record)
    }

    /// Whether a case is kept from the owner because it is about them. Asked of the record, and only where its workflow keeps
    /// cases from anybody.
    fn is_kept(
        &self,
        id: RecordId,
        run_by: Option<(&Procedure, Option<PlaybookVersion>)>,
    ) -> Result<bool, ButlerError> {
        if !access::keeps_from_somebody(&self.office.playbooks, run_by) {
            return Ok(false);
        }
        let case = self.reader.readable(id)?;
        let both = self.staff.as_ref().zip(case.as_ref());
        Ok(both.is_some_and(|(staff, case)| access::is_kept_from(&self.office.playbooks, case, staff)))
    }

    /// Whether a record already read may be opened.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when not.
    pub(crate) fn check(&self, record: &Record) -> Result<(), ButlerError> {
        self.shown(record.clone()).map(|_| ()).ok_or(ButlerError::NotFound)
    }

    /// Whether a record may be named beside another, with this of its fields if that is what is told of it. One that
    /// is not on this phone may: nothing of it but its id can be told.
    pub(crate) fn names(&self, id: RecordId, detail: Option<&str>) -> Result<bool, ButlerError> {
        let Some(row) = self.reader.row(id)? else { return Ok(true) };
        let (kind, rights) = (row.kind, self.rights(row.place.as_ref()));
        let field = detail.filter(|path| fields::spec(kind, path).is_some());
        Ok(field.is_none_or(|path| rights.reads(kind, path)) && self.row(row)?.is_some())
    }

    /// Whether a record that is here may be opened, without loading it.
    pub(crate) fn opens(
        &self,
        id: RecordId,
        kind: Kind,
        place: Option<&PlaceId>,
    ) -> Result<bool, ButlerError> {
        let rights = self.rights(place);
        if !matches!(kind, Kind::Case | Kind::Entry) || !rights.reads_kind(kind) {
            return Ok(rights.reads_kind(kind));
        }
        let work = self.reader.work_row(id)?;
        let run_by = work.as_ref().and_then(|work| Some((work.procedure.as_ref()?, work.version)));
        Ok(rights.opens(&self.office.playbooks, kind, run_by) && !self.is_kept(id, run_by)?)
    }

    /// A row as it may be shown; `None` when it is not theirs to see.
    pub(crate) fn row<R: Redact>(&self, mut row: R) -> Result<Option<R>, ButlerError> {
        let (kind, rights) = (row.record().kind, self.rights(row.record().place.as_ref()));
        let run_by = row.run_by(self)?;
        let run_by = run_by.as_ref().map(|(procedure, version)| (&**procedure, *version));
        if !rights.opens(&self.office.playbooks, kind, run_by) || self.is_kept(row.record().id, run_by)? {
            return Ok(None);
        }
        if !rights.reads_whole(kind) {
            row.blank(&rights);
        }
        row.name_words(&self.naming());
        Ok(Some(row))
    }

    /// What words of lists are called.
    pub(crate) fn naming(&self) -> impl Fn(&str, &str) -> Option<Label> {
        |list, code| self.office.playbooks.terms().word(list, code).cloned()
    }

    /// Rows as they may be shown.
    pub(crate) fn rows<R: Redact>(&self, rows: Vec<R>) -> Result<Vec<R>, ButlerError> {
        rows.into_iter().filter_map(|row| self.row(row).transpose()).collect()
    }

    /// A page of a list, full though rows between may not be shown: `fetch` gives the rows behind a record.
    pub(crate) fn page<R: Redact>(
        &self,
        kind: Kind,
        after: Option<RecordId>,
        limit: usize,
        fetch: impl FnMut(Option<RecordId>, usize) -> Result<Vec<R>, ButlerError>,
    ) -> Result<Vec<R>, ButlerError> {
        self.page_of(kind, after, limit, fetch, |row| Ok(Some(row)))
    }

    /// The same of what `keep` makes of the rows it wants.
    pub(crate) fn page_of<R: Redact, T>(
        &self,
        kind: Kind,
        mut after: Option<RecordId>,
        limit: usize,
        mut fetch: impl FnMut(Option<RecordId>, usize) -> Result<Vec<R>, ButlerError>,
        keep: impl Fn(R) -> Result<Option<T>, ButlerError>,
    ) -> Result<Vec<T>, ButlerError> {
        let mut shown = Vec::new();
        if !self.anywhere(kind) {
            return Ok(shown);
        }
        while shown.len() < limit {
            let rows = fetch(after, limit)?;
            let last = rows.len() < limit;
            after = rows.last().map(|row| row.record().id);
            for row in self.rows(rows)? {
                if shown.len() < limit {
                    shown.extend(keep(row)?);
                }
            }
            if last {
                break;
            }
        }
        Ok(shown)
    }

    /// What a record is called in a list: a home by its room, a person by name, everything else by what it is about.
    /// The record as it may be shown is asked for; what may not be read has no name.
    pub(crate) fn title(&self, record: &Record) -> Result<String, ButlerError> {
        Ok(match record.kind {
            Kind::Home => Home::location(record).map(|location| location.display()).unwrap_or_default(),
            Kind::Resident => Resident::read(record).called(),
            Kind::Case if record.text("title").is_some_and(|title| !title.is_empty()) => {
                record.text("title").unwrap_or_default().to_owned()
            }
            Kind::Contact | Kind::Round | Kind::Case | Kind::Entry => {
                let about: Vec<RecordId> =
                    record.below("subject/").filter_map(|(id, _)| id.parse().ok()).collect();
                let mut first = about.first().copied();
                // A contact that a step of a case was is about that case too, and is called by whose it was.
                if record.kind == Kind::Contact {
                    for id in about {
                        if matches!(self.kind_of(id)?, Some(Kind::Home | Kind::Resident)) {
                            first = Some(id);
                            break;
                        }
                    }
                }
                first.map_or_else(|| Ok(String::new()), |about| self.title_of(about))?
            }
        })
    }

    /// What kind of record it is; `None` for one that is not here.
    pub(crate) fn kind_of(&self, id: RecordId) -> Result<Option<Kind>, ButlerError> {
        Ok(self.reader.kind(id)?.map(|(kind, _)| kind))
    }

    /// The same by id, from the rows of lists: no document is loaded for a home, a person, or a case with a title.
    pub(crate) fn title_of(&self, id: RecordId) -> Result<String, ButlerError> {
        if let Some(home) = self.reader.home_row(id)? {
            return Ok(self.row(home)?.map(|home| home.title).unwrap_or_default());
        }
        if let Some(person) = self.reader.resident_row(id)? {
            return Ok(self.row(person)?.map(|person| person.called()).unwrap_or_default());
        }
        if let Some(work) = self.reader.work_row(id)? {
            let Some(work) = self.row(work)? else { return Ok(String::new()) };
            if let Some(title) = work.title.filter(|title| !title.is_empty()) {
                return Ok(title);
            }
        }
        match self.listed(id)? {
            // A record about a record about a record is nobody's title.
            Some(record) if matches!(record.kind, Kind::Case | Kind::Contact) => self.title(&record),
            _ => Ok(String::new()),
        }
    }
}

impl Redact for RecordRow {
    fn record(&self) -> &RecordRow {
        self
    }

    fn run_by<'r>(&'r self, look: &Visibility<'_>) -> Result<RunBy<'r>, ButlerError> {
        if !matches!(self.kind, Kind::Case | Kind::Entry) {
            return Ok(None);
        }
        let work = look.reader.work_row(self.id)?;
        Ok(work.and_then(|work| Some((Cow::Owned(work.procedure?), work.version))))
    }

    fn blank(&mut self, rights: &Rights) {
        if !rights.reads(self.kind, "place") {
            self.place = None;
        }
    }
}

/// A row declared with the fields of its kind.
impl<R: Row> Redact for R {
    fn record(&self) -> &RecordRow {
        Row::record(self)
    }

    fn blank(&mut self, rights: &Rights) {
        self.record_mut().blank(rights);
        self.hide(|path| rights.reads(R::KIND, path));
    }

    fn name_words(&mut self, name: Naming<'_>) {
        Row::name_words(self, name);
    }
}

impl Redact for WorkRow {
    fn record(&self) -> &RecordRow {
        &self.record
    }

    fn run_by<'r>(&'r self, _: &Visibility<'_>) -> Result<RunBy<'r>, ButlerError> {
        Ok(self.procedure.as_ref().map(|procedure| (Cow::Borrowed(procedure), self.version)))
    }

    /// Procedure, times and state stay: they say that there is work, and whoever may open the record may know it.
    fn blank(&mut self, rights: &Rights) {
        let kind = self.record.kind;
        self.record.blank(rights);
        let Self { due, title, urgency, assignee, planned_on, .. } = self;
        let person = if kind == Kind::Round { "planned_for" } else { "assignee" };
        hide(rights, kind, "due", due);
        hide(rights, kind, "title", title);
        hide(rights, kind, "urgency", urgency);
        hide(rights, kind, person, assignee);
        hide(rights, kind, "planned_on", planned_on);
    }
}

fn hide<T>(rights: &Rights, kind: Kind, path: &str, column: &mut Option<T>) {
    if !rights.reads(kind, path) {
        *column = None;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::cases::NewCase;
    use crate::areas::registers::NewEntry;
    use crate::error::ButlerError;
    use crate::model::choice::{Channel, HomeState, Outcome, OwnerState};
    use crate::model::date::PartialDate;
    use crate::model::{ContactEdit, Evidence, HomeEdit, Kind, RecordId, ResidentEdit};
    use crate::testing::{TestPhone, unit};

    const PRIVATE: &str = r#"
        kind = "form"
        id = "test.private"
        title = { zh = "保密登记", en = "Private" }
        subject = "home"
        roles = ["butler", "environment"]
        read_by = ["butler"]
        [[field]]
        id = "what"
        label = { zh = "事项", en = "What" }
        type = "text"
    "#;
    const REPORT: &str = r#"
        kind = "workflow"
        id = "test.report"
        title = { zh = "举报", en = "Report" }
        subjects = ["home"]
        resolved_by = ["butler"]
        read_by = ["butler"]
        state = [{ id = "open", label = { zh = "开", en = "Open" } }, { id = "done", label = { zh = "完", en = "Done" }, end = true }]
        [[step]]
        id = "report"
        label = { zh = "举报", en = "Report" }
        opens = true
        to = "open"
        roles = ["butler", "environment"]
        [[step.field]]
        id = "whom"
        label = { zh = "举报谁", en = "Whom" }
        type = "text"
        [[step]]
        id = "close"
        label = { zh = "结案", en = "Close" }
        from = ["open"]
        to = "done"
        roles = ["butler"]
    "#;
    const RULES: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "规则", en = "Rules" }
        effective_from = 2020-01-01
        [[rule]]
        id = "test.greet"
        title = { zh = "问候", en = "Greet" }
        why = { zh = "每天", en = "daily" }
        roles = ["butler", "environment"]
        subject = { kind = "resident" }
        when = { every = { schedule = "FREQ=DAILY", start = 2026-01-01 } }
        due = { within = { days = 0 } }
        done = { record = "entry", begin = "test.private" }
        [[rule]]
        id = "test.look"
        title = { zh = "查看现场", en = "Look" }
        why = { zh = "有人反映：{whom}", en = "told about {whom}" }
        roles = ["butler", "environment"]
        subject = { kind = "home" }
        when = { after_step = { workflows = ["test.report"], steps = ["report"] } }
        due = { within = { days = 1 } }
        done = { record = "contact", begin = "contact.log" }
    "#;

    /// A home with a person, a talk, a private row and a report, all written by a butler.
    struct World {
        bench: TestPhone,
        home: RecordId,
        person: RecordId,
        contact: RecordId,
        row: RecordId,
        case: RecordId,
    }

    fn row_of(bench: &TestPhone, form: &str, home: RecordId, what: &str) -> RecordId {
        let answers = answers("what", what);
        let row = NewEntry { form: form.into(), place: unit(), about: vec![home], answers, due: None };
        bench.butler.registers().add(&row).unwrap().record
    }

    fn report(bench: &TestPhone, home: RecordId, title: &str) -> RecordId {
        let new = NewCase {
            workflow: "test.report".into(),
            step: "report".into(),
            about: vec![home],
            title: title.into(),
            evidence: answers("whom", "保洁员老周"),
            ..NewCase::default()
        };
        bench.butler.cases().open(&new).unwrap().record
    }

    fn answers(name: &str, text: &str) -> Evidence {
        Evidence { fields: BTreeMap::from([(name.into(), text.into())]), photos: BTreeMap::new() }
    }

    impl World {
        fn new() -> Self {
            let bench = TestPhone::new(&["butler"]);
            let open = PRIVATE.replace("test.private", "test.open").replace("read_by", "#");
            bench.publish(&[PRIVATE, &open, REPORT, RULES]);
            let (butler, home) = (&bench.butler, bench.home("501"));
            let state = HomeEdit {
                state: HomeState::RENOVATING.into(),
                owner_state: OwnerState::ELSEWHERE.into(),
                layout: "三室两厅".into(),
                area: 95.5.into(),
                handed_over: "2022-11-20".parse::<PartialDate>().unwrap().into(),
                ..HomeEdit::default()
            };
            butler.homes().edit(home, state).unwrap();
            let person =
                ResidentEdit {
                    name: "单小明".into(), hobbies: "钓鱼".into(), ..ResidentEdit::default()
                };
            let person = butler.residents().add(home, person).unwrap().record;
            butler.records().edit_note(person, "常年在国外").unwrap();
            let contact = ContactEdit {
                channel: Channel::VISIT.into(),
                purpose: "planned_visit".into(),
                outcome: Outcome::Agreed.into(),
                summary: "聊到钓鱼".into(),
                ..ContactEdit::default()
            };
            let contact = butler.contacts().record(&[home], contact, &[]).unwrap().record;
            let (row, case) =
                (row_of(&bench, "test.private", home, "亲人离世"), report(&bench, home, "举报私收现金"));
            Self { home, person, contact, row, case, bench }
        }

        fn found(&self, typed: &str) -> Vec<RecordId> {
            self.bench.butler.search(typed, 20).unwrap().into_iter().map(|row| row.record).collect()
        }

        fn page(&self, kind: Kind) -> Vec<RecordId> {
            let rows = self.bench.butler.records().page(kind, None, 100).unwrap();
            rows.into_iter().map(|row| row.id).collect()
        }
    }

    fn not_found<T: std::fmt::Debug>(answer: Result<T, ButlerError>) {
        assert!(matches!(answer, Err(ButlerError::NotFound)), "{answer:?}");
    }

    #[test]
    fn a_butler_reads_it_all() {
        let world = World::new();
        let butler = &world.bench.butler;
        let home = butler.homes().details(world.home).unwrap();
        assert_eq!((home.residents.len(), home.contacts.len(), home.cases.len()), (1, 1, 1));
        let all = [world.home, world.person, world.contact, world.row, world.case];
        assert!(all.iter().all(|id| butler.records().get(*id).is_ok()));
        assert_eq!(butler.cases().open_list(None, 10).unwrap().len(), 1);
        for (typed, found) in [
            ("钓鱼", world.person),
            ("聊到钓鱼", world.contact),
            ("亲人离世", world.row),
            ("私收现金", world.case),
        ] {
            assert!(world.found(typed).contains(&found), "{typed}");
        }
    }

    #[test]
    fn of_a_person_only_the_groups_a_role_reads_are_shown() {
        let world = World::new();
        let (records, person) = (world.bench.butler.records(), world.person);
        let last = records.history(person).unwrap().last().unwrap().change;
        world.bench.assign(&["front_desk"]);
        for shown in [records.get(person).unwrap(), records.at(person, last).unwrap()] {
            assert_eq!(shown.text("name"), Some("单小明"));
            assert_eq!((shown.text("hobbies"), shown.texts.len()), (None, 0));
        }
        let history = records.history(person).unwrap();
        let paths: Vec<&str> =
            history.iter().flat_map(|row| &row.changes).map(|change| change.path.as_str()).collect();
        assert!(
            paths.contains(&"name") && !paths.contains(&"hobbies") && !paths.contains(&"note"),
            "{paths:?}"
        );
        assert_eq!(history.len(), 2, "who wrote when stays");
        assert!(world.found("小明").contains(&person) && world.found("sxm").contains(&person));
        for typed in ["钓鱼", "常年在国外"] {
            assert!(!world.found(typed).contains(&person), "{typed} would give it away");
        }
        let home = world.bench.butler.homes().details(world.home).unwrap();
        assert_eq!(home.residents[0].name.as_deref(), Some("单小明"));
        world.bench.assign(&["engineering"]);
        assert_eq!(records.get(person).unwrap().text("name"), Some("单小明"));
        assert_eq!(home.residents[0].key_person, None);
    }

    #[test]
    fn a_kind_no_role_reads_is_not_here() {
        let world = World::new();
        let butler = &world.bench.butler;
        let today = butler.today().list(None, 100).unwrap().items;
        assert_eq!(today.iter().find(|item| item.rule == "test.greet").unwrap().subject, "单小明");
        world.bench.assign(&["environment"]);
        for record in [world.person, world.contact] {
            not_found(butler.records().get(record));
            not_found(butler.records().history(record));
        }
        assert_eq!((world.page(Kind::Resident), world.page(Kind::Contact)), (vec![], vec![]));
        for typed in ["小明", "sxm", "聊到钓鱼"] {
            assert_eq!(world.found(typed), [], "{typed}");
        }
        let home = butler.homes().details(world.home).unwrap();
        assert_eq!(home.title, "1栋1单元501");
        assert_eq!((home.residents.len(), home.contacts.len(), home.home.state), (0, 0, None));
        let row = butler.homes().list(None, 10).unwrap().remove(0);
        assert_eq!((row.room.as_deref(), row.state), (Some("501"), None));
        let today = butler.today().list(None, 100).unwrap().items;
        let greet = today.iter().find(|item| item.rule == "test.greet").unwrap();
        assert_eq!(greet.subject, "1栋1单元", "called by where it is");
        world.bench.assign(&[]);
        not_found(butler.homes().details(world.home));
        assert_eq!((butler.homes().list(None, 10).unwrap(), world.found("501")), (vec![], vec![]));
    }

    #[test]
    fn what_its_form_or_workflow_keeps_to_others_is_not_here() {
        let world = World::new();
        let butler = &world.bench.butler;
        let why = || {
            let today = butler.today().list(None, 100).unwrap().items;
            today.into_iter().find(|item| item.rule == "test.look").unwrap().why.zh
        };
        assert_eq!(why(), "有人反映：保洁员老周");
        world.bench.assign(&["environment"]);
        assert_eq!(why(), "有人反映：–", "what was said there is not theirs to know");
        for record in [world.row, world.case] {
            not_found(butler.records().get(record));
            not_found(butler.records().history(record));
        }
        not_found(butler.cases().details(world.case));
        not_found(butler.cases().next_steps(world.case));
        not_found(butler.cases().ask(world.case, &"close".into(), &Evidence::default()));
        assert_eq!((world.page(Kind::Entry), world.page(Kind::Case)), (vec![], vec![]));
        assert_eq!((world.found("亲人离世"), world.found("私收现金")), (vec![], vec![]));
        assert_eq!(butler.cases().open_list(None, 10).unwrap(), []);
        assert_eq!(butler.homes().details(world.home).unwrap().cases, []);
        // To hand something in is not to read it.
        let own = report(&world.bench, world.home, "又一件");
        not_found(butler.records().get(own));
        world.bench.assign(&["butler"]);
        assert_eq!(butler.cases().details(own).unwrap().case.title.as_deref(), Some("又一件"));
    }

    #[test]
    fn a_page_is_full_though_rows_between_are_not_shown() {
        let world = World::new();
        for n in 0..9 {
            let form = if n % 3 == 0 { "test.open" } else { "test.private" };
            row_of(&world.bench, form, world.home, "事");
        }
        world.bench.assign(&["environment"]);
        let records = world.bench.butler.records();
        let first = records.page(Kind::Entry, None, 2).unwrap();
        let rest = records.page(Kind::Entry, first.last().map(|row| row.id), 2).unwrap();
        assert_eq!((first.len(), rest.len()), (2, 1));
    }
}
