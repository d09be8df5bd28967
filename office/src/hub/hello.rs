//! What does a phone need to know before it pushes and pulls?

use std::collections::BTreeSet;

use butler_core::sync::message::{Hello, Problem, Reply, TableName, Welcome, limit};

use super::error::Failure;
use super::{Asker, Hub};
use crate::storage::Storage;

impl<S: Storage> Hub<S> {
    pub(super) fn hello(&self, asker: &Asker, hello: &Hello) -> Result<Reply, Failure> {
        if hello.shown.len() > limit::NEED {
            return Err(Problem::TooLarge { limit: limit::NEED as u64 }.into());
        }
        let mut report = hello.report.clone();
        // Shown in `status`: a code, never a sentence of the phone's user.
        report.blocked = report.blocked.map(|code| code.chars().take(64).collect());
        report.app = report.app.chars().take(64).collect();
        self.storage.write(|tx| {
            let device = self.reading(tx.reader(), asker)?;
            tx.note_sync(device.id, asker.now, &report)?;
            let directory = self.directory(tx.reader())?;
            let grids = self.grids_of(&directory, &device.staff);

            let known =
                |name: TableName| hello.tables.iter().find(|(n, _)| *n == name).map_or(0, |(_, v)| *v);
            let fresh = tx.life()?.generation;
            let mut tables = Vec::new();
            for (name, version) in tx.table_versions()? {
                // After a restore the versions count anew: equal numbers may mean different rows.
                if known(name) != version || hello.generation != Some(fresh) {
                    tables.push(tx.table(name)?);
                }
            }

            // An edit is told to its author, and to whoever may read the record anyway.
            let mut accepted_since = Vec::new();
            for edit in hello.shown.iter().collect::<BTreeSet<_>>() {
                for (accepted, staff) in tx.accepted_anywhere(*edit)? {
                    let readable = || {
                        let row = tx.record(accepted.record)?;
                        Ok::<_, Failure>(row.is_some_and(|row| {
                            directory.grids_at(&row.place).iter().any(|grid| grids.contains(grid))
                        }))
                    };
                    if staff == device.staff || readable()? {
                        accepted_since.push(accepted);
                    }
                }
            }
            Ok(Reply::Welcome(Box::new(Welcome {
                generation: fresh,
                now: asker.now,
                grids: grids.into_iter().collect(),
                tables,
                accepted_since,
                watermark: tx.watermark()?,
            })))
        })
    }
}
