import ImageVocabulary

extension Plan {
    /// The options that make this plan, as a query string that `PlanParser` reads: those that differ
    /// from the defaults, in a fixed order. Empty for the default plan.
    var query: String {
        let standard = Plan()
        var parts: [String] = []
        if resizing != standard.resizing { parts.append("rt=\(resizing.name)") }
        if width != standard.width { parts.append("w=\(width)") }
        if height != standard.height { parts.append("h=\(height)") }
        if enlarge != standard.enlarge { parts.append("el=\(enlarge ? 1 : 0)") }
        if gravity != standard.gravity { parts.append("g=\(gravity.text)") }
        if quality != standard.quality { parts.append("q=\(quality)") }
        if let format { parts.append("f=\(format.name)") }
        if autoRotate != standard.autoRotate { parts.append("ar=\(autoRotate ? 1 : 0)") }
        if stripMetadata != standard.stripMetadata { parts.append("sm=\(stripMetadata ? 1 : 0)") }
        return parts.joined(separator: "&")
    }
}

extension Gravity {
    /// A focus point always has its shares; the region that is found has none.
    fileprivate var text: String {
        switch anchor {
        case .smart: anchor.name
        case .focusPoint: "\(anchor.name):\(x):\(y)"
        default: x == 0 && y == 0 ? anchor.name : "\(anchor.name):\(x):\(y)"
        }
    }
}
