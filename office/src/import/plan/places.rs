//! Which buildings, units and grids does the register name?

use std::collections::{BTreeMap, HashMap};

use butler_core::model::directory::{Grid, Place};
use butler_core::model::phone::halfwidth;
use butler_core::model::room::{Location, ascii};
use butler_core::model::{CommunityId, GridId, PlaceId};

use super::super::report::Why;
use super::super::spot::Filled;
use super::{HomeRow, Reader};

impl Reader<'_> {
    /// Grids, buildings and units. A unit lies in the grid most of its homes name.
    pub(super) fn places(&mut self) -> (Vec<Grid>, Vec<Place>) {
        let mut votes: BTreeMap<&PlaceId, BTreeMap<String, usize>> = BTreeMap::new();
        for home in &self.homes {
            let ballot = votes.entry(&home.planned.place).or_default();
            if let Some(grid) = &home.grid {
                *ballot.entry(grid.text.clone()).or_default() += 1;
            }
        }
        let chosen: BTreeMap<PlaceId, Option<String>> = votes
            .into_iter()
            .map(|(place, ballot)| {
                let most = ballot.into_iter().max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0)));
                (place.clone(), most.map(|(name, _)| name))
            })
            .collect();

        let mut grids: Vec<Grid> = Vec::new();
        let mut places: Vec<Place> = Vec::new();
        let mut index: HashMap<PlaceId, usize> = HashMap::new();
        for HomeRow { planned, grid, .. } in &self.homes {
            let name = chosen.get(&planned.place).and_then(Option::as_deref);
            let grid_id = name.and_then(|name| grid_id(self.community, name));
            if let Some(Filled { text, cell: Some(cell) }) = grid {
                if Some(text.as_str()) == name && grid_id.is_some() {
                    self.report.used(&cell.at);
                } else {
                    self.report.left_out(cell.at.clone(), &cell.title, Why::OtherGrid, &cell.raw);
                }
            }
            if let (Some(id), Some(name)) = (&grid_id, name)
                && !grids.iter().any(|grid| grid.id == *id)
            {
                grids.push(Grid { id: id.clone(), name: name.to_owned() });
            }
            let Ok(ids) = planned.location.places(self.community) else { continue };
            let mut parent = None;
            for (depth, id) in ids.into_iter().enumerate() {
                let at = *index.entry(id.clone()).or_insert_with(|| {
                    let name = self.place_name(&planned.location, depth);
                    let walk = i64::try_from(places.len()).unwrap_or(i64::MAX).saturating_mul(10);
                    let parent = parent.clone();
                    let kind = if depth == 0 { Place::BUILDING } else { Place::UNIT };
                    let kind = Some(kind.to_owned());
                    places.push(Place { parent, walk, kind, ..Place::new(id.clone(), name) });
                    places.len() - 1
                });
                if let Some(grid) = grid_id.clone().filter(|grid| !places[at].grids.contains(grid)) {
                    places[at].grids.push(grid);
                }
                parent = Some(id);
            }
        }
        (grids, places)
    }

    /// As the register calls it: `3栋`, `3栋2单元`.
    fn place_name(&self, location: &Location, depth: usize) -> String {
        let typed = self.buildings.get(location.building());
        let building = match typed.map(|typed| halfwidth(typed).trim().to_owned()) {
            Some(typed) if typed.chars().any(|c| !c.is_ascii_alphanumeric()) => typed,
            _ if location.building().is_empty() => self.community.as_str().to_owned(),
            _ => format!("{}栋", location.building()),
        };
        if depth == 0 { building } else { format!("{building}{}单元", location.unit()) }
    }
}

/// `1网格` → `jinse/grid-1`.
fn grid_id(community: &CommunityId, name: &str) -> Option<GridId> {
    let name = halfwidth(name);
    let name = name.trim().trim_start_matches('第').trim_end_matches(['号', '网', '格']);
    let id = if name.is_empty() { return None } else { ascii(name) };
    GridId::new(format!("{community}/grid-{id}")).ok()
}
