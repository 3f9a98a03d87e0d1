import Testing

@testable import Supervisor

@Suite("What a key is to permit, as it is written")
struct KeyTermsTests {
    /// 2026-01-31T00:00:00Z, by date -u +%s.
    private static let now: Int64 = 1_769_817_600

    @Test("everything that can be written is read, and written the same again")
    func everything() throws {
        let terms = try KeyTerms(
            [
                .name: ["shop"], .scopes: ["process, info", "admin:read"], .rate: ["1000/h"],
                .concurrent: ["8"], .dailyBytes: ["10GB"], .allow: ["10.0.0.0/8", "2001:db8::/32"],
                .presets: ["thumb,big"], .expires: ["90d"],
            ], now: Self.now)
        #expect(terms.name == "shop")
        #expect(terms.scopes == [.process, .info, .adminRead])
        #expect(terms.limits.rate == Rate(1_000, per: .hour))
        #expect(terms.limits.concurrent == 8 && terms.limits.dailyBytes == 10_000_000_000)
        #expect(terms.networks.map(\.description) == ["10.0.0.0/8", "2001:db8::/32"])
        #expect(terms.presets == ["thumb", "big"])
        #expect(terms.expires == Self.now + 90 * 86_400)
        #expect(try KeyTerms(terms.texts, now: nil) == terms)
        #expect(KeyTerms(terms.key(id: "a", created: nil)) == terms)
    }

    @Test("who names nothing gets process and info, without an end")
    func nothing() throws {
        let terms = try KeyTerms([:], now: Self.now)
        #expect(terms.scopes == [.process, .info] && terms.expires == nil && terms.name.isEmpty)
        #expect(terms.limits == KeyLimits() && terms.networks.isEmpty && terms.presets.isEmpty)
    }

    @Test(
        "an end is a time from now, a day, a time or never",
        arguments: [
            ("1h", now + 3_600), ("2026-02-01", now + 86_400),
            ("2026-01-31T00:00:01Z", now + 1), ("never", nil),
        ] as [(String, Int64?)])
    func ends(_ text: String, _ time: Int64?) throws {
        #expect(try KeyTerms([.expires: [text]], now: Self.now).expires == time)
    }

    @Test(
        "what cannot be meant is refused by its name",
        arguments: [
            (.scopes, "proces"), (.scopes, "process,"), (.scopes, "PROCESS"), (.rate, "1000"),
            (.rate, "0/h"), (.concurrent, "0"), (.concurrent, "-1"), (.concurrent, "100001"),
            (.dailyBytes, "0"), (.dailyBytes, "99999999999999999999GB"), (.allow, "10.0.0.1/8"),
            (.allow, "localhost"), (.presets, "a/b"), (.presets, ""), (.expires, "2026-01-31"),
            (.expires, "2020-01-01"), (.expires, "0s"), (.expires, "90"), (.expires, "soon"),
            (.name, "two\nlines"), (.name, "\u{1B}[2J"), (.name, "a\u{202E}b"), (.name, " a"),
            (.name, String(repeating: "x", count: 65)),
        ] as [(KeyTerms.Field, String)])
    func refused(_ field: KeyTerms.Field, _ text: String) {
        let failure = #expect(throws: KeyTerms.Failure.self) {
            try KeyTerms([field: [text]], now: Self.now)
        }
        #expect(failure?.field == field && failure?.advice.hasPrefix("Write") == true)
    }

    @Test("a scope that is nearly one is named")
    func nearest() {
        let failure = #expect(throws: KeyTerms.Failure.self) {
            try KeyTerms([.scopes: ["proces"]], now: Self.now)
        }
        #expect(failure?.advice.hasPrefix("Write process;") == true)
    }

    @Test("a declared key may have ended: its file stays right, and has no times from now")
    func declared() throws {
        #expect(try KeyTerms([.expires: ["2020-01-01"]], now: nil).expires == 1_577_836_800)
        #expect(throws: KeyTerms.Failure.self) { try KeyTerms([.expires: ["90d"]], now: nil) }
    }

    @Test("orders are read from JSON, and what they do not know is refused")
    func orders() throws {
        let body = #"{"name":"shop","scopes":["process"],"concurrent":8,"count":2}"#
        let order = try KeyOrder(.create, body: Array(body.utf8), now: Self.now)
        guard case .create(let terms, let count) = order else {
            Issue.record("\(order)")
            return
        }
        #expect(terms.name == "shop" && terms.limits.concurrent == 8 && count == 2)
        let again = try KeyOrder(.create, body: Array(order.body.text.utf8), now: Self.now)
        #expect(again == order)
        for wrong in [
            "", "[]", "{", #"{"name":"a","scope":["process"]}"#, #"{"count":0}"#,
            #"{"count":1000}"#, #"{"count":"x"}"#, #"{"name":"a","name":"b"}"#, #"{"name":{}}"#,
            #"{"name":null}"#, #"{"expires":"yesterday"}"#, #"{"id":"mine"}"#,
            #"{"name":["a","b"]}"#, #"{"scopes":[]}"#, #"{"allow":[]}"#,
        ] {
            #expect(throws: Problem.self, "\(wrong)") {
                try KeyOrder(.create, body: Array(wrong.utf8), now: Self.now)
            }
        }
        let rotate = try KeyOrder(.rotate, body: Array(#"{"id":"a","grace":"1h"}"#.utf8), now: 0)
        #expect(rotate == .rotate("a", grace: .seconds(3_600)))
        for wrong in [#"{"id":"a","grace":"91d"}"#, #"{"grace":"1h"}"#, #"{"id":"a","key":"b"}"#] {
            #expect(throws: Problem.self) {
                try KeyOrder(.rotate, body: Array(wrong.utf8), now: 0)
            }
        }
    }
}
