use super::Rejected;
use crate::context::{Author, Recorded};
use crate::crdt::ChangeInfo;
use crate::error::ButlerError;
use crate::model::{ChangeHash, Edit, PhotoId, RecordId};
use crate::store::{StoreError, Tx, VerdictRow};

impl Rejected<'_> {
    /// Sends a rejected edit again as a new one, corrected by the user; the rejected one is put away. Its positions in a
    /// text are those of the text it was written over first, whatever became of that since.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] when it is not shown as rejected, or is still on its way; and those of editing.
    pub fn resend(&self, change: ChangeHash, corrected: &Edit) -> Result<Recorded, ButlerError> {
        let given = (change, corrected);
        self.0.submit("rejected.resend", &given, |author, tx| again(author, tx, change, Some(corrected)))
    }

    /// The same as it was meant: the reason is gone, such as a role that was given back.
    ///
    /// # Errors
    /// As [`Self::resend`]; [`ButlerError::NotFound`] also when what was meant is not known any more.
    pub fn resend_as_meant(&self, change: ChangeHash) -> Result<Recorded, ButlerError> {
        self.0.submit("rejected.resend_as_meant", &change, |author, tx| again(author, tx, change, None))
    }

    /// Puts a rejected edit away: read, not needed any more. It is kept with its reason, and listed no longer. Of one that is
    /// listed no longer, because it was put away or sent again, there is nothing left to do, and saying so again is no error.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`] for a change the office never rejected.
    pub fn dismiss(&self, change: ChangeHash) -> Result<(), ButlerError> {
        let now = self.0.host.now();
        self.0.write(|tx| {
            tx.verdict(change)?.ok_or(ButlerError::NotFound)?;
            Ok(tx.dismiss_verdict(change, now)?)
        })
    }

    /// Puts a photo away that the office does not take; its bytes go with it, unless something else uses them.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`].
    pub fn dismiss_photo(&self, photo: PhotoId, record: RecordId) -> Result<(), ButlerError> {
        self.0.write(|tx| match tx.dismiss_photo(photo, record) {
            Err(StoreError::NotFound { .. }) => Err(ButlerError::NotFound),
            other => Ok(other?),
        })
    }
}

fn again(
    author: &Author,
    tx: &mut Tx<'_>,
    change: ChangeHash,
    corrected: Option<&Edit>,
) -> Result<Recorded, ButlerError> {
    // What waits is handed in with every sync, and what is written again is on its way already.
    let ended = |verdict: &VerdictRow| verdict.dismissed_at.is_none() && verdict.fate.ends_edit();
    let verdict = tx.verdict(change)?.filter(ended);
    let verdict = verdict.ok_or(ButlerError::NotFound)?;
    let edit = corrected.or(verdict.intent.as_ref()).ok_or(ButlerError::NotFound)?;
    let rejected = ChangeInfo::parse(&verdict.bytes).ok();
    let carried = rejected.map(|rejected| {
        tx.look(verdict.record, |document| {
            let then = author.seen_at(tx, document, &rejected.deps)?;
            Ok::<_, ButlerError>(then.carry(edit, &author.seen(tx, document)?))
        })
    });
    let carried = carried.transpose()?.flatten().transpose()?;
    let edit = carried.as_ref().unwrap_or(edit);
    let again = author.edit_validated(tx, verdict.record, verdict.kind, edit)?;
    tx.dismiss_verdict(change, author.now)?;
    Ok(again)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::testing::{KEY, TICKED, contact, missing_of, shutdown};
    use crate::error::ButlerError;
    use crate::model::choice::Outcome;
    use crate::model::{
        Edit, EventId, Evidence, HomeEdit, Kind, PhotoId, PlaceId, QuestionId, RecordId, RoleId, Round,
    };
    use crate::testing::{TestPhone, unit};

    /// Sends a rejected edit again, first one that will not do: what is missing is named, and the rejection stays.
    fn resend(bench: &TestPhone, id: RecordId, kind: Kind, bad: &Edit, good: &Edit) -> Vec<QuestionId> {
        let rejected = bench.reject(id, kind, bad, "field");
        let missing = missing_of(bench.butler.rejected().resend(rejected, bad));
        assert_eq!(bench.butler.rejected().list().unwrap().len(), 1, "still to be corrected");
        bench.butler.rejected().resend(rejected, good).unwrap();
        assert_eq!(bench.butler.rejected().list().unwrap(), []);
        missing
    }

    #[test]
    fn what_is_sent_again_is_asked_like_what_is_written() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[KEY, TICKED]);
        let home = bench.home("501");
        let area = |area: f64| Edit::new().put("area", area);
        let missing = resend(&bench, home, Kind::Home, &area(9.5), &area(95.5));
        assert_eq!(missing, ["area"]);

        // A row and a contact that never came to be are asked whole.
        let row = Edit::new().put("place", unit().as_str()).put("form", "test.key");
        let form = bench.butler.playbooks().unwrap().form(&"test.key".into()).unwrap().version.to_string();
        let row = row.put("version", form);
        let whole = row.clone().put("field/bag", "F-01");
        assert_eq!(resend(&bench, RecordId([7; 16]), Kind::Entry, &row, &whole), ["bag"]);
        let said: Edit = contact(Outcome::NotReached).into();
        let said = said.put("place", unit().as_str()).put("by", "zhang.li").put("at", 1_000);
        let whole = said.clone().put("next_contact", 2_000);
        assert_eq!(resend(&bench, RecordId([8; 16]), Kind::Contact, &said, &whole), ["next_contact"]);
        let backwards = said.put("next_contact", 500);
        let rejected = bench.reject(RecordId([9; 16]), Kind::Contact, &backwards, "field");
        let again = bench.butler.rejected().resend(rejected, &backwards);
        assert!(matches!(again, Err(ButlerError::InvalidInput { field, .. }) if field == "next_contact"));
    }

    #[test]
    fn a_step_and_a_result_sent_again_bring_what_they_ask() {
        let bench = TestPhone::new(&["butler"]);
        let asks = TICKED.replace(
            "needs = [\"tell\"]",
            r#"field = [{ id = "how", label = { zh = "怎样", en = "How" }, type = "text", required = true }]"#,
        );
        bench.publish(&[&asks]);
        let event = |step: &str, after: Vec<EventId>, evidence: Evidence| {
            let role = RoleId::new("butler").unwrap();
            bench
                .butler
                .context
                .act(|author, _| author.event(&step.into(), role, after, "", evidence))
                .unwrap()
        };
        let answers = |name: &str, value: &str, photos: &[PhotoId]| Evidence {
            fields: BTreeMap::from([(name.into(), value.into())]),
            photos: BTreeMap::from([(name.into(), photos.to_vec())]),
        };
        let case = shutdown(&bench, "501");
        let opened: Vec<EventId> =
            bench.butler.cases().details(case).unwrap().steps.iter().map(|made| made.event).collect();
        let step = |step: &str, evidence| Edit::new().event(&event(step, opened.clone(), evidence));
        let (bare, whole) =
            (step("close", Evidence::default()), step("close", answers("how", "已修复", &[])));
        assert_eq!(resend(&bench, case, Kind::Case, &bare, &whole), ["how"]);
        let late = step("tell", Evidence::default());
        let rejected = bench.reject(case, Kind::Case, &late, "role");
        let again = bench.butler.rejected().resend(rejected, &late);
        assert!(
            matches!(again, Err(ButlerError::StepNotPossible { step, .. }) if step == "tell"),
            "it is over"
        );
        bench.butler.rejected().dismiss(rejected).unwrap();

        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round =
            bench.butler.rounds().start(&"patrol.public-area".into(), &place, None, None).unwrap().record;
        let item = bench.butler.rounds().details(round).unwrap().points[0].items[0].question.clone();
        let bad = item.options.iter().find(|option| option.fails).unwrap().id.as_str();
        let photo = bench.butler.photos().add("地砖".as_bytes()).unwrap();
        let result = |photos: &[PhotoId]| {
            let event = event(item.field.as_str(), vec![], answers(item.field.as_str(), bad, photos));
            Edit::new().put(Round::result_path(&event), event.encode()).photos(photos)
        };
        let missing = resend(&bench, round, Kind::Round, &result(&[]), &result(&[photo]));
        assert_eq!(missing, std::slice::from_ref(&item.field));
        assert_eq!(bench.butler.status().unwrap().unsent_photos, 1, "the photo goes with it");
    }

    #[test]
    fn a_step_sent_again_is_asked_what_it_requires_of_other_records() {
        let bench = TestPhone::new(&["butler"]);
        let requires = TICKED.replace(
            "needs = [\"tell\"]",
            r#"requires = [{ where = [{ path = "layout", is = ["三室两厅"] }], not = { zh = "户型没核实", en = "the layout is not verified" } }]"#,
        );
        bench.publish(&[&requires]);
        let case = shutdown(&bench, "501");
        let details = bench.butler.cases().details(case).unwrap();
        let (home, opened) = (details.about[0], details.steps[0].event);
        let role = RoleId::new("butler").unwrap();
        let event = bench
            .butler
            .context
            .act(|author, _| author.event(&"close".into(), role, vec![opened], "", Evidence::default()));
        let close = Edit::new().event(&event.unwrap());
        let rejected = bench.reject(case, Kind::Case, &close, "role");
        let again = bench.butler.rejected().resend_as_meant(rejected);
        let Err(ButlerError::StepNotPossible { why: Some(why), .. }) = again else { panic!("{again:?}") };
        assert_eq!(why.zh, "户型没核实");
        let verified = HomeEdit { layout: "三室两厅".into(), ..HomeEdit::default() };
        bench.butler.homes().edit(home, verified).unwrap();
        bench.butler.rejected().resend_as_meant(rejected).unwrap();
        assert!(bench.butler.cases().details(case).unwrap().ended);
    }
}
