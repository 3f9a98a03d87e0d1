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

    /// The entries that match, the oldest first. What could not be read is said to standard error.
    func entries(
        _ options: [(name: String, value: String)]
    ) async throws(CommandFailure) -> CrashReading<CrashEntry> {
        let filter = try CrashFilter(optionsOfCommand: options)
        let reading: CrashReading<CrashEntry>
        switch self {
        case .log(let log, _):
            do throws(CrashReadFailure) {
                reading = try log.entries(filter)
            } catch {
                throw .failed(error.description)
            }
        case .service(let client):
            let path = "/cmd/crashes" + Self.query(options)
            let answer: CrashAnswer = try await client.decoded(path)
            reading = CrashReading(
                found: answer.crashes, isCut: answer.isCut, warnings: answer.warnings)
        }
        for warning in reading.warnings {
            StandardStreams.writeError("warning: \(UntrustedText.printable(warning))\n")
        }
        return reading
    }

    /// Numbers of the entries that match.
    func stats(
        _ options: [(name: String, value: String)]
    ) async throws(CommandFailure) -> CrashStats {
        let filter = try CrashFilter(optionsOfCommand: options)
        switch self {
        case .log(let log, _):
            do throws(CrashReadFailure) {
                return CrashStats(try log.heads(filter), filter)
            } catch {
                throw .failed(error.description)
            }
        case .service(let client):
            return try await client.decoded("/cmd/crashes/stats" + Self.query(options))
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

extension AdminClient {
    /// Bytes of the longest answer with records: some thousands of them.
    private static let largestRecords = 64 << 20

    /// The answer to GET, read as JSON.
    func decoded<Value: Decodable>(_ path: String) async throws(CommandFailure) -> Value {
        let bytes = try await get(path, largest: Self.largestRecords)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw .failed(
                "\(url) says something that glovebox \(Version.current) cannot read. Use the "
                    + "service's own version.")
        }
    }
}
