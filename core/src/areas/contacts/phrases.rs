//! What the phone's owner wrote lately, to be written again.

use super::Contacts;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{Contact, Kind};
use crate::store::Filter;

/// How many phrases there are at most.
const MOST: usize = 5;

/// What is longer belongs to the one talk it was written about.
const LONGEST: usize = 24;

/// How many of the newest contacts are looked through.
const LOOKED_THROUGH: usize = 100;

impl Contacts<'_> {
    /// What the phone's owner wrote of their newest contacts in a few words, newest first, the same words once. It is read off
    /// the contacts themselves and kept nowhere else: words they may not read any more are not among them.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`].
    pub fn phrases(&self) -> Result<Vec<String>, ButlerError> {
        let office = self.0.office()?;
        let staff = self.0.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let newest = Filter { kind: Some(Kind::Contact), limit: LOOKED_THROUGH, ..Filter::default() };
            let mut phrases: Vec<String> = Vec::new();
            for row in reader.contacts(&newest)?.into_iter().filter(|row| row.by.as_ref() == Some(&staff)) {
                let Some(record) = visibility.listed(row.record.id)? else { continue };
                let Some(said) = Contact::read(&record).summary else { continue };
                let said = said.trim();
                if !said.is_empty()
                    && said.chars().count() <= LONGEST
                    && !phrases.iter().any(|had| had == said)
                {
                    phrases.push(said.to_owned());
                }
                if phrases.len() == MOST {
                    break;
                }
            }
            Ok(phrases)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::choice::{Channel, Outcome};
    use crate::model::{ContactEdit, RecordId};
    use crate::testing::TestPhone;

    fn said(bench: &TestPhone, home: RecordId, words: &str) -> RecordId {
        bench.host.pass(60_000);
        let visit = ContactEdit {
            channel: Channel::VISIT.into(),
            purpose: "planned_visit".into(),
            outcome: Outcome::Agreed.into(),
            summary: words.into(),
            ..ContactEdit::default()
        };
        bench.butler.contacts().record(&[home], visit, &[]).unwrap().record
    }

    #[test]
    fn phrases_are_ones_own_last_short_words_each_once() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        assert_eq!(bench.butler.contacts().phrases().unwrap(), Vec::<String>::new());
        let long = "说厨房下水慢，想周二下午有人来看，顺便把阳台的地漏也通一通。";
        for words in
            ["问了车位", "一切都好", "聊了聊暖气", "墙角已干", long, "一切都好", "不在家", "问了电梯"]
        {
            said(&bench, home, words);
        }
        let phrases = bench.butler.contacts().phrases().unwrap();
        assert_eq!(phrases, ["问了电梯", "不在家", "一切都好", "墙角已干", "聊了聊暖气"]);
    }

    #[test]
    fn words_that_may_not_be_read_any_more_are_no_phrases() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let archived = said(&bench, home, "写错了户");
        said(&bench, home, "一切都好");
        bench.butler.records().archive(archived).unwrap();
        assert_eq!(bench.butler.contacts().phrases().unwrap(), ["一切都好"]);
        bench.assign(&["engineering"]);
        assert_eq!(bench.butler.contacts().phrases().unwrap(), Vec::<String>::new());
    }
}
