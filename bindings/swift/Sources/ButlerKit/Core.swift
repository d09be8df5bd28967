import ButlerFFI

/// The core inside this app.
public enum Core {
    /// Which core it is: its version, and the sync protocol it speaks.
    public static func version() throws -> CoreVersion {
        try coreVersion()
    }
}
