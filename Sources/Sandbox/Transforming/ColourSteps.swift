import CVips
import ImageVocabulary

/// Brings every image to 8 bits a channel in sRGB, or in grey when the source is grey: to 16 bits
/// where they are to stay. An embedded colour profile is applied here, so that the result needs
/// none, unless the result is to have the source's own.
enum WorkingColour {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let wanted = canvas.wantedProfile
        let isGrey = canvas.image.colourBands < 3 && wanted == nil
        let space = canvas.space(isGrey: isGrey)
        if wanted == nil, canvas.keepsOwnProfile, let own = ownProfile(of: canvas.image) {
            canvas.profile = .own(own)
        } else {
            // What is wide stays wide where the result is to be: sRGB would cut it.
            let target = wanted == .displayP3 ? "p3" : "srgb"
            if hasUsableProfile(canvas.image, target) {
                // Before 8.15 libvips transforms 16-bit colours to 8 bits and leaves transparency at
                // 16; brought to 8 bits first, both come out right.
                if canvas.image.hasAlpha, canvas.image.bandFormat != VIPS_FORMAT_UCHAR,
                    !canvas.isDeep
                {
                    try canvas.convert(to: space)
                }
                try canvas.transform(to: target, from: nil)
            } else if wanted == .displayP3 {
                try canvas.convert(to: space)
                try canvas.transform(to: target, from: "srgb")
            }
        }
        try canvas.convert(to: space)
        try canvas.castToBytes()
    }

    /// The profile of an image whose channels are red, green and blue, or grey.
    private static func ownProfile(of image: borrowing VipsImageRef) -> [UInt8]? {
        switch image.interpretation {
        case VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB, VIPS_INTERPRETATION_RGB16,
            VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16:
            let pointer = unsafe image.pointer
            return unsafe image.withBytes(of: "icc-profile-data") { profile in
                // libvips reads the profile and keeps nothing of it; both outlive the call.
                unsafe vips_icc_is_compatible_profile(
                    pointer, profile.baseAddress, profile.count) != 0 ? Array(profile) : nil
            } ?? nil
        default: return nil
        }
    }

    /// A profile that fits the image's channels and says something other than sRGB. One that does
    /// not fit is ignored, as browsers do.
    private static func hasUsableProfile(
        _ image: borrowing VipsImageRef, _ target: String
    ) -> Bool {
        let pointer = unsafe image.pointer
        return unsafe image.withBytes(of: "icc-profile-data") { profile in
            // libvips reads the profile and keeps nothing of it; both outlive the call.
            unsafe !(target == "srgb" && isPlainSRGB(profile))
                && vips_icc_is_compatible_profile(
                    pointer, profile.baseAddress, profile.count) != 0
        } ?? false
    }

    /// The profile most cameras embed: HP's and Microsoft's sRGB IEC61966-2.1, 3,144 bytes, known
    /// by the manufacturer and model of its header (ICC.1 7.2, bytes 48 to 55). Transforming by it
    /// would cost time and change nothing.
    private static func isPlainSRGB(_ profile: UnsafeRawBufferPointer) -> Bool {
        unsafe profile.count == 3_144 && profile[48..<56].elementsEqual("IEC sRGB".utf8)
    }
}

/// Brings the finished pixels to the colours that were asked for.
enum OutputColour {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard let wanted = canvas.wantedProfile else { return }
        if wanted == .cmyk {
            guard canvas.output == .jpeg || canvas.output == .tiff else {
                throw VipsFailure("\(canvas.output.name) has no CMYK")
            }
            try canvas.transform(to: "cmyk", from: "srgb")
        }
        canvas.profile = .builtIn(wanted)
    }
}

/// The colour profile that a result carries.
enum CarriedProfile {
    /// The source's own.
    case own([UInt8])
    case builtIn(ColorProfile)
}

extension ImageFormat {
    /// Whether results of this format keep 16 bits a channel where that is asked for.
    var carriesDepth: Bool {
        self == .png || self == .jxl || self == .avif || self == .tiff
    }

    /// Whether a colour profile can stand in the file.
    var carriesProfile: Bool {
        switch self {
        case .jpeg, .png, .webp, .tiff, .avif, .jxl: true
        case .gif, .bmp, .heic, .jp2, .ico, .svg, .pdf: false
        }
    }
}

extension Canvas {
    /// The profile to convert to, where the result can say which it is.
    fileprivate var wantedProfile: ColorProfile? {
        output.carriesProfile ? plan.metadata.profile : nil
    }

    fileprivate var keepsOwnProfile: Bool {
        !plan.metadata.stripProfile && output.carriesProfile
    }

    fileprivate func space(isGrey: Bool) -> VipsInterpretation {
        switch (isGrey, isDeep) {
        case (true, false): VIPS_INTERPRETATION_B_W
        case (true, true): VIPS_INTERPRETATION_GREY16
        case (false, false): VIPS_INTERPRETATION_sRGB
        case (false, true): VIPS_INTERPRETATION_RGB16
        }
    }

    /// By profiles that libvips has built in.
    ///
    /// - Parameter origin: nil for the profile embedded in the image.
    fileprivate mutating func transform(
        to target: String, from origin: String?
    ) throws(VipsFailure) {
        let operation = try VipsOperation("icc_transform")
        try operation.set("in", image)
        if let origin {
            try operation.set("input-profile", origin)
        } else {
            try operation.set("embedded", true)
        }
        try operation.set("output-profile", target)
        try operation.set("depth", isDeep ? 16 : 8)
        image = try operation.image()
    }

    fileprivate mutating func convert(to space: VipsInterpretation) throws(VipsFailure) {
        guard image.interpretation != space else { return }
        let operation = try VipsOperation("colourspace")
        try operation.set("in", image)
        try operation.set("space", space.rawValue)
        image = try operation.image()
    }

    /// Makes a grey image one of colours, before colours are put on or around it.
    mutating func becomeColourful() throws(VipsFailure) {
        guard image.colourBands < 3 else { return }
        try convert(
            to: image.bandFormat == VIPS_FORMAT_USHORT
                ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB)
    }

    /// The colour in this image's channels, without transparency. A grey image becomes one of
    /// colours where the colour is none of its greys.
    mutating func ink(_ color: RGBColor) throws(VipsFailure) -> [Double] {
        if color.red != color.green || color.green != color.blue { try becomeColourful() }
        let channels = [color.red, color.green, color.blue].prefix(image.colourBands)
        return channels.map { Double($0) / 255 * image.fullValue }
    }

    /// Rounds whatever an operation computed in back to the bytes of a channel: one, or two where
    /// 16 bits stay.
    mutating func castToBytes() throws(VipsFailure) {
        try cast(to: isDeep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR)
    }

    /// Brings whatever an operation computed in back to a format, without a fraction.
    mutating func cast(to format: VipsBandFormat) throws(VipsFailure) {
        guard image.bandFormat != format else { return }
        let operation = try VipsOperation("cast")
        try operation.set("in", image)
        try operation.set("format", format.rawValue)
        image = try operation.image()
    }

    /// An operation without arguments that leaves the format of the pixels as it was.
    mutating func convert(_ name: String) throws(VipsFailure) {
        let format = image.bandFormat
        let operation = try VipsOperation(name)
        try operation.set("in", image)
        image = try operation.image()
        try cast(to: format)
    }
}

extension VipsImageRef {
    /// Channels without transparency.
    var colourBands: Int { bands - (hasAlpha ? 1 : 0) }

    /// The value of a channel that is full: of white, and of a pixel that hides what is behind it.
    var fullValue: Double { bandFormat == VIPS_FORMAT_USHORT ? 65_535 : 255 }
}

/// Puts the image on the background, and on white when the output format has no transparency.
enum Flattening {
    /// What transparency is put on, nil when it stays.
    static func colour(_ canvas: borrowing Canvas) -> RGBColor? {
        canvas.plan.background ?? (canvas.output.carriesAlpha ? nil : .white)
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard canvas.image.hasAlpha, let colour = colour(canvas) else { return }
        let ink = try canvas.ink(colour)
        let operation = try VipsOperation("flatten")
        try operation.set("in", canvas.image)
        try operation.set("background", ink)
        canvas.image = try operation.image()
    }
}
