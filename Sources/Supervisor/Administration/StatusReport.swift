import FoundationEssentials
import Glibc
import ImageVocabulary
import SandboxPolicy

/// What the service says about itself at `GET /cmd/status`, and what `glovebox status` shows.
///
/// The names in its JSON are stable: scripts rely on them. Times are seconds with milliseconds;
/// what there is none of is null.
struct StatusReport: Equatable, Decodable, Sendable {
    /// What `/health` says at the same time.
    enum Health: String, Decodable, Sendable {
        case ok
        /// Images are processed, but not all policies are served, or a layer is missing.
        case degraded
        /// No image can be processed.
        case unavailable
    }

    var version: String
    var pid: Int
    /// RFC 3339.
    var started: String
    var uptime: Double
    /// The name of the posture that the operator chose.
    var posture: String
    var health: Health
    var listeners: [Listener]
    var jobs: Jobs
    var counters: Counters
    /// The last time that a zygote took over; nil before the first.
    var lastChange: GenerationChange?
    /// What the last reload came to; nil before the first.
    var lastReload: Reload?
    var policies: [Policy]

    enum CodingKeys: String, CodingKey {
        case version, pid, started, posture, health, listeners, jobs, counters, policies
        case uptime = "uptime_seconds"
        case lastChange = "last_change"
        case lastReload = "last_reload"
    }

    /// A listener by its name, `public` or `admin`, and the address it is bound to.
    struct Listener: Equatable, Decodable, Sendable {
        var name: String
        var address: String
    }

    /// Over all policies.
    struct Jobs: Equatable, Decodable, Sendable {
        var running: Int
        var workers: Int
        var waiting: Int
        var queue: Int
    }

    /// Counted since the start. Whoever wants rates takes the difference of two reports.
    struct Counters: Equatable, Decodable, Sendable {
        /// Answered requests of the public listener.
        var requests: Int
        /// Those of them answered with a status of 400 to 499.
        var clientErrors: Int
        /// Those of them answered with a status of 500 or more.
        var serverErrors: Int
        /// Jobs that came to an end, however they ended.
        var jobs: Int

        enum CodingKeys: String, CodingKey {
            case requests = "requests_total"
            case clientErrors = "errors_4xx_total"
            case serverErrors = "errors_5xx_total"
            case jobs = "jobs_total"
        }
    }

    /// A zygote that took over from another.
    struct GenerationChange: Equatable, Decodable, Sendable {
        var policy: String
        var reason: GenerationReason
        /// RFC 3339.
        var at: String
        /// Since then.
        var age: Double

        enum CodingKeys: String, CodingKey {
            case policy, reason, at
            case age = "age_seconds"
        }
    }

    /// A reload of configuration and policies.
    struct Reload: Equatable, Decodable, Sendable {
        enum Outcome: String, CaseIterable, Decodable, Sendable {
            case applied
            /// Everything stayed as it was: the files say something else than what is in force.
            case refused
        }

        var outcome: Outcome
        /// RFC 3339.
        var at: String
        /// Since then.
        var age: Double
        /// What refused it, with its places; empty for one that was applied.
        var reasons: [String]

        enum CodingKeys: String, CodingKey {
            case outcome, at, reasons
            case age = "age_seconds"
        }
    }

    /// One policy, and the children that are confined by it.
    struct Policy: Equatable, Decodable, Sendable {
        enum State: String, Decodable, Sendable {
            case starting
            case serving
            case failed
        }

        var policy: String
        /// Of the policy file, in lower-case hex.
        var sha256: String
        /// Of its base; nil where it has none.
        var baseSHA256: String?
        /// Of its program, as `glovebox policy show` has it.
        var programSHA256: String
        var state: State
        /// Why it failed.
        var reason: String?
        var formats: [String]
        var libvips: String?
        /// libmagic's version as a number such as 546.
        var libmagic: Int?
        /// Layers of confinement that are not in force, by name; empty until a child was ready.
        var layersMissing: [String]
        var generations: [Generation]
        var children: ChildCount

        enum CodingKeys: String, CodingKey {
            case policy, sha256, state, reason, formats, libvips, libmagic, generations, children
            case baseSHA256 = "base_sha256"
            case programSHA256 = "program_sha256"
            case layersMissing = "layers_missing"
        }
    }

    /// One zygote.
    struct Generation: Equatable, Decodable, Sendable {
        var number: Int
        var role: GenerationStatus.Role
        var isReady: Bool
        var age: Double
        /// Children asked of it so far.
        var forks: Int
        /// Of the policy file and the program that it was started with: not the policy's own while it
        /// drains after a reload.
        var policySHA256: String
        var programSHA256: String

        enum CodingKeys: String, CodingKey {
            case number, role, forks
            case policySHA256 = "policy_sha256"
            case programSHA256 = "program_sha256"
            case isReady = "ready"
            case age = "age_seconds"
        }
    }

    /// How many children there are in each state.
    struct ChildCount: Equatable, Decodable, Sendable {
        var starting: Int
        var warm: Int
        var working: Int
        var ending: Int
    }
}

extension StatusReport {
    /// Puts together what the sandbox and the rest of the service know.
    ///
    /// - Parameters:
    ///   - started: the time of day at the start.
    ///   - uptime: the time since then by a clock that nobody sets.
    ///   - posture: the name of the posture that was chosen.
    init(
        _ status: RunnerStatus, started: Date, uptime: Duration, posture: String, health: Health,
        listeners: [Listener], counters: Counters, lastChange: GenerationChange?,
        lastReload: Reload?
    ) {
        version = Version.current
        pid = Int(getpid())
        self.started = Timestamp.text(started)
        self.uptime = uptime.inSeconds
        self.posture = posture
        self.health = health
        self.listeners = listeners
        jobs = Jobs(
            running: status.running, workers: status.workers, waiting: status.waiting,
            queue: status.queue)
        self.counters = counters
        self.lastChange = lastChange
        self.lastReload = lastReload
        policies = status.pools.map(Policy.init)
    }
}

extension StatusReport.Policy {
    init(_ pool: PoolStatus) {
        policy = pool.policy
        sha256 = pool.identity.sha256
        baseSHA256 = pool.identity.baseSHA256
        programSHA256 = pool.identity.programSHA256
        switch pool.state {
        case .starting: state = .starting
        case .serving: state = .serving
        case .failed(let why):
            state = .failed
            reason = UntrustedText.printable(Array(why.utf8))
        }
        formats = pool.formats.map(\.name)
        libvips = pool.libvips.map { UntrustedText.printable(Array($0.utf8)) }
        libmagic = pool.libmagic.map { Int($0) }
        layersMissing = pool.posture?.missing(of: Layer.allCases).map(\.rawValue) ?? []
        generations = pool.generations.map {
            StatusReport.Generation(
                number: $0.number, role: $0.role, isReady: $0.isReady, age: $0.age.inSeconds,
                forks: $0.forks, policySHA256: $0.identity.sha256,
                programSHA256: $0.identity.programSHA256)
        }
        func count(_ state: ChildStatus.State) -> Int {
            pool.children.count { $0.state == state }
        }
        children = StatusReport.ChildCount(
            starting: count(.starting), warm: count(.warm), working: count(.working),
            ending: count(.ending))
    }
}

// What is read by its name.
extension GenerationReason: Decodable {}
extension GenerationStatus.Role: Decodable {}

extension Duration {
    /// Seconds, rounded to milliseconds.
    var inSeconds: Double { (self / .milliseconds(1)).rounded() / 1_000 }
}
