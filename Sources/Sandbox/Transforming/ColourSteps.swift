import CVips
import ImageVocabulary

/// Brings every image to 8 bits a channel in sRGB, or in grey when the source is grey. An embedded
/// colour profile is applied here, so that the result needs none.
enum WorkingColour {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let isGrey = canvas.image.bands - (canvas.image.hasAlpha ? 1 : 0) < 3
        let space = isGrey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB
        if hasUsableProfile(canvas.image) {
            // Before 8.15 libvips transforms 16-bit colours to 8 bits and leaves transparency at
            // 16; brought to 8 bits first, both come out right.
            if canvas.image.hasAlpha, canvas.image.bandFormat != VIPS_FORMAT_UCHAR {
                try canvas.convert(to: space)
            }
            let operation = try VipsOperation("icc_transform")
            try operation.set("in", canvas.image)
            try operation.set("embedded", true)
            try operation.set("output-profile", "srgb")
            try operation.set("depth", 8)
            canvas.image = try operation.image()
        }
        try canvas.convert(to: space)
        try canvas.castToBytes()
    }

    /// A profile that fits the image's channels and says something other than sRGB. One that does
    /// not fit is ignored, as browsers do.
    private static func hasUsableProfile(_ image: borrowing VipsImageRef) -> Bool {
        let pointer = unsafe image.pointer
        return unsafe image.withBytes(of: "icc-profile-data") { profile in
            // libvips reads the profile and keeps nothing of it; both outlive the call.
            unsafe !isPlainSRGB(profile)
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

extension Canvas {
    fileprivate mutating func convert(to space: VipsInterpretation) throws(VipsFailure) {
        guard image.interpretation != space else { return }
        let operation = try VipsOperation("colourspace")
        try operation.set("in", image)
        try operation.set("space", space.rawValue)
        image = try operation.image()
    }

    /// Rounds whatever an operation computed in back to 8 bits a channel.
    mutating func castToBytes() throws(VipsFailure) {
        guard image.bandFormat != VIPS_FORMAT_UCHAR else { return }
        let operation = try VipsOperation("cast")
        try operation.set("in", image)
        try operation.set("format", VIPS_FORMAT_UCHAR.rawValue)
        image = try operation.image()
    }
}

/// Puts the image on white when the output format has no transparency.
enum Flattening {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard canvas.image.hasAlpha, !canvas.output.carriesAlpha else { return }
        let operation = try VipsOperation("flatten")
        try operation.set("in", canvas.image)
        // One number stands for all channels.
        try operation.set("background", [255])
        canvas.image = try operation.image()
    }
}
