//! What a value, a field, a step, an entry of a register is called.

use crate::model::fields::{self, Type};
use crate::model::{Kind, Record, StepId, SystemStep, Value};
use crate::playbook::form::AnswerType;
use crate::playbook::workflow::Workflow;
use crate::playbook::{Label, Playbooks, Terms, course};

/// A value as people say it: choices and words of the terms by their names, a word no list has by its code, moments and dates as they are.
pub fn value_label(terms: &Terms, kind: Kind, path: &str, value: &Value) -> Label {
    let spec = fields::spec(kind, path);
    let word = spec.and_then(|spec| terms.word(spec.terms?, value.as_text()?));
    if let Some(word) = word {
        return word.clone();
    }
    let choice = match spec.map(|spec| spec.ty) {
        Some(Type::Choice(choices)) => choices.iter().find(|choice| Some(choice.code) == value.as_text()),
        _ => None,
    };
    match (choice, value) {
        (Some(choice), _) => Label::new(choice.zh, choice.en),
        (None, Value::Bool(true)) => Label::new("是", "yes"),
        (None, Value::Bool(false)) => Label::new("否", "no"),
        (None, Value::Int(int)) => Label::new(int.to_string(), int.to_string()),
        (None, Value::Real(real)) => Label::new(real.to_string(), real.to_string()),
        (None, Value::Text(text)) => Label::new(text, text),
    }
}

/// What people call a field; the path itself for a field of a newer app.
pub fn field_label(kind: Kind, path: &str) -> Label {
    fields::spec(kind, path).map_or_else(|| Label::new(path, path), |spec| Label::new(spec.zh, spec.en))
}

/// What a step is called; steps every workflow has by their own names.
pub(crate) fn step_label(workflow: &Workflow, step: &StepId) -> Label {
    if let Some(step) = workflow.step(step) {
        return step.label.clone();
    }
    match SystemStep::of(step.as_str()).map(SystemStep::words) {
        Some((zh, en)) => Label::new(zh, en),
        None => Label::new(step.as_str(), step.as_str()),
    }
}

/// Answers that make a row's name.
const WORDS: usize = 2;

/// What a row is called: its first answers in words and choices, in the order of its form, without personal ones
/// ("水箱清洗消毒 · 2号水箱"). Empty when its form is not known here, or nothing of the kind was answered.
pub(crate) fn entry_title(playbooks: &Playbooks, row: &Record) -> String {
    let asked = course::form(playbooks, row).into_iter().flat_map(|form| &form.fields);
    let named = asked
        .filter(|field| matches!(field.answer, AnswerType::Text | AnswerType::Choice) && !field.personal);
    let words = named.filter_map(|field| {
        let text = row.text(&format!("field/{}", field.id))?;
        Some(field.option(text).map_or(text, |option| &option.label.zh))
    });
    words.filter(|words| !words.is_empty()).take(WORDS).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::registers::NewEntry;
    use crate::model::Evidence;
    use crate::testing::{TestPhone, unit};

    const FORM: &str = r#"
        kind = "form"
        id = "test.certificate"
        title = { zh = "证照", en = "Certificate" }
        subject = "place"
        roles = ["butler"]
        [[field]]
        id = "until"
        label = { zh = "有效期至", en = "Until" }
        type = "date"
        required = true
        [[field]]
        id = "holder"
        label = { zh = "持证人", en = "Holder" }
        type = "text"
        personal = true
        [[field]]
        id = "kind"
        label = { zh = "类别", en = "Kind" }
        type = "choice"
        options = [{ id = "tank", label = { zh = "水箱清洗", en = "tank cleaning" } }]
        [[field]]
        id = "object"
        label = { zh = "对象", en = "Object" }
        type = "text"
        [[field]]
        id = "remark"
        label = { zh = "备注", en = "Remark" }
        type = "text"
    "#;
    const RULES: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "规则", en = "Rules" }
        effective_from = 2020-01-01
        [[rule]]
        id = "test.certificate.ends"
        title = { zh = "证照到期", en = "A certificate ends" }
        why = { zh = "{date}到期", en = "ends on {date}" }
        roles = ["butler"]
        subject = { kind = "entry" }
        when = { after_entry = { form = "test.certificate", date = "until" } }
        due = { within = { days = 0 } }
        done = { record = "entry", begin = "test.certificate" }
    "#;

    #[test]
    fn a_row_is_called_by_its_first_words_but_no_personal_ones() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[FORM, RULES]);
        let today = bench.butler.office().unwrap().date_of(bench.butler.now()).to_string();
        let fields = [
            ("until", &*today),
            ("holder", "王建国"),
            ("kind", "tank"),
            ("object", "2号水箱"),
            ("remark", "无"),
        ];
        let fields: BTreeMap<_, _> =
            fields.into_iter().map(|(field, text)| (field.into(), text.into())).collect();
        let answers = Evidence { fields, photos: BTreeMap::new() };
        let row =
            NewEntry { form: "test.certificate".into(), place: unit(), about: vec![], answers, due: None };
        bench.butler.registers().add(&row).unwrap();
        let due = bench.butler.today().list(None, 100).unwrap().items;
        let item = due.iter().find(|item| item.rule == "test.certificate.ends").unwrap();
        assert_eq!(item.subject, "水箱清洗 · 2号水箱");
    }
}
