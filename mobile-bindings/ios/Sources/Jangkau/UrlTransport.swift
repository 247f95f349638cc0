import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// HTTP by URLSession. TLS, its trust and the proxy are the platform's. `server` is asked for each request.
public final class UrlTransport: NSObject, HttpTransport, URLSessionDataDelegate, @unchecked Sendable {
    /// A request under way.
    private final class Exchange {
        let id: UInt64
        let bytesMax: UInt64
        var body = Data()
        var fault: TransportFault?
        let done = DispatchSemaphore(value: 0)

        init(id: UInt64, bytesMax: UInt64) {
            self.id = id
            self.bytesMax = bytesMax
        }
    }

    private let server: @Sendable () -> URL?
    private let lock = NSLock()
    private var underWay: [Int: (task: URLSessionTask, exchange: Exchange)] = [:]
    private lazy var session: URLSession = {
        let settings = URLSessionConfiguration.ephemeral
        settings.httpShouldSetCookies = false
        settings.urlCache = nil
        return URLSession(configuration: settings, delegate: self, delegateQueue: nil)
    }()

    public init(server: @escaping @Sendable () -> URL?) {
        self.server = server
    }

    public func send(request: HttpRequest) throws -> HttpReply {
        guard let url = server().flatMap({ URL(string: request.path, relativeTo: $0) }) else { throw TransportFault.Offline }
        var asked = URLRequest(url: url, timeoutInterval: TimeInterval(request.idleMsMax) / 1_000)
        asked.httpMethod = request.method
        asked.httpBody = request.body
        asked.setValue("application/cbor", forHTTPHeaderField: "Content-Type")
        let exchange = Exchange(id: request.id, bytesMax: request.replyBytesMax)
        let task = lock.withLock {
            let task = session.dataTask(with: asked)
            underWay[task.taskIdentifier] = (task, exchange)
            return task
        }
        task.resume()
        exchange.done.wait()
        if let fault = exchange.fault { throw fault }
        guard let answer = task.response as? HTTPURLResponse else { throw TransportFault.Failed }
        return HttpReply(status: UInt16(answer.statusCode), body: exchange.body)
    }

    public func abort(requestId: UInt64) throws {
        let found = lock.withLock { underWay.values.first { $0.exchange.id == requestId } }
        found?.exchange.fault = .Aborted
        found?.task.cancel()
    }

    public func urlSession(_: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard let exchange = lock.withLock({ underWay[dataTask.taskIdentifier]?.exchange }) else { return }
        exchange.body.append(data)
        if exchange.body.count > exchange.bytesMax {
            exchange.fault = .TooLong
            dataTask.cancel()
        }
    }

    public func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = lock.withLock({ underWay.removeValue(forKey: task.taskIdentifier)?.exchange }) else { return }
        if let error, exchange.fault == nil { exchange.fault = told((error as? URLError)?.code) }
        exchange.done.signal()
    }

    /// Redirects are not followed.
    public func urlSession(
        _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse, newRequest _: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    private func told(_ code: URLError.Code?) -> TransportFault {
        switch code {
        case .timedOut: .TimedOut
        case .cancelled: .Aborted
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot, .secureConnectionFailed:
            .Untrusted
        default: .Offline
        }
    }
}
