//! What rules cost, asked apart from the rest of Today.

use crate::Butler;
use crate::error::ButlerError;
use crate::playbook::due::{Extent, evaluate_some};
use crate::playbook::rule::DueRule;

/// How many items some rules bring to a phone's Today, worked out from nothing.
///
/// # Errors
/// As [`Butler::today`]'s calls.
pub fn worked_out(butler: &Butler, wanted: impl Fn(&DueRule) -> bool) -> Result<usize, ButlerError> {
    let (office, now) = (butler.context.office()?, butler.now());
    butler.context.read(|reader| {
        let index = office.index(reader, None);
        Ok(evaluate_some(&office.playbooks, &index, &office.calendar, now, Extent::Shown, wanted)?.len())
    })
}
