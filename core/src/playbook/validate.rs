//! What must hold of a set before it is used: everything a phone could otherwise trip over.

use super::book::{PlaybookError, Playbooks, Source};

/// Appends everything wrong with the set.
pub(super) fn check(_set: &Playbooks, _sources: &[Source], _errors: &mut Vec<PlaybookError>) {}
