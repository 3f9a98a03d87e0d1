import ImageVocabulary
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Reading policy files")
struct PolicyReaderTests {
    @Test("every part of a policy arrives as it is written")
    func everything() throws {
        let policy = try ReadPolicy.document(
            """
            {
              "x-glovebox": {
                "formats": ["png", "avif"],
                "posture": {"required": ["seccomp", "landlock"]},
                "limits": {"pixels": 0x10, "width": 7, "height": 8, "frames": 2, "cpu": 3,
                           "memory": 2097152, "threads": 4, "inputBytes": 5, "outputBytes": 6}
              },
              "process": {"rlimits": [{"type": "RLIMIT_NOFILE", "hard": 8, "soft": 7}]},
              "linux": {
                "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "mount"},
                  {"type": "user"}, {"type": "ipc"}, {"type": "uts"}, {"type": "cgroup"}],
                "seccomp": {
                  "defaultAction": "SCMP_ACT_KILL_PROCESS",
                  "architectures": ["SCMP_ARCH_AARCH64"], "flags": [],
                  "syscalls": [{
                    "names": ["mmap", "open"], "action": "SCMP_ACT_ALLOW", "comment": "why",
                    "args": [
                      {"index": 2, "value": 18446744073709551615, "op": "SCMP_CMP_LE"},
                      {"index": 0, "value": 0xFF, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}]
                  }]
                }
              }
            }
            """)
        let own = try #require(policy.glovebox)
        #expect(policy.name == "test")
        #expect(policy.path == "test.yaml")
        #expect(own.formats == [.png, .avif])
        #expect(own.requiredLayers == Layer.alwaysRequired + [.landlock])
        #expect(policy.resourceLimits == [ResourceLimit(.openFiles, soft: 7, hard: 8)])
        #expect(
            own.limits
                == PolicyLimits(
                    job: JobLimits(
                        inputBytes: 5, width: 7, height: 8, pixels: 16, frames: 2, outputBytes: 6),
                    memory: 2_097_152, cpuSeconds: 3, threads: 4))
        #expect(policy.profile.defaultAction == .killProcess)
        #expect(policy.profile.architectures == [.arm64])
        let rule = try #require(policy.profile.rules.first).rule
        #expect(rule.names.map(\.text) == ["mmap", "open"])
        #expect(rule.names[1].position == SourcePosition(line: 16, column: 27))
        #expect(rule.action == .allow)
        #expect(rule.comment == "why")
        #expect(
            rule.conditions == [
                ArgumentCondition(index: 2, .lessOrEqual, value: .max),
                ArgumentCondition(index: 0, .maskedEqual, value: 255, valueTwo: 1),
            ])
        #expect(policy.diagnostics.isEmpty)
    }

    @Test("what is not written has its safe default")
    func defaults() throws {
        let policy = try ReadPolicy.document(ReadPolicy.text())
        let own = try #require(policy.glovebox)
        #expect(
            Set(Layer.allCases).subtracting(own.requiredLayers) == [
                .groups, .memoryDenyWriteExecute, .speculationControl, .landlock, .cgroup,
            ])
        #expect(own.limits == PolicyLimits())
        #expect(policy.profile.architectures == [try #require(SeccompArchitecture.native)])
    }

    @Test("a policy is served with its rules for this machine, and lints clean")
    func served() throws {
        let policy = try PolicyReader.read(
            path: ReadPolicy.repositoryFile("policies/raster.yaml"))
        #expect(policy.name == "raster")
        #expect(policy.formats == [.jpeg, .png, .webp, .gif, .tiff, .avif])
        #expect(policy.warnings.isEmpty, "\(policy.warnings)")
        #expect(policy.seccomp.rules.count > 40)
    }

    @Test(
        "a policy that lint finds an error in is not served", arguments: ["ALLOW", "KILL", "TRACE"])
    func unfit(action: String) throws {
        let text = ReadPolicy.text().replacing("SCMP_ACT_NOTIFY", with: "SCMP_ACT_\(action)")
        let document = try ReadPolicy.document(text)
        #expect(document.diagnostics.isEmpty)
        let error = #expect(throws: PolicyError.self) { try document.servable() }
        let found = try #require(error?.diagnostics.first { $0.check == .openDefault })
        #expect(found.position == SourcePosition(line: 4, column: 20))
    }

    @Test("a file whose name is no label is read, and not served")
    func names() throws {
        for path in ["/x/Raster.yaml", "a b.yaml", String(repeating: "a", count: 33) + ".yaml"] {
            let document = try ReadPolicy.document(ReadPolicy.text(), path: path)
            #expect(document.diagnostics.isEmpty)
            let error = #expect(throws: PolicyError.self) { try document.servable() }
            let first = try #require(error?.diagnostics.first)
            #expect(first.what.contains("cannot be called"), "\(first)")
            #expect(first.file == path)
        }
    }

    @Test("of the folder only policies are policies")
    func files() {
        let names = [
            "raster.yaml", "a.json", ".hidden.yaml", "policy.schema.json", "README.md", "a.yml",
        ]
        #expect(names.filter(PolicyReader.isPolicyFile) == ["raster.yaml", "a.json"])
    }
}
