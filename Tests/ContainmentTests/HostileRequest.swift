import Crypto
import Foundation
import TestSupport

/// An image that turns the child that decodes it.
struct HostileRequest: Sendable {
    static let target = "/v1/process?f=png"

    let act: Act
    let id = UUID().uuidString
    /// A small image as any other, with the name of the act behind its end.
    let image: [UInt8]

    init(_ act: Act) {
        self.act = act
        image =
            ReferenceImage.quarters(width: 64, height: 48).encoded(".png")
            + Array("GLOVEBOX-ACT:\(act.name)\n".utf8)
    }

    /// Its SHA-256 in lower-case hex.
    var digest: String {
        SHA256.hash(data: image).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0\(digits)" : digits
        }.joined()
    }

    /// All that a client sends for it.
    var onTheWire: [UInt8] {
        KeepAliveClient.request(
            "POST", Self.target, headers: [("X-Request-ID", id)], body: image)
    }

    func send(to service: Service) async throws -> HTTPCaller.Answer {
        try await service.http.post(Self.target, headers: [("X-Request-ID", id)], body: image)
    }
}
