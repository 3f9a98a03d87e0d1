import HTTPTypes

/// What an answer says about limits: `RateLimit-Policy` and `RateLimit`, lists of structured fields
/// (RFC 9651) as draft-ietf-httpapi-ratelimit-headers-10 has them.
struct RateLimitFields: Equatable, Sendable {
    private var policies: [String] = []
    private var states: [String] = []

    /// The largest integer of structured fields (RFC 9651 section 3.3.1).
    private static let largest = 999_999_999_999_999

    /// - Parameter wants: parties of the request, the one that is told about itself first.
    init(_ wants: [LimitWant], _ accounts: [LimitAccount], at time: WallTime) {
        guard let want = wants.first, let account = accounts.first else { return }
        let name = want.party.isKey ? "key" : "address"
        if let rate = want.limits.rate, let left = account.requests {
            // A whole site's bucket may be the emptier one.
            let least = zip(wants, accounts).min { $0.1.requests ?? .max < $1.1.requests ?? .max }
            let shown = (least?.1.requests).map { min($0, left) } ?? left
            let next = shown < left ? least?.1.next : account.next
            policies.append("\"\(name)\";q=\(rate.count);w=\(rate.unit.seconds)")
            states.append(
                "\"\(name)\";r=\(shown)" + (next.map { ";t=\($0.secondsToWait)" } ?? ""))
        }
        if let most = want.limits.dailyBytes, let left = account.bytes {
            let unit = ";qu=\"content-bytes\""
            policies.append("\"daily\";q=\(min(most, Self.largest));w=86400\(unit)")
            states.append("\"daily\";r=\(min(left, Self.largest));t=\(time.secondsToMidnight)")
        }
    }

    func add(to headers: inout HTTPFields) {
        guard !policies.isEmpty else { return }
        headers[.rateLimitPolicy] = policies.joined(separator: ", ")
        headers[.rateLimit] = states.joined(separator: ", ")
    }
}

extension HTTPField.Name {
    static let rateLimit = Self("RateLimit")!
    static let rateLimitPolicy = Self("RateLimit-Policy")!
}
