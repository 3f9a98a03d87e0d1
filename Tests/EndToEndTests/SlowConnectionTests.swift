import TestSupport
import Testing

@Suite(
    "Slow connections keep nobody out", .ownProcess,
    Served(
        configuration: """
            http: {connections: 200, header_timeout: 60s, idle_timeout: 60s, body_timeout: 60s}
            """
    ) { try $0.write(SampleFormat.png.file, to: "images/a.png") })
struct SlowConnectionTests {
    private static let request = Array("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

    /// What the connection with this number does, after which it says nothing more.
    private static func beginning(_ number: UInt32) -> [UInt8] {
        switch number % 4 {
        case 0: []
        case 1: Array("GET /health HTTP/1.1\r\nHo".utf8)
        case 2: request
        default: request + Array("GET /heal".utf8)
        }
    }

    private func isServed(_ service: Service) async throws -> Bool {
        let answer = try await service.http.get("/v1/images/a.png?w=8")
        return answer.status == 200
    }

    @Test("ten times as many as there may be, each from another address")
    func manyAddresses() async throws {
        let service = try Served.service
        var connections: [RawConnection] = []
        for number in UInt32(1)...2_000 {
            let connection = try RawConnection(port: service.port, from: 0x01_0000 | number)
            connection.send(Self.beginning(number))
            connections.append(connection)
            if number % 100 == 0 { #expect(try await isServed(service), "after \(number)") }
        }
        let lines = service.program.errors.lines.compactMap { LogLine($0) }.filter {
            $0.message == "connections closed to make room"
        }
        let closed = lines.compactMap { $0["count"].integer }.reduce(0, +)
        // What is told of later is not in it.
        #expect(closed > 0 && closed <= 2_020 && lines.count < 100, "\(closed) in \(lines.count)")
        withExtendedLifetime(connections) {}
    }

    @Test("a request whose body arrives in time is not given up for them")
    func body() async throws {
        let service = try Served.service
        let upload = try RawConnection(port: service.port)
        let file = SampleFormat.png.file
        upload.send(
            Array(HostileRequest.post("/v1/info", "Content-Length: \(file.count)\r\n").utf8))
        upload.send(Array(file.prefix(100)))
        let connections = try (UInt32(1)...400).map { number in
            let connection = try RawConnection(port: service.port, from: 0x02_0000 | number)
            connection.send(Self.beginning(number))
            return connection
        }
        #expect(try await isServed(service))
        upload.send(Array(file.dropFirst(100)))
        let answer = await upload.readToEnd()
        #expect(answer.starts(with: Array("HTTP/1.1 200 ".utf8)))
        withExtendedLifetime(connections) {}
    }
}

@Suite("A listener without descriptors", .ownProcess)
struct FewDescriptorsTests {
    @Test("closes those that wait and goes on, without trying again and again")
    func few() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await Service.during(
            as: .ordinaryUser, in: workspace, policies: try workspace.policies(["raster"]),
            descriptors: 150, variables: ["GLOVEBOX_HTTP_CONNECTIONS": "5000"]
        ) { service in
            var connections: [RawConnection] = []
            for number in UInt32(1)...200 {
                let connection = try RawConnection(port: service.port, from: 0x03_0000 | number)
                connection.send(Array("GET / HTTP".utf8))
                connections.append(connection)
            }
            for _ in 0..<5 { #expect(try await service.http.get("/health").status == 200) }
            let lines = service.program.errors.lines.compactMap { LogLine($0) }.filter {
                $0.message == "connections cannot be accepted"
            }
            // NIO alone tries some 10,000 times a second.
            let failures = lines.compactMap { $0["count"].integer }.reduce(0, +)
            #expect((1...100).contains(failures), "\(failures)")
            withExtendedLifetime(connections) {}
        }
    }
}
