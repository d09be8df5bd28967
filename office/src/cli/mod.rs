//! The office's command line: `butler-office --data DIR <verb>`. One file per verb.
//!
//! Commands may run while `serve` runs: they share the database, and the server reads the tables anew when
//! their versions changed.

mod audit;
mod backup;
mod codes;
mod enrol;
mod grid;
mod held;
mod import;
mod init;
mod key;
mod metrics;
mod name;
mod paper;
mod playbook;
mod receipt;
mod restore;
mod revoke;
mod serve;
mod staff;
mod status;
mod what_if;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use butler_core::host::{Host, OffsetHost};
use butler_core::model::PlaceId;
use butler_core::playbook::{PlaybookErrors, Playbooks};
use clap::{Parser, Subcommand};

use crate::backup::BackupError;
use crate::hub::{Hub, OfficeError};
use crate::import::{ImportError, MappingError, NotReady, SpotsError};
use crate::server::ServeError;
use crate::storage::{Sqlite, StorageError};

/// The office of a property butler's phones 物业管家办公室.
#[derive(Debug, Parser)]
#[command(name = "butler-office", version)]
pub struct Cli {
    /// The office's folder; `playbook check`, `playbook show` and `receipt check --key` do without
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How far the office's clock is ahead of this machine's: for a demo whose day is another one
    #[arg(long, value_name = "MS", default_value_t = 0, allow_hyphen_values = true, hide = true)]
    clock_ms: i64,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a new office 新建
    Init(init::Args),
    /// What people call the office, shown before a phone is enrolled 办公室名称
    Name(name::Args),
    /// Serve phones 启动服务
    Serve(serve::Args),
    /// Read a company's register: shows what it would do, and does it with --apply 导入台账
    Import(import::Args),
    /// People who work here 员工
    #[command(subcommand)]
    Staff(staff::Verb),
    /// Grids, places, and who works where 网格
    #[command(subcommand)]
    Grid(grid::Verb),
    /// Print the codes that hang at places, as sheets of labels 打印点位码
    Codes(codes::Args),
    /// Print a one-time code that lets a phone join 发放登记码
    Enrol(enrol::Args),
    /// Whether what was noted down is all there 审计
    #[command(subcommand)]
    Audit(audit::Verb),
    /// What the office signs playbooks with 签名密钥
    #[command(subcommand)]
    Key(key::Verb),
    /// Shut a device out 吊销设备
    Revoke(revoke::Args),
    /// Check, draw and publish the company's procedures 流程
    #[command(subcommand)]
    Playbook(playbook::Verb),
    /// Print a slip filled from a case, a round or a row of a register 打印单据
    Paper(paper::Args),
    /// Receipts that customers were given 客户回执
    #[command(subcommand)]
    Receipt(receipt::Verb),
    /// Changes that were not accepted, and letting one in 隔离区
    #[command(subcommand)]
    Held(held::Verb),
    /// Copy the office to another disk, while it is served or not 备份
    Backup(backup::Args),
    /// Make the office from a backup 恢复
    Restore(restore::Args),
    /// The month's metrics, and the records behind each 月报指标
    Metrics(metrics::Args),
    /// Every device: last sync, what it has not sent, what blocks it 设备状态
    Status(status::Args),
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The hub.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The server.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The command is about an office, and it was not said which.
    #[error("find the office: say where it is, with --data DIR · 请用 --data 指明办公室的文件夹")]
    NoOffice,
    /// The playbooks of this build.
    #[error("read the playbooks:\n{0}")]
    Playbooks(#[from] PlaybookErrors),
    /// The playbooks of a folder were rejected; what is wrong with them was printed.
    #[error(
        "accept the playbooks: {0} 处需要修改，改好后再检查一次 · {0} things to put right, then check again"
    )]
    Rejected(usize),
    /// A folder without a single playbook.
    #[error(
        "find a playbook in {}: only files named *.toml are read, not *.toml.txt · 里面没有 .toml 文件",
        .0.display()
    )]
    NoPlaybooks(PathBuf),
    /// The group is no id of its kind.
    #[error("find the group · 没有这个网格、管家或端口")]
    NoGroup,
    /// No playbook to print has that id.
    #[error(
        "find playbook {0} · 没有这个编号；用语和日历没有可打印的页面 · terms and calendars have no page"
    )]
    UnknownPlaybook(String),
    /// An address no phone would take.
    #[error("use address {0}: phones reach an office by https://… · 手机只认 https 地址")]
    Address(String),
    /// The code of a place is longer than a picture holds.
    #[error("draw the code of {0}: it is too long for a picture (QR) · 码太长，画不成二维码")]
    CodeTooLong(PlaceId),
    /// The record cannot be handed out as that slip now.
    #[error("find slip {0}; without --paper the slips of the record are listed · 这份记录现在没有这种单据")]
    NoPaper(String),
    /// The text is no receipt of the company.
    #[error("take the receipt for this company's word: {0} · 不是本公司的有效回执")]
    Receipt(#[from] butler_core::sync::customer_receipt::ReceiptError),
    /// A PDF.
    #[error(transparent)]
    Font(#[from] crate::pdf::FontError),
    /// A backup or a restore.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The register.
    #[error("read the register: {0}")]
    Import(#[from] ImportError),
    /// A table of places.
    #[error("read the places: {0}")]
    Spots(#[from] SpotsError),
    /// What was read of the register waits for a person.
    #[error("apply the register: {0}")]
    NotReady(#[from] NotReady),
    /// The mapping of the register.
    #[error("read the mapping: {0}")]
    Mapping(#[from] MappingError),
    /// A file.
    #[error("use {}: {cause} · 打不开或写不了", path.display())]
    File {
        /// Unique id.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The terminal or pipe that reads the answer went away.
    #[error("print the answer: {0}")]
    Print(#[from] std::io::Error),
}

/// Carries a command out, printing to `out`.
///
/// # Errors
/// [`CliError`], to be shown after "failed to".
pub fn run(cli: Cli, out: &mut dyn Write) -> Result<(), CliError> {
    let data = || cli.data.as_deref().ok_or(CliError::NoOffice);
    let shared: Arc<dyn Host> = Arc::new(OffsetHost { ahead_ms: cli.clock_ms });
    let host = &*shared;
    match cli.verb {
        Verb::Init(args) => init::run(data()?, host, &args, out),
        Verb::Name(args) => name::run(&open(data()?, host)?, host, &args, out),
        Verb::Serve(args) => serve::run(data()?, &shared, &args, out),
        Verb::Import(args) => import::run(data()?, host, &args, out),
        Verb::Staff(verb) => staff::run(&open(data()?, host)?, host, verb, out),
        Verb::Grid(verb) => grid::run(&open(data()?, host)?, host, verb, out),
        Verb::Codes(args) => codes::run(&open(data()?, host)?, host, &args, out),
        Verb::Enrol(args) => enrol::run(&open(data()?, host)?, host, &args, out),
        Verb::Audit(verb) => audit::run(&open(data()?, host)?, host, &verb, out),
        Verb::Key(verb) => key::run(&open(data()?, host)?, host, &verb, out),
        Verb::Revoke(args) => revoke::run(&open(data()?, host)?, host, &args, out),
        Verb::Playbook(verb) => playbook::run(cli.data.as_deref(), host, verb, out),
        Verb::Paper(args) => paper::run(&open(data()?, host)?, host, &args, out),
        Verb::Receipt(verb) => receipt::run(cli.data.as_deref(), host, &verb, out),
        Verb::Held(verb) => held::run(&open(data()?, host)?, host, verb, out),
        Verb::Backup(args) => backup::run(open(data()?, host)?.storage(), host, &args, out),
        Verb::Restore(args) => restore::run(data()?, host, &args, out),
        Verb::Metrics(args) => metrics::run(&open(data()?, host)?, host, &args, out),
        Verb::Status(args) => status::run(&open(data()?, host)?, &args, out),
    }
}

/// The office in that folder.
fn open(data: &Path, host: &dyn Host) -> Result<Hub<Sqlite>, CliError> {
    let storage = Sqlite::open(data, host)?;
    let seals = storage.seal_secret(host)?;
    Ok(Hub::new(storage, Playbooks::embedded()?, seals))
}
