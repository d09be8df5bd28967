//! The hub over HTTP: `POST /v1/frame` and `GET /health`, nothing else.
//!
//! Everything that can be exhausted is bounded: connections, the time of a head, the pace of a body and of whoever
//! reads an answer, bytes of bodies, requests worked on and requests waiting. A request takes a seat only when all of
//! it has come in, so that slow clients keep nobody waiting, and turns are shared by device, so that busy ones do not
//! either. Each breach has a status and a [`Problem`] in a frame, so
//! that a phone can tell what to do. Until TLS exists the server binds to this machine alone.

mod pace;
mod turns;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use butler_core::host::Host;
use butler_core::sync::message::{CONTENT_TYPE, PROTOCOL, Problem, limit};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::hub::{Hub, problem_frame};
use crate::storage::{Storage, StorageError};
pub use pace::Pace;
use pace::{Memory, Paced, Rejection, receive};
use turns::{Account, InTurns, TooMany, Turns};

/// What one server takes on at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections open at once; further ones wait to be taken.
    pub connections: usize,
    /// How long a head may take to come in, and a connection to lie idle.
    pub head: Duration,
    /// The least a client has to send of a body, and to take of an answer.
    pub pace: Pace,
    /// Bytes of one request body.
    pub body: usize,
    /// Bytes of all request bodies that are coming in, waiting or worked on, beyond the first 64 KiB of each.
    pub memory: usize,
    /// How long one request may take once it has come in, from waiting for its turn to its answer.
    pub time: Duration,
    /// Requests worked on at once, each of another device, one of them writing.
    pub at_once: usize,
    /// Requests waiting for their turn; one more is told to come back. Of one asker far fewer wait.
    pub waiting: usize,
    /// How long a stopping server waits for requests it has begun.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Below the 1,024 files a process usually may have open.
            connections: 900,
            head: Duration::from_secs(20),
            // 3 KiB a second: a phone at the edge of a cell does better, and has ten seconds to find the next one.
            pace: Pace { bytes: 32 << 10, window: Duration::from_secs(10) },
            body: limit::FRAME_PACKED,
            memory: 128 << 20,
            time: Duration::from_secs(30),
            // One of them may write; the others read, check signatures, unpack.
            at_once: 4,
            waiting: 1_000,
            grace: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// The threads a runtime needs for work that blocks: with fewer, whoever has a turn might wait for the thread of somebody
    /// who waits for that turn.
    #[must_use]
    pub const fn threads(&self) -> usize {
        self.at_once + turns::PAUSED + LOOK_UPS
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
    /// The system gave no runtime or signal.
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

/// Serves until `stop` completes and what was begun is answered. `client_address` is the header in which a proxy on
/// this machine says for whom it asks; without one nobody behind a proxy can be told from anybody else.
pub async fn serve<S: Storage + 'static>(
    listener: TcpListener,
    hub: Arc<Hub<S>>,
    host: Arc<dyn Host>,
    limits: Limits,
    client_address: Option<HeaderName>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let shared = Arc::new(Shared {
        hub,
        host,
        limits,
        client_address,
        memory: Memory::new(limits.memory),
        turns: Turns::new(limits.at_once),
        seats: Semaphore::new(limits.at_once + limits.waiting),
        look_ups: Arc::new(Semaphore::new(LOOK_UPS)),
    });
    let routes = Router::new()
        .route("/v1/frame", post(frame::<S>))
        .route("/health", get(health::<S>))
        .with_state(shared);
    let open = Arc::new(Semaphore::new(limits.connections));
    let (stopping, stopped) = watch::channel(());
    let mut stop = pin!(stop);
    let mut connections = JoinSet::new();
    let accept = || async {
        let Ok(place) = Arc::clone(&open).acquire_owned().await else { return None };
        match listener.accept().await {
            Ok((stream, peer)) => Some((stream, peer, place)),
            Err(error) => {
                // Out of file descriptors, mostly: ended connections give some back.
                tracing::warn!(code = "accept", %error, "a connection could not be taken");
                sleep(Duration::from_millis(100)).await;
                None
            }
        }
    };
    loop {
        let accepted = tokio::select! {
            accepted = accept() => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let (routes, stopped) = (routes.clone().layer(Extension(Peer(peer.ip()))), stopped.clone());
        connections.spawn(async move {
            connection(stream, routes, limits, stopped).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    drop(stopping);
    // A phone that keeps its connection open must not keep the office from stopping.
    let _ = timeout(limits.grace, async { while connections.join_next().await.is_some() {} }).await;
}

/// Answers what one connection asks, until it is closed or the server stops.
async fn connection(
    stream: tokio::net::TcpStream,
    routes: Router,
    limits: Limits,
    mut stopped: watch::Receiver<()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let stream = TokioIo::new(Paced::new(stream, limits.pace));
    let mut served = pin!(http.serve_connection(stream, TowerToHyperService::new(routes)));
    tokio::select! {
        _ = served.as_mut() => return,
        // Nothing is ever sent: it ends with its sender.
        _ = stopped.changed() => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}

/// Look-ups of who asks at once: with the connections and the turns they stay below the files a process may have open.
const LOOK_UPS: usize = 8;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

struct Shared<S> {
    hub: Arc<Hub<S>>,
    host: Arc<dyn Host>,
    limits: Limits,
    client_address: Option<HeaderName>,
    memory: Memory,
    turns: Arc<Turns>,
    seats: Semaphore,
    /// Each look-up of who asks may open the database, beside the turns.
    look_ups: Arc<Semaphore>,
}

/// Why a request that came in was not worked on.
enum Unanswered {
    /// As many of the same asker wait as may.
    TooMany,
    /// The work did not come to its end.
    Failed,
}

async fn frame<S: Storage + 'static>(
    State(shared): State<Arc<Shared<S>>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let from = asker(peer, request.headers(), shared.client_address.as_ref());
    let is_frame = request.headers().get(header::CONTENT_TYPE).is_some_and(|what| what == CONTENT_TYPE);
    let limits = shared.limits;
    let received = receive(request.into_body(), limits.body, limits.pace, &shared.memory).await;
    let mut received = match received {
        Ok(received) => received,
        Err(Rejection::TooLarge) => {
            let problem = Problem::TooLarge { limit: limits.body as u64 };
            return rejected("too large", StatusCode::PAYLOAD_TOO_LARGE, problem);
        }
        Err(Rejection::TooSlow) => return rejected("too slow", StatusCode::REQUEST_TIMEOUT, Problem::Busy),
        Err(Rejection::Gone) => return rejected("gone", StatusCode::BAD_REQUEST, Problem::Malformed),
        Err(Rejection::NoMemory) => {
            return rejected("too much at once", StatusCode::SERVICE_UNAVAILABLE, Problem::Busy);
        }
    };
    if !is_frame {
        return rejected("no frame", StatusCode::UNSUPPORTED_MEDIA_TYPE, Problem::Malformed);
    }
    let Ok(_seat) = shared.seats.try_acquire() else {
        return rejected("too many waiting", StatusCode::SERVICE_UNAVAILABLE, Problem::Busy);
    };
    let answer = timeout(limits.time, async {
        let (body, worker) = (std::mem::take(&mut received.bytes), Arc::clone(&shared));
        let length = body.len();
        let look_up = Arc::clone(&shared.look_ups).acquire_owned().await.map_err(|_| Unanswered::Failed)?;
        let foresee = move || {
            // Held to its end even by whoever hung up.
            let _look_up = look_up;
            (worker.hub.foresee(worker.host.as_ref(), &body), body)
        };
        let (foreseen, body) = tokio::task::spawn_blocking(foresee).await.map_err(|_| Unanswered::Failed)?;
        let account = foreseen.device.map_or(Account::Stranger(from), Account::Device);
        let turn =
            shared.turns.take(account, foreseen.writes).await.map_err(|TooMany| Unanswered::TooMany)?;
        let worker = Arc::clone(&shared);
        let work = move || {
            let started = Instant::now();
            // Work that is given up goes on to its end all the same, and so do its turns.
            let turns = InTurns::new(turn);
            let answer = worker.hub.answer(worker.host.as_ref(), from, &body, &turns);
            (answer, started.elapsed().saturating_sub(turns.paused()))
        };
        let (answer, worked) = tokio::task::spawn_blocking(work).await.map_err(|_| Unanswered::Failed)?;
        Ok::<_, Unanswered>((length, answer, worked))
    });
    match answer.await {
        Ok(Ok((received, answer, worked))) => {
            let status = answer.problem.as_ref().map_or(StatusCode::OK, status);
            let took = begun.elapsed();
            tracing::info!(
                request = answer.request,
                status = status.as_u16(),
                millis = millis(took),
                worked = millis(worked),
                received,
                sent = answer.frame.len(),
                "answered"
            );
            let (work, total) = (worked.as_secs_f64() * 1e3, took.as_secs_f64() * 1e3);
            let timing = format!("work;dur={work:.1}, total;dur={total:.1}");
            ([(SERVER_TIMING, timing)], packed(status, answer.frame)).into_response()
        }
        Ok(Err(Unanswered::TooMany)) => {
            rejected("too many of one", StatusCode::SERVICE_UNAVAILABLE, Problem::Busy)
        }
        Ok(Err(Unanswered::Failed)) => {
            rejected("failed", StatusCode::INTERNAL_SERVER_ERROR, Problem::Storage)
        }
        Err(_) => rejected("took too long", StatusCode::SERVICE_UNAVAILABLE, Problem::Busy),
    }
}

/// Where the time of a request went, as browsers and proxies read it: `total` from the first byte of the body to the
/// answer, `work` of it on the request's turns. The rest was waiting.
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Where a request comes from, if that can be known. Through a proxy everybody comes from this machine; the proxy
/// itself wrote the last address of the header, what stands before it a client may have made up.
fn asker(peer: IpAddr, headers: &HeaderMap, client_address: Option<&HeaderName>) -> Option<IpAddr> {
    let Some(name) = client_address else { return (!peer.is_loopback()).then_some(peer) };
    let named = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    named.rsplit(',').next()?.trim().parse().ok()
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

fn rejected(why: &'static str, status: StatusCode, problem: Problem) -> Response {
    tracing::warn!(why, status = status.as_u16(), "rejected");
    packed(status, problem_frame(problem))
}

fn packed(status: StatusCode, frame: Vec<u8>) -> Response {
    let body = Body::from(Bytes::from(frame));
    (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response()
}

/// The status beside a problem, for proxies and monitors; phones read the frame.
fn status(problem: &Problem) -> StatusCode {
    match problem {
        Problem::Protocol { .. } | Problem::Malformed => StatusCode::BAD_REQUEST,
        Problem::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Problem::NoSession | Problem::Revoked | Problem::UnknownDevice | Problem::BadSignature => {
            StatusCode::UNAUTHORIZED
        }
        Problem::CodeInvalid | Problem::AlreadyEnrolled | Problem::WrongGrid => StatusCode::FORBIDDEN,
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

    use butler_core::model::DeviceId;
    use butler_core::sync::frame;
    use butler_core::sync::message::{Frame, Reply, Request};

    use super::*;
    use butler_core::testing::TestHost;

    use crate::hub::testing::Office;
    use crate::storage::Sqlite;

    /// Runs `work` against a server with those limits, then stops it and waits for its end.
    fn served(limits: Limits, work: impl FnOnce(SocketAddr, &Hub<Sqlite>)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(bind("127.0.0.1:0".parse().unwrap())).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let hub = Arc::new(Office::new().hub);
        let (server, desk) = (Arc::clone(&hub), Arc::new(TestHost::new(8)));
        let server = runtime.spawn(serve(listener, server, desk, limits, None, async {
            let _ = stopped.await;
        }));
        work(address, &hub);
        stop.send(()).unwrap();
        runtime.block_on(server).unwrap();
    }

    /// Opens a request of so many bytes and sends those.
    fn begun(address: SocketAddr, content_type: &str, length: usize, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /v1/frame HTTP/1.1\r\nhost: office\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        stream
    }

    /// Opens a request of ten bytes and sends none of them.
    fn stalled(address: SocketAddr) -> TcpStream {
        begun(address, CONTENT_TYPE, 10, &[])
    }

    /// A whole request.
    fn asked(address: SocketAddr) -> TcpStream {
        let device = DeviceId([1; 16]);
        let frame =
            Frame { protocol: PROTOCOL, request: 1, token: None, body: Request::Challenge { device } };
        let frame = frame::encode(&frame).unwrap();
        begun(address, CONTENT_TYPE, frame.len(), &frame)
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
    fn a_body_that_does_not_come_is_told_so() {
        let pace = Pace { bytes: 1, window: Duration::from_millis(20) };
        served(Limits { pace, ..Limits::default() }, |address, _| {
            let (status, problem) = answer(&mut stalled(address));
            assert_eq!((status.as_str(), problem), ("HTTP/1.1 408 Request Timeout", Problem::Busy));
        });
    }

    #[test]
    fn a_head_that_does_not_come_is_hung_up_on() {
        served(Limits { head: Duration::from_millis(20), ..Limits::default() }, |address, _| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"POST /v1/frame HTTP/1.1\r\nhost: off").unwrap();
            let mut said = Vec::new();
            stream.read_to_end(&mut said).unwrap();
            assert!(!said.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&said));
        });
    }

    #[test]
    fn whoever_sends_slowly_takes_no_seat_from_whoever_asks() {
        let limits = Limits { at_once: 1, waiting: 0, grace: Duration::ZERO, ..Limits::default() };
        served(limits, |address, _| {
            let slow: Vec<TcpStream> = (0..64).map(|_| stalled(address)).collect();
            let (status, problem) = answer(&mut asked(address));
            assert_eq!((status.as_str(), problem), ("HTTP/1.1 401 Unauthorized", Problem::UnknownDevice));
            for stream in &slow {
                stream.set_nonblocking(true).unwrap();
                let waiting = stream.peek(&mut [0]).map_err(|error| error.kind());
                assert_eq!(
                    waiting,
                    Err(std::io::ErrorKind::WouldBlock),
                    "the slow ones are still waited for"
                );
            }
        });
    }

    #[test]
    fn one_request_more_than_there_are_seats_is_told_to_come_back() {
        let limits = Limits { at_once: 1, waiting: 1, grace: Duration::ZERO, ..Limits::default() };
        served(limits, |address, hub| {
            // While the storage is busy, three requests for two seats: whichever came last is sent away.
            hub.storage()
                .write(|_| {
                    let mut streams = [asked(address), asked(address), asked(address)];
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
                    assert_eq!(
                        (status.as_str(), problem),
                        ("HTTP/1.1 503 Service Unavailable", Problem::Busy)
                    );
                    Ok::<_, StorageError>(())
                })
                .unwrap();
        });
    }

    #[test]
    fn what_is_no_frame_by_its_header_is_not_read_as_one() {
        served(Limits::default(), |address, _| {
            for content_type in ["application/octet-stream", "text/plain", "application/vnd.butler.frame2"] {
                let (status, problem) = answer(&mut begun(address, content_type, 2, b"{}"));
                let expected = ("HTTP/1.1 415 Unsupported Media Type", Problem::Malformed);
                assert_eq!((status.as_str(), problem), expected, "{content_type}");
            }
        });
    }

    #[test]
    fn the_asker_is_who_a_trusted_proxy_says_or_unknown() {
        let (local, remote) = ("127.0.0.1".parse().unwrap(), "198.51.100.4".parse().unwrap());
        let name = HeaderName::from_static("x-forwarded-for");
        let headers = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(&name, value.parse().unwrap());
            }
            headers
        };
        let forged = headers(&["203.0.113.7"]);
        assert_eq!(asker(local, &forged, None), None, "nobody said that the header may be believed");
        assert_eq!(asker(remote, &forged, None), Some(remote));
        let through = |values: &[&str]| asker(local, &headers(values), Some(&name));
        assert_eq!(through(&["10.0.0.1, 203.0.113.7"]), Some("203.0.113.7".parse().unwrap()));
        assert_eq!(through(&["10.0.0.1", "2001:db8::7"]), Some("2001:db8::7".parse().unwrap()));
        assert_eq!(through(&["unknown"]), None);
        assert_eq!(through(&[]), None);
    }

    #[test]
    fn a_connection_left_open_does_not_keep_the_office_from_stopping() {
        let limits = Limits { grace: Duration::ZERO, ..Limits::default() };
        let mut open = None;
        served(limits, |address, _| open = Some(stalled(address)));
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
