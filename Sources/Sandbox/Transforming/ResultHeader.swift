import CVips
import ImageVocabulary

/// Writes what the result's header says of the pixels, once everything else is dropped: the colour
/// profile, and the density that was asked for.
enum ResultHeader {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard canvas.profile != nil || canvas.plan.dpi != nil else { return }
        let operation = try VipsOperation("copy")
        try operation.set("in", canvas.image)
        if let dpi = canvas.plan.dpi {
            // libvips counts in pixels to the millimetre.
            try operation.set("xres", dpi / 25.4)
            try operation.set("yres", dpi / 25.4)
        }
        let image = try operation.image()
        if canvas.plan.dpi != nil { image.set("resolution-unit", "in") }
        switch canvas.profile {
        case .own(let bytes): image.set("icc-profile-data", bytes.span)
        case .builtIn(let profile):
            let load = try VipsOperation("profile_load")
            try load.set("name", profile.name)
            try load.bytes("profile").withBytes { image.set("icc-profile-data", $0) }
        case nil: break
        }
        canvas.image = image
    }
}
