import NIOCore
import RequestSyntax
import Synchronization
import TestSupport
import Testing

@testable import Supervisor

/// Beyond what anything takes that ends at all, on a machine with too much to do.
let longTime = Duration.seconds(300)

/// Waits until something is so.
func settled(_ what: String, _ condition: () async throws -> Bool) async throws {
    try await eventually(what, within: longTime, condition)
}

/// Names of a test, and how often each was looked up.
final class TestLookup: NameLookup {
    /// What is answered, one after another; the last for ever after.
    private let answers: Mutex<[String: [[NetworkAddress]]]>
    private let count = Mutex(0)

    init(_ names: [String: [[String]]]) {
        answers = Mutex(names.mapValues { $0.map { $0.compactMap { NetworkAddress($0) } } })
    }

    /// Look-ups until now.
    var asked: Int { count.withLock { $0 } }

    func addresses(of name: String) async -> [NetworkAddress] {
        count.withLock { $0 += 1 }
        return answers.withLock { answers in
            guard let first = answers[name]?.first else { return [] }
            if let more = answers[name], more.count > 1 { answers[name] = Array(more.dropFirst()) }
            return first
        }
    }
}

/// A fetcher with names of its own, and rules that open loopback and the ports of test servers.
struct Fetch: Sendable {
    let fetcher: RemoteFetcher
    var rules = RemoteRules()
    var conditions = SourceConditions()
    var largest = 1 << 20

    /// - Parameters:
    ///   - budget: bytes of memory.
    ///   - names: beside `good.example` and `other.example`, which are 127.0.0.1.
    init(
        ports: [Int], budget: MemoryBudget = MemoryBudget(bytes: 8 << 20),
        names: [String: [[String]]] = [:], roots: TrustedRoots = TrustedRoots()
    ) throws {
        let known = ["good.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]]
        try self.init(
            ports: ports, budget: budget,
            lookup: TestLookup(known.merging(names) { $1 }), roots: roots)
    }

    init(
        ports: [Int], budget: MemoryBudget = MemoryBudget(bytes: 8 << 20),
        lookup: any NameLookup, roots: TrustedRoots = TrustedRoots()
    ) throws {
        fetcher = RemoteFetcher(lookup: lookup, budget: budget)
        rules.ports = Set(ports.map { UInt16($0) })
        rules.addresses.permitted = [try #require(NetworkBlock("127.0.0.0/8"))]
        rules.roots = roots
        // Long enough for a machine that does much else.
        rules.connectTimeout = longTime
        rules.answerTimeout = longTime
        rules.timeout = longTime
        rules.rest.memory = .zero
    }

    func answer(_ text: String) async throws -> RemoteAnswer {
        guard case .remote(let address) = try SourceAddress(text) else {
            throw SourceAddressError.unknownScheme
        }
        return try await fetcher.collect(address, conditions, largest: largest, rules)
    }

    /// The bytes of an image as text.
    func text(_ address: String) async throws -> String {
        guard case .image(let bytes, _, _, _) = try await answer(address) else {
            return "unchanged"
        }
        return String(buffer: bytes)
    }

    func failure(_ address: String) async throws -> SourceFailure? {
        do {
            _ = try await answer(address)
            return nil
        } catch let failure as SourceFailure {
            return failure
        }
    }

    /// Like ``failure(_:)``, without the words for operators.
    func kind(_ address: String) async throws -> String? {
        try await failure(address).map { "\($0)".prefix { $0 != "(" } }.map(String.init)
    }
}
