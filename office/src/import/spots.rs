//! A table of places: what each is, where it lies, what a scan reads there, when one walks by. One row a place, one title a
//! column, in the words of people or the ids of the format.

use butler_core::model::directory::{Directory, GeoPoint, Place};
use butler_core::model::{GridId, PlaceId};

use super::cells::{CellRef, Raw, Sheet};
use super::{ImportError, workbook};

/// Why a table of places is not taken. Cells are named, never what they hold.
#[derive(Debug, thiserror::Error)]
pub enum SpotsError {
    /// The file.
    #[error(transparent)]
    File(#[from] ImportError),
    /// No sheet with titles.
    #[error("find the titles: 编号 名称 网格 属于 类别 位置 码 动线 电话 · 第一行应是标题")]
    NoTitles,
    /// A title nobody knows.
    #[error("{0}: use one of 编号 名称 网格 属于 类别 位置 码 动线 电话 · 不认识这个标题")]
    Title(CellRef),
    /// A cell that holds something else than its column.
    #[error("{0}: {1}")]
    Cell(CellRef, &'static str),
    /// A row that names no place.
    #[error("row {0}: say which place it is, by its id · 第{0}行没有编号")]
    NoId(u32),
}

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Id,
    Name,
    Grids,
    Parent,
    Kind,
    At,
    Code,
    Walk,
    Phone,
}

impl Says {
    fn of(title: &str) -> Option<Self> {
        Some(match title.trim() {
            "编号" | "id" => Self::Id,
            "名称" | "name" => Self::Name,
            "网格" | "grid" | "grids" => Self::Grids,
            "属于" | "parent" => Self::Parent,
            "类别" | "kind" => Self::Kind,
            "位置" | "at" => Self::At,
            "码" | "code" => Self::Code,
            "动线" | "walk" => Self::Walk,
            "电话" | "phone" => Self::Phone,
            _ => return None,
        })
    }
}

/// A row as it changes its place; what a cell leaves empty stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct SpotRow {
    id: PlaceId,
    name: Option<String>,
    grids: Vec<GridId>,
    parent: Option<PlaceId>,
    kind: Option<String>,
    position: Option<GeoPoint>,
    code: Option<String>,
    walk: Option<i64>,
    phone: Option<String>,
}

/// Reads a table of places: the first sheet of a workbook, or a text file. `kind_of` is the id of a kind people call so.
///
/// # Errors
/// [`SpotsError`] with the first cell that cannot be read; nothing is taken then.
pub fn read_spots(
    bytes: &[u8],
    kind_of: impl Fn(&str) -> Option<String>,
) -> Result<Vec<SpotRow>, SpotsError> {
    let sheets = workbook::read(bytes)?;
    let sheet = sheets.first().ok_or(SpotsError::NoTitles)?;
    let mut rows: Vec<u32> = sheet.cells.keys().map(|(row, _)| *row).collect();
    rows.dedup();
    let (titles, rows) = rows.split_first().ok_or(SpotsError::NoTitles)?;
    let mut columns = Vec::new();
    for (col, raw) in row_of(sheet, *titles) {
        let says = Says::of(&raw.text()).ok_or_else(|| SpotsError::Title(sheet.at(*titles, col)))?;
        columns.push((col, says));
    }
    if !columns.iter().any(|(_, says)| *says == Says::Id) {
        return Err(SpotsError::NoTitles);
    }
    rows.iter().map(|row| spot(sheet, *row, &columns, &kind_of)).collect()
}

fn row_of(sheet: &Sheet, row: u32) -> impl Iterator<Item = (u32, &Raw)> {
    sheet.cells.range((row, 0)..=(row, u32::MAX)).map(|((_, col), raw)| (*col, raw))
}

fn spot(
    sheet: &Sheet,
    row: u32,
    columns: &[(u32, Says)],
    kind_of: &impl Fn(&str) -> Option<String>,
) -> Result<SpotRow, SpotsError> {
    let mut id = None;
    let (mut name, mut grids, mut parent, mut kind) = (None, Vec::new(), None, None);
    let (mut position, mut code, mut walk, mut phone) = (None, None, None, None);
    for (col, says) in columns {
        let Some(raw) = sheet.cells.get(&(row, *col)) else { continue };
        let said = raw.text().trim().to_owned();
        let wrong = |what| SpotsError::Cell(sheet.at(row, *col), what);
        let place = || PlaceId::new(said.as_str()).map_err(|_| wrong("not the id of a place · 编号写法不对"));
        match says {
            Says::Id => id = Some(place()?),
            Says::Parent => parent = Some(place()?),
            Says::Name => name = Some(said),
            Says::Code => code = Some(said),
            Says::Phone => phone = Some(said),
            Says::Grids => {
                let ids = said.split([',', '，', '、', ' ']).filter(|id| !id.is_empty()).map(GridId::new);
                let ids: Result<_, _> = ids.collect();
                grids = ids.map_err(|_| wrong("not the ids of grids · 网格编号写法不对"))?;
            }
            Says::Kind => {
                kind = Some(kind_of(&said).ok_or_else(|| wrong("no kind of place_kind · 没有这个类别"))?);
            }
            Says::At => {
                let at = said.parse().map_err(|_| wrong("not 22.54312,113.94151 · 位置写法不对"))?;
                position = Some(at);
            }
            Says::Walk => walk = Some(said.parse().map_err(|_| wrong("not a number · 动线应是整数"))?),
        }
    }
    let id = id.ok_or(SpotsError::NoId(row.saturating_add(1)))?;
    Ok(SpotRow { id, name, grids, parent, kind, position, code, walk, phone })
}

impl SpotRow {
    /// Writes the row: a place that is there is changed, another is added. Whether it was there.
    pub fn onto(&self, tables: &mut Directory) -> bool {
        let last = tables.places.values().map(|place| place.walk).max().unwrap_or(0);
        let known = tables.places.contains_key(&self.id);
        let place = tables.places.entry(self.id.clone()).or_insert_with(|| Place {
            walk: last.saturating_add(10),
            ..Place::new(self.id.clone(), self.id.as_str())
        });
        if let Some(name) = &self.name {
            place.name.clone_from(name);
        }
        if !self.grids.is_empty() {
            place.grids.clone_from(&self.grids);
        }
        place.parent = self.parent.clone().or_else(|| place.parent.take());
        place.kind = self.kind.clone().or_else(|| place.kind.take());
        place.position = self.position.or(place.position);
        place.code = self.code.clone().or_else(|| place.code.take());
        place.walk = self.walk.unwrap_or(place.walk);
        place.phone = self.phone.clone().or_else(|| place.phone.take());
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(said: &str) -> Option<String> {
        [("大堂", "lobby"), ("lobby", "lobby")]
            .iter()
            .find(|(zh, _)| *zh == said)
            .map(|(_, id)| (*id).to_owned())
    }

    #[test]
    fn a_table_as_a_spreadsheet_saves_it_adds_places_and_leaves_what_it_does_not_say() {
        let text = "编号,名称,网格,属于,类别,位置,码,动线\n\
                    jinse/1/1/lobby,1栋1单元大堂,jinse/g1、jinse/g2,jinse/1/1,大堂,\"31.2, 121.5\",,12\n\
                    jinse/gate,,,,,,QR-7,\n";
        let rows = read_spots(text.as_bytes(), kinds).unwrap();
        let mut tables = Directory::default();
        let gate = PlaceId::new("jinse/gate").unwrap();
        tables.places.insert(gate.clone(), Place { walk: 3, ..Place::new(gate.clone(), "南大门") });
        let known: Vec<bool> = rows.iter().map(|row| row.onto(&mut tables)).collect();
        assert_eq!(known, [false, true]);
        let lobby = &tables.places[&PlaceId::new("jinse/1/1/lobby").unwrap()];
        assert_eq!(
            (lobby.name.as_str(), lobby.kind.as_deref(), lobby.walk),
            ("1栋1单元大堂", Some("lobby"), 12)
        );
        assert_eq!((lobby.grids.len(), lobby.position.map(|at| at.lat)), (2, Some(31.2)));
        let gate = &tables.places[&gate];
        assert_eq!((gate.name.as_str(), gate.walk, gate.code.as_deref()), ("南大门", 3, Some("QR-7")));
    }

    #[test]
    fn a_slip_is_named_by_its_cell_and_takes_nothing() {
        let said = |text: &str| read_spots(text.as_bytes(), kinds).unwrap_err().to_string();
        assert!(said("编号,颜色\njinse/a,红\n").starts_with("CSV!B1"), "{}", said("编号,颜色\njinse/a,红\n"));
        assert!(said("编号,位置\njinse/a,东门旁\n").starts_with("CSV!B2: not 22.54312"));
        assert!(said("编号,类别\njinse/a,花园\n").contains("B2: no kind"));
        assert!(said("编号,名称\n,大堂\n").starts_with("row 2"));
        assert!(matches!(read_spots("名称\n大堂\n".as_bytes(), kinds), Err(SpotsError::NoTitles)));
    }
}
