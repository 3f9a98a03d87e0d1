import FoundationEssentials
import RequestSyntax

/// What a key is to permit, as somebody wrote it down: options of a command, a request's body, a
/// declaration, or a row of the store. There is no other reader.
struct KeyTerms: Equatable, Sendable {
    var name = ""
    var scopes: Set<KeyScope>
    var limits = KeyLimits()
    var networks: [NetworkBlock] = []
    var presets: Set<String> = []
    /// Seconds since 1970; nil for never.
    var expires: Int64?

    /// What may be written, by the name that it has in JSON and YAML.
    enum Field: String, CaseIterable, Sendable {
        case name
        case scopes
        case rate
        case concurrent
        case dailyBytes = "daily_bytes"
        case allow
        case presets
        case expires
    }

    /// Why a text cannot be used.
    struct Failure: Error, Equatable, Sendable {
        let field: Field
        /// To stand behind the field's name.
        let what: String
        /// A sentence that says what to write.
        let advice: String

        init(_ field: Field, _ what: String, _ advice: String) {
            self.field = field
            self.what = what
            self.advice = advice
        }
    }

    static let longestName = 64
    /// What a key permits that names nothing.
    static let standardScopes: Set<KeyScope> = [.process, .info]
    private static let mostParts = 100

    /// Reads texts. A list is several texts, or one with commas, or both.
    ///
    /// - Parameter now: seconds since 1970, for an expiry that is to come; nil for one that is kept as
    ///   it was written, whether or not it has passed.
    init(_ texts: [Field: [String]], now: Int64?) throws(Failure) {
        name = try Self.single(.name, texts) ?? ""
        guard Self.isName(name) else {
            throw Failure(
                .name, "is no name",
                "Write at most \(Self.longestName) printable characters, without spaces at the "
                    + "ends.")
        }
        scopes = []
        for word in try Self.list(.scopes, texts) { scopes.insert(try Self.scope(word)) }
        if scopes.isEmpty { scopes = Self.standardScopes }
        for text in try Self.list(.allow, texts) { networks.append(try Self.network(text)) }
        for text in try Self.list(.presets, texts) { presets.insert(try Self.preset(text)) }
        if let text = try Self.single(.rate, texts) { limits.rate = try Self.rate(text) }
        if let text = try Self.single(.concurrent, texts) {
            limits.concurrent = try Self.concurrent(text)
        }
        if let text = try Self.single(.dailyBytes, texts) {
            limits.dailyBytes = try Self.bytes(text)
        }
        if let text = try Self.single(.expires, texts) {
            expires = try Self.expiry(text, now: now)
        }
    }

    /// Whether a text can stand in a line of a table or of a log.
    static func isName(_ text: String) -> Bool {
        text.count <= longestName && text.utf8.count <= 4 * longestName && text.first != " "
            && text.last != " "
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                    .privateUse, .unassigned:
                    false
                default: true
                }
            }
    }

    private static func single(
        _ field: Field, _ texts: [Field: [String]]
    ) throws(Failure) -> String? {
        guard let values = texts[field], let first = values.first else { return nil }
        guard values.count == 1 else {
            throw Failure(field, "is there more than once", "Write it once.")
        }
        return first
    }

    private static func list(
        _ field: Field, _ texts: [Field: [String]]
    ) throws(Failure) -> [String] {
        let parts = (texts[field] ?? []).flatMap { ListText.parts(of: $0) }
        guard parts.count <= mostParts else {
            throw Failure(field, "has too many parts", "Write at most \(mostParts).")
        }
        return parts
    }

    private static func scope(_ word: String) throws(Failure) -> KeyScope {
        if let scope = KeyScope(rawValue: word) { return scope }
        let names = KeyScope.allCases.map(\.rawValue)
        let list = "one of \(names.joined(separator: ", "))"
        let near = NearestName.of(word, among: names)
        throw Failure(
            .scopes, "\(ConfigurationProblem.quoted(word)) is no scope",
            near.map { "Write \($0); it is \(list)." } ?? "Write \(list).")
    }

    private static func network(_ text: String) throws(Failure) -> NetworkBlock {
        if let block = NetworkBlock(text) { return block }
        throw Failure(
            .allow, "\(ConfigurationProblem.quoted(text)) is no network",
            "Write an address, or one with the number of leading bits that count and zeros behind "
                + "them, such as 10.0.0.0/8 or 2001:db8::/32.")
    }

    private static func preset(_ text: String) throws(Failure) -> String {
        let isName =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !":/%&=?#+".utf8.contains($0) }
        guard !isName else { return text }
        throw Failure(
            .presets, "\(ConfigurationProblem.quoted(text)) is no name of a preset",
            "Write names that options.presets of the configuration has.")
    }

    private static func rate(_ text: String) throws(Failure) -> Rate {
        if let rate = Rate(text) { return rate }
        throw Failure(
            .rate, "\(ConfigurationProblem.quoted(text)) is no rate",
            "Write \(ValueShape<Rate>.rate.expects).")
    }

    private static func concurrent(_ text: String) throws(Failure) -> Int {
        if let number = Int(digits: text[...]), (1...100_000).contains(number) { return number }
        throw Failure(
            .concurrent, "\(ConfigurationProblem.quoted(text)) is no number of requests",
            "Write a whole number from 1 to 100000.")
    }

    private static func bytes(_ text: String) throws(Failure) -> Int {
        if let bytes = try? Size.parse(text), bytes > 0 { return bytes }
        throw Failure(
            .dailyBytes, "\(ConfigurationProblem.quoted(text)) is no number of bytes",
            "Write a whole number above 0, with a unit such as MB or GiB if you like.")
    }

    private static func expiry(_ text: String, now: Int64?) throws(Failure) -> Int64? {
        if text == "never" { return nil }
        let times = now == nil ? "" : "a time from now such as 90d, "
        let advice =
            "Write \(times)a day such as 2027-01-31, a time such as "
            + "2027-01-31T12:00:00Z, or never."
        let isDay = text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil
        let expires: Int64
        if let date = Timestamp.date(isDay ? text + "T00:00:00Z" : text) {
            expires = Int64(date.timeIntervalSince1970.rounded(.down))
        } else if let now, text.last?.isLetter == true, let time = try? Time.parse(text) {
            expires = now + Time.milliseconds(time) / 1_000
        } else {
            throw Failure(.expires, "\(ConfigurationProblem.quoted(text)) is no time", advice)
        }
        if let now, expires <= now {
            throw Failure(
                .expires, "\(ConfigurationProblem.quoted(text)) is in the past", advice)
        }
        return expires
    }
}

extension KeyTerms {
    init(_ key: APIKey) {
        name = key.name
        scopes = key.scopes
        limits = key.limits
        networks = key.networks
        presets = key.presets
        expires = key.expires
    }

    /// The texts that ``init(_:now:)`` reads the same from.
    var texts: [Field: [String]] {
        var texts: [Field: [String]] = [.name: [name], .scopes: scopeNames]
        if let rate = limits.rate { texts[.rate] = ["\(rate)"] }
        if let concurrent = limits.concurrent { texts[.concurrent] = ["\(concurrent)"] }
        if let bytes = limits.dailyBytes { texts[.dailyBytes] = ["\(bytes)"] }
        if !networks.isEmpty { texts[.allow] = networks.map(\.description) }
        if !presets.isEmpty { texts[.presets] = presets.sorted() }
        if let expires { texts[.expires] = [Self.time(expires)] }
        return texts
    }

    /// Those that say something, as members of a JSON object.
    var members: [(String, JSONValue)] {
        let texts = texts
        return Field.allCases.compactMap { field in
            guard let values = texts[field], values != [""] else { return nil }
            switch field {
            case .scopes, .allow, .presets: return (field.rawValue, .names(values))
            case .concurrent, .dailyBytes:
                return (
                    field.rawValue, values.first.flatMap { Int64($0) }.map { .integer($0) } ?? .null
                )
            case .name, .rate, .expires: return (field.rawValue, .string(values.first ?? ""))
            }
        }
    }

    /// In the order in which the scopes are declared.
    var scopeNames: [String] { KeyScope.allCases.filter(scopes.contains).map(\.rawValue) }

    /// A key of these terms.
    func key(id: String, created: Int64?) -> APIKey {
        APIKey(
            id: id, name: name, scopes: scopes, limits: limits, networks: networks,
            presets: presets, created: created, expires: expires)
    }

    /// What the text of such a key begins with.
    var kind: APIKeyText.Kind {
        scopes.isDisjoint(with: [.admin, .adminRead]) ? .live : .admin
    }

    /// RFC 3339, to the second.
    static func time(_ seconds: Int64) -> String {
        Date.ISO8601FormatStyle().format(Date(timeIntervalSince1970: Double(seconds)))
    }
}
