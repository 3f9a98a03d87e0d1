import Logging
import RequestSyntax

/// Where images are fetched from by address: finds the source, and says in the log why one was not
/// read.
struct SourceDesk: Sendable {
    /// The folder of local images; nil when none was configured.
    let folder: ImageFolder?
    let remote: RemoteFetcher
    /// For buckets alone.
    let buckets: RemoteFetcher
    let budget: MemoryBudget
    let logger: Logger

    /// What holds for one request.
    struct Visit: Sendable {
        let rules: RemoteRules
        var buckets = BucketSettings()
        /// Whether the request may name sources of others at all.
        let isTrusted: Bool
        /// What the client has of the image.
        var conditions = SourceConditions()
        /// Largest image in bytes.
        let largest: Int
        let requestID: String
    }

    /// Reads the image at an address that a request names.
    func collect(
        _ address: SourceAddress, _ visit: Visit
    ) async throws(Problem) -> SourceAnswer {
        do throws(Problem) {
            return try await source(address, visit).collect(largest: visit.largest)
        } catch {
            // Whoever has gone away ended it himself.
            guard !Task.isCancelled else { throw .clientGone }
            log(error, of: address.shown, visit)
            throw error
        }
    }

    /// Reads the text of an address, which is nobody's until now.
    func address(_ text: String, _ visit: Visit) throws(Problem) -> SourceAddress {
        do throws(SourceFailure) {
            return try SourceAddress(reading: text)
        } catch {
            log(.source(error), of: Self.shown(text), visit)
            throw error.problem
        }
    }

    /// What is no address, as a log line may hold it: without what looks like a user, a password or a
    /// query.
    private static func shown(_ text: String) -> String {
        let start = text.unicodeScalars.prefix { $0 != "?" && $0 != "#" }.prefix(longestShown)
        guard let at = start.lastIndex(of: "@") else { return String(start) }
        let scheme = start.firstIndex(of: ":").map { start[...$0] }
        return String(scheme ?? start[..<start.startIndex]) + "…" + String(start[at...])
    }

    private func source(
        _ address: SourceAddress, _ visit: Visit
    ) throws(Problem) -> any ImageSource {
        // Files below the image root may be asked for by anybody, unless a list says otherwise.
        let isOwn = if case .local = address { true } else { false }
        let allowed = visit.rules.allowed
        guard isOwn || visit.isTrusted || !allowed.patterns.isEmpty else {
            throw SourceFailure.notPermitted.problem
        }
        guard allowed.contain(address) else { throw SourceFailure.notAllowed.problem }
        switch address {
        case .local(let path):
            guard let folder else { throw SourceFailure.scheme("local").problem }
            return LocalSource(
                path: path, folder: folder, budget: budget, conditions: visit.conditions)
        case .remote(let address):
            return RemoteSource(
                address: address, fetcher: remote, rules: visit.rules,
                conditions: visit.conditions)
        case .bucket(let name, let key):
            guard let keys = visit.buckets.keys else { throw SourceFailure.scheme("s3").problem }
            return BucketSource(
                bucket: name, key: key, settings: visit.buckets, keys: keys, fetcher: buckets,
                rules: visit.rules, conditions: visit.conditions)
        }
    }

    /// Most characters of an address in a log line.
    private static let longestShown = 512

    /// What the operator reads of it: the address, the rule, and the setting that would permit it.
    private func log(_ problem: Problem, of address: String, _ visit: Visit) {
        var fields: Logger.Metadata = [
            "request_id": "\(visit.requestID)",
            "source": "\(address.prefix(Self.longestShown))",
            "problem": "\(problem.name)",
        ]
        if case .source(let failure) = problem {
            fields["reason"] = "\(failure.reason)"
            if let remedy = failure.remedy(for: address) { fields["setting"] = "\(remedy)" }
        } else {
            fields["reason"] = "\(problem.detail)"
        }
        logger.notice("source not used", metadata: fields)
    }
}

extension SourceAddress {
    /// Reads an address that a request names.
    fileprivate init(reading text: String) throws(SourceFailure) {
        do throws(SourceAddressError) {
            self = try SourceAddress(text)
        } catch {
            switch error {
            case .unknownScheme: throw .scheme(String(text.prefix { $0 != ":" }.prefix(32)))
            case .malformed(let what): throw .malformed(what)
            }
        }
    }

    /// As a log line may hold it: without the query, in which secrets travel.
    var shown: String {
        switch self {
        case .local(let path): "local:///\(path.text)"
        case .remote(let remote):
            "\(remote.scheme)://\(remote.authority)\(remote.target.prefix { $0 != "?" })"
        case .bucket(let name, let key): "s3://\(name)/\(key)"
        }
    }
}
