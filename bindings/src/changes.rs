//! What an app touches: only the fields that were set become an edit, an untouched one is never written back.

use butler_core::commands::Submission;
use butler_core::host::{SystemHost, random};
use butler_core::model::{self, Touch, derived};

use crate::ButlerError;

/// What a touched field becomes; nothing as the value clears it.
pub(crate) fn touched<T, U>(value: Option<T>) -> Result<Touch<U>, ButlerError>
where
    T: TryInto<U>,
    ButlerError: From<T::Error>,
{
    Ok(match value {
        Some(value) => Touch::Set(value.try_into()?),
        None => Touch::Clear,
    })
}

/// The identity of a new part, the `number`-th touch of its edit: of what it is called by, so that two phones adding the
/// same vehicle mean one; else of the form, so that a form handed in twice adds one; or drawn.
pub(crate) fn new_part(
    record: model::RecordId,
    set: &str,
    called: Option<&Touch<String>>,
    form: Option<&Submission>,
    number: usize,
) -> Result<model::PartId, ButlerError> {
    if let Some(Touch::Set(called)) = called {
        return Ok(derived::part(record, set, called));
    }
    if let Some(form) = form {
        return Ok(derived::part(record, set, &format!("{}/{number}", form.id)));
    }
    let drawn = random(&SystemHost).map_err(butler_core::ButlerError::from)?;
    Ok(model::PartId(drawn))
}

/// Declares parts of a record: the row, its touched fields, and the core's edit they make. `then` sets right what was
/// typed.
macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident / $change:ident = $core:ty, $edit:ty => {
        $($(#[$field_doc:meta])* $field:ident / $variant:ident: $ty:ty,)*
    } $(, then $tidy:path)?;)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, uniffi::Record)]
        pub struct $part {
            /// It, within its record.
            pub id: crate::ids::PartId,
            $($(#[$field_doc])* pub $field: Option<$ty>,)*
        }

        impl From<(butler_core::model::PartId, $core)> for $part {
            fn from((id, part): (butler_core::model::PartId, $core)) -> Self {
                Self { id: id.into(), $($field: part.$field.map(Into::into),)* }
            }
        }

        /// One touched field; nothing as the value clears it.
        #[derive(Debug, Clone, PartialEq, uniffi::Enum)]
        pub enum $change { $($(#[$field_doc])* $variant { value: Option<$ty> },)* }

        impl $change {
            pub(crate) fn edit(changes: Vec<Self>) -> Result<$edit, crate::ButlerError> {
                let mut edit = <$edit>::default();
                for change in changes {
                    match change {
                        $(Self::$variant { value } => edit.$field = crate::changes::touched(value)?,)*
                    }
                }
                $($tidy(&mut edit)?;)?
                Ok(edit)
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
            $($set:ident / $part:ident / $remove:ident: $part_change:ident = $path:literal $(called $called:ident)?,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, uniffi::Enum)]
        pub enum $change {
            $($variant { value: Option<$ty> },)*
            $(
                /// A part: a new one when no id is given.
                $part { id: Option<crate::ids::PartId>, changes: Vec<$part_change> },
                $remove { id: crate::ids::PartId },
            )*
            /// What a form proposed.
            Proposed { proposal: crate::questions::Proposal },
        }

        impl $change {
            pub(crate) fn edit(
                record: butler_core::model::RecordId,
                changes: Vec<Self>,
                form: Option<&butler_core::commands::Submission>,
            ) -> Result<butler_core::model::Edit, crate::ButlerError> {
                use butler_core::model::{Edit, Touch, Value};
                let mut made = Edit::new();
                for (number, change) in changes.into_iter().enumerate() {
                    let mut edit = <$edit>::default();
                    match change {
                        $(Self::$variant { value } => edit.$field = crate::changes::touched(value)?,)*
                        $(
                            Self::$part { id, changes } => {
                                let part = $part_change::edit(changes)?;
                                let called = None::<&Touch<String>>;
                                $(let called = called.or(Some(&part.$called));)?
                                let id = match id {
                                    Some(id) => id.try_into()?,
                                    None => crate::changes::new_part(record, $path, called, form, number)?,
                                };
                                edit.$set.insert(id, Touch::Set(part));
                            }
                            Self::$remove { id } => {
                                edit.$set.insert(id.try_into()?, Touch::Clear);
                            }
                        )*
                        Self::Proposed { proposal } => {
                            made = made.put(proposal.path, Value::from(proposal.value));
                        }
                    }
                    for op in Edit::from(edit).ops {
                        // Set twice, the last one is meant.
                        made.ops.retain(|before| before.path() != op.path());
                        made.ops.push(op);
                    }
                }
                Ok(made)
            }
        }
    };
}

pub(crate) use {changes, parts};

#[cfg(test)]
mod tests {
    use butler_core::commands::Submission;
    use butler_core::model::{Edit, Op, RecordId, SubmissionId};

    use crate::ButlerError;
    use crate::homes::{HomeChange, MeterChange};
    use crate::residents::{PhoneChange, ResidentChange};

    const HOME: RecordId = RecordId([7; 16]);

    fn paths(edit: &Edit) -> Vec<&str> {
        edit.ops.iter().map(Op::path).collect()
    }

    fn meter(id: Option<crate::ids::PartId>, changes: Vec<MeterChange>) -> HomeChange {
        HomeChange::Meter { id, changes }
    }

    #[test]
    fn set_twice_the_last_one_is_meant() {
        let layout = |value: &str| HomeChange::Layout { value: Some(value.to_owned()) };
        let edit = HomeChange::edit(
            HOME,
            vec![layout("两室"), HomeChange::People { value: None }, layout("三室")],
            None,
        );
        assert_eq!(edit, Ok(Edit::new().clear("people").put("layout", "三室")));
    }

    #[test]
    fn a_part_touched_in_two_goes_keeps_both() {
        let id = Some(crate::ids::PartId { value: "07".repeat(16) });
        let reading = MeterChange::Reading { value: Some(12.5) };
        let spot = MeterChange::Spot { value: Some("管井".to_owned()) };
        let edit =
            HomeChange::edit(HOME, vec![meter(id.clone(), vec![reading]), meter(id, vec![spot])], None)
                .unwrap();
        let part = format!("meter/{}", "07".repeat(16));
        assert_eq!(paths(&edit), [&format!("{part}/reading"), part.as_str(), &format!("{part}/spot")]);
    }

    #[test]
    fn the_same_thing_added_on_two_phones_is_one_however_it_was_typed() {
        let phone = |number: &str| {
            let changes = vec![PhoneChange::Number { value: Some(number.to_owned()) }];
            ResidentChange::edit(HOME, vec![ResidentChange::Phone { id: None, changes }], None)
        };
        assert_eq!(phone("138 0013 8000"), phone("13800138000"));
        assert!(matches!(phone("电话"), Err(ButlerError::InvalidInput { field, .. }) if field == "number"));
        // What has no name of its own is another one each time.
        let price = |form: Option<&Submission>| {
            let added = || HomeChange::Price { id: None, changes: Vec::new() };
            HomeChange::edit(HOME, vec![added(), added()], form).unwrap()
        };
        assert_ne!(price(None), price(None));
        // But the same form handed in again adds the same, each of them.
        let form = Submission { id: SubmissionId([1; 16]), shown: None };
        assert_eq!(price(Some(&form)), price(Some(&form)));
        assert_eq!(price(Some(&form)).ops.len(), 2);
    }
}
