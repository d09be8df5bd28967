//! The link to a peer, owned by the app: `OkHttp`, `URLSession`, or a test.

/// Carries one request frame to the peer and its reply frame back.
///
/// The app owns the socket, so the core ships no TLS and no HTTP. A request may be carried twice and a
/// reply lost without harm: every message is repeatable.
pub trait Transport: Send + Sync {
    /// Sends one frame and waits for the reply. Reads no more of it than a frame may have
    /// ([`super::message::limit::FRAME_PACKED`]): what answers may not be the office.
    ///
    /// # Errors
    /// [`TransportError`] when there is no answer; whether the peer saw the request is then unknown.
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError>;
}

/// Why there was no answer. To the engine all are one, it tries again or gives up; a person does something else about a
/// phone without signal than about a proxy that asks for a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "NoAnswer"))]
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
    /// The answer is longer than any frame: [`super::message::limit::FRAME_PACKED`].
    #[error("the answer is too long to be the office's")]
    TooLong,
}
