import Crypto
import FoundationEssentials
import Logging
import NIOCore
import Testing
import WireProtocol

@testable import Supervisor

@Suite("Forgetting")
struct ForgetTests {
    private let log: CrashLogFolder

    init() throws { log = try CrashLogFolder() }

    /// Records of two keys, of sources, one of which has what JSON escapes, and of neither.
    private func fill() throws -> [CrashRecord] {
        var records: [CrashRecord] = []
        let parties: [(Caller.Party?, String?)] = [
            (.key("shop"), "https://a.example/1.png"), (.key("blog"), "https://a.example/1.png"),
            (.key("shop"), nil), (.address(nil), "local:///a\\\"\u{e9}.png"), (nil, nil),
            (.key("shopping"), "https://a.example/1.png/2"),
        ]
        for (number, (party, source)) in parties.enumerated() {
            var job = SampleCrash.job()
            job.party = party
            job.source = source
            job.sha256 = String(repeating: "\(number)", count: 64)
            records.append(
                try SampleCrash.record(
                    number, try SampleCrash.report([SampleCrash.exit(.signal(11))], job: job)))
        }
        try log.write(records.map { CrashEntry.record($0).line })
        return records
    }

    private func forget(
        _ options: (name: String, value: String)...
    ) throws -> CrashPurge.Result {
        var writer = CrashWriter(log.folder, CrashWriter.Limits())
        return try writer.purge(CrashPurge.Order(ForgetOrder(options)))
    }

    @Test("a record names the key by its id and the source, and a list can be had of each")
    func found() throws {
        let records = try fill()
        #expect(records.map { $0.request?.key } == ["shop", "blog", "shop", nil, nil, "shopping"])
        func count(_ name: String, _ value: String) throws -> Int {
            try log.log.lines(CrashFilter([(name, value)])).found.count
        }
        #expect(try count("key", "shop") == 2)
        #expect(try count("key", "sho") == 0)
        #expect(try count("source", "https://a.example/1.png") == 2)
        #expect(try count("source", "https://a.example/1.png?v=2#x") == 2)
        #expect(try count("source", "https://a.example/") == 0)
        #expect(try count("source", "local:///a\\\"\u{e9}.png") == 1)
    }

    @Test("what belongs to a key, a source or an input goes with its inputs, and nothing else does")
    func removed() throws {
        _ = try fill()
        let trial = try forget(("key", "shop"), ("dry-run", "true"))
        #expect(trial.crashes == 2 && trial.hashes.count == 2)
        #expect(try log.lines.count == 6)
        let shop = try forget(("key", "shop"))
        #expect(shop == trial)
        #expect(
            shop.hashes == [String(repeating: "0", count: 64), String(repeating: "2", count: 64)])
        #expect(try log.lines.count == 4)
        #expect(try forget(("source", "local:///a\\\"\u{e9}.png")).crashes == 1)
        #expect(try forget(("source", "https://a.example/1.png?x")).crashes == 1)
        let input = String(repeating: "4", count: 64)
        #expect(try forget(("input", input)).crashes == 1)
        #expect(try log.lines.count == 1 && forget(("key", "shop")).crashes == 0)
    }

    @Test("a forgetting that was broken off is written down, and can be done again to its end")
    func brokenOff() async throws {
        let temporary = try TemporaryFolder()
        let path = temporary.path + "/state"
        let state = try StateDirectory(path: path, account: nil)
        try FileManager.default.createDirectory(
            atPath: path + "/quarantine", withIntermediateDirectories: false)
        let key = try #require(QuarantineKey(String(repeating: "5a", count: 32)))
        let quarantine = Quarantine(
            try QuarantineFolder(inState: path), key: key,
            settings: QuarantineSettings(size: 1 << 20))
        let inputs: [[UInt8]] = [[1], [2], [3]]
        var records: [String] = []
        for (number, input) in inputs.enumerated() {
            let hash = SHA256.hash(data: input).map { Hexadecimal.text([$0]) }.joined()
            #expect(quarantine.store(input, sha256: hash) == .stored)
            var job = SampleCrash.job()
            job.party = .key(number == 2 ? "blog" : "shop")
            job.sha256 = hash
            let record = try SampleCrash.record(
                number, try SampleCrash.report([SampleCrash.exit(.signal(11))], job: job))
            records.append(CrashEntry.record(record).line + "\n")
        }
        let store = try RecordStore(
            try state.crashes(account: nil), RecordStore.Settings(), metrics: CountedRecords(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let file = path + "/crashes/crashes.jsonl"
        try Data(records.joined().utf8).write(to: URL(filePath: file))
        let desk = CrashDesk(records: store, quarantine: quarantine)
        let audit = KeptAudit()
        let order = try ForgetOrder([("key", "shop")])
        // The log cannot be rewritten.
        try FileManager.default.createDirectory(
            atPath: file + ".new", withIntermediateDirectories: false)
        await #expect(throws: Problem.self) { try await desk.forget(order, .operator, audit) }
        #expect(quarantine.entries().count == 1)
        #expect(try Data(contentsOf: URL(filePath: file)).count == records.joined().utf8.count)
        try FileManager.default.removeItem(atPath: file + ".new")
        let answer = try await desk.forget(order, .operator, audit)
        #expect(String(buffer: answer).contains("\"crashes\":2"))
        #expect(
            try String(decoding: Data(contentsOf: URL(filePath: file)), as: UTF8.self)
                == records[2])
        #expect(audit.events.map(\.action) == [.forgotten, .forgotten])
        #expect(audit.events[0].fields.map(\.name) == ["outcome"])
        await store.stop()
    }

    @Test(
        "an order is about one thing, and never about everything",
        arguments: [
            [], [("key", "")], [("source", "")], [("source", "?x")], [("source", "not a url")],
            [("source", "ftp://a.example/1.png")], [("input", "abc")],
            [("key", "a"), ("source", "b")], [("all", "true")], [("dry-run", "true")],
            [("key", "a"), ("dry-run", "yes")],
        ] as [[(name: String, value: String)]])
    func refused(_ options: [(name: String, value: String)]) {
        #expect(throws: CrashFilter.Failure.self) { try ForgetOrder(options) }
    }

    @Test("the audit log gets a hash of an address, and not the address")
    func subject() throws {
        let order = try ForgetOrder([("source", "https://a.example/?token=x")])
        // printf 'https://a.example/' | sha256sum
        #expect(
            order.subject == "source:sha256:"
                + "befde498a45b6c82084a07709548fe6ff7cad85ae6f76a971ad9afaa83f20595")
    }

    @Test("a key is named by its id or its name, and one that nobody has had is refused")
    func names() throws {
        let keys = [
            (id: "edge", name: "shop"), (id: "k-2", name: "twin"), (id: "k-3", name: "twin"),
        ]
        func resolved(_ text: String) throws -> ForgetOrder.What {
            try ForgetOrder([("key", text)]).resolved(among: keys).what
        }
        #expect(try resolved("edge") == .key("edge") && resolved("shop") == .key("edge"))
        // One that was removed long ago.
        #expect(try resolved("k-abcdefghijkm") == .key("k-abcdefghijkm"))
        for (text, what) in [("nope", "There is no key \"nope\""), ("twin", "k-2, k-3")] {
            do {
                _ = try resolved(text)
                Issue.record("\(text) is somebody's")
            } catch let error as KeyDesk.Refusal {
                #expect(error.text.contains(what))
            }
        }
    }
}
