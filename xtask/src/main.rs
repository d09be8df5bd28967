//! The one tool a developer runs. One file per verb; what they share is in [`sh`], [`build`], and in
//! [`bindings`] for the two languages.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod android;
mod bench;
mod bindings;
mod build;
mod demo;
mod ios;
mod kotlin;
mod package;
mod r8;
mod setup;
mod sh;
mod sqlcipher;
mod swift;
mod test;
mod tokens;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The one tool a developer runs")]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build and install what the other verbs need; they also do it themselves
    Setup(setup::Args),
    /// A day at an office with several phones, told step by step
    Demo(demo::Args),
    /// Everything CI checks: format, lints, Rust tests, then Kotlin, Android, Swift and iOS
    Test(test::Args),
    /// Measure; `docs/performance.md` says what the figures should be
    Bench(bench::Args),
    /// Generate the Kotlin half, compile it and run its tests
    Kotlin(kotlin::Args),
    /// Compile the Android app and run its tests, on the JVM
    Android(android::Args),
    /// Show the app in a window as large as a phone
    App(android::AppArgs),
    /// Draw every screen of the app in every look into android-demo/screenshots, and accept it so
    Screenshots(android::ScreenshotsArgs),
    /// Write the Kotlin and Swift of the apps' colours, type, icons and words from docs/design
    Tokens,
    /// Generate the Swift half, compile it and run its tests
    Swift(swift::Args),
    /// Compile the iOS app as far as it goes without a Mac and run its tests
    Ios(ios::Args),
    /// Make the packages app teams take, in target/repository
    Package(package::Args),
}

fn main() -> ExitCode {
    let done = match Args::parse().verb {
        Verb::Setup(args) => setup::run(&args),
        Verb::Demo(args) => demo::run(&args),
        Verb::Test(args) => test::run(&args),
        Verb::Bench(args) => bench::run(&args),
        Verb::Kotlin(args) => kotlin::run(&args),
        Verb::Android(args) => android::run(&args),
        Verb::App(args) => android::app(&args),
        Verb::Screenshots(args) => android::screenshots(&args),
        Verb::Tokens => tokens::write(),
        Verb::Swift(args) => swift::run(&args),
        Verb::Ios(args) => ios::run(&args),
        Verb::Package(args) => package::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
