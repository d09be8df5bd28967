use super::Cases;
use crate::context::Recorded;
use crate::context::author::place_of;
use crate::context::case_steps;
use crate::error::{ButlerError, InputProblem};
use crate::model::{Case, Edit, Kind, RecordId, StepId, SystemStep, WorkflowId, facts};
use crate::playbook::Label;

impl Cases<'_> {
    /// Has a case run by the version of its workflow that is in force, because the one it was opened under is faulty.
    /// All its events are folded by that version from now on, on every phone and at the office; what the version does not
    /// know stays readable and does not count. Who did it, from which version and to which, is an event of the case.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] when that version runs it already, [`ButlerError::NotAllowed`] but for those who
    /// resolve by that version, [`ButlerError::StepNotPossible`] when the case would have no state by it,
    /// [`ButlerError::NotFound`].
    pub fn migrate(&self, id: RecordId, note: &str) -> Result<Recorded, ButlerError> {
        self.0.act(|author, tx| {
            let record = author.existing(tx, id, Kind::Case)?;
            let playbook: WorkflowId = record.read("playbook").unwrap_or_default();
            let migrate = StepId::from(SystemStep::Migrate);
            let target = author
                .office
                .playbooks
                .workflow(&playbook)
                .ok_or_else(|| ButlerError::invalid("workflow", InputProblem::UnknownProcedure))?;
            let from =
                facts::version(&record).ok_or_else(|| ButlerError::internal("case-without-version"))?;
            if from == target.version {
                return Err(ButlerError::invalid("version", InputProblem::VersionInForce));
            }
            let role = author.role_among(&place_of(&record)?, &target.resolved_by, migrate.as_str())?;
            let state = case_steps::state(tx, &author.office, target, &record)?;
            let evidence = Case::migration(from, target.version);
            case_steps::check_step(target, &state, &role, &migrate, &evidence).map_err(
                |error| match error {
                    ButlerError::StepNotPossible { step, .. } => ButlerError::StepNotPossible {
                        step,
                        why: Some(Label::new(
                            "按新版规程，这件事项没有一步能够成立",
                            "by the new version no step of this case would count",
                        )),
                    },
                    error => error,
                },
            )?;
            let event = author.event(&migrate, role, state.heads(), note, evidence)?;
            Ok(author.edit(tx, id, Kind::Case, &Edit::new().event(&event))?.with_event(&event))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::{TICKED, shutdown};
    use crate::error::ButlerError;
    use crate::model::Evidence;
    use crate::testing::TestPhone;

    #[test]
    fn a_case_under_a_faulty_version_is_migrated_to_the_mended_one() {
        let bench = TestPhone::new(&["butler", "supervisor"]);
        // Nobody who is there may close it.
        let faulty = TICKED.replace("needs = [\"tell\"]\n    roles = [\"butler\"]", "roles = [\"finance\"]");
        assert_ne!(faulty, TICKED);
        bench.publish(&[&faulty]);
        let case = shutdown(&bench, "501");
        let cases = bench.butler.cases();
        let take = |step: &str| cases.take(case, &step.into(), Evidence::default(), "");
        take("tell").unwrap();
        assert!(matches!(take("close"), Err(ButlerError::NotAllowed { .. })));
        assert!(!cases.details(case).unwrap().may_migrate, "there is no other version");
        assert!(
            matches!(cases.migrate(case, ""), Err(ButlerError::InvalidInput { field, .. }) if field == "version")
        );

        bench.publish_over(&[TICKED], &[&faulty]);
        assert!(matches!(take("close"), Err(ButlerError::NotAllowed { .. })), "it goes on as it was begun");
        bench.assign(&["butler"]);
        assert!(!cases.details(case).unwrap().may_migrate);
        assert!(
            matches!(cases.migrate(case, ""), Err(ButlerError::NotAllowed { .. })),
            "whoever resolves decides"
        );
        assert!(matches!(take("$migrate"), Err(ButlerError::InvalidInput { .. })));
        bench.assign(&["butler", "supervisor"]);
        assert!(cases.details(case).unwrap().may_migrate);
        cases.migrate(case, "旧版没有人能结束").unwrap();
        let details = cases.details(case).unwrap();
        assert!(!details.may_migrate);
        let migration = details.steps.last().unwrap();
        let record = bench.butler.records().get(case).unwrap();
        let event =
            record.events().map(|(event, _)| event).find(|event| event.id == migration.event).unwrap();
        let version = |text: &str| crate::model::PlaybookHash::of(text).version();
        assert_eq!(crate::model::Case::migrates(&event), Some((version(&faulty), version(TICKED))));
        assert_eq!((migration.by.as_str(), migration.note.as_str()), ("zhang.li", "旧版没有人能结束"));
        let row = bench.butler.context.read(|reader| Ok(reader.work_row(case)?)).unwrap().unwrap();
        assert_eq!(row.version, Some(version(TICKED)), "lists, rules and metrics go by it too");
        take("close").unwrap();
        assert!(cases.details(case).unwrap().ended);
    }
}
