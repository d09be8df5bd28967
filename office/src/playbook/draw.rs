//! Draws a workflow as a Mermaid state diagram: states, steps with who makes them, ends, times.
//!
//! States are numbered in the order of the file, so that the same file is always drawn the same. Whatever a label
//! holds, the diagram can be read: marks that mean something to Mermaid are written as entities.

use butler_core::model::StepId;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use butler_core::playbook::workflow::{Deadline, Step, Workflow};
use butler_core::playbook::{Language, Playbooks};

use super::words::Words;

/// A workflow as a Mermaid `stateDiagram-v2`. A step that is possible in several states is drawn at each.
#[must_use]
pub fn draw(workflow: &Workflow, set: &Playbooks, language: Language) -> String {
    Drawing { workflow, words: Words { set, language } }.text()
}

struct Drawing<'a> {
    workflow: &'a Workflow,
    words: Words<'a>,
}

impl Drawing<'_> {
    fn text(&self) -> String {
        let mut lines = vec!["stateDiagram-v2".to_owned(), "    direction TB".to_owned()];
        for state in &self.workflow.states {
            let pauses =
                if state.pauses { self.words.say("（计时暂停）", " (time stands still)") } else { "" };
            let label = escape(&format!("{}{pauses}", self.words.label(&state.label)));
            lines.push(format!("    state \"{label}\" as {}", self.node(&state.id)));
        }
        for step in &self.workflow.steps {
            let label = self.step(step);
            if let (true, Some(to)) = (step.opens, &step.to) {
                lines.push(format!("    [*] --> {} : {label}", self.node(to)));
            }
            for from in &step.from {
                let to = step.to.as_ref().unwrap_or(from);
                lines.push(format!("    {} --> {} : {label}", self.node(from), self.node(to)));
            }
        }
        for state in self.workflow.states.iter().filter(|state| state.end) {
            if let Some(reopen) = &self.workflow.reopen {
                let label = self.who(self.words.say("重新打开", "Reopen"), &self.words.roles(&reopen.roles));
                let (from, to) = (self.node(&state.id), self.node(&reopen.to));
                lines.push(format!("    {from} --> {to} : {}", escape(&label)));
            }
            lines.push(format!("    {} --> [*]", self.node(&state.id)));
        }
        for (state, notes) in self.deadlines() {
            lines.push(format!("    note right of s{state} : {}", notes.join("<br/>")));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn index(&self, state: &str) -> usize {
        self.workflow.states.iter().position(|known| known.id == state).map_or(0, |index| index + 1)
    }

    fn node(&self, state: &str) -> String {
        format!("s{}", self.index(state))
    }

    /// What is done, by whom, and what must have been done before.
    fn step(&self, step: &Step) -> String {
        let mut label = escape(&self.who(self.words.label(&step.label), &self.words.roles(&step.roles)));
        if !step.needs.is_empty() {
            let before = escape(&self.words.list(step.needs.iter().map(|id| self.step_name(id))));
            let _ = write!(label, "<br/>{}{before}", escape(self.words.say("须先：", "after: ")));
        }
        label
    }

    fn who(&self, what: &str, who: &str) -> String {
        match self.words.language {
            Language::Zh => format!("{what}（{who}）"),
            Language::En => format!("{what} ({who})"),
        }
    }

    fn step_name(&self, id: &StepId) -> String {
        let step = self.workflow.step(id);
        step.map_or(id.as_str(), |step| self.words.label(&step.label)).to_owned()
    }

    /// The times, each beside the states a case is in when it begins to run.
    fn deadlines(&self) -> BTreeMap<usize, Vec<String>> {
        let mut notes: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for deadline in &self.workflow.deadlines {
            let begins = deadline.from.iter().filter_map(|id| self.workflow.step(id));
            let mut states: Vec<usize> = begins
                .flat_map(|step| step.to.iter().chain(step.from.iter().filter(|_| step.to.is_none())))
                .map(|state| self.index(state))
                .collect();
            states.sort_unstable();
            states.dedup();
            for state in states {
                notes.entry(state).or_default().push(self.deadline(deadline));
            }
        }
        notes
    }

    fn deadline(&self, deadline: &Deadline) -> String {
        let until = self.words.list(deadline.until.iter().map(|id| self.step_name(id)));
        let (label, span) = (self.words.label(&deadline.label), self.words.span(deadline.within));
        let due = self.words.say("期限：", "due: ");
        escape(&format!("{due}{label} · {span} → {until}"))
    }
}

/// Text that means nothing but itself.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '#' | ':' | ';' | '%' | '{' | '}' | '`' | '$' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    // Mermaid takes any line with `direction LR` in it for a command.
    out.replace("direction ", "direction#32;")
}

#[cfg(test)]
mod tests {
    use butler_core::playbook::PlaybookFile;

    use super::*;

    type Nodes<'d> = BTreeMap<&'d str, &'d str>;
    type Arrows<'d> = Vec<(&'d str, &'d str, &'d str)>;

    /// What a diagram says, read back by its grammar: nodes, arrows, notes. `None` at a line that is none of them.
    fn read(diagram: &str) -> Option<(Nodes<'_>, Arrows<'_>)> {
        let mut lines = diagram.lines();
        (lines.next()? == "stateDiagram-v2" && lines.next()? == "    direction TB").then_some(())?;
        let plain = |text: &str| {
            let text = text.replace("<br/>", "");
            let mut parts = text.split('#');
            let first = parts.next().unwrap_or_default();
            // Every entity is closed, and no mark of the grammar stands outside one.
            let entities = parts.all(|part| {
                part.split_once(';').is_some_and(|(name, rest)| {
                    name.chars().all(char::is_alphanumeric)
                        && !rest.contains(['"', ':', ';', '<', '>', '%', '{', '}'])
                })
            });
            entities && !first.contains(['"', ':', ';', '<', '>', '%', '{', '}'])
        };
        let node = |text: &str| {
            text == "[*]" || text.strip_prefix('s').is_some_and(|n| n.parse::<usize>().is_ok_and(|n| n > 0))
        };
        let (mut nodes, mut arrows) = (BTreeMap::new(), Vec::new());
        for line in lines {
            let line = line.strip_prefix("    ")?;
            if let Some(rest) = line.strip_prefix("state \"") {
                let (label, id) = rest.split_once("\" as ")?;
                (node(id) && plain(label) && nodes.insert(id, label).is_none()).then_some(())?;
            } else if let Some(rest) = line.strip_prefix("note right of ") {
                let (id, text) = rest.split_once(" : ")?;
                (nodes.contains_key(id) && plain(text)).then_some(())?;
            } else {
                let (from, rest) = line.split_once(" --> ")?;
                let (to, label) = rest.split_once(" : ").unwrap_or((rest, ""));
                (node(from) && node(to) && plain(label)).then_some(())?;
                arrows.push((from, to, label));
            }
        }
        Some((nodes, arrows))
    }

    #[test]
    fn every_workflow_of_this_build_is_drawn_whole_and_always_the_same() {
        let set = Playbooks::embedded().unwrap();
        for workflow in set.workflows() {
            for language in [Language::Zh, Language::En] {
                let diagram = draw(workflow, &set, language);
                assert_eq!(diagram, draw(workflow, &set, language));
                let (nodes, arrows) = read(&diagram).unwrap_or_else(|| panic!("{diagram}"));
                assert_eq!(nodes.len(), workflow.states.len(), "{}", workflow.id);
                let node = |id: &str| {
                    format!("s{}", workflow.states.iter().position(|state| state.id == id).unwrap() + 1)
                };
                let mut expected = 0;
                for step in &workflow.steps {
                    let starts: Vec<String> = if step.opens {
                        vec!["[*]".to_owned()]
                    } else {
                        step.from.iter().map(|id| node(id)).collect()
                    };
                    expected += starts.len();
                    let label = escape(step.label.text(language));
                    for start in starts {
                        let end = step.to.as_ref().map_or_else(|| start.clone(), |to| node(to));
                        let same = workflow.steps.iter().filter(|other| other.label == step.label).count();
                        let drawn = arrows.iter().filter(|(from, to, text)| {
                            *from == start && *to == end && text.starts_with(&label)
                        });
                        assert!((1..=same.max(2)).contains(&drawn.count()), "{} {}", workflow.id, step.id);
                    }
                }
                let ends = workflow.states.iter().filter(|state| state.end).count();
                let reopened = if workflow.reopen.is_some() { ends } else { 0 };
                assert_eq!(arrows.len(), expected + ends + reopened, "{}\n{diagram}", workflow.id);
            }
        }
    }

    /// The documentation shows the drawing of a procedure it has written out.
    #[test]
    fn the_documentation_shows_what_is_drawn() {
        let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/playbooks.md");
        let text = std::fs::read_to_string(document).unwrap();
        let blocks = |fence: &str| -> Vec<String> {
            let fence = format!("```{fence}\n");
            let blocks = text.split(&fence).skip(1);
            blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
        };
        let [shown] = &blocks("mermaid")[..] else { panic!("one drawing") };
        let files: Vec<PlaybookFile> = blocks("toml")
            .into_iter()
            .filter(|text| {
                ["service.tool-loan", "jinse.terms"]
                    .iter()
                    .any(|id| text.contains(&format!("id = \"{id}\"\n")))
            })
            .map(|text| PlaybookFile { name: "example.toml".to_owned(), text, current: true })
            .collect();
        let set = Playbooks::company(&files).map_err(|rejected| rejected.to_string()).unwrap();
        let drawn = draw(set.workflow(&"service.tool-loan".into()).unwrap(), &set, Language::En);
        assert_eq!(drawn, *shown);
    }

    #[test]
    fn a_label_cannot_break_the_drawing() {
        assert_eq!(escape("a\"b:c;d#e<f>%%{g}\nh"), "a#quot;b#58;c#59;d#35;e#lt;f#gt;#37;#37;#123;g#125; h");
        assert_eq!(escape("one direction TB"), "one direction#32;TB");
        assert_eq!(escape("派单（管家）：“急”"), "派单（管家）：“急”");
    }
}
