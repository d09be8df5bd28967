//! The real `butler-office`, as a process of its own.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// An office in a folder; its server is stopped when this is dropped.
pub struct Office {
    program: PathBuf,
    /// The office's folder.
    pub data: PathBuf,
    /// How far its clock is ahead of this machine's.
    clock_ms: i64,
    server: Option<Child>,
    /// Where it serves; empty until it does.
    pub url: String,
}

impl Office {
    /// The office program beside this one, its clock so far ahead of this machine's.
    pub fn new(data: PathBuf, clock_ms: i64) -> Done<Self> {
        let program = std::env::current_exe()?.with_file_name("butler-office");
        if !program.exists() {
            return Err(format!("{} is missing: run `cargo xtask demo`", program.display()).into());
        }
        Ok(Self { program, data, clock_ms, server: None, url: String::new() })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(&self.data).arg(format!("--clock-ms={}", self.clock_ms));
        command
    }

    /// Runs one command and returns what it printed.
    pub fn run(&self, args: &[&str]) -> Done<String> {
        let output = self.command().args(args).output()?;
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout)?);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("butler-office {} failed: {}", args.join(" "), said.trim()).into())
    }

    /// Starts serving on a free port of this machine; its log goes to `log`.
    pub fn serve(&mut self, log: &Path) -> Done {
        let mut server = self
            .command()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(log)?)
            .spawn()?;
        let said = server.stdout.take().ok_or("the office has no output")?;
        self.server = Some(server);
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").ok_or("the office did not start")?;
        url.clone_into(&mut self.url);
        Ok(())
    }
}

impl Office {
    /// The memory the serving process holds, in MiB; nothing where the system does not say.
    pub fn memory_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.as_ref()?.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok().map(|kib| kib / 1024.0)
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // It may have ended by itself; nothing is left to do then.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}
