import Foundation
import Glibc
import TestSupport
import Testing

// Several files, and files that are none.
extension BrokenPolicy {
    static let bases: [BrokenPolicy] = [
        BrokenPolicy("a format that two policies cover", saying: "jpeg") {
            try $0.setPolicy("photos.yaml", covering("jpeg"))
            return PolicyPlace(file: $0.path())
        },
        BrokenPolicy("a name that is none", saying: "lower-case") {
            try $0.setPolicy(OperatedService.policy, covering("jpeg"))
            try $0.setPolicy("Photos.yaml", covering("png"))
            return PolicyPlace(file: $0.path("Photos.yaml"))
        },
        BrokenPolicy("a base elsewhere", saying: "in this folder") {
            try $0.writePolicy(
                "pictures.yaml", marked: "x-glovebox:\n  base: ▸../raster.yaml\n  formats: [bmp]\n")
        },
        BrokenPolicy("a base that is not there", saying: "cannot be read") {
            try $0.writePolicy(
                "pictures.yaml", marked: "x-glovebox:\n  formats: [bmp]\n  base: ▸rastre.yaml\n")
        },
        BrokenPolicy("a policy that is its own base", saying: "no base of itself") {
            try $0.writePolicy(
                "pictures.yaml", marked: "x-glovebox:\n  base: ▸pictures.yaml\n  formats: [bmp]\n")
        },
        BrokenPolicy("a base of a base", saying: "one level") {
            _ = try $0.writePolicy(
                "second.yaml", marked: "x-glovebox:\n  base: raster.yaml\n  formats: [ico]\n")
            return try $0.writePolicy(
                "pictures.yaml", marked: "x-glovebox:\n\n  base: ▸second.yaml\n  formats: [bmp]\n")
        },
        BrokenPolicy("a base that is broken", saying: "SCMP_ACT_NOTIFY") {
            _ = try $0.writePolicy(
                "pictures.yaml", marked: "x-glovebox:\n  base: raster.yaml\n  formats: [bmp]\n")
            return try $0.writePolicy(
                marked: OperatedService.repositoryPolicy()
                    .mustReplace("SCMP_ACT_NOTIFY", with: "▸SCMP_ACT_NOTFIY"))
        },
    ]

    static let files: [BrokenPolicy] = [
        BrokenPolicy(instead: "a folder", saying: "cannot be read") {
            try FileManager.default.createDirectory(
                atPath: $0, withIntermediateDirectories: false)
        },
        BrokenPolicy(instead: "a FIFO", saying: "no regular file") { path in
            // The path's bytes and their NUL are used within the call.
            let status = unsafe mkfifo(path, 0o644)
            try #require(status == 0)
        },
        BrokenPolicy(instead: "a link to nothing", saying: "cannot be read") {
            try FileManager.default.createSymbolicLink(
                atPath: $0, withDestinationPath: "nothing.yaml")
        },
        BrokenPolicy(instead: "a file that is too large", saying: "larger than") {
            try Data(repeating: UInt8(ascii: "#"), count: 256 << 10 | 1).write(
                to: URL(filePath: $0))
        },
        BrokenPolicy(instead: "bytes that are no text", saying: "UTF-8") {
            try Data([0x23, 0xff, 0x0a]).write(to: URL(filePath: $0))
        },
        BrokenPolicy(instead: "a zero byte", saying: "") {
            try Data([0x23, 0x00, 0x0a]).write(to: URL(filePath: $0))
        },
        BrokenPolicy("a file that is closed to the account", saying: "cannot be read") {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0], ofItemAtPath: $0.path())
            return PolicyPlace(file: $0.path())
        },
    ]

    /// Policies with nothing wrong to be read, under which children die: before they are ready, or
    /// of an image.
    static let deaths: [BrokenPolicy] = [
        BrokenPolicy(
            dying: "no child is ever ready", saying: "violation, close(", unloadable("png")),
        BrokenPolicy(
            dying: "no image can be read", saying: "violation, mmap(NULL, 141, PROT_READ",
            withoutInput),
        // The length of the canary in AVIF, and of no other one.
        BrokenPolicy(
            dying: "one format fails", saying: "A canary in avif failed",
            withoutInput(ofLength: 291)),
        BrokenPolicy(
            dying: "no threads are made", saying: "violation, clone(CLONE_VM|",
            withoutRules(for: "clone]")),
        BrokenPolicy(
            dying: "no locks are waited for", saying: "violation, futex(",
            withoutRules(for: "futex]")),
        BrokenPolicy(
            dying: "threads have no name", saying: "violation, prctl(PR_SET_NAME",
            withoutRules(for: "prctl]")),
        BrokenPolicy(
            dying: "threads cannot register", saying: "violation, rseq(",
            withoutRules(for: "set_robust_list")),
        BrokenPolicy(
            dying: "no stack gets its guard", saying: "violation, mprotect(",
            withoutRules(for: "mprotect]")),
        BrokenPolicy(dying: "the default leaves no record", saying: "without a record") {
            try withoutRules(for: "clone]")($0)
                .mustReplace("SCMP_ACT_NOTIFY", with: "SCMP_ACT_KILL_PROCESS")
        },
        BrokenPolicy("a rule leaves no record", saying: "without a record") {
            let text = try withoutRules(for: "clone]")(OperatedService.repositoryPolicy())
            return try $0.writePolicy(
                marked: text
                    + "\n      - ▸{ names: [clone], action: SCMP_ACT_KILL_PROCESS, comment: no }\n")
        },
        BrokenPolicy("threads are answered with an errno", saying: "no call was denied") {
            try $0.writePolicy(
                marked: answering("clone", OperatedService.repositoryPolicy()))
        },
        BrokenPolicy("a library gives every image up", saying: "refused as broken-image") {
            try $0.writePolicy(
                marked: answering("mprotect", OperatedService.repositoryPolicy()))
        },
        BrokenPolicy("a policy dies by its base", saying: "policy pictures: A canary in bmp") {
            _ = try $0.writePolicy(
                "pictures.yaml", marked: "x-glovebox:\n  base: raster.yaml\n  formats: [bmp]\n")
            return try $0.writePolicy(
                marked: withoutRules(for: "clone]")(OperatedService.repositoryPolicy())
                    .mustReplace("    defaultAction:", with: "    ▸defaultAction:"))
        },
        BrokenPolicy("a policy dies by a rule of its own", saying: "not here") {
            try $0.writePolicy(
                "pictures.yaml",
                marked: """
                    x-glovebox:
                      base: raster.yaml
                      formats: [bmp]
                    linux:
                      seccomp:
                        syscalls:
                          - ▸{ names: [clone], action: SCMP_ACT_NOTIFY, comment: not here }

                    """)
        },
    ]
}

/// A policy in which the rule that allows one call answers it with ENOMEM instead.
private func answering(_ name: String, _ policy: String) throws -> String {
    try policy.mustReplace(
        " [\(name)]\n        action: SCMP_ACT_ALLOW",
        with: " ▸[\(name)]\n        action: SCMP_ACT_ERRNO\n        errnoRet: 12")
}
