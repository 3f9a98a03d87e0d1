import TestSupport
import Testing

@Suite("Equal requests at one time", .ownProcess, InWorkspace())
struct EqualRequestsTests {
    private static let target = "/v1/process?w=8&f=png"
    private static let png = SampleFormat.png.file

    private static func start(
        workers: Int = 2, _ sandbox: Workspace.Program = .sandbox, _ configuration: String = ""
    ) -> OperatedService.Start {
        OperatedService.Start(
            sandbox: sandbox, workers: workers, configuration: configuration,
            variables: ["GLOVEBOX_JOBS_COALESCE": "true", "GLOVEBOX_POISON_COUNT": "2"])
    }

    private func ask(
        _ operated: OperatedService, _ id: String, _ target: String = target,
        _ image: [UInt8] = png
    ) -> Task<HTTPCaller.Answer, any Error> {
        let http = operated.service.http
        return Task { try await http.post(target, headers: [("X-Request-ID", id)], body: image) }
    }

    private func connection(
        _ operated: OperatedService, _ id: String
    ) throws -> RawConnection {
        let connection = try RawConnection(port: operated.service.port)
        connection.send(
            KeepAliveClient.request(
                "POST", Self.target, headers: [("X-Request-ID", id)], body: Self.png))
        return connection
    }

    @Test("make one child and one answer for all of them; another plan makes another child")
    func shared() async throws {
        try await OperatedService.during(Self.start()) { operated in
            try await operated.holdingUp { goOn in
                let first = ask(operated, "first")
                try await operated.working(1)
                let others = (1...4).map { ask(operated, "other-\($0)") }
                try await operated.coalesced(4)
                let unequal = ask(operated, "unequal", "/v1/process?w=9&f=png")
                try await operated.working(2)
                goOn()
                let answer = try await first.value
                #expect(answer.status == 200)
                for other in others {
                    let same = try await other.value
                    #expect(same.status == 200)
                    let isSame = same.body == answer.body
                    #expect(isSame, "\(same.body.count) bytes")
                }
                let different = try await unequal.value
                #expect(different.status == 200)
                let isDifferent = different.body != answer.body
                #expect(isDifferent)
            }
            try await operated.settled()
            #expect(try await operated.number("glovebox_jobs_coalesced_total") == 4)
            #expect(try await operated.ended("completed") == 2)
            // What has ended is nothing to join.
            #expect(try await ask(operated, "later").value.status == 200)
            try await operated.settled()
            #expect(try await operated.ended("completed") == 3)
        }
    }

    @Test("do not hang on one client: those that stay are answered when the first has gone")
    func disconnect() async throws {
        try await OperatedService.during(Self.start()) { operated in
            try await operated.holdingUp { goOn in
                let first = try connection(operated, "first")
                try await operated.working(1)
                let second = try connection(operated, "second")
                try await operated.coalesced(1)
                let third = ask(operated, "third")
                try await operated.coalesced(2)
                first.drop()
                second.drop()
                for id in ["first", "second"] {
                    _ = try await operated.service.logLine("request", request: id)
                }
                goOn()
                #expect(try await third.value.status == 200)
            }
            try await operated.settled()
            #expect(try await operated.ended("completed") == 1)
            #expect(try await operated.ended("abandoned") == 0)
        }
    }

    @Test("end their child when the last client has gone, and each is in the log")
    func abandoned() async throws {
        try await OperatedService.during(Self.start()) { operated in
            try await operated.holdingUp { _ in
                let first = try connection(operated, "first")
                try await operated.working(1)
                let second = try connection(operated, "second")
                try await operated.coalesced(1)
                first.drop()
                _ = try await operated.service.logLine("request", request: "first")
                #expect(try await operated.states().contains("working"))
                second.drop()
                let line = try await operated.service.logLine("child ended", request: "first")
                #expect(line["class"].text == "abandoned")
                #expect(line["exit_signal"].text == "SIGKILL")
                let other = try await operated.service.logLine(
                    "shared child ended", request: "second")
                #expect(other["shared_with"].text == "first")
                #expect(other["record"].text == line["record"].text)
            }
            try await operated.settled()
            #expect(try await operated.ended("abandoned") == 1)
        }
    }

    @Test("that kill their child are charged once, with one record that the log names for each")
    func death() async throws {
        let start = Self.start(.hostileSandbox, "generation:\n  interval: 100ms\n")
        let killer = Self.png + Array("GLOVEBOX-ACT:crash-null\n".utf8)
        try await OperatedService.during(start) { operated in
            try await operated.holdingUp { goOn in
                let first = ask(operated, "first", Self.target, killer)
                try await operated.working(1)
                let others = (1...2).map { ask(operated, "other-\($0)", Self.target, killer) }
                try await operated.coalesced(2)
                goOn()
                for answer in [first] + others {
                    expect(try await answer.value, isProblem: "could-not-process", 422)
                }
            }
            let record = try await CrashLogFile(of: operated.service).record(of: "first")
            #expect(record["class"].text == "crash")
            for number in 1...2 {
                let line = try await operated.service.logLine(
                    "shared child ended", request: "other-\(number)")
                #expect(line["record"].text == record["id"].text)
                #expect(line["class"].text == "crash")
            }
            #expect(try CrashLogFile(of: operated.service).lines().count == 1)
            #expect(try await operated.ended("crash") == 1)
            // One death of two: a second one is what makes it poison.
            let again = try await ask(operated, "again", Self.target, killer).value
            expect(again, isProblem: "could-not-process", 422)
            _ = try await operated.service.logLine("child ended", request: "again")
            _ = try await ask(operated, "refused", Self.target, killer).value
            _ = try await operated.service.logLine(
                "input refused: it has killed children", request: "refused")
        }
    }

    @Test("have their own deadlines: one that is earlier than the first one's holds")
    func earlierDeadline() async throws {
        let start = Self.start(workers: 1, .sandbox, "timeout: 10m\n")
        try await OperatedService.during(start) { operated in
            try await operated.holdingUp { goOn in
                let first = ask(operated, "first")
                try await operated.working(1)
                try operated.configure("timeout: 500ms\n")
                try await operated.reload()
                let other = ask(operated, "other")
                expect(try await other.value, isProblem: "deadline", 504)
                #expect(try await operated.number("glovebox_jobs_coalesced_total") == 1)
                goOn()
                #expect(try await first.value.status == 200)
            }
        }
    }

    @Test("are not failed by the deadline of the first: who has time left is tried again")
    func deadline() async throws {
        let start = Self.start(workers: 1, .sandbox, "timeout: 5s\n")
        try await OperatedService.during(start) { operated in
            try await operated.holdingUp { _ in
                let first = ask(operated, "first")
                try await operated.working(1)
                try operated.configure("timeout: 60s\n")
                try await operated.reload()
                let other = ask(operated, "other")
                try await operated.coalesced(1)
                expect(try await first.value, isProblem: "deadline", 504)
                #expect(try await other.value.status == 200)
                let line = try await operated.service.logLine("child ended", request: "first")
                #expect(line["class"].text == "deadline")
            }
        }
    }
}
