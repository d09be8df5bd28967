//! How a company lays out its register: a TOML file, read on top of the usual guesses.

use std::collections::BTreeMap;
use std::fmt;

use butler_core::model::fields::{self, FieldSpec, Type};
use butler_core::model::phone::halfwidth;
use butler_core::model::{Kind, Value};
use serde::Deserialize;

/// How to read a register.
#[derive(Debug, Clone)]
pub struct Mapping {
    columns: Vec<(Target, Vec<String>)>,
    words: BTreeMap<String, BTreeMap<String, String>>,
    /// What a row stands for.
    pub rows: Rows,
    /// Whether a column nothing is known about stops the import or is reported and left out.
    pub unknown: Unknown,
    /// What every home or person of this register is, unless a cell says otherwise.
    pub defaults: Vec<(FieldTarget, Value)>,
    /// What remarks say in passing.
    pub remarks: Vec<Remark>,
    /// What the name of a sheet says about all of its rows.
    pub sheets: BTreeMap<String, SheetFacts>,
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// One home; a second row of the same home is a slip and left out.
    #[default]
    Homes,
    /// One person; several rows of a home are its household.
    People,
}

/// What to do with a column nothing is known about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// Stop, so that somebody decides.
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
    /// 房号.
    Room,
    /// All in one cell: `3-2-501`.
    Whole,
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
        "`{0}` is no column target: expected building, unit, room, location, grid, ignore, home.<field> or resident.<field>"
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
    titles: Vec<String>,
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
            words: BTreeMap::new(),
            rows: Rows::default(),
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
        self.rows = file.rows.unwrap_or(self.rows);
        self.unknown = file.unknown.unwrap_or(self.unknown);
        let mut columns = Vec::new();
        for ColumnFile { to, titles } in file.column {
            columns.push((target(&to)?, titles.iter().map(|title| plain(title)).collect()));
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

    /// What a column of that title is.
    #[must_use]
    pub fn target(&self, title: &str) -> Option<&Target> {
        let title = plain(title);
        self.columns.iter().find(|(_, titles)| titles.contains(&title)).map(|(target, _)| target)
    }

    /// The code of a word in a choice field: the model's own words, its codes, or what the mapping lists. Of a field whose
    /// words stand in the playbooks' terms only what the mapping lists.
    #[must_use]
    pub fn word(&self, field: &FieldTarget, word: &str) -> Option<String> {
        let word = halfwidth(word).trim().to_owned();
        let own = match field.spec.ty {
            Type::Choice(choices) => choices.iter().find(|own| [own.zh, own.code, own.en].contains(&&*word)),
            _ => None,
        };
        let listed = || self.words.get(&field.name());
        own.map(|choice| choice.code.to_owned())
            .or_else(|| listed()?.get(&word).cloned())
            .or_else(|| listed()?.values().find(|code| **code == word).cloned())
    }
}

fn target(name: &str) -> Result<Target, MappingError> {
    Ok(match name {
        "building" => Target::Location(LocationPart::Building),
        "unit" => Target::Location(LocationPart::Unit),
        "room" => Target::Location(LocationPart::Room),
        "location" => Target::Location(LocationPart::Whole),
        "grid" => Target::Grid,
        "ignore" => Target::Ignore,
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
fn plain(title: &str) -> String {
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
        assert_eq!(mapping.target("身份证号"), None);
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
        let toml = "[words.\"home.state\"]\n\"闲置\" = \"idle\"";
        assert!(matches!(error(toml), MappingError::Value { .. }));
    }
}
