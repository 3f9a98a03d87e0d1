import NIOCore
import SandboxPolicy

/// The report as SARIF 2.1.0 (OASIS, sarif-v2.1.0-os), with what code scanning asks for: rules with
/// their help, and locations relative to the folder that the command runs in.
extension PolicyLintReport {
    /// - Parameter folder: The one that paths are relative to; nil where there is none.
    func sarif(in folder: String?) -> JSONValue {
        let rules = PolicyCheck.allCases
        let driver: JSONValue = .object([
            ("name", .string("glovebox")),
            ("semanticVersion", .string(Version.current)),
            ("rules", .array(rules.map(\.sarifRule))),
        ])
        let results = diagnostics.map { diagnostic -> JSONValue in
            let uri = Self.uri(of: diagnostic.file, in: folder)
            return .object([
                ("ruleId", .string(diagnostic.check.rawValue)),
                ("ruleIndex", .unsigned(UInt64(rules.firstIndex(of: diagnostic.check) ?? 0))),
                ("level", .string(diagnostic.severity.rawValue)),
                ("message", .object([("text", .string(diagnostic.sarifMessage))])),
                ("locations", .array([diagnostic.location(uri)])),
                (
                    "partialFingerprints",
                    .object([("gloveboxPolicy/v1", .string(diagnostic.fingerprint(uri)))])
                ),
            ])
        }
        return .object([
            ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
            ("version", .string("2.1.0")),
            (
                "runs",
                .array([
                    .object([
                        ("tool", .object([("driver", driver)])),
                        ("columnKind", .string("unicodeCodePoints")),
                        ("results", .array(results)),
                    ])
                ])
            ),
        ])
    }

    /// A path as a reference (RFC 3986): relative where the file is below the folder, with a scheme
    /// where it is elsewhere.
    static func uri(of path: String, in folder: String?) -> String {
        var path = path
        while path.hasPrefix("./") { path.removeFirst(2) }
        if path.hasPrefix("/"), let folder {
            let base = folder.hasSuffix("/") ? folder : folder + "/"
            if path.hasPrefix(base) { path.removeFirst(base.count) }
        }
        // A colon in the first segment would be read as a scheme's end.
        let reference = path.utf8.reduce(into: "") { text, byte in
            switch byte {
            case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e, 0x2f:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return reference.hasPrefix("/") ? "file://" + reference : reference
    }
}

extension PolicyCheck {
    fileprivate var sarifRule: JSONValue {
        let guide = guide
        return .object([
            ("id", .string(rawValue)),
            ("shortDescription", .object([("text", .string(guide.title))])),
            ("fullDescription", .object([("text", .string(guide.finds))])),
            (
                "help",
                .object([
                    ("text", .string("\(guide.finds) \(guide.why)")),
                    ("markdown", .string(guide.markdown)),
                ])
            ),
            (
                "defaultConfiguration",
                .object([("level", .string(guide.severity.rawValue))])
            ),
            ("properties", .object([("tags", .array([.string("security")]))])),
        ])
    }
}

extension PolicyDiagnostic {
    fileprivate var sarifMessage: String {
        let first = what.prefix(1).uppercased() + what.dropFirst()
        return "\(first). To do: \(hint)."
    }

    fileprivate func location(_ uri: String) -> JSONValue {
        .object([
            (
                "physicalLocation",
                .object([
                    ("artifactLocation", .object([("uri", .string(uri))])),
                    (
                        "region",
                        .object([
                            ("startLine", .unsigned(UInt64(line))),
                            ("startColumn", .unsigned(UInt64(column))),
                        ])
                    ),
                ])
            )
        ])
    }

    /// The same wherever the line moves to.
    fileprivate func fingerprint(_ uri: String) -> String {
        InputDigest.hex(of: ByteBuffer(string: "\(uri)\n\(check.rawValue)\n\(what)"))
    }
}
