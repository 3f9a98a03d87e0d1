import ImageVocabulary
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Policies with a base")
struct PolicyBaseTests {
    private static let base = """
        x-glovebox:
          formats: [jpeg]
          root: documents
          posture: { required: [landlock] }
          limits: { width: 7, height: 8 }
        process:
          rlimits:
            - { type: RLIMIT_CORE, hard: 0, soft: 0 }
            - { type: RLIMIT_NOFILE, hard: 7, soft: 7 }
        linux:
          seccomp:
            defaultAction: SCMP_ACT_KILL_PROCESS
            architectures: [SCMP_ARCH_AARCH64]
            syscalls:
              - { names: [read, write], action: SCMP_ACT_ALLOW, comment: both }
              - { names: [close], action: SCMP_ACT_ALLOW }
              - names: [close]
                action: SCMP_ACT_ERRNO
                args: [{ index: 0, value: 1, op: SCMP_CMP_EQ }]

        """

    private static func read(
        _ text: String, base: String? = Self.base, named name: String = "base.yaml"
    ) throws -> PolicyDocument {
        let folder = try TemporaryFolder()
        if let base { _ = try folder.file(name, base) }
        return try PolicyReader.document(path: folder.file("own.yaml", text))
    }

    @Test("what the policy names is the policy's, everything else is the base's")
    func merging() throws {
        let document = try Self.read(
            """
            x-glovebox:
              formats: [png]
              base: base.yaml
              posture: { required: [groups] }
              limits: { height: 9, frames: 3 }
            process:
              rlimits: [{ type: RLIMIT_NOFILE, hard: 9, soft: 9 }]
            linux:
              seccomp:
                syscalls:
                  - { names: [close, write], action: SCMP_ACT_LOG }
            """)
        #expect(document.diagnostics.isEmpty, "\(document.diagnostics)")
        let own = try #require(document.glovebox)
        #expect(own.formats == [.png])
        #expect(own.root == .empty)
        #expect(own.requiredLayers == Layer.alwaysRequired + [.groups, .landlock])
        #expect(own.limits.job.width == 7)
        #expect(own.limits.job.height == 9)
        #expect(own.limits.job.frames == 3)
        #expect(own.limits.memory == PolicyLimits().memory)
        #expect(
            document.resourceLimits == [
                ResourceLimit(.core, soft: 0, hard: 0), ResourceLimit(.openFiles, soft: 9, hard: 9),
            ])
        #expect(document.profile.defaultAction == .killProcess)
        #expect(document.profile.architectures == [.arm64])
        let rules = document.profile.rules.map(\.rule)
        #expect(rules.map { $0.names.map(\.text) } == [["read"], ["close", "write"]])
        #expect(rules.map(\.action) == [.allow, .log])
        #expect(rules[0].comment == "both")
        #expect(rules[0].position == SourcePosition(line: 15, column: 9))
        #expect(rules.map { $0.file?.hasSuffix("/base.yaml") } == [true, nil])
        #expect(document.base?.path == rules[0].file)
    }

    @Test("a policy may say no more than its formats and its base")
    func formatsAlone() throws {
        let document = try Self.read("x-glovebox: { formats: [png], base: base.yaml }")
        #expect(document.diagnostics.isEmpty, "\(document.diagnostics)")
        #expect(document.profile.rules.count == 3)
        let own =
            "x-glovebox: { formats: [png], base: base.yaml }\nlinux: { seccomp: "
            + "{ defaultAction: SCMP_ACT_NOTIFY, architectures: [SCMP_ARCH_X86_64] } }"
        #expect(try Self.read(own).profile.defaultAction == .notify)
        #expect(try Self.read(own).profile.architectures == [.amd64])
    }

    @Test("what is wrong with a base is told with the base's file")
    func wrongBase() throws {
        let document = try Self.read(
            "x-glovebox: { formats: [png], base: base.yaml }",
            base: Self.base.replacing("[close]", with: "[cloze]"))
        #expect(document.diagnostics.map(\.severity) == [.warning, .error])
        #expect(document.diagnostics.allSatisfy { $0.file.hasSuffix("/base.yaml") })
        #expect(document.diagnostics.map(\.position.line) == [16, 17])
        #expect(throws: PolicyError.self) { try document.servable() }
    }

    @Test("a base has no base, and no policy is its own")
    func oneLevel() throws {
        let document = try Self.read(
            "x-glovebox: { formats: [png], base: base.yaml }",
            base: Self.base.replacing("  root:", with: "  base: own.yaml\n  root:"))
        #expect(document.diagnostics.map(\.position) == [SourcePosition(line: 1, column: 37)])
        #expect(document.diagnostics.first?.what.contains("only one level") == true)
        let own = ReadPolicy.text(own: "formats: [png], base: test.yaml")
        #expect(ReadPolicy.said(of: own).first?.contains("no base of itself") == true)
    }

    @Test("a base that is not there leaves a policy that stands by itself readable")
    func missing() throws {
        let text = ReadPolicy.text(own: "formats: [png], base: none.yaml")
        let document = try Self.read(text, base: nil)
        #expect(document.diagnostics.map(\.check) == [.structure, .unreadable])
        #expect(document.diagnostics[0].position == SourcePosition(line: 1, column: 37))
        #expect(document.diagnostics[1].file.hasSuffix("/none.yaml"))
        #expect(document.profile.rules.count == 1)
        #expect(throws: PolicyError.self) {
            try Self.read("x-glovebox: { formats: [png], base: base.yaml }", base: "]")
        }
    }

    @Test(
        "a base is the name of a policy in the same folder",
        arguments: [
            "../base.yaml", "/etc/base.yaml", "sub/base.yaml", ".base.yaml", "base", "base.txt",
            "policy.schema.json", "\"base\\n.yaml\"", "\"\"", "[base.yaml]", "7",
        ])
    func names(name: String) {
        let found = ReadPolicy.diagnostics(
            of: ReadPolicy.text(own: "formats: [png], base: \(name)"))
        #expect(found.map(\.position) == [SourcePosition(line: 1, column: 37)], "\(found)")
        #expect(found.allSatisfy { $0.severity == .error })
    }

    @Test("a served policy is another one when its base has changed, under its own hash")
    func identity() throws {
        let raster = try String(
            decoding: PolicyReader.bytes(path: ReadPolicy.repositoryFile("policies/raster.yaml")),
            as: UTF8.self)
        let folder = try TemporaryFolder()
        let base = try folder.file("raster.yaml", raster)
        let own = try folder.file("own.yaml", "x-glovebox: { formats: [bmp], base: raster.yaml }")
        let old = try ServedPolicy.load([base, own]).served
        _ = try folder.file("raster.yaml", raster + "# changed\n")
        let new = try ServedPolicy.load([base, own]).served
        #expect(ServedPolicy.differences(between: old, new) == ["own", "raster"])
        #expect(!new[1].isSame(as: old[1]))
        #expect(new[1].sha256 == old[1].sha256)
        #expect(
            ServedPolicy.differences(between: new, try ServedPolicy.load([base, own]).served)
                .isEmpty)
    }
}
