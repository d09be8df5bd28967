//! The one UniFFI library behind the Kotlin and Swift packages.
//!
//! Core decides, this crate forwards: a body here is one line. Every exported function returns
//! `Result`, because a call that cannot report an error can only crash the app.

use butler_core::sync::message::PROTOCOL;

uniffi::setup_scaffolding!("butler");

/// What can go wrong on the way into the core.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[non_exhaustive]
pub enum ButlerError {
    /// Something that should not happen; the code says where to look.
    #[error("internal error {code}")]
    Internal {
        /// Names the place in the library, never anybody's data.
        code: String,
    },
}

/// Which core an app was built with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CoreVersion {
    /// The version of the library.
    pub version: String,
    /// The sync protocol it speaks; an office speaking another one says so.
    pub protocol: u16,
}

/// Which core this is. The first call of an app, and the cheapest proof that the library loads.
#[uniffi::export]
pub fn core_version() -> Result<CoreVersion, ButlerError> {
    Ok(CoreVersion { version: env!("CARGO_PKG_VERSION").to_owned(), protocol: PROTOCOL })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_packages_own() {
        let core = core_version().unwrap();
        assert_eq!((core.version.as_str(), core.protocol), (env!("CARGO_PKG_VERSION"), PROTOCOL));
    }
}
