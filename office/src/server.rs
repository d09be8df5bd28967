//! The hub over HTTP: `POST /v1/frame` and `GET /health`, nothing else.
//!
//! Everything that can be exhausted is bounded: bytes of a body, seconds of a request, requests worked on and
//! requests waiting. Each breach has a status and a [`Problem`] in a frame, so that a phone can tell what to do.
//! Until TLS exists the server binds to this machine alone.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
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
    let answer = timeout(shared.limits.time, async {
        let Ok(_turn) = shared.turns.acquire().await else { return Err(StatusCode::SERVICE_UNAVAILABLE) };
        let body = read(request.into_body(), shared.limits.body).await?;
        let (received, worker) = (body.len(), Arc::clone(&shared));
        let answer =
            tokio::task::spawn_blocking(move || worker.hub.answer(worker.host.as_ref(), None, &body)).await;
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

/// How much of an oversize body is read and thrown away: a client that is still sending would see a broken
/// connection instead of the answer.
const DRAIN: usize = 8 << 20;

/// The whole body, at most `limit` bytes of it in memory.
async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, StatusCode> {
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // The client went away: nobody reads what is answered now.
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else { continue };
        length += data.len();
        if length <= limit {
            kept.extend_from_slice(&data);
        } else {
            kept = Vec::new();
            if length > limit + DRAIN {
                break;
            }
        }
    }
    if length > limit { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(kept) }
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use butler_core::sync::frame;
    use butler_core::sync::message::Reply;

    use super::*;
    use crate::hub::testing::{Desk, Office};

    /// Runs `work` against a server with those limits, then stops it and waits for its end.
    fn served(limits: Limits, work: impl FnOnce(SocketAddr)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(bind("127.0.0.1:0".parse().unwrap())).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let hub = Arc::new(Office::new().hub);
        let server = runtime.spawn(serve(listener, hub, Arc::new(Desk::new()), limits, async {
            let _ = stopped.await;
        }));
        work(address);
        stop.send(()).unwrap();
        runtime.block_on(server).unwrap().unwrap();
    }

    /// Opens a request of ten bytes and sends none of them.
    fn stalled(address: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"POST /v1/frame HTTP/1.1\r\nhost: office\r\ncontent-length: 10\r\n\r\n").unwrap();
        stream
    }

    fn answer(stream: &mut TcpStream) -> (String, Problem) {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        let Reply::Problem(problem) = frame::decode::<Reply>(&body).unwrap().body else { panic!("{head}") };
        (head.lines().next().unwrap().to_owned(), problem)
    }

    #[test]
    fn a_request_that_takes_too_long_is_told_so() {
        served(Limits { time: Duration::from_millis(20), ..Limits::default() }, |address| {
            let (status, problem) = answer(&mut stalled(address));
            assert_eq!((status.as_str(), problem), ("HTTP/1.1 408 Request Timeout", Problem::Busy));
        });
    }

    #[test]
    fn one_request_more_than_there_are_seats_is_told_to_come_back() {
        let limits = Limits { at_once: 1, waiting: 1, grace: Duration::ZERO, ..Limits::default() };
        served(limits, |address| {
            // Three requests, two seats: whichever came last is sent away at once, the others stay.
            let mut streams = [stalled(address), stalled(address), stalled(address)];
            for stream in &streams {
                stream.set_nonblocking(true).unwrap();
            }
            let sent_away = loop {
                let ready = streams.iter().position(|stream| stream.peek(&mut [0]).is_ok());
                if let Some(ready) = ready {
                    break ready;
                }
                std::thread::yield_now();
            };
            streams[sent_away].set_nonblocking(false).unwrap();
            let (status, problem) = answer(&mut streams[sent_away]);
            assert_eq!((status.as_str(), problem), ("HTTP/1.1 503 Service Unavailable", Problem::Busy));
        });
    }

    #[test]
    fn a_connection_left_open_does_not_keep_the_office_from_stopping() {
        let limits = Limits { grace: Duration::ZERO, ..Limits::default() };
        let mut open = None;
        served(limits, |address| open = Some(stalled(address)));
        assert!(open.is_some());
    }

    #[test]
    fn only_this_machine_may_be_bound() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let taken = runtime.block_on(bind("127.0.0.1:0".parse().unwrap())).unwrap();
        let result = runtime.block_on(bind(taken.local_addr().unwrap()));
        assert!(matches!(result, Err(ServeError::Bind { .. })));
        let result = runtime.block_on(bind("192.0.2.7:7345".parse().unwrap()));
        assert!(matches!(result, Err(ServeError::NotLoopback { .. })));
    }
}
