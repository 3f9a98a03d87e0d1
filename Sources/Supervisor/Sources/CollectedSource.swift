import Crypto
import ImageVocabulary
import NIOCore
import RequestSyntax

/// An input that is complete, and its share of the memory budget: held until the job is done.
struct CollectedSource: Sendable {
    let source: SourceBytes
    let share: MemoryBudget.Share
}

extension SourceBytes {
    /// Decides the format by the magic number and what was announced.
    ///
    /// - Parameters:
    ///   - bytes: the whole input.
    ///   - sha256: its hash in lower-case hex.
    ///   - announced: what the request says it is.
    init(
        _ bytes: ByteBuffer, sha256: String, announced: AnnouncedType
    ) throws(Problem) {
        guard bytes.readableBytes > 0 else { throw .emptyBody }
        let start = bytes.readableBytesUInt8Span.extracting(first: ImageSignature.longestNeeded)
        let format: ImageFormat
        do throws(AnnouncedTypeError) {
            format = try announced.agreed(withBytes: ImageSignature.sniff(start))
        } catch {
            throw Problem(error)
        }
        var announcedFormat: ImageFormat?
        if case .format(let named) = announced { announcedFormat = named }
        self.init(bytes: bytes, sha256: sha256, format: format, announced: announcedFormat)
    }
}

/// SHA-256 over parts as they arrive.
struct InputDigest {
    private var hash = SHA256()

    mutating func update(_ part: ByteBuffer) {
        // The pointer is read within the call only.
        unsafe part.withUnsafeReadableBytes { unsafe hash.update(bufferPointer: $0) }
    }

    /// The hash of everything so far, in lower-case hex.
    var hex: String { Hexadecimal.text(hash.finalize()) }

    static func hex(of bytes: ByteBuffer) -> String {
        var digest = InputDigest()
        digest.update(bytes)
        return digest.hex
    }
}
