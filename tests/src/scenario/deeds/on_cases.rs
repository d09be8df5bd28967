//! What people do with cases: they open them, make steps, link and resolve.

use butler_core::areas::cases::NewCase;
use butler_core::error::ButlerError;
use butler_core::model::{EventId, Kind, RecordId, StepId, SystemStep};
use butler_core::playbook::case::Standing;
use butler_core::playbook::form::FormField;
use butler_core::playbook::workflow::Workflow;

use super::{Deed, Doing, called, given};

impl Deed<'_> {
    pub(super) fn opens(&mut self) -> Doing {
        let id = given(self.args.opens.as_ref(), "opens")?;
        let butler = &self.stage.phone(self.who)?.butler;
        let playbooks = butler.playbooks()?;
        let workflow = playbooks.workflow(&id.as_str().into()).ok_or_else(|| {
            let known: Vec<&str> = playbooks.workflows().map(|workflow| workflow.id.as_str()).collect();
            format!("there is no workflow `{id}`: {}", known.join(", "))
        })?;
        let openings = || workflow.steps.iter().filter(|step| step.opens);
        let step = match &self.args.with {
            Some(with) => StepId::from(with.as_str()),
            None if openings().count() == 1 => {
                openings().map(|step| step.id.clone()).next().unwrap_or_default()
            }
            None => {
                let known: Vec<&str> = openings().map(|step| step.id.as_str()).collect();
                return Err(format!("say `with` which step {id} is opened: {}", known.join(", ")).into());
            }
        };
        let about = self.about()?;
        let place = match &self.args.place {
            Some(place) => Some(self.stage.place(place)?),
            None => None,
        };
        if about.is_empty() && place.is_none() {
            return Err("say what it is `about`, or at which `place`".to_owned().into());
        }
        let questions = questions_of(workflow, &step)?.to_vec();
        let title = workflow.title.zh.clone();
        let label = workflow.step(&step).map_or_else(String::new, |step| step.label.zh.clone());
        let evidence = self.evidence(&questions)?;
        let from = match &self.args.from {
            Some(finding) => Some(self.finding(&finding.round, &finding.item)?),
            None => None,
        };
        let due = self.due()?;
        let name = self.args.r#as.clone();
        let new = NewCase {
            workflow: id.as_str().into(),
            step,
            place,
            about,
            title: self.args.title.clone().or_else(|| name.clone()).unwrap_or_else(|| title.clone()),
            fields: self.stage.edit(RecordId([0; 16]), Kind::Case, &self.args.fields, &[])?,
            evidence,
            note: self.args.note.clone().unwrap_or_default(),
            from,
            due,
        };
        let recorded = self.stage.phone(self.who)?.butler.cases().open(&new)?;
        self.began(&recorded, Kind::Case)?;
        Ok(format!("opens {title} with “{label}”{}", called(name.as_deref())))
    }

    pub(super) fn takes(&mut self) -> Doing {
        let step = StepId::from(given(self.args.takes.as_ref(), "takes")?.as_str());
        let name = given(self.args.on.as_ref(), "on")?.clone();
        let (case, kind) = self.stage.record(&name)?;
        if kind != Kind::Case {
            return Err(format!("`{name}` is no case: a step is taken `on` what somebody `opens`").into());
        }
        let mut label = step.to_string();
        let mut questions = Vec::new();
        if !SystemStep::reserves(step.as_str()) {
            let butler = &self.stage.phone(self.who)?.butler;
            let record = butler.records().get(case)?;
            let playbooks = butler.playbooks()?;
            let version = record.text("version").and_then(|version| version.parse().ok());
            let pinned = record.read("playbook").zip(version);
            let workflow = pinned.and_then(|(id, version)| playbooks.workflow_at(&id, version));
            let workflow = workflow.ok_or(ButlerError::NeedsNewerApp)?;
            questions = questions_of(workflow, &step)?.to_vec();
            label = workflow.step(&step).map_or_else(String::new, |step| step.label.zh.clone());
        }
        let evidence = self.evidence(&questions)?;
        let note = self.args.note.clone().unwrap_or_default();
        self.writes(case, |butler| butler.cases().take(case, &step, evidence, &note))?;
        Ok(format!("“{label}” of {name}"))
    }

    pub(super) fn links(&mut self) -> Doing {
        let name = given(self.args.links.as_ref(), "links")?.clone();
        let other_name = given(self.args.with.as_ref(), "with")?.clone();
        let how = self.args.how.clone().unwrap_or_else(|| "group".to_owned());
        let (case, _) = self.stage.record(&name)?;
        let (other, _) = self.stage.record(&other_name)?;
        self.writes(case, |butler| butler.cases().link(case, other, &how))?;
        Ok(format!("links {name} with {other_name}"))
    }

    pub(super) fn resolves(&mut self) -> Doing {
        let name = given(self.args.resolves.as_ref(), "resolves")?.clone();
        let claim = given(self.args.keep.as_ref(), "keep")?.clone();
        let (case, _) = self.stage.record(&name)?;
        let by = self.stage.staff(&claim.who)?;
        let details = self.stage.phone(self.who)?.butler.cases().details(case)?;
        let kept = details.steps.iter().rev().find(|made| made.step == *claim.step && made.by == by);
        let Some(kept) = kept.map(|made| made.event) else {
            return Err(format!("{} made no step `{}` of {name}", claim.who, claim.step).into());
        };
        let over: Vec<EventId> = details
            .steps
            .iter()
            .filter_map(|made| match made.standing {
                Standing::InConflict { by } if by == kept => Some(made.event),
                Standing::InConflict { by } if made.event == kept => Some(by),
                _ => None,
            })
            .collect();
        let note = self.args.note.clone().unwrap_or_default();
        self.writes(case, |butler| butler.cases().resolve(case, kept, &over, &note))?;
        Ok(format!("resolves {name}: `{}` of {} counts", claim.step, claim.who))
    }
}

fn questions_of<'w>(workflow: &'w Workflow, step: &StepId) -> Result<&'w [FormField], String> {
    let found = workflow.step(step).map(|step| step.fields.as_slice());
    found.ok_or_else(|| {
        let known: Vec<String> =
            workflow.steps.iter().map(|step| format!("{}（{}）", step.id, step.label.zh)).collect();
        format!("{} has no step `{step}`: {}", workflow.id, known.join(", "))
    })
}
