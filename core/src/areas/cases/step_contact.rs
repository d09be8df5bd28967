//! A step of a case that is a contact with the customer is written down as that contact, in the same transaction.

use crate::context::Author;
use crate::error::ButlerError;
use crate::model::{Contact, ContactEdit, Edit, Event, Kind, PlaceId, RecordId, Touch};
use crate::playbook::workflow::{StepContact, Workflow};
use crate::store::Tx;

/// Writes the contact that a step is: about the homes and people of its case, and about the case. None is written where
/// the answers say that no contact took place, for a case about no home and nobody, and in a role that may not write
/// contacts.
pub(super) fn write(
    author: &Author,
    tx: &mut Tx<'_>,
    workflow: &Workflow,
    (case, place): (RecordId, &PlaceId),
    about: impl IntoIterator<Item = RecordId>,
    event: &Event,
) -> Result<(), ButlerError> {
    let Some(step) = workflow.step(&event.step) else { return Ok(()) };
    let Some(contact) = &step.contact else { return Ok(()) };
    let terms = author.office.playbooks.terms();
    let Some((channel, outcome)) = contact.read(terms, &event.evidence) else { return Ok(()) };
    let mut subjects = Vec::new();
    for id in about {
        if tx.kind(id)?.is_some_and(|(kind, _)| matches!(kind, Kind::Home | Kind::Resident)) {
            subjects.push(id);
        }
    }
    if subjects.is_empty() {
        return Ok(());
    }
    let fields = ContactEdit {
        place: place.clone().into(),
        by: event.by.clone().into(),
        at: author.estimated().into(),
        channel: Touch::Set(channel),
        outcome: outcome.into(),
        purpose: contact.purpose.clone().into(),
        summary: summary(workflow, contact, event).into(),
        satisfaction: satisfaction(contact, event).map_or(Touch::Keep, Into::into),
        ..ContactEdit::default()
    };
    let mut edit = Edit::from(fields);
    for subject in subjects.into_iter().chain([case]) {
        edit = edit.put(format!("subject/{subject}"), true);
    }
    let author = author.of_what_no_screen_showed();
    match author.plan(tx, Contact::of_step(event.id), Kind::Contact, &edit) {
        Ok(planned) => author.carry_out(tx, planned).map(drop),
        Err(ButlerError::NotAllowed { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What was said: the answer, else the note, else what the step is.
fn summary(workflow: &Workflow, contact: &StepContact, event: &Event) -> String {
    let answer = contact.summary.as_ref().and_then(|question| event.evidence.fields.get(question)?.as_text());
    let said = answer.or(Some(event.note.as_str())).filter(|said| !said.is_empty());
    let step = || workflow.step(&event.step).map(|step| step.label.zh.as_str()).unwrap_or_default();
    said.map_or_else(|| format!("{}：{}", workflow.title.zh, step()), str::to_owned)
}

fn satisfaction(contact: &StepContact, event: &Event) -> Option<i64> {
    event.evidence.fields.get(contact.satisfaction.as_ref()?)?.as_int()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::cases::NewCase;
    use crate::model::choice::Outcome;
    use crate::model::{Contact, Evidence, Kind, RecordId};
    use crate::testing::{TestPhone, unit};

    const ERRAND: &str = r#"
        kind = "workflow"
        id = "test.errand"
        title = { zh = "代办", en = "Errand" }
        subjects = ["home", "place"]
        resolved_by = ["supervisor"]
        state = [
          { id = "open", label = { zh = "办理中", en = "Open" } },
          { id = "closed", label = { zh = "已办结", en = "Closed" }, end = true },
        ]
        [[step]]
        id = "take_on"
        label = { zh = "受理", en = "Take on" }
        opens = true
        to = "open"
        roles = ["butler", "security"]
        [[step]]
        id = "tell"
        label = { zh = "告知客户", en = "Tell the customer" }
        from = ["open"]
        to = "closed"
        roles = ["butler", "security"]
        contact = { purpose = "follow_up", channel = "how", channels = { door = "visit" }, outcome = "agreed", summary = "words" }
        [[step.field]]
        id = "how"
        label = { zh = "方式", en = "How" }
        type = "choice"
        required = true
        options = [
          { id = "door", label = { zh = "上门", en = "at the door" } },
          { id = "phone", label = { zh = "电话", en = "by call" } },
          { id = "app", label = { zh = "住这儿", en = "in the app" } },
        ]
        [[step.field]]
        id = "words"
        label = { zh = "客户的话", en = "What they said" }
        type = "text"
    "#;

    fn told(bench: &TestPhone, case: RecordId, how: &str, words: &str) {
        let mut fields = BTreeMap::from([("how".into(), how.into())]);
        if !words.is_empty() {
            fields.insert("words".into(), words.into());
        }
        let evidence = Evidence { fields, photos: BTreeMap::new() };
        let shown = bench.butler.cases().details(case).unwrap().shown;
        let form = bench.butler.submission(Some(shown)).unwrap();
        let hand_in = || {
            bench
                .butler
                .submitting(form.clone())
                .cases()
                .take(case, &"tell".into(), evidence.clone(), "")
                .unwrap()
        };
        assert_eq!(hand_in(), hand_in(), "a double tap is one step");
    }

    fn errand(bench: &TestPhone, about: Vec<RecordId>) -> RecordId {
        let place = Some(unit());
        let step = "take_on".into();
        let new = NewCase { workflow: "test.errand".into(), step, place, about, ..NewCase::default() };
        bench.butler.cases().open(&new).unwrap().record
    }

    #[test]
    fn a_step_that_is_a_contact_is_written_down_once_and_stands_among_the_contacts_of_the_home() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[ERRAND]);
        let home = bench.home("501");
        let contacts = || bench.butler.homes().details(home).unwrap().contacts;
        let case = errand(&bench, vec![home]);
        assert_eq!(contacts(), [], "taking it on is no contact");
        told(&bench, case, "door", "门开了，很满意");
        let [row] = &contacts()[..] else { panic!("{:?}", contacts()) };
        let channel = row.channel.as_ref().map(|channel| channel.label.zh.as_str());
        assert_eq!((channel, row.outcome), (Some("上门拜访"), Some(Outcome::Agreed)));
        let record = bench.butler.records().get(row.record.id).unwrap();
        let contact = Contact::read(&record);
        assert_eq!(contact.summary.as_deref(), Some("门开了，很满意"));
        assert_eq!(Contact::subjects(&record), [home, case].into_iter().collect());

        told(&bench, errand(&bench, vec![home]), "phone", "");
        assert_eq!(contacts().len(), 2);
        told(&bench, errand(&bench, vec![home]), "app", "");
        assert_eq!(contacts().len(), 2, "what is read in the app is no contact");
        told(&bench, errand(&bench, vec![]), "door", "");
        assert_eq!(contacts().len(), 2, "about nobody");
    }

    #[test]
    fn whoever_may_not_write_contacts_makes_the_step_all_the_same() {
        let bench = TestPhone::new(&["security"]);
        bench.publish(&[ERRAND]);
        let home = bench.home("501");
        let case = errand(&bench, vec![home]);
        told(&bench, case, "door", "");
        assert!(bench.butler.cases().details(case).unwrap().ended);
        bench.assign(&["butler"]);
        assert_eq!(bench.butler.homes().details(home).unwrap().contacts, []);
        assert!(bench.butler.records().get(case).is_ok_and(|record| record.kind == Kind::Case));
    }
}
