//! `serve`: until interrupted.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderName;
use butler_core::host::Host;

use super::CliError;
use crate::backup::{self, BackupError};
use crate::hub::Hub;
use crate::server::{Limits, ServeError, bind, serve};
use crate::storage::{Sqlite, Storage as _};

/// After a backup that failed, the next one is tried.
const AGAIN: Duration = Duration::from_secs(600);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address on this machine; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7345")]
    listen: SocketAddr,
    /// The header in which the TLS proxy on this machine says for whom it asks, such as X-Forwarded-For; guesses at
    /// enrolment codes are then counted by address. The proxy must set it itself, whatever a client sent.
    #[arg(long, value_name = "HEADER")]
    client_address: Option<HeaderName>,
    /// Back up every so often, such as 6h, 30m or 1d, to the folder that `backup DIR` named
    #[arg(long, value_name = "TIME", value_parser = span)]
    backup_every: Option<Duration>,
}

pub(super) fn run(
    data: &Path,
    host: &Arc<dyn Host>,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    share_heaps();
    let limits = Limits::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // One of them backs up.
        .max_blocking_threads(limits.threads() + 1)
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    let served = runtime.block_on(async {
        // The address is checked first: a wrong one should not touch the data.
        let listener = bind(args.listen).await?;
        let address = listener.local_addr().map_err(ServeError::System)?;
        let hub = Arc::new(super::open(data, &**host)?);
        if let Err(error) = hub.storage().signing_key() {
            tracing::warn!(code = "signing-key", %error, "phones are served, but nothing can be published");
        }
        if args.client_address.is_none() {
            tracing::warn!(
                code = "client-address",
                "behind a proxy nobody who guesses at enrolment codes can be told from anybody else: \
                 name the header it sets with --client-address"
            );
        }
        if let Some(every) = args.backup_every {
            backup::remembered(data)?.ok_or(BackupError::Nowhere)?;
            tokio::spawn(back_up(Arc::clone(&hub), Arc::clone(host), data.to_owned(), every));
        }
        let stop = interrupted()?;
        // One line a script can wait for and read the port from.
        writeln!(out, "listening on http://{address}")?;
        out.flush()?;
        tracing::info!(%address, "serving");
        let client_address = args.client_address.clone();
        serve(listener, hub, Arc::clone(host), limits, client_address, stop).await;
        tracing::info!("stopped");
        Ok(())
    });
    // A backup under way is cut off, and the next one begins anew.
    runtime.shutdown_background();
    served
}

/// Backs the office up for as long as it is served: when the newest backup is older than `every`, and again soon when
/// it failed.
async fn back_up(hub: Arc<Hub<Sqlite>>, host: Arc<dyn Host>, data: PathBuf, every: Duration) {
    let mut wait = Duration::ZERO;
    loop {
        tokio::time::sleep(wait).await;
        let (hub, host, data) = (Arc::clone(&hub), Arc::clone(&host), data.clone());
        let work = move || back_up_if_due(hub.storage(), &*host, &data, every);
        let made = tokio::task::spawn_blocking(work).await;
        wait = match made {
            Ok(Ok(wait)) => wait,
            Ok(Err(error)) => {
                tracing::warn!(code = "backup", %error, "no backup was made");
                every.min(AGAIN)
            }
            Err(_) => every.min(AGAIN),
        };
    }
}

/// Returns when to come again.
fn back_up_if_due(
    office: &Sqlite,
    host: &dyn Host,
    data: &Path,
    every: Duration,
) -> Result<Duration, BackupError> {
    let folder = backup::remembered(data)?.ok_or(BackupError::Nowhere)?;
    let now = host.now().millis();
    if let Some(newest) = backup::newest(&folder)? {
        // A backup of the future, made by a clock that was wrong, is as good as none.
        let age = u64::try_from(now - newest.taken.millis()).map_or(every, Duration::from_millis);
        if age < every {
            return Ok(every - age);
        }
    }
    let made = backup::make(office, &folder, backup::KEEP, host, &mut |_| ())?;
    let (changes, new_photos) = (made.manifest.changes, made.new_photos);
    tracing::info!(code = "backup", changes, new_photos, "backed up");
    Ok(every)
}

/// `6h`, `30m`, `1d`: at least a second.
fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "a number with s, m, h or d, such as 6h · 如 6h（6 小时）".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let span = number.checked_mul(seconds).filter(|span| *span > 0 && *span <= 366 * 86_400);
    span.map(Duration::from_secs).ok_or_else(wrong)
}

/// glibc gives nearly every thread a heap of its own, and each keeps what the longest record ever needed in it: a busy office
/// grows with its threads. With two heaps it does not. Called before there are threads.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "glibc offers no other way to say how many heaps there are")]
fn share_heaps() {
    // SAFETY: mallopt takes two integers and no pointer; nothing else allocates while it runs.
    if unsafe { libc::mallopt(libc::M_ARENA_MAX, 2) } == 0 {
        tracing::warn!(code = "heaps", "memory is not kept small");
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
const fn share_heaps() {}

/// Completes on Ctrl-C or when the system asks the service to stop.
fn interrupted() -> Result<impl Future<Output = ()> + Send + 'static, ServeError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
