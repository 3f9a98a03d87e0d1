import FoundationEssentials
import ImageVocabulary
import NIOCore
import Synchronization

/// The folder that results of several files go to: each below it as its source is below the folder
/// that was named, and never over a source or over another result.
final class ResultFolder: Sendable {
    private let path: String
    private let sources: Set<FileIdentity>
    /// Names without their extensions that several sources have.
    private let sharedStems: Set<String>
    private let taken = Mutex<Set<String>>([])

    init(_ path: String, for files: [SourceFile]) throws(CommandFailure) {
        self.path = path.hasSuffix("/") ? String(path.dropLast()) : path
        sources = Set(files.map(\.identity))
        let byName = Dictionary(grouping: files, by: \.name)
        if let (name, same) = byName.filter({ $0.value.count > 1 }).min(by: { $0.key < $1.key }) {
            throw .usage(
                "\(same[0].path) and \(same[1].path) would both become \(name). Give them different "
                    + "names, or process them apart.")
        }
        sharedStems = Set(
            Dictionary(grouping: files, by: { Self.stem(of: $0.name) })
                .filter { $0.value.count > 1 }.keys)
    }

    /// The path of a file's result: the source's name where its extension says the format, else with
    /// another extension. Where several sources differ in their extensions alone, they keep them before
    /// it: `a.png.webp`.
    func path(for file: SourceFile, as format: ImageFormat) -> String {
        "\(path)/\(name(for: file.name, as: format))"
    }

    /// Writes a result. Blocks.
    ///
    /// - Returns: its path.
    func write(
        _ image: ResultImage, of file: SourceFile
    ) throws(CommandFailure) -> String {
        try Privileges.asStarter { () throws(CommandFailure) in
            try put(image, of: file)
        }
    }

    private func put(_ image: ResultImage, of file: SourceFile) throws(CommandFailure) -> String {
        let target = path(for: file, as: image.format)
        guard taken.withLock({ $0.insert(target).inserted }) else {
            throw .failed("\(target) is the result of another image.")
        }
        if let there = FileIdentity(target), sources.contains(there) {
            throw .failed("\(target) is one of the sources. Name another folder with -o.")
        }
        let parent = target.prefix(upTo: target.lastIndex(of: "/") ?? target.startIndex)
        do {
            try FileManager.default.createDirectory(
                atPath: String(parent), withIntermediateDirectories: true)
        } catch {
            throw .failed("The folder \(parent) cannot be made. Name another with -o.")
        }
        try OutputFile(path: target).write(image.bytes)
        return target
    }

    private func name(for name: String, as format: ImageFormat) -> String {
        if Self.announced(by: name) == format { return name }
        let stem = Self.stem(of: name)
        return "\(sharedStems.contains(stem) ? name : stem).\(format.fileExtensions[0])"
    }

    /// The name without an extension that stands for an image format.
    private static func stem(of name: String) -> String {
        guard announced(by: name) != nil, let dot = name.lastIndex(of: ".") else { return name }
        return String(name[..<dot])
    }

    private static func announced(by name: String) -> ImageFormat? {
        let last = name.split(separator: "/").last ?? ""
        guard let dot = last.lastIndex(of: "."), dot > last.startIndex else { return nil }
        return ImageFormat(fileExtension: last[last.index(after: dot)...].lowercased())
    }
}
