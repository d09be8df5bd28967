//! Prints one playbook as a page of Markdown that a manager reads: what is asked, by whom, when, until when.

use std::fmt::Write as _;

use butler_core::model::{QuestionId, fields};
use butler_core::playbook::checklist::{Checklist, Point, PointAt, ProofKind};
use butler_core::playbook::form::{Form, FormField, PhotoRule};
use butler_core::playbook::library::LibraryFile;
use butler_core::playbook::metric::MetricFile;
use butler_core::playbook::related::{HomeMark, Related};
use butler_core::playbook::roles::Roles;
use butler_core::playbook::rule::{DueRule, Rules, Trigger};
use butler_core::playbook::sum::SumPart;
use butler_core::playbook::workflow::{Deadline, SetField, SetTo, Step, Workflow};
use butler_core::playbook::{Label, Language, Playbooks};
use butler_core::query::FieldFilter;

use super::draw::draw;
use super::words::Words;

/// Every playbook of that id as a page of Markdown; `None` when the set has no workflow, checklist, form, rules,
/// library, metrics or roles of that id.
#[must_use]
pub fn page(set: &Playbooks, id: &str, language: Language) -> Option<String> {
    let mut page = Page { words: Words { set, language }, text: String::new() };
    if let Some(workflow) = set.workflow(&id.into()) {
        page.workflow(workflow);
    }
    if let Some(list) = set.checklist(&id.into()) {
        page.checklist(list);
    }
    if let Some(form) = set.form(&id.into()) {
        page.form(form);
    }
    if let Some(rules) = set.rules().find(|rules| rules.id == id) {
        page.rules(rules);
    }
    if let Some(library) = set.library(id) {
        page.library(library);
    }
    if let Some(metrics) = set.metrics().find(|metrics| metrics.id == id) {
        page.metrics(metrics);
    }
    if set.roles().id == id {
        page.roles(set.roles());
    }
    (!page.text.is_empty()).then_some(page.text)
}

struct Page<'a> {
    words: Words<'a>,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn head(&mut self, kind: (&str, &str), id: &str, title: &Label) {
        let (kind, title) = (self.words.say(kind.0, kind.1), self.words.label(title).to_owned());
        self.line(&format!("# {title}\n\n`{id}` · {kind}\n"));
    }

    fn advice(&mut self, advice: Option<&Label>) {
        if let Some(advice) = advice {
            let text = format!("> {}\n", self.words.label(advice).replace('\n', "\n> "));
            self.line(&text);
        }
    }

    /// What of the libraries is read first.
    fn articles(&mut self, ids: &[String]) {
        let words = self.words;
        let titles = words.set.articles(ids).map(|hit| match words.language {
            Language::Zh => format!("《{}》", hit.article.title.zh),
            Language::En => format!("“{}”", hit.article.title.en),
        });
        self.fact(("先看案例库", "read in the library first"), &words.list(titles));
    }

    /// `- name: what`, left out when there is nothing to say.
    fn fact(&mut self, name: (&str, &str), what: &str) {
        if !what.is_empty() {
            let line = format!("- {}{}{what}", self.words.say(name.0, name.1), self.words.say("：", ": "));
            self.line(&line);
        }
    }

    fn condition(&mut self, name: (&str, &str), condition: Option<&str>) {
        let code = condition.map_or_else(String::new, |source| format!("`` {source} ``"));
        self.fact(name, &code);
    }

    fn gap(&mut self) {
        self.line("");
    }

    fn workflow(&mut self, workflow: &Workflow) {
        self.head(("流程", "workflow"), workflow.id.as_str(), &workflow.title);
        self.advice(workflow.guidance.as_ref());
        let subjects = self.words.list(workflow.subjects.iter().map(|s| self.words.subject(*s).to_owned()));
        self.fact(("对象", "about"), &subjects);
        let resolved = self.words.roles(&workflow.resolved_by);
        self.fact(("分歧由谁裁定", "resolved by"), &resolved);
        let diagram = draw(workflow, self.words.set, self.words.language);
        self.line(&format!("\n```mermaid\n{diagram}```\n"));
        for step in &workflow.steps {
            self.step(workflow, step);
        }
        for deadline in &workflow.deadlines {
            self.deadline(workflow, deadline);
        }
        self.sums(&workflow.sums);
    }

    /// What is worked out from a whole case or round.
    fn sums(&mut self, sums: &[FormField]) {
        if sums.is_empty() {
            return;
        }
        let title = format!("## {}\n", self.words.say("由系统算出", "Worked out"));
        self.line(&title);
        self.questions(sums);
        self.gap();
    }

    /// A part of a sum, in the words of the file.
    fn part(&mut self, part: &SumPart) {
        let named = [
            ("answer", part.answer.as_ref().map(ToString::to_string)),
            ("each", part.each.as_ref().map(ToString::to_string)),
            ("rows", part.rows.as_ref().map(ToString::to_string)),
            ("beside", part.beside.as_ref().map(ToString::to_string)),
            ("about", part.about.as_ref().map(ToString::to_string)),
            ("having", part.having.as_ref().map(|related| self.related(related))),
            ("having_beside", part.having_beside.as_ref().map(|related| self.related(related))),
            ("metric", part.metric.as_ref().map(ToString::to_string)),
            ("day", part.day.as_ref().map(ToString::to_string)),
            ("points_of", part.points_of.map(|points| points.word().to_owned())),
            ("until", part.until.as_ref().map(ToString::to_string)),
            ("before", part.before.as_ref().map(ToString::to_string)),
            ("points", part.points.map(|points| points.to_string())),
            ("where", Some(filters(&part.filters)).filter(|said| !said.is_empty())),
            ("when", part.when.as_ref().map(|when| when.source().to_owned())),
            ("times", part.times.map(|times| times.to_string())),
        ];
        let said = named.into_iter().filter_map(|(key, value)| Some(format!("{key} `{}`", value?)));
        let scored = part.score.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(" ");
        let scored = (!scored.is_empty()).then(|| format!("score {scored}"));
        let said: Vec<String> = scored.into_iter().chain(said).collect();
        self.line(&format!("  - + {}", said.join(", ")));
    }

    /// How a deadline stands on Today; which steps start and meet it shows the diagram.
    fn deadline(&mut self, workflow: &Workflow, deadline: &Deadline) {
        let words = self.words;
        let rule = DueRule::of_deadline(workflow, deadline);
        let title = format!("## {} `{}`\n", words.label(&deadline.label), deadline.id);
        self.line(&title);
        self.advice(deadline.guidance.as_ref());
        self.fact(("说明", "why"), words.label(&rule.why));
        self.fact(("出现在谁的今日待办", "on the Today of"), &words.roles(&rule.roles));
        self.fact(("期限", "due within"), &words.span(deadline.within));
        self.condition(("条件", "only when"), deadline.when.as_ref().map(|when| when.source()));
        self.gap();
    }

    fn step(&mut self, workflow: &Workflow, step: &Step) {
        let state = |id: &String| {
            let known = workflow.state(id);
            known.map_or_else(|| id.clone(), |state| self.words.label(&state.label).to_owned())
        };
        let from = self.words.list(step.from.iter().map(state));
        let to = step.to.as_ref().map(state).unwrap_or_default();
        let needs = self.words.list(step.needs.iter().map(|id| {
            let known = workflow.step(id);
            known.map_or_else(|| id.to_string(), |step| self.words.label(&step.label).into())
        }));
        let title = format!("## {} `{}`\n", self.words.label(&step.label), step.id);
        self.line(&title);
        self.advice(step.guidance.as_ref());
        self.articles(&step.articles);
        let roles = self.words.roles(&step.roles);
        self.fact(("岗位", "by"), &roles);
        if let Some(not_by) = &step.not_by {
            let made = not_by.made.iter().map(|id| {
                let known = workflow.step(id);
                known.map_or_else(|| id.to_string(), |step| self.words.label(&step.label).into())
            });
            let asked = |id: &QuestionId| workflow.fields().find(|field| field.id == *id);
            let named = not_by.named.iter().map(|id| {
                asked(id).map_or_else(|| id.to_string(), |field| self.words.label(&field.label).into())
            });
            let involved = self.words.list(made.chain(named));
            self.fact(("经手下列事项的人不办", "not by whoever had a hand in"), &involved);
        }
        self.fact(("何时可办", "possible in"), &from);
        self.fact(("办后进入", "leads to"), &to);
        self.fact(("须先完成", "only after"), &needs);
        self.condition(("条件", "only when"), step.when.as_ref().map(|when| when.source()));
        for requirement in &step.requires {
            let not = self.words.label(&requirement.not).to_owned();
            self.fact(("不能办的原因", "has to wait while"), &not);
            for related in requirement.having.iter().chain(&requirement.lacking) {
                let related = self.related(related);
                self.fact(("  看", "  looks at"), &related);
            }
        }
        if step.once {
            let once = self.words.say("办过即不再出现", "offered until somebody made it").to_owned();
            self.line(&format!("- {once}"));
        }
        if let Some(contact) = &step.contact {
            let kept = self.words.say("办理时自动记一次沟通，目的：", "written down as a contact, purpose: ");
            let kept = format!("- {kept}`{}`", contact.purpose);
            self.line(&kept);
        }
        for set in &step.sets {
            self.set_field(step, set);
        }
        let offers = self.words.list(step.offers.iter().map(|id| format!("`{id}`")));
        self.fact(("可接着开", "suggests to open"), &offers);
        self.questions(&step.fields);
        self.gap();
    }

    /// What a step writes of the home or the people, in the words of the field table.
    fn set_field(&mut self, step: &Step, set: &SetField) {
        let words = self.words;
        let spec = fields::spec(set.record, &set.path);
        let field = spec.map_or(set.path.as_str(), |spec| words.say(spec.zh, spec.en));
        let to = match &set.to {
            SetTo::Value(value) => {
                let listed = spec.and_then(|spec| words.set.terms().word(spec.terms?, value.as_text()?));
                listed.map_or_else(|| self::value(value), |label| words.label(label).to_owned())
            }
            SetTo::Answer(id) => {
                let asked = step.fields.iter().find(|field| field.id == *id);
                let asked = asked.map_or(id.as_str(), |field| words.label(&field.label));
                format!("{}{asked}", words.say("所填的", "the answer to "))
            }
            SetTo::Today => words.say("办理当天", "the day it is made").to_owned(),
            SetTo::Nothing => words.say("清空", "nothing").to_owned(),
        };
        self.fact(("同时写入档案", "writes on file"), &format!("{field} = {to}"));
        self.condition(("  条件", "  when"), set.when.as_ref().map(|when| when.source()));
    }

    fn questions(&mut self, fields: &[FormField]) {
        for field in fields {
            self.question(field);
        }
    }

    fn question(&mut self, field: &FormField) {
        let words = self.words;
        let mut facts = vec![words.answer(field.answer).to_owned()];
        if let Some(unit) = field.unit.as_deref().and_then(|unit| words.set.terms().unit(unit)) {
            facts.push(words.say(&unit.zh, &unit.en).to_owned());
        }
        match (field.min, field.max) {
            (Some(min), Some(max)) => facts.push(format!("{min}–{max}")),
            (Some(min), None) => facts.push(format!("≥ {min}")),
            (None, Some(max)) => facts.push(format!("≤ {max}")),
            (None, None) => {}
        }
        if field.is_sum() {
            facts.push(words.say("由系统算出", "worked out").to_owned());
        }
        if field.required {
            facts.push(words.say("必填", "required").to_owned());
        }
        if let Some(least) = field.at_least {
            facts.push(match words.language {
                Language::Zh => format!("至少{least}张"),
                Language::En => format!("at least {least}"),
            });
        }
        match field.photo {
            PhotoRule::Never => {}
            PhotoRule::OnFail => facts.push(words.say("不合格须拍照", "photo of a finding").to_owned()),
            PhotoRule::Always => facts.push(words.say("须拍照", "with a photo").to_owned()),
        }
        if field.personal {
            facts.push(words.say("个人信息", "personal data").to_owned());
        }
        if !field.entered_by.is_empty() {
            facts.push(format!("{}{}", words.say("填写：", "entered by "), words.roles(&field.entered_by)));
        }
        let facts = facts.join(words.say("，", ", "));
        self.line(&format!("- {} `{}`{}{facts}", words.label(&field.label), field.id, words.say("：", ": ")));
        for (name, condition) in [
            (("显示条件", "asked when"), &field.shown_when),
            (("必填条件", "required when"), &field.required_when),
            (("不合格条件", "a finding when"), &field.fails_when),
        ] {
            if let Some(condition) = condition {
                let line = format!(
                    "  - {}{}`` {} ``",
                    words.say(name.0, name.1),
                    words.say("：", ": "),
                    condition.source()
                );
                self.line(&line);
            }
        }
        for part in &field.sum {
            self.part(part);
        }
        for option in &field.options {
            let fails = if option.fails { words.say("（记作发现问题）", " (a finding)") } else { "" };
            self.line(&format!("  - {}{fails} `{}`", words.label(&option.label), option.id));
        }
        if let Some(help) = &field.help {
            self.line(&format!("  - *{}*", words.label(help)));
        }
    }

    fn checklist(&mut self, list: &Checklist) {
        self.head(("检查清单", "checklist"), list.id.as_str(), &list.title);
        self.advice(list.guidance.as_ref());
        let (subject, roles) = (self.words.subject(list.subject), self.words.roles(&list.roles));
        self.fact(("对象", "about"), subject);
        self.fact(("岗位", "walked by"), &roles);
        let offers = self.words.list(list.offers.iter().map(|id| format!("`{id}`")));
        self.fact(("发现问题可开", "a finding suggests to open"), &offers);
        let finding = DueRule::of_findings(list);
        if let Some(within) = finding.due.within {
            self.fact(("发现问题多久内开单", "an order for a finding within"), &self.words.span(within));
        }
        self.gap();
        for (number, point) in list.points.iter().enumerate() {
            self.point(number + 1, point);
        }
        self.sums(&list.sums);
    }

    fn point(&mut self, number: usize, point: &Point) {
        let title = format!("## {number}. {} `{}`\n", self.words.label(&point.label), point.id);
        self.line(&title);
        self.advice(point.guidance.as_ref());
        let proof = point.proof.iter().map(|proof| {
            let (zh, en) = match proof {
                ProofKind::Scan => ("扫码", "scan"),
                ProofKind::Location => ("定位", "location"),
            };
            self.words.say(zh, en).to_owned()
        });
        let proof = proof.collect::<Vec<_>>().join(self.words.say("或", " or "));
        let at = match &point.at {
            None => String::new(),
            Some(PointAt::Place(place)) => format!("`{place}`"),
            Some(PointAt::Kind(kind)) => {
                let word = self.words.set.terms().word("place_kind", kind);
                let word = word.map_or(kind.as_str(), |word| self.words.label(word));
                format!("{}{word}", self.words.say("每处", "each "))
            }
        };
        self.fact(("点位", "at"), &at);
        self.fact(("到场证明", "proof"), &proof);
        let window = point.window.as_ref().map_or_else(String::new, |w| format!("{}–{}", w.from, w.to));
        self.fact(("时段", "between"), &window);
        if point.optional {
            let line = format!("- {}", self.words.say("可以不去", "may be left out"));
            self.line(&line);
        }
        self.questions(&point.items);
        self.gap();
    }

    fn form(&mut self, form: &Form) {
        self.head(("表单", "form"), form.id.as_str(), &form.title);
        self.advice(form.guidance.as_ref());
        let subject = form.subject.map_or("", |subject| self.words.subject(subject));
        self.fact(("对象", "about"), subject);
        let roles = self.words.roles(&form.roles);
        self.fact(("岗位", "filled in by"), &roles);
        self.gap();
        self.questions(&form.fields);
        for proposal in &form.proposals {
            let what = format!("`{}` = {}", proposal.path, value(&proposal.value));
            self.fact(("建议", "proposes"), &what);
            self.condition(("  条件", "  when"), proposal.when.as_ref().map(|when| when.source()));
        }
        self.gap();
    }

    fn rules(&mut self, rules: &Rules) {
        self.head(("待办规则", "rules"), &rules.id, &rules.title);
        self.fact(("生效日期", "in force from"), &rules.effective_from.to_string());
        self.gap();
        for mark in &rules.marks {
            self.mark(mark);
        }
        for rule in rules.rules.iter().filter(|rule| !rule.retired) {
            self.rule(rule);
        }
    }

    fn mark(&mut self, mark: &HomeMark) {
        let words = self.words;
        let title = format!("## {}\n", words.label(&mark.label));
        self.line(&title);
        self.fact(("写在哪里", "stands over"), words.say("符合条件的房屋上", "homes of which it holds"));
        self.fact(("告诉谁", "told to"), &words.roles(&mark.roles));
        self.fact(("其中", "with"), &filters(&mark.filters));
        self.fact(("不含", "without"), &filters(&mark.unless));
        self.references(&mark.having, &mark.lacking);
        self.gap();
    }

    /// What must, and what must not, refer to it.
    fn references(&mut self, having: &[Related], lacking: &[Related]) {
        for (name, all) in [(("有", "having"), having), (("没有", "lacking"), lacking)] {
            for related in all {
                let related = self.related(related);
                self.fact(name, &related);
            }
        }
    }

    fn rule(&mut self, rule: &DueRule) {
        let words = self.words;
        let title = format!("## {} `{}`\n", words.label(&rule.title), rule.id);
        self.line(&title);
        self.advice(rule.guidance.as_ref());
        self.articles(&rule.articles);
        self.fact(("说明", "why"), words.label(&rule.why));
        self.fact(("岗位", "by"), &words.roles(&rule.roles));
        self.fact(("对象", "about"), words.subject(rule.subject.kind));
        self.fact(("其中", "with"), &filters(&rule.subject.filters));
        let grids = rule.subject.grids.iter().map(|grid| format!("`{grid}`"));
        let places = rule.subject.places.iter().map(|place| format!("`{place}`"));
        self.fact(("只在", "only in"), &words.list(grids.chain(places)));
        self.fact(("不含", "without"), &filters(&rule.subject.unless));
        if let Some(drawn) = rule.subject.drawn {
            let each = words.say("每个网格每期随机抽取", "drawn by lot in each grid, each time: ");
            self.fact(("抽查", "sample"), &format!("{each}{drawn}"));
        }
        self.condition(("条件", "only when"), rule.subject.condition.as_ref().map(|c| c.source()));
        self.references(&rule.subject.having, &rule.subject.lacking);
        self.trigger(&rule.when);
        let mut due = rule.due.within.map_or_else(
            || words.say("本期最后一天", "the last day of the period").to_owned(),
            |within| words.span(within),
        );
        if rule.due.on_working_day {
            due.push_str(words.say("，遇休息日顺延", ", moved to a working day"));
        }
        if let Some(days) = rule.due.shown_days_before {
            let _ = match words.language {
                Language::Zh => write!(due, "，提前{days}天显示"),
                Language::En => write!(due, ", shown {days} days before"),
            };
        }
        self.fact(("期限", "due within"), &due);
        let mut done = format!("`{}`", rule.done.begin);
        if rule.done.any {
            done.push_str(words.say("，或期间任何一次同类记录", ", or any such record in that time"));
        }
        self.fact(("完成方式", "answered by"), &done);
        self.fact(("其中", "with"), &filters(&rule.done.filters));
        self.fact(("必须", "must have"), &filters(&rule.done.answered_if));
        self.fact(("或办理步骤", "or by the steps"), &ids(&words, &rule.done.steps));
        let asks = rule.done.asks.as_ref().map(|asks| format!("`{asks}`"));
        self.fact(("顺便问", "asked at the door"), &asks.unwrap_or_default());
        self.gap();
    }

    /// What is asked of other records, in one line.
    fn related(&self, related: &Related) -> String {
        let words = self.words;
        let mut parts = vec![format!("{} `{}`", related.kind.name(), related.through())];
        parts.extend((!related.of.is_empty()).then(|| ids(&words, &related.of)));
        parts.extend(related.over.map(|over| {
            let said = if over { ("已办结", "over") } else { ("未办结", "not over") };
            words.say(said.0, said.1).to_owned()
        }));
        parts.extend((!related.states.is_empty()).then(|| ids(&words, &related.states)));
        let lists = [&related.filters, &related.unless, &related.each];
        for (said, list) in [("", ""), ("不含", "without"), ("每一个都", "each")].into_iter().zip(lists)
        {
            if !list.is_empty() {
                parts.push(format!("{} {}", words.say(said.0, said.1), filters(list)).trim().to_owned());
            }
        }
        parts.extend(related.condition.as_ref().map(|condition| format!("`{}`", condition.source())));
        parts.join(words.say("，", ", "))
    }

    fn late_days(&mut self, days: u32) {
        let what = match self.words.language {
            Language::Zh => format!("到期后{days}天"),
            Language::En => format!("{days} days after it was due"),
        };
        self.fact(("最晚显示到", "shown until"), &what);
    }

    fn trigger(&mut self, trigger: &Trigger) {
        let words = self.words;
        let name = ("触发", "arises");
        match trigger {
            Trigger::Every(every) => {
                let what =
                    format!("{}`{}`", words.say("每期 ", "once in every period of "), every.schedule.text());
                let on = if every.working_days {
                    words.say("，只在工作日", ", on working days only")
                } else {
                    ""
                };
                let parts = every.parts.iter().map(|part| format!("{}–{}", part.from, part.to));
                let parts: Vec<String> = parts.collect();
                let parts = match (words.language, &parts[..]) {
                    (_, []) => String::new(),
                    (Language::Zh, parts) => format!("，一天{}次：{}", parts.len(), parts.join("、")),
                    (Language::En, parts) => format!(", {} times a day: {}", parts.len(), parts.join(", ")),
                };
                let what = what + on + &parts;
                self.fact(name, &what);
            }
            Trigger::AfterStep(after) => {
                let (steps, flows) = (ids(&words, &after.steps), ids(&words, &after.workflows));
                self.fact(name, &format!("{}{steps} ({flows})", words.say("步骤之后 ", "after the step ")));
                self.condition(("条件", "only when"), after.condition.as_ref().map(|c| c.source()));
                let from = after.from_answer.as_ref().map_or_else(String::new, |id| format!("`{id}`"));
                self.fact(("从所答日期算起", "counted from the date answered"), &from);
                let then = after.then_entry.as_ref();
                let then = then.map_or_else(String::new, |then| format!("`{}` `{}`", then.form, then.date));
                self.fact(("从其后第一条登记算起", "counted from the first row after it"), &then);
            }
            Trigger::AfterDate(after) => {
                self.fact(name, &format!("{}`{}`", words.say("日期之后 ", "after the date "), after.field));
            }
            Trigger::EachYear(each) => {
                self.fact(name, &format!("{}`{}`", words.say("每年 ", "each year on "), each.field));
                let lunar = each.lunar_when.as_ref().map_or_else(String::new, |path| format!("`{path}`"));
                self.fact(("按农历", "by the lunar calendar when"), &lunar);
                self.late_days(each.late_days);
            }
            Trigger::AtFestival(at) => {
                self.fact(name, &format!("{}{}", words.say("每逢 ", "each "), ids(&words, &at.festivals)));
                self.late_days(at.late_days);
            }
            Trigger::AfterEntry(after) => {
                self.fact(name, &format!("{}`{}`", words.say("登记之后 ", "after a row of "), after.form));
                self.condition(("条件", "only when"), after.condition.as_ref().map(|c| c.source()));
                if after.each {
                    let each =
                        words.say("登记所在网格内符合条件的每一个对象", "each subject in the row's grids");
                    self.fact(("涉及", "concerns"), each);
                }
            }
            // Shown with the workflow.
            Trigger::Deadline(_) | Trigger::Finding(_) => {}
            Trigger::Together(together) => {
                let (least, days) = (together.at_least, together.within_days);
                let what = match words.language {
                    Language::Zh => format!("{days}天内至少{least}起"),
                    Language::En => format!("at least {least} within {days} days"),
                };
                self.fact(
                    name,
                    &format!("{what}{}{}", words.say("：", ": "), ids(&words, &together.workflows)),
                );
                self.condition(("条件", "only when"), together.condition.as_ref().map(|c| c.source()));
                let same = together.same.as_ref().map_or_else(String::new, |id| format!("`{id}`"));
                self.fact(("相同的回答", "with the same answer to"), &same);
            }
        }
    }

    fn library(&mut self, library: &LibraryFile) {
        self.head(("案例库", "library"), &library.id, &library.title);
        for article in &library.articles {
            let title = format!("## {} `{}`\n", self.words.label(&article.title), article.id);
            self.line(&title);
            for (name, text) in [
                (("情形", "situation"), Some(&article.situation)),
                (("处理", "handling"), Some(&article.handling)),
                (("依据", "basis"), article.basis.as_ref()),
            ] {
                let text = text.map_or("", |text| self.words.label(text)).to_owned();
                self.fact(name, &text);
            }
            self.fact(("关键词", "tags"), &article.tags.join("、"));
            self.gap();
        }
    }

    /// What each metric is called and how it is defined, as those see it who are measured by it.
    fn metrics(&mut self, file: &MetricFile) {
        self.head(("指标", "metrics"), &file.id, &file.title);
        for metric in &file.metrics {
            let term = self.words.set.terms().get(&metric.term());
            let label = term.map_or_else(String::new, |term| self.words.say(&term.zh, &term.en).to_owned());
            let means = term.and_then(|term| term.means.as_ref());
            let means = means.map_or_else(String::new, |means| self.words.label(means).to_owned());
            let unit = metric.unit.as_deref().and_then(|unit| self.words.set.terms().unit(unit));
            let unit = unit.map_or_else(String::new, |unit| self.words.say(&unit.zh, &unit.en).to_owned());
            self.line(&format!("## {label} `{}`\n", metric.id));
            self.fact(("定义", "means"), &means);
            self.fact(("单位", "unit"), &unit);
            self.gap();
        }
    }

    fn roles(&mut self, roles: &Roles) {
        self.head(("岗位", "roles"), &roles.id, &roles.title);
        for role in &roles.roles {
            let title = format!("## {} `{}`\n", self.words.label(&role.label), role.id);
            self.line(&title);
            self.fact(("可看", "reads"), &ids(&self.words, &role.read));
            self.fact(("可改", "writes"), &ids(&self.words, &role.write));
            if role.money {
                let line = format!("- {}", self.words.say("可填写金额", "may enter money"));
                self.line(&line);
            }
            self.gap();
        }
    }
}

fn ids<Id: std::fmt::Display>(words: &Words<'_>, ids: &[Id]) -> String {
    words.list(ids.iter().map(|id| format!("`{id}`")))
}

fn filters(filters: &[FieldFilter]) -> String {
    let one = |filter: &FieldFilter| {
        let values: Vec<String> = filter.is.iter().map(value).collect();
        if values.is_empty() {
            format!("`{}`", filter.path)
        } else {
            format!("`{}` = {}", filter.path, values.join(" | "))
        }
    };
    filters.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn value(value: &butler_core::model::Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever stands in a set can be printed, in both languages, with every question and rule on the page.
    #[test]
    fn every_playbook_of_this_build_has_its_page() {
        let set = Playbooks::embedded().unwrap();
        let questions = |page: &str, fields: &mut dyn Iterator<Item = &FormField>| {
            for field in fields {
                assert!(page.contains(&format!("`{}`", field.id)), "{}\n{page}", field.id);
            }
        };
        for language in [Language::Zh, Language::En] {
            let print = |id: &str| page(&set, id, language).unwrap_or_else(|| panic!("{id}"));
            for workflow in set.workflows() {
                let page = print(workflow.id.as_str());
                assert!(page.contains("```mermaid\nstateDiagram-v2\n"), "{page}");
                assert!(
                    workflow.steps.iter().all(|step| page.contains(&format!("`{}`\n", step.id))),
                    "{page}"
                );
                let read = workflow.steps.iter().flat_map(|step| set.articles(&step.articles));
                let mut titles = read.map(|hit| hit.article.title.text(language));
                assert!(titles.all(|title| page.contains(title)), "{page}");
                questions(&page, &mut workflow.fields());
            }
            for list in set.checklists() {
                let items = list.points.iter().flat_map(|point| &point.items);
                questions(&print(list.id.as_str()), &mut items.chain(&list.sums));
            }
            for form in set.forms() {
                questions(&print(form.id.as_str()), &mut form.fields.iter());
            }
            for rules in set.rules() {
                let page = print(&rules.id);
                let current = rules.rules.iter().filter(|rule| !rule.retired);
                assert!(current.into_iter().all(|rule| page.contains(&format!("`{}`\n", rule.id))), "{page}");
                assert!(rules.marks.iter().all(|mark| page.contains(mark.label.text(language))), "{page}");
            }
            for library in set.libraries() {
                let page = print(&library.id);
                assert!(library.articles.iter().all(|a| page.contains(a.handling.text(language))), "{page}");
            }
            for file in set.metrics() {
                let page = print(&file.id);
                assert!(file.metrics.iter().all(|metric| page.contains(&format!("`{}`\n", metric.id))));
            }
            assert!(print(&set.roles().id).contains("`butler`"));
            assert_eq!(page(&set, "no.such", language), None);
        }
    }
}
