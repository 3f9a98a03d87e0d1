import Foundation
import Glibc
import TestSupport
import Testing

/// `glovebox keys` and what a service without --dev makes of keys, over real sockets.
@Suite("Keys", .ownProcess, InWorkspace())
struct KeyTests {
    private static let target = "/v1/process?w=8&f=png"
    private static let png = SampleFormat.png.file
    private static let start = OperatedService.Start(
        workers: 1, dev: false,
        configuration: "options: {presets: \"thumb=w:4\"}\npenalty: {errors: 0}\n")

    private var state: String {
        get throws { try InWorkspace.workspace.scratch.appending(path: "state").path }
    }

    /// Runs `glovebox keys`, which must end well.
    private func keys(
        _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> CommandLine {
        let done = try await CommandLine.run(["keys"] + arguments, in: InWorkspace.workspace)
        #expect(done.status == .status(0), "\(done.errors)", sourceLocation: sourceLocation)
        return done
    }

    private func create(_ options: String...) async throws -> (id: String, key: String) {
        let made = try await keys(["create", "--json"] + options)
        let json = try #require(JSON(parsing: made.output))
        return (try #require(json["id"].text), try #require(json["key"].text))
    }

    private func process(
        _ service: Service, _ key: String?, _ target: String = target
    ) async throws -> HTTPCaller.Answer {
        try await service.http.post(
            target, headers: key.map { [("X-API-Key", $0)] } ?? [], body: Self.png)
    }

    /// An answer without what is another each time.
    private func fixed(_ answer: HTTPCaller.Answer) -> String {
        let id = answer.header("X-Request-ID") ?? ""
        return "\(answer.status) " + answer.text.replacing(id, with: "ID")
    }

    @Test("a key lets in until it is revoked; none and an unknown one get the same answer")
    func lifetime() async throws {
        try await OperatedService.during(Self.start) { operated in
            let service = operated.service
            let none = try await process(service, nil)
            expect(none, isProblem: "unauthorized", 401)
            let (id, key) = try await create("--name", "shop")
            #expect(key.wholeMatch(of: /gbx_live_[0-9A-Za-z]{36}/) != nil)
            #expect(try await process(service, key).status == 200)
            let bearer = try await service.http.post(
                Self.target, headers: [("Authorization", "Bearer \(key)")], body: Self.png)
            #expect(bearer.status == 200)

            let printed = try await keys(["create", "--print-hash", "--json"])
            let unknown = try #require(JSON(parsing: printed.output)?["key"].text)
            let other = try await process(service, unknown)
            #expect(fixed(other) == fixed(none))
            #expect(other.header("WWW-Authenticate") == none.header("WWW-Authenticate"))
            let typo = try await process(service, key.dropLast() + "_")
            expect(typo, isProblem: "unauthorized", 401)
            #expect(fixed(typo) != fixed(none))

            let shown = try await keys(["show", "shop", "--json"])
            #expect(JSON(parsing: shown.output)?["id"].text == id)
            #expect(try await keys(["revoke", "shop"]).text.contains(id))
            let revoked = try await process(service, key)
            #expect(fixed(revoked) == fixed(none))

            let log = service.program.errors.lines.joined()
            #expect(!log.contains(key) && !log.contains(key.suffix(36)))
            let audit = try await CommandLine.run(
                ["audit", "show", "--json", "--action", "key"], in: InWorkspace.workspace)
            #expect(audit.text.contains("key.created") && audit.text.contains("key.revoked"))
            #expect(!audit.text.contains(key.suffix(36)))
        }
    }

    @Test("after a rotation both texts are accepted for the grace time, or the new one alone")
    func rotation() async throws {
        try await OperatedService.during(Self.start) { operated in
            let (id, first) = try await create()
            let made = try await keys(["rotate", id, "--grace", "1h"])
            let second = made.text.trimmingCharacters(in: .newlines)
            for key in [first, second] {
                #expect(try await process(operated.service, key).status == 200)
            }
            let again = try await keys(["rotate", id, "--grace", "0s", "--json"])
            let third = try #require(JSON(parsing: again.output)?["key"].text)
            for key in [first, second] {
                #expect(try await process(operated.service, key).status == 401)
            }
            #expect(try await process(operated.service, third).status == 200)
        }
    }

    @Test("scopes, addresses, ends and presets are kept to")
    func narrow() async throws {
        try await OperatedService.during(Self.start) { operated in
            let service = operated.service
            let (_, info) = try await create("--scope", "info")
            expect(try await process(service, info), isProblem: "missing-scope", 403)
            #expect(try await process(service, info, "/v1/info").status == 200)
            #expect(try await process(service, info, "/v1/info?location=1").status == 200)
            let (_, far) = try await create("--allow", "10.0.0.0/8,2001:db8::/32")
            expect(try await process(service, far), isProblem: "address-not-permitted", 403)
            let (_, near) = try await create("--allow", "10.0.0.0/8,127.0.0.0/8")
            #expect(try await process(service, near).status == 200)
            let (_, brief) = try await create("--expires", "1s")
            try await eventually("the key has expired") {
                try await process(service, brief).status != 200
            }
            expect(try await process(service, brief), isProblem: "key-expired", 403)

            let (_, presets) = try await create("--preset", "thumb")
            #expect(try await process(service, presets, "/v1/process?preset=thumb").status == 200)
            let own = try await process(service, presets, "/v1/process?w=4")
            #expect((400...403).contains(own.status), "\(own.status) \(own.text)")
            // Neither is a key of clients one of the admin listener.
            expect(
                try await operated.admin.get("/metrics", headers: [("X-API-Key", near)]),
                isProblem: "missing-scope", 403)
        }
    }

    @Test("admin keys do what their scopes say, at the admin listener alone")
    func administration() async throws {
        try await OperatedService.during(Self.start) { operated in
            let made = try await keys(["create", "--admin", "-n", "2", "--json"])
            let admins = made.text.split(separator: "\n").compactMap {
                JSON(parsing: Array($0.utf8))?["key"].text
            }
            #expect(admins.count == 2 && admins.allSatisfy { $0.hasPrefix("gbx_admin_") })
            let (_, reader) = try await create("--scope", "admin:read")
            let (_, scraper) = try await create("--scope", "metrics")
            func get(_ target: String, _ key: String) async throws -> Int {
                try await operated.admin.get(target, headers: OperatedService.bearer(key)).status
            }
            func post(
                _ target: String, _ key: String, _ body: String = ""
            ) async throws -> HTTPCaller.Answer {
                try await operated.admin.post(
                    target, headers: OperatedService.bearer(key), body: Array(body.utf8))
            }
            #expect(try await get("/metrics", scraper) == 200)
            #expect(try await get("/cmd/status", scraper) == 403)
            #expect(try await get("/cmd/keys", reader) == 200)
            let body = #"{"name":"mine","scopes":["admin"]}"#
            expect(try await post("/cmd/keys", reader, body), isProblem: "missing-scope", 403)
            expect(try await post("/cmd/reload", reader), isProblem: "missing-scope", 403)
            expect(try await process(operated.service, admins[0]), isProblem: "missing-scope", 403)
            let answer = try await post("/cmd/keys", admins[1], body)
            #expect(answer.status == 200, "\(answer.text)")
            let key = try #require(answer.json["keys"].elements.first?["key"].text)
            #expect(try await post("/cmd/reload", key).status == 200)
            for wrong in [#"{"nme":"x"}"#, #"{"scopes":["root"]}"#, "", "{"] {
                expect(
                    try await post("/cmd/keys", key, wrong), isProblem: "malformed-request", 400)
            }
            let listed = try await operated.get("/cmd/keys?id=mine")
            #expect(listed.json["keys"].elements.count == 1)
            #expect(!listed.text.contains("gbx_") && !listed.text.contains("sha256"))
        }
    }

    @Test(
        "keys outlive a restart, belong to the service's account, and are last used when they were")
    func restart() async throws {
        // Made by root, before there is a service: in a folder of the account of the service.
        let owner = Identity.testsRunAsRoot ? 65_534 : Int(geteuid())
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o750])
        // The path is read within the call.
        _ = unsafe chown(try state, uid_t(owner), gid_t(owner))
        let (id, key) = try await create("--name", "early")
        for _ in 0..<2 {
            try await OperatedService.during(Self.start) { operated in
                let answer = try await process(operated.service, key)
                #expect(answer.status == 200)
            }
        }
        for name in ["keys.sqlite", "keys.secret"] {
            let facts = try FileManager.default.attributesOfItem(atPath: "\(state)/\(name)")
            #expect(facts[.posixPermissions] as? Int == 0o600)
            #expect(facts[.ownerAccountID] as? Int == owner)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: state)
        #expect(!left.contains { $0.hasPrefix("keys.sqlite-") || $0.hasPrefix("keys.secret.") })
        let list = try await keys(["list", "--json"])
        let json = try #require(JSON(parsing: list.output))
        #expect(json["id"].text == id && json["last_used"].text?.hasPrefix("20") == true)
        #expect(try await keys(["list"]).text.contains("early"))
        let text = try String(
            decoding: Data(contentsOf: URL(filePath: "\(state)/keys.sqlite")), as: UTF8.self)
        #expect(!text.contains("gbx_") && text.contains("early"))
    }

    @Test("a service without an admin listener sees what a command changes all the same")
    func withoutAdmin() async throws {
        try await Service.during(
            as: .ordinaryUser, in: InWorkspace.workspace, dev: false
        ) { service in
            let (id, key) = try await create()
            try await eventually("the key is known") {
                try await process(service, key).status == 200
            }
            _ = try await keys(["revoke", id])
            try await eventually("the key is revoked") {
                try await process(service, key).status == 401
            }
        }
    }

    @Test("declared keys let in at every instance that has the file, and a reload changes them")
    func declared() async throws {
        let workspace = try InWorkspace.workspace
        let printed = try await keys(["create", "--print-hash", "--name", "edge"])
        let lines = printed.text.split(separator: "\n", maxSplits: 1)
        let key = try #require(lines.first?.dropFirst(2)).description
        let file = try workspace.write(Array(lines[1].utf8), to: "keys.yaml")
        let isMade = FileManager.default.fileExists(atPath: try state)
        #expect(!isMade)
        var start = Self.start
        start.variables = ["GLOVEBOX_API_KEYS_FILE": file]
        try await OperatedService.during(start) { operated in
            let second = try await Service.start(
                as: .ordinaryUser, in: workspace, dev: false,
                options: ["--state", workspace.scratch.appending(path: "second").path],
                variables: start.variables)
            #expect(try await process(operated.service, key).status == 200)
            #expect(try await process(second, key).status == 200)
            #expect(try await second.stop() == .status(0))

            let listed = try await keys(["list", "--json"])
            #expect(JSON(parsing: listed.output)?["source"].text == "declared")
            let refused = try await CommandLine.run(["keys", "revoke", "edge"], in: workspace)
            #expect(refused.status == .status(1) && refused.errors.contains("declared"))

            try workspace.write(Array("- id: edge\n  hash: \(key)\n".utf8), to: "keys.yaml")
            let reasons = try await operated.refusedReload()
            #expect(reasons.count == 1 && !reasons.joined().contains(key))
            #expect(try await process(operated.service, key).status == 200)
            try workspace.write(Array("[]\n".utf8), to: "keys.yaml")
            #expect(try await operated.reload() == ["keys"])
            #expect(try await process(operated.service, key).status == 401)
        }
    }

    @Test(
        "what cannot be meant is refused before anything is made",
        arguments: [
            (["--scope", "proces"], "Write process"), (["--expires", "2020-01-01"], "past"),
            (["--rate", "fast"], "--rate"), (["--allow", "10.0.0.1/8"], "--allow"),
            (["--admin", "--scope", "info"], "--admin"), (["-n", "0"], "-n"),
            (["--name", "a\nb"], "--name"), (["--concurrent", "0"], "--concurrent"),
        ])
    func usage(_ options: [String], _ sentence: String) async throws {
        let done = try await CommandLine.run(
            ["keys", "create"] + options, in: InWorkspace.workspace)
        #expect(done.status == .status(2) && done.errors.contains(sentence), "\(done.errors)")
        #expect(done.output.isEmpty)
        let isMade = FileManager.default.fileExists(atPath: try state)
        #expect(!isMade)
    }
}
