import RequestSyntax

/// A pattern in the addresses of sources and what stands for it, as imgproxy's URL replacements are.
///
/// The pattern is a regular expression, which is tried by going back and forth: one that nests
/// repetitions can take long on an address that was made for it. Only signed addresses meet it.
struct AddressReplacement: Equatable, Sendable {
    /// As it is written.
    let pattern: String
    /// With `$1` or `${1}` for what the first pair of parentheses holds, and so on.
    let replacement: String

    var text: String { "\(pattern)=\(replacement)" }

    /// The address with everything that the pattern matches replaced.
    func applied(to address: String) -> String {
        // It was read as a pattern when the configuration was.
        guard let regex = try? Regex(pattern) else { return address }
        return address.replacing(regex) { match in
            Self.filled(replacement) { number in
                guard match.output.indices.contains(number) else { return "" }
                return match.output[number].substring ?? ""
            }
        }
    }

    private static func filled(_ text: String, _ group: (Int) -> Substring) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "$") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == "{"
            let digits = (isBraced ? rest.dropFirst() : rest).prefix { $0.isASCII && $0.isNumber }
            let behind = rest[digits.endIndex...]
            guard let number = Int(digits), !isBraced || behind.first == "}" else {
                result += "$"
                continue
            }
            result += group(number)
            rest = isBraced ? behind.dropFirst() : behind
        }
        return result + rest
    }
}

extension [AddressReplacement] {
    func applied(to address: String) -> String {
        reduce(address) { $1.applied(to: $0) }
    }
}

extension ValueShape where Value == [AddressReplacement] {
    /// `pattern=replacement` each, with semicolons between them.
    static var replacements: Self {
        let text = { @Sendable (list: [AddressReplacement]) in
            list.map(\.text).joined(separator: ";")
        }
        return ValueShape(
            expects: "regular expressions and what stands for them, such as "
                + "^mys3://=s3://bucket/;^old://=https://new.example/, or none",
            parse: { text throws(ValueError) in
                guard text != "none" else { return [] }
                var list: [AddressReplacement] = []
                for part in text.split(separator: ";") {
                    guard let equals = part.firstIndex(of: "=") else {
                        throw .malformed("has a pattern without a replacement")
                    }
                    let pattern = String(part[..<equals])
                    guard !pattern.isEmpty, (try? Regex(pattern)) != nil else {
                        let pattern = ConfigurationProblem.quoted(pattern)
                        throw .malformed("has \(pattern), which is no regular expression")
                    }
                    list.append(
                        AddressReplacement(
                            pattern: pattern,
                            replacement: String(part[part.index(after: equals)...])))
                }
                return list
            },
            text: { $0.isEmpty ? "none" : text($0) },
            json: { .array($0.map { .string($0.text) }) })
    }
}
