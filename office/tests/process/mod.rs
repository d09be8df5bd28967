//! The office as people meet it: its commands, its process, its socket.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod backup;
mod cli;
mod copied_phone;
mod fixture;
mod kill;
mod serve;
mod status;
