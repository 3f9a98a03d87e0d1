import Descriptors

/// A child's own ends of its descriptors, until the zygote has them.
struct ChildEnds: ~Copyable {
    var job: Descriptor
    var errors: Descriptor
    var input: Descriptor
    var result: Descriptor
}

extension Child {
    /// What a child is made for.
    struct Place: Sendable {
        var id: UInt64
        var policy: String
        var generation: Int
        var budget: Life.Budget
        /// What it has until it must be ready.
        var birth: Duration
    }
}
