import Descriptors

/// A child's own ends of its descriptors, until the zygote has them.
struct ChildEnds: ~Copyable {
    var job: Descriptor
    var errors: Descriptor
    var input: Descriptor
    var result: Descriptor
}
