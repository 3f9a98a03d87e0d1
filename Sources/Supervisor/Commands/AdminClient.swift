import ArgumentParser
import Descriptors
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Options of every command that asks a running service through its admin listener.
struct AdminOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Ask the admin listener at this URL, with the key in GLOVEBOX_ADMIN_KEY or in the file \
            that GLOVEBOX_ADMIN_KEY_FILE names.
            """, valueName: "url"))
    var admin: String?

    @Option(
        help: ArgumentHelp(
            """
            State directory of the service (default: this account's, else /var/lib/glovebox). \
            [GLOVEBOX_STATE]
            """, valueName: "dir"))
    var state: String?

    static let discussion = """
        The service is found through its state directory, which its account and that account's \
        group can read. From elsewhere use --admin; the way there should be private, such as a \
        tunnel: ssh -L 8081:127.0.0.1:8081 HOST.
        """
}

/// Asks the admin listener of a running service.
struct AdminClient: Equatable, Sendable {
    let url: ServiceURL
    private let key: String
    /// The state directory and the process that its entry names; nil when the URL was given.
    private let found: Found?

    private struct Found: Equatable, Sendable {
        let folder: String
        let pid: Int
    }

    /// For a whole answer to a question.
    static let time = TimeAmount.seconds(5)
    /// In bytes.
    static let largestAnswer = 4 << 20

    /// Finds out whom to ask, and with which key.
    init(
        _ options: AdminOptions, isRoot: Bool = Privileges.isRoot,
        _ environment: (String) -> String? = ProcessEnvironment.value
    ) throws(CommandFailure) {
        if let admin = options.admin {
            guard let url = ServiceURL(admin) else {
                throw .usage(
                    "--admin is \"\(admin)\", which cannot be used. Write a URL such as "
                        + "http://127.0.0.1:8081.")
            }
            self.url = url
            key = try Self.key(environment)
            found = nil
            return
        }
        let variable = environment("GLOVEBOX_STATE").flatMap { $0.isEmpty ? nil : $0 }
        let folders = StatePath.forOperator(
            named: options.state ?? variable, isRoot: isRoot, environment)
        let (entry, folder) = try Self.entry(in: folders)
        guard let url = ServiceURL(entry.url), Self.isKey(entry.key) else {
            throw .failed("\(folder)/admin.json is no entry that a service has written.")
        }
        self.url = url
        key = entry.key
        found = Found(folder: folder, pid: entry.pid)
    }

    /// The body of the answer to GET.
    ///
    /// - Parameters:
    ///   - largest: the most bytes of it.
    ///   - time: for all of it.
    func get(
        _ path: String, largest: Int = AdminClient.largestAnswer,
        within time: TimeAmount = AdminClient.time
    ) async throws(CommandFailure) -> [UInt8] {
        try await ask(.GET, path, within: time, expecting: [200], largest: largest).body
    }

    /// Gives an order with POST.
    ///
    /// - Parameters:
    ///   - content: JSON to send; empty for nothing.
    ///   - time: for all of it.
    ///   - statuses: those of answers that the caller understands.
    func post(
        _ path: String, sending content: String = "", within time: TimeAmount,
        expecting statuses: Set<Int>
    ) async throws(CommandFailure) -> OneAnswer {
        try await ask(.POST, path, sending: content, within: time, expecting: statuses)
    }

    /// Reads an answer as JSON.
    func decode<Value: Decodable>(_ body: [UInt8]) throws(CommandFailure) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(body))
        } catch {
            throw unreadable
        }
    }

    /// Of an answer that is none of this version's.
    var unreadable: CommandFailure {
        .failed(
            "\(url) says something that glovebox \(Version.current) cannot read. Use the service's "
                + "own version.")
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, sending content: String = "",
        within time: TimeAmount, expecting statuses: Set<Int>,
        largest: Int = AdminClient.largestAnswer
    ) async throws(CommandFailure) -> OneAnswer {
        let answer: OneAnswer
        do throws(OneAnswer.Failure) {
            answer = try await OneAnswer.of(
                method, url, path: path, sending: content, key: key, within: time,
                largest: largest)
        } catch {
            throw .failed(sentence(for: error, within: time))
        }
        switch answer.status {
        case let status where statuses.contains(status): return answer
        case 401:
            throw .failed(
                "The service at \(url) does not accept the key. Put an admin key into "
                    + "GLOVEBOX_ADMIN_KEY.")
        case 400, 403: throw .failed("The service at \(url) says: \(Self.detail(answer))")
        default: throw .failed("\(url)\(path) answered \(answer.status). \(Self.detail(answer))")
        }
    }

    private func sentence(
        for failure: OneAnswer.Failure, within time: TimeAmount
    ) -> String {
        switch failure {
        case .nobodyListens:
            if let found {
                "No service is running: nobody listens at \(url), and \(found.folder)/admin.json "
                    + "is left over from process \(found.pid). Start the service."
            } else {
                "Nobody listens at \(url). Start the service, or name the address that it was "
                    + "given with --admin-listen."
            }
        case .tooSlow:
            "The service at \(url) did not answer within \(time.nanoseconds / 1_000_000_000) "
                + "seconds. Look into its log."
        case .tooLarge:
            "The answer of \(url) is too large. Is it the admin listener of a service?"
        case .broken(let what): "\(url) cannot be asked (\(what))."
        }
    }

    private static func entry(
        in folders: [String]
    ) throws(CommandFailure) -> (AdminEntry, folder: String) {
        for folder in folders {
            do throws(AdminEntry.Failure) {
                return (try AdminEntry.read(in: folder), folder)
            } catch {
                switch error {
                case .missing: continue
                case .denied(let why), .unreadable(let why): throw .failed(why)
                }
            }
        }
        let looked =
            folders.isEmpty
            ? "this account has no state directory"
            : "there is no admin.json in \(folders.joined(separator: " or "))"
        throw .failed(
            "No service is running: \(looked). Start one, name its state directory with --state, "
                + "or use --admin URL with GLOVEBOX_ADMIN_KEY.")
    }

    /// Never from an argument, which every account of the machine can read.
    private static func key(
        _ environment: (String) -> String?
    ) throws(CommandFailure) -> String {
        func given(_ name: String) -> String? {
            environment(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        switch (given("GLOVEBOX_ADMIN_KEY"), given("GLOVEBOX_ADMIN_KEY_FILE")) {
        case (let key?, nil):
            guard isKey(key) else {
                throw .usage(
                    "GLOVEBOX_ADMIN_KEY is no key: a key has no spaces and is plain ASCII.")
            }
            return key
        case (nil, let path?): return try key(inFile: path)
        case (nil, nil):
            throw .usage(
                "--admin needs a key. Put it into GLOVEBOX_ADMIN_KEY, or the name of a file that "
                    + "holds it into GLOVEBOX_ADMIN_KEY_FILE.")
        case (_?, _?):
            throw .usage(
                "GLOVEBOX_ADMIN_KEY and GLOVEBOX_ADMIN_KEY_FILE are both set. Set one of them.")
        }
    }

    private static func key(inFile path: String) throws(CommandFailure) -> String {
        let file: SmallFile
        do throws(SmallFile.Failure) {
            file = try SmallFile.read(path, limit: 64 << 10)
        } catch {
            throw .failed(
                "The file \(path) that GLOVEBOX_ADMIN_KEY_FILE names cannot be read: "
                    + "\(error.reason).")
        }
        let line = String(String(decoding: file.bytes, as: UTF8.self).prefix { !$0.isNewline })
        guard isKey(line) else {
            throw .usage("The file \(path) that GLOVEBOX_ADMIN_KEY_FILE names holds no key.")
        }
        return line
    }

    /// Whether it can be sent in a header field as it is.
    private static func isKey(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// What a problem (RFC 9457) says in words.
    private static func detail(_ answer: OneAnswer) -> String {
        struct Problem: Decodable { let detail: String }
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body)) else {
            return "Is it the admin listener of a service?"
        }
        return UntrustedText.printable(Array(problem.detail.utf8))
    }
}
