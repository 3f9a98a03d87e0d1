import Foundation
import TestSupport
import Testing

@Suite("What a service writes down of requests", .ownProcess, InWorkspace())
struct SecretsInLogsTests {
    /// Nothing else has it, so that one look finds any secret.
    private static let mark = "5e3ffd7b9c41"
    private static let key = "gbx_live_\(mark)AbCdEfGhIjKlMnOpQr0000"
    private static let fields = [
        ("X-API-Key", key), ("Cookie", "session=\(mark)"), ("Referer", "https://a/?token=\(mark)"),
        ("X-Secret", mark), ("User-Agent", mark), ("Proxy-Authorization", "Basic \(mark)"),
    ]

    private func form(_ bytes: [UInt8]) -> [UInt8] {
        Array(
            """
            --edge\r
            Content-Disposition: form-data; name="note"\r
            \r
            \(Self.mark)\r
            --edge\r
            Content-Disposition: form-data; name="file"; filename="\(Self.mark).png"\r
            Content-Type: image/png\r
            \r

            """.utf8) + bytes + Array("\r\n--edge--\r\n".utf8)
    }

    @Test("holds no key, signature, query, file name, password or field of a client's")
    func nothing() async throws {
        let mark = Self.mark
        var start = OperatedService.Start(sandbox: .hostileSandbox)
        start.configuration = "log_level: debug\n"
        try await OperatedService.during(start) { operated in
            let (service, http) = (operated.service, operated.service.http)
            let crash = SampleFormat.png.file + Array("GLOVEBOX-ACT:crash-null\n".utf8)
            let multipart = [("Content-Type", "multipart/form-data; boundary=edge")]
            let bearer = [("Authorization", "Bearer \(Self.key)")]
            let sources = [
                "https://user:\(mark)@127.0.0.1/a?token=\(mark)", "http://\(mark)@127.0.0.1:1/",
                "https://127.0.0.1/a?token=\(mark)#\(mark)", "foo://u:\(mark)@h/",
            ]
            let coded = sources.map { base64URL($0) }
            let targets =
                sources.flatMap { source in
                    let escaped = source.replacing("?", with: "%3F").replacing("#", with: "%23")
                    return ["/\(mark)/w:1/plain/\(escaped)", "/\(mark)/x:1/plain/\(escaped)"]
                }
                + coded.flatMap {
                    ["/\(mark)/w:1/\($0)", "/\(mark)/wmu:\($0)/wm:1/plain/local:///a"]
                }
                + [
                    "/v1/images/a.png?w=1&exp=1&sig=\(mark)", "/v1/images/a.png?token=\(mark)",
                    "/v1/images/a.png?exp=9\(String(repeating: "9", count: 9))&sig=\(mark)",
                    "/health?\(mark)", "/v1/nothing?\(mark)", "/\(mark)",
                    "/v1/process?\(mark)=\(mark)",
                ]
            for target in targets {
                _ = try await http.get(target, headers: Self.fields)
                _ = try await http.post(target, headers: bearer + Self.fields, body: [1])
                _ = try await http.send("OPTIONS", target, headers: Self.fields)
                _ = try await http.send("PROPFIND", target, headers: Self.fields)
                let connection = try RawConnection(port: service.port)
                connection.send(
                    Array("GET \(target) HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".utf8))
                _ = await connection.readToEnd()
                _ = try await operated.admin.get(target, headers: bearer)
            }
            let absolute = try await service.sendVerbatim("GET http://u:\(mark)@h/\(mark)?\(mark)")
            #expect(absolute.status == 400)

            let id = UUID().uuidString
            for body in [SampleFormat.png.file, crash, Array("text".utf8)] {
                _ = try await http.post(
                    "/v1/process?w=8&f=png&exp=99999999999&sig=\(mark)",
                    headers: Self.fields + bearer + multipart, body: form(body))
                _ = try await http.post(
                    "/v1/process?w=8&f=png",
                    headers: Self.fields + bearer + multipart
                        + [("X-Request-ID", id)], body: form(body))
            }
            let log = CrashLogFile(of: service)
            let record = try await log.record(of: id)
            #expect(record["class"].text == "crash")
            try await eventually("the last request is in the log") {
                service.log(of: id).contains { $0.message == "request" }
            }

            let lines = service.program.errors.lines
            // The requests themselves are there.
            #expect(lines.count { $0.contains("\"message\":\"request\"") } > 5 * targets.count)
            #expect(lines.filter { $0.contains(mark) } == [])
            let records = String(
                decoding: try Data(contentsOf: URL(filePath: log.path)), as: UTF8.self)
            #expect(!records.contains(mark) && !records.isEmpty)
            for secret in coded {
                #expect(lines.filter { $0.contains(secret) } == [])
                #expect(!records.contains(secret))
            }
        }
    }
}
