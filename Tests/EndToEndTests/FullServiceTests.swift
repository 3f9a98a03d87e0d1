import TestSupport
import Testing

/// One worker, no queue, and children that wait for ever: whoever comes first is at work until the
/// deadline, and meanwhile the service is full.
@Suite(
    "A service that is full says so", .ownProcess,
    Served(["--workers", "1", "--queue", "0", "--timeout", "3"], sandbox: .hostileSandbox))
struct FullServiceTests {
    @Test("one request too many gets 503 and the time to come back, the one in work 504")
    func full() async throws {
        let http = try Served.http
        let service = try Served.service
        let image = SampleFormat.png.file + Array("GLOVEBOX-ACT:27-futex-forever\n".utf8)
        let answers = try await withThrowingTaskGroup { tasks in
            for number in 0..<4 {
                tasks.addTask {
                    try await http.post(
                        "/v1/process?f=avif", headers: [("X-Request-ID", "full-\(number)")],
                        body: image)
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        let statuses = Set(answers.map(\.status))
        #expect(statuses == [503, 504])
        for answer in answers {
            if answer.status == 503 {
                expect(answer, isProblem: "unavailable", 503)
                #expect(answer.header("Retry-After") == "1")
            } else {
                expect(answer, isProblem: "deadline", 504)
            }
            let id = try #require(answer.header("X-Request-ID"))
            let line = try await service.logLine("request", request: id)
            #expect(line["status"].integer == answer.status)
            #expect(line["bytes_in"].integer == image.count)
            #expect(line["route"].text == "process")
        }
    }
}
