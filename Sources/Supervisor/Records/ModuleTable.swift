import WireProtocol

/// Where a generation's children have their code: it turns an address into a file's build and the
/// address within it, which is the one that `addr2line` and `llvm-symbolizer` take.
struct ModuleTable: Sendable {
    private let modules: [Module]

    private struct Module {
        let name: String
        let build: String
        let bias: UInt64
        /// Where its code is in memory.
        let code: Range<UInt64>
    }

    init(_ libraries: [LibraryBuild]) {
        // By the word of a zygote that has seen no image; and yet nothing is taken for granted.
        modules = libraries.compactMap { library in
            let (start, one) = library.bias.addingReportingOverflow(library.code.lowerBound)
            let (end, other) = library.bias.addingReportingOverflow(library.code.upperBound)
            guard !one, !other, start < end else { return nil }
            return Module(
                name: library.name, build: library.build, bias: library.bias, code: start..<end)
        }
    }

    /// The frame at an address, without a function's name.
    func frame(at address: UInt64) -> CrashStack.Frame {
        guard let module = modules.first(where: { $0.code.contains(address) }) else {
            return CrashStack.Frame(offset: Self.hex(address))
        }
        return CrashStack.Frame(
            module: module.name, build: module.build.isEmpty ? nil : module.build,
            offset: Self.hex(address - module.bias))
    }

    static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
