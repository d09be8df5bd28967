//! Registers as companies really keep them: read, reported, compared with what the office has.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

mod cases;
mod formats;
mod generated;
mod hostile;
mod layouts;
mod office;
mod real;
mod support;
