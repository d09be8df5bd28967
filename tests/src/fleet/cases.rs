//! What do people do in a case: who opens it, which step do they take, with what photo, who resolves what was done
//! concurrently?

use std::collections::BTreeMap;

use butler_core::model::{
    Edit, Event, EventId, Evidence, Kind, RecordId, Resolution, RoleId, SystemStep, derived,
};
use butler_core::playbook::case::{self, CaseState, Standing};
use butler_core::playbook::{course, form::AnswerType};
use butler_core::store::StoreError;
use butler_core::sync::device::DeviceKey;

use super::{Broken, Fleet, broken, community};

/// What only a newer app writes into a step.
pub(super) const NEWER: (&str, &str) = ("mood", "calm");

impl Fleet {
    /// Somebody reports what is to be done in a home.
    pub(super) fn open_case(&mut self, at: usize, home: RecordId) -> Result<(), Broken> {
        let place = self.place_for_new(home)?;
        let Some(workflow) = self.playbooks.workflow(&community::ORDER.into()) else { return Ok(()) };
        let version = workflow.version.to_string();
        let event = self.event(at, "report", Vec::new(), Evidence::default());
        let case = derived::drawn(self.rng.bytes());
        let edit = Edit::new()
            .put("place", place.as_str())
            .put("playbook", community::ORDER)
            .put("version", version)
            .put("title", "报修")
            .put(format!("subject/{home}"), true)
            .event(&event);
        self.records.push((case, Kind::Case));
        self.promise(at, case, Kind::Case, &edit).map(drop)
    }

    /// A step that is possible as this phone knows the case. That somebody else made another meanwhile shows when both
    /// are at the office.
    pub(super) fn take_step(&mut self, at: usize, case: RecordId) -> Result<(), Broken> {
        let Some(state) = self.state_on(at, case)? else { return Ok(()) };
        let role = self.role(at);
        if let Some((keep, over)) = to_resolve(&state)
            && role.as_str() == community::SUPERVISES
        {
            let event = self.event(
                at,
                SystemStep::Resolve.id(),
                state.heads(),
                Resolution { keep, over: vec![over] }.evidence(),
            );
            return self.promise(at, case, Kind::Case, &Edit::new().event(&event)).map(drop);
        }
        let Some(workflow) = self.playbooks.workflow(&community::ORDER.into()) else { return Ok(()) };
        let steps = case::next_steps(workflow, &state, &[role]);
        if steps.is_empty() {
            return Ok(());
        }
        let step = self.rng.pick(&steps).step;
        let photo = step.fields.iter().find(|field| field.answer == AnswerType::Photo);
        let (step, photo) = (step.id.clone(), photo.map(|field| field.id.clone()));
        let mut evidence = Evidence::default();
        let mut taken = None;
        if let Some(question) = photo {
            let Some(photo) = self.photograph(at, case)? else { return Ok(()) };
            evidence.photos = BTreeMap::from([(question, vec![photo])]);
            taken = Some(photo);
        }
        let event = self.event(at, step.as_str(), state.heads(), evidence);
        let edit = Edit::new().photos(&taken).event(&event);
        if let (Some(edit), Some(photo)) = (self.promise(at, case, Kind::Case, &edit)?, taken) {
            self.oracle.photographed(photo, edit);
        }
        Ok(())
    }

    /// How a case stands on a phone; `None` when it cannot say, because its first edit is not there.
    fn state_on(&self, at: usize, case: RecordId) -> Result<Option<CaseState>, Broken> {
        let read = self.phones[at].store.read(|reader| {
            let Some(record) = reader.record(case)? else { return Ok(None) };
            Ok::<_, StoreError>(Some((record, reader.receipts(case)?)))
        });
        let known = read.map_err(|error| broken("reading a phone", error))?;
        Ok(known.and_then(|(record, receipts)| {
            let workflow = course::workflow(&self.playbooks, &record)?;
            Some(course::state(workflow, &record, &receipts))
        }))
    }

    fn role(&self, at: usize) -> RoleId {
        community::role_of(&self.phones[at].staff)
    }

    fn event(&mut self, at: usize, step: &str, after: Vec<EventId>, evidence: Evidence) -> Event {
        let (role, id) = (self.role(at), EventId(self.rng.bytes()));
        let phone = &self.phones[at];
        let unknown = phone.newer.then(|| (NEWER.0.to_owned(), NEWER.1.into()));
        Event {
            id,
            step: step.into(),
            by: phone.staff.clone(),
            role,
            device: DeviceKey::from_secret(&phone.secret).device(),
            at: phone.now(),
            offset: None,
            after,
            note: String::new(),
            evidence,
            unknown: unknown.into_iter().collect(),
        }
    }
}

/// Of two concurrent steps, the one that counts and the one that waits.
fn to_resolve(state: &CaseState) -> Option<(EventId, EventId)> {
    state.conflicts().find_map(|folded| match folded.standing {
        Standing::InConflict { by } => Some((by, folded.event.id)),
        _ => None,
    })
}
