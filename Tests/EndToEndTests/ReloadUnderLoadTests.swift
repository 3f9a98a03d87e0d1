import Foundation
import TestSupport
import Testing

@Suite("Reloads under load", .ownProcess, InWorkspace())
struct ReloadUnderLoadTests {
    private static let target = "/v1/process?w=8&f=png"

    @Test("ten changes between good policies, by HTTP and by SIGHUP, lose no request")
    func underLoad() async throws {
        try await OperatedService.during { operated in
            try await operated.settled()
            let png = SampleFormat.png.file
            let right = try await operated.service.http.post(Self.target, body: png)
            #expect(right.status == 200)
            let load = Load(
                clients: 6,
                request: KeepAliveClient.request("POST", Self.target, body: png),
                expecting: 200, right.body)
            try load.start(to: operated.service)
            try await load.moreAnswers(30)
            var hashes: Set<String?> = []
            for round in 0..<10 {
                try operated.setPolicy {
                    round.isMultiple(of: 2)
                        ? try $0.mustReplace("pixels: 50000000", with: "pixels: 40000000") : $0
                }
                if round % 4 < 2 {
                    #expect(try await operated.reload() == ["policy raster"])
                } else {
                    let line = try await operated.hangUp()
                    #expect(line["changed"].elements.map(\.text) == ["policy raster"], "\(line)")
                }
                hashes.insert(try await operated.policy()["sha256"].text)
                try await load.moreAnswers(30)
            }
            let tally = await load.stop()
            #expect(hashes.count == 2)
            #expect(tally.failures(expecting: 200) == 0 && tally.total > 330, "\(tally)")
            #expect(tally.wrong + tally.lost + tally.cut + tally.turnedAway == 0, "\(tally)")
            try await operated.settled()
            #expect(operated.service.launchers.count == 2)
        }
    }

    @Test("a full queue does not keep a policy from being tried and put in force")
    func fullQueue() async throws {
        let start = OperatedService.Start(workers: 1, options: ["--queue", "1"])
        try await OperatedService.during(start) { operated in
            let http = operated.service.http
            func expectWaiting(_ count: Int) async throws {
                try await eventually("\(count) wait") {
                    let samples = try await prometheusSamples(
                        try await operated.get("/metrics").body)
                    return counts(samples, of: "glovebox_queue_jobs", by: []) == ["": count]
                }
            }
            var waiting: Task<HTTPCaller.Answer, any Error>?
            var reload: Task<[String?], any Error>?
            let answer = try await operated.withJobInFlight {
                waiting = Task { try await http.post(Self.target, body: SampleFormat.png.file) }
                try await expectWaiting(1)
                let turnedAway = try await http.post(Self.target, body: SampleFormat.png.file)
                expect(turnedAway, isProblem: "unavailable", 503)
                try operated.setPolicy(OperatedService.policy, covering("png, webp"))
                reload = Task { try await operated.reload() }
                // The only worker is taken: a canary waits for it, beyond the queue.
                try await expectWaiting(2)
            }
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try await reload?.value == ["policy raster"])
            #expect(try await waiting?.value.status == 200)
        }
    }
}
