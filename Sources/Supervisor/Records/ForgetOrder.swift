import RequestSyntax

/// Whose traces are to be removed.
struct ForgetOrder: Equatable, Sendable {
    enum What: Equatable, Sendable {
        /// The id of an API key.
        case key(String)
        /// The SHA-256 of an input.
        case input(String)
        /// The address of an image, as records have it.
        case source(String)
    }

    private(set) var what: What
    /// Whether it is only counted.
    private(set) var isTrial = false

    /// - Parameter options: one of `key`, `input` and `source`, and perhaps `dry-run`.
    /// - Throws: with an empty option where it is not one of them.
    init(_ options: [(name: String, value: String)]) throws(CrashFilter.Failure) {
        var found: [What] = []
        for (name, value) in options {
            switch name {
            case "key":
                // An empty one would be anybody's.
                guard !value.isEmpty else {
                    throw CrashFilter.Failure(option: name, reason: "Write which one.")
                }
                found.append(.key(value))
            case "source": found.append(.source(try Self.source(value)))
            case "input":
                guard InputHash.isHash(value.lowercased()) else {
                    throw CrashFilter.Failure(
                        option: name, reason: "Write the whole SHA-256, 64 hexadecimal digits.")
                }
                found.append(.input(value.lowercased()))
            case "dry-run":
                guard value == "true" else {
                    throw CrashFilter.Failure(option: name, reason: "Write true.")
                }
                isTrial = true
            default:
                throw CrashFilter.Failure(
                    option: name, reason: "Write one of key, input, source and dry-run.")
            }
        }
        guard found.count == 1, let what = found.first else {
            throw CrashFilter.Failure(option: "", reason: "Write key, input or source.")
        }
        self.what = what
    }

    /// An address as records have it.
    private static func source(_ text: String) throws(CrashFilter.Failure) -> String {
        let address = text.prefix { $0 != "?" && $0 != "#" }
        do throws(SourceAddressError) {
            return UntrustedText.printable(try SourceAddress(address).shown)
        } catch {
            // As records have it, decoded.
            if address.hasPrefix("local:///"), address.count > "local:///".count {
                return UntrustedText.printable(String(address))
            }
            let what =
                switch error {
                case .unknownScheme: "it is at none of https, http, local and s3"
                case .malformed(let what): what
                }
            throw CrashFilter.Failure(
                option: "source",
                reason: "\(ConfigurationProblem.quoted(text)) is no address of an image: \(what). "
                    + "Write a whole one, such as https://example.com/a.jpg or local:///a.jpg.")
        }
    }

    /// The same with the id of the key where its name was written.
    ///
    /// Ids as the store gives them pass unknown: keys that are long gone have left traces too.
    ///
    /// - Parameter keys: all that there are, revoked ones among them.
    func resolved(
        among keys: [(id: String, name: String)]
    ) throws(KeyDesk.Refusal) -> ForgetOrder {
        guard case .key(let reference) = what, !keys.contains(where: { $0.id == reference })
        else { return self }
        let ids = keys.filter { $0.name == reference }.map(\.id)
        var order = self
        if ids.count > 1 {
            throw .impossible(
                "Several keys have this name. Write the id of one: "
                    + "\(ids.joined(separator: ", ")).")
        } else if let id = ids.first {
            order.what = .key(id)
        } else if reference.wholeMatch(of: /k-[a-z0-9]{12}/) == nil {
            throw KeyDesk.unknown(reference)
        }
        return order
    }

    /// What the audit log has of it: nothing that was to be forgotten.
    var subject: String {
        switch what {
        case .key(let id): "key:\(id)"
        case .input(let sha256): "input:\(sha256)"
        case .source(let address): "source:sha256:\(AuditHash.of(address.utf8))"
        }
    }
}

extension CrashPurge.Result {
    /// For the audit log.
    var auditFields: [(name: String, value: JSONValue)] {
        [
            ("crashes", .integer(Int64(crashes))), ("inputs", .integer(Int64(inputs))),
            ("unreadable", .integer(Int64(unreadable))),
        ]
    }

    /// The same where it was begun and could not be finished.
    static let failed: [(name: String, value: JSONValue)] = [("outcome", .string("failed"))]
}

extension CrashPurge.Order {
    /// For the audit log: of which time.
    var auditFields: [(name: String, value: JSONValue)] {
        before.map { [("before", .string(Timestamp.text($0)))] } ?? []
    }
}
