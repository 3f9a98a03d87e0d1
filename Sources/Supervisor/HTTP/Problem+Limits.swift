import ImageVocabulary

extension Problem {
    /// What to do about a limit.
    static func sentence(for limit: LimitName, _ largest: UInt64) -> String {
        switch limit {
        case .inputBytes: "The input is larger than \(largest) bytes. Send a smaller one."
        case .width: "The image is wider than \(largest) pixels. Send a smaller one."
        case .height: "The image is taller than \(largest) pixels. Send a smaller one."
        case .pixels:
            "The image, or the result asked for, has more than \(largest) pixels. Send a smaller "
                + "image, or ask for a smaller size."
        case .pages: "The file does not have the page asked for. Ask for one that it has."
        case .framePixels:
            "A frame of the animation has more than \(largest) pixels. Send a smaller one."
        case .frames: "The image has more frames than \(largest). Send one with fewer."
        case .outputBytes:
            "The result is larger than \(largest) bytes. Ask for less quality or a smaller size."
        }
    }

    /// When to try again, in seconds, where trying again makes sense.
    var retryAfterSeconds: Int? {
        switch self {
        case .unavailable, .tooManyAtOnce: 1
        case .tooManyAttempts(let seconds), .tooManyFailures(let seconds),
            .rateLimited(let seconds), .dailyLimit(let seconds), .tooManyErrors(let seconds):
            seconds
        default: nil
        }
    }
}
