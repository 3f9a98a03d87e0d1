import Foundation
import HTTPTypes
import ImageVocabulary
import NIOCore
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("What a batch asks for")
struct BatchOrderTests {
    private var configuration = ServiceConfiguration()

    private mutating func set(_ key: String, _ text: String) throws {
        let setting = try #require(SettingTable.setting(key))
        try setting.set(text, from: Origin(.option, "--x"), in: &configuration)
    }

    private func orders(
        _ query: String, _ fields: [(HTTPField.Name, String)] = [], now: Int64 = 0
    ) throws(Problem) -> [ImageOrder] {
        var values = LiveSettings.Values(
            limits: JobLimits(), jobTime: .seconds(1), http: HTTPLimits())
        do {
            values.requests = try RequestSettings(
                configuration, formats: ImageFormat.allCases, largest: 1 << 20)
        } catch {
            Issue.record(error)
        }
        var headers = HTTPFields()
        for (name, value) in fields { headers.append(HTTPField(name: name, value: value)) }
        return try ImageOrder.all(
            for: .batch, query: query, headers, values, now: now)
    }

    private func problem(_ query: String, now: Int64 = 0) -> Problem? {
        do throws(Problem) {
            _ = try orders(query, now: now)
            return nil
        } catch {
            return error
        }
    }

    /// `local:///a.png` and `local:///b.png` by coreutils' basenc.
    private static let marks = ["bG9jYWw6Ly8vYS5wbmc", "bG9jYWw6Ly8vYi5wbmc"]

    @Test("results that stay drawings are not made beside others")
    func drawings() throws {
        #expect(try orders("options=f:svg&options=f:svg/fn:b").count == 2)
        let mixed = problem("options=f:svg&options=f:png")
        #expect(mixed?.status == .badRequest && mixed?.detail.contains("\"format\"") == true)
    }

    @Test("each set is what it would be alone, by settings and header fields too")
    mutating func alone() throws {
        try set("result.quality", "60")
        try set("result.auto", "webp")
        let orders = try orders(
            "options=w:5&options=f:png/q:9/fn:cat/att:1", [(.accept, "image/webp")])
        #expect(orders.map(\.plan.quality) == [0, 9])
        #expect(orders.map { $0.plan.formatQualities[.jpeg] } == [60, 60])
        #expect(orders.map(\.plan.choice.accepted) == [[.webp], []])
        #expect(orders.map(\.plan.format) == [nil, .png])
        #expect(orders.map(\.delivery.fileName) == [nil, "cat"])
        #expect(orders.map(\.delivery.isAttachment) == [false, true])
    }

    @Test("the limits of one job are the lowest that any set names")
    mutating func limits() throws {
        try set("options.limits", "true")
        let orders = try orders("options=msr:2&options=msr:1&options=w:5")
        #expect(orders.map(\.limits.pixels) == [1_000_000, 1_000_000, 1_000_000])
    }

    @Test("every result is made, whatever would go out as it is")
    func passes() throws {
        let orders = try orders("skp=png&options=w:5&options=w:6")
        #expect(orders.allSatisfy { !$0.passes(.png) })
        guard case .invalidOption(let error) = problem("options=w:5&options=raw:1") else {
            Issue.record("raw was taken")
            return
        }
        #expect(error.option == "raw" && error.reason.contains("set 2"))
    }

    @Test("one watermark is put upon all, or upon some")
    func watermark() throws {
        let (one, other) = (Self.marks[0], Self.marks[1])
        let some = try orders("wmu=\(one)&options=w:5&options=wm:1&options=wm:0.5:re")
        #expect(some.map { $0.plan.watermark?.opacity } == [nil, 1, 0.5])
        #expect(try orders("options=wm:1/wmu:\(one)&options=wm:1/wmu:\(one)").count == 2)
        for query in [
            "options=wm:1/wmu:\(one)&options=wm:1/wmu:\(other)", "options=w:5&options=wm:1",
        ] {
            guard case .invalidOption(let error) = problem(query) else {
                Issue.record("\(query) was taken")
                continue
            }
            #expect(error.option.hasPrefix("watermark"))
        }
    }

    @Test("one set that has expired is enough, and limits that nobody may name are forbidden")
    func refused() {
        #expect(problem("options=w:5&options=exp:10", now: 11) == .expired)
        #expect(problem("options=w:5&options=exp:10", now: 10) == nil)
        #expect(problem("options=w:5&options=msr:1")?.status == .forbidden)
    }
}
