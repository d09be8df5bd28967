//! Bytes as the letters a QR code packs most densely (RFC 9285): two bytes are three letters.

const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The letters for these bytes.
pub(super) fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let mut number = pair.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
        for _ in 0..=pair.len() {
            text.push(char::from(LETTERS[number % 45]));
            number /= 45;
        }
    }
    text
}

/// The bytes of these letters; `None` for what nobody encoded.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2);
    for letters in text.as_bytes().chunks(3) {
        let digit = |letter: &u8| LETTERS.iter().position(|known| known == letter);
        let number = letters.iter().rev().try_fold(0, |number, letter| Some(number * 45 + digit(letter)?))?;
        match letters.len() {
            3 => bytes.extend(u16::try_from(number).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(number).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        assert_eq!(encoded(b"AB"), "BB8");
        assert_eq!(encoded(b"Hello!!"), "%69 VD92EX0");
        assert_eq!(encoded(b"base-45"), "UJCLQE7W581");
        assert_eq!(decoded("QED8WEX0").unwrap(), b"ietf!");
        for wrong in ["GGW", ":::", "A", "BB8a", "/Z"] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_comes_back(bytes: Vec<u8>) {
            prop_assert_eq!(decoded(&encoded(&bytes)), Some(bytes));
        }
    }
}
