import CSeccomp
import Foundation
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The catalogue of system calls")
struct SyscallCatalogueTests {
    /// libseccomp's number for a name, negative where it has none on the architecture.
    private static func libraryNumber(_ name: String, _ architecture: SeccompArchitecture) -> Int32
    {
        // The pointer is to the string's own bytes, for this call only.
        unsafe seccomp_syscall_resolve_name_arch(architecture.auditValue, name)
    }

    private static func libraryName(_ number: Int32, _ architecture: SeccompArchitecture) -> String?
    {
        // The string is malloc'ed for the caller.
        guard let name = unsafe seccomp_syscall_resolve_num_arch(architecture.auditValue, number)
        else { return nil }
        defer { unsafe free(name) }
        return unsafe String(cString: name)
    }

    @Test("libseccomp has the same name for every number", arguments: SeccompArchitecture.allCases)
    func namesOfLibrary(_ architecture: SeccompArchitecture) throws {
        var compared = 0
        for number in Int32(0)..<1024 {
            guard let name = Self.libraryName(number, architecture) else { continue }
            compared += 1
            let entry = SyscallCatalogue.entry(number: UInt32(number), on: architecture)
            #expect(entry?.name == name, "number \(number)")
        }
        // 2.5.4 knows 361 on x86-64 and 306 on AArch64.
        #expect(compared >= (architecture == .amd64 ? 361 : 306))
    }

    @Test(
        "libseccomp has the same number for every name that is not newer",
        arguments: SeccompArchitecture.allCases)
    func numbersOfLibrary(_ architecture: SeccompArchitecture) {
        for entry in SyscallCatalogue.all {
            let library = Self.libraryNumber(entry.name, architecture)
            guard let number = entry.number(on: architecture) else {
                #expect(library < 0, "\(entry.name)")
                continue
            }
            // Up to 450 libseccomp 2.5.4 knows them all, but for the two for probes.
            if library < 0 {
                #expect(number > 450 || [335, 336].contains(number), "\(entry.name)")
            }
            if library >= 0 { #expect(library == Int32(number), "\(entry.name)") }
        }
    }

    @Test("the kernel's own headers have the same numbers, each with one row")
    func headers() throws {
        #if arch(x86_64)
            let amd64 = try Self.numbers(in: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
            #expect(amd64.count > 350)
            for (name, number) in amd64 {
                #expect(SyscallCatalogue.entry(name)?.amd64 == number, "\(name)")
            }
        #endif
        let generic = try Self.numbers(in: "/usr/include/asm-generic/unistd.h")
        #expect(generic.count > 270)
        // 403 to 423 are for machines of 32 bits; sync_file_range2 is for others than AArch64.
        for (name, number) in generic where !(403...423).contains(number) {
            if ["syscalls", "arch_specific_syscall", "sync_file_range2"].contains(name) {
                continue
            }
            #expect(SyscallCatalogue.entry(name)?.arm64 == number, "\(name)")
        }
    }

    /// The numbers that a header defines in plain digits, by name.
    private static func numbers(in path: String) throws -> [String: UInt32] {
        let text = try Data(contentsOf: URL(filePath: path))
        var found: [String: UInt32] = [:]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == 0x20 || $0 == 0x09 }
                .map { String(decoding: $0, as: UTF8.self) }
            guard words.count >= 3, words[0] == "#define", words[1].hasPrefix("__NR_"),
                let number = UInt32(words[2])
            else { continue }
            found[String(words[1].dropFirst(5))] = number
        }
        return found
    }

    @Test("every row says what it has to")
    func rows() {
        #expect(Set(SyscallCatalogue.all.map(\.name)).count == SyscallCatalogue.all.count)
        for entry in SyscallCatalogue.all {
            #expect(entry.arguments.count <= 6, "\(entry.name)")
            #expect(!entry.purpose.isEmpty && !entry.purpose.hasSuffix("."), "\(entry.name)")
            #expect((entry.risk == nil) == (entry.exposure == .harmless), "\(entry.name)")
            #expect(entry.amd64 != nil || entry.arm64 != nil, "\(entry.name)")
            if let number = entry.amd64, number >= 424 {
                #expect(entry.arm64 == number, "\(entry.name)")
            }
        }
        for group in SyscallEntry.Group.allCases {
            #expect(SyscallCatalogue.all.contains { $0.group == group }, "\(group)")
        }
    }

    @Test("no number between the first and the newest is missing where the kernel has them all")
    func complete() {
        // 335 and 336 are x86-64's probes; 337 to 423 are not used there (syscall_64.tbl).
        for number in Array(UInt32(0)...336) + Array(424...471) {
            #expect(SyscallCatalogue.entry(number: number, on: .amd64) != nil, "\(number)")
        }
        // 244 to 259 are for single architectures, 295 to 423 for 32 bits (asm-generic/unistd.h).
        for number in Array(UInt32(0)...243) + Array(260...294) + Array(424...471) {
            #expect(SyscallCatalogue.entry(number: number, on: .arm64) != nil, "\(number)")
        }
    }

    @Test("a name is a number here, a call of other architectures, or nothing")
    func lookup() {
        #expect(SyscallNames.lookup("open", on: .amd64) == .number(2))
        #expect(SyscallNames.lookup("open", on: .arm64) == .elsewhere)
        #expect(SyscallNames.lookup("read", on: .arm64) == .number(63))
        // Names in the default profiles of Docker and Podman.
        for name in [
            "riscv_hwprobe", "riscv_flush_icache", "arm_fadvise64_64", "breakpoint", "set_tls",
            "s390_pci_mmio_read", "swapcontext", "clock_gettime64", "_newselect",
            "pciconfig_iobase",
        ] {
            for architecture in SeccompArchitecture.allCases {
                #expect(SyscallNames.lookup(name, on: architecture) == .elsewhere, "\(name)")
            }
        }
        for name in ["", "opne", "Read", "read ", "number 5"] {
            #expect(SyscallNames.lookup(name, on: .amd64) == .unknown, "\(name)")
        }
    }
}
