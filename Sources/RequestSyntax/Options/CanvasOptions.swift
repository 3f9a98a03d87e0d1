import ImageVocabulary

extension ProcessingOption {
    static let canvas: [ProcessingOption] = [
        flag(
            "auto_rotate", ["ar"], topic: .canvas, isOn: true,
            summary: "Whether the EXIF orientation is applied to the pixels.", \.plan.autoRotate),
        single(
            "rotate", ["rot"], topic: .canvas, shape: "degrees", default: "0", example: "90",
            summary: "Turns clockwise, after the EXIF orientation.",
            takes: "Write 0, 90, 180, 270 or another multiple of 90 up to 65520.",
            ValueKind(
                read: { text in
                    OptionValue.side(text).flatMap { degrees in
                        degrees % 90 == 0 ? Rotation(rawValue: UInt8(degrees / 90 % 4)) : nil
                    }
                }, text: { "\($0.degrees)" }), \.plan.rotation),
        ProcessingOption(
            "flip", ["fl"], topic: .canvas, shape: "horizontal:vertical", most: 2, default: "0:0",
            example: "1:0",
            summary: "Mirrors left and right, top and bottom, after rotate.",
            takes:
                "Write horizontal:vertical, each 1, true, 0 or false; an empty argument leaves its "
                + "setting as it is.",
            write: { options in
                let flip = options.plan.flip
                return flip == Flip() ? nil : "\(flip.horizontal ? 1 : 0):\(flip.vertical ? 1 : 0)"
            },
            parse: { arguments, options in
                optional(arguments, 0, OptionValue.boolean) { options.plan.flip.horizontal = $0 }
                    && optional(arguments, 1, OptionValue.boolean) {
                        options.plan.flip.vertical = $0
                    }
            }),
        extending(
            "extend", ["ex"],
            summary: "Puts a smaller result on a canvas of width and height, at a place.",
            \.plan.extend),
        extending(
            "extend_aspect_ratio", ["extend_ar", "exar"],
            summary: "Puts the result on a canvas of the ratio of width to height, at a place.",
            \.plan.extendAspectRatio),
        ProcessingOption(
            "padding", ["pd"], topic: .canvas, shape: "top:right:bottom:left", most: 4,
            default: "0:0:0:0", example: "10:20",
            summary:
                "Pixels around the image, multiplied by dpr. What is missing is filled as in CSS.",
            takes: "Write one to four whole numbers from 0 to 65535, such as 10 or 10:20; an empty "
                + "argument leaves its setting as it is.",
            write: { options in
                let padding = options.plan.padding
                return padding == Padding()
                    ? nil
                    : "\(padding.top):\(padding.right):\(padding.bottom):\(padding.left)"
            },
            parse: { arguments, options in
                var padding = options.plan.padding
                let isRead =
                    optional(arguments, 0, OptionValue.side) {
                        padding = Padding(top: $0, right: $0, bottom: $0, left: $0)
                    }
                    && optional(arguments, 1, OptionValue.side) {
                        padding.right = $0
                        padding.left = $0
                    }
                    && optional(arguments, 2, OptionValue.side) { padding.bottom = $0 }
                    && optional(arguments, 3, OptionValue.side) { padding.left = $0 }
                options.plan.padding = padding
                return isRead
            }),
        ProcessingOption(
            "background", ["bg"], topic: .canvas, shape: "color", most: 3, default: "",
            example: "ff8800",
            summary: "Colour that transparency is put on. Empty for none, and for white where the "
                + "result has no transparency.",
            takes:
                "Write \(Takes.color), or red:green:blue with numbers from 0 to 255, or nothing.",
            write: { options in options.plan.background.map(OptionValue.text) },
            parse: { arguments, options in
                switch arguments.count {
                case 1 where arguments[0].isEmpty:
                    options.plan.background = nil
                    return true
                case 1:
                    options.plan.background = OptionValue.color(arguments[0])
                case 3:
                    let channels = arguments.compactMap {
                        OptionValue.wholeNumber($0, atMost: 255).map { UInt8($0) }
                    }
                    guard channels.count == 3 else { return false }
                    options.plan.background = RGBColor(
                        red: channels[0], green: channels[1], blue: channels[2])
                default: return false
                }
                return options.plan.background != nil
            }),
    ]

    private static func extending(
        _ name: String, _ aliases: [String], summary: String,
        _ path: any WritableKeyPath<RequestOptions, Gravity?> & Sendable
    ) -> ProcessingOption {
        ProcessingOption(
            name, aliases, topic: .canvas, shape: "boolean:gravity:x:y", most: 4,
            default: "0", example: "1:soea", summary: summary,
            takes:
                "Write 1 or 0, and perhaps \(Takes.places) with offsets (\(Takes.offsets)), or fp "
                + "with two shares.",
            write: { options in
                options[keyPath: path].map { "1:\(OptionValue.text($0))" }
            },
            parse: { arguments, options in
                !arguments[0].isEmpty
                    && setCanvas(arguments, from: 0, &options[keyPath: path])
            })
    }
}
