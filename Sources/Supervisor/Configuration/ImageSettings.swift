import FoundationEssentials
import ImageVocabulary
import NIOCore
import RequestSyntax

/// `watermark`: what requests put upon results.
struct WatermarkSettings: Equatable, Sendable {
    var path: String?
    var data: ImageData?
    /// What the opacity of a request is multiplied by.
    var opacity = 1.0
}

/// `fallback`: what is processed where the image asked for cannot be had.
struct FallbackSettings: Equatable, Sendable {
    var path: String?
    var data: ImageData?
    /// Of the answer; 0 for that of the error.
    var status = 200
}

/// A small image that is written into a configuration.
struct ImageData: Equatable, Sendable {
    let bytes: [UInt8]
}

/// The images of the configuration, read at the start and at each reload.
struct ConfiguredImages: Sendable {
    var watermark: SourceBytes?
    var fallback: SourceBytes?

    /// Without any.
    init() {}

    /// Reads them. Blocks on the file system.
    ///
    /// - Parameters:
    ///   - formats: those that are served: another one could never be read.
    ///   - largest: most bytes of each.
    init(
        _ configuration: ServiceConfiguration, formats: [ImageFormat], largest: UInt64
    ) throws(ConfigurationError) {
        var problems: [ConfigurationProblem] = []
        func read(_ section: String, _ path: String?, _ data: ImageData?) -> SourceBytes? {
            let key = path == nil ? "\(section).data" : "\(section).path"
            do throws(Unusable) {
                return try Self.image(path, data, formats, largest)
            } catch {
                problems.append(
                    ConfigurationProblem(
                        configuration.origin(of: key), error.what, error.advice))
                return nil
            }
        }
        watermark = read("watermark", configuration.watermark.path, configuration.watermark.data)
        fallback = read("fallback", configuration.fallback.path, configuration.fallback.data)
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }

    private struct Unusable: Error {
        let what: String
        let advice: String
    }

    private static func image(
        _ path: String?, _ data: ImageData?, _ formats: [ImageFormat], _ largest: UInt64
    ) throws(Unusable) -> SourceBytes? {
        let bytes: [UInt8]
        if let path {
            do throws(SmallFile.Failure) {
                bytes = try SmallFile.read(path, limit: Int(clamping: largest)).bytes
            } catch {
                let name = ConfigurationProblem.quoted(path)
                throw Unusable(
                    what: "the image \(name) cannot be read: \(error.reason)",
                    advice: "Name an image that this account may read.")
            }
        } else if let data {
            bytes = data.bytes
        } else {
            return nil
        }
        let buffer = ByteBuffer(bytes: bytes)
        do throws(Problem) {
            let source = try SourceBytes(
                buffer, sha256: InputDigest.hex(of: buffer), announced: .nothing)
            guard formats.contains(source.format) else {
                throw .unsupportedType(
                    AnnouncedTypeError.unsupported(source.format.name).reason(reading: formats))
            }
            return source
        } catch {
            throw Unusable(what: "this image cannot be used", advice: error.detail)
        }
    }
}

extension ValueShape where Value == ImageData {
    static var base64: Self {
        ValueShape(
            expects: "the bytes of an image in base64",
            parse: { text throws(ValueError) in
                guard let data = Data(base64Encoded: text), !data.isEmpty else {
                    throw .malformed("is not base64")
                }
                return ImageData(bytes: Array(data))
            },
            text: { Data($0.bytes).base64EncodedString() },
            json: { .string(Data($0.bytes).base64EncodedString()) })
    }
}

extension ValueShape where Value == Double {
    /// A number from 0 to 1.
    static var share: Self {
        ValueShape(
            expects: "a number from 0 to 1, such as 0.5",
            parse: { text throws(ValueError) in
                guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
                    let value = Double(text)
                else { throw .malformed("is no number") }
                guard value <= 1 else { throw .outOfRange }
                return value
            },
            text: { "\($0)" }, json: { .decimal($0) })
    }
}

extension ValueShape where Value == Int {
    /// A status of HTTP that an image can be answered with, or 0.
    static var statusOrNone: Self {
        ValueShape(
            expects: "0, or a status from 200 to 599",
            parse: { text throws(ValueError) in
                let number = try ValueShape.number(0...599).parse(text)
                // These have no body (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
                guard number == 0 || number >= 200, ![204, 205, 304].contains(number) else {
                    throw .outOfRange
                }
                return number
            },
            text: { String($0) }, json: { .integer(Int64($0)) })
    }

    /// Colours of a palette.
    static var paletteColors: Self {
        ValueShape(
            expects: "0, or a whole number from 2 to 256",
            parse: { text throws(ValueError) in
                let number = try ValueShape.number(0...256).parse(text)
                guard number != 1 else { throw .outOfRange }
                return number
            },
            text: { String($0) }, json: { .integer(Int64($0)) })
    }
}
