//! How a company lays out its register: a TOML file, read on top of the usual guesses; and what a column's title alone
//! says.

use std::collections::BTreeMap;
use std::fmt;

use butler_core::model::choice::ResidentRole;
use butler_core::model::fields::{self, FieldSpec, Type};
use butler_core::model::phone::halfwidth;
use butler_core::model::{Kind, Value};
use butler_core::playbook::Terms;
use serde::Deserialize;

/// How to read a register.
#[derive(Debug, Clone)]
pub struct Mapping {
    columns: Vec<(Aim, Vec<String>)>,
    /// Columns by where they stand: what a person decided about this very file.
    placed: Vec<Placed>,
    words: BTreeMap<String, BTreeMap<String, String>>,
    /// What a row stands for; `None` lets each table tell.
    pub rows: Option<Rows>,
    /// How the community is called in front of an address; several spellings.
    pub community: Vec<String>,
    /// Whether hidden sheets and rows are read like others.
    pub hidden: bool,
    /// Whether a column nothing is known about stops the import or is reported and left out.
    pub unknown: Unknown,
    /// What every home or person of this register is, unless a cell says otherwise.
    pub defaults: Vec<(FieldTarget, Value)>,
    /// What remarks say in passing.
    pub remarks: Vec<Remark>,
    /// What the name of a sheet says about all of its rows.
    pub sheets: BTreeMap<String, SheetFacts>,
}

/// A column by where it stands.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    sheet: String,
    /// The column's letters.
    at: String,
    titles: Vec<String>,
    aim: Aim,
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// One home; a second row of the same home is a slip and left out.
    Homes,
    /// One person; several rows of a home are its household.
    People,
}

/// What to do with a column nothing is known about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// Ask: nothing is applied until somebody decides.
    #[default]
    Reject,
    /// Report its cells as left out.
    Report,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A part of the location, or all of it.
    Location(LocationPart),
    /// The grid the home lies in.
    Grid,
    /// Known and not wanted (a serial number).
    Ignore,
    /// Numbers the rows, so that another sheet's rows can name them.
    Key,
    /// Known to hold what has no field here, or left open: a person decides.
    Ask,
    /// A field of the home or the person.
    Field(FieldTarget),
}

/// A part of a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LocationPart {
    /// 楼栋.
    Building,
    /// 单元.
    Unit,
    /// 楼层: only where rooms are counted floor by floor.
    Floor,
    /// 房号.
    Room,
    /// All in one cell: `3-2-501`.
    Whole,
}

/// Which of the people of a row a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Who {
    /// What the title says of them (`租户电话`): the code of a role.
    pub role: Option<&'static str>,
    /// The second, the third of a kind counts from 2; 0 and 1 are the first.
    pub nth: u8,
}

/// What a column is, and whose.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// What.
    pub target: Target,
    /// Whose, where it is about a person.
    pub who: Who,
}

impl Aim {
    /// As written in a mapping: `room`, `home.area`, `tenant.name`.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match &self.target {
            Target::Location(LocationPart::Building) => "building",
            Target::Location(LocationPart::Unit) => "unit",
            Target::Location(LocationPart::Floor) => "floor",
            Target::Location(LocationPart::Room) => "room",
            Target::Location(LocationPart::Whole) => "location",
            Target::Grid => "grid",
            Target::Ignore => "ignore",
            Target::Key => "key",
            Target::Ask => "?",
            Target::Field(field) if field.kind == Kind::Home => return field.name(),
            Target::Field(field) => {
                let nth = if self.who.nth > 1 { self.who.nth.to_string() } else { String::new() };
                return format!("{}{nth}.{}", self.who.role.unwrap_or("resident"), field.spec.path);
            }
        };
        name.to_owned()
    }

    /// As people call it.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.target {
            Target::Location(LocationPart::Building) => "楼栋".to_owned(),
            Target::Location(LocationPart::Unit) => "单元".to_owned(),
            Target::Location(LocationPart::Floor) => "楼层".to_owned(),
            Target::Location(LocationPart::Room) => "房号".to_owned(),
            Target::Location(LocationPart::Whole) => "整个地址（楼栋单元房号）".to_owned(),
            Target::Grid => "网格".to_owned(),
            Target::Ignore => "不需要".to_owned(),
            Target::Key => "编号（用来对应另一张表）".to_owned(),
            Target::Ask => "不认识".to_owned(),
            Target::Field(field) => {
                let role = self.who.role.map(|role| {
                    let word = ResidentRole::CHOICES.iter().find(|word| word.code == role);
                    word.map_or("", |word| word.zh)
                });
                let nth = if self.who.nth > 1 { self.who.nth.to_string() } else { String::new() };
                format!("{}{nth}{}", role.unwrap_or_default(), field.spec.zh)
            }
        }
    }
}

/// What a title says.
#[derive(Debug, Clone, PartialEq)]
pub struct Titled {
    /// What it is called as.
    pub aim: Aim,
    /// The known title it is, or is like.
    pub known: String,
    /// How like: 1 for the same.
    pub likeness: f64,
}

/// A field of the home or the person.
#[derive(Clone, Copy, PartialEq)]
pub struct FieldTarget {
    /// [`Kind::Home`] or [`Kind::Resident`].
    pub kind: Kind,
    /// Its row in the field table.
    pub spec: &'static FieldSpec,
}

impl FieldTarget {
    /// As written in a mapping: `home.area`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.kind.name(), self.spec.path)
    }

    /// The set the field is a part of: `phone` of `phone/*/number`.
    #[must_use]
    pub fn set(&self) -> Option<&'static str> {
        self.spec.path.split_once("/*/").map(|(set, _)| set)
    }

    /// Another field of the same part: `wechat` beside `phone/*/number`.
    #[must_use]
    pub fn beside(&self, leaf: &str) -> Option<Self> {
        let path = format!("{}/*/{leaf}", self.set()?);
        let spec = fields::specs(self.kind).iter().find(|spec| spec.path == path)?;
        Some(Self { kind: self.kind, spec })
    }
}

impl fmt::Debug for FieldTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// What a remark says in passing.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// Words that occur in it.
    pub contains: String,
    /// What is then set.
    pub set: Vec<(FieldTarget, Value)>,
}

/// What the name of a sheet says about all of its rows.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetFacts {
    /// The building of all its homes.
    pub building: Option<String>,
    /// The unit of all its homes.
    pub unit: Option<String>,
    /// The grid of all its homes.
    pub grid: Option<String>,
    /// The sheet is no register: its cells are reported and left out.
    #[serde(default)]
    pub ignore: bool,
}

/// A mapping file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not TOML, or a key nobody knows.
    #[error("the mapping file cannot be read: {0}")]
    Toml(String),
    /// Not a target columns can have.
    #[error(
        "`{0}` is no column target: expected building, unit, floor, room, location, grid, key, ignore, home.<field>, resident.<field> or <role>.<field>"
    )]
    Target(String),
    /// A value that does not fit its field.
    #[error("`{target}` cannot be set: {reason}")]
    Value {
        /// The target.
        target: String,
        /// Why.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rows: Option<Rows>,
    #[serde(default)]
    community: Vec<String>,
    #[serde(default)]
    hidden: Option<bool>,
    #[serde(default)]
    unknown: Option<Unknown>,
    #[serde(default)]
    column: Vec<ColumnFile>,
    #[serde(default)]
    words: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    defaults: BTreeMap<String, Value>,
    #[serde(default)]
    remark: Vec<RemarkFile>,
    #[serde(default)]
    sheets: BTreeMap<String, SheetFacts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    to: String,
    #[serde(default)]
    titles: Vec<String>,
    sheet: Option<String>,
    at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemarkFile {
    contains: String,
    set: BTreeMap<String, Value>,
}

impl Mapping {
    /// The usual guesses alone.
    ///
    /// # Errors
    /// None in practice: a test reads the embedded file.
    pub fn guesses() -> Result<Self, MappingError> {
        let mut mapping = Self {
            columns: Vec::new(),
            placed: Vec::new(),
            words: BTreeMap::new(),
            rows: None,
            community: Vec::new(),
            hidden: false,
            unknown: Unknown::default(),
            defaults: Vec::new(),
            remarks: Vec::new(),
            sheets: BTreeMap::new(),
        };
        mapping.read(include_str!("guesses.toml"))?;
        Ok(mapping)
    }

    /// A company's mapping on top of the guesses; see `guesses.toml` for the format, and further
    /// `rows = "people"`, `unknown = "report"`, `[defaults]` and `[sheets."name"]`.
    ///
    /// # Errors
    /// [`MappingError`] with line or target.
    pub fn parse(toml: &str) -> Result<Self, MappingError> {
        let mut mapping = Self::guesses()?;
        mapping.read(toml)?;
        Ok(mapping)
    }

    fn read(&mut self, toml: &str) -> Result<(), MappingError> {
        let file: File = toml::from_str(toml).map_err(|error| MappingError::Toml(error.to_string()))?;
        self.rows = file.rows.or(self.rows);
        self.community.extend(file.community);
        self.hidden = file.hidden.unwrap_or(self.hidden);
        self.unknown = file.unknown.unwrap_or(self.unknown);
        let mut columns = Vec::new();
        for ColumnFile { to, titles, sheet, at } in file.column {
            let (aim, titles) = (aim(&to)?, titles.iter().map(|title| plain(title)).collect());
            match (sheet, at) {
                (Some(sheet), Some(at)) => {
                    let at = at.to_uppercase();
                    self.placed.push(Placed { sheet, at, titles, aim });
                }
                _ => columns.push((aim, titles)),
            }
        }
        // What the company says comes first.
        columns.append(&mut self.columns);
        self.columns = columns;
        for (name, words) in file.words {
            let field = field(&name)?;
            for code in words.values() {
                checked(&field, Value::from(code.as_str()))?;
            }
            self.words.entry(name).or_default().extend(words);
        }
        self.defaults.extend(settings(file.defaults)?);
        for RemarkFile { contains, set } in file.remark {
            self.remarks.push(Remark { contains, set: settings(set)? });
        }
        self.sheets.extend(file.sheets);
        Ok(())
    }

    /// What a column of that very title is.
    #[must_use]
    pub fn target(&self, title: &str) -> Option<&Target> {
        self.exact(&plain(title)).map(|aim| &aim.target)
    }

    fn exact(&self, title: &str) -> Option<&Aim> {
        let same = |(_, titles): &&(Aim, Vec<String>)| titles.iter().any(|known| known == title);
        self.columns.iter().find(same).map(|(aim, _)| aim)
    }

    /// What a person decided about the column that stands there.
    #[must_use]
    pub fn placed(&self, sheet: &str, at: &str, title: &str) -> Option<&Aim> {
        let title = plain(title);
        let here = |placed: &&Placed| {
            placed.sheet == sheet
                && placed.at == at
                && (placed.titles.is_empty() || placed.titles.contains(&title))
        };
        // The last word counts.
        self.placed.iter().rev().find(here).map(|placed| &placed.aim)
    }

    /// What a title says, with what stands over it (`租户` over `姓名` and `电话`): the same as a known one, one with a
    /// word for somebody or a number around it, or one that is like a known one.
    #[must_use]
    pub fn titled(&self, title: &str, over: Option<&str>) -> Option<Titled> {
        let key = plain(title);
        let over = over.map(plain).unwrap_or_default();
        let mut who = Who { role: role_of(&key).or_else(|| role_of(&over)), nth: 0 };
        let found = |aim: &Aim, known: &str, likeness: f64, who: Who| {
            let person = matches!(&aim.target, Target::Field(field) if field.kind == Kind::Resident);
            // What the title itself says of somebody is kept; a mapping's own word counts first.
            let who = if !person || aim.who != Who::default() { aim.who } else { who };
            let aim = Aim { target: aim.target.clone(), who };
            Some(Titled { aim, known: known.to_owned(), likeness })
        };
        if let Some(aim) = self.exact(&key) {
            return found(aim, &key, 1.0, who);
        }
        let (bare, nth) = numbered(&key);
        who.nth = nth;
        if let Some(aim) = self.exact(&bare) {
            return found(aim, &bare, 1.0, who);
        }
        let person = |aim: &&Aim| {
            matches!(&aim.target, Target::Ask)
                || matches!(&aim.target, Target::Field(field) if field.kind == Kind::Resident)
        };
        for (word, _) in ROLE_WORDS {
            let Some(rest) = bare.strip_prefix(word) else { continue };
            let rest = rest.trim_start_matches('的');
            let (rest, nth) = numbered(rest);
            who.nth = who.nth.max(nth);
            if let Some(aim) = self.exact(&rest).filter(person) {
                return found(aim, &rest, 1.0, who);
            }
            if rest.is_empty() {
                return found(self.exact("姓名")?, &bare, 1.0, who);
            }
        }
        let all = self.columns.iter().flat_map(|(aim, titles)| titles.iter().map(move |title| (aim, title)));
        let best = all
            .map(|(aim, known)| (aim, known, likeness(&bare, known)))
            .max_by(|(.., one), (.., other)| one.total_cmp(other))?;
        let (aim, known, likeness) = best;
        if likeness < 0.6 { None } else { found(aim, known, likeness, who) }
    }

    /// Reads what a column is, as written in a mapping.
    ///
    /// # Errors
    /// [`MappingError::Target`] for what is none.
    pub fn aim(name: &str) -> Result<Aim, MappingError> {
        aim(name)
    }

    /// That every word the mapping sets is one of its list, as the company has it.
    ///
    /// # Errors
    /// [`MappingError::Value`] of the first that is none.
    pub fn check_words(&self, terms: &Terms) -> Result<(), MappingError> {
        let set = self.defaults.iter().chain(self.remarks.iter().flat_map(|remark| &remark.set));
        let mut all: Vec<(FieldTarget, Value)> = set.cloned().collect();
        for (name, words) in &self.words {
            let field = field(name)?;
            all.extend(words.values().map(|code| (field, Value::from(code.as_str()))));
        }
        let unknown = all.iter().find(|(field, code)| {
            field.spec.terms.is_some_and(|list| !field.spec.words().is_empty() && !terms.allows(list, code))
        });
        unknown.map_or(Ok(()), |(field, _)| {
            let reason = "no word of its list".to_owned();
            Err(MappingError::Value { target: field.name(), reason })
        })
    }

    /// The code of a word in a choice field: the model's own words, its codes, or what the mapping lists. Of words that stand
    /// in the playbooks' terms alone only what the mapping lists.
    #[must_use]
    pub fn word(&self, field: &FieldTarget, word: &str) -> Option<String> {
        let word = halfwidth(word).trim().to_owned();
        let own = field.spec.words().iter().find(|own| [own.zh, own.code, own.en].contains(&&*word));
        let listed = || self.words.get(&field.name());
        own.map(|choice| choice.code.to_owned())
            .or_else(|| listed()?.get(&word).cloned())
            .or_else(|| listed()?.values().find(|code| **code == word).cloned())
    }
}

/// Words a title begins with when it is about somebody, and their role.
const ROLE_WORDS: &[(&str, &str)] = &[
    ("业主", "owner"),
    ("产权人", "owner"),
    ("房主", "owner"),
    ("户主", "owner"),
    ("屋主", "owner"),
    ("租户", "tenant"),
    ("租客", "tenant"),
    ("承租人", "tenant"),
    ("承租方", "tenant"),
    ("租赁人", "tenant"),
    ("家属", "family"),
    ("家庭成员", "family"),
    ("配偶", "family"),
    ("代理人", "proxy"),
    ("代管人", "proxy"),
];

/// The role a title tells; what only contains the word (`与业主关系`) tells none.
fn role_of(title: &str) -> Option<&'static str> {
    ROLE_WORDS.iter().find(|(word, _)| title.starts_with(word)).map(|(_, role)| *role)
}

/// A title and the number at its end: `手机2`, `业主二`.
fn numbered(title: &str) -> (String, u8) {
    let digit = |c: char| {
        "一二三四五六七八九"
            .chars()
            .position(|numeral| numeral == c)
            .map_or_else(|| c.to_digit(10), |at| u32::try_from(at + 1).ok())
    };
    match title.chars().next_back().and_then(digit) {
        Some(nth) if title.chars().count() > 1 => {
            let bare: String = title.chars().take(title.chars().count() - 1).collect();
            (bare.trim_end_matches(['第', '-', '_']).to_owned(), u8::try_from(nth).unwrap_or(0))
        }
        _ => (title.to_owned(), 0),
    }
}

/// How like two titles are: 1 for the same, more for a known one that stands in a longer one or has letters changed.
fn likeness(title: &str, known: &str) -> f64 {
    let (length, of) = (title.chars().count(), known.chars().count());
    if length == 0 || of < 2 {
        return 0.0;
    }
    let share = |part: usize, whole: usize| {
        f64::from(u32::try_from(part).unwrap_or(0)) / f64::from(u32::try_from(whole.max(1)).unwrap_or(1))
    };
    // The end of a Chinese title says what it is, what stands before says of which kind.
    let contained = if title.ends_with(known) {
        0.7 + 0.3 * share(of, length)
    } else if title.contains(known) {
        0.55 + 0.3 * share(of, length)
    } else {
        0.0
    };
    strsim::normalized_levenshtein(title, known).max(contained)
}

/// Reads `room`, `home.area`, `tenant.name`, `owner2.phone/*/number`, or `?` for what a person has to say.
fn aim(name: &str) -> Result<Aim, MappingError> {
    let unknown = || MappingError::Target(name.to_owned());
    let Some((whose, path)) = name.split_once('.').filter(|(whose, _)| *whose != "home") else {
        return Ok(Aim { target: target(name)?, who: Who::default() });
    };
    let bare = whose.trim_end_matches(|c: char| c.is_ascii_digit());
    let nth = whose[bare.len()..].parse().unwrap_or(0);
    let role = match ResidentRole::CHOICES.iter().find(|role| role.code == bare) {
        Some(role) => Some(role.code),
        None if bare == "resident" => None,
        None => return Err(unknown()),
    };
    let field = field(&format!("resident.{path}")).map_err(|_| unknown())?;
    Ok(Aim { target: Target::Field(field), who: Who { role, nth } })
}

fn target(name: &str) -> Result<Target, MappingError> {
    Ok(match name {
        "building" => Target::Location(LocationPart::Building),
        "unit" => Target::Location(LocationPart::Unit),
        "room" => Target::Location(LocationPart::Room),
        "location" => Target::Location(LocationPart::Whole),
        "floor" => Target::Location(LocationPart::Floor),
        "grid" => Target::Grid,
        "ignore" => Target::Ignore,
        "key" => Target::Key,
        "?" => Target::Ask,
        name => Target::Field(field(name)?),
    })
}

/// Reads `home.area`. What is identity or belongs to the system is no target.
fn field(name: &str) -> Result<FieldTarget, MappingError> {
    let unknown = || MappingError::Target(name.to_owned());
    let (kind, path) = name.split_once('.').ok_or_else(unknown)?;
    let kind = Kind::from_name(kind).filter(|kind| matches!(kind, Kind::Home | Kind::Resident));
    let kind = kind.ok_or_else(unknown)?;
    let spec = fields::specs(kind).iter().find(|spec| spec.path == path).ok_or_else(unknown)?;
    let readable = matches!(
        spec.ty,
        Type::Bool
            | Type::Int
            | Type::Real
            | Type::Fen
            | Type::Text
            | Type::Date
            | Type::PartialDate
            | Type::Birthday
            | Type::Phone
            | Type::Choice(_)
    ) || spec.terms.is_some();
    let identity = kind == Kind::Home && matches!(path, "building" | "unit" | "room" | "floor");
    if readable && !identity { Ok(FieldTarget { kind, spec }) } else { Err(unknown()) }
}

fn settings(set: BTreeMap<String, Value>) -> Result<Vec<(FieldTarget, Value)>, MappingError> {
    set.into_iter()
        .map(|(name, value)| {
            let field = field(&name)?;
            checked(&field, value).map(|value| (field, value))
        })
        .collect()
}

fn checked(field: &FieldTarget, value: Value) -> Result<Value, MappingError> {
    let path = field.spec.path.replace('*', "x");
    match fields::check(field.kind, &path, &value) {
        Ok(()) => Ok(value),
        Err(error) => Err(MappingError::Value { target: field.name(), reason: error.to_string() }),
    }
}

/// A title without width, case, spaces, line breaks, brackets and units: `建筑面积\n(㎡)` is `建筑面积`.
pub(super) fn plain(title: &str) -> String {
    let title = halfwidth(title).to_lowercase();
    let outside =
        title.split(['(', '[']).next().filter(|outside| !outside.trim().is_empty()).unwrap_or(&title);
    outside.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':' | '、')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guesses_are_readable_and_say_each_title_once() {
        let mapping = Mapping::guesses().unwrap();
        let mut titles: Vec<&String> = mapping.columns.iter().flat_map(|(_, titles)| titles).collect();
        let all = titles.len();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), all);
    }

    #[test]
    fn titles_are_compared_without_their_trimmings() {
        let mapping = Mapping::guesses().unwrap();
        for title in ["建筑面积", "建筑面积(㎡)", "建筑\n面积（平方米）", " 面积 *"] {
            let Some(Target::Field(field)) = mapping.target(title) else { panic!("{title}") };
            assert_eq!(field.name(), "home.area");
        }
        assert_eq!(mapping.target("身份证号"), Some(&Target::Ask), "no field holds it");
        assert_eq!(mapping.target("心情"), None);
    }

    #[test]
    fn titles_say_whose_and_which_and_are_known_by_likeness() {
        let mapping = Mapping::guesses().unwrap();
        let said = |title: &str, over: Option<&str>| {
            mapping.titled(title, over).map(|titled| titled.aim.name()).unwrap_or_default()
        };
        for (title, name) in [
            ("业主姓名", "owner.name"),
            ("租户电话", "tenant.phone/*/number"),
            ("租户", "tenant.name"),
            ("业主2", "owner2.name"),
            ("联系电话2", "resident2.phone/*/number"),
            ("业主联系手机号码", "owner.phone/*/number"),
            ("房屋面积（平方米）", "home.area"),
            ("房屋使用面积", "home.area"),
            ("身份证号", "?"),
            ("与业主关系", "resident.relation"),
            ("商铺号", "room"),
        ] {
            assert_eq!(said(title, None), name, "{title}");
        }
        assert_eq!(said("电话", Some("租户信息")), "tenant.phone/*/number");
        assert_eq!(said("心情", None), "");
    }

    #[test]
    fn a_column_by_where_it_stands_comes_before_its_title() {
        let toml = "[[column]]\nsheet = \"一期\"\nat = \"c\"\ntitles = [\"备注\"]\nto = \"home.layout\"";
        let mapping = Mapping::parse(toml).unwrap();
        let placed = |sheet, at, title| mapping.placed(sheet, at, title).map(Aim::name);
        assert_eq!(placed("一期", "C", "备 注").as_deref(), Some("home.layout"));
        assert_eq!(placed("一期", "D", "备注"), None);
        assert_eq!(placed("二期", "C", "备注"), None);
    }

    #[test]
    fn what_a_company_says_comes_first() {
        let mapping = Mapping::parse("[[column]]\nto = \"resident.relation\"\ntitles = [\"身份\"]").unwrap();
        let Some(Target::Field(field)) = mapping.target("身份") else { panic!() };
        assert_eq!(field.name(), "resident.relation");
    }

    #[test]
    fn bad_mappings_name_what_is_wrong() {
        let error = |toml: &str| Mapping::parse(toml).unwrap_err();
        assert!(matches!(error("colum = 1"), MappingError::Toml(message) if message.contains("line 1")));
        for target in ["home.room", "home.meter/*", "resident.home", "case.title", "area", "resident.xyz"] {
            let toml = format!("[[column]]\nto = \"{target}\"\ntitles = [\"x\"]");
            assert_eq!(error(&toml), MappingError::Target(target.to_owned()));
        }
        let toml = "[[remark]]\ncontains = \"x\"\nset = { \"home.state\" = \"空置\" }";
        assert!(matches!(error(toml), MappingError::Value { target, .. } if target == "home.state"));
        let said = |toml: &str| Mapping::parse(toml).unwrap().check_words(&Terms::default());
        let wrong = |target: &str| {
            let reason = "no word of its list".to_owned();
            Err(MappingError::Value { target: target.to_owned(), reason })
        };
        assert_eq!(said("[words.\"home.state\"]\n\"闲置\" = \"idle\""), wrong("home.state"));
        assert_eq!(said("[words.\"home.state\"]\n\"闲置\" = \"vacant\""), Ok(()));
        assert_eq!(Mapping::guesses().unwrap().check_words(&Terms::default()), Ok(()));
        let remark = "[[remark]]\ncontains = \"卧床\"\nset = { \"resident.care/*/need\" = \"bedriden\" }";
        assert_eq!(said(remark), wrong("resident.care/*/need"));
    }
}
