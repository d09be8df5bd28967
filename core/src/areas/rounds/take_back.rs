use std::collections::BTreeMap;

use super::Rounds;
use crate::context::author::place_of;
use crate::context::round_results;
use crate::context::{Author, Recorded};
use crate::error::{ButlerError, Forbidden};
use crate::model::round::Mark;
use crate::model::{Edit, Event, EventId, Evidence, Kind, Record, RecordId, Round};
use crate::playbook::Label;
use crate::playbook::checklist::{Checklist, WITHDRAWN};

impl Rounds<'_> {
    /// Takes back a result of one's own that was recorded by mistake: it counts no more, and what it had replaced counts
    /// again. Both stay in the history.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] for a round or a result that is not here, [`ButlerError::NotAllowed`] for somebody else's
    /// result, which a result of one's own stands beside.
    pub fn take_back(&self, round: RecordId, result: EventId) -> Result<Recorded, ButlerError> {
        self.0.submit("rounds.take_back", &(round, result), |author, tx| {
            let record = round_results::known(author, tx, round)?;
            let checklist = round_results::checklist(&author.office.playbooks, &record)?;
            let results = Round::results(&record);
            let taken = results.into_iter().find(|mark| mark.event.id == result);
            let taken = taken.ok_or(ButlerError::NotFound)?;
            if taken.event.by != author.identity.staff {
                let what = Forbidden::Step { id: taken.of.clone() };
                let words = Label::new(
                    "别人记的只有本人能撤，您可以另记一条",
                    "only who recorded it takes it back; record your own beside it",
                );
                return Err(ButlerError::NotAllowed { what, words });
            }
            let event = withdrawal(author, checklist, &record, &taken)?;
            let edit = Edit::new().put(Round::result_path(&event), event.encode());
            let edited = author.edit(tx, round, Kind::Round, &edit)?;
            Ok(edited.with_event(&event))
        })
    }
}

/// The event that takes a result back.
pub(in crate::areas) fn withdrawal(
    author: &Author,
    checklist: &Checklist,
    round: &Record,
    taken: &Mark,
) -> Result<Event, ButlerError> {
    let role = author.role_among(&place_of(round)?, &checklist.roles, &taken.of)?;
    let fields = BTreeMap::from([(WITHDRAWN.into(), true.into())]);
    let evidence = Evidence { fields, photos: BTreeMap::new() };
    author.event(&taken.event.step, role, vec![taken.event.id], "", evidence)
}

/// Whether one of the results takes this one back.
pub(in crate::areas) fn is_withdrawn(results: &[Mark], taken: EventId) -> bool {
    let withdraws =
        |event: &Event| event.evidence.fields.contains_key(WITHDRAWN) && event.after.contains(&taken);
    results.iter().any(|mark| withdraws(&mark.event))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::error::ButlerError;
    use crate::model::{EventId, Evidence, PlaceId};
    use crate::playbook::checklist::Finding;
    use crate::testing::TestPhone;

    #[test]
    fn a_result_taken_back_counts_no_more_and_what_it_replaced_counts_again() {
        let bench = TestPhone::new(&["butler"]);
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let rounds = bench.butler.rounds();
        let round = rounds.start(&"patrol.public-area".into(), &place, None, None).unwrap().record;
        let first = || rounds.details(round).unwrap().points[0].items[0].clone();
        let question = first().question;
        let normal = question.options.iter().find(|option| option.normal).unwrap().id.clone();
        let bad = question.options.iter().find(|option| option.fails).unwrap().id.clone();
        let record = |chosen: &str| {
            let photos = vec![bench.butler.photos().add(chosen.as_bytes()).unwrap()];
            let evidence = Evidence {
                fields: BTreeMap::from([(question.field.clone(), chosen.into())]),
                photos: BTreeMap::from([(question.field.clone(), photos)]),
            };
            bench.host.pass(1_000);
            rounds.record(round, &question.field, evidence, "").unwrap().event.unwrap()
        };
        let good = record(&normal);
        let slip = record(&bad);
        assert_eq!((first().finding, first().results.len()), (Finding::Failed, 2));
        rounds.take_back(round, slip).unwrap();
        assert_eq!((first().finding, first().results.len()), (Finding::Passed, 1));
        rounds.take_back(round, good).unwrap();
        assert_eq!((first().finding, first().results.len()), (Finding::Open, 0));
        assert!(!first().missing.is_empty(), "it is asked again");
        assert!(matches!(rounds.take_back(round, EventId([7; 16])), Err(ButlerError::NotFound)));
    }
}
