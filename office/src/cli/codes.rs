//! `codes`: the codes that hang at places, as sheets of labels to print.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use butler_core::host::{Host, random};
use butler_core::model::directory::{Directory, Place};
use butler_core::model::qr::QrPicture;
use butler_core::model::{GridId, PLAIN_LETTERS, PlaceId};

use super::CliError;
use crate::hub::{Hub, OfficeError};
use crate::storage::{Storage, StorageError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder the sheets are written to, codes-1.svg and on: A4, twelve labels each
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only the places of this grid
    #[arg(long)]
    grid: Option<GridId>,
    /// Only places of these kinds: gate, lobby, lift …
    #[arg(long = "kind")]
    kinds: Vec<String>,
    /// Draw a code for each place of these kinds that has none
    #[arg(long, requires = "kinds")]
    draw: bool,
}

pub(super) fn run<S: Storage>(
    hub: &Hub<S>,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    if args.draw {
        let drawn = draw(hub, host, args)?;
        writeln!(out, "新发 {drawn} 个码 · {drawn} codes drawn")?;
    }
    let (tables, office) =
        hub.storage().read::<_, StorageError>(|read| Ok((hub.in_force(read)?, read.community()?.name)))?;
    let mut places: Vec<&Place> = tables.places.values().filter(|place| args.means(&tables, place)).collect();
    places.sort_by_key(|place| (place.walk, &place.id));
    let mut labels = Vec::new();
    for place in &places {
        if let Some(code) = &place.code {
            labels.push(Label::new(&office, place, code)?);
        }
    }
    let bare = places.len() - labels.len();
    let failed = |path: PathBuf| move |cause| CliError::File { path, cause };
    std::fs::create_dir_all(&args.out).map_err(failed(args.out.clone()))?;
    let sheets = labels.chunks((COLUMNS * ROWS) as usize);
    for (number, sheet) in sheets.clone().enumerate() {
        let path = args.out.join(format!("codes-{}.svg", number + 1));
        std::fs::write(&path, svg(sheet)).map_err(failed(path.clone()))?;
    }
    let (codes, sheets) = (labels.len(), sheets.len());
    writeln!(out, "{codes} 个码，{sheets} 张A4 · {codes} codes on {sheets} sheets of A4")?;
    if bare > 0 {
        writeln!(out, "{bare} 处还没有码（加 --kind 和 --draw 发码）· {bare} places have no code yet")?;
    }
    Ok(())
}

impl Args {
    /// Whether a place is meant: one of the kinds, or any that is neither a grid, a building nor a unit.
    fn means(&self, tables: &Directory, place: &Place) -> bool {
        let kind = place.kind.as_deref().unwrap_or_default();
        let whole = [Place::GRID, Place::BUILDING, Place::UNIT].contains(&kind);
        let of_kind = match self.kinds.as_slice() {
            [] => place.code.is_some() || !whole && !kind.is_empty(),
            kinds => kinds.iter().any(|wanted| wanted == kind),
        };
        of_kind && self.grid.as_ref().is_none_or(|grid| tables.grids_at(&place.id).contains(grid))
    }
}

/// Gives a code to every place that is meant and has none; how many.
fn draw<S: Storage>(hub: &Hub<S>, host: &dyn Host, args: &Args) -> Result<usize, CliError> {
    let mut drawn = Vec::new();
    hub.change_tables(host, "codes draw", |tables| {
        let bare = tables.places.values().filter(|place| place.code.is_none() && args.means(tables, place));
        let bare: BTreeSet<PlaceId> = bare.map(|place| place.id.clone()).collect();
        for id in bare {
            let code = code(random(host)?);
            if let Some(place) = tables.places.get_mut(&id) {
                place.code = Some(code);
                drawn.push(id);
            }
        }
        Ok::<_, OfficeError>(())
    })?;
    Ok(drawn.len())
}

/// A code nobody can guess from another: who makes a label of his own at home proves nothing.
fn code(bytes: [u8; 12]) -> String {
    let letter = |byte: u8| char::from(PLAIN_LETTERS[usize::from(byte) % PLAIN_LETTERS.len()]);
    format!("place:{}", bytes.map(letter).iter().collect::<String>())
}

/// Labels on a sheet.
const COLUMNS: u32 = 3;
const ROWS: u32 = 4;

/// Of a sheet, of a label and of the picture on it, in millimetres.
const PAGE_WIDTH: u32 = 210;
const PAGE_HEIGHT: u32 = 297;
const WIDTH: u32 = 66;
const HEIGHT: u32 = 70;
const SIDE: u32 = 44;

/// What is printed for one place.
struct Label<'a> {
    office: &'a str,
    place: &'a Place,
    picture: QrPicture,
}

impl<'a> Label<'a> {
    fn new(office: &'a str, place: &'a Place, code: &str) -> Result<Self, CliError> {
        let picture = QrPicture::lasting(code.as_bytes());
        let picture = picture.ok_or_else(|| CliError::CodeTooLong(place.id.clone()))?;
        Ok(Self { office, place, picture })
    }
}

/// A page of A4 with these labels, in millimetres.
fn svg(labels: &[Label<'_>]) -> String {
    let mut page = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{PAGE_WIDTH}mm\" height=\"{PAGE_HEIGHT}mm\" \
         viewBox=\"0 0 {PAGE_WIDTH} {PAGE_HEIGHT}\" font-family=\"sans-serif\" text-anchor=\"middle\">\n\
         <rect width=\"{PAGE_WIDTH}\" height=\"{PAGE_HEIGHT}\" fill=\"#fff\"/>\n"
    );
    let (left, top) = ((PAGE_WIDTH - COLUMNS * WIDTH) / 2, (PAGE_HEIGHT - ROWS * HEIGHT) / 2);
    for (number, label) in (0u32..).zip(labels) {
        let (x, y) = (left + number % COLUMNS * WIDTH, top + number / COLUMNS * HEIGHT);
        // Four squares of white around it, as readers need.
        let squares = label.picture.side() + 8;
        let (middle, name) = (WIDTH / 2, escaped(&label.place.name));
        let _ = writeln!(
            page,
            "<g transform=\"translate({x} {y})\">\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#bbb\" stroke-width=\".2\" stroke-dasharray=\"2 2\"/>\
             <text x=\"{middle}\" y=\"7\" font-size=\"3.6\" fill=\"#555\">{}</text>\
             <svg x=\"{}\" y=\"9\" width=\"{SIDE}\" height=\"{SIDE}\" viewBox=\"-4 -4 {squares} {squares}\" \
             shape-rendering=\"crispEdges\"><path d=\"{}\"/></svg>\
             <text x=\"{middle}\" y=\"60\" font-size=\"{}\">{name}</text>\
             <text x=\"{middle}\" y=\"66\" font-size=\"2.6\" fill=\"#555\">{}</text></g>",
            escaped(label.office),
            (WIDTH - SIDE) / 2,
            label.picture.path(),
            size(&label.place.name),
            escaped(label.place.id.as_str()),
        );
    }
    page.push_str("</svg>\n");
    page
}

/// How large a name is written so that it fits between the lines to cut along.
fn size(name: &str) -> &'static str {
    match name.chars().count() {
        0..=10 => "6",
        11..=15 => "4",
        _ => "2.8",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::testing::{Office, grid, place};

    fn spot(office: &Office, id: &str, name: &str, kind: &str, code: Option<&str>) {
        let row = Place {
            kind: Some(kind.to_owned()),
            code: code.map(str::to_owned),
            grids: vec![grid("g1")],
            ..Place::new(place(id), name)
        };
        let add = |tables: &mut Directory| {
            tables.places.insert(row.id.clone(), row.clone());
            Ok(())
        };
        office.hub.change_tables(&office.desk, "test", add).unwrap();
    }

    fn run_codes(office: &Office, args: &Args) -> (String, Vec<String>) {
        let mut said = Vec::new();
        run(&office.hub, &office.desk, args, &mut said).unwrap();
        let mut sheets: Vec<_> =
            std::fs::read_dir(&args.out).unwrap().map(|file| file.unwrap().path()).collect();
        sheets.sort();
        let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
        (String::from_utf8(said).unwrap(), sheets.iter().map(read).collect())
    }

    #[test]
    fn every_place_with_a_code_has_its_label_and_names_are_no_markup() {
        let office = Office::new();
        let folder = tempfile::tempdir().unwrap();
        let args =
            |out: &str| Args { out: folder.path().join(out), grid: None, kinds: Vec::new(), draw: false };
        spot(&office, "g-a", "A<1>&栋大堂", "lobby", Some("nfc:04a2"));
        spot(&office, "g-b", "南大门", "gate", None);
        let (said, sheets) = run_codes(&office, &args("one"));
        assert_eq!(said.lines().next().unwrap(), "1 个码，1 张A4 · 1 codes on 1 sheets of A4");
        assert!(said.contains("1 处还没有码"), "{said}");
        let [sheet] = &sheets[..] else { panic!("{}", sheets.len()) };
        assert!(sheet.contains("A&lt;1&gt;&amp;栋大堂") && !sheet.contains("南大门"), "{sheet}");
        let picture = QrPicture::lasting(b"nfc:04a2").unwrap();
        assert!(sheet.contains(&format!("<path d=\"{}\"/>", picture.path())), "{sheet}");
        for number in 0..13 {
            spot(&office, &format!("lift-{number}"), "电梯", "lift", Some(&format!("qr:{number}")));
        }
        let (_, sheets) = run_codes(&office, &args("two"));
        let labels: Vec<_> = sheets.iter().map(|sheet| sheet.matches("<path").count()).collect();
        assert_eq!(labels, [12, 2]);
    }

    #[test]
    fn codes_are_drawn_for_what_has_none_and_once() {
        let office = Office::new();
        let folder = tempfile::tempdir().unwrap();
        let args = Args {
            out: folder.path().to_owned(),
            grid: Some(grid("g1")),
            kinds: vec!["gate".to_owned()],
            draw: true,
        };
        spot(&office, "g-a", "1栋大堂", "lobby", None);
        spot(&office, "g-b", "南大门", "gate", None);
        spot(&office, "g-c", "北大门", "gate", Some("old"));
        let codes = || {
            let tables = office.hub.storage().read(|read| office.hub.in_force(read)).unwrap();
            ["g-a", "g-b", "g-c"].map(|id| tables.places[&place(id)].code.clone())
        };
        let (said, _) = run_codes(&office, &args);
        assert!(said.starts_with("新发 1 个码"), "{said}");
        let [lobby, gate, old] = codes();
        assert_eq!((lobby, old.as_deref()), (None, Some("old")));
        let drawn = gate.clone().unwrap();
        assert!(drawn.starts_with("place:") && drawn.len() == 18, "{drawn}");
        let (said, _) = run_codes(&office, &args);
        assert!(said.starts_with("新发 0 个码"), "{said}");
        assert_eq!(codes()[1], gate);
    }
}
