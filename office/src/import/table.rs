//! The tables of a sheet: where each begins and ends, what its titles are, and what stands around it.
//!
//! A title row is found by what it says (known titles) or by the shape of what stands below it: words over data. A
//! sheet may hold several tables, below or beside one another.

use std::collections::BTreeSet;

use super::cells::{Raw, Sheet};
use super::mapping::{LocationPart, Mapping, SheetFacts, Target};
use super::shape::{self, Shape, may_be_title, shapes};

/// Columns a sheet may have; what lies beyond is reported as untitled.
const COLUMNS: u32 = 256;
/// Rows below a title row that are looked at to see whether it stands over data.
const BELOW: usize = 6;
/// Rows above the titles that may say something about the table.
const HEADING: usize = 4;
/// From where on a likeness counts as a known title.
const KNOWN: f64 = 0.8;

/// A column's title.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Title {
    pub col: u32,
    /// Empty where the column has none.
    pub text: String,
    /// What stands over it and others: `租户信息`.
    pub over: Option<String>,
}

/// A table of a sheet.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    pub sheet: &'a Sheet,
    /// By column.
    pub titles: Vec<Title>,
    /// The rows of the titles; `None` for a table without.
    pub title_rows: Option<(u32, u32)>,
    /// The rows below, up to the next table; not all of them are data.
    pub rows: Vec<u32>,
    /// First and last column.
    pub span: (u32, u32),
    /// What sheet name and heading say about all rows.
    pub facts: SheetFacts,
}

impl Table<'_> {
    /// The title of a column.
    pub fn title(&self, col: u32) -> Option<&str> {
        self.titles.iter().find(|title| title.col == col).map(|title| title.text.as_str())
    }

    /// The cells a row of the table holds itself, in titled columns or not.
    pub fn own_cells(&self, row: u32) -> impl Iterator<Item = (u32, &Raw)> {
        let (left, right) = self.span;
        self.sheet.cells.range((row, left)..=(row, right)).map(|((_, col), raw)| (*col, raw))
    }

    /// Whether a row repeats the titles, as printed registers do on each page.
    pub fn is_header(&self, row: u32) -> bool {
        let same = |title: &&Title| {
            !title.text.is_empty()
                && self.sheet.cells.get(&(row, title.col)).is_some_and(|raw| raw.text() == title.text)
        };
        self.titles.iter().filter(same).count() >= 2
    }

    /// Where people find it: `业主信息 第 3 行起`.
    pub fn place(&self) -> String {
        let row = self.title_rows.map(|(first, _)| first).or_else(|| self.rows.first().copied());
        format!("{} 第 {} 行起", self.sheet.name, row.unwrap_or_default() + 1)
    }
}

/// Finds the tables of a sheet, in the order of its rows; whether one is a register is for its columns to tell.
pub(super) fn find<'a>(sheet: &'a Sheet, mapping: &Mapping) -> Vec<Table<'a>> {
    let rows: Vec<u32> =
        sheet.rows().into_iter().filter(|row| mapping.hidden || !sheet.hidden_rows.contains(row)).collect();
    let mut tables = Vec::new();
    for span in strips(sheet, &rows, mapping) {
        let finder = Finder { sheet, mapping, span, columns: columns(sheet, span) };
        tables.extend(finder.tables(&rows));
    }
    tables.sort_by_key(|table: &Table<'_>| (table.title_rows, table.span));
    tables
}

fn columns(sheet: &Sheet, (left, right): (u32, u32)) -> Vec<u32> {
    sheet.columns().into_iter().filter(|col| (left..=right).contains(col) && *col < COLUMNS).collect()
}

/// Runs of columns set apart by columns that hold nothing, where more than one run names rooms: tables side by side.
fn strips(sheet: &Sheet, rows: &[u32], mapping: &Mapping) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for col in columns(sheet, (0, u32::MAX)) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 >= col => *last = col,
            _ => runs.push((col, col)),
        }
    }
    let located = |span: &(u32, u32)| {
        let finder = Finder { sheet, mapping, span: *span, columns: columns(sheet, *span) };
        finder.tables(rows).iter().any(|table| table.titles.iter().any(|title| finder.is_location(title)))
    };
    let mut strips: Vec<(u32, u32)> = Vec::new();
    for run in &runs {
        match strips.last_mut() {
            Some((_, right)) if !located(run) => *right = run.1,
            _ => strips.push(*run),
        }
    }
    match strips.as_mut_slice() {
        [] | [_] => vec![(0, u32::MAX)],
        [first, .., last] => {
            first.0 = 0;
            last.1 = u32::MAX;
            strips
        }
    }
}

struct Finder<'a, 'b> {
    sheet: &'a Sheet,
    mapping: &'b Mapping,
    span: (u32, u32),
    columns: Vec<u32>,
}

/// A row, or two one above the other, of titles.
struct Header {
    rows: (u32, u32),
    titles: Vec<Title>,
}

impl<'a> Finder<'a, '_> {
    fn own(&self, row: u32) -> Vec<(u32, &'a Raw)> {
        let (left, right) = (self.span.0, self.span.1.min(COLUMNS - 1));
        self.sheet.cells.range((row, left)..=(row, right)).map(|((_, col), raw)| (*col, raw)).collect()
    }

    fn is_location(&self, title: &Title) -> bool {
        let titled = self.mapping.titled(&title.text, title.over.as_deref());
        titled.is_some_and(|titled| {
            titled.likeness >= KNOWN
                && matches!(titled.aim.target, Target::Location(LocationPart::Room | LocationPart::Whole))
        })
    }

    fn tables(&self, rows: &[u32]) -> Vec<Table<'a>> {
        let mut headers: Vec<Header> = Vec::new();
        let mut at = 0;
        while at < rows.len() {
            let row = rows[at];
            let Some(header) = self.header(rows, at, headers.last()) else {
                at += 1;
                continue;
            };
            let same = headers.last().is_some_and(|last| {
                last.titles.iter().map(|title| &title.text).eq(header.titles.iter().map(|title| &title.text))
            });
            let last = header.rows.1;
            // The same titles once more are a page of the same table.
            if !same {
                headers.push(header);
            }
            while at < rows.len() && rows[at] <= last.max(row) {
                at += 1;
            }
        }
        if headers.is_empty() {
            return self.without_titles(rows).into_iter().collect();
        }
        let mut tables = Vec::new();
        for (nth, header) in headers.iter().enumerate() {
            let until = headers.get(nth + 1).map_or(u32::MAX, |next| next.rows.0);
            let from = if nth == 0 { 0 } else { headers[nth - 1].rows.1 + 1 };
            let below: Vec<u32> =
                rows.iter().copied().filter(|row| *row > header.rows.1 && *row < until).collect();
            let heading = (from, header.rows.0);
            for titles in self.split(&header.titles) {
                tables.push(self.table(titles, Some(header.rows), below.clone(), heading));
            }
        }
        tables
    }

    fn table(
        &self,
        titles: Vec<Title>,
        title_rows: Option<(u32, u32)>,
        rows: Vec<u32>,
        heading: (u32, u32),
    ) -> Table<'a> {
        let whole = titles.len() == self.columns.len() || self.columns.len() <= titles.len();
        let first = titles.first().map_or(self.span.0, |title| title.col);
        let last = titles.last().map_or(self.span.1, |title| title.col);
        // The one table of a strip takes in what stands beside it; of several, each its own columns.
        let alone = whole || titles.iter().map(|title| title.col).eq(self.columns.iter().copied());
        let span = if alone { self.span } else { (first, last) };
        let mut facts = place_named(&self.sheet.name);
        // What stands alone right above the titles is said of the table; what is further up belongs to another.
        let above = (heading.0..heading.1).rev().take_while(|row| self.own(*row).len() <= 1).take(HEADING);
        // Over tables side by side, it is said of all of them.
        let alone = |row: u32| {
            let all: Vec<&Raw> =
                self.sheet.cells.range((row, 0)..=(row, u32::MAX)).map(|(_, raw)| raw).collect();
            if all.len() == 1 { all } else { self.own(row).into_iter().map(|(_, raw)| raw).collect() }
        };
        for raw in above.flat_map(alone) {
            let named = place_named(&raw.text());
            facts.building = named.building.or(facts.building);
            facts.unit = named.unit.or(facts.unit);
        }
        if let Some(said) = self.mapping.sheets.get(&*self.sheet.name) {
            facts.building = said.building.clone().or(facts.building);
            facts.unit = said.unit.clone().or(facts.unit);
            facts.grid.clone_from(&said.grid);
        }
        Table { sheet: self.sheet, titles, title_rows, rows, span, facts }
    }

    /// Titles of one table each: where the first one begins again, or the room is named a second time behind the
    /// building, stand tables side by side without a gap.
    fn split(&self, titles: &[Title]) -> Vec<Vec<Title>> {
        let location = |title: &Title| {
            let titled = self.mapping.titled(&title.text, title.over.as_deref())?;
            match titled.aim.target {
                Target::Location(part) if titled.likeness >= KNOWN => Some(part),
                _ => None,
            }
        };
        let mut parts: Vec<Vec<Title>> = vec![Vec::new()];
        for (at, title) in titles.iter().enumerate() {
            let so_far = parts.last().map(Vec::as_slice).unwrap_or_default();
            let repeats = so_far.first().is_some_and(|first| {
                let period = so_far.len();
                let again = titles[at..].iter().map(|title| &title.text);
                !title.text.is_empty()
                    && period >= 2
                    && first.text == title.text
                    && so_far.iter().map(|title| &title.text).eq(again.take(period))
            });
            let rooms = [LocationPart::Room, LocationPart::Whole];
            let has_room = so_far.iter().filter_map(location).any(|part| rooms.contains(&part));
            let begins =
                location(title).is_some_and(|part| so_far.iter().filter_map(location).any(|has| has == part));
            // The room again with something else to say first: a second table only where a person follows too.
            let named = |title: &Title| {
                let titled = self.mapping.titled(&title.text, None);
                titled.is_some_and(|titled| titled.likeness >= KNOWN && titled.aim.name().ends_with(".name"))
            };
            let both = so_far.iter().any(named) && titles[at..].iter().any(named);
            if repeats || (has_room && begins && both) {
                parts.push(Vec::new());
            }
            if let Some(last) = parts.last_mut() {
                last.push(title.clone());
            }
        }
        // A serial number before the first title of the next table belongs to it.
        for at in 1..parts.len() {
            let serial = |title: &Title| {
                let titled = self.mapping.titled(&title.text, None);
                titled.is_some_and(|titled| titled.aim.target == Target::Ignore)
            };
            if parts[at - 1].len() > 2 && parts[at - 1].last().is_some_and(serial) {
                let moved: Vec<Title> = parts[at - 1].pop().into_iter().collect();
                parts[at].splice(0..0, moved);
            }
        }
        parts
    }

    /// The titles that begin at a row, if they do.
    fn header(&self, rows: &[u32], at: usize, before: Option<&Header>) -> Option<Header> {
        let row = rows[at];
        let own = self.own(row);
        if own.len() < 2 {
            return None;
        }
        let words = own.iter().filter(|(_, raw)| may_be_title(raw)).count();
        // A year or a phase among titles is no data; a row of data has words in it, too.
        let mostly_words = (own.len() - words) * 4 <= own.len();
        if words < 2 || !mostly_words {
            return None;
        }
        let next = rows.get(at + 1).copied().filter(|next| *next == row + 1);
        let merged_down = self
            .columns
            .iter()
            .any(|col| self.sheet.shown(row + 1, *col).is_some_and(|((anchor, _), _)| anchor == row));
        let one = self.titles(row, row);
        let known = |titles: &[Title]| titles.iter().filter(|title| self.is_known(title)).count();
        let two = next.filter(|next| self.own(*next).iter().all(|(_, raw)| may_be_title(raw)));
        let two = two.map(|next| (next, self.titles(row, next)));
        if let Some((next, titles)) = two
            && (merged_down || known(&titles) > known(&one).max(1))
            && known(&titles) >= 2
            && self.shares_columns(row, next)
        {
            return Some(Header { rows: (row, next), titles });
        }
        let (found, of) = (known(&one), one.iter().filter(|title| !title.text.is_empty()).count());
        let is_known = found >= 2 && found * 2 >= own.len();
        // Titles nobody listed: words over data, where a table may begin.
        let alone = |before: u32| self.own(before).len() <= 1;
        let begins = before.is_none() || at == 0 || rows[at - 1] + 1 < row || alone(rows[at - 1]);
        let unheard = || {
            let distinct: BTreeSet<String> = own.iter().map(|(_, raw)| raw.text()).collect();
            let names = own.iter().filter(|(_, raw)| shapes(raw).contains(&Shape::Name)).count();
            words == own.len()
                && distinct.len() == own.len()
                && names * 2 <= own.len()
                && self.stands_over_data(&rows[at + 1..], &one)
        };
        ((of >= 2 && is_known) || (begins && unheard())).then_some(Header { rows: (row, row), titles: one })
    }

    /// Whether the lower of two rows of titles fills in what the upper leaves open or divides.
    fn shares_columns(&self, upper: u32, lower: u32) -> bool {
        let above: BTreeSet<u32> = self.own(upper).iter().map(|(col, _)| *col).collect();
        let below = self.own(lower);
        let open = below.iter().filter(|(col, _)| !above.contains(col)).count();
        let merged = self.columns.iter().any(|col| {
            self.sheet.shown(upper, *col).is_some_and(|((_, anchor), _)| anchor != *col)
                || self.sheet.shown(lower, *col).is_some_and(|((anchor, _), _)| anchor == upper)
        });
        !below.is_empty() && (merged || open > 0)
    }

    fn is_known(&self, title: &Title) -> bool {
        let titled = self.mapping.titled(&title.text, title.over.as_deref());
        !title.text.is_empty() && titled.is_some_and(|titled| titled.likeness >= KNOWN)
    }

    /// Each column's title under these rows; the lower counts, what stands over several is said of each.
    fn titles(&self, first: u32, last: u32) -> Vec<Title> {
        let title = |col: &u32| {
            let shown = |row: u32| {
                // What is merged down from above the titles is no column's title.
                let ((anchor, _), raw) =
                    self.sheet.shown(row, *col).filter(|((anchor, _), _)| *anchor >= first)?;
                Some((anchor, raw.text()))
            };
            let low = (first..=last).rev().find_map(shown);
            let over = if first == last { None } else { self.over(first, *col) };
            let text = low.map(|(_, text)| text).unwrap_or_default();
            let over = over.filter(|over| *over != text);
            Title { col: *col, text, over }
        };
        let titles: Vec<Title> = self.columns.iter().map(title).collect();
        titles
    }

    /// What stands over a column in the upper row: its own, what is merged over it, or, without merging, the last one
    /// to its left.
    fn over(&self, upper: u32, col: u32) -> Option<String> {
        let shown = self.sheet.shown(upper, col).map(|(_, raw)| raw.text());
        shown.or_else(|| {
            let own = self.own(upper);
            own.iter().rev().find(|(at, _)| *at < col).map(|(_, raw)| raw.text())
        })
    }

    fn stands_over_data(&self, below: &[u32], titles: &[Title]) -> bool {
        let below: Vec<u32> = below.iter().copied().take(BELOW).collect();
        let titled: Vec<u32> =
            titles.iter().filter(|title| !title.text.is_empty()).map(|title| title.col).collect();
        let mut filled = 0;
        let mut data = 0;
        let mut certain = 0;
        for col in &titled {
            let values: Vec<&Raw> =
                below.iter().filter_map(|row| self.sheet.cells.get(&(*row, *col))).collect();
            if values.is_empty() {
                continue;
            }
            filled += 1;
            let no_words = values.iter().filter(|raw| !may_be_title(raw)).count();
            if no_words * 3 >= values.len() * 2 {
                data += 1;
            }
            let sure = |raw: &&&Raw| {
                let found = shapes(raw);
                [Shape::Mobile, Shape::Address, Shape::Room, Shape::Plate]
                    .iter()
                    .any(|shape| found.contains(shape))
            };
            if values.iter().filter(sure).count() * 3 >= values.len() * 2 {
                certain += 1;
            }
        }
        filled * 2 >= titled.len() && data >= 2 && certain >= 1
    }

    /// A table without titles: rows in which rooms and people stand from the first on.
    fn without_titles(&self, rows: &[u32]) -> Option<Table<'a>> {
        let looks = |row: &&u32| {
            let own = self.own(**row);
            let has = |wanted: &[Shape]| {
                own.iter().any(|(_, raw)| shapes(raw).iter().any(|shape| wanted.contains(shape)))
            };
            has(&[Shape::Room, Shape::Address]) && has(&[Shape::Mobile, Shape::Name]) && own.len() >= 2
        };
        let fits = rows.iter().take(20).filter(looks).count();
        if fits < 2 || fits * 2 < rows.len().min(20) {
            return None;
        }
        let titles =
            self.columns.iter().map(|col| Title { col: *col, text: String::new(), over: None }).collect();
        Some(self.table(titles, None, rows.to_vec(), (0, 0)))
    }
}

/// The building and unit a heading or the name of a sheet says: `1栋业主信息表`, `3号楼2单元`, `5#`.
pub(super) fn place_named(text: &str) -> SheetFacts {
    let text: String =
        butler_core::model::phone::halfwidth(text).chars().filter(|c| !c.is_whitespace()).collect();
    let counted = |c: char| c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(c);
    let part = |words: &[&str]| -> Option<(String, usize)> {
        let found = words.iter().filter_map(|word| text.find(word).map(|at| (at, *word)));
        let (at, word) = found.min_by_key(|(at, word)| (*at, std::cmp::Reverse(word.len())))?;
        let before = &text[..at];
        let from = before.char_indices().rev().take_while(|(_, c)| counted(*c)).last()?.0;
        // `1-3栋` and `1、2栋` are several.
        let several = before[..from].ends_with(['-', '~', '至', '、', ',', '和', '及', '/']);
        (!several).then(|| (format!("{}{word}", &before[from..]), at + word.len()))
    };
    let building = part(&["号楼", "栋", "幢", "座", "#"]);
    // Two buildings in one heading tell nothing.
    let rest = building.as_ref().map_or("", |(_, end)| &text[*end..]);
    let again = ["号楼", "栋", "幢"]
        .iter()
        .any(|word| rest.find(word).is_some_and(|at| rest[..at].chars().next_back().is_some_and(counted)));
    let building = building.filter(|_| !again && !text.contains("车位")).map(|(building, _)| building);
    let unit = part(&["单元"]).map(|(unit, _)| unit);
    SheetFacts { building, unit, ..SheetFacts::default() }
}

/// The building and unit of a line between the rows of a table that says nothing else (`2栋`, `2号楼1单元`).
pub(super) fn band(text: &str) -> Option<SheetFacts> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let named = place_named(&text);
    let said: usize =
        [&named.building, &named.unit].into_iter().flatten().map(|part| part.chars().count()).sum();
    let rest = text.chars().count().saturating_sub(said);
    let only = shape::building(&text) || shape::unit(&text) || rest <= 2;
    (only && said > 0).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let mut sheet = Sheet { name: "业主信息".into(), ..Sheet::default() };
        for (row, cells) in (0..).zip(rows) {
            for (col, text) in (0..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
                sheet.cells.insert((row, col), Raw::Text((*text).to_owned()));
            }
        }
        sheet
    }

    /// Titles, the rows of the titles, the rows below.
    type Found = (Vec<String>, Option<(u32, u32)>, Vec<u32>);

    fn found(rows: &[&[&str]]) -> Vec<Found> {
        let sheet = sheet(rows);
        let titles = |table: &Table<'_>| table.titles.iter().map(|title| title.text.clone()).collect();
        let mapping = Mapping::guesses().unwrap();
        find(&sheet, &mapping)
            .iter()
            .map(|table| (titles(table), table.title_rows, table.rows.clone()))
            .collect()
    }

    #[test]
    fn a_second_table_below_has_its_own_titles_and_rows() {
        let tables = found(&[
            &["某小区业主台账"],
            &["楼栋", "房号", "业主姓名", "联系电话"],
            &["1栋", "101", "钱多", "13800001111"],
            &["1栋", "102", "孙里", "13800002222"],
            &[],
            &["商铺号", "面积", "租户", "租户电话"],
            &["S1-01", "45.5", "冯记面馆", "13800005555"],
        ]);
        assert_eq!(tables.len(), 2, "{tables:?}");
        assert_eq!((tables[0].1, tables[0].2.as_slice()), (Some((1, 1)), &[2, 3][..]));
        assert_eq!((tables[1].1, tables[1].2.as_slice()), (Some((5, 5)), &[6][..]));
    }

    #[test]
    fn tables_side_by_side_are_told_apart_with_and_without_a_gap() {
        let gap = found(&[
            &["房号", "姓名", "电话", "", "房号", "姓名", "电话"],
            &["101", "钱多", "13800001111", "", "201", "孙里", "13800002222"],
        ]);
        let close = found(&[
            &["房号", "姓名", "电话", "房号", "姓名", "电话"],
            &["101", "钱多", "13800001111", "201", "孙里", "13800002222"],
        ]);
        for tables in [gap, close] {
            assert_eq!(tables.len(), 2, "{tables:?}");
            assert!(tables.iter().all(|table| table.0.len() == 3));
        }
    }

    #[test]
    fn words_nobody_listed_are_titles_where_they_stand_over_data() {
        let tables = found(&[
            &["门户", "屋主大名", "传呼"],
            &["101", "钱多", "13800001111"],
            &["102", "孙里", "13800002222"],
        ]);
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].1, Some((0, 0)));
        let bare = found(&[&["101", "钱多", "13800001111"], &["102", "孙里", "13800002222"]]);
        assert_eq!((bare.len(), bare[0].1), (1, None));
        assert_eq!(found(&[&["请于每月五日前更新"]]), []);
    }

    #[test]
    fn titles_in_two_rows_tell_whose_they_are() {
        let tables = find(
            &sheet(&[
                &["房号", "业主", "", "租户", ""],
                &["", "姓名", "电话", "姓名", "电话"],
                &["101", "钱多", "13800001111", "李租", "13800002222"],
            ]),
            &Mapping::guesses().unwrap(),
        )
        .iter()
        .flat_map(|table| table.titles.clone())
        .map(|title| format!("{}/{}", title.over.unwrap_or_default(), title.text))
        .collect::<Vec<_>>();
        assert_eq!(tables, ["/房号", "业主/姓名", "业主/电话", "租户/姓名", "租户/电话"]);
    }

    #[test]
    fn headings_and_sheet_names_say_the_building() {
        for (text, building, unit) in [
            ("1栋业主信息表", Some("1栋"), None),
            ("金色家园3号楼2单元", Some("3号楼"), Some("2单元")),
            ("5#", Some("5#"), None),
            ("A座", Some("A座"), None),
            ("1-3栋", None, None),
            ("1栋、2栋", None, None),
            ("业主信息", None, None),
        ] {
            let named = place_named(text);
            assert_eq!((named.building.as_deref(), named.unit.as_deref()), (building, unit), "{text}");
        }
        assert!(band("2栋").is_some() && band("2号楼1单元").is_some());
        assert!(band("2栋王五负责收费").is_none() && band("请更新").is_none());
    }
}
