import ImageVocabulary
import NIOCore

/// What became of all files of a run.
struct FileSummary {
    private struct Sum {
        var files = 0
        var read = 0
        var written = 0
    }

    private let total: Int
    private var sums: [ImageFormat: Sum] = [:]
    private var failures: [(path: String, reason: String)] = []
    private var skipped = 0

    /// - Parameter total: files there were.
    init(of total: Int) { self.total = total }

    var hasFailures: Bool { !failures.isEmpty }
    private var done: Int { sums.values.reduce(0) { $0 + $1.files } }
    /// Whether there was any image.
    var isEmpty: Bool { done == 0 && failures.isEmpty }

    mutating func add(_ outcome: FileOutcome) {
        switch outcome.ending {
        case .done(_, let format, _, _, let bytes):
            sums[format, default: Sum()].files += 1
            sums[format, default: Sum()].read += outcome.bytes
            sums[format, default: Sum()].written += bytes
        case .failed(let reason): failures.append((outcome.file.path, reason))
        case .skipped: skipped += 1
        }
    }

    /// Failures, a line for each format of results, and a sentence.
    ///
    /// - Parameter width: characters of a line; nil for programs.
    func text(_ width: Int?) -> String {
        var text = ""
        if hasFailures {
            var table = TextTable("FAILED", "REASON", flexible: [0])
            for (path, reason) in failures.sorted(by: { $0.path < $1.path }) {
                table.add(UntrustedText.printable(path), reason)
            }
            text += table.text(width: width) + "\n"
        }
        if done > 0 {
            var table = TextTable("RESULTS", "FILES", "BYTES READ", "BYTES WRITTEN")
            for format in ImageFormat.allCases {
                guard let sum = sums[format] else { continue }
                table.add(format.name, "\(sum.files)", "\(sum.read)", "\(sum.written)")
            }
            text += table.text(width: width) + "\n"
        }
        return text + sentence + "\n"
    }

    private var sentence: String {
        let left = total - done - failures.count - skipped
        let parts = [
            "\(done) processed", failures.isEmpty ? nil : "\(failures.count) failed",
            skipped == 0 ? nil : "\(skipped) no image", left == 0 ? nil : "\(left) not begun",
        ]
        return "\(total) file\(total == 1 ? "" : "s"): "
            + parts.compactMap { $0 }.joined(separator: ", ") + "."
    }
}

extension FileOutcome {
    /// What `--json` prints of a file, in one line.
    var json: JSONValue { ending.json(of: file.path, bytes: bytes) }
}

extension FileOutcome.Ending {
    static func done(path: String, _ image: ResultImage) -> Self {
        .done(
            path: path, format: image.format, width: image.width, height: image.height,
            bytes: image.bytes.readableBytes)
    }

    /// Names never change meaning.
    ///
    /// - Parameter bytes: the source's size.
    func json(of path: String, bytes: Int) -> JSONValue {
        let name = ("input", JSONValue.string(path))
        switch self {
        case .done(let target, let format, let width, let height, let written):
            return .object([
                name, ("status", .string("done")), ("output", .string(target)),
                ("format", .string(format.name)), ("width", .unsigned(UInt64(width))),
                ("height", .unsigned(UInt64(height))), ("input_bytes", .integer(Int64(bytes))),
                ("output_bytes", .integer(Int64(written))),
            ])
        case .failed(let reason):
            return .object([name, ("status", .string("failed")), ("reason", .string(reason))])
        case .skipped:
            return .object([name, ("status", .string("skipped"))])
        }
    }
}
