//! The hub over HTTP: `POST /v1/frame` and `GET /health`, nothing else.
//!
//! Everything that can be exhausted is bounded: bytes of a body, seconds of a request, requests worked on and
//! requests waiting. Each breach has a status and a [`Problem`] in a frame, so that a phone can tell what to do.
//! Until TLS exists the server binds to this machine alone.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use butler_core::host::Host;
use butler_core::sync::message::{PROTOCOL, Problem, limit};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::hub::{Hub, problem_frame};
use crate::storage::{Storage, StorageError};

/// What one server takes on at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one request body.
    pub body: usize,
    /// How long one request may take, from its first byte to its answer.
    pub time: Duration,
    /// Requests read and worked on at once; the memory of the server is about this many bodies.
    pub at_once: usize,
    /// Requests waiting for their turn; one more is told to come back.
    pub waiting: usize,
    /// How long a stopping server waits for requests it has begun.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: limit::FRAME_PACKED,
            time: Duration::from_secs(30),
            at_once: 32,
            waiting: 1_000,
            grace: Duration::from_secs(10),
        }
    }
}

/// Why the office cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Without TLS nothing but this machine may talk to the office.
    #[error(
        "listen on {address}: without TLS the office listens on this machine only (127.0.0.1 or [::1]); \
         put a TLS proxy in front of it"
    )]
    NotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The address is taken or not there.
    #[error("listen on {address}: {cause}")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The system gave no runtime, signal or socket.
    #[error("serve: {0}")]
    System(#[from] std::io::Error),
}

/// Takes an address of this machine.
///
/// # Errors
/// [`ServeError::NotLoopback`] for any other, [`ServeError::Bind`] when it is taken.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback { address });
    }
    TcpListener::bind(address).await.map_err(|cause| ServeError::Bind { address, cause })
}

/// Serves until `stop` completes and what was begun is answered.
///
/// # Errors
/// [`ServeError::System`] when the socket fails.
pub async fn serve<S: Storage + 'static>(
    listener: TcpListener,
    hub: Arc<Hub<S>>,
    host: Arc<dyn Host>,
    limits: Limits,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let shared = Arc::new(Shared {
        hub,
        host,
        limits,
        turns: Semaphore::new(limits.at_once),
        seats: Semaphore::new(limits.at_once + limits.waiting),
    });
    let routes = Router::new()
        .route("/v1/frame", post(frame::<S>))
        .route("/health", get(health::<S>))
        .with_state(shared);
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let signal = async move {
        stop.await;
        let _ = stopping.send(());
    };
    let served = axum::serve(listener, routes).with_graceful_shutdown(signal).into_future();
    // A phone that keeps its connection open must not keep the office from stopping.
    let given_up = async move {
        let _ = stopped.await;
        tokio::time::sleep(limits.grace).await;
    };
    tokio::select! {
        result = served => Ok(result?),
        () = given_up => Ok(()),
    }
}

struct Shared<S> {
    hub: Arc<Hub<S>>,
    host: Arc<dyn Host>,
    limits: Limits,
    turns: Semaphore,
    seats: Semaphore,
}

async fn frame<S: Storage + 'static>(State(shared): State<Arc<Shared<S>>>, request: Request) -> Response {
    let begun = Instant::now();
    let Ok(_seat) = shared.seats.try_acquire() else {
        return refused("too many waiting", StatusCode::SERVICE_UNAVAILABLE, Problem::Busy);
    };
    // The declared length is believed only to refuse early; the bytes themselves are counted below.
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > shared.limits.body) {
        return too_large(&shared.limits);
    }
    let answer = timeout(shared.limits.time, async {
        let Ok(_turn) = shared.turns.acquire().await else { return Err(StatusCode::SERVICE_UNAVAILABLE) };
        let body = to_bytes(request.into_body(), shared.limits.body)
            .await
            .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let (received, worker) = (body.len(), Arc::clone(&shared));
        let answer =
            tokio::task::spawn_blocking(move || worker.hub.answer(worker.host.as_ref(), &body)).await;
        answer.map(|answer| (received, answer)).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    });
    match answer.await {
        Ok(Ok((received, answer))) => {
            let status = answer.problem.as_ref().map_or(StatusCode::OK, status);
            let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(
                request = answer.request,
                status = status.as_u16(),
                millis,
                received,
                sent = answer.frame.len(),
                "answered"
            );
            packed(status, answer.frame)
        }
        Ok(Err(StatusCode::PAYLOAD_TOO_LARGE)) => too_large(&shared.limits),
        Ok(Err(status)) => refused("failed", status, Problem::Storage),
        Err(_) => refused("too slow", StatusCode::REQUEST_TIMEOUT, Problem::Busy),
    }
}

/// Whether the office can be read: what a monitor asks.
async fn health<S: Storage + 'static>(State(shared): State<Arc<Shared<S>>>) -> Response {
    let read = tokio::task::spawn_blocking(move || {
        shared.hub.storage().read(|read| Ok::<_, StorageError>(read.life()?.generation))
    });
    let healthy = matches!(read.await, Ok(Ok(_)));
    let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::json!({
        "status": if healthy { "ok" } else { "storage" },
        "protocol": PROTOCOL,
        "version": env!("CARGO_PKG_VERSION"),
    });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn too_large(limits: &Limits) -> Response {
    let problem = Problem::TooLarge { limit: limits.body as u64 };
    refused("too large", StatusCode::PAYLOAD_TOO_LARGE, problem)
}

fn refused(why: &'static str, status: StatusCode, problem: Problem) -> Response {
    tracing::warn!(why, status = status.as_u16(), "refused");
    packed(status, problem_frame(problem))
}

fn packed(status: StatusCode, frame: Vec<u8>) -> Response {
    let body = Body::from(Bytes::from(frame));
    (status, [(header::CONTENT_TYPE, "application/vnd.butler.frame")], body).into_response()
}

/// The status beside a problem, for proxies and monitors; phones read the frame.
fn status(problem: &Problem) -> StatusCode {
    match problem {
        Problem::Protocol { .. } | Problem::Malformed => StatusCode::BAD_REQUEST,
        Problem::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Problem::NoSession | Problem::Revoked | Problem::UnknownDevice | Problem::BadSignature => {
            StatusCode::UNAUTHORIZED
        }
        Problem::CodeInvalid | Problem::WrongGrid => StatusCode::FORBIDDEN,
        Problem::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
        Problem::WrongGeneration => StatusCode::CONFLICT,
        Problem::PhotoMismatch => StatusCode::UNPROCESSABLE_ENTITY,
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Problem::Storage => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
