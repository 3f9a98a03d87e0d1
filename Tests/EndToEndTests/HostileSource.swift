import Foundation
import TestSupport
import Testing

/// An address that a request names as its source, and what comes of it.
struct HostileSource: Sendable, CustomTestStringConvertible {
    /// `{port}` stands for the port of the hostile server.
    let address: String
    let refusal: Refusal

    init(_ address: String, _ refusal: Refusal) {
        (self.address, self.refusal) = (address, refusal)
    }

    var testDescription: String { String(address.debugDescription.prefix(80)) }
}

/// What a client hears of a source that is not used, and what its operator reads.
struct Refusal: Sendable {
    let status: Int
    let text: String
    let reason: String
    var setting: String?

    /// It has no one reading.
    static func malformed(_ what: String) -> Self {
        Self(status: 404, text: "Invalid source URL", reason: "it is no address: \(what)")
    }

    static func scheme(_ name: String) -> Self {
        var refusal = unreachable("there are no sources with the scheme \(name)")
        if name == "s3" { refusal.setting = "s3.access_key and s3.secret_key" }
        if name == "local" { refusal.setting = "images" }
        return refusal
    }

    static func port(_ number: Int) -> Self {
        Self(
            status: 404, text: "Invalid source URL", reason: "port \(number) is not listed",
            setting: "sources: {ports: [\(number)]}")
    }

    static func address(_ address: String, _ kind: String) -> Self {
        Self(
            status: 404, text: "Invalid source URL", reason: "\(address) is \(kind)",
            setting: "sources: {addresses: [\(address.contains(":") ? "\"\(address)\"" : address)]}"
        )
    }

    /// - Parameter address: as the log has it.
    static func notListed(_ address: String) -> Self {
        Self(
            status: 404, text: "Invalid source URL", reason: "the list of sources does not have it",
            setting: "sources: {allowed: [\(root(of: address))]}")
    }

    /// Scheme and host.
    static func root(of address: String) -> String {
        let host = address.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        return "\(address.prefix { $0 != "/" })//\(host)/"
    }

    static func unreachable(_ reason: String) -> Self {
        Self(status: 404, text: "Source is unreachable", reason: reason)
    }

    static func answered(_ status: Int, _ number: Int) -> Self {
        Self(
            status: status, text: "Source is unreachable", reason: "the server answered \(number)")
    }

    static let badRedirect = unreachable("a redirect leads to no address")
    static let tooManyRedirects = Self(
        status: 404, text: "Source is unreachable", reason: "too many redirects",
        setting: "sources.redirects")
    static let tooLarge = Self(
        status: 422, text: "Invalid source image",
        reason: "The input is larger than 65536 bytes. Send a smaller one.")
    static let tooLate = Self(
        status: 504, text: "Source is unreachable", reason: "it took too long",
        setting: "sources.timeout, sources.answer_timeout or sources.connect_timeout")
    static let incomplete = Self(
        status: 422, text: "Source response is incomplete", reason: "the answer ended early")
    static let compressed = Self(
        status: 422, text: "Invalid source image", reason: "the answer is compressed")
}

/// A service beside a hostile server, for a whole suite.
struct Fetching: SuiteTrait, TestScoping {
    enum Place: Sendable {
        case loopback([String])
        /// A network with names, for tests that run as root.
        case network
    }

    let place: Place
    /// `{port}` stands for the port of the hostile server.
    let configuration: String
    /// Addresses of the hostile server that nobody may connect to.
    let untouched: Set<String>

    @TaskLocal static var current: (service: Service, origin: HostileOrigin)?

    init(_ place: Place, untouched: Set<String> = [], _ configuration: String) {
        (self.place, self.untouched, self.configuration) = (place, untouched, configuration)
    }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let image = SampleFormat.png.file
        for path in ["images/public/a.png", "images/private/a.png"] {
            try workspace.write(image, to: path)
        }
        let (origin, network) = try await start(image, workspace)
        let file = try workspace.write(
            Array(configuration.replacing("{port}", with: "\(origin.port)").utf8),
            to: "glovebox.yaml")
        try await Service.during(
            as: .ordinaryUser, in: workspace, policies: try workspace.policies(),
            network: network,
            options: [
                "--images", workspace.folder.appending(path: "images").path, "--config", file,
                "--max-input-bytes", "65536",
            ]
        ) { service in
            try await Self.$current.withValue((service, origin)) { try await function() }
        }
        await origin.stop()
        let touched = origin.connections.filter { untouched.contains($0) }
        #expect(touched.isEmpty, "\(touched)")
    }

    private func start(
        _ image: [UInt8], _ workspace: Workspace
    ) async throws -> (HostileOrigin, network: HostileOrigin?) {
        switch place {
        case .loopback(let addresses):
            return (try await .start(on: addresses, image: image, in: workspace), nil)
        case .network:
            let network = try await HostileOrigin.startNetwork(image: image, in: workspace)
            return (network, network)
        }
    }

    static var origin: HostileOrigin {
        get throws { try #require(current).origin }
    }
}

/// How an address stands in a path.
enum SourceForm: CaseIterable, Sendable {
    /// Everything escaped that can be.
    case plain
    case base64

    func path(of address: String) -> String {
        switch self {
        case .plain: return "plain/" + Self.escaped(address)
        case .base64:
            return Data(address.utf8).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
        }
    }
}

extension SourceForm {
    static func escaped(_ text: String) -> String {
        let letters = CharacterSet(
            charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~")
        return text.addingPercentEncoding(withAllowedCharacters: letters) ?? ""
    }
}

extension Fetching {
    /// Asks for an image at an address.
    static func fetch(
        _ address: String, _ form: SourceForm = .base64
    ) async throws -> HTTPCaller.Answer {
        let (service, origin) = try #require(current)
        let address = address.replacing("{port}", with: "\(origin.port)")
        return try await service.http.get("/any/w:16/f:png/\(form.path(of: address))")
    }

    /// Checks that an address gives an image of the right size: what is refused beside it is not
    /// refused because everything is.
    static func expectImage(
        _ address: String, _ form: SourceForm = .base64,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await fetch(address, form)
        #expect(answer.status == 200, "\(address): \(answer.text)", sourceLocation: sourceLocation)
        let image = ReferenceImage(decoding: answer.body)
        #expect(image?.width == 16 && image?.height == 12, sourceLocation: sourceLocation)
    }

    /// Checks the answer and the one line in the log that says why.
    static func expect(
        _ source: HostileSource, _ form: SourceForm = .base64,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await fetch(source.address, form)
        let refusal = source.refusal
        #expect(
            answer.status == refusal.status && answer.text == refusal.text,
            "\(answer.status) \(answer.text)", sourceLocation: sourceLocation)
        #expect(
            answer.header("Content-Type") == "text/plain; charset=utf-8",
            sourceLocation: sourceLocation)
        let lines = try await lines(of: answer, "source not used")
        #expect(lines.count == 1, "\(lines)", sourceLocation: sourceLocation)
        let port = "\(try origin.port)"
        for line in lines {
            #expect(
                line["reason"].text == refusal.reason.replacing("{port}", with: port)
                    && line["setting"].text == refusal.setting?.replacing("{port}", with: port),
                "\(line)", sourceLocation: sourceLocation)
        }
    }

    /// The lines with a message about a request that was answered.
    static func lines(
        of answer: HTTPCaller.Answer, _ message: String
    ) async throws -> [LogLine] {
        let service = try #require(current).service
        let id = try #require(answer.header("X-Request-ID"))
        // The last line of each request: whatever else there is stands before it.
        _ = try await service.logLine("request", request: id)
        return service.log(of: id).filter { $0.message == message }
    }
}
