import ImageVocabulary
import Testing

@testable import Sandbox

/// Expected sizes are worked out by hand from imgproxy's rules.
@Suite("Sizes are imgproxy's")
struct SizeArithmeticTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var source: (Int, Int)
        var type: ResizingType
        var asked: (UInt32, UInt32)
        var enlarge = false
        var scaled: (Int, Int)
        var result: (Int, Int)

        init(
            _ type: ResizingType, _ source: (Int, Int), asked: (UInt32, UInt32),
            enlarge: Bool = false, scaled: (Int, Int), result: (Int, Int)
        ) {
            self.source = source
            self.type = type
            self.asked = asked
            self.enlarge = enlarge
            self.scaled = scaled
            self.result = result
        }

        var testDescription: String { "\(type.name) \(source) to \(asked), enlarge \(enlarge)" }
    }

    static let cases = [
        // 1920 / 300 = 6.4 decides; 1080 / 6.4 = 168.75.
        Case(.fit, (1920, 1080), asked: (300, 300), scaled: (300, 169), result: (300, 169)),
        // The smaller shrink is 1080 / 200 = 5.4; 1920 / 5.4 = 355.6 is cut to 300.
        Case(.fill, (1920, 1080), asked: (300, 200), scaled: (356, 200), result: (300, 200)),
        Case(.force, (1920, 1080), asked: (300, 200), scaled: (300, 200), result: (300, 200)),
        // One side alone: the other follows; with force it stays.
        Case(.fit, (640, 480), asked: (0, 240), scaled: (320, 240), result: (320, 240)),
        Case(.fill, (640, 480), asked: (320, 0), scaled: (320, 240), result: (320, 240)),
        Case(.force, (640, 480), asked: (320, 0), scaled: (320, 480), result: (320, 480)),
        // Nothing asked for: nothing changes.
        Case(.fit, (640, 480), asked: (0, 0), scaled: (640, 480), result: (640, 480)),
        // Never larger unless asked; fill then gives what there is.
        Case(.fit, (100, 50), asked: (300, 300), scaled: (100, 50), result: (100, 50)),
        Case(.fill, (100, 50), asked: (80, 60), scaled: (100, 50), result: (80, 50)),
        Case(
            .fit, (100, 50), asked: (300, 300), enlarge: true, scaled: (300, 150),
            result: (300, 150)),
        Case(
            .fill, (100, 50), asked: (80, 60), enlarge: true, scaled: (120, 60),
            result: (80, 60)),
        // Shrinks are 0.5 and 20: divided by 0.5 they keep the proportions that were asked for.
        Case(.force, (1000, 1000), asked: (2000, 50), scaled: (1000, 25), result: (1000, 25)),
        // Half a pixel rounds away from zero: 5 / 2 = 2.5.
        Case(.fit, (10, 5), asked: (5, 0), scaled: (5, 3), result: (5, 3)),
        // Never under one pixel: 10 / 1000 = 0.01.
        Case(.fit, (10_000, 10), asked: (10, 10), scaled: (10, 1), result: (10, 1)),
    ]

    @Test("a request gives the scaled size and the result's", arguments: cases)
    func sizes(_ example: Case) {
        let sizes = SizeArithmetic(
            source: PixelSize(width: example.source.0, height: example.source.1),
            plan: Plan(
                resizing: example.type, width: example.asked.0, height: example.asked.1,
                enlarge: example.enlarge))
        #expect(sizes.scaled == PixelSize(width: example.scaled.0, height: example.scaled.1))
        #expect(sizes.result == PixelSize(width: example.result.0, height: example.result.1))
    }

    @Test("no request makes a side of nothing, or a result larger than what it is cut from")
    func bounds() {
        for source in [1, 2, 3, 7, 100, 30_000] {
            for asked: UInt32 in [0, 1, 2, 99, 65_535] {
                for type in ResizingType.allCases {
                    for enlarge in [false, true] {
                        let sizes = SizeArithmetic(
                            source: PixelSize(width: source, height: 17),
                            plan: Plan(resizing: type, width: asked, height: 3, enlarge: enlarge))
                        #expect(min(sizes.result.width, sizes.result.height) >= 1)
                        #expect(sizes.result.width <= sizes.scaled.width)
                        #expect(sizes.result.height <= sizes.scaled.height)
                        #expect(enlarge || sizes.scaled.width <= source)
                    }
                }
            }
        }
    }

    @Test("the decoder shrinks as far as it can without going below the target")
    func scaleOnLoad() {
        func choose(_ format: ImageFormat, _ target: Int) -> ImageSource.LoadScale {
            ScaleOnLoad.choose(
                format, from: PixelSize(width: 1600, height: 800),
                to: PixelSize(width: target, height: target / 2), JobLimits())
        }
        #expect(choose(.jpeg, 1600) == .full)
        #expect(choose(.jpeg, 802) == .full)
        #expect(choose(.jpeg, 800) == .shrunk(by: 2))
        #expect(choose(.jpeg, 398) == .shrunk(by: 4))
        #expect(choose(.jpeg, 200) == .shrunk(by: 8))
        #expect(choose(.jpeg, 10) == .shrunk(by: 8))
        #expect(choose(.webp, 400) == .scaled(by: 0.25))
        #expect(choose(.png, 400) == .full)
    }
}
