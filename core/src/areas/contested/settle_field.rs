use super::Contested;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::{Edit, RecordId, Value};

impl Contested<'_> {
    /// Chooses a value for a contested field: one of the candidates or another. Everybody's values stay in the
    /// history. It decides between the values that were shown: one that came in since stays beside the chosen one.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] when the field is not contested (any more), [`ButlerError::NotFound`],
    /// [`ButlerError::NotAllowed`].
    pub fn settle(&self, record: RecordId, path: &str, value: Value) -> Result<Recorded, ButlerError> {
        self.0.submit("contested.settle", &(record, path, &value), |author, tx| {
            let known = author.known(tx, record)?;
            if !known.is_contested(path) {
                return Err(ButlerError::invalid(path, "this field is not contested any more"));
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
        bench.apart(home, Kind::Premises, &area(95.5), &area(96.5));
        let row = key_row(&bench, home);
        let bag = |bag: &str| Edit::new().put("field/bag", bag);
        bench.apart(row, Kind::Entry, &bag("F-02"), &bag("F-03"));
        let settle = |record, path, value: Value| bench.butler.contested().settle(record, path, value);
        assert_eq!(missing_of(settle(home, "area", Value::Real(9.5))), ["area"]);
        assert_eq!(missing_of(settle(row, "field/bag", "F-0200".into())), ["bag"]);
        assert_eq!(bench.butler.contested().list().unwrap().len(), 2, "nothing was decided");
        settle(home, "area", Value::Real(96.5)).unwrap();
        settle(row, "field/bag", "F-03".into()).unwrap();
        assert_eq!(bench.butler.contested().list().unwrap(), []);
    }
}
