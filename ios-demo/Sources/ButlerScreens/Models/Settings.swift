import ButlerKit
import Foundation
import Observation

/// In which light the app is looked at; `auto` follows the phone, and the sun.
public enum Appearance: String, CaseIterable, Sendable {
    case auto, light, dark, sunlight
}

/// What is settled for this phone. It stays on it, and holds nothing of the records.
public struct Settings: Equatable, Sendable {
    public var appearance = Appearance.auto
    /// Nil follows the phone.
    public var language: Language?
    public var glove = false
    /// The day as it is walked: minutes since midnight.
    public var from = Int(usual.from)
    public var until = Int(usual.until)
    public var lunchFrom = Int(usual.lunchFrom)
    public var lunchUntil = Int(usual.lunchUntil)
    public var floors = usual.floors
    public var photosOnWifi = false
    /// What is urgent rings; else a notice stands there in silence.
    public var ringing = true
    /// The metrics one follows; nil until somebody chose.
    public var pinned: [MetricId]?
    /// Where the office is; nil before the phone is enrolled.
    public var office: String?
    /// What the office calls this phone.
    public var phone: String?

    public init() {}

    /// The hours a walk is planned into.
    public var hours: WalkHours { walked(from: nil) }

    /// The same, with the stop the walk is to start at from now on.
    func walked(from start: PlaceId?) -> WalkHours {
        WalkHours(
            from: UInt16(from), until: UInt16(until), lunchFrom: UInt16(lunchFrom), lunchUntil: UInt16(lunchUntil),
            reserve: usual.reserve, perStop: usual.perStop, perKnock: usual.perKnock, calls: usual.calls,
            doors: usual.doors, stops: usual.stops, floors: floors, start: start)
    }
}

private let usual = walkHours()

/// Keeps the settings, in a file where there is one. A value that cannot be read is as if it had never been settled.
@MainActor @Observable public final class SettingsKeeper {
    public private(set) var now = Settings()
    @ObservationIgnored private let file: URL?
    @ObservationIgnored private let told = Watched(())

    public init(_ file: URL? = nil) {
        self.file = file
        guard let file, let bytes = try? Data(contentsOf: file) else { return }
        now = Settings(written: (try? JSONDecoder().decode([String: String].self, from: bytes)) ?? [:])
    }

    /// Settles something; it is on disk when this returns.
    public func change(_ how: (inout Settings) -> Void) throws {
        var next = now
        how(&next)
        if let file {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            // What is there is whole: it is written beside its place and then moved.
            try JSONEncoder().encode(next.written).write(to: file, options: .atomic)
        }
        now = next
        told.now = ()
    }

    /// One element after something was settled.
    func changes() -> AsyncStream<Void> { told.changes() }
}

extension Settings {
    fileprivate init(written: [String: String]) {
        self.init()
        appearance = written["appearance"].flatMap { Appearance(rawValue: $0) } ?? appearance
        language = written["language"].flatMap { Language(rawValue: $0) }
        glove = written["glove"] == "true"
        photosOnWifi = written["photosOnWifi"] == "true"
        ringing = written["ringing"].flatMap { Bool($0) } ?? ringing
        pinned = written["pinned"].map { $0.split(separator: ",").map { MetricId(value: String($0)) } }
        office = written["office"]
        phone = written["phone"]
        floors = written["floors"] == bottomUp ? .bottomUp : floors
        let day = ["from", "lunchFrom", "lunchUntil", "until"].compactMap { written[$0].flatMap { Int($0) } }
        if day.count == 4, day == day.sorted(), day.allSatisfy((0...24 * 60).contains) {
            (from, lunchFrom, lunchUntil, until) = (day[0], day[1], day[2], day[3])
        }
    }

    fileprivate var written: [String: String] {
        [
            "appearance": appearance.rawValue, "language": language?.rawValue, "glove": "\(glove)",
            "from": "\(from)", "lunchFrom": "\(lunchFrom)", "lunchUntil": "\(lunchUntil)", "until": "\(until)",
            "floors": floors == .bottomUp ? bottomUp : nil, "photosOnWifi": "\(photosOnWifi)", "ringing": "\(ringing)", "office": office,
            "pinned": pinned.map { $0.map(\.value).joined(separator: ",") },
            "phone": phone,
        ].compactMapValues { $0 }
    }
}

private let bottomUp = "bottomUp"
