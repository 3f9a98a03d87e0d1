import Crypto
import FoundationEssentials

/// The form of a quarantined input on the disk: a header, then AES-GCM (NIST SP 800-38D) of the
/// bytes with a random nonce and the header as associated data.
///
///     "GBQ" · version 1 (1 byte) · key id (8) · SHA-256 of the input (32) · nonce (12) · text · tag (16)
///
/// The key id is the beginning of HMAC-SHA256 of a constant under the key. It tells another key from
/// a file that was changed, and nothing else of the key.
enum QuarantineFile {
    private static let magic = Array("GBQ".utf8) + [1]
    private static let keyIDLength = 8
    private static let hashLength = 32
    private static let headerLength = magic.count + keyIDLength + hashLength
    /// What a file is longer than its input.
    static let overhead = headerLength + 12 + 16

    /// Why a file is not opened, as a sentence.
    struct Failure: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// - Parameter sha256: of `bytes`, in lower-case hex.
    static func seal(
        _ bytes: [UInt8], sha256: String, under key: QuarantineKey
    ) throws(Failure) -> [UInt8] {
        guard let header = header(sha256: sha256, under: key) else {
            throw Failure(description: "\(sha256) is no SHA-256.")
        }
        do {
            let box = try AES.GCM.seal(
                bytes, using: SymmetricKey(data: key.bytes), authenticating: header)
            // The usual nonce of 12 bytes, so there is a combined form.
            guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
            return header + combined
        } catch {
            throw Failure(description: "The input \(sha256) cannot be encrypted (\(error)).")
        }
    }

    /// What the file of an input begins with under a key; nil for what is no hash.
    static func header(sha256: String, under key: QuarantineKey) -> [UInt8]? {
        InputHash.bytes(sha256).map { magic + id(of: key) + $0 }
    }

    /// The input that a file holds.
    static func open(
        _ file: [UInt8], sha256: String, under key: QuarantineKey
    ) throws(Failure) -> [UInt8] {
        let name = "\(sha256).\(fileExtension)"
        let header = Array(file.prefix(headerLength))
        guard file.count >= overhead, header.starts(with: magic.dropLast()) else {
            throw Failure(description: "\(name) is no quarantined input.")
        }
        guard header.starts(with: magic) else {
            throw Failure(
                description: "\(name) is of version \(header[3]), which glovebox "
                    + "\(Version.current) cannot read. Use the version that wrote it.")
        }
        guard header.dropFirst(magic.count).starts(with: id(of: key)) else {
            throw Failure(
                description: "\(name) was encrypted under another key. Name the one that the "
                    + "service had when it wrote it, with GLOVEBOX_QUARANTINE_KEY_FILE.")
        }
        let changed = Failure(
            description: "\(name) was changed since it was written, and is not opened. Remove it "
                + "with 'glovebox crashes purge --input \(sha256)'.")
        do {
            let box = try AES.GCM.SealedBox(combined: file.dropFirst(headerLength))
            let bytes = Array(
                try AES.GCM.open(
                    box, using: SymmetricKey(data: key.bytes), authenticating: header))
            guard Array(header.suffix(hashLength)) == InputHash.bytes(sha256),
                Array(SHA256.hash(data: bytes)) == InputHash.bytes(sha256)
            else { throw changed }
            return bytes
        } catch {
            throw changed
        }
    }

    static let fileExtension = "gbq"

    private static func id(of key: QuarantineKey) -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("glovebox quarantine key".utf8), using: SymmetricKey(data: key.bytes))
        return Array(Array(code).prefix(keyIDLength))
    }
}

/// A SHA-256 as text: 64 lower-case hexadecimal digits.
enum InputHash {
    /// Its bytes; nil for any other text.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        let isHash =
            digits.count == 64
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isHash else { return nil }
        return Hexadecimal.bytes(digits)
    }

    static func isHash(_ text: String) -> Bool { bytes(text) != nil }
}
