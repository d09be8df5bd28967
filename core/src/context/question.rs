//! What an app asks: forms, steps and items render themselves, so a new procedure needs no new app.

use super::field_words::in_its_unit;
use crate::model::{QuestionId, Value};
use crate::playbook::form::{AnswerType, Asked, Choice, FormField, PhotoRule};
use crate::playbook::{Label, Terms};

/// One question of a form, a step or a checklist.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Question {
    /// Its id: the key of the answer.
    pub field: QuestionId,
    /// The question.
    pub label: Label,
    /// The kind of answer.
    pub answer: AnswerType,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether this person may answer it; otherwise it is only shown.
    pub writable: bool,
    /// Whose it is to answer, in words, when it is not this person's.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub whose: Option<Label>,
    /// Whether the answer is personal data.
    pub personal: bool,
    /// What may be chosen.
    pub options: Vec<Choice>,
    /// More words under the question.
    pub help: Option<Label>,
    /// Unit of a number.
    pub unit: Option<String>,
    /// Smallest number allowed.
    pub min: Option<f64>,
    /// Largest number allowed.
    pub max: Option<f64>,
    /// Characters at most, of a text.
    pub max_length: Option<usize>,
    /// Photos at least, once photos are required.
    pub at_least: Option<usize>,
    /// Whether a photo goes with the answer, in a checklist.
    pub photo: PhotoRule,
    /// Whether only a yes will do, of a flag.
    pub must: bool,
    /// What is said instead of the general words when the answer will not do.
    pub invalid: Option<Label>,
    /// What stands there until somebody answers: what the case answered before. Handed in with the others it is an answer.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub prefilled: Option<Value>,
    /// What is wrong with the present answer, or that it is missing.
    pub problem: Option<Label>,
    /// Of what nobody answers because it is worked out: that.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub worked_out: Option<Label>,
}

impl Question {
    /// A question as it stands, what is worked out in words among it.
    pub(crate) fn of(asked: &Asked<'_>, terms: &Terms) -> Self {
        let worked_out = asked.worked_out.as_ref().map(|value| in_its_unit(asked.field, value, terms));
        Self { worked_out, ..Self::from(asked) }
    }
}

impl From<&Asked<'_>> for Question {
    fn from(asked: &Asked<'_>) -> Self {
        Self {
            required: asked.required,
            writable: asked.writable,
            whose: asked.field.whose.clone().filter(|_| !asked.writable),
            prefilled: asked.prefilled.clone(),
            problem: asked.problem.as_ref().map(|problem| problem.message.clone()),
            ..Self::from(asked.field)
        }
    }
}

impl From<&FormField> for Question {
    fn from(field: &FormField) -> Self {
        Self {
            field: field.id.clone(),
            label: field.label.clone(),
            answer: field.answer,
            required: field.required,
            writable: true,
            whose: None,
            personal: field.personal,
            options: field.options.clone(),
            help: field.help.clone(),
            unit: field.unit.clone(),
            min: field.least(),
            max: field.most(),
            max_length: field.longest(),
            at_least: (field.answer.is_photo() || field.photo != PhotoRule::Never).then(|| field.photos()),
            photo: field.photo,
            must: field.must,
            invalid: field.invalid.clone(),
            prefilled: None,
            problem: None,
            worked_out: None,
        }
    }
}
