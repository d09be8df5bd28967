//! What must hold of a question about other records: that they can refer to the subject, and are selected by what is indexed.

use super::Check;
use crate::model::Kind;
use crate::model::fields::{self, Type};
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::Diagnostic;
use crate::playbook::path::Path;
use crate::playbook::related::Related;
use crate::playbook::workflow::{Step, Workflow};
use crate::query::SubjectKind;

impl Check<'_> {
    /// What a step requires of the records its case is about.
    pub(super) fn requirements(&mut self, workflow: &Workflow, path: &Path<'_>, step: &Step) {
        let names = Names::of_case(workflow.fields()).answers("form", &step.fields);
        for (index, requirement) in step.requires.iter().enumerate() {
            let here = path.index(index);
            let kind = match requirement.about {
                SubjectKind::Home => Some(Kind::Home),
                SubjectKind::Resident => Some(Kind::Resident),
                SubjectKind::Case => Some(Kind::Case),
                _ => None,
            };
            let about = kind == Some(Kind::Case) || workflow.subjects.contains(&requirement.about);
            if kind.is_none() || !about {
                let named = requirement.about.name().to_owned();
                self.report(&here.key("about"), Diagnostic::RequiredOfNoSubject(named));
                continue;
            }
            self.label(&here.key("not"), &requirement.not);
            self.report_if(!requirement.asks_something(), &here, Diagnostic::RequiresNothing);
            self.optional_condition(&here.key("when"), requirement.when.as_ref(), &names);
            self.valued_filters(&here.key("where"), kind, &requirement.filters);
            self.filters(&here.key("unless"), kind, &requirement.unless);
            self.all_related(&here.key("having"), &requirement.having);
            self.all_related(&here.key("lacking"), &requirement.lacking);
            let ordered: Vec<String> = requirement.ordered.iter().map(ToString::to_string).collect();
            self.run_by(&here.key("ordered"), Kind::Round, &ordered);
        }
    }

    /// Questions about the records that refer to a subject.
    pub(super) fn all_related(&mut self, path: &Path<'_>, all: &[Related]) {
        for (index, related) in all.iter().enumerate() {
            self.related(&path.index(index), related);
        }
    }

    pub(super) fn related(&mut self, path: &Path<'_>, related: &Related) {
        let kind = related.kind;
        self.refers(&path.key("through"), kind, related.through());
        self.filters(&path.key("where"), Some(kind), &related.filters);
        self.filters(&path.key("unless"), Some(kind), &related.unless);
        self.valued_filters(&path.key("each"), Some(kind), &related.each);
        self.report_if(!related.dates.is_empty(), &path.key("dates"), Diagnostic::Misplaced);
        self.run_by(&path.key("of"), kind, &related.of);
        let has_course = matches!(kind, Kind::Case | Kind::Round);
        self.report_if(related.over.is_some() && !has_course, &path.key("over"), Diagnostic::Misplaced);
        let set = self.set;
        let workflows = || related.of.iter().filter_map(|id| set.workflow(&id.as_str().into()));
        let cases = kind == Kind::Case && !related.of.is_empty();
        let states = path.key("states");
        self.report_if(!related.states.is_empty() && !cases, &states, Diagnostic::Misplaced);
        for (index, state) in related.states.iter().enumerate().filter(|_| cases) {
            let known: Vec<&str> =
                workflows().flat_map(|workflow| &workflow.states).map(|state| state.id.as_str()).collect();
            self.one_of(&states.index(index), state, known.iter().copied(), Diagnostic::NoState);
        }
        let condition = path.key("condition");
        if cases {
            let fields = workflows().flat_map(|workflow| Workflow::fields(workflow));
            let names = Names::new().answers("case", fields).scalar("today");
            self.optional_condition(&condition, related.condition.as_ref(), &names);
            self.not_counted(&condition, related.condition.as_ref(), workflows().map(|workflow| &**workflow));
        } else {
            self.report_if(related.condition.is_some(), &condition, Diagnostic::ConditionMisplaced);
        }
    }

    /// A field by which records of a kind refer to others.
    pub(super) fn refers(&mut self, path: &Path<'_>, kind: Kind, field: &str) {
        // Whom a record is about, and what a case is linked with, is kept as links, not as a field.
        let linked = matches!(field, "subject/*" | "link/*") && fields::spec(kind, field).is_some();
        if !linked {
            let spec = self.indexed_field(path, Some(kind), field);
            let refers = spec.is_none_or(|spec| spec.ty == Type::Record);
            self.report_if(!refers, path, Diagnostic::NotAReference(field.to_owned()));
        }
    }

    /// The workflows, checklists or forms of records of a kind.
    fn run_by(&mut self, path: &Path<'_>, kind: Kind, ids: &[String]) {
        let set = self.set;
        for (index, id) in ids.iter().enumerate() {
            let here = path.index(index);
            match kind {
                Kind::Case => {
                    self.known_workflow(&here, &id.as_str().into());
                }
                Kind::Round => {
                    let known = set.checklists().map(|list| list.id.as_str());
                    if set.checklist(&id.as_str().into()).is_none() {
                        self.unknown(&here, id, known, Diagnostic::NoChecklist);
                    }
                }
                Kind::Entry => {
                    if set.form(&id.as_str().into()).is_none_or(|form| form.record != Kind::Entry) {
                        self.unknown_form(&here, id);
                    }
                }
                Kind::Home | Kind::Resident | Kind::Contact => self.report(&here, Diagnostic::Misplaced),
            }
        }
    }
}
