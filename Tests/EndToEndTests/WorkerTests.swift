import TestSupport
import Testing

@Suite("Who gets a worker", .ownProcess, InWorkspace())
struct WorkerTests {
    private static let target = "/v1/process?w=8&f=png"
    private static let small = SampleFormat.png.file
    /// Decoders take no notice of what follows an image's end.
    private static let large = small + [UInt8](repeating: 0, count: 64 << 10)

    private func ask(
        _ operated: OperatedService, _ image: [UInt8]
    ) -> Task<HTTPCaller.Answer, any Error> {
        let http = operated.service.http
        return Task { try await http.post(Self.target, body: image) }
    }

    private func waiting(_ operated: OperatedService, _ count: Int) async throws {
        try await eventually("\(count) images wait") {
            try await operated.number("glovebox_queue_jobs") == count
        }
    }

    @Test("a client that goes away gives its worker to the next, long before the deadline")
    func cancellation() async throws {
        let start = OperatedService.Start(workers: 1, configuration: "timeout: 10m\n")
        try await OperatedService.during(start) { operated in
            try await operated.holdingUp { _ in
                let first = try RawConnection(port: operated.service.port)
                first.send(
                    KeepAliveClient.request(
                        "POST", Self.target, headers: [("X-Request-ID", "first")],
                        body: Self.small))
                try await operated.working(1)
                let second = ask(operated, Self.small)
                try await waiting(operated, 1)
                first.drop()
                // The child of the first one stands still and would for good.
                #expect(try await second.value.status == 200)
                let record = try await CrashLogFile(of: operated.service).record(of: "first")
                #expect(record["class"].text == "abandoned")
                #expect(record["observed"]["ending"]["name"].text == "SIGKILL")
            }
            #expect(try await operated.number("glovebox_queue_jobs") == 0)
        }
    }

    @Test("a large image waits while another one is in work, and a small one does not")
    func large() async throws {
        let start = OperatedService.Start(
            workers: 2, configuration: "timeout: 10m\njobs:\n  large_input: 32KiB\n")
        try await OperatedService.during(start) { operated in
            try await operated.holdingUp { goOn in
                let first = ask(operated, Self.large)
                try await operated.working(1)
                let second = ask(operated, Self.large)
                try await waiting(operated, 1)
                #expect(try await operated.states().count { $0 == "working" } == 1)
                let small = ask(operated, Self.small)
                try await operated.working(2)
                #expect(try await operated.number("glovebox_queue_jobs") == 1)
                goOn()
                for answer in [first, second, small] {
                    #expect(try await answer.value.status == 200)
                }
            }
        }
    }
}
