import NIOCore
import SandboxPolicy

extension CompiledFilter {
    /// SHA-256 of the encoded program in lower-case hex.
    var sha256: String { InputDigest.hex(of: ByteBuffer(bytes: encodedBytes)) }
}
