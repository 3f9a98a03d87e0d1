import RequestSyntax

/// `sources.allowed` from imgproxy's list of prefixes.
///
/// There a prefix is compared with the text of an address, and a star stands for anything but a slash.
/// Here patterns are compared with the parts of an address. What cannot be said is left out: the list
/// may become shorter, never longer.
struct ImportedSources {
    private(set) var patterns: [String] = []
    /// Ports that the patterns name.
    private(set) var ports: Set<Int> = []
    /// Addresses that stand in the patterns in the place of names.
    private(set) var addresses: [NetworkAddress] = []
    /// What admits less than it did, and why.
    private(set) var narrowed: [String] = []
    /// What is left out, and why.
    private(set) var omitted: [String] = []

    /// A pattern that admits nothing (RFC 6761 section 6.4).
    static let nothing = "https://nothing.invalid/"

    /// - Parameters:
    ///   - list: prefixes with commas between them; nil for any source.
    ///   - buckets: the buckets that may be read; nil for all.
    ///   - denied: buckets that may not.
    init(list: String?, buckets: [String]?, denied: [String]) {
        let prefixes = list.map(Self.parts) ?? ["http://", "https://", "local://", "s3://"]
        for prefix in prefixes { add(prefix) }
        if buckets != nil || !denied.isEmpty { restrict(to: buckets, without: denied) }
        if patterns.isEmpty { patterns = [Self.nothing] }
    }

    /// What stands between commas, without the blanks around it.
    static func parts(_ list: String) -> [String] {
        list.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.split(separator: " ").joined(separator: " ") }
    }

    private mutating func add(_ prefix: String) {
        let name = ConfigurationProblem.quoted(prefix)
        guard let mark = prefix.firstRange(of: "://") else {
            return omit(
                prefix.isEmpty
                    ? "An empty entry admits every source" : "\(name) has no scheme and '://'")
        }
        let rest = prefix[mark.upperBound...]
        switch prefix[..<mark.lowerBound].lowercased() {
        case "http": addRemote("http", rest, name)
        case "https": addRemote("https", rest, name)
        case "*", "http*":
            addRemote("http", rest, name)
            addRemote("https", rest, name)
        case "local": addPath("local://", rest.isEmpty ? "/" : rest, name)
        case "s3":
            let bucket = rest.prefix { $0 != "/" }
            let key = rest.dropFirst(bucket.count)
            if !bucket.isEmpty, key.isEmpty {
                narrow("\(name) admits every bucket whose name begins so; here that one alone")
            }
            addPath("s3://\(bucket.isEmpty ? "*" : bucket)", key.isEmpty ? "/" : key, name)
        default: omit("\(name): there are no sources of that scheme")
        }
    }

    private mutating func addRemote(_ scheme: String, _ rest: Substring, _ name: String) {
        let host = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(host.count)
        guard !host.contains(where: { "@?#".contains($0) }) else {
            return omit("\(name): the host of an address holds no '@', '?' or '#'")
        }
        var literal = host
        var port: UInt16?
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            port = UInt16(host[host.index(after: colon)...])
            guard let port, port > 0 else { return omit("\(name): a port is written out") }
            literal = host[..<colon]
        }
        if !host.isEmpty, path.isEmpty {
            narrow(
                "\(name) ends without a slash and admits other hosts that begin so, such as "
                    + "\(scheme)://\(host)@evil.example/; here that host alone")
        }
        guard
            addPath("\(scheme)://\(host.isEmpty ? "*" : host)", path.isEmpty ? "/" : path, name)
        else { return }
        if let port, port != 80, port != 443 { ports.insert(Int(port)) }
        let address = NetworkAddress(literal.drop { $0 == "[" }.prefix { $0 != "]" })
        if let address, !addresses.contains(address) { addresses.append(address) }
    }

    /// - Returns: whether the pattern is kept.
    @discardableResult
    private mutating func addPath(_ start: String, _ path: Substring, _ name: String) -> Bool {
        guard !path.contains(where: { "*?#".contains($0) }) else {
            omit("\(name): a path has no star, and no query")
            return false
        }
        let pattern = start + path
        guard path.first == "/", SourcePattern(pattern) != nil else {
            omit("\(name) is no pattern of sources")
            return false
        }
        if path.last != "/" {
            narrow(
                "\(name) ends within a path and admits what goes on in any way; here that path and "
                    + "what lies below it")
        }
        if !patterns.contains(pattern) { patterns.append(pattern) }
        return true
    }

    private mutating func restrict(to buckets: [String]?, without denied: [String]) {
        patterns = patterns.flatMap { pattern -> [String] in
            guard pattern.hasPrefix("s3://") else { return [pattern] }
            let bucket = pattern.dropFirst(5).prefix { $0 != "/" }
            let key = pattern.dropFirst(5 + bucket.count)
            let matches = SourcePattern("s3://\(bucket)/")
            let named = buckets ?? (bucket.contains("*") ? [] : [String(bucket)])
            return named.filter { name in
                !denied.contains(name) && matches?.matches(.bucket(name: name, key: "k")) == true
            }.map { "s3://\($0)\(key)" }
        }
    }

    private mutating func narrow(_ sentence: String) { narrowed.append(sentence + ".") }
    private mutating func omit(_ sentence: String) { omitted.append(sentence + ". Left out.") }

    /// What the variable that the list comes from becomes.
    ///
    /// - Parameter rules: the addresses that other variables permit. Further ones are told and not
    ///   written: a list of sources opens no network.
    func translation(_ rules: AddressRules = AddressRules()) -> ImgproxyVariable.Translation {
        var written = [ImgproxyVariable.Written("sources.allowed", patterns.joined(separator: ","))]
        var sentences = omitted + narrowed + addresses.compactMap { Self.remedy($0, rules) }
        if patterns == [Self.nothing] {
            sentences.append("Nothing is left, so that no source is admitted.")
        }
        if !ports.isEmpty {
            let text = ports.sorted().map { "\($0)" }.joined(separator: ",")
            written.append(ImgproxyVariable.Written("sources.ports", text))
        }
        let reason = sentences.joined(separator: " ")
        if !omitted.isEmpty || patterns == [Self.nothing] {
            return .unsupported(reason, writing: written)
        }
        return reason.isEmpty ? .taken(written) : .changed(written, reason)
    }
}

extension ImportedSources {
    /// What permits an address that is not public; nil for one that needs nothing.
    fileprivate static func remedy(_ address: NetworkAddress, _ rules: AddressRules) -> String? {
        do throws(AddressRules.Refusal) {
            try rules.check(address)
            return nil
        } catch {
            let bits = 8 * error.address.bytes.count
            return "\(address) is not public (\(error.kind)): also write sources.addresses: "
                + "\(error.address)/\(bits)."
        }
    }
}

/// `signed.replacements` from imgproxy's pairs, whose patterns are prefixes with stars.
enum ImportedReplacements {
    /// The same as regular expressions, or nil where a pair has no sign of equality.
    static func text(_ list: String) -> String? {
        var pairs: [String] = []
        for pair in list.split(separator: ";", omittingEmptySubsequences: false) {
            guard let equals = pair.firstIndex(of: "=") else { return nil }
            let pieces = pair[..<equals].split(separator: "*", omittingEmptySubsequences: false)
            let pattern = "^" + pieces.map(quoted).joined(separator: "([^/]*)")
            pairs.append("\(pattern)=\(replacement(pair[pair.index(after: equals)...]))")
        }
        return pairs.joined(separator: ";")
    }

    private static func quoted(_ text: Substring) -> String {
        text.map { "\\.+?()|[]{}^$".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }

    /// Go's templates take the longest name behind a dollar sign, and a name that is no number of a
    /// group for nothing.
    private static func replacement(_ text: Substring) -> String {
        String(text).replacing(/\$(?:\$|\{(\w+)\}|(\w+))/.asciiOnlyWordCharacters()) { match in
            guard let name = match.output.1 ?? match.output.2 else { return "$$" }
            return Int(digits: name).map { "${\($0)}" } ?? ""
        }
    }
}
