import Descriptors
import Glibc
import ImageVocabulary
import NIOCore
import NIOPosix
import RequestSyntax

/// The folder whose images may be asked for by path, opened once at the start.
struct ImageFolder: Sendable {
    fileprivate let directory: SharedDirectory
    /// Whether a file's extension announces its type, and a contradiction is an error.
    fileprivate let strictType: Bool

    /// Opens the folder.
    ///
    /// - Throws: ``SystemError`` of open(2).
    init(path: String, strictType: Bool) throws(SystemError) {
        directory = SharedDirectory(try Descriptor(opening: path, as: .directory))
        self.strictType = strictType
    }
}

/// A descriptor that many requests use at the same time, each for one call.
private final class SharedDirectory: Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }
}

/// Reads images below the image folder.
///
/// Every path is resolved by the kernel beneath the open folder, without following a symbolic link
/// (openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS), so that no name
/// leads out of it, whatever changes meanwhile.
struct LocalSource: ImageSource {
    let path: ImagePath
    let folder: ImageFolder
    let budget: MemoryBudget
    /// What the client has of the file.
    var conditions = SourceConditions()

    /// Reads a file whole. The disk is waited for on a thread of NIO's pool.
    func collect(largest: Int) async throws(Problem) -> SourceAnswer {
        let result: Result<CollectedSource, Problem>
        do {
            result = try await NIOThreadPool.singleton.runIfActive { [self] in
                do throws(Problem) {
                    return .success(try read(largest))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw .unavailable
        }
        let image = try result.get()
        let validators = SourceValidators(etag: "\"\(image.source.sha256.prefix(32))\"")
        return conditions.name(validators) ? .unchanged(validators) : .image(image, validators)
    }

    private func read(_ largest: Int) throws(Problem) -> CollectedSource {
        let share = budget.share()
        let announced = folder.strictType ? AnnouncedType(fileName: path.fileName) : .nothing
        var buffer: ByteBuffer
        do throws(SystemError) {
            let file = try Descriptor(
                opening: path.text, beneath: folder.directory.descriptor)
            let size = try file.regularFileSize()
            guard size <= largest else { throw SystemError("fstat", EFBIG) }
            guard share.grow(by: size) else { throw SystemError("read", ENOMEM) }
            buffer = ByteBufferAllocator().buffer(capacity: size)
            // A file that grows meanwhile is cut off here, not read on.
            var outcome = Result<Int, SystemError>.success(0)
            unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
                // The room may be more than was asked for, and more than was taken of the budget.
                let memory = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<size])
                do throws(SystemError) {
                    outcome = .success(unsafe try file.read(into: memory))
                } catch {
                    outcome = .failure(error)
                }
                return (try? outcome.get()) ?? 0
            }
            _ = try outcome.get()
        } catch {
            throw problem(error, largest)
        }
        // No body was expected, so none is missing: it is the image that is not whole.
        guard buffer.readableBytes > 0 else { throw .source(.empty) }
        let source = try SourceBytes(
            buffer, sha256: InputDigest.hex(of: buffer), announced: announced)
        return CollectedSource(source: source, share: share)
    }

    /// What a client hears of a file that cannot be read. Absent, out of bounds, a link, a folder,
    /// a pipe and forbidden all sound alike.
    private func problem(_ error: SystemError, _ largest: Int) -> Problem {
        switch (error.call, error.code) {
        case (_, EFBIG): .overLimit(.inputBytes, UInt64(largest))
        case ("read", _), (_, EMFILE), (_, ENFILE), (_, ENOMEM), (_, EAGAIN): .unavailable
        default: .notFound
        }
    }
}
