//! Slips of the pen in a playbook, in words for the person who wrote it.
//!
//! The reader of TOML speaks to programmers and in English only. Here its messages become a sentence in both
//! languages that says what to write instead. A message nobody thought of is shown as it is.

use std::ops::Range;

use super::Label;

/// Of a list of what is possible, at most so many are named.
const MOST_NAMED: usize = 20;

/// What the reader found wrong at a place of a text.
pub(super) fn describe(message: &str, text: &str, span: Option<Range<usize>>) -> Label {
    let message = message.lines().next().unwrap_or_default();
    if let Some(label) = spelling(message).or_else(|| condition(message)).or_else(|| schedule(message)) {
        return label;
    }
    if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        return wrong_type(found, expected);
    }
    let line = span.as_ref().map_or("", |span| line_at(text, span.start));
    // Only of the writing itself: a Chinese comma inside a text is nobody's business.
    if let Some(found) = syntax(message) {
        return full_width(line).unwrap_or(found);
    }
    Label::new(format!("写法不对：{message}"), message.to_owned())
}

/// Names and words that do not exist or are not there.
fn spelling(message: &str) -> Option<Label> {
    let quoted =
        |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect() };
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let name = quoted(what).into_iter().next();
    let known = quoted(expected);
    if what.starts_with("unknown field") {
        let name = name?;
        let (zh, en) = instead(&name, known.iter().map(String::as_str));
        return Some(Label::new(
            format!("这里没有“{name}”这一项，请检查拼写{zh}"),
            format!("`{name}` is not known here; check its spelling{en}"),
        ));
    }
    if what.starts_with("unknown variant") {
        let name = name?;
        let (zh, en) = instead(&name, known.iter().map(String::as_str));
        return Some(Label::new(
            format!("“{name}”不是可用的取值{zh}"),
            format!("`{name}` is not allowed here{en}"),
        ));
    }
    if what.starts_with("missing field") {
        return Some(match name?.as_str() {
            "en" => Label::new("缺少英文文字（en）", "the English text (`en`) is missing"),
            "zh" => Label::new("缺少中文文字（zh）", "the Chinese text (`zh`) is missing"),
            name => Label::new(format!("缺少“{name}”"), format!("`{name}` is missing")),
        });
    }
    if message.starts_with("wanted exactly 1 element") {
        return Some(Label::new(
            "这一组里只能写一项，请删去多余的",
            "only one of these may be given; take the others out",
        ));
    }
    if message.starts_with("expected a date without quotes") {
        return Some(date());
    }
    if message.starts_with("not a valid ") && message.ends_with(" identifier") {
        return Some(Label::new(
            "这里要写编号，不是名称（如 butler，不是“管家”）：只能用英文字母、数字和 . _ - /，不能有空格，最多64个字符",
            "an id is needed here, no name (`butler`): letters, digits and . _ - / only, no spaces, at most 64 characters",
        ));
    }
    None
}

/// A condition that cannot be read.
fn condition(message: &str) -> Option<Label> {
    if let Some(reason) = message.strip_prefix("the condition cannot be read: ") {
        let (zh, en) = if reason.contains("'= '") || reason.contains("'='") {
            ("判断相等要写两个等号 ==".to_owned(), "equality is written with two signs, ==".to_owned())
        } else if let Some(mark) = reason.chars().find(|c| ascii(*c).is_some()) {
            (
                format!("用了中文标点 {mark} ，请改成英文标点"),
                format!("`{mark}` is a Chinese mark; use the plain one"),
            )
        } else if reason.contains("<EOF>") {
            (
                "没有写完，或括号、引号没有配对".to_owned(),
                "it is not finished, or a bracket or quote is not closed".to_owned(),
            )
        } else {
            (reason.to_owned(), reason.to_owned())
        };
        return Some(Label::new(
            format!("条件写法不对：{zh}；“并且”写 &&，“或者”写 ||，文字用单引号 '…'"),
            format!("the condition cannot be read: {en}; and is &&, or is ||, a text stands in '…'"),
        ));
    }
    let name = || message.split('`').nth(1).unwrap_or_default();
    if message.contains("is not a name a condition may use") {
        let name = name();
        return Some(Label::new(
            format!("条件里不能用“{name}”；可用：form.…、case.…、record.…、today、rounds"),
            message.to_owned(),
        ));
    }
    if message.contains("is not a function a condition may use") {
        let name = name();
        return Some(Label::new(format!("条件里没有函数“{name}”"), message.to_owned()));
    }
    if message.starts_with("the condition is longer than") {
        return Some(Label::new("条件过长（上限 600 字节）", message.to_owned()));
    }
    if message.starts_with("the condition has more than") {
        return Some(Label::new("条件里的括号嵌套过深（上限 8 层）；可拆成几条", message.to_owned()));
    }
    if message.contains("is not an operator a condition may use here") {
        let name = name();
        return Some(Label::new(
            format!("条件里这个位置不能写“{name}”；可用：==、!=、<、<=、>、>=、in、&&、||、! 和括号"),
            message.to_owned(),
        ));
    }
    if message.starts_with("a loop in a condition runs over") {
        return Some(Label::new(
            "条件里的循环只能针对多选的答案或一组成员（如 record.phone）",
            message.to_owned(),
        ));
    }
    if message.starts_with("a loop inside a loop") {
        return Some(Label::new("条件里不能在循环中再写循环", message.to_owned()));
    }
    None
}

/// A schedule that cannot be read.
fn schedule(message: &str) -> Option<Label> {
    let name = || message.split('`').nth(1).unwrap_or_default();
    let zh = if message.ends_with("is not a part of a schedule") {
        format!("周期里的“{}”写法不对；应像 FREQ=WEEKLY;BYDAY=MO", name())
    } else if message.contains("is not supported; use FREQ") {
        format!("周期里不能用“{}”；可用：FREQ、INTERVAL、BYDAY、BYMONTHDAY、BYMONTH", name())
    } else if let Some((_, part)) = message.split_once("` is not a value for ") {
        format!("“{}”不是 {part} 可用的取值", name())
    } else if message.starts_with("the schedule is longer than") {
        "周期过长（上限 200 字节）".to_owned()
    } else if message == "a schedule needs FREQ" {
        "周期必须写明 FREQ（DAILY、WEEKLY、MONTHLY 或 YEARLY）".to_owned()
    } else {
        return None;
    };
    Some(Label::new(zh, message.to_owned()))
}

/// A value of another type than the key takes.
fn wrong_type(found: &str, expected: &str) -> Label {
    match expected {
        "a boolean" => Label::new(
            "这里只能写 true 或 false（小写，不加引号）",
            "only true or false is possible here, in small letters and without quotes",
        ),
        "a sequence" if found.starts_with("map") => Label::new(
            "应写成双方括号 [[…]]，因为可以有多个",
            "write it with two brackets, [[…]]: there may be several",
        ),
        "a sequence" => {
            Label::new("这里应是列表，写成 [\"…\", \"…\"]", "a list is needed here: [\"…\", \"…\"]")
        }
        "struct Label" => Label::new(
            "中英文都要写：{ zh = \"…\", en = \"…\" }",
            "both languages are needed: { zh = \"…\", en = \"…\" }",
        ),
        "a string" | "a borrowed string" => {
            Label::new("这里应是文字，要加英文双引号", "a text in double quotes is needed here")
        }
        "a TOML datetime" => date(),
        "a map" => Label::new(
            "这里应是一段，以单方括号 [ … ] 开头，下面每行写 名称 = 值",
            "a section is needed here: one pair of brackets, [ … ], and below it name = value, one a line",
        ),
        _ if ["u", "i", "f"].iter().any(|start| expected.starts_with(start)) => {
            Label::new("这里应是数字，不加引号", "a number is needed here, without quotes")
        }
        _ if expected.starts_with("struct ") || expected.starts_with("enum ") => Label::new(
            "这里应是一组内容，写成 { 名称 = 值, … }",
            "a group is needed here, written { name = value, … }",
        ),
        _ => Label::new(
            format!("取值类型不对：{found}，应为 {expected}"),
            format!("the value is of the wrong type: {found}, expected {expected}"),
        ),
    }
}

fn date() -> Label {
    Label::new(
        "日期应写成 2026-01-31，不加引号，且是真实存在的一天",
        "a date is written 2026-01-31, without quotes, and must be a real day",
    )
}

/// Text that is no TOML.
fn syntax(message: &str) -> Option<Label> {
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let (zh, en) = match what {
        "string values must be quoted" => (
            "文字要加英文双引号：\"…\"；是或否写成 true 或 false；日期写成 2026-01-31",
            "a text stands in double quotes: \"…\"; yes or no is true or false; a date is written 2026-01-31",
        ),
        "invalid basic string" => (
            "引号没有配对，文字要在同一行用英文双引号结束",
            "the quote is not closed: a text ends with \" on its line",
        ),
        "duplicate key" => (
            "这一项写了两次；可以有多个的，每个都以双方括号 [[…]] 开头",
            "this was given before; of what there may be several, each begins with two brackets, [[…]]",
        ),
        "invalid boolean" => {
            ("只能写 true 或 false（小写）", "only true or false is possible, in small letters")
        }
        "missing comma between key-value pairs" => (
            "{ } 里两项之间要有英文逗号；文字里面的引号请用“”或「」",
            "between two things in { } there must be a comma; a quote inside a text is written “” or ''",
        ),
        "missing comma between array elements" => (
            "[ ] 里两项之间缺少英文逗号，或者漏了结尾的 ]",
            "a comma between two things in [ ] is missing, or the closing ]",
        ),
        "key with no value" => (
            "缺少等号：应写成 名称 = 值；备注以 # 开头",
            "the equals sign is missing: write name = value; a remark begins with #",
        ),
        "invalid unquoted key" => {
            ("名称只能用字母、数字、- 和 _", "a name may use letters, digits, - and _ only")
        }
        "unexpected key or value" => {
            ("一行只写一项，这里应换行", "one thing a line: a new line should begin here")
        }
        "missing escaped value" | "invalid escape sequence" => {
            ("文字里的反斜杠 \\ 要写两个 \\\\", "a backslash in a text is written twice, \\\\")
        }
        _ if what.starts_with("unclosed") && expected.contains(']') => {
            ("方括号没有配对，少了 ]", "the bracket is not closed: ] is missing")
        }
        _ if what.starts_with("unclosed") => ("括号没有配对", "a bracket is not closed"),
        _ if what.starts_with("invalid date") || what.starts_with("invalid time") => return Some(date()),
        _ => return None,
    };
    Some(Label::new(zh, en))
}

/// A full-width mark of Chinese where TOML needs a plain one: the input method was not switched.
fn full_width(line: &str) -> Option<Label> {
    let mut quoted = false;
    let mut inside = None;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                inside = None;
            }
            '#' if !quoted => break,
            c if ascii(c).is_some() && !quoted => return Some(mark(c)),
            // Closes a text in the eyes of the one who wrote it, if nothing else does.
            '“' | '”' | '＂' if inside.is_none() => inside = Some(c),
            _ => {}
        }
    }
    inside.filter(|_| quoted).map(mark)
}

fn mark(found: char) -> Label {
    let plain = ascii(found).unwrap_or(' ');
    let (zh, en) = if plain == ' ' {
        ("空格".to_owned(), "a plain space".to_owned())
    } else {
        (format!(" {plain} "), format!("`{plain}`"))
    };
    Label::new(
        format!("这里用了中文标点 {found} ，请切换到英文输入法改成{zh}"),
        format!("`{found}` is a full-width mark; switch the input method and write {en}"),
    )
}

/// What a mark of Chinese stands for.
fn ascii(mark: char) -> Option<char> {
    Some(match mark {
        '“' | '”' | '＂' => '"',
        '‘' | '’' => '\'',
        '，' | '、' => ',',
        '＝' | '：' => '=',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '｛' => '{',
        '｝' => '}',
        '（' => '(',
        '）' => ')',
        '\u{3000}' | '\u{a0}' => ' ',
        _ => return None,
    })
}

/// What may have been meant, as the end of a sentence in both languages: the nearest name that is known, else
/// all of them.
pub(super) fn instead<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> (String, String) {
    let mut known: Vec<&str> = known.collect();
    known.dedup();
    let near = known.iter().map(|known| (distance(name, known), *known)).min();
    match near {
        Some((apart, near)) if apart <= name.chars().count().div_ceil(4) => {
            (format!("；是不是“{near}”？"), format!("; did you mean `{near}`?"))
        }
        Some(_) if known.len() <= MOST_NAMED => {
            (format!("；可用：{}", known.join("、")), format!("; use one of `{}`", known.join("`, `")))
        }
        _ => (String::new(), String::new()),
    }
}

/// Letters to put in, take out, change or swap to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let width = other.len() + 1;
    let mut table = vec![0; (one.len() + 1) * width];
    for row in 0..=one.len() {
        for column in 0..width {
            table[row * width + column] = if row == 0 || column == 0 {
                row + column
            } else {
                let differ = usize::from(one[row - 1] != other[column - 1]);
                let changed = table[(row - 1) * width + column - 1] + differ;
                let moved = table[(row - 1) * width + column].min(table[row * width + column - 1]) + 1;
                let swapped = (row > 1
                    && column > 1
                    && one[row - 1] == other[column - 2]
                    && one[row - 2] == other[column - 1])
                    .then(|| table[(row - 2) * width + column - 2] + 1);
                swapped.into_iter().fold(changed.min(moved), usize::min)
            };
        }
    }
    table.last().copied().unwrap_or_default()
}

fn line_at(text: &str, offset: usize) -> &str {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    text[start..].lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::{Language, PlaybookFile, Playbooks};

    const FORM: &str = "kind = \"form\"\nid = \"test.form\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";
    const FIELD: &str = "[[field]]\nid = \"a\"\nlabel = { zh = \"甲\", en = \"A\" }\n";
    const RULES: &str = "kind = \"rules\"\nid = \"test.rules\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";

    /// What is said about a file, in both languages.
    fn said(text: &str) -> String {
        let file = PlaybookFile { name: "x.toml".to_owned(), text: text.to_owned(), current: true };
        let rejected = Playbooks::company(&[file]).expect_err(text);
        let texts = rejected.errors.iter();
        texts.map(|e| format!("{} / {}\n", e.text(Language::Zh), e.text(Language::En))).collect()
    }

    #[test]
    fn likely_slips_are_understood() {
        let field = |more: &str| format!("{FORM}{FIELD}{more}\n");
        for (text, line, zh, en) in [
            // Marks of the Chinese input method.
            (format!("{FORM}[[field]]\nid = “a”\n"), 5, "中文标点 “", "`“` is a full-width mark"),
            (format!("{FORM}[[field]]\nid = \"a”\n"), 5, "中文标点 ”", "`”` is a full-width mark"),
            (format!("{FORM}[[field]]\nid ＝ \"a\"\n"), 5, "改成 = ", "write `=`"),
            (field("help = { zh = \"乙\"， en = \"B\" }"), 7, "改成 , ", "write `,`"),
            (format!("{FORM}[[field]]\n\u{3000}id = \"a\"\n"), 5, "改成空格", "a plain space"),
            // Quotes, brackets, commas.
            (format!("{FORM}[[field]]\nid = a\n"), 5, "英文双引号", "in double quotes"),
            (format!("{FORM}[[field]]\nid = \"a\n"), 5, "引号没有配对", "the quote is not closed"),
            (field("help = { zh = \"说\"乙\"\", en = \"B\" }"), 7, "里面的引号", "a quote inside a text"),
            (field("help = { zh = \"乙\" en = \"B\" }"), 7, "要有英文逗号", "there must be a comma"),
            (
                format!("{FORM}roles = [\"butler\" \"order\"]\n"),
                4,
                "缺少英文逗号",
                "a comma between two things",
            ),
            (format!("{FORM}[[field]\n"), 4, "少了 ]", "] is missing"),
            (format!("{FORM}[field]\nid = \"a\"\n"), 4, "双方括号", "two brackets"),
            (format!("{FORM}[[field]] id = \"a\"\n"), 4, "应换行", "a new line should begin"),
            (format!("{FORM}[[field]]\nid: \"a\"\n"), 5, "缺少等号", "the equals sign is missing"),
            (format!("{FORM}[[field]]\nid = \"a\"\n// 备注\n"), 6, "备注以 # 开头", "a remark begins with #"),
            (format!("{FORM}[[field]]\nid = \"a\"\nid = \"b\"\n"), 6, "写了两次", "given before"),
            (format!("{FORM}[[field]]\nid = \"a\\d\"\n"), 5, "反斜杠", "a backslash"),
            // Keys and values.
            (
                format!("{FORM}[[field]]\nid = \"a\"\nrequired = yes\n"),
                6,
                "写成 true 或 false",
                "true or false",
            ),
            (
                "kind = \"terms\"\nid = \"t\"\ntitle = { zh = \"测\", en = \"T\" }\n[[unit]]\n".to_owned(),
                4,
                "单方括号",
                "one pair of brackets",
            ),
            (field("requird = true"), 7, "是不是“required”", "did you mean `required`"),
            (field("required = True"), 7, "小写", "in small letters"),
            (field("required = \"yes\""), 7, "true 或 false", "only true or false"),
            (field("type = \"tekst\""), 7, "是不是“text”", "did you mean `text`"),
            (field("type = \"text\"\nmax_length = \"5\""), 8, "应是数字", "a number is needed"),
            (format!("{FORM}[[field]]\nid = \"a\"\nlabel = \"甲\"\n"), 6, "中英文都要写", "both languages"),
            (
                format!("{FORM}[[field]]\nid = \"a\"\nlabel = {{ zh = \"甲\" }}\n"),
                6,
                "缺少英文",
                "the English text",
            ),
            (format!("{FORM}roles = \"butler\"\n"), 4, "应是列表", "a list is needed"),
            (format!("{FORM}roles = [\"bulter\"]\n"), 4, "是不是“butler”", "did you mean `butler`"),
            (format!("{FORM}roles = [\"the butler\"]\n"), 4, "不能有空格", "no spaces"),
            (field("type = \"number\"\nunit = \"hourz\""), 8, "没有单位", "the terms have no unit"),
            // Dates.
            (format!("{RULES}effective_from = \"2026-01-01\"\n"), 4, "不加引号", "without quotes"),
            (format!("{RULES}effective_from = 2026-02-30\n"), 4, "真实存在", "a real day"),
            (format!("{RULES}effective_from = 2026-1-1\n"), 4, "2026-01-31", "2026-01-31"),
            (format!("{RULES}effective_from = 2026/1/1\n"), 4, "2026-01-31", "2026-01-31"),
            (format!("{RULES}effective_from = 2026-01-01T08:00:00\n"), 4, "日期应写成", "a date is written"),
            // Conditions.
            (field("type = \"flag\"\nshown_when = \"form.a = true\""), 8, "两个等号", "two signs"),
            (field("type = \"flag\"\nshown_when = \"(has(form.a)\""), 8, "没有配对", "not closed"),
            (field("type = \"text\"\nshown_when = \"form.a == ‘b’\""), 8, "中文标点 ‘", "Chinese mark"),
            (
                field("type = \"text\"\nshown_when = \"from.a == 'b'\""),
                8,
                "不能用“from.a”",
                "`from.a` is not a name",
            ),
        ] {
            let said = said(&text);
            assert!(said.contains(&format!("x.toml:{line}: ")), "{text}\n{said}");
            assert!(said.contains(zh) && said.contains(en), "{text}\n{said}");
        }
    }

    /// A file from Windows: a mark in front, two characters at the end of a line.
    #[test]
    fn a_file_from_windows_is_read_and_its_lines_are_counted() {
        let text = format!("\u{feff}{FORM}lable = 1\n").replace('\n', "\r\n");
        assert!(said(&text).starts_with("x.toml:4: 这里没有“lable”这一项"), "{}", said(&text));
    }

    #[test]
    fn the_nearest_name_is_offered_else_all_of_them() {
        let known = || ["butler", "front_desk", "order"].into_iter();
        assert_eq!(instead("bulter", known()).1, "; did you mean `butler`?");
        assert_eq!(instead("frontdesk", known()).0, "；是不是“front_desk”？");
        assert_eq!(instead("gardener", known()).1, "; use one of `butler`, `front_desk`, `order`");
        assert_eq!(instead("x", std::iter::empty()).1, "");
        assert_eq!((distance("", "abc"), distance("abcd", "abdc"), distance("a", "a")), (3, 1, 0));
    }

    #[test]
    fn a_mark_of_the_wrong_input_method_is_named_but_not_inside_a_text() {
        let found = |line| full_width(line).map(|label| label.en);
        assert!(found("id = “a”").unwrap().starts_with("`“`"));
        assert!(found("id = \"a“").unwrap().starts_with("`“`"));
        assert!(found("label = { zh = \"甲\"， en = \"y\" }").unwrap().ends_with("write `,`"));
        assert!(found("　id = \"a\"").unwrap().ends_with("a plain space"));
        assert_eq!(found("label = { zh = \"甲，“乙”\" en = \"y\" }"), None);
        assert_eq!(found("id  # 备注，如下"), None);
    }

    #[test]
    fn a_place_inside_a_character_or_behind_the_end_has_a_line() {
        assert_eq!(line_at("甲\n乙", 5), "乙");
        assert_eq!(line_at("甲\n乙", 99), "乙");
        assert_eq!(line_at("", 0), "");
    }
}
