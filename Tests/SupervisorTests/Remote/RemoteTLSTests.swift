import HTTPTypes
import NIOSSL
import Testing

@testable import Supervisor

@Suite("Web servers that speak TLS")
struct RemoteTLSTests {
    private static func fetch(_ origin: PathServer, trusting roots: [NIOSSLCertificate]) throws
        -> Fetch
    {
        try Fetch(ports: [origin.port], roots: TrustedRoots(roots))
    }

    @Test("a certificate for the name by an authority that is trusted is accepted, by no other")
    func good() async throws {
        let certificates = try TestCertificates.shared.get()
        try await PathServer.with(["/a": PathServer.answer()], identity: certificates.good) {
            origin in
            let fetch = try Self.fetch(origin, trusting: certificates.authority)
            #expect(try await fetch.text("https://good.example:\(origin.port)/a") == "image")
            // Without a name it is the address that the certificate has to be for.
            #expect(try await fetch.text("https://127.0.0.1:\(origin.port)/a") == "image")
            let system = try Self.fetch(origin, trusting: TrustedRoots.system())
            let address = "https://good.example:\(origin.port)/a"
            #expect(try await system.kind(address) == "unreachable")
            let both = try Self.fetch(
                origin, trusting: TrustedRoots.system() + certificates.authority)
            #expect(try await both.text(address) == "image")
            let nobody = try Self.fetch(origin, trusting: [])
            #expect(try await nobody.kind(address) == "unreachable")
        }
    }

    @Test(
        "a certificate that is not right ends the request before it is sent",
        arguments: TestCertificates.Flaw.allCases)
    func refused(what: TestCertificates.Flaw) async throws {
        let certificates = try TestCertificates.shared.get()
        try await PathServer.with(
            ["/a": PathServer.answer()], identity: certificates.identity(what)
        ) {
            origin in
            // A second address is not a second chance.
            let names = ["good.example": [["127.0.0.1", "127.0.0.1"]]]
            let fetch = try Fetch(
                ports: [origin.port], names: names, roots: TrustedRoots(certificates.authority))
            for host in ["good.example", "127.0.0.1"] {
                let failure = try await fetch.failure("https://\(host):\(origin.port)/a")
                #expect(failure?.status == .notFound, "\(what): \(String(describing: failure))")
                guard case .unreachable(let reason) = failure else {
                    Issue.record("\(what): \(String(describing: failure))")
                    continue
                }
                #expect(reason.hasPrefix("the certificate"), "\(reason)")
            }
            #expect(origin.requests.isEmpty && origin.connections == 2)
            try await settled("the connections are closed") { origin.open == 0 }
        }
    }

    @Test("a certificate for the address that a name leads to is none for the name")
    func otherName() async throws {
        let certificates = try TestCertificates.shared.get()
        try await PathServer.with(["/a": PathServer.answer()], identity: certificates.good) {
            origin in
            let fetch = try Self.fetch(origin, trusting: certificates.authority)
            let failure = try await fetch.failure("https://other.example:\(origin.port)/a")
            #expect(failure == .unreachable("the certificate is for another name"))
            #expect(origin.requests.isEmpty)
        }
    }

    @Test("a star in a certificate stands for one label")
    func star() async throws {
        let certificates = try TestCertificates.shared.get()
        let identity = certificates.star
        try await PathServer.with(["/a": PathServer.answer()], identity: identity) { origin in
            let names = ["a.star.example", "a.b.star.example", "star.example"]
            let fetch = try Fetch(
                ports: [origin.port],
                names: Dictionary(uniqueKeysWithValues: names.map { ($0, [["127.0.0.1"]]) }),
                roots: TrustedRoots(certificates.authority))
            #expect(try await fetch.text("https://A.star.example:\(origin.port)/a") == "image")
            for name in names.dropFirst() {
                let failure = try await fetch.failure("https://\(name):\(origin.port)/a")
                #expect(failure == .unreachable("the certificate is for another name"))
            }
        }
    }

    @Test("TLS before 1.2 is not spoken")
    func old() async throws {
        let certificates = try TestCertificates.shared.get()
        var identity = certificates.good
        identity.newest = .tlsv11
        try await PathServer.with(["/a": PathServer.answer()], identity: identity) { origin in
            let fetch = try Self.fetch(origin, trusting: certificates.authority)
            #expect(
                try await fetch.kind("https://good.example:\(origin.port)/a") == "unreachable")
        }
        identity.newest = .tlsv12
        try await PathServer.with(["/a": PathServer.answer()], identity: identity) { origin in
            let fetch = try Self.fetch(origin, trusting: certificates.authority)
            #expect(try await fetch.text("https://good.example:\(origin.port)/a") == "image")
        }
    }

    @Test("no redirect leads from https to http, and one from http to https is followed")
    func insecure() async throws {
        let certificates = try TestCertificates.shared.get()
        try await PathServer.with(["/a": PathServer.answer()]) { plain in
            let scripts = [
                "/down": PathServer.redirect("http://good.example:\(plain.port)/a"),
                "/a": PathServer.answer("200 OK", "secret"),
            ]
            try await PathServer.with(scripts, identity: certificates.good) { secure in
                let up = PathServer.redirect("https://good.example:\(secure.port)/a")
                try await PathServer.with(["/up": up]) { first in
                    let fetch = try Fetch(
                        ports: [plain.port, secure.port, first.port],
                        roots: TrustedRoots(certificates.authority))
                    let down = "https://good.example:\(secure.port)/down"
                    #expect(try await fetch.failure(down) == .insecureRedirect)
                    #expect(plain.connections == 0)
                    let start = "http://good.example:\(first.port)/up"
                    #expect(try await fetch.text(start) == "secret")
                }
            }
        }
    }
}
