import ImageVocabulary
import Randomness
import Testing

@testable import Sandbox

/// Sources and plans at random, the same in each run.
struct RandomSizes {
    private var random: RepeatableRandom
    private let longest: Int

    init(seed: UInt64, longest: Int) {
        random = RepeatableRandom(seed: seed)
        self.longest = longest
    }

    mutating func source() -> (width: Int, height: Int) { (side(), side()) }

    mutating func plan() -> Plan {
        var plan = Plan(resizing: ResizingType.allCases.randomElement(using: &random)!)
        if chance(4, of: 5) { plan.width = asked() }
        if chance(4, of: 5) { plan.height = asked() }
        plan.enlarge = chance(1, of: 3)
        if chance(1, of: 5) { plan.minWidth = asked() }
        if chance(1, of: 5) { plan.minHeight = asked() }
        if chance(1, of: 4) { plan.zoom = Zoom(x: factor(), y: factor()) }
        if chance(1, of: 2) { plan.dpr = factor() }
        if chance(1, of: 4) { plan.extend = .center }
        if chance(1, of: 4) { plan.extendAspectRatio = .center }
        if chance(1, of: 4) {
            plan.padding = Padding(top: few(), right: few(), bottom: few(), left: few())
        }
        if chance(1, of: 4) { plan.largestSide = asked() }
        if chance(1, of: 3) { plan.crop.width = cropSide() }
        if chance(1, of: 3) { plan.crop.height = cropSide() }
        return plan
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool {
        Int.random(in: 0..<whole, using: &random) < part
    }

    private mutating func side() -> Int { Int.random(in: 1...longest, using: &random) }

    private mutating func asked() -> UInt32 { UInt32(Int.random(in: 1...longest, using: &random)) }

    private mutating func few() -> UInt32 { UInt32.random(in: 0...9, using: &random) }

    /// From 0.125 to 4 in eighths, which both kinds of arithmetic hold without loss.
    private mutating func factor() -> Double {
        Double(Int.random(in: 1...32, using: &random)) / 8
    }

    private mutating func cropSide() -> Double {
        chance(1, of: 2)
            ? Double(Int.random(in: 1...7, using: &random)) / 8 : Double(asked()) + 0.5
    }
}

@Suite("Sizes are those of an independent model")
struct RandomSizeTests {
    @Test(
        "ten thousand sources and plans give the sizes of exact arithmetic", arguments: [40, 3000])
    func arithmetic(_ longest: Int) {
        var sizes = RandomSizes(seed: 0x5EED, longest: longest)
        var excused = 0
        for _ in 0..<5_000 {
            let source = sizes.source()
            let plan = sizes.plan()
            let isVector = sizes.chance(1, of: 8)
            let model = SizeModel(source, plan, isVector: isVector)
            let found = SizeArithmetic(
                source: PixelSize(width: source.width, height: source.height), plan: plan,
                isVector: isVector)
            // What the supervisor holds results against.
            let isWithin =
                UInt64(found.result.width) <= plan.mostWidth
                && UInt64(found.result.height) <= plan.mostHeight
            if !isWithin { Issue.record("\(source), \(plan): \(found.result)") }
            if model.agrees(with: found) { continue }
            // A side that lies exactly between two pixels may fall to either.
            if model.metHalf { excused += 1 } else { reject(source, plan, model, found) }
        }
        #expect(excused < 100)
    }

    private func reject(
        _ source: (width: Int, height: Int), _ plan: Plan, _ model: SizeModel,
        _ found: SizeArithmetic
    ) {
        Issue.record(
            """
            \(source) by \(plan.resizing) \(plan.width)x\(plan.height) least \(plan.minWidth)x\
            \(plan.minHeight) enlarge \(plan.enlarge) zoom \(plan.zoom) dpr \(plan.dpr) \
            extend \(plan.extend != nil) \(plan.extendAspectRatio != nil) crop \
            \(plan.crop.width) \(plan.crop.height) largest \(plan.largestSide): \
            \(model.area) \(model.scaled) \(model.cut) \(model.result), found \(found)
            """)
    }
}

extension SizeModel {
    func agrees(with sizes: SizeArithmetic) -> Bool {
        area == (sizes.area.width, sizes.area.height)
            && scaled == (sizes.scaled.width, sizes.scaled.height)
            && cut == (sizes.cut.width, sizes.cut.height)
            && result == (sizes.result.width, sizes.result.height)
    }
}

extension EngineTests {
    @Suite("Sizes of results")
    struct ResultSizeTests {
        @Test("hundreds of random plans give pictures of the model's size, turned and not")
        func pictures() throws {
            var sizes = RandomSizes(seed: 7, longest: 40)
            var excused = 0
            for index in 0..<400 {
                let source = sizes.source()
                var plan = sizes.plan()
                plan.rotation = Rotation.allCases[index % 4]
                plan.flip.vertical = index % 3 == 0
                let swaps = index % 2 == 1
                let seen = swaps ? (source.height, source.width) : source
                let model = SizeModel(seen, plan, isVector: false)
                let input = SyntheticImages.quarters(source.width, source.height)
                let image = try DecodedImage(try Engine.shared.process(input, plan), .png)
                if (image.width, image.height) == model.result { continue }
                if model.metHalf {
                    excused += 1
                } else {
                    Issue.record("\(index): \(image.width)x\(image.height), not \(model.result)")
                }
            }
            #expect(excused < 8)
        }
    }
}
