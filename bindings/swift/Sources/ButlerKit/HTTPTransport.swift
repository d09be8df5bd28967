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
    private let answers = Answers()
    private let session: URLSession

    /// `configuration` is the app's: a proxy, a protocol of its own.
    public init(office: URL, patience: TimeInterval = 30, configuration: URLSessionConfiguration = .ephemeral) {
        frames = office.appendingPathComponent("v1/frame")
        self.patience = patience
        session = URLSession(configuration: configuration, delegate: answers, delegateQueue: nil)
    }

    // The session keeps its delegate until it is told to end.
    deinit { session.invalidateAndCancel() }

    public func exchange(frame: Data) throws -> Data {
        var request = URLRequest(url: frames, timeoutInterval: patience)
        request.httpMethod = "POST"
        request.httpBody = frame
        request.setValue(Self.frame, forHTTPHeaderField: "Content-Type")
        // What answers may not be the office: no more is read than an office ever says.
        let answer = Answer(limit: try frameLimit())
        let task = session.dataTask(with: request)
        answers.expect(answer, of: task)
        task.resume()
        let (data, response, error) = answer.wait()
        guard let data else { throw TransportError.TooLong }
        if let error {
            throw (error as? URLError)?.code == .timedOut ? TransportError.TimedOut : TransportError.Unreachable
        }
        guard let response = response as? HTTPURLResponse else { throw TransportError.Unreachable }
        // The office explains itself in a frame whatever the status; anything else came from something between.
        guard response.value(forHTTPHeaderField: "Content-Type") == Self.frame else {
            throw TransportError.Status(status: UInt16(clamping: response.statusCode))
        }
        return data
    }
}

/// Hands what comes to whoever waits for it.
private final class Answers: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: [Int: Answer] = [:]

    func expect(_ answer: Answer, of task: URLSessionTask) {
        lock.withLock { waiting[task.taskIdentifier] = answer }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let answer = lock.withLock { waiting[dataTask.taskIdentifier] }
        if answer?.take(data) == false { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let answer = lock.withLock { waiting.removeValue(forKey: task.taskIdentifier) }
        answer?.end(task.response, error)
    }
}

/// Carries an answer from the session's thread to the one that waits; the semaphore orders the two.
private final class Answer: @unchecked Sendable {
    private let limit: Int
    private let given = DispatchSemaphore(value: 0)
    /// Nothing once there was too much of it.
    private var data: Data? = Data()
    private var response: URLResponse?
    private var error: (any Error)?

    init(limit: Int) { self.limit = limit }

    /// Whether there is room for it.
    func take(_ piece: Data) -> Bool {
        guard let data, data.count + piece.count <= limit else {
            self.data = nil
            return false
        }
        self.data?.append(piece)
        return true
    }

    func end(_ response: URLResponse?, _ error: (any Error)?) {
        self.response = response
        self.error = error
        given.signal()
    }

    func wait() -> (Data?, URLResponse?, (any Error)?) {
        given.wait()
        return (data, response, error)
    }
}
