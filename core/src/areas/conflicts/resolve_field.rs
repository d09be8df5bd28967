use super::Conflicts;
use crate::context::Recorded;
use crate::error::{ButlerError, InputProblem};
use crate::model::{Edit, RecordId, Value};

impl Conflicts<'_> {
    /// Chooses a value for a field in conflict: one of the candidates or another. Everybody's values stay in the
    /// history. It decides between the values that were shown: one that came in since stays beside the chosen one.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] when the field is not in conflict (any more), [`ButlerError::NotFound`],
    /// [`ButlerError::NotAllowed`].
    pub fn resolve(&self, record: RecordId, path: &str, value: Value) -> Result<Recorded, ButlerError> {
        self.0.submit("conflicts.resolve", &(record, path, &value), |author, tx| {
            let known = author.known(tx, record)?;
            if !known.in_conflict(path) {
                return Err(ButlerError::invalid(path, InputProblem::Resolved));
            }
            author.edit_validated(tx, record, known.kind, &Edit::new().put(path, value.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::{KEY, key_row, missing_of};
    use crate::model::{Edit, Kind, Value};
    use crate::testing::TestPhone;

    #[test]
    fn what_is_decided_is_asked_like_what_is_written() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[KEY]);
        let home = bench.home("501");
        let area = |area: f64| Edit::new().put("area", area);
        bench.concurrently(home, Kind::Home, &area(95.5), &area(96.5));
        let row = key_row(&bench, home);
        let bag = |bag: &str| Edit::new().put("field/bag", bag);
        bench.concurrently(row, Kind::Entry, &bag("F-02"), &bag("F-03"));
        let resolve = |record, path, value: Value| bench.butler.conflicts().resolve(record, path, value);
        assert_eq!(missing_of(resolve(home, "area", Value::Real(9.5))), ["area"]);
        assert_eq!(missing_of(resolve(row, "field/bag", "F-0200".into())), ["bag"]);
        assert_eq!(bench.butler.conflicts().list().unwrap().len(), 2, "nothing was decided");
        resolve(home, "area", Value::Real(96.5)).unwrap();
        resolve(row, "field/bag", "F-03".into()).unwrap();
        assert_eq!(bench.butler.conflicts().list().unwrap(), []);
    }
}
