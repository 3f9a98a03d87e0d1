/// So many requests in so much time: `1000/h`.
struct Rate: Hashable, Sendable, CustomStringConvertible {
    let count: Int
    let unit: Unit

    enum Unit: String, CaseIterable, Sendable {
        case second = "s"
        case minute = "m"
        case hour = "h"
        case day = "d"

        var seconds: Int {
            switch self {
            case .second: 1
            case .minute: 60
            case .hour: 3_600
            case .day: 86_400
            }
        }
    }

    /// The most that can be written.
    static let most = 1_000_000_000

    init(_ count: Int, per unit: Unit) {
        precondition((1...Self.most).contains(count), "no rate")
        self.count = count
        self.unit = unit
    }

    /// Reads `COUNT/UNIT` with a unit of s, m, h or d.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(digits: Substring(parts[0])),
            (1...Self.most).contains(count), let unit = Unit(rawValue: String(parts[1]))
        else { return nil }
        self.init(count, per: unit)
    }

    /// The time from one request to the next, where they are even.
    var interval: Duration { .nanoseconds(unit.seconds * 1_000_000_000 / count) }

    var description: String { "\(count)/\(unit.rawValue)" }
}

extension ValueShape where Value == Rate {
    static var rate: Self {
        ValueShape(
            expects: "a number of requests, a slash and s, m, h or d, such as 1000/h",
            parse: { text throws(ValueError) in
                guard let rate = Rate(text) else { throw .malformed("is no rate") }
                return rate
            },
            text: { $0.description }, json: { .string($0.description) })
    }
}
