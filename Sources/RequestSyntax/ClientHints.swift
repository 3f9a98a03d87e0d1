import ImageVocabulary

/// What a browser tells of the place an image is shown at (Sec-CH-DPR and Sec-CH-Width of the
/// responsive image client hints, and the names they had before).
public struct ClientHints: Equatable, Sendable {
    /// Device pixels for each pixel of the page, above 0 and at most ``largestDPR``.
    public var dpr: Double?
    /// Width in device pixels, 1 to ``Plan/largestRequestedSide``.
    public var width: UInt32?

    /// What imgproxy takes too; more is no device.
    public static let largestDPR = 8.0

    /// The fields' names, as answers name them in Vary.
    public static let fieldNames = ["Sec-CH-DPR", "DPR", "Sec-CH-Width", "Width"]

    /// Reads the fields' values, the newer name before the older one. One that cannot be read is
    /// none: nobody asked for it.
    public init(_ value: (_ fieldName: String) -> String?) {
        let texts = Self.fieldNames.map { value($0).map { Substring($0) } }
        dpr = (texts[0] ?? texts[1]).flatMap { OptionValue.decimal($0, signed: false) }
            .flatMap { $0 > 0 && $0 <= Self.largestDPR ? $0 : nil }
        width = (texts[2] ?? texts[3]).flatMap(OptionValue.side).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Sets what they say; the options of the request come after them.
    public func apply(to options: inout RequestOptions) {
        if let dpr { options.plan.dpr = dpr }
        if let width {
            // The hint has device pixels, the option those of the page.
            let side = (Double(width) / options.plan.dpr).rounded()
            options.plan.width = UInt32(min(max(side, 1), Double(Plan.largestRequestedSide)))
        }
    }
}
