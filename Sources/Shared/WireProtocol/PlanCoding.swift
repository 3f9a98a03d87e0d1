internal import ImageVocabulary

/// A plan within a `job` frame. The order of the fields is WIRE.md's. What is read is held to the same
/// ranges as a request's values.
extension FrameWriter {
    mutating func plan(_ plan: Plan) {
        bool(plan.page != nil)
        u32(plan.page ?? 0)
        u32(plan.pages)
        double(plan.dpi ?? 0)
        u32(plan.frames)
        bool(plan.enforceThumbnail)
        trim(plan.trim)
        crop(plan.crop)
        u8(plan.resizing.rawValue)
        for side in [plan.width, plan.height, plan.minWidth, plan.minHeight, plan.largestSide] {
            u32(side)
        }
        for factor in [plan.zoom.x, plan.zoom.y, plan.dpr] { double(factor) }
        bool(plan.enlarge)
        gravity(plan.gravity)
        bool(plan.autoRotate)
        u8(plan.rotation.rawValue)
        bool(plan.flip.horizontal)
        bool(plan.flip.vertical)
        gravity(plan.extend)
        gravity(plan.extendAspectRatio)
        for side in [plan.padding.top, plan.padding.right, plan.padding.bottom, plan.padding.left] {
            u32(side)
        }
        color(plan.background)
        effects(plan.effects)
        watermark(plan.watermark)
        result(plan)
    }

    private mutating func result(_ plan: Plan) {
        u8(plan.format?.rawValue ?? 0)
        bool(plan.keepsDrawing)
        formats(plan.choice.accepted)
        formats(plan.choice.preferred)
        u8(plan.quality)
        for format in ImageFormat.outputs { u8(plan.formatQualities[format]) }
        u32(plan.mostBytes)
        bool(plan.encoding.progressive)
        u16(plan.encoding.paletteColors)
        bool(plan.encoding.preserveHDR)
        bool(plan.metadata.strip)
        bool(plan.metadata.keepCopyright)
        bool(plan.metadata.stripProfile)
        u8(plan.metadata.profile?.rawValue ?? 0)
    }

    private mutating func trim(_ trim: Trim?) {
        bool(trim != nil)
        guard let trim else { return }
        double(trim.threshold)
        color(trim.color)
        bool(trim.equalSides)
        bool(trim.equalEnds)
    }

    private mutating func crop(_ crop: CropArea) {
        double(crop.width)
        double(crop.height)
        gravity(crop.gravity)
        double(crop.aspectRatio)
        bool(crop.mayGrow)
    }

    /// Anchor 0 stands for none, and nothing follows it.
    private mutating func gravity(_ gravity: Gravity?) {
        u8(gravity?.anchor.rawValue ?? 0)
        guard let gravity else { return }
        double(gravity.x)
        double(gravity.y)
    }

    private mutating func color(_ color: RGBColor?) {
        bool(color != nil)
        guard let color else { return }
        raw([color.red, color.green, color.blue])
    }

    private mutating func effects(_ effects: Effects) {
        i32(Int32(effects.adjustment.brightness))
        double(effects.adjustment.contrast)
        double(effects.adjustment.saturation)
        double(effects.blur)
        double(effects.sharpen)
        u32(effects.pixelate)
    }

    private mutating func watermark(_ watermark: Watermark?) {
        bool(watermark != nil)
        guard let watermark else { return }
        double(watermark.opacity)
        u8(watermark.position?.rawValue ?? 0)
        double(watermark.x)
        double(watermark.y)
        double(watermark.scale)
        u8(watermark.input)
    }

    private mutating func formats(_ formats: [ImageFormat]) {
        u8(UInt8(formats.count))
        for format in formats { u8(format.rawValue) }
    }
}

extension PayloadCursor {
    mutating func plan(in bytes: Span<UInt8>) throws(WireError) -> Plan {
        var plan = Plan()
        let hasPage = try bool(in: bytes)
        let page = try u32(in: bytes)
        // There is one way to write a plan.
        guard hasPage || page == 0 else { throw .badValue("page") }
        plan.page = hasPage ? page : nil
        plan.pages = try count(in: bytes)
        let dpi = try number(0...Plan.largestDPI, in: bytes)
        guard dpi > 0 || dpi.sign == .plus else { throw .badValue("number") }
        plan.dpi = dpi == 0 ? nil : dpi
        plan.frames = try count(in: bytes)
        plan.enforceThumbnail = try bool(in: bytes)
        plan.trim = try trim(in: bytes)
        plan.crop = try crop(in: bytes)
        plan.resizing = try value(ResizingType.self, in: bytes)
        plan.width = try side(in: bytes)
        plan.height = try side(in: bytes)
        plan.minWidth = try side(in: bytes)
        plan.minHeight = try side(in: bytes)
        plan.largestSide = try side(in: bytes)
        plan.zoom.x = try factor(in: bytes)
        plan.zoom.y = try factor(in: bytes)
        plan.dpr = try factor(in: bytes)
        plan.enlarge = try bool(in: bytes)
        guard let gravity = try gravity(in: bytes) else { throw .badValue("Anchor") }
        plan.gravity = gravity
        plan.autoRotate = try bool(in: bytes)
        plan.rotation = try value(Rotation.self, in: bytes)
        plan.flip = Flip(horizontal: try bool(in: bytes), vertical: try bool(in: bytes))
        plan.extend = try self.gravity(in: bytes)
        plan.extendAspectRatio = try self.gravity(in: bytes)
        for extended in [plan.extend, plan.extendAspectRatio] {
            guard extended?.anchor.looksAtPixels != true else { throw .badValue("Anchor") }
        }
        plan.padding = Padding(
            top: try side(in: bytes), right: try side(in: bytes), bottom: try side(in: bytes),
            left: try side(in: bytes))
        plan.background = try color(in: bytes)
        plan.effects = try effects(in: bytes)
        plan.watermark = try watermark(in: bytes)
        try result(of: &plan, in: bytes)
        return plan
    }

    private mutating func result(of plan: inout Plan, in bytes: Span<UInt8>) throws(WireError) {
        let format = try u8(in: bytes)
        if format != 0 { plan.format = try output(format) }
        plan.keepsDrawing = try bool(in: bytes)
        plan.choice.accepted = try formats(in: bytes)
        plan.choice.preferred = try formats(in: bytes)
        plan.quality = try quality(in: bytes)
        for format in ImageFormat.outputs {
            plan.formatQualities[format] = try quality(in: bytes)
        }
        plan.mostBytes = try u32(in: bytes)
        plan.encoding.progressive = try bool(in: bytes)
        plan.encoding.paletteColors = try u16(in: bytes)
        let colors = plan.encoding.paletteColors
        guard colors == 0 || (2...256).contains(colors) else {
            throw .badValue("palette")
        }
        plan.encoding.preserveHDR = try bool(in: bytes)
        plan.metadata.strip = try bool(in: bytes)
        plan.metadata.keepCopyright = try bool(in: bytes)
        plan.metadata.stripProfile = try bool(in: bytes)
        let profile = try u8(in: bytes)
        if profile != 0 {
            guard let known = ColorProfile(rawValue: profile) else { throw .badValue("profile") }
            plan.metadata.profile = known
        }
    }

    private mutating func trim(in bytes: Span<UInt8>) throws(WireError) -> Trim? {
        guard try bool(in: bytes) else { return nil }
        return Trim(
            threshold: try number(0...255, in: bytes), color: try color(in: bytes),
            equalSides: try bool(in: bytes), equalEnds: try bool(in: bytes))
    }

    private mutating func crop(in bytes: Span<UInt8>) throws(WireError) -> CropArea {
        var crop = CropArea()
        crop.width = try number(0...Self.side, in: bytes)
        crop.height = try number(0...Self.side, in: bytes)
        crop.gravity = try gravity(in: bytes)
        crop.aspectRatio = try number(0...Self.side, in: bytes)
        crop.mayGrow = try bool(in: bytes)
        return crop
    }

    private mutating func gravity(in bytes: Span<UInt8>) throws(WireError) -> Gravity? {
        let number = try u8(in: bytes)
        guard number != 0 else { return nil }
        guard let anchor = Gravity.Anchor(rawValue: number) else { throw .badValue("Anchor") }
        return Gravity(
            anchor: anchor, x: try self.number(-Self.side...Self.side, in: bytes),
            y: try self.number(-Self.side...Self.side, in: bytes))
    }

    private mutating func color(in bytes: Span<UInt8>) throws(WireError) -> RGBColor? {
        guard try bool(in: bytes) else { return nil }
        return RGBColor(
            red: try u8(in: bytes), green: try u8(in: bytes), blue: try u8(in: bytes))
    }

    private mutating func effects(in bytes: Span<UInt8>) throws(WireError) -> Effects {
        var effects = Effects()
        guard let brightness = Int16(exactly: try i32(in: bytes)), abs(Int(brightness)) <= 255
        else { throw .badValue("brightness") }
        effects.adjustment = Adjustment(
            brightness: brightness, contrast: try number(0...Plan.largestFactor, in: bytes),
            saturation: try number(0...Plan.largestFactor, in: bytes))
        effects.blur = try number(0...Plan.largestSigma, in: bytes)
        effects.sharpen = try number(0...Plan.largestSigma, in: bytes)
        effects.pixelate = try side(in: bytes)
        return effects
    }

    private mutating func watermark(in bytes: Span<UInt8>) throws(WireError) -> Watermark? {
        guard try bool(in: bytes) else { return nil }
        let opacity = try number(0...1, in: bytes)
        let position = try u8(in: bytes)
        let anchor = Gravity.Anchor(rawValue: position)
        guard position == 0 || anchor?.isCompass == true else { throw .badValue("Anchor") }
        return Watermark(
            opacity: opacity, position: anchor, x: try number(-Self.side...Self.side, in: bytes),
            y: try number(-Self.side...Self.side, in: bytes),
            scale: try number(0...Plan.largestFactor, in: bytes), input: try index(in: bytes))
    }

    private static let side = Double(Plan.largestRequestedSide)

    private mutating func side(in bytes: Span<UInt8>) throws(WireError) -> UInt32 {
        let side = try u32(in: bytes)
        guard side <= Plan.largestRequestedSide else { throw .badValue("side") }
        return side
    }

    private mutating func number(
        _ range: ClosedRange<Double>, in bytes: Span<UInt8>
    ) throws(WireError) -> Double {
        let value = try finite(in: bytes)
        guard range.contains(value) else { throw .badValue("number") }
        return value
    }

    private mutating func factor(in bytes: Span<UInt8>) throws(WireError) -> Double {
        let value = try number(0...Plan.largestFactor, in: bytes)
        guard value > 0 else { throw .badValue("number") }
        return value
    }

    private mutating func count(in bytes: Span<UInt8>) throws(WireError) -> UInt32 {
        let count = try u32(in: bytes)
        guard count > 0 else { throw .badValue("count") }
        return count
    }

    private mutating func index(in bytes: Span<UInt8>) throws(WireError) -> UInt8 {
        let index = try u8(in: bytes)
        guard index > 0 else { throw .badValue("watermark input") }
        return index
    }

    private mutating func quality(in bytes: Span<UInt8>) throws(WireError) -> UInt8 {
        let quality = try u8(in: bytes)
        guard quality <= 100 else { throw .badValue("quality") }
        return quality
    }

    private mutating func formats(in bytes: Span<UInt8>) throws(WireError) -> [ImageFormat] {
        let count = try u8(in: bytes)
        guard Int(count) <= ImageFormat.outputs.count else { throw .tooMany("formats") }
        var formats: [ImageFormat] = []
        for _ in 0..<count { formats.append(try output(try u8(in: bytes))) }
        return formats
    }

    private func output(_ number: UInt8) throws(WireError) -> ImageFormat {
        guard let format = ImageFormat(rawValue: number), format.isOutput else {
            throw .badValue("format")
        }
        return format
    }
}
