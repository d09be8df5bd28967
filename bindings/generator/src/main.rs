//! Writes the Kotlin and Swift sources that belong to a built library of ours.
//!
//! `butler-bindgen kotlin|swift LIBRARY CONFIG OUT` and `butler-bindgen fields kotlin|swift OUT`, run by
//! `cargo xtask kotlin` and `cargo xtask swift`.
//! The library must not be stripped: UniFFI keeps its description of the interface in the symbols.

mod fields;
mod swift_reader;

use std::ffi::OsStr;
use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    if let ["fields", language, out] = args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        let text = match *language {
            "kotlin" => fields::write::<fields::Kotlin>()?,
            "swift" => fields::write::<fields::Swift>()?,
            other => bail!("butler-bindgen writes kotlin and swift, not {other}"),
        };
        return fs::write(out, text).with_context(|| format!("failed to write {out}"));
    }
    let [language, library, config, out] = args.as_slice() else {
        bail!("usage: butler-bindgen kotlin|swift LIBRARY CONFIG OUT, or fields kotlin|swift OUT");
    };
    let language = match language.as_str() {
        "kotlin" => TargetLanguage::Kotlin,
        "swift" => TargetLanguage::Swift,
        other => bail!("butler-bindgen writes kotlin and swift, not {other}"),
    };
    // A library linked with the core carries the core's descriptions too: `core/src/ffi.rs`.
    let name = Path::new(library).file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let name = name.strip_prefix("lib").unwrap_or(name);
    generate(GenerateOptions {
        languages: vec![language.clone()],
        source: library.as_str().into(),
        out_dir: out.as_str().into(),
        config_override: Some(config.as_str().into()),
        crate_filter: Some(name.to_owned()),
        ..GenerateOptions::default()
    })?;
    if matches!(language, TargetLanguage::Swift) {
        for file in fs::read_dir(out).with_context(|| format!("failed to read {out}"))? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "swift") {
                let source = fs::read_to_string(&file)?;
                fs::write(&file, swift_reader::through_a_pointer(&source)?)?;
            }
        }
    }
    Ok(())
}
