import Foundation
import TestSupport
import Testing

@Suite("Limits of clients", .ownProcess, InWorkspace())
struct ClientLimitTests {
    private static let target = "/v1/process?w=8&f=png"
    private static let png = SampleFormat.png.file

    /// An answer whose sender has an address of his own.
    private struct Answer {
        var status = 0
        var fields: [String: String] = [:]
        var body = ""
    }

    /// Asks from 127.0.0.`host`.
    private func ask(
        _ operated: OperatedService, from host: UInt32 = 1, _ method: String = "POST",
        _ target: String = target, body: [UInt8] = png, id: String? = nil
    ) async throws -> Answer {
        let connection = try RawConnection(port: operated.service.port, from: host)
        let headers = [("Connection", "close")] + (id.map { [("X-Request-ID", $0)] } ?? [])
        connection.send(
            KeepAliveClient.request(method, target, headers: headers, body: body))
        let bytes = try await within(.seconds(60), "an answer") { await connection.readToEnd() }
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        var answer = Answer(body: parts.count > 1 ? String(parts[1]) : "")
        let lines = parts.first?.components(separatedBy: "\r\n") ?? []
        answer.status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
        for line in lines.dropFirst() {
            let field = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard field.count == 2 else { continue }
            answer.fields[field[0].lowercased()] = field[1].trimmingCharacters(in: .whitespaces)
        }
        return answer
    }

    private func statuses(
        _ operated: OperatedService, from hosts: UInt32...
    ) async throws -> [Int] {
        var statuses: [Int] = []
        for host in hosts { statuses.append(try await ask(operated, from: host).status) }
        return statuses
    }

    @Test("an address has its rate, is told what is left, and a reload changes it")
    func rate() async throws {
        let start = OperatedService.Start(configuration: "clients:\n  rate: 3/h\n")
        try await OperatedService.during(start) { operated in
            for left in [2, 1, 0] {
                let answer = try await ask(operated)
                #expect(answer.status == 200)
                #expect(answer.fields["ratelimit-policy"] == "\"address\";q=3;w=3600")
                let state = answer.fields["ratelimit"] ?? ""
                #expect(state.hasPrefix("\"address\";r=\(left);t="))
            }
            let refused = try await ask(operated)
            #expect(refused.status == 429 && refused.body.contains("problem:rate-limited"))
            #expect(refused.fields["ratelimit"]?.hasPrefix("\"address\";r=0;t=") == true)
            #expect((1...1_200).contains(Int(refused.fields["retry-after"] ?? "") ?? 0))
            // The list of options counts, what watches the service does not, nor do others.
            #expect(try await ask(operated, "GET", "/v1/options", body: []).status == 429)
            #expect(try await ask(operated, "GET", "/health", body: []).status == 200)
            #expect(try await ask(operated, from: 2).status == 200)
            let proxied = try await operated.service.http.post(
                Self.target, headers: [("X-Forwarded-For", "192.0.2.1")], body: Self.png)
            #expect(proxied.status == 200 && proxied.header("RateLimit") == nil)

            try operated.configure("clients:\n  rate: 4/s\n")
            #expect(try await operated.reload() == ["clients.rate"])
            try await eventually("the new rate lets it in") {
                let answer = try await ask(operated)
                return answer.status == 200
                    && answer.fields["ratelimit-policy"] == "\"address\";q=4;w=1"
            }
            try operated.configure("")
            try await operated.reload()
            let free = try await ask(operated)
            #expect(free.status == 200 && free.fields["ratelimit"] == nil)
        }
    }

    @Test("a restart forgets no counter, and a broken file only that")
    func restart() async throws {
        let start = OperatedService.Start(configuration: "clients:\n  rate: 2/d\n")
        try await OperatedService.during(start) { operated in
            let statuses = try await statuses(operated, from: 1, 1, 1)
            #expect(statuses == [200, 200, 429])
        }
        let file = try InWorkspace.workspace.scratch.appending(path: "state/limits.json").path
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        try await OperatedService.during(start) { operated in
            let statuses = try await statuses(operated, from: 1, 2)
            #expect(statuses == [429, 200])
        }
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.truncate(atOffset: 20)
        try handle.close()
        try await OperatedService.during(start) { operated in
            let warning = "the counters of an earlier run cannot be read, and limits begin anew"
            let warnings = operated.service.program.errors.lines.filter { $0.contains(warning) }
            let statuses = try await statuses(operated, from: 1)
            #expect(warnings.count == 1 && statuses == [200])
        }
    }

    @Test("an address has so many requests at the same time, and its place back when one is over")
    func concurrent() async throws {
        let start = OperatedService.Start(
            workers: 2, configuration: "timeout: 10m\nclients:\n  concurrent: 1\n")
        try await OperatedService.during(start) { operated in
            try await operated.holdingUp { goOn in
                async let first = ask(operated)
                try await operated.working(1)
                let refused = try await ask(operated)
                #expect(refused.status == 429 && refused.body.contains("problem:too-many-at-once"))
                #expect(refused.fields["retry-after"] == "1")
                async let other = ask(operated, from: 2)
                try await operated.working(2)
                // One that goes away gives its place back too.
                let leaving = try RawConnection(port: operated.service.port, from: 3)
                leaving.send(KeepAliveClient.request("POST", Self.target, body: Self.png))
                try await eventually("one waits") {
                    try await operated.number("glovebox_queue_jobs") == 1
                }
                leaving.drop()
                try await eventually("it is gone") {
                    try await operated.number("glovebox_queue_jobs") == 0
                }
                async let again = ask(operated, from: 3)
                try await eventually("it waits again") {
                    try await operated.number("glovebox_queue_jobs") == 1
                }
                goOn()
                for status in try await [first, other, again].map(\.status) {
                    #expect(status == 200)
                }
            }
            for _ in 0..<3 { #expect(try await ask(operated).status == 200) }
            #expect(try await ask(operated, body: []).status == 400)
            #expect(try await ask(operated).status == 200)
        }
    }

    @Test("whoever keeps asking for nonsense waits, alone, until a reload says otherwise")
    func errors() async throws {
        let start = OperatedService.Start(
            configuration: "penalty:\n  errors: 3\n  first: 60s\n  longest: 90s\n")
        try await OperatedService.during(start) { operated in
            for _ in 0..<3 { #expect(try await ask(operated, body: []).status == 400) }
            let refused = try await ask(operated)
            #expect(refused.status == 429 && refused.body.contains("problem:too-many-errors"))
            #expect((1...60).contains(Int(refused.fields["retry-after"] ?? "") ?? 0))
            #expect(try await ask(operated, from: 2).status == 200)
            try operated.configure("penalty:\n  errors: 0\n")
            try await operated.reload()
            #expect(try await ask(operated).status == 200)
        }
    }

    @Test("whoever keeps sending what cannot be read waits as well")
    func unreadable() async throws {
        let start = OperatedService.Start(
            configuration: "penalty:\n  errors: 3\n  first: 60s\n  longest: 90s\n")
        try await OperatedService.during(start) { operated in
            let long = "/" + String(repeating: "a", count: 20_000)
            for expected in [414, 414, 414, 429] {
                #expect(try await ask(operated, "GET", long, body: []).status == expected)
            }
            let proper = try await ask(operated)
            #expect(proper.status == 429)
            #expect(try await ask(operated, from: 2).status == 200)
        }
    }

    @Test("who is not on the list of addresses hears 403 from everything but health checks")
    func addresses() async throws {
        let start = OperatedService.Start(configuration: "ip_allow: [127.0.0.1, 10.0.0.0/8]\n")
        try await OperatedService.during(start) { operated in
            let asked = [
                ("POST", Self.target), ("OPTIONS", "/v1/process"), ("GET", "/v1/options"),
                ("GET", "/none"), ("PROPFIND", "/v1/info"), ("GET", "/v1/images/a.png"),
                ("POST", "/healthy"),
            ]
            for (method, target) in asked {
                let answer = try await ask(operated, from: 2, method, target)
                #expect(answer.status == 403, "\(method) \(target)")
            }
            #expect(try await ask(operated, from: 2).body.contains("problem:address-not-permitted"))
            #expect(try await ask(operated, from: 2, "GET", "/health/live", body: []).status == 200)
            #expect(try await ask(operated).status == 200)
            try operated.configure("ip_allow: any\n")
            #expect(try await operated.reload() == ["ip_allow"])
            #expect(try await ask(operated, from: 2).status == 200)
        }
    }

    @Test("a valid signature is answered beside any number of wrong ones from the same address")
    func signatures() async throws {
        let signer = URLSigner.standard
        let start = OperatedService.Start(
            configuration: "penalty:\n  errors: 3\n  first: 60s\n  longest: 90s\n",
            variables: ["GLOVEBOX_KEY": signer.key, "GLOVEBOX_SALT": signer.salt])
        try await OperatedService.during(start) { operated in
            func status(_ target: String) async throws -> Int {
                try await ask(operated, "GET", target, body: []).status
            }
            // A source that is not there: what counts is how far it comes.
            let path = "/w:8/plain/local:///none.png"
            let valid = try await status(signer.signed(path))
            for expected in [403, 403, 403, 429, 429] {
                #expect(try await status("/wrong\(path)") == expected)
            }
            #expect(![403, 429].contains(valid))
            #expect(try await status(signer.signed(path)) == valid)
        }
    }

    @Test("a flood of one address does not delay the single request of another")
    func fairness() async throws {
        let start = OperatedService.Start(
            workers: 1, configuration: "timeout: 10m\nqueue: 8\n")
        try await OperatedService.during(start) { operated in
            var flood: [Task<Answer, any Error>] = []
            let single = try await operated.holdingUp { goOn in
                for number in 0..<9 {
                    flood.append(
                        Task { try await ask(operated, id: "flood-\(number)") })
                    try await eventually("\(number) wait") {
                        try await operated.number("glovebox_queue_jobs") == number
                    }
                }
                // The queue is full: the newest of the many gives way.
                let single = Task { try await ask(operated, from: 2, id: "single") }
                let turnedAway = try await flood[8].value
                #expect(turnedAway.status == 503 && turnedAway.fields["retry-after"] == "1")
                #expect(try await ask(operated).status == 503)
                goOn()
                return single
            }
            #expect(try await single.value.status == 200)
            for task in flood.prefix(8) { #expect(try await task.value.status == 200) }
            var ids: [String] = []
            try await eventually("all answers are in the log") {
                ids = operated.service.program.errors.lines.compactMap { LogLine($0) }
                    .filter { $0.message == "request" && $0["status"].integer == 200 }
                    .compactMap { $0["request_id"].text }
                    .filter { $0.hasPrefix("flood-") || $0 == "single" }
                return ids.count == 9
            }
            #expect(ids.prefix(2) == ["flood-0", "single"])
        }
    }
}
