//! Drafts 草稿: forms half filled in. They lie encrypted on this phone and never travel.
//!
//! A draft and the form on the screen are one thing, known by the form's [`crate::model::SubmissionId`]: handing the form in
//! through [`Butler::submitting`] ends the draft in the same transaction.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::areas::drafts::Draft;
//! use butler_core::testing::TestPhone;
//!
//! let mut phone = TestPhone::new(&["butler"]);
//! let submission = phone.butler.submission(None)?;
//! let draft = Draft { note: "电梯口左侧".into(), ..Draft::new(submission, "home") };
//! phone.butler.drafts().save(&draft)?;
//! phone.reopen();
//! assert_eq!(phone.butler.drafts().list()?[0].draft, draft, "the app may die meanwhile");
//! phone.butler.drafts().discard(draft.submission.id)?;
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

mod discard_draft;
mod draft_list;
mod draft_photo;
mod save_draft;

pub use draft_list::DraftDetails;
pub use save_draft::Draft;

use crate::butler::Butler;
use crate::context::Context;

/// What can be done with drafts.
pub struct Drafts<'b>(pub(crate) &'b Context);

impl Butler {
    /// Drafts 草稿.
    #[must_use]
    pub const fn drafts(&self) -> Drafts<'_> {
        Drafts(&self.context)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::{Arc, Mutex};

    use super::Draft;
    use crate::areas::registers::NewEntry;
    use crate::context::Listener;
    use crate::error::ButlerError;
    use crate::model::{Evidence, PhotoId, RecordId};
    use crate::store::Collection;
    use crate::testing::{TestPhone, unit};

    const FINDING: &str = r#"
        kind = "form"
        id = "test.finding"
        title = { zh = "现场问题", en = "Finding" }
        [[field]]
        id = "what"
        label = { zh = "问题", en = "What" }
        type = "text"
        required = true
        [[field]]
        id = "seen"
        label = { zh = "现场照片", en = "Seen" }
        type = "photo"
    "#;

    fn bench() -> TestPhone {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[FINDING]);
        bench
    }

    fn answers(what: &str, seen: &[PhotoId]) -> Evidence {
        Evidence {
            fields: BTreeMap::from([("what".into(), what.into())]),
            photos: BTreeMap::from([("seen".into(), seen.to_vec())]),
        }
    }

    /// A form somebody began to fill in.
    fn begun(bench: &TestPhone, about: Option<RecordId>) -> Draft {
        let draft = Draft {
            place: Some(unit()),
            about: about.into_iter().collect(),
            answers: answers("大堂墙砖空鼓", &[]),
            note: "电梯口左侧".to_owned(),
            ..Draft::new(bench.butler.submission(None).unwrap(), "test.finding")
        };
        bench.butler.drafts().save(&draft).unwrap();
        draft
    }

    fn hand_in(bench: &TestPhone, draft: &Draft) -> Result<RecordId, ButlerError> {
        let entry = NewEntry {
            form: draft.form.as_str().into(),
            place: unit(),
            about: draft.about.clone(),
            answers: draft.answers.clone(),
            due: draft.due,
        };
        Ok(bench.butler.submitting(draft.submission.clone()).registers().add(&entry)?.record)
    }

    fn is_here(bench: &TestPhone, photo: PhotoId) -> bool {
        bench.butler.photos().bytes(photo).is_ok()
    }

    #[test]
    fn a_form_half_filled_in_survives_the_death_of_the_app_with_its_photos() {
        let mut bench = bench();
        let home = bench.home("501");
        let draft = begun(&bench, Some(home));
        let photo =
            bench.butler.drafts().add_photo(draft.submission.id, &"seen".into(), "墙砖".as_bytes()).unwrap();
        bench.reopen();
        let list = bench.butler.drafts().list().unwrap();
        let [kept] = list.as_slice() else { panic!("{list:?}") };
        assert_eq!(kept.draft, Draft { answers: answers("大堂墙砖空鼓", &[photo]), ..draft });
        assert_eq!(kept.title.as_ref().map(|title| title.zh.as_str()), Some("现场问题"));
        assert_eq!((kept.subject.as_str(), kept.form_changed), ("1栋1单元501", false));
        assert_eq!(bench.butler.photos().bytes(photo).unwrap(), "墙砖".as_bytes());

        let row = hand_in(&bench, &kept.draft).unwrap();
        assert_eq!(bench.butler.drafts().list().unwrap(), []);
        let record = bench.butler.records().get(row).unwrap();
        assert_eq!(record.text(&format!("photo/{photo}")), Some("seen"), "it is part of the record now");
    }

    #[test]
    fn a_form_that_will_not_do_leaves_its_draft() {
        let bench = bench();
        let mut draft = begun(&bench, None);
        draft.answers.fields.clear();
        assert!(matches!(hand_in(&bench, &draft), Err(ButlerError::EvidenceMissing { .. })));
        assert_eq!(bench.butler.drafts().list().unwrap().len(), 1);
    }

    /// The app saves what is typed a moment after it was handed in.
    #[test]
    fn a_form_handed_in_becomes_no_draft_again() {
        let bench = bench();
        let draft = begun(&bench, None);
        let row = hand_in(&bench, &draft).unwrap();
        let late = bench.butler.drafts().save(&draft);
        assert!(matches!(late, Err(ButlerError::AlreadySubmitted { record }) if record == row));
        assert_eq!(hand_in(&bench, &draft).unwrap(), row, "a repeat is answered as ever");
        assert_eq!(bench.butler.drafts().list().unwrap(), []);
    }

    #[test]
    fn a_photo_stays_while_its_draft_is_there_and_goes_with_it() {
        let bench = bench();
        let drafts = bench.butler.drafts();
        let mut draft = begun(&bench, None);
        let taken = bench.butler.photos().add("先拍的".as_bytes()).unwrap();
        draft.answers = answers("大堂墙砖空鼓", &[taken]);
        drafts.save(&draft).unwrap();
        // Taken out of the form, and perhaps put back.
        draft.answers = answers("大堂墙砖空鼓", &[]);
        drafts.save(&draft).unwrap();
        bench.butler.photos().discard(taken).unwrap();
        assert!(is_here(&bench, taken));
        let other = begun(&bench, None);
        let shared = drafts.add_photo(other.submission.id, &"seen".into(), "先拍的".as_bytes()).unwrap();
        assert_eq!(shared, taken);
        drafts.discard(draft.submission.id).unwrap();
        assert!(is_here(&bench, taken), "the other draft has it too");
        drafts.discard(other.submission.id).unwrap();
        assert!(!is_here(&bench, taken));
        drafts.discard(other.submission.id).unwrap();
        let nowhere = drafts.add_photo(other.submission.id, &"seen".into(), "x".as_bytes());
        assert!(matches!(nowhere, Err(ButlerError::NotFound)));
    }

    #[test]
    fn a_draft_says_when_its_form_has_changed_since() {
        let bench = bench();
        let draft = begun(&bench, None);
        let screen = Draft::new(bench.butler.submission(None).unwrap(), "app.home.edit");
        bench.butler.drafts().save(&screen).unwrap();
        bench.publish_over(&[&FINDING.replace("现场问题", "现场隐患")], &[FINDING]);
        // Saved again under the new form it is still the one begun under the old.
        bench.butler.drafts().save(&draft).unwrap();
        let of = |draft: &Draft| bench.butler.drafts().get(draft.submission.id).unwrap().unwrap();
        assert!(of(&draft).form_changed);
        assert_eq!((of(&screen).form_changed, of(&screen).title), (false, None), "no playbook runs it");
    }

    #[test]
    fn whoever_shows_drafts_hears_of_them() {
        struct Heard(Mutex<BTreeSet<Collection>>);
        impl Listener for Heard {
            fn changed(&self, collections: &BTreeSet<Collection>) {
                self.0.lock().unwrap().extend(collections);
            }
        }
        let bench = bench();
        let heard = Arc::new(Heard(Mutex::default()));
        let _subscription = bench.butler.subscribe(heard.clone());
        let draft = begun(&bench, None);
        assert!(heard.0.lock().unwrap().contains(&Collection::Drafts));
        heard.0.lock().unwrap().clear();
        hand_in(&bench, &draft).unwrap();
        assert!(heard.0.lock().unwrap().contains(&Collection::Drafts));
    }

    #[test]
    fn a_phone_is_handed_over_when_nothing_of_its_owner_is_left_to_decide() {
        let mut bench = bench();
        let draft = begun(&bench, None);
        let loose = bench.butler.photos().add("忘了交".as_bytes()).unwrap();
        let left = bench.butler.hand_over();
        assert!(matches!(
            left,
            Err(ButlerError::NotHandedIn { edits: 0, photos: 1, rejected: 0, drafts: 1 })
        ));
        assert_eq!(bench.butler.drafts().list().unwrap().len(), 1, "nothing was removed");
        bench.butler.drafts().discard(draft.submission.id).unwrap();
        bench.butler.photos().discard(loose).unwrap();
        let home = bench.home("501");
        let unsent = bench.butler.hand_over();
        assert!(matches!(unsent, Err(ButlerError::NotHandedIn { edits: 1, photos: 0, .. })));
        bench.acknowledge(home);
        bench.butler.hand_over().unwrap();
        assert!(matches!(bench.butler.enrolled(), Err(ButlerError::Closed)));
        bench.reopen();
        assert!(bench.butler.opening().created);
        assert_eq!(bench.butler.enrolled().unwrap(), None, "ready for a colleague");
    }
}
