import Testing

@testable import Supervisor

@Suite("Settings about proxies and web pages")
struct ProxySettingTests {
    private let folder: ConfigurationFolder
    private static let off = ["admin_listen": "off"]

    init() throws { folder = try ConfigurationFolder() }

    private func problems(_ values: [String: String]) -> [String] {
        folder.loader(values.merging(Self.off) { $1 }).problems(.serving)
    }

    @Test("credentials are for listed origins alone")
    func credentials() {
        let says = problems(["cors.origins": "*", "cors.credentials": "true"])
        #expect(
            says.count == 1 && says[0].contains("cors.credentials: cors.origins is *"), "\(says)")
        #expect(problems(["cors.origins": "https://a.example", "cors.credentials": "true"]) == [])
        #expect(problems(["cors.origins": "*"]) == [])
    }

    @Test("a star stands alone, and origins are exact")
    func origins() {
        #expect(problems(["cors.origins": "https://a.example,*"]).count == 1)
        let says = problems(["cors.origins": "https://a.example, https://A.example/"])
        #expect(says.first?.contains("Write https://a.example.") == true, "\(says)")
    }

    @Test("nobody but a trusted proxy can have spoken TLS")
    func encrypted() {
        let says = problems(["proxies.https": "true"])
        #expect(says.first?.contains("proxies.https: there is no trusted proxy") == true, "\(says)")
        #expect(problems(["proxies.https": "true", "proxies.trusted": "127.0.0.1"]) == [])
    }

    @Test("who trusts everybody is warned")
    func everybody() throws {
        let values = ["proxies.trusted": "10.0.0.0/8,::/0"].merging(Self.off) { $1 }
        let warnings = try folder.loader(values).load(for: .serving).warnings
        #expect(warnings.contains { $0.contains("proxies.trusted: ::/0 is everybody") })
    }

    @Test("connections of a proxy are many clients'")
    func connections() throws {
        var proxies = ClientAddress()
        #expect(proxies.connections(of: "10.1.2.3", otherwise: 5) == 5)
        proxies.trusted = [try #require(NetworkBlock("10.0.0.0/8"))]
        #expect(proxies.connections(of: "10.1.2.3", otherwise: 5) == .max)
        #expect(proxies.connections(of: "::ffff:10.1.2.3", otherwise: 5) == .max)
        #expect(proxies.connections(of: "11.1.2.3", otherwise: 5) == 5)
        #expect(proxies.connections(of: nil, otherwise: 5) == 5)
    }
}
