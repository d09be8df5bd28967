//! Text files: CSV and its relatives, in the encodings and with the separators spreadsheets here write.

use std::borrow::Cow;
use std::collections::BTreeMap;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::ImportError;
use super::cells::{Raw, Sheet, clean};
use super::workbook::limit;

/// Lines looked at to find the separator.
const LINES: usize = 50;

/// Reads a text file as one sheet.
///
/// # Errors
/// [`ImportError::NotAWorkbook`] for what is no text, [`ImportError::TooLarge`] beyond the bounds.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, ImportError> {
    let text = decode(bytes).ok_or(ImportError::NotAWorkbook)?;
    let (separator, text) = match text.split_once('\n').and_then(|(first, rest)| {
        let separator = first.trim_end().strip_prefix("sep=")?.bytes().next()?;
        Some((separator, rest))
    }) {
        Some((separator, rest)) => (separator, rest),
        None => (separator(&text), &*text),
    };
    let text = with_blank_rows(text, separator);
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut cells = BTreeMap::new();
    let (mut record, mut row) = (csv::StringRecord::new(), 0_u32);
    // The text is valid UTF-8 and rows may be of any length: nothing else can fail.
    while rows.read_record(&mut record).map_err(|_| ImportError::Damaged)? {
        for (col, field) in record.iter().enumerate() {
            let Some(raw) = field_of(field) else { continue };
            if cells.len() >= limit::CELLS {
                return Err(ImportError::TooLarge { what: "cells", limit: limit::CELLS as u64 });
            }
            cells.insert((row, u32::try_from(col).unwrap_or(u32::MAX)), raw);
        }
        row = row.saturating_add(1);
    }
    Ok(Sheet { name: "CSV".into(), cells, ..Sheet::default() })
}

/// The text with a separator in each blank line: the reader of CSV leaves blank lines out, a spreadsheet counts them, and
/// cells are named as a spreadsheet shows them. A line break in quotes is no row.
fn with_blank_rows(text: &str, separator: u8) -> String {
    let (mut out, mut quoted, mut begins) = (String::with_capacity(text.len()), false, true);
    for c in text.chars().filter(|c| *c != '\r') {
        quoted ^= c == '"';
        if c == '\n' && begins && !quoted {
            out.push(char::from(separator));
        }
        begins = c == '\n' && !quoted;
        out.push(c);
    }
    out
}

/// One field; `="0101"` is how a text is kept from becoming a number.
fn field_of(field: &str) -> Option<Raw> {
    let field = field.trim();
    let forced = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let text = clean(forced.unwrap_or(field));
    match text.as_str() {
        "" => None,
        "#N/A" => Some(Raw::Broken("#N/A")),
        "#REF!" => Some(Raw::Broken("#REF!")),
        "#VALUE!" => Some(Raw::Broken("#VALUE!")),
        "#NAME?" => Some(Raw::Broken("#NAME?")),
        "#DIV/0!" => Some(Raw::Broken("#DIV/0!")),
        _ if text.chars().count() > limit::TEXT => Some(Raw::Broken("#TOO LONG")),
        _ => Some(Raw::Text(text)),
    }
}

/// The text of a file by its mark, as UTF-8, as UTF-16 where every other byte is zero or Chinese, or as GB18030.
fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let readable = |text: &str| {
        let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{1a}' | '\u{b}');
        !text.chars().any(|c| control(c) || c == '\u{fffd}' || c == '\u{fffe}')
    };
    let as_one = |encoding: &'static Encoding, bytes: &'_ [u8]| {
        let (text, _, wrong) = encoding.decode(bytes);
        (!wrong && readable(&text)).then(|| text.into_owned())
    };
    if bytes.is_empty() {
        return None;
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return as_one(encoding, &bytes[length..]).map(Cow::Owned);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && readable(text)
    {
        return Some(Cow::Borrowed(text));
    }
    // Digits, separators and line breaks of UTF-16 have a zero byte each; GB18030 never has one.
    let candidates = if bytes.contains(&0) { [UTF_16LE, UTF_16BE] } else { [GB18030, UTF_8] };
    candidates.into_iter().find_map(|encoding| as_one(encoding, bytes)).map(Cow::Owned)
}

/// The separator most lines agree about; of equals the comma.
fn separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()).take(LINES) {
            let mut quoted = false;
            let found = line.bytes().filter(|byte| {
                quoted ^= *byte == b'"';
                !quoted && *byte == separator
            });
            *counts.entry(found.count()).or_default() += 1;
        }
        counts.into_iter().filter(|(found, _)| *found > 0).map(|(found, lines)| lines * lines * found).max()
    };
    // The last of equals wins.
    [b';', b'\t', b','].into_iter().max_by_key(|separator| score(*separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTER: &str =
        "楼栋,房号,业主姓名,联系电话\n1栋,101,钱多,13800001111\n1栋,102,\"孙里,赵敏\",\"138\n0000 2222\"\n";

    fn texts(bytes: &[u8]) -> Vec<((u32, u32), String)> {
        read(bytes).unwrap().cells.into_iter().map(|(at, raw)| (at, raw.text())).collect()
    }

    #[test]
    fn every_encoding_and_separator_reads_the_same() {
        let wanted = texts(REGISTER.as_bytes());
        assert_eq!(wanted[10], ((2, 2), "孙里,赵敏".to_owned()));
        assert_eq!(wanted.len(), 12);
        let wide = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
        for separator in [",", ";", "\t"] {
            // The comma inside the quotes stays.
            let text = REGISTER
                .replace("孙里,赵敏", "孙里|赵敏")
                .replace(',', separator)
                .replace("孙里|赵敏", "孙里,赵敏");
            let marked = format!("\u{feff}{text}");
            let spellings: [Vec<u8>; 7] = [
                text.clone().into_bytes(),
                marked.clone().into_bytes(),
                GB18030.encode(&text).0.into_owned(),
                wide(&marked, u16::to_le_bytes),
                wide(&marked, u16::to_be_bytes),
                wide(&text, u16::to_le_bytes),
                text.replace('\n', "\r\n").replace("138\r\n", "138\n").into_bytes(),
            ];
            for (at, bytes) in spellings.iter().enumerate() {
                assert_eq!(texts(bytes), wanted, "{separator:?} {at}");
            }
        }
    }

    #[test]
    fn a_text_kept_from_becoming_a_number_and_a_named_separator_are_understood() {
        assert_eq!(
            texts(b"sep=;\n=\"0101\";#N/A\n"),
            [((0, 0), "0101".to_owned()), ((0, 1), "#N/A".to_owned())]
        );
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let rows = |text: &str| texts(text.as_bytes()).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(rows("台账\r\n\r\n房号,姓名\r\n"), [(0, 0), (2, 0), (2, 1)]);
        assert_eq!(rows("\"两\n\n行\",b\nc"), [(0, 0), (0, 1), (1, 0)]);
    }

    #[test]
    fn what_is_no_text_is_none() {
        for bytes in [&b""[..], b"\x01\x02\x03", b"\xff\xff\xff\xff", b"a\x00b"] {
            assert_eq!(read(bytes), Err(ImportError::NotAWorkbook), "{bytes:?}");
        }
    }
}
