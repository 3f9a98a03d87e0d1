import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import RequestSyntax

/// One request to one server whose address was vetted, with a client of its own: what is pinned to an
/// address holds for a client as a whole.
struct RemoteHop: Sendable {
    let address: RemoteAddress
    /// Where the connection goes, whatever the name leads to by now.
    let pinned: NetworkAddress
    let rules: RemoteRules
    let conditions: SourceConditions
    let largest: Int
    let share: MemoryBudget.Share

    typealias Outcome = (status: Int, location: String?, answer: RemoteAnswer?)

    /// Sends the request and takes what comes: the whole body of a 200, nothing of any other.
    func ask() async throws(SourceFailure) -> Outcome {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<Outcome, SourceFailure>
        do {
            result = .success(try await ask(client))
        } catch let failure as SourceFailure {
            result = .failure(failure)
        } catch {
            result = .failure(Self.failure(error))
        }
        try? await client.shutdown()
        return try result.get()
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(rules.connectTimeout),
                read: TimeAmount(rules.answerTimeout)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = [address.host: pinned.description]
        configuration.connectionPool.retryConnectionEstablishment = false
        let pinned = pinned
        // Before a byte of the request is sent: that it is this address and no other.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            let isPinned =
                channel.remoteAddress?.ipAddress.flatMap { NetworkAddress($0) } == pinned
            guard isPinned else {
                return channel.close().flatMapThrowing { throw SourceFailure.noSuchHost }
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        return configuration
    }

    private func ask(_ client: HTTPClient) async throws -> Outcome {
        var request = HTTPClientRequest(url: address.text)
        request.headers = [
            "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity",
            "User-Agent": rules.userAgent,
        ]
        if let etag = conditions.etag { request.headers.add(name: "If-None-Match", value: etag) }
        if let modified = conditions.modified {
            request.headers.add(name: "If-Modified-Since", value: modified)
        }
        let response = try await client.execute(
            request, deadline: .now() + TimeAmount(rules.timeout))
        let status = Int(response.status.code)
        let validators = SourceValidators(
            etag: response.headers.first(name: "ETag"),
            modified: response.headers.first(name: "Last-Modified"),
            cacheControl: response.headers.first(name: "Cache-Control"),
            expires: response.headers.first(name: "Expires"))
        switch status {
        case 200: return (status, nil, try await image(of: response, validators))
        case 304: return (status, nil, .unchanged(validators))
        default: return (status, response.headers.first(name: "Location"), nil)
        }
    }

    private func image(
        of response: HTTPClientResponse, _ validators: SourceValidators
    ) async throws -> RemoteAnswer {
        let encodings = response.headers[canonicalForm: "Content-Encoding"]
        guard encodings.allSatisfy({ $0.isEmpty || $0.lowercased() == "identity" }) else {
            throw SourceFailure.encoded
        }
        let declared = response.headers.first(name: "Content-Length").flatMap { Int($0) }
        guard declared ?? 0 <= largest else { throw SourceFailure.tooLarge(largest) }
        var bytes = ByteBuffer()
        var digest = InputDigest()
        for try await var part in response.body {
            guard part.readableBytes <= largest - bytes.readableBytes else {
                throw SourceFailure.tooLarge(largest)
            }
            guard share.grow(by: part.readableBytes) else { throw SourceFailure.noMemory }
            digest.update(part)
            bytes.writeBuffer(&part)
        }
        guard declared ?? bytes.readableBytes == bytes.readableBytes else {
            throw SourceFailure.incomplete
        }
        return .image(bytes, sha256: digest.hex, share, validators)
    }

    private static func failure(_ error: any Error) -> SourceFailure {
        switch error {
        case let error as HTTPClientError where timeouts.contains(error): .timeout
        case let error as HTTPClientError where error == .remoteConnectionClosed: .incomplete
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            .unreachable("the certificate or the handshake is not right")
        case is CancellationError: .timeout
        default: .unreachable("\(type(of: error))")
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
    ]
}
