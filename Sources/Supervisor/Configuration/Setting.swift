import ArgumentParser
import Glibc

/// One thing an operator can set: by an option, or by an environment variable where no option was
/// given.
struct Setting: Sendable {
    /// The long option without its dashes.
    let option: String
    let variable: String

    static let listen = Setting("listen", "GLOVEBOX_LISTEN")
    static let images = Setting("images", "GLOVEBOX_IMAGES")
    static let policies = Setting("policies", "GLOVEBOX_POLICIES")
    static let vips = Setting("vips", "GLOVEBOX_VIPS_DIR")
    static let sandbox = Setting("sandbox", "GLOVEBOX_SANDBOX")
    static let user = Setting("user", "GLOVEBOX_USER")
    static let posture = Setting("posture", "GLOVEBOX_POSTURE")
    static let maxInputBytes = Setting("max-input-bytes", "GLOVEBOX_MAX_INPUT_BYTES")
    static let maxPixels = Setting("max-pixels", "GLOVEBOX_MAX_PIXELS")
    static let maxFrames = Setting("max-frames", "GLOVEBOX_MAX_FRAMES")
    static let timeout = Setting("timeout", "GLOVEBOX_TIMEOUT")
    static let workers = Setting("workers", "GLOVEBOX_WORKERS")
    static let queue = Setting("queue", "GLOVEBOX_QUEUE")
    static let logLevel = Setting("log-level", "GLOVEBOX_LOG_LEVEL")
    static let strictType = Setting("strict-type", "GLOVEBOX_SOURCES_STRICT_TYPE")

    private init(_ option: String, _ variable: String) {
        self.option = option
        self.variable = variable
    }

    /// What was given for it, with the name under which it was given; nil when nothing was. An
    /// empty variable counts as none.
    func given(
        _ value: String?, _ environment: (String) -> String? = Setting.environment
    ) -> Given? {
        if let value { return Given(value: value, origin: "--\(option)") }
        guard let value = environment(variable), !value.isEmpty else { return nil }
        return Given(value: value, origin: variable)
    }

    /// The help of the option, with the variable that stands for it.
    func help(_ text: String, _ valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp("\(text) [\(variable)]", valueName: valueName)
    }

    /// What the brackets in the help are.
    static let discussion =
        "A variable in brackets stands for its option where the option is not given."

    /// The process's own environment.
    static func environment(_ name: String) -> String? {
        // Nobody changes the environment after the start, so the text is copied undisturbed.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// A value as it was written, and where.
    struct Given: Equatable, Sendable {
        let value: String
        let origin: String

        /// A whole number from `range`.
        func wholeNumber(in range: ClosedRange<UInt64>) throws(CommandFailure) -> UInt64 {
            guard let number = UInt64(value), range.contains(number) else {
                throw invalid(
                    "Write a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return number
        }

        /// Seconds, whole or with a decimal point, up to an hour.
        func seconds() throws(CommandFailure) -> Duration {
            guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
                let seconds = Double(value), seconds >= 0.01, seconds <= 3_600
            else { throw invalid("Write seconds from 0.01 to 3600, such as 10 or 2.5.") }
            return .milliseconds(Int64((seconds * 1_000).rounded()))
        }

        /// Yes or no.
        func flag() throws(CommandFailure) -> Bool {
            switch value {
            case "1", "true": return true
            case "0", "false": return false
            default: throw invalid("Write 1 or true, or 0 or false.")
            }
        }

        /// The failure for a value that cannot be used.
        func invalid(_ advice: String) -> CommandFailure {
            .usage("\(origin) is \"\(value)\", which cannot be used. \(advice)")
        }
    }
}
