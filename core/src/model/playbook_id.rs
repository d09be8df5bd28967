//! The ids playbooks give, each as its own type. Which of them there are is asked of a set of playbooks: an id of a
//! playbook that is not known here is carried as it is.

use std::borrow::Borrow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fields::Type;
use super::{Kind, Scalar, SystemStep, Touch, Value};

/// Ids that playbooks write; stored, sent and written in TOML as their text.
macro_rules! playbook_ids {
    ($($(#[$doc:meta])* $name:ident)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id a playbook, a record or a caller writes.
            #[must_use]
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// As it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<&str> for Touch<$name> {
            fn from(id: &str) -> Self {
                Self::Set(id.into())
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(id: &str) -> Result<Self, Infallible> {
                Ok(id.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.0 == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.0 == *text
            }
        }

        impl Scalar for $name {
            const TYPE: Type = Type::Code;

            fn read(value: &Value) -> Option<Self> {
                value.as_text().map(Self::from)
            }
            fn take(value: Value) -> Option<Self> {
                String::take(value).map(Self)
            }
            fn write(self) -> Value {
                self.0.into()
            }
        }
    )+ };
}

playbook_ids! {
    /// A workflow (`repair.paid`).
    WorkflowId
    /// A step of a workflow, unique within it; of an event also a [`SystemStep`] (`$remark`), and of what happened on
    /// a round the point or question it is of.
    StepId
    /// A form (`contact.log`).
    FormId
    /// A question, unique within its form, step or checklist. In a form over a record it is the path of the field.
    QuestionId
    /// A due rule, unique over all files; part of the id of everything due by it.
    RuleId
    /// A checklist (`patrol.daily`).
    ChecklistId
    /// A metric, unique over all files.
    MetricId
}

impl From<SystemStep> for StepId {
    fn from(step: SystemStep) -> Self {
        step.id().into()
    }
}

/// What a record is run by or was filled in by, and what can be begun: one of the playbooks that make records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Procedure {
    /// A row of a register or another record, by its form.
    Form {
        /// The form.
        form: FormId,
    },
    /// A round through a checklist.
    Checklist {
        /// The checklist.
        checklist: ChecklistId,
    },
    /// A case of a workflow.
    Workflow {
        /// The workflow.
        workflow: WorkflowId,
    },
}

impl Procedure {
    /// What a record of this kind names by `id`: a case its workflow, a round its checklist, anything else a form.
    #[must_use]
    pub fn of(kind: Kind, id: impl Into<String>) -> Self {
        match kind {
            Kind::Case => Self::Workflow { workflow: WorkflowId::new(id) },
            Kind::Round => Self::Checklist { checklist: ChecklistId::new(id) },
            Kind::Home | Kind::Resident | Kind::Contact | Kind::Entry => Self::Form { form: FormId::new(id) },
        }
    }

    /// The id, as the record stores it.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Form { form } => form.as_str(),
            Self::Checklist { checklist } => checklist.as_str(),
            Self::Workflow { workflow } => workflow.as_str(),
        }
    }

    /// The form, if it is one.
    #[must_use]
    pub const fn form(&self) -> Option<&FormId> {
        if let Self::Form { form } = self { Some(form) } else { None }
    }

    /// The checklist, if it is one.
    #[must_use]
    pub const fn checklist(&self) -> Option<&ChecklistId> {
        if let Self::Checklist { checklist } = self { Some(checklist) } else { None }
    }

    /// The workflow, if it is one.
    #[must_use]
    pub const fn workflow(&self) -> Option<&WorkflowId> {
        if let Self::Workflow { workflow } = self { Some(workflow) } else { None }
    }
}
