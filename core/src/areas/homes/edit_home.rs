use super::Homes;
use crate::context::{Recorded, own_fields};
use crate::error::ButlerError;
use crate::model::{Edit, Kind, RecordId};

impl Homes<'_> {
    /// Writes the touched fields of a home; an untouched field is never written back, and one left blank is cleared. Over the
    /// values of a field in conflict that were shown it is the decision.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`], [`ButlerError::NotAllowed`].
    pub fn edit(&self, home: RecordId, edit: impl Into<Edit>) -> Result<Recorded, ButlerError> {
        let edit = own_fields(Kind::Home, edit.into())?;
        self.0.submit("homes.edit", &(home, &edit), |author, tx| {
            author.is_here(tx, home, Kind::Home)?;
            author.edit_validated(tx, home, Kind::Home, &edit)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::missing_of;
    use crate::error::{ButlerError, InputProblem};
    use crate::model::date::PartialDate;
    use crate::model::{Edit, HomeEdit, Touch};
    use crate::store::RecordState;
    use crate::testing::TestPhone;

    #[test]
    fn only_touched_fields_are_written_and_history_names_them() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let edit = HomeEdit { orientation: "南".into(), ..HomeEdit::default() };
        bench.butler.homes().edit(home, edit).unwrap();
        let history = bench.butler.records().history(home).unwrap();
        let last: Vec<&str> =
            history.last().unwrap().changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(last, ["orientation"]);
        assert_eq!(history.last().unwrap().by_name, "张丽");
        assert_eq!(bench.butler.record_state(home).unwrap(), RecordState::Unsent);
    }

    #[test]
    fn a_field_no_home_has_is_rejected_and_one_left_blank_is_taken_out() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let edit = |edit: Edit| bench.butler.homes().edit(home, edit);
        let before = bench.butler.status().unwrap();
        let unknown = |field: &str| {
            let edited = [edit(Edit::new().put(field, "朝南")), edit(Edit::new().clear(field))];
            edited.into_iter().all(|edited| {
                let reason = InputProblem::UnknownField;
                matches!(edited, Err(ButlerError::InvalidInput { field: f, reason: r, .. }) if f == field && r == reason)
            })
        };
        assert!(unknown("balcony") && unknown("name") && unknown("meter/7f/colour"));
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");

        edit(Edit::new().put("layout", "三室两厅").put("handed_over", "2019-06")).unwrap();
        edit(Edit::new().put("layout", " ").put("handed_over", "")).unwrap();
        let home = bench.butler.homes().details(home).unwrap().home;
        assert_eq!((home.layout, home.handed_over), (None, None));
    }

    #[test]
    fn a_butler_writes_no_amounts_of_finance() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let before = bench.butler.status().unwrap();
        let edit = HomeEdit { arrears: 100.into(), ..HomeEdit::default() };
        let rejected = bench.butler.homes().edit(home, edit);
        assert!(
            matches!(rejected, Err(ButlerError::NotAllowed { what, .. }) if what.to_string() == "arrears")
        );
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
    }

    #[test]
    fn what_is_written_of_a_home_fits_its_form_and_asks_for_no_more_than_it_brings_about() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let homes = bench.butler.homes();
        let edit = |edit: HomeEdit| homes.edit(home, edit);
        let before = bench.butler.status().unwrap();
        let tiny = HomeEdit { area: 9.5.into(), ..HomeEdit::default() };
        assert_eq!(missing_of(edit(tiny)), ["area"]);
        let key = || HomeEdit { key_held: true.into(), ..HomeEdit::default() };
        assert_eq!(missing_of(edit(key())), ["key_spot"], "asked by what is written");
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
        edit(HomeEdit { key_spot: "A-12".into(), ..key() }).unwrap();
        edit(HomeEdit { area: 95.5.into(), ..HomeEdit::default() }).unwrap();
        let partial = "2020-02".parse::<PartialDate>().unwrap();
        edit(HomeEdit { handed_over: partial.into(), ..HomeEdit::default() }).unwrap();
        assert_eq!(
            missing_of(edit(HomeEdit { key_spot: Touch::Clear, ..HomeEdit::default() })),
            ["key_spot"]
        );
    }
}
