//! The link to a peer, owned by the app: `OkHttp`, `URLSession`, or a test.

pub use crate::sync::TransportError;

/// Carries one request frame to the peer and its reply frame back.
///
/// The app owns the socket, so the core ships no TLS and no HTTP. A request may be carried twice and a
/// reply lost without harm: every message is repeatable.
pub trait Transport: Send + Sync {
    /// Sends one frame and waits for the reply. Reads no more of it than a frame may have
    /// ([`crate::sync::message::limit::FRAME_PACKED`]): what answers may not be the office.
    ///
    /// # Errors
    /// [`TransportError`] when there is no answer; whether the peer saw the request is then unknown.
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError>;
}
