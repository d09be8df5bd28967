//! Colleagues with valid keys who mean harm, the office they attack, and the honest ones who have to go on working.
//!
//! An enrolled phone can be in the wrong hands, or run software that is not ours. The office cannot keep its changes
//! out: it signs well and belongs to somebody. What it must not be able to do is stop others.
//!
//! | question | file |
//! |---|---|
//! | what does a hostile phone do, one function an attack | `attacks.rs` |
//! | what can a hostile phone do at all: any frame, any change, any signature | `attacker.rs` |
//! | how long do the honest wait while all of it happens at once | `siege.rs` |
//! | who works in the attacked community, and is it still alive | `community.rs` |

mod attacker;
mod attacks;
mod community;
mod siege;

pub use attacker::{Attacker, MUCH, Size, stranger};
pub use attacks::{ATTACKS, Attack};

pub use community::{Alive, Community, Honest, Targets, found};
pub use siege::main as besieged;

/// What a test says when a promise to the honest was broken.
pub type Checked<T = ()> = Result<T, String>;
