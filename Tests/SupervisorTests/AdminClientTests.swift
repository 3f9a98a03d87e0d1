import ArgumentParser
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import Testing

@testable import Supervisor

@Suite("Asking the admin listener")
struct AdminClientTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func client(
        _ arguments: [String] = [], _ variables: [String: String] = [:]
    ) throws -> AdminClient {
        try AdminClient(AdminOptions.parse(arguments), isRoot: false) { variables[$0] }
    }

    private func message(_ arguments: [String], _ variables: [String: String] = [:]) -> String {
        do {
            _ = try client(arguments, variables)
            return ""
        } catch {
            return (error as? CommandFailure)?.message ?? "\(error)"
        }
    }

    /// A state directory whose entry names a port of this machine.
    private func state(port: Int, key: String = "secret") throws -> String {
        _ = try folder.file(
            "admin.json",
            """
            {"url":"http://127.0.0.1:\(port)","key":"\(key)","pid":4242,"started":"x","more":[1]}
            """)
        return folder.path
    }

    @Test("URLs are http with a host, and carry nothing secret")
    func urls() {
        #expect(ServiceURL("http://127.0.0.1:8081")?.authority == "127.0.0.1:8081")
        #expect(ServiceURL("HTTP://host/")?.description == "http://host:80")
        #expect(ServiceURL("http://[::1]:1/a/")?.description == "http://[::1]:1/a")
        #expect(ServiceURL("http://[::1]:1")?.host == "::1")
        for text in [
            "", "127.0.0.1:8081", "https://a", "unix:///a", "http://", "http://a:0",
            "http://a:65536", "http://u@a", "http://u:p@a", "http://a?key=b", "http://a#b",
            "http://a b",
        ] {
            #expect(ServiceURL(text) == nil, "\(text)")
        }
    }

    @Test("a listener that listens everywhere is reached through loopback")
    func fromHere() throws {
        for (text, url) in [
            ("0.0.0.0:1", "http://127.0.0.1:1"), ("[::]:2", "http://[::1]:2"),
            ("127.0.0.5:3", "http://127.0.0.5:3"), ("localhost:4", "http://localhost:4"),
        ] {
            let address = try #require(ListenAddress(text))
            #expect(ServiceURL(listener: address).description == url)
        }
    }

    @Test("the entry of the state directory says whom to ask, and with which key")
    func byStateDirectory() async throws {
        try await ScriptedServer.with(.answer("200 OK", "{}")) { server in
            let state = try state(port: server.port)
            #expect(try await client(["--state", state]).get("/cmd/status") == Array("{}".utf8))
            #expect(
                try await client([], ["GLOVEBOX_STATE": state]).get("/cmd/x") == Array("{}".utf8))
            let requests = server.requests
            #expect(
                requests.map { $0.prefix(20) } == [
                    "GET /cmd/status HTTP", "GET /cmd/x HTTP/1.1\r\n",
                ])
            for request in requests {
                #expect(request.contains("\r\nAuthorization: Bearer secret\r\n"))
                #expect(request.contains("\r\nHost: 127.0.0.1:\(server.port)\r\n"))
            }
        }
    }

    @Test("another listener is asked with a key from the environment, never from an argument")
    func byURL() async throws {
        try await ScriptedServer.with(.answer("200 OK", "{}")) { server in
            let url = "http://127.0.0.1:\(server.port)/behind"
            let file = try folder.file("key", "from-file\nnever this\n")
            _ = try await client(["--admin", url], ["GLOVEBOX_ADMIN_KEY": "k1"]).get("/cmd/a")
            _ = try await client(["--admin", url], ["GLOVEBOX_ADMIN_KEY_FILE": file])
                .get("/cmd/a")
            let requests = server.requests
            #expect(requests.count == 2)
            #expect(requests.allSatisfy { $0.hasPrefix("GET /behind/cmd/a HTTP/1.1\r\n") })
            #expect(requests.first?.contains("Bearer k1\r\n") == true)
            #expect(requests.last?.contains("Bearer from-file\r\n") == true)
        }
        let url = ["--admin", "http://127.0.0.1:1"]
        #expect(message(url).contains("GLOVEBOX_ADMIN_KEY"))
        #expect(message(url, ["GLOVEBOX_ADMIN_KEY": "a\r\nX: y"]).contains("no key"))
        #expect(
            message(url, ["GLOVEBOX_ADMIN_KEY": "a", "GLOVEBOX_ADMIN_KEY_FILE": "b"])
                .contains("both set"))
        #expect(message(url, ["GLOVEBOX_ADMIN_KEY_FILE": folder.path + "/no"]).contains("/no"))
        #expect(message(["--admin", "https://a"]).contains("http://127.0.0.1:8081"))
    }

    @Test("no service, one that is gone and an entry of nonsense are told apart")
    func nobody() async throws {
        let variables = ["HOME": folder.path]
        let none = message(["--state", folder.path])
        #expect(none.contains("No service is running") && none.contains(folder.path))
        #expect(message([], variables).contains(folder.path + "/.local/state/glovebox"))
        #expect(message([], ["HOME": ""]).contains("/var/lib/glovebox"))
        let port = try await ScriptedServer.with(.silence) { $0.port }
        let gone = try client(["--state", try state(port: port)])
        let failure = await #expect(throws: CommandFailure.self) { try await gone.get("/") }
        #expect(failure?.message.contains("left over from process 4242") == true)
        for text in ["", "{}", "[]", #"{"url":"file:///etc","key":"k","pid":1,"started":""}"#] {
            _ = try folder.file("admin.json", text)
            #expect(message(["--state", folder.path]).contains("no entry"), "\(text)")
        }
        _ = try state(port: 1, key: #"a\nb"#)
        #expect(message(["--state", folder.path]).contains("no entry"))
    }

    @Test("an order is sent with POST, and an answer that is understood is no failure")
    func order() async throws {
        try await ScriptedServer.with(.answer("409 Conflict", "{}")) { server in
            let client = try client(["--state", try state(port: server.port)])
            let answer = try await client.post("/cmd/x", within: .seconds(60), expecting: [409])
            #expect(answer == OneAnswer(status: 409, body: Array("{}".utf8)))
            await #expect(throws: CommandFailure.self) {
                try await client.post("/cmd/x", within: .seconds(60), expecting: [200])
            }
            #expect(server.requests.allSatisfy { $0.hasPrefix("POST /cmd/x HTTP/1.1\r\n") })
            #expect(server.requests.allSatisfy { $0.contains("\r\nContent-Length: 0\r\n") })
        }
        try await ScriptedServer.with(.silence) { server in
            let client = try client(["--state", try state(port: server.port)])
            let failure = await #expect(throws: CommandFailure.self) {
                try await client.post("/cmd/x", within: .milliseconds(50), expecting: [200])
            }
            #expect(failure?.message.contains("did not answer") == true)
        }
    }

    @Test("a refused key and a problem are sentences")
    func problems() async throws {
        for (status, body, part) in [
            ("401 Unauthorized", "", "does not accept the key"),
            ("503 X", #"{"detail":"Busy.\u001b[2J"}"#, #"answered 503. Busy.\x1b[2J"#),
            ("302 Found", "", "answered 302"), ("404 X", "<html>", "Is it the admin listener"),
        ] {
            try await ScriptedServer.with(.answer(status, body)) { server in
                let client = try client(["--state", try state(port: server.port)])
                let failure = await #expect(throws: CommandFailure.self) {
                    try await client.get("/cmd/status")
                }
                #expect(failure?.message.contains(part) == true, "\(failure?.message ?? "")")
                #expect(server.requests.count == 1)
            }
        }
    }
}

@Suite("One answer")
struct OneAnswerTests {
    private func failure(_ script: ScriptedServer.Script) async throws -> OneAnswer.Failure? {
        try await ScriptedServer.with(script) { server in
            do throws(OneAnswer.Failure) {
                _ = try await OneAnswer.of(
                    .GET, ServiceURL(host: "127.0.0.1", port: server.port),
                    within: script.isSilent ? .milliseconds(50) : .seconds(60), largest: 10)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("an answer that is too long, never comes, is cut short or is not HTTP is none")
    func failures() async throws {
        #expect(try await failure(.answer("200 OK", "0123456789")) == nil)
        #expect(try await failure(.answer("200 OK", "01234567890")) == .tooLarge)
        #expect(
            try await failure(
                .bytes(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n"
                )) == .tooLarge)
        #expect(try await failure(.silence) == .tooSlow)
        for text in ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n01", "", "SSH-2.0-x\r\n"] {
            guard case .broken = try await failure(.bytes(text)) else {
                Issue.record("taken for an answer: \(text)")
                continue
            }
        }
    }

    @Test("where nobody listens, that is said")
    func nobody() async throws {
        // Bound and not listening: nobody else can take the port meanwhile.
        let socket = try ReservedPort()
        let port = socket.number
        for host in ["127.0.0.1", "localhost"] {
            await #expect(throws: OneAnswer.Failure.nobodyListens) {
                try await OneAnswer.of(
                    .GET, ServiceURL(host: host, port: port), within: .seconds(60), largest: 10)
            }
        }
    }
}

extension ScriptedServer.Script {
    fileprivate var isSilent: Bool { if case .silence = self { true } else { false } }
}

/// A port of 127.0.0.1 at which nobody listens and nobody else can.
private final class ReservedPort {
    let number: Int
    private let descriptor: CInt

    init() throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let done = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            // The structure is an address, and outlives both calls.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard done else { throw POSIXError(.EADDRINUSE) }
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
