//! Which rooms cannot be told apart?

use std::collections::{BTreeMap, BTreeSet};

use super::super::cells::CellRef;
use super::super::column::Column;
use super::super::mapping::{Mapping, Target};
use super::super::names::name_key;
use super::super::proposal::{Proposal, Question};
use super::super::report::Why;
use super::super::spot::{Found, Spot};
use super::locate::{Read, homes_of};

/// Tables whose room numbers begin again and again: what tells those rooms apart is missing, and taking the first of
/// each for all would lose homes in silence.
pub(super) fn unclear(reads: &mut [Read<'_>], mapping: &Mapping, proposal: &mut Proposal) {
    let tells = |read: &Read<'_>| {
        let of = |path: &str| {
            read.columns.iter().any(
                |column| matches!(column.target(), Some(Target::Field(field)) if field.spec.path == path),
            )
        };
        of("role") || of("relation")
    };
    let mut unclear: BTreeSet<usize> = BTreeSet::new();
    for (at, read) in
        reads.iter().enumerate().filter(|(_, read)| read.register && !tells(read) && mapping.rows.is_none())
    {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let (mut last, mut again, mut all) = (String::new(), 0_usize, 0_usize);
        let mut example = None;
        for (row, found) in homes_of(read) {
            let home = found.location.canonical();
            all += 1;
            match seen.get(&home) {
                Some(first) if last != home => {
                    again += 1;
                    example.get_or_insert((*first, row, found.key.at.clone()));
                }
                Some(_) => {}
                None => {
                    seen.insert(home.clone(), row);
                }
            }
            last = home;
        }
        if let Some((first, second, key)) = example.filter(|_| again >= 2 && again * 20 >= all) {
            proposal.questions.push(Question::PlaceUnclear {
                table: read.table.place(),
                building: !read.says_building(),
                first: CellRef { row: first, ..key.clone() },
                second: CellRef { row: second, ..key },
                times: again,
            });
            unclear.insert(at);
        }
    }
    // Several sheets without a building whose rooms are the same: which building each is, nobody said.
    let bare: Vec<usize> = (0..reads.len())
        .filter(|at| {
            reads[*at].register && !reads[*at].says_building() && homes_of(&reads[*at]).next().is_some()
        })
        .collect();
    for (nth, at) in bare.iter().enumerate() {
        let own: BTreeMap<String, CellRef> = homes_of(&reads[*at])
            .map(|(_, found)| (found.location.canonical(), found.key.at.clone()))
            .collect();
        for other in &bare[nth + 1..] {
            let strangers = |found: &Found| {
                let other_sheet = own.get(&found.location.canonical());
                other_sheet
                    .filter(|cell| !same_people(&reads[*at], cell.row, &reads[*other], found.key.at.row))
                    .cloned()
            };
            let shared: Vec<(CellRef, CellRef)> = homes_of(&reads[*other])
                .filter_map(|(_, found)| Some((strangers(found)?, found.key.at.clone())))
                .collect();
            let Some((first, second)) = shared.first().cloned() else { continue };
            if reads[*at].table.sheet.name == reads[*other].table.sheet.name && shared.len() < 2 {
                continue;
            }
            if !unclear.contains(at) || !unclear.contains(other) {
                let table = format!("{}、{}", reads[*at].table.place(), reads[*other].table.place());
                let times = shared.len();
                proposal.questions.push(Question::PlaceUnclear {
                    table,
                    building: true,
                    first,
                    second,
                    times,
                });
            }
            unclear.extend([*at, *other]);
        }
    }
    for at in unclear {
        for (_, spot) in &mut reads[at].spots {
            if let Spot::Home(found) = spot {
                *spot = Spot::Refused(Why::PlaceUnclear, found.key.at.clone());
            } else if let Spot::More(_, cell) = spot {
                *spot = Spot::Refused(Why::PlaceUnclear, cell.clone());
            }
        }
    }
}

/// Whether two rows name the same people, or one of them nobody: homes on one sheet and people on another are no
/// contradiction.
fn same_people(one: &Read<'_>, row: u32, other: &Read<'_>, other_row: u32) -> bool {
    let names = |read: &Read<'_>, row: u32| -> BTreeSet<String> {
        let named = |column: &&Column| matches!(column.target(), Some(Target::Field(field)) if field.spec.path == "name");
        let cells = read
            .columns
            .iter()
            .filter(named)
            .filter_map(|column| read.table.sheet.cells.get(&(row, column.col)));
        cells.map(|raw| name_key(&raw.text())).collect()
    };
    let (one, other) = (names(one, row), names(other, other_row));
    one.is_empty() || other.is_empty() || !one.is_disjoint(&other)
}
