import TestSupport
import Testing

/// A request that always succeeds, and the one right answer to it.
struct HealthyRequest: Sendable {
    static let target = "/v1/process?rs=force:32:24&f=png"
    static let image = ReferenceImage.quarters(width: 64, height: 48).encoded(".png")

    /// All that a client sends for it.
    static let onTheWire = KeepAliveClient.request("POST", target, body: image)

    /// The body of the one right answer.
    let answer: [UInt8]

    /// Asks once, and checks the answer with libvips before it becomes the measure of all others.
    init(through service: Service) async throws {
        let first = try await service.http.post(Self.target, body: Self.image)
        try #require(first.status == 200, "\(first.text)")
        let pixels = try #require(ReferenceImage(decoding: first.body))
        try #require(pixels.width == 32 && pixels.height == 24)
        try #require(pixels.showsQuarters())
        answer = first.body
    }

    /// Sends it again; the answer must be the same byte for byte.
    func succeeds(through service: Service) async throws {
        let again = try await service.http.post(Self.target, body: Self.image)
        #expect(again.status == 200)
        let isSame = again.body == answer
        #expect(isSame, "another answer of \(again.body.count) bytes")
    }
}
