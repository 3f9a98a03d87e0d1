import Foundation
import HTTPTypes
import ImageVocabulary
import NIOCore
import RequestSyntax
import TestSupport
import Testing

@testable import Supervisor

/// What answers say of limits.
extension RequestLimitsTests {
    @Test("what answers say is read by another program as it is meant")
    mutating func fields() async throws {
        settings.clients.rate = Rate(7, per: .minute)
        let both = KeyLimits(rate: Rate(1_000, per: .hour), dailyBytes: .max)
        let callers = [
            try caller(.open), try caller(.open, "2001:db8::1"), try caller(.key(key(both))),
            try caller(.key(key(KeyLimits(dailyBytes: 50), "k2"))),
        ]
        var values: [String] = []
        for caller in callers {
            for _ in 0..<3 { _ = refusal(caller) }
            var headers = HTTPFields()
            try #require(caller.sender.client.notes.limits).add(to: &headers)
            values += [headers[.rateLimitPolicy], headers[.rateLimit]].compactMap { $0 }
        }
        try #require(values.count == 8)
        let read = try await Self.read(values)
        let policies = stride(from: 0, to: 8, by: 2).map { read[$0] }
        let daily = Item(
            name: "daily", numbers: ["q": 999_999_999_999_999, "w": 86_400], unit: "content-bytes")
        var small = daily
        small.numbers["q"] = 50
        let address = Item(name: "address", numbers: ["q": 7, "w": 60])
        #expect(
            policies == [
                [address], [address],
                [Item(name: "key", numbers: ["q": 1_000, "w": 3_600]), daily], [small],
            ])
        let states = stride(from: 1, to: 8, by: 2).map { read[$0] }
        #expect(states[0].map(\.name) == ["address"] && states[2].map(\.name) == ["key", "daily"])
        #expect(states[0][0].numbers == ["r": 4, "t": 9])
        #expect(states[1][0].numbers == ["r": 4, "t": 9])
        #expect(states[2][0].numbers == ["r": 997, "t": 4])
        #expect(states[3][0].numbers["r"] == 0)
        #expect((1...86_400).contains(states[3][0].numbers["t"] ?? 0))
    }

    /// An item of a list, and its parameters.
    private struct Item: Equatable {
        var name: String
        var numbers: [String: Int]
        var unit: String?
    }

    /// The lists as http-sf reads them.
    private static func read(_ values: [String]) async throws -> [[Item]] {
        let program = try RunningProgram(
            try TestTools.python(), [TestTools.program("structured_fields.py")],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"],
            input: Array(try JSONEncoder().encode(values)))
        let output = Data(await program.allOutput)
        #expect(await program.end == .status(0), "\(program.errors.lines)")
        let lists = try JSONSerialization.jsonObject(with: output) as? [[[Any]]]
        return try #require(lists).map { list in
            try list.map { item in
                let parameters = try #require(item[1] as? [String: Any])
                return Item(
                    name: try #require(item[0] as? String),
                    numbers: parameters.compactMapValues { $0 as? Int },
                    unit: parameters["qu"] as? String)
            }
        }
    }

    @Test("a site's emptier bucket is what its addresses are told of")
    mutating func emptierSite() throws {
        settings.clients.rate = Rate(2, per: .hour)
        for block in 1...4 {
            for _ in 0..<2 { _ = refusal(try caller(.open, "2001:db8:1:\(block)::1")) }
        }
        let fresh = try caller(.open, "2001:db8:1:9::1")
        #expect(refusal(fresh) == .rateLimited(seconds: 450))
        var headers = HTTPFields()
        try #require(fresh.sender.client.notes.limits).add(to: &headers)
        #expect(headers[.rateLimit] == "\"address\";r=0;t=450")
        #expect(headers[.rateLimitPolicy] == "\"address\";q=2;w=3600")
    }
}
