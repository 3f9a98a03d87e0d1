/// Why a child refused an image, in its own words: a code from this closed list. The raw value
/// travels on the wire.
public enum Verdict: UInt8, CaseIterable, Sendable {
    /// The bytes are no image of any format this policy covers.
    case unknownFormat = 1
    /// libmagic and the format the supervisor named do not agree.
    case formatMismatch = 2
    /// The decoder could not read the image.
    case brokenImage = 3
    /// Wider than the limit.
    case tooWide = 4
    /// Taller than the limit.
    case tooTall = 5
    /// More pixels than the limit.
    case tooManyPixels = 6
    /// More frames than the limit.
    case tooManyFrames = 7
    /// The encoded result is larger than the limit.
    case outputTooLarge = 8
    /// The result has a side of nothing, or one the output format cannot express.
    case outputSide = 9
    /// The steps or the encoder failed on an image that was decoded.
    case processingFailed = 10
    /// The plan names a page that the file does not have.
    case noSuchPage = 11
    /// A drawing was to stay one, and the image is none.
    case notADrawing = 12
    /// More pixels in one frame of an animation than the limit.
    case frameTooLarge = 13

    /// What a refusal's text begins with where memory was not to be had: the child's own word.
    public static let memoryMark = "no memory: "

    /// The limit this verdict is about, when it is about one.
    public var limit: LimitName? {
        switch self {
        case .tooWide: .width
        case .tooTall: .height
        case .tooManyPixels: .pixels
        case .tooManyFrames: .frames
        case .frameTooLarge: .framePixels
        case .outputTooLarge: .outputBytes
        case .noSuchPage: .pages
        default: nil
        }
    }

    /// The name in logs and records.
    public var name: String {
        switch self {
        case .unknownFormat: "unknown-format"
        case .formatMismatch: "format-mismatch"
        case .brokenImage: "broken-image"
        case .tooWide: "too-wide"
        case .tooTall: "too-tall"
        case .tooManyPixels: "too-many-pixels"
        case .tooManyFrames: "too-many-frames"
        case .outputTooLarge: "output-too-large"
        case .outputSide: "output-side"
        case .processingFailed: "processing-failed"
        case .noSuchPage: "no-such-page"
        case .notADrawing: "not-a-drawing"
        case .frameTooLarge: "frame-too-large"
        }
    }
}

/// Where in its one job a child is, by its own word.
public enum Stage: UInt8, CaseIterable, Sendable {
    case sniffing = 1
    case decodingHeader = 2
    case decoding = 3
    case transforming = 4
    case encoding = 5

    /// The name in logs and records.
    public var name: String {
        switch self {
        case .sniffing: "sniffing"
        case .decodingHeader: "decoding header"
        case .decoding: "decoding"
        case .transforming: "transforming"
        case .encoding: "encoding"
        }
    }
}
