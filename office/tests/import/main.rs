//! Registers as companies really keep them: read, reported, compared with what the office has.

mod hostile;
mod layouts;
mod office;
mod real;
mod support;
