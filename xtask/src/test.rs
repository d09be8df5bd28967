//! `cargo xtask test`: what CI runs, and what a developer runs before pushing.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{android, build, ios, kotlin, package, setup, sh, swift};

#[derive(clap::Args)]
pub struct Args {
    /// The long tier: more seeds, bigger fleets
    #[arg(long)]
    full: bool,
    /// Leave the Kotlin half out
    #[arg(long)]
    no_kotlin: bool,
    /// Leave the Android app out
    #[arg(long)]
    no_android: bool,
    /// Leave the library for phones out: it is linked and inspected, and the package for Android checked with it
    #[arg(long)]
    no_phone: bool,
    /// Leave the Swift half out
    #[arg(long)]
    no_swift: bool,
    /// Leave the iOS app out
    #[arg(long)]
    no_ios: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let mut steps = Steps::default();
    steps.run("setup", setup::rust);
    if !steps.failed() {
        steps.run("format", || sh::run(sh::cargo().args(["fmt", "--all", "--check"])));
        let mut built = None;
        steps.run("build", || {
            built = Some(build::build(&["--all-targets"])?);
            Ok(())
        });
        // The rest would say the same of what does not compile.
        let Some(built) = built else { return steps.summary() };
        steps.run("lints", || built.is_clean());
        steps.run("tests", || {
            let mut tests = build::cargo()?;
            tests.args(["test", "-q", "--workspace", "--no-fail-fast"]);
            sh::tier(&mut tests, args.full);
            sh::run_tests(&mut tests)
        });
        if !args.no_kotlin {
            steps.run("kotlin", || setup::kotlin().and_then(|()| kotlin::test(None, args.full)));
            let mut phones = Vec::new();
            if !args.no_phone {
                steps.run("phone", || {
                    phones = package::phone::link_for_check(args.full)?;
                    Ok(())
                });
            }
            steps.run("jars", || package::check_kotlin(&phones, args.full, false));
        }
        if !args.no_android {
            steps.run("android", || setup::android().and_then(|()| android::test(None, args.full)));
        }
        if !args.no_swift {
            steps.run("swift", || swift::test(&swift::ensure()?, None, args.full));
            steps.run("module", || package::check_swift(&swift::ensure()?, args.full));
        }
        if !args.no_ios {
            steps.run("ios", || ios::test(&swift::ensure()?, None));
        }
    }
    steps.summary()
}

/// Every step that can run does, whatever the ones before said: a person wants all the bad news at once.
#[derive(Default)]
struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    /// What it cost, on however many processors; not known on every system.
    processor: Option<Duration>,
    error: Option<String>,
}

impl Step {
    fn verdict(&self) -> &'static str {
        if self.error.is_some() { "FAILED" } else { "ok" }
    }

    fn cost(&self) -> String {
        let seconds = self.processor.map(|time| format!("{:>7.1} s CPU", time.as_secs_f32()));
        seconds.unwrap_or_default()
    }
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) {
        println!("== {name}");
        let (started, before) = (Instant::now(), sh::processor_time());
        let error = step().err().map(|error| format!("{error:#}"));
        let processor = sh::processor_time().zip(before).map(|(after, before)| after.saturating_sub(before));
        let done = Step { name, took: started.elapsed(), processor, error };
        if let Some(error) = &done.error {
            println!("{error}");
        }
        println!("== {name}: {}, {:.1} s", done.verdict(), done.took.as_secs_f32());
        self.done.push(done);
    }

    fn failed(&self) -> bool {
        self.done.iter().any(|step| step.error.is_some())
    }

    fn summary(&self) -> Result<()> {
        println!();
        for step in &self.done {
            println!(
                "{:<8} {:>7.1} s {}  {}",
                step.name,
                step.took.as_secs_f32(),
                step.cost(),
                step.verdict()
            );
        }
        let whole = Step {
            name: "total",
            took: self.done.iter().map(|step| step.took).sum(),
            processor: self.done.iter().map(|step| step.processor).sum(),
            error: None,
        };
        println!("{:<8} {:>7.1} s {}", whole.name, whole.took.as_secs_f32(), whole.cost());
        let failed: Vec<String> = self
            .done
            .iter()
            .filter_map(|step| Some(format!("{}: {}", step.name, step.error.as_ref()?)))
            .collect();
        if !failed.is_empty() {
            bail!("what failed\n{}", failed.join("\n"));
        }
        Ok(())
    }
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
        assert_eq!(steps.summary().unwrap_err().to_string(), "what failed\nfirst: broken\nthird: broken too");
    }
}
