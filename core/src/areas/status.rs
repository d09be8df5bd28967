//! What is safe here and what has reached the office: truthful, per record and in sum.

use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::office::RejectedSet;
use crate::model::{RecordId, Timestamp};
use crate::store::{RecordState, Summary};

/// Which of the company's procedures this phone works by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PlaybookSet {
    /// The version in force; `None` while the playbooks of this build are.
    pub version: Option<u64>,
    /// Since when it is in force here, by this device's clock.
    pub since: Option<Timestamp>,
    /// The set the office offered last, if this phone did not take it over, and why.
    pub rejected: Option<RejectedSet>,
}

impl Butler {
    /// Which set of the company's playbooks is in force here, and which one was not taken over.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn playbook_set(&self) -> Result<PlaybookSet, ButlerError> {
        self.context.read(|reader| {
            let held = reader.playbook_set()?;
            Ok(PlaybookSet {
                version: held.as_ref().map(|held| held.version),
                since: held.map(|held| held.taken_at),
                rejected: reader.rejected_playbooks()?.map(|rejection| rejection.rejected),
            })
        })
    }

    /// What has not reached the office yet, in sum ("3 records, 2 photos, oldest 26 minutes").
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn status(&self) -> Result<Summary, ButlerError> {
        self.context.read(|reader| Ok(reader.summary(self.context.host.now())?))
    }

    /// How one record stands: unsent, being sent, acknowledged, rejected with the reason, quarantined.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn record_state(&self, record: RecordId) -> Result<RecordState, ButlerError> {
        self.context.read(|reader| Ok(reader.record_state(record)?))
    }

    /// One text to send to whoever helps: versions, counts, codes. Nothing personal.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn diagnostics(&self) -> Result<String, ButlerError> {
        use std::fmt::Write as _;
        let summary = self.status()?;
        let playbooks = self.playbook_set()?;
        self.context.read(|reader| {
            let mut text = format!("butler-core {}\n", Self::VERSION);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "opening: {:?}", self.opening());
            let _ = writeln!(text, "enrolled: {}", reader.identity()?.is_some());
            let _ = writeln!(text, "generation: {:?}", reader.generation()?);
            let _ = writeln!(text, "last sync: {:?}", reader.synced_at()?.map(|at| at.millis()));
            let _ = writeln!(text, "clock: {:?}", reader.clock()?);
            let _ = writeln!(text, "playbooks: {:?}", playbooks.version);
            if let Some(rejected) = playbooks.rejected {
                let detail = rejected.detail.unwrap_or_default();
                let _ = writeln!(text, "playbooks rejected: {} {} {detail}", rejected.version, rejected.code);
            }
            let _ = writeln!(text, "{summary:?}");
            for verdict in reader.shown_verdicts()? {
                let _ = writeln!(text, "{:?} {} {}", verdict.fate, verdict.code, verdict.hash);
            }
            for kept in reader.quarantine(20)? {
                let _ = writeln!(text, "kept apart: {} from {}", kept.code, kept.source);
            }
            for entry in reader.audit(20)? {
                let detail = entry.detail.unwrap_or_default();
                let _ = writeln!(text, "audit: {} {} {detail}", entry.at.millis(), entry.what);
            }
            Ok(text)
        })
    }
}
