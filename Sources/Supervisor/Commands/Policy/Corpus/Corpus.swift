import Descriptors
import FoundationEssentials
import Glibc
import ImageVocabulary
import NIOCore
import RequestSyntax

/// Images that somebody trusts: the files of a folder, or those that are built in.
struct Corpus: Sendable {
    /// One image, not yet read.
    struct Image: Sendable {
        /// The path below the folder, or `canary jpeg`.
        let name: String
        fileprivate let origin: Origin
    }

    fileprivate enum Origin: Sendable {
        case file(String)
        case canary(Canary)
    }

    /// In the order of their names.
    let images: [Image]

    /// More files than anybody waits for.
    static let mostFiles = 1_000_000

    /// The built-in images of some formats.
    init(canariesOf formats: [ImageFormat]) {
        images = Canary.all.filter { formats.contains($0.format) }.map {
            Image(name: "canary \($0.format.name)", origin: .canary($0))
        }
    }

    /// Every file of a folder and of the folders in it, hidden ones and symbolic links left out; or
    /// the one file that the path names.
    init(path: String) throws(CommandFailure) {
        var status = stat()
        // The path is read within the call, which writes into the structure alone.
        guard unsafe stat(path, &status) == 0 else {
            throw .failed("There is no folder \(path). Name a folder with images with --corpus.")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            images = [Image(name: name, origin: .file(path))]
            return
        }
        let names = try Self.names(below: path)
        images = names.map { Image(name: $0, origin: .file("\(path)/\($0)")) }
    }

    /// The paths of the files below a folder, in their order: hidden ones and symbolic links left out.
    static func names(below path: String) throws(CommandFailure) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.subpathsOfDirectory(atPath: path)
        } catch {
            throw .failed(
                "The folder \(path) cannot be read. Give this account the right to read it.")
        }
        let files = names.filter { isRegularFile("\(path)/\($0)") && !isHidden($0) }
        guard !files.isEmpty else { throw .failed("There is no file in \(path).") }
        guard files.count <= mostFiles else {
            throw .failed(
                "There are \(files.count) files in \(path), more than the \(mostFiles) that "
                    + "one run takes.")
        }
        return files.sorted()
    }

    private static func isHidden(_ name: String) -> Bool {
        name.split(separator: "/").contains { $0.hasPrefix(".") }
    }

    /// lstat(2), so that no link leads out of the folder.
    private static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        // As above.
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

extension Corpus.Image {
    /// What speaks against a file.
    struct Unusable: Error {
        /// In words, to stand behind the name.
        let reason: String
    }

    /// What the first bytes say; nil for a file that cannot be read or is no image. Blocks.
    func format() -> ImageFormat? {
        switch origin {
        case .canary(let canary): return canary.format
        case .file(let path):
            guard let file = try? Descriptor(opening: path, as: .file),
                let start = try? file.read(atMost: ImageSignature.longestNeeded)
            else { return nil }
            return ImageSignature.sniff(start.span)
        }
    }

    /// The bytes and their format by the magic number. Blocks.
    ///
    /// - Parameter limit: the longest input in bytes.
    func read(atMost limit: Int) throws(Unusable) -> SourceBytes {
        let bytes: ByteBuffer
        switch origin {
        case .canary(let canary): bytes = ByteBuffer(bytes: canary.bytes)
        case .file(let path):
            do throws(CommandFailure) {
                bytes = try InputFile.read(path, atMost: limit)
            } catch {
                throw Unusable(reason: error.message)
            }
        }
        do throws(Problem) {
            return try SourceBytes(
                bytes, sha256: InputDigest.hex(of: bytes), announced: .nothing)
        } catch {
            throw Unusable(reason: "It holds no image of a known format.")
        }
    }
}
