//! `playbook`: the company's procedures, from a folder of files to its phones.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use butler_core::host::Host;
use butler_core::model::{PlaybookVersion, StaffId, Timestamp};
use butler_core::playbook::{Language, PlaybookError, PlaybookFile, Playbooks};
use chrono::FixedOffset;

use super::status::moment;
use super::{CliError, open};
use crate::hub::{Hub, PublishedFile};
use crate::playbook::{Folder, draw, page, read_folder};
use crate::storage::{Sqlite, Storage};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Read a folder of playbooks and say what is wrong with them 检查
    Check {
        /// The folder; every *.toml below it is read
        dir: PathBuf,
        /// The folder is a whole set: nothing of this build stands below it
        #[arg(long)]
        alone: bool,
    },
    /// Print a playbook as a page; a workflow with its diagram 打印
    Show {
        /// Its id, such as the one `check` prints
        id: String,
        /// A folder of playbooks laid over those of this build; left out, those of this build alone
        #[arg(long = "in", value_name = "DIR")]
        dir: Option<PathBuf>,
        /// In which language
        #[arg(long, value_enum, default_value_t = Tongue::Zh)]
        language: Tongue,
        /// The whole page as Markdown, or a workflow's diagram alone
        #[arg(long, value_enum, default_value_t = Format::Page)]
        format: Format,
    },
    /// Put a folder of playbooks into force, here and on every phone at its next sync 发布
    Publish {
        /// The folder; every *.toml below it is published
        #[arg(required_unless_present = "embedded")]
        dir: Option<PathBuf>,
        /// Instead: return to the playbooks of this build 恢复自带
        #[arg(long, conflicts_with = "dir")]
        embedded: bool,
        /// Who publishes, for the record
        #[arg(long, value_name = "STAFF")]
        by: Option<StaffId>,
        /// Say what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// What a changed folder would have made of a month, beside what was: due, late, closed; writes nothing 试算
    Try(super::what_if::Args),
    /// What is in force, what was, and since when 已发布
    List,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Tongue {
    /// 简体中文
    Zh,
    /// English
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Zh => Self::Zh,
            Tongue::En => Self::En,
        }
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Format {
    /// Markdown, a workflow's diagram in it
    Page,
    /// Mermaid text
    Mermaid,
}

pub(super) fn run(
    data: Option<&Path>,
    host: &dyn Host,
    verb: Verb,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let hub = || open(data.ok_or(CliError::NoOffice)?, host);
    match verb {
        Verb::Check { dir, alone } => {
            let files = in_order(&dir, alone, out)?;
            // Which grids and places there are is the office's to say.
            if data.is_some() {
                let unknown = hub()?.unknown_places(&files)?;
                unknown.iter().try_for_each(|problem| writeln!(out, "{problem}"))?;
                if !unknown.is_empty() {
                    return Err(CliError::Rejected(unknown.len()));
                }
            }
            summary(&files, out)
        }
        Verb::Show { id, dir, language, format } => show(&id, dir.as_deref(), language, format, out),
        Verb::Publish { dir, by, dry_run, embedded: _ } => {
            publish(&hub()?, host, dir.as_deref(), by.as_ref(), dry_run, out)
        }
        Verb::Try(args) => super::what_if::run(&hub()?, host, &args, out),
        Verb::List => list(&hub()?, out),
    }
}

fn show(
    id: &str,
    dir: Option<&Path>,
    language: Tongue,
    format: Format,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let set = match dir {
        Some(dir) => Playbooks::accepted(&in_order(dir, false, out)?)?,
        None => Playbooks::clone(&*Playbooks::embedded()?),
    };
    let language = language.into();
    let text = match format {
        Format::Page => page(&set, id, language),
        Format::Mermaid => set.workflow(&id.into()).map(|workflow| draw(workflow, &set, language)),
    };
    let text = text.ok_or_else(|| CliError::UnknownPlaybook(id.to_owned()))?;
    out.write_all(text.as_bytes())?;
    Ok(())
}

fn publish(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    dir: Option<&Path>,
    by: Option<&StaffId>,
    dry_run: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let files = dir.map_or_else(|| Ok(Vec::new()), |dir| in_order(dir, false, out))?;
    let publication = if dry_run { hub.try_publishing(by, &files)? } else { hub.publish(host, by, &files)? };
    for (what, names) in [
        ("新增 added", &publication.added),
        ("修改 changed", &publication.changed),
        ("撤下 dropped", &publication.dropped),
    ] {
        for name in names {
            writeln!(out, "{what}  {name}")?;
        }
    }
    writeln!(out, "不变 unchanged {}  保留的旧版 older kept {}", publication.unchanged, publication.older)?;
    if files.is_empty() {
        writeln!(out, "回到本版本自带的流程 · back to the playbooks of this build")?;
    }
    if dry_run {
        writeln!(out, "只是试算，未发布 · tried only, nothing was published")?;
    } else {
        writeln!(out, "已发布 published {}", publication.version)?;
    }
    Ok(())
}

fn list(hub: &Hub<Sqlite>, out: &mut dyn Write) -> Result<(), CliError> {
    let (zone, version) = hub.storage().read(|read| {
        let minutes = read.community()?.utc_offset_minutes;
        Ok::<_, CliError>((FixedOffset::east_opt(minutes.saturating_mul(60)), read.playbook_set_version()?))
    })?;
    if version == 0 {
        writeln!(
            out,
            "尚未发布，使用本版本自带的流程 · nothing was published: the playbooks of this build are in force"
        )?;
        return Ok(());
    }
    writeln!(out, "已发布 published {version}")?;
    for PublishedFile { file, text, since, until } in hub.published_playbooks()? {
        let file = PlaybookFile { name: file.name, text, current: file.current };
        let Some(head) = file.head() else { continue };
        let when = |at: Option<Timestamp>| at.map_or_else(String::new, |at| moment(at, zone));
        let standing = match until {
            None if file.current => format!("在用 in force  {}", when(since)),
            _ => format!("旧版 older  {} – {}", when(since), when(until)),
        };
        let title = head.title.text(Language::Zh);
        writeln!(out, "  {} {}  {title}  {}  {standing}", head.kind, head.id, short(file.version()))?;
    }
    Ok(())
}

/// Enough of a version to tell it from its neighbours.
fn short(version: PlaybookVersion) -> String {
    version.to_string().chars().take(8).collect()
}

/// Judges the files of a folder as the company's set, laid over the playbooks of this build if not `alone`.
///
/// # Errors
/// [`CliError::Rejected`] after everything wrong was printed, [`CliError::NoPlaybooks`].
pub(super) fn in_order(dir: &Path, alone: bool, out: &mut dyn Write) -> Result<Vec<PlaybookFile>, CliError> {
    let folder = read_folder(dir).map_err(|(path, cause)| CliError::File { path, cause })?;
    // Publishing nothing takes every procedure of the company back; a folder named amiss looks just like that.
    if folder.files.is_empty() && folder.unreadable.is_empty() {
        return Err(CliError::NoPlaybooks(dir.to_owned()));
    }
    // A file that cannot be read is missed by others, and that they say so would only confuse.
    let (problems, notes) = if folder.unreadable.is_empty() {
        let judge = if alone { Playbooks::build } else { Playbooks::company };
        match judge(&folder.files) {
            Ok(set) => (Vec::new(), set.notes().to_vec()),
            Err(rejected) => (rejected.errors, Vec::new()),
        }
    } else {
        (folder.unreadable.clone(), Vec::new())
    };
    for note in &notes {
        writeln!(out, "提醒 note  {}", said(note, dir, &folder))?;
    }
    for problem in &problems {
        writeln!(out, "{}", said(problem, dir, &folder))?;
    }
    if problems.is_empty() { Ok(folder.files) } else { Err(CliError::Rejected(problems.len())) }
}

/// `file:line: 中文 / English`, the file as the clerk finds it.
fn said(problem: &PlaybookError, dir: &Path, folder: &Folder) -> String {
    let PlaybookError { file, line, diagnostic } = problem;
    let place = if folder.holds(file) {
        dir.join(file).display().to_string()
    } else {
        format!("(自带 embedded) {file}")
    };
    let line = line.map_or_else(String::new, |line| format!("{line}:"));
    format!("{place}:{line} {} / {}", diagnostic.text(Language::Zh), diagnostic.text(Language::En))
}

/// What is in the folder: per kind, every playbook with its version.
fn summary(files: &[PlaybookFile], out: &mut dyn Write) -> Result<(), CliError> {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let Some(head) = file.head() else { continue };
        let older = if file.current { "" } else { "  (旧版 older)" };
        let line = format!("{}  {}  {}{older}", file.version(), head.id, head.title.text(Language::Zh));
        kinds.entry(head.kind).or_default().push(line);
    }
    for (kind, lines) in kinds {
        writeln!(out, "{kind} {}", lines.len())?;
        for line in lines {
            writeln!(out, "  {line}")?;
        }
    }
    writeln!(
        out,
        "{} 份文件可以使用 · files in order（只读 .toml 文件 · only .toml files are read）",
        files.len()
    )?;
    Ok(())
}
