//! `cargo xtask test`: what CI runs, and what a developer runs before pushing.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{kotlin, setup, sh, swift};

#[derive(clap::Args)]
pub struct Args {
    /// The long tier: more seeds, bigger fleets
    #[arg(long)]
    full: bool,
    /// Leave the Kotlin half out
    #[arg(long)]
    no_kotlin: bool,
    /// Leave the Swift half out
    #[arg(long)]
    no_swift: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let mut steps = Steps::default();
    steps.run("setup", setup::rust);
    if !steps.failed() {
        steps.run("format", || sh::run(sh::cargo().args(["fmt", "--all", "--check"])));
        steps.run("lints", || {
            let lints = ["clippy", "-q", "--workspace", "--all-targets", "--", "-D", "warnings"];
            sh::run(sh::cargo().args(lints))
        });
        steps.run("tests", || {
            let mut tests = sh::cargo();
            tests.args(["test", "-q", "--workspace"]);
            if args.full {
                tests.env("BUTLER_TEST_TIER", "full");
            }
            sh::run(&mut tests)
        });
        if !args.no_kotlin {
            steps.run("kotlin", || setup::kotlin().and_then(|()| kotlin::test()));
        }
        if !args.no_swift {
            steps.run("swift", || swift::test(&swift::ensure()?));
        }
    }
    steps.summary()
}

/// Every step runs, whatever the ones before said: a person wants all the bad news at once.
#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, Duration, Option<String>)>,
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) {
        println!("== {name}");
        let started = Instant::now();
        let error = step().err().map(|error| format!("{error:#}"));
        let took = started.elapsed();
        if let Some(error) = &error {
            println!("{error}");
        }
        println!("== {name}: {}, {:.1} s", verdict(error.as_ref()), took.as_secs_f32());
        self.done.push((name, took, error));
    }

    fn failed(&self) -> bool {
        self.done.iter().any(|(.., error)| error.is_some())
    }

    fn summary(&self) -> Result<()> {
        println!();
        for (name, took, error) in &self.done {
            println!("{name:<8} {:>7.1} s  {}", took.as_secs_f32(), verdict(error.as_ref()));
        }
        let total: Duration = self.done.iter().map(|(_, took, _)| took).sum();
        println!("{:<8} {:>7.1} s", "total", total.as_secs_f32());
        let failed: Vec<&str> =
            self.done.iter().filter(|(.., error)| error.is_some()).map(|(name, ..)| *name).collect();
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}

fn verdict(error: Option<&String>) -> &'static str {
    if error.is_some() { "FAILED" } else { "ok" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_does_not_hide_the_next_one() {
        let mut steps = Steps::default();
        steps.run("first", || bail!("broken"));
        steps.run("second", || Ok(()));
        steps.run("third", || bail!("broken too"));
        assert_eq!(steps.summary().unwrap_err().to_string(), "failed: first, third");
    }
}
