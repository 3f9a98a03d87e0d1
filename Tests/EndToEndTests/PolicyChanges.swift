import TestSupport

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
