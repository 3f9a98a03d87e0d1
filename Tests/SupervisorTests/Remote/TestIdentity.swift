import Descriptors
import Foundation
import NIOSSL

@testable import Supervisor

/// What a TLS server shows, made by the openssl program: another implementation than the one that
/// checks it.
struct TestIdentity: Sendable {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
    var oldest = TLSVersion.tlsv1
    var newest = TLSVersion.tlsv13
}

/// Certificates for the tests of one run, and who has signed them.
struct TestCertificates: Sendable {
    /// What is wrong with one.
    enum Flaw: CaseIterable, Sendable {
        case wrongName, expired, selfSigned, unknownAuthority
    }

    /// For good.example and 127.0.0.1, signed by ``authority``.
    let good: TestIdentity
    /// For any name right below star.example.
    let star: TestIdentity
    private let wrongName: TestIdentity
    private let expired: TestIdentity
    private let selfSigned: TestIdentity
    private let unknown: TestIdentity
    let authority: [NIOSSLCertificate]
    /// The authority's file as text.
    let authorityText: String

    static let shared = Result { try TestCertificates() }

    func identity(_ flaw: Flaw) -> TestIdentity {
        switch flaw {
        case .wrongName: wrongName
        case .expired: expired
        case .selfSigned: selfSigned
        case .unknownAuthority: unknown
        }
    }

    private init() throws {
        let folder = try TemporaryFolder()
        func run(_ line: String) throws {
            let arguments = line.split(separator: " ").map(String.init)
            let process = try Program.spawn(
                path: "/usr/bin/openssl", arguments: ["openssl"] + arguments,
                environment: ["HOME=/nonexistent"], descriptors: [-1, -1, -1])
            guard Program.wait(for: process) == 0 else { throw OpenSSLFailed(line: line) }
        }
        let path = folder.path
        let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        func file(_ name: String) throws -> [NIOSSLCertificate] {
            try NIOSSLCertificate.fromPEMFile("\(path)/\(name).pem")
        }
        func authority(_ name: String) throws {
            try run(
                "req -x509 \(newKey) -days 2 -keyout \(path)/\(name).key -out \(path)/\(name).pem "
                    + "-subj /CN=\(name)")
        }
        func identity(
            _ name: String, for names: String, by authority: String, days: Int = 2
        ) throws -> TestIdentity {
            let stem = "\(path)/\(name)"
            try run(
                "req \(newKey) -keyout \(stem).key -out \(stem).csr -subj /CN=\(name) "
                    + "-addext subjectAltName=\(names)")
            try run(
                "x509 -req -in \(stem).csr -copy_extensions copy -CA \(path)/\(authority).pem "
                    + "-CAkey \(path)/\(authority).key -CAcreateserial -days \(days) "
                    + "-out \(stem).pem")
            return TestIdentity(
                chain: try file(name),
                key: try NIOSSLPrivateKey(file: "\(stem).key", format: .pem))
        }
        try authority("trusted")
        try authority("unknown")
        let names = "DNS:good.example,IP:127.0.0.1"
        good = try identity("good", for: names, by: "trusted")
        star = try identity("star", for: "DNS:*.star.example", by: "trusted")
        wrongName = try identity("wrong", for: "DNS:other.example,IP:127.0.0.9", by: "trusted")
        expired = try identity("expired", for: names, by: "trusted", days: -1)
        unknown = try identity("stranger", for: names, by: "unknown")
        try run(
            "req -x509 \(newKey) -days 2 -keyout \(path)/self.key -out \(path)/self.pem "
                + "-subj /CN=self -addext subjectAltName=\(names)")
        selfSigned = TestIdentity(
            chain: try file("self"),
            key: try NIOSSLPrivateKey(file: "\(path)/self.key", format: .pem))
        self.authority = try file("trusted")
        authorityText = try String(contentsOfFile: "\(path)/trusted.pem", encoding: .utf8)
    }
}

struct OpenSSLFailed: Error {
    let line: String
}
