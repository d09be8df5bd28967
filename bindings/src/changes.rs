//! What an app touches: only the fields that were set become an edit, an untouched one is never written back.

use butler_core::model::Touch;

/// What a touched field becomes; nothing as the value clears it.
pub(crate) fn touched<T>(value: Option<T>) -> Touch<T> {
    value.map_or(Touch::Clear, Touch::Set)
}

/// Declares parts of a record: the row, its touched fields, and the core's edit they make.
macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident / $change:ident = $core:ty, $edit:ty => {
        $($(#[$field_doc:meta])* $field:ident / $variant:ident: $ty:ty,)*
    };)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, uniffi::Record)]
        pub struct $part {
            /// It, within its record.
            pub id: butler_core::model::PartId,
            $($(#[$field_doc])* pub $field: Option<$ty>,)*
        }

        impl From<$core> for $part {
            fn from(part: $core) -> Self {
                Self { id: part.id, $($field: part.$field,)* }
            }
        }

        /// One touched field; nothing as the value clears it.
        #[derive(Debug, Clone, PartialEq, uniffi::Enum)]
        pub enum $change { $($(#[$field_doc])* $variant { value: Option<$ty> },)* }

        impl $change {
            pub(crate) fn edit(changes: Vec<Self>) -> $edit {
                let mut edit = <$edit>::default();
                for change in changes {
                    match change {
                        $(Self::$variant { value } => edit.$field = crate::changes::touched(value),)*
                    }
                }
                edit
            }
        }
    )+ };
}

/// Declares what may be touched of a kind of record: its fields, and its parts, which are added, touched or removed.
macro_rules! changes {
    (
        $(#[$doc:meta])*
        $change:ident = $edit:ty => {
            $($field:ident / $variant:ident: $ty:ty,)*
        } parts {
            $($set:ident / $part:ident / $remove:ident: $part_change:ident,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, uniffi::Enum)]
        pub enum $change {
            $($variant { value: Option<$ty> },)*
            $(
                /// A part: a new one when no id is given.
                $part { id: Option<butler_core::model::PartId>, changes: Vec<$part_change> },
                $remove { id: butler_core::model::PartId },
            )*
            /// What a form proposed.
            Proposed { proposal: butler_core::areas::registers::ProposalRow },
        }

        impl $change {
            pub(crate) fn edit(changes: Vec<Self>) -> butler_core::model::Edit {
                use butler_core::model::{Edit, Touch};
                let mut made = Edit::new();
                for change in changes {
                    let mut edit = <$edit>::default();
                    match change {
                        $(Self::$variant { value } => edit.$field = crate::changes::touched(value),)*
                        $(
                            Self::$part { id, changes } => {
                                let part = $part_change::edit(changes);
                                match id {
                                    Some(id) => drop(edit.$set.insert(id, Touch::Set(part))),
                                    None => made = made.add_part(part),
                                }
                            }
                            Self::$remove { id } => {
                                edit.$set.insert(id, Touch::Clear);
                            }
                        )*
                        Self::Proposed { proposal } => {
                            made = made.put(proposal.path, proposal.value);
                        }
                    }
                    for op in Edit::from(edit).ops {
                        // Set twice, the last one is meant.
                        made.ops.retain(|before| before.path() != op.path());
                        made.ops.push(op);
                    }
                }
                made
            }
        }
    };
}

pub(crate) use {changes, parts};

#[cfg(test)]
mod tests {
    use butler_core::model::{Edit, Op};

    use crate::homes::{HomeChange, MeterChange};
    use crate::residents::{PhoneChange, ResidentChange};

    fn paths(edit: &Edit) -> Vec<&str> {
        edit.ops.iter().map(Op::path).collect()
    }

    fn meter(id: Option<butler_core::model::PartId>, changes: Vec<MeterChange>) -> HomeChange {
        HomeChange::Meter { id, changes }
    }

    #[test]
    fn set_twice_the_last_one_is_meant() {
        let layout = |value: &str| HomeChange::Layout { value: Some(value.to_owned()) };
        let edit = HomeChange::edit(vec![layout("两室"), HomeChange::People { value: None }, layout("三室")]);
        assert_eq!(edit, Edit::new().clear("people").put("layout", "三室"));
    }

    #[test]
    fn a_part_touched_in_two_goes_keeps_both() {
        let id = Some(butler_core::model::PartId([7; 16]));
        let reading = MeterChange::Reading { value: Some(12.5) };
        let spot = MeterChange::Spot { value: Some("管井".to_owned()) };
        let edit = HomeChange::edit(vec![meter(id, vec![reading]), meter(id, vec![spot])]);
        let part = format!("meter/{}", "07".repeat(16));
        assert_eq!(paths(&edit), [&format!("{part}/reading"), part.as_str(), &format!("{part}/spot")]);
    }

    #[test]
    fn a_part_without_an_id_is_left_to_the_core_to_identify() {
        let changes = vec![PhoneChange::Number { value: Some("138 0013 8000".to_owned()) }];
        let new = || ResidentChange::Phone { id: None, changes: changes.clone() };
        let edit = ResidentChange::edit(vec![new(), new()]);
        assert_eq!(paths(&edit), ["phone/+0", "phone/+0/number", "phone/+1", "phone/+1/number"]);
    }
}
