import ImageVocabulary
import RequestSyntax

/// `result`: what results are like where the request does not say.
struct ResultSettings: Equatable, Sendable {
    /// Of encoders that have one, 1 to 100.
    var quality = 80
    /// For single formats.
    var formatQuality = FormatQuality(values: [.webp: 79, .avif: 63, .jxl: 77])
    /// Whether JPEG comes progressive and PNG interlaced.
    var progressive = false
    /// Colours of a PNG's palette; 0 for one where the source has one.
    var palette = 0
    /// The formats that results may have; nil for all that are written.
    var formats: [ImageFormat]?
    /// The best first; empty for the source's.
    var preferred: [ImageFormat] = []
    /// Used where the client accepts them and the request names no format.
    var auto: [ImageFormat] = []
    /// Used where the client accepts them, whatever the request names.
    var enforced: [ImageFormat] = []
    /// Whether browsers' hints count.
    var clientHints = false
    var stripMetadata = true
    var keepCopyright = true
    var stripProfile = true
    var autoRotate = true
    var enforceThumbnail = false
    var isAttachment = false
    /// Sources that go out as they are where no other format is asked for.
    var skipped: [ImageFormat] = []

    /// What the options of every request change.
    var start: RequestOptions {
        var options = RequestOptions()
        for format in ImageFormat.outputs {
            options.plan.formatQualities[format] =
                formatQuality.values[format] ?? UInt8(clamping: quality)
        }
        options.plan.encoding.progressive = progressive
        options.plan.encoding.paletteColors = UInt16(clamping: palette)
        options.plan.metadata.strip = stripMetadata
        options.plan.metadata.keepCopyright = keepCopyright
        options.plan.metadata.stripProfile = stripProfile
        options.plan.autoRotate = autoRotate
        options.plan.enforceThumbnail = enforceThumbnail
        options.delivery.isAttachment = isAttachment
        options.delivery.skipped = skipped
        return options
    }

    /// The formats that a client can be given because it accepts them.
    static let negotiable: [ImageFormat] = [.jxl, .avif, .webp]

    /// Whether answers depend on what the client accepts.
    var negotiates: Bool { !auto.isEmpty || !enforced.isEmpty }

    /// The names of request fields that answers depend on.
    var varying: [String] {
        (negotiates ? ["Accept"] : []) + (clientHints ? ClientHints.fieldNames : [])
    }

    /// Whether results of a format may be made.
    func allows(_ format: ImageFormat) -> Bool { formats?.contains(format) ?? true }

    /// Settles how the result's format is chosen.
    func choose(for plan: inout Plan, accepting field: AcceptField) {
        let taken = { (formats: [ImageFormat]) in
            Self.negotiable.filter { formats.contains($0) && field.names($0) }
        }
        if let format = plan.format {
            let enforced = taken(enforced)
            guard !enforced.isEmpty else { return }
            // What the source is decides whether the enforced one can show it.
            plan.choice = FormatChoice(accepted: enforced, preferred: [format])
            plan.format = nil
        } else if !plan.keepsDrawing {
            let own = preferred.isEmpty ? formats ?? [] : preferred
            plan.choice = FormatChoice(accepted: taken(auto + enforced), preferred: own)
        }
    }
}

/// Qualities of single formats, 1 to 100 each.
struct FormatQuality: Equatable, Sendable {
    var values: [ImageFormat: UInt8]
}

extension ValueShape where Value == FormatQuality {
    /// `format=quality` each, with commas between them.
    static var formatQuality: Self {
        let text = { @Sendable (qualities: FormatQuality) in
            qualities.values.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key.name)=\($0.value)" }.joined(separator: ",")
        }
        return ValueShape(
            expects: "pairs of a format and a quality from 1 to 100 with commas between them, such "
                + "as webp=79,avif=63, or none",
            parse: { text throws(ValueError) in
                var qualities = FormatQuality(values: [:])
                guard text != "none" else { return qualities }
                for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
                        .map { $0.split(separator: " ").joined(separator: " ") }
                    guard parts.count == 2, let format = ImageFormat(name: parts[0]),
                        format.isOutput, let quality = Int(digits: parts[1][...])
                    else {
                        let pair = ConfigurationProblem.quoted(String(pair))
                        throw .malformed("has \(pair), which is no format and its quality")
                    }
                    guard (1...100).contains(quality) else { throw .outOfRange }
                    qualities.values[format] = UInt8(clamping: quality)
                }
                return qualities
            },
            text: { $0.values.isEmpty ? "none" : text($0) },
            json: { .string(text($0)) })
    }
}

extension ValueShape where Value == [ImageFormat] {
    /// Some of `formats` with commas between them, in the order in which they are written.
    ///
    /// - Parameter isOptional: whether the word none may stand for none of them.
    static func list(of formats: [ImageFormat], isOptional: Bool = true) -> Self {
        let names = formats.map(\.name).joined(separator: ", ")
        return ValueShape(
            expects: "names of formats with commas between them, of \(names)"
                + (isOptional ? ", or none" : ""),
            parse: { text throws(ValueError) in
                guard !isOptional || text != "none" else { return [] }
                // The spelling is checked as in every list of formats; this one keeps its order.
                let named = try Self.formats.parse(text)
                if let other = named.first(where: { !formats.contains($0) }) {
                    throw .malformed("names \(other.name), which cannot stand here")
                }
                let written = text.split(separator: ",").compactMap { word in
                    ImageFormat(name: word.split(separator: " ").joined(separator: " "))
                }
                return written.enumerated().filter { index, format in
                    written.firstIndex(of: format) == index
                }.map(\.element)
            },
            text: { $0.isEmpty ? "none" : $0.map(\.name).joined(separator: ",") },
            json: { .array($0.map { .string($0.name) }) })
    }
}
