//! A receipt for the customer 客户回执: what was reported, when, by whom it was taken, under which number. Signed by the
//! phone, and by the company for the phone, so that anybody who has the company's public key can check it with no
//! network at all (ADR 0021).
//!
//! The company's half is a *warrant*: this key belongs to this person until that day. The office gives one with every
//! welcome. A receipt is a warrant, what is receipted, and the phone's signature over both. It travels as the text of a
//! QR: [`SCHEME`], then the bytes in base 45.

use super::base45;
use super::device::{BadSignature, DeviceKey, DevicePublic, KEY, SIGNATURE};
use super::playbook_set::OfficeKey;
use crate::model::{OfficePublic, Timestamp};

/// What the text of a receipt begins with.
pub const SCHEME: &str = "BUTLER1:";
/// The longest text of a receipt; a longer one is not looked at.
const LONGEST: usize = 1_000;
/// The layout of a receipt, in its first byte.
const LAYOUT: u8 = 1;
/// What the signatures begin with, so that they can stand for nothing else.
const WARRANT_DOMAIN: &[u8] = b"butler warrant 1";
const RECEIPT_DOMAIN: &[u8] = b"butler receipt 1";
/// How long a warrant holds: a phone that did not sync for so long signs for nobody.
const WARRANT_MS: i64 = 30 * 24 * 60 * 60_000;

/// Longest texts, in bytes; longer ones are cut, so that a receipt fits a QR a telephone reads off a screen.
const COMPANY: usize = 60;
const NAME: usize = 45;
const NUMBER: usize = 24;
const WHAT: usize = 180;

/// What the company says of a phone: whose it is, and until when it may sign for the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warrant {
    /// The phone's key.
    pub key: [u8; KEY],
    /// The last moment at which it holds.
    pub until: Timestamp,
    /// The company, by the name it gives itself.
    pub company: String,
    /// The person, by the name the company shows.
    pub name: String,
}

/// A receipt that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerReceipt {
    /// The company, by the name it gives itself.
    pub company: String,
    /// Who gives the receipt, by the name the company shows.
    pub by: String,
    /// When it was reported.
    pub reported: Timestamp,
    /// When the receipt was given.
    pub given: Timestamp,
    /// Minutes east of UTC where it was given.
    pub utc_offset_minutes: i32,
    /// The number of the order.
    pub number: String,
    /// What was reported.
    pub what: String,
}

/// Why a text is no receipt of that company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// No receipt, or only a part of one.
    #[error("the text is no receipt, or not all of it")]
    Unreadable,
    /// The company's key did not sign the phone's.
    #[error("the receipt is not of this company")]
    OtherCompany,
    /// The phone's key did not sign what it says.
    #[error("the receipt was changed")]
    Changed,
    /// It was given when the phone did not sign for the company any more.
    #[error("the receipt was given after the phone's warrant ended")]
    Expired,
}

impl Warrant {
    /// A warrant from now on, as the office words it.
    #[must_use]
    pub fn beginning(now: Timestamp, key: [u8; KEY], company: &str, name: &str) -> Self {
        let until = Timestamp::from_millis(now.millis().saturating_add(WARRANT_MS));
        Self { key, until, company: cut(company, COMPANY).to_owned(), name: cut(name, NAME).to_owned() }
    }

    /// Its bytes, with the company's signature.
    #[must_use]
    pub fn signed(&self, company: &OfficeKey) -> Vec<u8> {
        let mut bytes = self.key.to_vec();
        bytes.extend(self.until.millis().to_be_bytes());
        put(&mut bytes, &self.company, COMPANY);
        put(&mut bytes, &self.name, NAME);
        let signature = company.sign_bytes(&signed_bytes(WARRANT_DOMAIN, &bytes));
        bytes.extend(signature);
        bytes
    }

    /// Reads a warrant that this company signed.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn open(bytes: &[u8], company: OfficePublic) -> Result<Self, ReceiptError> {
        let mut rest = Rest(bytes);
        let warrant = Self::take(&mut rest, company)?;
        if rest.0.is_empty() { Ok(warrant) } else { Err(ReceiptError::Unreadable) }
    }

    fn take(rest: &mut Rest<'_>, company: OfficePublic) -> Result<Self, ReceiptError> {
        let all = rest.0;
        let warrant = Self {
            key: rest.array()?,
            until: rest.moment()?,
            company: rest.text(COMPANY)?,
            name: rest.text(NAME)?,
        };
        let signed = signed_bytes(WARRANT_DOMAIN, &all[..all.len() - rest.0.len()]);
        let signature: [u8; SIGNATURE] = rest.array()?;
        verify(company.as_bytes(), &signed, &signature).map_err(|BadSignature| ReceiptError::OtherCompany)?;
        Ok(warrant)
    }
}

/// What is receipted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptOf<'a> {
    /// When it was reported.
    pub reported: Timestamp,
    /// When the receipt is given.
    pub given: Timestamp,
    /// Minutes east of UTC where that is.
    pub utc_offset_minutes: i32,
    /// The number of the order.
    pub number: &'a str,
    /// What was reported.
    pub what: &'a str,
}

impl ReceiptOf<'_> {
    /// The text of the receipt's QR, signed by a phone under its warrant; a text too long is cut.
    #[must_use]
    pub fn signed(&self, warrant: &[u8], key: &DeviceKey) -> String {
        let mut bytes = vec![LAYOUT];
        bytes.extend(warrant);
        bytes.extend(self.reported.millis().to_be_bytes());
        bytes.extend(self.given.millis().to_be_bytes());
        bytes.extend(self.utc_offset_minutes.to_be_bytes());
        put(&mut bytes, self.number, NUMBER);
        put(&mut bytes, self.what, WHAT);
        let signature = key.sign_bytes(&signed_bytes(RECEIPT_DOMAIN, &bytes));
        bytes.extend(signature);
        format!("{SCHEME}{}", base45::encoded(&bytes))
    }
}

/// Checks the text of a receipt against a company's public key: what it says, if all of it is that company's word.
///
/// # Errors
/// [`ReceiptError`].
pub fn check(text: &str, company: OfficePublic) -> Result<CustomerReceipt, ReceiptError> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(ReceiptError::Unreadable);
    }
    let bytes = text.strip_prefix(SCHEME).and_then(base45::decoded).ok_or(ReceiptError::Unreadable)?;
    let mut rest = Rest(&bytes);
    if rest.array()? != [LAYOUT] {
        return Err(ReceiptError::Unreadable);
    }
    let warrant = Warrant::take(&mut rest, company)?;
    let receipt = CustomerReceipt {
        company: warrant.company,
        by: warrant.name,
        reported: rest.moment()?,
        given: rest.moment()?,
        utc_offset_minutes: i32::from_be_bytes(rest.array()?),
        number: rest.text(NUMBER)?,
        what: rest.text(WHAT)?,
    };
    let signed = signed_bytes(RECEIPT_DOMAIN, &bytes[..bytes.len() - rest.0.len()]);
    let signature: [u8; SIGNATURE] = rest.array()?;
    if !rest.0.is_empty() {
        return Err(ReceiptError::Unreadable);
    }
    verify(&warrant.key, &signed, &signature).map_err(|BadSignature| ReceiptError::Changed)?;
    if receipt.given > warrant.until { Err(ReceiptError::Expired) } else { Ok(receipt) }
}

fn verify(key: &[u8; KEY], signed: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
    DevicePublic::parse(key)?.verify(signed, signature)
}

fn signed_bytes(domain: &[u8], bytes: &[u8]) -> Vec<u8> {
    [domain, bytes].concat()
}

/// The beginning of a text, at most so many bytes, of whole letters.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}

fn put(bytes: &mut Vec<u8>, text: &str, most: usize) {
    let text = cut(text, most);
    // No text is longer than a byte can say: each limit is below 256.
    bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    bytes.extend(text.as_bytes());
}

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReceiptError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(ReceiptError::Unreadable)?;
        self.0 = rest;
        Ok(*array)
    }

    fn moment(&mut self) -> Result<Timestamp, ReceiptError> {
        Ok(Timestamp::from_millis(i64::from_be_bytes(self.array()?)))
    }

    fn text(&mut self, most: usize) -> Result<String, ReceiptError> {
        let [length] = self.array()?;
        let length = usize::from(length);
        let (text, rest) =
            self.0.split_at_checked(length).filter(|_| length <= most).ok_or(ReceiptError::Unreadable)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| ReceiptError::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::qr::QrPicture;

    const NOW: Timestamp = Timestamp::from_millis(1_795_847_400_000);

    fn company() -> OfficeKey {
        OfficeKey::from_secret(&[5; KEY])
    }

    fn phone() -> DeviceKey {
        DeviceKey::from_secret(&[9; KEY])
    }

    fn warrant() -> Vec<u8> {
        Warrant::beginning(NOW, phone().public(), "金色家园物业服务中心", "张丽").signed(&company())
    }

    fn of(what: &str, given: i64) -> String {
        let of = ReceiptOf {
            reported: NOW,
            given: Timestamp::from_millis(NOW.millis() + given),
            utc_offset_minutes: 480,
            number: "261128-7K3F2Q",
            what,
        };
        of.signed(&warrant(), &phone())
    }

    #[test]
    fn anybody_with_the_companys_key_reads_what_was_reported() {
        let text = of("户内维修：厨房水槽下漏水", 60_000);
        let receipt = check(&text, company().public()).unwrap();
        assert_eq!((receipt.company.as_str(), receipt.by.as_str()), ("金色家园物业服务中心", "张丽"));
        assert_eq!(
            (receipt.number.as_str(), receipt.what.as_str()),
            ("261128-7K3F2Q", "户内维修：厨房水槽下漏水")
        );
        assert_eq!((receipt.reported, receipt.utc_offset_minutes), (NOW, 480));
        assert!(text.len() <= 600, "{}", text.len());
    }

    #[test]
    fn the_longest_receipt_fits_a_picture_a_telephone_reads() {
        let (name, company_name) = ("欧阳".repeat(30), "物业".repeat(60));
        let warrant = Warrant::beginning(NOW, phone().public(), &company_name, &name).signed(&company());
        let (number, what) = ("9".repeat(60), "漏水".repeat(200));
        let of =
            ReceiptOf { reported: NOW, given: NOW, utc_offset_minutes: 480, number: &number, what: &what };
        let text = of.signed(&warrant, &phone());
        let receipt = check(&text, company().public()).unwrap();
        assert_eq!((receipt.what.len(), receipt.by.len(), receipt.company.len()), (WHAT, NAME, COMPANY));
        assert!(text.len() < LONGEST, "{}", text.len());
        let picture = QrPicture::on_screen(text.as_bytes()).unwrap();
        assert!(picture.width <= 81, "{}", picture.width);
    }

    #[test]
    fn a_receipt_of_another_company_or_phone_is_none() {
        let text = of("漏水", 0);
        let other = OfficeKey::from_secret(&[6; KEY]);
        assert_eq!(check(&text, other.public()), Err(ReceiptError::OtherCompany));
        let stranger = DeviceKey::from_secret(&[8; KEY]);
        let of =
            ReceiptOf { reported: NOW, given: NOW, utc_offset_minutes: 480, number: "1", what: "漏水" };
        let forged = of.signed(&warrant(), &stranger);
        assert_eq!(check(&forged, company().public()), Err(ReceiptError::Changed), "another's warrant");
        let own = Warrant::beginning(NOW, stranger.public(), "金色家园物业服务中心", "张丽").signed(&other);
        let forged = of.signed(&own, &stranger);
        assert_eq!(
            check(&forged, company().public()),
            Err(ReceiptError::OtherCompany),
            "a warrant of its own"
        );
        assert_eq!(check(&text, OfficePublic([0; KEY])), Err(ReceiptError::OtherCompany), "a key nobody has");
    }

    #[test]
    fn a_phone_signs_for_nobody_after_its_warrant() {
        assert!(check(&of("漏水", WARRANT_MS), company().public()).is_ok());
        assert_eq!(check(&of("漏水", WARRANT_MS + 1), company().public()), Err(ReceiptError::Expired));
    }

    #[test]
    fn a_part_of_a_receipt_or_more_than_it_is_none() {
        let text = of("漏水", 0);
        for length in 0..text.len() {
            assert!(check(&text[..length], company().public()).is_err(), "{length}");
        }
        assert!(check(&format!("{text}BB8"), company().public()).is_err());
        assert!(check(&text.replace("BUTLER1", "BUTLER2"), company().public()).is_err());
        assert!(check(&text.to_lowercase(), company().public()).is_err());
        assert_eq!(check(&"B".repeat(9_999), company().public()), Err(ReceiptError::Unreadable));
        assert!(check(&format!(" {text}\n"), company().public()).is_ok(), "as it is pasted");
        assert!(Warrant::open(&warrant(), company().public()).is_ok());
        let longer = [warrant(), vec![0]].concat();
        assert_eq!(Warrant::open(&longer, company().public()), Err(ReceiptError::Unreadable));
    }

    proptest! {
        #[test]
        fn no_byte_can_be_changed(at in 0_usize..300, other in 1_u8..) {
            let text = of("户内维修：厨房水槽下漏水", 0);
            let mut bytes = base45::decoded(text.strip_prefix(SCHEME).unwrap()).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= other;
            let text = format!("{SCHEME}{}", base45::encoded(&bytes));
            prop_assert!(check(&text, company().public()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let text = format!("{SCHEME}{text}");
            prop_assert!(check(&text, company().public()).is_err());
        }
    }
}
