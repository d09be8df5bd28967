import ButlerFFI
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The line to an office over HTTP. An app with its own client writes its own.
public final class HTTPTransport: Transport {
    private static let frame = "application/vnd.butler.frame"

    private let frames: URL
    private let patience: TimeInterval
    private let session = URLSession(configuration: .ephemeral)

    public init(office: URL, patience: TimeInterval = 30) {
        frames = office.appendingPathComponent("v1/frame")
        self.patience = patience
    }

    public func exchange(frame: Data) throws -> Data {
        var request = URLRequest(url: frames, timeoutInterval: patience)
        request.httpMethod = "POST"
        request.httpBody = frame
        request.setValue(Self.frame, forHTTPHeaderField: "Content-Type")
        let answer = Answered()
        session.dataTask(with: request) { answer.give($0, $1, $2) }.resume()
        let (data, response, error) = answer.wait()
        if (error as? URLError)?.code == .timedOut { throw TransportError.TimedOut }
        guard let data, let response = response as? HTTPURLResponse else { throw TransportError.Unreachable }
        // The office explains itself in a frame whatever the status; anything else came from something between.
        guard response.value(forHTTPHeaderField: "Content-Type") == Self.frame else {
            throw TransportError.Status(status: UInt16(clamping: response.statusCode))
        }
        return data
    }
}

/// Carries an answer from the session's thread to the one that waits; the semaphore orders the two.
private final class Answered: @unchecked Sendable {
    private let given = DispatchSemaphore(value: 0)
    private var answer: (Data?, URLResponse?, (any Error)?) = (nil, nil, nil)

    func give(_ data: Data?, _ response: URLResponse?, _ error: (any Error)?) {
        answer = (data, response, error)
        given.signal()
    }

    func wait() -> (Data?, URLResponse?, (any Error)?) {
        given.wait()
        return answer
    }
}
