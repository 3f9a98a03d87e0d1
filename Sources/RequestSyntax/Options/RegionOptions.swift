import ImageVocabulary

extension ProcessingOption {
    static let regions: [ProcessingOption] = [
        ProcessingOption(
            "gravity", ["g"], topic: .region, shape: "type:x:y", most: 3, default: "ce:0:0",
            example: "no:0:10",
            summary:
                "Which part stays when the result is cropped: a place with offsets inwards, the "
                + "most interesting part (sm), the part with the most entropy (ent), or a focus point "
                + "(fp).",
            takes:
                "Write \(Takes.places), alone or with offsets such as no:0:10 (\(Takes.offsets)), or "
                + "sm or ent alone, or fp with two shares from 0 to 1 such as fp:0.5:0.3.",
            write: { options in
                let gravity = options.plan.gravity
                return gravity == .center ? nil : OptionValue.text(gravity)
            },
            parse: { arguments, options in
                guard let gravity = OptionValue.gravity(arguments) else { return false }
                options.plan.gravity = gravity
                return true
            }),
        ProcessingOption(
            "crop", ["c"], topic: .region, shape: "width:height:gravity:x:y", most: 5,
            default: "0:0", example: "400:0.5:no",
            summary: "Cuts out a part before anything is scaled; a side below 1 is a share of the "
                + "source's, 0 all of it. Without a gravity that of the option gravity holds.",
            takes: "Write width:height, for example 400:0.5, each from 0 to 65535, and perhaps a "
                + "gravity behind them.",
            write: { options in
                let crop = options.plan.crop
                guard crop.width != 0 || crop.height != 0 || crop.gravity != nil else { return nil }
                return "\(OptionValue.text(crop.width)):\(OptionValue.text(crop.height))"
                    + (crop.gravity.map { ":\(OptionValue.text($0))" } ?? "")
            },
            parse: { arguments, options in
                var gravity: Gravity?
                if arguments.count > 2, !arguments[2...].allSatisfy(\.isEmpty) {
                    guard let place = OptionValue.gravity(Array(arguments[2...])) else {
                        return false
                    }
                    gravity = place
                }
                options.plan.crop.width = 0
                options.plan.crop.height = 0
                options.plan.crop.gravity = gravity
                let side = { (text: Substring) in OptionValue.decimal(text, signed: false) }
                return optional(arguments, 0, side) { options.plan.crop.width = $0 }
                    && optional(arguments, 1, side) { options.plan.crop.height = $0 }
                    && !arguments[0].isEmpty
            }),
        ProcessingOption(
            "crop_aspect_ratio", ["crop_ar", "car"], topic: .region, shape: "ratio:enlarge",
            most: 2,
            default: "0", example: "1.5",
            summary:
                "Brings what crop cuts out to a ratio of width to height, by cutting it, or by "
                + "growing where enlarge is on; 0 for the crop's own.",
            takes: "Write a number from 0 to 65535 such as 1.5, and perhaps 1 or 0 behind it.",
            write: { options in
                let crop = options.plan.crop
                guard crop.aspectRatio != 0 || crop.mayGrow else { return nil }
                return "\(OptionValue.text(crop.aspectRatio)):\(crop.mayGrow ? 1 : 0)"
            },
            parse: { arguments, options in
                guard let ratio = OptionValue.decimal(arguments[0], signed: false) else {
                    return false
                }
                options.plan.crop.aspectRatio = ratio
                options.plan.crop.mayGrow = false
                return optional(arguments, 1, OptionValue.boolean) {
                    options.plan.crop.mayGrow = $0
                }
            }),
        ProcessingOption(
            "trim", ["t"], topic: .region, shape: "threshold:color:equal_hor:equal_ver", most: 4,
            default: "", example: "10:ffffff",
            summary:
                "Cuts off a border of one colour, that of the top left pixel unless named; equal_hor "
                + "and equal_ver cut as much on both sides. Not for animations. Empty for no trimming.",
            takes:
                "Write a threshold from 0 to 255, and perhaps a colour of \(Takes.color), and two "
                + "times 1 or 0.",
            write: { options in options.plan.trim.map(text) },
            parse: { arguments, options in
                guard !arguments[0].isEmpty else {
                    options.plan.trim = nil
                    return arguments.count == 1
                }
                guard let threshold = OptionValue.decimal(arguments[0], signed: false),
                    threshold <= 255
                else { return false }
                var trim = Trim(threshold: threshold)
                let isRead =
                    optional(arguments, 1, OptionValue.color) { trim.color = $0 }
                    && optional(arguments, 2, OptionValue.boolean) { trim.equalSides = $0 }
                    && optional(arguments, 3, OptionValue.boolean) { trim.equalEnds = $0 }
                options.plan.trim = trim
                return isRead
            }),
        ProcessingOption(
            "page", ["pg"], topic: .region, shape: "number", default: "", example: "2",
            summary:
                "The first page of a document, or the frame of an animation, counted from 0; empty "
                + "for the first page and for the whole animation.",
            takes: "Write a whole number from 0 to 65535.",
            write: { options in options.plan.page.map { "\($0)" } },
            parse: { arguments, options in
                options.plan.page = OptionValue.side(arguments[0])
                return arguments[0].isEmpty || options.plan.page != nil
            }),
        single(
            "pages", ["pgs"], topic: .region, shape: "number", default: "1", example: "3",
            summary: "How many pages are put below each other.",
            takes: "Write a whole number from 1 to 65535.",
            .whole(1, atMost: UInt64(Plan.largestRequestedSide)), \.plan.pages),
        flag(
            "enforce_thumbnail", ["eth"], topic: .region,
            summary: "Whether the preview inside a HEIC or AVIF file is used where there is one.",
            \.plan.enforceThumbnail),
    ]

    private static func text(_ trim: Trim) -> String {
        "\(OptionValue.text(trim.threshold)):\(trim.color.map(OptionValue.text) ?? "")"
            + ":\(trim.equalSides ? 1 : 0):\(trim.equalEnds ? 1 : 0)"
    }
}
