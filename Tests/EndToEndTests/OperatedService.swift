import Foundation
import Glibc
import TestSupport
import Testing

/// A service as its operator has it: with its configuration file, its folder of policies and its
/// admin listener at hand.
struct OperatedService {
    static let key = "a-key-of-some-length-for-tests"
    static let policy = "raster.yaml"
    /// What its configuration file begins with.
    private static let head = "admin_key: \(key)\nadmin_listen: 127.0.0.1:0\n"

    let service: Service
    let admin: HTTPCaller
    /// Of the admin listener.
    let adminPort: Int
    /// The name of the folder in the workspace.
    private let policies: String
    private let workers: Int

    /// What it is started with.
    struct Start {
        var identity = Identity.ordinaryUser
        var sandbox = Workspace.Program.sandbox
        var workers = 2
        var dev = true
        var configuration = ""
        var options: [String] = []
        var variables: [String: String] = [:]
        /// The policies by file name, each made from the repository's.
        var policies: [String: @Sendable (String) throws -> String] = [policy: { $0 }]
    }

    /// Starts a service in the workspace of the test, does `work` with it, and stops it. It must end
    /// well, and every process of it must be gone.
    static func during(
        _ start: Start = Start(), _ work: (OperatedService) async throws -> Void
    ) async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies()
        try FileManager.default.removeItem(atPath: "\(folder)/\(policy)")
        let name = (folder as NSString).lastPathComponent
        for (file, change) in start.policies {
            try workspace.write(
                Array(try change(repositoryPolicy()).utf8), to: "\(name)/\(file)")
        }
        try configure(head + start.configuration)
        try await Service.during(
            as: start.identity, in: workspace, sandbox: start.sandbox, policies: folder,
            dev: start.dev,
            options: ["--config", configurationFile, "--workers", "\(start.workers)"]
                + start.options,
            // The file's counts, as where nobody has set it.
            variables: start.variables.merging(["GLOVEBOX_ADMIN_LISTEN": ""]) { own, _ in own }
        ) { service in
            let port = try await within(.seconds(20), "the admin listener") {
                await service.program.errors.first { line in
                    LogLine(line).flatMap {
                        $0.message == "admin listening" ? $0["port"].integer : nil
                    }
                }
            }
            try await work(
                OperatedService(
                    service: service, admin: HTTPCaller(port: try #require(port)),
                    adminPort: try #require(port),
                    policies: name, workers: start.workers))
        }
    }

    // MARK: Files

    static var configurationFile: String {
        get throws { try InWorkspace.workspace.folder.appending(path: "glovebox.yaml").path }
    }

    static func configure(_ text: String) throws {
        try InWorkspace.workspace.write(Array(text.utf8), to: "glovebox.yaml")
    }

    /// Writes the configuration file, with the key that every request here carries.
    func configure(_ text: String) throws { try Self.configure(Self.head + text) }

    /// Writes a policy file, made from the repository's.
    func setPolicy(
        _ file: String = policy, _ change: (String) throws -> String = { $0 }
    ) throws {
        try service.workspace.write(
            Array(try change(Self.repositoryPolicy()).utf8), to: "\(policies)/\(file)")
    }

    /// Where the reason for a refusal is expected: written into a text, and taken out of it.
    static let mark: Character = "▸"

    /// Writes a policy file from a marked text.
    ///
    /// - Returns: where the mark was.
    func writePolicy(_ file: String = policy, marked text: String) throws -> PolicyPlace {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = lines.firstIndex { $0.contains(Self.mark) } ?? 0
        try service.workspace.write(
            Array(text.filter { $0 != Self.mark }.utf8), to: "\(policies)/\(file)")
        return PolicyPlace(file: path(file), line: line + 1)
    }

    /// Puts the folder back to the repository's policy alone.
    func resetPolicies() throws {
        let folder = (path() as NSString).deletingLastPathComponent
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        try setPolicy()
    }

    func removePolicy(_ file: String) throws {
        try FileManager.default.removeItem(atPath: path(file))
    }

    /// The path of a policy file.
    func path(_ file: String = policy) -> String {
        service.workspace.folder.appending(path: "\(policies)/\(file)").path
    }

    static func repositoryPolicy() throws -> String {
        let folder = try InWorkspace.workspace.policies()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try String(contentsOfFile: "\(folder)/\(policy)", encoding: .utf8)
    }

    // MARK: Orders

    static func bearer(_ key: String = key) -> [(String, String)] {
        [("Authorization", "Bearer \(key)")]
    }

    func get(_ target: String) async throws -> HTTPCaller.Answer {
        try await admin.get(target, headers: Self.bearer())
    }

    func post(_ target: String) async throws -> HTTPCaller.Answer {
        try await admin.post(target, headers: Self.bearer(), body: nil)
    }

    /// Reloads, which must succeed.
    ///
    /// - Returns: what has changed by the answer.
    @discardableResult
    func reload(sourceLocation: SourceLocation = #_sourceLocation) async throws -> [String?] {
        let answer = try await post("/cmd/reload")
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return answer.json["changed"].elements.map(\.text)
    }

    /// Reloads, which must be refused.
    ///
    /// - Returns: the reasons.
    func refusedReload(
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        let answer = try await post("/cmd/reload")
        expect(answer, isProblem: "reload-refused", 409, sourceLocation: sourceLocation)
        return answer.json["reasons"].elements.compactMap(\.text)
    }

    /// Reloads by SIGHUP.
    ///
    /// - Returns: the line that says what it came to.
    func hangUp() async throws -> LogLine {
        func outcomes() -> [LogLine] {
            service.program.errors.lines.filter { $0.contains("\"reload") }
                .compactMap { LogLine($0) }
                .filter { ["reloaded", "reload refused"].contains($0.message) }
        }
        let before = outcomes().count
        service.program.signal(SIGHUP)
        try await eventually("a reload has ended") { outcomes().count > before }
        return outcomes()[before]
    }

    /// `glovebox policy reload` on this service.
    func reloadCommand(_ options: String...) async throws -> CommandLine {
        let state = service.workspace.scratch.appending(path: "state").path
        return try await CommandLine.run(
            ["policy", "reload", "--state", state] + options, in: service.workspace,
            policies: (path() as NSString).deletingLastPathComponent)
    }

    // MARK: What is seen

    /// Waits until each policy has all its warm children, and a next zygote without any.
    ///
    /// - Returns: every zygote, by the word of the kernel.
    @discardableResult
    func settled(policies: Int = 1, after old: Set<CInt> = []) async throws -> Set<CInt> {
        var found: Set<CInt> = []
        try await eventually("\(policies) zygotes have children, and as many wait") {
            let zygotes = service.zygotes.map { ($0.id, $0.children.count) }
            found = Set(zygotes.map(\.0))
            return zygotes.count == 2 * policies && found.isDisjoint(with: old)
                && zygotes.count { $0.1 == workers } == policies
                && zygotes.count { $0.1 == 0 } == policies
        }
        // A process may not be ready yet, and a service without a queue turns a job away then.
        try await eventually("\(workers) children of each policy are warm") {
            let children = try await get("/cmd/children").json["children"].elements
            return children.count { $0["state"].text == "warm" } == workers * policies
        }
        return found
    }

    /// A policy as `/cmd/status` shows it.
    func policy(_ name: String = "raster") async throws -> JSON {
        let status = try await get("/cmd/status").json
        return try #require(status["policies"].elements.first { $0["policy"].text == name })
    }

    /// Sends an image whose child stands still until `work` is done, and goes on then: as do all that
    /// are warm before. With one worker a reload waits for it, since its canaries need one.
    ///
    /// - Returns: the answer.
    func withJobInFlight(
        _ work: () async throws -> Void
    ) async throws -> HTTPCaller.Answer {
        try await settled()
        let children = service.children.map(\.id)
        for child in children { kill(child, SIGSTOP) }
        func goOn() { for child in children { kill(child, SIGCONT) } }
        let http = service.http
        let answer = Task {
            try await http.post("/v1/process?w=8&f=png", body: SampleFormat.png.file)
        }
        do {
            try await eventually("the image is in work") {
                // Not /cmd/status, which sends an image of its own.
                try await get("/cmd/children").json["children"].elements
                    .contains { $0["state"].text == "working" }
            }
            try await work()
        } catch {
            goOn()
            throw error
        }
        goOn()
        return try await answer.value
    }
}
