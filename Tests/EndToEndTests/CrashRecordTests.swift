import Foundation
import TestSupport
import Testing

@Suite("The crash log of a running service", .ownProcess, InWorkspace())
struct CrashRecordTests {
    private static let target = "/v1/process?w=8&f=png"

    private static func image(_ act: String) -> [UInt8] {
        SampleFormat.png.file + Array("GLOVEBOX-ACT:\(act)\n".utf8)
    }

    /// A hostile act, the class of its record, and what the kernel said of the child's end.
    private static let acts: [(act: String, class: String, ending: String?)] = [
        ("01-execve", "violation", "SIGKILL"), ("crash-null", "crash", "SIGSEGV"),
        ("crash-abort", "crash", nil), ("28-allocate", "memory", nil),
        ("27-infinite-loop", "cpu", nil), ("27-futex-forever", "deadline", "SIGKILL"),
        ("29-endless-output", "output", "SIGKILL"), ("24-garbage", "protocol", nil),
        ("35-exit-42", "protocol", nil), ("32-escapes", "protocol", nil),
    ]

    @Test("has one record for each child that died badly, which fits the published schema")
    func classes() async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "timeout: 4s\n",
            policies: [
                OperatedService.policy: { text in
                    try text.mustReplace(/cpu: \d+/, with: "cpu: 1")
                        .mustReplace(/memory: \d+/, with: "memory: 134217728")
                }
            ])
        try await OperatedService.during(start) { operated in
            let service = operated.service
            let log = CrashLogFile(of: service)
            for (act, name, ending) in Self.acts {
                let request = UUID().uuidString
                _ = try await service.http.post(
                    Self.target, headers: [("X-Request-ID", request)], body: Self.image(act))
                let record = try await log.record(of: request)
                #expect(record["class"].text == name, "\(act): \(record)")
                let observed = record["observed"]
                if let ending { #expect(observed["ending"]["name"].text == ending, "\(act)") }
                // A child that breaks the protocol may have ended before it could be killed.
                if name != "protocol" {
                    #expect(observed["killed_for"].text == Self.reasons[name], "\(act)")
                }
                #expect((observed["resources"]["peak_resident_bytes"].integer ?? 0) > 1 << 20)
                #expect(observed["limits"]["memory"].integer == 134_217_728)
                #expect(record["input"]["announced"] == .null)
                #expect(record["input"]["sniffed"].text == "png")
                #expect(record["input"]["plan"].text == "w=8&f=png")
                #expect(record.texts.allSatisfy { $0.utf8.allSatisfy { 0x20...0x7e ~= $0 } })
                let line = try await service.logLine("child ended", request: request)
                #expect(line["record"].text == record["id"].text)
                #expect(line["class"].text == name)
            }
            let violation = try log.lines()[0]["observed"]["denied_call"]
            #expect(violation["name"].text == "execve")
            #expect(violation["text"].text?.hasPrefix("execve(0x") == true)
            #expect(violation["rule"]["file"].text == operated.path())
            // An image that was refused is none of them.
            _ = try await service.http.post(Self.target, body: Array(Self.image("").prefix(60)))
            try await operated.settled()
            let lines = try log.lines()
            #expect(lines.count == Self.acts.count)
            #expect(lines.map { $0["id"].text ?? "" } == lines.map { $0["id"].text ?? "" }.sorted())
            #expect(try await log.misfits() == "")
        }
    }

    /// Why the service kills children of these classes, here.
    private static let reasons = [
        "deadline": "deadline", "output": "output",
    ]

    @Test("a thousand children that die at once are each in a record or in a count, none in two")
    func flood() async throws {
        let deaths = 1_000
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "crashes:\n  full: 25\n",
            options: ["--queue", "100"])
        var path = ""
        try await OperatedService.during(start) { operated in
            let service = operated.service
            path = CrashLogFile(of: service).path
            let acts = ["crash-null", "crash-abort", "01-execve", "24-garbage"]
            let began = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { clients in
                for client in 0..<8 {
                    clients.addTask {
                        for number in 0..<deaths / 8 {
                            let answer = try await service.http.post(
                                Self.target, body: Self.image(acts[(client + number) % acts.count]))
                            #expect(answer.status == 422, "\(answer.text)")
                        }
                    }
                }
                try await clients.waitForAll()
            }
            print("\(deaths) children died in \(ContinuousClock.now - began)")
            try await operated.settled()
            let samples = try await prometheusSamples(try await operated.get("/metrics").body)
            var ended = counts(samples, of: "glovebox_children_ended_total", by: ["class"])
            ended["completed"] = nil
            ended["dismissed"] = nil
            #expect(ended.values.reduce(0, +) == deaths)
            let records = counts(samples, of: "glovebox_crash_records_total", by: ["outcome"])
            #expect(records.values.reduce(0, +) == deaths && records["lost"] == nil)
        }
        // The counts of the last minute are written at the end.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n").compactMap { LogLine(String($0)) }
        let full = lines.filter { $0["kind"] == .null }
        let counted = lines.compactMap { $0["count"].integer }.reduce(0, +)
        #expect(full.count + counted == deaths)
        #expect(Set(full.compactMap { $0["id"].text }).count == full.count)
        // Four kinds, and a minute may have ended meanwhile.
        #expect(full.count >= 4 * 25 && full.count < deaths / 2)
    }
}
