//! What a condition may cost, asked of its text before anything recursive reads it.
//!
//! The parser recurses into every bracket, and the evaluator into whatever the parser made. So the text is looked at
//! first, left to right and without recursion: how many brackets lie inside each other, and that nothing else can
//! make the expression deep (`a.b.c…`, `a == b == …`, `!!…`) or a value larger than the answers it was made from
//! (`+`, `map`). What else is wrong with a text is left to the parser to say.

use super::{ConditionError, ConditionSyntax, FUNCTIONS, MAX_SOURCE};

/// Most brackets of any kind inside each other.
pub(in crate::playbook) const MAX_NESTING: usize = 8;
/// Most names joined by dots: `record.phone.exists`.
const MAX_DOTS: usize = 2;

/// A piece of a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'s> {
    /// A name, or a word: `form`, `true`, `in`.
    Name(&'s str),
    Number,
    Text,
    /// An operator or bracket, or whatever else stands there.
    Mark(&'s str),
}

/// What stands between two of `&&`, `||`, commas and brackets.
#[derive(Default)]
struct BudgetTerm {
    compared: bool,
    dots: usize,
}

/// Rejects a text that could cost more than a condition may.
pub(super) fn check(source: &str) -> Result<(), ConditionError> {
    if source.len() > MAX_SOURCE {
        return Err(ConditionError::TooLong);
    }
    let mut open: Vec<BudgetTerm> = vec![BudgetTerm::default()];
    let mut before = None;
    let mut rest = source;
    while let Some((token, after)) = next(rest)? {
        rest = after;
        let reject = |operator: &str| Err(ConditionError::UnknownOperator(operator.to_owned()));
        let operand = matches!(before, Some(Token::Number | Token::Text | Token::Mark(")" | "]")))
            || matches!(before, Some(Token::Name(name)) if name != "in");
        // A bracket that closes nothing is the parser's to name.
        if matches!(token, Token::Mark(")" | "]")) && open.len() > 1 {
            open.pop();
            before = Some(token);
            continue;
        }
        let Some(term) = open.last_mut() else { break };
        match token {
            Token::Name("in") | Token::Mark("==" | "!=" | "<" | "<=" | ">" | ">=") => {
                if std::mem::replace(&mut term.compared, true) {
                    return reject(text_of(token));
                }
                term.dots = 0;
            }
            Token::Mark("&&" | "||" | ",") => *term = BudgetTerm::default(),
            Token::Mark("(") => {
                match before {
                    Some(Token::Name(name)) if name != "in" && !FUNCTIONS.contains(&name) => {
                        return Err(ConditionError::UnknownFunction(name.to_owned()));
                    }
                    Some(Token::Name(_)) => {}
                    _ if operand => return reject("("),
                    _ => {}
                }
                open.push(BudgetTerm::default());
            }
            // A list stands on its own; `a[0]` looks into one.
            Token::Mark("[") if operand => return reject("["),
            Token::Mark("[") => open.push(BudgetTerm::default()),
            Token::Mark("!") if before == Some(Token::Mark("!")) => return reject("!!"),
            Token::Mark("-") if !operand && rest.starts_with(|c: char| c.is_ascii_digit()) => {}
            Token::Mark(".") => {
                term.dots += 1;
                if term.dots > MAX_DOTS || !matches!(before, Some(Token::Name(_))) {
                    return reject(".");
                }
            }
            Token::Mark(mark @ ("+" | "-" | "*" | "/" | "%" | "?" | "{")) => return reject(mark),
            Token::Name(_) if before != Some(Token::Mark(".")) => term.dots = 0,
            Token::Name(_) | Token::Number | Token::Text | Token::Mark(_) => {}
        }
        if open.len() > MAX_NESTING + 1 {
            return Err(ConditionError::TooDeep);
        }
        before = Some(token);
    }
    Ok(())
}

fn text_of(token: Token<'_>) -> &str {
    match token {
        Token::Name(text) | Token::Mark(text) => text,
        Token::Number => "0",
        Token::Text => "''",
    }
}

/// The next piece and what follows it.
fn next(source: &str) -> Result<Option<(Token<'_>, &str)>, ConditionError> {
    let source = source.trim_start();
    let Some(first) = source.chars().next() else { return Ok(None) };
    let run = |part: fn(char) -> bool| source.find(|c| !part(c)).unwrap_or(source.len());
    let (token, length) = match first {
        '\'' | '"' => {
            let unclosed = || ConditionError::Syntax(ConditionSyntax::Unfinished);
            let end = source[1..].find([first, '\\', '\n']).ok_or_else(unclosed)? + 1;
            // CEL's escapes could hide where a text ends; no condition needs them.
            if source[end..].starts_with('\\') {
                return Err(ConditionError::UnknownOperator("\\".to_owned()));
            }
            (Token::Text, end + 1)
        }
        first if first.is_ascii_digit() => {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '.');
            (Token::Number, length)
        }
        first if first.is_ascii_alphabetic() || first == '_' => {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
            // `r'…'` and `b'…'`: texts in other spellings.
            if source[length..].starts_with(['\'', '"']) && length == 1 {
                return Err(ConditionError::UnknownOperator(source[..=length].to_owned()));
            }
            (Token::Name(&source[..length]), length)
        }
        first => {
            let two = ["&&", "||", "==", "!=", "<=", ">="].iter().find(|two| source.starts_with(**two));
            let length = two.map_or(first.len_utf8(), |two| two.len());
            (Token::Mark(&source[..length]), length)
        }
    };
    Ok(Some((token, &source[length..])))
}
