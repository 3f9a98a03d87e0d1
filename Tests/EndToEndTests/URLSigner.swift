import Crypto
import Foundation

/// Signs paths as imgproxy's clients do, with a key and a salt of the tests.
struct URLSigner: Sendable {
    /// In hexadecimal, as they are configured.
    let key: String
    let salt: String

    /// The pair of the published vectors.
    static let standard = URLSigner(
        key: "943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881",
        salt: "520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5")

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
