//! Running other programs, with errors that name them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The top of the checkout this xtask was built from.
pub fn repo() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The platform we run on, as rustc names it.
pub fn host() -> Result<String> {
    let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let said = output(Command::new(rustc).arg("-vV").current_dir(repo()))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("failed to read the host from `rustc -vV`")?.to_owned())
}

/// Runs to the end and returns what was printed, or says which program failed and how.
pub fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().with_context(|| format!("failed to start {name}"))?;
    if !done.status.success() {
        bail!("{name} failed ({}): {}", done.status, String::from_utf8_lossy(&done.stderr).trim());
    }
    String::from_utf8(done.stdout).with_context(|| format!("{name} printed something that is not text"))
}
