//! What a file was taken for, as a value a page can show and as a mapping file a clerk can correct.

use std::fmt::{self, Write as _};

use butler_core::model::Kind;
use butler_core::model::choice::ResidentRole;
use butler_core::model::fields;

use super::cells::{CellRef, Sheet};
use super::mapping::{Aim, Mapping, Rows};
use super::plan::Read;
use super::report::Why;
use super::spot::Spot;

/// What a file was taken for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposal {
    /// Its tables of homes and people, in the order of the file.
    pub tables: Vec<ProposedTable>,
    /// Sheets that are not read, and why, in words.
    pub left_out: Vec<(String, String)>,
    /// Sheets of which it cannot be told which rows are hidden: all of theirs are read.
    pub hides_untold: Vec<String>,
    /// What a person has to say before anything is applied.
    pub questions: Vec<Question>,
    /// What the addresses begin with that is the community's name.
    pub prefixes: Vec<String>,
}

/// A table and what its rows and columns were taken for.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedTable {
    /// The sheet.
    pub sheet: String,
    /// The row of its titles, from 1; `None` for a table without.
    pub title_row: Option<u32>,
    /// Whether it is read; otherwise it says nothing of homes.
    pub register: bool,
    /// What a row stands for.
    pub rows: Rows,
    /// Rows that name a home, rows that belong to the home above, rows that could not be read.
    pub counts: (usize, usize, usize),
    /// The building that sheet or heading say of all rows.
    pub building: Option<String>,
    /// Its columns.
    pub columns: Vec<ProposedColumn>,
}

/// A column and what it was taken for.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedColumn {
    /// Its letters.
    pub at: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// What it was taken for; `None` when nobody knows.
    pub aim: Option<Aim>,
    /// Why, in words.
    pub why: Vec<String>,
    /// What is not certain, in words.
    pub unsure: Vec<String>,
    /// Some of its content: personal data.
    pub samples: Vec<String>,
    /// How many cells hold something.
    pub filled: usize,
}

/// Something a person has to say.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// What a column is.
    Column {
        /// Its title.
        cell: CellRef,
        /// As it is written.
        title: String,
        /// Some of its content: personal data.
        samples: Vec<String>,
        /// What it looks like, in words.
        why: String,
    },
    /// In which building, or unit, rooms are whose numbers stand there again.
    PlaceUnclear {
        /// The table, or both.
        table: String,
        /// Whether the building is missing; otherwise what is inside it.
        building: bool,
        /// A room.
        first: CellRef,
        /// The same room again.
        second: CellRef,
        /// How many stand there again.
        times: usize,
    },
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column { cell, title, why, .. } => {
                write!(f, "{cell} “{title}” 这一列是什么？{why} · which field is it?")
            }
            Self::PlaceUnclear { table, building, first, second, times } => {
                let missing = if *building { "楼栋" } else { "单元" };
                write!(
                    f,
                    "{table}：{times} 个房号重复（如 {first} 与 {second}），缺{missing}。请加一列，或在映射文件写明 · which building or unit?"
                )
            }
        }
    }
}

impl Proposal {
    /// Notes a sheet that is not read.
    pub(super) fn left_out(&mut self, sheet: &Sheet, why: &Why) {
        self.left_out.push((sheet.name.to_string(), why.to_string()));
    }

    /// Notes the tables, and asks about their columns.
    pub(super) fn fill(&mut self, reads: &[Read<'_>], mapping: &Mapping) {
        for read in reads {
            let spots = |test: fn(&Spot) -> bool| read.spots.iter().filter(|(_, spot)| test(spot)).count();
            let homes = spots(|spot| matches!(spot, Spot::Home(_)));
            let more = spots(|spot| matches!(spot, Spot::More(..)));
            let refused = spots(|spot| matches!(spot, Spot::Refused(..)));
            let columns = read.columns.iter().filter(|column| column.filled > 0 || !column.title.is_empty());
            let columns = columns.map(|column| {
                let at = CellRef { sheet: read.table.sheet.name.clone(), row: 0, col: column.col }.column();
                let (title, aim, samples) =
                    (column.title.clone(), column.aim.clone(), column.samples.clone());
                let (why, unsure, filled) = (column.why.clone(), column.unsure.clone(), column.filled);
                ProposedColumn { at, title, aim, why, unsure, samples, filled }
            });
            self.tables.push(ProposedTable {
                sheet: read.table.sheet.name.to_string(),
                title_row: read.table.title_rows.map(|(_, last)| last + 1),
                register: read.register,
                rows: read.rows,
                counts: (homes, more, refused),
                building: read.table.facts.building.clone().filter(|_| read.register),
                columns: columns.collect(),
            });
            if !read.register || mapping.unknown == super::Unknown::Report {
                continue;
            }
            for column in read.columns.iter().filter(|column| column.is_open()) {
                let row = read.table.title_rows.map_or(0, |(_, last)| last);
                let reasons = [column.unsure.as_slice(), column.why.as_slice()].concat();
                self.questions.push(Question::Column {
                    cell: CellRef { sheet: read.table.sheet.name.clone(), row, col: column.col },
                    title: column.title.clone(),
                    samples: column.samples.clone(),
                    why: reasons.into_iter().next().unwrap_or_default(),
                });
            }
        }
    }

    /// What is not certain: columns to look at again, in words.
    #[must_use]
    pub fn unsure(&self) -> Vec<String> {
        let columns = self
            .tables
            .iter()
            .filter(|table| table.register)
            .flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        let said = columns.filter(|(_, column)| column.aim.is_some() && !column.unsure.is_empty());
        let said =
            said.map(|(table, column)| format!("{}!{} {}", table.sheet, column.at, column.unsure.join("；")));
        self.hidden_rows().into_iter().chain(said).collect()
    }

    /// That hidden rows were read, where nobody can tell which they are.
    fn hidden_rows(&self) -> Option<String> {
        let sheets = self.hides_untold.join("、");
        let say = !sheets.is_empty();
        say.then(|| format!("{sheets}: 这种文件看不出哪些行是隐藏的，都读了；不想要的话，另存为 xlsx 再导入 · rows it hides were read"))
    }

    /// The proposal as a mapping file, to be read, corrected and given back with `--mapping`. It holds samples of the
    /// content: personal data.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::from(HEAD);
        // Writing into a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        for question in &self.questions {
            writeln!(out, "# 要回答: {}", one_line(&question.to_string()))?;
        }
        if let Some(rows) = self.same_rows() {
            let (word, why) = match rows {
                Rows::Homes => ("homes", "一行一户"),
                Rows::People => ("people", "一行一人，同一房号的几行是一家"),
            };
            writeln!(
                out,
                "\n# 一行是什么: homes 一行一户，people 一行一人。看起来是{why}。\nrows = \"{word}\""
            )?;
        }
        if !self.prefixes.is_empty() {
            let names: Vec<String> = self.prefixes.iter().map(|name| quoted(name)).collect();
            writeln!(out, "\n# 地址前面的小区名，读的时候去掉。\ncommunity = [{}]", names.join(", "))?;
        }
        if let Some(said) = self.hidden_rows() {
            writeln!(out, "\n# {}", one_line(&said))?;
        }
        for (sheet, why) in &self.left_out {
            writeln!(out, "\n# 没有读工作表“{}”: {}", one_line(sheet), one_line(why))?;
        }
        let mut sheets: Vec<&str> = Vec::new();
        for table in &self.tables {
            let (homes, more, refused) = table.counts;
            let titles =
                table.title_row.map_or_else(|| "没有标题行".to_owned(), |row| format!("标题在第 {row} 行"));
            writeln!(out, "\n# ==== 工作表“{}”，{titles} ====", one_line(&table.sheet))?;
            if !table.register {
                writeln!(out, "# 没有写明房屋，不读。")?;
            } else {
                writeln!(out, "# {homes} 行写明房屋，{more} 行属于上一户，{refused} 行读不了。")?;
            }
            if let Some(building) =
                table.building.as_ref().filter(|_| !sheets.contains(&table.sheet.as_str()))
            {
                writeln!(out, "# 整张表的楼栋来自表名或表头: {}", one_line(building))?;
            }
            sheets.push(&table.sheet);
            for column in table.columns.iter().filter(|column| table.register || column.aim.is_some()) {
                self.column(out, table, column)?;
            }
        }
        write!(out, "{}", foot())
    }

    fn column(&self, out: &mut String, table: &ProposedTable, column: &ProposedColumn) -> fmt::Result {
        // What has no title and says nothing is no column to map.
        if column.aim.is_none() && column.title.is_empty() {
            return Ok(());
        }
        let (name, words) = match &column.aim {
            Some(aim) => (aim.name(), aim.words()),
            None => ("?".to_owned(), "不认识，请改 to".to_owned()),
        };
        writeln!(out, "\n[[column]]  # {}", one_line(&words))?;
        writeln!(out, "sheet = {}", quoted(&table.sheet))?;
        writeln!(out, "at = \"{}\"", column.at)?;
        if !column.title.is_empty() {
            writeln!(out, "titles = [{}]", quoted(&column.title))?;
        }
        writeln!(out, "to = \"{name}\"")?;
        if !column.why.is_empty() {
            writeln!(out, "# 依据: {}", one_line(&column.why.join("；")))?;
        }
        let samples: Vec<String> = column.samples.iter().map(|sample| one_line(sample)).collect();
        writeln!(out, "# 样例（{} 格有内容）: {}", column.filled, samples.join(" ｜ "))?;
        for unsure in &column.unsure {
            writeln!(out, "# 拿不准: {}", one_line(unsure))?;
        }
        Ok(())
    }

    /// What the rows of all tables are, if it is the same; a mapping says it once.
    fn same_rows(&self) -> Option<Rows> {
        let mut rows = self.tables.iter().filter(|table| table.register).map(|table| table.rows);
        let first = rows.next()?;
        rows.all(|other| other == first).then_some(first)
    }
}

const HEAD: &str = "\
# 对这个文件的理解。哪里不对，就改哪里，再用 --mapping 这个文件 导入。
# 每一列: to 是它的意思，可以改成文件末尾列出的任何一个；不要的列写 \"ignore\"；\"?\" 是还没回答。
# 样例是真实内容，请像台账一样保管。
";

/// Everything a column can be, at the end of the file.
fn foot() -> String {
    let mut out = String::from("\n# ==== to 可以写 ====\n");
    let mut line = |name: &str, words: &str| {
        let _ = writeln!(out, "# {name:<28} {words}");
    };
    for name in ["building", "unit", "floor", "room", "location", "grid", "key", "ignore"] {
        if let Ok(aim) = Mapping::aim(name) {
            line(name, &aim.words());
        }
    }
    for (kind, whose) in [(Kind::Home, "home"), (Kind::Resident, "resident")] {
        for spec in fields::specs(kind) {
            let name = format!("{whose}.{}", spec.path);
            if Mapping::aim(&name).is_ok() {
                line(&name, spec.zh);
            }
        }
    }
    let roles: Vec<String> =
        ResidentRole::CHOICES.iter().map(|role| format!("{}（{}）", role.code, role.zh)).collect();
    let _ = writeln!(out, "# 同一行还有别人时，把 resident 换成: {}；第二个写 owner2", roles.join("、"));
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
