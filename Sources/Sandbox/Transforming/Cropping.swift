import CVips
import ImageVocabulary

/// Cuts the result out of the scaled image, where the gravity says.
enum Cropping {
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool {
        canvas.plan.gravity.anchor == .smart && canvas.sizes.result != canvas.sizes.scaled
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let (outer, inner) = (canvas.size, canvas.sizes.result)
        guard inner != outer else { return }
        let isSmart = canvas.plan.gravity.anchor == .smart
        let operation = try VipsOperation(isSmart ? "smartcrop" : "extract_area")
        try operation.set("input", canvas.image)
        try operation.set("width", inner.width)
        try operation.set("height", inner.height)
        if isSmart {
            try operation.set("interesting", VIPS_INTERESTING_ATTENTION.rawValue)
        } else {
            let (left, top) = GravityArithmetic.position(
                of: inner, in: outer, canvas.plan.gravity)
            try operation.set("left", left)
            try operation.set("top", top)
        }
        canvas.image = try operation.image()
    }
}
