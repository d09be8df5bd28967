//! A receipt for the customer, off the phone's screen.

use super::Cases;
use crate::context::case_steps::load;
use crate::context::{OfficeTables, Visibility, number_of};
use crate::error::ButlerError;
use crate::model::qr::QrPicture;
use crate::model::{Record, RecordId, Timestamp, facts};
use crate::playbook::course;
use crate::sync::customer_receipt::{ReceiptOf, Warrant, check};
use crate::sync::device::DeviceKey;

/// A receipt to be shown to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReceiptShown {
    /// What the QR says: what the customer keeps.
    pub text: String,
    /// The QR.
    pub picture: QrPicture,
    /// The company, by the name it gives itself.
    pub company: String,
    /// Who gives the receipt, by the name the company shows.
    pub by: String,
    /// The number of the order.
    pub number: String,
    /// What was reported.
    pub what: String,
    /// When it was reported.
    pub reported: Timestamp,
}

impl Cases<'_> {
    /// A receipt for the customer 客户回执: what was reported, when, to whom, under which number; signed, so that anybody
    /// who has the company's public key can check it. `None` while the office's warrant for this phone is missing or has
    /// ended: a sync brings a new one.
    ///
    /// # Errors
    /// As [`Self::details`], and [`ButlerError::NotEnrolled`].
    pub fn receipt(&self, id: RecordId) -> Result<Option<ReceiptShown>, ButlerError> {
        let office = self.0.office()?;
        let device = self.0.host.now();
        self.0.read(|reader| {
            let (record, workflow, _) = load(reader, &office, id)?;
            let record = Visibility::new(reader, &office)?.shown(record).ok_or(ButlerError::NotFound)?;
            let identity = reader.identity()?.ok_or(ButlerError::NotEnrolled)?;
            let given = reader.time(device)?.now;
            let warrant = reader.warrant()?.filter(|bytes| {
                Warrant::open(bytes, identity.office_key).is_ok_and(|warrant| given <= warrant.until)
            });
            let Some(warrant) = warrant else { return Ok(None) };
            let seed = reader.device_key()?.ok_or(ButlerError::NotEnrolled)?;
            let reported = course::begun(&record).unwrap_or(given);
            let number = number_of(&office, &record).unwrap_or_default();
            let what = what(&office, &record, &workflow.title.zh);
            let of = ReceiptOf {
                reported,
                given,
                utc_offset_minutes: identity.utc_offset_minutes,
                number: &number,
                what: &what,
            };
            let text = of.signed(&warrant, &DeviceKey::from_secret(&seed));
            // What is shown is what the picture says: a long text was cut.
            let (Ok(said), Some(picture)) =
                (check(&text, identity.office_key), QrPicture::on_screen(text.as_bytes()))
            else {
                return Ok(None);
            };
            Ok(Some(ReceiptShown {
                text,
                picture,
                company: said.company,
                by: said.by,
                number: said.number,
                what: said.what,
                reported: said.reported,
            }))
        })
    }
}

/// What was reported: the matter, what it is about in the reporter's words, and where.
fn what(office: &OfficeTables, record: &Record, matter: &str) -> String {
    let place = facts::place(record).and_then(|place| office.places.get(&place));
    let words = [record.text("title"), record.text("spot"), place.map(|place| place.name.as_str())];
    let words: Vec<&str> = words.into_iter().flatten().filter(|words| !words.is_empty()).collect();
    if words.is_empty() { matter.to_owned() } else { format!("{matter}：{}", words.join("，")) }
}

#[cfg(test)]
mod tests {
    use crate::areas::testing::{TICKED, shutdown};
    use crate::model::OfficePublic;
    use crate::sync::customer_receipt::{CustomerReceipt, Warrant, check};
    use crate::sync::device::DeviceKey;
    use crate::sync::playbook_set::OfficeKey;
    use crate::testing::TestPhone;

    fn key() -> OfficeKey {
        OfficeKey::from_secret(&[7; 32])
    }

    /// The phone belongs to an office with that key, which says whose it is.
    fn warranted(bench: &TestPhone, key: &OfficeKey) {
        let now = bench.butler.now();
        let name = bench.butler.me().unwrap().name;
        bench
            .butler
            .context
            .write(|tx| {
                let mut identity = tx.identity()?.unwrap();
                identity.office_key = self::key().public();
                tx.set_identity(&identity)?;
                let seed = tx.device_key()?.unwrap();
                let phone = DeviceKey::from_secret(&seed).public();
                Ok(tx.set_warrant(&Warrant::beginning(now, phone, "金色家园物业", &name).signed(key))?)
            })
            .unwrap();
    }

    #[test]
    fn a_customer_gets_a_receipt_that_the_companys_key_checks() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let case = shutdown(&bench, "501");
        assert_eq!(bench.butler.cases().receipt(case).unwrap(), None, "no office has said whose phone it is");
        warranted(&bench, &OfficeKey::from_secret(&[8; 32]));
        assert_eq!(bench.butler.cases().receipt(case).unwrap(), None, "not this office");
        warranted(&bench, &key());
        let shown = bench.butler.cases().receipt(case).unwrap().unwrap();
        let CustomerReceipt { company, by, number, what, reported, .. } =
            check(&shown.text, key().public()).unwrap();
        assert_eq!((company.as_str(), by), ("金色家园物业", bench.butler.me().unwrap().name));
        assert_eq!((number, what, reported), (shown.number, shown.what.clone(), shown.reported));
        assert!(shown.what.contains("1栋1单元"), "{}", shown.what);
        assert!(check(&shown.text, OfficePublic([1; 32])).is_err());
    }

    #[test]
    fn a_phone_that_did_not_sync_for_long_gives_no_receipt() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let case = shutdown(&bench, "501");
        warranted(&bench, &key());
        bench.host.pass(31 * 24 * 3_600_000);
        assert_eq!(bench.butler.cases().receipt(case).unwrap(), None);
    }
}
