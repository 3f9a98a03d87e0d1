import Glibc
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

    @Test("a Podman profile names errno values, and its machine's architecture")
    func podman() throws {
        let document = try Self.read(
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "defaultErrno": "ENOSYS",
             "architectures": ["SCMP_ARCH_NATIVE"],
             "syscalls": [
              {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "errno": "EPERM"},
              {"names": ["umount2"], "action": "SCMP_ACT_ERRNO", "errno": "EINVAL"},
              {"names": ["swapon"], "action": "SCMP_ACT_ERRNO"},
              {"names": ["ptrace"], "action": "SCMP_ACT_TRACE", "errnoRet": 2},
              {"names": ["kill"], "action": "SCMP_ACT_KILL"},
              {"names": ["read"], "action": "SCMP_ACT_ALLOW", "errno": ""}]}
            """)
        #expect(document.profile.defaultAction == .errno(38))
        #expect(document.profile.architectures == [try #require(SeccompArchitecture.native)])
        #expect(
            Self.decided(document, .amd64) == [
                "mount": .errno(1), "umount2": .errno(22), "swapon": .errno(1),
                "ptrace": .trace(2), "kill": .killThread, "read": .allow,
            ])
        #expect(document.diagnostics.map(\.check) == [.notServable, .notHonoured])
        #expect(document.diagnostics.last?.what == "SCMP_ACT_TRACE cannot be honoured")
    }

    @Test("a profile of the Security Profiles Operator is read below spec")
    func kubernetes() throws {
        let document = try Self.read(
            """
            apiVersion: security-profiles-operator.x-k8s.io/v1beta1
            kind: SeccompProfile
            metadata: { namespace: my-namespace, name: profile1 }
            spec:
              defaultAction: SCMP_ACT_LOG
              baseProfileName: runc-v1.1.5
              architectures: [SCMP_ARCH_X86_64]
              syscalls:
                - { action: SCMP_ACT_ALLOW, names: [exit_group] }
            """)
        #expect(document.profile.defaultAction == .log)
        #expect(Self.decided(document, .amd64) == ["exit_group": .allow])
        #expect(document.diagnostics.map(\.check) == [.notServable, .notHonoured])
        #expect(document.diagnostics[1].position == SourcePosition(line: 6, column: 20))
        #expect(document.diagnostics[1].hint.contains("copy its rules to spec.syscalls"))
    }

    @Test("a container's configuration is read for its seccomp part, and the rest is told")
    func container() throws {
        let document = try Self.read(
            """
            {"ociVersion": "1.2.0",
             "process": {"rlimits": [{"type": "RLIMIT_CORE", "hard": 0, "soft": 0}],
                         "args": ["sh"]},
             "linux": {"maskedPaths": ["/proc/kcore"],
                       "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1,
                                   "listenerMetadata": "x",
                                   "syscalls": [{"names": ["mount"],
                                                 "action": "SCMP_ACT_KILL_PROCESS"}]}}}
            """)
        #expect(document.profile.defaultAction == .allow)
        #expect(Self.decided(document, .arm64) == ["mount": .killProcess])
        #expect(document.resourceLimits == [ResourceLimit(.core, soft: 0, hard: 0)])
        let expected: [(PolicyCheck, Int)] = [
            (.notServable, 1), (.notHonoured, 1), (.notHonoured, 3), (.notHonoured, 4),
            (.notHonoured, 5), (.notHonoured, 6),
        ]
        #expect(document.diagnostics.map(\.check) == expected.map(\.0))
        #expect(document.diagnostics.map(\.line) == expected.map(\.1))
    }

    @Test(
        "what a profile's own runtime would refuse or misread is an error with its place",
        arguments: [
            (
                #""archMap": [{"architecture": "SCMP_ARCH_X86_64"}], "architectures": ["SCMP_ARCH_X86_64"]"#,
                "keep one of them"
            ),
            (
                #""syscalls": [{"name": "read", "names": ["write"], "action": "SCMP_ACT_ALLOW"}]"#,
                "keep 'names'"
            ),
            (
                #""syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO", "errno": "ENOSYZ"}]"#,
                "write 'ENOSYS'"
            ),
            (
                #""syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO", "errno": "EPERM", "errnoRet": 2}]"#,
                "keep one of the two"
            ),
            (
                #""syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "errno": "EPERM"}]"#,
                "remove errno,"
            ),
            (
                #""syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMN"]}}]"#,
                "write 'CAP_SYS_ADMIN'"
            ),
            (
                #""syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd46"]}}]"#,
                "write 'amd64'"
            ),
            (
                #""syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8.1"}}]"#,
                "as in '4.8'"
            ),
            (
                #""syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "include": {}}]"#,
                "write 'includes'"
            ),
            (#""architectures": ["SCMP_ARCH_RISCV46"]"#, "write 'SCMP_ARCH_RISCV64'"),
            (#""architectures": ["SCMP_ARCH_RISCV64"]"#, "leave it out"),
            (#""flags": ["SECCOMP_FILTER_FLAG_TSYNC"]"#, "leave it out"),
            (#""flags": ["SECCOMP_FILTER_FLAG_TSINC"]"#, "write 'SECCOMP_FILTER_FLAG_TSYNC'"),
            (#""listenerPath": "/run/agent.sock""#, "leave it out"),
            (#""defaultErrnoRet": 1"#, "remove defaultErrnoRet"),
            (#""sycalls": []"#, "write 'syscalls'"),
        ])
    func mistakes(part: String, remedy: String) throws {
        let text = "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\",\n\(part)}"
        let found = try Self.read(text).diagnostics
        #expect(found.map(\.line) == [1, 2], "\(found)")
        #expect(found.last?.severity == .error)
        #expect(found.last?.hint.contains(remedy) == true, "\(found)")
    }

    @Test(
        "where there is no seccomp part to work on, nothing is made up",
        arguments: [
            ("{\"defaultAction\": \"SCMP_ACT_DENY\"}", "the default action"),
            ("{\"syscalls\": []}", "no 'defaultAction'"),
            ("{\"ociVersion\": \"1.2.0\"}", "no 'linux'"),
            ("{\"linux\": {}}", "no 'seccomp'"), ("{}", "no 'linux'"),
            ("{\"kind\": \"SeccompProfile\", \"apiVersion\": \"v1\"}", "no 'spec'"),
            ("{\"kind\": \"SelinuxProfile\", \"spec\": {}}", "'SelinuxProfile' is not known"),
        ])
    func nothing(text: String, what: String) {
        let error = #expect(throws: PolicyError.self) { try Self.read(text) }
        #expect(error?.diagnostics.contains { $0.what.contains(what) } == true, "\(error as Any)")
    }

    @Test("a policy of ours keeps to the specification's words and says what to write for others")
    func strictness() {
        let found = ReadPolicy.diagnostics(
            of: ReadPolicy.text(
                rules: "- { name: read, action: SCMP_ACT_ERRNO, errno: EPERM, includes: {} }"))
        #expect(found.map(\.check) == [.notHonoured, .notHonoured, .notHonoured])
        #expect(found.map(\.hint)[1] == "write 'errnoRet' with its number")
    }

    @Test("every architecture of the specification is known")
    func architectures() {
        #expect(ArchitectureSection.foreign.count + SeccompArchitecture.allCases.count == 23)
        let own = Set(SeccompArchitecture.allCases.map(\.rawValue))
        #expect(own.isDisjoint(with: ArchitectureSection.foreign))
    }

    @Test("errno names have the numbers of this machine's C library")
    func errnoNames() {
        let known: [(String, Int32)] = [
            ("EPERM", EPERM), ("EAGAIN", EAGAIN), ("EWOULDBLOCK", EWOULDBLOCK),
            ("ENOTDIR", ENOTDIR),
            ("ESPIPE", ESPIPE), ("ENOSYS", ENOSYS), ("ELOOP", ELOOP), ("ENOMSG", ENOMSG),
            ("ENOCSI", ENOCSI), ("EBFONT", EBFONT), ("ENODATA", ENODATA), ("EPROTO", EPROTO),
            ("ELIBSCN", ELIBSCN), ("EPROTOTYPE", EPROTOTYPE), ("ENOTSUP", ENOTSUP),
            ("EPFNOSUPPORT", EPFNOSUPPORT), ("EISCONN", EISCONN), ("ETIMEDOUT", ETIMEDOUT),
            ("EINPROGRESS", EINPROGRESS), ("ESTALE", ESTALE), ("ECANCELED", ECANCELED),
            ("EHWPOISON", EHWPOISON), ("EDEADLOCK", EDEADLOCK),
        ]
        for (name, number) in known {
            #expect(ErrnoNames.number(of: name).map(Int32.init) == number, "\(name)")
        }
        // 41 and 58 are nobody's, and 133 is the last.
        #expect(Set(ErrnoNames.all.compactMap(ErrnoNames.number)).count == 131)
    }

    @Test(
        "the runtimes' own default profiles are read whole and refused for serving",
        arguments: [
            ("docker-20.10.24.json", "clone3", SeccompAction.errno(38), 1),
            ("containers-common-0.50.1.json", "bdflush", SeccompAction.errno(1), 38),
        ])
    func defaults(file: String, name: String, action: SeccompAction, standard: UInt16) throws {
        let document = try PolicyReader.document(
            path: ReadPolicy.repositoryFile("Tests/Fixtures/Profiles/\(file)"))
        #expect(document.profile.defaultAction == .errno(standard))
        #expect(document.profile.architectures == [.amd64, .arm64])
        // What cannot be honoured of them are the three foreign architectures beside ours.
        #expect(
            document.diagnostics.map(\.check) == [.notServable]
                + Array(repeating: .notHonoured, count: 3))
        for architecture in SeccompArchitecture.allCases {
            let decided = Self.decided(document, architecture)
            #expect(decided[name] == action)
            #expect(decided["read"] == .allow)
            #expect(decided["execve"] == .allow)
            #expect(decided["arch_prctl"] == (architecture == .amd64 ? .allow : nil))
            #expect(decided["mount"] != .allow || file.hasPrefix("containers"))
        }
        let error = #expect(throws: PolicyError.self) { try document.servable() }
        let checks = Set(error?.diagnostics.filter { $0.severity == .error }.map(\.check) ?? [])
        #expect(checks.isSuperset(of: [.notServable, .openDefault, .dangerousGrant]))
    }
}
