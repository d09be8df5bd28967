//! From sheets to what the register says: homes, people, places and grids, each value with the cell it came from.
//!
//! Nothing here knows what the office has already; that comparison is [`super::compare`].
//!
//! | question | file |
//! |---|---|
//! | which tables are registers, what is in each of their rows | `locate.rs` |
//! | which rooms cannot be told apart | `unclear.rs` |
//! | what becomes of a row: a home, more of the last one, or left out | `rows.rs` |
//! | what does a row say, and of whom | `people.rs` |
//! | what is known of a home and a person already | `gather.rs` |
//! | which buildings, units and grids there are | `places.rs` |

mod gather;
mod locate;
mod people;
mod places;
mod rows;
mod unclear;

use std::collections::{BTreeMap, HashMap};

use butler_core::model::directory::{Grid, Place};
use butler_core::model::room::{Location, RoomError};
use butler_core::model::{CommunityId, Edit, HomeEdit, PlaceId, RecordId, Value, derived};

use super::cells::{CellRef, Sheet};
use super::mapping::{FieldTarget, Mapping, Rows};
use super::proposal::Proposal;
use super::report::{Line, Report, Treatment, Why};
use super::spot::Filled;
use super::{ImportError, column, table};
pub(super) use locate::Read;
use locate::locate;

/// What a register says, before it is compared with what the office has.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Whose register it is.
    pub community: CommunityId,
    /// Its homes, in the order of the register.
    pub homes: Vec<PlannedHome>,
    /// The grids it names.
    pub grids: Vec<Grid>,
    /// Buildings and units with their grids, in the order of the register; public spots come from elsewhere.
    pub places: Vec<Place>,
    /// What became of every cell.
    pub report: Report,
    /// What the file was taken for, and what a person has to say about it.
    pub proposal: Proposal,
    /// Rows about homes or people.
    pub rows: usize,
    /// Of them, those nothing was taken from.
    pub lost: usize,
}

/// A home of the register.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedHome {
    /// Its identity.
    pub id: RecordId,
    /// Where it is.
    pub location: Location,
    /// The place it is pinned to.
    pub place: PlaceId,
    /// The cell that names it first.
    pub row: CellRef,
    /// The cell that names its grid, if one does.
    pub grid: Option<CellRef>,
    /// What is said about it.
    pub stated: Vec<Stated>,
    /// Its people.
    pub residents: Vec<PlannedResident>,
}

/// A person of the register.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedResident {
    /// The identity a new person gets; an existing one may be matched instead.
    pub id: RecordId,
    /// The name, if the register has it.
    pub name: Option<String>,
    /// The numbers, in their stored form.
    pub phones: Vec<String>,
    /// What is said about the person.
    pub stated: Vec<Stated>,
}

impl PlannedResident {
    /// The role the register gives, if it does.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        let role = self.stated.iter().find(|stated| stated.field.spec.path == "role")?;
        role.value.as_text()
    }
}

/// One value the register states.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The field.
    pub field: FieldTarget,
    /// What names the part of a set the field belongs to (the phone number, the space); empty for a scalar.
    pub part: String,
    /// The value, stored form.
    pub value: Value,
    /// The cell; `None` for a default of the mapping, and for what a column's title says.
    pub cell: Option<CellRef>,
}

impl Stated {
    /// The concrete path in `record`.
    #[must_use]
    pub fn path(&self, record: RecordId) -> String {
        match self.member(record) {
            None => self.field.spec.path.to_owned(),
            Some(member) => {
                self.field.spec.path.replace(&format!("{}/*", self.field.set().unwrap_or_default()), &member)
            }
        }
    }

    /// The member of the set in `record`.
    #[must_use]
    pub fn member(&self, record: RecordId) -> Option<String> {
        let set = self.field.set()?;
        Some(format!("{set}/{}", derived::part(record, set, &self.part)))
    }
}

impl PlannedHome {
    /// The first edit of a new home, before what is [stated](Self::stated).
    ///
    /// # Errors
    /// [`RoomError`] when the location does not fit into a place's id; the plan has checked that it does.
    pub fn origin(&self, community: &CommunityId) -> Result<Edit, RoomError> {
        Ok(HomeEdit::at(community, &self.location)?.into())
    }
}

struct Reader<'a> {
    community: &'a CommunityId,
    mapping: &'a Mapping,
    report: Report,
    homes: Vec<HomeRow>,
    index: HashMap<RecordId, usize>,
    /// What the register calls a building: normalised → as typed.
    buildings: BTreeMap<String, String>,
    rows: usize,
    lost: usize,
}

struct HomeRow {
    planned: PlannedHome,
    grid: Option<Filled>,
    /// The table it first stands in.
    table: usize,
}

/// Reads what the sheets say.
pub(super) fn plan(
    community: &CommunityId,
    sheets: &[Sheet],
    mapping: &Mapping,
) -> Result<ImportPlan, ImportError> {
    let mut report = Report::default();
    let mut reads: Vec<Read<'_>> = Vec::new();
    let mut proposal = Proposal::default();
    for sheet in sheets {
        report.enter(sheet);
        let ignored = mapping.sheets.get(&*sheet.name).is_some_and(|facts| facts.ignore);
        let aside = match sheet {
            Sheet { damaged: true, .. } => Some(Why::DamagedSheet),
            Sheet { hidden: true, .. } if !mapping.hidden => Some(Why::HiddenSheet),
            _ if ignored => Some(Why::NoTable),
            _ => None,
        };
        if let Some(why) = aside {
            proposal.left_out(sheet, &why);
            report.set_aside(sheet, why);
            continue;
        }
        if sheet.hides_untold && !mapping.hidden {
            proposal.hides_untold.push(sheet.name.to_string());
            report.note(Line {
                cell: sheet.at(0, 0),
                treatment: Treatment::Guessed,
                title: String::new(),
                why: Why::HidesUntold,
                was: String::new(),
                became: String::new(),
            });
        }
        for row in sheet.hidden_rows.iter().filter(|_| !mapping.hidden) {
            for ((row, col), raw) in sheet.cells.range((*row, 0)..=(*row, u32::MAX)) {
                report.left_out(sheet.at(*row, *col), "", Why::HiddenRow, raw);
            }
        }
        for table in table::find(sheet, mapping) {
            let columns = column::recognise(&table, mapping);
            let register = column::is_register(&columns, &table.facts);
            reads.push(Read { table, columns, spots: Vec::new(), register, rows: Rows::Homes });
        }
    }
    locate(&mut reads, community, mapping, &mut proposal);
    if !reads.iter().any(|read| read.register) {
        return Err(ImportError::NoRegister(seen(sheets, &reads)));
    }
    let mut reader = Reader {
        community,
        mapping,
        report,
        homes: Vec::new(),
        index: HashMap::new(),
        buildings: BTreeMap::new(),
        rows: 0,
        lost: 0,
    };
    for sheet in sheets.iter().filter(|sheet| !sheet.damaged && (!sheet.hidden || mapping.hidden)) {
        reader.around(sheet, &reads);
    }
    for read in reads.iter().filter(|read| read.register) {
        reader.table(read);
    }
    if reader.homes.is_empty() && reader.lost == 0 {
        return Err(ImportError::Empty);
    }
    let (grids, places) = reader.places();
    reader.report.close(sheets);
    let hidden: usize = sheets
        .iter()
        .filter(|sheet| !sheet.hidden && !mapping.hidden)
        .map(|sheet| {
            sheet
                .hidden_rows
                .iter()
                .filter(|row| sheet.cells.range((**row, 0)..=(**row, u32::MAX)).next().is_some())
                .count()
        })
        .sum();
    let (rows, lost) = (reader.rows + hidden, reader.lost + hidden);
    proposal.fill(&reads, mapping);
    let homes = reader.homes.into_iter().map(|home| home.planned).collect();
    Ok(ImportPlan {
        community: community.clone(),
        homes,
        grids,
        places,
        report: reader.report,
        proposal,
        rows,
        lost,
    })
}

/// What was seen of a file that is no register: sizes and titles, no content.
fn seen(sheets: &[Sheet], reads: &[Read<'_>]) -> Vec<String> {
    let line = |sheet: &Sheet| {
        let (rows, columns) = (sheet.rows().len(), sheet.columns().len());
        let state = match sheet {
            Sheet { damaged: true, .. } => "（读不出来）",
            Sheet { hidden: true, .. } => "（隐藏，没有读）",
            _ => "",
        };
        let titles: Vec<String> = reads
            .iter()
            .filter(|read| read.table.sheet.name == sheet.name && read.table.title_rows.is_some())
            .flat_map(|read| &read.columns)
            .filter(|column| !column.title.is_empty())
            .map(|column| match &column.aim {
                Some(aim) => format!("{}→{}", column.title, aim.words()),
                None => format!("{}→?", column.title),
            })
            .collect();
        let titles = if titles.is_empty() { "没有像标题的行".to_owned() } else { titles.join("，") };
        format!("  {}{state}: {rows} 行 × {columns} 列；{titles}", sheet.name)
    };
    sheets.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::cells::Raw;
    use super::*;

    /// Sheet `1栋` of two homes, the second of them hidden, and of a kind that may not tell.
    fn sheet(hides_untold: bool, hidden_rows: BTreeSet<u32>) -> Sheet {
        let rows = [["楼栋", "单元", "房号"], ["1栋", "1单元", "101"], ["1栋", "1单元", "102"]];
        let cells = (0..).zip(rows).flat_map(|(row, cells)| {
            (0..).zip(cells).map(move |(col, text)| ((row, col), Raw::Text(text.to_owned())))
        });
        Sheet { name: "1栋".into(), cells: cells.collect(), hides_untold, hidden_rows, ..Sheet::default() }
    }

    #[test]
    fn a_file_that_cannot_tell_its_hidden_rows_says_so() {
        let community = CommunityId::new("jinse").unwrap();
        let read = |mapping: &Mapping, untold, hidden| {
            let plan = plan(&community, &[sheet(untold, hidden)], mapping).unwrap();
            let lines = plan.report.lines.iter().filter(|line| line.why == Why::HidesUntold).count();
            (plan.homes.len(), plan.proposal.unsure().len(), lines)
        };
        let mut mapping = Mapping::guesses().unwrap();
        assert_eq!(read(&mapping, true, BTreeSet::new()), (2, 1, 1));
        assert_eq!(read(&mapping, false, BTreeSet::from([2])), (1, 0, 0));
        mapping.hidden = true;
        assert_eq!(read(&mapping, true, BTreeSet::new()), (2, 0, 0), "hidden rows were asked for");
        assert_eq!(read(&mapping, false, BTreeSet::from([2])), (2, 0, 0));
    }
}
