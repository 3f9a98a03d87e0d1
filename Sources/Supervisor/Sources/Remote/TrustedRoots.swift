import NIOSSL

/// The certificates that a server's has to be signed by: those of the system, and an operator's own.
/// Read once at the start and at each reload, not by each request.
struct TrustedRoots: Equatable, Sendable {
    let certificates: [NIOSSLCertificate]

    /// None: no server is trusted.
    init() { certificates = [] }

    init(_ certificates: [NIOSSLCertificate]) { self.certificates = certificates }

    /// Those of a configuration, beside the system's. Blocks on the file system.
    ///
    /// - Throws: ``ConfigurationError`` for a file that cannot be read or has none.
    init(_ configuration: ServiceConfiguration) throws(ConfigurationError) {
        var own: [NIOSSLCertificate] = []
        if let path = configuration.sources.certificates {
            let name = ConfigurationProblem.quoted(path)
            func unusable(_ what: String) -> ConfigurationError {
                ConfigurationError([
                    ConfigurationProblem(
                        configuration.origin(of: "sources.certificates"), what,
                        "Name a file of certificates in PEM that this account may read.")
                ])
            }
            let bytes: [UInt8]
            do throws(SmallFile.Failure) {
                bytes = try SmallFile.read(path, limit: Self.largest).bytes
            } catch {
                throw unusable("the certificates \(name) cannot be read: \(error.reason)")
            }
            own = (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
            guard !own.isEmpty else {
                throw unusable("the file \(name) has no certificate, or one that is broken")
            }
        }
        self.init(Self.system() + own)
    }

    /// Most bytes of a file: the system's have a fifth of it.
    private static let largest = 1 << 20

    /// Where Debian's and Red Hat's relatives keep theirs.
    private static let files = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    ]

    /// Those of the system; none where it has no file of them.
    static func system() -> [NIOSSLCertificate] {
        files.lazy.compactMap { try? NIOSSLCertificate.fromPEMFile($0) }.first ?? []
    }
}
