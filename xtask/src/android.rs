//! `cargo xtask android`, `app` and `screenshots`: the Android app, compiled against Android and run on the JVM. No SDK is
//! needed: docs/android.md says how that goes.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::r8::{Output, R8};
use crate::{bindings, demo, kotlin, setup, sh};

#[derive(clap::Args)]
pub struct Args {
    /// Only these tests, as Maven Surefire names them: a class, `Class#method`, and `*` for any letters
    filter: Option<String>,
    /// Then also what R8 leaves of the app, as `test --full` does
    #[arg(long)]
    shrink: bool,
}

#[derive(clap::Args)]
pub struct ScreenshotsArgs {
    /// Only the pictures of these tests
    filter: Option<String>,
}

#[derive(clap::Args)]
pub struct AppArgs {
    /// The day to go on with, as `cargo xtask demo --keep DIR` left it; the last one played unless said otherwise
    #[arg(long, value_name = "DIR")]
    day: Option<PathBuf>,
    /// Passed to the app; `cargo xtask app -- --help` lists what it takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    app: Vec<String>,
}

/// Compiles the app and runs its tests.
pub fn run(args: &Args) -> Result<()> {
    ready()?;
    test(args.filter.as_deref(), false)?;
    if args.shrink { shrink() } else { Ok(()) }
}

/// The same; everything needed is there. In full every picture is drawn in every look, and R8 goes over the app.
pub fn test(filter: Option<&str>, full: bool) -> Result<()> {
    let reports = target().join("app/surefire-reports");
    bindings::remove(&reports)?;
    let generated = kotlin::generate()?;
    let mut maven = maven(&generated);
    sh::tier(&mut maven, full);
    sh::run_tests(maven.args(filter.map(|filter| format!("-Dtest={filter}"))))?;
    println!("android: {} tests passed", kotlin::count(&reports)?);
    if full { shrink() } else { Ok(()) }
}

/// What R8 leaves of the compiled app, with the rules that each library brings: every class that anything of it needs is there,
/// and what Android starts, and JNA looks up, is called what it was.
fn shrink() -> Result<()> {
    println!("android: R8 goes over the app (some two minutes)");
    let (app, out) = (target().join("app"), target().join("shrunk"));
    bindings::remove(&out)?;
    fs::create_dir_all(&out)?;
    let of_manifest = app.join("resources/keep.pro");
    let mut rules = vec![of_manifest.clone(), sh::repo().join("bindings/kotlin/android/proguard.txt")];
    for part in fs::read_dir(target().join("aars/parts"))? {
        rules.extend(Some(part?.path().join("proguard.txt")).filter(|rules| rules.exists()));
    }
    let listed = |name: &str| -> Result<Vec<PathBuf>> {
        Ok(fs::read_to_string(app.join(name))?.trim().split(':').map(PathBuf::from).collect())
    };
    let mut program = listed("classpath")?;
    program.push(app.join("app-0.1.0.jar"));
    let (dex, names) = (out.join("app.zip"), out.join("names.txt"));
    R8 {
        program: &program,
        platform: &listed("platform")?,
        rules: &rules,
        makes: Output::Dex,
        to: &dex,
        names: Some(&names),
    }
    .run()?;
    let kept = fs::read_to_string(of_manifest)?;
    let started = kept.lines().filter_map(|line| line.strip_prefix("-keep class ")?.split(' ').next());
    let names = fs::read_to_string(names)?;
    for class in started.chain(["com.sun.jna.Native", "com.sun.jna.Structure"]) {
        ensure!(names.contains(&format!("\n{class} -> {class}:\n")), "R8 left no {class}");
    }
    println!(
        "android: R8 leaves {:.1} MB of the app and its libraries",
        fs::metadata(dex)?.len() as f64 / 1e6
    );
    Ok(())
}

/// Accepts the screens as they are drawn now, into `android-demo/screenshots`; where all are drawn, nothing else stays there, and
/// every state of the contract is drawn too, to be looked at.
pub fn screenshots(args: &ScreenshotsArgs) -> Result<()> {
    ready()?;
    let pictures = folder().join("screenshots");
    if args.filter.is_none() {
        bindings::remove(&pictures)?;
    }
    let generated = kotlin::generate()?;
    let mut accepted = drawing(&generated, args.filter.as_deref().unwrap_or("*PicturesTest"));
    sh::run(accepted.env("BLESS", "1").env("BUTLER_TEST_TIER", "full"))?;
    println!("drawn into {}", pictures.display());
    if args.filter.is_none() {
        let states = target().join("pictures/states");
        bindings::remove(&states)?;
        sh::run(drawing(&generated, &states_tests()?.join(",")).env("BUTLER_PICTURES", "1"))?;
        println!("every state into {}", states.display());
    }
    Ok(())
}

fn drawing(generated: &kotlin::Generated, tests: &str) -> Command {
    let mut maven = maven(generated);
    maven.arg(format!("-Dtest={tests}")).args(["-pl", "../bindings/kotlin,aars,app"]);
    maven
}

/// The tests that hold states to the contract.
fn states_tests() -> Result<Vec<String>> {
    let mut tests = Vec::new();
    for file in fs::read_dir(folder().join("app/src/test/kotlin/butler/app"))? {
        let path = file?.path();
        let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default().to_owned();
        let is_held = name.ends_with("Test") && !name.ends_with("PicturesTest");
        if is_held && fs::read_to_string(&path)?.contains("Scene(") {
            tests.push(name);
        }
    }
    tests.sort();
    Ok(tests)
}

/// Shows the app in a window as large as a phone: 张丽's phone where the demo's day left it, its office running beside it.
pub fn app(args: &AppArgs) -> Result<()> {
    ready()?;
    let generated = kotlin::generate()?;
    compile_desktop(&generated)?;
    let show = |words: &[String]| run_desktop(&generated.library, "butler.app.desktop.MainKt", words);
    // A world of the tests brings its own office.
    if args.app.iter().any(|word| word == "--world" || word == "--help") {
        return show(&args.app);
    }
    let day = demo::Day::open(args.day.as_deref(), &generated)?;
    let phone = day.phone("zhang.li").display().to_string();
    let given =
        [("--phone", phone), ("--office", day.address.clone()), ("--clock-ms", day.clock_ms.to_string())];
    let given = given.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
    show(&given.chain(args.app.iter().cloned()).collect::<Vec<_>>())
}

/// Runs a program of the desktop's over the library in a folder.
pub fn desktop(
    generated: &kotlin::Generated,
    library: &Path,
    class: &str,
    args: &[impl AsRef<OsStr>],
) -> Result<()> {
    compile_desktop(generated)?;
    run_desktop(library, class, args)
}

fn compile_desktop(generated: &kotlin::Generated) -> Result<()> {
    sh::run(maven(generated).args(["-pl", "../bindings/kotlin,desktop"]))
}

fn run_desktop(library: &Path, class: &str, args: &[impl AsRef<OsStr>]) -> Result<()> {
    let classpath = fs::read_to_string(target().join("desktop/classpath"))?;
    let mut java = Command::new("java");
    java.arg(format!("-Djna.library.path={}", library.display()))
        .arg("-Djna.nosys=true")
        .arg("-classpath")
        .arg(format!("{}:{}", target().join("desktop/classes").display(), classpath.trim()))
        .arg(class)
        .args(args);
    sh::run(&mut java)
}

fn ready() -> Result<()> {
    setup::rust()?;
    setup::android()
}

/// Maven over the app and what it stands on. The tests of the Kotlin package are another verb's; the app's own poms run
/// theirs all the same.
fn maven(generated: &kotlin::Generated) -> Command {
    let mut maven = sh::maven();
    maven.args(["-Dmaven.test.skip=true", "-Dsurefire.failIfNoSpecifiedTests=false"]);
    maven.arg("package").args(&generated.properties).current_dir(folder());
    maven
}

fn folder() -> PathBuf {
    sh::repo().join("android-demo")
}

fn target() -> PathBuf {
    bindings::target().join("android")
}
