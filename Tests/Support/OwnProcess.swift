public import Testing

extension Trait where Self == ConditionTrait {
    /// For suites that use libvips as a reference, or count processes and descriptors: they cannot
    /// share a process with the tests of the engine, which blocks most of libvips for good.
    public static var ownProcess: Self {
        .enabled(
            if: CommandLine.arguments.contains("--filter"),
            """
            needs a process of its own: run scripts/test, or swift test --no-parallel \
            --filter 'ContainmentTests|EndToEndTests'
            """)
    }
}
