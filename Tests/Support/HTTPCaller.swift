internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// A real HTTP client, without redirects and without decompression. Each request has a connection
/// of its own, so that none is left over to be counted.
public struct HTTPCaller: Sendable {
    public struct Answer: Sendable {
        public let status: Int
        let headers: HTTPHeaders
        public let body: [UInt8]

        public var text: String { String(decoding: body, as: UTF8.self) }

        /// The first header field of a name, in any case.
        public func header(_ name: String) -> String? { headers.first(name: name) }

        /// The body as a JSON object.
        public var json: JSON { JSON(parsing: body) ?? .null }
    }

    private let base: String

    public init(port: Int) { base = "http://127.0.0.1:\(port)" }

    /// Sends a body; nil sends none and no length either.
    public func post(
        _ target: String, headers: [(String, String)] = [], body: [UInt8]?
    ) async throws -> Answer {
        try await send(.POST, target, headers, body.map { .bytes($0) })
    }

    /// Sends a body whose length is not told beforehand (`Transfer-Encoding: chunked`).
    public func post(_ target: String, inChunks body: [UInt8]) async throws -> Answer {
        try await send(.POST, target, [], .bytes(body, length: .unknown))
    }

    public func put(
        _ target: String, headers: [(String, String)] = [], body: [UInt8]
    ) async throws -> Answer {
        try await send(.PUT, target, headers, .bytes(body))
    }

    public func get(
        _ target: String, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await send(.GET, target, headers, nil)
    }

    public func head(_ target: String) async throws -> Answer {
        try await send(.HEAD, target, [], nil)
    }

    /// Sends any method, without a body.
    public func send(
        _ method: String, _ target: String, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await send(HTTPMethod(rawValue: method), target, headers, nil)
    }

    private func send(
        _ method: HTTPMethod, _ target: String, _ headers: [(String, String)],
        _ body: HTTPClientRequest.Body?
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + target)
        request.method = method
        request.headers = HTTPHeaders(headers)
        request.headers.add(name: "Connection", value: "close")
        request.body = body
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        let sent = request
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let response = try await client.execute(sent, timeout: .seconds(120))
            let body = try await response.body.collect(upTo: 1 << 28)
            return Answer(
                status: Int(response.status.code), headers: response.headers,
                body: Array(body.readableBytesView))
        }
    }
}

extension Service {
    public var http: HTTPCaller { HTTPCaller(port: port) }
}
