import Crypto
import Foundation

/// Signs paths as imgproxy's clients do, with a key and a salt of the tests.
struct URLSigner: Sendable {
    /// In hexadecimal, as they are configured.
    let key: String
    let salt: String

    /// A pair that nobody has published.
    static let standard = URLSigner(
        key: "b7d04e19c25f8a63e1904c7db86f2a35d2c90f7be6148a53f07b1c9e4d5a8236",
        salt: "4ce8017bd935af62f8b2e60d19c7453a8e1f0b6cd2947a53b6c0e9f1278d5a34")

    /// - Parameter path: with its leading slash.
    func signed(_ path: String, size: Int = 32) -> String { "/\(signature(of: path, size))\(path)" }

    func signature(of path: String, _ size: Int = 32) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Self.bytes(salt) + Data(path.utf8), using: SymmetricKey(data: Self.bytes(key)))
        return Data(code).prefix(size).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }

    private static func bytes(_ hex: String) -> Data {
        Data(
            stride(from: 0, to: hex.count, by: 2).compactMap { offset in
                let start = hex.index(hex.startIndex, offsetBy: offset)
                return UInt8(hex[start...].prefix(2), radix: 16)
            })
    }
}

/// URL-safe Base64 without padding, by Foundation.
func base64URL(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        .replacing("=", with: "")
}
