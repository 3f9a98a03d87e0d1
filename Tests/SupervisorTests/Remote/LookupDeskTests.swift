import Synchronization
import Testing

@testable import Supervisor

/// Look-ups that end when the test says so.
private final class HeldLookup: NameLookup {
    private let held = Mutex<[CheckedContinuation<[NetworkAddress], Never>]>([])

    var count: Int { held.withLock { $0.count } }

    func addresses(of name: String) async -> [NetworkAddress] {
        await withCheckedContinuation { continuation in held.withLock { $0.append(continuation) } }
    }

    func answer(_ addresses: [NetworkAddress]) {
        let all = held.withLock { held in
            defer { held = [] }
            return held
        }
        for continuation in all { continuation.resume(returning: addresses) }
    }
}

@Suite("Names that are looked up")
struct LookupDeskTests {
    private static func ask(
        _ desk: LookupDesk, _ name: String, within time: Duration = longTime
    ) async -> Result<[NetworkAddress], SourceFailure> {
        do throws(SourceFailure) {
            return .success(try await desk.addresses(of: name, until: .now + time))
        } catch {
            return .failure(error)
        }
    }

    @Test("a name is looked up once for all who ask at the same time")
    func once() async throws {
        let lookup = HeldLookup()
        let desk = LookupDesk(lookup, most: 1)
        let address = try #require(NetworkAddress("192.0.2.1"))
        async let first = Self.ask(desk, "a")
        async let second = Self.ask(desk, "a")
        try await settled("both wait") { desk.waiting == 2 }
        try await settled("it is looked up") { lookup.count == 1 }
        lookup.answer([address])
        #expect(await first == .success([address]))
        #expect(await second == .success([address]))
    }

    @Test("a look-up that hangs holds nobody beyond the deadline, and its place until it ends")
    func hangs() async throws {
        let lookup = HeldLookup()
        let desk = LookupDesk(lookup, most: 2)
        #expect(await Self.ask(desk, "a", within: .milliseconds(1)) == .failure(.timeout))
        #expect(await Self.ask(desk, "b", within: .milliseconds(1)) == .failure(.timeout))
        #expect(await Self.ask(desk, "c") == .failure(.busy))
        try await settled("both have begun") { lookup.count == 2 }
        lookup.answer([])
        try await settled("the places are free") { desk.names == 0 }
        async let found = Self.ask(desk, "c")
        try await settled("it is looked up") { lookup.count == 1 }
        lookup.answer([])
        #expect(await found == .failure(.noSuchHost))
    }

    @Test(
        "names of one domain that hang leave room for others, and what was found is used meanwhile")
    func flood() async throws {
        let lookup = HeldLookup()
        let desk = LookupDesk(lookup, most: 8)
        let address = try #require(NetworkAddress("192.0.2.1"))
        async let known = Self.ask(desk, "images.good.example")
        try await settled("it is looked up") { lookup.count == 1 }
        lookup.answer([address])
        #expect(await known == .success([address]))
        // A quarter of eight places.
        for label in ["a", "b"] {
            let found = await Self.ask(
                desk, "\(label).attacker.example", within: .milliseconds(1))
            #expect(found == .failure(.timeout))
        }
        #expect(await Self.ask(desk, "c.attacker.example") == .failure(.busy))
        #expect(await Self.ask(desk, "d.c.attacker.example") == .failure(.busy))
        for label in 1...6 {
            _ = await Self.ask(desk, "a.attacker\(label).example", within: .milliseconds(1))
        }
        #expect(desk.names == 8)
        #expect(await Self.ask(desk, "other.good.example") == .failure(.busy))
        #expect(await Self.ask(desk, "images.good.example") == .success([address]))
        try await settled("all have begun") { lookup.count == 8 }
        lookup.answer([])
    }

    @Test("who goes away waits no longer, and the others go on waiting")
    func cancelled() async throws {
        let lookup = HeldLookup()
        let desk = LookupDesk(lookup)
        let address = try #require(NetworkAddress("192.0.2.1"))
        async let other = Self.ask(desk, "a")
        try await settled("one waits") { desk.waiting == 1 }
        let task = Task { await Self.ask(desk, "a") }
        try await settled("two wait") { desk.waiting == 2 }
        task.cancel()
        #expect(await task.value == .failure(.timeout))
        try await settled("it is looked up") { lookup.count == 1 }
        lookup.answer([address])
        #expect(await other == .success([address]))
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            return await Self.ask(desk, "b")
        }
        late.cancel()
        #expect(await late.value == .failure(.timeout))
    }

    @Test("the system is asked for names, and knows none that is made up")
    func system() async throws {
        let found = await SystemLookup().addresses(of: "localhost")
        #expect(!found.isEmpty && found.allSatisfy { AddressRules.kind(of: $0) == "loopback" })
        #expect(await SystemLookup().addresses(of: "-") == [])
    }
}
