use super::Residents;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::resident::PhoneEdit;
use crate::model::{Edit, PartId, RecordId, ResidentEdit, Touch};

impl Residents<'_> {
    /// Adds a telephone as people write it. The same number added on two phones is one telephone.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for a text that is no number, and those of [`Self::edit`].
    pub fn add_phone(
        &self,
        resident: RecordId,
        number: &str,
        label: Option<&str>,
    ) -> Result<Recorded, ButlerError> {
        let label = label.map_or(Touch::Keep, Touch::from);
        let phone = PhoneEdit { number: number.into(), label, ..PhoneEdit::default() };
        self.edit(resident, Edit::new().add_part(phone))
    }

    /// Notes that a telephone was right today, by the office's clock as far as known.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub fn verify_phone(&self, resident: RecordId, phone: PartId) -> Result<Recorded, ButlerError> {
        let verified = PhoneEdit { verified: self.0.date()?.into(), ..PhoneEdit::default() };
        let phones = [(phone, Touch::Set(verified))].into();
        self.edit(resident, ResidentEdit { phones, ..ResidentEdit::default() })
    }
}

#[cfg(test)]
mod tests {
    use crate::error::ButlerError;
    use crate::model::home::PriceEdit;
    use crate::model::resident::VehicleEdit;
    use crate::model::{Edit, ResidentEdit};
    use crate::testing::TestPhone;

    #[test]
    fn a_telephone_is_stored_in_one_spelling_however_it_was_typed() {
        let bench = TestPhone::new(&["butler"]);
        let residents = bench.butler.residents();
        let named = ResidentEdit { name: "欧阳慧".into(), ..ResidentEdit::default() };
        let person = residents.add(bench.home("501"), named).unwrap().record;
        for typed in ["138 0013 8000", "１３８００１３８０００", "138-0013-8000"] {
            residents.add_phone(person, typed, None).unwrap();
        }
        let phones = residents.details(person).unwrap().resident.phones;
        let numbers: Vec<_> = phones.iter().map(|phone| phone.number.as_deref()).collect();
        assert_eq!(numbers, [Some("13800138000")]);
        let phone = phones[0].id;
        residents.verify_phone(person, phone).unwrap();
        let today = bench.butler.date().unwrap();
        assert_eq!(residents.details(person).unwrap().resident.phones[0].verified, Some(today));
        let rejected = residents.add_phone(person, "不详", None);
        assert!(
            matches!(rejected, Err(ButlerError::InvalidInput { field, .. }) if field.starts_with("phone/"))
        );
    }

    /// The identity of what has no name is drawn from the phone's own host, as everything random is.
    #[test]
    fn a_vehicle_added_twice_is_one_and_a_part_without_a_name_is_drawn_from_the_given_host() {
        let prices = || {
            let bench = TestPhone::new(&["butler"]);
            let home = bench.home("501");
            let car = || VehicleEdit { plate: "湘A8X888".into(), ..VehicleEdit::default() };
            let named = Edit::new().put("name", "欧阳慧").add_part(car());
            let person = bench.butler.residents().add(home, named).unwrap().record;
            bench.butler.residents().edit(person, Edit::new().add_part(car())).unwrap();
            assert_eq!(bench.butler.residents().details(person).unwrap().resident.vehicles.len(), 1);
            let price = PriceEdit { amount: 900_000.into(), ..PriceEdit::default() };
            bench.butler.homes().edit(home, Edit::new().add_part(price)).unwrap();
            bench.butler.homes().details(home).unwrap().home.prices
        };
        assert_eq!(prices(), prices(), "the same host draws the same");
    }
}
