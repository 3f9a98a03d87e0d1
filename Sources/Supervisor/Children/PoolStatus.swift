import ImageVocabulary
import SandboxPolicy
import WireProtocol

/// What the sandbox is doing at one moment, for operators, health and metrics.
struct RunnerStatus: Sendable {
    /// Jobs that run, over all policies.
    var running: Int
    /// Most jobs that may run.
    var workers: Int
    /// Jobs that wait for a child.
    var waiting: Int
    /// Most jobs that may wait.
    var queue: Int
    /// One for each policy, by name.
    var pools: [PoolStatus]

    /// Whether every policy is served.
    var isComplete: Bool { pools.allSatisfy { $0.state == .serving } }
}

/// One policy's children.
struct PoolStatus: Sendable {
    enum State: Equatable, Sendable {
        /// No child was ready yet.
        case starting
        case serving
        /// Its zygote cannot be had; the reason is for operators only.
        case failed(String)
    }

    /// The policy that is served.
    var identity: PolicyIdentity
    var formats: [ImageFormat]
    var state: State
    /// The layers in force, once a child was ready.
    var posture: Posture?
    /// The versions of the libraries, by the zygote's word.
    var libvips: String?
    var libmagic: UInt32?
    /// Fonts that its children can draw text with; nil where they draw none.
    var fonts: UInt32?
    /// The files of code that its children run, by the zygote's word.
    var libraries: [LibraryBuild] = []
    /// Whose libvips it is, once there is a zygote.
    var librarySource: LibrarySource?
    var generations: [GenerationStatus]
    var children: [ChildStatus]

    /// The policy's name.
    var policy: String { identity.name }
}

/// One zygote.
struct GenerationStatus: Sendable {
    enum Role: String, CaseIterable, Sendable {
        /// Starting, or ready and without children: it takes over when the current one is let go.
        case next
        /// New children are forked from it.
        case current
        /// Only its running jobs are waited for.
        case draining
    }

    var number: Int
    var role: Role
    /// The policy it was started with, which may have been replaced since.
    var identity: PolicyIdentity
    /// Whether it has said that it can fork.
    var isReady: Bool
    /// Since its start.
    var age: Duration
    /// Children asked of it so far.
    var forks: Int
}

/// One child.
struct ChildStatus: Sendable {
    enum State: String, CaseIterable, Sendable {
        case starting
        case warm
        case working
        /// Killed or answered, and not yet reaped.
        case ending
    }

    var id: UInt64
    var generation: Int
    var state: State
    /// Since it was asked for.
    var age: Duration
    /// The job it works on, and for how long.
    var requestID: String?
    var working: Duration?
    /// By the child's word.
    var stage: Stage?
}
