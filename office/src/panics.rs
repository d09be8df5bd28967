//! What a panic leaves in the journal: where it was, never what it said. Libraries that read hostile bytes quote them in
//! their panics, and those are caught and answered; the journal must not hold somebody's record because of it.

use std::panic;

/// Replaces the hook that prints a panic's message, for the whole process.
pub fn leave_out_messages() {
    panic::set_hook(Box::new(|info| {
        let (file, line) = info.location().map_or(("", 0), |at| (at.file(), at.line()));
        tracing::error!(code = "panic", file, line, "something panicked");
    }));
}
