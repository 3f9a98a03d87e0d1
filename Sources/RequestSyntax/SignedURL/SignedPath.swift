/// A signed request path before its signature is verified: imgproxy's URL contract.
///
/// `/signature/options…/source`, where the source is `plain/` and a percent-encoded address with
/// perhaps `@extension`, or an address in URL-safe Base64 with perhaps `.extension`.
public struct SignedPath: Equatable, Sendable {
    /// The first segment.
    public let signature: String
    /// What the signature is computed over, its leading slash included: the rest of the path as its
    /// author wrote it, whatever a proxy did to it on the way.
    public let signed: String

    /// - Parameters:
    ///   - path: as it came, without a query.
    ///   - prefix: what stands before the signature and is not signed; empty for nothing.
    /// - Throws: where there is no signature, or nothing behind it.
    public init(_ path: some StringProtocol, prefix: String = "") throws(SignedPathError) {
        guard path.hasPrefix(prefix) else { throw .noSignature }
        let rest = path.dropFirst(prefix.count)
        guard rest.first == "/" else { throw .noSignature }
        let behind = rest.dropFirst()
        guard let slash = behind.firstIndex(of: "/"), slash != behind.startIndex,
            behind.index(after: slash) != behind.endIndex
        else { throw .noSignature }
        signature = String(behind[..<slash])
        signed = Self.repaired(behind[slash...])
    }

    /// Undoes what proxies and clients that normalise URLs do: an escaped colon between options becomes
    /// a colon again, and a scheme in a plain source gets its slashes back.
    static func repaired(_ path: some StringProtocol) -> String {
        guard let plain = split(path) else { return unescapingColons(path) }
        return unescapingColons(path[..<plain]) + withSlashes(path[plain...])
    }

    private static let plainSegment = "/plain/"

    /// Where the address of a plain source begins.
    private static func split(_ path: some StringProtocol) -> String.Index? {
        let bytes = path.utf8
        var index = bytes.startIndex
        let needle = Array(plainSegment.utf8)
        while index != bytes.endIndex {
            if bytes[index...].starts(with: needle) {
                return bytes.index(index, offsetBy: needle.count)
            }
            index = bytes.index(after: index)
        }
        return nil
    }

    private static func unescapingColons(_ text: some StringProtocol) -> String {
        String(text).replacing("%3A", with: ":")
    }

    /// Doubles the slash behind the last colon that has a single one. imgproxy's pattern is greedy: in an
    /// address that holds several such colons unescaped it is the last.
    private static func withSlashes(_ address: some StringProtocol) -> String {
        let bytes = Array(address.utf8)
        let colon = bytes.indices.dropLast(2).last { index in
            index > 0 && bytes[index] == UInt8(ascii: ":") && bytes[index + 1] == UInt8(ascii: "/")
                && bytes[index + 2] != UInt8(ascii: "/")
        }
        guard let colon else { return String(address) }
        let scheme = bytes[..<colon]
        let slashes = scheme.elementsEqual("local".utf8) ? ":///" : "://"
        return String(decoding: scheme, as: UTF8.self) + slashes
            + String(decoding: bytes[(colon + 2)...], as: UTF8.self)
    }
}

/// Why a path is no signed path. The texts are for the operator's log: clients are told nothing of it.
public enum SignedPathError: Error, Equatable, Sendable {
    case noSignature
    case noSource
    /// A resize type where an option should stand: a form of URL that imgproxy has removed.
    case basicForm
    /// More than one mark before an extension.
    case twoExtensions
    case sourceEscape
    case sourceBase64
    case option(OptionError)

    /// What is wrong, as a sentence.
    public var reason: String {
        switch self {
        case .noSignature: "The path has no signature, or nothing behind it."
        case .noSource: "The path has no source behind its options."
        case .basicForm: "The path begins with a resize type, a form that is not read any more."
        case .twoExtensions: "The source has more than one extension. Escape @ as %40."
        case .sourceEscape: "The plain source has a broken escape, or a control character."
        case .sourceBase64: "The source is no text in URL-safe Base64."
        case .option(let error): "The option \"\(error.option)\": \(error.reason)"
        }
    }
}
