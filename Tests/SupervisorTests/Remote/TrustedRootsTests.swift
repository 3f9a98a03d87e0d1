import Testing

@testable import Supervisor

@Suite("Certificates that operators add")
struct TrustedRootsTests {
    private func read(_ path: String) throws -> RemoteRules {
        var configuration = ServiceConfiguration()
        configuration.sources.certificates = path
        return try RemoteRules(configuration)
    }

    @Test("a file of certificates is read once, beside the system's")
    func extra() throws {
        let folder = try TemporaryFolder()
        let certificates = try TestCertificates.shared.get()
        let text = certificates.authorityText
        let roots = try read(try folder.file("a.pem", text + text)).roots.certificates
        #expect(roots.count == TrustedRoots.system().count + 2)
        #expect(roots.last == certificates.authority[0])
        #expect(try RemoteRules(ServiceConfiguration()).roots.certificates.count == roots.count - 2)
    }

    @Test("a file that cannot be read, has none or a broken one is refused with its setting")
    func refused() throws {
        let folder = try TemporaryFolder()
        let text = try TestCertificates.shared.get().authorityText
        let cases = [
            (folder.path + "/missing.pem", "No such file"), (folder.path, "no regular file"),
            (try folder.file("empty.pem", ""), "has no certificate"),
            (try folder.file("text.pem", "certificates\n"), "has no certificate"),
            (try folder.file("half.pem", text + text.prefix(200)), "one that is broken"),
            ("/proc/self/exe", "larger"),
        ]
        for (path, says) in cases {
            let error = #expect(throws: ConfigurationError.self) { try read(path) }
            let said = error?.description ?? ""
            #expect(said.contains(says) && said.contains("sources.certificates"), "\(said)")
        }
    }
}
