import ImageVocabulary
import RequestSyntax
import SandboxPolicy

/// Which formats are served: all that the policies cover, or those that the setting `formats` names.
struct EnabledFormats: Equatable, Sendable {
    /// In the order of ``ImageFormat/allCases``; nil for all.
    let named: [ImageFormat]?
    private let origin: Origin

    static let all = EnabledFormats(nil, from: Origin(.standard, "formats"))

    init(_ named: [ImageFormat]?, from origin: Origin) {
        self.named = named
        self.origin = origin
    }

    /// What stands before a message about it: `--formats`, `GLOVEBOX_FORMATS`, file and key.
    var label: String { origin.label }

    func contains(_ format: ImageFormat) -> Bool { named?.contains(format) ?? true }

    /// Each policy for those of its formats that are enabled.
    ///
    /// - Throws: ``ConfigurationError`` for each format that none of them covers.
    func choose(from policies: [ServedPolicy]) throws(ConfigurationError) -> PolicySet {
        guard let named else { return PolicySet(served: policies) }
        let covered = Set(policies.flatMap(\.file.formats))
        let problems = named.filter { !covered.contains($0) }.map { format in
            ConfigurationProblem(
                origin, "no policy covers \(format.name)",
                "Leave it out, or add a policy that covers it to the folder of policies.")
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        var set = PolicySet()
        for policy in policies {
            if let serving = policy.serving(only: named) {
                set.served.append(serving)
            } else {
                set.disabled.append(policy)
            }
        }
        return set
    }
}

/// Policies that were read.
struct PolicySet: Sendable {
    var served: [ServedPolicy] = []
    /// Those that are not started: none of their formats is enabled.
    var disabled: [ServedPolicy] = []
}

extension ServiceConfiguration {
    var enabledFormats: EnabledFormats { EnabledFormats(formats, from: origin(of: "formats")) }
}

extension ValueShape where Value == [ImageFormat] {
    /// Names with commas between them, in any order.
    static var formats: Self {
        let names = ImageFormat.allCases.map(\.name)
        let expects =
            "names of formats with commas between them, such as jpeg,png; there are "
            + names.joined(separator: ", ")
        return ValueShape(
            expects: expects,
            parse: { text throws(ValueError) in
                let words = text.split(separator: ",", omittingEmptySubsequences: false)
                    .map { $0.split(separator: " ").joined(separator: " ") }
                guard words.contains(where: { !$0.isEmpty }) else {
                    throw .malformed("names no format")
                }
                var formats: Set<ImageFormat> = []
                for word in words {
                    guard let format = ImageFormat(name: word) else {
                        throw Self.unknown(word, among: names)
                    }
                    formats.insert(format)
                }
                return ImageFormat.allCases.filter(formats.contains)
            },
            text: { $0.map(\.name).joined(separator: ",") },
            json: { .array($0.map { .string($0.name) }) })
    }

    private static func unknown(_ word: String, among names: [String]) -> ValueError {
        guard !word.isEmpty else { return .malformed("has a comma without a format") }
        let name = ConfigurationProblem.quoted(word)
        guard let nearest = NearestName.of(word, among: names) else {
            return .malformed("names \(name), which is no format")
        }
        return .refused(
            "names \(name), which is no format",
            advice: "Write \(nearest) there; formats are \(names.joined(separator: ", ")).")
    }
}
