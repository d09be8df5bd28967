//! What has not reached the office yet, record by record, with the reason where there is one.

use crate::butler::Butler;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{Kind, RecordId, Timestamp};
use crate::playbook::Label;
use crate::store::RecordState;

/// A record with something unsent.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct OutboxRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// As shown in a list ("3栋2单元501"); empty when it may not be read any more.
    pub title: String,
    /// Own edits of it the office has not acknowledged.
    pub edits: u64,
    /// Photos of it that are not whole at the office.
    pub photos: u64,
    /// When the oldest of them was recorded, by this device's clock.
    pub since: Timestamp,
    /// Where it stands.
    pub state: RecordState,
    /// Why it was not taken the last time, in words; `None` when it was not tried yet or just waits.
    pub reason: Option<Label>,
}

impl Butler {
    /// What has not reached the office yet, the oldest first.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn outbox(&self) -> Result<Vec<OutboxRow>, ButlerError> {
        let office = self.context.office()?;
        self.context.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let mut rows = Vec::new();
            for unsent in reader.unsent()? {
                let state = reader.record_state(unsent.record)?;
                let code = match &state {
                    RecordState::Rejected { code, .. }
                    | RecordState::Quarantined { code }
                    | RecordState::Later { code } => Some(code.as_str()),
                    RecordState::Pending => Some("pending"),
                    RecordState::Sending | RecordState::Unsent | RecordState::Acknowledged => None,
                };
                let label = |code| office.playbooks.terms().label(&format!("reason.{code}"));
                rows.push(OutboxRow {
                    record: unsent.record,
                    kind: unsent.kind,
                    title: visibility.title_of(unsent.record)?,
                    edits: unsent.edits,
                    photos: unsent.photos,
                    since: unsent.since,
                    reason: code.map(label),
                    state,
                });
            }
            Ok(rows)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::store::RecordState;
    use crate::testing::TestPhone;

    #[test]
    fn what_is_unsent_is_listed_with_its_age_and_the_reason_it_waits() {
        let bench = TestPhone::new(&["butler"]);
        let (first, second) = (bench.home("501"), bench.home("502"));
        bench.acknowledge(first);
        bench.acknowledge(second);
        assert_eq!(bench.butler.outbox().unwrap(), []);
        let since = bench.butler.now();
        let note = |home, text| bench.butler.records().edit_note(home, text).unwrap();
        note(first, "门口堆物");
        bench.host.pass(60_000);
        note(second, "窗户未关");
        note(second, "窗户未关，已告知");
        let rows = bench.butler.outbox().unwrap();
        let listed: Vec<_> = rows.iter().map(|row| (row.record, row.edits, row.photos)).collect();
        assert_eq!(listed, [(first, 1, 0), (second, 2, 0)]);
        assert_eq!((rows[0].since, &rows[0].state, &rows[0].reason), (since, &RecordState::Unsent, &None));
        assert!(rows[0].title.ends_with("501"));
    }
}
