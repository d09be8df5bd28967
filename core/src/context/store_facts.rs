//! What due rules ask, answered by the store's indexes: no document is loaded for Today.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chrono::NaiveDate;

use crate::context::OfficeTables;
use crate::error::ButlerError;
use crate::model::directory::Place;
use crate::model::fields::{self, Type};
use crate::model::{DueId, GridId, Kind, PlaceId, RecordId, StaffId, Timestamp, Value};
use crate::playbook::due::{
    AnswerFact, EntryFact, EntryQuery, Facts, Only, Outcome, Row, StepFact, SubjectId, SubjectQuery,
};
use crate::playbook::form::{AnswerType, SubjectKind};
use crate::playbook::rule::Filter;
use crate::store::{self, AnswerRow, Concerned, Reader, Sets};

/// The facts of one phone, for the grids its owner works in.
pub(crate) struct StoreFacts<'a> {
    pub reader: &'a Reader<'a>,
    pub office: &'a OfficeTables,
    /// The grids worked in; `None` is all of them.
    pub grids: Option<BTreeSet<GridId>>,
    /// The records asked about last, looked up.
    concerned: RefCell<Option<(BTreeSet<RecordId>, Rc<Concerned>)>>,
    /// The places worked in, in walking order.
    places: OnceCell<Vec<PlaceId>>,
    /// Which records have what, read once for all rules.
    pub(crate) sets: RefCell<Sets>,
    /// Every due item that some record says it answers.
    answered: OnceCell<BTreeSet<DueId>>,
}

fn subject_kind(kind: Kind) -> Option<SubjectKind> {
    match kind {
        Kind::Premises => Some(SubjectKind::Premises),
        Kind::Resident => Some(SubjectKind::Resident),
        Kind::Case => Some(SubjectKind::Case),
        Kind::Entry => Some(SubjectKind::Entry),
        Kind::Contact => Some(SubjectKind::Contact),
        Kind::Round => None,
    }
}

impl<'a> StoreFacts<'a> {
    /// The facts for somebody.
    pub(crate) fn new(reader: &'a Reader<'a>, office: &'a OfficeTables, staff: &StaffId) -> Self {
        Self {
            reader,
            office,
            grids: office.grids_on_today(staff),
            concerned: RefCell::default(),
            places: OnceCell::new(),
            sets: RefCell::default(),
            answered: OnceCell::new(),
        }
    }

    /// The records asked about, looked up once for all rules.
    fn concerned(&self, only: Only<'_>) -> Result<Option<Rc<Concerned>>, ButlerError> {
        let Some(records) = only else { return Ok(None) };
        let mut kept = self.concerned.borrow_mut();
        if let Some((known, concerned)) = &*kept
            && known == records
        {
            return Ok(Some(concerned.clone()));
        }
        let concerned = Rc::new(self.reader.concerned(records)?);
        *kept = Some((records.clone(), concerned.clone()));
        Ok(Some(concerned))
    }

    fn mine(&self, grid: &GridId) -> bool {
        self.grids.as_ref().is_none_or(|grids| grids.contains(grid))
    }

    /// What a record is about: the records it names, and the place, grids and community it lies in.
    fn about(
        &self,
        links: &BTreeMap<RecordId, Vec<(RecordId, Kind)>>,
        record: RecordId,
        place: Option<&PlaceId>,
    ) -> Vec<(SubjectKind, SubjectId)> {
        let named = links.get(&record).into_iter().flatten();
        let mut about: Vec<_> = named
            .filter_map(|(target, kind)| Some((subject_kind(*kind)?, SubjectId::Record(*target))))
            .collect();
        if let Some(place) = place {
            about.push((SubjectKind::Place, SubjectId::Place(place.clone())));
            let grids = self.office.grids_of(place);
            about.extend(grids.into_iter().map(|grid| (SubjectKind::Grid, SubjectId::Grid(grid))));
        }
        about.push((SubjectKind::Community, SubjectId::Community));
        about
    }

    fn answer(&self, row: AnswerRow) -> AnswerFact {
        let form = row.procedure.as_deref().and_then(|form| self.office.playbooks.form(form));
        let outcome = match (row.kind, form.and_then(|form| form.answers_due)) {
            (Kind::Entry, Some(answer)) => {
                Outcome::of_entry(answer, row.until.as_deref().and_then(|until| until.parse().ok()))
            }
            (Kind::Round | Kind::Case, _) if !row.closed => Outcome::Begun,
            _ => Outcome::Done,
        };
        AnswerFact {
            record: row.record,
            about: row.about,
            place: row.place,
            due: row.due,
            at: row.at,
            done_at: row.done_at,
            outcome,
        }
    }

    /// An index holds yes and no as 1 and 0, whatever the field: the form says which answers are those.
    pub(crate) fn restore_flags(&self, form: &str, values: &mut BTreeMap<String, Value>) {
        let fields = self.office.playbooks.form(form).into_iter().flat_map(|form| &form.fields);
        for field in fields.filter(|field| field.answer == AnswerType::Flag) {
            if let Some(value) = values.get_mut(&format!("field/{}", field.id))
                && let Some(given) = value.as_int()
            {
                *value = Value::Bool(given != 0);
            }
        }
    }

    /// The day of a date or a moment.
    fn day_of(&self, value: &Value) -> Option<NaiveDate> {
        match value {
            Value::Text(text) => text.parse().ok(),
            Value::Int(millis) => Some(self.office.calendar.date_of(Timestamp::from_millis(*millis))),
            Value::Bool(_) | Value::Real(_) => None,
        }
    }

    /// The first value of a field that lies on a day or after it.
    fn first_value(&self, kind: Kind, path: &str, day: NaiveDate) -> Value {
        match fields::spec(kind, path).map(|spec| spec.ty) {
            Some(Type::Moment) => self.office.calendar.start_of(day).millis().into(),
            _ => day.to_string().into(),
        }
    }

    /// The last value of a field that lies on a day or before it.
    fn last_value(&self, kind: Kind, path: &str, day: NaiveDate) -> Value {
        match fields::spec(kind, path).map(|spec| spec.ty) {
            Some(Type::Moment) => self.office.calendar.end_of(day).millis().into(),
            _ => day.to_string().into(),
        }
    }
}

/// Up to so many due items, each is looked up.
const FEW: usize = 64;

/// Filters as the store takes them.
pub(crate) fn among(filters: &[Filter]) -> Vec<(&str, &[Value])> {
    filters.iter().map(|filter| (filter.path.as_str(), filter.is.as_slice())).collect()
}

impl Facts for StoreFacts<'_> {
    type Error = ButlerError;

    fn subjects(&self, ask: &SubjectQuery<'_>) -> Result<Vec<Row>, ButlerError> {
        let bare = |subject, place| Row {
            subject,
            place,
            date: None,
            values: BTreeMap::new(),
            contested: BTreeSet::new(),
        };
        Ok(match (ask.kind, ask.kind.record()) {
            (SubjectKind::Community, _) => vec![bare(SubjectId::Community, None)],
            (SubjectKind::Grid, _) => {
                let mine = self.office.grids.keys().filter(|grid| self.mine(grid));
                mine.map(|grid| bare(SubjectId::Grid(grid.clone()), self.office.place_of_grid(grid)))
                    .collect()
            }
            (SubjectKind::Place, _) => {
                let mine = self
                    .office
                    .places
                    .values()
                    .filter(|place| self.office.grids_of(&place.id).iter().any(|grid| self.mine(grid)));
                mine.map(|place| bare(SubjectId::Place(place.id.clone()), Some(place.id.clone()))).collect()
            }
            (_, Some(kind)) => {
                let until = ask.date.map(|date| self.last_value(kind, date.path, date.until));
                let from = ask.date.and_then(|date| Some(self.first_value(kind, date.path, date.from?)));
                let date = ask.date.zip(until.as_ref()).map(|(date, until)| store::DateQuery {
                    path: date.path,
                    from: from.as_ref(),
                    until,
                    absent: date.absent,
                });
                let concerned = self.concerned(ask.only)?;
                let ask = store::SubjectQuery {
                    kind,
                    among: &among(ask.filters),
                    unless: &among(ask.unless),
                    date,
                    paths: ask.paths,
                    at: ask.at,
                    only: concerned.as_deref(),
                };
                let rows = self.reader.subjects(&ask, &mut self.sets.borrow_mut())?;
                let row = |row: store::SubjectRow| Row {
                    subject: SubjectId::Record(row.record),
                    place: row.place,
                    date: row.date.and_then(|date| self.day_of(&date)),
                    values: row.values,
                    contested: row.contested,
                };
                rows.into_iter().map(row).collect()
            }
            (_, None) => Vec::new(),
        })
    }

    fn steps(
        &self,
        workflows: &[String],
        steps: &[String],
        since: NaiveDate,
        only: Only<'_>,
    ) -> Result<Vec<StepFact>, ButlerError> {
        let since = self.office.calendar.start_of(since);
        let rows = self.reader.steps(workflows, steps, since, self.concerned(only)?.as_deref())?;
        let links = self.reader.links_of(rows.iter().map(|row| row.case))?;
        let facts = rows.into_iter().filter_map(|row| {
            Some(StepFact {
                subjects: self.about(&links, row.case, row.place.as_ref()),
                case: row.case,
                workflow: row.workflow,
                version: row.version.parse().ok()?,
                place: row.place,
                event: row.event,
                at: row.at,
                answers: row.answers,
            })
        });
        Ok(facts.collect())
    }

    fn entries(&self, ask: &EntryQuery<'_>) -> Result<Vec<EntryFact>, ButlerError> {
        let paths = BTreeSet::from(["field/*".to_owned()]);
        let forms = [ask.form.into()];
        let concerned = self.concerned(ask.only)?;
        let of_form = store::SubjectQuery {
            kind: Kind::Entry,
            among: &[("form", &forms)],
            unless: &[],
            date: None,
            paths: &paths,
            at: None,
            only: concerned.as_deref(),
        };
        let rows = self.reader.subjects(&of_form, &mut self.sets.borrow_mut())?;
        let links = self.reader.links_of(rows.iter().map(|row| row.record))?;
        let facts = rows.into_iter().filter_map(|row| {
            let mut values = row.values;
            self.restore_flags(ask.form, &mut values);
            let values: BTreeMap<_, _> = values
                .into_iter()
                .filter_map(|(path, value)| Some((path.strip_prefix("field/")?.to_owned(), value)))
                .collect();
            let date = values.get(ask.date)?.as_text()?.parse::<NaiveDate>().ok()?;
            (date >= ask.since).then(|| EntryFact {
                entry: row.record,
                subjects: self.about(&links, row.record, row.place.as_ref()),
                place: row.place,
                date,
                values,
            })
        });
        Ok(facts.collect())
    }

    fn answers(
        &self,
        kind: Kind,
        filters: &[Filter],
        since: Timestamp,
        only: Only<'_>,
    ) -> Result<Vec<AnswerFact>, ButlerError> {
        let rows = self.reader.answers(kind, &among(filters), since, self.concerned(only)?.as_deref())?;
        Ok(rows.into_iter().map(|row| self.answer(row)).collect())
    }

    fn answers_to(&self, due: &BTreeSet<DueId>) -> Result<Vec<AnswerFact>, ButlerError> {
        // Of many items few were answered: those alone are looked up.
        let rows = if due.len() > FEW {
            if self.answered.get().is_none() {
                let answered = self.reader.answered_due()?;
                self.answered.get_or_init(|| answered);
            }
            let answered = self.answered.get().into_iter().flatten().filter(|id| due.contains(id));
            self.reader.answers_to(&answered.copied().collect())?
        } else {
            self.reader.answers_to(due)?
        };
        Ok(rows.into_iter().map(|row| self.answer(row)).collect())
    }

    fn grids_of(&self, place: &PlaceId) -> BTreeSet<GridId> {
        self.office.grids_of(place)
    }

    fn places(&self) -> &[PlaceId] {
        self.places.get_or_init(|| {
            let mine = |place: &&Place| self.office.grids_of(&place.id).iter().any(|grid| self.mine(grid));
            let mut places: Vec<&Place> = self.office.places.values().filter(mine).collect();
            places.sort_by_key(|place| (place.walk, &place.id));
            places.into_iter().map(|place| place.id.clone()).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::registers::NewEntry;
    use crate::model::Evidence;
    use crate::testing::{TestPhone, unit};

    const FORM: &str = r#"
        kind = "form"
        id = "test.report"
        title = { zh = "日报", en = "Report" }
        subject = "place"
        roles = ["butler"]
        [[field]]
        id = "date"
        label = { zh = "日期", en = "Date" }
        type = "date"
        required = true
        [[field]]
        id = "broken"
        label = { zh = "需要维修", en = "Broken" }
        type = "flag"
    "#;
    const RULES: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "规则", en = "Rules" }
        effective_from = 2020-01-01
        [[rule]]
        id = "test.report.repair"
        title = { zh = "转报修", en = "Make the order" }
        why = { zh = "{date}需要维修", en = "broken on {date}" }
        roles = ["butler"]
        subject = { kind = "entry" }
        when = { after_entry = { form = "test.report", date = "date", condition = "has(form.broken) && form.broken" } }
        due = { within = { days = 0 } }
        done = { record = "entry", begin = "test.report" }
    "#;

    #[test]
    fn a_yes_in_a_register_is_a_yes_to_a_rule() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[FORM, RULES]);
        let today = bench.butler.office().unwrap().date_of(bench.butler.now()).to_string();
        let enter = |broken: Option<bool>| {
            let mut fields = BTreeMap::from([("date".to_owned(), today.as_str().into())]);
            fields.extend(broken.map(|broken| ("broken".to_owned(), broken.into())));
            let answers = Evidence { fields, photos: BTreeMap::new() };
            let entry =
                NewEntry { form: "test.report".to_owned(), place: unit(), about: vec![], answers, due: None };
            bench.butler.registers().add(&entry).unwrap().record
        };
        let broken = enter(Some(true));
        enter(Some(false));
        enter(None);
        let due = bench.butler.today().list(None, 100).unwrap().items;
        let about: Vec<_> =
            due.iter().filter(|item| item.rule == "test.report.repair").map(|item| item.about).collect();
        assert_eq!(about, [Some(broken)]);
    }
}
