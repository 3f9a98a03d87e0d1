import TestSupport
import Testing

/// A format as its own specification tells it from others, independent of the code under test.
enum SampleFormat: String, CaseIterable, CustomTestStringConvertible {
    case jpeg, png, webp, gif, tiff, avif

    var testDescription: String { rawValue }
    var mediaType: String { "image/\(rawValue)" }

    /// libvips' saver for it, at a quality that keeps colours recognisable.
    var suffix: String {
        switch self {
        case .jpeg: ".jpg[Q=90]"
        case .webp: ".webp[Q=90]"
        case .avif: ".avif[Q=80]"
        case .png, .gif, .tiff: ".\(rawValue)"
        }
    }

    /// Four quarters of 64 by 48 pixels.
    var file: [UInt8] { Self.files[self] ?? [] }

    private static let files = Dictionary(
        uniqueKeysWithValues: allCases.map {
            ($0, ReferenceImage.quarters(width: 64, height: 48).encoded($0.suffix))
        })

    /// Whether bytes begin as the format's specification says: JPEG T.81 B.1.1.3, PNG 5.2,
    /// RFC 9649 section 2.4, GIF89a 17, TIFF 6.0 section 2, AVIF 1.1 section 4.
    func begins(_ bytes: [UInt8]) -> Bool {
        func has(_ text: String, at offset: Int) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        return switch self {
        case .jpeg: bytes.starts(with: [0xff, 0xd8, 0xff])
        case .png: bytes.starts(with: [0x89]) && has("PNG\r\n\u{1a}\n", at: 1)
        case .webp: has("RIFF", at: 0) && has("WEBP", at: 8)
        case .gif: has("GIF89a", at: 0) || has("GIF87a", at: 0)
        case .tiff: has("II*\0", at: 0) || has("MM\0*", at: 0)
        case .avif: has("ftypavif", at: 4)
        }
    }
}
