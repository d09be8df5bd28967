//! An office for tests, those of this crate and of everything above it; behind the feature `testing`.

#![expect(clippy::unwrap_used, reason = "a test whose world cannot be made cannot go on")]

use std::path::Path;
use std::sync::Arc;

use butler_core::host::Host;
use butler_core::model::CommunityId;
use butler_core::playbook::Playbooks;
use butler_core::testing::Tables;

use crate::hub::{Hub, Rules};
use crate::storage::Sqlite;
use crate::storage::sqlite::NewOffice;

/// The office of 金色家园, in China's time.
#[must_use]
pub fn jinse() -> NewOffice {
    NewOffice { community: CommunityId::new("jinse").unwrap(), utc_offset_minutes: 480 }
}

/// A new office of [`jinse`] with these tables, in a folder or in memory.
#[must_use]
pub fn found(
    host: &dyn Host,
    playbooks: Arc<Playbooks>,
    rules: Rules,
    tables: Tables,
    folder: Option<&Path>,
) -> Hub<Sqlite> {
    let storage = match folder {
        Some(folder) => Sqlite::create(folder, host, &jinse()),
        None => Sqlite::in_memory(host, &jinse()),
    };
    let storage = storage.unwrap();
    let seals = storage.seal_secret(host).unwrap();
    let hub = Hub::with_rules(storage, playbooks, seals, rules);
    lay_out(&hub, host, tables);
    hub
}

/// Adds these rows to an office's tables.
pub fn lay_out(hub: &Hub<Sqlite>, host: &dyn Host, rows: Tables) {
    hub.change_tables(host, "found", |tables| {
        tables.grids.extend(rows.grids.into_iter().map(|row| (row.id.clone(), row)));
        tables.places.extend(rows.places.into_iter().map(|row| (row.id.clone(), row)));
        tables.staff.extend(rows.staff.into_iter().map(|row| (row.id.clone(), row)));
        tables.assignments.extend(rows.assignments);
        Ok(())
    })
    .unwrap();
}
