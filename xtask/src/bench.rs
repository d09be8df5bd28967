//! `cargo xtask bench [FILTER]`.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use crate::{android, bindings, kotlin, setup, sh, swift};

#[derive(clap::Args)]
pub struct Args {
    /// Passed to the benches: a filter, and what else they take. `library` measures the library an app ships, `siege`
    /// an office under attack (`siege --seconds 60`), `peers` what PouchDB takes for the same work, `crossing` what the way
    /// to Kotlin and Swift and the app's frames cost
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
    if words.iter().any(|word| *word == "peers") {
        return peers();
    }
    if words.iter().any(|word| *word == "crossing") {
        return crossing();
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

/// What a phone here and PouchDB take for the same records, each over HTTP on this machine; not part of the run without
/// a filter.
fn peers() -> Result<()> {
    sh::run(sh::cargo().args(["bench", "-p", "butler-tests", "--bench", "figures", "--", "peers"]))?;
    let bench = sh::repo().join("target/bench");
    let at = bench.join("peers");
    std::fs::create_dir_all(&at)?;
    for file in ["package.json", "package-lock.json", "peers.mjs"] {
        let from = sh::repo().join("tests/benches/peers").join(file);
        std::fs::copy(&from, at.join(file)).with_context(|| format!("copy {}", from.display()))?;
    }
    sh::run(
        Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&at),
    )?;
    let said =
        sh::output(Command::new("node").arg("peers.mjs").arg(bench.join("records.jsonl")).current_dir(&at))?;
    let figures: Vec<serde_json::Value> =
        serde_json::from_str(&said).context("read what the peer measured")?;
    println!("\nPouchDB");
    for figure in &figures {
        let (name, unit) = (figure["name"].as_str().unwrap_or(""), figure["unit"].as_str().unwrap_or(""));
        println!("{name:<52}{:>12.2} {unit}", figure["value"].as_f64().unwrap_or(f64::NAN));
    }
    std::fs::write(bench.join("pouchdb.json"), said)?;
    // Both are measured now, and compared.
    sh::run(sh::cargo().args(["bench", "-p", "butler-tests", "--bench", "figures", "--", "summary"]))
}

/// What the way to Kotlin and Swift costs and the frames of the app, with the library an app ships and a phone of 10,000 homes;
/// not part of the run without a filter. The figures are printed, never asserted.
fn crossing() -> Result<()> {
    setup::kotlin()?;
    setup::android()?;
    sh::run(sh::cargo().args(["build", "--profile", "phone", "-p", "butler-ffi", "-p", "butler-office"]))?;
    let shipped = sh::repo().join("target/phone");
    let folder = sh::repo().join("target/bench/crossing");
    bindings::remove(&folder)?;
    std::fs::create_dir_all(&folder)?;
    let register = folder.join("register.csv");
    std::fs::write(&register, homes(10_000))?;

    let mut generated = kotlin::generate()?;
    generated.properties.retain(|property| !property.starts_with("-Dbutler.library"));
    let mut maven = kotlin::maven(&["test-compile", "exec:java"], &generated);
    let office = shipped.join("butler-office");
    let args = [folder.as_path(), &office, &register].map(|path| path.display().to_string()).join(" ");
    let library = format!("-Djna.library.path={}", shipped.display());
    maven.args([
        "-Dexec.mainClass=butler.Crossing",
        "-Dexec.classpathScope=test",
        "-Djna.nosys=true",
        &library,
    ]);
    sh::run(maven.arg(format!("-Dexec.args={args}")))?;

    let swift = swift::ensure()?;
    let mut tests =
        swift.measured("bindings/swift", &swift::generate()?, &shipped, "whatTheWayToSwiftCosts")?;
    sh::run(tests.env("BUTLER_CROSSING", &folder))?;
    // The last, since it leaves a thousand edits on the phone.
    android::desktop(
        &kotlin::generate()?,
        &shipped,
        "butler.app.desktop.Frames",
        &[&folder.display().to_string()],
    )
}

/// A register of so many homes, each with an owner and a telephone.
fn homes(count: usize) -> String {
    let mut rows = String::from("楼栋,单元,房号,业主姓名,联系电话,建筑面积,房屋状态,网格\n");
    for number in 0..count {
        // Thirty floors of four homes, two units a building.
        let (building, unit) = (number / 240 + 1, number / 120 % 2 + 1);
        let room = (number % 120 / 4 + 1) * 100 + number % 4 + 1;
        let state = ["已入住", "空置", "装修中"][number % 3];
        let row = format!(
            "{building}栋,{unit}单元,{room},王小明{},138{number:08},{},{state},1网格\n",
            number % 97,
            80 + number % 90
        );
        rows.push_str(&row);
    }
    rows
}

/// The size of the one library as an app ships it: released, and without symbols nobody calls.
fn library() -> Result<()> {
    sh::run(sh::cargo().args(["build", "--profile", "phone", "-p", "butler-ffi"]))?;
    let target = sh::repo().join("target");
    let bench = target.join("bench");
    std::fs::create_dir_all(&bench)?;
    let name = format!("{}butler_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let (built, stripped) = (target.join("phone").join(&name), bench.join(&name));
    sh::run(Command::new("strip").arg("-o").arg(&stripped).arg(&built))?;
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
