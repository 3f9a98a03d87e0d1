import Foundation
import TestSupport
import Testing

@Suite("A reload that is refused", .ownProcess, InWorkspace())
struct RefusedReloadTests {
    private static let png = SampleFormat.png.file

    private func image(_ operated: OperatedService) async throws -> HTTPCaller.Answer {
        try await operated.service.http.post("/v1/process?w=8&f=png", body: Self.png)
    }

    @Test(
        "whatever is wrong refuses all of it with the reasons, and everything stays",
        arguments: Identity.available)
    func refused(_ identity: Identity) async throws {
        let right = "max_pixels: 100000\ntimeout: 9\n"
        let start = OperatedService.Start(identity: identity, configuration: right)
        try await OperatedService.during(start) { operated in
            let zygotes = try await operated.settled()
            let file = try OperatedService.configurationFile
            let status = try await operated.policy()["sha256"].text
            func stays(_ sourceLocation: SourceLocation = #_sourceLocation) async throws {
                #expect(
                    Set(operated.service.zygotes.map(\.id)) == zygotes,
                    sourceLocation: sourceLocation)
                #expect(try await image(operated).status == 200, sourceLocation: sourceLocation)
                #expect(
                    try await operated.policy()["sha256"].text == status,
                    sourceLocation: sourceLocation)
                // Put right again, there is nothing to change.
                try operated.configure(right)
                try operated.setPolicy()
                #expect(try await operated.reload() == [], sourceLocation: sourceLocation)
            }

            try operated.configure("max_pixels: 100\ntimeuot: 5\nworkers: many\n")
            var reasons = try await operated.refusedReload()
            #expect(reasons.contains { $0.hasPrefix("\(file): timeuot:") }, "\(reasons)")
            #expect(reasons.contains { $0.hasPrefix("\(file): workers:") }, "\(reasons)")
            let line = try await operated.hangUp()
            #expect(line.message == "reload refused")
            #expect(line["reasons"].elements.map(\.text) == reasons)
            try await stays()

            // One setting that only a restart changes refuses the others too.
            try operated.configure("max_pixels: 100\nqueue: 7\ndrain_timeout: 1\n")
            reasons = try await operated.refusedReload()
            #expect(reasons.count == 2, "\(reasons)")
            #expect(reasons.contains { $0.contains("queue") && $0.contains("estart") })
            #expect(reasons.contains { $0.contains("drain_timeout") })
            try await stays()

            try operated.setPolicy {
                try $0.mustReplace("SCMP_ACT_NOTIFY", with: "SCMP_ACT_NOTIFI")
            }
            try operated.configure("max_pixels: 100\n")
            reasons = try await operated.refusedReload()
            #expect(reasons.contains { $0.contains("\(operated.path()):") }, "\(reasons)")
            try await stays()

            // A limit above the new policy's.
            try operated.setPolicy {
                try $0.mustReplace("pixels: 50000000", with: "pixels: 5000")
            }
            reasons = try await operated.refusedReload()
            #expect(reasons.contains { $0.hasPrefix("\(file): max_pixels:") }, "\(reasons)")
            try await stays()

            try operated.setPolicy(OperatedService.policy, unloadable("png"))
            reasons = try await operated.refusedReload()
            #expect(reasons.count == 1 && reasons[0].hasPrefix("policy raster: "), "\(reasons)")
            #expect(reasons[0].contains("violation, close"), "\(reasons)")
            try await stays()

            try operated.removePolicy(OperatedService.policy)
            reasons = try await operated.refusedReload()
            #expect(reasons.contains { $0.contains("there is no policy") }, "\(reasons)")
            try await stays()

            try FileManager.default.removeItem(atPath: file)
            reasons = try await operated.refusedReload()
            #expect(reasons.contains { $0.contains(file) }, "\(reasons)")
            try await stays()
        }
    }

    @Test("an address that only a restart can change is refused by its key")
    func listen() async throws {
        try await OperatedService.during { operated in
            let file = try OperatedService.configurationFile
            let key = "admin_key: \(OperatedService.key)\n"
            for other in ["127.0.0.1:1", "off"] {
                try OperatedService.configure(key + "admin_listen: \(other)\ntimeout: 9\n")
                let reasons = try await operated.refusedReload()
                #expect(reasons.count == 1, "\(reasons)")
                #expect(reasons[0].hasPrefix("\(file): admin_listen: "), "\(reasons)")
                #expect(reasons[0].contains("127.0.0.1:0"), "\(reasons)")
            }
            // What is given on the command line stands over the file: that is no change.
            try operated.configure("listen: 127.0.0.1:1\n")
            #expect(try await operated.reload() == [])
        }
    }

    @Test("what only root can read is a refused reload once root was dropped, and everything stays")
    func unreadable() async throws {
        try #require(Identity.testsRunAsRoot)
        let start = OperatedService.Start(identity: .root)
        try await OperatedService.during(start) { operated in
            let zygotes = try await operated.settled()
            let file = try OperatedService.configurationFile
            for path in [file, operated.path()] {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: path)
                let reasons = try await operated.refusedReload()
                #expect(reasons.count == 1, "\(reasons)")
                #expect(reasons[0].contains(path) && reasons[0].contains("denied"), "\(reasons)")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: path)
            }
            #expect(try await operated.reload() == [])
            #expect(zygotes == Set(operated.service.zygotes.map(\.id)))
        }
    }
}
