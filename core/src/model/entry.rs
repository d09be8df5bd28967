//! A row of any register 登记: keys, parking, notices, a snooze, a rain day.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, FormId, PhotoId, QuestionId, Record, RecordId, Value, subjects, typed};

typed::kind! {
    /// A row of any register: which form in which version. Its answers are its [fields](Entry::fields).
    Entry / EntryEdit

    fields {
        form: FormId, ORIGIN, "表单", "form";
        version: String as Code, ORIGIN, "表单版本", "form version";
        due: String as Code, ORIGIN, "对应待办", "due item answered";
    }

    and {
        "subject/*": Member, SUBJECT, "相关档案", "about";
        "field/*": Any, FORM, "表单内容", "answer", personal();
        "event/*": Event, EVENT, "过程", "step", personal();
    }
}

impl Entry {
    /// The records it is about.
    #[must_use]
    pub fn subjects(record: &Record) -> BTreeSet<RecordId> {
        subjects(record)
    }

    /// The answers of its form, those of fields this version of the form does not have included.
    #[must_use]
    pub fn fields(record: &Record) -> BTreeMap<&str, &Value> {
        record.below("field/").map(|(name, field)| (name, &field.winner.value)).collect()
    }

    /// Its answers as they were given: values and photos by question.
    #[must_use]
    pub fn answers(record: &Record) -> Evidence {
        let fields = Self::fields(record).into_iter().map(|(name, value)| (name.into(), value.clone()));
        let mut photos: BTreeMap<QuestionId, Vec<PhotoId>> = BTreeMap::new();
        for (photo, field) in record.below("photo/") {
            if let (Ok(photo), Some(name)) = (photo.parse(), field.winner.value.as_text()) {
                photos.entry(name.into()).or_default().push(photo);
            }
        }
        Evidence { fields: fields.collect(), photos }
    }
}

#[cfg(test)]
mod tests {
    use super::super::typed::tests::record;
    use super::super::{Edit, Kind};
    use super::*;

    #[test]
    fn answers_are_read_by_name() {
        let edit =
            Edit::new().put("form", "register.key").put("field/holder", "zhang.li").put("field/count", 2);
        let row = record(Kind::Entry, [edit]);
        assert_eq!(Entry::read(&row).form, Some("register.key".into()));
        assert_eq!(
            Entry::fields(&row),
            BTreeMap::from([("count", &Value::Int(2)), ("holder", &Value::from("zhang.li"))])
        );
    }
}
