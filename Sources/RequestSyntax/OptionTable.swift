import ImageVocabulary

extension ProcessingOption {
    /// Every option there is, in the order in which the documentation lists them.
    public static let all: [ProcessingOption] = [
        ProcessingOption(
            name: "resize", aliases: ["rs"], shape: "type:width:height:enlarge", mostArguments: 4,
            defaultValue: "fit:0:0:0", summary: "Sets type, width, height and enlarge at once.",
            takes: "Write type:width:height:enlarge, for example fill:300:200; an empty argument "
                + "leaves its setting as it is. The type is fit, fill or force, \(sides), "
                + "\(enlarging)."
        ) { arguments, plan in
            optional(arguments, 0, OptionValue.resizing) { plan.resizing = $0 }
                && setSize(arguments, from: 1, in: &plan)
        },
        ProcessingOption(
            name: "size", aliases: ["s"], shape: "width:height:enlarge", mostArguments: 3,
            defaultValue: "0:0:0", summary: "Sets width, height and enlarge at once.",
            takes: "Write width:height:enlarge, for example 300:200; an empty argument leaves its "
                + "setting as it is. Here \(sides), \(enlarging)."
        ) { arguments, plan in
            setSize(arguments, from: 0, in: &plan)
        },
        single(
            "resizing_type", ["rt"], shape: "fit|fill|force", default: "fit",
            summary: "How the box is applied: inside it, filling it and cropping, or stretched.",
            takes: "Write fit, fill or force.", OptionValue.resizing
        ) { $0.resizing = $1 },
        single(
            "width", ["w"], shape: "pixels", default: "0",
            summary: "Width of the result; 0 derives it from the height or the source.",
            takes: side, readSide
        ) { $0.width = $1 },
        single(
            "height", ["h"], shape: "pixels", default: "0",
            summary: "Height of the result; 0 derives it from the width or the source.",
            takes: side, readSide
        ) { $0.height = $1 },
        single(
            "enlarge", ["el"], shape: "boolean", default: "0",
            summary: "Whether the result may be larger than the source.",
            takes: boolean, OptionValue.boolean
        ) { $0.enlarge = $1 },
        ProcessingOption(
            name: "gravity", aliases: ["g"], shape: "type:x:y", mostArguments: 3,
            defaultValue: "ce:0:0", summary: "Which part stays when the result is cropped.",
            takes: "Write ce, no, so, ea, we, noea, nowe, soea or sowe, alone or with offsets such "
                + "as no:0:10 (from -65535 to 65535; below 1 a share of the side), or sm alone, or "
                + "fp with two shares from 0 to 1 such as fp:0.5:0.3."
        ) { arguments, plan in
            guard let gravity = OptionValue.gravity(arguments) else { return false }
            plan.gravity = gravity
            return true
        },
        single(
            "quality", ["q"], shape: "0 to 100", default: "0",
            summary: "Quality of lossy encoders; 0 is the format's default.",
            takes: "Write a whole number from 0 to 100.", readQuality
        ) { $0.quality = UInt8($1) },
        single(
            "format", ["f", "ext"], shape: "format", default: "the source's",
            summary: "Format of the result; a source's that cannot be written becomes png or jpeg.",
            takes: "Write one of jpeg, jpg, png, webp, gif, tiff, avif; other formats are read "
                + "only.", OptionValue.format
        ) { $0.format = $1 },
        single(
            "auto_rotate", ["ar"], shape: "boolean", default: "1",
            summary: "Whether the EXIF orientation is applied to the pixels.",
            takes: boolean, OptionValue.boolean
        ) { $0.autoRotate = $1 },
        single(
            "strip_metadata", ["sm"], shape: "boolean", default: "1",
            summary: "Whether EXIF, XMP and IPTC data are dropped.",
            takes: boolean, OptionValue.boolean
        ) { $0.stripMetadata = $1 },
    ]

    private static let side = "Write a whole number of pixels from 0 to 65535."
    private static let sides = "width and height are whole numbers from 0 to 65535"
    private static let enlarging = "enlarge is 1, true, 0 or false"
    private static let boolean = "Write 1, t or true, or 0, f or false."

    private static func single<Value>(
        _ name: String, _ aliases: [String], shape: String, default defaultValue: String,
        summary: String, takes: String, _ read: @escaping @Sendable (Substring) -> Value?,
        set: @escaping @Sendable (inout Plan, Value) -> Void
    ) -> ProcessingOption {
        ProcessingOption(
            name: name, aliases: aliases, shape: shape, mostArguments: 1,
            defaultValue: defaultValue, summary: summary, takes: takes
        ) { arguments, plan in
            guard let value = read(arguments[0]) else { return false }
            set(&plan, value)
            return true
        }
    }

    @Sendable private static func readSide(_ text: Substring) -> UInt32? {
        OptionValue.wholeNumber(text, atMost: Plan.largestRequestedSide)
    }

    @Sendable private static func readQuality(_ text: Substring) -> UInt32? {
        OptionValue.wholeNumber(text, atMost: 100)
    }

    private static func setSize(
        _ arguments: [Substring], from first: Int, in plan: inout Plan
    ) -> Bool {
        optional(arguments, first, readSide) { plan.width = $0 }
            && optional(arguments, first + 1, readSide) { plan.height = $0 }
            && optional(arguments, first + 2, OptionValue.boolean) { plan.enlarge = $0 }
    }

    /// Reads the argument at `index` unless it is absent or empty; false when it is unreadable.
    private static func optional<Value>(
        _ arguments: [Substring], _ index: Int, _ read: (Substring) -> Value?,
        set: (Value) -> Void
    ) -> Bool {
        guard index < arguments.count, !arguments[index].isEmpty else { return true }
        guard let value = read(arguments[index]) else { return false }
        set(value)
        return true
    }
}
