import HTTPTypes
import RequestSyntax

/// Signs requests of the routes that else want a key, by their query.
struct QuerySigner {
    /// A request with its signature.
    struct Signed {
        let method: String
        /// Path and query.
        let target: String
        let signature: String
        /// Seconds since 1970.
        let expires: Int64

        var json: JSONValue {
            .object([
                ("path", .string(target)), ("signature", .string(signature)),
                ("method", .string(method)), ("expires", .integer(expires)),
            ])
        }
    }

    let signer: URLSigner

    /// Whether a path is one of those routes', which no signed URL's is.
    static func takes(_ path: String) -> Bool { path.hasPrefix("/v1/") }

    /// Signs a target such as `/v1/process?rs=fill:300:200`.
    ///
    /// - Throws: why the service could never answer it.
    func sign(_ target: String, for time: Duration) throws(CommandFailure) -> Signed {
        if let byte = target.utf8.first(where: { $0 != UInt8(ascii: "?") && !URLText.travels($0) })
        {
            throw URLSigner.refused(
                target,
                "\(URLText.named(byte)) does not reach a service as it is. Write "
                    + "\(URLText.escape(byte)).")
        }
        guard time <= signer.signing.longest else {
            throw URLSigner.refused(
                target,
                "The setting signed.longest is \(Time.text(signer.signing.longest)), and "
                    + "\(Time.text(time)) is more.")
        }
        let method = try Self.method(of: target)
        let expires = signer.now + time.components.seconds
        let timed = SignedQuery.target(target, expires: expires)
        let signature = try signer.text(of: SignedQuery.text(method, timed))
        let whole = "\(timed)&\(SignedQuery.signatureName)=\(signature)"
        try check(whole, method, instead: target)
        return Signed(method: method, target: whole, signature: signature, expires: expires)
    }

    /// What a target with its signature would come to.
    func verdict(_ target: String) throws(CommandFailure) -> URLSigner.Verdict {
        let method = try Self.method(of: target)
        guard let query = try read(target, method, instead: target),
            signer.signing.signature.accepts(query)
        else { return .wrong }
        return signer.now < query.expires ? .right : .expired
    }

    private func read(
        _ target: String, _ method: String, instead: String
    ) throws(CommandFailure) -> SignedQuery? {
        do throws(OptionError) {
            return try SignedQuery(method: method, target: target)
        } catch {
            throw URLSigner.refused(instead, SignedPathError.option(error).reason)
        }
    }

    /// Reads what the service will read.
    private func check(
        _ target: String, _ method: String, instead: String
    ) throws(CommandFailure) {
        guard let query = try read(target, method, instead: instead) else { return }
        do throws(OptionError) {
            switch String(instead.prefix { $0 != "?" }) {
            case "/v1/batch":
                _ = try OptionSets.read(
                    query: query.options, startingAt: signer.start, under: signer.rules)
            case let path where path == "/v1/info" || path.hasSuffix("/info"):
                _ = try InfoOption.wishes(query: query.options, under: signer.rules)
            default:
                try OptionParser.options(
                    query: query.options, startingAt: signer.start, under: signer.rules
                ).plan.checkTogether()
            }
        } catch {
            throw URLSigner.refused(instead, SignedPathError.option(error).reason)
        }
    }

    /// The method of a route that a signature can open.
    private static func method(of target: String) throws(CommandFailure) -> String {
        for method in [HTTPRequest.Method.get, .post] {
            guard let route = try? Route(method: method, target: target),
                route.takesSignedQueries
            else { continue }
            return method.rawValue
        }
        throw URLSigner.refused(
            target,
            "Of the paths that begin with /v1/ those of process, batch, info and images can be "
                + "signed.")
    }
}
