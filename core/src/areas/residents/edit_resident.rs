use super::Residents;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Residents<'_> {
    /// Writes the touched fields of a resident; see [`crate::areas::homes::Homes::edit`].
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`], [`ButlerError::NotAllowed`].
    pub fn edit(&self, resident: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = edit.into();
        self.0.submit("residents.edit", &(resident, &edit), |author, tx| {
            author.is_here(tx, resident, Kind::Resident)?;
            author.edit_validated(tx, resident, Kind::Resident, &edit)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::missing_of;
    use crate::model::choice::ResidentRole;
    use crate::model::date::PartialDate;
    use crate::model::{ResidentEdit, Touch};
    use crate::testing::TestPhone;

    #[test]
    fn what_is_written_of_a_resident_fits_its_form() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let residents = bench.butler.residents();
        let tenant = || ResidentEdit {
            name: "单小明".into(),
            role: ResidentRole::Tenant.into(),
            lives_here: true.into(),
            ..ResidentEdit::default()
        };
        assert_eq!(missing_of(residents.add(home, tenant())), ["since"]);
        let since = "2026-10".parse::<PartialDate>().unwrap();
        let person = residents.add(home, ResidentEdit { since: since.into(), ..tenant() }).unwrap().record;
        let edit = |edit: ResidentEdit| residents.edit(person, edit);
        let long = "静".repeat(101);
        let written = ResidentEdit { hobbies: long.as_str().into(), ..ResidentEdit::default() };
        assert_eq!(missing_of(edit(written)), ["hobbies"], "though nobody asks it before they agreed");
        edit(ResidentEdit { hobbies: "钓鱼".into(), ..ResidentEdit::default() }).unwrap();
        assert_eq!(
            missing_of(edit(ResidentEdit { name: Touch::Clear, ..ResidentEdit::default() })),
            ["name"]
        );
    }
}
