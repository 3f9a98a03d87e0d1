internal import Synchronization

/// Clients that ask for the same thing again and again, each on one connection.
public final class Load: Sendable {
    /// What became of the requests so far.
    public struct Tally: Equatable, Sendable {
        /// Whole answers by status.
        public var answers: [Int: Int] = [:]
        /// Answers with the expected status and another body.
        public var wrong = 0
        public var lost = 0
        public var cut = 0
        /// Clients whose connection the service has closed between two requests.
        public var turnedAway = 0

        public var total: Int { answers.values.reduce(0, +) }
        /// Answers with another status.
        public func failures(expecting status: Int) -> Int { total - answers[status, default: 0] }
    }

    private let request: [UInt8]
    private let status: Int
    private let body: [UInt8]
    private let state = Mutex((tally: Tally(), isStopping: false))
    private let ended: [Awaited<Void>]

    /// - Parameters:
    ///   - request: what every client sends, again when it was answered.
    ///   - status: of the right answer…
    ///   - body: …and what it carries.
    public init(clients: Int, request: [UInt8], expecting status: Int, _ body: [UInt8]) {
        self.request = request
        self.status = status
        self.body = body
        ended = (0..<clients).map { _ in Awaited<Void>() }
    }

    public var tally: Tally { state.withLock { $0.tally } }

    /// Connects every client and lets them go.
    public func start(to service: Service) throws {
        for end in ended {
            let client = try KeepAliveClient(port: service.port)
            // Nobody else has it from here on.
            nonisolated(unsafe) let owned = client
            Task {
                await onThread { [self] in unsafe run(owned) }
                end.set(())
            }
        }
    }

    private func run(_ client: KeepAliveClient) {
        while !state.withLock({ $0.isStopping }) {
            guard note(client.exchange(request)) else { return }
        }
    }

    /// - Returns: whether the connection can be used again.
    private func note(_ outcome: KeepAliveClient.Outcome) -> Bool {
        state.withLock { state in
            switch outcome {
            case .answered(let answer):
                state.tally.answers[answer.status, default: 0] += 1
                if answer.status == status, answer.body != body { state.tally.wrong += 1 }
                return !answer.isLast
            case .turnedAway: state.tally.turnedAway += 1
            case .lost: state.tally.lost += 1
            case .cut: state.tally.cut += 1
            }
            return false
        }
    }

    /// Waits until there are so many more answers than now.
    public func moreAnswers(_ count: Int) async throws {
        let goal = tally.total + count
        try await eventually("\(count) more answers", within: .seconds(60)) { tally.total >= goal }
    }

    /// Waits until the service has closed every connection.
    public func end() async {
        for client in ended { await client.value }
    }

    /// Lets every client have its last answer.
    public func stop() async -> Tally {
        state.withLock { $0.isStopping = true }
        await end()
        return tally
    }
}
