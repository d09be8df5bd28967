//! Steps every case has, whatever its workflow says.

use std::collections::BTreeMap;

use super::{EventId, Evidence, Value};

/// A step of the system. Its id begins with `$`, which the id of no playbook's step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SystemStep {
    /// Words or photos added by anybody who may see the case.
    Remark,
    /// Takes an ended case up again.
    Reopen,
    /// Decides between concurrent steps. Evidence: [`Resolution`].
    Resolve,
    /// Has the case run by another version of its workflow. Evidence: [`super::Case::migration`].
    Migrate,
}

impl SystemStep {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Remark, Self::Reopen, Self::Resolve, Self::Migrate];

    /// The step as events name it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Remark => "$remark",
            Self::Reopen => "$reopen",
            Self::Resolve => "$resolve",
            Self::Migrate => "$migrate",
        }
    }

    /// The step an event names; `None` for one of a playbook.
    #[must_use]
    pub fn of(step: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.id() == step)
    }

    /// Whether an id is kept for the system: of these steps, or of one a newer app knows.
    #[must_use]
    pub fn reserves(step: &str) -> bool {
        step.starts_with('$')
    }

    /// What people call it: 中文, English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Remark => ("备注", "remark"),
            Self::Reopen => ("重新打开", "reopen"),
            Self::Resolve => ("裁定", "resolve"),
            Self::Migrate => ("转用新版规程", "migrate to another version"),
        }
    }
}

/// The evidence of [`SystemStep::Resolve`]: which of several concurrent steps counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The event that counts.
    pub keep: EventId,
    /// The events that do not.
    pub over: Vec<EventId>,
}

impl Resolution {
    /// The question that names the event to keep.
    pub const KEEP: &'static str = "keep";
    /// The question that names the events to decide against, joined by commas.
    pub const OVER: &'static str = "over";

    /// As an event carries it.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let over: Vec<String> = self.over.iter().map(ToString::to_string).collect();
        let fields = BTreeMap::from([
            (Self::KEEP.into(), Value::from(self.keep.to_string())),
            (Self::OVER.into(), Value::from(over.join(","))),
        ]);
        Evidence { fields, photos: BTreeMap::new() }
    }

    /// Out of the evidence of an event; `None` when it does not say which event to keep.
    #[must_use]
    pub fn read(evidence: &Evidence) -> Option<Self> {
        let keep = evidence.fields.get(Self::KEEP)?.as_text()?.parse().ok()?;
        let over = evidence.fields.get(Self::OVER).and_then(Value::as_text).unwrap_or_default();
        let over = over.split(',').filter_map(|id| id.parse().ok()).filter(|id| *id != keep).collect();
        Some(Self { keep, over })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_system_is_known_by_its_id_and_no_other() {
        for step in SystemStep::ALL {
            assert_eq!(SystemStep::of(step.id()), Some(step));
            assert!(SystemStep::reserves(step.id()));
        }
        assert_eq!(SystemStep::of("finish"), None);
        assert_eq!(SystemStep::of("$unheard"), None);
    }

    #[test]
    fn a_resolution_reads_as_it_was_written() {
        let resolution =
            Resolution { keep: EventId([1; 16]), over: vec![EventId([2; 16]), EventId([3; 16])] };
        assert_eq!(Resolution::read(&resolution.evidence()), Some(resolution));
        assert_eq!(Resolution::read(&Evidence::default()), None);
    }
}
