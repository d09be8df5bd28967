//! What must hold of a due rule: that it is about something, says by when, and that something can answer it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::Check;
use crate::model::fields::{self, Type};
use crate::model::{Kind, Procedure, QuestionId, RoleId, RuleId, StepId};
use crate::playbook::Label;
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::{Diagnostic, Suggestion};
use crate::playbook::due::each_year;
use crate::playbook::form::{AnswerType, Choice, FormField};
use crate::playbook::path::Path;
use crate::playbook::related::HomeMark;
use crate::playbook::rule::{
    AfterDate, AfterEntry, AfterStep, AtFestival, Done, DueRule, EachYear, Every, Rules, Subject, Together,
    Trigger, Urgency,
};
use crate::playbook::sum;
use crate::playbook::workflow::{Span, Workflow};
use crate::query::{FieldFilter, SubjectKind};

/// How many days something that comes again each year is shown at most, before and after its day.
const MOST_OF_A_YEAR: u64 = 330;

/// A rule that follows the lunar calendar is noted when its table ends within so many years of the rule's first day.
const LUNAR_YEARS_AHEAD: i32 = 5;

impl<'a> Check<'a> {
    /// Rules, with those of other files by id and file.
    pub(super) fn rules(&mut self, rules: &Rules, known: &mut BTreeMap<RuleId, String>) {
        self.head(&rules.id, &rules.title);
        self.serves(&Path::top(), rules.serves.as_ref());
        for (index, rule) in rules.rules.iter().enumerate() {
            let path = Path::top().key("rule").index(index);
            self.id(&path.key("id"), rule.id.as_str());
            if let Some(file) = known.insert(rule.id.clone(), rules.id.clone()) {
                self.report(&path.key("id"), Diagnostic::RuleTaken(rule.id.to_string(), file));
            }
            self.rule(&path, rule, rules.effective_from);
        }
        for (index, mark) in rules.marks.iter().enumerate() {
            self.mark(&Path::top().key("mark").index(index), mark);
        }
    }

    fn mark(&mut self, path: &Path<'_>, mark: &HomeMark) {
        self.label(&path.key("label"), &mark.label);
        self.somebody(&path.key("roles"), &mark.roles);
        self.report_if(!mark.asks_something(), path, Diagnostic::RequiresNothing);
        self.valued_filters(&path.key("where"), Some(Kind::Home), &mark.filters);
        self.filters(&path.key("unless"), Some(Kind::Home), &mark.unless);
        self.all_related(&path.key("having"), &mark.having);
        self.all_related(&path.key("lacking"), &mark.lacking);
    }

    fn rule(&mut self, path: &Path<'_>, rule: &DueRule, from: NaiveDate) {
        let (subject, due) = (&rule.subject, &rule.due);
        let kind = subject.kind.record();
        self.label(&path.key("title"), &rule.title);
        self.label(&path.key("why"), &rule.why);
        self.guidance(path, rule.guidance.as_ref());
        self.articles(&path.key("articles"), &rule.articles);
        self.serves(path, rule.serves.as_ref());
        self.somebody(&path.key("roles"), &rule.roles);
        self.role_ids(&path.key("followed_by"), &rule.followed_by);
        self.valued_filters(&path.keys(["subject", "where"]), kind, &subject.filters);
        self.filters(&path.keys(["subject", "unless"]), kind, &subject.unless);
        let names = Names::new().record(self.set.terms(), kind).scalar("today");
        self.optional_condition(&path.keys(["subject", "condition"]), subject.condition.as_ref(), &names);
        let of_area = kind.is_none() && subject.related().next().is_some();
        self.report_if(of_area, &path.keys(["subject", "kind"]), Diagnostic::RelatedToNoRecord);
        self.all_related(&path.keys(["subject", "having"]), &subject.having);
        self.all_related(&path.keys(["subject", "lacking"]), &subject.lacking);
        self.somewhere(&path.key("subject"), rule);
        self.drawn(&path.keys(["subject", "drawn"]), rule);
        self.at_once(&path.key("at_once"), rule);
        self.walked(path, rule);
        let timeless = due.within.is_none() && !matches!(rule.when, Trigger::Every(_));
        self.report_if(timeless, &path.key("due"), Diagnostic::DueWithoutTime);
        if let Some(within) = due.within {
            self.span(&path.keys(["due", "within"]), within);
            self.shown_before(&path.keys(["due", "shown_days_before"]), rule, within);
            let dated = matches!(
                rule.when,
                Trigger::AfterDate(_)
                    | Trigger::AfterEntry(_)
                    | Trigger::EachYear(_)
                    | Trigger::AtFestival(_)
            );
            let before = due.days_before.is_some() && !dated;
            self.report_if(before, &path.keys(["due", "days_before"]), Diagnostic::ShownBeforeKnown);
        }
        let trigger = path.key("when");
        let after_step = match &rule.when {
            Trigger::AfterStep(after) => self.known_workflows(&trigger.key("after_step"), after),
            _ => Vec::new(),
        };
        match &rule.when {
            Trigger::Every(every) => {
                self.every(&trigger.keys(["every", "schedule"]), every);
                self.parts(&trigger.keys(["every", "parts"]), rule, every);
            }
            Trigger::AfterStep(after) => {
                self.after_step(&trigger.key("after_step"), rule, after, &after_step)
            }
            Trigger::AfterDate(after) => self.after_date(&trigger.keys(["after_date", "field"]), kind, after),
            Trigger::EachYear(each) => self.each_year(&trigger.key("each_year"), rule, each, from),
            Trigger::AtFestival(at) => self.at_festival(&trigger.key("at_festival"), rule, at, from),
            Trigger::AfterEntry(after) => self.after_entry(&trigger.key("after_entry"), rule, after),
            Trigger::Together(together) => {
                self.together(&trigger.key("together"), subject.kind, together);
            }
            Trigger::Deadline(_) | Trigger::Finding(_) => {}
        }
        self.why(&path.key("why"), rule, &after_step);
        self.addressed(path, rule, &after_step);
        self.done(&path.key("done"), rule, &after_step);
        self.entered(path, rule);
    }

    /// So many of those in a grid, in every period.
    fn drawn(&mut self, path: &Path<'_>, rule: &DueRule) {
        let Some(drawn) = rule.subject.drawn else { return };
        let area = matches!(rule.subject.kind, SubjectKind::Grid | SubjectKind::Community);
        let once = !matches!(rule.when, Trigger::Every(_)) || rule.at_once.is_some();
        self.report_if(!(1..=Subject::MOST_DRAWN).contains(&drawn), path, Diagnostic::DrawnSoMany);
        self.report_if(area || once, path, Diagnostic::DrawnOfNone);
    }

    /// The community is everywhere, and no grid lies at a place.
    fn somewhere(&mut self, path: &Path<'_>, rule: &DueRule) {
        let wrong = match rule.subject.kind {
            SubjectKind::Community => rule.subject.is_somewhere(),
            SubjectKind::Grid => !rule.subject.places.is_empty(),
            _ => false,
        };
        self.report_if(wrong, &path.key("kind"), Diagnostic::NowhereInParticular);
    }

    /// A reason is a line of a list; its placeholders are filled with answers of any length.
    pub(super) fn why(&mut self, path: &Path<'_>, rule: &DueRule, after_step: &[&Workflow]) {
        let longest = [&rule.why.zh, &rule.why.en].iter().map(|text| text.chars().count()).max();
        self.report_if(longest > Some(Label::MOST_TEMPLATE), path, Diagnostic::ReasonTooLong);
        let mut filled: BTreeSet<&str> = BTreeSet::from(["date", "due"]);
        match &rule.when {
            Trigger::AfterStep(_) | Trigger::Deadline(_) => {
                filled.insert("case");
                let questions = after_step.iter().flat_map(|workflow| workflow.fields());
                filled.extend(questions.map(|field| field.id.as_str()));
                // A clock is told by its case alone.
                if matches!(rule.when, Trigger::Deadline(_)) {
                    let counting = after_step.iter().flat_map(|workflow| sum::counting(&workflow.sums));
                    counting.for_each(|id| {
                        filled.remove(id.as_str());
                    });
                }
            }
            Trigger::Together(together) => {
                filled.extend(["case", "count"]);
                filled.extend(together.same.as_ref().map(QuestionId::as_str));
            }
            Trigger::EachYear(_) => {
                filled.insert("years");
            }
            Trigger::AtFestival(_) => {
                filled.insert("festival");
            }
            Trigger::Every(_) | Trigger::AfterDate(_) | Trigger::AfterEntry(_) | Trigger::Finding(_) => {}
        }
        for name in rule.why.placeholders() {
            let wrong = !filled.contains(name);
            self.report_if(wrong, path, Diagnostic::PlaceholderUnfilled(name.to_owned()));
        }
    }

    /// To whom it is addressed: a question every one of the workflows asks, whose answers are its roles, or people.
    pub(super) fn addressed(&mut self, path: &Path<'_>, rule: &DueRule, workflows: &[&Workflow]) {
        let asked = |id: &QuestionId| -> Vec<&FormField> {
            workflows.iter().filter_map(|workflow| workflow.fields().find(|field| field.id == *id)).collect()
        };
        let everywhere = |fields: &[&FormField]| !fields.is_empty() && fields.len() == workflows.len();
        if let Some(to) = &rule.to {
            let fields = asked(to);
            let role = |option: &Choice| rule.roles.iter().any(|role| role.as_str() == option.id);
            let of_roles =
                |field: &&FormField| field.answer == AnswerType::Choice && field.options.iter().all(role);
            let wrong = !everywhere(&fields) || !fields.iter().all(of_roles);
            self.report_if(wrong, &path.key("to"), Diagnostic::NotAddressed(to.to_string()));
        }
        if let Some(person) = &rule.person {
            // A row of a register may name somebody as well: who takes over.
            let fields = match &rule.when {
                Trigger::AfterEntry(after) => {
                    let form = self.set.form(&after.form).into_iter().flat_map(|form| &form.fields);
                    form.filter(|field| field.id == *person).collect()
                }
                _ => asked(person),
            };
            let of_row = matches!(rule.when, Trigger::AfterEntry(_)) && !fields.is_empty();
            let wrong = !(of_row || everywhere(&fields))
                || fields.iter().any(|field| field.answer != AnswerType::Staff);
            self.report_if(wrong, &path.key("person"), Diagnostic::NotAPerson(person.to_string()));
        }
        if let Some(escalate) = &rule.escalate {
            let here = path.key("escalate");
            self.span(&here.key("after"), escalate.after);
            self.somebody(&here.key("to"), &escalate.to);
            self.report_if(rule.opportunity, &here, Diagnostic::OpportunityObliges);
        }
    }

    /// What a walk is planned with: minutes a day can hold, and an opportunity that obliges nobody.
    pub(super) fn walked(&mut self, path: &Path<'_>, rule: &DueRule) {
        let effort = rule.effort();
        let too_long = effort.alone > DueRule::MOST_MINUTES || effort.at_door > Some(DueRule::MOST_MINUTES);
        self.report_if(too_long, &path.key("effort"), Diagnostic::EffortTooLong);
        let obliges = rule.opportunity && (rule.urgency != Urgency::Low || rule.promised);
        self.report_if(obliges, &path.key("opportunity"), Diagnostic::OpportunityObliges);
    }

    /// Only what the calendar or dates bring about for records comes in such numbers that some are shown first.
    fn at_once(&mut self, path: &Path<'_>, rule: &DueRule) {
        let Some(at_once) = rule.at_once else { return };
        let many = matches!(rule.when, Trigger::Every(_) | Trigger::AfterDate(_) | Trigger::EachYear(_));
        let few = !many || rule.subject.kind.record().is_none();
        self.report_if(at_once == 0, path, Diagnostic::AtOnceNone);
        self.report_if(few, path, Diagnostic::AtOnceOfFew);
    }

    /// What happened today cannot have been shown before: only a date known beforehand has days before it.
    fn shown_before(&mut self, path: &Path<'_>, rule: &DueRule, within: Span) {
        let foreseen = match &rule.when {
            Trigger::Every(_)
            | Trigger::AfterDate(_)
            | Trigger::EachYear(_)
            | Trigger::AtFestival(_)
            | Trigger::AfterEntry(_) => true,
            Trigger::AfterStep(after) => after.from_answer.is_some(),
            Trigger::Together(_) | Trigger::Deadline(_) | Trigger::Finding(_) => false,
        };
        let most = match within {
            Span::Minutes(_) | Span::Hours(_) => 0,
            Span::Days(days) => days,
            // Two working days lie at most so far apart as the longest holidays with their weekends.
            Span::WorkingDays(days) => days.saturating_mul(10),
            Span::Months(months) => months.saturating_mul(31),
            Span::Years(years) => years.saturating_mul(366),
        };
        let too_early = !foreseen && rule.due.shown_days_before.is_some_and(|days| days > most);
        self.report_if(too_early, path, Diagnostic::ShownBeforeKnown);
    }

    // Triggers

    /// Months the schedule does not reach, because they do not have its day, are told to whoever wrote it.
    fn every(&mut self, path: &Path<'_>, every: &Every) {
        let gaps = every.schedule.gaps(every.start);
        if gaps.never {
            self.report(path, Diagnostic::ScheduleNever);
        } else if !gaps.is_empty() {
            self.note(path, Diagnostic::ScheduleGaps(Box::new(gaps)));
        }
    }

    /// Parts of a day follow each other within it, and each says by itself until when it is in time.
    fn parts(&mut self, path: &Path<'_>, rule: &DueRule, every: &Every) {
        if every.parts.is_empty() {
            return;
        }
        let timed = rule.due.within.is_some() || rule.due.shown_days_before.is_some();
        self.report_if(!every.schedule.is_daily() || timed, path, Diagnostic::PartsOfNoDay);
        let mut end = 0;
        for (index, part) in every.parts.iter().enumerate() {
            let minutes = part.minutes().filter(|(from, to)| end <= *from && *to <= 24 * 60);
            self.report_if(minutes.is_none(), &path.index(index), Diagnostic::PartsOutOfOrder);
            end = minutes.map_or(end, |(_, to)| to);
        }
    }

    /// The workflows after whose steps something is due, those that exist.
    fn known_workflows(&mut self, path: &Path<'_>, after: &AfterStep) -> Vec<&'a Workflow> {
        let ids = after.workflows.iter().enumerate();
        let known = ids.filter_map(|(index, id)| {
            self.known_workflow(&path.key("workflows").index(index), id).map(|workflow| &**workflow)
        });
        known.collect()
    }

    fn after_step(&mut self, path: &Path<'_>, rule: &DueRule, after: &AfterStep, workflows: &[&Workflow]) {
        for workflow in workflows {
            self.steps_known(workflow, &path.key("steps"), &after.steps);
        }
        let questions = || workflows.iter().flat_map(|workflow| workflow.fields());
        let names = Names::new().answers("case", questions()).scalar("today");
        self.optional_condition(&path.key("condition"), after.condition.as_ref(), &names);
        if let Some(id) = &after.from_answer {
            let asked = questions().find(|field| field.id == *id);
            let dated = asked.is_some_and(|field| is_day(field.answer));
            self.report_if(!dated, &path.key("from_answer"), Diagnostic::NoDateAnswer(id.to_string()));
        }
        if after.from_answer.is_none() && after.then_entry.is_none() {
            self.said_twice(path, rule, workflows);
        }
        if let Some(then) = &after.then_entry {
            self.register_date(&path.key("then_entry"), &then.form, &then.date);
        }
    }

    /// A deadline is on Today by itself: a rule that says it again shows the same person the same thing twice.
    fn said_twice(&mut self, path: &Path<'_>, rule: &DueRule, workflows: &[&Workflow]) {
        let Trigger::AfterStep(after) = &rule.when else { return };
        let meets = |ids: &[StepId], steps: &[StepId]| ids.iter().any(|id| steps.contains(id));
        for workflow in workflows.iter().filter(|_| rule.done.record == Kind::Case) {
            for deadline in &workflow.deadlines {
                let alike = Some(deadline.within) == rule.due.within
                    && meets(&deadline.from, &after.steps)
                    && meets(&deadline.until, &rule.done.steps);
                let of = DueRule::of_deadline(workflow, deadline);
                if alike && of.concerned().any(|role| rule.roles.contains(role)) {
                    let (flow, id) = (workflow.id.to_string(), deadline.id.clone());
                    self.note(path, Diagnostic::DeadlineSaidTwice(flow, id));
                }
            }
        }
    }

    fn after_date(&mut self, path: &Path<'_>, kind: Option<Kind>, after: &AfterDate) {
        let field = kind.and_then(|kind| fields::specs(kind).iter().find(|spec| spec.path == after.field));
        let dated =
            field.is_some_and(|spec| matches!(spec.ty, Type::Date | Type::PartialDate | Type::Moment));
        self.report_if(!dated, path, Diagnostic::NoDateOfRecord(after.field.clone()));
    }

    fn each_year(&mut self, path: &Path<'_>, rule: &DueRule, each: &EachYear, from: NaiveDate) {
        let kind = rule.subject.kind.record();
        let specs = || kind.into_iter().flat_map(fields::specs);
        let field = specs().find(|spec| spec.path == each.field);
        let dated =
            field.is_some_and(|spec| matches!(spec.ty, Type::Date | Type::PartialDate | Type::Birthday));
        self.report_if(!dated, &path.key("field"), Diagnostic::NoDateOfRecord(each.field.clone()));
        self.comes_again(path, rule, each.late_days);
        if let Some(lunar) = &each.lunar_when {
            let here = path.key("lunar_when");
            let flag = specs().any(|spec| spec.path == *lunar && spec.ty == Type::Bool);
            self.report_if(!flag, &here, Diagnostic::NoFlagOfRecord(lunar.clone()));
            self.lunar_known(&here, from);
        }
    }

    fn at_festival(&mut self, path: &Path<'_>, rule: &DueRule, at: &AtFestival, from: NaiveDate) {
        let set = self.set;
        let known = set.calendars().iter().flat_map(|file| &file.festivals);
        let here = path.key("festivals");
        self.report_if(at.festivals.is_empty(), &here, Diagnostic::NothingNamed);
        for (index, id) in at.festivals.iter().enumerate() {
            let ids = known.clone().map(|festival| festival.id.as_str());
            self.one_of(&here.index(index), id, ids, Diagnostic::NoFestival);
        }
        let lunar =
            known.clone().any(|festival| festival.on.is_lunar() && at.festivals.contains(&festival.id));
        if lunar {
            self.lunar_known(&here, from);
        }
        self.comes_again(path, rule, at.late_days);
    }

    /// What comes again each year is over before it comes again.
    fn comes_again(&mut self, path: &Path<'_>, rule: &DueRule, late_days: u32) {
        let (before, after) = each_year::reach(rule, late_days);
        self.report_if(before + after > MOST_OF_A_YEAR, &path.key("late_days"), Diagnostic::LongerThanAYear);
    }

    /// Past the end of its table nothing follows the lunar calendar: a rule that needs it says so while there is time.
    fn lunar_known(&mut self, path: &Path<'_>, from: NaiveDate) {
        let years = self.set.calendars().iter().flat_map(|file| &file.lunar);
        let Some(last) = years.map(|year| year.year).max() else {
            return self.report(path, Diagnostic::LunarUnknown);
        };
        if last <= from.year() {
            self.report(path, Diagnostic::LunarEnded(last));
        } else if last < from.year() + LUNAR_YEARS_AHEAD {
            self.note(path, Diagnostic::LunarEnds(last));
        }
    }

    fn after_entry(&mut self, path: &Path<'_>, rule: &DueRule, after: &AfterEntry) {
        self.register_date(path, &after.form, &after.date);
        if let Some(form) = self.set.form(&after.form) {
            let names = Names::new().answers("form", &form.fields).scalar("today");
            self.optional_condition(&path.key("condition"), after.condition.as_ref(), &names);
            self.no_day(&path.key("condition"), after.condition.as_ref(), form);
        }
        let subject = &rule.subject;
        let all = subject.filters.is_empty() && subject.kind.record().is_some();
        let of_itself = subject.kind == SubjectKind::Entry;
        self.report_if(after.each && all, &path.key("each"), Diagnostic::EachOfAll);
        self.report_if(after.each && of_itself, &path.key("each"), Diagnostic::EachOfEntry);
    }

    fn together(&mut self, path: &Path<'_>, subject: SubjectKind, together: &Together) {
        let mut questions: Vec<&FormField> = Vec::new();
        for (index, id) in together.workflows.iter().enumerate() {
            let Some(workflow) = self.set.workflow(id) else {
                let unknown = Diagnostic::NoWorkflow(id.to_string(), Suggestion::None);
                self.report(&path.key("workflows").index(index), unknown);
                continue;
            };
            questions.extend(workflow.fields());
            self.steps_known(workflow, &path.key("steps"), &together.steps);
            if let Some(same) = &together.same {
                let counting = sum::counting(&workflow.sums);
                let asks = |field: &FormField| {
                    field.id == *same && field.answer.declared().is_some() && !counting.contains(&field.id)
                };
                let comparable = workflow.fields().any(asks);
                let diagnostic = Diagnostic::NotComparable(id.to_string(), same.to_string());
                self.report_if(!comparable, &path.key("same"), diagnostic);
            }
        }
        self.report_if(together.workflows.is_empty(), &path.key("workflows"), Diagnostic::NoWorkflowNamed);
        let names = Names::new().answers("case", questions).scalar("today");
        self.optional_condition(&path.key("condition"), together.condition.as_ref(), &names);
        self.id(&path.key("link"), &together.link);
        let term = format!("link.{}", together.link);
        let unnamed = !self.set.terms().terms.contains_key(&term);
        self.report_if(unnamed, &path.key("link"), Diagnostic::NoTerm(term));
        self.report_if(together.at_least < 2, &path.key("at_least"), Diagnostic::FewerThanTwo);
        let single = |kind| matches!(kind, SubjectKind::Case | SubjectKind::Entry | SubjectKind::Contact);
        let different = together.different.is_some_and(single);
        self.report_if(single(subject), path, Diagnostic::GroupedByRecord);
        self.report_if(different, &path.key("different"), Diagnostic::GroupedByRecord);
    }

    // What answers

    /// Whoever a rule asks for a row can enter it. A rule about a row goes on with that one.
    fn entered(&mut self, path: &Path<'_>, rule: &DueRule) {
        let begins = rule.done.begins();
        let entered = rule.done.record == Kind::Entry && rule.subject.kind != SubjectKind::Entry;
        let form = begins.form().filter(|_| entered).and_then(|form| self.set.form(form));
        let Some(form) = form else { return };
        let may = |role: &RoleId| form.may_enter(std::slice::from_ref(role)).is_ok();
        for (index, role) in rule.roles.iter().enumerate().filter(|(_, role)| !may(role)) {
            let diagnostic = Diagnostic::RowOfOthers(role.to_string(), form.id.to_string());
            self.report(&path.key("roles").index(index), diagnostic);
        }
    }

    fn done(&mut self, path: &Path<'_>, rule: &DueRule, workflows: &[&Workflow]) {
        let done = &rule.done;
        let begins = done.begins();
        let known = match &begins {
            Procedure::Workflow { workflow } => self.set.workflow(workflow).is_some(),
            Procedure::Checklist { checklist } => self.set.checklist(checklist).is_some(),
            Procedure::Form { form } => self.set.form(form).is_some_and(|form| form.record == done.record),
        };
        self.report_if(
            !known,
            &path.key("begin"),
            Diagnostic::NothingToBegin(done.begin.clone(), done.record),
        );
        // A rule about cases goes on with the case it is about; any other opens one about what it is about.
        let kind = rule.subject.kind;
        let about = kind.record().is_some() && kind != SubjectKind::Case;
        let opened = begins.workflow().and_then(|workflow| self.set.workflow(workflow));
        if let Some(workflow) = opened.filter(|workflow| about && !workflow.subjects.contains(&kind)) {
            let diagnostic = Diagnostic::SubjectNotListed(workflow.id.to_string(), kind.name().to_owned());
            self.report(&path.key("begin"), diagnostic);
        }
        self.valued_filters(&path.key("where"), Some(done.record), &done.filters);
        let silent = !done.outcomes.is_empty() && done.record != Kind::Contact;
        self.report_if(silent, &path.key("outcomes"), Diagnostic::OutcomesOfNoContact);
        self.valued_filters(&path.key("answered_if"), Some(done.record), &done.answered_if);
        let goes_on = !done.answered_if.is_empty() && !matches!(done.record, Kind::Contact | Kind::Entry);
        self.report_if(goes_on, &path.key("answered_if"), Diagnostic::AnsweredIfOfWork);
        for (key, filters) in [("where", &done.filters), ("answered_if", &done.answered_if)] {
            let filtered =
                done.record == Kind::Contact && filters.iter().any(|filter| filter.path == "outcome");
            self.report_if(filtered, &path.key(key), Diagnostic::OutcomeInWhere);
        }
        if let Some(purpose) = &done.purpose {
            let meant = FieldFilter { path: "purpose".to_owned(), is: vec![purpose.as_str().into()] };
            self.filters(&path.key("purpose"), Some(done.record), &[meant]);
        }
        self.asked_beside(&path.key("asks"), rule);
        let unasked = !done.filters.is_empty() && !done.any;
        let untriggered = !done.steps.is_empty() && workflows.is_empty();
        self.report_if(unasked, &path.key("where"), Diagnostic::WhereWithoutAny);
        self.report_if(untriggered, &path.key("steps"), Diagnostic::StepsWithoutTrigger);
        for workflow in workflows.iter().filter(|_| !done.steps.is_empty()) {
            self.steps_known(workflow, &path.key("steps"), &done.steps);
        }
    }

    /// What is asked beside a tick does answer the item: a field by which the rule no longer selects what it is about, or a
    /// telephone of a person. A company's own form need not ask for the field: the item then has that form alone.
    fn asked_beside(&mut self, path: &Path<'_>, rule: &DueRule) {
        let Some(asks) = &rule.done.asks else { return };
        let (done, kind) = (&rule.done, rule.subject.kind.record());
        let answers = match done.record {
            Kind::Contact => kind == Some(Kind::Resident) && asks == Done::TELEPHONE,
            Kind::Home | Kind::Resident => {
                let mut unless = rule.subject.unless.iter();
                kind == Some(done.record)
                    && fields::spec(done.record, asks).is_some()
                    && unless.any(|filter| filter.path == *asks && filter.is.is_empty())
            }
            _ => false,
        };
        self.report_if(!answers, path, Diagnostic::AsksWithoutAnswer(asks.clone()));
    }
}

fn is_day(answer: AnswerType) -> bool {
    matches!(answer, AnswerType::Date | AnswerType::Moment)
}

#[cfg(test)]
mod tests {
    use super::super::testing::each_reports;
    use super::Diagnostic as D;
    use super::{Kind, Label, Suggestion};
    use crate::playbook::{PlaybookFile, Playbooks};

    const RULES: &str = r#"
effective_from = 2026-01-01
[[rule]]
id = "test.rule"
title = { zh = "测试", en = "Test" }
why = { zh = "因为", en = "because" }
roles = ["butler"]
subject = { kind = "home", where = [{ path = "state", is = ["vacant"] }] }
when = { after_date = { field = "moved_in" } }
due = { within = { days = 3 } }
done = { record = "contact", begin = "contact.log", any = true }
"#;

    #[test]
    fn each_slip_of_a_rule_is_reported() {
        let text = |text: &str| text.to_owned();
        let long = "长".repeat(Label::MOST_TEMPLATE + 1);
        let (within, roles) = ("within = { days = 3 }", "roles = [\"butler\"]");
        let after_date = "after_date = { field = \"moved_in\" }";
        let together = "together = { workflows = [], steps = [], at_least = 1, within_days = 7 }";
        let after_step = "after_step = { workflows = [], steps = [], from_answer = \"when\" }";
        let after_entry = "after_entry = { form = \"contact.log\", date = \"day\" }";
        let every = "every = { schedule = \"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\", start = 2026-01-01 }";
        let no_date = D::NoDateOfForm(text("contact.log"), text("day"));
        let mark = "[[mark]]\nlabel = { zh = \"没有许可\", en = \"No permit\" }\n";
        let unread = D::NoArticleNamed(text("angry"), Suggestion::None);
        each_reports(
            "rules",
            RULES,
            &[
                (within, "", D::DueWithoutTime),
                (within, "within = { years = 101 }", D::SpanTooLong),
                ("因为", &long, D::ReasonTooLong),
                ("because", "because {nobody}", D::PlaceholderUnfilled(text("nobody"))),
                ("is = [\"vacant\"]", "is = []", D::NoValueNamed),
                ("any = true", "where = [{ path = \"purpose\", is = [\"x\"] }]", D::WhereWithoutAny),
                (
                    "any = true",
                    "answered_if = [{ path = \"outcome\", is = [\"agreed\"] }]",
                    D::OutcomeInWhere,
                ),
                (
                    "record = \"contact\", begin = \"contact.log\", any = true",
                    "record = \"case\", begin = \"order.sheet\", answered_if = [{ path = \"urgency\", is = [\"urgent\"] }]",
                    D::AnsweredIfOfWork,
                ),
                ("any = true", "steps = [\"finish\"]", D::StepsWithoutTrigger),
                ("any = true", "asks = \"people\"", D::AsksWithoutAnswer(text("people"))),
                ("any = true", "asks = \"phone/*/verified\"", D::AsksWithoutAnswer(text("phone/*/verified"))),
                // The rule goes on selecting a home whose layout is known.
                (
                    "record = \"contact\", begin = \"contact.log\", any = true",
                    "record = \"home\", begin = \"home.basic\", asks = \"layout\"",
                    D::AsksWithoutAnswer(text("layout")),
                ),
                ("contact.log", "order", D::NothingToBegin(text("order"), Kind::Contact)),
                (after_date, "after_date = { field = \"layout\" }", D::NoDateOfRecord(text("layout"))),
                (after_date, together, D::NoWorkflowNamed),
                (after_date, together, D::FewerThanTwo),
                (after_date, after_step, D::NoDateAnswer(text("when"))),
                (after_date, after_entry, no_date),
                (after_date, every, D::ScheduleNever),
                (roles, "roles = [\"butler\"]\nto = \"port\"", D::NotAddressed(text("port"))),
                (roles, "roles = [\"butler\"]\nperson = \"who\"", D::NotAPerson(text("who"))),
                (roles, "roles = [\"butler\"]\narticles = [\"angry\"]", unread),
                (RULES, &format!("{RULES}{mark}roles = [\"butler\"]"), D::RequiresNothing),
                (RULES, &format!("{RULES}{mark}roles = []"), D::Nobody),
            ],
        );
    }

    #[test]
    fn a_row_is_asked_only_of_whoever_may_enter_it() {
        let asked_of = |roles: &str, begin: &str| {
            let head = "kind = \"rules\"\nid = \"test\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";
            let done = "done = { record = \"contact\", begin = \"contact.log\", any = true }";
            let rule = RULES.replace(done, begin).replace("\"butler\"", roles);
            let text = head.to_owned() + &rule;
            let file = PlaybookFile { name: "rules.toml".to_owned(), text, current: true };
            let rejected = Playbooks::company(&[file]).err();
            let errors = rejected.into_iter().flat_map(|rejected| rejected.errors);
            errors.map(|error| error.diagnostic).collect::<Vec<_>>()
        };
        let report = "done = { record = \"entry\", begin = \"grid.day-report\", any = true, where = [{ path = \"form\", is = [\"grid.day-report\"] }] }";
        assert_eq!(asked_of("\"butler\"", report), []);
        let of_others = |role: &str| D::RowOfOthers(role.to_owned(), "grid.day-report".to_owned());
        assert_eq!(
            asked_of("\"supervisor\", \"butler\", \"quality\"", report),
            [of_others("quality"), of_others("supervisor")]
        );
    }
}
