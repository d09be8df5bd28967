//! What is safe here and what has reached the office: truthful, per record and in sum.

use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::RecordId;
use crate::store::{RecordState, Summary};

impl Butler {
    /// What has not reached the office yet, in sum ("3 records, 2 photos, oldest 26 minutes").
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn status(&self) -> Result<Summary, ButlerError> {
        self.read(|reader| Ok(reader.summary(self.host.now())?))
    }

    /// How one record stands: unsent, being sent, acknowledged, refused with the reason, quarantined.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn record_state(&self, record: RecordId) -> Result<RecordState, ButlerError> {
        self.read(|reader| Ok(reader.record_state(record)?))
    }

    /// One text to send to whoever helps: versions, counts, codes. Nothing personal.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn diagnostics(&self) -> Result<String, ButlerError> {
        use std::fmt::Write as _;
        let summary = self.status()?;
        self.read(|reader| {
            let mut text = format!("butler-core {}\n", Self::VERSION);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "opening: {:?}", self.opening());
            let _ = writeln!(text, "enrolled: {}", reader.identity()?.is_some());
            let _ = writeln!(text, "generation: {:?}", reader.generation()?);
            let _ = writeln!(text, "last sync: {:?}", reader.synced_at()?.map(|at| at.millis()));
            let _ = writeln!(text, "clock offset ms: {:?}", reader.clock_offset()?.map(|offset| offset.0));
            let _ = writeln!(text, "{summary:?}");
            for verdict in reader.shown_verdicts()? {
                let _ = writeln!(text, "{:?} {} {}", verdict.fate, verdict.code, verdict.hash);
            }
            for kept in reader.quarantine(20)? {
                let _ = writeln!(text, "kept apart: {} from {}", kept.code, kept.source);
            }
            for entry in reader.audit(20)? {
                let _ = writeln!(text, "audit: {} {}", entry.at.millis(), entry.what);
            }
            Ok(text)
        })
    }
}
