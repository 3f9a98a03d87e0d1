import Foundation
import ImageVocabulary
import Testing

/// Files of formats that libvips alone does not read everywhere, made by other programs; the README
/// beside them says how.
struct InputFixture: CustomTestStringConvertible {
    let name: String
    let format: ImageFormat
    let width: UInt32
    let height: UInt32

    var testDescription: String { name }

    var bytes: [UInt8] {
        get throws { try [UInt8](Data(contentsOf: Self.folder.appending(path: name))) }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/formats")

    static let all: [InputFixture] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            let suffix = name.split(separator: ".").last ?? ""
            guard let format = ImageFormat(fileExtension: suffix), format != .png, format != .jpeg
            else {
                return nil
            }
            let isSmall = format == .bmp || format == .ico && name != "png.ico"
            // What is stored: the phone's picture is turned when it is shown.
            let (width, height): (UInt32, UInt32) =
                name == "phone.heic" ? (120, 100) : isSmall ? (13, 9) : (64, 48)
            return InputFixture(name: name, format: format, width: width, height: height)
        }
    }()
}
