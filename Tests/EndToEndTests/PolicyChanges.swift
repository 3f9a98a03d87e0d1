import TestSupport
import Testing

/// The repository's policy with a call that maps inputs of one byte alone: its children wait, and the
/// first thing that each does with an image is denied.
@Sendable func withoutInput(_ policy: String) throws -> String {
    try policy.mustReplace(
        "{ index: 4, value: 0xffffffff, valueTwo: 3, op: SCMP_CMP_MASKED_EQ }",
        with: """
            { index: 4, value: 0xffffffff, valueTwo: 3, op: SCMP_CMP_MASKED_EQ }
                      - { index: 1, value: 1, op: SCMP_CMP_EQ }
            """)
}

/// A line of a policy file.
struct PolicyPlace {
    var file: String
    var line = 1

    /// Whether a reason names it, by itself or among other lines of the file.
    func isNamed(in reason: String) -> Bool {
        reason.contains("\(file):\(line):")
            || reason.split(separator: "\(file):").dropFirst().contains { rest in
                rest.prefix { $0.isNumber || $0 == "," || $0 == " " }
                    .split(whereSeparator: { !$0.isNumber }).contains("\(line)")
            }
    }
}

/// The repository's policy with which everything goes well but the mapping of inputs of exactly so many
/// bytes: canaries have other lengths, and a reload does not find it.
func withoutInput(ofLength bytes: Int) -> @Sendable (String) throws -> String {
    {
        try $0.mustReplace(
            "{ index: 4, value: 0xffffffff, valueTwo: 3, op: SCMP_CMP_MASKED_EQ }",
            with: """
                { index: 4, value: 0xffffffff, valueTwo: 3, op: SCMP_CMP_MASKED_EQ }
                          - { index: 1, value: \(bytes), op: SCMP_CMP_NE }
                """)
    }
}

/// A policy without the rules whose names begin with this one.
func withoutRules(for name: String) -> @Sendable (String) throws -> String {
    {
        let rules = $0.split(separator: "      - names: ", omittingEmptySubsequences: false)
        let left = rules.filter { !$0.hasPrefix("[\(name)") }
        try #require(left.count < rules.count, "there is no rule for \(name)")
        return left.joined(separator: "      - names: ")
    }
}

/// The repository's policy for these formats.
func covering(_ formats: String) -> @Sendable (String) throws -> String {
    { try $0.mustReplace(/formats: \[.*\]/, with: "formats: [\(formats)]") }
}

/// The repository's policy for these formats, whose children cannot be set up: they may close the
/// socket that they were confined over, and not their copy of the filter's listener.
func unloadable(_ formats: String) -> @Sendable (String) throws -> String {
    {
        try covering(formats)($0)
            .mustReplace(
                "- names: [close]",
                with: """
                    - args: [{ index: 0, value: 0xffffffff, valueTwo: 5, op: SCMP_CMP_MASKED_EQ }]
                            names: [close]
                    """)
    }
}
