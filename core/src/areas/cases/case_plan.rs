//! The whole course of a case: what was made, what may be made now, what comes later and what it waits for.

use crate::areas::cases::{Cases, DeadlineRow, StepName};
use crate::areas::office::RoleRow;
use crate::context::author::place_of;
use crate::context::case_steps::{Requirements, load};
use crate::context::{OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::{EventId, Evidence, PlaceId, RecordId, RoleId, StaffId, StepId, Timestamp, WorkflowId};
use crate::playbook::case::{self, PlannedStep, Standing, StepPhase};
use crate::playbook::workflow::Workflow;
use crate::playbook::{Label, access};

/// A step of the course of a case.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PlanStep {
    /// Its id.
    pub step: StepId,
    /// As on a button.
    pub label: Label,
    /// Advice shown beside it.
    pub guidance: Option<Label>,
    /// Where it stands.
    pub phase: StepPhase,
    /// Each time it was made and counts, oldest first, as far as the phone's owner may read the steps.
    pub made: Vec<MadeStep>,
    /// The steps that come first and are not made yet; of a locked step alone.
    pub first: Vec<StepName>,
    /// Of a locked step: what it needs first, in words.
    pub why_not: Option<Label>,
    /// Whose it is.
    pub roles: Vec<RoleRow>,
    /// Whether the phone's owner holds one of these roles there.
    pub mine: bool,
    /// The running deadlines it meets, the first due first.
    pub ends: Vec<DeadlineRow>,
}

/// Who made a step, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MadeStep {
    /// The step as it was made.
    pub event: EventId,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
    /// Who made it.
    pub by: StaffId,
    /// The name colleagues know them by.
    pub by_name: String,
}

impl Cases<'_> {
    /// Every step of a case's workflow in the order of the playbook, of every role: made, possible now, or locked with
    /// what it needs first.
    ///
    /// # Errors
    /// As [`Self::details`].
    pub fn plan(&self, id: RecordId) -> Result<Vec<PlanStep>, ButlerError> {
        let office = self.0.office()?;
        let now = self.0.host.now();
        self.0.read(|reader| {
            let now = reader.time(now)?.now;
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let (record, workflow, state) = load(reader, &office, id)?;
            let grids = office.grids_of(&place_of(&record)?);
            let record = Visibility::new(reader, &office)?.shown(record).ok_or(ButlerError::NotFound)?;
            let held = access::roles_over(&office.playbooks, office.actor(&identity.staff), &grids);
            let made = |step: &StepId| {
                let counts = state.events.iter().filter(|folded| folded.standing == Standing::Counts);
                let readable = counts
                    .filter(|folded| folded.event.step == *step)
                    .filter(|folded| record.fields.contains_key(&folded.event.path()));
                let row = |folded: &case::Folded| MadeStep {
                    event: folded.event.id,
                    at: folded.at,
                    by_name: office.name_of(&folded.event.by),
                    by: folded.event.by.clone(),
                };
                readable.map(row).collect::<Vec<_>>()
            };
            let ends = |step: &StepId| {
                let running = state.clocks.iter().filter(|clock| clock.ended.is_none()).filter(|clock| {
                    let known = workflow.deadlines.iter().find(|deadline| deadline.id == clock.deadline);
                    known.is_some_and(|deadline| deadline.until.contains(step))
                });
                let rows = running.map(|clock| DeadlineRow::of(clock, workflow, &office.calendar, now));
                let mut rows: Vec<_> = rows.collect();
                rows.sort_by_key(|row| row.due);
                rows
            };
            let requirements = Requirements::of(reader, &office, office.date_of(now), &record);
            let mut planned = case::plan(workflow, &state);
            for step in planned.iter_mut().filter(|step| step.phase == StepPhase::Possible) {
                if let Some(why) = requirements.unmet(workflow, &state, step.step, &Evidence::default())? {
                    (step.phase, step.why_not) = (StepPhase::Locked, Some(why));
                }
            }
            let steps = planned.into_iter().map(|planned| PlanStep {
                made: made(&planned.step.id),
                ends: ends(&planned.step.id),
                ..PlanStep::of(&planned, workflow, &office, &held)
            });
            Ok(steps.collect())
        })
    }

    /// The same of a case that is still to be opened at a place, by one of the steps of [`Self::opening`]: whom it will
    /// wait for is known before anything is recorded.
    ///
    /// # Errors
    /// As [`Self::opening`]; [`ButlerError::NotFound`] also for a step that opens no case.
    pub fn plan_opening(
        &self,
        workflow: &WorkflowId,
        step: &StepId,
        place: &PlaceId,
    ) -> Result<Vec<PlanStep>, ButlerError> {
        let office = self.0.office()?;
        let staff = self.0.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let workflow = office.playbooks.workflow(workflow).ok_or(ButlerError::NotFound)?;
        let opening = workflow.step(step).filter(|step| step.opens).ok_or(ButlerError::NotFound)?;
        let held = access::roles_over(&office.playbooks, office.actor(&staff), &office.grids_of(place));
        let steps = case::plan_opening(workflow, opening);
        Ok(steps.iter().map(|planned| PlanStep::of(planned, workflow, &office, &held)).collect())
    }
}

impl PlanStep {
    /// A step as the playbook has it, for somebody who holds these roles: neither made nor with a deadline.
    fn of(planned: &PlannedStep<'_>, workflow: &Workflow, office: &OfficeTables, held: &[RoleId]) -> Self {
        Self {
            step: planned.step.id.clone(),
            label: planned.step.label.clone(),
            guidance: planned.step.guidance.clone(),
            phase: planned.phase,
            made: Vec::new(),
            first: planned.first.iter().map(|step| StepName::from(*step)).collect(),
            why_not: why_not(workflow, planned),
            roles: office.roles_called(&planned.step.roles),
            mine: planned.step.roles.iter().any(|role| held.contains(role)),
            ends: Vec::new(),
        }
    }
}

/// What a locked step needs first: other steps, else what its condition says, else the state it is made in.
fn why_not(workflow: &Workflow, planned: &PlannedStep<'_>) -> Option<Label> {
    if planned.phase != StepPhase::Locked {
        return None;
    }
    let join = |labels: &[&Label]| {
        let zh: Vec<&str> = labels.iter().map(|label| label.zh.as_str()).collect();
        let en: Vec<&str> = labels.iter().map(|label| label.en.as_str()).collect();
        (zh.join("、"), en.join(", "))
    };
    if !planned.first.is_empty() {
        let (zh, en) = join(&planned.first.iter().map(|step| &step.label).collect::<Vec<_>>());
        return Some(Label::new(format!("先办：{zh}"), format!("first: {en}")));
    }
    if let Some(words) = planned.why_not {
        return Some(words.clone());
    }
    let states = planned.step.from.iter().filter_map(|id| workflow.state(id));
    let (zh, en) = join(&states.map(|state| &state.label).collect::<Vec<_>>());
    Some(Label::new(format!("“{zh}”时才能办"), format!("possible while it is: {en}")))
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::{TICKED, shutdown};
    use crate::error::ButlerError;
    use crate::model::{Evidence, RecordId};
    use crate::playbook::case::StepPhase::{Locked, Made, Possible};
    use crate::testing::{TestPhone, unit};

    const DEADLINES: &str = r#"
    [[deadline]]
    id = "told"
    label = { zh = "1小时内通知", en = "Told within an hour" }
    from = ["report"]
    until = ["tell"]
    within = { hours = 1 }
    [[deadline]]
    id = "restored"
    label = { zh = "当天恢复", en = "Restored the same day" }
    from = ["report"]
    until = ["close"]
    within = { days = 0 }
    "#;

    #[test]
    fn the_plan_of_a_case_names_every_step_whose_it_is_and_what_it_waits_for() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[&format!("{TICKED}{DEADLINES}")]);
        let case = shutdown(&bench, "501");
        let plan = || bench.butler.cases().plan(case).unwrap();
        let phases =
            || plan().into_iter().map(|row| (row.step.as_str().to_owned(), row.phase)).collect::<Vec<_>>();
        let row = |step: &str, phase| (step.to_owned(), phase);
        let made = row("report", Made);
        let [measure, care] = [row("measure", Possible), row("after_care", Locked)];
        assert_eq!(phases(), [made.clone(), row("tell", Possible), row("close", Locked), measure, care]);
        let [report, tell, close, measure, care] = plan().try_into().unwrap();
        let staff = bench.butler.enrolled().unwrap().unwrap();
        assert_eq!((report.made.len(), &report.made[0].by), (1, &staff));
        assert_eq!(report.made[0].by_name, bench.butler.me().unwrap().name);
        assert_eq!(close.first[0].step.as_str(), "tell");
        assert_eq!(close.why_not.unwrap().zh, "先办：通知住户");
        assert_eq!(care.why_not.unwrap().zh, "“完成”时才能办");
        assert_eq!((tell.mine, tell.why_not), (true, None));
        assert_eq!((measure.mine, measure.roles[0].label.zh.as_str()), (false, "工程"));
        let ends: Vec<_> = [&tell.ends, &close.ends, &measure.ends]
            .map(|ends| ends.iter().map(|row| (row.id.clone(), row.late)).collect::<Vec<_>>())
            .into();
        assert_eq!(ends, [vec![("told".to_owned(), false)], vec![("restored".to_owned(), false)], vec![]]);
        assert!(tell.ends[0].due.is_some());

        bench.butler.cases().take(case, &"tell".into(), Evidence::default(), "").unwrap();
        assert_eq!(phases()[..3], [made, row("tell", Made), row("close", Possible)]);
        assert_eq!(plan()[1].ends, [], "a deadline that was met runs no more");
        bench.butler.cases().take(case, &"close".into(), Evidence::default(), "").unwrap();
        let ended = plan();
        assert_eq!((ended[3].phase, ended[4].phase), (Locked, Possible));
        assert_eq!(ended[3].why_not.as_ref().unwrap().en, "possible while it is: Open");
        let unknown = bench.butler.cases().plan(RecordId([7; 16]));
        assert!(matches!(unknown, Err(ButlerError::NotFound)));
    }

    #[test]
    fn before_a_case_is_opened_its_plan_is_known_and_waits_for_the_opening() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[&format!("{TICKED}{DEADLINES}")]);
        let plan =
            |step: &str| bench.butler.cases().plan_opening(&"test.shutdown".into(), &step.into(), &unit());
        let before = plan("report").unwrap();
        let rows: Vec<_> = before.iter().map(|row| (row.step.as_str(), row.phase, row.mine)).collect();
        assert_eq!(rows[..3], [("report", Possible, true), ("tell", Locked, true), ("close", Locked, true)]);
        assert_eq!(before[1].why_not.as_ref().unwrap().zh, format!("先办：{}", before[0].label.zh));
        assert_eq!(before[2].first[0].step.as_str(), "tell", "what waited for another step still does");
        assert!(before.iter().all(|row| row.made.is_empty() && row.ends.is_empty()));
        let opened = bench.butler.cases().plan(shutdown(&bench, "501")).unwrap();
        let steps = |rows: &[super::PlanStep]| rows.iter().map(|row| row.step.clone()).collect::<Vec<_>>();
        assert_eq!(steps(&before), steps(&opened), "the same steps in the same order");
        assert!(matches!(plan("tell"), Err(ButlerError::NotFound)), "it opens no case");
    }
}
