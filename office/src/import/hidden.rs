//! Which rows does a file hide? What calamine does not tell is read from the file itself, within the same bounds.
//!
//! An xlsx and an ods say it in the tag of the row, an xls in the record of the row. An xlsb is not asked: nothing at hand
//! writes one to prove it by, so its import says that it cannot tell.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::ops::Range;

/// Hidden rows from 0, as the file says them: one range may reach down to the last row a sheet can have.
pub(super) type HiddenRows = Vec<Range<u32>>;

/// The opening tags of that name, without brackets.
pub(super) fn tags<'a>(xml: &'a [u8], name: &'a str) -> impl Iterator<Item = &'a str> {
    all_tags(xml).filter(move |tag| tag_name(tag).rsplit(':').next() == Some(name))
}

/// Every tag, without brackets.
fn all_tags(xml: &[u8]) -> impl Iterator<Item = &str> {
    xml.split(|byte| *byte == b'<').filter_map(|tag| std::str::from_utf8(tag).ok()?.split('>').next())
}

/// What stands between bracket and attributes.
fn tag_name(tag: &str) -> &str {
    let end = tag.get(1..).and_then(|rest| rest.find([' ', '\n', '\t', '\r', '/']));
    end.map_or(tag, |end| &tag[..=end])
}

pub(super) fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.match_indices(name).find_map(|(at, _)| {
        let before = tag[..at].ends_with([' ', '\n', '\t', '\r']);
        let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| before && matches!(quote, '"' | '\''))?;
        value[1..].split(quote).next()
    })?;
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(plain.iter().fold(value.to_owned(), |value, (coded, plain)| value.replace(coded, plain)))
}

/// The hidden rows of a worksheet's part of an xlsx, and its length: read as a stream, for it may be long.
pub(super) fn of_xlsx(part: &mut impl Read) -> std::io::Result<(BTreeSet<u32>, u64)> {
    /// A row's tag is shorter.
    const TAG: usize = 512;
    let (mut hidden, mut length, mut last) = (BTreeSet::new(), 0_u64, 0_u32);
    let (mut buffer, mut tag, mut inside) = (vec![0; 1 << 16], Vec::with_capacity(TAG), false);
    loop {
        let read = part.read(&mut buffer)?;
        if read == 0 {
            return Ok((hidden, length));
        }
        length += read as u64;
        for byte in &buffer[..read] {
            match byte {
                b'<' => {
                    tag.clear();
                    inside = true;
                }
                b'>' if inside => {
                    inside = false;
                    let Some(row) = tags(&tag, "row").next() else { continue };
                    last = attribute(row, "r").and_then(|row| row.parse().ok()).unwrap_or(last + 1);
                    if matches!(attribute(row, "hidden").as_deref(), Some("1" | "true")) {
                        hidden.insert(last.saturating_sub(1));
                    }
                }
                // Only tags whose name may be `row` or `x:row` are kept.
                _ if inside && tag.len() < TAG => tag.push(*byte),
                _ => {}
            }
        }
    }
}

/// The hidden rows of each table of an ods, by its name: rows hidden by hand or by a filter, and those of a group that
/// is folded.
pub(super) fn of_ods(content: &[u8]) -> BTreeMap<String, HiddenRows> {
    let mut tables: BTreeMap<String, HiddenRows> = BTreeMap::new();
    // How many groups are open, counted from one that is folded.
    let (mut name, mut row, mut folded) = (String::new(), 0_u32, 0_usize);
    for tag in all_tags(content) {
        match tag_name(tag) {
            "table:table" => {
                name = attribute(tag, "table:name").unwrap_or_default();
                tables.entry(name.clone()).or_default();
                (row, folded) = (0, 0);
            }
            "table:table-row-group" => {
                let is_folded = attribute(tag, "table:display").as_deref() == Some("false");
                folded += usize::from(folded > 0 || is_folded);
            }
            "/table:table-row-group" => folded = folded.saturating_sub(1),
            "table:table-row" => {
                let times = attribute(tag, "table:number-rows-repeated");
                let times = times.and_then(|times| times.parse().ok()).unwrap_or(1_u32);
                let next = row.saturating_add(times);
                let visibility = attribute(tag, "table:visibility");
                if matches!(visibility.as_deref(), Some("collapse" | "filter")) || folded > 0 {
                    tables.entry(name.clone()).or_default().push(row..next);
                }
                row = next;
            }
            _ => {}
        }
    }
    tables
}

/// The hidden rows of each worksheet of an xls, in the order in which the workbook lists them; `None` when that cannot be
/// told. Every row that is not as others are has a record ([MS-XLS] 2.4.221).
pub(super) fn of_xls(bytes: &[u8]) -> Option<Vec<HiddenRows>> {
    const SHEET: u16 = 0x0085;
    const WORKSHEET: u8 = 0;
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let stream = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name))?;
    let mut book = Vec::new();
    // No longer than the file that holds it.
    file.open_stream(stream).ok()?.take(bytes.len() as u64).read_to_end(&mut book).ok()?;
    let listed = records(&book, 0).filter(|(id, data)| *id == SHEET && data.get(5) == Some(&WORKSHEET));
    let starts: Option<Vec<usize>> = listed.map(|(_, data)| usize::try_from(number(data, 0)?).ok()).collect();
    // Sheets stand one after the other: whatever lets all of them begin at one place means nothing good.
    let mut left = book.len();
    starts?
        .into_iter()
        .map(|start| {
            let mut hidden = HiddenRows::new();
            for (id, data) in records(&book, start) {
                left = left.checked_sub(data.len() + 4)?;
                hidden.extend(hidden_row(id, data).map(|row| row..row + 1));
            }
            Some(hidden)
        })
        .collect()
}

/// The records of a stream from one beginning to its end: number and content.
fn records(stream: &[u8], start: usize) -> impl Iterator<Item = (u16, &[u8])> {
    const BEGIN: u16 = 0x0809;
    const END: u16 = 0x000a;
    let (mut rest, mut depth) = (stream.get(start..).unwrap_or_default(), 0_usize);
    std::iter::from_fn(move || {
        let (head, more) = rest.split_at_checked(4)?;
        let (id, length) = (u16::from_le_bytes([head[0], head[1]]), u16::from_le_bytes([head[2], head[3]]));
        let (data, more) = more.split_at_checked(length.into())?;
        depth = match id {
            BEGIN => depth + 1,
            END => depth.saturating_sub(1),
            _ => depth,
        };
        rest = if depth == 0 { &[] } else { more };
        Some((id, data))
    })
}

/// The row a record of a row hides: its height is none.
fn hidden_row(id: u16, data: &[u8]) -> Option<u32> {
    const ROW: u16 = 0x0208;
    const NO_HEIGHT: u32 = 0x20;
    let hidden = id == ROW && number(data, 12)? & NO_HEIGHT != 0;
    hidden.then(|| number(data, 0).map(|row| row & 0xffff)).flatten()
}

/// Four bytes as a number, the low ones first.
fn number(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_of_an_xlsx_are_found_by_number_or_by_place() {
        let part = br#"<sheetData><row r="2" hidden="1"><c/></row><row><c/></row><x:row spans="1:2" hidden="true"/><rows hidden="1"/>"#;
        let (hidden, length) = of_xlsx(&mut &part[..]).unwrap();
        assert_eq!((hidden, length), (BTreeSet::from([1, 3]), part.len() as u64));
    }

    #[test]
    fn hidden_rows_of_an_ods_are_counted_with_what_repeats() {
        let content = br#"<table:table table:name="1&amp;2"><table:table-header-rows><table:table-row/></table:table-header-rows>
            <table:table-row table:visibility="collapse" table:number-rows-repeated="2"/><table:table-row table:visibility="visible"/>
            <table:table-row-group table:display="false"><table:table-row-group><table:table-row/></table:table-row-group></table:table-row-group>
            <table:table-row-group><table:table-row/></table:table-row-group><table:table-row table:visibility="filter"/></table:table>
            <table:table table:name="b"><table:table-row table:visibility="filter"/><table:table-row/><table:table-row table:visibility="collapse" table:number-rows-repeated="4294967295"/>"#;
        let found = of_ods(content);
        assert_eq!(found["1&2"], [1..3, 4..5, 6..7]);
        assert_eq!(found["b"], [0..1, 2..u32::MAX]);
    }

    #[test]
    fn hidden_rows_of_an_xls_are_in_the_records_of_its_sheets() {
        let file = include_bytes!("../../tests/fixtures/registers/hidden-rows.xls");
        assert_eq!(of_xls(file), Some([None, Some(2..3), Some(1..2)].map(Vec::from_iter).to_vec()));
        assert_eq!(of_xls(&file[..file.len() / 4]), None);
        assert_eq!(of_xls(b"\xd0\xcf\x11\xe0"), None);
    }

    /// Ten thousand sheets that all begin at the first one would be read ten thousand times.
    #[test]
    fn sheets_of_an_xls_that_overlap_are_not_followed() {
        let record = |id: u16, data: &[u8]| {
            let length = u16::try_from(data.len()).unwrap().to_le_bytes();
            [&id.to_le_bytes(), &length, data].concat()
        };
        let listed = record(0x0085, &[0, 0, 0, 0, 0, 0, 1, 0, b'a']);
        let book = [record(0x0809, &[0; 4]), listed.repeat(10_000), record(0x000a, &[])].concat();
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        std::io::Write::write_all(&mut file.create_stream("/Workbook").unwrap(), &book).unwrap();
        file.flush().unwrap();
        assert_eq!(of_xls(&file.into_inner().into_inner()), None);
    }
}
