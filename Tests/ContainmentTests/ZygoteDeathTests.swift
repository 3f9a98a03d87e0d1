import TestSupport
import Testing

/// kill -9 of a zygote, which takes all its children with it.
@Suite("The death of a zygote", .ownProcess, .serialized)
struct ZygoteDeathTests {
    /// What may end a zygote.
    enum Victim: CaseIterable {
        case zygote, launcher
    }

    /// The class of a child that its zygote took with it.
    private static let taken: Set<String> = ["lost"]

    @Test(
        "costs only the requests whose own child died with it",
        arguments: Identity.available, Victim.allCases)
    func underLoad(_ identity: Identity, _ victim: Victim) async throws {
        let workers = 2
        let kills = 6
        let settings = HostileService.Settings(
            timeout: 20, workers: workers, bystanders: Self.taken)
        try await HostileService.during(as: identity, settings) { hostile in
            let service = hostile.service
            let load = Load(
                clients: 6, request: HealthyRequest.onTheWire, expecting: 200,
                hostile.healthy.answer)
            try load.start(to: service)
            for _ in 0..<kills {
                try await load.moreAnswers(20)
                for zygote in service.zygotes where !zygote.children.isEmpty {
                    killAtOnce(victim == .zygote ? zygote.id : zygote.parent)
                }
            }
            try await load.moreAnswers(20)
            let tally = await load.stop()
            #expect(tally.lost == 0 && tally.cut == 0 && tally.turnedAway == 0, "\(tally)")
            #expect(tally.wrong == 0)
            #expect(tally.failures(expecting: 200) <= kills * workers, "\(tally)")
            #expect(Set(tally.answers.keys).isSubset(of: [200, 422]), "\(tally)")
            try await hostile.healthy.succeeds(through: service)
        }
    }

    /// Sends an act that works without end, and kills its zygote as often as it gets a child.
    ///
    /// - Returns: how often that was, and the status of the answer.
    private func killWhileWorking(
        _ act: String, _ identity: Identity, most: Int
    ) async throws -> (children: Int, status: Int) {
        var seen: Set<CInt> = []
        var status = 0
        let settings = HostileService.Settings(timeout: 60, bystanders: Self.taken)
        try await HostileService.during(as: identity, settings) { hostile in
            let service = hostile.service
            let request = HostileRequest(Act(act, .deadline))
            let answer = Task { try await request.send(to: service).status }
            for _ in 0..<most {
                let child = try await service.spinningChild(otherThan: seen)
                seen.insert(child)
                let zygote = try #require(ProcessTable.parent(of: child))
                let end = ProcessEnds(of: [child])
                killAtOnce(zygote)
                await end.all()
            }
            status = try await within(.seconds(20), "the answer") { try await answer.value }
            try await hostile.healthy.succeeds(through: service)
            try await hostile.returnsToBefore()
            let ended = service.log(of: request.id).filter { $0.message == "child ended" }
            #expect(ended.map { $0["class"].text } == seen.map { _ in "lost" })
        }
        return (seen.count, status)
    }

    @Test(
        "a job whose child had sent nothing is started again, once",
        arguments: Identity.available)
    func startedAgain(_ identity: Identity) async throws {
        let (children, status) = try await killWhileWorking("27-infinite-loop", identity, most: 2)
        #expect(children == 2)
        #expect(status == 422)
    }

    @Test("a job whose child had begun is not started again", arguments: Identity.available)
    func notStartedAgain(_ identity: Identity) async throws {
        let (children, status) = try await killWhileWorking(
            "37-begin-and-spin", identity, most: 1)
        #expect(children == 1)
        #expect(status == 422)
    }
}
