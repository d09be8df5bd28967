//! The Swift package as it is handed on, with its generated sources; and the proof that a newcomer gets along with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{bill, copy, empty, folder as staging};
use crate::sh;
use crate::swift::Swift;

/// Modules of which an app compiles against something, as one: ButlerKit hands the other two on.
const MODULES: [&str; 3] = ["ButlerKit", "ButlerFFI", "ButlerValues"];

/// Lays the package out, generated sources and all.
pub fn lay_out() -> Result<PathBuf> {
    let out = empty(staging().join("swift"))?;
    let package = sh::repo().join("bindings/swift");
    copy_all(&package, &out)?;
    let bill = bill::of("butler-ffi")?;
    bill.write_licences(&out)?;
    fs::write(out.join("sbom.json"), serde_json::to_string_pretty(&bill.cyclonedx())?)?;
    Ok(out)
}

/// Without what SwiftPM has built there.
fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("failed to list {}", from.display()))? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        if name == ".build" {
            continue;
        }
        if path.is_dir() {
            copy_all(&path, &to.join(&name))?;
        } else {
            copy(&path, &to.join(&name))?;
        }
    }
    Ok(())
}

/// A newcomer's program, compiled in its folder against the package beside it.
pub struct Program<'a> {
    swift: &'a Swift,
    project: PathBuf,
    /// With the host's library.
    libraries: &'a Path,
}

impl Program<'_> {
    /// Puts the package beside the project and compiles it.
    pub fn build<'a>(swift: &'a Swift, project: &Path, libraries: &'a Path) -> Result<Program<'a>> {
        let beside = project.parent().context("the project lies nowhere")?;
        copy_all(&lay_out()?, &beside.join("butler"))?;
        let program = Program { swift, project: project.to_owned(), libraries };
        fs::create_dir_all(program.graphs())?;
        let mut build = program.command("swift", false);
        build.args(["build", "--quiet", "--disable-sandbox"]);
        build.args(["-Xlinker", &format!("-L{}", libraries.display())]);
        build.args(["-Xlinker", "-rpath", "-Xlinker", &libraries.display().to_string()]);
        if cfg!(target_os = "linux") {
            build.args(["-Xlinker", "--allow-shlib-undefined"]);
        }
        build.args(["-Xswiftc", "-emit-symbol-graph", "-Xswiftc", "-emit-symbol-graph-dir", "-Xswiftc"]);
        sh::output(build.arg(program.graphs())).context("the newcomer's Swift program")?;
        Ok(program)
    }

    /// Runs it as somebody who scanned this picture.
    pub fn run(&self, staff: &str, picture: &str) -> Result<String> {
        let built = self.project.join(".build/debug/Household");
        sh::output(self.command(&built.display().to_string(), true).args([staff, picture]))
    }

    /// Holds what the modules offer to `api/ButlerKit.txt`, which `BLESS=1` writes.
    pub fn held(&self) -> Result<()> {
        let mut lines = Vec::new();
        for module in MODULES {
            let file = self.graphs().join(format!("{module}.symbols.json"));
            let text =
                fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
            lines.extend(offered(&serde_json::from_str(&text)?));
        }
        lines.sort();
        lines.dedup();
        let now = lines.join("\n") + "\n";
        let file = sh::repo().join("bindings/swift/api/ButlerKit.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, &now)?;
        }
        let then = fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
        let without = |these: &str, those: &str| -> Vec<String> {
            let those: std::collections::BTreeSet<&str> = those.lines().collect();
            these.lines().filter(|line| !those.contains(line)).map(str::to_owned).collect()
        };
        let (gone, new) = (without(&then, &now), without(&now, &then));
        ensure!(
            gone.is_empty() && new.is_empty(),
            "what apps compile against is not what {} says; BLESS=1 writes it down\ngone:\n  {}\nnew:\n  {}",
            file.display(),
            gone.join("\n  "),
            new.join("\n  ")
        );
        Ok(())
    }

    /// Lets DocC read the catalogue: every symbol it names is there.
    pub fn documented(&self) -> Result<()> {
        let beside = self.project.parent().context("the project lies nowhere")?;
        let catalogue = beside.join("butler/Sources/ButlerKit/ButlerKit.docc");
        let own = self.project.join("graph");
        copy(&self.graphs().join("ButlerKit.symbols.json"), &own.join("ButlerKit.symbols.json"))?;
        let mut docc = self.command(&self.swift.tool("docc"), false);
        docc.arg("convert").arg(catalogue).arg("--additional-symbol-graph-dir").arg(own);
        docc.args([
            "--fallback-display-name",
            "ButlerKit",
            "--fallback-bundle-identifier",
            "butler.ButlerKit",
        ]);
        docc.args(["--warnings-as-errors", "--output-path"]).arg(self.project.join("documentation"));
        sh::output(&mut docc).context("the documentation of ButlerKit")?;
        Ok(())
    }

    /// Which library the package takes: the header alone, a released one when a file names it, one that lies there before it.
    pub fn chosen(&self) -> Result<()> {
        let beside = self.project.parent().context("the project lies nowhere")?.join("butler");
        let framework = "CButlerFFI.xcframework";
        let checksum = "0".repeat(64);
        let target = || -> Result<Value> {
            let mut dump = self.command("swift", false);
            dump.args(["package", "--disable-sandbox", "dump-package", "--package-path"]).arg(&beside);
            let said: Value = serde_json::from_str(&sh::output(&mut dump)?)?;
            let targets = said["targets"].as_array().cloned().unwrap_or_default();
            targets.into_iter().find(|it| it["name"] == "CButlerFFI").context("the package has no CButlerFFI")
        };
        ensure!(target()?["type"] == "system", "without a framework the header is taken");
        fs::write(
            beside.join(format!("{framework}.released")),
            format!("https://butler.example/f.zip\n{checksum}\n"),
        )?;
        let released = target()?;
        ensure!(
            released["url"] == "https://butler.example/f.zip",
            "a released framework is not taken: {released}"
        );
        ensure!(released["checksum"] == checksum.as_str(), "its checksum is not taken: {released}");
        fs::create_dir(beside.join(framework))?;
        let local = target()?;
        ensure!(local["path"] == framework, "a framework that lies there is not taken: {local}");
        Ok(())
    }

    fn graphs(&self) -> PathBuf {
        self.project.join("graphs")
    }

    fn command(&self, program: &str, online: bool) -> std::process::Command {
        let beside = self.project.parent().unwrap_or(&self.project);
        self.swift.started(program, &[beside, self.libraries], &self.project, online)
    }
}

/// One line for each thing a module offers: where it lies, and its declaration.
fn offered(graph: &Value) -> Vec<String> {
    let symbols = graph["symbols"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |symbol: &Value| {
        let path = symbol["pathComponents"].as_array()?.iter().map(text).collect::<Vec<_>>().join(".");
        let fragments = symbol["declarationFragments"].as_array()?.iter();
        let declared: String = fragments.map(|it| text(&it["spelling"])).collect();
        // How calls cross, public because Swift cannot say otherwise of what UniFFI generates; no app names it.
        let is_inner =
            ["FfiConverter", "uniffi", "RustBuffer", "Uniffi"].iter().any(|it| path.starts_with(it));
        // What Swift writes itself, for every enum and every hashable type.
        let is_written_by_swift = text(&symbol["identifier"]["precise"]).contains("::SYNTHESIZED::");
        (!is_inner && !is_written_by_swift)
            .then(|| format!("{path}: {}", declared.split_whitespace().collect::<Vec<_>>().join(" ")))
    };
    symbols.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_offers_what_an_app_can_name() {
        let graph = serde_json::json!({"symbols": [
            {"pathComponents": ["Butler", "me()"], "declarationFragments": [{"spelling": "func"}, {"spelling": " "}, {"spelling": "me()\n async"}], "identifier": {"precise": "s:1"}},
            {"pathComponents": ["FfiConverterTypeMe"], "declarationFragments": [], "identifier": {"precise": "s:2"}},
            {"pathComponents": ["Me", "!=(_:_:)"], "declarationFragments": [], "identifier": {"precise": "s:3::SYNTHESIZED::s:4"}},
        ]});
        assert_eq!(offered(&graph), ["Butler.me(): func me() async"]);
    }
}
