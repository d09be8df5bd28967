//! What an app can do and see: one folder per area, one file per verb or look.
//!
//! Every verb has the same course: read, check role and playbook, make one [`Edit`](crate::model::Edit), and let the
//! [`author`](crate::context) turn it into a signed change with its rows in one transaction. What a verb returns names
//! what changed. A look reads one consistent state and computes; it changes nothing, needs no network, and shows what
//! the phone's owner may read and nothing else.

pub mod cases;
pub mod conflicts;
pub mod contacts;
pub mod drafts;
pub mod homes;
pub mod library;
pub mod me;
pub mod metrics;
pub mod office;
pub mod outbox;
pub mod papers;
pub mod photos;
pub mod procedures;
pub mod records;
pub mod registers;
pub mod rejected;
pub mod residents;
pub mod rounds;
pub mod search;
pub mod slips;
pub mod status;
#[cfg(test)]
pub(crate) mod testing;
pub mod today;

use crate::butler::Butler;
use crate::context::Submitting;

macro_rules! areas {
    ($($(#[$doc:meta])* $area:ident: $type:ident,)+) => {
        impl Butler {
            $($(#[$doc])* #[must_use] pub const fn $area(&self) -> $area::$type<'_> {
                $area::$type(self.handing_in(None))
            })+
        }

        impl<'b> Submitting<'b> {
            $($(#[$doc])* #[must_use] pub fn $area(&self) -> $area::$type<'b> {
                $area::$type(self.clone())
            })+
        }
    };
}

areas! {
    /// Homes 房屋.
    homes: Homes,
    /// Residents 住户.
    residents: Residents,
    /// Contacts 沟通记录.
    contacts: Contacts,
    /// Rounds 巡视.
    rounds: Rounds,
    /// Cases 工单.
    cases: Cases,
    /// Registers 登记.
    registers: Registers,
    /// Slips to be printed 单据.
    papers: Papers,
    /// What is due 今日.
    today: Today,
    /// Conflicts 待裁定.
    conflicts: Conflicts,
    /// What was rejected 被拒绝.
    rejected: Rejected,
    /// Any record, by id.
    records: Records,
}
