/// What is not as it was when a crash was recorded, so that nobody takes a replay for a proof of
/// something else.
struct CrashChanges: Equatable, Sendable {
    /// One sentence for each.
    let sentences: [String]
    /// Whether files of code were built anew, so that frames lie elsewhere.
    let hasOtherBuilds: Bool

    /// More of them are many.
    private static let mostBuilds = 5

    init(
        since record: CrashRecord, policy: CrashRecord.Policy, libraries: CrashRecord.Libraries
    ) {
        var sentences: [String] = []
        func compare(_ what: String, _ before: String?, _ now: String?) {
            guard before != now else { return }
            sentences.append(
                "\(what) is another: \(Self.short(before)) then, \(Self.short(now)) now.")
        }
        let before = record.policy
        compare("The policy's name", before.name, policy.name)
        compare("The policy file", before.sha256, policy.sha256)
        compare("The policy's base", before.baseSHA256, policy.baseSHA256)
        compare("The compiled filter", before.programSHA256, policy.programSHA256)
        compare("The posture", before.posture, policy.posture)
        compare("The kernel", record.libraries.kernel, libraries.kernel)
        compare("The version of libvips", record.libraries.libvips, libraries.libvips)
        let old = Self.builds(record.libraries)
        let new = Self.builds(libraries)
        let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        for name in changed.prefix(Self.mostBuilds) {
            compare("The build of \(CrashTable.safe(name))", old[name], new[name])
        }
        let left = changed.count - Self.mostBuilds
        if left > 0 { sentences.append("So are the builds of \(left) more files.") }
        self.sentences = sentences
        hasOtherBuilds = !changed.isEmpty
    }

    private static func builds(_ libraries: CrashRecord.Libraries) -> [String: String] {
        Dictionary(libraries.builds.map { ($0.name, $0.build) }) { first, _ in first }
    }

    /// Hashes are told by their beginnings.
    private static func short(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "none" }
        return CrashTable.safe(String(text.prefix(16)))
    }
}
