import ImageVocabulary

/// The contract's size arithmetic once more, on exact fractions in the place of floating point.
///
/// It knows where rounding met exactly a half: there, floating point may fall to either side.
struct SizeModel {
    typealias Size = (width: Int, height: Int)

    private(set) var area: Size
    private(set) var scaled: Size = (0, 0)
    private(set) var cut: Size = (0, 0)
    private(set) var result: Size = (0, 0)
    /// Whether something that was rounded lay within a millionth of the middle of two numbers.
    private(set) var metHalf = false

    /// Rows of the contract's table, each on width and height.
    private enum Side: CaseIterable { case width, height }

    init(_ source: Size, _ plan: Plan, isVector: Bool) {
        area = source
        area.width = crop(source.width, plan.crop.width)
        area.height = crop(source.height, plan.crop.height)

        let asked: [Side: Int] = [.width: Int(plan.width), .height: Int(plan.height)]
        let zoom: [Side: Fraction] = [
            .width: Fraction(plan.zoom.x), .height: Fraction(plan.zoom.y),
        ]
        let there: [Side: Int] = [.width: area.width, .height: area.height]
        let box = there.merging(asked) { source, side in side == 0 ? source : side }

        // 1: what the sides ask for.
        var shrink: [Side: Fraction] = [:]
        for side in Side.allCases { shrink[side] = Fraction(there[side]!, box[side]!) }
        // 2 and 3: one factor for both sides, but for force.
        if plan.resizing != .force {
            let lies = { (size: [Side: Int]) in size[.width]! >= size[.height]! }
            let fills =
                switch plan.resizing {
                case .auto: lies(there) == lies(box)
                case .fill, .fillDown: true
                default: false
                }
            let named = Side.allCases.filter { asked[$0]! > 0 }
            let candidates = (named.isEmpty ? Side.allCases : named).map { shrink[$0]! }
            let both = fills ? candidates.min()! : candidates.max()!
            shrink = [.width: both, .height: both]
        }
        // 4.
        for side in Side.allCases { shrink[side] = shrink[side]! / zoom[side]! }
        // 5: no enlarging, and no pixel ratio that would enlarge.
        var ratio = Fraction(plan.dpr)
        if !plan.enlarge, !isVector {
            let least = shrink.values.min()!
            if least < 1 {
                shrink = shrink.mapValues { $0 / least }
                if plan.extend == nil { ratio = ratio / least }
            }
            ratio = min(ratio, shrink.values.min()!)
        }
        // 6: least sides.
        for (side, least) in [(Side.width, plan.minWidth), (.height, plan.minHeight)]
        where least > 0 {
            let needed = Fraction(there[side]!, Int(least))
            guard needed < shrink[side]! else { continue }
            let change = needed / shrink[side]!
            shrink = shrink.mapValues { $0 * change }
        }
        // 7: the scale, by which no side falls under a pixel.
        var scale: [Side: Fraction] = [:]
        for side in Side.allCases {
            scale[side] = max(ratio / shrink[side]!, Fraction(1, there[side]!))
        }
        settle(plan, asked, there, scale, ratio, zoom)

        // 11.
        let longest = max(result.width, result.height)
        if plan.largestSide > 0, longest > Int(plan.largestSide) {
            let factor = Fraction(Int(plan.largestSide), longest)
            for side in Side.allCases {
                scale[side] = max(scale[side]! * factor, Fraction(1, there[side]!))
            }
            settle(plan, asked, there, scale, ratio * factor, zoom)
        }
    }

    /// 8 to 10 and 12.
    private mutating func settle(
        _ plan: Plan, _ asked: [Side: Int], _ there: [Side: Int], _ scale: [Side: Fraction],
        _ ratio: Fraction, _ zoom: [Side: Fraction]
    ) {
        var (image, target): ([Side: Int], [Side: Int]) = ([:], [:])
        for side in Side.allCases {
            image[side] = round(Fraction(there[side]!) * scale[side]!)
            // What was asked for never vanishes.
            let length = round(Fraction(asked[side]!) * ratio * zoom[side]!)
            target[side] = asked[side]! == 0 ? 0 : max(1, length)
        }
        scaled = (image[.width]!, image[.height]!)

        // 9: the side of which the target asks most keeps the image's length.
        var wanted = target
        let excess = { (side: Side, image: [Side: Int]) in
            Fraction(target[side]!, image[side]!)
        }
        let other: [Side: Side] = [.width: .height, .height: .width]
        if plan.resizing == .fillDown, !plan.enlarge {
            for side in Side.allCases
            where excess(side, image) > excess(other[side]!, image) && excess(side, image) > 1 {
                wanted[side] = image[side]!
                let length = round(
                    Fraction(image[side]! * target[other[side]!]!, target[side]!))
                wanted[other[side]!] = target[other[side]!]! == 0 ? 0 : max(1, length)
            }
        }
        var out = image
        for side in Side.allCases where wanted[side]! > 0 {
            out[side] = min(image[side]!, wanted[side]!)
        }
        cut = (out[.width]!, out[.height]!)

        // 10 and extend: never smaller than what there is.
        var canvas = out
        if plan.extend != nil { canvas = canvas.merging(target) { max($0, $1) } }
        if plan.extendAspectRatio != nil, target[.width]! > 0, target[.height]! > 0 {
            for side in Side.allCases where excess(side, out) > excess(other[side]!, out) {
                let kept = other[side]!
                let length = round(Fraction(out[kept]! * target[side]!, target[kept]!))
                canvas[side] = max(canvas[side]!, length)
            }
        }
        // 12.
        let padding = { (pixels: UInt32) in Fraction(Int(pixels)) * ratio }
        result = (
            canvas[.width]! + roundToEven(padding(plan.padding.left))
                + roundToEven(padding(plan.padding.right)),
            canvas[.height]! + roundToEven(padding(plan.padding.top))
                + roundToEven(padding(plan.padding.bottom))
        )
    }

    private mutating func crop(_ side: Int, _ asked: Double) -> Int {
        if asked == 0 { return side }
        if asked >= 1 { return min(side, Int(asked)) }
        return max(1, round(Fraction(side) * Fraction(asked)))
    }

    /// Half away from nothing.
    private mutating func round(_ value: Fraction) -> Int {
        let doubled = value * 2 + 1
        metHalf = metHalf || value.isNearHalf
        return doubled.floor / 2
    }

    private mutating func roundToEven(_ value: Fraction) -> Int {
        let up = round(value)
        return value * 2 == Fraction(2 * up - 1) && up % 2 == 1 ? up - 1 : up
    }
}

/// A fraction of two numbers, never negative, in its lowest terms.
struct Fraction: Comparable {
    private let over: Int128
    private let under: Int128

    private init(_ over: Int128, by under: Int128) {
        var (a, b) = (over, under)
        while b != 0 { (a, b) = (b, a % b) }
        self.over = over / a
        self.under = under / a
    }

    init(_ over: Int, _ under: Int = 1) { self.init(Int128(over), by: Int128(under)) }

    /// A number of at most three binary places.
    init(_ number: Double) { self.init(Int(number * 8), 8) }

    var floor: Int { Int(over / under) }

    /// Whether it lies within a millionth of the middle between two whole numbers.
    var isNearHalf: Bool {
        abs((over % under) * 2 - under) * 1_000_000 < 2 * under
    }

    static func < (a: Fraction, b: Fraction) -> Bool { a.over * b.under < b.over * a.under }
    static func * (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.over * b.over, by: a.under * b.under)
    }
    static func / (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.over * b.under, by: a.under * b.over)
    }
    static func + (a: Fraction, b: Int) -> Fraction {
        Fraction(a.over + Int128(b) * a.under, by: a.under)
    }
    static func * (a: Fraction, b: Int) -> Fraction { a * Fraction(b) }
    static func < (a: Fraction, b: Int) -> Bool { a < Fraction(b) }
    static func > (a: Fraction, b: Int) -> Bool { a > Fraction(b) }
}
