import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import RequestSyntax

/// One request to one server whose addresses were vetted, with a client of its own: what is pinned to
/// an address holds for a client as a whole.
struct RemoteHop: Sendable {
    let address: RemoteAddress
    let rules: RemoteRules
    let conditions: SourceConditions
    /// Most bytes of a body.
    let largest: Int
    let share: MemoryBudget.Share
    let slots: ConnectionSlots
    /// Fields of the request beside those that every one has, or in their place.
    var fields: [Field] = []

    typealias Field = (name: String, value: String)

    struct Outcome: Sendable {
        let status: Int
        var location: String?
        var answer: RemoteAnswer?
    }

    /// Addresses of one name that are tried: each needs its part of the time.
    private static let mostTried = 3

    /// Sends the request and takes what comes: the whole body of a 200, nothing of any other. Where no
    /// connection can be made the next address is tried, and after that none: an answer that is
    /// missing may be on its way.
    ///
    /// - Parameters:
    ///   - addresses: those that the name has, all of them vetted.
    ///   - connected: when a connection has to be there.
    ///   - end: when everything has.
    func ask(
        _ addresses: [NetworkAddress], connected: ContinuousClock.Instant,
        until end: ContinuousClock.Instant
    ) async throws(SourceFailure) -> Outcome {
        var left = min(addresses.count, Self.mostTried)
        for address in addresses.prefix(left) {
            let time = ContinuousClock.now.duration(to: connected) / left
            guard time > .zero else { throw .timeout }
            left -= 1
            let progress = HopProgress()
            switch await attempt(address, connect: time, until: end, progress) {
            case nil: throw .timeout
            case .success(let outcome): return outcome
            case .failure(let error):
                let mayTryNext = left > 0 && progress.stage == .connecting && error.isOfConnect
                if mayTryNext, !Task.isCancelled { continue }
                throw error.sourceFailure(at: progress.stage)
            }
        }
        throw .noSuchHost
    }

    /// - Returns: nil when the time was over.
    private func attempt(
        _ pinned: NetworkAddress, connect: Duration, until end: ContinuousClock.Instant,
        _ progress: HopProgress
    ) async -> Result<Outcome, any Error>? {
        guard slots.take(pinned) else { return .failure(SourceFailure.busy) }
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: configuration(pinned, connect, progress))
        let result: Result<Outcome, any Error>? = await withDeadline(end) {
            do {
                return .success(try await ask(client, progress))
            } catch {
                return .failure(error)
            }
        }
        // A connection that is still being made ends at its deadline, for which nobody waits but the
        // next one.
        client.shutdown { _ in slots.giveBack(pinned) }
        return result
    }

    private func configuration(
        _ pinned: NetworkAddress, _ connect: Duration, _ progress: HopProgress
    ) -> HTTPClient.Configuration {
        let answerTime = TimeAmount(rules.answerTimeout)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connect), read: answerTime),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = [address.host: pinned.description]
        configuration.connectionPool.retryConnectionEstablishment = false
        if address.isSecure {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            tls.certificateVerification = .fullVerification
            tls.trustRoots = .certificates(rules.roots.certificates)
            configuration.tlsConfiguration = tls
        }
        // Not this hop: its memory would be held until the client has come to its end.
        let (address, largest) = (address, largest)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            progress.asks(on: channel, within: answerTime)
            return channel.eventLoop.submit {
                do {
                    try Self.prepare(channel, to: address, at: pinned, largest)
                } catch {
                    channel.close(promise: nil)
                    throw error
                }
            }
        }
        return configuration
    }

    /// Before a byte of the request is sent: that it goes to this address and no other, and to whom the
    /// certificate names.
    private static func prepare(
        _ channel: any Channel, to address: RemoteAddress, at pinned: NetworkAddress,
        _ largest: Int
    ) throws {
        let reached = channel.remoteAddress?.ipAddress.flatMap { NetworkAddress($0) }
        guard reached == pinned else { throw SourceFailure.noSuchHost }
        if address.isSecure, !address.isLiteral {
            let certificate = try channel.pipeline.syncOperations.nioSSL_peerCertificate()
            guard certificate?.isFor(address.host) == true else {
                throw SourceFailure.unreachable("the certificate is for another name")
            }
        }
        try HeadLimit.set(on: channel.pipeline, largest: largest)
    }

    private func ask(_ client: HTTPClient, _ progress: HopProgress) async throws -> Outcome {
        var request = HTTPClientRequest(url: address.text)
        request.headers = [
            "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity",
            "User-Agent": rules.userAgent,
        ]
        for field in fields { request.headers.replaceOrAdd(name: field.name, value: field.value) }
        if let etag = conditions.etag { request.headers.add(name: "If-None-Match", value: etag) }
        if let modified = conditions.modified {
            request.headers.add(name: "If-Modified-Since", value: modified)
        }
        let response = try await client.execute(
            request, deadline: .now() + TimeAmount(rules.timeout))
        progress.answered()
        let status = Int(response.status.code)
        let validators = SourceValidators(
            etag: response.headers.first(name: "ETag"),
            modified: response.headers.first(name: "Last-Modified"),
            cacheControl: response.headers.first(name: "Cache-Control"),
            expires: response.headers.first(name: "Expires"))
        switch status {
        case 200:
            return Outcome(status: status, answer: try await image(of: response, validators))
        case 304: return Outcome(status: status, answer: .unchanged(validators))
        default:
            // Two of them have two readings.
            let locations = response.headers["Location"]
            return Outcome(
                status: status, location: locations.count == 1 ? locations.first : nil)
        }
    }

    /// Memory that is taken for a length that was only declared.
    private static let firstCapacity = 1 << 20

    private func image(
        of response: HTTPClientResponse, _ validators: SourceValidators
    ) async throws -> RemoteAnswer {
        let isPacked =
            response.headers[canonicalForm: "Content-Encoding"].contains {
                !$0.isEmpty && $0.lowercased() != "identity"
            }
            || response.headers[canonicalForm: "Transfer-Encoding"].contains {
                $0.lowercased() != "chunked"
            }
        guard !isPacked else { throw SourceFailure.encoded }
        // NIO refuses a length that is no number, and two of them; one beyond Int is beyond any cap.
        let declared = response.headers.first(name: "Content-Length").map { Int($0) ?? .max }
        guard declared ?? 0 <= largest else { throw SourceFailure.tooLarge(largest) }
        var bytes = ByteBuffer()
        bytes.reserveCapacity(min(declared ?? 0, Self.firstCapacity))
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
}
