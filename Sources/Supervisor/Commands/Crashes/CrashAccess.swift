import FoundationEssentials
import Glibc
import NIOCore

/// Where a command finds crashes: in the log of a state directory, or at the running service.
enum CrashAccess: Sendable {
    case log(CrashLog, state: String)
    case service(AdminClient)

    /// Finds out whom to ask.
    init(_ options: AdminOptions) throws(CommandFailure) {
        var isDenied = false
        for state in options.admin == nil ? Self.folders(options) : [] {
            // The path is read within the call.
            guard unsafe access("\(state)/\(CrashFolder.name)", R_OK | X_OK) == 0 else {
                isDenied = isDenied || errno == EACCES
                continue
            }
            do throws(CrashReadFailure) {
                self = .log(try CrashLog(ofState: state), state: state)
                return
            } catch {
                throw .failed(error.description)
            }
        }
        do throws(CommandFailure) {
            self = .service(try AdminClient(options))
        } catch {
            // Of a folder that is closed it says who may read it.
            throw options.admin != nil || isDenied
                ? error : .failed(Self.nothing(Self.folders(options)))
        }
    }

    /// The state directories in which the log is looked for.
    static func folders(_ options: AdminOptions) -> [String] {
        let variable = ProcessEnvironment.value("GLOVEBOX_STATE").flatMap {
            $0.isEmpty ? nil : $0
        }
        return StatePath.forOperator(named: options.state ?? variable)
    }

    private static func nothing(_ folders: [String]) -> String {
        let looked = folders.map { "\($0)/\(CrashFolder.name)" }.joined(separator: " and ")
        return "There is no crash log that this account can read"
            + (looked.isEmpty ? "" : " (looked for \(looked))")
            + ", and no service runs that could be asked. Name the state directory of the service "
            + "with --state, or use --admin URL with GLOVEBOX_ADMIN_KEY."
    }

    /// The state directory whose files can be read; nil when a service is asked.
    var state: String? {
        if case .log(_, let state) = self { state } else { nil }
    }

    /// Lines there are at most in a page.
    private static let pageSize = CrashDesk.mostLines

    /// One page of the lines that match, as they are and the oldest first: the newest, or those next
    /// to the place that `before` or `after` names. What could not be read is said to standard error.
    func page(_ options: CrashOptions) async throws(CommandFailure) -> CrashReading<[UInt8]> {
        var options = options
        options.set("limit", "\(min(try options.filter.limit ?? Self.pageSize, Self.pageSize))")
        let reading: CrashReading<[UInt8]>
        switch self {
        case .log(let log, _):
            let filter = try options.filter
            reading = try Self.reading { () throws(CrashReadFailure) in
                try log.lines(filter, .answer)
            }
        case .service(let client): reading = try await client.page(options)
        }
        for warning in reading.warnings {
            StandardStreams.writeError("warning: \(UntrustedText.printable(warning))\n")
        }
        return reading
    }

    /// The newest lines that match, the oldest first, as many as the limit says.
    func newest(_ options: CrashOptions) async throws(CommandFailure) -> CrashReading<[UInt8]> {
        var options = options
        var all = try await page(options)
        let limit = try options.filter.limit ?? CrashFilter.largestLimit
        while let older = all.older, all.found.count < limit {
            options.set("before", older.description)
            options.set("limit", "\(limit - all.found.count)")
            let page = try await page(options)
            all.found.insert(contentsOf: page.found, at: 0)
            all.older = page.older
        }
        all.isCut = all.older != nil
        return all
    }

    /// Goes through all lines that match, the oldest first, page by page.
    func forEach(
        _ options: CrashOptions, _ work: ([UInt8]) throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        var options = options
        var place: CrashCursor? = .beginning
        while let next = place {
            options.set("after", next.description)
            let page = try await page(options)
            for line in page.found { try work(line) }
            place = page.isCut ? page.newer : nil
        }
    }

    /// Numbers of the lines that match.
    func stats(_ options: CrashOptions) async throws(CommandFailure) -> CrashStats {
        let filter = try options.filter
        switch self {
        case .log(let log, _):
            return try Self.reading { () throws(CrashReadFailure) in try log.stats(filter) }
        case .service(let client):
            return try await client.decoded("/cmd/crashes/stats" + Self.query(options.values))
        }
    }

    private static func reading<Value>(
        _ read: () throws(CrashReadFailure) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(CrashReadFailure) {
            return try read()
        } catch {
            throw .failed(error.description)
        }
    }

    /// The query of a URL, with its question mark; empty without options.
    static func query(_ options: [(name: String, value: String)]) -> String {
        guard !options.isEmpty else { return "" }
        var components = URLComponents()
        components.queryItems = options.map { URLQueryItem(name: $0.name, value: $0.value) }
        return "?" + (components.percentEncodedQuery ?? "")
    }
}

/// Options of a search, as ``CrashFilter`` reads them. A time that counts back from now stays what it
/// was at first.
struct CrashOptions: Sendable {
    private(set) var values: [(name: String, value: String)]

    init(_ values: [(name: String, value: String)]) throws(CommandFailure) {
        self.values = values
        let filter = try filter
        if let since = filter.since { set("since", since) }
        if let until = filter.until { set("until", until) }
    }

    var filter: CrashFilter {
        get throws(CommandFailure) { try CrashFilter(optionsOfCommand: values) }
    }

    mutating func set(_ name: String, _ value: String) {
        values.removeAll { $0.name == name }
        values.append((name, value))
    }
}

extension AdminClient {
    /// Bytes of the longest answer: a page, and a line that is as long as one may be.
    private static let largestRecords = 16 << 20
    /// For numbers of all that there is.
    private static let longTime = TimeAmount.seconds(120)

    fileprivate func page(
        _ options: CrashOptions
    ) async throws(CommandFailure) -> CrashReading<[UInt8]> {
        let path = "/cmd/crashes" + CrashAccess.query(options.values)
        guard let reading = CrashAnswer.reading(try await get(path, largest: Self.largestRecords))
        else { throw unreadable }
        return reading
    }

    /// The answer to GET, read as JSON.
    func decoded<Value: Decodable>(_ path: String) async throws(CommandFailure) -> Value {
        try decode(try await get(path, largest: Self.largestRecords, within: Self.longTime))
    }
}
