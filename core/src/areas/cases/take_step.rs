use super::{Cases, step_contact, step_fields};
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::context::case_steps::{self, Requirements};
use crate::error::ButlerError;
use crate::model::{Case, Edit, Evidence, Kind, RecordId, RoleId, StepId, SystemStep};
use crate::playbook::workflow::Workflow;

impl Cases<'_> {
    /// Makes a step of a case: one of its workflow, or `$remark`, `$reopen`.
    ///
    /// A step that is a contact is written down as one, too; a step that sets fields of what the case is about writes
    /// them. What of that may not be written, or lacks what a form asks, keeps the step from being made.
    ///
    /// A step somebody else takes concurrently is no error: both are kept, and where they exclude each
    /// other the case shows a conflict. So it is with a step that came in after the screen showed the case.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for a step the workflow does not have, [`ButlerError::EvidenceMissing`],
    /// [`ButlerError::StepNeeds`] names the step that comes first, what it `requires` of other records is told in the words of
    /// the playbook, [`ButlerError::StepNotPossible`] with the
    /// playbook's reason where it gives one, also for what was made and is made once, [`ButlerError::NotAllowed`], [`ButlerError::NotFound`].
    pub fn take(
        &self,
        id: RecordId,
        step: &StepId,
        evidence: Evidence,
        note: &str,
    ) -> Result<Recorded, ButlerError> {
        self.0.submit("cases.take", &(id, step, &evidence, note), |author, tx| {
            let known = author.known(tx, id)?;
            let (record, workflow, state) = case_steps::opened(tx, &author.office, known)?;
            // A migration names versions, not answers: `migrate` makes it.
            let system = SystemStep::of(step.as_str());
            if system == Some(SystemStep::Migrate) || system.is_none() && workflow.step(step).is_none() {
                return Err(case_steps::no_such_step());
            }
            let place = place_of(&record)?;
            let role = author.role_among(
                &place,
                &roles_for(workflow, step, &author.roles_at(&place)),
                step.as_str(),
            )?;
            case_steps::check_step(workflow, &state, &role, step, &evidence)?;
            Requirements::of(tx, &author.office, author.today(), &record)
                .check(workflow, &state, step, &evidence)?;
            let photos: Vec<_> = evidence.photos.values().flatten().copied().collect();
            let event = author.event(step, role, state.heads(), note, evidence.clone())?;
            let mut edit = Edit::new().event(&event);
            edit = edit.photos(&photos);
            let edited = author.edit(tx, id, Kind::Case, &edit)?;
            let about = Case::subjects(&record);
            step_fields::write(author, tx, (workflow, &state), &about, &event)?;
            step_contact::write(author, tx, workflow, (id, &place), about, &event)?;
            Ok(edited.with_event(&event))
        })
    }
}

/// Who may make a step. A remark is anybody's who works there.
fn roles_for(workflow: &Workflow, step: &StepId, held: &[RoleId]) -> Vec<RoleId> {
    match SystemStep::of(step.as_str()) {
        Some(SystemStep::Remark) => held.to_vec(),
        Some(SystemStep::Reopen) => {
            workflow.reopen.as_ref().map(|reopen| reopen.roles.clone()).unwrap_or_default()
        }
        Some(SystemStep::Resolve) => workflow.resolved_by.clone(),
        Some(SystemStep::Migrate) | None => {
            workflow.step(step).map(|step| step.roles.clone()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::cases::NewCase;
    use crate::areas::testing::{TICKED, shutdown};
    use crate::error::ButlerError;
    use crate::model::Evidence;
    use crate::testing::{TestPhone, unit};

    #[test]
    fn a_step_out_of_turn_and_a_step_of_another_role_are_told_apart() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let opening = bench.butler.cases().opening(&"test.shutdown".into(), &unit()).unwrap().remove(0);
        assert_eq!((opening.step.as_str(), opening.questions[0].field.as_str()), ("report", "what"));
        let bare = NewCase {
            workflow: "test.shutdown".into(),
            step: "report".into(),
            about: vec![bench.home("501")],
            ..NewCase::default()
        };
        let rejected = bench.butler.cases().open(&bare);
        assert!(
            matches!(rejected, Err(ButlerError::EvidenceMissing { problems }) if problems[0].field == "what" && problems.len() == 1)
        );
        let case = shutdown(&bench, "501");
        let take = |step: &str| bench.butler.cases().take(case, &step.into(), Evidence::default(), "");
        assert!(
            matches!(take("after_care"), Err(ButlerError::StepNotPossible { step, .. }) if step == "after_care")
        );
        assert!(matches!(take("measure"), Err(ButlerError::NotAllowed { .. })));
        let unknown = take("no-such-step");
        assert!(matches!(unknown, Err(ButlerError::InvalidInput { field, .. }) if field == "step"));
        let asked = bench.butler.cases().ask(case, &"report".into(), &Evidence::default()).unwrap();
        assert_eq!(asked[0].problem.as_ref().unwrap().zh, "请填写“什么情况”");
        take("$remark").unwrap();
        assert_eq!(bench.butler.cases().open_list(None, 10).unwrap().len(), 1);
    }

    #[test]
    fn a_step_that_needs_another_names_it_and_a_tick_is_offered_once() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let case = shutdown(&bench, "501");
        let cases = bench.butler.cases();
        let take = |step: &str| cases.take(case, &step.into(), Evidence::default(), "");
        assert_eq!(cases.details(case).unwrap().guidance.unwrap().en, "Tell people first.");
        let offered = cases.next_steps(case).unwrap();
        assert_eq!(offered[0].guidance.as_ref().unwrap().en, "Say why and how long.");
        assert_eq!((offered[1].step.as_str(), offered[1].first[0].label.zh.as_str()), ("close", "通知住户"));
        assert!(
            matches!(take("close"), Err(ButlerError::StepNeeds { first, label }) if first == "tell" && !label.zh.is_empty())
        );
        take("tell").unwrap();
        assert!(matches!(take("tell"), Err(ButlerError::StepNotPossible { step, .. }) if step == "tell"));
        let offered = cases.next_steps(case).unwrap();
        assert_eq!(
            offered.iter().map(|next| (next.step.as_str(), next.first.len())).collect::<Vec<_>>(),
            [("close", 0)]
        );
        take("close").unwrap();
        assert!(cases.details(case).unwrap().ended);
    }

    #[test]
    fn what_a_condition_holds_back_says_why() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[&TICKED.replace(
            "needs = [\"tell\"]",
            r#"when = "has(case.what) && case.what == '已恢复'"
               when_not = { zh = "还没有恢复", en = "not restored yet" }"#,
        )]);
        let case = shutdown(&bench, "501");
        let cases = bench.butler.cases();
        let offered = cases.next_steps(case).unwrap();
        let close = offered.iter().find(|next| next.step == "close").unwrap();
        assert_eq!(close.why_not.as_ref().unwrap().zh, "还没有恢复");
        let rejected = cases.take(case, &"close".into(), Evidence::default(), "");
        let Err(ButlerError::StepNotPossible { step, why }) = rejected else { panic!("{rejected:?}") };
        assert_eq!((step.as_str(), why.unwrap().en.as_str()), ("close", "not restored yet"));
    }
}
