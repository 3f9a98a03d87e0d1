import Foundation
import Glibc
import TestSupport
import Testing

/// A folder of policies that a reload must refuse, and the place that the reason must name.
struct BrokenPolicy: Sendable, CustomTestStringConvertible {
    let what: String
    /// What else the reason says.
    let saying: String
    /// Breaks the service's folder.
    ///
    /// - Returns: what the reason must name.
    let make: @Sendable (OperatedService) throws -> PolicyPlace

    var testDescription: String { what }

    init(
        _ what: String, saying: String,
        _ make: @escaping @Sendable (OperatedService) throws -> PolicyPlace
    ) {
        self.what = what
        self.saying = saying
        self.make = make
    }

    /// One part of the repository's policy is another, with the mark in it.
    init(_ what: String, saying: String, change old: String, to new: String) {
        self.init(what, saying: saying) {
            let text = try OperatedService.repositoryPolicy()
            let range = try #require(text.range(of: old))
            return try $0.writePolicy(marked: text.replacingCharacters(in: range, with: new))
        }
    }

    /// The repository's policy with one rule more, with the mark in it.
    init(_ what: String, saying: String, rule: String) {
        self.init(what, saying: saying) {
            let text = try OperatedService.repositoryPolicy()
            return try $0.writePolicy(marked: "\(text)\n      - \(rule)\n")
        }
    }

    /// The repository's policy changed so that children die, and the reason is the default action.
    init(
        dying what: String, saying: String,
        _ change: @escaping @Sendable (String) throws -> String
    ) {
        self.init(what, saying: saying) {
            let text = try change(OperatedService.repositoryPolicy())
            return try $0.writePolicy(
                marked: text.mustReplace("    defaultAction:", with: "    ▸defaultAction:"))
        }
    }

    /// Something else in place of the repository's policy.
    init(
        instead what: String, saying: String,
        _ make: @escaping @Sendable (_ path: String) throws -> Void
    ) {
        self.init(what, saying: saying) {
            let path = $0.path()
            try FileManager.default.removeItem(atPath: path)
            try make(path)
            return PolicyPlace(file: path)
        }
    }

    static let all = form + rules + bases + files + deaths
}

// Texts.
extension BrokenPolicy {
    private static let form: [BrokenPolicy] = [
        BrokenPolicy("no YAML", saying: "", change: "    memory:", to: "▸\tmemory:"),
        BrokenPolicy("nothing", saying: "no policy") { try $0.writePolicy(marked: "▸") },
        BrokenPolicy(
            "a second document", saying: "document",
            change: "process:", to: "▸---\nprocess:"),
        BrokenPolicy(
            "an anchor", saying: "anchor",
            change: "formats: [jpeg", to: "formats: ▸&all [jpeg"),
        BrokenPolicy(
            "a mistyped key", saying: "'frames'", change: "    frames:", to: "    ▸frame:"),
        BrokenPolicy("a key twice", saying: "", change: "    cpu:", to: "    ▸cpu: 9\n    cpu:"),
        BrokenPolicy("a list for a number", saying: "cpu", change: "cpu: 10", to: "cpu: ▸[10]"),
        BrokenPolicy("no threads", saying: "threads", change: "threads: 16", to: "threads: ▸0"),
        BrokenPolicy("a format that is none", saying: "'png'", change: ", png,", to: ", ▸pngg,"),
        BrokenPolicy(
            "a layer that is none", saying: "cgroup", change: "- seccomp", to: "- ▸cgroup"),
        BrokenPolicy(
            "an action that is none", saying: "SCMP_ACT_NOTIFY",
            change: "SCMP_ACT_NOTIFY", to: "▸SCMP_ACT_NOTIFI"),
        BrokenPolicy(
            "an open default", saying: "SCMP_ACT_NOTIFY",
            change: "SCMP_ACT_NOTIFY", to: "▸SCMP_ACT_ALLOW"),
        BrokenPolicy(
            "a default that answers", saying: "SCMP_ACT_NOTIFY",
            change: "SCMP_ACT_NOTIFY", to: "▸SCMP_ACT_ERRNO"),
        BrokenPolicy(
            "no rules for this machine", saying: "SCMP_ARCH_X86_64",
            change: "architectures: [SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64]",
            to: "architectures: ▸[SCMP_ARCH_RISCV64]"),
    ]

    private static let rules: [BrokenPolicy] = [
        BrokenPolicy(
            "a denied name that is none", saying: "lseek",
            rule: "{ names: [▸lseak], action: SCMP_ACT_ERRNO, comment: it }"),
        BrokenPolicy(
            "an errno that nothing carries", saying: "errno",
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, errnoRet: ▸1, comment: it }"),
        BrokenPolicy(
            "a result outside its mask", saying: "mask",
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, comment: it, args: "
                + "[{ index: 0, value: 3, valueTwo: ▸4, op: SCMP_CMP_MASKED_EQ }] }"),
        BrokenPolicy(
            "two conditions on one argument", saying: "argument 1",
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, comment: it, args: "
                + "[{ index: 1, value: 1, op: SCMP_CMP_GE }, ▸{ index: 1, value: 9, "
                + "op: SCMP_CMP_LE }] }"),
        BrokenPolicy(
            "an int that is not a value", saying: "mask",
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, comment: it, args: "
                + "[▸{ index: 0, value: 3, op: SCMP_CMP_NE }] }"),
        BrokenPolicy(
            "two answers for one call", saying: "close",
            rule: "{ names: [▸close], action: SCMP_ACT_ERRNO, comment: it }"),
        BrokenPolicy(
            "a call that looks into other processes", saying: "ptrace",
            rule: "{ names: [▸ptrace], action: SCMP_ACT_ALLOW, comment: it }"),
        BrokenPolicy(
            "a call for new processes", saying: "clone3",
            change: "[clone3]\n        action: SCMP_ACT_ERRNO\n        errnoRet: 38",
            to: "[▸clone3]\n        action: SCMP_ACT_ALLOW"),
        BrokenPolicy(
            "a file by any name", saying: "openat2",
            rule: "{ names: [▸openat2], action: SCMP_ACT_ALLOW, comment: it }"),
        BrokenPolicy(
            "memory that can be executed", saying: "PROT_EXEC",
            rule: "{ names: [▸mprotect], action: SCMP_ACT_ALLOW, comment: it }"),
        BrokenPolicy(
            "a killed thread", saying: "SCMP_ACT_KILL_PROCESS",
            rule: "{ names: [dup3], action: ▸SCMP_ACT_KILL_THREAD, comment: it }"),
        BrokenPolicy("no way to end", saying: "exit_group") {
            let text = try OperatedService.repositoryPolicy()
                .mustReplace("[exit, exit_group]", with: "[exit]")
                .mustReplace("defaultAction:", with: "▸defaultAction:")
            return try $0.writePolicy(marked: text)
        },
        BrokenPolicy("a program that the kernel does not take", saying: "instructions") {
            let many = (1...900).map { number in
                let name = ["pread64", "pwrite64", "fallocate", "readahead"][number % 4]
                let value = number << 32 | number
                return "      - { names: [\(name)], action: SCMP_ACT_ALLOW, comment: it, args: "
                    + "[{ index: 1, value: \(value), op: SCMP_CMP_EQ }, "
                    + "{ index: 2, value: \(value), op: SCMP_CMP_EQ }] }\n"
            }
            let text = try OperatedService.repositoryPolicy()
            return try $0.writePolicy(marked: "▸\(text)\n\(many.joined())")
        },
    ]
}
