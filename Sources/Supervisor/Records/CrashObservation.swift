/// What the kernel, and the supervisor's own bookkeeping, know of a child's end: nothing in it is the
/// child's word.
struct CrashObservation: Codable, Equatable, Sendable {
    /// nil when nobody could tell, since the zygote died with it.
    var ending: Ending?
    /// Why the supervisor sent SIGKILL; nil when it did not.
    var killedFor: String?
    var deniedCall: Call?
    var setupFailure: Setup?
    /// By the zygote, of a child that the kernel held.
    var stack: CrashStack?
    var resources: Resources?
    var limits: Limits

    enum CodingKeys: String, CodingKey {
        case ending
        case killedFor = "killed_for"
        case deniedCall = "denied_call"
        case setupFailure = "setup_failure"
        case stack, resources, limits
    }

    /// What wait4(2) said.
    struct Ending: Codable, Equatable, Sendable {
        enum Kind: String, Codable, Sendable {
            case status, signal
        }

        var kind: Kind
        var number: Int32
        /// Of a signal, such as `SIGSEGV`.
        var name: String?
        /// What it means, in a few words.
        var meaning: String
    }

    /// The call that ended it, as the kernel held it.
    struct Call: Codable, Equatable, Sendable {
        var number: UInt32
        /// nil for a number that no table here has.
        var name: String?
        /// AUDIT_ARCH in hex.
        var architecture: String
        var instructionPointer: String
        /// Six whole registers in hex.
        var arguments: [String]
        /// The call with names for what its arguments mean.
        var text: String
        /// What decides about it; nil for a call of another architecture.
        var rule: Rule?
        /// Whether it is abort(3): a thread of the child sending SIGABRT to itself.
        var isAbort: Bool

        struct Rule: Codable, Equatable, Sendable {
            var file: String
            var line: Int
            /// Such as `SCMP_ACT_NOTIFY`.
            var action: String
            /// Whether it is the default action, since no rule is met.
            var isDefault: Bool

            enum CodingKeys: String, CodingKey {
                case file, line, action
                case isDefault = "is_default"
            }
        }

        enum CodingKeys: String, CodingKey {
            case number, name
            case architecture = "arch"
            case instructionPointer = "instruction_pointer"
            case arguments, text, rule
            case isAbort = "is_abort"
        }
    }

    /// A step of the confinement that failed.
    struct Setup: Codable, Equatable, Sendable {
        var stage: String
        var detail: String
        var errno: Int32
    }

    /// What it used, from wait4(2).
    struct Resources: Codable, Equatable, Sendable {
        var userTime: Double
        var systemTime: Double
        /// Bytes, pages shared with its zygote included.
        var peakResident: UInt64
        var minorFaults: UInt64
        var majorFaults: UInt64

        enum CodingKeys: String, CodingKey {
            case userTime = "user_ms"
            case systemTime = "system_ms"
            case peakResident = "peak_resident_bytes"
            case minorFaults = "minor_faults"
            case majorFaults = "major_faults"
        }
    }

    /// What was in force for it.
    struct Limits: Codable, Equatable, Sendable {
        /// Bytes beyond the resting zygote.
        var memory: UInt64
        /// RLIMIT_DATA and RLIMIT_AS in bytes; nil where the zygote never said what it rests at.
        var data: UInt64?
        var addressSpace: UInt64?
        var processorSeconds: UInt32
        var threads: UInt32
        /// What it had until it must be ready.
        var birth: Double
        /// Of its job: what it had from when it got that.
        var deadline: Double?
        var inputBytes: UInt64?
        var outputBytes: UInt64?
        var pixels: UInt64?
        var frames: UInt32?
        /// What the policy sets as it stands, by name.
        var resourceLimits: [String: UInt64]

        enum CodingKeys: String, CodingKey {
            case memory, data
            case addressSpace = "address_space"
            case processorSeconds = "cpu_seconds"
            case threads
            case birth = "birth_ms"
            case deadline = "deadline_ms"
            case inputBytes = "input_bytes"
            case outputBytes = "output_bytes"
            case pixels, frames
            case resourceLimits = "rlimits"
        }
    }
}
