import Testing

@testable import Supervisor

@Suite("Rates as text")
struct RateTests {
    @Test(
        "a rate is a count, a slash and a unit",
        arguments: [
            ("1/s", 1, 1), ("1000/h", 1_000, 3_600), ("60/m", 60, 60),
            ("1000000000/d", 1_000_000_000, 86_400),
        ])
    func read(_ text: String, _ count: Int, _ seconds: Int) throws {
        let rate = try #require(Rate(text))
        #expect(rate.count == count && rate.unit.seconds == seconds && rate.description == text)
        #expect(rate.interval == .nanoseconds(seconds * 1_000_000_000 / count))
    }

    @Test(
        "what is no rate is refused",
        arguments: [
            "", "1", "/s", "0/s", "-1/s", "+1/s", "1/", "1/w", "1/S", "1.5/s", "1 /s", "1/s/s",
            "1000000001/d", "99999999999999999999/s", "１/s",
        ])
    func refused(_ text: String) {
        #expect(Rate(text) == nil)
    }
}
