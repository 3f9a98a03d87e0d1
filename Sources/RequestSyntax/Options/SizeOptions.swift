import ImageVocabulary

extension ProcessingOption {
    static let sizes: [ProcessingOption] = [
        ProcessingOption(
            "resize", ["rs"], topic: .size, shape: "type:width:height:enlarge:extend:gravity:x:y",
            most: 8, default: "fit:0:0:0:0", example: "fill:300:200",
            summary: "Sets type, width, height, enlarge and extend at once.",
            takes: "Write type:width:height:enlarge:extend, for example fill:300:200; an empty "
                + "argument leaves its setting as it is. The type is \(types), \(Takes.sides), "
                + "\(switches)."
        ) { arguments, options in
            optional(arguments, 0, OptionValue.resizing) { options.plan.resizing = $0 }
                && setSize(arguments, from: 1, in: &options.plan)
        },
        ProcessingOption(
            "size", ["s"], topic: .size, shape: "width:height:enlarge:extend:gravity:x:y", most: 7,
            default: "0:0:0:0", example: "300:200",
            summary: "Sets width, height, enlarge and extend at once.",
            takes:
                "Write width:height:enlarge:extend, for example 300:200; an empty argument leaves "
                + "its setting as it is. Here \(Takes.sides), \(switches)."
        ) { arguments, options in
            setSize(arguments, from: 0, in: &options.plan)
        },
        single(
            "resizing_type", ["rt"], topic: .size, shape: "fit|fill|fill-down|force|auto",
            default: "fit", example: "fill",
            summary:
                "How the box is applied: the image inside it (fit), filling it and cropped (fill), "
                + "filling its proportions where the image is too small (fill-down), stretched (force), "
                + "or fill where both are upright or both lie, else fit (auto).",
            takes: "Write \(types).", ValueKind(read: OptionValue.resizing) { $0.name },
            \.plan.resizing),
        single(
            "width", ["w"], topic: .size, shape: "pixels", default: "0", example: "300",
            summary: "Width of the result; 0 derives it from the height or the source.",
            takes: Takes.side, .side, \.plan.width),
        single(
            "height", ["h"], topic: .size, shape: "pixels", default: "0", example: "200",
            summary: "Height of the result; 0 derives it from the width or the source.",
            takes: Takes.side, .side, \.plan.height),
        single(
            "min-width", ["mw"], topic: .size, shape: "pixels", default: "0", example: "100",
            summary:
                "Least width before dpr: the image is scaled up to it, beyond the box and beyond "
                + "its own size; 0 for none.",
            takes: Takes.side, .side, \.plan.minWidth),
        single(
            "min-height", ["mh"], topic: .size, shape: "pixels", default: "0", example: "100",
            summary: "Least height, as min-width.", takes: Takes.side, .side, \.plan.minHeight),
        ProcessingOption(
            "zoom", ["z"], topic: .size, shape: "x:y", most: 2, default: "1", example: "1.5",
            summary: "What the scale and the box are multiplied by; y is x when it is missing.",
            takes: "Write one or two numbers above 0 and up to 100, such as 1.5 or 2:1.",
            write: { options in
                let zoom = options.plan.zoom
                guard zoom != Zoom() else { return nil }
                return "\(OptionValue.text(zoom.x)):\(OptionValue.text(zoom.y))"
            },
            parse: { arguments, options in
                let factors = arguments.compactMap(ValueKind.factor.read)
                guard factors.count == arguments.count else { return false }
                options.plan.zoom = Zoom(
                    x: factors[0], y: factors.count > 1 ? factors[1] : factors[0])
                return true
            }),
        single(
            "dpr", [], topic: .size, shape: "number", default: "1", example: "2",
            summary:
                "Device pixels for each pixel asked for: box, offsets and padding are multiplied "
                + "by it. The image is not enlarged for it unless enlarge is on.",
            takes: "Write a number above 0 and up to 100, such as 2.", .factor, \.plan.dpr),
        flag(
            "enlarge", ["el"], topic: .size,
            summary: "Whether the result may be larger than the source.",
            \.plan.enlarge),
    ]

    private static let types = "fit, fill, fill-down, force or auto"
    private static let switches =
        "enlarge and extend are 1, true, 0 or false, and the place on the canvas is \(Takes.places)"

    private static func setSize(
        _ arguments: [Substring], from first: Int, in plan: inout Plan
    ) -> Bool {
        optional(arguments, first, OptionValue.side) { plan.width = $0 }
            && optional(arguments, first + 1, OptionValue.side) { plan.height = $0 }
            && optional(arguments, first + 2, OptionValue.boolean) { plan.enlarge = $0 }
            && setCanvas(arguments, from: first + 3, &plan.extend)
    }

    /// Reads a switch and perhaps a place on the canvas; an empty switch leaves it as it is.
    static func setCanvas(
        _ arguments: [Substring], from first: Int, _ canvas: inout Gravity?
    ) -> Bool {
        guard first < arguments.count else { return true }
        guard !arguments[first].isEmpty else {
            return arguments[first...].allSatisfy(\.isEmpty)
        }
        guard let isOn = OptionValue.boolean(arguments[first]) else { return false }
        var gravity = Gravity.center
        if arguments.count > first + 1 {
            guard let place = OptionValue.gravity(Array(arguments[(first + 1)...])),
                !place.anchor.looksAtPixels
            else { return false }
            gravity = place
        }
        canvas = isOn ? gravity : nil
        return true
    }
}

extension ValueKind where Value == UInt32 {
    static var side: Self { whole(atMost: UInt64(Plan.largestRequestedSide)) }
}

extension ValueKind where Value == Double {
    static var factor: Self { decimal(atMost: Plan.largestFactor, isPositive: true) }
}
