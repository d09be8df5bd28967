//! The link to a peer, owned by the app: `OkHttp`, `URLSession`, or a test.

/// Carries one request frame to the peer and its reply frame back.
///
/// The app owns the socket, so the core ships no TLS and no HTTP. A request may be carried twice and a
/// reply lost without harm: every message is repeatable.
pub trait Transport: Send + Sync {
    /// Sends one frame and waits for the reply.
    ///
    /// # Errors
    /// [`TransportError`] when there is no answer; whether the peer saw the request is then unknown.
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError>;
}

/// There was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection could be made, or it broke.
    #[error("the office cannot be reached")]
    Unreachable,
    /// The peer did not answer in time.
    #[error("the office did not answer in time")]
    TimedOut,
    /// Something between answered with this HTTP status instead of the peer.
    #[error("the connection answered with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
}
