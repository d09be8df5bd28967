//! What each column of a table is: by its title, by what stands in it, and by what stands beside it; with the reasons.

use std::collections::{BTreeMap, BTreeSet};

use butler_core::model::Kind;
use butler_core::model::fields::{Type, group};

use super::cells::{CellRef, Raw};
use super::convert;
use super::mapping::{Aim, FieldTarget, LocationPart, Mapping, Target, Who};
use super::shape::{self, Shape, shapes};
use super::table::Table;

/// Cells of a column that are looked at.
const SAMPLE: usize = 300;
/// Samples shown to a person.
const SHOWN: usize = 3;

/// A column of a table and what it was taken for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub col: u32,
    /// Its title; empty where it has none.
    pub title: String,
    /// What it is; `None` when nobody knows.
    pub aim: Option<Aim>,
    /// Why.
    pub why: Vec<String>,
    /// What is not certain about it.
    pub unsure: Vec<String>,
    /// How many of its cells hold something.
    pub filled: usize,
    /// The first different ones of them.
    pub samples: Vec<String>,
    /// Whether a person said what it is.
    decided: bool,
    /// How sure its title makes it.
    likeness: f64,
}

impl Column {
    pub fn target(&self) -> Option<&Target> {
        self.aim.as_ref().map(|aim| &aim.target)
    }

    /// Whether a person has to say what it is.
    pub fn is_open(&self) -> bool {
        self.filled > 0 && matches!(self.target(), None | Some(Target::Ask)) && !self.title.is_empty()
    }
}

/// What stands in a column.
struct Content<'a> {
    cells: Vec<&'a Raw>,
    filled: usize,
    /// How many of the cells look like it.
    looks: BTreeMap<Shape, usize>,
    distinct: usize,
    /// Whether it counts its rows.
    serial: bool,
}

impl Content<'_> {
    fn share(&self, shape: Shape) -> f64 {
        part(self.looks.get(&shape).copied().unwrap_or_default(), self.cells.len())
    }

    fn share_of(&self, test: impl Fn(&Raw) -> bool) -> f64 {
        part(self.cells.iter().filter(|raw| test(raw)).count(), self.cells.len())
    }
}

fn part(some: usize, all: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if all == 0 { 0.0 } else { number(some) / number(all) }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// Says what every column of a table is.
pub(super) fn recognise(table: &Table<'_>, mapping: &Mapping) -> Vec<Column> {
    let contents: Vec<Content<'_>> = contents(table);
    let mut columns: Vec<Column> = table
        .titles
        .iter()
        .zip(&contents)
        .map(|(title, content)| {
            let at = CellRef { sheet: table.sheet.name.clone(), row: 0, col: title.col };
            let mut seen = BTreeSet::new();
            let samples = content.cells.iter().map(|raw| raw.text()).filter(|text| seen.insert(text.clone()));
            let mut column = Column {
                col: title.col,
                title: title.text.clone(),
                aim: None,
                why: Vec::new(),
                unsure: Vec::new(),
                filled: content.filled,
                samples: samples.take(SHOWN).collect(),
                decided: false,
                likeness: 0.0,
            };
            if let Some(aim) = mapping.placed(&table.sheet.name, &at.column(), &title.text) {
                column.decided = *aim != (Aim { target: Target::Ask, who: Who::default() });
                column.aim = Some(aim.clone());
                column.why.push("由映射文件指定".to_owned());
            } else {
                by_title(&mut column, title.over.as_deref(), content, mapping);
            }
            column
        })
        .collect();
    by_content(&mut columns, &contents, mapping);
    locations(&mut columns, &contents, &table.facts);
    people(&mut columns);
    doubles(&mut columns, &contents);
    columns
}

fn contents<'a>(table: &Table<'a>) -> Vec<Content<'a>> {
    let data: Vec<u32> = table
        .rows
        .iter()
        .copied()
        .filter(|row| {
            let first = table.own_cells(*row).next().map(|(_, raw)| raw.text()).unwrap_or_default();
            let only = table.own_cells(*row).nth(1).is_none() && table.titles.len() > 1;
            !table.is_header(*row) && !only && !shape::is_total(&first) && !shape::is_sample(&first)
        })
        .collect();
    let content = |col: u32| {
        let all: Vec<&'a Raw> = data.iter().filter_map(|row| table.sheet.cells.get(&(*row, col))).collect();
        let step = all.len().div_ceil(SAMPLE).max(1);
        let cells: Vec<&'a Raw> = all.iter().copied().step_by(step).collect();
        let mut looks = BTreeMap::new();
        for raw in &cells {
            for shape in shapes(raw) {
                *looks.entry(shape).or_default() += 1;
            }
        }
        let distinct = cells.iter().map(|raw| raw.text()).collect::<BTreeSet<_>>().len();
        let numbers: Vec<f64> = all.iter().take(SAMPLE).filter_map(|raw| raw.text().parse().ok()).collect();
        let counts = numbers.windows(2).filter(|pair| (pair[1] - pair[0] - 1.0).abs() < f64::EPSILON).count();
        let serial = numbers.len() >= 2
            && (counts + 1) * 10 >= numbers.len() * 9
            && numbers.len() * 10 >= all.len().min(SAMPLE) * 9;
        Content { filled: all.len(), cells, looks, distinct, serial }
    };
    table.titles.iter().map(|title| content(title.col)).collect()
}

/// How much of a column's content fits what its title says.
fn support(target: &Target, content: &Content<'_>, mapping: &Mapping) -> f64 {
    if content.cells.is_empty() {
        return 1.0;
    }
    let short =
        |most: usize| move |raw: &Raw| raw.text().chars().count() <= most && !matches!(raw, Raw::Date(_));
    match target {
        Target::Ask | Target::Ignore | Target::Key => 1.0,
        Target::Grid => content.share_of(short(12)),
        Target::Location(LocationPart::Building) => {
            content.share_of(|raw| short(12)(raw) && !shapes(raw).contains(&Shape::Mobile))
        }
        Target::Location(LocationPart::Unit | LocationPart::Floor) => content.share_of(short(6)),
        Target::Location(LocationPart::Room | LocationPart::Whole) => content.share_of(|raw| {
            shape::may_be_room(&raw.text())
                || shapes(raw).contains(&Shape::Address)
                || matches!(raw, Raw::Broken(_) | Raw::Date(_))
        }),
        Target::Field(field) => match (field.spec.ty, field.spec.path) {
            (Type::Phone, _) => content.share_of(|raw| {
                let found = shapes(raw);
                found.contains(&Shape::Mobile) || found.contains(&Shape::Landline)
            }),
            (_, "name") => content.share_of(|raw| {
                let text = raw.text();
                matches!(raw, Raw::Text(_))
                    && text.chars().any(char::is_alphabetic)
                    && !shapes(raw).iter().any(|shape| {
                        matches!(shape, Shape::Mobile | Shape::Address | Shape::Date | Shape::Layout)
                    })
            }),
            (Type::Text, _) if field.set().is_none() => {
                content.share_of(|raw| !shapes(raw).contains(&Shape::Mobile))
            }
            _ => content.share_of(|raw| convert::read(field, raw, mapping, false).problems.is_empty()),
        },
    }
}

/// Whether any text would do: such a title has to be the same, for nothing in the column can support it.
fn is_loose(target: &Target) -> bool {
    matches!(target, Target::Field(field) if field.spec.ty == Type::Text && !matches!(field.spec.path, "name" | "vehicle/*/plate"))
}

fn by_title(column: &mut Column, over: Option<&str>, content: &Content<'_>, mapping: &Mapping) {
    if column.title.is_empty() {
        return;
    }
    let Some(titled) = mapping.titled(&column.title, over) else { return };
    let fits = support(&titled.aim.target, content, mapping);
    let needed = if is_loose(&titled.aim.target) { 0.85 } else { 0.6 };
    // A number of the register (`房屋代码`) is called like an address and is none.
    let fits = match titled.aim.target {
        Target::Location(LocationPart::Whole) if titled.likeness < 1.0 => content.share(Shape::Address),
        Target::Location(LocationPart::Room) if titled.likeness < 1.0 => content.share(Shape::Room),
        _ => fits,
    };
    if titled.likeness < needed || (titled.likeness < 1.0 && fits < 0.6) {
        return;
    }
    column.likeness = titled.likeness;
    if titled.likeness < 1.0 {
        column.why.push(format!("标题像“{}”", titled.known));
        if titled.likeness < 0.8 {
            column.unsure.push(format!("标题不完全相同，请核对是不是“{}”", titled.aim.words()));
        }
    } else {
        column.why.push("标题认识".to_owned());
    }
    if fits < 0.5 {
        column.unsure.push(format!("只有 {} 的内容像{}", percent(fits), titled.aim.words()));
        column.likeness *= fits;
    } else if !content.cells.is_empty() {
        column.why.push(format!("{} 的内容相符", percent(fits)));
    }
    column.aim = Some(titled.aim);
}

/// Columns whose title says nothing, or something their content contradicts, by what stands in them.
fn by_content(columns: &mut [Column], contents: &[Content<'_>], mapping: &Mapping) {
    let has_name = columns.iter().any(|column| is_field(column, "name") && column.likeness >= 0.5);
    let has_room = |columns: &[Column]| {
        let room = |column: &Column| {
            matches!(column.target(), Some(Target::Location(LocationPart::Room | LocationPart::Whole)))
                && column.likeness >= 0.5
        };
        columns.iter().any(room)
    };
    for at in 0..columns.len() {
        let located = has_room(columns);
        let (column, content) = (&mut columns[at], &contents[at]);
        let weak = column.aim.is_none() || column.likeness < 0.5;
        // A serial number by its title may be the address all the same.
        let numbered = matches!(column.target(), Some(Target::Ignore))
            && !located
            && content.share(Shape::Address) >= 0.6;
        if column.decided || content.cells.is_empty() || !(weak || numbered) {
            continue;
        }
        let Some((name, why)) = looks_like(content, located, has_name, mapping) else { continue };
        // A title that is known gives way to several cells that are something else for certain.
        let vague = content.cells.len() < 3 || why.contains("座机") || name == "resident.name";
        if column.aim.is_some() && !numbered && vague {
            continue;
        }
        let Some(aim) = mapping_aim(&name) else { continue };
        if let Some(before) = &column.aim
            && before.target != aim.target
            && before.target != Target::Ask
        {
            column.unsure = vec![format!("标题说是{}，内容却像{}", before.words(), aim.words())];
        } else if column.aim.is_none() && !matches!(aim.target, Target::Ask | Target::Ignore) {
            let title = if column.title.is_empty() {
                "没有标题".to_owned()
            } else {
                format!("标题“{}”没见过", column.title)
            };
            column.unsure.push(format!("{title}，按内容认作{}", aim.words()));
        }
        if matches!(column.target(), Some(Target::Ask)) {
            continue;
        }
        column.why = vec![why];
        // Whose a number is, a title may say that says nothing else.
        let who = column.aim.as_ref().map(|aim| aim.who).unwrap_or_default();
        column.aim = Some(Aim { who, ..aim });
        column.likeness = 0.5;
    }
    for (column, content) in columns.iter_mut().zip(contents) {
        if column.aim.is_none() && column.filled > 0 {
            let likely: Vec<&str> = shape::ALL
                .iter()
                .filter(|(shape, _)| content.share(*shape) >= 0.5)
                .map(|(_, word)| *word)
                .collect();
            let like =
                if likely.is_empty() { "没有固定样子的文字".to_owned() } else { likely.join("或") };
            column.why.push(format!("内容像{like}，但说不准是哪一项"));
        }
    }
}

fn mapping_aim(name: &str) -> Option<Aim> {
    Mapping::aim(name).ok()
}

/// What a column is by its content alone, as written in a mapping, and why.
fn looks_like(
    content: &Content<'_>,
    located: bool,
    has_name: bool,
    mapping: &Mapping,
) -> Option<(String, String)> {
    let share = |shape| content.share(shape);
    let most = 0.6;
    let say =
        |name: &str, of: f64, word: &str| Some((name.to_owned(), format!("{} 的内容像{word}", percent(of))));
    for (shape, name, word) in [
        (Shape::Mobile, "resident.phone/*/number", "手机号"),
        (Shape::Plate, "resident.vehicle/*/plate", "车牌"),
        (Shape::Unit, "unit", "单元"),
        (Shape::Building, "building", "楼栋"),
        (Shape::Grid, "grid", "网格"),
        (Shape::Layout, "home.layout", "户型"),
        (Shape::Orientation, "home.orientation", "朝向"),
        (Shape::Relation, "resident.relation", "与业主关系"),
    ] {
        if share(shape) >= most {
            return say(name, share(shape), word);
        }
    }
    if share(Shape::IdCard) >= most {
        return Some(("?".to_owned(), "内容像证件号，系统没有存放它的地方".to_owned()));
    }
    for (name, word) in [("home.state", "房屋状态"), ("resident.role", "身份")] {
        let Some(Aim { target: Target::Field(field), .. }) = mapping_aim(name) else { continue };
        let known = content.share_of(|raw| mapping.word(&field, &raw.text()).is_some());
        if known >= most {
            return say(name, known, word);
        }
    }
    if !located && share(Shape::Address) >= most {
        return say("location", share(Shape::Address), "楼栋加房号");
    }
    if content.serial && content.distinct > 2 && share(Shape::Room) < 1.0 {
        return Some(("ignore".to_owned(), "从小到大的序号".to_owned()));
    }
    let measured = |raw: &Raw| {
        let number = raw.text().trim_end_matches(['㎡', '平', '米', '方']).parse::<f64>();
        number.is_ok_and(|number| (8.0..3_000.0).contains(&number))
    };
    let area = content.share_of(measured);
    if area >= 0.9 && share(Shape::Decimal) >= 0.3 {
        return say("home.area", area, "面积");
    }
    if !located && share(Shape::Room) >= most && share(Shape::Decimal) < 0.2 {
        return say("room", share(Shape::Room), "房号");
    }
    if !has_name && share(Shape::Name) >= most {
        return say("resident.name", share(Shape::Name), "姓名");
    }
    if share(Shape::Landline) >= 0.8 {
        return say("resident.phone/*/number", share(Shape::Landline), "座机号");
    }
    None
}

/// Settles which columns say where a home is: a column called room may hold whole addresses, and the other way round;
/// what is said twice is not needed twice.
fn locations(columns: &mut [Column], contents: &[Content<'_>], facts: &super::mapping::SheetFacts) {
    let has = |columns: &[Column], part| {
        columns.iter().any(|column| column.target() == Some(&Target::Location(part)))
    };
    let building = has(columns, LocationPart::Building) || facts.building.is_some();
    for (column, content) in columns.iter_mut().zip(contents).filter(|(column, _)| !column.decided) {
        let (address, room) = (content.share(Shape::Address), content.share(Shape::Room));
        let told = match column.target() {
            Some(Target::Location(LocationPart::Room)) if address >= 0.5 => LocationPart::Whole,
            // Under a building, a unit may stand before the room in a few rows.
            Some(Target::Location(LocationPart::Room)) if address > 0.0 && building => LocationPart::Whole,
            Some(Target::Location(LocationPart::Whole)) if room > 0.5 && address < 0.3 && building => {
                LocationPart::Room
            }
            _ => continue,
        };
        column.why.push(match told {
            LocationPart::Whole => "里面连楼栋或单元一起写了".to_owned(),
            _ => "里面只有房号".to_owned(),
        });
        column.aim = Some(Aim { target: Target::Location(told), who: Who::default() });
    }
    // An address beside building and room says nothing more; nor does a room beside an address.
    if has(columns, LocationPart::Whole) && has(columns, LocationPart::Room) {
        let needless =
            if has(columns, LocationPart::Building) { LocationPart::Whole } else { LocationPart::Room };
        for column in columns
            .iter_mut()
            .filter(|column| !column.decided && column.target() == Some(&Target::Location(needless)))
        {
            column.aim = Some(Aim { target: Target::Ignore, who: Who::default() });
            column.why = vec!["与另外的楼栋、房号列说的是一回事".to_owned()];
        }
    }
}

fn field_of(column: &Column) -> Option<&FieldTarget> {
    match column.target() {
        Some(Target::Field(field)) => Some(field),
        _ => None,
    }
}

fn is_field(column: &Column, path: &str) -> bool {
    field_of(column).is_some_and(|field| field.kind == Kind::Resident && field.spec.path == path)
}

/// Settles whose each column about a person is: a second name begins a second person, a number belongs to the name
/// before it. A table about one kind of people needs no word for them.
fn people(columns: &mut [Column]) {
    let personal = |column: &Column| field_of(column).is_some_and(|field| field.kind == Kind::Resident);
    let mut named: Vec<(usize, Who)> = Vec::new();
    for (at, column) in columns.iter_mut().enumerate().filter(|(_, column)| is_field(column, "name")) {
        let decided = column.decided;
        let Some(aim) = &mut column.aim else { continue };
        if !decided {
            aim.who.nth = aim.who.nth.min(9);
            if aim.who.nth == 1 {
                aim.who.nth = 0;
            }
            while named.iter().any(|(_, who)| *who == aim.who) {
                aim.who.nth = aim.who.nth.max(1) + 1;
            }
            if aim.who.nth > 1 && aim.who.role.is_none() {
                column.unsure.push("同一行的第二个姓名，当作这户的另一个人".to_owned());
            }
        }
        named.push((at, aim.who));
    }
    for (at, column) in columns.iter_mut().enumerate() {
        if !personal(column) || column.decided || is_field(column, "name") {
            continue;
        }
        let near = field_of(column).is_some_and(|field| {
            field.spec.group == group::REACH || matches!(field.spec.path, "role" | "relation" | "birthday")
        });
        let Some(aim) = &mut column.aim else { continue };
        let of_role: Vec<&(usize, Who)> =
            named.iter().filter(|(_, who)| aim.who.role.is_none() || who.role == aim.who.role).collect();
        let numbered = of_role.iter().find(|(_, who)| aim.who.nth > 1 && who.nth == aim.who.nth);
        let before = of_role.iter().rev().find(|(name, _)| *name < at && near);
        match numbered.or(before).or(of_role.first()) {
            Some((_, who)) => aim.who = *who,
            None => aim.who.nth = 0,
        }
    }
    let whose: BTreeSet<Who> = columns
        .iter()
        .filter(|column| personal(column))
        .filter_map(|column| column.aim.as_ref().map(|aim| aim.who))
        .collect();
    let plain = |who: &Who| who.nth <= 1 && matches!(who.role, None | Some("owner"));
    if whose.iter().all(plain) {
        for column in columns.iter_mut().filter(|column| personal(column) && !column.decided) {
            if let Some(aim) = &mut column.aim {
                aim.who = Who::default();
            }
        }
    }
}

/// Two columns that say the same thing: the better one counts, the other says nothing new or is asked about. Parts of
/// sets and remarks may stand in several.
fn doubles(columns: &mut [Column], contents: &[Content<'_>]) {
    let needs_one = |aim: &Aim| match &aim.target {
        Target::Ignore | Target::Ask | Target::Key => false,
        Target::Field(field) => field.set().is_none() && field.spec.path != "remark",
        Target::Location(_) | Target::Grid => true,
    };
    for at in 0..columns.len() {
        let Some(aim) = columns[at].aim.clone().filter(needs_one) else { continue };
        let rank = |column: &Column| (column.decided, column.likeness, column.filled > 0);
        let better = (0..columns.len()).find(|other| {
            let (mine, theirs) = (rank(&columns[at]), rank(&columns[*other]));
            *other != at
                && columns[*other].aim.as_ref() == Some(&aim)
                && match theirs.partial_cmp(&mine) {
                    Some(std::cmp::Ordering::Greater) => true,
                    Some(std::cmp::Ordering::Equal) => *other < at,
                    _ => false,
                }
        });
        let Some(better) = better else { continue };
        let equal = contents[at]
            .cells
            .iter()
            .zip(&contents[better].cells)
            .filter(|(one, other)| one.text() == other.text())
            .count();
        let letters = CellRef { sheet: "".into(), row: 0, col: columns[better].col }.column();
        let column = &mut columns[at];
        if equal * 10 >= contents[at].cells.len() * 9
            && contents[at].cells.len() == contents[better].cells.len()
        {
            column.aim = Some(Aim { target: Target::Ignore, who: Who::default() });
            column.why = vec![format!("与 {letters} 列内容相同")];
        } else {
            column.unsure.push(format!("{letters} 列也像{}，请说明这一列是什么", aim.words()));
            column.aim = None;
        }
    }
}

/// Whether a table with these columns is a register: it says where homes are, and something about them.
pub(super) fn is_register(columns: &[Column], facts: &super::mapping::SheetFacts) -> bool {
    let filled = |column: &&Column| column.filled > 0;
    let parts: Vec<LocationPart> = columns
        .iter()
        .filter(filled)
        .filter_map(|column| match column.target() {
            Some(Target::Location(part)) => Some(*part),
            _ => None,
        })
        .collect();
    let says = columns
        .iter()
        .filter(filled)
        .any(|column| matches!(column.target(), Some(Target::Field(_) | Target::Grid)));
    let building = parts.contains(&LocationPart::Building) || facts.building.is_some();
    let room = parts.iter().any(|part| matches!(part, LocationPart::Room | LocationPart::Whole));
    let villa =
        parts.contains(&LocationPart::Building) && columns.iter().any(|column| is_field(column, "name"));
    // Addresses say where homes are without another word.
    (room && (says || building || parts.len() > 1)) || parts.contains(&LocationPart::Whole) || villa
}

/// Whether a table is about people or homes without saying where they are: another sheet may.
pub(super) fn names_somebody(columns: &[Column]) -> bool {
    columns
        .iter()
        .any(|column| column.filled > 0 && (is_field(column, "name") || is_field(column, "phone/*/number")))
}

#[cfg(test)]
mod tests {
    use super::super::cells::Sheet;
    use super::super::table;
    use super::*;

    /// What each column was taken for, and whether that is unsure.
    fn taken(rows: &[&[&str]]) -> Vec<String> {
        let mut sheet = Sheet { name: "台账".into(), ..Sheet::default() };
        for (row, cells) in (0..).zip(rows) {
            for (col, text) in (0..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
                sheet.cells.insert((row, col), Raw::Text((*text).to_owned()));
            }
        }
        let mapping = Mapping::guesses().unwrap();
        let tables = table::find(&sheet, &mapping);
        let said = |column: &Column| {
            let name = column.aim.as_ref().map_or_else(|| "?".to_owned(), Aim::name);
            format!("{name}{}", if column.unsure.is_empty() { "" } else { " (unsure)" })
        };
        tables.iter().flat_map(|table| recognise(table, &mapping)).map(|column| said(&column)).collect()
    }

    #[test]
    fn columns_are_known_by_what_stands_in_them() {
        let columns = taken(&[
            &["门户", "大小", "主家", "传呼", "座驾", "现状", "心情"],
            &["101", "90.5", "钱多", "13800001111", "粤B12345", "空置", "好"],
            &["102", "88.2", "孙里", "13800002222", "粤B54321", "自住", "一般"],
            &["201", "90.5", "周武", "13800003333", "", "空置", "好"],
        ]);
        assert_eq!(
            columns,
            [
                "room (unsure)",
                "home.area (unsure)",
                "resident.name (unsure)",
                "resident.phone/*/number (unsure)",
                "resident.vehicle/*/plate (unsure)",
                "home.state (unsure)",
                "?",
            ]
        );
    }

    #[test]
    fn a_title_its_content_contradicts_gives_way_and_says_so() {
        let columns = taken(&[
            &["楼栋", "房号", "业主姓名", "备注"],
            &["1栋", "101", "钱多", "13800001111"],
            &["1栋", "102", "孙里", "13800002222"],
            &["1栋", "103", "周武", "13800003333"],
        ]);
        assert_eq!(columns[3], "resident.phone/*/number (unsure)");
    }

    #[test]
    fn a_second_name_begins_a_second_person_with_the_number_behind_it() {
        let columns = taken(&[
            &["房号", "姓名", "电话", "姓名", "电话"],
            &["101", "钱多", "13800001111", "赵敏", "13800002222"],
        ]);
        assert_eq!(
            columns,
            [
                "room",
                "resident.name",
                "resident.phone/*/number",
                "resident2.name (unsure)",
                "resident2.phone/*/number",
            ]
        );
    }
}
