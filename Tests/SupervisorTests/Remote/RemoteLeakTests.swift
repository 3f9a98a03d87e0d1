import Foundation
import Testing

@testable import Supervisor

@Suite("What fetching leaves behind")
struct RemoteLeakTests {
    /// Sockets of this process to or from a port: as the kernel lists them, both ends on loopback.
    private static func sockets(_ port: Int) throws -> Int {
        let wanted = String(format: ":%04X", port)
        let table = try String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8)
        return table.split(separator: "\n").filter { line in
            let fields = line.split(separator: " ")
            // 06 is TIME_WAIT, which is the kernel's alone; 0A the listener.
            return fields.count > 3 && !["06", "0A"].contains(fields[3])
                && (fields[1].hasSuffix(wanted) || fields[2].hasSuffix(wanted))
        }.count
    }

    @Test("no connection is left after images, failures, redirects and requests that were given up")
    func none() async throws {
        let scripts = [
            "/a": PathServer.answer(), "/to": PathServer.redirect("/a"),
            "/broken": PathServer.answer("500 Oops"), "/silent": [], "/closed": [.close],
            "/endless": [.send("HTTP/1.0 200 OK\r\n\r\n"), .endless("AAAAAAAAAA")],
        ]
        let certificates = try TestCertificates.shared.get()
        try await PathServer.with(scripts, identity: certificates.good) { secure in
            try await PathServer.with(scripts) { plain in
                var fetch = try Fetch(
                    ports: [plain.port, secure.port],
                    names: ["late.example": [["127.0.0.2", "127.0.0.1"]]],
                    roots: TrustedRoots(certificates.authority))
                fetch.rules.answerTimeout = .milliseconds(100)
                fetch.rules.rest.failures = 10_000
                fetch.largest = 1_000
                let starts = [
                    "http://late.example:\(plain.port)", "https://good.example:\(secure.port)",
                    "https://other.example:\(secure.port)",
                ]
                let visit = fetch
                for path in scripts.keys {
                    for start in starts {
                        await withTaskGroup(of: Void.self) { group in
                            for _ in 0..<10 {
                                group.addTask { _ = try? await visit.failure(start + path) }
                            }
                        }
                    }
                }
                #expect(plain.connections > 60 && secure.connections > 120)
                for port in [plain.port, secure.port] {
                    try await settled("no connection is left") {
                        try Self.sockets(port) == 0
                    }
                }
            }
        }
    }
}
