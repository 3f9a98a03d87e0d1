import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    /// Every format that is read, to every format that is written: against the pixels that libvips'
    /// own loader gives, which no step of the pipeline has touched.
    @Suite("Pairs of formats")
    struct PairTests {
        private let engine = Engine.shared

        static let drawing = Array(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">\
            <rect width="64" height="48" fill="#c81e1e"/>\
            <rect x="32" width="32" height="48" fill="#1e1ec8"/></svg>
            """.utf8)

        /// One image of each format that this libvips reads, at most 64 by 50 pixels.
        private func source(_ format: ImageFormat) throws -> [UInt8] {
            switch format {
            case .heic: try Fixture.bytes("plain.heic")
            case .jp2: try Fixture.bytes("plain.jp2")
            case .jxl: try Fixture.bytes("lossless.jxl")
            case .ico: try Fixture.bytes("icon32.ico")
            case .svg: Self.drawing
            case .pdf: SyntheticAnimations.pdf(pages: 1)
            default:
                try engine.process(
                    Fixture.bytes("quarters.png"), Plan(quality: 90, format: format))
            }
        }

        static let read =
            Engine.hasAllFormats ? ImageFormat.allCases : Engine.outputs + [.ico, .svg]

        @Test("every pair converts, and the pixels are those of the decoder", arguments: read)
        func pairs(_ from: ImageFormat) throws {
            let input = try source(from)
            let decoded = try DecodedImage(input, from)
            for to in Engine.outputs {
                // The icon is too small for an AVIF.
                guard from != .ico || to != .avif else { continue }
                let plan = Plan(width: 64, quality: 98, format: to)
                let output = try engine.process(input, as: from, plan)
                let image = try DecodedImage(output, to)
                guard from != .pdf else {
                    // Drawn at another size than the loader's own.
                    #expect(image.width == 64 && image.height == 32)
                    #expect(image.looks([0, 0, 0], at: 32, 16))
                    continue
                }
                #expect(image.width == decoded.width && image.height == decoded.height)
                let difference = image.difference(from: decoded)
                let isLossless = [.png, .tiff, .bmp].contains(to)
                // In 13 by 9 pixels of noise, half of them transparent, no loss is small.
                guard from != .ico || isLossless else { continue }
                // A GIF has 256 colours, and lossy formats soften edges.
                #expect(difference <= (isLossless ? 0.01 : 3), "\(from) to \(to): \(difference)")
            }
        }

        @Test("a preview stands for the image where it is large enough and allowed to")
        func preview() throws {
            guard Engine.hasAllFormats else { return }
            let input = try Fixture.bytes("preview.heic")
            func result(_ width: UInt32, _ isAllowed: Bool) throws -> [UInt8] {
                var plan = Plan(width: width, format: .png)
                plan.enforceThumbnail = isAllowed
                return try engine.process(input, as: .heic, plan)
            }
            #expect(try result(20, true) != result(20, false))
            #expect(try DecodedImage(try result(20, true), .png).width == 20)
            #expect(try result(40, true) == result(40, false))
        }
    }
}

extension DecodedImage {
    /// The mean difference of the colours, both put on white.
    fileprivate func difference(from other: DecodedImage) -> Double {
        var sum = 0.0
        for y in 0..<height {
            for x in 0..<width {
                for (own, its) in zip(onWhite(x, y), other.onWhite(x, y)) { sum += abs(own - its) }
            }
        }
        return sum / Double(width * height * 3)
    }

    private func onWhite(_ x: Int, _ y: Int) -> [Double] {
        let pixel = self[x, y].map(Double.init)
        let hasAlpha = bands.isMultiple(of: 2)
        let opacity = hasAlpha ? pixel[bands - 1] / 255 : 1
        let colours = bands < 3 ? [pixel[0], pixel[0], pixel[0]] : Array(pixel[..<3])
        return colours.map { $0 * opacity + 255 * (1 - opacity) }
    }
}
