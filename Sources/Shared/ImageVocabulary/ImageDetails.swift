/// What a source tells of itself beside its header: for a job about facts alone. It is a child's word,
/// and most of it is the word of whoever made the file.
public struct ImageDetails: Equatable, Sendable {
    public var colorSpace: ColorSpace
    /// What the file says of its resolution; nil where it says nothing, and for drawings.
    public var resolution: Resolution?
    /// Texts, each at most once.
    public var texts: [DetailField: DetailText] = [:]
    /// Where the picture was taken; only where it was asked for.
    public var location: Location?
    /// The colour that most of the picture has; only where it was asked for.
    public var dominantColor: RGBColor?

    public init(colorSpace: ColorSpace) { self.colorSpace = colorSpace }
}

/// What a request about facts asks for beyond what every answer has.
public struct InfoWishes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Where the picture was taken.
    public static let location = InfoWishes(rawValue: 1)
    /// The colour that most of the picture has, for which its pixels are decoded.
    public static let dominantColor = InfoWishes(rawValue: 2)
    public static let all: InfoWishes = [.location, .dominantColor]
}

/// What the numbers of a pixel mean. The raw value travels on the wire.
public enum ColorSpace: UInt8, CaseIterable, Sendable {
    case rgb = 1
    case grey = 2
    case cmyk = 3
    case lab = 4
    case other = 5

    /// The name in answers.
    public var name: String {
        switch self {
        case .rgb: "rgb"
        case .grey: "grey"
        case .cmyk: "cmyk"
        case .lab: "lab"
        case .other: "other"
        }
    }
}

/// Dots per inch, each more than 0 and at most ``largest``.
public struct Resolution: Equatable, Sendable {
    public let x: Double
    public let y: Double

    public static let largest = 1_000_000.0

    /// nil for numbers that are no resolution.
    public init?(x: Double, y: Double) {
        guard x > 0, y > 0, x <= Self.largest, y <= Self.largest else { return nil }
        self.x = x
        self.y = y
    }
}

/// A place on Earth by the World Geodetic System.
public struct Location: Equatable, Sendable {
    /// Degrees, north positive, −90 to 90.
    public let latitude: Double
    /// Degrees, east positive, −180 to 180.
    public let longitude: Double
    /// Metres above the sea, −20,000 to 100,000,000; nil where it is not said.
    public let altitude: Double?

    /// nil for numbers that are no place.
    public init?(latitude: Double, longitude: Double, altitude: Double?) {
        guard (-90...90).contains(latitude), (-180...180).contains(longitude),
            altitude.map({ (-20_000...100_000_000).contains($0) }) ?? true
        else { return nil }
        self.latitude = latitude
        self.longitude = longitude
        self.altitude = altitude
    }
}

/// The texts there can be. The raw value travels on the wire.
public enum DetailField: UInt8, CaseIterable, Sendable {
    case make = 1
    case model = 2
    case lens = 3
    case software = 4
    case description = 5
    case artist = 6
    case copyright = 7
    case taken = 8
    case exposureTime = 9
    case aperture = 10
    case sensitivity = 11
    case focalLength = 12
    /// The description in the ICC profile.
    case profile = 13
    /// The title in a document's information.
    case title = 14
    /// The author in a document's information.
    case author = 15

    /// The name in answers.
    public var name: String {
        switch self {
        case .make: "make"
        case .model: "model"
        case .lens: "lens"
        case .software: "software"
        case .description: "description"
        case .artist: "artist"
        case .copyright: "copyright"
        case .taken: "taken"
        case .exposureTime: "exposure_time"
        case .aperture: "aperture"
        case .sensitivity: "sensitivity"
        case .focalLength: "focal_length"
        case .profile: "profile"
        case .title: "title"
        case .author: "author"
        }
    }
}

/// Text out of a file: 1 to ``longest`` bytes of UTF-8 without anything that is not shown.
///
/// Nothing in it ends a line, moves a cursor or turns the direction of writing.
public struct DetailText: Equatable, Sendable {
    public let text: String

    /// In bytes of UTF-8.
    public static let longest = 255
    private static let substitute: Unicode.Scalar = "\u{FFFD}"

    /// Makes the best of bytes that may be anything. What is no UTF-8 and what is not shown becomes
    /// U+FFFD; text ends at a NUL, loses white space at its ends, and is cut between characters.
    ///
    /// nil where nothing is left.
    public init?(cleaning bytes: some Sequence<UInt8>) {
        // A byte becomes three at most, so that no more than these can be of use.
        let start = bytes.prefix { $0 != 0 }.prefix(4 * Self.longest)
        var scalars = String(decoding: Array(start), as: UTF8.self).unicodeScalars[...]
            .drop(while: \.properties.isWhitespace)
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in scalars {
            let scalar = Self.isShown(scalar) ? scalar : Self.substitute
            count += UTF8.width(scalar)
            guard count <= Self.longest else { break }
            kept.append(scalar)
        }
        guard !kept.isEmpty else { return nil }
        text = String(kept)
    }

    /// Text as it has to be; nil for anything else.
    public init?(exactly bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count <= Self.longest,
            let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy(Self.isShown)
        else { return nil }
        self.text = text
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
