use super::Residents;
use crate::context::{Recorded, own_fields};
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Residents<'_> {
    /// Writes the touched fields of a resident; see [`crate::areas::homes::Homes::edit`].
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`], [`ButlerError::NotAllowed`].
    pub fn edit(&self, resident: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = own_fields(Kind::Resident, edit.into())?;
        self.0.submit("residents.edit", &(resident, &edit), |author, tx| {
            author.is_here(tx, resident, Kind::Resident)?;
            author.edit_validated(tx, resident, Kind::Resident, &edit)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::missing_of;
    use crate::error::{ButlerError, InputProblem};
    use crate::model::choice::ResidentRole;
    use crate::model::date::PartialDate;
    use crate::model::{Edit, Kind, ResidentEdit, Touch};
    use crate::testing::TestPhone;

    #[test]
    fn what_is_written_of_a_resident_fits_its_form() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let residents = bench.butler.residents();
        let tenant = || ResidentEdit {
            name: "单小明".into(),
            role: ResidentRole::TENANT.into(),
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

    #[test]
    fn a_field_no_resident_has_is_rejected_and_a_blank_name_is_none() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let residents = bench.butler.residents();
        let named = |name: &str| ResidentEdit { name: name.into(), ..ResidentEdit::default() };
        let unnamed = residents.add(home, named("  "));
        assert!(matches!(unnamed, Err(ButlerError::InvalidInput { reason: InputProblem::NameMissing, .. })));
        let person = residents.add(home, named("顾岚")).unwrap().record;
        let unknown = residents.edit(person, Edit::new().put("layout", "三室两厅"));
        assert!(
            matches!(unknown, Err(ButlerError::InvalidInput { reason: InputProblem::UnknownField, field, .. }) if field == "layout")
        );
        assert_eq!(missing_of(residents.edit(person, named(""))), ["name"]);
    }

    /// A company adds words to a list and calls ours otherwise; what a record holds reads whichever set is in force.
    #[test]
    fn a_company_adds_words_and_one_that_no_list_has_reads_as_it_is() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let owner = ResidentEdit {
            name: "单小明".into(),
            role: ResidentRole::OWNER.into(),
            lives_here: true.into(),
            ..ResidentEdit::default()
        };
        let person = bench.butler.residents().add(home, owner).unwrap().record;
        let edit = |segment: &str| {
            let written = ResidentEdit { segment: segment.into(), ..ResidentEdit::default() };
            bench.butler.residents().edit(person, written)
        };
        let words = || {
            let fields = bench.butler.records().details(person).unwrap().fields;
            fields.into_iter().find(|field| field.path == "segment").unwrap().words.zh
        };
        edit("affluent").unwrap();
        assert_eq!(words(), "富贵之家");
        let unknown = edit("night_owls");
        assert!(matches!(unknown, Err(ButlerError::InvalidInput { field, .. }) if field == "segment"));

        let added = r#"
            kind = "terms"
            id = "jinse.words"
            title = { zh = "用语", en = "Words" }
            [added]
            segment = [
              { id = "night_owls", label = { zh = "夜归一族", en = "night owls" } },
              { id = "affluent", label = { zh = "改善型家庭", en = "well off" } },
            ]
            home_state = [{ id = "for_sale", label = { zh = "空置待售", en = "for sale" } }]
        "#;
        bench.publish(&[added]);
        assert_eq!(words(), "改善型家庭", "ours by the name it has here");
        edit("night_owls").unwrap();
        assert_eq!(words(), "夜归一族");
        bench.brings(home, Kind::Home, &Edit::new().put("state", "for_sale"));
        let label = || bench.butler.homes().list(None, 1).unwrap().remove(0).state.unwrap().label.zh;
        assert_eq!(label(), "空置待售");

        bench.publish(&[]);
        assert_eq!((words().as_str(), label().as_str()), ("night_owls", "for_sale"), "shown, not refused");
    }
}
