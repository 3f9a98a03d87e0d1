internal import CLinux
internal import WireProtocol

/// Which builds of which files a zygote's children run: by them a record's addresses can be read long
/// after an update.
enum LoadedLibraries {
    private static let most = 180

    /// The program first, then the libraries in the order in which the dynamic linker has them. Each
    /// lies at the same place in every child.
    static func find() -> [LibraryBuild] {
        var found = [clinux_library](repeating: clinux_library(), count: most)
        // The function writes at most as many elements as there are.
        let count = unsafe found.withUnsafeMutableBufferPointer { buffer in
            unsafe clinux_libraries(buffer.baseAddress, CInt(buffer.count))
        }
        return found.prefix(Int(count)).enumerated().map { index, library in
            // Arrays of C are tuples here, whose bytes stand in order.
            let name = unsafe withUnsafeBytes(of: library.name) {
                unsafe Array($0.prefix(Int(library.name_length)))
            }
            let build = unsafe withUnsafeBytes(of: library.build) {
                unsafe Array($0.prefix(Int(library.build_length)))
            }
            let isProgram = index == 0 && name.isEmpty
            return LibraryBuild(
                name: isProgram ? Array("glovebox-sandbox".utf8) : name, build: build,
                bias: library.bias, code: library.code_start..<library.code_end)
        }
    }
}
