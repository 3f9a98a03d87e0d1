/// The origin of a web page as browsers write it (RFC 6454 section 6.2): scheme, host, and the port
/// where it is not the scheme's own.
struct WebOrigin: Equatable, Sendable {
    /// Compared byte by byte with what a browser sends.
    let text: String

    /// Why a text is none.
    enum Failure: Error, Equatable {
        case malformed
        /// It names an origin, and no browser writes it so: how they do.
        case otherwise(String)
    }

    init(_ text: some StringProtocol) throws(Failure) {
        let lower = text.lowercased()
        let ports = [("https://", ":443"), ("http://", ":80")]
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let (scheme, standard) = ports.first(where: { lower.hasPrefix($0.0) })
        else { throw .malformed }
        var rest = lower.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard Self.isAuthority(rest) else { throw .malformed }
        if rest.hasSuffix(standard) { rest = rest.dropLast(standard.count) }
        let usual = scheme + rest
        guard text == usual else { throw .otherwise(usual) }
        self.text = usual
    }

    /// A host and perhaps a port.
    private static func isAuthority(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            let port = text[text.index(after: colon)...]
            guard port.first != "0", let number = Int(digits: port), UInt16(exactly: number) != nil
            else { return false }
            host = text[..<colon]
        }
        if host.first == "[", host.last == "]" {
            return NetworkAddress(host.dropFirst().dropLast())?.bytes.count == 16
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            !label.isEmpty
                && label.utf8.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
        }
    }
}

extension ValueShape where Value == CrossOrigin.Pages {
    static var origins: Self {
        ValueShape(
            expects: "origins such as https://shop.example or http://localhost:3000 with commas "
                + "between them, *, or none",
            parse: { text throws(ValueError) in
                switch text {
                case "none": return .of([])
                case "*": return .any
                default:
                    return .of(
                        try ListText.read(text) { part throws(ValueError) in
                            try Self.origin(part)
                        })
                }
            },
            text: { pages in
                switch pages {
                case .any: "*"
                case .of(let origins):
                    origins.isEmpty ? "none" : origins.map(\.text).joined(separator: ",")
                }
            },
            json: { pages in
                switch pages {
                case .any: .array([.string("*")])
                case .of(let origins): .array(origins.map { .string($0.text) })
                }
            })
    }

    private static func origin(_ text: String) throws(ValueError) -> WebOrigin {
        guard text != "*" else {
            throw .refused("stands beside others", advice: "Write it alone, or leave it out.")
        }
        do throws(WebOrigin.Failure) {
            return try WebOrigin(text)
        } catch {
            switch error {
            case .malformed: throw .malformed("is no origin")
            case .otherwise(let usual):
                throw .refused(
                    "is not how browsers write it",
                    advice: "Write \(UntrustedText.printable(usual)).")
            }
        }
    }
}
