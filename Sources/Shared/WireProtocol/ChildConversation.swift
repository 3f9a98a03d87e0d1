internal import ImageVocabulary

/// Which frames a child may send, and when. A pure value: the supervisor feeds it every message and
/// ends the child at the first error.
///
/// | state | allowed |
/// |---|---|
/// | born | `ready` once |
/// | waiting | nothing: no job was given |
/// | working | `stage` forward only for each variant, `facts` once, `output`, `done` once a variant, `refused`, `end` |
/// | working on an info job, after `facts` | `details` once |
/// | finished | nothing, not even a byte |
public struct ChildConversation: Sendable {
    public enum State: Equatable, Sendable {
        case born, waiting, working, finished
    }

    public private(set) var state = State.born
    private var plans = 0
    /// Whether details are still to come.
    private var lacksDetails = false
    private var stage: Stage?
    private var hasFacts = false
    private var variant: UInt8 = 0
    /// Whether a piece came that was not full: only a variant's last one is.
    private var hasLastChunk = false
    private var received: UInt64 = 0
    private var total: UInt64 = 0
    private var mostBytes: UInt64 = 0

    public init() {}

    /// The child was given its job.
    public mutating func begin(_ job: JobMessage) {
        precondition(state == .waiting, "a job for a child that is not waiting")
        state = .working
        plans = job.plans.count
        lacksDetails = job.operation == .info
        mostBytes = job.limits.outputBytes
    }

    /// Whether a frame of this kind may come now; asked on its header, before its payload is read.
    public func accepts(_ kind: FrameKind) -> Bool {
        switch (state, kind) {
        case (.born, .ready), (.working, .stage), (.working, .refused), (.working, .end): true
        case (.working, .facts): !hasFacts
        case (.working, .details): hasFacts && lacksDetails
        case (.working, .output), (.working, .done): hasFacts && Int(variant) < plans
        default: false
        }
    }

    /// Takes one message in.
    ///
    /// - Throws: ``WireError`` when it does not follow from the ones before it.
    public mutating func take(_ message: ChildMessage) throws(WireError) {
        switch message {
        case .ready:
            state = .waiting
        case .stage(let next):
            if let stage, next.rawValue <= stage.rawValue { throw .badValue("stage") }
            stage = next
        case .facts:
            hasFacts = true
        case .details:
            lacksDetails = false
        case .output(let index, let bytes):
            guard index == variant else { throw .badValue("variant") }
            guard !hasLastChunk else { throw .badValue("chunk") }
            hasLastChunk = bytes.count < Frame.largestChunk
            received += UInt64(bytes.count)
            total += UInt64(bytes.count)
            guard total <= mostBytes else { throw .tooMany("output bytes") }
        case .done(let index, _, let size):
            guard index == variant else { throw .badValue("variant") }
            guard size == received, size > 0 else { throw .badValue("size") }
            variant += 1
            received = 0
            hasLastChunk = false
            // The next variant is decoded, transformed and encoded anew.
            stage = .decodingHeader
        case .refused:
            state = .finished
        case .end:
            guard hasFacts, !lacksDetails, Int(variant) == plans, received == 0 else {
                throw .endedEarly
            }
            state = .finished
        }
    }
}
