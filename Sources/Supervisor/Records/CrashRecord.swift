/// Everything that is known of one child that did not end well: one line of the crash log.
///
/// What the kernel observed and what the child reported stand apart in it. The names and the meaning
/// of its members are documented in docs/crash-record.md; docs/crash-record.schema.json is the schema.
/// Times of a child's life are milliseconds since it was asked for.
struct CrashRecord: Codable, Equatable, Sendable {
    /// Of the format that this code writes.
    static let currentVersion = 1

    var version = Self.currentVersion
    /// 20 hex digits, sortable by time: ``CrashID``.
    var id: String
    /// When the child was gone; RFC 3339 in UTC with milliseconds.
    var time: String
    var `class`: CrashClass
    /// What equal crashes have in common: 16 hex digits.
    var signature: String
    /// Whose word that rests on; nil in a record of before this was told.
    var signatureSource: CrashSignature.Source?
    /// What happened, in one sentence.
    var summary: String
    /// nil for a child that had no job.
    var request: Request?
    var child: Child
    var policy: Policy
    /// nil for a child that had no job.
    var input: Input?
    var times: Times
    var observed: CrashObservation
    var reported: Reported
    var libraries: Libraries

    enum CodingKeys: String, CodingKey {
        case version, id, time, `class`, signature
        case signatureSource = "signature_source"
        case summary, request, child, policy, input, times, observed, reported, libraries
    }

    struct Request: Codable, Equatable, Sendable {
        var id: String
        /// The W3C trace that it belongs to.
        var traceID: String?
        /// The id of the API key that it carried.
        var key: String?
        /// The address of the image that it named, without its query.
        var source: String?

        enum CodingKeys: String, CodingKey {
            case id
            case traceID = "trace_id"
            case key, source
        }
    }

    struct Child: Codable, Equatable, Sendable {
        var id: UInt64
        /// The number of the zygote it was forked from, and how old that was.
        var generation: Int
        var generationAge: Double
        /// Whether a sibling had crashed before it got its job, and the zygote was used again.
        var isGenerationReused: Bool

        enum CodingKeys: String, CodingKey {
            case id, generation
            case generationAge = "generation_age_ms"
            case isGenerationReused = "generation_reused_after_crash"
        }
    }

    struct Policy: Codable, Equatable, Sendable {
        var name: String
        var sha256: String
        /// nil where the policy has no base.
        var baseSHA256: String?
        var programSHA256: String
        var posture: String

        enum CodingKeys: String, CodingKey {
            case name, sha256
            case baseSHA256 = "base_sha256"
            case programSHA256 = "program_sha256"
            case posture
        }
    }

    struct Input: Codable, Equatable, Sendable {
        var sha256: String
        var bytes: Int
        /// What the request said it was, when it said anything.
        var announced: String?
        /// What its magic number says.
        var sniffed: String
        /// `info` or `process`.
        var operation: String
        /// The options as a query string that makes the same plan; nil for `info`.
        var plan: String?
    }

    struct Times: Codable, Equatable, Sendable {
        /// RFC 3339.
        var asked: String
        var born: Double?
        var ready: Double?
        var given: Double?
        var stages: [Stage]
        var answered: Double?
        var killed: Double?
        var gone: Double?

        /// By the child's word; the time is ours.
        struct Stage: Codable, Equatable, Sendable {
            var stage: String
            var at: Double

            enum CodingKeys: String, CodingKey {
                case stage
                case at = "at_ms"
            }
        }

        enum CodingKeys: String, CodingKey {
            case asked = "asked_at"
            case born = "born_ms"
            case ready = "ready_ms"
            case given = "given_ms"
            case stages
            case answered = "answered_ms"
            case killed = "killed_ms"
            case gone = "gone_ms"
        }
    }

    /// What the child said: by whoever was in control of it, so untrusted.
    struct Reported: Codable, Equatable, Sendable {
        /// The last stage it said it entered.
        var stage: String?
        /// The first of what it printed, by ``UntrustedText``; empty where it printed nothing.
        var standardError: String
        /// What was wrong with what it sent.
        var protocolError: String?
        /// By its own signal handler.
        var stack: CrashStack?

        enum CodingKeys: String, CodingKey {
            case stage
            case standardError = "stderr"
            case protocolError = "protocol_error"
            case stack
        }
    }

    /// The code that it ran, by the word of its zygote, which has seen no image.
    struct Libraries: Codable, Equatable, Sendable {
        var libvips: String?
        var libmagic: String?
        /// The release of the kernel (uname(2)).
        var kernel: String
        var builds: [Build]

        struct Build: Codable, Equatable, Sendable {
            var name: String
            /// The GNU build id; empty where the file has none.
            var build: String
        }
    }
}

/// The classes of children that did not end well; the raw value is their name everywhere.
enum CrashClass: String, Codable, CaseIterable, Sendable {
    case violation, crash, memory, cpu, deadline, output, `protocol`, setup, abandoned, lost
}
