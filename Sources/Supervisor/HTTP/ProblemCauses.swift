import ImageVocabulary
import RequestSyntax

extension Problem {
    /// What a client hears of a job that came to nothing.
    init(_ failure: JobFailure, limits: JobLimits) {
        self =
            switch failure {
            case .refused(let verdict): Problem(verdict, limits: limits)
            case .childLost: .couldNotProcess
            case .deadline: .deadline
            case .abandoned: .clientGone
            case .unavailable: .unavailable
            }
    }

    private init(_ verdict: Verdict, limits: JobLimits) {
        self =
            switch verdict {
            case .unknownFormat, .formatMismatch:
                .unsupportedType(AnnouncedTypeError.unknown.reason)
            case .brokenImage: .brokenImage
            case .tooWide: .overLimit(.width, UInt64(limits.width))
            case .tooTall: .overLimit(.height, UInt64(limits.height))
            case .tooManyPixels: .overLimit(.pixels, limits.pixels)
            case .tooManyFrames: .overLimit(.frames, UInt64(limits.frames))
            case .outputTooLarge: .overLimit(.outputBytes, limits.outputBytes)
            case .outputSide: .unusableSize
            case .processingFailed: .couldNotProcess
            case .noSuchPage: .overLimit(.pages, 0)
            case .notADrawing: .notADrawing
            case .frameTooLarge: .overLimit(.framePixels, limits.framePixels)
            }
    }

    /// What a client hears of options that cannot be honoured.
    init(_ error: OptionError) {
        self = error.isForbidden ? .forbiddenOption(error) : .invalidOption(error)
    }

    /// What a client hears of a format that results may not have.
    init(cannotMake format: ImageFormat, of formats: [ImageFormat]) {
        let names = formats.map(\.name).joined(separator: ", ")
        self = .unsupportedResult(
            "Results of the type \(format.name) are not made here. Ask for one of \(names).")
    }

    /// What a client hears of a type that cannot be accepted.
    ///
    /// - Parameter formats: those that can be sent.
    init(_ error: AnnouncedTypeError, reading formats: [ImageFormat] = ImageFormat.allCases) {
        self =
            switch error {
            case .unknown, .unsupported: .unsupportedType(error.reason(reading: formats))
            case .contradiction: .typeContradiction(error.reason(reading: formats))
            }
    }
}
