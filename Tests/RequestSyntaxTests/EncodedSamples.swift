import Foundation
import ImageVocabulary
import Testing

/// Whole images made by other people's encoders, with the size that was asked of them: Pillow 13.0
/// with its libjpeg-turbo, libwebp and libavif, and tifffile for the rarer TIFF shapes. libvips reads
/// each with the size that stands here.
struct EncodedSample: Sendable, CustomTestStringConvertible {
    let name: String
    let format: ImageFormat
    let width: UInt32
    let height: UInt32
    let bytes: [UInt8]

    var testDescription: String { name }

    private init(
        _ name: String, _ format: ImageFormat, _ width: UInt32, _ height: UInt32, _ base64: String
    ) {
        self.name = name
        self.format = format
        self.width = width
        self.height = height
        bytes = [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
    }

    /// The sample of that name.
    static func named(_ name: String) -> EncodedSample {
        all.first { $0.name == name }!
    }

    static let all: [EncodedSample] = [
        EncodedSample(
            "baseline", .jpeg, 33, 17,
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////
            ////////////////////////////////////wAALCAARACEBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAEC
            AwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk
            M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJ
            ipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3
            +Pn6/9oACAEBAAA/AIqKKKKKKKKKKKKKK//Z
            """),
        EncodedSample(
            "progressiveWithExif", .jpeg, 40, 24,
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD//gAEaGn/
            2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////
            ////////wgALCAAYACgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/2gAIAQEAAAABgAA//8QAFBABAAAA
            AAAAAAAAAAAAAAAAMP/aAAgBAQABBQJ//8QAFBABAAAAAAAAAAAAAAAAAAAAMP/aAAgBAQAGPwJ//8QAFBAB
            AAAAAAAAAAAAAAAAAAAAMP/aAAgBAQABPyF//9oACAEBAAAAEP8A/wD/xAAUEAEAAAAAAAAAAAAAAAAAAAAw
            /9oACAEBAAE/EH//2Q==
            """),
        EncodedSample(
            "png", .png, 19, 23,
            """
            iVBORw0KGgoAAAANSUhEUgAAABMAAAAXCAAAAADMqisGAAAAFElEQVR4nGP0ZcAATJhCo2JDQAwAtS8Ae0Yo
            XCkAAAAASUVORK5CYII=
            """),
        EncodedSample(
            "lossyWebP", .webp, 21, 13,
            """
            UklGRjoAAABXRUJQVlA4IC4AAADQAgCdASoVAA0AP83W4mY/tK4nMAgD8DmJQBUehaSAAP7QwI35HO9n0c00
            AAAA
            """),
        EncodedSample(
            "losslessWebP", .webp, 300, 2,
            """
            UklGRh4AAABXRUJQVlA4TBEAAAAvK0EAAAdQjyKXp/+BiOh/AAA=
            """),
        EncodedSample(
            "webPWithAlpha", .webp, 17, 9,
            """
            UklGRmgAAABXRUJQVlA4WAoAAAAQAAAAEAAACAAAQUxQSBMAAAABDzD/ERFCTENM/868IkT0P4w2AFZQOCAu
            AAAA0AIAnQEqEQAJAD/N1uJmP7SuJzAIA/A5iUAVHoWkgAD+0MCN+RzvZ9HNNAAAAA==
            """),
        EncodedSample(
            "animatedWebP", .webp, 31, 11,
            """
            UklGRsAAAABXRUJQVlA4WAoAAAACAAAAHgAACgAAQU5JTQYAAAAAAAAAAABBTk1GRgAAAAAAAAAAAB4AAAoA
            AAAAAAJWUDggLgAAANACAJ0BKh8ACwA/zdbjZr+0ryewCAPwOYlAFR6FtiAA/tDAjfkc72fUd6AKXgBBTk1G
            RgAAAAAAAAAAAB4AAAoAAAAAAABWUDggLgAAAJQCAJ0BKh8ACwA/zdbjZoMAgAADmJQBai0AAQaAAP5TH13i
            0aX6+AKeqGrFYAA=
            """),
        EncodedSample(
            "gif", .gif, 25, 7,
            """
            R0lGODdhGQAHAIEAAE1NTQAAAAAAAAAAACwAAAAAGQAHAAAIGAABCBxIsKDBgwgTKlzIsKHDhxAjSiQYEAA7
            """),
        EncodedSample(
            "tiff", .tiff, 29, 15,
            """
            SUkqABYAAAB4nPP1HQVDDAAAc0qC2AkAAAEDAAEAAAAdAAAAAQEDAAEAAAAPAAAAAgEDAAEAAAAIAAAAAwED
            AAEAAAAIAAAABgEDAAEAAAABAAAAEQEEAAEAAAAIAAAAFgEDAAEAAAAPAAAAFwEEAAEAAAAOAAAAHAEDAAEA
            AAABAAAAAAAAAA==
            """),
        EncodedSample(
            "bigEndianTIFF", .tiff, 12, 22,
            """
            TU0AKgAAAAgADAEAAAQAAAABAAAADAEBAAQAAAABAAAAFgECAAMAAAABAAgAAAEDAAMAAAABAAgAAAEGAAMA
            AAABAAEAAAERAAQAAAABAAAAsAEVAAMAAAABAAEAAAEWAAQAAAABAAAAFgEXAAQAAAABAAAADQEaAAUAAAAB
            AAAAngEbAAUAAAABAAAApgEoAAMAAAABAAEAAAAAAAAAAAABAAAAAQAAAAEAAAABAAB4nGNgGAUgAAABCAAB
            """),
        EncodedSample(
            "bigTIFF", .tiff, 27, 14,
            """
            SUkrAAgAAAAQAAAAAAAAAAwAAAAAAAAAAAEEAAEAAAAAAAAAGwAAAAAAAAABAQQAAQAAAAAAAAAOAAAAAAAA
            AAIBAwABAAAAAAAAAAgAAAAAAAAAAwEDAAEAAAAAAAAACAAAAAAAAAAGAQMAAQAAAAAAAAABAAAAAAAAABEB
            EAABAAAAAAAAABABAAAAAAAAFQEDAAEAAAAAAAAAAQAAAAAAAAAWAQQAAQAAAAAAAAAOAAAAAAAAABcBEAAB
            AAAAAAAAAA0AAAAAAAAAGgEFAAEAAAAAAAAAAQAAAAEAAAAbAQUAAQAAAAAAAAABAAAAAQAAACgBAwABAAAA
            AAAAAAEAAAAAAAAAAAAAAAAAAAB4nGNgGAUDAwABegAB
            """),
        EncodedSample(
            "bigEndianBigTIFF", .tiff, 13, 23,
            """
            TU0AKwAIAAAAAAAAAAAAEAAAAAAAAAAMAQAABAAAAAAAAAABAAAADQAAAAABAQAEAAAAAAAAAAEAAAAXAAAA
            AAECAAMAAAAAAAAAAQAIAAAAAAAAAQMAAwAAAAAAAAABAAgAAAAAAAABBgADAAAAAAAAAAEAAQAAAAAAAAER
            ABAAAAAAAAAAAQAAAAAAAAEQARUAAwAAAAAAAAABAAEAAAAAAAABFgAEAAAAAAAAAAEAAAAXAAAAAAEXABAA
            AAAAAAAAAQAAAAAAAAANARoABQAAAAAAAAABAAAAAQAAAAEBGwAFAAAAAAAAAAEAAAABAAAAAQEoAAMAAAAA
            AAAAAQABAAAAAAAAAAAAAAAAAAB4nGNgGAVEAgABKwAB
            """),
        EncodedSample(
            "avif", .avif, 37, 18,
            """
            AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGlj
            dAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAALAAAAChp
            aW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAA
            AAAAJQAAABIAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1h
            AAAAAAAAAAEAAQQBAoMEAAAANG1kYXQSAAoJGBUki0QENBoQMh0f94eFFd///+LPwIDuIS4sC1/jlJJIUMTK
            yafMgA==
            """),
        EncodedSample(
            "avifWithAlpha", .avif, 20, 30,
            """
            AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAGGbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGlj
            dAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAACxpbG9jAAAAAEQAAAIAAQAAAAEAAAHFAAAAKQACAAAA
            AQAAAa4AAAAXAAAAQmlpbmYAAAAAAAIAAAAaaW5mZQIAAAAAAQAAYXYwMUNvbG9yAAAAABppbmZlAgAAAAAC
            AABhdjAxQWxwaGEAAAAAGmlyZWYAAAAAAAAADmF1eGwAAgABAAEAAADDaXBycAAAAJ1pcGNvAAAAFGlzcGUA
            AAAAAAAAFAAAAB4AAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAAA5w
            aXhpAAAAAAEIAAAADGF2MUOBABwAAAAAOGF1eEMAAAAAdXJuOm1wZWc6bXBlZ0I6Y2ljcDpzeXN0ZW1zOmF1
            eGlsaWFyeTphbHBoYQAAAAAeaXBtYQAAAAAAAAACAAEEAQKDBAACBAEFhgcAAABIbWRhdBIACgUYESfWFTIM
            H5D/8UC05DWdIUMgEgAKCRgRJ9aICGg0IDIaH/eHhRXf///iz8CAxOB9rCqUfRY7r8WEhxg=
            """),
    ]
}
