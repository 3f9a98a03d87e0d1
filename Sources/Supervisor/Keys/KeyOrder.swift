import SandboxPolicy

/// What is to be done with keys.
enum KeyOrder: Equatable, Sendable {
    /// So many of the same terms.
    case create(KeyTerms, count: Int)
    /// A new text for the key of an id or a name; the one before it is accepted for a while longer.
    case rotate(String, grace: Duration)
    /// By an id or a name.
    case revoke(String)

    enum Action: String, Sendable {
        case create, rotate, revoke

        /// Where the admin listener takes such an order.
        var path: String { self == .create ? "/cmd/keys" : "/cmd/keys/\(rawValue)" }
    }

    /// How many are made at once.
    static let counts = 1...100
    /// How long the text before is accepted.
    static let graces: ClosedRange<Duration> = .zero...(.seconds(90 * 86_400))
    static let standardGrace = Duration.seconds(86_400)
    static let graceAdvice = "write a time from 0s to 90d"

    /// Reads the JSON object that a request carries, as strictly as a configuration.
    ///
    /// - Parameter now: seconds since 1970.
    init(_ action: Action, body: [UInt8], now: Int64) throws(Problem) {
        do throws(StrictYAML.Problem) {
            guard let node = try StrictYAML.document(of: body) else {
                throw StrictYAML.Problem(.start, "the body is empty", "send a JSON object")
            }
            switch action {
            case .create:
                let fields = KeyTerms.Field.allCases.map(\.rawValue)
                let members = try StrictMembers(node, known: fields + ["count"])
                self = .create(try members.terms(now: now), count: try Self.count(members))
            case .rotate:
                let members = try StrictMembers(node, known: ["id", "grace"])
                self = .rotate(try Self.reference(members), grace: try Self.grace(members))
            case .revoke:
                self = .revoke(try Self.reference(StrictMembers(node, known: ["id"])))
            }
        } catch {
            let what = error.what.prefix(1).uppercased() + error.what.dropFirst()
            throw .malformedRequest("\(what). \(error.advice)")
        }
    }

    private static func count(_ members: StrictMembers) throws(StrictYAML.Problem) -> Int {
        guard let texts = members["count"] else { return 1 }
        guard texts.count == 1, let count = Int(digits: texts[0][...]), counts.contains(count)
        else {
            throw StrictYAML.Problem(
                members.position(of: "count"), "'count' is no number of keys",
                "write a number from 1 to \(counts.upperBound)")
        }
        return count
    }

    private static func grace(_ members: StrictMembers) throws(StrictYAML.Problem) -> Duration {
        guard let texts = members["grace"] else { return standardGrace }
        guard texts.count == 1, let grace = grace(texts[0]) else {
            throw StrictYAML.Problem(
                members.position(of: "grace"), "'grace' is no such time", graceAdvice)
        }
        return grace
    }

    /// nil for what is no time, or too long.
    static func grace(_ text: String) -> Duration? {
        (try? Time.parse(text)).flatMap { graces.contains($0) ? $0 : nil }
    }

    private static func reference(
        _ members: StrictMembers
    ) throws(StrictYAML.Problem) -> String {
        guard let texts = members["id"], texts.count == 1 else {
            throw StrictYAML.Problem(
                members.position(of: "id"), "the key is not named",
                "write its id, or its name, as 'id'")
        }
        return texts[0]
    }

    var action: Action {
        switch self {
        case .create: .create
        case .rotate: .rotate
        case .revoke: .revoke
        }
    }

    /// The body that ``init(_:body:now:)`` reads the same from.
    var body: JSONValue {
        switch self {
        case .create(let terms, let count):
            .object(terms.members + [("count", .integer(Int64(count)))])
        case .rotate(let reference, let grace):
            .object([("id", .string(reference)), ("grace", .string(Time.text(grace)))])
        case .revoke(let reference): .object([("id", .string(reference))])
        }
    }
}
