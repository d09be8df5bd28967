//! The look and the words of the apps: `docs/design/tokens.json` holds colours, type, measures and icons of both platforms,
//! `docs/design/words.json` what the apps say themselves. What Kotlin and Swift draw with and say is written from them. A
//! test holds the written files to the tables, and the tables to the contrast they promise.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use kurbo::{BezPath, PathEl};
use serde_json::{Map, Value};

use crate::sh;

const FROM_TOKENS: &str =
    "// Written by `cargo xtask tokens` from docs/design/tokens.json; change the table, not this file.\n";
const FROM_WORDS: &str =
    "// Written by `cargo xtask tokens` from docs/design/words.json; change the table, not this file.\n";

/// What is not a name in Swift unless it stands between backticks, of the words somebody may call a colour, icon or word.
const SWIFT_WORDS: &[&str] = &[
    "as",
    "break",
    "case",
    "catch",
    "continue",
    "default",
    "defer",
    "do",
    "else",
    "extension",
    "false",
    "for",
    "func",
    "guard",
    "if",
    "import",
    "in",
    "init",
    "is",
    "let",
    "nil",
    "operator",
    "repeat",
    "return",
    "self",
    "static",
    "switch",
    "throw",
    "throws",
    "true",
    "try",
    "var",
    "where",
    "while",
];

fn table(name: &str) -> Result<Value> {
    let file = sh::repo().join("docs/design").join(name);
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// Every file that follows from the tables, with what has to stand in it.
fn written() -> Result<[(PathBuf, String); 4]> {
    let (look, words) = (table("tokens.json")?, table("words.json")?);
    let kotlin_folder = sh::repo().join("android-demo/app/src/screens/kotlin/butler/app");
    let swift_folder = sh::repo().join("ios-demo/Sources");
    Ok([
        (kotlin_folder.join("design/Tokens.kt"), kotlin(&look)?),
        (kotlin_folder.join("words/Word.kt"), kotlin_words(&words)?),
        (swift_folder.join("ButlerViews/Design/Tokens.swift"), swift(&look)?),
        (swift_folder.join("ButlerScreens/Words/Word.swift"), swift_words(&words)?),
    ])
}

/// Writes what follows from the tables.
pub fn write() -> Result<()> {
    for (file, text) in written()? {
        std::fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
    }
    Ok(())
}

/// The words as Kotlin.
fn kotlin_words(words: &Value) -> Result<String> {
    let mut out = format!(
        "package butler.app.words\n\n{FROM_WORDS}\n\
         /** What the app says itself. `{{count}}` is filled in; `{{count|door|doors}}` is a number with its noun. */\n\
         enum class Word(internal val zh: String, internal val en: String) {{\n",
    );
    for (name, said) in object(words, "")? {
        writeln!(out, "    {name}({}, {}),", said["zh"], said["en"])?;
    }
    out.push_str("}\n");
    Ok(out)
}

/// The table as Kotlin.
fn kotlin(table: &Value) -> Result<String> {
    let mut out = format!(
        "package butler.app.design\n\n{FROM_TOKENS}\n\
         import androidx.compose.ui.graphics.Color\n\n\
         /** The colours of one theme; foreground and background of one name belong together. */\n\
         class Palette(\n",
    );
    let themes = object(table, "/colour")?;
    let light = themes["light"].as_object().context("no light theme")?;
    for name in light.keys() {
        writeln!(out, "    val {name}: Color,")?;
    }
    out.push_str(")\n");
    for (theme, colours) in themes {
        writeln!(out, "\nval {theme}Palette = Palette(")?;
        for (name, colour) in colours.as_object().context("a theme is a table")? {
            let colour = colour.as_str().context("a colour is a text")?;
            writeln!(out, "    {name} = Color(0x{:08X}),", argb(colour)?)?;
        }
        out.push_str(")\n");
    }
    out.push_str("\n/** Sizes of text in sp with the height of their lines. */\nobject TypeScale {\n");
    for (name, size) in object(table, "/type/size")? {
        writeln!(out, "    val {name} = {} to {}", size[0], size[1])?;
    }
    out.push_str("}\n\n/** Measures in dp. */\nobject Measure {\n");
    for (name, radius) in object(table, "/radius")? {
        writeln!(out, "    const val {name}Radius = {radius}")?;
    }
    for (name, size) in object(table, "/size")? {
        let number = if size.is_f64() { format!("{size}f") } else { size.to_string() };
        writeln!(out, "    const val {name} = {number}")?;
    }
    out.push_str("}\n\n/** Milliseconds. */\nobject Motion {\n");
    for (name, motion) in object(table, "/motion")? {
        if let Some(millis) = motion.get("ms") {
            writeln!(out, "    const val {name} = {millis}")?;
        }
    }
    out.push_str("}\n\n/** Lucide 1.62.0, ISC licence: strokes on a square of 24. */\nenum class Icon(internal vararg val paths: String) {\n");
    for (name, paths) in object(table, "/icons/paths")? {
        let name = name.split('-').map(capitalised).collect::<String>();
        let paths = paths.as_array().context("an icon is a list of strokes")?;
        let paths: Vec<String> = paths.iter().map(Value::to_string).collect();
        writeln!(out, "    {name}(\n        {},\n    ),", paths.join(",\n        "))?;
    }
    out.push_str("}\n");
    Ok(out)
}

/// The words as Swift.
fn swift_words(words: &Value) -> Result<String> {
    let mut out = format!(
        "{FROM_WORDS}\n\
         /// What the app says itself. `{{count}}` is filled in; `{{count|door|doors}}` is a number with its noun.\n\
         public struct Word: Sendable {{\n    let zh: String\n    let en: String\n\n",
    );
    for (name, said) in object(words, "")? {
        let name = swift_name(name);
        writeln!(out, "    static let {name} = Word(zh: {}, en: {})", said["zh"], said["en"])?;
    }
    out.push_str("}\n");
    Ok(out)
}

/// The table as Swift. Nothing in it is SwiftUI's, so that it compiles everywhere.
fn swift(table: &Value) -> Result<String> {
    let mut out = format!(
        "{FROM_TOKENS}\n\
         /// The colours of one theme, as 0xAARRGGBB; foreground and background of one name belong together.\n\
         struct Palette: Sendable {{\n",
    );
    let themes = object(table, "/colour")?;
    let light = themes["light"].as_object().context("no light theme")?;
    for name in light.keys() {
        writeln!(out, "    let {name}: UInt32")?;
    }
    for (theme, colours) in themes {
        writeln!(out, "\n    static let {theme} = Palette(")?;
        let colours = colours.as_object().context("a theme is a table")?;
        for (place, (name, colour)) in colours.iter().enumerate() {
            let colour = argb(colour.as_str().context("a colour is a text")?)?;
            let end = if place + 1 == colours.len() { ")" } else { "," };
            writeln!(out, "        {name}: 0x{colour:08X}{end}")?;
        }
    }
    out.push_str("}\n\n/// Sizes of text in points with the height of their lines.\nenum TypeScale {\n");
    for (name, size) in object(table, "/type/size")? {
        writeln!(out, "    static let {name} = (size: {}.0, line: {}.0)", size[0], size[1])?;
    }
    out.push_str("}\n\n/// Measures in points.\nenum Measure {\n");
    for (name, radius) in object(table, "/radius")? {
        writeln!(
            out,
            "    static let {name}Radius = {:?}",
            radius.as_f64().context("a radius is a number")?
        )?;
    }
    for (name, size) in object(table, "/size")? {
        writeln!(out, "    static let {name} = {:?}", size.as_f64().context("a size is a number")?)?;
    }
    out.push_str("}\n\n/// Seconds.\nenum Motion {\n");
    for (name, motion) in object(table, "/motion")? {
        if let Some(millis) = motion.get("ms").and_then(Value::as_f64) {
            writeln!(out, "    static let {name} = {:?}", millis / 1000.0)?;
        }
    }
    out.push_str(
        "}\n\n/// Lucide 1.62.0, ISC licence: strokes on a square of 24, as `M`, `L`, `Q` and `C` with absolute places, and `Z`.\n\
         enum Icon: String, CaseIterable, Sendable {\n",
    );
    for (name, paths) in object(table, "/icons/paths")? {
        let name = swift_name(&name.split('-').map(capitalised).collect::<String>());
        let paths = paths.as_array().context("an icon is a list of strokes")?;
        let strokes: Vec<String> = paths.iter().map(strokes).collect::<Result<_>>()?;
        writeln!(out, "    case {name} =\n        \"{}\"", strokes.join(" "))?;
    }
    out.push_str("}\n");
    Ok(out)
}

/// A name as Swift writes it: `allSent` of `AllSent`.
fn swift_name(name: &str) -> String {
    let mut letters = name.chars();
    let name: String =
        letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default();
    if SWIFT_WORDS.contains(&name.as_str()) { format!("`{name}`") } else { name }
}

/// A path of SVG in absolute places; SwiftUI has no reader of its own.
fn strokes(path: &Value) -> Result<String> {
    let path = path.as_str().context("a stroke is a text")?;
    let path = BezPath::from_svg(path).map_err(|error| anyhow::anyhow!("{path}: {error:?}"))?;
    let number = |number: f64| ((number * 1000.0).round() / 1000.0).to_string();
    let write = |command: &str, points: &[kurbo::Point]| {
        let places = points.iter().map(|point| format!(" {} {}", number(point.x), number(point.y)));
        command.to_owned() + &places.collect::<String>()
    };
    let commands = path.elements().iter().map(|element| match *element {
        PathEl::MoveTo(to) => write("M", &[to]),
        PathEl::LineTo(to) => write("L", &[to]),
        PathEl::QuadTo(by, to) => write("Q", &[by, to]),
        PathEl::CurveTo(one, two, to) => write("C", &[one, two, to]),
        PathEl::ClosePath => "Z".to_owned(),
    });
    Ok(commands.collect::<Vec<_>>().join(" "))
}

fn object<'a>(table: &'a Value, at: &str) -> Result<&'a Map<String, Value>> {
    table.pointer(at).and_then(Value::as_object).with_context(|| format!("the table has no {at}"))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `#RRGGBB` or `rgba(r,g,b,.a)`, with the opacity first.
fn argb(colour: &str) -> Result<u32> {
    if let Some(hex) = colour.strip_prefix('#') {
        return Ok(0xff00_0000 | u32::from_str_radix(hex, 16)?);
    }
    let parts = colour.strip_prefix("rgba(").and_then(|rest| rest.strip_suffix(')')).context("no colour")?;
    let parts: Vec<f64> =
        parts.split(',').map(|part| part.trim().parse()).collect::<Result<_, std::num::ParseFloatError>>()?;
    let [red, green, blue, opacity] = parts[..] else { anyhow::bail!("{colour} is no colour") };
    let bytes = [opacity * 255.0, red, green, blue].map(|part| format!("{:02x}", part.round() as u8));
    Ok(u32::from_str_radix(&bytes.concat(), 16)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_apps_draw_with_and_say_is_the_table() {
        for (file, text) in written().unwrap() {
            let found = std::fs::read_to_string(&file).unwrap();
            assert!(found == text, "run `cargo xtask tokens`: {} is another", file.display());
        }
    }

    #[test]
    fn an_icon_is_written_in_absolute_places() {
        let path = Value::from("m9 18 6-6-6-6");
        assert_eq!(strokes(&path).unwrap(), "M 9 18 L 15 12 L 9 6");
        assert!(strokes(&Value::from("M 20 6 a2 2 0 0 1 2 2")).unwrap().ends_with(" 22 8"));
        assert!(strokes(&Value::from("a line")).is_err());
    }

    /// Compose reads the two flags of an arc as numbers like any other: `0 0022` it takes for two of them.
    #[test]
    fn the_flags_of_an_arc_stand_apart() {
        let table = table("tokens.json").unwrap();
        let icons = object(&table, "/icons/paths").unwrap();
        for path in icons.values().flat_map(|paths| paths.as_array().unwrap()) {
            let path = path.as_str().unwrap();
            for (start, _) in path.match_indices(['a', 'A']) {
                let arc = &path[start + 1..];
                let arc = &arc[..arc.find(char::is_alphabetic).unwrap_or(arc.len())];
                assert_eq!(numbers(arc) % 7, 0, "{arc} in {path}");
            }
        }
        assert_eq!(numbers("2 2 0 0022-17.5.5"), 6);
    }

    fn numbers(text: &str) -> usize {
        let (mut count, mut inside, mut dot) = (0, false, false);
        for letter in text.chars() {
            let begins =
                letter == '-' || letter == '.' && (!inside || dot) || letter.is_ascii_digit() && !inside;
            count += usize::from(begins);
            inside = letter == '-' || letter == '.' || letter.is_ascii_digit();
            dot = letter == '.' || dot && inside && !begins;
        }
        count
    }

    #[test]
    fn a_name_that_is_a_word_of_swift_stands_between_backticks() {
        assert_eq!(swift_name("AllSent"), "allSent");
        assert_eq!(swift_name("Repeat"), "`repeat`");
    }

    /// A second word of one name would silently replace the first.
    #[test]
    fn a_word_stands_in_the_table_once() {
        let text = std::fs::read_to_string(sh::repo().join("docs/design/words.json")).unwrap();
        let lines = text.lines().filter(|line| line.trim_start().starts_with('"')).count();
        assert_eq!(object(&table("words.json").unwrap(), "").unwrap().len(), lines);
    }

    /// What a word of one language leaves to be filled in, the other does too.
    #[test]
    fn both_languages_say_the_same() {
        let gaps = |text: &Value| {
            let text = text.as_str().unwrap();
            let gaps = text.split('{').skip(1).map(|rest| rest.split(['}', '|']).next().unwrap().to_owned());
            gaps.collect::<std::collections::BTreeSet<_>>()
        };
        for (name, said) in object(&table("words.json").unwrap(), "").unwrap() {
            assert_eq!(gaps(&said["zh"]), gaps(&said["en"]), "{name}");
        }
    }

    /// As WCAG 2 counts it.
    fn luminance(colour: &str) -> f64 {
        let colour = argb(colour).unwrap();
        let part = |shift: u32| {
            let part = f64::from((colour >> shift) & 0xff) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    #[test]
    fn every_pair_of_colours_has_the_contrast_it_promises() {
        let table = table("tokens.json").unwrap();
        let mut pairs = 0;
        for (theme, promised) in object(&table, "/contrast").unwrap() {
            let colour = |name: &str| luminance(table["colour"][theme][name].as_str().unwrap());
            for (pair, least) in promised.as_object().unwrap() {
                let (front, back) = pair.split_once(" on ").unwrap();
                let (front, back) = (colour(front) + 0.05, colour(back) + 0.05);
                let ratio = front.max(back) / front.min(back);
                assert!(ratio >= least.as_f64().unwrap(), "{theme}: {pair} is {ratio:.2}, not {least}");
                pairs += 1;
            }
        }
        assert!(pairs > 60, "{pairs}");
    }

    #[test]
    fn every_theme_has_every_colour() {
        let table = table("tokens.json").unwrap();
        let themes = object(&table, "/colour").unwrap();
        let names = |theme: &Value| theme.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        for theme in themes.values() {
            assert_eq!(names(theme), names(&themes["light"]));
        }
    }
}
