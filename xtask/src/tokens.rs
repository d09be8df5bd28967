//! The look of the apps: `docs/design/tokens.json` holds colours, type, measures and icons of both platforms; what Kotlin
//! draws with is written from it. `docs/design/words.json` holds what the apps say themselves. A test holds the written file to the table, and the table to the contrast it promises.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::sh;

/// The table.
fn table() -> Result<Value> {
    let file = sh::repo().join("docs/design/tokens.json");
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// Where the Kotlin half lies.
fn kotlin_file() -> PathBuf {
    sh::repo().join("android-demo/app/src/screens/kotlin/butler/app/design/Tokens.kt")
}

/// The apps' words of both languages.
fn words() -> Result<Value> {
    let file = sh::repo().join("docs/design/words.json");
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// Where the words are written for Kotlin.
fn kotlin_words_file() -> PathBuf {
    sh::repo().join("android-demo/app/src/screens/kotlin/butler/app/words/Word.kt")
}

/// Writes what follows from the tables.
pub fn write() -> Result<()> {
    for (file, text) in [(kotlin_file(), kotlin(&table()?)?), (kotlin_words_file(), kotlin_words(&words()?)?)]
    {
        std::fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
    }
    Ok(())
}

/// The words as Kotlin.
fn kotlin_words(words: &Value) -> Result<String> {
    let mut out = String::from(
        "package butler.app.words\n\n// Written by `cargo xtask tokens` from docs/design/words.json; change the table, not this file.\n\n\
         /** What the app says itself. `{count}` is filled in; `{count|door|doors}` is a number with its noun. */\n\
         enum class Word(internal val zh: String, internal val en: String) {\n",
    );
    for (name, said) in object(words, "")? {
        writeln!(out, "    {name}({}, {}),", said["zh"], said["en"])?;
    }
    out.push_str("}\n");
    Ok(out)
}

/// The table as Kotlin.
fn kotlin(table: &Value) -> Result<String> {
    let mut out = String::from(
        "package butler.app.design\n\n// Written by `cargo xtask tokens` from docs/design/tokens.json; change the table, not this file.\n\n\
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
    fn what_kotlin_draws_with_is_the_table() {
        let written = std::fs::read_to_string(kotlin_file()).unwrap();
        assert!(written == kotlin(&table().unwrap()).unwrap(), "run `cargo xtask tokens`");
        let written = std::fs::read_to_string(kotlin_words_file()).unwrap();
        assert!(written == kotlin_words(&words().unwrap()).unwrap(), "run `cargo xtask tokens`");
    }

    /// What a word of one language leaves to be filled in, the other does too.
    #[test]
    fn both_languages_say_the_same() {
        let gaps = |text: &Value| {
            let text = text.as_str().unwrap();
            let gaps = text.split('{').skip(1).map(|rest| rest.split(['}', '|']).next().unwrap().to_owned());
            gaps.collect::<std::collections::BTreeSet<_>>()
        };
        for (name, said) in object(&words().unwrap(), "").unwrap() {
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
        let table = table().unwrap();
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
        let table = table().unwrap();
        let themes = object(&table, "/colour").unwrap();
        let names = |theme: &Value| theme.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        for theme in themes.values() {
            assert_eq!(names(theme), names(&themes["light"]));
        }
    }
}
