//! `serve`: until interrupted.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::http::HeaderName;
use butler_core::host::SystemHost;

use super::CliError;
use crate::server::{Limits, ServeError, bind, serve};
use crate::storage::Storage as _;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address on this machine; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7345")]
    listen: SocketAddr,
    /// The header in which the TLS proxy on this machine says for whom it asks, such as X-Forwarded-For; guesses at
    /// enrolment codes are then counted by address. The proxy must set it itself, whatever a client sent.
    #[arg(long, value_name = "HEADER")]
    client_address: Option<HeaderName>,
}

pub(super) fn run(data: &Path, args: &Args, out: &mut dyn Write) -> Result<(), CliError> {
    share_heaps();
    let limits = Limits::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(limits.threads())
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    runtime.block_on(async {
        // The address is checked first: a wrong one should not touch the data.
        let listener = bind(args.listen).await?;
        let address = listener.local_addr().map_err(ServeError::System)?;
        let hub = Arc::new(super::open(data)?);
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
        let stop = interrupted()?;
        // One line a script can wait for and read the port from.
        writeln!(out, "listening on http://{address}")?;
        out.flush()?;
        tracing::info!(%address, "serving");
        let client_address = args.client_address.clone();
        serve(listener, hub, Arc::new(SystemHost), limits, client_address, stop).await;
        tracing::info!("stopped");
        Ok(())
    })
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
