//! `cargo xtask bench [FILTER]`.

use anyhow::{Context, Result};
use serde_json::json;

use crate::{setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Passed to the benches: a filter, and what else they take. `library` measures the library an app ships, `siege`
    /// an office under attack (`siege --seconds 60`)
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    bench: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::rust()?;
    let words: Vec<&String> = args.bench.iter().filter(|word| !word.starts_with('-')).collect();
    if words.is_empty() || words.iter().any(|word| "library".contains(word.as_str())) {
        library()?;
    }
    if words.iter().any(|word| *word == "siege") {
        return siege(&args.bench);
    }
    if words.is_empty() || words.iter().any(|word| !"library".contains(word.as_str())) {
        sh::run(
            sh::cargo().args(["bench", "-p", "butler-tests", "--bench", "figures", "--"]).args(&args.bench),
        )?;
    }
    Ok(())
}

/// The office under attack, for a minute; not part of the run without a filter.
fn siege(args: &[String]) -> Result<()> {
    // The siege is laid to the office it finds beside itself.
    let office = ["build", "--profile", "bench", "-p", "butler-office", "--bin", "butler-office"];
    sh::run(sh::cargo().args(office))?;
    let siege = ["run", "--profile", "bench", "-p", "butler-tests", "--bin", "butler-siege", "--"];
    sh::run(sh::cargo().args(siege).args(args.iter().filter(|arg| *arg != "siege")))
}

/// The size of the one library as an app ships it: released, and without symbols nobody calls.
fn library() -> Result<()> {
    sh::run(sh::cargo().args(["build", "--release", "-p", "butler-ffi"]))?;
    let target = sh::repo().join("target");
    let bench = target.join("bench");
    std::fs::create_dir_all(&bench)?;
    let name = format!("{}butler_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let (built, stripped) = (target.join("release").join(&name), bench.join(&name));
    sh::run(std::process::Command::new("strip").arg("-o").arg(&stripped).arg(&built))?;
    let mib = |path: &std::path::Path| -> Result<f64> {
        let size = std::fs::metadata(path).with_context(|| format!("measure {}", path.display()))?.len();
        Ok(size as f64 / f64::from(1 << 20))
    };
    let figures =
        [("library, released and stripped", mib(&stripped)?), ("library, with symbols", mib(&built)?)];
    println!("\nlibrary");
    let mut rows = Vec::new();
    for (name, value) in figures {
        println!("{name:<52}{value:>12.2} MiB");
        rows.push(json!({ "name": name, "value": value, "unit": "MiB", "floor": null, "ratio": 1.0 }));
    }
    Ok(std::fs::write(bench.join("library.json"), serde_json::to_string_pretty(&rows)?)?)
}
