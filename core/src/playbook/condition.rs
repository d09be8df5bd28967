//! Conditions: a small, checked use of CEL.
//!
//! A condition names answers and fields as `form.x`, `case.x`, `record.x`, plus `today` and `rounds`; members of
//! a record's groups are reached by `record.phone.exists(p, …p.verified…)`. What is absent is absent: a
//! condition asks `has(form.x)` before it uses what may be missing, and a set whose condition could fail on a
//! phone is rejected when it is read (see `validate`).
//!
//! A condition is data, so what it may cost is bounded before it costs anything, on every device that reads it:
//! [`budget`] looks at the text before the parser does, which recurses. What passes has at most
//! [`MAX_NESTING`] brackets inside each other and nothing that makes a longer value out of others; loops run
//! over the members of a group or list, of which a condition sees [`MAX_MEMBERS`], and do not nest. The most a
//! condition can do is therefore some hundred comparisons for each of 64 members.

mod budget;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, LiteralValue, SelectExpr};
use cel::parser::PrattParser;
use cel::{Context, Env, FunctionContext, IdedExpr, ParseError};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use super::diagnostics::{ConditionSyntax, EvaluationError, plain};
use super::form::FormField;
use super::sum::Booked;
use super::terms::Meanings;
use crate::model::{Timestamp, UtcOffset, Value};

pub use super::diagnostics::ConditionError;
pub(super) use budget::MAX_NESTING;

/// Longest condition, in bytes.
pub const MAX_SOURCE: usize = 600;
/// Members of a group a condition looks at; more are not there for it.
const MAX_MEMBERS: usize = 64;
/// What a name may start with.
pub(super) const ROOTS: [&str; 3] = ["form", "case", "record"];
/// Names that stand alone.
pub(super) const SCALARS: [&str; 2] = ["today", "rounds"];
/// The functions and loops a condition may call; none of them makes a text or list longer than what it is given.
const FUNCTIONS: [&str; 7] = ["has", "size", "exists", "all", "day", "days_between", "in_conflict"];

/// A compiled condition. Compiling is done once, when the set is read.
#[derive(Clone)]
pub struct Condition {
    source: String,
    program: Arc<IdedExpr>,
    names: BTreeSet<Name>,
    literals: BTreeSet<Literal>,
}

/// A name a condition mentions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// `form`, `case` or `record`; or the scalar itself.
    pub root: String,
    /// The field: `state`, or `phone/*/verified` for a field of a group's members. Empty for a scalar.
    pub path: String,
}

/// A constant of a condition, a good sample to try it with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Literal {
    Text(String),
    Int(i64),
    /// Bits of a finite number.
    Real(u64),
}

impl Condition {
    /// Compiles a condition.
    ///
    /// # Errors
    /// [`ConditionError`] when it is not CEL or outside the bounds.
    pub fn compile(source: &str) -> Result<Self, ConditionError> {
        budget::check(source)?;
        // A foreign parser reads foreign text here.
        let program = catch_unwind(|| PrattParser::new().parse(source))
            .map_err(|_| ConditionError::Syntax(ConditionSyntax::Unexpected("unexpected text".to_owned())))?
            .map_err(|errors| ConditionError::Syntax(syntax(source, errors.errors.first())))?;
        let mut walk = SyntaxWalk::default();
        walk.expr(&program, &BTreeMap::new(), 0)?;
        Ok(Self {
            source: source.to_owned(),
            program: Arc::new(program),
            names: walk.names,
            literals: walk.literals,
        })
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names it mentions.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter()
    }

    pub(super) fn literals(&self) -> impl Iterator<Item = &Literal> {
        self.literals.iter()
    }

    /// Whether it holds. A condition that passed validation cannot fail; one that did not counts as not holding.
    #[must_use]
    pub fn holds(&self, scope: &Scope) -> bool {
        self.evaluate(scope).unwrap_or(false)
    }

    /// The fields under a root that this condition names, as it sees them: a company's own word as itself where it is named here,
    /// else as what it counts as. No others: a form of forty answers is asked by conditions that name one or two each.
    fn seen(&self, scope: &Scope, root: usize) -> HashMap<String, cel::Value> {
        let names = |word: &String| self.literals.contains(&Literal::Text(word.clone()));
        let value = |name: &str| {
            let meant = scope.meant[root].get(name).filter(|meant| !meant.own.iter().any(names));
            meant.map(|meant| &meant.value).or_else(|| scope.roots[root].get(name))
        };
        // A group is named itself, beside the fields of its members.
        let fields = self.names.iter().filter(|name| name.root == ROOTS[root]);
        fields.filter_map(|name| Some((name.path.clone(), value(&name.path)?.clone()))).collect()
    }

    /// Whether it holds, or why it cannot be said.
    pub(super) fn evaluate(&self, scope: &Scope) -> Result<bool, EvaluationError> {
        let mut context = Context::with_env(env());
        for (number, root) in ROOTS.iter().enumerate() {
            if self.names.iter().any(|name| name.root == *root) {
                let fields = self.seen(scope, number);
                context.add_variable_from_value(*root, cel::Value::from(fields));
            }
        }
        // Making a context is most of the cost: nothing is added that is not named.
        let named = |scalar: &str| self.names.iter().any(|name| name.root == scalar);
        if named("today") {
            context.add_variable_from_value("today", scope.today.clone());
        }
        if named("rounds") {
            context.add_variable_from_value("rounds", scope.rounds);
        }
        if self.source.contains("days_between") {
            context.add_function("days_between", days_between).map_err(failed)?;
        }
        if self.source.contains("day(") {
            let offset = scope.offset;
            #[expect(clippy::cast_possible_truncation, reason = "a number beyond every moment has no day")]
            let day = move |at: f64| offset.date_of(Timestamp::from_millis(at as i64)).to_string();
            context.add_function("day", day).map_err(failed)?;
        }
        if self.source.contains("in_conflict") {
            let conflicts = scope.conflicts.clone();
            context
                .add_function("in_conflict", move |path: Arc<String>| conflicts.contains(&*path))
                .map_err(failed)?;
        }
        let result = catch_unwind(AssertUnwindSafe(|| cel::Value::resolve(&self.program, &context)));
        match result {
            Ok(Ok(cel::Value::Bool(holds))) => Ok(holds),
            Ok(Ok(_)) => Err(EvaluationError::NoQuestion),
            Ok(Err(cel::ExecutionError::NoSuchKey(name))) => Err(EvaluationError::Absent(name.to_string())),
            Ok(Err(error)) => Err(failed(error)),
            Err(_) => Err(failed("the condition cannot be evaluated")),
        }
    }
}

fn failed(error: impl fmt::Display) -> EvaluationError {
    EvaluationError::Failed(error.to_string())
}

/// What was written where the parser stopped; its words are English for programmers.
fn syntax(source: &str, error: Option<&ParseError>) -> ConditionSyntax {
    let Some(error) = error else { return ConditionSyntax::Unexpected(String::new()) };
    let rest = behind(source, error.pos);
    match rest.chars().next() {
        None => ConditionSyntax::Unfinished,
        Some('=') if !rest.starts_with("==") => ConditionSyntax::SingleEqualsSign,
        Some(mark) if plain(mark).is_some() => ConditionSyntax::FullWidthMark(mark),
        Some(_) if error.msg.starts_with("unterminated") => ConditionSyntax::Unfinished,
        Some(_) => ConditionSyntax::Unexpected(error.msg.lines().next().unwrap_or_default().to_owned()),
    }
}

/// What stands behind a line and a column of bytes, both counted from one.
fn behind(source: &str, (line, column): (isize, isize)) -> &str {
    let before = |of: isize| usize::try_from(of - 1).unwrap_or_default();
    let lines: usize = source.split_inclusive('\n').take(before(line)).map(str::len).sum();
    source.get(lines + before(column)..).unwrap_or_default().trim_start()
}

/// Whole days from the first date to the second; texts that are no dates are an error, which validation finds
/// because fields declared as dates are bound only when they are.
fn days_between(
    ftx: &FunctionContext<'_, '_>,
    from: Arc<String>,
    to: Arc<String>,
) -> Result<i64, cel::ExecutionError> {
    let date = |text: &str| text.parse::<NaiveDate>().map_err(|_| ftx.error("not a date"));
    Ok((date(&to)? - date(&from)?).num_days())
}

fn env() -> Arc<Env> {
    static ENV: OnceLock<Arc<Env>> = OnceLock::new();
    ENV.get_or_init(|| Arc::new(Env::stdlib())).clone()
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({:?})", self.source)
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Self::compile(&source).map_err(serde::de::Error::custom)
    }
}

/// What a condition sees.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    roots: [HashMap<String, cel::Value>; 3],
    today: String,
    offset: UtcOffset,
    rounds: i64,
    conflicts: Arc<BTreeSet<String>>,
    booked: Option<Arc<Booked>>,
    /// Names under each root that hold a company's own words.
    meant: [HashMap<String, Meant>; 3],
}

/// What a company's own words count as.
#[derive(Debug, Clone)]
struct Meant {
    /// The words.
    own: BTreeSet<String>,
    /// What stands there to a condition that names none of them.
    value: cel::Value,
}

/// How a value is declared; a value of another type is absent for conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Declared {
    /// Words, choices, ids.
    Text,
    /// Whole or measured numbers.
    Number,
    /// Yes or no.
    Flag,
    /// A date as text.
    Date,
    /// Chosen ids joined by commas: a list for the condition.
    List,
}

impl Declared {
    pub(super) fn bind(self, value: &Value) -> Option<cel::Value> {
        match self {
            Self::Text => Some(value.as_text()?.into()),
            Self::Number => value.as_real().filter(|number| number.is_finite()).map(cel::Value::Float),
            Self::Flag => value.as_bool().map(cel::Value::Bool),
            Self::Date => {
                let text = value.as_text()?;
                text.parse::<NaiveDate>().ok()?;
                Some(text.into())
            }
            Self::List => {
                let text = value.as_text()?;
                let chosen: Vec<&str> =
                    text.split(',').filter(|id| !id.is_empty()).take(MAX_MEMBERS).collect();
                Some(chosen.into())
            }
        }
    }
}

impl Scope {
    /// Nothing known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the date.
    #[must_use]
    pub fn today(mut self, date: NaiveDate) -> Self {
        self.today = date.to_string();
        self
    }

    /// Sets the community's time, by which a moment has its day.
    #[must_use]
    pub fn offset(mut self, offset: UtcOffset) -> Self {
        self.offset = offset;
        self
    }

    /// Sets the count of rounds of handling.
    #[must_use]
    pub fn rounds(mut self, rounds: u32) -> Self {
        self.rounds = rounds.into();
        self
    }

    /// Binds a declared value under a root; one of another type stays absent.
    pub fn bind(&mut self, root: &str, name: &str, declared: Declared, value: &Value) {
        let Some(value) = declared.bind(value) else { return };
        if let Some(index) = ROOTS.iter().position(|known| *known == root) {
            self.meant[index].remove(name);
            self.roots[index].insert(name.to_owned(), value);
        }
    }

    /// Binds a value that may be a company's own word.
    pub(super) fn bind_word(
        &mut self,
        root: &str,
        name: &str,
        declared: Declared,
        value: &Value,
        meanings: Option<&Meanings>,
    ) {
        self.bind(root, name, declared, value);
        let Some((own, value)) = meanings.and_then(|meanings| meant(value, meanings)) else { return };
        if let (Some(index), Some(value)) =
            (ROOTS.iter().position(|known| *known == root), declared.bind(&value))
        {
            self.meant[index].insert(name.to_owned(), Meant { own, value });
        }
    }

    /// Binds an answer under a root.
    pub(super) fn answer(&mut self, root: &str, field: &FormField, value: &Value) {
        if let Some(declared) = field.answer.declared() {
            self.bind_word(root, field.id.as_str(), declared, value, Some(&field.meanings));
        }
    }

    /// Binds the members of a group (`phone`), each with its fields, under `record`.
    pub fn bind_group<'a>(&mut self, group: &str, members: impl Iterator<Item = Vec<(&'a str, cel::Value)>>) {
        let members: Vec<cel::Value> = members
            .take(MAX_MEMBERS)
            .map(|fields| {
                let fields: HashMap<String, cel::Value> =
                    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                cel::Value::from(fields)
            })
            .collect();
        self.roots[2].insert(group.to_owned(), members.into());
    }

    /// Sets what the sums of a row add up besides its own answers.
    #[must_use]
    pub fn with_booked(mut self, booked: Option<Arc<Booked>>) -> Self {
        self.booked = booked;
        self
    }

    pub(super) fn booked(&self) -> Option<&Booked> {
        self.booked.as_deref()
    }

    /// Says which fields of the record are in conflict.
    #[must_use]
    pub fn conflicts(mut self, paths: BTreeSet<String>) -> Self {
        self.conflicts = Arc::new(paths);
        self
    }
}

/// The company's own words in a value, and the value with what they count as in their place; `None` where there are none.
fn meant(value: &Value, meanings: &Meanings) -> Option<(BTreeSet<String>, Value)> {
    let words =
        || value.as_text().filter(|_| !meanings.is_empty()).into_iter().flat_map(|text| text.split(','));
    let own: BTreeSet<String> =
        words().filter(|word| meanings.contains_key(*word)).map(str::to_owned).collect();
    if own.is_empty() {
        return None;
    }
    let meant: Vec<&str> = words().map(|word| meanings.get(word).map_or(word, String::as_str)).collect();
    Some((own, Value::from(meant.join(","))))
}

/// Collects names and constants, and holds the bounds.
#[derive(Default)]
struct SyntaxWalk {
    names: BTreeSet<Name>,
    literals: BTreeSet<Literal>,
}

/// Loop variables in sight: variable → the group it runs over, if it runs over one.
type Vars = BTreeMap<String, Option<(String, String)>>;

impl SyntaxWalk {
    fn expr(&mut self, node: &IdedExpr, vars: &Vars, loops: u8) -> Result<(), ConditionError> {
        match &node.expr {
            Expr::Unspecified => {}
            Expr::Literal(literal) => self.literal(literal),
            Expr::Ident(name) => {
                if SCALARS.contains(&name.as_str()) {
                    self.names.insert(Name { root: name.clone(), path: String::new() });
                } else if !vars.contains_key(name) {
                    return Err(ConditionError::UnknownName(name.clone()));
                }
            }
            Expr::Select(select) => self.select(select, vars, loops)?,
            Expr::Call(call) => {
                let name = call.func_name.as_str();
                // Operators are `_==_`, `!_`, `@in`: which of them may be written was asked of the text.
                let named =
                    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with('_');
                if named && !FUNCTIONS.contains(&name) {
                    return Err(ConditionError::UnknownFunction(name.to_owned()));
                }
                if let Some(target) = &call.target {
                    self.expr(target, vars, loops)?;
                }
                for arg in &call.args {
                    self.expr(arg, vars, loops)?;
                }
            }
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, vars, loops)?,
            Expr::List(list) => {
                for element in &list.elements {
                    self.expr(element, vars, loops)?;
                }
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.expr(&entry.key, vars, loops)?;
                        self.expr(&entry.value, vars, loops)?;
                    }
                }
            }
            Expr::Struct(expr) => return Err(ConditionError::UnknownName(expr.type_name.clone())),
        }
        Ok(())
    }

    fn select(&mut self, select: &SelectExpr, vars: &Vars, loops: u8) -> Result<(), ConditionError> {
        let Expr::Ident(root) = &select.operand.expr else {
            return self.expr(&select.operand, vars, loops);
        };
        let (root, path) = match vars.get(root) {
            Some(Some((root, group))) => (root, format!("{group}/*/{}", select.field)),
            Some(None) => return Ok(()),
            None if ROOTS.contains(&root.as_str()) => (root, select.field.clone()),
            None => return Err(ConditionError::UnknownName(format!("{root}.{}", select.field))),
        };
        self.names.insert(Name { root: root.clone(), path });
        Ok(())
    }

    fn comprehension(
        &mut self,
        comprehension: &ComprehensionExpr,
        vars: &Vars,
        loops: u8,
    ) -> Result<(), ConditionError> {
        if loops > 0 {
            return Err(ConditionError::NestedLoop);
        }
        let Expr::Select(select) = &comprehension.iter_range.expr else {
            return Err(ConditionError::LoopOver);
        };
        let Expr::Ident(root) = &select.operand.expr else { return Err(ConditionError::LoopOver) };
        self.expr(&comprehension.iter_range, vars, loops)?;
        let over = Some((root.clone(), select.field.clone()));
        let mut inner = vars.clone();
        inner.insert(comprehension.iter_var.clone(), over);
        inner.insert(comprehension.accu_var.clone(), None);
        for part in [
            &comprehension.accu_init,
            &comprehension.loop_cond,
            &comprehension.loop_step,
            &comprehension.result,
        ] {
            self.expr(part, &inner, loops + 1)?;
        }
        Ok(())
    }

    fn literal(&mut self, literal: &LiteralValue) {
        match literal {
            LiteralValue::String(text) => {
                self.literals.insert(Literal::Text(text.inner().to_owned()));
            }
            LiteralValue::Int(int) => {
                self.literals.insert(Literal::Int(*int.inner()));
            }
            LiteralValue::Double(real) => {
                self.literals.insert(Literal::Real(real.inner().to_bits()));
            }
            LiteralValue::Boolean(_)
            | LiteralValue::Bytes(_)
            | LiteralValue::Null
            | LiteralValue::UInt(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companys_own_word_is_what_it_counts_as_where_nobody_names_it() {
        let meanings = Meanings::from([("for_sale".to_owned(), "vacant".to_owned())]);
        let state = |state: &str| {
            let mut scope = Scope::new();
            scope.bind_word("record", "state", Declared::Text, &state.into(), Some(&meanings));
            scope.bind_word(
                "record",
                "any",
                Declared::List,
                &format!("{state},built").into(),
                Some(&meanings),
            );
            scope
        };
        for (source, for_sale, vacant) in [
            ("record.state == 'vacant'", true, true),
            ("record.state in ['vacant', 'built']", true, true),
            ("record.state != 'vacant'", false, false),
            ("record.state == 'for_sale'", true, false),
            ("record.state in ['vacant', 'for_sale']", true, true),
            ("record.state == 'vacant' && record.state != 'for_sale'", false, true),
            ("record.any.exists(word, word == 'vacant')", true, true),
            ("record.any.all(word, word != 'for_sale')", false, true),
        ] {
            let condition = Condition::compile(source).unwrap();
            assert_eq!(condition.evaluate(&state("for_sale")), Ok(for_sale), "{source}");
            assert_eq!(condition.evaluate(&state("vacant")), Ok(vacant), "{source}");
        }
        let mut again = state("for_sale");
        again.bind("record", "state", Declared::Text, &"occupied".into());
        assert!(
            !Condition::compile("record.state == 'vacant'").unwrap().holds(&again),
            "another value, another word"
        );
    }

    fn holds(source: &str, fields: &[(&str, Declared, Value)]) -> Result<bool, EvaluationError> {
        let mut scope = Scope::new().today("2026-11-22".parse().unwrap()).rounds(2);
        for (name, declared, value) in fields {
            scope.bind("form", name, *declared, value);
        }
        scope = scope.conflicts(BTreeSet::from(["state".to_owned()]));
        Condition::compile(source).unwrap().evaluate(&scope)
    }

    #[test]
    fn answers_are_compared_by_their_declared_type() {
        let answers = [
            ("outcome", Declared::Text, Value::from("violation")),
            ("pressure", Declared::Number, Value::from(3_i64)),
            ("moved_in", Declared::Date, Value::from("2026-08-22")),
            ("items", Declared::List, Value::from("gas,wall")),
            ("price", Declared::Number, Value::from("three")),
        ];
        for (source, expected) in [
            ("form.outcome == 'violation'", true),
            ("form.pressure >= 3", true),
            ("form.pressure > 2.5 && form.pressure < 4", true),
            ("days_between(form.moved_in, today) == 92", true),
            ("'gas' in form.items", true),
            ("form.items.exists(i, i == 'roof')", false),
            ("has(form.price)", false),
            ("has(form.missing) && form.missing == 'x'", false),
            ("rounds >= 2", true),
            ("in_conflict('state') && !in_conflict('layout')", true),
        ] {
            assert_eq!(holds(source, &answers), Ok(expected), "{source}");
        }
        let absent = EvaluationError::Absent("missing".to_owned());
        assert_eq!(holds("form.missing == 'x'", &answers), Err(absent), "to be found early");
        assert_eq!(holds("size(form.items)", &answers), Err(EvaluationError::NoQuestion));
    }

    #[test]
    fn names_are_collected_members_of_groups_too() {
        let condition = Condition::compile(
            "has(record.state) && record.phone.exists(p, has(p.verified) && p.verified > '2026')",
        )
        .unwrap();
        let names: Vec<_> = condition.names().map(|name| format!("{}.{}", name.root, name.path)).collect();
        assert_eq!(names, ["record.phone", "record.phone/*/verified", "record.state"]);
    }

    #[test]
    fn what_is_outside_the_bounds_is_rejected() {
        use ConditionError as E;
        for (source, expected) in [
            ("nobody == 1", E::UnknownName("nobody".into())),
            ("home.state == 'x'", E::UnknownName("home.state".into())),
            ("form.a.all(x, form.b.all(y, x == y))", E::NestedLoop),
            ("launch(form.a)", E::UnknownFunction("launch".into())),
            ("form.a.map(x, x) == form.b", E::UnknownFunction("map".into())),
            ("form.a.matches('^a')", E::UnknownFunction("matches".into())),
            ("string(form.a) == 'x'", E::UnknownFunction("string".into())),
            ("form.a + form.a == 'xx'", E::UnknownOperator("+".into())),
            ("form.a ? true : false", E::UnknownOperator("?".into())),
            ("form.a == form.b == true", E::UnknownOperator("==".into())),
            ("form.a[0] == 'x'", E::UnknownOperator("[".into())),
            ("{'a': 1} == form.a", E::UnknownOperator("{".into())),
            ("!!form.a", E::UnknownOperator("!!".into())),
            ("form.a.b.c == 1", E::UnknownOperator(".".into())),
            ("form.a == '\\''", E::UnknownOperator("\\".into())),
            ("size(form.a == r'x')", E::UnknownOperator("r'".into())),
            ("form.exists(x, x == 'y')", E::LoopOver),
        ] {
            assert_eq!(Condition::compile(source), Err(expected), "{source}");
        }
        assert_eq!(Condition::compile(&"(".repeat(500)), Err(E::TooDeep));
        assert_eq!(Condition::compile(&" ".repeat(MAX_SOURCE + 1)), Err(E::TooLong));
    }

    #[test]
    fn likely_slips_of_writing_are_told_from_where_the_parser_stopped() {
        use ConditionSyntax as S;
        for (source, expected) in [
            ("form.a = true", S::SingleEqualsSign),
            ("form.a == ‘b’", S::FullWidthMark('‘')),
            ("form.a == 'b'，", S::FullWidthMark('，')),
            ("form.a ==", S::Unfinished),
            ("(has(form.a)", S::Unfinished),
            ("form.a == 'x", S::Unfinished),
            ("form.a == '中' &&\n  form.b = '文'", S::SingleEqualsSign),
            ("form.a == '中' &&\n  form.b == '文'，", S::FullWidthMark('，')),
        ] {
            assert_eq!(Condition::compile(source), Err(ConditionError::Syntax(expected)), "{source}");
        }
    }

    /// Runs on a stack as small as the one a phone gives a thread.
    fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap()
    }

    /// What was tried on a phone: each of these took seconds, hundreds of megabytes, or the whole process.
    #[test]
    fn no_condition_takes_more_time_memory_or_stack_than_a_phone_has() {
        let doubled =
            |start: &str, loops: usize| format!("{start}{}.size() > 0", ".map(x, [x, x])".repeat(loops));
        let nested = |open: &str, inner: &str, close: &str, times: usize| {
            format!("{}{inner}{}", open.repeat(times), close.repeat(times))
        };
        let long = |unit: &str| unit.repeat(MAX_SOURCE / unit.len());
        let hostile = [
            doubled("[1, 2, 3, 4, 5, 6, 7, 8]", 30),
            doubled("form.items", 30),
            format!("size({}) > 0", nested("[", "form.a", "].map(x, x + x)[0]", 30)),
            format!("form.a == 'x{}'", " + 'x".repeat(40)),
            nested("(", "true", ")", 100),
            nested("[", "1", "]", 100),
            nested("!(", "form.a", ")", 100),
            nested("has(form.a) && (", "true", ")", 30),
            nested("form.items.exists(x, ", "x == 'a'", ")", 20),
            nested("form.items.exists(x, x == 'a') && (", "true", ")", 15),
            long("("),
            long("!"),
            long("-"),
            long("a."),
            long("form.a=="),
            long("form.a?"),
            long("'x'"),
            long("{1:"),
            long("form.a("),
            long("form.a||"),
            format!("{}true", long("form.a||").chars().take(592).collect::<String>()),
        ];
        on_a_small_stack(move || {
            let mut scope = Scope::new();
            let all: Vec<String> = (0..500).map(|n| n.to_string()).collect();
            scope.bind("form", "items", Declared::List, &Value::from(all.join(",")));
            scope.bind("form", "a", Declared::Text, &Value::from("长".repeat(10_000)));
            for source in hostile {
                let Ok(condition) = Condition::compile(&source) else { continue };
                let _ = condition.evaluate(&scope);
            }
        });
    }

    /// The most a condition may be does fit: the deepest, the longest, the slowest.
    #[test]
    fn what_is_within_the_bounds_fits_a_small_stack() {
        let brackets = budget::MAX_NESTING;
        let deep = format!("{}has(form.a){}", "!(".repeat(brackets - 1), ")".repeat(brackets - 1));
        let wide = vec!["has(form.a) && form.a == 'x'"; 18].join(" || ");
        let slow = format!("form.items.exists(x, {})", vec!["x in form.items && x == ''"; 18].join(" || "));
        assert!([&deep, &wide, &slow].iter().all(|source| source.len() <= MAX_SOURCE));
        let held = on_a_small_stack(move || {
            let mut scope = Scope::new();
            let all: Vec<String> = (0..500).map(|n| n.to_string()).collect();
            scope.bind("form", "items", Declared::List, &Value::from(all.join(",")));
            scope.bind("form", "a", Declared::Text, &Value::from("x"));
            [deep, wide, slow].map(|source| Condition::compile(&source).unwrap().evaluate(&scope))
        });
        // Seven times "not" of what is there.
        assert_eq!(held, [Ok(false), Ok(true), Ok(false)]);
    }
}
