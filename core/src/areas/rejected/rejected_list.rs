//! What the office rejected or put in quarantine, with the reason and what was meant.

use crate::areas::rejected::Rejected;
use crate::context::Visibility;
use crate::context::field_words::FieldWords;
use crate::context::labels::field_label;
use crate::error::ButlerError;
use crate::model::{ChangeHash, EditId, Kind, Op, PhotoId, RecordId, Shown, Timestamp, Value};
use crate::playbook::Label;
use crate::store::{AttachmentUse, Fate};

/// One edit that did not make it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RejectedRow {
    /// Its change.
    pub change: ChangeHash,
    /// The edit.
    pub edit: EditId,
    /// The record it was meant for.
    pub record: RecordId,
    /// The record's kind.
    pub kind: Kind,
    /// The record as shown in a list; empty when it never came to be or may not be read.
    pub subject: String,
    /// Rejected, quarantined, pending or not judged.
    pub fate: Fate,
    /// A stable code.
    pub code: String,
    /// The reason in words.
    pub reason: Label,
    /// The field the reason is about.
    pub path: Option<String>,
    /// What was meant, touch by touch: correct it and send it again. Empty when that is not known any more.
    pub meant: Vec<TouchRow>,
    /// What a screen shows of the record beside it: goes back when it is sent again. `None` when the record never came
    /// to be or may not be read.
    pub shown: Option<Shown>,
    /// When the verdict came, by the device's clock.
    pub at: Timestamp,
}

/// One touch of an edit.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TouchRow {
    /// Path of the field.
    pub path: String,
    /// What people call it.
    pub label: Label,
    /// What was done there.
    pub change: Change,
    /// The value that was written, in words; `None` where none was. Not read when it is sent again.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub words: Option<Label>,
}

/// What a touch does.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Change {
    /// Writes a value.
    Write {
        /// The value.
        value: Value,
    },
    /// Removes the value, or the part.
    Clear,
    /// Replaces characters of a text.
    Splice {
        /// The first of them, counted from 0.
        at: usize,
        /// How many are removed.
        delete: usize,
        /// What is put there.
        insert: String,
    },
}

impl TouchRow {
    fn of(kind: Kind, op: Op, said: &FieldWords<'_>) -> Result<Self, ButlerError> {
        let words = match &op {
            Op::Put { path, value } => Some(said.value(path, value)?),
            Op::Clear { .. } | Op::Splice { .. } => None,
        };
        let (path, change) = match op {
            Op::Put { path, value } => (path, Change::Write { value }),
            Op::Clear { path } => (path, Change::Clear),
            Op::Splice { path, at, delete, insert } => (path, Change::Splice { at, delete, insert }),
        };
        Ok(Self { label: field_label(kind, &path), path, change, words })
    }
}

impl From<TouchRow> for Op {
    fn from(touch: TouchRow) -> Self {
        let path = touch.path;
        match touch.change {
            Change::Write { value } => Self::Put { path, value },
            Change::Clear => Self::Clear { path },
            Change::Splice { at, delete, insert } => Self::Splice { path, at, delete, insert },
        }
    }
}

/// One photo the office does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RejectedPhoto {
    /// The photo; its bytes are on this phone.
    pub photo: PhotoId,
    /// The record it was taken for, which this phone may not show any more.
    pub record: RecordId,
    /// The reason in words.
    pub reason: Label,
}

impl Rejected<'_> {
    /// The photos the office does not take, because their record is in none of this phone's grids any more and nothing
    /// this phone wrote to it is at the office. Each stays on the phone until it is put away.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn photos(&self) -> Result<Vec<RejectedPhoto>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let rejected = reader.rejected_photos()?.into_iter();
            let shown = |of: AttachmentUse| RejectedPhoto {
                photo: of.photo.photo,
                record: of.record,
                reason: office.playbooks.terms().label("reason.grid"),
            };
            Ok(rejected.map(shown).collect())
        })
    }

    /// What is shown as rejected, or as waiting with a reason, oldest first, until it is accepted, sent again or put away. The phone's own edits, whatever its
    /// owner may read by now: what somebody wrote is not taken from them.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self) -> Result<Vec<RejectedRow>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let mut rows = Vec::new();
            for verdict in reader.shown_verdicts()? {
                let record = visibility.listed(verdict.record)?;
                let subject = record.as_ref().map_or_else(|| Ok(String::new()), |it| visibility.title(it))?;
                let said = FieldWords::new(&office, &visibility, verdict.kind, record.as_ref());
                let meant = verdict.intent.into_iter().flat_map(|edit| edit.ops);
                let meant = meant.map(|op| TouchRow::of(verdict.kind, op, &said));
                let meant = meant.collect::<Result<_, ButlerError>>()?;
                rows.push(RejectedRow {
                    change: verdict.hash,
                    edit: verdict.edit,
                    record: verdict.record,
                    kind: verdict.kind,
                    subject,
                    shown: record.map(|record| record.shown()),
                    fate: verdict.fate,
                    reason: office.playbooks.terms().label(&format!("reason.{}", verdict.code)),
                    code: verdict.code,
                    path: verdict.path,
                    meant,
                    at: verdict.at,
                });
            }
            Ok(rows)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Edit, Kind, Op, ResidentEdit};
    use crate::testing::TestPhone;

    #[test]
    fn what_was_rejected_stays_its_authors_but_names_no_record_they_may_not_read() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
        let person = bench.butler.residents().add(home, person).unwrap().record;
        let edit = Edit::new().put("hobbies", "钓鱼");
        bench.reject(person, Kind::Resident, &edit, "field");
        let shown = || bench.butler.rejected().list().unwrap().remove(0);
        assert_eq!(shown().subject, "单小明");
        let meant = || shown().meant.into_iter().map(Op::from).collect::<Vec<_>>();
        // Of a person they read nothing; a home only by its room.
        bench.assign(&["environment"]);
        assert_eq!((shown().subject.as_str(), meant()), ("", edit.ops));
    }
}
