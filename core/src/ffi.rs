//! How values cross to Kotlin and Swift that neither language has as UniFFI knows them: identifiers, instants, dates,
//! counts, ordered maps. Records, enums and errors derive `uniffi::…` where they stand; the objects, the functions and
//! what an app brings are in `bindings`.
//!
//! UniFFI makes one Kotlin package and one Swift module of each *crate*. An app has one of each, so the types of this
//! crate are described as part of `butler_ffi`: the derives write `module_path!()` into their descriptions, and
//! `lib.rs` answers it. Without functions of its own this crate needs no scaffolding, only the tag the derives name and,
//! for any other library it is linked into, the namespace of what it describes.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;
use uniffi::MetadataBuffer;
use uniffi::metadata::codes::NAMESPACE;

use crate::error::{ButlerError, InputProblem};
use crate::model::date::{Birthday, PartialDate};
use crate::model::{
    ChangeHash, ChecklistId, DeviceId, DueId, EventId, FormId, GridId, MetricId, PartId, PhotoId, PlaceId,
    QuestionId, RecordId, RoleId, RuleId, Shown, StaffId, StepId, SubmissionId, Timestamp, Value, WorkflowId,
};
use crate::playbook::metric::Month;

/// What UniFFI's traits tell crates apart by.
#[derive(Debug)]
pub struct UniFfiTag;

const NAMESPACE_META: MetadataBuffer =
    MetadataBuffer::from_code(NAMESPACE).concat_str("butler_ffi").concat_str("butler");

/// Read by the generator of the bindings, out of the library.
#[doc(hidden)]
#[expect(unsafe_code, reason = "the generator finds descriptions by the names of their symbols")]
#[unsafe(no_mangle)]
pub static UNIFFI_META_NAMESPACE_BUTLER_CORE: [u8; NAMESPACE_META.size] = NAMESPACE_META.into_array();

/// Types that cross as text: their `Display` and `FromStr`. What cannot be read is the caller's
/// [`ButlerError::InvalidInput`].
macro_rules! as_text {
    ($($(#[$doc:meta])* $type:ident: $field:literal, $reason:ident;)+) => { $(
        uniffi::custom_type!($(#[$doc])* $type, String, {
            lower: |value| value.to_string(),
            try_lift: |text| text.parse().map_err(|_| ButlerError::invalid($field, InputProblem::$reason).into()),
        });
    )+ };
}

as_text! {
    /// A home, person, visit, round, case or row of a register.
    RecordId: "record", NotAnId;
    /// A part of a record: one telephone, one meter.
    PartId: "part", NotAnId;
    /// A building, unit or public spot.
    PlaceId: "place", NotAnId;
    /// A grid 网格.
    GridId: "grid", NotAnId;
    /// A member of staff.
    StaffId: "staff", NotAnId;
    /// A role.
    RoleId: "role", NotAnId;
    /// A phone.
    DeviceId: "device", NotAnId;
    /// One thing to do.
    DueId: "due", NotAnId;
    /// A step of a case, a check-in or a result of a round.
    EventId: "event", NotAnId;
    /// A photo.
    PhotoId: "photo", NotAnId;
    /// One change of a record.
    ChangeHash: "change", NotAnId;
    /// A record as a screen showed it: goes back with the form over it.
    Shown: "shown", NotAnId;
    /// One form handed in.
    SubmissionId: "submission", NotAnId;
    /// A date that may lack its day or month.
    PartialDate: "date", NoSuchDate;
    /// A birthday, which may lack its year.
    Birthday: "birthday", NoSuchDate;
    /// A month of the calendar.
    Month: "month", NoSuchDate;
}

uniffi::custom_type!(
    /// A day of the calendar.
    NaiveDate, String, {
        remote,
        lower: |day| day.to_string(),
        try_lift: |text| text.parse().map_err(|_| ButlerError::invalid("day", InputProblem::NoSuchDate).into()),
    }
);

uniffi::custom_type!(
    /// A folder or file of this phone.
    PathBuf, String, {
        remote,
        lower: |path| path.display().to_string(),
        try_lift: |path| Ok(path.into()),
    }
);

uniffi::custom_type!(
    /// An instant.
    Timestamp, SystemTime, {
        lower: |at| instant(at),
        try_lift: |at| Ok(timestamp(at)),
    }
);

uniffi::custom_type!(
    /// How many.
    usize, u32, {
        remote,
        lower: |count| u32::try_from(count).unwrap_or(u32::MAX),
        try_lift: |count| Ok(usize::try_from(count)?),
    }
);

/// Ids that playbooks write: whether there is such a playbook is asked when it is looked for.
macro_rules! as_written {
    ($($(#[$doc:meta])* $type:ident;)+) => { $(
        uniffi::custom_type!($(#[$doc])* $type, String, {
            lower: |id| id.into(),
            try_lift: |id| Ok(id.into()),
        });
    )+ };
}

as_written! {
    /// A workflow.
    WorkflowId;
    /// A step of a workflow.
    StepId;
    /// A form.
    FormId;
    /// A question of a form, a step or a checklist.
    QuestionId;
    /// A due rule.
    RuleId;
    /// A checklist.
    ChecklistId;
    /// A metric.
    MetricId;
}

type AnswerValues = BTreeMap<QuestionId, Value>;

uniffi::custom_type!(
    /// Answers by the id of their question.
    AnswerValues, HashMap<QuestionId, Value>, {
        remote,
        lower: |answers| answers.into_iter().collect(),
        try_lift: |answers| Ok(answers.into_iter().collect()),
    }
);

type AnswerPhotos = BTreeMap<QuestionId, Vec<PhotoId>>;

uniffi::custom_type!(
    /// Photos by the id of the question they answer.
    AnswerPhotos, HashMap<QuestionId, Vec<PhotoId>>, {
        remote,
        lower: |photos| photos.into_iter().collect(),
        try_lift: |photos| Ok(photos.into_iter().collect()),
    }
);

/// An instant as the platform has it.
fn instant(at: Timestamp) -> SystemTime {
    let distance = Duration::from_millis(at.millis().unsigned_abs());
    let instant =
        if at.millis() < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    // An instant the platform cannot express came from a hostile clock; it is shown as the epoch.
    instant.unwrap_or(UNIX_EPOCH)
}

/// A platform's instant, to the nearest millisecond.
fn timestamp(at: SystemTime) -> Timestamp {
    let millis = |distance: Duration| {
        i64::try_from(distance.saturating_add(Duration::from_micros(500)).as_millis()).unwrap_or(i64::MAX)
    };
    Timestamp::from_millis(match at.duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_survive_the_way_there_and_back() {
        for millis in [0, 1, 999, 1_795_312_345_678, -1, -62_135_596_800_000] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(timestamp(instant(at)), at, "{millis}");
        }
        // Foundation counts in fractions of seconds, which are a little less than the millisecond meant.
        let almost = UNIX_EPOCH + Duration::from_nanos(1_677_999_998);
        assert_eq!(timestamp(almost), Timestamp::from_millis(1_678));
    }

    #[test]
    fn what_is_no_date_and_no_identifier_is_the_callers_mistake() {
        use uniffi::Lift;
        fn field<T: Lift<UniFfiTag, FfiType = uniffi::RustBuffer>>(text: &str) -> Option<String> {
            let mut buffer = Vec::new();
            <String as uniffi::Lower<UniFfiTag>>::write(text.to_owned(), &mut buffer);
            let error = T::try_read(&mut buffer.as_slice()).err()?;
            match error.downcast() {
                Ok(ButlerError::InvalidInput { field, .. }) => Some(field),
                other => Some(format!("{other:?}")),
            }
        }
        assert_eq!(field::<NaiveDate>("2026-11-22"), None);
        assert_eq!(field::<NaiveDate>("2026-02-29").as_deref(), Some("day"));
        for known in ["2019", "2019-09", "2019-09-01"] {
            assert_eq!(field::<PartialDate>(known), None, "{known}");
        }
        for wrong in ["2019-13", "2019-02-29"] {
            assert_eq!(field::<PartialDate>(wrong).as_deref(), Some("date"), "{wrong}");
        }
        for known in ["--02-29", "1988-03-09"] {
            assert_eq!(field::<Birthday>(known), None, "{known}");
        }
        for wrong in ["--02-30", "1987-02-29", "--00-01"] {
            assert_eq!(field::<Birthday>(wrong).as_deref(), Some("birthday"), "{wrong}");
        }
        assert_eq!(field::<Month>("2026-13").as_deref(), Some("month"));
        assert_eq!(field::<RecordId>("not-an-id").as_deref(), Some("record"));
        assert_eq!(field::<Shown>("x").as_deref(), Some("shown"));
    }
}
