import Descriptors
import Glibc
import ImageVocabulary
import NIOCore
import RequestSyntax

/// One of the files that a command line names, or that are in a folder which it names.
struct SourceFile: Equatable, Sendable {
    let path: String
    /// Its path below the folder that was named, or its own name.
    let name: String
    /// Whether it was named itself: then it has to be an image.
    let isNamed: Bool
    /// What it is on its file system.
    let identity: FileIdentity

    /// The files of a command line in its order, those of a folder by name. Each file comes once.
    static func all(_ paths: [String]) throws(CommandFailure) -> [SourceFile] {
        var files: [SourceFile] = []
        var known: Set<FileIdentity> = []
        for path in paths {
            guard path != "-" else {
                throw .usage("Standard input cannot be one of several images. Name files.")
            }
            guard let identity = FileIdentity(path) else {
                throw .failed("There is no file \(path).")
            }
            let found =
                identity.isFolder
                ? try Corpus.names(below: path).compactMap { name in
                    FileIdentity("\(path)/\(name)").map {
                        SourceFile(
                            path: "\(path)/\(name)", name: name, isNamed: false, identity: $0)
                    }
                }
                : [
                    SourceFile(
                        path: path, name: path.split(separator: "/").last.map(String.init) ?? path,
                        isNamed: true, identity: identity)
                ]
            files += found.filter { known.insert($0.identity).inserted }
        }
        return files
    }

    /// Its bytes and their format; nil for a file that nobody named and that is no image. Blocks.
    func read(atMost limit: Int) throws(CommandFailure) -> SourceBytes? {
        let bytes = try Privileges.asStarter { () throws(CommandFailure) in
            try contents(atMost: limit)
        }
        guard let bytes else { return nil }
        do throws(Problem) {
            return try SourceBytes(bytes, sha256: InputDigest.hex(of: bytes), announced: .nothing)
        } catch {
            throw .failed(error.detail)
        }
    }

    /// nil for a file that nobody named and that is no image.
    private func contents(atMost limit: Int) throws(CommandFailure) -> ByteBuffer? {
        if !isNamed, let file = try? Descriptor(opening: path, as: .file),
            let start = try? file.read(atMost: ImageSignature.longestNeeded),
            ImageSignature.sniff(start.span) == nil
        {
            return nil
        }
        return try InputFile.read(path, atMost: limit)
    }
}

/// What a path leads to, by the numbers of its file system.
struct FileIdentity: Hashable, Sendable {
    let device: UInt
    let number: UInt
    let isFolder: Bool

    /// nil where there is nothing, or nothing that may be seen.
    init?(_ path: String) {
        var status = stat()
        // The path is read within the call, which writes into the structure alone.
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        number = UInt(status.st_ino)
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }
}
