import ArgumentParser
import Glibc
import ImageVocabulary
import Logging
import SandboxPolicy

/// Options of every command that processes images.
struct SandboxOptions: ParsableArguments {
    @Option(
        help: Setting.policies.help(
            "Folder of policy files (default: ./policies, else /etc/glovebox/policies).", "dir"))
    var policies: String?

    @Option(
        help: Setting.vips.help(
            """
            Folder with the libvips to use, or 'system' for the system's (default: the folder \
            vips beside this program where there is one, else the system's).
            """, "dir"))
    var vips: String?

    @Option(
        help: Setting.sandbox.help(
            "The program glovebox-sandbox (default: beside this one).", "path"))
    var sandbox: String?

    @Option(
        help: Setting.user.help(
            "Account to work under when started as root (default: glovebox, else nobody).",
            "name|uid"))
    var user: String?

    @Option(
        help: Setting.posture.help(
            """
            strict, or container: start without the namespaces that this machine does not give \
            (default: strict).
            """, "name"))
    var posture: String?

    @Option(
        name: .customLong("max-input-bytes"),
        help: Setting.maxInputBytes.help("Largest input in bytes (default: the policy's).", "n"))
    var maxInputBytes: String?

    @Option(
        name: .customLong("max-pixels"),
        help: Setting.maxPixels.help("Most pixels of an image (default: the policy's).", "n"))
    var maxPixels: String?

    @Option(
        name: .customLong("max-frames"),
        help: Setting.maxFrames.help("Most frames of an image (default: the policy's).", "n"))
    var maxFrames: String?

    @Option(help: Setting.timeout.help("Seconds one image may take (default: 10).", "s"))
    var timeout: String?

    @Option(
        name: .customLong("log-level"),
        help: Setting.logLevel.help(
            "debug, info, notice, warning, error or critical (serve: info, others: warning).",
            "level"))
    var logLevel: String?

    /// The policy files, by name.
    func policyFiles() -> [String] {
        let folder =
            Setting.policies.given(policies)?.value
            ?? (Self.exists("policies") ? "policies" : "/etc/glovebox/policies")
        let names = Self.names(in: folder)
        let files = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".json") }.sorted()
        return files.isEmpty ? ["\(folder)/raster.yaml"] : files.map { "\(folder)/\($0)" }
    }

    private static func names(in folder: String) -> [String] {
        // The path lives for the length of the call.
        guard let listing = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        // An entry is valid until the next call; its name is copied before that.
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }

    /// nil for the system's libvips.
    func vipsDirectory() throws(CommandFailure) -> String? {
        if let given = Setting.vips.given(vips) {
            return given.value == "system" ? nil : given.value
        }
        let beside = try OwnProgram.folder() + "/vips"
        // The path lives for the length of the call.
        return unsafe access(beside + "/libvips.so.42", R_OK) == 0 ? beside : nil
    }

    func sandboxProgram() throws(CommandFailure) -> String {
        if let given = Setting.sandbox.given(sandbox) { return given.value }
        return try OwnProgram.folder() + "/glovebox-sandbox"
    }

    func account() throws(CommandFailure) -> Account {
        try Account.chosen(Setting.user.given(user))
    }

    func namedPosture() throws(CommandFailure) -> NamedPosture {
        guard let given = Setting.posture.given(posture) else { return .strict }
        guard let named = NamedPosture(rawValue: given.value) else {
            throw given.invalid("Write strict or container.")
        }
        return named
    }

    func jobTime() throws(CommandFailure) -> Duration {
        try Setting.timeout.given(timeout)?.seconds() ?? .seconds(10)
    }

    func level(otherwise level: Logger.Level) throws(CommandFailure) -> Logger.Level {
        guard let given = Setting.logLevel.given(logLevel) else { return level }
        guard let named = Logger.Level(rawValue: given.value) else {
            throw given.invalid("Write debug, info, notice, warning, error or critical.")
        }
        return named
    }

    /// The policy's limits, narrowed by what was given. They are never widened: what a child may
    /// take of memory and time is cut for the policy's own.
    func limits(within policy: JobLimits) throws(CommandFailure) -> JobLimits {
        var limits = policy
        if let given = Setting.maxInputBytes.given(maxInputBytes) {
            limits.inputBytes = try given.wholeNumber(in: 1...policy.inputBytes)
        }
        if let given = Setting.maxPixels.given(maxPixels) {
            limits.pixels = try given.wholeNumber(in: 1...policy.pixels)
        }
        if let given = Setting.maxFrames.given(maxFrames) {
            limits.frames = UInt32(try given.wholeNumber(in: 1...UInt64(policy.frames)))
        }
        return limits
    }

    private static func exists(_ path: String) -> Bool {
        // access reads the path within the call only.
        unsafe access(path, F_OK) == 0
    }
}

/// Where this program stands.
enum OwnProgram {
    /// Its folder, symbolic links resolved.
    static func folder() throws(CommandFailure) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        // readlink writes at most `count` bytes into the buffer and says how many.
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0, count < buffer.count else {
            throw .failed("The program's own path cannot be read. Give --sandbox.")
        }
        let path = String(
            decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
    }
}
