import CHostile
import TestSupport
import Testing

extension HostileService {
    /// Sends the act among eight healthy requests, and checks what the client is told, what the
    /// operator is told, and that nothing is left.
    func contains(_ act: Act) async throws {
        let request = HostileRequest(act)
        recorded.note(request)
        let answer = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await healthy.succeeds(through: service) } }
            let answer = try await request.send(to: service)
            try await group.waitForAll()
            return answer
        }
        #expect(answer.header("X-Request-ID") == request.id)
        switch act.containment {
        case .answered, .lingers:
            #expect(answer.status == 200)
            #expect(answer.body == request.image)
        case .refused:
            #expect(answer.status == 422)
            #expect(answer.json["type"] == .string("urn:glovebox:problem:broken-image"))
        case .deadline:
            checkDiscreet(answer, request, status: 504, type: "deadline")
        default:
            checkDiscreet(answer, request, status: 422, type: "could-not-process")
        }
        // A child's end is written down when it has been reaped: nothing is on its way any more
        // when the service rests.
        try await healthy.succeeds(through: service)
        try await returnsToBefore()
        try await checkRecord(of: request)
    }

    /// The answer tells which request it was, and nothing else that differs from act to act.
    private func checkDiscreet(
        _ answer: HTTPCaller.Answer, _ request: HostileRequest, status: Int, type: String
    ) {
        #expect(answer.status == status)
        #expect(answer.header("Content-Type") == "application/problem+json")
        #expect(answer.json["type"] == .string("urn:glovebox:problem:\(type)"))
        #expect(answer.json["status"] == .number(Double(status)))
        #expect(answer.json["request_id"] == .string(request.id))
        guard case .object(let members) = answer.json else {
            Issue.record("no JSON object: \(answer.text)")
            return
        }
        #expect(Set(members.keys) == ["type", "title", "status", "detail", "request_id"])
        let text = answer.text.replacing(request.id, with: "").lowercased()
        for word in [
            "signal", "sig", "seccomp", "syscall", "system call", "kill", "crash", "violat",
            "died", "child", "sandbox", "/", "memory", request.act.name,
        ] {
            #expect(!text.contains(word), "the answer mentions \(word): \(answer.text)")
        }
    }

    /// The one log line about the child's end: what the kernel observed, and nothing forged.
    private func checkRecord(of request: HostileRequest) async throws {
        let containment = request.act.containment
        guard containment.leavesRecord else {
            #expect(!service.log(of: request.id).contains { $0.message == "child ended" })
            return
        }
        let line = try await service.logLine("child ended", request: request.id)
        #expect(line["sha256"].text == request.digest)
        #expect(service.log(of: request.id).count { $0.message == "child ended" } == 1)
        #expect(!line.description.contains("BROKE OUT"), "\(line)")
        // Whatever it printed can move no cursor, and ends no line, in the log or out of its JSON.
        let texts = [line.description] + line.texts
        #expect(texts.allSatisfy { $0.utf8.allSatisfy { 0x20...0x7e ~= $0 } }, "\(line)")
        #expect(line["exit_status"].integer != Int(HOSTILE_UNKNOWN), "no such act")
        #expect((line["peak_resident_kib"].integer ?? 0) > 0)
        let expected: String
        switch containment {
        case .violation(let name):
            expected = "violation"
            checkCall(in: line, name, request.act)
            #expect(line["exit_signal"].text == "SIGKILL")
        case .foreignCall:
            expected = "violation"
            #expect(line["exit_signal"].text == "SIGSYS")
        case .denied(let errno):
            expected = "protocol"
            #expect(line["exit_status"].integer == Int(HOSTILE_CONTAINED))
            #expect(line["stderr"].text?.contains("errno \(errno)") == true)
        case .noAnswer(let status):
            expected = "protocol"
            #expect(line["exit_status"].integer == status)
        case .raced:
            expected = line["class"].text == "violation" ? "violation" : "protocol"
            if expected == "violation" { checkCall(in: line, "socket", request.act) }
            #expect(line["exit_status"].integer == 0 || line["exit_signal"].text == "SIGKILL")
        case .crash(let signal):
            expected = "crash"
            #expect(line["signal"].text == Self.names[signal])
        case .memory: expected = "memory"
        case .processorTime: expected = "cpu"
        case .breach, .lingers:
            expected = "protocol"
            #expect(line["protocol_error"].text?.isEmpty == false)
        case .output: expected = "output"
        case .deadline: expected = "deadline"
        case .answered, .refused: return
        }
        #expect(line["class"].text == expected, "\(line)")
    }

    private func checkCall(in line: LogLine, _ name: String, _ act: Act) {
        // The kernel's headers know the number. An act of several calls has none in the table.
        // The string lives for the call, which only compares it.
        let number = unsafe hostile_number(act.name)
        if number >= 0 { #expect(line["syscall_number"].integer == number, "\(line)") }
        if !name.isEmpty { #expect(line["syscall"].text == name, "\(line)") }
        #expect(line["arguments"].elements.count == 6)
    }

    /// signal(7), for the numbers that all architectures share.
    private static let names = [
        4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 11: "SIGSEGV",
    ]
}
