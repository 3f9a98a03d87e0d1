import ImageVocabulary
import NIOCore
import SandboxPolicy
import WireProtocol

/// A policy that was read and compiled: everything a pool has to know of it.
struct ServedPolicy: Sendable {
    let file: PolicyFile
    /// SHA-256 of the file in lower-case hex.
    let sha256: String
    let configuration: ZygoteConfiguration

    var name: String { file.name }

    /// What one child may use.
    var budget: Child.Life.Budget {
        Child.Life.Budget(
            memory: configuration.memoryBudget >> 10,
            processor: UInt64(configuration.cpuSeconds) * 1_000_000)
    }

    /// The widest limits that any of the policies has; there is at least one.
    static func widestLimits(of policies: [ServedPolicy]) -> JobLimits {
        let limits = policies.map(\.file.limits.job)
        return limits.reduce(limits[0]) { $0.raised(to: $1) }
    }

    /// Whether nothing would change if one took the place of the other.
    func isSame(as other: ServedPolicy) -> Bool { name == other.name && sha256 == other.sha256 }

    /// The names of policies that are in one of two lists only, or are not the same in both.
    static func differences(between one: [ServedPolicy], _ other: [ServedPolicy]) -> [String] {
        let hashes = { (list: [ServedPolicy]) in Set(list.map { [$0.name, $0.sha256] }) }
        let different = hashes(one).symmetricDifference(hashes(other))
        return Set(different.map { $0[0] }).sorted()
    }

    /// Reads and compiles policy files, and refuses what cannot be served together. Blocks.
    static func load(_ paths: [String]) throws(StartFailure) -> [ServedPolicy] {
        do throws(PolicyError) {
            var policies: [ServedPolicy] = []
            for path in paths {
                let policy = try load(path)
                for other in policies { try policy.checkAgainst(other) }
                policies.append(policy)
            }
            return policies
        } catch {
            throw .policy(error)
        }
    }

    private static func load(_ path: String) throws(PolicyError) -> ServedPolicy {
        let bytes = try PolicyReader.bytes(path: path)
        let policy = try PolicyReader.parse(bytes, path: path)
        let filter = try PolicyCompiler.compile(policy)
        return ServedPolicy(
            file: policy, sha256: InputDigest.hex(of: ByteBuffer(bytes: bytes)),
            configuration: ZygoteConfiguration(
                formats: policy.formats, memoryBudget: policy.limits.memory,
                cpuSeconds: policy.limits.cpuSeconds, threads: policy.limits.threads,
                resourceLimits: policy.resourceLimits, program: filter.encodedBytes))
    }

    /// An image goes to the one policy that covers its format, and a policy is told by its name.
    private func checkAgainst(_ other: ServedPolicy) throws(PolicyError) {
        let format = file.formats.first { other.file.formats.contains($0) }
        if let format {
            throw refusal(
                "the format \(format) is covered by \(other.file.path) too",
                "cover each format in one policy file only")
        }
        if name == other.name {
            throw refusal(
                "\(other.file.path) is called '\(name)' too",
                "give each policy file a name of its own")
        }
    }

    private func refusal(_ what: String, _ hint: String) -> PolicyError {
        PolicyError(
            diagnostics: [
                PolicyDiagnostic(file: file.path, at: .start, what: what, hint: hint)
            ])
    }
}
