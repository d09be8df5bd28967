//! Homes on one sheet, people on another: what joins them is a number both have.

use std::collections::{BTreeMap, BTreeSet};

use super::column::{self, Column};
use super::mapping::{Aim, LocationPart, Mapping, Rows, Target, Who};
use super::plan::Read;
use super::report::Why;
use super::shape;
use super::spot::{Found, Spot};

/// How many of a sheet's rows must find their number on the other, in hundredths.
const FOUND: usize = 80;

/// A column of one table whose numbers stand in a column of another.
struct Link {
    /// The table that says where homes are, and its column.
    homes: (usize, usize),
    /// The column of the table that does not.
    people: usize,
    /// Rows that find their number, in hundredths; those with the same title first.
    quality: (bool, usize),
}

/// Gives the rows of tables that name people without saying where they live the homes of the rows whose number they
/// bear.
pub(super) fn join(reads: &mut [Read<'_>], mapping: &Mapping) {
    for at in 0..reads.len() {
        let read = &reads[at];
        if !column::names_somebody(&read.columns) {
            continue;
        }
        // What looks like rooms may be numbers of the other sheet, by its title there.
        let best = (0..reads.len())
            .filter(|other| *other != at && reads[*other].register)
            .flat_map(|other| links(read, &reads[other], other))
            .filter(|link| !read.register || link.quality.0)
            .max_by_key(|link| link.quality);
        if let Some(link) = best {
            let (other, home_column) = link.homes;
            let spots = spots(&reads[at], link.people, &reads[other], home_column);
            for (read, column) in [(at, link.people), (other, home_column)] {
                let column = &mut reads[read].columns[column];
                column.aim = Some(Aim { target: Target::Key, who: Who::default() });
                column.why = vec!["两张表用这个编号对应".to_owned()];
                column.unsure = Vec::new();
            }
            let read = &mut reads[at];
            (read.spots, read.register, read.rows) = (spots, true, mapping.rows.unwrap_or(Rows::People));
        }
    }
}

/// The numbers of a column, by row.
fn numbers(read: &Read<'_>, column: usize) -> Vec<(u32, String)> {
    let col = read.columns[column].col;
    let own = |row: &u32| Some((*row, read.table.sheet.cells.get(&(*row, col))?.text()));
    read.table.rows.iter().filter_map(own).collect()
}

fn links(people: &Read<'_>, homes: &Read<'_>, other: usize) -> Vec<Link> {
    let number = |column: &Column| {
        matches!(column.target(), None | Some(Target::Ask | Target::Key | Target::Ignore))
            && column.filled > 1
    };
    let place = |column: &Column| {
        matches!(column.target(), Some(Target::Location(LocationPart::Room | LocationPart::Whole)))
    };
    let key = |column: &Column| column.target() == Some(&Target::Key);
    let mine = |column: &Column| if people.register { place(column) || key(column) } else { number(column) };
    let mut found = Vec::new();
    for (mine, _) in people.columns.iter().enumerate().filter(|(_, column)| mine(column)) {
        let wanted = numbers(people, mine);
        let serial = (1..).zip(&wanted).all(|(nth, (_, number))| *number == nth.to_string());
        for (theirs, _) in homes.columns.iter().enumerate().filter(|(_, column)| number(column)) {
            let known: BTreeSet<String> =
                numbers(homes, theirs).into_iter().map(|(_, number)| number).collect();
            let same_title = people.columns[mine].title == homes.columns[theirs].title;
            // Two lists that both count their rows agree about nothing.
            let counts = !same_title || homes.columns[theirs].title.contains('序');
            if serial && counts {
                continue;
            }
            let hits = wanted.iter().filter(|(_, number)| known.contains(number)).count();
            let quality = hits * 100 / wanted.len().max(1);
            if quality >= FOUND {
                found.push(Link { homes: (other, theirs), people: mine, quality: (same_title, quality) });
            }
        }
    }
    found
}

fn spots(people: &Read<'_>, mine: usize, homes: &Read<'_>, theirs: usize) -> Vec<(u32, Spot)> {
    let at: BTreeMap<u32, &Found> = homes
        .spots
        .iter()
        .filter_map(|(row, spot)| match spot {
            Spot::Home(found) => Some((*row, &**found)),
            _ => None,
        })
        .collect();
    let mut by_number: BTreeMap<String, Vec<&Found>> = BTreeMap::new();
    for (row, number) in numbers(homes, theirs) {
        if let Some(found) = at.get(&row) {
            by_number.entry(number).or_default().push(found);
        }
    }
    let numbers: BTreeMap<u32, String> = numbers(people, mine).into_iter().collect();
    let col = people.columns[mine].col;
    let mut spots = Vec::new();
    for row in people.table.rows.iter().copied() {
        let Some((_, first)) = people.table.own_cells(row).next() else { continue };
        let first = first.text();
        let key = people.table.sheet.at(row, col);
        if people.table.is_header(row) {
            spots.push((row, Spot::Aside(Why::RepeatedTitles)));
        } else if shape::is_total(&first) || shape::is_footer(&first) {
            spots.push((row, Spot::Aside(Why::Footer)));
        } else {
            let homes = numbers.get(&row).and_then(|number| by_number.get(number));
            let Some(homes) = homes else {
                spots.push((row, Spot::Refused(Why::NoSuchKey, key)));
                continue;
            };
            for found in homes {
                let (located, lines) = (vec![key.clone()], Vec::new());
                let found = Found { located, lines, grid: None, ..(*found).clone() };
                spots.push((row, Spot::Home(Box::new(found))));
            }
        }
    }
    spots
}
