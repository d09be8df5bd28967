//! Playbooks as a company meets them: what is rejected and with which words, what is due on which day, what the
//! documentation shows, and that no procedure has found its way into code.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use butler_core::playbook::{Language, PlaybookFile, Playbooks, library};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn file(name: &str, text: &str) -> PlaybookFile {
    PlaybookFile { name: name.to_owned(), text: text.to_owned(), current: true }
}

fn files_below(folder: &Path, extension: &str) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|is| is == extension) {
                found.insert(path.clone(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Whether `text` is `pattern`, in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| fits(rest, &text[at..]))
        }),
    }
}

/// What was said up to the list of what may be written instead, which grows with every playbook of this build.
fn without_choices(said: &str) -> &str {
    let end = ["; use one of", "；可用"].iter().filter_map(|start| said.find(start)).min();
    &said[..end.unwrap_or(said.len())]
}

/// Each bad file says in `#!` lines what it must be rejected with, `line: words`; a file with words in Chinese
/// must be rejected with those too.
#[test]
fn every_bad_playbook_is_rejected_with_its_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-playbooks");
    let bad = files_below(&folder, "toml");
    assert!(bad.len() >= 20);
    let mut wrong = Vec::new();
    for (path, text) in bad {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("#! ")).collect();
        assert!(!expected.is_empty(), "{name} does not say what is wrong with it");
        let rejected = Playbooks::company(&[file(&name, &text)]).expect_err(&name);
        let said: Vec<String> = [Language::En, Language::Zh]
            .into_iter()
            .flat_map(|language| rejected.errors.iter().map(move |error| error.text(language)))
            .map(|said| without_choices(&said).to_owned())
            .collect();
        let missing: Vec<&&str> = expected
            .iter()
            .filter(|wanted| {
                let with_line = format!("{name}:{wanted}");
                let without = format!("{name}: {wanted}");
                // `*: ` means: wherever it is found, in another file too.
                let anywhere = wanted.strip_prefix("*: ").map(|words| format!("*: {words}"));
                !said.iter().any(|said| {
                    fits(&with_line, said)
                        || fits(&without, said)
                        || anywhere.as_ref().is_some_and(|words| fits(words, said))
                })
            })
            .collect();
        if !missing.is_empty() {
            wrong.push(format!("{name}: expected {missing:#?}, was rejected with {said:#?}"));
        }
        // Nothing is said about files that are in order, unless the bad one pulled something from under them.
        if !expected.iter().any(|wanted| wanted.starts_with("*: ")) {
            let surplus: Vec<&String> = said
                .iter()
                .take(rejected.errors.len())
                .filter(|said| {
                    !expected.iter().any(|wanted| {
                        fits(&format!("{name}:{wanted}"), said) || fits(&format!("{name}: {wanted}"), said)
                    })
                })
                .collect();
            if !surplus.is_empty() {
                wrong.push(format!("{name}: also rejected with {surplus:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the lunar calendar of a company ends soon, its rules say so; one that is over already is rejected.
#[test]
fn a_rule_says_when_the_lunar_years_it_needs_end() {
    let years = |text: &str| {
        format!(
            "kind = \"calendar\"\nid = \"lunar\"\ntitle = {{ zh = \"农历\", en = \"Lunar\" }}\n\
             lunar = [{text}]\nfestival = [\n\
             {{ id = \"spring_festival\", name = {{ zh = \"春节\", en = \"Spring Festival\" }}, on = {{ lunar = \"01-01\" }} }},\n\
             {{ id = \"mid_autumn\", name = {{ zh = \"中秋\", en = \"Mid-Autumn\" }}, on = {{ lunar = \"08-15\" }} }},\n\
             {{ id = \"double_ninth\", name = {{ zh = \"重阳\", en = \"Double Ninth\" }}, on = {{ lunar = \"09-09\" }} }},\n]\n"
        )
    };
    let year = |year: i32, begins: &str, days: &str| {
        format!("{{ year = {year}, begins = {begins}, days = [{days}] }},")
    };
    let first = year(2026, "2026-02-17", "30, 29, 30, 29, 29, 30, 29, 29, 30, 30, 30, 29");
    let second = year(2027, "2027-02-06", "30, 30, 29, 30, 29, 29, 30, 29, 29, 30, 30, 29");
    let with = |text: &str| Playbooks::company(&[file("lunar.toml", &years(text))]);
    let noted: Vec<String> = with(&(first.clone() + &second))
        .unwrap()
        .notes()
        .iter()
        .map(|note| note.text(Language::Zh))
        .collect();
    let said = "工作日历的农历只到2027年，此后这条规则不再产生待办；请在那之前换上新的日历文件";
    assert_eq!(noted.len(), 3, "{noted:?}");
    assert!(
        noted.iter().all(|note| note.starts_with("care/rules.toml:") && note.ends_with(said)),
        "{noted:?}"
    );
    let ended = with(&first).unwrap_err().to_string();
    assert!(
        ended.contains("the calendar's lunar years end with 2026, so this rule brings nothing about"),
        "{ended}"
    );
    let none = with("").unwrap_err().to_string();
    assert!(none.contains("the calendar has no lunar years"), "{none}");
}

/// A rule that will not come every month is not wrong; whoever wrote it is told.
#[test]
fn months_a_rule_leaves_out_are_named_by_file_and_line() {
    let rule = |id: &str, schedule: &str| {
        format!(
            r#"
[[rule]]
id = "{id}"
title = {{ zh = "月末抄表", en = "Meter at month end" }}
why = {{ zh = "月末抄表，截止{{due}}", en = "at month end, by {{due}}" }}
roles = ["butler"]
subject = {{ kind = "grid" }}
when = {{ every = {{ schedule = "{schedule}", start = 2026-01-31 }} }}
due = {{ within = {{ days = 0 }} }}
done = {{ record = "round", begin = "patrol.night", any = true, where = [{{ path = "playbook", is = ["patrol.night"] }}] }}
"#
        )
    };
    let head = "kind = \"rules\"\nid = \"x.rules\"\ntitle = { zh = \"规则\", en = \"Rules\" }\neffective_from = 2026-01-01\n";
    let text = [
        head.to_owned(),
        rule("x.meter", "FREQ=MONTHLY;BYMONTHDAY=31"),
        rule("x.start31", "FREQ=MONTHLY"),
        rule("x.leap", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        rule("x.fifth", "FREQ=MONTHLY;BYDAY=5MO"),
        rule("x.last", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ];
    let set = Playbooks::company(&[file("month-end.toml", &text.concat())]).unwrap();
    let said = |language| set.notes().iter().map(|note| note.text(language)).collect::<Vec<_>>();
    assert_eq!(
        said(Language::Zh),
        [
            "month-end.toml:12: 2月、4月、6月、9月、11月没有这一天，这些月份不会产生待办；若指月末，请写 BYMONTHDAY=-1",
            "month-end.toml:22: 2月、4月、6月、9月、11月没有这一天，这些月份不会产生待办；若指月末，请写 BYMONTHDAY=-1",
            "month-end.toml:32: 2月只在部分年份有这一天（2028、2032、2036……）；若指月末，请写 BYMONTHDAY=-1",
            "month-end.toml:42: 不是每个月都有这一天，没有的月份不会产生待办；若指最后一个，请写负数，如 BYDAY=-1MO",
        ]
    );
    assert_eq!(
        said(Language::En)[0],
        "month-end.toml:12: nothing is due in months 2, 4, 6, 9, 11: they do not have the day; \
         for the last day of the month write BYMONTHDAY=-1"
    );
    assert_eq!(Playbooks::company(&[]).unwrap().notes(), [], "ours leave nothing out");
}

#[test]
fn a_rule_that_says_a_deadline_again_is_noted() {
    let text = r#"
kind = "rules"
id = "x.rules"
title = { zh = "规则", en = "Rules" }
effective_from = 2026-01-01
[[rule]]
id = "x.visit"
title = { zh = "上门", en = "Visit" }
why = { zh = "{date}拒缴", en = "refused on {date}" }
roles = ["butler"]
subject = { kind = "case" }
when = { after_step = { workflows = ["fees.collection"], steps = ["refuse"] } }
due = { within = { days = 7 } }
done = { record = "case", begin = "fees.collection", steps = ["visit"] }
"#;
    let notes = |text: &str| Playbooks::company(&[file("again.toml", text)]).unwrap().notes().to_vec();
    let said: Vec<String> = notes(text).iter().map(|note| note.text(Language::En)).collect();
    let [said] = &said[..] else { panic!("one note: {said:?}") };
    assert!(said.contains("the deadline `visit` of `fees.collection` is on Today by itself"), "{said}");
    assert_eq!(notes(&text.replace("days = 7", "days = 6")), []);
    assert_eq!(notes(&text.replace("\"butler\"", "\"security\"")), [], "it tells somebody else");
}

/// The workflow alone, and with what has somebody go on: a deadline, a rule, a rule while it waits.
#[test]
fn a_state_in_which_nothing_is_due_is_noted() {
    let workflow = r#"
kind = "workflow"
id = "x.errand"
title = { zh = "跑腿", en = "Errand" }
subjects = ["home"]
resolved_by = ["supervisor"]
[[state]]
id = "open"
label = { zh = "办理中", en = "Open" }
[[state]]
id = "waiting"
label = { zh = "等客户", en = "Waiting" }
pauses = true
[[state]]
id = "done"
label = { zh = "办完", en = "Done" }
end = true
[[step]]
id = "take"
label = { zh = "受理", en = "Take on" }
opens = true
to = "open"
roles = ["butler"]
[[step]]
id = "wait"
label = { zh = "等客户", en = "Wait" }
from = ["open"]
to = "waiting"
roles = ["butler"]
[[step]]
id = "go_on"
label = { zh = "继续", en = "Go on" }
from = ["waiting"]
to = "open"
roles = ["butler"]
[[step]]
id = "finish"
label = { zh = "办完", en = "Finish" }
from = ["open"]
to = "done"
roles = ["butler"]
"#;
    let deadline = r#"
[[deadline]]
id = "finish"
label = { zh = "三天办完", en = "Finished within three days" }
from = ["take"]
until = ["finish"]
within = { days = 3 }
"#;
    let rules = r#"
kind = "rules"
id = "x.rules"
title = { zh = "规则", en = "Rules" }
effective_from = 2026-01-01
[[rule]]
id = "x.ask"
title = { zh = "问客户", en = "Ask" }
why = { zh = "{date}起等客户", en = "waiting since {date}" }
roles = ["butler"]
subject = { kind = "case" }
when = { after_step = { workflows = ["x.errand"], steps = ["wait"] } }
due = { within = { days = 7 } }
done = { record = "case", begin = "x.errand", steps = ["go_on"] }
"#;
    let notes = |files: &[(&str, String)]| -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(name, text)| file(name, text)).collect();
        let set = Playbooks::company(&files).unwrap();
        set.notes().iter().map(|note| note.text(Language::En)).collect()
    };
    let alone = ("errand.toml", workflow.to_owned());
    let timed = ("errand.toml", workflow.to_owned() + deadline);
    let asked = ("rules.toml", rules.to_owned());
    assert_eq!(
        notes(&[alone]),
        [
            "errand.toml:8: after take a case stands in `open` and nothing is due: it is found by leafing through lists alone",
            "errand.toml:11: after take → wait a case stands in `waiting` and nothing is due: it is found by leafing through lists alone",
        ]
    );
    let [waits] = &notes(std::slice::from_ref(&timed))[..] else {
        panic!("a deadline stops while a case waits")
    };
    assert!(waits.contains("`waiting`"), "{waits}");
    assert_eq!(notes(&[timed, asked]), [] as [String; 0]);
}

/// What is evaluated from data has a budget: the whole set is read and judged on a stack as small as the one a phone
/// gives to a thread, and a file made to break that is rejected.
#[test]
fn a_set_is_read_on_a_small_stack_whatever_stands_in_it() {
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let head = "kind = \"form\"\nid = \"x.form\"\ntitle = { zh = \"表\", en = \"Form\" }\n";
    let key = vec!["a"; 79].join(".");
    let hostile = [
        format!("{head}a = {}\n", nested("[", "1", "]", 100_000)),
        format!("{head}a = {}\n", nested("[", "1", "]", 79)),
        format!("{head}a = {}\n", nested("{ a = ", "1", " }", 79)),
        format!("{head}{key} = {}\n", nested(&format!("{{ {key} = "), "1", " }", 78)),
        format!("{head}[{}]\nb = 1\n", vec!["a"; 100_000].join(".")),
        format!("{head}{} = 1\n", vec!["a"; 100_000].join(".")),
        format!(
            "{head}[[field]]\nid = \"a\"\nlabel = {{ zh = \"甲\", en = \"A\" }}\ntype = \"flag\"\nrequired_when = \"{}\"\n",
            nested("(", "true", ")", 250)
        ),
    ];
    let work = move || {
        for text in &hostile {
            let rejected = Playbooks::company(&[file("hostile.toml", text)]).unwrap_err();
            assert_eq!(rejected.errors.len(), 1, "{rejected}");
        }
        assert!(Playbooks::company(&[]).is_ok(), "ours, all of them");
    };
    std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap();
}

/// Judging a set has a budget of its own, whatever was judged before: many conditions cost as much as long ones.
#[test]
fn a_set_with_more_conditions_than_can_be_tried_is_rejected() {
    let letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let questions =
        |kind: &str| {
            letters.map(|id| {
        format!("[[field]]\nid = \"{id}\"\nlabel = {{ zh = \"题\", en = \"Question\" }}\ntype = \"{kind}\"\n")
    })
        };
    let each = letters.map(|id| format!("(has(form.{id}) && form.{id})"));
    let condition = format!("{} || {}", each.join(" || "), each.join(" || "));
    let many = |count: usize| {
        let asked = (0..count).map(|number| {
            format!(
                "[[field]]\nid = \"q{number}\"\nlabel = {{ zh = \"问\", en = \"Asked\" }}\ntype = \"text\"\nrequired_when = \"{condition}\"\n"
            )
        });
        let head =
            "kind = \"form\"\nid = \"x.form\"\ntitle = { zh = \"表\", en = \"Form\" }\nsubject = \"home\"\n";
        format!("{head}{}{}", questions("flag").concat(), asked.collect::<String>())
    };
    Playbooks::company(&[file("some.toml", &many(20))]).map_err(|rejected| rejected.to_string()).unwrap();
    let rejected = Playbooks::company(&[file("many.toml", &many(250))]).unwrap_err();
    let said = rejected.errors[0].text(Language::Zh);
    assert!(said.contains("这套规程的条件太多太长"), "{said}");
}

#[test]
fn a_bad_file_rejects_the_whole_set_and_a_good_one_takes_the_place_of_ours() {
    let ours = Playbooks::embedded().unwrap();
    let form = ours.forms().next().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks").join(&form.file);
    let text = fs::read_to_string(path).unwrap();
    let changed = format!("# 本公司的版本\n{text}");
    let bad = file("bad.toml", "kind = \"form\"\nid = \"x\"\n");
    assert!(Playbooks::company(&[file("ours.toml", &changed), bad]).is_err());
    let theirs = Playbooks::company(&[file("ours.toml", &changed)]).unwrap();
    let replaced = theirs.form(&form.id).unwrap();
    assert_ne!(replaced.version, form.version);
    // What was filled in under the old version still finds it.
    assert_eq!(theirs.form_at(&form.id, form.version), Some(&**form));
    assert_eq!(theirs.workflows().count(), ours.workflows().count());
    assert!(
        Playbooks::company(&[file("a.toml", &changed), file("b.toml", &changed)]).is_err(),
        "one id, twice"
    );
}

/// The code knows mechanisms. A procedure's id in Rust would be a procedure in Rust.
#[test]
fn no_procedure_has_its_name_in_rust() {
    let set = Playbooks::embedded().unwrap();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    ids.extend(set.workflows().map(|workflow| workflow.id.to_string()));
    ids.extend(set.checklists().map(|list| list.id.to_string()));
    ids.extend(set.forms().map(|form| form.id.to_string()));
    ids.extend(set.rules().flat_map(|rules| rules.rules.iter().map(|rule| rule.id.to_string())));
    assert!(
        ids.iter().all(|id| id.contains('.')),
        "an id without a dot is a word that code may need: {ids:?}"
    );
    for folder in ["core/src", "office/src", "bindings/src"] {
        for (path, text) in files_below(&repository().join(folder), "rs") {
            // Tests, at the foot of a file or in one of their own, may play a procedure through, and so may what they
            // stand on; what ships may not know one.
            if path.ends_with("tests.rs") || path.ends_with("testing.rs") {
                continue;
            }
            let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let found: Vec<&String> =
                ids.iter().filter(|id| shipped.contains(&format!("\"{id}\""))).collect();
            assert!(found.is_empty(), "{} names {found:?}", path.display());
        }
    }
}

/// People type initials.
#[test]
fn the_libraries_of_this_build_are_searched_by_initials() {
    let set = Playbooks::embedded().unwrap();
    let hits = library::search(set.libraries().map(|library| &**library), "gkpw");
    assert!(hits.iter().any(|hit| hit.article.title.zh.contains("高空抛物")), "{}", hits.len());
}

/// The fenced TOML blocks of the documentation, each with the line above its fence.
fn examples(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut above = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "```toml" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push((above.to_owned(), block.join("\n")));
        }
        above = line;
    }
    found
}

#[test]
fn what_the_documentation_shows_works_as_it_stands() {
    let text = fs::read_to_string(repository().join("docs/playbooks.md")).unwrap();
    let mut files = Vec::new();
    for (index, (above, block)) in examples(&text).into_iter().enumerate() {
        let appended = above.strip_prefix("<!-- appended to ").and_then(|name| name.strip_suffix(" -->"));
        let whole = match appended {
            Some(name) => {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks").join(name);
                format!("{}\n{block}", fs::read_to_string(path).unwrap())
            }
            None => block,
        };
        files.push(file(&format!("example-{}.toml", index + 1), &whole));
    }
    assert!(files.len() >= 7, "an example of every kind");
    let set = Playbooks::company(&files).map_err(|rejected| rejected.to_string()).unwrap();
    assert!(set.workflow(&"service.home-cleaning".into()).is_some() && set.terms().unit("bag").is_some());

    // Every kind of answer and every group of fields is described.
    let wrong = "kind = \"form\"\nid = \"x\"\ntitle = { zh = \"测\", en = \"x\" }\n[[field]]\nid = \"a\"\nlabel = { zh = \"甲\", en = \"A\" }\ntype = \"?\"\n";
    let said = Playbooks::company(&[file("x.toml", wrong)]).unwrap_err().to_string();
    let types: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
    assert!(types.len() > 15, "{said}");
    let specs = butler_core::model::Kind::ALL.into_iter().flat_map(butler_core::model::fields::specs);
    let groups: BTreeSet<&str> =
        specs.chain(butler_core::model::fields::common()).map(|spec| spec.group).collect();
    for name in types.into_iter().chain(groups) {
        assert!(text.contains(&format!("`{name}`")), "docs/playbooks.md does not describe `{name}`");
    }
}

/// Every draft the documentation calls wrong is rejected with the very lines shown below it.
#[test]
fn what_the_documentation_calls_wrong_is_rejected_with_its_words() {
    let text = fs::read_to_string(repository().join("docs/playbooks.md")).unwrap();
    let drafts: Vec<&str> = text.split("```toml wrong\n").skip(1).collect();
    assert!(drafts.len() >= 2);
    for draft in drafts {
        let (draft, rest) = draft.split_once("```\n").unwrap();
        let shown = rest.split_once("```text\n").unwrap().1.split_once("```").unwrap().0;
        let rejected = Playbooks::company(&[file("draft.toml", draft)]).unwrap_err();
        let said = rejected
            .errors
            .iter()
            .map(|error| format!("{} / {}\n", error.text(Language::Zh), error.diagnostic.text(Language::En)));
        assert_eq!(said.collect::<String>(), shown);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 60, failure_persistence: None, ..proptest::prelude::ProptestConfig::default()
    })]

    /// A damaged or hostile file is rejected or read, never more than that.
    #[test]
    fn no_bytes_break_the_reader(
        which in proptest::prelude::any::<proptest::sample::Index>(),
        edits in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), 0..4_u8, 0..128_u8), 1..6),
    ) {
        let files = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks"), "toml");
        let mut bytes = which.get(&files.values().collect::<Vec<_>>()).as_bytes().to_vec();
        for (at, what, byte) in edits {
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.drain(at..bytes.len().min(at + usize::from(byte)))),
                _ => bytes.truncate(at.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(b'#');
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Err(rejected) = Playbooks::company(&[file("damaged.toml", &text)]) {
            proptest::prop_assert!(!rejected.errors.is_empty());
        }
    }
}

#[test]
fn deep_nesting_and_long_conditions_are_rejected_not_crashed_on() {
    let deep =
        format!("kind = \"form\"\nid = \"x\"\ntitle = {}1{}\n", "[".repeat(50_000), "]".repeat(50_000));
    assert!(Playbooks::company(&[file("deep.toml", &deep)]).is_err());
    let field = |condition: &str| {
        format!(
            "kind = \"form\"\nid = \"test.x\"\ntitle = {{ zh = \"测\", en = \"x\" }}\n[[field]]\nid = \"a\"\nlabel = {{ zh = \"甲\", en = \"A\" }}\ntype = \"flag\"\nrequired_when = '{condition}'\n"
        )
    };
    for condition in [
        "(".repeat(590),
        "!".repeat(590) + "form.a",
        "[".repeat(590),
        "form.a ? ".repeat(60),
        "-".repeat(590),
    ] {
        assert!(Playbooks::company(&[file("deep.toml", &field(&condition))]).is_err(), "{condition}");
    }
    assert!(Playbooks::company(&[file("big.toml", &"#\n".repeat(200_000))]).is_err(), "too large");
}
