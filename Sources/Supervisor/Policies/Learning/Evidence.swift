import ImageVocabulary

/// What a learnt rule rests on. It stands at the end of the rule's comment, and is read back from
/// there when policies are merged:
///
///     …; learnt: 4210 calls in 120 images (avif 10, jpeg 110); libvips 8.18.7 build 1a2b3c4d5e6f
struct Evidence: Equatable, Sendable {
    /// A libvips that made such calls.
    struct Library: Hashable, Sendable {
        /// Its version, digits and dots.
        let version: String
        /// What its build id begins with, in lower-case hex; nil where it is not known.
        let build: String?

        init(version: String, build: String?) {
            self.version = Self.isVersion(version) ? version : "unknown"
            let digits = build.map { String($0.lowercased().prefix(Self.digits)) }
            self.build = digits.flatMap { Self.isBuild($0) ? $0 : nil }
        }

        fileprivate static let digits = 12

        fileprivate static func isVersion(_ text: String) -> Bool {
            (1...32).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
        }

        fileprivate static func isBuild(_ text: String) -> Bool {
            (1...digits).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                }
        }

        fileprivate var text: String { version + (build.map { " build \($0)" } ?? "") }
    }

    /// At least 1.
    private(set) var calls: UInt64
    /// Distinct images by format, at least 1 of each, in all at least one. Several runs add up: an
    /// image that was in two of them counts twice.
    private(set) var images: [ImageFormat: UInt64]
    /// Each once, in the order of versions; at least one.
    private(set) var libraries: [Library]

    /// nil for no call, for no image and for no library.
    init?(calls: UInt64, images: [ImageFormat: UInt64], libraries: [Library]) {
        let images = images.filter { $0.value > 0 }
        guard calls > 0, !images.isEmpty, !libraries.isEmpty else { return nil }
        self.calls = calls
        self.images = images
        self.libraries = Self.inOrder(libraries)
    }

    private static func inOrder(_ libraries: [Library]) -> [Library] {
        Set(libraries).sorted { ($0.version, $0.build ?? "") < ($1.version, $1.build ?? "") }
    }

    /// Both together.
    mutating func add(_ other: Evidence) {
        calls = calls.addingClamped(other.calls)
        images.merge(other.images) { $0.addingClamped($1) }
        libraries = Self.inOrder(libraries + other.libraries)
    }

    private static let marker = "; learnt: "
    private static let ofLibraries = "; libvips "

    /// What is put behind a reason.
    var text: String {
        let sum = images.values.reduce(UInt64(0)) { $0.addingClamped($1) }
        let formats = ImageFormat.allCases.compactMap { format in
            images[format].map { "\(format.name) \($0)" }
        }.sorted()
        return Self.marker + "\(calls) call\(calls == 1 ? "" : "s") in \(sum) image"
            + (sum == 1 ? "" : "s") + " (" + formats.joined(separator: ", ") + ")"
            + Self.ofLibraries + libraries.map(\.text).joined(separator: ", ")
    }

    /// Reads what ends a comment; nil where it is not exactly what ``text`` writes.
    init?(parsing comment: String) {
        guard let start = comment.ranges(of: Self.marker).last else { return nil }
        let parts = comment[start.upperBound...].split(
            separator: Self.ofLibraries, omittingEmptySubsequences: false)
        guard parts.count == 2, let open = parts[0].firstIndex(of: "("), parts[0].last == ")"
        else { return nil }
        let calls = parts[0].prefix { $0.isASCII && $0.isNumber }
        var images: [ImageFormat: UInt64] = [:]
        let formats = parts[0][parts[0].index(after: open)...].dropLast()
        for element in formats.split(separator: ", ", omittingEmptySubsequences: false) {
            let words = element.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2,
                let format = ImageFormat.allCases.first(where: { $0.name == words[0] }),
                let count = UInt64(words[1]), images[format] == nil
            else { return nil }
            images[format] = count
        }
        var libraries: [Library] = []
        for element in parts[1].split(separator: ", ", omittingEmptySubsequences: false) {
            let words = element.split(separator: " build ", omittingEmptySubsequences: false)
            guard (1...2).contains(words.count) else { return nil }
            libraries.append(
                Library(
                    version: String(words[0]), build: words.count == 2 ? String(words[1]) : nil))
        }
        guard let calls = UInt64(calls) else { return nil }
        self.init(calls: calls, images: images, libraries: libraries)
        // Whatever else was written otherwise: leading zeros, another order, other words.
        guard comment.hasSuffix(text), comment[start.lowerBound...].count == text.count else {
            return nil
        }
    }
}

extension FixedWidthInteger {
    /// The sum of two that are not negative, or the largest number.
    func addingClamped(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
