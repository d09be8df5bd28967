//! Errors in words: what an app shows of a call that did nothing.

use butler_core::playbook::Label;

use crate::ButlerError;

/// What to tell the user of an error, in both languages: what happened, what is safe, what to do. Never a name or a number.
#[uniffi::export]
#[expect(clippy::needless_pass_by_value, reason = "what crosses to this side is owned")]
pub fn error_words(error: ButlerError) -> Result<Label, ButlerError> {
    Ok(error.words())
}
