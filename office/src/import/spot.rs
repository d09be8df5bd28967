//! What each row of a table is: a home, somebody more of the home above, a line that belongs to no home, or a row that
//! says too little.

use std::collections::BTreeSet;

use butler_core::model::phone::halfwidth;
use butler_core::model::room::{Location, Room, RoomError};
use butler_core::model::{CommunityId, Kind, PlaceId};

use super::CellError;
use super::cells::{CellRef, Raw};
use super::column::Column;
use super::mapping::{LocationPart, Mapping, SheetFacts, Target};
use super::report::{Line, Treatment, Why};
use super::shape::{self, Shape, shapes};
use super::table::{self, Table};

/// A cell as it shows in a row, with its column's title.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub at: CellRef,
    pub title: String,
    pub raw: Raw,
}

impl Cell {
    /// A line of the report about it.
    pub fn line(&self, treatment: Treatment, why: Why, became: String) -> Line {
        Line {
            cell: self.at.clone(),
            title: self.title.clone(),
            treatment,
            why,
            was: self.raw.text(),
            became,
        }
    }
}

/// What a row is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Spot {
    /// No home: titles, sums, notes, headings between the rows.
    Aside(Why),
    /// It is about a home but does not say which; or says it in a way nobody can read.
    Refused(Why, CellRef),
    /// It names a home.
    Home(Box<Found>),
    /// It is about the home of the row before: somebody more, or more about it.
    More(Why, CellRef),
}

/// The home a row names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub location: Location,
    pub place: PlaceId,
    /// The cell that names the room, or the building where that is the home.
    pub key: Cell,
    /// Every cell that says where it is.
    pub located: Vec<CellRef>,
    /// What had to be done to read them.
    pub lines: Vec<Line>,
    /// The building as the register calls it.
    pub building: Option<String>,
    /// The cell or sheet that names the grid.
    pub grid: Option<Filled>,
}

/// What a row says in a column that may be left blank, and the cell that says it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filled {
    pub text: String,
    pub cell: Option<Cell>,
}

/// What shows in a column of a row.
pub(super) fn cell(table: &Table<'_>, column: &Column, row: u32) -> Option<Cell> {
    let ((at_row, at_col), raw) = table.sheet.shown(row, column.col)?;
    // A title merged down into the table is no content.
    let below = table.title_rows.is_none_or(|(_, last)| at_row > last);
    below.then(|| Cell { at: table.sheet.at(at_row, at_col), title: column.title.clone(), raw: raw.clone() })
}

/// How addresses of a workbook begin, where they begin with what the community is called.
pub(super) fn community_prefix(values: &[String], mapping: &Mapping) -> Vec<String> {
    const NAMES: &[&str] = &[
        "家园", "花园", "小区", "苑", "府", "公寓", "社区", "大厦", "名邸", "华庭", "庭", "轩", "园", "湾",
        "名城", "新城", "居",
    ];
    let mut prefixes = mapping.community.clone();
    let counted = |c: char| c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(c);
    let head = |text: &str| -> String { halfwidth(text).chars().take_while(|c| !counted(*c)).collect() };
    let named = |head: &str| {
        let ends = NAMES.iter().filter_map(|name| head.rfind(name).map(|at| at + name.len())).max();
        ends.map(|end| head[..end].to_owned()).filter(|name| name.chars().count() >= 3)
    };
    // A road with its number stands before the name as well: what all begin with alike.
    let all = values.first().map(|first| {
        let common =
            values.iter().map(|value| first.chars().zip(value.chars()).take_while(|(a, b)| a == b).count());
        let common = common.min().unwrap_or(0);
        first.chars().take(common).collect::<String>()
    });
    if let Some(name) = all.as_deref().filter(|_| values.len() > 1).and_then(named) {
        prefixes.push(name);
        return prefixes;
    }
    let heads: BTreeSet<String> = values.iter().filter_map(|value| named(&head(value))).collect();
    // Two names may be two parts of the community with buildings of the same number.
    if heads.len() == 1 {
        prefixes.extend(heads);
    }
    prefixes
}

/// Reads where the rows of a table are.
pub(super) struct Locator<'a> {
    pub community: &'a CommunityId,
    pub prefixes: &'a [String],
}

/// What stood last in the columns a blank cell continues.
#[derive(Default)]
struct Above {
    building: Option<Cell>,
    unit: Option<Cell>,
    grid: Option<Cell>,
    /// What the last heading between the rows said.
    band: SheetFacts,
}

/// The columns that say where a home is.
struct Where<'c> {
    building: Option<&'c Column>,
    unit: Option<&'c Column>,
    floor: Option<&'c Column>,
    room: Option<&'c Column>,
    whole: Option<&'c Column>,
    grid: Option<&'c Column>,
}

impl Locator<'_> {
    /// What every row of a table is.
    pub fn spots(&self, table: &Table<'_>, columns: &[Column]) -> Vec<(u32, Spot)> {
        let of = |target: &Target| columns.iter().find(|column| column.target() == Some(target));
        let location = |part| of(&Target::Location(part));
        let places = Where {
            building: location(LocationPart::Building),
            unit: location(LocationPart::Unit),
            floor: location(LocationPart::Floor),
            room: location(LocationPart::Room),
            whole: location(LocationPart::Whole),
            grid: of(&Target::Grid),
        };
        // Buildings that have rooms: any other is a home itself.
        let housed: BTreeSet<String> = table
            .rows
            .iter()
            .filter(|row| {
                places.room.or(places.whole).is_some_and(|column| cell(table, column, **row).is_some())
            })
            .filter_map(|row| cell(table, places.building?, *row))
            .map(|cell| cell.raw.text())
            .collect();
        let mut above = Above::default();
        let mut named = false;
        let mut spots = Vec::new();
        for row in table.rows.iter().copied() {
            if table.own_cells(row).next().is_none() {
                continue;
            }
            let spot = self.spot(table, columns, &places, &housed, row, named, &mut above);
            named = match &spot {
                Spot::Home(_) | Spot::More(..) => true,
                // Nobody joins the household above a row that could not be read.
                Spot::Refused(..) => false,
                Spot::Aside(_) => named,
            };
            spots.push((row, spot));
        }
        spots
    }

    #[expect(clippy::too_many_arguments, reason = "a row is judged by everything around it")]
    fn spot(
        &self,
        table: &Table<'_>,
        columns: &[Column],
        places: &Where<'_>,
        housed: &BTreeSet<String>,
        row: u32,
        named: bool,
        above: &mut Above,
    ) -> Spot {
        if table.is_header(row) {
            return Spot::Aside(Why::RepeatedTitles);
        }
        let own: Vec<(u32, &Raw)> = table.own_cells(row).collect();
        let first = own.first().map(|(_, raw)| raw.text()).unwrap_or_default();
        if shape::is_total(&first) {
            return Spot::Aside(Why::Totals);
        }
        if own.iter().any(|(_, raw)| shape::is_sample(&raw.text())) {
            return Spot::Aside(Why::Sample);
        }
        if shape::is_footer(&first) {
            return Spot::Aside(Why::Footer);
        }
        let key_column = places.whole.or(places.room);
        let key = key_column.and_then(|column| cell(table, column, row));
        let names_room = key.as_ref().is_some_and(|key| {
            let text = key.raw.text();
            key.at.row == row && shape::may_be_room(&text) && !shape::building(&text) && !shape::unit(&text)
        });
        if let Some(facts) = table::band(&first).filter(|_| own.len() == 1 && !names_room) {
            let own_column = |column: Option<&Column>| column.is_some_and(|column| own[0].0 == column.col);
            // A building or unit alone in its own column is what the rows below continue.
            let continued =
                own_column(places.building) || (own_column(places.unit) && facts.building.is_none());
            if !continued {
                if facts.building.is_some() {
                    above.unit = None;
                    above.building = None;
                    above.band = facts;
                } else {
                    above.band.unit = facts.unit;
                }
                return Spot::Aside(Why::Heading);
            }
        }
        let before = above.building.as_ref().map(|cell| cell.raw.text());
        let mut lines = Vec::new();
        let own_building = places.building.and_then(|column| cell(table, column, row));
        let facts = SheetFacts {
            building: above.band.building.clone().or_else(|| table.facts.building.clone()),
            unit: above.band.unit.clone().or_else(|| table.facts.unit.clone()),
            grid: table.facts.grid.clone(),
            ignore: false,
        };
        let building =
            filled(table, row, places.building, facts.building.as_ref(), &mut above.building, &mut lines);
        if before != above.building.as_ref().map(|cell| cell.raw.text()) {
            // A unit ends with its building.
            above.unit = None;
        }
        let unit = filled(table, row, places.unit, facts.unit.as_ref(), &mut above.unit, &mut lines);
        let grid = filled(table, row, places.grid, facts.grid.as_ref(), &mut above.grid, &mut lines);

        for part in
            [&own_building, &unit.as_ref().and_then(|unit| unit.cell.clone()), &key].into_iter().flatten()
        {
            if let Raw::Broken(_) = part.raw {
                return Spot::Refused(Why::BrokenPlace, part.at.clone());
            }
        }
        let says = |column: &Column| {
            column.aim.as_ref().is_some_and(
                |aim| matches!(&aim.target, Target::Field(field) if field.kind == Kind::Resident),
            )
        };
        let somebody =
            columns.iter().any(|column| says(column) && table.sheet.cells.contains_key(&(row, column.col)));
        let Some(key) = key else {
            let house =
                own_building.as_ref().filter(|cell| cell.at.row == row && !housed.contains(&cell.raw.text()));
            let something = somebody
                || columns.iter().any(|column| {
                    matches!(column.target(), Some(Target::Field(_)))
                        && table.sheet.cells.contains_key(&(row, column.col))
                });
            if let Some(house) = house.filter(|_| something) {
                return self.house(house, grid, lines);
            }
            let same = own_building
                .as_ref()
                .is_none_or(|cell| cell.at.row != row || Some(cell.raw.text()) == before);
            let column = key_column.map_or(0, |column| column.col);
            if named && somebody && same {
                return Spot::More(Why::SameHome, table.sheet.at(row, column));
            }
            let why = if something {
                Why::Unreadable(CellError::NotALocation(RoomError::RoomMissing))
            } else {
                Why::NotAHome
            };
            return match why {
                Why::NotAHome => Spot::Aside(why),
                why => Spot::Refused(why, table.sheet.at(row, column)),
            };
        };
        if own.len() == 1 && matches!(key.raw, Raw::Text(_)) && !shape::may_be_room(&key.raw.text()) {
            // Words that stand alone are about the table, or the next one.
            return Spot::Aside(Why::NotAHome);
        }
        if let Raw::Date(day) = key.raw {
            use chrono::Datelike as _;
            let likely = format!("{}-{}", day.month(), day.day());
            return Spot::Refused(Why::RoomIsDate { likely }, key.at);
        }
        if key.at.row < row && named {
            return Spot::More(Why::SameHome, key.at);
        }
        let typed = key.raw.text();
        let (text, cut) = self.without_community(&typed);
        if cut {
            lines.push(key.line(Treatment::Corrected, Why::CommunityCut, text.clone()));
        }
        let like_address = shapes(&Raw::Text(text.clone())).contains(&Shape::Address);
        if !like_address && !shape::may_be_room(&text) && Room::parse(&text).is_none() {
            return Spot::Refused(Why::NotARoom, key.at);
        }
        let floor = places.floor.and_then(|column| cell(table, column, row));
        let text = match floor.and_then(|floor| on_floor(&floor.raw.text(), &text)) {
            Some(whole) => {
                lines.push(key.line(Treatment::Guessed, Why::FloorAndRoom, whole.clone()));
                whole
            }
            None => text,
        };
        self.home(places, key, &text, like_address, building, unit, grid, lines)
    }

    #[expect(clippy::too_many_arguments, reason = "every part of an address and what was done to it")]
    fn home(
        &self,
        places: &Where<'_>,
        key: Cell,
        text: &str,
        like_address: bool,
        building: Option<Filled>,
        unit: Option<Filled>,
        grid: Option<Filled>,
        mut lines: Vec<Line>,
    ) -> Spot {
        let said = |part: &Option<Filled>| part.as_ref().map(|part| part.text.clone()).unwrap_or_default();
        let (mut named, mut unit_named) = (said(&building), said(&unit));
        let (bare, cut) = self.without_community(&named);
        if cut {
            if let Some(cell) = building.as_ref().and_then(|building| building.cell.as_ref()) {
                lines.push(cell.line(Treatment::Corrected, Why::CommunityCut, bare.clone()));
            }
            named = bare;
        }
        // `3栋2单元` in one cell.
        let both = table::place_named(&named);
        if let (Some(building), Some(unit), true) = (both.building, both.unit, unit_named.is_empty()) {
            (named, unit_named) = (building, unit);
        }
        let spoken = text.contains("单元") || shape::building(text);
        let location = if places.whole.is_some() && (like_address || spoken || named.is_empty()) || spoken {
            let within = Location::parse_within(&named, &unit_named, text);
            // What stands over a table may be said of most of its rows only.
            let sure = building.as_ref().is_some_and(|building| building.cell.is_some());
            within.or_else(|error| if sure { Err(error) } else { Location::parse(text) })
        } else {
            Location::new(&named, &unit_named, text)
        };
        let location = match location {
            Err(RoomError::RoomMissing) if shape::building(text) => Location::house(text),
            other => other,
        };
        let placed = location.and_then(|location| {
            let place = location.places(self.community)?.pop().ok_or(RoomError::BuildingMissing)?;
            Ok((location, place))
        });
        let (location, place) = match placed {
            Ok(placed) => placed,
            Err(error) => return Spot::Refused(Why::Unreadable(CellError::NotALocation(error)), key.at),
        };
        let parts =
            [building.as_ref(), unit.as_ref()].into_iter().flatten().filter_map(|part| part.cell.as_ref());
        let located: Vec<CellRef> = parts.map(|cell| cell.at.clone()).chain([key.at.clone()]).collect();
        let building = (!named.is_empty()).then_some(named);
        Spot::Home(Box::new(Found { location, place, key, located, lines, building, grid }))
    }

    /// A building that is the home itself.
    fn house(&self, house: &Cell, grid: Option<Filled>, mut lines: Vec<Line>) -> Spot {
        let (text, _) = self.without_community(&house.raw.text());
        let placed = Location::house(&text).and_then(|location| {
            let place = location.places(self.community)?.pop().ok_or(RoomError::BuildingMissing)?;
            Ok((location, place))
        });
        let (location, place) = match placed {
            Ok(placed) => placed,
            Err(error) => {
                return Spot::Refused(Why::Unreadable(CellError::NotALocation(error)), house.at.clone());
            }
        };
        lines.push(house.line(Treatment::Guessed, Why::House, location.display()));
        let (key, located) = (house.clone(), vec![house.at.clone()]);
        Spot::Home(Box::new(Found { location, place, key, located, lines, building: Some(text), grid }))
    }

    /// An address without what the community is called, and whether it was there.
    fn without_community(&self, text: &str) -> (String, bool) {
        let rest = self.prefixes.iter().find_map(|prefix| text.trim().strip_prefix(prefix.as_str()));
        match rest.map(|rest| rest.trim_start_matches(['-', ' ', '·', '　', ','])) {
            Some(rest) if !rest.is_empty() => (rest.to_owned(), true),
            _ => (text.to_owned(), false),
        }
    }
}

/// The room of a register that counts rooms floor by floor: floor 5, room 01 is 501.
fn on_floor(floor: &str, room: &str) -> Option<String> {
    let number = |text: &str| halfwidth(text).trim().trim_end_matches(['层', '楼', 'F']).parse::<u32>().ok();
    let (floor, room) = (number(floor)?, number(room)?);
    ((1..=99).contains(&floor) && (1..=99).contains(&room)).then(|| format!("{floor}{room:02}"))
}

/// What a row says in a column that may be left blank: its cell, what sheet or heading say, or what stands above.
fn filled(
    table: &Table<'_>,
    row: u32,
    column: Option<&Column>,
    said: Option<&String>,
    last: &mut Option<Cell>,
    lines: &mut Vec<Line>,
) -> Option<Filled> {
    if let Some(own) = column.and_then(|column| cell(table, column, row)) {
        *last = Some(own.clone());
        return Some(Filled { text: own.raw.text(), cell: Some(own) });
    }
    if let (Some(column), Some(last)) = (column, last.clone()) {
        lines.push(Line {
            cell: table.sheet.at(row, column.col),
            title: column.title.clone(),
            treatment: Treatment::Guessed,
            why: Why::FromAbove,
            was: String::new(),
            became: last.raw.text(),
        });
        return Some(Filled { text: last.raw.text(), cell: Some(last) });
    }
    said.map(|said| Filled { text: said.clone(), cell: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_community_before_its_addresses_is_found_and_parts_of_one_are_kept() {
        let prefix = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            community_prefix(&values, &Mapping::guesses().unwrap())
        };
        assert_eq!(prefix(&["金色家园1栋101", "金色家园12栋101"]), ["金色家园"]);
        assert_eq!(prefix(&["金色家园1栋101", "2栋101"]), ["金色家园"]);
        assert_eq!(prefix(&["科技路18号金色家园1栋", "科技路18号金色家园2栋"]), ["科技路18号金色家园"]);
        assert_eq!(prefix(&["翠竹苑小区1栋101", "牡丹苑小区1栋101"]), [""; 0], "two parts of one community");
        assert_eq!(prefix(&["东区1栋101", "西区1栋101"]), [""; 0]);
        assert_eq!(prefix(&["别墅1幢", "1栋"]), [""; 0]);
    }

    #[test]
    fn rooms_counted_floor_by_floor_are_put_together() {
        assert_eq!(on_floor("5层", "1").as_deref(), Some("501"));
        assert_eq!(on_floor("12", "03").as_deref(), Some("1203"));
        assert_eq!(on_floor("5", "501"), None);
        assert_eq!(on_floor("-1", "01"), None);
    }
}
