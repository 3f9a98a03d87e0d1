import ImageVocabulary
import RequestSyntax
import Testing

@Suite("What a request announces")
struct AnnouncedTypeTests {
    static let types: [(String?, AnnouncedType)] = [
        (nil, .nothing), ("", .nothing), ("  ", .nothing), (";", .nothing),
        ("application/octet-stream", .nothing),
        ("Application/Octet-Stream; charset=binary", .nothing),
        ("application/x-www-form-urlencoded", .nothing),
        ("image/jpeg", .format(.jpeg)), ("IMAGE/JPG", .format(.jpeg)),
        (" image/png ; q=1", .format(.png)), ("image/webp;", .format(.webp)),
        ("image/gif", .format(.gif)), ("image/tiff", .format(.tiff)),
        ("image/avif", .format(.avif)),
        ("image/heic", .format(.heic)), ("image/psd", .unsupportedImage("image/psd")),
        ("image/svg+xml", .format(.svg)), ("application/pdf", .format(.pdf)),
        ("image/", .unsupportedImage("image/")),
        ("multipart/form-data; boundary=x", .multipartForm),
        ("multipart/mixed; boundary=x", .unsupported("multipart/mixed")),
        ("text/html", .unsupported("text/html")),
        ("jpeg", .unsupported("jpeg")),
        ("text/\u{1B}[2J\u{00E9}\"", .unsupported("text/?[2j???")),
    ]

    @Test("a Content-Type announces its media type, without case and parameters")
    func contentType() {
        for (field, announced) in Self.types {
            #expect(AnnouncedType(contentType: field) == announced)
        }
    }

    @Test("an overlong type is cut")
    func overlong() {
        let field = "image/" + String(repeating: "x", count: 500)
        #expect(
            AnnouncedType(contentType: field)
                == .unsupportedImage("image/" + String(repeating: "x", count: 58)))
    }

    static let names: [(String, AnnouncedType)] = [
        ("a.jpg", .format(.jpeg)), ("a.JPEG", .format(.jpeg)), ("a.b.png", .format(.png)),
        ("C:\\fakepath\\a.webp", .format(.webp)), ("dir.gif/a.tif", .format(.tiff)),
        ("dir.gif/a", .nothing), ("a", .nothing), ("", .nothing), (".png", .nothing),
        ("a.", .nothing), ("a.psd", .nothing), ("a.HEIC", .format(.heic)), ("a.jpg ", .nothing),
        ("a.png/", .format(.png)),
        ("é.avif", .format(.avif)),
    ]

    @Test("a file name announces by a known extension alone", arguments: names)
    func fileName(name: String, announced: AnnouncedType) {
        #expect(AnnouncedType(fileName: name) == announced)
    }

    @Test("the bytes decide when nothing is announced")
    func nothing() throws {
        #expect(try AnnouncedType.nothing.agreed(withBytes: .gif) == .gif)
        #expect(throws: AnnouncedTypeError.unknown) {
            try AnnouncedType.nothing.agreed(withBytes: nil)
        }
    }

    @Test("an announcement that the bytes bear out is accepted")
    func agreement() throws {
        for format in ImageFormat.allCases {
            #expect(try AnnouncedType.format(format).agreed(withBytes: format) == format)
        }
    }

    private static let known = ImageFormat.allCases.map(\.name).joined(separator: ", ")

    static let conflicts: [(AnnouncedType, ImageFormat?, String)] = [
        (
            .format(.jpeg), .png,
            "The request announces image/jpeg, but the bytes are image/png. "
                + "Send the type that the bytes have, or none."
        ),
        (
            .format(.png), nil,
            "The request announces image/png, but the bytes are no image of a known format. "
                + "Send one of \(known)."
        ),
        (
            .unsupportedImage("image/psd"), .avif,
            "The request announces image/psd, but the bytes are image/avif. "
                + "Send the type that the bytes have, or none."
        ),
        (
            .unsupportedImage("image/psd"), nil,
            "The type image/psd cannot be read here. "
                + "Send one of \(known)."
        ),
        (
            .unsupported("text/html"), .png,
            "The type text/html cannot be read here. "
                + "Send one of \(known)."
        ),
        (
            .multipartForm, .png,
            "The type multipart/form-data cannot be read here. "
                + "Send one of \(known)."
        ),
    ]

    @Test("a contradiction is refused naming both", arguments: conflicts)
    func contradiction(announced: AnnouncedType, sniffed: ImageFormat?, reason: String) throws {
        let error = try #require(throws: AnnouncedTypeError.self) {
            try announced.agreed(withBytes: sniffed)
        }
        #expect(error.reason == reason)
    }
}
