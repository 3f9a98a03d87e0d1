import Foundation
import Glibc
import TestSupport
import Testing

/// The zygotes of a real service: who follows whom, and that nobody is left out.
@Suite("Generations", .ownProcess, .serialized)
struct GenerationTests {
    private static let crash = Act("crash-null", .crash(signal: 11))

    private func withService(
        sandbox: Workspace.Program = .sandbox,
        policies: (Workspace) throws -> String = { try $0.policies() },
        surroundings: Surroundings? = nil,
        _ work: (Service) async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let service = try await Service.start(
            as: .ordinaryUser, in: workspace, sandbox: sandbox, policies: try policies(workspace),
            surroundings: surroundings, options: ["--workers", "2"])
        do {
            try await work(service)
        } catch {
            Issue.record(error)
        }
        #expect(try await service.stop() == .status(0))
    }

    /// Zygotes and what was forked from each, by the word of the kernel: the children of the
    /// launchers, which are the service's.
    private func zygotes(of service: Service) -> [CInt: [CInt]] {
        let all = ProcessView(service.program.id).children.flatMap(\.children)
        return Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.children.map(\.id)) })
    }

    /// Waits until two children are warm and the next zygote is ready.
    ///
    /// - Returns: the zygote that forks, and the next one.
    private func settled(
        _ service: Service, after old: CInt? = nil
    ) async throws -> (current: CInt, next: CInt) {
        var found: (CInt, CInt)?
        try await eventually("a zygote has two children, and another one none") {
            let zygotes = zygotes(of: service)
            let forking = zygotes.filter { $0.value.count == 2 }
            let next = zygotes.filter { $0.value.isEmpty }
            guard zygotes.count == 2, let current = forking.first?.key, current != old,
                let other = next.first?.key
            else { return false }
            found = (current, other)
            return true
        }
        return try #require(found)
    }

    @Test("after a crash the children come from another zygote, which was ready before")
    func crash() async throws {
        try await withService(sandbox: .hostileSandbox) { service in
            let before = try await settled(service)
            let answer = try await HostileRequest(Self.crash).send(to: service)
            #expect(answer.status == 422)
            let after = try await settled(service, after: before.current)
            #expect(after.current == before.next)
            try await eventually("the zygote of the child that crashed is gone") {
                !ProcessTable.isAlive(before.current)
            }
            _ = try await HealthyRequest(through: service)
        }
    }

    @Test("within the interval the generation is used again, and its next crash says so")
    func heldBack() async throws {
        try await withService(sandbox: .hostileSandbox) { service in
            _ = try await settled(service)
            // The first one changes the generation, the others find it used again until the
            // interval ends.
            var lines: [LogLine] = []
            for _ in 0..<4 {
                let request = HostileRequest(Self.crash)
                _ = try await request.send(to: service)
                lines.append(try await service.logLine("child ended", request: request.id))
            }
            let generations = Set(lines.compactMap { $0["generation"].integer })
            #expect(generations.count < lines.count)
            #expect(lines.contains { $0["generation_reused_after_crash"] == .bool(true) })
            #expect(lines[0]["generation_reused_after_crash"] == .null)
            let last = try #require(generations.max())
            // The change is made up for.
            let changed = try await within(.seconds(20), "the change after the interval") {
                await service.program.errors.first { text in
                    LogLine(text).flatMap { line in
                        line.message == "generation changed"
                            && (line["generation"].integer ?? 0) > last ? true : nil
                    }
                }
            }
            #expect(changed == true)
        }
    }

    @Test("a zygote that was killed is replaced, and the service goes on")
    func killed() async throws {
        try await withService { service in
            for _ in 0..<3 {
                let before = try await settled(service)
                kill(before.current, SIGKILL)
                // Its children have died with it, whether the service knows of it or not.
                try await eventually("the zygote is gone") {
                    !ProcessTable.isAlive(before.current)
                }
                _ = try await HealthyRequest(through: service)
                let after = try await settled(service, after: before.current)
                #expect(after.current == before.next)
            }
        }
    }

    @Test("where the service is a container's first process, zygotes that ended are reaped")
    func firstProcess() async throws {
        try await withService(sandbox: .hostileSandbox, surroundings: .adoptsOrphans) { service in
            for _ in 0..<3 {
                let before = try await settled(service)
                _ = try await HostileRequest(Self.crash).send(to: service)
                let after = try await settled(service, after: before.current)
                kill(after.current, SIGKILL)
                _ = try await settled(service, after: after.current)
            }
            try await eventually("two launchers are all the children there are") {
                ProcessView(service.program.id).children.count == 2
            }
        }
    }

    @Test("a zygote that stands still does not answer and is replaced")
    func stopped() async throws {
        try await withService { service in
            let before = try await settled(service)
            kill(before.current, SIGSTOP)
            let after = try await settled(service, after: before.current)
            #expect(after.current == before.next)
            #expect(!ProcessTable.isAlive(before.current))
            _ = try await HealthyRequest(through: service)
        }
    }

    /// The repository's policy twice, each for other formats.
    private func twoPolicies(
        _ workspace: Workspace, photosClose: String? = nil
    ) throws -> String {
        let folder = try workspace.policies {
            try $0.mustReplace(/formats: \[.*\]/, with: "formats: [png, webp, gif, tiff, avif]")
        }
        let other = try workspace.policies {
            let photos = try $0.mustReplace(/formats: \[.*\]/, with: "formats: [jpeg]")
            return try photosClose.map { try photos.mustReplace("- names: [close]", with: $0) }
                ?? photos
        }
        try FileManager.default.copyItem(
            atPath: "\(other)/raster.yaml", toPath: "\(folder)/photos.yaml")
        return folder
    }

    private static let photo = ReferenceImage.quarters(width: 64, height: 48).encoded(".jpg")

    @Test("two policies serve, each the formats it covers")
    func twoPolicies() async throws {
        func policies(_ workspace: Workspace) throws -> String { try twoPolicies(workspace) }
        try await withService(policies: policies) { service in
            _ = try await HealthyRequest(through: service)
            let answer = try await service.http.post("/v1/process?w=32&f=jpeg", body: Self.photo)
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test("two policies that cover one format are a refused start, which names both and the format")
    func conflict() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let folder = try workspace.policies()
        try FileManager.default.copyItem(
            atPath: "\(folder)/raster.yaml", toPath: "\(folder)/photos.yaml")
        let program = try RunningProgram(
            try workspace.program(.glovebox),
            ["serve", "--dev", "--sandbox", try workspace.program(.sandbox)],
            environment: try workspace.environment(policies: folder))
        #expect(await program.end == .status(1))
        await program.errors.finished()
        let said = program.errors.lines.joined(separator: "\n")
        #expect(said.contains("raster.yaml") && said.contains("photos.yaml"))
        #expect(said.contains("jpeg"))
    }

    @Test("a policy whose children cannot start is named, refused at once, and the others serve")
    func unloadable() async throws {
        // A child that may not close its copy of the listener is killed before it is ready.
        let onlyTheSocket = """
            - args: [{ index: 0, value: 0xffffffff, valueTwo: 5, op: SCMP_CMP_MASKED_EQ }]
                    names: [close]
            """
        func policies(_ workspace: Workspace) throws -> String {
            try twoPolicies(workspace, photosClose: onlyTheSocket)
        }
        try await withService(policies: policies) { service in
            _ = try await HealthyRequest(through: service)
            let answer = try await service.http.post("/v1/process?w=32&f=jpeg", body: Self.photo)
            #expect(answer.status == 503, "\(answer.text)")
            #expect(
                service.program.errors.lines.compactMap { LogLine($0) }
                    .contains { $0.level == "error" && $0["policy"].text == "photos" })
        }
    }
}

extension LogLine {
    fileprivate var level: String { self["level"].text ?? "" }
}
