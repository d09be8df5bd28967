use super::Records;
use crate::context::Recorded;
use crate::error::{ButlerError, InputProblem};
use crate::model::{Edit, RecordId};

impl Records<'_> {
    /// Changes the note from what the screen showed to what was typed. Only the difference becomes an edit, so
    /// that two people's words merge, also those a sync brought while this one typed.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] when nothing differs, [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn edit_note(&self, record: RecordId, text: &str) -> Result<Recorded, ButlerError> {
        self.0.submit("records.edit_note", &(record, text), |author, tx| {
            let (kind, _) = tx.kind(record)?.ok_or(ButlerError::NotFound)?;
            let old = tx.look(record, |document| Ok(author.seen(tx, document)?.text("note")))?;
            let old = old.unwrap_or(Err(ButlerError::NotFound))?;
            let (at, delete, insert) = difference(&old, text)
                .ok_or_else(|| ButlerError::invalid("note", InputProblem::NothingChanged))?;
            author.edit(tx, record, kind, &Edit::new().splice("note", at, delete, insert))
        })
    }
}

/// The one replacement that turns `old` into `new`: position, characters removed, text put there.
pub(super) fn difference(old: &str, new: &str) -> Option<(usize, usize, String)> {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let room = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let (delete, insert) = (old.len() - head - tail, &new[head..new.len() - tail]);
    (delete > 0 || !insert.is_empty()).then(|| (head, delete, insert.iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn only_the_difference_is_written() {
        for (old, new, expected) in [
            ("", "养两只猫", Some((0, 0, "养两只猫"))),
            ("请勿上午打扰", "请勿下午打扰", Some((2, 1, "下"))),
            ("钥匙在物业", "钥匙在物业,已取回", Some((5, 0, ",已取回"))),
            ("aa", "aaa", Some((2, 0, "a"))),
            ("aaa", "aa", Some((2, 1, ""))),
            ("一样", "一样", None),
        ] {
            let expected = expected.map(|(at, delete, insert)| (at, delete, insert.to_owned()));
            assert_eq!(difference(old, new), expected, "{old} → {new}");
        }
    }
}
