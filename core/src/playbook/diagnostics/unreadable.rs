//! What the reader of TOML found wrong, in words for the person who wrote the file.
//!
//! The reader speaks to programmers and in English only. [`understood`] alone knows its messages, and a test writes for
//! each the file that brings it about. A message nobody thought of is shown as it is. What our own types found wrong
//! with a text comes through the reader as a message too; it is not understood from its words but asked for again.

use std::ops::Range;

use toml::de::DeValue;

use super::{Diagnostic, Suggestion};
use crate::model::RoleId;
use crate::playbook::condition::Condition;
use crate::playbook::schedule::Schedule;
use crate::playbook::toml_date;

/// What the reader found wrong with a text, and where.
pub(in crate::playbook) fn describe(text: &str, error: &toml::de::Error) -> Diagnostic {
    let (message, span) = (error.message(), error.span());
    if let Some(own) = span.clone().and_then(|span| found_by_us(message, text.get(span)?)) {
        return own;
    }
    let message = message.lines().next().unwrap_or_default();
    let line = span.map_or("", |span: Range<usize>| line_at(text, span.start));
    understood(message, line).unwrap_or_else(|| Diagnostic::Unreadable(message.to_owned()))
}

/// What our own types found wrong with the value a message is about: each is asked again about its texts, and that which
/// says the same said it.
fn found_by_us(message: &str, written: &str) -> Option<Diagnostic> {
    if message == toml_date::NOT_A_DATE {
        return Some(Diagnostic::NotADay);
    }
    let value = DeValue::parse(written).ok()?;
    let ask = |text: &str| {
        let said = |error: &dyn std::error::Error| error.to_string() == message;
        let condition = || Condition::compile(text).err().filter(|error| said(error));
        let schedule = || text.parse::<Schedule>().err().filter(|error| said(error));
        let id = || text.parse::<RoleId>().err().filter(|error| said(error));
        condition()
            .map(Diagnostic::NotACondition)
            .or_else(|| schedule().map(Diagnostic::NotASchedule))
            .or_else(|| id().map(|_| Diagnostic::NotAnId))
    };
    match value.get_ref() {
        DeValue::String(text) => ask(text),
        DeValue::Array(list) => list.iter().find_map(|item| ask(item.get_ref().as_str()?)),
        _ => None,
    }
}

/// What a message of the reader means; `line` is the one it is about.
fn understood(message: &str, line: &str) -> Option<Diagnostic> {
    if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        return Some(wrong_type(found, expected));
    }
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let mut quoted = what.split('`').skip(1).step_by(2);
    let known = || expected.split('`').skip(1).step_by(2);
    // Names.
    if what.starts_with("unknown field") {
        let key = quoted.next()?;
        return Some(Diagnostic::UnknownKey(key.to_owned(), Suggestion::among(key, known())));
    }
    if what.starts_with("unknown variant") {
        let value = quoted.next()?;
        return Some(Diagnostic::UnknownValue(value.to_owned(), Suggestion::among(value, known())));
    }
    if what.starts_with("missing field") {
        return Some(match quoted.next()? {
            "en" => Diagnostic::EnglishMissing,
            "zh" => Diagnostic::ChineseMissing,
            key => Diagnostic::KeyMissing(key.to_owned()),
        });
    }
    if what.starts_with("wanted exactly 1 element") {
        return Some(Diagnostic::MoreThanOne);
    }
    // The writing itself: there a mark of the Chinese input method is the likely cause; inside a text it is nobody's
    // business.
    let syntax = match what {
        "string values must be quoted" => Diagnostic::Unquoted,
        "invalid basic string" => Diagnostic::QuoteNotClosed,
        "duplicate key" => Diagnostic::KeyTwice,
        "invalid boolean" => Diagnostic::InvalidFlag,
        "missing comma between key-value pairs" => Diagnostic::CommaMissingInGroup,
        "missing comma between array elements" => Diagnostic::CommaMissingInList,
        "key with no value" => Diagnostic::EqualsSignMissing,
        "invalid unquoted key" => Diagnostic::InvalidKey,
        "unexpected key or value" => Diagnostic::LineBreakMissing,
        "missing escaped value" => Diagnostic::Backslash,
        _ if what.starts_with("unclosed") && expected.contains(']') => Diagnostic::SquareBracketNotClosed,
        _ if what.starts_with("unclosed") => Diagnostic::BracketNotClosed,
        _ if what.starts_with("invalid date") || what.starts_with("invalid time") => Diagnostic::NotADay,
        _ => return None,
    };
    Some(full_width(line).unwrap_or(syntax))
}

/// A value of another type than the key takes.
fn wrong_type(found: &str, expected: &str) -> Diagnostic {
    match expected {
        "a boolean" => Diagnostic::FlagNeeded,
        "a sequence" if found.starts_with("map") => Diagnostic::TablesNeeded,
        "a sequence" => Diagnostic::ListNeeded,
        "struct Label" => Diagnostic::LabelNeeded,
        "a string" => Diagnostic::TextNeeded,
        "a TOML datetime" => Diagnostic::NotADay,
        "a map" => Diagnostic::SectionNeeded,
        _ if expected.starts_with(['u', 'i', 'f']) => Diagnostic::NumberNeeded,
        _ if expected.starts_with("struct ") => Diagnostic::GroupNeeded,
        _ => Diagnostic::WrongType(found.to_owned(), expected.to_owned()),
    }
}

/// A full-width mark of Chinese where TOML needs a plain one: the input method was not switched.
fn full_width(line: &str) -> Option<Diagnostic> {
    let mut quoted = false;
    let mut inside = None;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                inside = None;
            }
            '#' if !quoted => break,
            c if plain(c).is_some() && !quoted => return Some(mark(c)),
            // Closes a text in the eyes of the one who wrote it, if nothing else does.
            '“' | '”' | '＂' if inside.is_none() => inside = Some(c),
            _ => {}
        }
    }
    inside.filter(|_| quoted).map(mark)
}

fn mark(found: char) -> Diagnostic {
    match plain(found).unwrap_or(' ') {
        ' ' => Diagnostic::FullWidthSpace(found),
        plain => Diagnostic::FullWidthMark(found, plain),
    }
}

/// What a mark of Chinese stands for.
pub(in crate::playbook) fn plain(mark: char) -> Option<char> {
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

fn line_at(text: &str, offset: usize) -> &str {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    text[start..].lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::parse::ParsedFile;
    use crate::playbook::{Language, PlaybookFile, Playbooks};

    const FORM: &str = "kind = \"form\"\nid = \"test.form\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";
    const FIELD: &str = "[[field]]\nid = \"a\"\nlabel = { zh = \"甲\", en = \"A\" }\n";
    const TERMS: &str = "kind = \"terms\"\nid = \"test.terms\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";
    const WORKFLOW: &str =
        "kind = \"workflow\"\nid = \"test.flow\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";
    const RULES: &str = "kind = \"rules\"\nid = \"test.rules\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";

    /// A rule that is due by then.
    fn rule(due: &str) -> String {
        format!("{RULES}[[rule]]\ndue = {{ {due} }}\n")
    }

    fn diagnostic(text: &str) -> Diagnostic {
        let file = PlaybookFile { name: "x.toml".to_owned(), text: text.to_owned(), current: true };
        ParsedFile::read(&file).err().expect(text).diagnostic
    }

    /// The words of the reader are not ours: a new version that puts one otherwise is found here.
    #[test]
    fn every_message_of_the_reader_is_understood() {
        use Diagnostic as D;
        let field = |more: &str| format!("{FORM}{FIELD}{more}\n");
        let nearest = |name: &str| Suggestion::Nearest(name.to_owned());
        for (text, expected) in [
            // Text that is no TOML.
            (format!("{FORM}roles = butler\n"), D::Unquoted),
            (format!("{FORM}roles = \"butler\n"), D::QuoteNotClosed),
            (format!("{FORM}id = \"b\"\n"), D::KeyTwice),
            (field("required = True"), D::InvalidFlag),
            (field("help = { zh = \"乙\" en = \"B\" }"), D::CommaMissingInGroup),
            (format!("{FORM}roles = [\"a\" \"b\"]\n"), D::CommaMissingInList),
            (format!("{FORM}roles: 1\n"), D::EqualsSignMissing),
            (format!("{FORM}a!b = 1\n"), D::InvalidKey),
            (format!("{FORM}[[field]] id = \"a\"\n"), D::LineBreakMissing),
            (field("unit = \"a\\d\""), D::Backslash),
            (format!("{RULES}effective_from = 2026-02-30\n"), D::NotADay),
            (format!("{RULES}effective_from = 2026-1-1\n"), D::NotADay),
            (format!("{RULES}effective_from = 2026-01-01T25:00:00\n"), D::NotADay),
            (format!("{FORM}[[field]\n"), D::SquareBracketNotClosed),
            (format!("{FORM}[field\n"), D::SquareBracketNotClosed),
            (format!("{FORM}roles = [\"a\"\n"), D::SquareBracketNotClosed),
            (format!("{FORM}guidance = {{ zh = \"乙\"\n"), D::BracketNotClosed),
            (format!("{FORM}roles = “butler”\n"), D::FullWidthMark('“', '"')),
            (format!("{FORM}\u{3000}roles = 1\n"), D::FullWidthSpace('\u{3000}')),
            // Keys and values that are not those of a playbook.
            (field("requird = true"), D::UnknownKey("requird".to_owned(), nearest("required"))),
            (field("type = \"tekst\""), D::UnknownValue("tekst".to_owned(), nearest("text"))),
            (field("help = { zh = \"乙\" }"), D::EnglishMissing),
            (field("help = { en = \"B\" }"), D::ChineseMissing),
            (format!("{FORM}[[field]]\nid = \"a\"\n"), D::KeyMissing("type".to_owned())),
            (rule("within = { days = 1, hours = 1 }"), D::MoreThanOne),
            (field("required = \"yes\""), D::FlagNeeded),
            (format!("{FORM}[field]\nid = \"a\"\n"), D::TablesNeeded),
            (format!("{FORM}roles = \"butler\"\n"), D::ListNeeded),
            (field("help = \"乙\""), D::LabelNeeded),
            (field("unit = 5"), D::TextNeeded),
            (format!("{RULES}effective_from = 5\n"), D::NotADay),
            (format!("{TERMS}[[unit]]\n"), D::SectionNeeded),
            (field("type = \"text\"\nmax_length = \"5\""), D::NumberNeeded),
            (field("type = \"number\"\nmin = \"5\""), D::NumberNeeded),
            (format!("{WORKFLOW}[[step]]\nprecedence = \"5\"\n"), D::NumberNeeded),
            (format!("{RULES}[[rule]]\ndue = 5\n"), D::GroupNeeded),
        ] {
            assert_eq!(diagnostic(&text), expected, "{text}");
        }
    }

    /// What our own types find wrong comes back as the value it was.
    #[test]
    fn what_our_own_types_found_is_not_read_from_words() {
        use Diagnostic as D;
        let when = |condition: &str| format!("{FORM}{FIELD}shown_when = \"\"\"{condition}\"\"\"\n");
        for condition in ["nobody == 1", "form.a + 1", "form.a = 1", "form.a ==", "launch(form.a)"] {
            let error = Condition::compile(condition).unwrap_err();
            assert_eq!(diagnostic(&when(condition)), D::NotACondition(error), "{condition}");
        }
        let every = "{ every = { schedule = \"FREQ=HOURLY\", start = 2026-01-01 } }";
        let error = "FREQ=HOURLY".parse::<Schedule>().unwrap_err();
        assert_eq!(diagnostic(&format!("{RULES}[[rule]]\nwhen = {every}\n")), D::NotASchedule(error));
        let start = "{ every = { start = 2026-01-01T08:00:00 } }";
        assert_eq!(diagnostic(&format!("{RULES}[[rule]]\nwhen = {start}\n")), D::NotADay);
        assert_eq!(diagnostic(&format!("{FORM}roles = [\"butler\", \"the butler\"]\n")), D::NotAnId);
    }

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
    fn a_mark_of_the_wrong_input_method_is_named_but_not_inside_a_text() {
        let found = |line| full_width(line).map(|mark| mark.text(Language::En));
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
