//! What follows from the core's tables of fields and choices: the classes an app edits homes and residents by, and what a
//! choice is stored and called as.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use butler_core::model::Kind;
use butler_core::model::choice::{self, CodedWord};
use butler_core::model::fields::{self, FieldSpec, Type, group};

/// The kinds whose fields an app edits one by one.
const EDITED: [(Kind, &str, &str); 3] = [
    (Kind::Home, "HomeEdit", "a home 房屋"),
    (Kind::Resident, "ResidentEdit", "a resident 住户"),
    (Kind::Contact, "ContactEdit", "a contact 沟通记录"),
];

/// One language.
pub trait Language {
    /// Before everything.
    const HEAD: &'static str;

    /// The class of a kind, of its fields and its sets: path, part and spec of each.
    fn record(out: &mut String, class: &str, what: &str, fields: &[Field], sets: &[Set]);

    /// The class of a part.
    fn part(out: &mut String, class: &str, doc: &str, fields: &[Field]);

    /// How a choice is stored, and what it is called.
    fn choice(out: &mut String, name: &str, words: &[CodedWord]);

    /// The codes of a list that every company begins with.
    fn list(out: &mut String, name: &str, list: &str, words: &[CodedWord]);
}

/// A field of a class.
pub struct Field {
    spec: &'static FieldSpec,
    /// The last segment of its path.
    name: &'static str,
    /// The name of its type, when it is a choice.
    choice: Option<&'static str>,
}

/// A set of parts.
pub struct Set {
    path: &'static str,
    /// The name of its part, such as `Meter`.
    part: &'static str,
    doc: String,
}

/// Everything, in one language.
pub fn write<L: Language>() -> Result<String> {
    let mut out = format!("// Written by butler-bindgen from the tables of the core.\n{}", L::HEAD);
    for (kind, class, what) in EDITED {
        let specs = fields::specs(kind);
        // Who made a contact is no matter of correcting it.
        let own = |spec: &&FieldSpec| {
            !spec.path.contains('*')
                && spec.group != group::ORIGIN
                && !spec.by_office
                && spec.ty != Type::Staff
        };
        let mut sets = Vec::new();
        for (path, part) in fields::sets(kind) {
            let set = specs.iter().find(|spec| spec.path.strip_suffix("/*") == Some(path));
            sets.push(Set { path, part, doc: doc(set.with_context(|| format!("no set {path}"))?) });
        }
        let own = specs.iter().filter(own).map(field).collect::<Result<Vec<_>>>()?;
        L::record(&mut out, class, what, &own, &sets);
        for set in &sets {
            let below = format!("{}/*/", set.path);
            let fields = specs.iter().filter(|spec| spec.path.starts_with(&below)).map(field);
            L::part(&mut out, &format!("{}Edit", set.part), &set.doc, &fields.collect::<Result<Vec<_>>>()?);
        }
    }
    for (name, words) in choice::ALL {
        L::choice(&mut out, name, words);
    }
    for (name, list, words) in choice::LISTS {
        L::list(&mut out, name, list, words);
    }
    Ok(out)
}

fn field(spec: &'static FieldSpec) -> Result<Field> {
    let choice = match spec.ty {
        Type::Choice(words) => {
            let named = choice::ALL.iter().find(|(_, all)| *all == words);
            Some(named.with_context(|| format!("{} is a choice without a name", spec.path))?.0)
        }
        Type::Bool
        | Type::Int
        | Type::Fen
        | Type::Real
        | Type::Text
        | Type::Code
        | Type::Phone
        | Type::Date
        | Type::PartialDate
        | Type::Birthday
        | Type::Moment => None,
        other => bail!("no class offers {} to be edited, because it is {other:?}", spec.path),
    };
    let name = spec.path.rsplit_once('/').map_or(spec.path, |(_, name)| name);
    Ok(Field { spec, name, choice })
}

fn doc(spec: &FieldSpec) -> String {
    let unit = spec.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
    let words =
        spec.terms.map(|list| format!(": a word of `office.choices(\"{list}\")`")).unwrap_or_default();
    format!("{} · {}{unit}{words}", spec.zh, spec.en)
}

/// `key_held` as `keyHeld`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        out.push_str(&capital(word));
    }
    out
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn small(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

pub struct Kotlin;

impl Kotlin {
    /// The type of a property, and how it becomes a `Value`.
    fn typed(field: &Field) -> (&str, String) {
        let text = |ty: &str, how: &str| format!("field<{ty}>(\"{}\") {{ Value.Text({how}) }}", field.name);
        let value = |how: &str| format!("field(\"{}\", Value::{how})", field.name);
        match (field.choice, field.spec.ty) {
            (Some(choice), _) => (choice, text(choice, "it.code")),
            (_, Type::Bool) => ("Boolean", value("Bool")),
            (_, Type::Int | Type::Fen) => ("Long", value("Int")),
            (_, Type::Real) => ("Double", value("Real")),
            (_, Type::Date) => ("LocalDate", text("LocalDate", "it.toString()")),
            (_, Type::PartialDate) => ("PartialDate", text("PartialDate", "it.toString()")),
            (_, Type::Birthday) => ("Birthday", text("Birthday", "it.toString()")),
            (_, Type::Moment) => {
                ("Instant", format!("field<Instant>(\"{}\") {{ Value.Int(it.toEpochMilli()) }}", field.name))
            }
            _ => ("String", value("Text")),
        }
    }

    fn fields(out: &mut String, fields: &[Field]) {
        for field in fields {
            let (ty, how) = Self::typed(field);
            let _ = writeln!(
                out,
                "    /** {} */\n    var {}: {ty}? by {how}\n",
                doc(field.spec),
                camel(field.name)
            );
        }
    }
}

impl Language for Kotlin {
    const HEAD: &'static str = "package butler\n\nimport java.time.Instant\nimport java.time.LocalDate\n";

    fn record(out: &mut String, class: &str, what: &str, fields: &[Field], sets: &[Set]) {
        let _ = writeln!(
            out,
            "\n/** What to change of {what}. */\nclass {class} internal constructor() : RecordEdit() {{"
        );
        Self::fields(out, fields);
        for Set { path, part, doc } in sets {
            let verb = small(part);
            let _ = writeln!(
                out,
                "    /** {doc}: adds one, or touches the one of this id. */
    fun {verb}(id: PartId? = null, change: {part}Edit.() -> Unit): Unit = part(\"{path}\", id, ::{part}Edit, change)

    /** {doc}: removes one. */
    fun remove{part}(id: PartId): Unit = remove(\"{path}\", id)
"
            );
        }
        out.push_str("}\n");
    }

    fn part(out: &mut String, class: &str, doc: &str, fields: &[Field]) {
        let _ = writeln!(
            out,
            "\n/** What to change of a part: {doc}. */
class {class} internal constructor(ops: MutableList<Op>, below: String) : Touched(ops, below) {{"
        );
        Self::fields(out, fields);
        out.push_str("}\n");
    }

    fn choice(out: &mut String, name: &str, words: &[CodedWord]) {
        let case = |word: &CodedWord| format!("{name}.{}", word.code.to_uppercase());
        let _ =
            writeln!(out, "\n/** As it is stored. */\nval {name}.code: String\n    get() = when (this) {{");
        for word in words {
            let _ = writeln!(out, "        {} -> \"{}\"", case(word), word.code);
        }
        let _ = writeln!(
            out,
            "    }}\n\n/** What people call it. */\nval {name}.label: Label\n    get() = when (this) {{"
        );
        for word in words {
            let _ = writeln!(out, "        {} -> Label(\"{}\", \"{}\")", case(word), word.zh, word.en);
        }
        out.push_str("    }\n");
    }

    fn list(out: &mut String, name: &str, list: &str, words: &[CodedWord]) {
        let _ = writeln!(
            out,
            "\n/** Codes of `office.choices(\"{list}\")`: those every company begins with. */\nobject {name} {{"
        );
        for word in words {
            let (name, code) = (word.code.to_uppercase(), word.code);
            let _ = writeln!(
                out,
                "    /** {} · {} */\n    const val {name}: String = \"{code}\"",
                word.zh, word.en
            );
        }
        out.push_str("}\n");
    }
}

pub struct Swift;

impl Swift {
    /// The type of a property, and how it becomes a `Value`.
    fn typed(field: &Field) -> (&str, &'static str) {
        match (field.choice, field.spec.ty) {
            (Some(choice), _) => (choice, ".text($0.code)"),
            (_, Type::Bool) => ("Bool", ".bool($0)"),
            (_, Type::Int | Type::Fen) => ("Int64", ".int($0)"),
            (_, Type::Real) => ("Double", ".real($0)"),
            (_, Type::Date) => ("Day", ".text($0.description)"),
            (_, Type::PartialDate) => ("PartialDate", ".text($0.description)"),
            (_, Type::Birthday) => ("Birthday", ".text($0.description)"),
            (_, Type::Moment) => ("Date", ".int(Int64(($0.timeIntervalSince1970 * 1_000).rounded()))"),
            _ => ("String", ".text($0)"),
        }
    }

    fn fields(out: &mut String, fields: &[Field]) {
        for field in fields {
            let ((ty, how), name) = (Self::typed(field), camel(field.name));
            let _ = writeln!(
                out,
                "    /// {}\n    public var {name}: {ty}? {{ didSet {{ touch(\"{}\", {name}.map {{ {how} }}) }} }}",
                doc(field.spec),
                field.name
            );
        }
    }
}

impl Language for Swift {
    const HEAD: &'static str = "import ButlerFFI\nimport ButlerValues\nimport Foundation\n";

    fn record(out: &mut String, class: &str, what: &str, fields: &[Field], sets: &[Set]) {
        let _ = writeln!(
            out,
            "
/// What to change of {what}: setting a field to nil clears it, what is not set is not written. A part without an id is
/// added.
public struct {class}: RecordEdit {{
    let below = \"\"
    var ops: [Op] = []
    var added = 0
"
        );
        Self::fields(out, fields);
        for Set { path, part, doc } in sets {
            let verb = small(part);
            let _ = writeln!(
                out,
                "
    /// {doc}: adds one, or touches the one of this id.
    public mutating func {verb}(_ id: PartId? = nil, _ change: (inout {part}Edit) -> Void) {{
        part(\"{path}\", id, change)
    }}

    /// {doc}: removes one.
    public mutating func remove{part}(_ id: PartId) {{ remove(\"{path}\", id) }}"
            );
        }
        out.push_str(
            "
    /// Takes what a form proposed.
    public mutating func take(_ proposal: Proposal) { touch(proposal.path, proposal.value) }

    /// Writes an answer of a form over this record; nil takes what stood there out of the record.
    public mutating func answer(_ question: QuestionId, _ value: Value?) { touch(question.value, value) }
}
",
        );
    }

    fn part(out: &mut String, class: &str, doc: &str, fields: &[Field]) {
        let _ = writeln!(
            out,
            "\n/// What to change of a part: {doc}.\npublic struct {class}: PartEdit {{
    let below: String
    var ops: [Op] = []

    init(below: String) {{ self.below = below }}
"
        );
        Self::fields(out, fields);
        out.push_str("}\n");
    }

    fn choice(out: &mut String, name: &str, words: &[CodedWord]) {
        let _ = writeln!(
            out,
            "\nextension {name} {{\n    /// As it is stored.\n    public var code: String {{\n        switch self {{"
        );
        for word in words {
            let _ = writeln!(out, "        case .{}: \"{}\"", camel(word.code), word.code);
        }
        let _ = writeln!(
            out,
            "        }}\n    }}\n\n    /// What people call it.\n    public var label: Label {{\n        switch self {{"
        );
        for word in words {
            let _ = writeln!(
                out,
                "        case .{}: Label(zh: \"{}\", en: \"{}\")",
                camel(word.code),
                word.zh,
                word.en
            );
        }
        out.push_str(
            "        }\n    }\n\n    /// The choice that is stored so, as in an answer to a form; nil when there is none.\n    \
             public init?(code: String) {\n        switch code {\n",
        );
        for word in words {
            let _ = writeln!(out, "        case \"{}\": self = .{}", word.code, camel(word.code));
        }
        out.push_str("        default: return nil\n        }\n    }\n}\n");
    }

    fn list(out: &mut String, name: &str, list: &str, words: &[CodedWord]) {
        let _ = writeln!(
            out,
            "\n/// Codes of `office.choices(\"{list}\")`: those every company begins with.\npublic enum {name} {{"
        );
        for word in words {
            let (name, code) = (camel(word.code), word.code);
            let _ =
                writeln!(out, "    /// {} · {}\n    public static let {name} = \"{code}\"", word.zh, word.en);
        }
        out.push_str("}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_the_table_is_a_property_of_the_class() {
        let kotlin = write::<Kotlin>().unwrap();
        let swift = write::<Swift>().unwrap();
        for line in [
            "var keySpot: String? by field(\"key_spot\", Value::Text)",
            "/** 客户细分 · segment: a word of `office.choices(\"segment\")` */\n    var segment: String? by field(\"segment\", Value::Text)",
            "/** 业主状况 · where the owner is: a word of `office.choices(\"owner_state\")` */\n    var ownerState: String? by field(\"owner_state\", Value::Text)",
            "var outcome: Outcome? by field<Outcome>(\"outcome\") { Value.Text(it.code) }",
            "fun meter(id: PartId? = null, change: MeterEdit.() -> Unit): Unit = part(\"meter\", id, ::MeterEdit, change)",
            "Outcome.NOT_REACHED -> Label(\"未联系上\", \"not reached\")",
            "object HomeState {",
            "const val RENTED_OUT: String = \"rented_out\"",
        ] {
            assert!(kotlin.contains(line), "{line}");
        }
        for line in [
            "public var handedOver: PartialDate? { didSet { touch(\"handed_over\", handedOver.map { .text($0.description) }) } }",
            "public mutating func happening(_ id: PartId? = nil, _ change: (inout HappeningEdit) -> Void) {",
            "case .notReached: \"not_reached\"",
            "        case \"not_reached\": self = .notReached",
            "public static let rentedOut = \"rented_out\"",
        ] {
            assert!(swift.contains(line), "{line}");
        }
        assert!(
            !kotlin.contains("var building") && !kotlin.contains("var place"),
            "the office's, and written once"
        );
    }
}
