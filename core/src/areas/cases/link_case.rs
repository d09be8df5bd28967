use super::Cases;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Cases<'_> {
    /// Links a case with another: `how` is a code (`group`, `repeat`) that a term `link.<how>` says in words. Shown with
    /// both; linking again says how anew.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for a case linked with itself or a `how` the terms do not know,
    /// [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn link(&self, case: RecordId, other: RecordId, how: &str) -> Result<Recorded, ButlerError> {
        self.0.submit("cases.link", &(case, other, how), |author, tx| {
            if case == other {
                return Err(ButlerError::invalid("other", "a case is not linked with itself"));
            }
            if author.office.playbooks.terms().get(&format!("link.{how}")).is_none() {
                return Err(ButlerError::invalid("how", "the terms have no such link"));
            }
            for id in [case, other] {
                author.existing(tx, id, Kind::Case)?;
            }
            let edit = Edit::new().put(format!("link/{other}"), how);
            Ok(author.edit(tx, case, Kind::Case, &edit)?.recorded)
        })
    }
}
