import ImageVocabulary
import Testing

@Suite("Formats and their names")
struct ImageFormatTests {
    @Test("the numbers on the wire never change meaning")
    func wireValues() {
        let numbers = Dictionary(
            uniqueKeysWithValues: ImageFormat.allCases.map { ($0.name, $0.rawValue) })
        #expect(
            numbers == [
                "jpeg": 1, "png": 2, "webp": 3, "gif": 4, "tiff": 5, "avif": 6, "heic": 7,
                "jxl": 8, "jp2": 9, "bmp": 10, "ico": 11, "svg": 12, "pdf": 13,
            ])
    }

    @Test("a format is named as options write it", arguments: ImageFormat.allCases)
    func names(format: ImageFormat) {
        #expect(ImageFormat(name: format.name) == format)
        #expect(ImageFormat(name: format.name.uppercased()) == nil)
    }

    @Test("jpg is jpeg, and no other abbreviation is known")
    func abbreviations() {
        #expect(ImageFormat(name: "jpg") == .jpeg)
        for name in ["", "tif", "psd", "jp", "jpeg ", "image/png"] {
            #expect(ImageFormat(name: name) == nil)
        }
    }

    /// IANA's registry of media types.
    static let registered: [(String, ImageFormat)] = [
        ("image/jpeg", .jpeg), ("image/png", .png), ("image/webp", .webp), ("image/gif", .gif),
        ("image/tiff", .tiff), ("image/avif", .avif), ("image/heic", .heic), ("image/jxl", .jxl),
        ("image/jp2", .jp2), ("image/bmp", .bmp), ("image/vnd.microsoft.icon", .ico),
        ("image/svg+xml", .svg), ("application/pdf", .pdf),
    ]

    @Test("media types are the registered ones", arguments: registered)
    func mediaTypes(type: String, format: ImageFormat) {
        #expect(format.mediaType == type)
        #expect(ImageFormat(mediaType: type) == format)
    }

    @Test("common misspellings of media types are understood, others are not")
    func misspellings() {
        #expect(ImageFormat(mediaType: "image/jpg") == .jpeg)
        #expect(ImageFormat(mediaType: "image/pjpeg") == .jpeg)
        #expect(ImageFormat(mediaType: "image/x-png") == .png)
        #expect(ImageFormat(mediaType: "image/x-icon") == .ico)
        #expect(ImageFormat(mediaType: "image/x-ms-bmp") == .bmp)
        #expect(ImageFormat(mediaType: "image/heif") == .heic)
        for type in ["", "image/", "png", "video/png", "image/svg", "IMAGE/PNG", "image/pdf"] {
            #expect(ImageFormat(mediaType: type) == nil)
        }
    }

    @Test("no extension announces two formats, and each format has one")
    func extensions() {
        let all = ImageFormat.allCases.flatMap(\.fileExtensions)
        #expect(Set(all).count == all.count)
        for format in ImageFormat.allCases {
            #expect(!format.fileExtensions.isEmpty)
            for name in format.fileExtensions {
                #expect(ImageFormat(fileExtension: name) == format)
            }
        }
        #expect(ImageFormat(fileExtension: "tif") == .tiff)
        #expect(ImageFormat(fileExtension: "psd") == nil)
    }
}

@Suite("What can be written")
struct ResultFormatTests {
    private func facts(_ format: ImageFormat, alpha: Bool) -> ImageFacts {
        ImageFacts(
            format: format, width: 1, height: 1, frames: 1, bands: 4, bitsPerChannel: 8,
            hasAlpha: alpha, orientation: 1, hasProfile: false)
    }

    @Test("eight formats are written, the others are read only")
    func outputs() {
        #expect(ImageFormat.allCases.filter(\.isOutput) == ImageFormat.outputs)
        #expect(
            ImageFormat.outputs.map(\.name) == [
                "jpeg", "png", "webp", "gif", "tiff", "avif", "jxl", "bmp",
            ])
    }

    @Test(
        "a result has its source's format, or png with transparency and jpeg without",
        arguments: ImageFormat.allCases)
    func results(format: ImageFormat) {
        let opaque = Plan().resultFormat(of: facts(format, alpha: false))
        let transparent = Plan().resultFormat(of: facts(format, alpha: true))
        #expect(opaque == (format.isOutput ? format : .jpeg))
        #expect(transparent == (format.isOutput ? format : .png))
    }
}

@Suite("Names and numbers of the shared lists")
struct VocabularyTests {
    @Test("what travels on the wire keeps its number")
    func wireValues() {
        #expect(ResizingType.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
        #expect(ResizingType.allCases.map(\.name) == ["fit", "fill", "force", "fill-down", "auto"])
        #expect(Gravity.Anchor.allCases.map(\.rawValue) == Array(1...12))
        #expect(Verdict.allCases.map(\.rawValue) == Array(1...13))
        #expect(Stage.allCases.map(\.rawValue) == Array(1...5))
    }

    @Test("gravity has imgproxy's names")
    func gravity() {
        #expect(
            Gravity.Anchor.allCases.map(\.name) == [
                "ce", "no", "so", "ea", "we", "noea", "nowe", "soea", "sowe", "sm", "fp", "ent",
            ])
    }

    @Test("names are unique, so that a log line means one thing")
    func unique() {
        #expect(Set(Verdict.allCases.map(\.name)).count == Verdict.allCases.count)
        #expect(Set(Stage.allCases.map(\.name)).count == Stage.allCases.count)
    }

    @Test("a verdict about a limit names it")
    func limits() {
        #expect(Verdict.tooWide.limit?.rawValue == "width")
        #expect(Verdict.tooTall.limit?.rawValue == "height")
        #expect(Verdict.tooManyPixels.limit?.rawValue == "pixels")
        #expect(Verdict.tooManyFrames.limit?.rawValue == "frames")
        #expect(Verdict.noSuchPage.limit?.rawValue == "pages")
        #expect(Verdict.outputTooLarge.limit?.rawValue == "output-bytes")
        #expect(Verdict.brokenImage.limit == nil)
    }
}
