import FoundationEssentials
import Testing

@testable import Supervisor

@Suite("A search for crashes")
struct CrashFilterTests {
    private static let head = CrashHead(
        id: "01a3185c500012345678", time: "2026-01-31T12:00:00.000Z", class: .crash,
        signature: "00ff00ff00ff00ff", policy: "raster", count: 1, requestID: "r1",
        traceID: "t1", inputSHA256: "abcd", format: "jpeg")

    private func matches(_ options: [(name: String, value: String)]) throws -> Bool {
        try CrashFilter(options).matches(Self.head)
    }

    @Test("every option holds, and none but its own")
    func options() throws {
        let hits = [
            ("class", "crash"), ("class", "cpu,crash"), ("policy", "raster"), ("format", "jpeg"),
            ("id", "01A3"), ("request", "r1"), ("request", "t1"), ("signature", "00ff"),
            ("input", "ab"), ("since", "2026-01-31T12:00:00Z"), ("until", "2026-01-31T12:00:01Z"),
            ("since", "2026-01-31T13:00:00+01:00"), ("records", "true"),
        ]
        for (name, value) in hits { #expect(try matches([(name, value)]), "\(name)=\(value)") }
        let misses = [
            ("class", "cpu"), ("policy", "extended"), ("format", "png"), ("id", "02"),
            ("request", "r"), ("signature", "ff"), ("input", "cd"),
            ("since", "2026-01-31T12:00:00.001Z"), ("until", "2026-01-31T12:00:00Z"),
            ("since", "1h"),
        ]
        for (name, value) in misses { #expect(try !matches([(name, value)]), "\(name)=\(value)") }
        #expect(try !matches([("class", "crash"), ("policy", "extended")]))
    }

    @Test("a page is before a place or behind it, and a count is no record")
    func places() throws {
        #expect(try CrashFilter([("after", "0")]).after == .beginning)
        #expect(try CrashFilter([("before", "a-1f-0-2")]).before?.offset == 31)
        let failure = #expect(throws: CrashFilter.Failure.self) {
            try CrashFilter([("after", "0"), ("before", "a-1f-0-2")])
        }
        #expect(failure?.option == "before")
        var count = Self.head
        count.id = nil
        #expect(try !CrashFilter([("records", "true")]).matches(count))
    }

    @Test("how long ago counts back from now")
    func ago() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let filter = try CrashFilter([("since", "1d"), ("until", "90s")], now: now)
        #expect(filter.since == "2027-01-14T08:00:00.000Z")
        #expect(filter.until == "2027-01-15T07:58:30.000Z")
    }

    @Test(
        "what cannot be read is refused with its name and with what to write",
        arguments: [
            ("class", "violence"), ("format", "psd"), ("id", "xyz"), ("id", ""),
            ("signature", "00112233445566778"), ("since", "yesterday"), ("limit", "0"),
            ("limit", "-1"), ("clas", "crash"), ("records", "no"), ("before", "01a3"),
            ("after", "1-2-3"), ("", ""),
        ])
    func refused(_ name: String, _ value: String) {
        let failure = #expect(throws: CrashFilter.Failure.self) {
            try CrashFilter([(name, value)])
        }
        #expect(failure?.option == name && failure?.reason.isEmpty == false)
    }
}
