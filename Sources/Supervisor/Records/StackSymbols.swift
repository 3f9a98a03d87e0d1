/// Names the functions of a stack from the files on this machine, for whoever reads a record here.
///
/// A file counts only where its build id is the frame's: after an update the names of the new file
/// would be wrong for the old addresses.
struct StackSymbols {
    /// Where files are looked for, in this order.
    private let folders: [String]

    /// Where Debian has libraries, and debug files beside them.
    private static let standard = [
        "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/lib64",
    ]

    /// - Parameter folders: those of the programs and of the chosen libvips.
    init(folders: [String]) { self.folders = folders + Self.standard }

    /// The stack with a name for each frame whose file is here. Blocks.
    func named(_ stack: CrashStack) -> CrashStack {
        var stack = stack
        var known: [String: ELFSymbols?] = [:]
        stack.frames = stack.frames?.map { frame in
            guard frame.function == nil, let module = frame.module, let build = frame.build,
                let offset = Self.number(frame.offset)
            else { return frame }
            let key = "\(module) \(build)"
            let symbols = known[key] ?? symbols(of: module, build)
            known[key] = .some(symbols)
            var frame = frame
            frame.function = symbols?.name(at: offset).map { UntrustedText.printable($0) }
            return frame
        }
        return stack
    }

    private func symbols(of module: String, _ build: String) -> ELFSymbols? {
        // The zygote has both from the linker, but the log may have been written to: what leads
        // elsewhere is none.
        guard !module.isEmpty, !module.contains("/"), !module.hasPrefix("."), Self.isBuild(build)
        else { return nil }
        let debug = "/usr/lib/debug/.build-id/\(build.prefix(2))/\(build.dropFirst(2)).debug"
        for path in [debug] + folders.map({ "\($0)/\(module)" }) {
            if let symbols = ELFSymbols(path: path), symbols.build == build { return symbols }
        }
        return nil
    }

    /// Of a build id there are as many hex digits as its hash has, of which SHA-512 has the most.
    private static func isBuild(_ text: String) -> Bool {
        (3...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            }
    }

    private static func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : nil
    }
}

extension CrashRecord {
    /// The record with names for its frames.
    func named(by symbols: StackSymbols) -> CrashRecord {
        var record = self
        record.observed.stack = observed.stack.map(symbols.named)
        record.reported.stack = reported.stack.map(symbols.named)
        return record
    }
}
