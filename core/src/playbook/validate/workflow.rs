//! What must hold of a workflow: that every step can be made by somebody, every state reached, every case ended.

use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use crate::model::choice::Outcome;
use crate::model::fields::{self, Type, group};
use crate::model::{Kind, QuestionId, RoleId};
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::Diagnostic;
use crate::playbook::form::{AnswerType, Choice, FormField};
use crate::playbook::path::Path;
use crate::playbook::rule::DueRule;
use crate::playbook::workflow::{Deadline, Involved, SetField, SetTo, Slip, Step, StepContact, Workflow};

impl Check<'_> {
    pub(super) fn workflow(&mut self, workflow: &Workflow) {
        let top = Path::top();
        self.head(workflow.id.as_str(), &workflow.title);
        self.guidance(&top, workflow.guidance.as_ref());
        self.serves(&top, workflow.serves.as_ref());
        self.somebody(&top.key("resolved_by"), &workflow.resolved_by);
        self.role_ids(&top.key("read_by"), &workflow.read_by);
        self.readers(workflow);
        if let Some(question) = &workflow.kept_from {
            let mut asked = workflow.steps.iter().flat_map(|step| &step.fields);
            let names = asked.any(|field| field.id == *question && field.answer == AnswerType::Staff);
            self.report_if(!names, &top.key("kept_from"), Diagnostic::KeptFromNobody(question.to_string()));
        }
        self.slip(workflow);
        let states = workflow.states.iter().enumerate();
        let steps = workflow.steps.iter().enumerate();
        let state_path = |index| top.key("state").index(index);
        let step_path = |index| top.key("step").index(index);
        self.unique(states.clone().map(|(index, state)| (state.id.as_str(), state_path(index).key("id"))));
        self.unique(steps.clone().map(|(index, step)| (step.id.as_str(), step_path(index).key("id"))));
        for (index, state) in states {
            self.label(&state_path(index).key("label"), &state.label);
        }
        self.shared_questions(workflow);
        for (index, step) in steps {
            self.step(workflow, &step_path(index), step);
        }
        self.sums_of_case(workflow, &Names::of_case(workflow.fields()));
        self.reopening(workflow);
        self.course(workflow);
        self.deadlines(workflow);
        self.standstill(workflow);
    }

    /// Whoever handles a case must be able to read it; whoever only opens it need not.
    fn readers(&mut self, workflow: &Workflow) {
        if workflow.read_by.is_empty() {
            return;
        }
        let top = Path::top();
        let steps = workflow.steps.iter().enumerate().filter(|(_, step)| !step.opens);
        let steps = steps.map(|(index, step)| (top.key("step").index(index).key("roles"), &step.roles));
        let resolving = std::iter::once((top.key("resolved_by"), &workflow.resolved_by));
        let reopening = workflow.reopen.iter().map(|reopen| (top.keys(["reopen", "roles"]), &reopen.roles));
        for (path, roles) in steps.chain(resolving).chain(reopening) {
            for role in roles.iter().filter(|role| !workflow.read_by.contains(role)) {
                self.report(&path, Diagnostic::HandlerCannotRead(role.to_string()));
            }
        }
    }

    /// A slip stands under an answer there is.
    fn slip(&mut self, workflow: &Workflow) {
        let Some(slip) = &workflow.slip else { return };
        let path = Path::top().key("slip");
        if let Some(hint) = &slip.hint {
            self.label(&path.key("hint"), hint);
        }
        let answers = self.set.terms().choices(Slip::FIRST_QUESTION).unwrap_or_default();
        let known = answers.iter().map(|answer| answer.id.as_str());
        self.one_of(&path.key("answers"), &slip.answers, known, Diagnostic::NoFirstAnswer);
    }

    /// One name means one question, whichever step asks it.
    fn shared_questions(&mut self, workflow: &Workflow) {
        let mut first: BTreeMap<&str, &FormField> = BTreeMap::new();
        for (index, step) in workflow.steps.iter().enumerate() {
            for (number, field) in step.fields.iter().enumerate() {
                let known = first.entry(field.id.as_str()).or_insert(field);
                let alike = known.answer == field.answer
                    && known.unit == field.unit
                    && known.options == field.options;
                let path = Path::top().key("step").index(index).key("field").index(number).key("id");
                self.report_if(!alike, &path, Diagnostic::QuestionDiffers(field.id.to_string()));
            }
        }
    }

    fn step(&mut self, workflow: &Workflow, path: &Path<'_>, step: &Step) {
        self.label(&path.key("label"), &step.label);
        if let Some(button) = &step.button {
            self.label(&path.key("button"), button);
        }
        self.somebody(&path.key("roles"), &step.roles);
        self.guidance(path, step.guidance.as_ref());
        self.articles(&path.key("articles"), &step.articles);
        self.workflow_ids(&path.key("offers"), &step.offers);
        self.needs(workflow, &path.key("needs"), step);
        if let Some(not_by) = &step.not_by {
            self.not_by(workflow, &path.key("not_by"), step, not_by);
        }
        self.requirements(workflow, &path.key("requires"), step);
        if let Some(to) = &step.to {
            self.state_known(workflow, &path.key("to"), to);
        }
        for (index, from) in step.from.iter().enumerate() {
            let here = path.key("from").index(index);
            let ended = workflow.state(from).is_some_and(|state| state.end);
            self.state_known(workflow, &here, from);
            self.report_if(ended && step.to.is_some(), &here, Diagnostic::LeavesEnd(from.clone()));
        }
        match (step.opens, step.from.is_empty(), step.to.is_some()) {
            (true, true, true) | (false, false, _) => {}
            (true, _, false) => self.report(&path.key("opens"), Diagnostic::OpensIntoNothing),
            (true, false, _) => self.report(&path.key("from"), Diagnostic::OpensFromState),
            (false, true, _) => self.report(&path.key("id"), Diagnostic::StepInNoState),
        }
        let moves = !step.opens && step.to.is_some();
        self.report_if(step.aside && !moves, &path.key("aside"), Diagnostic::AsideOfNoMove);
        let case = Names::of_case(workflow.fields());
        self.optional_condition(&path.key("when"), step.when.as_ref(), &case);
        self.not_counted(&path.key("when"), step.when.as_ref(), [workflow]);
        if let Some(when_not) = &step.when_not {
            self.label(&path.key("when_not"), when_not);
            self.report_if(step.when.is_none(), &path.key("when_not"), Diagnostic::WhenNotUnused);
        }
        let names = case.answers("form", &step.fields);
        self.questions(&path.key("field"), &step.fields, &names);
        for (index, field) in step.fields.iter().enumerate() {
            if let Some(from) = &field.prefilled_from {
                self.prefilled(
                    workflow,
                    &path.key("field").index(index).key("prefilled_from"),
                    step,
                    field,
                    from,
                );
            }
        }
        self.no_sums(&path.key("field"), &step.fields);
        if let Some(contact) = &step.contact {
            self.contact(&path.key("contact"), step, contact);
        }
        for (index, set) in step.sets.iter().enumerate() {
            let here = path.key("sets").index(index);
            self.optional_condition(&here.key("when"), set.when.as_ref(), &names);
            self.set_field(workflow, &here, step, set);
        }
    }

    /// What stands in a question beforehand was answered in an earlier step, in the same way, and may be read by whoever is asked.
    fn prefilled(
        &mut self,
        workflow: &Workflow,
        path: &Path<'_>,
        step: &Step,
        field: &FormField,
        from: &QuestionId,
    ) {
        let earlier = workflow.steps.iter().filter(|other| other.id != step.id);
        let earlier: Vec<&FormField> = earlier.flat_map(|other| &other.fields).collect();
        match earlier.iter().find(|other| other.id == *from) {
            None => self.unknown(
                path,
                from.as_str(),
                earlier.iter().map(|other| other.id.as_str()),
                Diagnostic::NotAskedEarlier,
            ),
            Some(other) => {
                let alike =
                    other.answer == field.answer && !field.answer.is_photo() && other.unit == field.unit;
                self.report_if(!alike, path, Diagnostic::PrefilledUnlike(from.to_string()));
            }
        }
        let reads = |role: &RoleId| {
            let known = self.set.roles().get(role).is_some();
            !known || self.set.roles().may_read(std::slice::from_ref(role), Kind::Case, group::EVENT)
        };
        if let Some(role) = step.roles.iter().find(|role| !reads(role)) {
            self.report(path, Diagnostic::PrefilledUnread(role.to_string()));
        }
    }

    /// What a step writes is a plain field of what the case is about, which everybody who makes the step may write.
    fn set_field(&mut self, workflow: &Workflow, path: &Path<'_>, step: &Step, set: &SetField) {
        let kind = set.record;
        let written = matches!(kind, Kind::Home | Kind::Resident);
        if !written || !workflow.subjects.iter().any(|subject| subject.record() == Some(kind)) {
            return self.report(&path.key("record"), Diagnostic::SetsNoSubject(kind));
        }
        let Some(spec) = fields::spec(kind, &set.path) else {
            return self.report(&path.key("path"), Diagnostic::NoFieldOfKind(kind, set.path.clone()));
        };
        let plain = spec.is_indexed() && !spec.path.contains('*') && !spec.by_office;
        if !plain || spec.group == group::ORIGIN {
            return self.report(&path.key("path"), Diagnostic::NotSetBySteps(set.path.clone()));
        }
        for role in &step.roles {
            let may = self.set.roles().may_write(std::slice::from_ref(role), kind, spec.group);
            let known = self.set.roles().get(role).is_some();
            let cannot = Diagnostic::SetsByNoRole(role.to_string(), set.path.clone());
            self.report_if(known && !may, &path.key("path"), cannot);
        }
        let to = path.key("to");
        match &set.to {
            SetTo::Value(value) => {
                let no_word = spec.terms.is_some_and(|list| !self.set.terms().allows(list, value));
                let invalid = no_word || fields::check(kind, &set.path, value).is_err();
                self.report_if(invalid, &to, Diagnostic::NotAValue(set.path.clone()));
            }
            SetTo::Answer(id) => match step.fields.iter().find(|field| field.id == *id) {
                Some(field) => {
                    let unlike = !self.answers(spec, field);
                    self.report_if(unlike, &to, Diagnostic::UnlikeField(id.to_string()));
                }
                None => self.report(&to, Diagnostic::SetsUnasked(id.to_string())),
            },
            SetTo::Today => {
                let dated = matches!(spec.ty, Type::Date | Type::PartialDate);
                self.report_if(!dated, &to, Diagnostic::NotAValue(set.path.clone()));
            }
            SetTo::Nothing => {}
        }
    }

    /// A step that is a contact says by which channel and how it ended, in words a contact has.
    fn contact(&mut self, path: &Path<'_>, step: &Step, contact: &StepContact) {
        let unsaid = |word: &str| Diagnostic::NoWordOfContact(word.to_owned());
        let asked = |id: &str| step.fields.iter().find(|field| field.id == *id);
        let said = |word: &str, words: &BTreeMap<String, String>, known: &dyn Fn(&str) -> bool| {
            let options = asked(word).map(|field| &field.options[..]).unwrap_or_default();
            let option = |id: &String| options.iter().any(|option| option.id == *id);
            let means = |option: &Choice| known(words.get(&option.id).unwrap_or(&option.id));
            let fixed = known(word) && words.is_empty();
            let mapped = words.keys().all(option) && words.values().all(|word| known(word));
            fixed || mapped && options.iter().any(means)
        };
        let terms = self.set.terms();
        let of_list = |code: &str| terms.allows(StepContact::CHANNELS, &code.into());
        let channel = said(&contact.channel, &contact.channels, &of_list);
        self.report_if(!channel, &path.key("channel"), unsaid(&contact.channel));
        let of_core = |code: &str| Outcome::from_code(code).is_some();
        let outcome = said(&contact.outcome, &contact.outcomes, &of_core);
        self.report_if(!outcome, &path.key("outcome"), unsaid(&contact.outcome));
        for (key, question, answer) in [
            ("summary", &contact.summary, AnswerType::Text),
            ("satisfaction", &contact.satisfaction, AnswerType::Score),
        ] {
            let wrong = |id: &&QuestionId| asked(id.as_str()).is_none_or(|field| field.answer != answer);
            if let Some(id) = question.as_ref().filter(wrong) {
                self.report(&path.key(key), unsaid(id.as_str()));
            }
        }
        // The purposes are those the form over contacts offers.
        let forms = self.set.forms().filter(|form| form.record == Kind::Contact);
        let purposes: Vec<&FormField> =
            forms.flat_map(|form| &form.fields).filter(|field| field.id == *"purpose").collect();
        let offered = |field: &&FormField| field.options.iter().any(|option| option.id == contact.purpose);
        let wrong = !purposes.is_empty() && !purposes.iter().any(offered);
        self.report_if(wrong, &path.key("purpose"), unsaid(&contact.purpose));
    }

    fn needs(&mut self, workflow: &Workflow, path: &Path<'_>, step: &Step) {
        if step.needs.is_empty() {
            return;
        }
        self.report_if(step.opens, path, Diagnostic::OpensAfterSteps);
        self.steps_known(workflow, path, &step.needs);
        let known = step.needs.iter().all(|id| workflow.step(id).is_some());
        let reachable = || reachable_steps(workflow).contains(step.id.as_str());
        let never = known && !step.opens && !reachable();
        self.report_if(never, path, Diagnostic::StepUnreachable(step.id.to_string()));
    }

    /// Whoever may not make a step made one of others, or is named in the case.
    fn not_by(&mut self, workflow: &Workflow, path: &Path<'_>, step: &Step, not_by: &Involved) {
        self.report_if(step.opens, path, Diagnostic::OpensAfterSteps);
        if !not_by.made.is_empty() || not_by.named.is_empty() {
            self.steps_known(workflow, &path.key("made"), &not_by.made);
        }
        let asked = workflow.steps.iter().flat_map(|step| &step.fields);
        let staff = asked.filter(|field| field.answer == AnswerType::Staff).map(|field| field.id.as_str());
        for (index, id) in not_by.named.iter().enumerate() {
            let path = path.key("named");
            self.one_of(&path.index(index), id.as_str(), staff.clone(), Diagnostic::NamesNobody);
        }
    }

    fn state_known(&mut self, workflow: &Workflow, path: &Path<'_>, id: &str) {
        let known = workflow.states.iter().map(|state| state.id.as_str());
        self.one_of(path, id, known, Diagnostic::NoState);
    }

    fn reopening(&mut self, workflow: &Workflow) {
        let Some(reopen) = &workflow.reopen else { return };
        let path = Path::top().key("reopen");
        let ended = workflow.state(&reopen.to).is_some_and(|state| state.end);
        self.somebody(&path.key("roles"), &reopen.roles);
        self.state_known(workflow, &path.key("to"), &reopen.to);
        self.report_if(ended, &path.key("to"), Diagnostic::ReopensIntoEnd);
    }

    /// Every state can be reached, and from every state a case can come to an end.
    fn course(&mut self, workflow: &Workflow) {
        let opening = workflow.steps.iter().any(|step| step.opens);
        let ending = workflow.states.iter().any(|state| state.end);
        self.report_if(!opening, &Path::top().key("step"), Diagnostic::NoOpeningStep);
        self.report_if(!ending, &Path::top().key("state"), Diagnostic::NoEndState);
        let moves = moves(workflow);
        let begin = moves.iter().filter(|(from, _)| from.is_none()).map(|(_, to)| *to).collect();
        let reached = reachable(begin, |state| {
            moves.iter().filter(|(from, _)| *from == Some(state)).map(|(_, to)| *to).collect()
        });
        let ends = workflow.states.iter().filter(|state| state.end).map(|state| state.id.as_str()).collect();
        let ending = reachable(ends, |state| {
            moves.iter().filter(|(_, to)| *to == state).filter_map(|(from, _)| *from).collect()
        });
        for (index, state) in workflow.states.iter().enumerate() {
            let path = Path::top().key("state").index(index).key("id");
            let id = state.id.as_str();
            if !reached.contains(id) {
                self.report(&path, Diagnostic::StateUnreachable(id.to_owned()));
            } else if !ending.contains(id) {
                self.report(&path, Diagnostic::StateWithoutEnd(id.to_owned()));
            }
        }
    }

    fn deadlines(&mut self, workflow: &Workflow) {
        let here = |index| Path::top().key("deadline").index(index);
        let deadlines = workflow.deadlines.iter().enumerate();
        self.unique(deadlines.clone().map(|(index, deadline)| (deadline.id.as_str(), here(index).key("id"))));
        let names = Names::of_case(workflow.fields());
        for (index, deadline) in deadlines {
            let path = here(index);
            self.label(&path.key("label"), &deadline.label);
            self.steps_known(workflow, &path.key("from"), &deadline.from);
            self.steps_known(workflow, &path.key("until"), &deadline.until);
            self.span(&path.key("within"), deadline.within);
            self.optional_condition(&path.key("when"), deadline.when.as_ref(), &names);
            self.not_counted(&path.key("when"), deadline.when.as_ref(), [workflow]);
            self.on_today(workflow, &path, deadline);
        }
    }

    /// How a deadline stands on Today.
    fn on_today(&mut self, workflow: &Workflow, path: &Path<'_>, deadline: &Deadline) {
        let rule = DueRule::of_deadline(workflow, deadline);
        if let Some(why) = &deadline.why {
            self.label(&path.key("why"), why);
            self.why(&path.key("why"), &rule, &[workflow]);
        }
        self.guidance(path, deadline.guidance.as_ref());
        let meets = |role: &RoleId| {
            deadline.until.iter().filter_map(|step| workflow.step(step)).any(|step| step.roles.contains(role))
        };
        self.role_ids(&path.key("roles"), &deadline.roles);
        for role in deadline.roles.iter().filter(|role| !meets(role)) {
            self.report(&path.key("roles"), Diagnostic::CannotMeet(role.to_string()));
        }
        self.walked(path, &rule);
        self.addressed(path, &rule, &[workflow]);
        let following = path.key("followed_by");
        self.role_ids(&following, &deadline.followed_by);
        let reads = |role: &RoleId| workflow.read_by.is_empty() || workflow.read_by.contains(role);
        let beside = deadline.escalate.iter().flat_map(|escalate| &escalate.to).chain(&deadline.followed_by);
        for role in beside.filter(|role| !reads(role)) {
            self.report(&following, Diagnostic::HandlerCannotRead(role.to_string()));
        }
    }
}

/// From which state steps lead to which; from none: what opens a case.
fn moves(workflow: &Workflow) -> Vec<(Option<&str>, &str)> {
    let leading = workflow.steps.iter().filter_map(|step| Some((step, step.to.as_deref()?)));
    leading
        .flat_map(|(step, to)| {
            let opening = step.opens.then_some((None, to));
            step.from.iter().map(move |from| (Some(from.as_str()), to)).chain(opening)
        })
        .collect()
}

/// The steps that can be made at all: in a state that is reached, once everything they need was made.
fn reachable_steps(workflow: &Workflow) -> BTreeSet<&str> {
    let mut made: BTreeSet<&str> = BTreeSet::new();
    let mut states: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = made.len();
        for step in &workflow.steps {
            let here = step.opens || step.from.iter().any(|from| states.contains(from.as_str()));
            if here && step.needs.iter().all(|need| made.contains(need.as_str())) {
                made.insert(step.id.as_str());
                states.extend(step.to.as_deref());
            }
        }
        if made.len() == before {
            return made;
        }
    }
}

/// Everything that can be reached from `start`.
fn reachable<'s>(start: BTreeSet<&'s str>, next: impl Fn(&str) -> Vec<&'s str>) -> BTreeSet<&'s str> {
    let mut seen = start.clone();
    let mut open: Vec<&str> = start.into_iter().collect();
    while let Some(state) = open.pop() {
        open.extend(next(state).into_iter().filter(|state| seen.insert(state)));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::super::testing::each_reports;
    use super::Diagnostic as D;
    use crate::playbook::diagnostics::Suggestion;

    const WORKFLOW: &str = r#"
subjects = ["home"]
resolved_by = ["supervisor"]
state = [
  { id = "open", label = { zh = "开", en = "Open" } },
  { id = "done", label = { zh = "完成", en = "Done" }, end = true },
]
[reopen]
roles = ["supervisor"]
to = "open"
[[step]]
id = "begin"
label = { zh = "开单", en = "Begin" }
roles = ["butler"]
opens = true
to = "open"
[[step]]
id = "finish"
label = { zh = "完成", en = "Finish" }
roles = ["butler"]
from = ["open"]
to = "done"
[[step.field]]
id = "kind"
label = { zh = "类别", en = "Kind" }
type = "text"
[[deadline]]
id = "finish"
label = { zh = "完成时限", en = "To finish" }
from = ["begin"]
until = ["finish"]
within = { hours = 1 }
"#;

    #[test]
    fn each_slip_of_a_workflow_is_reported() {
        let id = |id: &str| id.to_owned();
        let (within, head) = ("within = { hours = 1 }", WORKFLOW);
        let with = |line: &str| format!("within = {{ hours = 1 }}\n{line}");
        let told = |why: &str| {
            format!("within = {{ hours = 1 }}\nwhy = {{ zh = \"因为\", en = \"because {why}\" }}")
        };
        let kind = "id = \"kind\"\nlabel = { zh = \"类别\", en = \"Kind\" }\ntype = \"text\"";
        let talk = "purpose = \"follow_up\"\nchannel = \"told\"\noutcome = \"agreed\"";
        let read_by = "\nread_by = [\"butler\", \"supervisor\"]\n";
        let kept = format!("{read_by}{WORKFLOW}followed_by = [\"front_desk\"]");
        let unread = |article| D::NoArticleNamed(article, Suggestion::None);
        each_reports(
            "workflow",
            WORKFLOW,
            &[
                ("opens = true\nto = \"open\"", "opens = true", D::OpensIntoNothing),
                ("opens = true", "opens = true\nfrom = [\"open\"]", D::OpensFromState),
                ("opens = true", "opens = true\nneeds = [\"finish\"]", D::OpensAfterSteps),
                ("opens = true", "from = [\"open\"]", D::NoOpeningStep),
                (", end = true", "", D::NoEndState),
                ("from = [\"open\"]\nto = \"done\"", "to = \"done\"", D::StepInNoState),
                ("to = \"done\"", "to = \"done\"\nneeds = [\"finish\"]", D::StepUnreachable(id("finish"))),
                ("to = \"done\"", "to = \"open\"", D::StateUnreachable(id("done"))),
                ("to = \"done\"", "", D::StateWithoutEnd(id("open"))),
                ("roles = [\"supervisor\"]\nto = \"open\"", "roles = []\nto = \"done\"", D::ReopensIntoEnd),
                ("from = [\"begin\"]", "from = []", D::NoStepNamed),
                ("id = \"kind\"", "id = \"state\"", D::ReservedName(id("state"))),
                ("opens = true", "opens = true\narticles = [\"angry\"]", unread(id("angry"))),
                ("hours = 1", "years = 101", D::SpanTooLong),
                (within, &told("{nobody}"), D::PlaceholderUnfilled(id("nobody"))),
                (within, "within = { hours = 1 }\neffort = { alone = 500 }", D::EffortTooLong),
                (head, &kept, D::HandlerCannotRead(id("front_desk"))),
                (within, &with("roles = [\"supervisor\"]"), D::CannotMeet(id("supervisor"))),
                (within, &with("to = \"kind\""), D::NotAddressed(id("kind"))),
                (kind, &format!("{kind}\n[step.contact]\n{talk}"), D::NoWordOfContact(id("told"))),
                (within, &with("person = \"kind\""), D::NotAPerson(id("kind"))),
                (within, &with("escalate = { after = { years = 101 }, to = [\"butler\"] }"), D::SpanTooLong),
                (within, &with("escalate = { after = { hours = 1 }, to = [] }"), D::Nobody),
            ],
        );
    }
}
