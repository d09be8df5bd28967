//! Cases in lists: whose turn it is, what is due next, whether the office has it.

use std::collections::{BTreeMap, BTreeSet};

use crate::areas::cases::{Cases, DeadlineRow};
use crate::areas::office::RoleRow;
use crate::context::OfficeTables;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::choice::Urgency;
use crate::model::{
    GridId, Kind, PlaceId, Procedure, QuestionId, RecordId, RoleId, Scalar, Shown, StaffId, Timestamp, Value,
    WorkflowId,
};
use crate::playbook::workflow::Workflow;
use crate::playbook::{Label, access, case};
use crate::query::WorkProgress;
use crate::store::{Filter, Order, Reader, RecordState, WorkRow};

/// A case in a list.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CaseRow {
    /// The case.
    pub id: RecordId,
    /// Its workflow's id.
    pub workflow: Option<WorkflowId>,
    /// What kind of case it is; `None` while this phone does not know its workflow.
    pub workflow_label: Option<Label>,
    /// What it is, in a few words.
    pub title: Option<String>,
    /// The place it is at; `None` for one of the whole grid or community.
    pub place: Option<PlaceId>,
    /// The records it is about.
    pub about: Vec<RecordId>,
    /// What the first of them is called ("3栋2单元501"); empty when it is about none.
    pub about_title: String,
    /// Its state's id.
    pub state: Option<String>,
    /// Its state in words.
    pub state_label: Option<Label>,
    /// How soon: as the case says itself; while it is open also as its steps answered, or urgent while an urgent deadline
    /// of it was not met in time.
    pub urgency: Option<Urgency>,
    /// It is open, and an answer that holds makes it a severe one.
    pub severe: bool,
    /// Whose it is.
    pub assignee: Option<StaffId>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When it last moved.
    pub moved_at: Option<Timestamp>,
    /// Whether it is over; `None` while this phone cannot tell.
    pub closed: Option<bool>,
    /// The roles it waits for; none for one that is over, or whose workflow is not known here.
    pub waits_for: Vec<RoleRow>,
    /// Whose turn it is; `None` where it waits for nobody.
    pub turn: Option<CaseTurn>,
    /// The running deadline that is due first.
    pub next_deadline: Option<DeadlineRow>,
    /// Whether the office has it all.
    pub record_state: RecordState,
    /// What a screen shows that draws this: goes back with the form over it.
    pub shown: Shown,
}

/// Whose turn a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum CaseTurn {
    /// The phone's owner may make the next step: it waits for one of their roles, and no colleague of such a role has it.
    Mine,
    /// It waits for others.
    Others,
}

/// Which cases a list shows; nothing said is every case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CaseFilter {
    /// Only those whose turn this is.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub turn: Option<CaseTurn>,
    /// Only those of this service line, a word of the terms' list `port`.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub port: Option<String>,
    /// Only those of this workflow.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub workflow: Option<WorkflowId>,
    /// Only those in this state; states are the workflow's own.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub state: Option<String>,
    /// Only those in this grid.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub grid: Option<GridId>,
    /// Only those at this place or below it.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub place: Option<PlaceId>,
    /// Only those about this home, resident or entry.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub about: Option<RecordId>,
    /// Only those that are over, or that are not.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub closed: Option<bool>,
}

/// Makes rows of cases out of what the store keeps of them: no case is loaded for a list.
pub(crate) struct CaseRows<'a> {
    reader: &'a Reader<'a>,
    office: &'a OfficeTables,
    visibility: &'a Visibility<'a>,
    staff: StaffId,
    /// By the office's clock.
    now: Timestamp,
}

impl<'a> CaseRows<'a> {
    /// Rows as of `now` by this device's clock.
    pub(crate) fn new(
        reader: &'a Reader<'a>,
        office: &'a OfficeTables,
        visibility: &'a Visibility<'a>,
        now: Timestamp,
    ) -> Result<Self, ButlerError> {
        let staff = reader.identity()?.ok_or(ButlerError::NotEnrolled)?.staff;
        Ok(Self { reader, office, visibility, staff, now: reader.time(now)?.now })
    }

    /// A row out of one that may be shown.
    pub(crate) fn row(&self, row: WorkRow) -> Result<CaseRow, ButlerError> {
        let record = row.record.id;
        let id = row.procedure.as_ref().and_then(Procedure::workflow);
        let workflow =
            id.zip(row.version).and_then(|(id, version)| self.office.playbooks.workflow_at(id, version));
        let state = workflow.zip(row.state.as_deref()).and_then(|(workflow, state)| workflow.state(state));
        let open = workflow.filter(|_| row.closed == Some(false));
        let progress = open.map_or(Ok(None), |_| self.reader.progress(record))?;
        let stands = open.zip(progress.as_ref());
        let waits_for =
            stands.map(|(workflow, progress)| case::waits_for(workflow, progress)).unwrap_or_default();
        let about = self.about(&row)?;
        let first = about.first().map(|first| self.visibility.title_of(*first)).transpose()?;
        Ok(CaseRow {
            id: record,
            about_title: first.unwrap_or_default(),
            about,
            workflow_label: workflow.map(|workflow| workflow.title.clone()),
            state_label: state.map(|state| state.label.clone()),
            workflow: id.cloned(),
            turn: self.turn(&waits_for, row.record.place.as_ref(), row.assignee.as_ref()),
            waits_for: self.office.roles_called(&waits_for),
            severe: self.reads_steps(&row)
                && stands.is_some_and(|(workflow, progress)| workflow.is_severe(&progress.answers)),
            next_deadline: stands.and_then(|(workflow, progress)| self.next_deadline(workflow, progress)),
            record_state: self.reader.record_state(record)?,
            title: row.title,
            place: row.record.place,
            state: row.state,
            urgency: row.urgency.or_else(|| {
                let (workflow, progress) = stands?;
                let deadlines = progress.deadlines.iter();
                let deadlines = deadlines.map(|row| (row.deadline.as_str(), Some(row.due), row.met));
                urgency(workflow, &progress.answers, deadlines)
            }),
            assignee: row.assignee,
            opened_at: row.opened_at,
            moved_at: row.moved_at,
            closed: row.closed,
            shown: row.record.shown,
        })
    }

    /// The records it is about, where those may be read of it.
    fn about(&self, row: &WorkRow) -> Result<Vec<RecordId>, ButlerError> {
        let rights = self.visibility.rights(row.record.place.as_ref());
        if rights.reads(Kind::Case, "subject/*") {
            Ok(self.reader.subjects(row.record.id)?)
        } else {
            Ok(Vec::new())
        }
    }

    fn reads_steps(&self, row: &WorkRow) -> bool {
        self.visibility.rights(row.record.place.as_ref()).reads(Kind::Case, "event/*")
    }

    fn turn(
        &self,
        waits_for: &BTreeSet<RoleId>,
        place: Option<&PlaceId>,
        assignee: Option<&StaffId>,
    ) -> Option<CaseTurn> {
        if waits_for.is_empty() {
            return None;
        }
        let grids = place.map(|place| self.office.grids_of(place)).unwrap_or_default();
        let waits = |staff: &StaffId| {
            let held = access::roles_over(&self.office.playbooks, self.office.actor(staff), &grids);
            held.iter().any(|role| waits_for.contains(role))
        };
        let taken = assignee.is_some_and(|assignee| *assignee != self.staff && waits(assignee));
        Some(if waits(&self.staff) && !taken { CaseTurn::Mine } else { CaseTurn::Others })
    }

    fn next_deadline(&self, workflow: &Workflow, progress: &WorkProgress) -> Option<DeadlineRow> {
        let running = progress.deadlines.iter().filter(|row| row.met.is_none() && row.stopped.is_none());
        let next = running.min_by_key(|row| row.due)?;
        let known = workflow.deadlines.iter().find(|deadline| deadline.id == next.deadline);
        Some(DeadlineRow {
            id: next.deadline.clone(),
            label: known.map(|deadline| deadline.label.clone()).unwrap_or_default(),
            due: Some(next.due),
            met: None,
            late: self.now > next.due,
            took: None,
        })
    }
}

/// How soon an open case is where it does not say so itself: as its steps answered, else urgent while an urgent deadline
/// of it was not met in time.
pub(super) fn urgency<'d>(
    workflow: &Workflow,
    answers: &BTreeMap<QuestionId, Value>,
    mut deadlines: impl Iterator<Item = (&'d str, Option<Timestamp>, Option<Timestamp>)>,
) -> Option<Urgency> {
    let answered = answers.get(&QuestionId::from("urgency")).and_then(Urgency::read);
    answered.or_else(|| {
        let urgent = deadlines.any(|(deadline, due, met)| workflow.is_urgent_by(deadline, due, met));
        urgent.then_some(Urgency::Urgent)
    })
}

impl Cases<'_> {
    /// Cases not over, newest first, a page at a time.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn open_list(&self, after: Option<RecordId>, limit: usize) -> Result<Vec<CaseRow>, ButlerError> {
        self.list(&CaseFilter { closed: Some(false), ..CaseFilter::default() }, after, limit)
    }

    /// The cases a filter lets through, newest first, a page of at most 100 behind the case `after`.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn list(
        &self,
        filter: &CaseFilter,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<CaseRow>, ButlerError> {
        let office = self.0.office()?;
        let now = self.0.host.now();
        let asked = Filter {
            kind: Some(Kind::Case),
            place: filter.place.clone(),
            about: filter.about,
            fact: filter.port.as_deref().map(|port| ("port".to_owned(), port.into())),
            procedure: filter.workflow.as_ref().map(ToString::to_string),
            // It is nobody's turn when a case is over.
            closed: filter.closed.or_else(|| filter.turn.map(|_| false)),
            ..Filter::default()
        };
        let in_state = |row: &WorkRow| filter.state.is_none() || filter.state == row.state;
        let in_grid = |row: &WorkRow| {
            let place = row.record.place.as_ref();
            filter.grid.as_ref().is_none_or(|grid| place.is_some_and(|at| office.grids_at(at).contains(grid)))
        };
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let rows = CaseRows::new(reader, &office, &visibility, now)?;
            // To be found by a field that may not be read would give it away.
            let reads = |row: &WorkRow| {
                filter.port.is_none()
                    || visibility.rights(row.record.place.as_ref()).reads(Kind::Case, "port")
            };
            let fetch =
                |after, limit| Ok(reader.work(&Filter { after, limit, ..asked.clone() }, Order::Newest)?);
            let keep = |row: WorkRow| {
                if !in_state(&row) || !in_grid(&row) || !reads(&row) {
                    return Ok(None);
                }
                let row = rows.row(row)?;
                Ok(Some(row).filter(|row| filter.turn.is_none() || filter.turn == row.turn))
            };
            visibility.page_of(Kind::Case, after, limit.clamp(1, 100), fetch, keep)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{CaseFilter, CaseTurn};
    use crate::areas::cases::NewCase;
    use crate::areas::testing::{TICKED, shutdown};
    use crate::model::choice::Urgency;
    use crate::model::{CaseEdit, Evidence, Kind, RecordId};
    use crate::store::RecordState;
    use crate::testing::{TestPhone, unit};

    const DEADLINE: &str = r#"
    [[deadline]]
    id = "restored"
    label = { zh = "2小时内恢复", en = "Restored within 2 hours" }
    from = ["report"]
    until = ["close"]
    within = { hours = 2 }
    "#;

    /// An opening step that asks how soon, and what follows from the answer.
    const REPAIR: &str = r#"
    kind = "workflow"
    id = "test.repair"
    title = { zh = "户内维修", en = "Repair" }
    subjects = ["home"]
    resolved_by = ["supervisor"]
    state = [
      { id = "open", label = { zh = "未派单", en = "Open" } },
      { id = "taken", label = { zh = "已接单", en = "Taken" } },
      { id = "done", label = { zh = "修好", en = "Done" }, end = true },
    ]
    [[step]]
    id = "report"
    label = { zh = "登记报修", en = "Report" }
    opens = true
    to = "open"
    roles = ["butler"]
    [[step.field]]
    id = "urgency"
    label = { zh = "紧急程度", en = "Urgency" }
    type = "choice"
    options_from = "urgency"
    [[step]]
    id = "take"
    label = { zh = "接单", en = "Take" }
    from = ["open"]
    to = "taken"
    roles = ["butler"]
    [[step]]
    id = "close"
    label = { zh = "修好", en = "Done" }
    from = ["open", "taken"]
    to = "done"
    roles = ["butler"]
    [[deadline]]
    id = "take_urgent"
    label = { zh = "急修30分钟内接单", en = "Urgent: taken within 30 minutes" }
    from = ["report"]
    until = ["take"]
    within = { minutes = 30 }
    when = "!has(case.urgency) || case.urgency == 'urgent'"
    [[deadline]]
    id = "take"
    label = { zh = "24小时内接单", en = "Taken within 24 hours" }
    from = ["report"]
    until = ["take"]
    within = { hours = 24 }
    "#;

    #[test]
    fn a_repair_reported_as_urgent_is_urgent_until_it_is_over() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[REPAIR]);
        let cases = bench.butler.cases();
        let report = |room: &str, urgency: Option<&str>, title: &str| {
            let fields = urgency.map(|urgency| ("urgency".into(), urgency.into())).into_iter().collect();
            let evidence = Evidence { fields, ..Evidence::default() };
            let new = NewCase {
                workflow: "test.repair".into(),
                step: "report".into(),
                about: vec![bench.home(room)],
                title: title.to_owned(),
                evidence,
                ..NewCase::default()
            };
            cases.open(&new).unwrap().record
        };
        let urgency = |case: RecordId| {
            let rows = cases.list(&CaseFilter::default(), None, 10).unwrap();
            let row = rows.into_iter().find(|row| row.id == case).unwrap();
            assert_eq!(row.urgency, cases.details(case).unwrap().urgency, "{:?}", row.title);
            row.urgency
        };
        let take =
            |case: RecordId, step: &str| cases.take(case, &step.into(), Evidence::default(), "").unwrap();
        let leak = report("501", Some("urgent"), "卫生间渗水");
        let common = report("502", Some("normal"), "客厅灯不亮");
        assert_eq!((urgency(leak), urgency(common)), (Some(Urgency::Urgent), Some(Urgency::Normal)));
        take(leak, "take");
        assert_eq!(urgency(leak), Some(Urgency::Urgent), "it was taken in time, and is no less urgent");
        take(leak, "close");
        assert_eq!(urgency(leak), None, "it is over");
        // Where nobody is asked, a deadline says so that presses until it is met in time.
        let (late, in_time) = (report("503", None, "水浸与跑水"), report("504", None, "电梯困人"));
        assert_eq!((urgency(late), urgency(in_time)), (Some(Urgency::Urgent), Some(Urgency::Urgent)));
        take(in_time, "take");
        assert_eq!(urgency(in_time), None, "somebody is at it");
        bench.host.pass(1_800_001);
        take(late, "take");
        assert_eq!(urgency(late), Some(Urgency::Urgent), "it was taken too late");
        let edit = CaseEdit { urgency: Urgency::Urgent.into(), ..CaseEdit::default() };
        bench.brings(common, Kind::Case, &edit.into());
        assert_eq!(urgency(common), Some(Urgency::Urgent), "the case says so itself");
    }

    fn listed(bench: &TestPhone, filter: &CaseFilter) -> Vec<RecordId> {
        let rows = bench.butler.cases().list(filter, None, 10).unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }

    fn turn(turn: CaseTurn) -> CaseFilter {
        CaseFilter { turn: Some(turn), ..CaseFilter::default() }
    }

    #[test]
    fn a_row_says_whose_turn_it_is_what_is_due_and_whether_the_office_has_it() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[&format!("{TICKED}{DEADLINE}")]);
        let case = shutdown(&bench, "501");
        let row = || bench.butler.cases().list(&CaseFilter::default(), None, 10).unwrap().remove(0);
        let first = row();
        assert_eq!((first.turn, first.waits_for[0].label.zh.as_str()), (Some(CaseTurn::Mine), "管家"));
        assert_eq!(first.record_state, RecordState::Unsent);
        let due = first.next_deadline.unwrap();
        let opened = first.opened_at.unwrap();
        assert_eq!(
            (due.id.as_str(), due.due, due.late),
            ("restored", Some(opened.plus_millis(7_200_000)), false)
        );
        bench.host.pass(7_200_001);
        assert!(row().next_deadline.unwrap().late);
        bench.acknowledge(case);
        bench.butler.context.fold_all().unwrap();
        assert_eq!(row().record_state, RecordState::Acknowledged);
        // What a list keeps of a case says the same as the case itself.
        let waits = bench.butler.cases().details(case).unwrap().waits_for;
        assert_eq!(row().waits_for.into_iter().map(|role| role.id).collect::<Vec<_>>(), waits);
        bench.assign(&["supervisor"]);
        assert_eq!(
            (listed(&bench, &turn(CaseTurn::Mine)), listed(&bench, &turn(CaseTurn::Others))),
            (vec![], vec![case])
        );
        bench.assign(&["butler"]);
        assert_eq!(
            (listed(&bench, &turn(CaseTurn::Mine)), listed(&bench, &turn(CaseTurn::Others))),
            (vec![case], vec![])
        );
        for step in ["tell", "close"] {
            bench.butler.cases().take(case, &step.into(), Evidence::default(), "").unwrap();
        }
        let over = row();
        assert_eq!((over.turn, over.waits_for, over.next_deadline), (None, vec![], None));
    }

    #[test]
    fn cases_are_listed_by_line_state_place_record_and_end() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let home = bench.home("502");
        let (one, other) = (shutdown(&bench, "501"), shutdown(&bench, "502"));
        let edit = CaseEdit { port: "engineering".to_owned().into(), ..CaseEdit::default() };
        bench.brings(one, Kind::Case, &edit.into());
        let all = CaseFilter::default;
        let by = |filter: CaseFilter| listed(&bench, &filter);
        assert_eq!(by(CaseFilter { port: Some("engineering".into()), ..all() }), [one]);
        assert_eq!(by(CaseFilter { about: Some(home), ..all() }), [other]);
        let row =
            bench.butler.cases().list(&CaseFilter { about: Some(home), ..all() }, None, 1).unwrap().remove(0);
        assert_eq!((row.about, row.about_title.as_str()), (vec![home], "1栋1单元502"));
        assert_eq!(by(CaseFilter { place: Some(unit()), ..all() }).len(), 2);
        let grid = bench.butler.me().unwrap().grids.remove(0).id;
        assert_eq!(by(CaseFilter { grid: Some(grid), ..all() }).len(), 2);
        assert_eq!(by(CaseFilter { grid: Some("jinse/grid-9".parse().unwrap()), ..all() }), []);
        for step in ["tell", "close"] {
            bench.butler.cases().take(one, &step.into(), Evidence::default(), "").unwrap();
        }
        assert_eq!(by(CaseFilter { closed: Some(true), ..all() }), [one]);
        assert_eq!(by(CaseFilter { closed: Some(false), ..all() }), [other]);
        assert_eq!(by(CaseFilter { state: Some("done".into()), ..all() }), [one]);
        assert_eq!(by(CaseFilter { workflow: Some("test.other".into()), ..all() }), []);
        // A page is full though rows between are not wanted.
        let new = NewCase {
            workflow: "test.shutdown".into(),
            step: "report".into(),
            about: vec![home],
            evidence: Evidence {
                fields: BTreeMap::from([("what".into(), "停电".into())]),
                photos: BTreeMap::new(),
            },
            ..NewCase::default()
        };
        for _ in 0..3 {
            bench.butler.cases().open(&new).unwrap();
        }
        let page = bench.butler.cases().list(&CaseFilter { state: Some("done".into()), ..all() }, None, 1);
        assert_eq!(page.unwrap().len(), 1);
    }
}
