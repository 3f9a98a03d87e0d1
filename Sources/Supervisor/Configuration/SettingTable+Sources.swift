extension SettingTable {
    static let signing = SettingGroup(
        title: "Signed URLs",
        settings: [
            Setting(
                "key", \.signing.keys, .hexSecrets.asList(), reloads: true, option: .none,
                isSecret: true,
                why: "a longer one makes nothing safer",
                help: "Keys that URLs are signed with, each with the salt in the same place; a URL "
                    + "may be signed with any, so that they can be changed."),
            Setting(
                "salt", \.signing.salts, .hexSecrets.asList(), reloads: true, option: .none,
                isSecret: true, why: "a longer one makes nothing safer",
                help: "Salts, as many as keys."),
            Setting(
                "signed.signature_size", \.signing.signatureSize, .number(1...32), reloads: true,
                why: "a signature has 32 bytes, and one without any proves nothing",
                help: "Bytes of a signature that are compared, and have to be there."),
            Setting(
                "signed.longest", \.signing.longest, .time(.seconds(1)...(.seconds(315_360_000))),
                reloads: true, why: "less has passed on arrival, and ten years are for ever",
                help: "How far ahead the time of a signed query may lie, after which it is not "
                    + "answered."),
            Setting(
                "signed.trusted", \.signing.trusted, .secretTexts.asList(), reloads: true,
                isSecret: true,
                help: "Texts that are accepted in the place of a signature."),
            Setting(
                "signed.bearer", \.signing.bearer,
                .optional(.secret(1...1_024), word: "none", none: "none"),
                reloads: true, isSecret: true,
                why: "without a character there is none, and a longer one does not fit a header",
                help: "What requests for signed URLs have to send as Authorization: Bearer."),
            Setting(
                "signed.prefix", \.signing.prefix, .pathPrefix, reloads: true,
                help: "What stands before the signature in the path, and is not signed."),
            Setting(
                "signed.base_url", \.signing.baseURL, .baseURL, reloads: true,
                help: "What is put before each address of a source that does not begin with it."),
            Setting(
                "signed.replacements", \.signing.replacements, .replacements.asList(";"),
                reloads: true,
                help: "What is replaced in addresses of sources before they are read: regular "
                    + "expressions, $1 for what their first pair of parentheses holds."),
            Setting(
                "signed.separator", \.signing.separator, .separator, reloads: true,
                help: "The character between the name of an option and its arguments."),
            Setting(
                "signed.file_names", \.signing.fileNames, .flag, reloads: true,
                help: "Leave out the last of several parts of a Base64 source: a name for search "
                    + "engines."),
            Setting(
                "signed.max_age", \.signing.maxAge, .time(.zero...(.seconds(315_360_000))),
                reloads: true, why: "ten years are for ever",
                help: "How long caches may keep results of signed URLs."),
            Setting(
                "signed.cache_control", \.signing.passesCacheControl, .flag, reloads: true,
                help: "Let what a source says of that come first."),
        ])

    static let sources = SettingGroup(
        title: "Sources",
        settings: [
            Setting(
                "sources.allowed", \.sources.allowed, .sources.asList(), reloads: true,
                help: "Sources that requests may name; a star stands for any part of a host. Any "
                    + "public host where requests are signed and under --dev; none where they are "
                    + "not."),
            Setting(
                "sources.addresses", \.sources.addresses, .blocks.asList(), reloads: true,
                help: "Addresses that may be reached though they are not public."),
            Setting(
                "sources.ports", \.sources.ports, .ports.asList(), reloads: true,
                why: "there are no others",
                help: "Ports that may be reached beside 80 and 443."),
            Setting(
                "sources.redirects", \.sources.redirects, .number(0...10), reloads: true,
                why: "each is another request, and who needs more goes in a circle",
                help: "Redirects that are followed."),
            Setting(
                "sources.connect_timeout", \.sources.connectTimeout, timeOfSource, reloads: true,
                why: reasonOfSourceTimes, help: "Time until a server can be asked."),
            Setting(
                "sources.answer_timeout", \.sources.answerTimeout, timeOfSource, reloads: true,
                why: reasonOfSourceTimes,
                help: "Time until the head of an answer, and between two pieces of it."),
            Setting(
                "sources.timeout", \.sources.timeout, timeOfSource, reloads: true,
                why: reasonOfSourceTimes,
                help: "Time for the whole way from the first look-up of a name to the last byte."),
            Setting(
                "sources.certificates", \.sources.certificates,
                .optional(.path("a file of certificates"), none: "the system's alone"),
                reloads: true, isPath: true,
                help: "Certificates in PEM that servers may be signed by, beside the system's."),
            Setting(
                "sources.user_agent", \.sources.userAgent, .fieldValue, reloads: true,
                help: "What servers are told as User-Agent."),
            Setting(
                "sources.breaker_failures", \.sources.breakerFailures, .number(1...10_000),
                reloads: true,
                why: "one failure is needed to know anything, and more than that is no limit",
                help: "Failures in a row after which a host is left alone for a while."),
            Setting(
                "sources.breaker_time", \.sources.breakerTime, .time(.zero...(.seconds(3_600))),
                reloads: true,
                why: "whoever is up again waits for the rest of it",
                help: "Time that such a host is left alone."),
            Setting(
                "sources.failure_cache", \.sources.failureCache, .time(.zero...(.seconds(300))),
                reloads: true, why: "whoever has mended an address waits for the rest of it",
                help: "Time that the failure of one address is remembered."),
        ])

    private static let timeOfSource =
        ValueShape.time(.milliseconds(100)...(.seconds(600)))
    private static let reasonOfSourceTimes =
        "a server elsewhere needs some time, and a request is not held for ever"
}

extension ValueShape where Value == String {
    fileprivate static var pathPrefix: Self {
        ValueShape(
            expects: "a path such as /images, or none",
            parse: { text throws(ValueError) in
                guard text != "none" else { return "" }
                let isPath =
                    text.hasPrefix("/") && !text.hasSuffix("/") && !text.contains("//")
                    && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3F }
                guard isPath else { throw .malformed("is no beginning of a path") }
                return text
            },
            text: { $0.isEmpty ? "none" : $0 },
            json: { $0.isEmpty ? .null : .string($0) })
    }

    fileprivate static var baseURL: Self {
        ValueShape(
            expects: "the beginning of an address such as https://images.example.com/, or none",
            parse: { text throws(ValueError) in
                guard text != "none" else { return "" }
                guard let mark = text.firstRange(of: "://") else {
                    throw .malformed("has no scheme")
                }
                let isRemote = ["http", "https"].contains(text[..<mark.lowerBound].lowercased())
                let rest = text[mark.upperBound...]
                let host = rest.prefix { $0 != "/" }
                // The source .evil.com/x would choose another host than images.example.com, and
                // :81/x another port.
                guard !isRemote || !host.isEmpty && host.endIndex < rest.endIndex else {
                    throw .refused(
                        "lets a source go on with the host's name, and so choose another host",
                        advice: "End it with a slash, as in https://images.example.com/.")
                }
                return text
            },
            text: { $0.isEmpty ? "none" : $0 },
            json: { $0.isEmpty ? .null : .string($0) })
    }

    fileprivate static var separator: Self {
        ValueShape(
            expects: "one of the characters ! $ & ' ( ) * + , : ; = | ~",
            parse: { text throws(ValueError) in
                let isOne =
                    text.utf8.count == 1
                    && text.utf8.allSatisfy { byte in
                        "!$&'()*+,:;=|~".utf8.contains(byte)
                    }
                guard isOne else { throw .malformed("cannot stand between arguments") }
                return text
            },
            text: { $0 }, json: { .string($0) })
    }

    fileprivate static var fieldValue: Self {
        ValueShape(
            expects: "printable ASCII, at most 200 characters",
            parse: { text throws(ValueError) in
                guard (1...200).contains(text.utf8.count),
                    text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
                else { throw .malformed("cannot stand in a header field") }
                return text
            },
            text: { $0 }, json: { .string($0) })
    }
}
