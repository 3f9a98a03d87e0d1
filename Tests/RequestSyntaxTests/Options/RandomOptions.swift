import ImageVocabulary
import Randomness
import RequestSyntax

/// Options as requests can have them, each field within what the table takes. About half of the
/// fields are what they are without any option.
struct RandomOptions {
    var random: RepeatableRandom

    mutating func next() -> RequestOptions {
        var options = RequestOptions()
        size(&options.plan)
        part(&options.plan)
        canvas(&options.plan)
        effects(&options.plan)
        result(&options.plan)
        delivery(&options)
        return options
    }

    private mutating func size(_ plan: inout Plan) {
        maybe { plan.resizing = $0.any(ResizingType.allCases) }
        maybe { plan.width = $0.number(0...65_535) }
        maybe { plan.height = $0.number(0...65_535) }
        maybe { plan.minWidth = $0.number(0...65_535) }
        maybe { plan.minHeight = $0.number(0...65_535) }
        maybe { plan.zoom = Zoom(x: $0.factor(), y: $0.factor()) }
        maybe { plan.dpr = $0.factor() }
        maybe { plan.enlarge = $0.flag() }
    }

    private mutating func part(_ plan: inout Plan) {
        maybe { plan.gravity = $0.gravity(Gravity.Anchor.allCases) }
        maybe { plan.crop.width = $0.decimal(upTo: 65_535) }
        maybe { plan.crop.height = $0.decimal(upTo: 65_535) }
        maybe { plan.crop.gravity = $0.gravity(Gravity.Anchor.allCases) }
        maybe { plan.crop.aspectRatio = $0.decimal(upTo: 65_535) }
        maybe { plan.crop.mayGrow = $0.flag() }
        maybe {
            plan.trim = Trim(
                threshold: $0.decimal(upTo: 255), color: $0.flag() ? $0.color() : nil,
                equalSides: $0.flag(), equalEnds: $0.flag())
        }
        maybe { plan.page = $0.number(0...65_535) }
        maybe { plan.pages = $0.number(1...65_535) }
        maybe { plan.enforceThumbnail = $0.flag() }
    }

    private mutating func canvas(_ plan: inout Plan) {
        let places = Gravity.Anchor.allCases.filter { !$0.looksAtPixels }
        maybe { plan.autoRotate = $0.flag() }
        maybe { plan.rotation = $0.any(Rotation.allCases) }
        maybe { plan.flip = Flip(horizontal: $0.flag(), vertical: $0.flag()) }
        maybe { plan.extend = $0.gravity(places) }
        maybe { plan.extendAspectRatio = $0.gravity(places) }
        maybe {
            plan.padding = Padding(
                top: $0.number(0...65_535), right: $0.number(0...65_535),
                bottom: $0.number(0...65_535), left: $0.number(0...65_535))
        }
        maybe { plan.background = $0.color() }
    }

    private mutating func effects(_ plan: inout Plan) {
        maybe { plan.effects.adjustment.brightness = $0.number(-255...255) }
        maybe { plan.effects.adjustment.contrast = $0.decimal(upTo: 100) }
        maybe { plan.effects.adjustment.saturation = $0.decimal(upTo: 100) }
        maybe { plan.effects.blur = $0.decimal(upTo: 200) }
        maybe { plan.effects.sharpen = $0.decimal(upTo: 200) }
        maybe { plan.effects.pixelate = $0.number(0...65_535) }
        maybe {
            let places = Gravity.Anchor.allCases.filter(\.isCompass)
            plan.watermark = Watermark(
                opacity: $0.decimal(upTo: 1, notZero: true),
                position: $0.flag() ? $0.any(places) : nil, x: $0.offset(), y: $0.offset(),
                scale: $0.decimal(upTo: 100))
        }
    }

    private mutating func result(_ plan: inout Plan) {
        maybe { plan.format = $0.any(ImageFormat.outputs) }
        if plan.format == nil { maybe { plan.keepsDrawing = $0.flag() } }
        maybe { plan.quality = $0.number(0...100) }
        for format in ImageFormat.outputs {
            maybe { plan.formatQualities[format] = $0.number(1...100) }
        }
        maybe { plan.mostBytes = $0.number(0...UInt32.max) }
        maybe { plan.metadata.strip = $0.flag() }
        maybe { plan.metadata.keepCopyright = $0.flag() }
        maybe { plan.metadata.stripProfile = $0.flag() }
        maybe { plan.metadata.profile = $0.any(ColorProfile.allCases) }
        maybe { plan.encoding.preserveHDR = $0.flag() }
        maybe { plan.encoding.progressive = $0.flag() }
        maybe { plan.encoding.paletteColors = $0.number(2...256) }
        maybe { plan.dpi = $0.decimal(upTo: 2_400, notZero: true) }
    }

    private mutating func delivery(_ options: inout RequestOptions) {
        maybe { options.delivery.raw = $0.flag() }
        maybe { options.delivery.isAttachment = $0.flag() }
        maybe { options.delivery.expires = $0.number(1...Int64.max) }
        maybe { options.delivery.fileName = $0.text(["a", "é", " ", ":", "/", "&", "漢", "%"]) }
        maybe { options.watermarkSource = $0.text(["l", ":", "/", "?", "&", "%", "~"]) }
        maybe { options.fallbackSource = $0.text(["l", ":", "/", "?", "&", "%", "~"]) }
        maybe { random in
            let count: Int = random.number(1...4)
            options.delivery.skipped = (0..<count).map { _ in random.any(ImageFormat.allCases) }
        }
        maybe { options.limits.sourcePixels = $0.number(1...65_535_000_000) }
        maybe { options.limits.framePixels = $0.number(1...65_535_000_000) }
        maybe { options.limits.sourceBytes = $0.number(1...UInt64(Int64.max)) }
        maybe { options.limits.animationFrames = $0.number(1...UInt32.max) }
        maybe { options.limits.resultSide = $0.number(1...65_535) }
    }
}

extension RandomOptions {
    private mutating func maybe(_ change: (inout RandomOptions) -> Void) {
        if flag() { change(&self) }
    }

    private mutating func flag() -> Bool { .random(using: &random) }

    private mutating func any<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    private mutating func number<Value: FixedWidthInteger>(_ range: ClosedRange<Value>) -> Value {
        .random(in: range, using: &random)
    }

    /// A number that can be written in the 24 characters which are read, some of them very small.
    private mutating func decimal(upTo most: Double, notZero: Bool = false) -> Double {
        while true {
            let whole = flag() ? "" : "\(number(0...UInt32(most)))"
            let room = 23 - whole.utf8.count
            let zeros = number(0...room)
            var digits = String(repeating: "0", count: zeros)
            for _ in 0..<number(0...(room - zeros)) {
                digits += "\(number(0...9 as ClosedRange<Int>))"
            }
            guard let value = Double("\(whole).\(digits)5".prefix(24)), value <= most,
                !notZero || value > 0
            else { continue }
            return value
        }
    }

    private mutating func factor() -> Double { decimal(upTo: 100, notZero: true) }

    private mutating func offset() -> Double {
        flag() ? Double(number(-65_535...65_535 as ClosedRange<Int>)) : decimal(upTo: 65_535)
    }

    private mutating func gravity(_ anchors: [Gravity.Anchor]) -> Gravity {
        let anchor = any(anchors)
        if anchor.looksAtPixels { return Gravity(anchor: anchor) }
        if anchor == .focusPoint {
            return Gravity(anchor: anchor, x: decimal(upTo: 1), y: decimal(upTo: 1))
        }
        return Gravity(anchor: anchor, x: offset(), y: offset())
    }

    private mutating func color() -> RGBColor {
        RGBColor(red: number(0...255), green: number(0...255), blue: number(0...255))
    }

    private mutating func text(_ letters: [String]) -> String {
        (0..<number(1...20)).map { _ in any(letters) }.joined()
    }
}
