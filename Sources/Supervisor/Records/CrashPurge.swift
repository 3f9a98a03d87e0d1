import FoundationEssentials

/// Removing records from the crash log.
enum CrashPurge {
    /// What is to be removed.
    struct Order: Equatable, Sendable {
        /// The SHA-256 of an input; nil for those of all.
        var input: String?
        /// What happened before then; nil for any time.
        var before: Date?
        /// The id of an API key, or the address of an image: what belongs to it; nil for any.
        var key: String?
        var source: String?
        /// Whether nothing is removed, and only counted.
        var isTrial = false

        /// Whether everything is to go.
        var isAll: Bool { input == nil && before == nil && !isOfRequests }
        /// Whether it is about requests, and their inputs go because of them.
        var isOfRequests: Bool { key != nil || source != nil }

        init(_ order: ForgetOrder) {
            switch order.what {
            case .key(let id): key = id
            case .input(let sha256): input = sha256
            case .source(let address): source = address
            }
            isTrial = order.isTrial
        }

        /// - Parameter options: `older`, `input` or `all`, one of them.
        /// - Throws: with an empty option where it is not one of them.
        init(
            _ options: [(name: String, value: String)], now: Date = Date()
        ) throws(CrashFilter.Failure) {
            guard options.count == 1, let (name, value) = options.first else {
                throw CrashFilter.Failure(option: "", reason: "Write older, input or all.")
            }
            switch name {
            case "older":
                let filter = try CrashFilter([("until", value)], now: now)
                before = filter.until.flatMap { Timestamp.date($0) }
            case "input":
                guard InputHash.isHash(value.lowercased()) else {
                    throw CrashFilter.Failure(
                        option: name, reason: "Write the whole SHA-256, 64 hexadecimal digits.")
                }
                input = value.lowercased()
            case "all":
                guard value == "true" else {
                    throw CrashFilter.Failure(option: name, reason: "Write true.")
                }
            default:
                throw CrashFilter.Failure(
                    option: name, reason: "Write one of older, input and all.")
            }
        }

        /// The same without doing it.
        var trial: Order {
            var order = self
            order.isTrial = true
            return order
        }

        /// Which lines of the log that are.
        var filter: CrashFilter {
            var filter = CrashFilter.all
            filter.input = input
            filter.key = key
            filter.source = source
            filter.until = before.map { Timestamp.text($0) }
            return filter
        }
    }

    /// What was removed.
    struct Result: Codable, Equatable, Sendable {
        /// With records, or only counted.
        var crashes = 0
        /// Quarantined ones.
        var inputs = 0
        /// Lines of the log that nobody can read and that were left.
        var unreadable = 0
        /// The SHA-256 of the inputs of requests that it was about.
        var hashes: Set<String> = []

        enum CodingKeys: String, CodingKey { case crashes, inputs, unreadable }

        var text: String {
            "Removed \(crashes) crash\(crashes == 1 ? "" : "es") and \(inputs) quarantined "
                + "input\(inputs == 1 ? "" : "s")."
                + (unreadable == 0
                    ? ""
                    : " \(unreadable) line\(unreadable == 1 ? "" : "s") that cannot be read "
                        + "\(unreadable == 1 ? "was" : "were") left; --all removes everything.")
        }
    }
}

/// An input in quarantine, as commands and the service tell of it.
struct QuarantinedInput: Codable, Equatable, Sendable {
    var sha256: String
    /// On the disk.
    var bytes: Int
    /// RFC 3339.
    var stored: String

    init(_ entry: QuarantineFolder.Entry) {
        sha256 = entry.sha256
        bytes = entry.bytes
        stored = Timestamp.text(entry.stored)
    }

    /// What the service answers to `GET /cmd/crashes/quarantine`.
    struct Answer: Codable, Sendable {
        var inputs: [QuarantinedInput]
    }
}
