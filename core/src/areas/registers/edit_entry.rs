use std::collections::BTreeMap;

use super::Registers;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, PhotoId, QuestionId, RecordId, Value};

impl Registers<'_> {
    /// Writes the touched answers of a row, `None` clears one, and adds photos to those there are. The row as it would
    /// stand is judged by the form in the version it was entered under: an answer that is changed must do, and what it
    /// makes the form ask must be given with it. What else was wrong with the row stays as it was.
    ///
    /// # Errors
    /// [`ButlerError::EvidenceMissing`] names the questions still open or wrongly answered, [`ButlerError::NotFound`],
    /// [`ButlerError::NotAllowed`], [`ButlerError::InvalidInput`], [`ButlerError::PhotoMissing`].
    pub fn edit(
        &self,
        entry: RecordId,
        answers: &BTreeMap<QuestionId, Option<Value>>,
        photos: &BTreeMap<QuestionId, Vec<PhotoId>>,
    ) -> Result<Recorded, ButlerError> {
        self.0.submit("registers.edit", &(entry, answers, photos), |author, tx| {
            author.is_here(tx, entry, Kind::Entry)?;
            let mut edit = answers.iter().fold(Edit::new(), |edit, (name, value)| match value {
                Some(value) => edit.put(format!("field/{name}"), value.clone()),
                None => edit.clear(format!("field/{name}")),
            });
            for (name, given) in photos {
                for photo in given {
                    edit = edit.put(format!("photo/{photo}"), name.as_str());
                }
            }
            author.edit_validated(tx, entry, Kind::Entry, &edit)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::testing::{KEY, key_row, missing_of};
    use crate::model::{QuestionId, Value};
    use crate::testing::TestPhone;

    #[test]
    fn a_row_edited_is_judged_by_the_form_it_was_entered_under() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[KEY]);
        let home = bench.home("501");
        let row = key_row(&bench, home);
        // What the form asks since is not asked of rows entered before.
        bench.publish_over(&[&KEY.replace("max_length = 4", "max_length = 2")], &[KEY]);
        let edit =
            |field: &str, value: Option<&str>, photos: &BTreeMap<QuestionId, Vec<crate::model::PhotoId>>| {
                let answers = BTreeMap::from([(field.into(), value.map(Value::from))]);
                bench.butler.registers().edit(row, &answers, photos)
            };
        let none = BTreeMap::new();
        let before = bench.butler.status().unwrap();
        assert_eq!(missing_of(edit("given_back_on", Some("2026-12-10"), &none)), ["given_back_sign"]);
        assert_eq!(missing_of(edit("bag", Some("F-0100"), &none)), ["bag"]);
        assert_eq!(missing_of(edit("bag", None, &none)), ["bag"]);
        assert_eq!(missing_of(edit("hook", Some("3"), &none)), ["hook"], "no such question");
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
        let photo = bench.butler.photos().add("签名".as_bytes()).unwrap();
        let signed = BTreeMap::from([("given_back_sign".into(), vec![photo])]);
        edit("given_back_on", Some("2026-12-10"), &signed).unwrap();
        edit("bag", Some("F-02"), &none).unwrap();
        assert_eq!(bench.butler.records().get(row).unwrap().text("field/bag"), Some("F-02"));
    }
}
