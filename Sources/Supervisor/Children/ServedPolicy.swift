import ImageVocabulary
import NIOCore
import SandboxPolicy
import WireProtocol

/// A policy that was read and compiled: everything a pool has to know of it.
struct ServedPolicy: Sendable {
    let file: PolicyFile
    let identity: PolicyIdentity
    /// The file's base; nil where it has none.
    let base: PolicyDocument.Base?
    /// What it says about calls, and where.
    let answers: PolicyAnswers
    private(set) var configuration: ZygoteConfiguration
    /// The formats that go to it: those of the file that are enabled.
    private(set) var formats: [ImageFormat]
    /// Those that it reads too where a job needs it, as far as they are enabled.
    private(set) var also: [ImageFormat]

    var name: String { file.name }
    /// SHA-256 of the file in lower-case hex.
    var sha256: String { identity.sha256 }

    /// The policy for some of its formats only; nil when it has none of them.
    func serving(only enabled: [ImageFormat]) -> ServedPolicy? {
        var policy = self
        policy.formats = file.formats.filter(enabled.contains)
        policy.also = file.also.filter(enabled.contains)
        policy.configuration.formats = policy.formats + policy.also
        return policy.formats.isEmpty ? nil : policy
    }

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
    func isSame(as other: ServedPolicy) -> Bool { identity == other.identity }

    /// The names of policies that are in one of two lists only, or are not the same in both.
    static func differences(between one: [ServedPolicy], _ other: [ServedPolicy]) -> [String] {
        let identities = { (list: [ServedPolicy]) in Set(list.map(\.identity)) }
        let different = identities(one).symmetricDifference(identities(other))
        return Set(different.map(\.name)).sorted()
    }

    /// Reads and compiles policy files, and refuses what cannot be served together. Blocks.
    ///
    /// - Parameter held: what becomes of the calls that they do not allow.
    static func load(
        _ paths: [String], for enabled: EnabledFormats = .all, _ held: HeldCalls = .end
    ) throws(StartFailure) -> PolicySet {
        var policies: [ServedPolicy] = []
        do throws(PolicyError) {
            for path in paths {
                let policy = try load(path, held)
                for other in policies { try policy.checkAgainst(other) }
                policies.append(policy)
            }
        } catch {
            throw .policy(error)
        }
        do throws(ConfigurationError) {
            return try enabled.choose(from: policies)
        } catch {
            throw .configuration(error)
        }
    }

    private static func load(
        _ path: String, _ held: HeldCalls
    ) throws(PolicyError) -> ServedPolicy {
        let bytes = try PolicyReader.bytes(path: path)
        let document = try PolicyReader.document(bytes, path: path)
        let policy = try document.servable()
        let filter = try PolicyCompiler.compile(policy, by: held.rules(of: policy.seccomp))
        return ServedPolicy(
            file: policy,
            identity: PolicyIdentity(
                name: policy.name, sha256: InputDigest.hex(of: ByteBuffer(bytes: bytes)),
                baseSHA256: document.base?.sha256, programSHA256: filter.sha256),
            base: document.base,
            answers: PolicyAnswers(policy.seccomp, of: document),
            configuration: ZygoteConfiguration(
                formats: policy.formats + policy.also, memoryBudget: policy.limits.memory,
                cpuSeconds: policy.limits.cpuSeconds, threads: policy.limits.threads,
                root: policy.root, resourceLimits: policy.resourceLimits,
                program: filter.encodedBytes, recording: held.recording),
            formats: policy.formats, also: policy.also)
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
