//! Anything that follows a workflow 工单: work order, complaint, renovation.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::choice::{CaseSource, Urgency};
use super::{PlaceId, Record, RecordId, StaffId, Timestamp, subjects, typed};

typed::model! {
    /// Anything that follows a workflow 工单: what it is about and who handles it. Its state follows from its
    /// events; assessment, scores, signature and photos before and after are evidence of its steps.
    Case / CaseEdit {
        place: PlaceId = "place",
        playbook: String = "playbook",
        version: String = "version",
        due: String = "due",
        source: CaseSource = "source",
        source_record: RecordId = "source_record",
        source_event: String = "source_event",
        title: String = "title",
        description: String = "description",
        category: String = "category",
        spot: String = "spot",
        urgency: Urgency = "urgency",
        appointment: Timestamp = "appointment",
        expected: NaiveDate = "expected",
        port: String = "port",
        contractor: String = "contractor",
        assignee: StaffId = "assignee",
        labour: i64 = "labour",
        price: i64 = "price",
    }
    /// A part used or to be used.
    parts: Part / PartEdit = "part" {
        name: String = "name",
        quantity: f64 = "quantity",
        price: i64 = "price",
    }
}

impl Case {
    /// The homes and people it is about.
    #[must_use]
    pub fn subjects(record: &Record) -> BTreeSet<RecordId> {
        subjects(record)
    }

    /// The cases it is linked with, and how (a group complaint, a repeated violation).
    #[must_use]
    pub fn links(record: &Record) -> BTreeMap<RecordId, String> {
        let link = |(id, field): (&str, &super::Field)| {
            Some((id.parse().ok()?, field.winner.value.as_text()?.to_owned()))
        };
        record.below("link/").filter_map(link).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::{agrees, record};
    use super::super::{Edit, Kind};
    use super::*;

    #[test]
    fn the_listing_agrees_with_the_field_table() {
        agrees(Kind::Case, Case::listing(), &["subject/*", "link/*", "event/*"]);
    }

    #[test]
    fn links_name_the_other_case_and_how() {
        let other = RecordId([4; 16]);
        let edit = Edit::new().put(format!("link/{other}"), "repeat").put("link/nonsense", "x");
        assert_eq!(Case::links(&record(Kind::Case, [edit])), BTreeMap::from([(other, "repeat".to_owned())]));
    }
}
