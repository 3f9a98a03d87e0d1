import ImageVocabulary
import SandboxPolicy

/// One policy as `doctor` shows it: the file, what became of it, and who could change it.
struct DoctorPolicy: Sendable {
    enum State: Equatable, Sendable {
        /// A child of it was confined and ready.
        case serving
        /// None of its formats is enabled.
        case disabled
        case failed(String)
    }

    let name: String
    let path: String
    /// The file's base; nil where it has none.
    let base: String?
    let sha256: String
    let state: State
    /// Those that are served.
    let formats: [ImageFormat]
    /// Those that the setting `formats` leaves out.
    let disabledFormats: [ImageFormat]
    let warnings: [PolicyDiagnostic]
    let libvips: String?
    let source: LibrarySource?
    let posture: Posture?
    /// Fonts that text can be drawn with; nil where nobody draws text.
    let fonts: UInt32?
    /// Where the service's account could change it.
    let exposures: [PathExposure]

    /// - Parameters:
    ///   - pool: what became of it; nil where nobody started it.
    ///   - failure: why it could not be had.
    init(
        _ policy: ServedPolicy, pool: PoolStatus?, failure: StartFailure?, isDisabled: Bool,
        exposures: [PathExposure]
    ) {
        name = policy.name
        path = policy.file.path
        base = policy.base?.path
        sha256 = policy.sha256
        if isDisabled {
            state = .disabled
        } else if let failure {
            state = .failed(failure.description)
        } else if pool?.state == .serving {
            state = .serving
        } else {
            state = .failed("It was not started.")
        }
        formats = isDisabled ? [] : policy.formats
        disabledFormats = policy.file.formats.filter { [formats] in !formats.contains($0) }
        warnings = policy.file.warnings
        libvips = pool?.libvips
        source = pool?.librarySource
        posture = pool?.posture
        fonts = pool?.fonts
        self.exposures = exposures
    }

    var json: JSONValue {
        let (name, problem): (String, JSONValue) =
            switch state {
            case .serving: ("serving", .null)
            case .disabled: ("disabled", .null)
            case .failed(let reason): ("failed", .string(reason))
            }
        return .object([
            ("policy", .string(self.name)),
            ("path", .string(path)),
            ("base", base.map { .string($0) } ?? .null),
            ("sha256", .string(sha256)),
            ("state", .string(name)),
            ("problem", problem),
            ("formats", .names(formats)),
            ("formats_disabled", .names(disabledFormats)),
            ("warnings", .array(warnings.map { .string($0.description) })),
            ("libvips", libvips.map { .string($0) } ?? .null),
            ("libvips_from", source.map { .string($0.name) } ?? .null),
            ("fonts", fonts.map { .unsigned(UInt64($0)) } ?? .null),
            ("writable", .bool(!exposures.isEmpty)),
            ("reason", .joined(exposures.map(\.reason), " ")),
            ("remedy", .joined(exposures.flatMap(\.remedies), " && ")),
            (
                "exposures",
                .array(
                    exposures.map { exposure in
                        .object([
                            ("path", .string(exposure.path)),
                            ("reason", .string(exposure.reason)),
                            ("remedy", .joined(exposure.remedies, " && ")),
                        ])
                    })
            ),
        ])
    }

    /// For people.
    var lines: [String] {
        var lines: [String] = []
        func add(_ text: String, _ first: String = "    ") {
            lines += WrappedText.lines(text, first: first, rest: "      ")
        }
        switch state {
        case .serving: add("\(name)  \(Self.list(formats))", "  ")
        case .disabled: add("\(name)  not started: none of its formats is enabled", "  ")
        case .failed: add("\(name)  cannot be served", "  ")
        }
        if case .failed(let reason) = state { add(reason) }
        if !disabledFormats.isEmpty { add("not enabled: \(Self.list(disabledFormats))") }
        add(base.map { "\(path), on \($0)" } ?? path)
        add("sha256 \(sha256)")
        if let libvips, let source { add("libvips \(libvips), \(source.text)") }
        if let fonts {
            add(
                fonts == 0
                    ? "no font: text is drawn as boxes or not at all; "
                        + "install a package of fonts, such as fonts-dejavu-core"
                    : "\(fonts) fonts")
        }
        for warning in warnings { add(warning.description) }
        return lines
    }

    /// The places where the account could change policies, each once, with what mends that.
    static func exposureLines(of policies: [DoctorPolicy], account: String) -> [String] {
        var places: [PathExposure] = []
        for exposure in policies.flatMap(\.exposures) where !places.contains(exposure) {
            places.append(exposure)
        }
        guard !places.isEmpty else {
            return WrappedText.lines(
                "The account \(account), under which the service works, can change none of them.",
                first: "  ", rest: "  ")
        }
        var lines = WrappedText.lines(
            "The account \(account), under which the service works, could change them:",
            first: "  ", rest: "  ")
        for place in places {
            lines.append("    \(place.path)")
            lines += WrappedText.lines(place.reason, first: "      ", rest: "      ")
            lines += place.remedies.map { "      → \($0)" }
        }
        return lines
    }

    private static func list(_ formats: [ImageFormat]) -> String {
        formats.map(\.name).joined(separator: ", ")
    }
}

extension LibrarySource {
    /// `system`, or the folder's path.
    var name: String {
        switch self {
        case .folder(let path): path
        case .system: "system"
        }
    }

    fileprivate var text: String {
        switch self {
        case .folder(let path): "the one in \(path)"
        case .system: "the system's"
        }
    }
}

extension JSONValue {
    fileprivate static func names(_ formats: [ImageFormat]) -> JSONValue {
        .array(formats.map { .string($0.name) })
    }

    /// null for none.
    fileprivate static func joined(_ texts: [String], _ separator: String) -> JSONValue {
        texts.isEmpty ? .null : .string(texts.joined(separator: separator))
    }
}
