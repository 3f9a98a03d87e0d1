import Descriptors
import Glibc

/// The functions of one ELF file (elf(5)), 64 bits and little-endian: what an address in it is called.
///
/// Every number in the file is an outsider's: sizes are held against the file and against fixed bounds
/// before memory is taken, and what does not fit is no symbol.
struct ELFSymbols {
    /// In lower-case hex; nil where the file has none.
    let build: String?
    private let functions: [Function]

    private struct Function {
        let address: UInt64
        let size: UInt64
        let name: Range<Int>
    }

    private let names: [UInt8]

    private static let largestTable = 64 << 20
    private static let mostSections = 4_096
    private static let longestName = 200

    /// Reads a file. Blocks; nil for what is no such file, or cannot be read.
    init?(path: String) {
        guard let file = try? Descriptor(opening: path, as: .file),
            let header = Self.read(file, at: 0, count: 64),
            header.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        else { return nil }
        let size = Int(number(header, at: 0x3a, bytes: 2))
        let count = Int(number(header, at: 0x3c, bytes: 2))
        guard size == 64, (1...Self.mostSections).contains(count),
            let table = Self.read(
                file, at: number(header, at: 0x28, bytes: 8), count: size * count)
        else { return nil }
        let sections = (0..<count).map { Section(table, at: $0 * size) }
        build =
            sections.lazy.filter { $0.type == 7 }
            .compactMap { Self.read(file, $0) }.compactMap(Self.build).first
        // A file that was stripped has its dynamic symbols alone.
        let chosen = sections.first { $0.type == 2 } ?? sections.first { $0.type == 11 }
        guard let chosen, sections.indices.contains(chosen.link),
            let symbols = Self.read(file, chosen),
            let names = Self.read(file, sections[chosen.link])
        else {
            (functions, self.names) = ([], [])
            return
        }
        self.names = names
        functions = stride(from: 0, to: symbols.count / 24 * 24, by: 24).compactMap {
            Self.function(symbols, at: $0, names)
        }
    }

    /// The function that an address of the file lies in.
    func name(at address: UInt64) -> String? {
        let found = functions.first { function in
            address >= function.address && address - function.address < function.size
        }
        return found.map { String(decoding: names[$0.name], as: UTF8.self) }
    }

    private struct Section {
        let type: UInt64
        let offset: UInt64
        let size: UInt64
        let link: Int

        init(_ table: [UInt8], at start: Int) {
            type = number(table, at: start + 4, bytes: 4)
            offset = number(table, at: start + 0x18, bytes: 8)
            size = number(table, at: start + 0x20, bytes: 8)
            link = Int(number(table, at: start + 0x28, bytes: 4))
        }
    }

    /// A defined function (STT_FUNC) with a size.
    private static func function(
        _ symbols: [UInt8], at start: Int, _ names: [UInt8]
    ) -> Function? {
        let size = number(symbols, at: start + 16, bytes: 8)
        let name = Int(number(symbols, at: start, bytes: 4))
        guard symbols[start + 4] & 0xf == 2, number(symbols, at: start + 6, bytes: 2) != 0,
            size > 0, names.indices.contains(name),
            let end = names[name...].prefix(longestName + 1).firstIndex(of: 0), end > name
        else { return nil }
        return Function(
            address: number(symbols, at: start + 8, bytes: 8), size: size, name: name..<end)
    }

    /// The note NT_GNU_BUILD_ID.
    private static func build(_ notes: [UInt8]) -> String? {
        var start = 0
        while start + 12 <= notes.count {
            let owner = Int(number(notes, at: start, bytes: 4))
            let length = Int(number(notes, at: start + 4, bytes: 4))
            let text = start + 12 + (owner + 3) / 4 * 4
            guard owner <= notes.count, length <= notes.count, text + length <= notes.count else {
                return nil
            }
            if number(notes, at: start + 8, bytes: 4) == 3,
                notes[(start + 12)...].starts(with: [0x47, 0x4e, 0x55, 0])
            {
                return Hexadecimal.text(notes[text..<(text + length)])
            }
            start = text + (length + 3) / 4 * 4
        }
        return nil
    }

    private static func read(_ file: borrowing Descriptor, _ section: Section) -> [UInt8]? {
        guard section.size <= UInt64(largestTable) else { return nil }
        return read(file, at: section.offset, count: Int(section.size))
    }

    private static func read(
        _ file: borrowing Descriptor, at offset: UInt64, count: Int
    ) -> [UInt8]? {
        guard let size = try? file.regularFileSize(), count <= largestTable,
            let offset = Int(exactly: offset), offset <= size, count <= size - offset
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        let descriptor = file.number
        // pread writes at most `count` bytes into the array within the call.
        let result = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, count, off_t(offset))
        }
        return result == count ? bytes : nil
    }
}

/// A little-endian number; the bytes are there.
private func number(_ bytes: [UInt8], at start: Int, bytes count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
}
