import RequestSyntax

/// Signed paths and the addresses of sources.
extension FuzzRequests {
    static func checkSignedURL(_ text: String) {
        guard let path = try? SignedPath(text) else { return }
        precondition(!path.signature.isEmpty && !path.signature.contains("/"))
        precondition(path.signed.utf8.first == UInt8(ascii: "/"))
        var grammar = SignedRequest.Grammar()
        grammar.hasFileNames = text.utf8.count.isMultiple(of: 2)
        guard let request = try? SignedRequest(path, under: rules, grammar) else { return }
        precondition(!request.source.isEmpty)
        check(request.options)
        // The same source, however it is written.
        let written = "/\(path.signature)/\(Base64URL.text(of: request.source))"
        let again = (try? SignedPath(written)).flatMap { try? SignedRequest($0) }
        precondition(again?.source == request.source, "a source is read as something else")
        checkSource(request.source)
    }

    static func checkSource(_ text: String) {
        guard let address = try? SourceAddress(text) else { return }
        switch address {
        case .local(let path):
            precondition(!path.text.utf8.contains(0) && path.text.utf8.first != 0x2F)
        case .bucket(let name, let key):
            precondition((3...63).contains(name.utf8.count) && !key.isEmpty)
        case .remote(let remote):
            let plain = Set("abcdefghijklmnopqrstuvwxyz0123456789-_.:".utf8)
            precondition(remote.host.utf8.allSatisfy { plain.contains($0) } && remote.port > 0)
            precondition(remote.isLiteral || !remote.host.utf8.contains(UInt8(ascii: ":")))
            precondition(remote.target.utf8.first == UInt8(ascii: "/"))
            precondition(remote.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 })
            // What others are shown is read as the very same address.
            let again = try? SourceAddress(remote.text)
            precondition(again == address, "an address has two readings")
        }
        _ = address.fileName
    }
}
