//! Which tables are registers, and what is in each of their rows?

use butler_core::model::CommunityId;

use super::super::cells::Raw;
use super::super::column::Column;
use super::super::mapping::{LocationPart, Mapping, Rows, Target};
use super::super::proposal::Proposal;
use super::super::shape::{Shape, shapes};
use super::super::spot::{Found, Locator, Spot};
use super::super::table::Table;
use super::super::{join, spot};
use super::unclear::unclear;

/// A table, its columns, and what each of its rows is.
pub(in super::super) struct Read<'a> {
    pub table: Table<'a>,
    pub columns: Vec<Column>,
    pub spots: Vec<(u32, Spot)>,
    /// Whether it says where homes are, itself or by another's numbers.
    pub register: bool,
    pub rows: Rows,
}

impl Read<'_> {
    /// Whether the table or what stands around it says which building its rows are in.
    pub fn says_building(&self) -> bool {
        let told = |spot: &Spot| matches!(spot, Spot::Home(found) if !found.location.building().is_empty());
        self.spots.iter().any(|(_, spot)| told(spot))
    }
}

/// Says of every row where it is, of every table what its rows are, and joins what stands on two sheets.
pub(super) fn locate(
    reads: &mut [Read<'_>],
    community: &CommunityId,
    mapping: &Mapping,
    proposal: &mut Proposal,
) {
    let mut values = Vec::new();
    for read in reads.iter().filter(|read| read.register) {
        let parts = [LocationPart::Whole, LocationPart::Building].map(Target::Location);
        let column =
            parts.iter().find_map(|part| read.columns.iter().find(|column| column.target() == Some(part)));
        let Some(column) = column else { continue };
        for row in &read.table.rows {
            let own = read.table.sheet.cells.get(&(*row, column.col));
            let looks = |raw: &&Raw| {
                let found = shapes(raw);
                found.contains(&Shape::Address) || found.contains(&Shape::Building)
            };
            values.extend(own.filter(looks).map(Raw::text));
        }
    }
    let prefixes = spot::community_prefix(&values, mapping);
    let locator = Locator { community, prefixes: &prefixes };
    for read in reads.iter_mut().filter(|read| read.register) {
        read.spots = locator.spots(&read.table, &read.columns);
        read.rows = mapping.rows.unwrap_or_else(|| rows(read));
    }
    proposal.prefixes.clone_from(&prefixes);
    join::join(reads, mapping);
    unclear(reads, mapping, proposal);
}

/// What the rows of a table are: people, where a room is written again and again, row after row.
fn rows(read: &Read<'_>) -> Rows {
    let homes: Vec<(&Found, String)> =
        homes_of(read).map(|(_, found)| (found, found.key.raw.text())).collect();
    let again = homes
        .windows(2)
        .filter(|pair| pair[0].0.location == pair[1].0.location && pair[0].1 == pair[1].1)
        .count();
    if again * 20 >= homes.len().max(1) && again > 0 { Rows::People } else { Rows::Homes }
}

pub(super) fn homes_of<'r>(read: &'r Read<'_>) -> impl Iterator<Item = (u32, &'r Found)> {
    read.spots.iter().filter_map(|(row, spot)| match spot {
        Spot::Home(found) => Some((*row, &**found)),
        _ => None,
    })
}
