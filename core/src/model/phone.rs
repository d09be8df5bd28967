//! Phone numbers as people type them, and the one form in which they are stored and compared.
//!
//! Stored: a mobile as eleven digits (`13800001234`), a landline with its area code set off (`0755-26001234`,
//! an extension behind: `0755-26001234-801`), a local landline as its digits, a 400 or 800 number as ten digits,
//! a foreign number as `+` and digits. Whether a number reaches anybody is a matter of its `verified` date.

/// A text that is no phone number. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum PhoneError {
    /// Nothing that could be a number.
    #[error("no number")]
    Empty,
    /// Digits are missing, too many, or no Chinese or international number has them.
    #[error("not a valid phone number")]
    Invalid,
}

/// One number out of a typed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The stored form, or why it is none.
    pub number: Result<String, PhoneError>,
    /// The piece as typed.
    pub typed: String,
    /// Words beside the number (`微信同号`, `妻子`), without their brackets; empty when there are none.
    pub remark: String,
}

impl Typed {
    /// Whether the remark says that the number is also a WeChat account.
    #[must_use]
    pub fn is_wechat(&self) -> bool {
        let remark = self.remark.to_lowercase();
        ["微信", "wechat", "vx", "v同"].iter().any(|word| remark.contains(word)) && !remark.contains("非微信")
    }
}

/// Full-width ASCII and the ideographic space become their half-width forms: input methods mix them.
#[must_use]
pub fn halfwidth(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '–' | '—' | '‐' | '‑' | '−' => '-',
        c => c,
    };
    text.chars().map(narrow).collect()
}

/// Reads every number of a cell: several are set apart by `/`, `、`, `,`, `;`, `|`, a line break, 或, or spaces
/// between whole numbers.
#[must_use]
pub fn parse(typed: &str) -> Vec<Typed> {
    let typed = halfwidth(typed);
    let mut found = Vec::new();
    for piece in pieces(&typed) {
        let whole = one(piece);
        let words: Vec<Typed> = piece.split_whitespace().map(one).collect();
        // "199 0000 2960" is one number with spaces, "19900002960 19900006302" is two.
        if whole.number.is_err() && words.len() > 1 && words.iter().all(|word| word.number.is_ok()) {
            found.extend(words);
        } else {
            found.push(whole);
        }
    }
    found
}

/// The stored form of one typed number.
///
/// # Errors
/// [`PhoneError`] when there is no number, or it cannot be one.
pub fn normalise(typed: &str) -> Result<String, PhoneError> {
    one(&halfwidth(typed)).number
}

/// By how many digits a typed mobile number is too long or, below zero, too short; nothing for what is no mobile number
/// at all.
#[must_use]
pub fn digits_over(typed: &str) -> Option<isize> {
    let digits: String = halfwidth(typed).chars().filter(|c| !matches!(c, ' ' | '-' | '+')).collect();
    let digits = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(&digits);
    let mobile =
        matches!(digits.as_bytes(), [b'1', b'3'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    let over = isize::try_from(digits.len()).ok()? - 11;
    (mobile && over != 0 && over.abs() <= 4).then_some(over)
}

/// The last four digits: what a butler types to find somebody. Empty for shorter texts.
#[must_use]
pub fn tail(number: &str) -> &str {
    let digits = number.len().checked_sub(4).and_then(|at| number.get(at..)).unwrap_or_default();
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits } else { "" }
}

/// Splits at separators outside brackets: `138…(微信/支付宝同号)` is one piece.
fn pieces(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(move |c: char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, '/' | '、' | ',' | ';' | '|' | '\n' | '\r' | '或' | '\\')
    })
    .map(str::trim)
    .filter(|piece| !piece.is_empty())
    .collect()
}

/// Separates one piece into number and remark.
fn one(piece: &str) -> Typed {
    let mut number = String::new();
    let mut remark = String::new();
    let mut rest = piece;
    // Brackets around words are a remark; around digits, an area code.
    while let Some(open) = rest.find(['(', '[']) {
        let (before, bracket) = rest.split_at(open);
        let (inside, after) = bracket[1..].split_once([')', ']']).unwrap_or((&bracket[1..], ""));
        number.push_str(before);
        if inside.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+') {
            number.push_str(inside);
            number.push('-');
        } else {
            push_word(&mut remark, inside);
        }
        rest = after;
    }
    number.push_str(rest);
    let number = number.to_lowercase().replace("ext", "转").replace('#', "转");

    // Words before and behind the number are a remark too: "老公 13800001234".
    let dialled = |c: char| c.is_ascii_digit() || c == '+';
    let start = number.find(dialled).unwrap_or(number.len());
    let end = number.rfind(dialled).map_or(start, |at| at + 1);
    push_word(&mut remark, &number[..start]);
    push_word(&mut remark, &number[end..]);
    Typed { number: classify(&number[start..end]), typed: piece.to_owned(), remark }
}

fn push_word(remark: &mut String, word: &str) {
    let word = word.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '.' | '。'));
    if !word.is_empty() {
        if !remark.is_empty() {
            remark.push(' ');
        }
        remark.push_str(word);
    }
}

/// The stored form of digits with separators among them.
fn classify(number: &str) -> Result<String, PhoneError> {
    if number.is_empty() {
        return Err(PhoneError::Empty);
    }
    let (number, extension) = match number.split_once('转') {
        Some((number, extension)) => (number, Some(extension.trim())),
        None => (number, None),
    };
    let plain = |text: &str| -> Result<String, PhoneError> {
        let separator = |c: char| matches!(c, ' ' | '-' | '.' | '_' | '\t');
        let digits: String = text.chars().filter(|c| !separator(*c)).collect();
        let rest = digits.strip_prefix('+').unwrap_or(&digits);
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::Invalid);
        }
        Ok(digits)
    };
    let digits = plain(number)?;
    let Some(stored) = stored_form(&digits) else {
        // The last group of a landline may be its extension: 0755-26001234-801.
        let (number, extension) = number.rsplit_once('-').ok_or(PhoneError::Invalid)?;
        let stored = stored_form(&plain(number)?).filter(|stored| stored.starts_with('0'));
        return Ok(format!("{}-{}", stored.ok_or(PhoneError::Invalid)?, checked_extension(extension)?));
    };
    match extension {
        None => Ok(stored),
        Some(extension) => Ok(format!("{stored}-{}", checked_extension(extension)?)),
    }
}

fn checked_extension(extension: &str) -> Result<&str, PhoneError> {
    let valid = (1..=6).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_digit());
    if valid { Ok(extension) } else { Err(PhoneError::Invalid) }
}

/// The stored form of pure digits, perhaps with a leading `+`.
fn stored_form(digits: &str) -> Option<String> {
    let international = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00"));
    if let Some(rest) = international {
        return match rest.strip_prefix("86") {
            Some(national) => stored_form(national).or_else(|| stored_form(&format!("0{national}"))),
            None => (7..=15).contains(&rest.len()).then(|| format!("+{rest}")),
        };
    }
    let bytes = digits.as_bytes();
    let mobile = |bytes: &[u8]| bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]);
    match (bytes, bytes.len()) {
        _ if mobile(bytes) => Some(digits.to_owned()),
        ([b'8', b'6', rest @ ..], 13) if mobile(rest) => Some(digits[2..].to_owned()),
        // A trunk zero before a mobile, as old switchboards wanted it.
        ([b'0', rest @ ..], 12) if mobile(rest) => Some(digits[1..].to_owned()),
        ([b'0', b'1' | b'2', ..], 11) => Some(format!("{}-{}", &digits[..3], &digits[3..])),
        ([b'0', b'3'..=b'9', ..], 11 | 12) => Some(format!("{}-{}", &digits[..4], &digits[4..])),
        ([b'4' | b'8', b'0', b'0', ..], 10) => Some(digits.to_owned()),
        ([b'2'..=b'9', ..], 7 | 8) => Some(digits.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_every_spelling() {
        for (typed, stored) in [
            ("19900002960", "19900002960"),
            ("199 0000 2960", "19900002960"),
            ("199-0000-2960", "19900002960"),
            ("+86 19900002960", "19900002960"),
            ("0086-199-0000-2960", "19900002960"),
            ("8619900002960", "19900002960"),
            ("１９９００００２９６０", "19900002960"),
            ("＋８６　１９９００００２９６０", "19900002960"),
            ("19900002960(微信同号)", "19900002960"),
            ("19900002960（微信同号）", "19900002960"),
            ("先生:19900002960", "19900002960"),
            ("(0755)26001234", "0755-26001234"),
            ("0755 2600 1234", "0755-26001234"),
            ("0755-26001234-801", "0755-26001234-801"),
            ("0755-26001234转801", "0755-26001234-801"),
            ("010-62001234", "010-62001234"),
            ("+86 755 26001234", "0755-26001234"),
            ("26001234", "26001234"),
            ("400-820-1234", "4008201234"),
            ("+852 6123 4567", "+85261234567"),
        ] {
            assert_eq!(normalise(typed), Ok(stored.to_owned()), "{typed}");
            assert_eq!(normalise(stored), Ok(stored.to_owned()), "the stored form of {typed} is stable");
        }
    }

    #[test]
    fn what_is_no_number_is_rejected() {
        for (typed, error) in [
            ("", PhoneError::Empty),
            ("无", PhoneError::Empty),
            ("1990000296", PhoneError::Invalid),
            ("199000029600", PhoneError::Invalid),
            ("12900002960", PhoneError::Invalid),
            ("1234", PhoneError::Invalid),
            ("199a0002960", PhoneError::Invalid),
            ("++8619900002960", PhoneError::Invalid),
        ] {
            assert_eq!(normalise(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn a_mobile_number_with_a_digit_missing_says_so() {
        for (typed, over) in [
            ("1990000296", Some(-1)),
            ("+86 199 0000 296012", Some(2)),
            ("１９９００００２９６", Some(-1)),
            ("19900002960", None),
            ("12900002960", None),
            ("199a000296", None),
            ("199", None),
        ] {
            assert_eq!(digits_over(typed), over, "{typed}");
        }
    }

    #[test]
    fn several_numbers_of_one_cell() {
        let numbers = |typed| parse(typed).into_iter().map(|one| one.number).collect::<Vec<_>>();
        let two = vec![Ok("19900007068".to_owned()), Ok("19900006302".to_owned())];
        for typed in [
            "19900007068/19900006302",
            "199-0000-7068、199 0000 6302",
            "19900007068 19900006302",
            "19900007068\n+86 19900006302",
            "19900007068(本人/微信)/19900006302(妻子)",
        ] {
            assert_eq!(numbers(typed), two, "{typed}");
        }
        assert_eq!(numbers("19900007068/待补"), [Ok("19900007068".to_owned()), Err(PhoneError::Empty)]);
    }

    #[test]
    fn remarks_are_kept_and_wechat_is_seen() {
        let typed = &parse("妻子 19900007068（微信同号）")[0];
        assert_eq!((typed.remark.as_str(), typed.is_wechat()), ("微信同号 妻子", true));
        assert!(!parse("19900007068(非微信)")[0].is_wechat());
    }

    #[test]
    fn the_tail_is_four_digits_or_nothing() {
        assert_eq!(tail("19900007068"), "7068");
        assert_eq!(tail("068"), "");
        assert_eq!(tail("同号"), "");
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 512, failure_persistence: None, ..Default::default() })]

        #[test]
        fn whatever_is_typed_becomes_a_stable_number_or_none(typed in "[0-9０-９+()（）/、 \\-转微信ext#\\PC]{0,32}") {
            for one in parse(&typed) {
                if let Ok(number) = one.number {
                    proptest::prop_assert_eq!(normalise(&number), Ok(number));
                }
            }
        }
    }
}
