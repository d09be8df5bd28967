//! How slow may a client be? Whoever moves less than a little in every window of time is given up, so that clients
//! that dawdle on purpose, or died in the middle, hold neither memory nor a connection for long.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, Sleep, sleep, timeout_at};

/// The least a client has to move.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Bytes in every window, unless it has no more of them.
    pub bytes: usize,
    /// The window.
    pub window: Duration,
}

/// Bytes that request bodies hold at once beyond what each may have anyway, in blocks.
pub(super) struct Memory(Semaphore);

/// What one permit stands for.
const BLOCK: usize = 4 << 10;
/// What each body may hold without asking: most requests are smaller, and must not wait for the large ones of others.
/// How many there are at once is bounded by the connections.
const ANYWAY: usize = 64 << 10;

impl Memory {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Semaphore::new(bytes / BLOCK))
    }
}

/// A body that came in, and its place in memory.
pub(super) struct Received<'a> {
    pub(super) bytes: Vec<u8>,
    _place: Option<SemaphorePermit<'a>>,
}

/// Why a body did not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejection {
    TooLarge,
    TooSlow,
    /// The client went away: nobody reads what is answered.
    Gone,
    /// Other bodies fill the memory.
    NoMemory,
}

/// How much of an oversize body is read and thrown away: a client that is still sending would see a broken
/// connection instead of the answer.
const DRAIN: usize = 8 << 20;

/// The whole body, at most `limit` bytes of it in memory.
pub(super) async fn receive(
    mut body: Body,
    limit: usize,
    pace: Pace,
    memory: &Memory,
) -> Result<Received<'_>, Rejection> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    let mut place: Option<SemaphorePermit<'_>> = None;
    let (mut moved, mut due) = (0, Instant::now() + pace.window);
    loop {
        let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let Ok(next) = timeout_at(due, next).await else {
            if moved < pace.bytes {
                return Err(Rejection::TooSlow);
            }
            (moved, due) = (0, Instant::now() + pace.window);
            continue;
        };
        let Some(frame) = next else { break };
        let Ok(data) = frame.map_err(|_| Rejection::Gone)?.into_data() else { continue };
        length += data.len();
        moved += data.len();
        if length > limit {
            (bytes, place) = (Vec::new(), None);
            if length > limit + DRAIN {
                break;
            }
            continue;
        }
        let blocks = length.saturating_sub(ANYWAY).div_ceil(BLOCK);
        let more = blocks.saturating_sub(place.as_ref().map_or(0, SemaphorePermit::num_permits));
        let more = u32::try_from(more).map_err(|_| Rejection::TooLarge)?;
        let more = memory.0.try_acquire_many(more).map_err(|_| Rejection::NoMemory)?;
        match &mut place {
            Some(place) => place.merge(more),
            None => place = Some(more),
        }
        bytes.extend_from_slice(&data);
    }
    if length > limit { Err(Rejection::TooLarge) } else { Ok(Received { bytes, _place: place }) }
}

/// A connection whose reader has to keep pace too. Reading it is left alone: who sends heads and bodies slowly is
/// given up where they are read.
pub(super) struct Paced {
    stream: TcpStream,
    pace: Pace,
    moved: usize,
    /// Runs while there is something to write.
    due: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    pub(super) const fn new(stream: TcpStream, pace: Pace) -> Self {
        Self { stream, pace, moved: 0, due: None }
    }

    fn wrote(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &wrote {
            self.moved += bytes;
        }
        if wrote.is_ready() {
            return wrote;
        }
        let window = self.pace.window;
        loop {
            let due = self.due.get_or_insert_with(|| Box::pin(sleep(window)));
            if due.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            if self.moved < self.pace.bytes {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            (self.moved, self.due) = (0, None);
        }
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Everything written was taken: whatever comes next has the whole of its window.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            (self.moved, self.due) = (0, None);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { bytes: 1, window: Duration::from_secs(10) };

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// As many large bodies as there is memory for: the next of them is told to come back, whoever asks little is heard.
    #[test]
    fn large_bodies_fill_the_memory_and_keep_no_small_one_out() {
        wait(async {
            let memory = Memory::new(128 << 10);
            let body = |kib: usize| receive(Body::from(vec![0; kib << 10]), 128 << 10, PACE, &memory);
            let mut large = Vec::new();
            while let Ok(received) = body(128).await {
                assert_eq!(received.bytes.len(), 128 << 10);
                large.push(received);
            }
            assert_eq!(body(128).await.err(), Some(Rejection::NoMemory));
            for kib in [0, 4, 64] {
                assert_eq!(body(kib).await.err(), None, "{kib}");
            }
            assert_eq!(body(65).await.err(), Some(Rejection::NoMemory));
            large.pop();
            assert_eq!(body(65).await.err(), None);
        });
    }

    #[test]
    fn whoever_does_not_read_an_answer_is_given_up() {
        wait(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let pace = Pace { bytes: 1 << 20, window: Duration::from_millis(20) };
            let mut paced = Paced::new(stream, pace);
            let bytes = vec![0; 1 << 20];
            let error = loop {
                let wrote = poll_fn(|context| Pin::new(&mut paced).poll_write(context, &bytes)).await;
                // What the system takes in between is not endless.
                if let Err(error) = wrote {
                    break error;
                }
            };
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            drop(reader);
        });
    }

    #[test]
    fn an_oversize_body_holds_no_memory() {
        wait(async {
            let memory = Memory::new(64 << 10);
            let body = receive(Body::from(vec![0; 112 << 10]), 96 << 10, PACE, &memory).await;
            assert_eq!(body.err(), Some(Rejection::TooLarge));
            assert_eq!(memory.0.available_permits(), 16);
        });
    }
}
