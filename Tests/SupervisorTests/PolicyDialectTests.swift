import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Reading the profiles of container runtimes")
struct PolicyDialectTests {
    private static func read(_ text: String) throws(PolicyError) -> PolicyDocument {
        try PolicyReader.document(Array(text.utf8), path: "profile.json")
    }

    /// The names that a document's rules have for an architecture, with their actions.
    private static func decided(
        _ document: PolicyDocument, _ architecture: SeccompArchitecture,
        _ kernel: KernelVersion = KernelVersion(6, 1)
    ) -> [String: SeccompAction] {
        var found: [String: SeccompAction] = [:]
        for rule in document.rules(for: architecture, kernel: kernel).rules {
            for name in rule.names { found[name.text] = rule.action }
        }
        return found
    }

    private static let docker = """
        {
        \t"defaultAction": "SCMP_ACT_ERRNO",
        \t"archMap": [
        \t\t{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
        \t\t{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": null},
        \t\t{"architecture": "SCMP_ARCH_S390X", "subArchitectures": ["SCMP_ARCH_S390"]}
        \t],
        \t"syscalls": [
        \t\t{"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [], "comment": "",
        \t\t "includes": {}, "excludes": {}},
        \t\t{"name": "write", "action": "SCMP_ACT_ALLOW", "args": null},
        \t\t{"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
        \t\t{"names": ["mount"], "action": "SCMP_ACT_ALLOW",
        \t\t "includes": {"caps": ["CAP_SYS_ADMIN"]}},
        \t\t{"names": ["clone"], "action": "SCMP_ACT_ALLOW",
        \t\t "excludes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["s390", "s390x"]}},
        \t\t{"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW",
        \t\t "includes": {"arches": ["amd64", "x32"]}},
        \t\t{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
        \t\t "excludes": {"arches": ["arm64"]}}
        \t]
        }
        """

    @Test("a Docker profile is decided for a child without capabilities")
    func docker() throws {
        let document = try Self.read(Self.docker)
        #expect(document.profile.defaultAction == .errno(1))
        #expect(document.profile.architectures == [.amd64, .arm64])
        #expect(document.glovebox == nil)
        let common: [String: SeccompAction] = ["read": .allow, "write": .allow, "clone": .allow]
        let amd64: [String: SeccompAction] = ["arch_prctl": .allow, "clone3": .errno(38)]
        #expect(
            Self.decided(document, .amd64)
                == common.merging(amd64) { $1 }.merging(["ptrace": .allow]) { $1 })
        #expect(Self.decided(document, .arm64) == common.merging(["ptrace": .allow]) { $1 })
        #expect(
            Self.decided(document, .amd64, KernelVersion(4, 7)) == common.merging(amd64) { $1 })
        #expect(
            document.diagnostics.map(\.check) == [.notServable, .notHonoured],
            "\(document.diagnostics)")
        #expect(document.diagnostics[1].position == SourcePosition(line: 4, column: 61))
    }
}
