/// The circumstances under which a policy was learnt, for those who read it later.
struct LearningRun: Sendable {
    /// A library that was in the children's memory.
    struct Library: Hashable, Sendable {
        var name: String
        /// Its build id in hex; empty where it has none.
        var build: String
    }

    /// A policy whose rules were merged.
    struct MergedFile: Hashable, Sendable {
        var path: String
        /// In hex.
        var sha256: String
    }

    /// As people write it, such as 2026-03-01.
    var date: String
    /// As uname(2) has it.
    var kernel: String
    /// The version of libvips.
    var libvips: String
    /// The build id of libvips itself in hex; nil where it is not known.
    var libvipsBuild: String?
    var libraries: [Library] = []
    var merged: [MergedFile] = []

    /// What evidence names.
    var library: Evidence.Library {
        Evidence.Library(version: libvips, build: libvipsBuild)
    }
}
